"""View: what there is to see of a step of a store: task, actions before, action, screens.

Before everything that grades or explains steps. A screen that cannot be decoded is an error that
names the file, the episode and the step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gym_anything.errors import DataError
from gym_anything.records import Action
from gym_anything.store import Episode, Store
from gym_anything.store import tables as store_tables
from gym_anything.store.png import decode

Picture: TypeAlias = NDArray[np.uint8]  # (H, W, 3) uint8 RGB
StepKey: TypeAlias = tuple[str, int]  # id of the episode, index of the step


@dataclass(frozen=True, slots=True, eq=False)
class StepView:
    """What a grader sees of a step; nothing of what an agent must not know.

    Attributes:
        episode: its id.
        index: 0 for the first action.
        instruction: the task in words.
        history: the actions before, the oldest first.
        action: that is graded.
        screens: the last screens before the action, the one that it acts on last; each (H, W, 3)
            uint8 RGB. Empty if they were not kept.
        after: the screen that it led to, None if it was not kept.
        error: why what the agent chose was no action, "" if it was one.
    """

    episode: str
    index: int
    instruction: str
    history: tuple[Action, ...]
    action: Action
    screens: tuple[Picture, ...] = ()
    after: Picture | None = None
    error: str = ""

    @property
    def key(self) -> StepKey:
        """What names the step in a store."""
        return self.episode, self.index


def episodes_of(store: Store) -> list[Episode]:
    """The episodes of a store.

    Raises:
        DataError: there are none.
    """
    episodes = store.episodes()
    if not episodes:
        raise DataError(
            f"{store.folder}: no episodes; collect some: gym-anything collect "
            "configs/collect_mousepad.toml"
        )
    return episodes


def view_steps(
    store: Store, episode: Episode, screens: int = 2, skip: frozenset[int] = frozenset()
) -> Iterator[StepView]:
    """The steps of an episode, in order.

    Args:
        store: that holds it.
        episode: which.
        screens: how many of the last screens before each action.
        skip: steps that are left out, whose screens need not be decoded.

    Raises:
        DataError: a screen cannot be decoded, or a table is damaged.
    """
    shown = _Screens(store, episode)
    try:
        trajectory = store.trajectory(episode, screenshots=False)
        rows = store.step_rows(episode)
    except ValueError as error:
        raise DataError(f"{error}; remove the shard and collect again") from error
    actions = tuple(step.action for step in trajectory.steps)
    for step, row in zip(trajectory.steps, rows, strict=True):
        number = step.index
        if number in skip:
            continue
        before = [
            other["frame_before"] for other in rows[max(0, number - screens + 1) : number + 1]
        ]
        seen = [shown.find(frame, number) for frame in before]
        yield StepView(
            episode=episode.id,
            index=number,
            instruction=trajectory.instruction,
            history=actions[:number],
            action=step.action,
            screens=tuple(screen for screen in seen if screen is not None),
            after=shown.find(row["frame"], number),
            error=step.error,
        )


class _Screens:
    """Decoded screens of an episode, the last few kept."""

    _KEPT = 8  # of 2.8 MB each at 1280x720

    def __init__(self, store: Store, episode: Episode) -> None:
        self._store, self._episode = store, episode
        self._files: Mapping[int, bytes] | None = None
        self._decoded: dict[int, Picture] = {}

    def find(self, number: int | None, step: int) -> Picture | None:
        if number is None:
            return None
        if number not in self._decoded:
            while len(self._decoded) >= self._KEPT:
                del self._decoded[next(iter(self._decoded))]
            self._decoded[number] = self._decode(number, step)
        return self._decoded[number]

    def _decode(self, number: int, step: int) -> Picture:
        path = self._store.folder / store_tables.FRAMES / f"{self._episode.shard}.parquet"
        where = f"{path}: episode {self._episode.id}, frame {number} (step {step})"
        cure = "leave the episode out or collect it again"
        try:
            if self._files is None:
                self._files = self._store.frames(self._episode)
            return decode(self._files[number])
        except KeyError as error:
            raise DataError(f"{where}: not there; {cure}") from error
        except ValueError as error:
            raise DataError(f"{where}: {error}; {cure}") from error
