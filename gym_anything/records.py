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
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Point: TypeAlias = tuple[int, int]  # x, y in screen pixels, origin at the top left


class Verb(StrEnum):
    """What an action does. The order is the order in the action space."""

    WAIT = "wait"  # let `duration_sec` pass, or just settle again
    MOVE = "move"  # pointer to `point`
    CLICK = "click"  # `button`, `count` times, at `point`, with `keys` held
    DRAG = "drag"  # `button` from `point` to `end`, with `keys` held
    MOUSE_DOWN = "mouse_down"  # press `button` at `point`, keep it down
    MOUSE_UP = "mouse_up"  # release `button` at `point`
    SCROLL = "scroll"  # `scroll` notches at `point`, with `keys` held
    TYPE = "type"  # `text`, any Unicode; "\n" is Enter, "\t" is Tab
    PRESS = "press"  # the chord `keys`, held for `duration_sec`
    KEY_DOWN = "key_down"  # press `keys`, keep them down
    KEY_UP = "key_up"  # release `keys`
    DONE = "done"  # end: the task is done
    ANSWER = "answer"  # end: the answer is `text`
    GIVE_UP = "give_up"  # end: the task cannot be done


ENDING_VERBS = frozenset({Verb.DONE, Verb.ANSWER, Verb.GIVE_UP})
POINT_VERBS = frozenset(
    {Verb.MOVE, Verb.CLICK, Verb.DRAG, Verb.MOUSE_DOWN, Verb.MOUSE_UP, Verb.SCROLL}
)


class Button(StrEnum):
    """A pointer button."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


MODIFIERS = ("ctrl", "shift", "alt", "super")
NAMED_KEYS = (
    *MODIFIERS,
    *("enter", "tab", "escape", "space", "backspace", "delete", "insert"),
    *("home", "end", "page_up", "page_down", "left", "right", "up", "down"),
    *(f"f{n}" for n in range(1, 13)),
    *("menu", "caps_lock", "print_screen", "pause"),
    *(f"kp_{n}" for n in range(10)),
    *("kp_add", "kp_subtract", "kp_multiply", "kp_divide", "kp_decimal", "kp_enter"),
)
KEYS = (*NAMED_KEYS, *(chr(code) for code in range(0x21, 0x7F)))
"""Every key an action can name: the named ones and the printable ASCII characters."""

_KEY_SET = frozenset(KEYS)
_KEY_ALIASES = {
    "control": "ctrl",
    "return": "enter",
    "esc": "escape",
    "del": "delete",
    "ins": "insert",
    "pageup": "page_up",
    "pagedown": "page_down",
    "pgup": "page_up",
    "pgdn": "page_down",
    "win": "super",
    "cmd": "super",
    "meta": "super",
    "option": "alt",
    "capslock": "caps_lock",
    "printscreen": "print_screen",
    "plus": "+",
    "minus": "-",
}
MAX_KEYS = 4  # keys in one chord
MAX_SCROLL = 20  # notches in one action, either way
MAX_DURATION_SEC = 2.0
MAX_TEXT = 10_000  # characters in one action


def parse_keys(chord: str) -> tuple[str, ...]:
    """Read a chord such as "ctrl+shift+s" or "F5".

    Args:
        chord: key names joined by "+"; a final "+" is the plus key ("ctrl++").

    Returns:
        Canonical key names in the order given.

    Raises:
        ValueError: an unknown key, none, or more than `MAX_KEYS`.
    """
    if chord.endswith("++") or chord == "+":
        parts = [part for part in chord[:-1].split("+") if part] + ["+"]
    else:
        parts = chord.split("+")
    return _canonical_keys(tuple(parts))


def _canonical_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    canonical = []
    for key in keys:
        name = key if len(key) == 1 else _KEY_ALIASES.get(key.lower(), key.lower())
        if name not in _KEY_SET:
            raise ValueError(f"unknown key {key!r} in {'+'.join(keys)!r}; see records.KEYS")
        canonical.append(name)
    if len(canonical) > MAX_KEYS:
        raise ValueError(f"a chord has at most {MAX_KEYS} keys, got {len(canonical)}")
    return tuple(canonical)


@dataclass(frozen=True, slots=True)
class Action:
    """One canonical action. Build it with the named constructors below.

    Attributes:
        verb: what to do; the other fields that the verb does not use are ignored.
        point: where, in screen pixels.
        end: where a drag ends, in screen pixels.
        button: which pointer button.
        count: how many clicks, 1 to 3.
        text: what to type, or the answer.
        keys: a chord to press, or the modifiers held during a pointer action.
        scroll: notches (right, down), negative for left and up.
        duration_sec: how long a press or a wait lasts, 0 to `MAX_DURATION_SEC`.
    """

    verb: Verb
    point: Point = (0, 0)
    end: Point = (0, 0)
    button: Button = Button.LEFT
    count: int = 1
    text: str = ""
    keys: tuple[str, ...] = ()
    scroll: tuple[int, int] = (0, 0)
    duration_sec: float = 0.0

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "verb", Verb(self.verb))
        set_field(self, "button", Button(self.button))
        set_field(self, "keys", _canonical_keys(tuple(self.keys)))
        for name in ("point", "end", "scroll"):
            pair = tuple(getattr(self, name))
            if len(pair) != 2 or any(int(part) != part for part in pair):
                raise ValueError(f"{name} must be two whole numbers, got {pair!r}")
            set_field(self, name, (int(pair[0]), int(pair[1])))
        if self.count not in (1, 2, 3):
            raise ValueError(f"count must be 1, 2 or 3, got {self.count!r}")
        if not 0.0 <= self.duration_sec <= MAX_DURATION_SEC:
            raise ValueError(
                f"duration_sec must be 0 to {MAX_DURATION_SEC:g}, got {self.duration_sec!r}"
            )
        if max(abs(self.scroll[0]), abs(self.scroll[1])) > MAX_SCROLL:
            raise ValueError(f"scroll is at most {MAX_SCROLL} notches, got {self.scroll!r}")
        if len(self.text) > MAX_TEXT:
            raise ValueError(f"text is at most {MAX_TEXT} characters, got {len(self.text)}")
        if self.verb in (Verb.PRESS, Verb.KEY_DOWN, Verb.KEY_UP) and not self.keys:
            raise ValueError(f"{self.verb.value} needs at least one key")

    def check_on_screen(self, size: tuple[int, int]) -> None:
        """Raise ValueError if a point that this verb uses lies outside a (width, height) screen."""
        used = [self.point] if self.verb in POINT_VERBS else []
        used += [self.end] if self.verb is Verb.DRAG else []
        for x, y in used:
            if not (0 <= x < size[0] and 0 <= y < size[1]):
                raise ValueError(f"point ({x}, {y}) is outside the {size[0]}x{size[1]} screen")

    @staticmethod
    def wait(duration_sec: float = 0.0) -> Action:
        """Let `duration_sec` pass (0: only wait until the screen is still)."""
        return Action(Verb.WAIT, duration_sec=duration_sec)

    @staticmethod
    def move(x: int, y: int) -> Action:
        """Move the pointer to pixel (x, y)."""
        return Action(Verb.MOVE, point=(x, y))

    @staticmethod
    def click(x: int, y: int, button: str = "left", count: int = 1, keys: str = "") -> Action:
        """Click at pixel (x, y), `count` times, with the chord `keys` (modifiers) held."""
        held = parse_keys(keys) if keys else ()
        return Action(Verb.CLICK, point=(x, y), button=Button(button), count=count, keys=held)

    @staticmethod
    def double_click(x: int, y: int) -> Action:
        """Double-click the left button at pixel (x, y)."""
        return Action.click(x, y, count=2)

    @staticmethod
    def triple_click(x: int, y: int) -> Action:
        """Triple-click the left button at pixel (x, y)."""
        return Action.click(x, y, count=3)

    @staticmethod
    def right_click(x: int, y: int) -> Action:
        """Click the right button at pixel (x, y)."""
        return Action.click(x, y, button="right")

    @staticmethod
    def middle_click(x: int, y: int) -> Action:
        """Click the middle button at pixel (x, y)."""
        return Action.click(x, y, button="middle")

    @staticmethod
    def drag(x: int, y: int, to_x: int, to_y: int, button: str = "left", keys: str = "") -> Action:
        """Press at (x, y), move to (to_x, to_y), release; with the chord `keys` held."""
        held = parse_keys(keys) if keys else ()
        return Action(Verb.DRAG, point=(x, y), end=(to_x, to_y), button=Button(button), keys=held)

    @staticmethod
    def mouse_down(x: int, y: int, button: str = "left") -> Action:
        """Press a button at pixel (x, y) and keep it down."""
        return Action(Verb.MOUSE_DOWN, point=(x, y), button=Button(button))

    @staticmethod
    def mouse_up(x: int, y: int, button: str = "left") -> Action:
        """Release a button at pixel (x, y)."""
        return Action(Verb.MOUSE_UP, point=(x, y), button=Button(button))

    @staticmethod
    def scroll_by(x: int, y: int, right: int = 0, down: int = 0, keys: str = "") -> Action:
        """Turn the wheel at pixel (x, y); notches, negative for left and up."""
        held = parse_keys(keys) if keys else ()
        return Action(Verb.SCROLL, point=(x, y), scroll=(right, down), keys=held)

    @staticmethod
    def type(text: str) -> Action:
        """Type `text`, any Unicode; a newline is the Enter key, a tab the Tab key."""
        return Action(Verb.TYPE, text=text)

    @staticmethod
    def press(chord: str, duration_sec: float = 0.0) -> Action:
        """Press a chord such as "ctrl+s"; hold it for `duration_sec`."""
        return Action(Verb.PRESS, keys=parse_keys(chord), duration_sec=duration_sec)

    @staticmethod
    def key_down(chord: str) -> Action:
        """Press keys and keep them down."""
        return Action(Verb.KEY_DOWN, keys=parse_keys(chord))

    @staticmethod
    def key_up(chord: str) -> Action:
        """Release keys."""
        return Action(Verb.KEY_UP, keys=parse_keys(chord))

    @staticmethod
    def done() -> Action:
        """End the episode: the task is done."""
        return Action(Verb.DONE)

    @staticmethod
    def answer(text: str) -> Action:
        """End the episode with an answer."""
        return Action(Verb.ANSWER, text=text)

    @staticmethod
    def give_up() -> Action:
        """End the episode: the task cannot be done."""
        return Action(Verb.GIVE_UP)

    def __str__(self) -> str:
        """Read like the constructor call, with only what the verb uses."""
        return _describe(self)


def _describe(action: Action) -> str:
    held = f", keys={'+'.join(action.keys)!r}" if action.keys else ""
    button = f", button={action.button.value!r}" if action.button is not Button.LEFT else ""
    x, y = action.point
    match action.verb:
        case Verb.CLICK:
            count = f", count={action.count}" if action.count > 1 else ""
            return f"click({x}, {y}{button}{count}{held})"
        case Verb.DRAG:
            return f"drag({x}, {y}, {action.end[0]}, {action.end[1]}{button}{held})"
        case Verb.SCROLL:
            return f"scroll_by({x}, {y}, right={action.scroll[0]}, down={action.scroll[1]}{held})"
        case Verb.MOVE | Verb.MOUSE_DOWN | Verb.MOUSE_UP:
            return f"{action.verb.value}({x}, {y}{button})"
        case Verb.TYPE | Verb.ANSWER:
            return f"{action.verb.value}({action.text!r})"
        case Verb.PRESS | Verb.KEY_DOWN | Verb.KEY_UP:
            hold = f", {action.duration_sec:g}" if action.duration_sec else ""
            return f"{action.verb.value}({'+'.join(action.keys)!r}{hold})"
        case Verb.WAIT:
            return f"wait({action.duration_sec:g})"
        case _:
            return f"{action.verb.value}()"


class OnInvalid(StrEnum):
    """What a rollout does when a model's output is no action."""

    SKIP = "skip"  # a step in which nothing is done; the model sees the screen and may try again
    END = "end"  # the episode ends and its state is judged as it is


@dataclass(frozen=True, slots=True)
class InvalidAction:
    """What a model wrote is no action of its format: a value to count, never an exception.

    Attributes:
        text: what the model wrote (JSON if it came decoded), whole.
        reason: why it is no action, in one line that a model can be shown.
        format: name of the action format that it was read with.
    """

    text: str
    reason: str
    format: str

    def stand_in(self, policy: OnInvalid) -> Action:
        """The action to step with instead; `Step.error` says `reason`."""
        # Not give_up, which is the right end of a task that cannot be done.
        return Action.wait() if policy is OnInvalid.SKIP else Action.done()


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
