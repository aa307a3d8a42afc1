"""Anthropic's `computer` tool: `tool_use` blocks, versions computer_20250124 and computer_20251124.

    [{"type": "tool_use", "name": "computer",
      "input": {"action": "left_click", "coordinate": [640, 360]}}]

Sources: Anthropic's manual, "Computer use tool" (platform.claude.com/docs: actions, parameters,
"Handle coordinate scaling"), anthropics/claude-quickstarts, computer-use-demo (what its tool does)
and anthropics/anthropic-sdk-typescript, computer-toolset.md (coordinates are those of the full
screenshot, also after a zoom). Keys are X11 keysyms as xdotool takes them, chords joined by "+",
several chords separated by spaces; `text` of a click, drag or scroll holds keys down meanwhile.

- left_mouse_down and left_mouse_up act where the pointer is; `format` moves there first.
- screenshot and cursor_position only look: a wait of no time.
- zoom (20251124) only looks, too. `zoom_region` gives the pixels to send back at full resolution; a
  loop that does so takes no step. Where nobody asks, `parse` makes it a wait of no time.
- There is no word for the end: the model answers with text instead of a call. The system text asks
  it for DONE, or INFEASIBLE, or the answer alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gym_anything.action import reading
from gym_anything.action.base import cannot, check_sayable, named_keys
from gym_anything.action.composing import Composer
from gym_anything.action.ending import ENDING_TEXT, ending_of, ending_text
from gym_anything.action.frame import Frame, Grid, Size
from gym_anything.action.key_names import KEYSYM_NAMES, read_chord
from gym_anything.action.reading import Unreadable, attempt
from gym_anything.records import ENDING_VERBS, Action, Button, InvalidAction, Point, Verb

MAX_EDGE = 1568  # pixels of the longer side of an image that the API does not make smaller
MAX_AREA = 1_150_000  # pixels of such an image, about
_CLICKS = {
    "left_click": (Button.LEFT, 1),
    "double_click": (Button.LEFT, 2),
    "triple_click": (Button.LEFT, 3),
    "right_click": (Button.RIGHT, 1),
    "middle_click": (Button.MIDDLE, 1),
}
_CLICK_NAMES = {kind: name for name, kind in _CLICKS.items()}
_DIRECTIONS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def image_size(screen: Size) -> Size:
    """Size at which to send a screenshot, so that the API does not make it smaller unasked.

    It keeps the ratio, and both limits of the manual: `MAX_EDGE` and `MAX_AREA`.

    Args:
        screen: (width, height) in pixels.
    """
    scale = min(1.0, MAX_EDGE / max(screen), math.sqrt(MAX_AREA / (screen[0] * screen[1])))
    return max(1, int(screen[0] * scale)), max(1, int(screen[1] * scale))


@dataclass(frozen=True, slots=True)
class AnthropicComputer:
    """Frame: pixels of `frame.image` as it was sent (see `image_size`); origin at the top left.

    `display_width_px` and `display_height_px` of the tool are the size of that image.

    Attributes:
        version: "20250124" or "20251124"; the later one can zoom.
    """

    version: str

    @property
    def name(self) -> str:
        """Name in the registry."""
        return f"anthropic-{self.version}"

    @property
    def zooms(self) -> bool:
        """Whether the model may ask for a part of the screen at full resolution."""
        return self.version >= "20251124"

    def grid(self, frame: Frame) -> Grid:
        """Its coordinates."""
        return Grid(frame.screen, frame.seen)

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """The tool, which Anthropic defines; the request also needs the version's beta header."""
        width, height = frame.seen
        tool: dict[str, object] = {
            "type": f"computer_{self.version}",
            "name": "computer",
            "display_width_px": width,
            "display_height_px": height,
        }
        return (tool | {"enable_zoom": True} if self.zooms else tool,)

    def system(self, frame: Frame) -> str:
        """How to end."""
        return ENDING_TEXT

    def format(self, action: Action, frame: Frame) -> str:
        """JSON of the content blocks; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        blocks: list[dict[str, object]]
        if action.verb in ENDING_VERBS:
            blocks = [{"type": "text", "text": ending_text(self.name, action)}]
        else:
            blocks = [
                {"type": "tool_use", "name": "computer", "input": call}
                for call in self._calls(action, self.grid(frame))
            ]
        return json.dumps(blocks, ensure_ascii=False)

    def _calls(self, action: Action, grid: Grid) -> Iterator[dict[str, object]]:
        match action.verb:
            case Verb.TYPE:
                yield {"action": "type", "text": action.text}
            case Verb.PRESS if action.duration_sec:
                held = action.duration_sec
                yield {"action": "hold_key", "text": self._chord(action), "duration": held}
            case Verb.PRESS:
                yield {"action": "key", "text": self._chord(action)}
            case Verb.WAIT if action.duration_sec:
                yield {"action": "wait", "duration": action.duration_sec}
            case Verb.WAIT:
                yield {"action": "screenshot"}
            case Verb.KEY_DOWN | Verb.KEY_UP:
                raise cannot(self.name, action, "keys are held for a duration only")
            case _:
                yield from self._pointer_calls(action, grid)

    def _chord(self, action: Action) -> str:
        return "+".join(named_keys(self.name, action, KEYSYM_NAMES))

    def _pointer_calls(self, action: Action, grid: Grid) -> Iterator[dict[str, object]]:
        place = list(grid.cell(action.point))
        held = {"text": self._chord(action)} if action.keys else {}
        if action.verb is Verb.MOVE:
            yield {"action": "mouse_move", "coordinate": place}
        elif action.verb is Verb.CLICK and (action.button, action.count) in _CLICK_NAMES:
            kind = _CLICK_NAMES[action.button, action.count]
            yield {"action": kind, "coordinate": place, **held}
        elif action.verb is Verb.SCROLL:
            yield {"action": "scroll", "coordinate": place, **self._scroll(action), **held}
        elif action.button is not Button.LEFT or action.verb is Verb.CLICK:
            raise cannot(self.name, action, "no such click, or only the left button can do that")
        elif action.verb is Verb.DRAG:
            end = list(grid.cell(action.end))
            ends = {"start_coordinate": place, "coordinate": end}
            yield {"action": "left_click_drag", **ends, **held}
        else:
            yield {"action": "mouse_move", "coordinate": place}
            yield {"action": f"left_{action.verb.value}"}

    def _scroll(self, action: Action) -> dict[str, object]:
        right, down = action.scroll
        if right and down:
            raise cannot(self.name, action, "it scrolls along one axis")
        axis = ("right" if right > 0 else "left") if right else ("down" if down >= 0 else "up")
        return {"scroll_direction": axis, "scroll_amount": abs(right or down)}

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read a message, its blocks, one block, or one bare input; see `ActionFormat.parse`."""
        grid = self.grid(frame)
        return attempt(self.name, output, lambda: self._read(output, grid, frame.pointer))

    def _read(self, output: object, grid: Grid, pointer: Point | None) -> tuple[Action, ...]:
        composer = Composer(pointer)
        calls, texts = _calls_and_texts(output)
        for call in calls:
            self._read_call(call, grid, composer)
        if not calls and texts:
            composer.add(ending_of("\n".join(texts)))
        return composer.result()

    def _read_call(self, call: Mapping[str, object], grid: Grid, composer: Composer) -> None:
        kind = reading.string(call, "action")
        if kind == "type":
            composer.add(Action.type(reading.string(call, "text")))
        elif kind == "key":
            for chord in _chords(call):
                composer.add(Action(Verb.PRESS, keys=chord))
        elif kind == "hold_key":
            held = reading.seconds(call.get("duration"), "duration")
            for chord in _chords(call):
                composer.add(Action(Verb.PRESS, keys=chord, duration_sec=held))
        elif kind == "wait":
            composer.add(Action.wait(reading.seconds(call.get("duration"), "duration")))
        elif kind in ("screenshot", "cursor_position"):
            composer.add(Action.wait())
        elif kind == "zoom" and self.zooms:
            _region(call, grid)
            composer.add(Action.wait())
        else:
            _read_pointer_call(kind, call, grid, composer)

    def zoom_region(self, output: object, frame: Frame) -> tuple[int, int, int, int] | None:
        """The part of the screen that an output asks to see at full resolution.

        Returns:
            (left, top, right, bottom) in screen pixels, right and bottom not in it; None if the
            output is not a zoom alone.
        """
        try:
            calls, _ = _calls_and_texts(output)
            if not self.zooms or len(calls) != 1 or calls[0].get("action") != "zoom":
                return None
            return _region(calls[0], self.grid(frame))
        except ValueError:  # an output that cannot be read asks for nothing; `parse` says why
            return None


def _calls_and_texts(output: object) -> tuple[list[Mapping[str, object]], list[str]]:
    calls: list[Mapping[str, object]] = []
    texts: list[str] = []
    for value in reading.json_values(output) if isinstance(output, str) else [output]:
        for block in _blocks(value):
            kind = block.get("type")
            if kind == "text":
                texts.append(reading.string(block, "text"))
            elif kind == "tool_use":
                if block.get("name") != "computer":
                    raise Unreadable("not a call of the tool computer")
                calls.append(reading.mapping(block.get("input"), "input"))
            elif kind is None and "action" in block:
                calls.append(block)
            elif kind not in ("thinking", "redacted_thinking"):
                raise Unreadable("a block is neither text nor tool_use")
    return calls, texts


def _blocks(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Mapping) and "content" in value:
        value = value["content"]
    for block in value if isinstance(value, list | tuple) else (value,):
        yield reading.mapping(block, "a block")


def _chords(call: Mapping[str, object]) -> list[tuple[str, ...]]:
    chords = [read_chord(chord) for chord in reading.string(call, "text").split()]
    if not chords:
        raise Unreadable("no key is named")
    return chords


def _held(call: Mapping[str, object]) -> tuple[str, ...]:
    text = reading.string(call, "text", "").strip()
    return read_chord(text) if text else ()


def _place(call: Mapping[str, object], name: str, grid: Grid) -> Point | None:
    value = call.get(name)
    return None if value is None else grid.place(reading.pair(value, name))


def _read_pointer_call(
    kind: str, call: Mapping[str, object], grid: Grid, composer: Composer
) -> None:
    place = _place(call, "coordinate", grid)
    if kind in _CLICKS:
        button, count = _CLICKS[kind]
        action = Action(Verb.CLICK, button=button, count=count, keys=_held(call))
        composer.add_at(action, place)
    elif kind == "scroll":
        composer.add_at(Action(Verb.SCROLL, scroll=_turns(call), keys=_held(call)), place)
    elif kind in ("left_mouse_down", "left_mouse_up"):
        composer.add_at(Action(Verb(kind.removeprefix("left_"))), place)
    elif place is None:
        raise Unreadable(f"action {kind[:40]!r} is unknown or needs a coordinate")
    elif kind == "mouse_move":
        composer.add(Action(Verb.MOVE, point=place))
    elif kind == "left_click_drag":
        start = _place(call, "start_coordinate", grid)
        composer.add_at(Action(Verb.DRAG, end=place, keys=_held(call)), start)
    else:
        raise Unreadable(f"unknown action {kind[:40]!r}")


def _turns(call: Mapping[str, object]) -> tuple[int, int]:
    direction = reading.string(call, "scroll_direction")
    if direction not in _DIRECTIONS:
        raise Unreadable("scroll_direction must be up, down, left or right")
    amount = reading.number(call.get("scroll_amount"), "scroll_amount")
    if amount < 0:
        raise Unreadable("scroll_amount must not be negative")
    right, down = _DIRECTIONS[direction]
    return right * reading.notches(amount), down * reading.notches(amount)


def _region(call: Mapping[str, object], grid: Grid) -> tuple[int, int, int, int]:
    corners = reading.items(call.get("region"), "region")
    left, top = grid.place(reading.pair(corners[:2], "region"))
    right, bottom = grid.place(reading.pair(corners[2:], "region"))
    if left > right or top > bottom:
        raise Unreadable("region must be [left, top, right, bottom]")
    return left, top, right + 1, bottom + 1
