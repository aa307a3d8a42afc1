"""A noisy solution: a teacher that errs in known ways at a chosen rate, and takes its errors back.

Every step has a label (`records.Label`): right, recovery, or which error it was. So what a grader
of steps, or a filter of trajectories, ought to find is known without anybody having looked.

    wrong target     another menu, closed again; another digit, deleted; another place in a text;
                     a label beside the button
    neighbour cell   selected, sometimes filled in, which ctrl+z takes back; or the end of a range
    repeated         what was just done once more, with what takes that back if it changed anything
    typo             the neighbour of a key, deleted
    detour           a menu looked at and closed, or a wait
    premature done   ends the episode; nothing recovers

A slip is made only where its recovery is known. Where none of the chosen kinds fits, none is made.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from gym_anything.agent.solution import Locator, SolutionAgent
from gym_anything.desktop.widget_tree import parse_cell
from gym_anything.records import Action, Label, Node, Observation, Point, Remark
from gym_anything.task import Await, Click, Drag, Intent, Press, Target, Type

WEIGHTS: Mapping[Label, int] = {
    Label.WRONG_TARGET: 5,
    Label.NEIGHBOUR_CELL: 5,
    Label.REPEATED: 5,
    Label.TYPO: 5,
    Label.DETOUR: 3,
    Label.PREMATURE_DONE: 1,
}
"""How often each kind of error is tried first, relative to the others."""

_KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_HARMLESS_TWICE = frozenset({"home", "end", "ctrl+home", "ctrl+end", "ctrl+a", "ctrl+c"})
_OPPOSITE = {"up": "down", "down": "up", "left": "right", "right": "left"}
_DIALOGS = frozenset({"dialog", "file chooser", "alert", "color chooser"})
_INERT = frozenset({"label", "static"})
_MOST_DELETED = 4  # characters of a repeated text
_MISTAKEN_ENTRIES = 0.5  # share of the wrong cells that are filled in as well


@dataclass(frozen=True, slots=True)
class _Move:
    """Something that the teacher means to do.

    Attributes:
        what: an intent, or an action that needs no widget.
        label: of the step.
        sure: whether it is done as it stands.
    """

    what: Intent | Action
    label: Label
    sure: bool = True


_Moves: TypeAlias = list[_Move]


class NoisyAgent:
    """Carries out a solution with errors, then says done.

    Args:
        locator: the desktop that the episode runs on.
        intents: what is right to do.
        rate: probability, 0 to 1, of an error before each right action.
        seed: of the errors.
        kinds: which errors it makes.
        name: name in the records.

    Raises:
        ValueError: the rate is out of range, or a kind is no error.
    """

    def __init__(
        self,
        locator: Locator,
        intents: Sequence[Intent],
        rate: float,
        seed: int,
        kinds: Sequence[Label] = tuple(WEIGHTS),
        name: str = "noisy",
    ) -> None:
        if not 0.0 <= rate <= 1.0:
            raise ValueError(f"rate must be 0 to 1, got {rate}")
        wrong = [kind.value for kind in kinds if not kind.is_error]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no kind of error")
        self.name = name
        self._locator = locator
        self._hands = SolutionAgent(locator, (), name)
        self._intents = tuple(intents)
        self._rate = rate
        self._seed = seed
        self._kinds = tuple(kinds)
        self.reset("")

    def reset(self, instruction: str) -> None:
        """Begin at the first intent; the same seed makes the same errors."""
        self._rng = random.Random(self._seed)
        self._plan = deque(_Move(intent, Label.RIGHT, sure=False) for intent in self._intents)
        self._last: Intent | None = None
        self.remark = Remark()

    def act(self, observation: Observation) -> Action:
        """The next action, right or wrong; `remark` says which.

        Raises:
            AgentError: a target did not come on screen.
        """
        while self._plan:
            move = self._plan.popleft()
            if not move.sure and not isinstance(move.what, Await):
                self._plan.appendleft(replace(move, sure=True))
                if self._rng.random() < self._rate:
                    self._slip(move.what)
                continue
            what = move.what
            action = what if isinstance(what, Action) else self._hands.resolve(what)
            if move.label is Label.RIGHT and not isinstance(what, Action | Await):
                self._last = what
            if action is not None:
                self.remark = Remark(label=move.label)
                return action
        self.remark = Remark(label=Label.RIGHT)
        return Action.done()

    def _slip(self, what: Intent | Action) -> None:
        """Put an error and its recovery before the next move, or in its place."""
        if isinstance(what, Action):
            return
        left = list(self._kinds)
        scene = _Scene(self._locator, self._rng, what, self._last, self._following())
        while left:
            kind = self._rng.choices(left, [WEIGHTS[kind] for kind in left])[0]
            left.remove(kind)
            moves = _SLIPS[kind](scene)
            if moves is None:
                continue
            if moves and moves[-1].label is Label.RIGHT:
                self._plan.popleft()  # the slip has its own way to do it
            self._plan.extendleft(reversed(moves))
            return

    def _following(self) -> Intent | None:
        """The intent after the next."""
        what = self._plan[1].what if len(self._plan) > 1 else None
        return None if isinstance(what, Action) else what


class _Scene:
    """What a slip may look at: the desktop, the intents around it, and the dice."""

    def __init__(
        self,
        locator: Locator,
        rng: random.Random,
        intent: Intent,
        last: Intent | None,
        following: Intent | None,
    ) -> None:
        self.rng = rng
        self.intent = intent
        self.last = last
        self.following = following
        self._locator = locator
        self._nodes: tuple[Node, ...] | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All widgets."""
        if self._nodes is None:
            self._nodes = self._locator.accessibility()
        return self._nodes

    def shows(self, target: Target) -> bool:
        """Whether a target is on screen now."""
        return self._locator.locate(target) is not None

    def target(self) -> Target | None:
        """What the intent is to click, if that is a plain click of the left button on a widget."""
        click = self.intent
        if not isinstance(click, Click) or not isinstance(click.click, Target):
            return None
        return None if click.keys or click.button != "left" else click.click

    def is_typing(self) -> bool:
        """Whether the last text was not ended, so that it may not be committed yet."""
        return isinstance(self.last, Type) and not self.last.type.endswith(("\n", "\t"))

    def is_calm(self) -> bool:
        """Whether no dialog is open, and no menu that the next intent is in."""
        inside = isinstance(self.intent, Click) and _role(self.intent).endswith("menu item")
        open_menu = self.last is not None and _role(self.last) == "menu"
        dialog = any(node.role in _DIALOGS and node.extents for node in self.nodes)
        return not (inside or open_menu or dialog or self.is_typing())

    def menus(self) -> list[Node]:
        """The menus of the active window's menu bar; another's would take the keyboard along."""
        return [
            node
            for node in self.nodes
            if node.role == "menu"
            and node.extents is not None
            and self.nodes[node.parent].role == "menu bar"
            and self._is_active(node)
        ]

    def _is_active(self, node: Node) -> bool:
        while node.parent >= 0:
            if "active" in node.states and node.role == "frame":
                return True
            node = self.nodes[node.parent]
        return False


def _role(intent: Intent) -> str:
    target = intent.click if isinstance(intent, Click) else None
    return target.role if isinstance(target, Target) else ""


def _place(node: Node) -> Point:
    assert node.center is not None
    return node.center


def _recover(*chords: str) -> _Moves:
    return [_Move(Press(chord), Label.RECOVERY) for chord in chords]


def _wrong_target(scene: _Scene) -> _Moves | None:
    target = scene.target()
    if target is None or target.cell:
        return None
    if target.role == "menu":
        return _wrong_menu(scene, target)
    if target.name.isdecimal() and len(target.name) == 1:
        return _wrong_digit(scene, target)
    if target.role == "text":
        assert isinstance(scene.intent, Click)
        at = (_elsewhere(scene.rng, target.at[0]), _elsewhere(scene.rng, target.at[1]))
        wrong = replace(scene.intent, click=replace(target, at=at))
        return [_Move(wrong, Label.WRONG_TARGET)]
    return _beside(scene, target)


def _wrong_menu(scene: _Scene, target: Target) -> _Moves | None:
    others = [node for node in scene.menus() if node.name != target.name]
    if not others or not scene.is_calm():
        return None
    wrong = Action.click(*_place(scene.rng.choice(others)))
    return [_Move(wrong, Label.WRONG_TARGET), *_recover("escape")]


def _wrong_digit(scene: _Scene, target: Target) -> _Moves | None:
    digits = [name for name in "123456789" if name != target.name]
    wrong = replace(target, name=scene.rng.choice(digits))
    if not scene.shows(wrong):
        return None
    return [_Move(Click(wrong), Label.WRONG_TARGET), *_recover("backspace")]


def _elsewhere(rng: random.Random, at: float) -> float:
    """Another fraction of a side, at least a tenth away from the right one."""
    return rng.choice([n / 20 for n in range(1, 20) if abs(n / 20 - at) > 0.1])


def _beside(scene: _Scene, target: Target) -> _Moves | None:
    """A click on a label, of the same dialog if one is open; it does nothing."""
    if target.role.endswith(("item", "cell")) or scene.is_typing():
        return None
    if isinstance(scene.last, Click):
        return None  # which may have opened a list that a click elsewhere closes
    labels = [
        node
        for node in scene.nodes
        if node.role in _INERT and node.extents is not None and node.name
    ]
    if not labels:
        return None
    wrong = Action.click(*_place(scene.rng.choice(labels)))
    return [_Move(wrong, Label.WRONG_TARGET)]


def _neighbour_cell(scene: _Scene) -> _Moves | None:
    if scene.is_typing():
        return None
    if isinstance(scene.intent, Drag):
        return _wrong_range(scene, scene.intent)
    target = scene.target()
    if target is None or not target.cell or not isinstance(scene.intent, Click):
        return None
    near = _near(scene, target)
    if near is None:
        return None
    moves = [_Move(replace(scene.intent, click=near), Label.NEIGHBOUR_CELL)]
    entry = scene.following
    if (
        isinstance(entry, Type)
        and entry.type.endswith("\n")
        and entry.type.count("\n") == 1
        and "\t" not in entry.type
        and scene.rng.random() < _MISTAKEN_ENTRIES
    ):
        moves += [_Move(entry, Label.NEIGHBOUR_CELL), *_recover("ctrl+z")]
    return moves


def _wrong_range(scene: _Scene, drag: Drag) -> _Moves | None:
    """One cell too many or too few, and a click that gives the selection up."""
    if not isinstance(drag.drag, Target) or not isinstance(drag.to, Target):
        return None
    if not drag.drag.cell or not drag.to.cell or drag.keys:
        return None
    near = _near(scene, drag.to)
    if near is None or near.cell == drag.drag.cell:
        return None
    wrong = _Move(replace(drag, to=near), Label.NEIGHBOUR_CELL)
    return [wrong, _Move(Click(drag.drag), Label.RECOVERY)]


def _near(scene: _Scene, target: Target) -> Target | None:
    """A cell that shares a side with a target and is on screen."""
    row, column = parse_cell(target.cell)
    around = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    scene.rng.shuffle(around)
    for near_row, near_column in around:
        if near_row < 0 or near_column < 0:
            continue
        near = replace(target, cell=f"{_column_name(near_column)}{near_row + 1}")
        if scene.shows(near):
            return near
    return None


def _column_name(column: int) -> str:
    """Letters of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _repeated(scene: _Scene) -> _Moves | None:
    """What was done last once more, with what takes that back."""
    back: _Moves | None = None
    match scene.last:
        case Press(press=chord) if chord in _HARMLESS_TWICE:
            back = []
        case Press(press=chord) if chord in _OPPOSITE and scene.is_calm():
            back = _recover(_OPPOSITE[chord])
        case Press(press="ctrl+v"):
            back = _recover("ctrl+z")
        case Type(type=text) if text.isalnum() and len(text) <= _MOST_DELETED:
            back = _recover(*["backspace"] * len(text))
        case Click(click=Target() as target, count=1, button="left", keys=""):
            back = _unclick(target)
    if back is None or scene.last is None:
        return None
    return [_Move(scene.last, Label.REPEATED), *back]


def _unclick(target: Target) -> _Moves | None:
    """What takes back a second click, None if that is not known."""
    if target.cell:
        return _recover("escape")  # two clicks in quick succession begin to edit a cell
    if target.name.isdecimal() and len(target.name) == 1:
        return _recover("backspace")
    return None


def _typo(scene: _Scene) -> _Moves | None:
    """The text up to a character that is not the right one, which is deleted."""
    intent = scene.intent
    if not isinstance(intent, Type):
        return None
    text = intent.type
    places = [index for index, char in enumerate(text) if _next_key(char, 0)]
    if not places:
        return None
    at = scene.rng.choice(places)
    wrong = _next_key(text[at], scene.rng.choice((-1, 1)))
    return [
        _Move(Type(text[:at] + wrong), Label.TYPO),
        *_recover("backspace"),
        _Move(Type(text[at:]), Label.RIGHT),
    ]


def _next_key(char: str, step: int) -> str:
    """The character on the key beside, on the other side at the end of a row; "" if none is."""
    for row in _KEYBOARD:
        at = row.find(char.lower())
        if at >= 0:
            to = at + step if 0 <= at + step < len(row) else at - step
            return row[to].upper() if char.isupper() else row[to]
    return ""


def _detour(scene: _Scene) -> _Moves | None:
    menus = scene.menus() if scene.is_calm() else []
    if not menus:
        return [_Move(Action.wait(0.2), Label.DETOUR)]
    look = Action.click(*_place(scene.rng.choice(menus)))
    return [_Move(look, Label.DETOUR), *_recover("escape")]


def _premature_done(scene: _Scene) -> _Moves | None:
    return [_Move(Action.done(), Label.PREMATURE_DONE)]


_SLIPS: Mapping[Label, Callable[[_Scene], _Moves | None]] = {
    Label.WRONG_TARGET: _wrong_target,
    Label.NEIGHBOUR_CELL: _neighbour_cell,
    Label.REPEATED: _repeated,
    Label.TYPO: _typo,
    Label.DETOUR: _detour,
    Label.PREMATURE_DONE: _premature_done,
}
