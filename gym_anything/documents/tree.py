"""Read a tree of files as a file manager shows it: what stands where, trash and bookmarks.

    read_tree(home, folder)      entries below a folder by path
    read_trash(home)             what was moved to the trash, by the place where it was
    read_bookmarks(home)         folders in the side pane
    inside_home(path)            a path of the machine as one of home

Symlinks are never followed. What cannot be read raises DocumentError.
"""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import unquote

from gym_anything.documents.errors import DocumentError, MissingDocumentError
from gym_anything.documents.home import Home
from gym_anything.documents.text import read_text

Kind: TypeAlias = Literal["file", "folder", "symlink", "other"]

HOME_INSIDE = "/home/user"
TRASH = ".local/share/Trash"
BOOKMARKS = ".config/gtk-3.0/bookmarks"
_MAX_INFO_BYTES = 64 << 10
_MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands under a name.

    Attributes:
        kind: what it is.
        mode: its nine permission bits.
        target: where it leads if it is a symlink, else "".
    """

    kind: Kind
    mode: int
    target: str = ""


def read_entry(home: Home, path: str) -> Entry | None:
    """What stands under a name, None if nothing does or a symlink stands on the way."""
    status = home.status(path)
    if status is None:
        return None
    mode = status.st_mode & 0o777
    if stat.S_ISREG(status.st_mode):
        return Entry("file", mode)
    if stat.S_ISDIR(status.st_mode):
        return Entry("folder", mode)
    if stat.S_ISLNK(status.st_mode):
        return Entry("symlink", mode, home.link_target(path) or "")
    return Entry("other", mode)


def read_tree(home: Home, folder: str = "") -> Mapping[str, Entry]:
    """Entries below a folder, by path relative to home.

    Names in home itself that begin with "." (settings, caches) are left out.

    Raises:
        DocumentError: no such folder, or more entries or levels than home's limits.
    """
    found: dict[str, Entry] = {}
    pending = [(folder, 0)]
    while pending:
        place, depth = pending.pop()
        if depth > _MAX_DEPTH:
            raise DocumentError(f"{folder or '.'}: more than {_MAX_DEPTH} nested folders")
        for name in home.list(place):
            if not place and name.startswith("."):
                continue
            path = f"{place}/{name}" if place else name
            entry = read_entry(home, path)
            if entry is None:
                continue
            found[path] = entry
            if entry.kind == "folder":
                pending.append((path, depth + 1))
            if len(found) > home.limits.entries:
                raise DocumentError(f"more than {home.limits.entries} entries")
    return found


def inside_home(path: str) -> str | None:
    """A path as the machine says it, relative to home; None if it leads out of home."""
    clean = posixpath.normpath(path)
    if clean == HOME_INSIDE:
        return ""
    inside = clean.startswith(f"{HOME_INSIDE}/") and "\0" not in clean
    return clean.removeprefix(f"{HOME_INSIDE}/") if inside else None


def link_leads_to(path: str, target: str) -> str | None:
    """Where a symlink at a path of home leads, relative to home, by its words alone."""
    folder = posixpath.join(HOME_INSIDE, posixpath.dirname(path))
    return inside_home(posixpath.join(folder, target))


def read_trash(home: Home) -> Mapping[str, str]:
    """What was moved to the trash.

    Returns:
        Path in the trash by the path where it was, both relative to home.

    Raises:
        DocumentError: an entry of the trash is too large.
    """
    found: dict[str, str] = {}
    try:
        names = home.list(f"{TRASH}/info")
    except MissingDocumentError:
        return found
    for name in names:
        stem = name.removesuffix(".trashinfo")
        data = home.read_bytes(f"{TRASH}/info/{name}")
        if len(data) > _MAX_INFO_BYTES:
            raise DocumentError(f"{name}: {len(data)} bytes for one entry of the trash")
        for line in read_text(data).lines:
            key, _, value = line.partition("=")
            was = inside_home(unquote(value.strip())) if key.strip() == "Path" else None
            if was is not None and home.exists(f"{TRASH}/files/{stem}"):
                found[was] = f"{TRASH}/files/{stem}"
    return found


def read_bookmarks(home: Home) -> tuple[str, ...]:
    """Folders of home that are in the side pane, in order, relative to home.

    Raises:
        DocumentError: the file of bookmarks cannot be read.
    """
    try:
        data = home.read_bytes(BOOKMARKS)
    except MissingDocumentError:
        return ()
    if len(data) > _MAX_INFO_BYTES:
        raise DocumentError(f"{len(data)} bytes of bookmarks")
    addresses = [line.split(" ")[0] for line in read_text(data).lines]
    local = [unquote(each.removeprefix("file://")) for each in addresses if each[:7] == "file://"]
    return tuple(path for path in map(inside_home, local) if path is not None)
