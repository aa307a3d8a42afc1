"""Contamination: tasks of one split that are, in substance, in another. They are to be removed.

A task to be learned from is contaminated if any of these holds with any task that is held out:

    words       so many of the held-out instruction's 8-grams are in its own
    wording     the sets of their 3-grams are alike (MinHash finds whom to compare)
    meaning     the embeddings of their instructions are close, if an embedding model is given
    structure   documents, checks and solution are alike, whatever the instruction says
    goals       the same verifiers with the same values judge both

Numbers are taken for one another in all but the last, so a renumbered copy is found. The seed of a
task plays no part: two seeds of one template are two copies of one task.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from gym_anything.curation.likeness import (
    Features,
    MinHash,
    Structure,
    containment,
    jaccard,
    ngrams,
    structure_of,
    words,
)
from gym_anything.curation.task_source import TaskSource
from gym_anything.errors import DataError
from gym_anything.task import Task

Share = Annotated[float, Field(gt=0, le=1)]
Embedder: TypeAlias = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts -> (N, D) vectors; their lengths play no part."""
_SLACK = 0.12  # an estimate by MinHash that is so far below the limit is looked at exactly: 3 sigma


class Rule(StrEnum):
    """Why a task is contaminated."""

    WORDS = "words"
    WORDING = "wording"
    MEANING = "meaning"
    STRUCTURE = "structure"
    GOALS = "goals"


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits; what reaches one is contaminated.

    On the templates of this suite, pairs of a training and a held-out template have a `jaccard` of
    at most 0.22 and a `structure` of at most 0.69; two seeds of one template have 0.27 and more.

    Attributes:
        ngram: words of a run for `containment`.
        containment: share of the held-out instruction's runs, 0 to 1.
        shingle: words of a run for `jaccard`.
        jaccard: likeness of the sets of runs, 0 to 1.
        cosine: of the embeddings of the instructions.
        structure: likeness of documents, checks and solution, 0 to 1.
        goals: whether the same goals with the same values are enough.
        chains: the limit of the shares where the held-out task is a chain (level 2 to 6): it has
            parts of training templates by design.
    """

    ngram: Annotated[int, Field(ge=1)] = 8
    containment: Share = 0.5
    shingle: Annotated[int, Field(ge=1)] = 3
    jaccard: Share = 0.25
    cosine: Share = 0.95
    structure: Share = 0.75
    goals: bool = True
    chains: Share = 0.75

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def limit(self, rule: Rule, held_out: Task) -> float:
        """What a rule's value has to reach for a held-out task."""
        limits = {
            Rule.WORDS: self.containment,
            Rule.WORDING: self.jaccard,
            Rule.STRUCTURE: self.structure,
        }
        return max(limits[rule], self.chains if held_out.level > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds between a task and one that is held out.

    Attributes:
        rule: which.
        value: how much, 0 to 1.
        held_out: the other task.
    """

    rule: Rule
    value: float
    held_out: Task


@dataclass(frozen=True, slots=True)
class Contamination:
    """What is contaminated.

    Attributes:
        tasks: how many were looked at.
        held_out: how many they were compared with.
        removed: contaminated tasks, each with the strongest match of each rule that holds.
    """

    tasks: int
    held_out: int
    removed: tuple[tuple[Task, tuple[Match, ...]], ...]

    def by_rule(self) -> dict[str, int]:
        """How many tasks each rule removes; a task may be removed by several."""
        counts = Counter(match.rule for _, matches in self.removed for match in matches)
        return {rule.value: counts[rule] for rule in Rule if counts[rule]}

    def examples(self, most: int) -> dict[str, list[tuple[Task, Match]]]:
        """For each rule its strongest matches, at most one of a template."""
        found: dict[str, list[tuple[Task, Match]]] = {}
        pairs = [(task, match) for task, matches in self.removed for match in matches]
        seen: set[tuple[Rule, str]] = set()
        for task, match in sorted(pairs, key=lambda pair: -pair[1].value):
            shown = found.setdefault(match.rule.value, [])
            if len(shown) < most and (match.rule, task.id) not in seen:
                seen.add((match.rule, task.id))
                shown.append((task, match))
        return found

    def to_json(self, rules: Rules, most_examples: int = 5) -> str:
        """The report; `CurateConfig.contamination` takes it."""
        report = {
            "schema_version": 1,
            "tasks": self.tasks,
            "held_out": self.held_out,
            "rules": asdict(rules),
            "removed_by": self.by_rule(),
            "examples": {
                rule: [_match(match) | {"task": _named(task)} for task, match in pairs]
                for rule, pairs in self.examples(most_examples).items()
            },
            "removed": [
                _named(task) | {"matches": [_match(match) for match in matches]}
                for task, matches in self.removed
            ],
        }
        return json.dumps(report, indent=1) + "\n"


def _named(task: Task) -> dict[str, object]:
    return {
        "hash": task.content_hash(),
        "task": task.id,
        "seed": task.seed,
        "split": task.split.value,
        "instruction": task.instruction,
    }


def _match(match: Match) -> dict[str, object]:
    return {
        "rule": match.rule.value,
        "value": round(match.value, 3),
        "held_out": _named(match.held_out),
    }


def find_contaminated(
    tasks: Sequence[Task],
    held_out: Sequence[Task],
    rules: Rules | None = None,
    embed: Embedder | None = None,
) -> Contamination:
    """Compare tasks that are to be learned from with those that are held out.

    Args:
        tasks: to be learned from.
        held_out: of other splits.
        rules: the limits.
        embed: embedding model of instructions; None leaves the rule "meaning" out.

    Raises:
        DataError: there is nothing on one of the sides, or the embeddings do not fit the texts.
    """
    rules = rules or Rules()
    if not tasks or not held_out:
        raise DataError(
            f"{len(tasks)} tasks and {len(held_out)} held out: both sides need some; name "
            "templates, stores or files that have tasks of these splits"
        )
    index = _Index(held_out, rules)
    cosines: NDArray[np.float64] | None = None
    if embed is not None:
        cosines = _vectors(embed, tasks) @ _vectors(embed, held_out).T
    removed = []
    for number, task in enumerate(tasks):
        found = list(index.matches(task))
        if cosines is not None:
            found += _close(cosines[number], held_out, rules)
        strongest = _strongest(found)
        if strongest:
            removed.append((task, strongest))
    return Contamination(len(tasks), len(held_out), tuple(removed))


def _strongest(matches: Sequence[Match]) -> tuple[Match, ...]:
    best: dict[Rule, Match] = {}
    for match in matches:
        if match.rule not in best or match.value > best[match.rule].value:
            best[match.rule] = match
    return tuple(best[rule] for rule in Rule if rule in best)


def _vectors(embed: Embedder, tasks: Sequence[Task]) -> NDArray[np.float64]:
    """(N, D) vectors of length 1."""
    found = np.asarray(embed([task.instruction for task in tasks]), np.float64)
    if found.ndim != 2 or len(found) != len(tasks) or not np.isfinite(found).all():
        raise DataError(
            f"the embedding model gave an array of shape {found.shape} for {len(tasks)} texts; "
            "expected one finite vector a text"
        )
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12))


def _close(row: NDArray[np.float64], held_out: Sequence[Task], rules: Rules) -> list[Match]:
    best = int(row.argmax())
    if row[best] < rules.cosine:
        return []
    return [Match(Rule.MEANING, float(row[best]), held_out[best])]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The features of a task."""

    runs: Features
    shingles: Features
    structure: Structure


def _look(task: Task, rules: Rules) -> _Seen:
    tokens = words(task.instruction)
    return _Seen(ngrams(tokens, rules.ngram), ngrams(tokens, rules.shingle), structure_of(task))


class _Index:
    """The held-out tasks, ready to be compared with."""

    def __init__(self, held_out: Sequence[Task], rules: Rules) -> None:
        self._tasks, self._rules = held_out, rules
        self._hash = MinHash()
        self._seen = [_look(task, rules) for task in held_out]
        self._runs: Mapping[int, list[int]] = defaultdict(list)
        self._goals: Mapping[Features, list[int]] = defaultdict(list)
        for number, seen in enumerate(self._seen):
            for run in seen.runs:
                self._runs[run].append(number)
            self._goals[seen.structure.exact].append(number)
        self._wording = np.stack([self._hash.sign(seen.shingles) for seen in self._seen])
        self._structure = np.stack([self._signs(seen.structure) for seen in self._seen])

    def _signs(self, structure: Structure) -> NDArray[np.uint32]:
        parts = (structure.documents, structure.checks, structure.solution)
        return np.stack([self._hash.sign(part) for part in parts])  # (3, 128)

    def matches(self, task: Task) -> Iterator[Match]:
        """The held-out tasks that a task is too much like."""
        mine, rules = _look(task, self._rules), self._rules
        for number in {number for run in mine.runs for number in self._runs.get(run, ())}:
            share = containment(self._seen[number].runs, mine.runs)
            yield from self._match(Rule.WORDS, number, share)
        near = (self._wording == self._hash.sign(mine.shingles)).mean(axis=-1)  # (M,)
        for number in np.flatnonzero(near >= rules.jaccard - _SLACK).tolist():
            share = jaccard(self._seen[number].shingles, mine.shingles)
            yield from self._match(Rule.WORDING, number, share)
        near = (self._structure == self._signs(mine.structure)).mean(axis=(-1, -2))  # (M,)
        for number in np.flatnonzero(near >= rules.structure - _SLACK).tolist():
            share = self._seen[number].structure.likeness(mine.structure)
            yield from self._match(Rule.STRUCTURE, number, share)
        if rules.goals and mine.structure.exact:
            for number in self._goals.get(mine.structure.exact, ()):
                yield Match(Rule.GOALS, 1.0, self._tasks[number])

    def _match(self, rule: Rule, number: int, share: float) -> Iterator[Match]:
        held_out = self._tasks[number]
        if share >= self._rules.limit(rule, held_out):
            yield Match(rule, share, held_out)


@dataclass(frozen=True, slots=True)
class ContaminationConfig:
    """What to compare.

    Attributes:
        out: file of the report, JSON.
        tasks: to be learned from.
        held_out: what they are compared with.
        rules: the limits.
        examples: of each rule in the report.
    """

    out: str
    tasks: TaskSource
    held_out: TaskSource
    rules: Rules = field(default_factory=Rules)
    examples: Annotated[int, Field(ge=0)] = 5

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)
