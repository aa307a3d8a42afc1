"""What an agent can do: verbs, buttons, keys, and the action made of them.

Nothing here does anything. `records` gives these names, too, with the rest of the vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

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
