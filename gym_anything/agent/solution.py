"""The scripted solution: a task's intents, resolved to pixels and real input events.

It is privileged (it knows the task's routes and reads the accessibility tree), but it acts as any
agent does: it returns actions, never edits a file and never calls the application.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Sequence
from typing import Protocol

from gym_anything.errors import AgentError
from gym_anything.records import Action, Node, Observation, Point
from gym_anything.task import (
    Answer,
    Await,
    Click,
    Drag,
    GiveUp,
    Intent,
    Press,
    Scroll,
    Target,
    Type,
)

TARGET_TIMEOUT_SEC = 8.0
GREYED_TIMEOUT_SEC = 1.5  # then a control that is greyed out is clicked as it is


class Locator(Protocol):
    """Finds widgets on a live desktop; `Desktop` is one."""

    def locate(self, target: Target, *, greyed: bool = False) -> tuple[int, int, int, int] | None:
        """Extents of a target in screen pixels, None if it is not on screen now.

        A control that is greyed out counts only if `greyed` says so.
        """
        ...

    def accessibility(self) -> tuple[Node, ...]:
        """All widgets, for the message of an error."""
        ...

    def await_change(self, timeout_sec: float) -> bool:
        """Return when pixels change, at the latest after `timeout_sec`; False if none did."""
        ...


class SolutionAgent:
    """Carries out a list of intents, then says done.

    Args:
        locator: the desktop that the episode runs on, given anew at each `begin`.
        intents: what to do.
        name: name in the records.
    """

    def __init__(self, locator: Locator, intents: Sequence[Intent], name: str = "solution") -> None:
        self.name = name
        self._locator = locator
        self._intents = tuple(intents)
        self._next = 0

    def reset(self, instruction: str) -> None:
        """Begin at the first intent."""
        self._next = 0

    def act(self, observation: Observation) -> Action:
        """The action of the next intent; `done` after the last.

        Raises:
            AgentError: a target did not come on screen within `TARGET_TIMEOUT_SEC`.
        """
        while self._next < len(self._intents):
            intent = self._intents[self._next]
            self._next += 1
            action = self.resolve(intent)
            if action is not None:
                return action
        return Action.done()

    def resolve(self, intent: Intent) -> Action | None:
        """The action of an intent on the desktop as it is now; None if it only waits.

        Raises:
            AgentError: a target did not come on screen within `TARGET_TIMEOUT_SEC`.
        """
        match intent:
            case Await():
                self._locate(intent.wait_for)
                return None
            case Press():
                return Action.press(intent.press, intent.hold_sec)
            case Type():
                return Action.type(intent.type)
            case Answer():
                return Action.answer(intent.answer)
            case GiveUp():
                return Action.give_up()
            case Click():
                x, y = self._point(intent.click)
                return Action.click(x, y, intent.button, intent.count, intent.keys)
            case Scroll():
                x, y = self._point(intent.scroll)
                return Action.scroll_by(x, y, right=intent.right, down=intent.down)
            case Drag():
                return Action.drag(
                    *self._point(intent.drag), *self._point(intent.to), keys=intent.keys
                )

    def _point(self, target: Target | tuple[int, int]) -> Point:
        if not isinstance(target, Target):
            return target
        x, y, width, height = self._locate(target)
        right = min(int(width * target.at[0]), max(width - 1, 0))
        down = min(int(height * target.at[1]), max(height - 1, 0))
        return x + right, y + down

    def _locate(self, target: Target) -> tuple[int, int, int, int]:
        begun = time.monotonic()
        while True:
            waited = time.monotonic() - begun
            extents = self._locator.locate(target, greyed=waited > GREYED_TIMEOUT_SEC)
            if extents is not None:
                return extents
            left = TARGET_TIMEOUT_SEC - waited
            if left <= 0:
                raise AgentError(self._not_found(target))
            self._locator.await_change(min(left, 0.25))

    def _not_found(self, target: Target) -> str:
        nodes = [node for node in self._locator.accessibility() if node.extents is not None]
        names = sorted({node.name for node in nodes if node.name})
        close = difflib.get_close_matches(target.name, names, n=3, cutoff=0.4)
        return f"{self.name}: {target} is not on screen; names there that are near: {close}"
