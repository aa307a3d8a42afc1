"""Shelf: the episodes of stores, of which only what the list shows is kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias, TypeVar

from gym_anything.records import Trajectory
from gym_anything.store import Episode, Store
from gym_anything.store.rows import Row
from gym_anything.store.tables import EPISODES

KEY_DIGITS = 20
FRAMES_BYTES = 64 << 20  # of screens kept at hand, PNG
_Files: TypeAlias = frozenset[tuple[str, int]]
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Entry:
    """An episode on the shelf.

    Attributes:
        key: names it on the page: hexadecimal digits, whatever stands in the store.
        folder: name of its store.
        store: where it is.
        episode: what its store says of it in brief.
    """

    key: str
    folder: str
    store: Store
    episode: Episode


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An episode to look at.

    Attributes:
        trajectory: what happened, without screenshots.
        rows: of its steps, as they stand in the store.
        shown: number of the screen that each step acts on and, last, of the one that they led to;
            None where it was not kept. One more than there are steps.
    """

    trajectory: Trajectory
    rows: Sequence[Row]
    shown: tuple[int | None, ...]


class Shelf:
    """Reads the episodes of stores; safe to use from several threads.

    Args:
        folders: of the stores.

    Raises:
        ConfigError: one of them is not there.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._stores = [Store(folder) for folder in folders]
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._files: list[_Files] = [frozenset() for _ in self._stores]
        self._frames: OrderedDict[str, Mapping[int, bytes]] = OrderedDict()

    def entries(self) -> list[Entry]:
        """All episodes, store by store, in the order in which they were written.

        Reads again what is in a store that has other files than the last time.
        """
        with self._lock:
            files = [_files(store) for store in self._stores]
            if files != self._files:
                self._entries = {entry.key: entry for entry in _entries(self._stores)}
                self._files = files
            return list(self._entries.values())

    def entry(self, key: str) -> Entry:
        """What the list says of an episode. Raises KeyError if there is none of that key."""
        return self._current(key, lambda entry: entry)

    def open(self, key: str) -> Opened:
        """An episode.

        Raises:
            KeyError: there is none of that key.
            ValueError: a file of it is damaged.
        """
        return self._current(key, _open)

    def frame(self, key: str, number: int) -> bytes:
        """A screen as a PNG file. Raises as `open`, KeyError also for the number."""
        with self._lock:
            frames = self._frames.pop(key, None)
        if frames is None:
            frames = self._current(key, lambda entry: entry.store.frames(entry.episode))
        with self._lock:
            self._frames[key] = frames
            while len(self._frames) > 1 and _size(self._frames.values()) > FRAMES_BYTES:
                self._frames.popitem(last=False)
        return frames[number]

    def _current(self, key: str, read: Callable[[Entry], _Read]) -> _Read:
        """What is read of an episode, also if a writer joins its file to others meanwhile."""
        with self._lock:
            before = self._entries.get(key)
        if before is not None:
            try:
                return read(before)
            except ValueError:
                after = self._find(key)
                if after.episode.shard == before.episode.shard:
                    raise
                return read(after)
        return read(self._find(key))

    def _find(self, key: str) -> Entry:
        self.entries()
        with self._lock:
            return self._entries[key]


def _open(entry: Entry) -> Opened:
    trajectory = entry.store.trajectory(entry.episode, screenshots=False)
    rows = entry.store.step_rows(entry.episode)
    if rows:
        shown = (*(row["frame_before"] for row in rows), rows[-1]["frame"])
    else:
        shown = (0 if entry.episode.frames else None,)
    return Opened(trajectory, rows, shown)


def _entries(stores: Sequence[Store]) -> Iterator[Entry]:
    for store in stores:
        name = store.folder.resolve().name
        for episode in store.episodes(brief=True):
            key = sha256(episode.id.encode()).hexdigest()[:KEY_DIGITS]
            yield Entry(key, name, store, episode)


def _files(store: Store) -> _Files:
    """Names and times of the files that say which episodes there are."""
    paths = (store.folder / EPISODES).glob("*.parquet")
    return frozenset((path.name, path.stat().st_mtime_ns) for path in paths)


def _size(kept: Iterable[Mapping[int, bytes]]) -> int:
    return sum(len(frame) for frames in kept for frame in frames.values())
