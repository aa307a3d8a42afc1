"""The error tree. Each error is also a standard-library error, so that callers can catch either.

    GymAnythingError
    ├── MachineError(RuntimeError)    an application or the machine did not start, died or hung
    ├── AppError(LookupError)         an application is unknown, not installed or ill described
    ├── TaskError(ValueError)         a task is unknown or malformed, or cannot be set up
    ├── VerifierError(RuntimeError)   a check cannot judge; never turned into a score
    ├── AgentError(RuntimeError)      an agent produced nothing usable
    │   ├── EndpointError             a model's server did not answer usably
    │   └── BudgetError               the cap on tokens or money is reached; the run ends
    ├── ActionFormatError(ValueError) an action cannot be said in a model's format
    ├── ConfigError(ValueError)       a configuration file or an option is wrong
    ├── DataError(ValueError)         recorded data is damaged, or too little of it is there
    └── DocumentError(ValueError)     a document that an agent left cannot be read (documents/)

An action that is out of range or of the wrong shape is a plain ValueError, raised before any input
is sent. Every error here survives pickling, so that it can cross to another process.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GymAnythingError(Exception):
    """Base of every error that this package raises on purpose."""


class MachineError(GymAnythingError, RuntimeError):
    """An application, X server, bus or sandbox did not start, died or hung.

    Attributes:
        kind: name of the `records.FailureKind`, as a string.
        log: last lines of the output of the process concerned, may be empty.
    """

    def __init__(self, message: str, *, kind: str = "machine", log: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.log = log

    def __str__(self) -> str:
        message = str(self.args[0])
        return f"{message}\n--- last output ---\n{self.log}" if self.log else message

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_machine_error, (type(self), str(self.args[0]), self.kind, self.log))


def _rebuild_machine_error(
    cls: type[MachineError], message: str, kind: str, log: str
) -> MachineError:
    return cls(message, kind=kind, log=log)


class AppError(GymAnythingError, LookupError):
    """An application is unknown, not installed, or its app.toml is malformed."""


class TaskError(GymAnythingError, ValueError):
    """A task is unknown or malformed, or its own set-up cannot be made."""


class VerifierError(GymAnythingError, RuntimeError):
    """A check cannot judge what it was given. There is no default score."""


class AgentError(GymAnythingError, RuntimeError):
    """An agent failed to produce an action."""


class EndpointError(AgentError):
    """A model's server gave no usable answer within its retries and its deadline.

    Attributes:
        reason: one word for the ledger: "unreachable", "timeout", "status 401", "malformed", ...
        text: the beginning of what the server sent, may be empty.
    """

    def __init__(self, message: str, *, reason: str = "unreachable", text: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.text = text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_endpoint_error, (str(self), self.reason, self.text))


def _rebuild_endpoint_error(message: str, reason: str, text: str) -> EndpointError:
    return EndpointError(message, reason=reason, text=text)


class BudgetError(AgentError):
    """A request was not sent, since it might pass the cap on tokens or money. The run ends."""


class ActionFormatError(GymAnythingError, ValueError):
    """A format of `action/` has no words for an action, such as a triple click in UI-TARS."""


class ConfigError(GymAnythingError, ValueError):
    """A configuration file or an option is wrong."""


class DataError(GymAnythingError, ValueError):
    """Recorded data is damaged, or too little of it is there. The message names file, row, cure."""


def did_you_mean(kind: str, asked: str, known: Iterable[str], where: str = "") -> str:
    """Word the message for a name that does not exist.

    Args:
        kind: what was asked for: "task", "application", ...
        asked: the name that was given.
        known: the names that exist.
        where: qualifier put after the name, such as " in gimp".

    Returns:
        One sentence that names what was asked, the nearest match, and what exists.
    """
    names = sorted(set(known))
    close = difflib.get_close_matches(asked, names, n=1, cutoff=0.5)
    lowered = {name.lower(): name for name in names}
    if not close:
        close = [
            lowered[match]
            for match in difflib.get_close_matches(asked.lower(), lowered, n=1, cutoff=0.5)
        ]
    hint = f"; did you mean {close[0]!r}?" if close else "."
    listed = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
    return f"no {kind} {asked!r}{where}{hint} Known: {listed or 'none'}"
