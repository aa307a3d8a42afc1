"""What goes wrong with a document that an agent made. Stands with `gym_anything.errors`.

A DocumentError is evidence about the document (missing, broken, hostile): the check fails. An error
of the host (`VerifierError`) means that nobody can say; it is never turned into a score.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gym_anything.errors import GymAnythingError

P = ParamSpec("P")
R = TypeVar("R")


class DocumentError(GymAnythingError, ValueError):
    """A document is missing, broken, too large or not a plain file. The message is the evidence."""


class MissingDocumentError(DocumentError):
    """There is no such file."""


def fails_closed(refuse: Callable[[str], R]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Turn a DocumentError of a function into what `refuse` makes of its message.

    Example:
        @fails_closed(Verdict.no)
        def contains(state: FinalState, path: str, text: str) -> Verdict: ...
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except DocumentError as error:
                return refuse(str(error))

        return guarded

    return wrap
