"""OSWorld's `computer_13`: thirteen JSON actions and the words WAIT, FAIL and DONE.

    {"action_type": "CLICK", "parameters": {"button": "left", "x": 640, "y": 360, "num_clicks": 1}}

Sources: xlang-ai/OSWorld, desktop_env/actions.py (the action space), desktop_env/controllers/
python.py (what they do; parameters may also stand beside action_type) and mm_agents/agent.py (one
action in each fenced block). MOUSE_DOWN, MOUSE_UP, DRAG_TO and SCROLL act where the pointer is:
`format` moves there first, and holds keys down around an action; several actions are written as
several fenced blocks. SCROLL is in wheel notches, dx > 0 right, dy > 0 up. WAIT has no length; it
is the two seconds that OSWorld pauses after an action.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gym_anything.action import reading
from gym_anything.action.base import cannot, check_sayable, named_keys
from gym_anything.action.composing import Composer
from gym_anything.action.frame import Frame, Grid
from gym_anything.action.key_names import PYAUTOGUI_NAMES, read_key, read_keys
from gym_anything.action.reading import Unreadable, attempt
from gym_anything.records import MAX_DURATION_SEC, Action, Button, InvalidAction, Point, Verb

_NAMES = {**PYAUTOGUI_NAMES, "space": " "}  # its list of keys has the character
_WORDS = {
    "WAIT": Action.wait(MAX_DURATION_SEC),
    "FAIL": Action.give_up(),
    "DONE": Action.done(),
}
_X_Y = {"x": {"type": "number"}, "y": {"type": "number"}}
_BUTTON = {"button": {"type": "string", "enum": [button.value for button in Button]}}
_KEY = {"key": {"type": "string"}}
_PARAMETERS: Mapping[str, tuple[Mapping[str, object], tuple[str, ...], str]] = {
    "MOVE_TO": (_X_Y, ("x", "y"), "move the pointer to (x, y)"),
    "CLICK": (
        {**_BUTTON, **_X_Y, "num_clicks": {"type": "integer", "minimum": 1, "maximum": 3}},
        (),
        "click a button, left unless said, at (x, y) or where the pointer is",
    ),
    "MOUSE_DOWN": (_BUTTON, (), "press a button, left unless said"),
    "MOUSE_UP": (_BUTTON, (), "release a button, left unless said"),
    "RIGHT_CLICK": (_X_Y, (), "click the right button at (x, y) or where the pointer is"),
    "DOUBLE_CLICK": (_X_Y, (), "click twice at (x, y) or where the pointer is"),
    "DRAG_TO": (_X_Y, ("x", "y"), "drag from where the pointer is to (x, y)"),
    "SCROLL": (
        {"dx": {"type": "integer"}, "dy": {"type": "integer"}},
        (),
        "turn the wheel where the pointer is by dx notches to the right and dy up",
    ),
    "TYPING": ({"text": {"type": "string"}}, ("text",), "type a text"),
    "PRESS": (_KEY, ("key",), "press and release a key"),
    "KEY_DOWN": (_KEY, ("key",), "press a key and keep it down"),
    "KEY_UP": (_KEY, ("key",), "release a key"),
    "HOTKEY": (
        {"keys": {"type": "array", "items": {"type": "string"}}},
        ("keys",),
        "press keys together",
    ),
    "WAIT": ({}, (), "wait"),
    "FAIL": ({}, (), "end: the task cannot be done"),
    "DONE": ({}, (), "end: the task is done"),
}
_KEY_VERBS = {"PRESS": Verb.PRESS, "KEY_DOWN": Verb.KEY_DOWN, "KEY_UP": Verb.KEY_UP}


def schema() -> Mapping[str, object]:
    """The action space as a JSON schema of one action."""
    kinds = [
        {
            "description": description,
            "type": "object",
            "required": ["action_type", *(("parameters",) if required else ())],
            "properties": {
                "action_type": {"const": kind},
                "parameters": {
                    "type": "object",
                    "properties": dict(members),
                    "required": list(required),
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        }
        for kind, (members, required, description) in _PARAMETERS.items()
    ]
    return {"oneOf": kinds}


@dataclass(frozen=True, slots=True)
class Computer13:
    """Frame: pixels of the screen itself, whatever the size of the image; origin at the top left.

    An agent that sends a smaller image says so by making a `Frame` whose screen is that image.
    """

    name: str = "computer_13"

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """None: actions are JSON in the text; `schema` has them."""
        return ()

    def system(self, frame: Frame) -> str:
        """The form of an answer and the action space."""
        lines = "\n".join(
            f"{kind}({', '.join(members)}): {description}"
            for kind, (members, _, description) in _PARAMETERS.items()
        )
        return (
            f"The screen is {frame.screen[0]}x{frame.screen[1]} pixels. Answer with one action as "
            'JSON in a fenced block, such as\n```json\n{"action_type": "MOVE_TO", '
            '"parameters": {"x": 100, "y": 200}}\n```\nThe actions:\n' + lines
        )

    def format(self, action: Action, frame: Frame) -> str:
        """JSON of one action, or fenced blocks of several; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        said = [
            json.dumps(
                {"action_type": kind, **({"parameters": parameters} if parameters else {})},
                ensure_ascii=False,
            )
            for kind, parameters in self._said(action)
        ]
        if len(said) == 1:
            return said[0]
        return "\n".join(f"```json\n{one}\n```" for one in said)

    def _said(self, action: Action) -> Iterator[tuple[str, dict[str, object]]]:
        for word, meaning in _WORDS.items():
            if action == meaning:
                yield word, {}
                return
        if action.verb is Verb.TYPE:
            yield "TYPING", {"text": action.text}
        elif action.verb is Verb.PRESS and not action.duration_sec:
            keys = named_keys(self.name, action, _NAMES)
            yield ("PRESS", {"key": keys[0]}) if len(keys) == 1 else ("HOTKEY", {"keys": keys})
        elif action.verb is Verb.KEY_DOWN:
            yield from self._held("KEY_DOWN", action)
        elif action.verb is Verb.KEY_UP:
            yield from self._held("KEY_UP", action)
        elif action.verb is Verb.MOVE:
            yield "MOVE_TO", _at(action.point)
        elif action.verb in (Verb.CLICK, Verb.DRAG, Verb.SCROLL):
            yield from self._held("KEY_DOWN", action)
            yield from self._pointer_said(action)
            yield from self._held("KEY_UP", action)
        elif action.verb in (Verb.MOUSE_DOWN, Verb.MOUSE_UP):
            yield "MOVE_TO", _at(action.point)
            yield action.verb.name, {"button": action.button.value}
        else:
            raise cannot(self.name, action, "it has no answer, and waits have no length")

    def _held(self, kind: str, action: Action) -> Iterator[tuple[str, dict[str, object]]]:
        names = named_keys(self.name, action, _NAMES)
        if len(set(names)) < len(names):
            raise cannot(self.name, action, "a key is held only once")
        for key in names if kind == "KEY_DOWN" else reversed(names):
            yield kind, {"key": key}

    def _pointer_said(self, action: Action) -> Iterator[tuple[str, dict[str, object]]]:
        place = _at(action.point)
        if action.verb is Verb.CLICK:
            clicks = {"button": action.button.value, **place, "num_clicks": action.count}
            yield "CLICK", clicks
            return
        yield "MOVE_TO", place
        if action.verb is Verb.SCROLL:
            yield "SCROLL", {"dx": action.scroll[0], "dy": -action.scroll[1]}
        elif action.button is Button.LEFT:
            yield "DRAG_TO", _at(action.end)
        else:
            raise cannot(self.name, action, "only the left button drags")

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read JSON, fenced or not, or a bare word; see `ActionFormat.parse`."""
        return attempt(self.name, output, lambda: _read(output, frame))


def _at(point: Point) -> dict[str, object]:
    return {"x": point[0], "y": point[1]}


def _read(output: object, frame: Frame) -> tuple[Action, ...]:
    composer = Composer(frame.pointer)
    grid = Grid(frame.screen, frame.screen)
    for value in _values(output):
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str):
                composer.add(_word(one))
            else:
                _read_action(reading.mapping(one, "an action"), grid, composer)
    return composer.result()


def _values(output: object) -> list[object]:
    if not isinstance(output, str):
        return [output]
    try:
        return [reading.decode(output)]
    except Unreadable:
        blocks = reading.fences(output) or [output.strip()]  # then a word, or JSON among words
    if all(block in _WORDS for block in blocks):
        return list(blocks)
    return reading.json_values(output)


def _word(word: str) -> Action:
    if word not in _WORDS:
        raise Unreadable(f"{word[:40]!r} is none of WAIT, FAIL and DONE")
    return _WORDS[word]


def _read_action(said: Mapping[str, object], grid: Grid, composer: Composer) -> None:
    kind = reading.string(said, "action_type")
    given = said.get("parameters")
    parameters = said if given is None else reading.mapping(given, "parameters")
    if kind in _WORDS:
        composer.add(_WORDS[kind])
    elif kind == "TYPING":
        composer.add(Action.type(reading.string(parameters, "text")))
    elif kind in _KEY_VERBS:
        key = read_key(reading.string(parameters, "key"))
        composer.add(Action(_KEY_VERBS[kind], keys=(key,)))
    elif kind == "HOTKEY":
        composer.add(Action(Verb.PRESS, keys=read_keys(reading.strings(parameters, "keys"))))
    else:
        _read_pointer_action(kind, parameters, grid, composer)


def _read_pointer_action(
    kind: str, parameters: Mapping[str, object], grid: Grid, composer: Composer
) -> None:
    place = _place(parameters, grid)
    if kind == "CLICK":
        count = reading.whole(parameters.get("num_clicks", 1), "num_clicks")
        composer.add_at(Action(Verb.CLICK, button=_button(parameters), count=count), place)
    elif kind == "RIGHT_CLICK":
        composer.add_at(Action(Verb.CLICK, button=Button.RIGHT), place)
    elif kind == "DOUBLE_CLICK":
        composer.add_at(Action(Verb.CLICK, count=2), place)
    elif kind in ("MOUSE_DOWN", "MOUSE_UP"):
        composer.add_at(Action(Verb[kind], button=_button(parameters)), None)
    elif kind == "SCROLL":
        right, up = (
            reading.notches(reading.number(parameters.get(name, 0), name)) for name in ("dx", "dy")
        )
        composer.add_at(Action(Verb.SCROLL, scroll=(right, -up)), None)
    elif place is None:
        raise Unreadable(f"action_type {kind[:40]!r} is unknown or needs x and y")
    elif kind == "MOVE_TO":
        composer.add(Action(Verb.MOVE, point=place))
    elif kind == "DRAG_TO":
        composer.add_at(Action(Verb.DRAG, end=place), None)
    else:
        raise Unreadable(f"unknown action_type {kind[:40]!r}")


def _button(parameters: Mapping[str, object]) -> Button:
    return Button(reading.string(parameters, "button", "left"))


def _place(parameters: Mapping[str, object], grid: Grid) -> Point | None:
    if parameters.get("x") is None and parameters.get("y") is None:
        return None
    x = reading.number(parameters.get("x"), "x")
    return grid.place((x, reading.number(parameters.get("y"), "y")))
