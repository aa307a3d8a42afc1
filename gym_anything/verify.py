"""Verify: run a task's checks on a final state and make a Score of it. After task in the flow.

A verifier is a plain function in verifiers/<kind>.py. Its first parameter is the final state, the
others are what a task's check gives as data; it returns a Verdict:

    def contains(state: FinalState, path: str, text: str) -> Verdict:
        ...

It fails closed: what the agent made and cannot be read is a `Verdict.no` with evidence. What no
agent can cause (a wrong parameter, a missing set-up document) is a TaskError or VerifierError.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

import pydantic
from pydantic import ConfigDict

from gym_anything import content
from gym_anything.config import describe_invalid
from gym_anything.errors import TaskError, VerifierError, did_you_mean
from gym_anything.records import CheckResult, Node, Score, Window
from gym_anything.task import Check, Task, require_inside_home

if TYPE_CHECKING:
    from gym_anything.documents.home import Home

NEEDS = ("accessibility", "clipboard", "windows")
"""What a verifier may need of the live desktop, beyond the files."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier says.

    Attributes:
        value: 0 to 1; the check passes at 1.
        evidence: what was found, in words; never empty.
    """

    value: float
    evidence: str

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:
            raise VerifierError(f"a verdict's value must be 0 to 1, got {self.value!r}")

    @staticmethod
    def yes(evidence: str) -> Verdict:
        """It holds."""
        return Verdict(1.0, evidence)

    @staticmethod
    def no(evidence: str) -> Verdict:
        """It does not hold."""
        return Verdict(0.0, evidence)

    @staticmethod
    def part(value: float, evidence: str) -> Verdict:
        """It holds in part; `value` is 0 to 1."""
        return Verdict(value, evidence)


@dataclass(frozen=True, slots=True)
class FinalState:
    """What there is to judge.

    Attributes:
        home: reader of the agent's files.
        initial: bytes of the set-up documents as first written, by path relative to home.
        answer: text of the `answer` verb, None if it was not used.
        gave_up: whether the episode ended with `give_up`.
        nodes: accessibility tree with text; () unless a check needs it.
        windows: top-level windows; () unless a check needs them.
        clipboard: text of the clipboard; "" unless a check needs it.
    """

    home: Home
    initial: Mapping[str, bytes]
    answer: str | None = None
    gave_up: bool = False
    nodes: tuple[Node, ...] = ()
    windows: tuple[Window, ...] = ()
    clipboard: str = ""


class Verifier(Protocol):
    """A verifier once its parameters are bound: final state in, verdict out."""

    def __call__(self, state: FinalState, /) -> Verdict:
        """Judge a state."""
        ...


F = TypeVar("F", bound=Callable[..., Verdict])


def needs(*what: str) -> Callable[[F], F]:
    """Mark a verifier that reads the live desktop.

    Args:
        what: of `NEEDS`.
    """
    unknown = set(what) - set(NEEDS)
    if unknown:
        raise VerifierError(did_you_mean("need", sorted(unknown)[0], NEEDS))

    def mark(function: F) -> F:
        function.__needs__ = frozenset(what)  # type: ignore[attr-defined]
        return function

    return mark


@cache
def _function(name: str) -> Callable[..., Verdict]:
    """The verifier function called "<file>.<function>".

    Raises:
        TaskError: no such file or function; names the nearest.
    """
    file, _, function = name.partition(".")
    path = content.verifier_files().get(file)
    if path is None:
        raise TaskError(did_you_mean("verifier file", file, content.verifier_files()))
    functions = _functions_of(file)
    if function not in functions:
        raise TaskError(did_you_mean("verifier", name, (f"{file}.{known}" for known in functions)))
    return functions[function]


@cache
def _functions_of(file: str) -> dict[str, Callable[..., Verdict]]:
    module = content.load_module(content.verifier_files()[file])
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and not name.startswith("_")
        and function.__module__ == module.__name__
        and next(iter(inspect.signature(function).parameters), "") == "state"
    }


def verifier_names() -> list[str]:
    """Names of all verifiers."""
    return sorted(
        f"{file}.{function}"
        for file in content.verifier_files()
        for function in _functions_of(file)
    )


@cache
def _parameters(name: str) -> type[pydantic.BaseModel]:
    """A model of a verifier's parameters, made from its annotations."""
    signature = inspect.signature(_function(name), eval_str=True)
    fields = {
        parameter.name: (
            parameter.annotation,
            ... if parameter.default is inspect.Parameter.empty else parameter.default,
        )
        for parameter in list(signature.parameters.values())[1:]
    }
    config = ConfigDict(extra="forbid")
    return pydantic.create_model(name, __config__=config, **fields)  # type: ignore[call-overload, no-any-return]


def bind(check: Check) -> Callable[[FinalState], Verdict]:
    """Make a check executable.

    Raises:
        TaskError: unknown verifier, unknown, missing or ill-typed parameter, or a path outside
            home; names the key and, where there is one, the nearest name.
    """
    model = _parameters(check.check)
    for name, value in check.params.items():
        if name not in model.model_fields:
            raise TaskError(
                did_you_mean("parameter", name, model.model_fields, f" of {check.check}")
            )
        if name == "path" or name.endswith("_path"):
            require_inside_home(str(value))
    try:
        params = model(**check.params)
    except pydantic.ValidationError as error:
        raise TaskError(describe_invalid(check.check, error)) from error
    function = _function(check.check)
    values = {name: getattr(params, name) for name in params.model_fields_set}
    return lambda state: function(state, **values)


def needs_of(checks: Iterable[Check]) -> frozenset[str]:
    """What of the live desktop the checks need; see `NEEDS`."""
    found: frozenset[str] = frozenset()
    for check in checks:
        found |= getattr(_function(check.check), "__needs__", frozenset())
    return found


def validate(task: Task) -> None:
    """Raise TaskError unless every check of the task names a verifier with the right parameters."""
    for index, check in enumerate(task.checks):
        try:
            bind(check)
        except TaskError as error:
            raise TaskError(f"task {task.id}: checks.{index}: {error}") from error


def verify(task: Task, state: FinalState) -> Score:
    """Judge a state.

    Returns:
        The score: weighted mean of the goals, 0 if a guard fails.

    Raises:
        TaskError: a check is wrong (see `bind`).
        VerifierError: a check cannot judge.
    """
    results = tuple(_run(check, state) for check in task.checks)
    goals = [result for result in results if not result.guard]
    total = sum(goal.weight for goal in goals)
    if total <= 0:
        raise TaskError(f"task {task.id}: checks: the weights of the goals must sum to more than 0")
    intact = all(result.passed for result in results if result.guard)
    value = sum(goal.weight * goal.value for goal in goals) / total if intact else 0.0
    passed = intact and all(goal.passed for goal in goals)
    return Score(1.0 if passed else min(value, 1.0), passed, results)


def _run(check: Check, state: FinalState) -> CheckResult:
    judge = bind(check)
    try:
        verdict = judge(state)
    except (TaskError, VerifierError):
        raise
    except Exception as error:  # whatever a verifier's own bug raises must not become a score
        raise VerifierError(f"{check.check} failed on {dict(check.params)!r}: {error!r}") from error
    return CheckResult(
        check=check.check,
        value=verdict.value,
        passed=verdict.value >= 1.0,
        guard=check.guard,
        weight=check.weight,
        evidence=verdict.evidence,
    )
