"""Finals: the state that an episode ended in, taken from a live desktop, kept, and laid out again.

The home is hostile, so it is read through `Home` only, within bounds; what cannot be kept is listed
with the reason, and a state that is not whole is not judged again.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.home import Home, HomeLimits
from gym_anything.errors import TaskError, VerifierError
from gym_anything.records import Node, Window
from gym_anything.store.blobs import Blobs
from gym_anything.verify import FinalState

MOST_BYTES = 128 << 20  # of all files of a home together
MOST_ENTRIES = 20_000
_LIVE_BYTES = 64 << 20  # of what was on display, as JSON
_LEFT_OUT = frozenset({".cache", ".thumbnails"})  # in the root: no check reads them
_LIST_BYTES = 64 << 20  # of the list of what there is, as JSON
_PLACE = ".gym-anything-place"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a home.

    Attributes:
        path: relative to the home.
        mode: type and permissions, as of `os.stat`.
        size_bytes: of a file.
        mtime_ns: when it was last changed.
        names: hard links.
        target: where a symlink leads.
        data: content of a file that was taken; None otherwise.
        blob: under which the content is kept.
        refused: why a file has no content here, "" if it has.
    """

    path: str
    mode: int
    size_bytes: int
    mtime_ns: int
    names: int = 1
    target: str = ""
    data: bytes | None = None
    blob: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Final:
    """A final state as it is kept.

    Attributes:
        entries: everything in the home, folders before what is in them.
        initial: blob of each document as first written, by path.
        needs: of `verify.NEEDS`, what is kept of the live desktop.
        live: blob of that, "" if there is nothing.
        answer: as in `FinalState`.
        gave_up: as in `FinalState`.
        file_bytes: size of the largest file that a verifier may read.
        left_out: why not everything is here, "" if it is.
    """

    entries: tuple[Entry, ...]
    initial: dict[str, str]
    needs: tuple[str, ...]
    live: str
    answer: str | None
    gave_up: bool
    file_bytes: int
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A final state in memory, on its way to the disk."""

    state: FinalState
    needs: frozenset[str]
    entries: tuple[Entry, ...]
    left_out: str


def take(state: FinalState, needs: frozenset[str]) -> Taken:
    """Read a final state whole, while its home is still there.

    Args:
        state: of a live desktop.
        needs: what of it the checks need beyond files, as `verify.needs_of`.
    """
    entries: list[Entry] = []
    try:
        _walk(state.home, "", MOST_BYTES, entries)
        left_out = ""
    except (DocumentError, VerifierError) as error:  # the episode is worth keeping without it
        left_out = str(error)
    return Taken(state, needs, tuple(entries), left_out)


def _walk(home: Home, folder: str, room: int, entries: list[Entry]) -> int:
    """Add everything below a folder; returns the bytes that may still be taken."""
    for name in home.list(folder):
        if not folder and name in _LEFT_OUT:
            continue
        path = f"{folder}/{name}" if folder else name
        status = home.status(path)
        if status is None:  # gone meanwhile
            continue
        if len(entries) >= MOST_ENTRIES:
            raise DocumentError(f"more than {MOST_ENTRIES} entries")
        entry = _entry(home, path, status, room)
        entries.append(entry)
        room -= len(entry.data or b"")
        if stat.S_ISDIR(status.st_mode):
            if path.count("/") >= home.limits.depth:
                raise DocumentError(f"more than {home.limits.depth} nested folders")
            room = _walk(home, path, room, entries)
    return room


def _entry(home: Home, path: str, status: os.stat_result, room: int) -> Entry:
    known = (path, status.st_mode, status.st_size, status.st_mtime_ns, status.st_nlink)
    if stat.S_ISLNK(status.st_mode):
        return Entry(*known, target=home.link_target(path) or "")
    if not stat.S_ISREG(status.st_mode):
        return Entry(*known)
    if home.limits.file_bytes >= status.st_size > room:
        raise DocumentError(f"more than {MOST_BYTES} bytes in all")
    try:
        return Entry(*known, data=home.read_bytes(path))
    except DocumentError as error:
        return Entry(*known, refused=str(error))


def keep(taken: Taken, blobs: Blobs) -> str:
    """Write a final state; returns the blob that names the others."""
    entries = tuple(
        replace(entry, data=None, blob="" if entry.data is None else blobs.put(entry.data))
        for entry in taken.entries
    )
    state, live = taken.state, ""
    if taken.needs:
        nodes = [asdict(node) | {"states": sorted(node.states)} for node in state.nodes]
        windows = [asdict(window) for window in state.windows]
        live = blobs.put(_dump({"nodes": nodes, "windows": windows, "clipboard": state.clipboard}))
    final = Final(
        entries=entries,
        initial={path: blobs.put(data) for path, data in state.initial.items()},
        needs=tuple(sorted(taken.needs)),
        live=live,
        answer=state.answer,
        gave_up=state.gave_up,
        file_bytes=state.home.limits.file_bytes,
        left_out=taken.left_out,
    )
    return blobs.put(_dump(asdict(final)))


def load(name: str, blobs: Blobs) -> Final:
    """Read what `keep` wrote.

    Raises:
        ValueError: it is not there, or damaged.
    """
    try:
        found = json.loads(blobs.get(name, _LIST_BYTES))
        found["entries"] = tuple(Entry(**entry) for entry in found["entries"])
        found["needs"] = tuple(found["needs"])
        return Final(**found)
    except (TypeError, KeyError) as error:
        raise ValueError(f"final state {name} is damaged: {error}") from error


@contextmanager
def laid_out(final: Final, blobs: Blobs) -> Iterator[FinalState]:
    """A final state in a temporary folder, as a verifier found it at the end of the episode.

    Raises:
        ValueError: it was not kept whole, or a part is damaged.
    """
    if final.left_out:
        raise ValueError(f"the home was not kept whole: {final.left_out}")
    live = json.loads(blobs.get(final.live, _LIVE_BYTES)) if final.live else {}
    with tempfile.TemporaryDirectory(prefix="gym-anything-final-") as folder:
        limits = HomeLimits(file_bytes=final.file_bytes)
        home = Home(Path(folder) / "home", limits)
        home.root.mkdir()
        try:
            _lay_out(final, blobs, home, Path(folder))
        except (OSError, TaskError, DocumentError) as error:
            raise ValueError(f"the home cannot be laid out: {error}") from error
        yield FinalState(
            home=home,
            initial={path: blobs.get(name, MOST_BYTES) for path, name in final.initial.items()},
            answer=final.answer,
            gave_up=final.gave_up,
            nodes=tuple(_node(node) for node in live.get("nodes", ())),
            windows=tuple(_window(window) for window in live.get("windows", ())),
            clipboard=live.get("clipboard", ""),
        )


def _lay_out(final: Final, blobs: Blobs, home: Home, aside: Path) -> None:
    """Make every entry again. A list that leads outside of the home is refused by `Home`."""
    for entry in final.entries:
        if stat.S_ISREG(entry.mode):
            data = blobs.get(entry.blob, MOST_BYTES) if entry.blob else b""
            home.write_bytes(entry.path, data)
        elif stat.S_ISDIR(entry.mode):
            home.write_bytes(f"{entry.path}/{_PLACE}", b"")
            (home.root / entry.path / _PLACE).unlink()
    links = [entry for entry in final.entries if not stat.S_ISREG(entry.mode)]
    for entry in (link for link in links if not stat.S_ISDIR(link.mode)):
        path = _beside_nothing(home, entry.path)
        if stat.S_ISLNK(entry.mode):
            os.symlink(entry.target, path)
        else:
            os.mkfifo(path)  # also in place of sockets and devices: none of them is read
    for number, entry in enumerate(final.entries):
        if stat.S_ISREG(entry.mode):
            path = home.root / entry.path
            if entry.names > 1:
                os.link(path, aside / str(number))
            elif entry.refused and entry.size_bytes > final.file_bytes:
                os.truncate(path, entry.size_bytes)  # sparse: as much too large as it was
            elif entry.refused:
                raise ValueError(f"the home was not kept whole: {entry.refused}")
    for entry in reversed(final.entries):  # what a folder holds before the folder
        if stat.S_ISREG(entry.mode) or stat.S_ISDIR(entry.mode):
            path = home.root / entry.path
            os.chmod(path, stat.S_IMODE(entry.mode) & 0o777)
            os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns))


def _beside_nothing(home: Home, path: str) -> Path:
    """Where something that is no file goes: in a folder of the home, under a name that is free."""
    parent, _, _ = path.rpartition("/")
    folder = home.status(parent) if parent else home.status(".")
    if home.exists(path) or folder is None or not stat.S_ISDIR(folder.st_mode):
        raise DocumentError(f"{path}: its folder is none, or it is there already")
    return home.root / path


def _node(kept: dict[str, Any]) -> Node:
    extents = kept["extents"] and tuple(kept["extents"])
    return Node(**kept | {"states": frozenset(kept["states"]), "extents": extents})


def _window(kept: dict[str, Any]) -> Window:
    pairs = {"wm_class": tuple(kept["wm_class"]), "extents": tuple(kept["extents"])}
    return Window(**kept | pairs)


def _dump(found: dict[str, Any]) -> bytes:
    """JSON in ASCII: names of files and texts of applications may hold lone surrogates."""
    return json.dumps(found, sort_keys=True).encode("ascii")
