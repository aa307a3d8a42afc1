"""OpenAI's `computer` tool: `computer_call` items of the Responses API with a batch of actions.

    {"type": "computer_call", "actions": [{"type": "click", "button": "left", "x": 640, "y": 360}]}

Sources: OpenAI's guide "Computer use" (developers.openai.com, guides/tools-computer-use: the loop,
batches, keys held, its sample harness) and openai/openai-python,
src/openai/types/responses/computer_action.py (the actions and their members). The older preview
sends one `action` where `actions` stands now; both are read.

- scroll_x and scroll_y are pixels, right and down; the sample harness turns the wheel one notch for
  `PIXELS_PER_NOTCH`.
- A drag along more than two points is a press, moves and a release.
- screenshot only looks: a wait of no time. wait has no length; it is the two seconds of the sample.
- There is no word for the end: the model answers with a message instead of a call. The system text
  asks it for DONE, or INFEASIBLE, or the answer alone.
- Key names are upper case; a letter is a key, so "C" is c.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gym_anything.action import reading
from gym_anything.action.base import cannot, check_sayable, named_keys
from gym_anything.action.composing import Composer
from gym_anything.action.ending import ENDING_TEXT, ending_of, ending_text
from gym_anything.action.frame import Frame, Grid
from gym_anything.action.key_names import OPENAI_NAMES, read_keys
from gym_anything.action.reading import Unreadable, attempt
from gym_anything.records import (
    ENDING_VERBS,
    MAX_DURATION_SEC,
    Action,
    Button,
    InvalidAction,
    Point,
    Verb,
)

PIXELS_PER_NOTCH = 100
_BUTTONS = {"left": Button.LEFT, "right": Button.RIGHT, "wheel": Button.MIDDLE}
_BUTTON_NAMES = {button: name for name, button in _BUTTONS.items()}


@dataclass(frozen=True, slots=True)
class OpenAiComputer:
    """Frame: pixels of `frame.image` as it was sent (detail "original"); origin at the top left."""

    name: str = "openai"

    def grid(self, frame: Frame) -> Grid:
        """Its coordinates."""
        return Grid(frame.screen, frame.seen)

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """The built-in tool; its actions are known to the model."""
        return ({"type": "computer"},)

    def system(self, frame: Frame) -> str:
        """How to end."""
        return ENDING_TEXT

    def format(self, action: Action, frame: Frame) -> str:
        """JSON of one `computer_call` or `message` item; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        if action.verb in ENDING_VERBS:
            content = [{"type": "output_text", "text": ending_text(self.name, action)}]
            item: dict[str, object] = {"type": "message", "role": "assistant", "content": content}
        else:
            item = {"type": "computer_call", "actions": [self._said(action, self.grid(frame))]}
        return json.dumps(item, ensure_ascii=False)

    def _said(self, action: Action, grid: Grid) -> dict[str, object]:
        match action.verb:
            case Verb.MOVE | Verb.CLICK | Verb.DRAG | Verb.SCROLL:
                return self._pointer_said(action, grid)
            case Verb.TYPE:
                return {"type": "type", "text": action.text}
            case Verb.PRESS if not action.duration_sec:
                return {"type": "keypress", "keys": named_keys(self.name, action, OPENAI_NAMES)}
            case Verb.WAIT if action.duration_sec == 0:
                return {"type": "screenshot"}
            case Verb.WAIT if action.duration_sec == MAX_DURATION_SEC:
                return {"type": "wait"}
        raise cannot(self.name, action, "nothing is held down, and a wait has no length")

    def _pointer_said(self, action: Action, grid: Grid) -> dict[str, object]:
        x, y = grid.cell(action.point)
        place: dict[str, object] = {"x": x, "y": y}
        if action.keys and action.verb is not Verb.MOVE:
            place["keys"] = named_keys(self.name, action, OPENAI_NAMES)
        if action.verb is Verb.MOVE:
            return {"type": "move", **place}
        if action.verb is Verb.CLICK and action.count == 1:
            return {"type": "click", "button": _BUTTON_NAMES[action.button], **place}
        if action.verb is Verb.CLICK and action.count == 2 and action.button is Button.LEFT:
            return {"type": "double_click", **place}
        if action.verb is Verb.DRAG and action.button is Button.LEFT:
            to_x, to_y = grid.cell(action.end)
            held = {"keys": place["keys"]} if "keys" in place else {}
            return {"type": "drag", "path": [{"x": x, "y": y}, {"x": to_x, "y": to_y}], **held}
        if action.verb is Verb.SCROLL:
            right, down = (turns * PIXELS_PER_NOTCH for turns in action.scroll)
            return {"type": "scroll", "scroll_x": right, "scroll_y": down, **place}
        raise cannot(self.name, action, "it has no such click, and only the left button drags")

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read a response, its items, one item, or one bare action; see `ActionFormat.parse`."""
        grid = self.grid(frame)
        return attempt(self.name, output, lambda: _read(output, grid, frame.pointer))


def _read(output: object, grid: Grid, pointer: Point | None) -> tuple[Action, ...]:
    values = reading.json_values(output) if isinstance(output, str) else [output]
    composer = Composer(pointer)
    messages: list[str] = []
    calls = 0
    for value in values:
        for item in _items(value):
            kind = reading.string(item, "type")
            if kind == "message":
                messages += _texts(item)
            elif kind == "computer_call":
                calls += 1
                for action in _actions(item):
                    _read_action(reading.mapping(action, "an action"), grid, composer)
            elif kind != "reasoning":
                calls += 1
                _read_action(item, grid, composer)
    if not calls and messages:
        composer.add(ending_of("\n".join(messages)))
    return composer.result()


def _items(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Mapping) and "output" in value and "type" not in value:
        value = value["output"]
    for item in value if isinstance(value, list | tuple) else (value,):
        yield reading.mapping(item, "an item")


def _texts(message: Mapping[str, object]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
        return
    for part in reading.items(content, "content"):
        piece = reading.mapping(part, "a part of the content")
        if piece.get("type") == "refusal":
            yield "INFEASIBLE"
        else:
            yield reading.string(piece, "text")


def _actions(call: Mapping[str, object]) -> Iterator[object]:
    batch = call.get("actions")
    if batch is None:
        yield call.get("action")
    else:
        yield from reading.items(batch, "actions")


def _read_action(said: Mapping[str, object], grid: Grid, composer: Composer) -> None:
    kind = reading.string(said, "type")
    if kind == "type":
        composer.add(Action.type(reading.string(said, "text")))
    elif kind == "keypress":
        composer.add(Action(Verb.PRESS, keys=_keys(said)))
    elif kind == "screenshot":
        composer.add(Action.wait())
    elif kind == "wait":
        composer.add(Action.wait(MAX_DURATION_SEC))
    elif kind == "drag":
        _read_drag(said, grid, composer)
    elif kind == "move":
        keys = _keys(said)
        if keys:
            composer.add(Action(Verb.KEY_DOWN, keys=keys))
        composer.add(Action(Verb.MOVE, point=_point(said, grid)))
        if keys:
            composer.add(Action(Verb.KEY_UP, keys=keys))
    else:
        composer.add(_click_or_scroll(kind, said, grid))


def _click_or_scroll(kind: str, said: Mapping[str, object], grid: Grid) -> Action:
    if kind == "click":
        name = reading.string(said, "button", "left")
        if name not in _BUTTONS:
            raise Unreadable(f"there is no button {name[:40]!r}; there are {sorted(_BUTTONS)}")
        point = _point(said, grid)
        return Action(Verb.CLICK, point=point, button=_BUTTONS[name], keys=_keys(said))
    if kind == "double_click":
        return Action(Verb.CLICK, point=_point(said, grid), count=2, keys=_keys(said))
    if kind == "scroll":
        right, down = (
            reading.notches(reading.number(said.get(part), part) / PIXELS_PER_NOTCH)
            for part in ("scroll_x", "scroll_y")
        )
        point = _point(said, grid)
        return Action(Verb.SCROLL, point=point, scroll=(right, down), keys=_keys(said))
    raise Unreadable(f"unknown action {kind[:40]!r}")


def _keys(said: Mapping[str, object]) -> tuple[str, ...]:
    names = reading.strings(said, "keys")
    if not names and said.get("type") == "keypress":
        raise Unreadable("no key is named")
    return read_keys(name.lower() if len(name) == 1 else name for name in names) if names else ()


def _point(said: Mapping[str, object], grid: Grid) -> Point:
    return grid.place((reading.number(said.get("x"), "x"), reading.number(said.get("y"), "y")))


def _read_drag(said: Mapping[str, object], grid: Grid, composer: Composer) -> None:
    path = [
        _point(reading.mapping(part, "a point of the path"), grid)
        for part in reading.items(said.get("path"), "path")
    ]
    if len(path) < 2:
        raise Unreadable("a path has at least two points")
    keys = _keys(said)
    if len(path) == 2:
        composer.add(Action(Verb.DRAG, point=path[0], end=path[1], keys=keys))
        return
    if keys:
        composer.add(Action(Verb.KEY_DOWN, keys=keys))
    composer.add(Action(Verb.MOUSE_DOWN, point=path[0]))
    for point in path[1:-1]:
        composer.add(Action(Verb.MOVE, point=point))
    composer.add(Action(Verb.MOUSE_UP, point=path[-1]))
    if keys:
        composer.add(Action(Verb.KEY_UP, keys=keys))
