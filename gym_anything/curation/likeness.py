"""Likeness: what of a task can be compared with another's: its words and its structure. Pure data.

Numbers are taken for one another everywhere, so that a renumbered copy has the features of its
original. Before contamination.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gym_anything.task import (
    Answer,
    Check,
    Click,
    Document,
    Drag,
    GiveUp,
    Intent,
    JsonValue,
    Press,
    Scroll,
    Target,
    Task,
    Type,
)

Features: TypeAlias = frozenset[int]  # 64-bit hashes
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PERMUTATIONS = 128


def words(text: str) -> list[str]:
    """The words of a text, without case, each number as "0"."""
    plain = _NUMBER.sub("0", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(plain)


def ngrams(tokens: Sequence[str], size: int) -> Features:
    """The runs of `size` words; a shorter text is one run."""
    size = max(1, min(size, len(tokens)))
    runs = range(len(tokens) - size + 1) if tokens else ()
    return frozenset(_hash(" ".join(tokens[at : at + size])) for at in runs)


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure of a task, as sets of features with their multiplicity.

    Attributes:
        documents: kinds, folders and headings of the set-up.
        checks: verifiers and parameters.
        solution: what is done to which widgets, in pairs of moves.
        exact: the goals among the checks with every value as it is; empty if they have none.
    """

    documents: Features
    checks: Features
    solution: Features
    exact: Features

    def likeness(self, other: Structure) -> float:
        """How alike two are, 0 to 1: the mean of the parts that at least one of them has."""
        pairs = [
            (self.documents, other.documents),
            (self.checks, other.checks),
            (self.solution, other.solution),
        ]
        parts = [jaccard(one, two) for one, two in pairs if one or two]
        return sum(parts) / len(parts) if parts else 0.0

    def same_goals(self, other: Structure) -> bool:
        """Whether both are judged by the same goals with the same values."""
        return bool(self.exact) and self.exact == other.exact


def structure_of(task: Task) -> Structure:
    """The structure of a task."""
    goals = [check for check in task.checks if not check.guard and check.params]
    return Structure(
        documents=_counted(part for document in task.documents for part in _document(document)),
        checks=_counted(part for check in task.checks for part in _check(check)),
        solution=_counted(_moves(task.solution)),
        exact=_counted(_exact(goals)),
    )


def jaccard(one: Features, other: Features) -> float:
    """Share of the features of both that are of both; 1 of nothing and nothing."""
    return len(one & other) / len(one | other) if one or other else 1.0


def containment(inner: Features, outer: Features) -> float:
    """Share of the features of `inner` that are in `outer`; 0 of nothing."""
    return len(inner & outer) / len(inner) if inner else 0.0


class MinHash:
    """Signatures of sets whose share of equal places estimates the Jaccard likeness.

    Source: Broder, On the resemblance and containment of documents (1997).

    Args:
        seed: of the hash functions.
    """

    def __init__(self, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        most, shape = np.iinfo(np.uint64).max, (_PERMUTATIONS, 1)
        self._factors = rng.integers(0, most, shape, dtype=np.uint64, endpoint=True)
        self._offsets = rng.integers(0, most, shape, dtype=np.uint64, endpoint=True)

    def sign(self, features: Features) -> NDArray[np.uint32]:
        """(128,) uint32; that of nothing is equal to that of nothing only."""
        if not features:
            return np.zeros(_PERMUTATIONS, np.uint32)
        # Multiply-add-shift modulo 2**64 is strongly universal for the upper halves taken here.
        values = np.fromiter((feature >> 32 for feature in features), np.uint64, len(features))
        mixed = (values[None, :] * self._factors + self._offsets) >> np.uint64(32)  # (128, N)
        return np.asarray(mixed.min(axis=1), np.uint32)


# Parts -------------------------------------------------------------------------------------------


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _counted(parts: Iterable[str]) -> Features:
    """A multiset as a set: the second of the same has a name of its own."""
    counts: Counter[str] = Counter()
    found = []
    for part in parts:
        counts[part] += 1
        found.append(_hash(f"{part}\0{counts[part]}"))
    return frozenset(found)


def _masked(text: str) -> str:
    return " ".join(words(text))


def _document(document: Document) -> Iterator[str]:
    path = PurePosixPath(document.path)
    yield f"{document.kind} {path.suffix} in {_masked(str(path.parent))}"
    for place, value in _leaves(document.content, ""):
        yield f"{place}: {value}"


def _leaves(value: JsonValue, place: str) -> Iterator[tuple[str, str]]:
    """The first of each list, since the later ones repeat its form; all keys of an object."""
    match value:
        case dict():
            for key, part in value.items():
                yield from _leaves(part, f"{place}.{_masked(key)}")
        case list():
            for part in value[:3]:
                yield from _leaves(part, f"{place}[]")
        case str():
            yield place, _masked(value.partition("\n")[0])
        case _:
            yield place, type(value).__name__


def _check(check: Check) -> Iterator[str]:
    yield f"{check.check} {check.guard}"
    for key, value in sorted(check.params.items()):
        for place, leaf in _leaves(value, key):
            suffix = PurePosixPath(leaf).suffix if key == "path" else leaf
            yield f"{check.check} {place}: {suffix}"


def _exact(goals: Sequence[Check]) -> Iterator[str]:
    for check in goals:
        yield f"{check.check} {sorted(check.params.items())!r}"


def _moves(intents: Sequence[Intent]) -> Iterator[str]:
    """Each move, what is typed, and each pair of moves that follow one another."""
    said = [_move(intent) for intent in intents]
    yield from said
    yield from (f"typed {_masked(done.type)}" for done in intents if isinstance(done, Type))
    for one, other in zip(said, said[1:], strict=False):
        yield f"{one} > {other}"


def _move(intent: Intent) -> str:
    match intent:
        case Click():
            return f"click {_target(intent.click)} {intent.button} {intent.count} {intent.keys}"
        case Drag():
            return f"drag {_target(intent.drag)} {_target(intent.to)} {intent.keys}"
        case Scroll():
            return f"scroll {_target(intent.scroll)}"
        case Press():
            return f"press {intent.press}"
        case Type():
            return f"type {intent.type[-1:] if intent.type.endswith((chr(10), chr(9))) else ''!r}"
        case Answer():
            return "answer"
        case GiveUp():
            return "give up"
        case _:
            return "wait"


def _target(target: Target | tuple[int, int]) -> str:
    if not isinstance(target, Target):
        return "pixel"
    if target.cell:
        return "cell"
    return f"{target.role} {_masked(target.name)}"
