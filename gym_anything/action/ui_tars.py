r"""UI-TARS 1.5: a thought, then calls that are written like Python but are not Python.

    Thought: The button is at the bottom.
    Action: click(start_box='(644,364)')

Sources: bytedance/UI-TARS, codes/ui_tars/action_parser.py (what is read, and as what),
codes/ui_tars/prompt.py and README_deploy.md (the action space). Of what its parser reads but its
prompt does not name, hover moves the pointer and keydown and keyup hold keys; press, which there
only presses a key down, is read as a press. A scroll is five notches, as in that parser; wait() is
"sleep for 5 s", cut to the longest wait; finished(content='...') with a text is an answer, without
one it is done; call_user() gives up. `format` writes the Action line; a thought goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gym_anything.action import reading
from gym_anything.action.base import cannot, check_sayable, named_keys
from gym_anything.action.composing import Composer
from gym_anything.action.frame import Frame, Grid, SmartlyResized
from gym_anything.action.key_names import PYAUTOGUI_NAMES, read_chord, read_keys
from gym_anything.action.reading import Unreadable, attempt
from gym_anything.records import (
    MAX_DURATION_SEC,
    Action,
    Button,
    InvalidAction,
    Point,
    Verb,
)

NOTCHES = 5  # of one scroll
MAX_HOTKEY = 3  # keys of one hotkey
MAX_ARGUMENTS = 6  # of one call, its end counted
_CLICKS = {
    "click": (Button.LEFT, 1),
    "left_single": (Button.LEFT, 1),
    "left_double": (Button.LEFT, 2),
    "right_single": (Button.RIGHT, 1),
}
_CLICK_NAMES = {
    (Button.LEFT, 1): "click",
    (Button.LEFT, 2): "left_double",
    (Button.RIGHT, 1): "right_single",
}
_DIRECTIONS = {
    "up": (0, -NOTCHES),
    "down": (0, NOTCHES),
    "left": (-NOTCHES, 0),
    "right": (NOTCHES, 0),
}
_KEY_CALLS = {
    "hotkey": Verb.PRESS,
    "press": Verb.PRESS,
    "keydown": Verb.KEY_DOWN,
    "keyup": Verb.KEY_UP,
    "release": Verb.KEY_UP,
}
ACTION_SPACE = r"""
click(start_box='(x1,y1)')
left_double(start_box='(x1,y1)')
right_single(start_box='(x1,y1)')
drag(start_box='(x1,y1)', end_box='(x2,y2)')
hotkey(key='ctrl c')  # lower case, separated by spaces, at most 3 keys
type(content='text')  # escape ', " and \ by \; a line end is \n and presses Enter
scroll(start_box='(x1,y1)', direction='down')  # or up, right, left
wait()  # 5 seconds, then a new screenshot
finished(content='answer')  # the task is done; the content is its answer, if it asks for one
call_user()  # the task cannot be done
""".strip()

_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*\(\s*")
_ARGUMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*")
_STRING_ENDS = re.compile(r"\s*(?:,\s*[A-Za-z_]\w*\s*=|\)\s*(?:#[^\n]*)?(?:\n|$))")
_CALL_ENDS = re.compile(r"\s*,?\s*\)[ \t]*(?:#[^\n]*)?(?:\n|$)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\n", "'": "'", '"': '"', "\\": "\\"}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BOX = re.compile(r"[\d\s.,()\[\]-]*")
_TOKENS = re.compile(r"<\|box_(?:start|end)\|>|</?point>|</?bbox>")


@dataclass(frozen=True, slots=True)
class UiTars(SmartlyResized):
    """Frame: pixels of `smart_resize(frame.image)` with factor 28; origin at the top left.

    A point may be written '(x,y)', '<|box_start|>(x,y)<|box_end|>' or '<point>x y</point>'; of a
    box of four numbers the middle is meant.
    """

    name: str = "ui-tars-1.5"
    min_pixels: int = 100 * 28 * 28

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """None: the action space is text."""
        return ()

    def system(self, frame: Frame) -> str:
        """The form of an answer and the action space."""
        return (
            "You operate a computer. You get a task, what you did so far, and screenshots; say "
            "what to do next.\n\n## Output Format\n```\nThought: ...\nAction: ...\n```\n\n"
            f"## Action Space\n\n{ACTION_SPACE}\n\n"
            "## Note\n- Plan briefly in `Thought` and end it with one sentence that says what you "
            "do next and with what."
        )

    def format(self, action: Action, frame: Frame) -> str:
        """The line "Action: ..."; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        name, arguments = self._call(action, self.grid(frame))
        written = ", ".join(f"{part}='{_escape(value)}'" for part, value in arguments.items())
        return f"Action: {name}({written})"

    def _call(self, action: Action, grid: Grid) -> tuple[str, dict[str, str]]:
        match action.verb:
            case Verb.MOVE | Verb.CLICK | Verb.DRAG | Verb.SCROLL:
                return self._pointer_call(action, grid)
            case Verb.TYPE:
                return "type", {"content": action.text}
            case Verb.PRESS if not action.duration_sec:
                return "hotkey", {"key": self._keys(action)}
            case Verb.KEY_DOWN:
                return "keydown", {"key": self._keys(action)}
            case Verb.KEY_UP:
                return "keyup", {"key": self._keys(action)}
            case Verb.WAIT if action.duration_sec == MAX_DURATION_SEC:
                return "wait", {}
            case Verb.ANSWER if action.text:
                return "finished", {"content": action.text}
            case Verb.DONE:
                return "finished", {}
            case Verb.GIVE_UP:
                return "call_user", {}
        raise cannot(self.name, action, "it has no word for that")

    def _keys(self, action: Action) -> str:
        if len(action.keys) > MAX_HOTKEY:
            raise cannot(self.name, action, f"at most {MAX_HOTKEY} keys go together")
        return " ".join(named_keys(self.name, action, PYAUTOGUI_NAMES))

    def _pointer_call(self, action: Action, grid: Grid) -> tuple[str, dict[str, str]]:
        if action.keys and action.verb is not Verb.MOVE:
            raise cannot(self.name, action, "no key can be held meanwhile")
        start = {"start_box": _point(grid.cell(action.point))}
        if action.verb is Verb.MOVE:
            return "hover", start
        if action.verb is Verb.CLICK and (action.button, action.count) in _CLICK_NAMES:
            return _CLICK_NAMES[action.button, action.count], start
        if action.verb is Verb.DRAG and action.button is Button.LEFT:
            return "drag", start | {"end_box": _point(grid.cell(action.end))}
        for direction, scroll in _DIRECTIONS.items():
            if action.verb is Verb.SCROLL and action.scroll == scroll:
                return "scroll", start | {"direction": direction}
        raise cannot(self.name, action, "no such click, or a scroll of other than five notches")

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read the calls after "Action:"; see `ActionFormat.parse`."""
        grid = self.grid(frame)
        return attempt(self.name, output, lambda: _read(output, grid, frame.pointer))


def _point(cell: Point) -> str:
    return f"({cell[0]},{cell[1]})"


def _escape(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return escaped.replace("\n", "\\n").replace("\t", "\\t")


def _read(output: object, grid: Grid, pointer: Point | None) -> tuple[Action, ...]:
    if not isinstance(output, str):
        raise Unreadable(f"must be text, got {type(output).__name__}")
    text = reading.after_thinking(output)
    mark = re.search(r"^[ \t]*Action:", text, re.MULTILINE) or re.search(r"Action:", text)
    if mark is None:
        raise Unreadable("there is no line 'Action: ...'")
    composer = Composer(pointer)
    for name, arguments in _calls(text[mark.end() :].replace("[EOS]", "")):
        _read_call(name, arguments, grid, composer)
    return composer.result()


def _calls(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The calls in a text, one after the other, up to a closing fence or the end."""
    rest = re.sub(r"^\s*```\w*\s*", "", text)
    while rest.strip() and not rest.lstrip().startswith("```"):
        rest = re.sub(r"^\s*Action:", "", rest)
        opening = _NAME.match(rest)
        if opening is None:
            raise Unreadable("no call such as click(start_box='(x,y)') after 'Action:'")
        arguments, rest = _arguments(rest[opening.end() :])
        yield opening.group(1), arguments


def _arguments(rest: str) -> tuple[dict[str, str], str]:
    """The arguments of a call by name, and what follows its ")"."""
    found: dict[str, str] = {}
    for _ in range(MAX_ARGUMENTS):
        end = _CALL_ENDS.match(rest)
        if end is not None:
            return found, rest[end.end() :]
        head = _ARGUMENT.match(rest.lstrip().removeprefix(",") if found else rest)
        if head is None:
            raise Unreadable("a call does not end in ')' or an argument is not name='text'")
        found[head.group(1)], rest = _quoted(head.string[head.end() :])
    raise Unreadable(f"a call has no more than {MAX_ARGUMENTS - 1} arguments")


def _quoted(text: str) -> tuple[str, str]:
    """A quoted text and what follows it; a quote inside that ends no argument belongs to it."""
    quote = text[:1]
    if quote not in ("'", '"'):
        raise Unreadable("an argument is not in quotes")
    letters: list[str] = []
    at = 1
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            letters.append(_ESCAPES.get(text[at + 1], text[at : at + 2]))
            at += 2
            continue
        if char == quote and _STRING_ENDS.match(text, at + 1):
            return "".join(letters), text[at + 1 :]
        letters.append(char)
        at += 1
    raise Unreadable("a quoted text does not end")


def _read_call(name: str, arguments: Mapping[str, str], grid: Grid, composer: Composer) -> None:
    if name in _CLICKS:
        button, count = _CLICKS[name]
        action = Action(Verb.CLICK, button=button, count=count)
        composer.add_at(action, _place(arguments, grid))
    elif name in ("hover", "move", "move_to"):
        place = _place(arguments, grid)
        if place is None:
            raise Unreadable(f"{name} needs a point")
        composer.add(Action(Verb.MOVE, point=place))
    elif name in ("drag", "select"):
        composer.add_at(_drag(arguments, grid), _place(arguments, grid))
    elif name == "scroll":
        _read_scroll(arguments, grid, composer)
    elif name in _KEY_CALLS:
        composer.add(Action(_KEY_CALLS[name], keys=_read_hotkey(arguments)))
    elif name == "type":
        composer.add(Action.type(reading.string(arguments, "content")))
    elif name == "wait":
        composer.add(Action.wait(MAX_DURATION_SEC))
    elif name == "finished":
        text = reading.string(arguments, "content", "")
        composer.add(Action.answer(text) if text else Action.done())
    elif name == "call_user":
        composer.add(Action.give_up())
    else:
        raise Unreadable(f"unknown action {name[:40]!r}")


def _read_hotkey(arguments: Mapping[str, str]) -> tuple[str, ...]:
    named = [arguments[part] for part in ("key", "hotkey", "press") if part in arguments]
    if not named:
        raise Unreadable("no key is named")
    words = named[0].split()
    return read_chord(words[0]) if len(words) == 1 else read_keys(words)


def _read_scroll(arguments: Mapping[str, str], grid: Grid, composer: Composer) -> None:
    if _first(arguments, "end_box", "end_point") is not None:  # a swipe
        composer.add_at(_drag(arguments, grid), _place(arguments, grid))
        return
    direction = arguments.get("direction", "").strip().lower()
    if direction not in _DIRECTIONS:
        raise Unreadable("direction must be up, down, left or right")
    action = Action(Verb.SCROLL, scroll=_DIRECTIONS[direction])
    composer.add_at(action, _place(arguments, grid))


def _drag(arguments: Mapping[str, str], grid: Grid) -> Action:
    end = _first(arguments, "end_box", "end_point")
    if end is None:
        raise Unreadable("a drag needs an end_box")
    return Action(Verb.DRAG, end=grid.place(_middle(end)))


def _place(arguments: Mapping[str, str], grid: Grid) -> Point | None:
    written = _first(arguments, "start_box", "start_point", "point")
    return None if written is None else grid.place(_middle(written))


def _first(arguments: Mapping[str, str], *names: str) -> str | None:
    return next((arguments[name] for name in names if arguments.get(name)), None)


def _middle(box: str) -> tuple[float, float]:
    bare = _TOKENS.sub(" ", box)
    numbers = [float(digits) for digits in _NUMBER.findall(bare)]
    if not _BOX.fullmatch(bare) or len(numbers) not in (2, 4):
        raise Unreadable(f"{box[:60]!r} is no point or box")
    left, top, right, bottom = numbers if len(numbers) == 4 else numbers * 2
    return (left + right) / 2, (top + bottom) / 2
