"""Composing actions out of a model's smaller ones.

Several formats cannot say "drag from here to there" or "click with Control held" in one word; they
move, then drag from where the pointer is, or hold a key down around a click. What belongs together
within one output is put together here, so that it costs one step and comes back as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from gym_anything.action.reading import Unreadable
from gym_anything.records import ENDING_VERBS, MAX_KEYS, POINT_VERBS, Action, Point, Verb

MAX_ACTIONS = 100  # of one output
_HELD_VERBS = (Verb.CLICK, Verb.DRAG, Verb.SCROLL)


class Composer:
    """Collects the actions of one output in order.

    Args:
        pointer: where the pointer is before them, None if that is not known.
    """

    def __init__(self, pointer: Point | None) -> None:
        self._pointer = pointer
        self._actions: list[Action] = []

    @property
    def pointer(self) -> Point:
        """Where the pointer is by now.

        Raises:
            Unreadable: that is not known.
        """
        if self._pointer is None:
            raise Unreadable("no coordinate is given and where the pointer is is not known")
        return self._pointer

    def add(self, action: Action) -> None:
        """Append an action.

        Raises:
            Unreadable: there are more than `MAX_ACTIONS`.
        """
        if len(self._actions) >= MAX_ACTIONS:
            raise Unreadable(f"more than {MAX_ACTIONS} actions")
        if action.verb in POINT_VERBS:
            self._pointer = action.end if action.verb is Verb.DRAG else action.point
        self._actions.append(action)
        if action.verb is Verb.KEY_DOWN:
            self._join_down()
        elif action.verb is Verb.KEY_UP:
            self._join_up()

    def add_here(self, make: Callable[[Point], Action]) -> None:
        """Append an action at the pointer; a move right before it in this output is part of it.

        Raises:
            Unreadable: where the pointer is is not known.
        """
        here = self.pointer
        if self._actions and self._actions[-1].verb is Verb.MOVE:
            self._actions.pop()
        self.add(make(here))

    def add_at(self, action: Action, place: Point | None) -> None:
        """Append a pointer action at a place, or at the pointer if there is none.

        Raises:
            Unreadable: where the pointer is is not known.
        """
        if place is not None:
            self.add(dataclasses.replace(action, point=place))
        else:
            self.add_here(lambda here: dataclasses.replace(action, point=here))

    def _join_down(self) -> None:
        """Keys pressed one after the other are pressed together."""
        joined = _joined(self._actions[-2:])
        if joined is not None:
            self._actions[-2:] = [Action(Verb.KEY_DOWN, keys=joined)]

    def _join_up(self) -> None:
        """Keys released one after the other, and what happened while they were held."""
        joined = _joined(self._actions[-1:-3:-1])  # released in reverse order
        if joined is not None:
            self._actions[-2:] = [Action(Verb.KEY_UP, keys=joined)]
        if len(self._actions) < 3:
            return
        down, meanwhile, up = self._actions[-3:]
        if down.verb is not Verb.KEY_DOWN or set(down.keys) != set(up.keys):
            return
        if meanwhile.verb in _HELD_VERBS and not meanwhile.keys:
            self._actions[-3:] = [dataclasses.replace(meanwhile, keys=down.keys)]
        elif meanwhile.verb is Verb.WAIT and meanwhile.duration_sec > 0:
            held = Action(Verb.PRESS, keys=down.keys, duration_sec=meanwhile.duration_sec)
            self._actions[-3:] = [held]

    def result(self) -> tuple[Action, ...]:
        """The actions, up to the first that ends the episode.

        Raises:
            Unreadable: there is none.
        """
        if not self._actions:
            raise Unreadable("no action")
        for index, action in enumerate(self._actions):
            if action.verb in ENDING_VERBS:
                return tuple(self._actions[: index + 1])
        return tuple(self._actions)


def _joined(two: list[Action]) -> tuple[str, ...] | None:
    """The keys of two actions of the same verb, first before second; None if they do not join."""
    if len(two) != 2 or two[0].verb is not two[1].verb:
        return None
    keys = two[0].keys + two[1].keys
    return keys if len(set(keys)) == len(keys) <= MAX_KEYS else None
