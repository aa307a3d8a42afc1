"""Replay: do an episode's actions again on a fresh machine, and say where it goes another way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.records import Trajectory
from gym_anything.store.reader import Store
from gym_anything.store.rows import Episode


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing that was not as recorded.

    Attributes:
        step: index of the step after which it showed; -1 at reset.
        what: "screen", "score" or "end".
        detail: in words.
    """

    step: int
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found.

    Attributes:
        steps: that were done.
        difference: the first, None if there is none.
    """

    steps: int
    difference: Difference | None


def replay(store: Store, episode: Episode, tolerance_px: int = 0) -> Replayed:
    """Do an episode again and compare each screen and score with what was recorded.

    Args:
        store: where it is.
        episode: which.
        tolerance_px: pixels that may differ in a screen.

    Raises:
        ConfigError: its screens were not recorded.
        MachineError: the machine or an application broke.
        TaskError, ValueError: the episode cannot be read.
    """
    recorded = store.trajectory(episode)
    if recorded.first_screenshot is None:
        raise ConfigError(f"episode {episode.id}: its screens were not recorded")
    task = store.task(episode)
    setting = json.loads(episode.env)
    if any(step.score is not None for step in recorded.steps[:-1]):
        setting["reward"] = "progress"
    with DesktopEnv(task.app, task=task, warm=False, **setting) as env:
        observation, _ = env.reset()
        found = _screen(-1, recorded.first_screenshot, observation["screenshot"], tolerance_px)
        replayed = Replayed(0, found) if found else _steps(env, recorded, tolerance_px)
    return replayed


def _steps(env: DesktopEnv, recorded: Trajectory, tolerance_px: int) -> Replayed:
    ended = False
    for number, step in enumerate(recorded.steps):
        if ended:
            detail = f"the episode ended after {number} of {len(recorded.steps)} steps"
            return Replayed(number, Difference(number - 1, "end", detail))
        observation, _, terminated, truncated, info = env.step(step.action)
        ended = terminated or truncated
        found = None
        if step.screenshot is not None:
            seen = observation["screenshot"]
            found = _screen(step.index, step.screenshot, seen, tolerance_px)
        found = found or _scores(step.index, step.score, info)
        if found:
            return Replayed(number + 1, found)
    return Replayed(len(recorded.steps), None)


def _screen(
    index: int, before: NDArray[np.uint8], now: NDArray[np.uint8], tolerance_px: int
) -> Difference | None:
    if before.shape != now.shape:
        return Difference(index, "screen", f"{before.shape} was recorded, now it is {now.shape}")
    rows, columns = np.nonzero((before != now).any(axis=2))
    if len(rows) <= tolerance_px:
        return None
    box = f"({columns.min()}, {rows.min()}) to ({columns.max()}, {rows.max()})"
    return Difference(index, "screen", f"{len(rows)} pixels differ, within {box}")


def _scores(index: int, before: float | None, info: dict[str, Any]) -> Difference | None:
    now = info.get("score")
    if before is None or now is None or now == before:
        return None
    checks = "; ".join(f"{check.check}: {check.evidence}" for check in info["checks"])
    return Difference(index, "score", f"{before:g} was recorded, now it is {now:g}: {checks}")
