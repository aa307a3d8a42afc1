"""The `computer_use` tool that Qwen2.5-VL and Qwen3-VL call; they differ in grid and verbs.

    <tool_call>
    {"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [644, 364]}}
    </tool_call>

Sources: QwenLM/Qwen3-VL, cookbooks/utils/agent_function_call.py and cookbooks/computer_use.ipynb
(the tool, its actions and parameters); OSWorld, mm_agents/qwen3vl_agent.py (a drag starts and a
scroll turns where the pointer is; key names are PyAutoGUI's; pixels > 0 scroll up, and right).

A drag and a scroll are said with a `mouse_move` before. The cookbook leaves open how far a wheel
notch scrolls; here it is `PIXELS_PER_NOTCH`, and anything but 0 is at least one notch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from gym_anything.action import reading
from gym_anything.action.base import cannot, named_keys
from gym_anything.action.composing import Composer
from gym_anything.action.frame import Grid, Size
from gym_anything.action.key_names import PYAUTOGUI_NAMES, read_keys
from gym_anything.action.reading import Unreadable
from gym_anything.records import Action, Button, Point, Verb

PIXELS_PER_NOTCH = 100
TOOL = "computer_use"
_CALL = re.compile(r"<tool_call>(.*?)(?:</tool_call>|$)", re.DOTALL)
_CLICKS = {
    "left_click": (Button.LEFT, 1),
    "double_click": (Button.LEFT, 2),
    "triple_click": (Button.LEFT, 3),
    "right_click": (Button.RIGHT, 1),
    "middle_click": (Button.MIDDLE, 1),
}
_CLICK_NAMES = {kind: name for name, kind in _CLICKS.items()}

ACTIONS: Mapping[str, str] = {
    "key": "Press the keys in `keys` down in order, then release them in reverse order.",
    "type": "Type `text`.",
    "mouse_move": "Move the pointer to `coordinate`.",
    "left_click": "Click the left button at `coordinate`.",
    "left_click_drag": "Drag with the left button from where the pointer is to `coordinate`.",
    "right_click": "Click the right button at `coordinate`.",
    "middle_click": "Click the middle button at `coordinate`.",
    "double_click": "Click the left button twice at `coordinate`.",
    "triple_click": "Click the left button three times at `coordinate`.",
    "scroll": "Turn the wheel where the pointer is by `pixels`: up if positive, down if negative.",
    "hscroll": "Turn the wheel sideways by `pixels`: right if positive, left if negative.",
    "wait": "Wait `time` seconds.",
    "terminate": "End the task and say with `status` how it went.",
    "answer": "End the task with the answer `text`.",
}
_PARAMETERS: Mapping[str, Mapping[str, object]] = {
    "keys": {"type": "array", "description": "Names of keys; for key."},
    "text": {"type": "string", "description": "For type and answer."},
    "coordinate": {
        "type": "array",
        "description": "[x, y] from the left and top edge; for the actions of the mouse.",
    },
    "pixels": {"type": "number", "description": "How far to scroll; for scroll and hscroll."},
    "time": {"type": "number", "description": "Seconds; for wait."},
    "status": {
        "type": "string",
        "enum": ["success", "failure"],
        "description": "For terminate.",
    },
}


def tool(resolution: Size, verbs: tuple[str, ...]) -> Mapping[str, object]:
    """The tool as a JSON schema for a request.

    Args:
        resolution: (width, height) that the model is told.
        verbs: the actions that the model knows, out of `ACTIONS`.
    """
    lines = "\n".join(f"* `{verb}`: {ACTIONS[verb]}" for verb in verbs)
    return {
        "type": "function",
        "function": {
            "name": TOOL,
            "description": (
                "Use the mouse and keyboard of a computer through its graphical desktop.\n"
                f"* The screen's resolution is {resolution[0]}x{resolution[1]}.\n"
                "* Look at the screenshot for the place of a thing before you click on it, and "
                "click on its middle.\n"
                "* Some applications take time; wait and look again."
            ),
            "parameters": {
                "type": "object",
                "required": ["action"],
                "properties": {
                    "action": {"type": "string", "enum": list(verbs), "description": lines},
                    **_PARAMETERS,
                },
            },
        },
    }


def write(name: str, action: Action, grid: Grid, verbs: tuple[str, ...]) -> str:
    """The tool calls that say an action.

    Raises:
        ActionFormatError: the tool has no words for it.
    """
    calls = list(_arguments(name, action, grid))
    unknown = [str(call["action"]) for call in calls if call["action"] not in verbs]
    if unknown:
        raise cannot(name, action, f"it has no {unknown[0]}")
    return "\n".join(
        "<tool_call>\n"
        + json.dumps({"name": TOOL, "arguments": call}, ensure_ascii=False).replace("</", r"<\/")
        + "\n</tool_call>"
        for call in calls
    )


def _arguments(name: str, action: Action, grid: Grid) -> Iterator[dict[str, object]]:
    match action.verb:
        case Verb.MOVE | Verb.CLICK | Verb.DRAG | Verb.SCROLL:
            yield from _pointer_arguments(name, action, grid)
        case Verb.TYPE:
            yield {"action": "type", "text": action.text}
        case Verb.PRESS if not action.duration_sec:
            yield {"action": "key", "keys": named_keys(name, action, PYAUTOGUI_NAMES)}
        case Verb.WAIT:
            yield {"action": "wait", "time": action.duration_sec}
        case Verb.DONE:
            yield {"action": "terminate", "status": "success"}
        case Verb.GIVE_UP:
            yield {"action": "terminate", "status": "failure"}
        case Verb.ANSWER:
            yield {"action": "answer", "text": action.text}
        case _:
            raise cannot(name, action, "nothing can be held down")


def _pointer_arguments(name: str, action: Action, grid: Grid) -> Iterator[dict[str, object]]:
    if action.keys and action.verb is not Verb.MOVE:
        raise cannot(name, action, "no key can be held meanwhile")
    place = list(grid.cell(action.point))
    if action.verb is Verb.CLICK:
        kind = _CLICK_NAMES.get((action.button, action.count))
        if kind is None:
            raise cannot(name, action, "it has no such click")
        yield {"action": kind, "coordinate": place}
        return
    yield {"action": "mouse_move", "coordinate": place}
    if action.verb is Verb.DRAG:
        if action.button is not Button.LEFT:
            raise cannot(name, action, "only the left button drags")
        yield {"action": "left_click_drag", "coordinate": list(grid.cell(action.end))}
    elif action.verb is Verb.SCROLL:
        right, down = action.scroll
        if right and down:
            raise cannot(name, action, "it scrolls along one axis")
        kind, up = ("hscroll", right) if right else ("scroll", -down)
        yield {"action": kind, "pixels": up * PIXELS_PER_NOTCH}


def read(output: object, grid: Grid, pointer: Point | None) -> tuple[Action, ...]:
    """The actions that tool calls mean.

    Raises:
        ValueError: they mean none.
    """
    composer = Composer(pointer)
    for value in _calls(output):
        _read_call(_arguments_of(value), grid, composer)
    return composer.result()


def _calls(output: object) -> Iterator[object]:
    if isinstance(output, str):
        text = reading.after_thinking(output)
        blocks = _CALL.findall(text)
        values = [reading.decode(block) for block in blocks] if blocks else None
        for value in values if values is not None else reading.json_values(text):
            yield from value if isinstance(value, list) else (value,)
    else:
        yield from output if isinstance(output, list | tuple) else (output,)


def _arguments_of(value: object) -> Mapping[str, object]:
    call = reading.mapping(value, "a tool call")
    if isinstance(call.get("function"), Mapping):  # the shape of OpenAI-compatible servers
        call = reading.mapping(call["function"], "function")
    if call.get("name") != TOOL:
        raise Unreadable(f"not a call of the tool {TOOL}")
    arguments = call.get("arguments")
    if isinstance(arguments, str):
        arguments = reading.decode(arguments)
    return reading.mapping(arguments, "arguments")


def _read_call(call: Mapping[str, object], grid: Grid, composer: Composer) -> None:
    kind = reading.string(call, "action")
    if kind in _CLICKS or kind in ("mouse_move", "left_click_drag", "scroll", "hscroll"):
        _read_pointer_call(kind, call, grid, composer)
    elif kind == "type":
        composer.add(Action.type(reading.string(call, "text")))
    elif kind == "key":
        composer.add(Action(Verb.PRESS, keys=read_keys(reading.strings(call, "keys"))))
    elif kind == "wait":
        composer.add(Action.wait(reading.seconds(call.get("time"), "time")))
    elif kind == "answer":
        composer.add(Action.answer(reading.string(call, "text")))
    elif kind == "terminate":
        status = reading.string(call, "status")
        if status not in ("success", "failure"):
            raise Unreadable("status must be success or failure")
        composer.add(Action.done() if status == "success" else Action.give_up())
    else:
        raise Unreadable(f"unknown action {kind[:40]!r}")


def _read_pointer_call(
    kind: str, call: Mapping[str, object], grid: Grid, composer: Composer
) -> None:
    place = None
    if call.get("coordinate") is not None:
        place = grid.place(reading.pair(call["coordinate"], "coordinate"))
    if kind == "left_click_drag":
        if place is None:
            raise Unreadable("left_click_drag needs a coordinate")
        composer.add_at(Action(Verb.DRAG, end=place), None)
        return
    if kind == "mouse_move":
        if place is None:
            raise Unreadable("mouse_move needs a coordinate")
        action = Action(Verb.MOVE, point=place)
    elif kind in _CLICKS:
        button, count = _CLICKS[kind]
        action = Action(Verb.CLICK, point=place or (0, 0), button=button, count=count)
    else:
        turns = reading.notches(reading.number(call.get("pixels"), "pixels") / PIXELS_PER_NOTCH)
        scroll = (0, -turns) if kind == "scroll" else (turns, 0)
        action = Action(Verb.SCROLL, point=place or (0, 0), scroll=scroll)
    composer.add_at(action, place)
