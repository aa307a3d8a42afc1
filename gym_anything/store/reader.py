"""Store: reads the episodes of a folder that a Writer filled, or is filling."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gym_anything.errors import ConfigError, did_you_mean
from gym_anything.records import StepGrade, Trajectory
from gym_anything.store import finals, png, tables
from gym_anything.store.blobs import Blobs
from gym_anything.store.grades import Grades, write_grades
from gym_anything.store.rows import LONG, READERS, SCHEMA_VERSION, Episode, Row
from gym_anything.task import Task
from gym_anything.verify import FinalState

if TYPE_CHECKING:
    import datasets


class Store:
    """Reads a store.

    Args:
        folder: of it.

    Raises:
        ConfigError: there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigError(f"no store in {folder}: no such folder")
        self.folder = folder
        self.blobs = Blobs(folder / "blobs")
        self._grades = Grades(folder)

    def episodes(self, *, brief: bool = False) -> list[Episode]:
        """All episodes, the first written first.

        Args:
            brief: whether to leave empty what is long (`rows.LONG`: task, config, evidence, ...).

        A shard that is torn, damaged or of a schema that this version does not know is skipped with
        a warning.
        """
        found: dict[str, Episode] = {}
        for path in sorted((self.folder / tables.EPISODES).glob("*.parquet")):
            for row in self._rows_of(path, brief):
                found[row["episode"]] = READERS[row["schema_version"]].episode(row, path.stem)
        return sorted(found.values(), key=lambda episode: (episode.written_at, episode.id))

    def find(self, name: str) -> Episode:
        """The episode whose id begins with `name`, or of that number in order (from 0).

        Raises:
            ConfigError: there is none, or more than one.
        """
        episodes = self.episodes()
        matching = [episode for episode in episodes if episode.id.startswith(name)]
        if name.isdecimal() and len(name) < 8 and int(name) < len(episodes):
            return episodes[int(name)]
        if len(matching) != 1:
            which = f"{len(matching)} of them" if matching else ""
            known = [episode.id for episode in episodes]
            raise ConfigError(did_you_mean("episode", name, known, f" in {self.folder} {which}"))
        return matching[0]

    def task(self, episode: Episode) -> Task:
        """The task of an episode, whole. Raises TaskError if this version cannot read it."""
        return Task.from_json(episode.task, f"episode {episode.id}")

    def trajectory(self, episode: Episode, *, screenshots: bool = True) -> Trajectory:
        """An episode as it was recorded.

        Args:
            episode: of this store.
            screenshots: whether to decode them: 2.8 MB a frame at 1280x720.

        Raises:
            ValueError: a file of it is damaged.
        """
        row = tables.read_table(self._path(tables.EPISODES, episode), episode.id)[0]
        steps = self.step_rows(episode)
        if len(steps) != episode.steps:
            raise ValueError(f"episode {episode.id}: {len(steps)} steps of {episode.steps}")
        frames: Mapping[int, NDArray[np.uint8]] = {}
        if screenshots:
            frames = {number: png.decode(data) for number, data in self.frames(episode).items()}
        trajectory = READERS[row["schema_version"]].trajectory(row, steps, frames)
        given = self._grades.of(episode.id)
        graded = tuple(replace(step, grade=given.get(step.index)) for step in trajectory.steps)
        return replace(trajectory, steps=graded)

    def grades(self, episode: Episode, source: str | None = None) -> dict[int, StepGrade]:
        """Grades of an episode's steps by index, the last given of each.

        Args:
            episode: of this store.
            source: only this grader's; None for whoever graded last.
        """
        return self._grades.of(episode.id, source)

    def add_grades(self, episode: Episode, grades: Mapping[int, StepGrade]) -> None:
        """Keep grades of steps of an episode; those of other graders stay, too.

        Args:
            episode: of this store.
            grades: by the index of the step.

        Raises:
            ValueError: the episode has no such step.
            OSError: they cannot be written.
        """
        wrong = sorted(index for index in grades if not 0 <= index < episode.steps)
        if wrong:
            raise ValueError(f"episode {episode.id} has {episode.steps} steps, no step {wrong[0]}")
        if grades:
            write_grades(self.folder, episode.id, grades)

    def step_rows(self, episode: Episode) -> list[Row]:
        """Rows of an episode's steps, in order. Raises ValueError if the file is damaged."""
        found = tables.read_table(self._path(tables.STEPS, episode), episode.id)
        return sorted(found, key=lambda row: int(row["index"]))

    def frames(self, episode: Episode) -> dict[int, bytes]:
        """The screens of an episode as PNG files, by number. Raises ValueError if damaged."""
        found = tables.read_table(self._path(tables.FRAMES, episode), episode.id)
        return {row["frame"]: row["image"]["bytes"] for row in found}

    @contextmanager
    def final_state(self, episode: Episode) -> Iterator[FinalState]:
        """The state that an episode ended in, laid out in a temporary folder.

        Raises:
            ValueError: it was not kept, or not whole.
        """
        if not episode.final:
            raise ValueError(f"episode {episode.id}: its final state was not kept")
        with finals.laid_out(finals.load(episode.final, self.blobs), self.blobs) as state:
            yield state

    def final(self, episode: Episode) -> finals.Final:
        """What was kept of the state that an episode ended in. Raises as `final_state`."""
        if not episode.final:
            raise ValueError(f"episode {episode.id}: its final state was not kept")
        return finals.load(episode.final, self.blobs)

    def to_dataset(self, table: str = tables.STEPS) -> datasets.Dataset:
        """A table as a `datasets.Dataset` (needs the extra `data`).

        Args:
            table: "episodes", "steps" or "frames".

        Raises:
            ConfigError: `datasets` is not installed, or there is no such table or nothing in it.
        """
        try:
            from datasets import load_dataset
        except ImportError as error:
            raise ConfigError("needs datasets: pip install 'gym-anything[data]'") from error
        known = (tables.EPISODES, tables.STEPS, tables.FRAMES)
        if table not in known:
            raise ConfigError(did_you_mean("table", table, known))
        files = [str(self._path(table, episode)) for episode in self.episodes()]
        if not files:
            raise ConfigError(f"{self.folder}: no episodes")
        loaded: Any = load_dataset("parquet", data_files=sorted(set(files)), split="train")
        return loaded

    def _path(self, table: str, episode: Episode) -> Path:
        path = self.folder / table / f"{episode.shard}.parquet"
        if not path.exists():  # a writer has joined its shard to others since it was listed
            shards = {found.id: found.shard for found in self.episodes()}
            path = path.with_stem(shards.get(episode.id, episode.shard))
        return path

    def _rows_of(self, path: Path, brief: bool) -> list[Row]:
        """Rows of episodes of a shard whose three files are whole and that can be read."""
        beside = [self.folder / table / path.name for table in (tables.STEPS, tables.FRAMES)]
        if not all(tables.is_whole(part) for part in (path, *beside)):
            return []
        try:
            found = tables.read_table(path, without=LONG if brief else {})
        except ValueError as error:
            warnings.warn(f"skipped: {error}", stacklevel=3)
            return []
        known = [row for row in found if row["schema_version"] in READERS]
        if len(known) < len(found):
            warnings.warn(
                f"{path}: skipped {len(found) - len(known)} episodes of a schema that is not "
                f"known here (this version reads up to {SCHEMA_VERSION}); upgrade gym-anything",
                stacklevel=3,
            )
        return known
