"""Route: how far an agent is along a solution, from its actions alone. Before privileged.

A store keeps the actions of a solution with their pixels wherever an episode has carried a task's
intents out one by one and passed. Such an episode is the *route* of its task; what is left of it
tells whether another agent's action on the same task leads nearer to the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from gym_anything.agent.solution import SolutionAgent
from gym_anything.records import ENDING_VERBS, POINT_VERBS, Action, Node, Trajectory, Verb
from gym_anything.store import Episode, Store
from gym_anything.task import Intent, Target, Task

RADIUS_PX = 16  # two clicks that are no farther apart mean the same widget
Route: TypeAlias = tuple[Action, ...]


class _Anywhere:
    """A desktop on which every widget is at the origin: for what an action is, not where."""

    def locate(self, target: Target, *, greyed: bool = False) -> tuple[int, int, int, int]:
        return (0, 0, 1, 1)

    def accessibility(self) -> tuple[Node, ...]:
        return ()

    def await_change(self, timeout_sec: float) -> bool:
        return False


_HANDS = SolutionAgent(_Anywhere(), ())


def shape(action: Action) -> Action:
    """An action without its places."""
    return replace(action, point=(0, 0), end=(0, 0))


def shape_of(intent: Intent) -> Action | None:
    """The shape of the action that carries an intent out, None if that only waits."""
    action = _HANDS.resolve(intent)
    return None if action is None else shape(action)


def carries_out(task: Task, actions: Sequence[Action]) -> bool:
    """Whether actions are a task's solution, move by move, and nothing else."""
    moves = [move for intent in task.solution if (move := shape_of(intent)) is not None]
    if not moves or moves[-1].verb not in ENDING_VERBS:
        moves.append(Action.done())
    return [shape(action) for action in actions] == moves


class Routes:
    """The routes that the episodes of a store have shown.

    Args:
        store: where.
        episodes: of it.
    """

    def __init__(self, store: Store, episodes: Sequence[Episode]) -> None:
        self._store = store
        self._passed: dict[str, list[Episode]] = {}
        self._found: dict[str, Route | None] = {}
        for episode in episodes:
            if episode.passed:
                self._passed.setdefault(episode.task_hash, []).append(episode)

    def find(self, task_hash: str) -> Route | None:
        """The route of a task, None if no episode of the store has gone it."""
        if task_hash not in self._found:
            self._found[task_hash] = self._search(self._passed.get(task_hash, ()))
        return self._found[task_hash]

    def _search(self, passed: Sequence[Episode]) -> Route | None:
        for episode in passed:
            actions = actions_of(self._store.trajectory(episode, screenshots=False))
            if carries_out(self._store.task(episode), actions):
                return actions
        return None


def actions_of(trajectory: Trajectory) -> Route:
    """The actions of an episode."""
    return tuple(step.action for step in trajectory.steps)


def moves_left(route: Route, actions: Sequence[Action], radius_px: int = RADIUS_PX) -> list[int]:
    """How many moves of a route are left at the start and after each of an agent's actions.

    A typed character is a move, and so is any other action. An action that is not what comes next
    leaves the distance as it is; one move that is no typing may be passed over.

    Args:
        route: the whole solution.
        actions: of the agent, from the start.
        radius_px: how far apart two clicks on one widget may be.

    Returns:
        One number more than there are actions; the first is the length of the route.
    """
    moves = [move for action in route for move in _moves(action)]
    place, left = 0, [len(moves)]
    for action in actions:
        wanted = _moves(action)
        may_skip = moves[place : place + 1] and moves[place].verb is not Verb.TYPE
        for start in (place, place + 1) if may_skip else (place,):
            ahead = moves[start : start + len(wanted)]
            if len(ahead) == len(wanted) and _same(ahead, wanted, radius_px):
                place = start + len(wanted)
                break
        left.append(len(moves) - place)
    return left


def _moves(action: Action) -> list[Action]:
    """An action in its smallest parts: a text is its characters."""
    if action.verb is not Verb.TYPE:
        return [action]
    keys = {"\n": Action.press("enter"), "\t": Action.press("tab")}
    return [keys.get(char) or Action.type(char) for char in action.text]


def _same(moves: Sequence[Action], others: Sequence[Action], radius_px: int) -> bool:
    return all(_alike(one, other, radius_px) for one, other in zip(moves, others, strict=True))


def _alike(one: Action, other: Action, radius_px: int) -> bool:
    if shape(one) != shape(other):
        return False
    if one.verb in POINT_VERBS and math.dist(one.point, other.point) > radius_px:
        return False
    return one.verb is not Verb.DRAG or math.dist(one.end, other.end) <= radius_px
