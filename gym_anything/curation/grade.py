"""Grade: a grade of every step of a store, by one of the graders, kept in the store.

Goes on where it stopped: what has a grade of that name is not graded again. A step that a grader
has no grade for is counted by the reason; there is no default.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from gym_anything.curation.grades import NoGrade, read_grades, write_grades
from gym_anything.curation.privileged import PrivilegedGrader
from gym_anything.curation.view import StepKey, episodes_of
from gym_anything.records import Label, StepGrade
from gym_anything.store import Episode, Store


class Grader(Protocol):
    """Grades the steps of an episode; PrivilegedGrader, JudgeGrader and ModelGrader are such."""

    @property
    def source(self) -> str:
        """Who grades: what its grades are called unless another name is given."""
        ...

    def grade(
        self, store: Store, episode: Episode, skip: frozenset[int] = frozenset()
    ) -> Iterable[tuple[int, StepGrade | NoGrade]]:
        """Index and grade of each step, as they come.

        Args:
            store: that holds it.
            episode: one whose infrastructure did not break.
            skip: steps that need no grade.
        """
        ...


@dataclass(slots=True)
class Graded:
    """Grades of a store, and what has none.

    Attributes:
        grades: by episode and step.
        missing: number of steps without a grade by the reason.
        kept: how many of the grades an earlier run had made.
    """

    grades: dict[StepKey, StepGrade] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    kept: int = 0


def grade_store(
    store: Store,
    grader: Grader,
    *,
    name: str = "",
    again: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Graded:
    """Grade every step of the episodes whose infrastructure did not break.

    Args:
        store: where; the grades of an episode are kept there as soon as it is done, or cut short.
        grader: who.
        name: source of the grades; that of the grader if it is "".
        again: whether to grade also what has a grade.
        report: called with the episodes done and in all.

    Raises:
        DataError: the store is empty or damaged.
        EndpointError, BudgetError: of a judge; what was graded before is kept.
    """
    episodes = episodes_of(store)
    name = name or grader.source
    found = Graded(grades={} if again else read_grades(store, episodes, name))
    found.kept = len(found.grades)
    for number, episode in enumerate(episodes):
        report(number, len(episodes))
        skip = frozenset(i for i in range(episode.steps) if (episode.id, i) in found.grades)
        given: dict[int, StepGrade] = {}
        try:
            for index, grade in _graded(store, episode, grader, skip, found.missing):
                given[index] = replace(grade, source=name)
        finally:
            write_grades(store, episode, given)
        found.grades |= {(episode.id, index): grade for index, grade in given.items()}
    report(len(episodes), len(episodes))
    return found


def _graded(
    store: Store, episode: Episode, grader: Grader, skip: frozenset[int], missing: Counter[str]
) -> Iterable[tuple[int, StepGrade]]:
    """The grades of an episode's steps; those that have none are counted."""
    if episode.score is None:
        missing["the infrastructure broke"] += episode.steps
    elif len(skip) < episode.steps:
        for index, grade in grader.grade(store, episode, skip):
            if isinstance(grade, NoGrade):
                missing[grade.reason] += 1
            elif index not in skip:
                yield index, grade


def privileged_grades(store: Store) -> dict[StepKey, StepGrade]:
    """The truth about the steps of a store, as far as it is known; nothing is kept.

    Raises:
        DataError: the store is empty or damaged.
    """
    episodes = episodes_of(store)
    grader, missing = PrivilegedGrader(store, episodes), Counter[str]()
    return {
        (episode.id, index): grade
        for episode in episodes
        for index, grade in _graded(store, episode, grader, frozenset(), missing)
    }


def labels_of(store: Store) -> dict[StepKey, Label]:
    """What the teachers of a store say that their steps were for."""
    return {
        (episode.id, row["index"]): Label(row["label"])
        for episode in store.episodes(brief=True)
        for row in store.step_rows(episode)
        if row["label"] is not None
    }
