"""Solved: a solved state, its files and texts changed a little, judged again without a desktop.

Every harmful change must be refused, every benign one accepted.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from gym_anything.documents.home import Home, any_of
from gym_anything.mutation.kinds import benign, harmful
from gym_anything.mutation.live import harmful_texts
from gym_anything.task import Task
from gym_anything.verify import FinalState, verify

_CACHES = frozenset({".cache", ".thumbnails"})


@dataclass(frozen=True, slots=True)
class Mutated:
    """What a verifier said of the changed states of one solved task.

    Attributes:
        harmful: how many harmful changes were judged.
        accepted: those that passed: false acceptances.
        benign: how many benign changes were judged.
        refused: those that did not pass, with the reason: false refusals.
    """

    harmful: int = 0
    accepted: tuple[str, ...] = ()
    benign: int = 0
    refused: tuple[str, ...] = ()


def judge_mutations(task: Task, state: FinalState, most: int) -> Mutated:
    """Change a solved state in many ways and judge each.

    Args:
        task: whose checks.
        state: that passes.
        most: harmful changes at most; drawn evenly, the same ones each time.
    """
    rng = random.Random(f"{task.id}:{task.seed}")
    with _copied(state) as copy:
        spoilt = list(_spoilt(task, copy, rng))
        chosen = rng.sample(spoilt, most) if len(spoilt) > most else spoilt
        accepted = [change.name for change in chosen if _passes(task, change)[0]]
        rewritten = list(_rewritten(task, copy, rng))
        judged = [(change, *_passes(task, change)) for change in rewritten]
        refused = [f"{change.name}: {reason}" for change, passed, reason in judged if not passed]
    return Mutated(len(chosen), tuple(accepted), len(rewritten), tuple(refused))


@dataclass(frozen=True, slots=True)
class _Change:
    """A changed state: a file with other bytes (None: gone) or name, or another live state."""

    name: str
    state: FinalState
    path: str = ""
    data: bytes | None = None
    becomes: str = ""


def _passes(task: Task, change: _Change) -> tuple[bool, str]:
    """Whether a changed state passes, and why not; the copy is as before afterwards."""
    root = change.state.home.root
    file = root / change.path if change.path else None
    before = file.read_bytes() if file else b""
    other = root / change.becomes if change.becomes else None
    try:
        if file and change.data is not None:
            file.write_bytes(change.data)
        elif file:
            file.unlink()
        if other:
            other.write_bytes(before)
        score = verify(task, change.state)
    finally:
        if other:
            other.unlink()
        if file:
            file.write_bytes(before)
    reason = "; ".join(f"{c.check}: {c.evidence}" for c in score.checks if not c.passed)
    return score.passed, reason


def _spoilt(task: Task, state: FinalState, rng: random.Random) -> Iterator[_Change]:
    said = f"{task.instruction} {[dict(check.params) for check in task.checks]}"
    for path in _documents(task, state):
        data = (state.home.root / path).read_bytes()
        initial = state.initial.get(path)
        if initial is not None and initial != data:
            yield _Change(f"{path}: as it was at the start", state, path, initial)
        yield _Change(f"{path}: gone", state, path)
        stem, dot, suffix = path.rpartition(".")
        renamed = f"{stem}-2.{suffix}" if dot else f"{path}-2"
        if path in state.initial or PurePosixPath(path).name in said:  # else any name will do
            yield _Change(f"{path}: renamed", state, path, becomes=renamed)
        for mutation in harmful(path, data, rng):
            if mutation.data != data:
                yield _Change(f"{path}: {mutation.name}", state, path, mutation.data)
    yield from _other_texts(task, state, rng)


def _other_texts(task: Task, state: FinalState, rng: random.Random) -> Iterator[_Change]:
    """Other texts on display, in the clipboard or as the answer, where a check reads them."""
    kinds = {check.check.partition(".")[0] for check in task.checks}
    if "answer" in kinds and state.answer:
        for text in (*harmful_texts(state.answer, rng), "0", "yes", "no"):
            if text != state.answer:
                yield _Change(f"the answer: {text!r}", replace(state, answer=text))
    if "answer" in kinds and state.gave_up:
        yield _Change("said done instead of giving up", replace(state, gave_up=False))
    if "clipboard" in kinds and state.clipboard:
        for text in harmful_texts(state.clipboard, rng):
            yield _Change(f"the clipboard: {text!r}", replace(state, clipboard=text))
    if "accessibility" in kinds:
        roles = {str(check.params.get("role", "")) for check in task.checks} - {""}
        for index, node in enumerate(state.nodes):
            if node.role in roles and node.text:
                first, newline, rest = node.text.partition("\n")
                for text in harmful_texts(first, rng) if first else ():
                    changed = replace(node, text=f"{text}{newline}{rest}")
                    nodes = (*state.nodes[:index], changed, *state.nodes[index + 1 :])
                    yield _Change(f"{node.role}: {text!r}", replace(state, nodes=nodes))


def _rewritten(task: Task, state: FinalState, rng: random.Random) -> Iterator[_Change]:
    """Benign changes of the files that the solution wrote; what it only kept is to stay."""
    kept = set(state.initial.values())
    for path in _documents(task, state):
        data = (state.home.root / path).read_bytes()
        if data not in kept:
            for mutation in benign(path, data, rng):
                yield _Change(f"{path}: {mutation.name}", state, path, mutation.data)


def _documents(task: Task, state: FinalState) -> list[str]:
    """The files that a task is about: those of the set-up and those that were made since.

    One that `files.only` has among its optional names is none of them: it may well be missing.
    """
    root = state.home.root
    hidden = re.compile(r"(^|/)\.")  # settings, locks, caches: an application's own
    made = [path for path in state.home.walk() if not hidden.search(path)]
    found = dict.fromkeys((*state.initial, *made))
    optional = any_of(_optional(task))
    return [path for path in found if not optional.fullmatch(path) and (root / path).is_file()]


def _optional(task: Task) -> set[str]:
    """Paths that `files.only` lets be there or not, with "*" for any characters."""
    paths = set()
    for check in task.checks:
        names = check.params.get("optional") if check.check == "files.only" else None
        for name in names if isinstance(names, list) else ():
            paths.add(str(PurePosixPath(str(check.params["path"])) / str(name)))
    return paths


@contextmanager
def _copied(state: FinalState) -> Iterator[FinalState]:
    """The state on a copy of its home, without caches and what is no file or folder."""
    with tempfile.TemporaryDirectory(prefix="gym-anything-solved-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(state.home.root, home, symlinks=True, ignore=_left_out)
        yield replace(state, home=Home(home, state.home.limits))


def _left_out(folder: str, names: list[str]) -> set[str]:
    def is_odd(name: str) -> bool:
        mode = os.lstat(os.path.join(folder, name)).st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))

    return {name for name in names if name in _CACHES or is_odd(name)}
