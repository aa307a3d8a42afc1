"""Verifiers of files as such: whether they are there, and byte for byte the same.

Common parameters: `path` is relative to home.
"""

from __future__ import annotations

from hashlib import sha256

from gym_anything.documents.errors import fails_closed
from gym_anything.documents.home import any_of
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict


@fails_closed(Verdict.no)
def exists(state: FinalState, path: str, min_bytes: int = 0) -> Verdict:
    """Whether there is a regular file of this name; a folder, a symlink or a FIFO is none.

    Args:
        state: the final state.
        path: the file.
        min_bytes: size that it has at least.
    """
    if not state.home.is_file(path):
        return Verdict.no(f"{path} is not there as a file")
    if min_bytes and len(state.home.read_bytes(path)) < min_bytes:
        return Verdict.no(f"{path} has less than {min_bytes} bytes")
    return Verdict.yes(f"{path} is there")


@fails_closed(Verdict.no)
def absent(state: FinalState, path: str) -> Verdict:
    """Whether nothing at all has this name.

    Args:
        state: the final state.
        path: the name.
    """
    there = state.home.exists(path)
    return Verdict.no(f"{path} is there") if there else Verdict.yes(f"{path} is not there")


@fails_closed(Verdict.no)
def unchanged(state: FinalState, path: str) -> Verdict:
    """Whether a set-up document is there byte for byte: meant as a guard.

    Args:
        state: the final state.
        path: the document.
    """
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    same = state.home.read_bytes(path) == state.initial[path]
    return Verdict.yes(f"{path} is unchanged") if same else Verdict.no(f"{path} was changed")


@fails_closed(Verdict.no)
def only(
    state: FinalState,
    path: str,
    names: list[str],
    ignore_hidden: bool = True,
    optional: list[str] = [],  # noqa: B006
) -> Verdict:
    """Whether a folder has exactly these names in it.

    Args:
        state: the final state.
        path: the folder, "." for home itself.
        names: names of files and folders, without their path.
        ignore_hidden: whether names that start with "." do not count (lock and settings files).
        optional: names that may be there or not, such as the backup that saving leaves; "*" stands
            for any characters: "book.*.log".
    """
    found = {name for name in state.home.list(path) if not (ignore_hidden and name.startswith("."))}
    allowed = any_of(optional)
    missing = set(names) - found
    strange = {name for name in found - set(names) if not allowed.fullmatch(name)}
    parts = [f"also {', '.join(sorted(strange)[:5])}"] if strange else []
    parts += [f"missing {', '.join(sorted(missing)[:5])}"] if missing else []
    if parts:
        return Verdict.no(f"{path}: {'; '.join(parts)}")
    return Verdict.yes(f"{path} has exactly {len(names)} names")


@fails_closed(Verdict.no)
def same_bytes_as(state: FinalState, path: str, document: str) -> Verdict:
    """Whether a file is byte for byte a set-up document as it was at the start, such as a copy.

    Args:
        state: the final state.
        path: the file.
        document: path of the set-up document, which need not be there any more.
    """
    if document not in state.initial:
        raise TaskError(f"document: {document!r} is not among the task's documents")
    found, wanted = state.home.read_bytes(path), state.initial[document]
    if found == wanted:
        return Verdict.yes(f"{path} is the same as {document}")
    digests = [sha256(data).hexdigest()[:8] for data in (found, wanted)]
    return Verdict.no(f"{path} ({digests[0]}) is not {document} ({digests[1]})")
