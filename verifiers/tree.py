"""Verifiers of trees of files: what was moved, copied, renamed, put into the trash, protected.

Common parameters: `path` is relative to home. Nothing is found through a symlink. A set-up document
is told by its bytes, so documents of one task should differ.
"""

from __future__ import annotations

from gym_anything.documents.errors import fails_closed
from gym_anything.documents.tree import (
    link_leads_to,
    read_bookmarks,
    read_entry,
    read_trash,
    read_tree,
)
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict

_MODE = 0o644  # of every set-up document
_BITS = {"r": 4, "w": 2, "x": 1}


@fails_closed(Verdict.no)
def moved(state: FinalState, path: str, to_path: str) -> Verdict:
    """Whether a set-up document is at another place or under another name, byte for byte.

    Refuses a copy: nothing may be at the place where it was, unless another document came there.

    Args:
        state: the final state.
        path: where the document was.
        to_path: where it is to be.
    """
    data = _initial(state, path)
    if not state.home.is_file(to_path):
        return Verdict.no(f"{to_path} is not there as a file")
    if state.home.read_bytes(to_path) != data:
        return Verdict.no(f"{to_path} is not what {path} was")
    if state.home.is_file(path) and state.home.read_bytes(path) == data:
        return Verdict.no(f"{path} is still there as well")
    return Verdict.yes(f"{path} is now {to_path}")


@fails_closed(Verdict.no)
def copied(state: FinalState, path: str, to_path: str) -> Verdict:
    """Whether a set-up document is at its place and at another one, byte for byte.

    Refuses a symlink and a hard link in place of a copy.

    Args:
        state: the final state.
        path: where the document was and is.
        to_path: where the copy is to be.
    """
    data = _initial(state, path)
    for each in (path, to_path):
        if not state.home.is_file(each):
            return Verdict.no(f"{each} is not there as a file")
        if state.home.read_bytes(each) != data:
            return Verdict.no(f"{each} is not what {path} was")
    return Verdict.yes(f"{to_path} is a copy of {path}")


@fails_closed(Verdict.no)
def trashed(state: FinalState, path: str) -> Verdict:
    """Whether a set-up document is in the trash, from where it could be put back.

    Refuses one that was deleted for good, or moved elsewhere.

    Args:
        state: the final state.
        path: where the document was.
    """
    data = _initial(state, path)
    if state.home.exists(path):
        return Verdict.no(f"{path} is still there")
    place = read_trash(state.home).get(path)
    if place is None:
        return Verdict.no(f"{path} is not in the trash")
    same = state.home.is_file(place) and state.home.read_bytes(place) == data
    return _verdict(same, f"{path} is in the trash{'' if same else ', but changed'}")


@fails_closed(Verdict.no)
def is_folder(state: FinalState, path: str, empty: bool | None = None) -> Verdict:
    """Whether a folder is there; a symlink to one is none.

    Args:
        state: the final state.
        path: the folder.
        empty: whether nothing is to be in it; null for either.
    """
    entry = read_entry(state.home, path)
    if entry is None or entry.kind != "folder":
        return Verdict.no(f"{path} is {'not there' if entry is None else f'a {entry.kind}'}")
    names = state.home.list(path)
    right = empty is None or empty == (not names)
    return _verdict(right, f"{path} is a folder with {len(names)} names")


@fails_closed(Verdict.no)
def permissions(
    state: FinalState,
    path: str,
    owner: str | None = None,
    group: str | None = None,
    others: str | None = None,
) -> Verdict:
    """Whether a file or folder has these permissions.

    Args:
        state: the final state.
        path: the file or folder.
        owner: letters of "rwx" that its owner has, "" for none, null for any.
        group: the same for its group.
        others: the same for everybody else.
    """
    if owner is None and group is None and others is None:
        raise TaskError("tree.permissions: at least one of owner, group and others is needed")
    entry = read_entry(state.home, path)
    if entry is None or entry.kind not in ("file", "folder"):
        return Verdict.no(f"{path} is not there as a file or folder")
    right = all(
        wanted is None or (entry.mode >> shift) & 7 == _bits(wanted)
        for wanted, shift in ((owner, 6), (group, 3), (others, 0))
    )
    return _verdict(right, f"{path} has mode {entry.mode:03o}")


@fails_closed(Verdict.no)
def links_to(state: FinalState, path: str, target_path: str) -> Verdict:
    """Whether a symlink leads to something of home that is there, written in whatever way.

    Args:
        state: the final state.
        path: the symlink.
        target_path: where it is to lead.
    """
    entry = read_entry(state.home, path)
    if entry is None or entry.kind != "symlink":
        return Verdict.no(f"{path} is {'not there' if entry is None else f'a {entry.kind}'}")
    right = link_leads_to(path, entry.target) == target_path and state.home.exists(target_path)
    return _verdict(right, f"{path} leads to {entry.target!r}")


@fails_closed(Verdict.no)
def bookmarks(state: FinalState, folders: list[str]) -> Verdict:
    """Whether the side pane has exactly these folders of home, in any order.

    Args:
        state: the final state.
        folders: relative to home.
    """
    found = read_bookmarks(state.home)
    right = sorted(found) == sorted(folders)
    return _verdict(right, f"bookmarks: {', '.join(found) or 'none'}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    paths: list[str] = [],  # noqa: B006
    folder: str = "",
) -> Verdict:
    """Whether the rest of a tree is as it was set up: meant as a guard.

    Every other set-up document is there byte for byte, readable and writable as before, every
    other folder is there, and there is nothing else, not even an empty folder.

    Args:
        state: the final state.
        paths: files and folders that may be changed, gone or new, with everything beneath.
        folder: the tree, "" for home; names in home itself that begin with "." do not count.
    """
    before = [path for path in state.initial if not path.startswith(".")]
    before = [path for path in before if not folder or path.startswith(f"{folder}/")]
    folders = {"/".join(path.split("/")[:depth]) for path in before for depth in range(1, 32)}
    after = read_tree(state.home, folder)

    def allowed(path: str) -> bool:
        return any(path == each or path.startswith(f"{each}/") for each in paths)

    for path in before:
        if allowed(path):
            continue
        if path not in after or after[path].kind != "file":
            return Verdict.no(f"{path} is gone")
        if after[path].mode != _MODE:
            return Verdict.no(f"{path} has mode {after[path].mode:03o}")
        if state.home.read_bytes(path) != state.initial[path]:
            return Verdict.no(f"{path} was changed")
    for path in sorted(folders - set(before)):
        below = not folder or path.startswith(f"{folder}/")
        if below and path not in after and not allowed(path):
            return Verdict.no(f"the folder {path} is gone")
    strange = [path for path in after if path not in folders and not allowed(path)]
    return _verdict(not strange, f"{strange[0]} is new" if strange else "nothing else was changed")


def _initial(state: FinalState, path: str) -> bytes:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return state.initial[path]


def _bits(letters: str) -> int:
    unknown = set(letters) - set(_BITS)
    if unknown:
        raise TaskError(f"tree.permissions: {letters!r}: only r, w and x are known")
    return sum(_BITS[letter] for letter in set(letters))


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
