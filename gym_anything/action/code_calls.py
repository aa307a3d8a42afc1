"""What each function of PyAutoGUI that may be called means; the allow-list.

Arguments are bound as Python would bind them, by position or by name. Durations and pauses between
clicks say how a motion looks, not where it ends; they are read and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gym_anything.action import reading
from gym_anything.action.composing import MAX_ACTIONS, Composer
from gym_anything.action.frame import Grid
from gym_anything.action.key_names import read_key, read_keys
from gym_anything.action.reading import Unreadable
from gym_anything.records import Action, Button, Point, Verb

_BUTTONS = {
    **{button.value: button for button in Button},
    "primary": Button.LEFT,
    "secondary": Button.RIGHT,
}
_LEFT_OUT = frozenset({"duration", "interval", "logScreenshot", "_pause", "mouseDownUp"})


@dataclass(frozen=True, slots=True)
class _Call:
    """A call with its arguments bound; absent and None are the same."""

    name: str
    arguments: Mapping[str, object]
    grid: Grid
    composer: Composer

    def get(self, name: str, default: object = None) -> object:
        value = self.arguments.get(name)
        return default if value is None else value

    def place(self) -> Point | None:
        """Where, None for where the pointer is; x may be a pair, and one of x and y be left out."""
        x, y = self.get("x"), self.get("y")
        if isinstance(x, list):
            x, y = reading.pair(x, "x")
        if x is None and y is None:
            return None
        here: tuple[float, float] = (0, 0)
        if x is None or y is None:
            here = self.grid.cell(self.composer.pointer)
        at_x = here[0] if x is None else reading.number(x, "x")
        return self.grid.place((at_x, here[1] if y is None else reading.number(y, "y")))

    def offset_place(self) -> Point:
        """Where, counted from the pointer."""
        here = self.grid.cell(self.composer.pointer)
        right = reading.number(self.get("xOffset", 0), "xOffset")
        down = reading.number(self.get("yOffset", 0), "yOffset")
        return self.grid.place((here[0] + right, here[1] + down))

    def button(self) -> Button:
        name = self.get("button", "left")
        if not isinstance(name, str) or name.lower() not in _BUTTONS:
            raise Unreadable(f"button must be one of {sorted(_BUTTONS)}")
        return _BUTTONS[name.lower()]

    def texts(self, name: str) -> list[str]:
        """One text, or a list of them."""
        value = self.get(name)
        parts = value if isinstance(value, list) else [value]
        return [reading.string({name: part}, name) for part in parts]


def read_call(
    name: str,
    positional: Sequence[object],
    named: Mapping[str, object],
    grid: Grid,
    composer: Composer,
) -> None:
    """Append what a call means.

    Args:
        name: dotted, such as "pyautogui.click".
        positional: literal arguments in order.
        named: literal arguments by name.
        grid: the coordinates.
        composer: collects the actions.

    Raises:
        ValueError: it may not be called, or not so.
    """
    if name == "pyautogui.hotkey" or name == "pyautogui.shortcut":
        positional = [_flat(positional)]
    if name not in _FUNCTIONS:
        raise Unreadable(f"{name[:60]} may not be called")
    read, parameters = _FUNCTIONS[name]
    if len(positional) > len(parameters):
        raise Unreadable(f"{name} takes {len(parameters)} arguments, got {len(positional)}")
    arguments = dict(zip(parameters, positional, strict=False))
    for argument, value in named.items():
        if argument in arguments or argument not in (*parameters, *_LEFT_OUT):
            raise Unreadable(f"{name} takes no argument {argument[:40]!r} there")
        arguments[argument] = value
    read(_Call(name.partition(".")[2], arguments, grid, composer))


def _flat(values: Sequence[object]) -> object:
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


def _click(call: _Call) -> None:
    button = call.button()
    if call.name in ("rightClick", "middleClick", "leftClick"):
        button = Button(call.name.removesuffix("Click"))
    fixed = {"doubleClick": 2, "tripleClick": 3}.get(call.name)
    count = fixed or reading.whole(call.get("clicks", 1), "clicks")
    call.composer.add_at(Action(Verb.CLICK, button=button, count=count), call.place())


def _move(call: _Call) -> None:
    place = call.place()
    if place is None:
        raise Unreadable("moveTo needs x or y")
    call.composer.add(Action(Verb.MOVE, point=place))


def _move_by(call: _Call) -> None:
    call.composer.add(Action(Verb.MOVE, point=call.offset_place()))


def _drag(call: _Call) -> None:
    end = call.place()
    if end is None:
        raise Unreadable("dragTo needs x or y")
    call.composer.add_at(Action(Verb.DRAG, end=end, button=call.button()), None)


def _drag_by(call: _Call) -> None:
    end = call.offset_place()
    call.composer.add_at(Action(Verb.DRAG, end=end, button=call.button()), None)


def _button_down_or_up(call: _Call) -> None:
    verb = Verb.MOUSE_DOWN if call.name == "mouseDown" else Verb.MOUSE_UP
    call.composer.add_at(Action(verb, button=call.button()), call.place())


def _scroll(call: _Call) -> None:
    turns = reading.notches(reading.number(call.get("clicks"), "clicks"))
    scroll = (turns, 0) if call.name == "hscroll" else (0, -turns)
    call.composer.add_at(Action(Verb.SCROLL, scroll=scroll), call.place())


def _write(call: _Call) -> None:
    message = call.get("message")
    if isinstance(message, list):  # of characters and names of keys
        for key in call.texts("message"):
            call.composer.add(Action(Verb.PRESS, keys=(read_key(key),)))
    else:
        call.composer.add(Action.type(reading.string(call.arguments, "message")))


def _press(call: _Call) -> None:
    keys = [read_key(key) for key in call.texts("keys")]
    presses = reading.whole(call.get("presses", 1), "presses")
    if not 0 <= presses <= MAX_ACTIONS:
        raise Unreadable(f"presses must be 0 to {MAX_ACTIONS}")
    for _ in range(presses):
        for key in keys:
            call.composer.add(Action(Verb.PRESS, keys=(key,)))


def _hotkey(call: _Call) -> None:
    call.composer.add(Action(Verb.PRESS, keys=read_keys(call.texts("keys"))))


def _key_down(call: _Call) -> None:
    for key in call.texts("key"):
        call.composer.add(Action(Verb.KEY_DOWN, keys=(read_key(key),)))


def _key_up(call: _Call) -> None:
    for key in reversed(call.texts("key")):
        call.composer.add(Action(Verb.KEY_UP, keys=(read_key(key),)))


def _sleep(call: _Call) -> None:
    call.composer.add(Action.wait(reading.seconds(call.get("seconds"), "seconds")))


_MOVE_TO = ("x", "y", "duration")
_OFFSET = ("xOffset", "yOffset", "duration")
_FUNCTIONS: Mapping[str, tuple[Callable[[_Call], None], tuple[str, ...]]] = {
    "time.sleep": (_sleep, ("seconds",)),
    "pyautogui.sleep": (_sleep, ("seconds",)),
    "pyautogui.click": (_click, ("x", "y", "clicks", "interval", "button", "duration")),
    **{
        f"pyautogui.{side}Click": (_click, ("x", "y", "interval"))
        for side in ("left", "right", "middle")
    },
    **{
        f"pyautogui.{often}Click": (_click, ("x", "y", "interval", "button"))
        for often in ("double", "triple")
    },
    "pyautogui.moveTo": (_move, _MOVE_TO),
    "pyautogui.move": (_move_by, _OFFSET),
    "pyautogui.moveRel": (_move_by, _OFFSET),
    "pyautogui.dragTo": (_drag, (*_MOVE_TO, "tween", "button")),
    "pyautogui.drag": (_drag_by, (*_OFFSET, "tween", "button")),
    "pyautogui.dragRel": (_drag_by, (*_OFFSET, "tween", "button")),
    "pyautogui.mouseDown": (_button_down_or_up, ("x", "y", "button")),
    "pyautogui.mouseUp": (_button_down_or_up, ("x", "y", "button")),
    **{
        f"pyautogui.{name}": (_scroll, ("clicks", "x", "y"))
        for name in ("scroll", "vscroll", "hscroll")
    },
    "pyautogui.write": (_write, ("message", "interval")),
    "pyautogui.typewrite": (_write, ("message", "interval")),
    "pyautogui.press": (_press, ("keys", "presses", "interval")),
    "pyautogui.hotkey": (_hotkey, ("keys",)),
    "pyautogui.shortcut": (_hotkey, ("keys",)),
    "pyautogui.keyDown": (_key_down, ("key",)),
    "pyautogui.keyUp": (_key_up, ("key",)),
}
