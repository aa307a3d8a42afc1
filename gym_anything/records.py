"""The vocabulary: the frozen records that every other module speaks in.

Read this file first. Nothing here does anything; the first module of the flow.

    Observation  what an agent sees          Action  what it does
    InvalidAction                            what it said was no action
    Step, Trajectory                         what happened
    Label, Remark                            what an agent says of its own action
    StepGrade                                what somebody else says of it
    CheckResult, Score                       what it was worth
    Failure                                  the infrastructure broke, which is never a score
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gym_anything.verbs import ENDING_VERBS as ENDING_VERBS
from gym_anything.verbs import KEYS as KEYS
from gym_anything.verbs import MAX_DURATION_SEC as MAX_DURATION_SEC
from gym_anything.verbs import MAX_KEYS as MAX_KEYS
from gym_anything.verbs import MAX_SCROLL as MAX_SCROLL
from gym_anything.verbs import MAX_TEXT as MAX_TEXT
from gym_anything.verbs import MODIFIERS as MODIFIERS
from gym_anything.verbs import NAMED_KEYS as NAMED_KEYS
from gym_anything.verbs import POINT_VERBS as POINT_VERBS
from gym_anything.verbs import Action as Action
from gym_anything.verbs import Button as Button
from gym_anything.verbs import InvalidAction as InvalidAction
from gym_anything.verbs import OnInvalid as OnInvalid
from gym_anything.verbs import Point as Point
from gym_anything.verbs import Verb as Verb
from gym_anything.verbs import parse_keys as parse_keys


@dataclass(frozen=True, slots=True)
class Node:
    """One widget of the accessibility tree, flattened in depth-first order.

    Attributes:
        role: AT-SPI role name, such as "push button" or "table cell".
        name: accessible name, may be empty.
        states: AT-SPI state names, such as "showing", "focused", "checked".
        parent: index of the parent in the same tuple, -1 for an application root.
        extents: (x, y, width, height) in screen pixels; None where the widget is not on screen.
        text: text content where the widget has the Text interface and it was asked for, else "".
        app: name of the application that owns the widget.
    """

    role: str
    name: str
    states: frozenset[str]
    parent: int
    extents: tuple[int, int, int, int] | None = None
    text: str = ""
    app: str = ""

    @property
    def center(self) -> Point | None:
        """Middle of the extents in screen pixels, None if not on screen."""
        if self.extents is None:
            return None
        x, y, width, height = self.extents
        return (x + width // 2, y + height // 2)


@dataclass(frozen=True, slots=True)
class Window:
    """A top-level window as the window manager lists it, in stacking order from below.

    Attributes:
        xid: X resource id.
        title: window title.
        wm_class: (instance, class) of WM_CLASS.
        pid: process id inside the machine, 0 if unknown.
        extents: (x, y, width, height) of the client area in screen pixels.
        active: whether it has the focus.
    """

    xid: int
    title: str
    wm_class: tuple[str, str]
    pid: int
    extents: tuple[int, int, int, int]
    active: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What an agent sees.

    Attributes:
        screenshot: (H, W, 3) uint8, RGB.
        instruction: the task in words.
        accessibility: the widgets, None unless the env was asked for them.
    """

    screenshot: NDArray[np.uint8]
    instruction: str
    accessibility: tuple[Node, ...] | None = None


class SettleEnd(StrEnum):
    """How waiting for the screen to be still ended."""

    QUIET = "quiet"  # no damage and no CPU time spent for the policy's quiet time
    DEADLINE = "deadline"  # the policy's deadline passed first


@dataclass(frozen=True, slots=True)
class Settle:
    """Evidence of how a step settled.

    Attributes:
        end: why waiting ended.
        waited_ms: from the end of the input to the decision.
        last_damage_ms: from the end of the input to the last repaint seen, None if nothing changed.
        damage: number of damage reports.
        cpu_ms: CPU time that the whole machine spent meanwhile.
    """

    end: SettleEnd
    waited_ms: float
    last_damage_ms: float | None
    damage: int
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of one check of a task.

    Attributes:
        check: name of the verifier, such as "spreadsheet.cell".
        value: 0 to 1.
        passed: whether the check holds.
        guard: True if it protects what must stay (a failed guard makes the score 0).
        weight: share of a goal in the score; unused for guards.
        evidence: what was found, in words.
    """

    check: str
    value: float
    passed: bool
    guard: bool
    weight: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Score:
    """What a state is worth.

    Attributes:
        value: 0 to 1: weighted mean of the goals, 0 if any guard failed.
        passed: all goals and guards hold.
        checks: one result per check of the task, in its order.
    """

    value: float
    passed: bool
    checks: tuple[CheckResult, ...] = ()


class FailureKind(StrEnum):
    """What broke, when the infrastructure broke."""

    START = "start"  # the machine or an application did not come up
    APP = "app"  # an application process exited or its windows are gone
    DISPLAY = "display"  # the X server is gone or does not answer
    MACHINE = "machine"  # the sandbox is gone
    TIMEOUT = "timeout"  # a deadline passed
    VERIFIER = "verifier"  # a check could not judge
    ENDPOINT = "endpoint"  # a model's server did not answer usably, in all its retries
    BUDGET = "budget"  # the cap on tokens or money is reached


@dataclass(frozen=True, slots=True)
class Failure:
    """The infrastructure broke. Never a score of 0, never training data.

    Attributes:
        kind: what broke.
        message: one line.
        log: last lines of output of the process concerned.
    """

    kind: FailureKind
    message: str
    log: str = ""


class Stop(StrEnum):
    """Why an episode ended."""

    DONE = "done"
    ANSWER = "answer"
    GIVE_UP = "give_up"
    PASSED = "passed"  # nothing left to do and the env was told to stop there
    MAX_STEPS = "max_steps"
    FAILURE = "failure"


class Label(StrEnum):
    """What a step of an agent that knows the solution was for; see agent/noisy.py."""

    RIGHT = "right"  # part of the solution
    RECOVERY = "recovery"  # takes an error back
    WRONG_TARGET = "wrong target"  # error: another widget
    NEIGHBOUR_CELL = "neighbour cell"  # error: the cell beside, above or below
    REPEATED = "repeated"  # error: what was just done, once more
    TYPO = "typo"  # error: another character
    DETOUR = "detour"  # error: needless, though it changes nothing
    PREMATURE_DONE = "premature done"  # error: ends too early; nothing recovers

    @property
    def is_error(self) -> bool:
        """Whether the step was an error."""
        return self not in (Label.RIGHT, Label.RECOVERY)


@dataclass(frozen=True, slots=True)
class Remark:
    """What an agent tells about the action that it chose last.

    Attributes:
        label: what the step is for, None of agents that do not know.
        output: what a model wrote, whole; "" of agents that write nothing, and of the second and
            further actions of one output.
    """

    label: Label | None = None
    output: str = ""


MAX_GRADE = 10.0


@dataclass(frozen=True, slots=True)
class StepGrade:
    """What somebody who looked at a step says that it was worth.

    Attributes:
        value: 0 (harmful or pointless) to `MAX_GRADE` (nothing better could be done there).
        reason: why, in words; "" if nobody said.
        source: who says so, such as the name of a model; graders of other names keep their own.
    """

    value: float
    reason: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= MAX_GRADE:  # nor is NaN
            raise ValueError(f"a grade is 0 to {MAX_GRADE:g}, got {self.value!r}")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of an episode.

    Attributes:
        index: 0 for the first action.
        action: what was done.
        reward: what the env paid.
        score: score after the step, None unless the env verified there.
        settle: how the screen came to rest, None for verbs that end the episode.
        timing_ms: "input", "settle", "observe", "verify", "total".
        screenshot: (H, W, 3) uint8 RGB after the action, None unless recorded.
        error: why what the agent chose was no action, "" if it was one; then `action` stands in.
        label: what the step was for, None of agents that do not know.
        output: what a model wrote, whole; "" of agents that write nothing.
        grade: what the step was worth, None unless somebody graded it.
    """

    index: int
    action: Action
    reward: float
    score: float | None
    settle: Settle | None
    timing_ms: Mapping[str, float]
    screenshot: NDArray[np.uint8] | None = None
    error: str = ""
    label: Label | None = None
    output: str = ""
    grade: StepGrade | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """An episode from reset to its end.

    Attributes:
        env_id: id the env was made with.
        task_id: "app/template".
        seed: seed of the task.
        level: 1 to 6.
        instruction: the task in words.
        agent: name of the agent.
        steps: in order.
        stop: why it ended.
        score: final score; None if and only if `failure` is set.
        failure: set if the infrastructure broke.
        reset_ms: wall time of the reset.
        first_screenshot: (H, W, 3) uint8 RGB at reset, None unless recorded.
    """

    env_id: str
    task_id: str
    seed: int
    level: int
    instruction: str
    agent: str
    steps: tuple[Step, ...]
    stop: Stop
    score: Score | None
    failure: Failure | None = None
    reset_ms: float = 0.0
    first_screenshot: NDArray[np.uint8] | None = None
    info: Mapping[str, str] = field(default_factory=dict)

    @property
    def invalid(self) -> int:
        """Number of steps in which what the agent chose was no action."""
        return sum(bool(step.error) for step in self.steps)
