"""PyAutoGUI code, as OSWorld's agents write it. It is parsed, never run.

    pyautogui.moveTo(640, 360)
    pyautogui.dragTo(700, 360, button='left')

The text becomes a syntax tree; only calls on an allow-list, with literal arguments, mean anything,
and everything else (names, attributes, assignments, loops, other imports) makes the output invalid.
Several calls are several actions, except that a move before an action at the pointer, and keys held
around one action, are part of it.

Sources: PyAutoGUI's documentation (pyautogui.readthedocs.io: mouse, keyboard) and its source for
X11 (scroll > 0 is up, hscroll > 0 is right; one click of the wheel is a notch); xlang-ai/OSWorld,
mm_agents/agent.py and prompts.py (code in fences; the words WAIT, FAIL and DONE). WAIT is the two
seconds that OSWorld pauses. PyAutoGUI itself skips characters that are not on its keyboard when it
types; here every Unicode text is typed.
"""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gym_anything.action import reading
from gym_anything.action.base import cannot, check_sayable, named_keys
from gym_anything.action.code_calls import read_call
from gym_anything.action.composing import Composer
from gym_anything.action.frame import Frame, Grid
from gym_anything.action.key_names import PYAUTOGUI_NAMES
from gym_anything.action.reading import Unreadable, attempt
from gym_anything.records import MAX_DURATION_SEC, Action, Button, InvalidAction, Verb

_WORDS = {
    "WAIT": Action.wait(MAX_DURATION_SEC),
    "FAIL": Action.give_up(),
    "DONE": Action.done(),
}
_CLICK_NAMES = {
    (Button.LEFT, 1): "click",
    (Button.LEFT, 2): "doubleClick",
    (Button.LEFT, 3): "tripleClick",
    (Button.RIGHT, 1): "rightClick",
    (Button.MIDDLE, 1): "middleClick",
}
_MODULES = frozenset({"pyautogui", "time"})
_parsing = threading.Lock()  # of warning filters, which belong to the process


@dataclass(frozen=True, slots=True)
class PyAutoGuiCode:
    """Frame: pixels of the screen itself, whatever the size of the image; origin at the top left.

    An agent that sends a smaller image says so by making a `Frame` whose screen is that image.
    """

    name: str = "pyautogui"

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """None: it is code in the text."""
        return ()

    def system(self, frame: Frame) -> str:
        """The form of an answer and what may be called."""
        width, height = frame.screen
        return (
            f"The screen is {width}x{height} pixels. Answer with Python code in one fenced block "
            "that calls pyautogui functions with plain numbers and texts, one call a line: click, "
            "doubleClick, tripleClick, rightClick, middleClick, moveTo, dragTo, mouseDown, "
            "mouseUp, scroll, hscroll, write, press, hotkey, keyDown, keyUp; and time.sleep. No "
            "variables and no other code. Answer with the word DONE alone when the task is done, "
            "FAIL when it cannot be done, WAIT to wait."
        )

    def format(self, action: Action, frame: Frame) -> str:
        """One or more lines of code, or a word; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        return "\n".join(self._lines(action))

    def _lines(self, action: Action) -> Iterator[str]:
        match action.verb:
            case Verb.DONE:
                yield "DONE"
            case Verb.GIVE_UP:
                yield "FAIL"
            case Verb.ANSWER:
                raise cannot(self.name, action, "it has no answer")
            case Verb.WAIT:
                yield f"time.sleep({action.duration_sec!r})"
            case Verb.TYPE:
                yield f"pyautogui.write({action.text!r})"
            case Verb.PRESS if not action.duration_sec:
                keys = ", ".join(map(repr, self._names(action)))
                yield f"pyautogui.{'press' if len(action.keys) == 1 else 'hotkey'}({keys})"
            case Verb.PRESS:
                yield from self._down(action)
                yield f"time.sleep({action.duration_sec!r})"
                yield from self._up(action)
            case Verb.KEY_DOWN:
                yield from self._down(action)
            case Verb.KEY_UP:
                yield from self._up(action)
            case _:
                yield from self._pointer_lines(action)

    def _names(self, action: Action) -> list[str]:
        return named_keys(self.name, action, PYAUTOGUI_NAMES)

    def _held(self, action: Action) -> list[str]:
        if len(set(action.keys)) < len(action.keys):
            raise cannot(self.name, action, "a key is held only once")
        return self._names(action)

    def _down(self, action: Action) -> Iterator[str]:
        yield from (f"pyautogui.keyDown({key!r})" for key in self._held(action))

    def _up(self, action: Action) -> Iterator[str]:
        yield from (f"pyautogui.keyUp({key!r})" for key in reversed(self._held(action)))

    def _pointer_lines(self, action: Action) -> Iterator[str]:
        held = action.verb in (Verb.CLICK, Verb.DRAG, Verb.SCROLL)
        if held:
            yield from self._down(action)
        x, y = action.point
        button = action.button.value
        if action.verb is Verb.MOVE:
            yield f"pyautogui.moveTo({x}, {y})"
        elif action.verb is Verb.CLICK:
            name = _CLICK_NAMES.get((action.button, action.count))
            if name is not None:
                yield f"pyautogui.{name}({x}, {y})"
            else:
                yield f"pyautogui.click({x}, {y}, clicks={action.count}, button={button!r})"
        elif action.verb is Verb.DRAG:
            yield f"pyautogui.moveTo({x}, {y})"
            yield f"pyautogui.dragTo({action.end[0]}, {action.end[1]}, button={button!r})"
        elif action.verb is Verb.SCROLL:
            yield self._scroll(action)
        else:
            name = "mouseDown" if action.verb is Verb.MOUSE_DOWN else "mouseUp"
            yield f"pyautogui.{name}({x}, {y}, button={button!r})"
        if held:
            yield from self._up(action)

    def _scroll(self, action: Action) -> str:
        right, down = action.scroll
        if right and down:
            raise cannot(self.name, action, "it scrolls along one axis")
        name, turns = ("hscroll", right) if right else ("scroll", -down)
        return f"pyautogui.{name}({turns}, x={action.point[0]}, y={action.point[1]})"

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read code or a word, fenced or not; see `ActionFormat.parse`."""
        return attempt(self.name, output, lambda: _read(output, frame))


def _read(output: object, frame: Frame) -> tuple[Action, ...]:
    if not isinstance(output, str):
        raise Unreadable(f"must be text, got {type(output).__name__}")
    text = reading.after_thinking(output).strip()
    composer = Composer(frame.pointer)
    _read_statements(_code(text).body, Grid(frame.screen, frame.screen), composer)
    return composer.result()


def _code(text: str) -> ast.Module:
    """The code that is all of a text, else what is fenced in it."""
    try:
        return _tree(text)
    except Unreadable:
        blocks = reading.fences(text)
        if not blocks:
            raise
    return _tree("\n".join(blocks))


def _tree(code: str) -> ast.Module:
    try:
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a "\d" in a model's text is no news
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise Unreadable("not Python code of calls") from error


def _read_statements(statements: list[ast.stmt], grid: Grid, composer: Composer) -> None:
    for statement in statements:
        match statement:
            case ast.Expr(value=ast.Call() as call):
                _read_one(call, grid, composer)
            case ast.Expr(value=ast.Name(id=word)) if word in _WORDS:
                composer.add(_WORDS[word])
            case ast.Expr(value=ast.Constant(value=str() as word)):
                if word in _WORDS:
                    composer.add(_WORDS[word])
            case ast.Import(names=names) if all(
                alias.name in _MODULES and alias.asname is None for alias in names
            ):
                pass
            case ast.With(
                items=[ast.withitem(context_expr=ast.Call() as call, optional_vars=None)], body=body
            ):
                _read_hold(call, body, grid, composer)
            case _:
                raise Unreadable(f"{type(statement).__name__} is not allowed; only calls are")


def _read_one(call: ast.Call, grid: Grid, composer: Composer) -> None:
    name, positional, named = _parts(call)
    read_call(name, positional, named, grid, composer)


def _read_hold(call: ast.Call, body: list[ast.stmt], grid: Grid, composer: Composer) -> None:
    """Keys held around statements: `with pyautogui.hold("shift"): ...`."""
    name, positional, named = _parts(call)
    if name != "pyautogui.hold":
        raise Unreadable("only pyautogui.hold stands after with")
    read_call("pyautogui.keyDown", positional, named, grid, composer)
    _read_statements(body, grid, composer)
    read_call("pyautogui.keyUp", positional, named, grid, composer)


def _parts(call: ast.Call) -> tuple[str, list[object], dict[str, object]]:
    """The dotted name of what is called and its literal arguments."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=module), attr=function) if module in _MODULES:
            name = f"{module}.{function}"
        case _:
            raise Unreadable("only functions of pyautogui and time.sleep may be called")
    named: dict[str, object] = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise Unreadable("** is not allowed")
        named[keyword.arg] = _literal(keyword.value)
    return name, [_literal(argument) for argument in call.args], named


def _literal(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            if all(isinstance(part, ast.Constant) for part in parts):
                return [_literal(part) for part in parts]
    raise Unreadable("only plain numbers and texts may be arguments")
