"""Progress: stretches of an episode in which nothing gets nearer to the end. Before curate.

Over a window of so many steps an episode should get so many moves of its task done. What is
missing, as a share of the window, is the deficit of the window; that of a step is the mean over the
windows that hold it. Steps whose deficit is too high are slow.
Source: the suboptimal transitions of SCIZOR, arXiv 2505.22626: elapsed time less predicted
progress. There a network predicts the progress; here a function says it, by default from privileged
knowledge (the moves that are left of a known solution, or the labels of a teacher).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from gym_anything.curation.route import Routes, actions_of, moves_left
from gym_anything.records import Label, Trajectory
from gym_anything.store import Episode

ProgressModel: TypeAlias = Callable[[Episode, Trajectory], Sequence[float] | None]
"""(episode, its trajectory) -> moves done before the first step and after each, None if unknown."""


@dataclass(frozen=True, slots=True)
class ProgressConfig:
    """What is slow.

    Attributes:
        window: steps of a window; 0 turns the filter off.
        most_deficit: share of a window's steps, 0 to 1, that may bring nothing nearer.
    """

    window: Annotated[int, Field(ge=0)] = 4
    most_deficit: Annotated[float, Field(ge=0, le=1)] = 0.75

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


class PrivilegedProgress:
    """Progress as the makers of a task know it.

    Args:
        routes: known solutions of the tasks.
    """

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    def __call__(self, episode: Episode, trajectory: Trajectory) -> Sequence[float] | None:
        """Moves done before the first step and after each, None if unknown."""
        if any(step.label is not None for step in trajectory.steps):
            right = [step.label is Label.RIGHT for step in trajectory.steps]
            return [0.0, *np.cumsum(right, dtype=float).tolist()]
        route = self._routes.find(episode.task_hash)
        if route is None:
            return None
        actions = actions_of(trajectory)
        nearer = -np.diff(moves_left(route, actions))
        # A text counts as one move, like the step that types it, however long it is.
        return [0.0, *np.cumsum(nearer > 0, dtype=float).tolist()]


def deficits(done: Sequence[float], window: int) -> NDArray[np.float64]:
    """Deficit of each step, as a share of the window: 0 if each step is a move, 1 if none is.

    Args:
        done: moves done before the first step and after each.
        window: steps of a window; shorter if the episode is.

    Returns:
        (N,) for N steps.
    """
    steps = len(done) - 1
    size = min(window, steps)
    total, count = np.zeros(steps), np.zeros(steps)
    for start in range(steps - size + 1):
        deficit = (size - (done[start + size] - done[start])) / size
        total[start : start + size] += deficit
        count[start : start + size] += 1
    return np.asarray(total / np.maximum(count, 1), np.float64)
