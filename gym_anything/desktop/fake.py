"""FakeDesktop: a text pad that exists only as pixels in memory, with the methods of a Desktop.

It types at the end of a text, deletes with backspace, and saves with ctrl+s or its Save button. Its
document is the first file that a program of the machine was given. For tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from gym_anything.desktop.settle import SAFE, SettlePolicy
from gym_anything.machine.base import HOME_INSIDE
from gym_anything.machine.fake import FakeMachine
from gym_anything.records import Action, Node, Settle, SettleEnd, Verb, Window
from gym_anything.task import Target

_SAVE = (8, 8, 80, 32)  # extents of the Save button in pixels


class FakeDesktop:
    """The pad.

    Args:
        machine: whose home it saves to.
        titles: title of each program's window, by the program's name.
    """

    def __init__(self, machine: FakeMachine, titles: Mapping[str, str]) -> None:
        self._machine = machine
        self._titles = titles
        self.size = machine.spec.screen
        self._pointer = (self.size[0] - 1, self.size[1] - 1)
        self._typed: str | None = None

    def step(self, action: Action, policy: SettlePolicy = SAFE) -> Settle:
        """Do an action; settled at once."""
        action.check_on_screen(self.size)
        match action.verb:
            case Verb.TYPE:
                self._typed = self._text + action.text
            case Verb.PRESS if action.keys == ("backspace",):
                self._typed = self._text[:-1]
            case Verb.PRESS if action.keys == ("ctrl", "s"):
                self._save()
            case Verb.CLICK | Verb.MOVE:
                self._pointer = action.point
                if action.verb is Verb.CLICK and _inside(action.point, _SAVE):
                    self._save()
        return self.settle(policy)

    def step_and_look(
        self,
        action: Action,
        policy: SettlePolicy = SAFE,
        out: NDArray[np.uint8] | None = None,
    ) -> tuple[Settle, NDArray[np.uint8] | None]:
        """Do an action and take a screenshot; settled at once."""
        return self.step(action, policy), self.screenshot(out)

    def settle(self, policy: SettlePolicy = SAFE) -> Settle:
        """Still, always."""
        return Settle(SettleEnd.QUIET, 0.0, None, 0, 0.0)

    def screenshot(self, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
        """Draw the pad: (H, W, 3) uint8 RGB."""
        width, height = self.size
        frame = np.full((height, width, 3), 255, dtype=np.uint8) if out is None else out
        frame[:] = 255
        x, y, button_width, button_height = _SAVE
        cv2.rectangle(frame, (x, y), (x + button_width, y + button_height), (90, 90, 90), 1)
        for row, line in enumerate(self._text.splitlines()[:20]):
            origin = (8, 70 + 22 * row)
            cv2.putText(frame, line, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0))
        cv2.circle(frame, self._pointer, 3, (200, 0, 0), -1)
        return frame

    def windows(self) -> tuple[Window, ...]:
        """A window for each program that was started, titled as applications do."""
        return tuple(
            Window(number, self._title(argv), (argv[0], argv[0]), number, (0, 0, *self.size))
            for number, argv in enumerate(self._machine.spawned, 1)
        )

    def shows(self, title: re.Pattern[str]) -> bool:
        """Whether a program was started, whatever its real windows would be called."""
        return bool(self._machine.spawned)

    def accessibility(self, text: bool = False) -> tuple[Node, ...]:
        """A frame with the Save button and the text."""
        shown = frozenset({"showing", "visible", "enabled", "sensitive"})
        frame = Node("frame", "pad", shown, -1, (0, 0, *self.size), app="pad")
        save = Node("push button", "Save", shown, 0, _SAVE, app="pad")
        body = (8, 50, self.size[0] - 16, self.size[1] - 58)
        return (frame, save, Node("text", "", shown, 0, body, self._text if text else "", "pad"))

    def locate(self, target: Target, *, greyed: bool = False) -> tuple[int, int, int, int] | None:
        """Extents of the first widget with the target's role and name."""
        for node in self.accessibility():
            if target.role in ("", node.role) and target.name in ("", node.name):
                return node.extents
        return None

    def await_change(self, timeout_sec: float) -> bool:
        """False: nothing ever changes by itself."""
        return False

    def unanswered(self) -> None:
        """None: it always answers."""

    def clipboard(self) -> str:
        """Empty."""
        return ""

    def activate(self, xid: int) -> None:
        """Nothing to raise."""

    def close(self) -> None:
        """Nothing to close."""

    @property
    def _text(self) -> str:
        if self._typed is None:
            path = self._document()
            file = None if path is None else self._machine.home / path
            self._typed = file.read_text(errors="replace") if file and file.is_file() else ""
        return self._typed

    def _title(self, argv: Sequence[str]) -> str:
        title = self._titles.get(argv[0], argv[0])
        path = _first_document(argv)
        return title if path is None else f"{path.name} - {title}"

    def _document(self) -> PurePosixPath | None:
        found = map(_first_document, self._machine.spawned)
        return next((path for path in found if path is not None), None)

    def _save(self) -> None:
        path = self._document()
        if path is not None:
            (self._machine.home / path).write_text(self._text)


def _first_document(argv: Sequence[str]) -> PurePosixPath | None:
    """The first argument that is a path in home, relative to it."""
    prefix = HOME_INSIDE + "/"
    paths = (part.removeprefix(prefix) for part in argv if part.startswith(prefix))
    return next(map(PurePosixPath, paths), None)


def _inside(point: tuple[int, int], extents: tuple[int, int, int, int]) -> bool:
    x, y, width, height = extents
    return x <= point[0] < x + width and y <= point[1] < y + height
