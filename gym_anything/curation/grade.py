"""Grade: a grade of every step of a store, by one of the graders, put beside the store.

Goes on where it stopped: what has a grade of that name is not graded again. A step that a grader
has no grade for is counted by the reason; there is no default.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from gym_anything.curation.beside import has_grades, read_grades, write_grades
from gym_anything.curation.privileged import NoGrade, PrivilegedGrader
from gym_anything.curation.view import StepKey, episodes_of
from gym_anything.records import GradeSource, Label, StepGrade
from gym_anything.store import Episode, Store

FLUSH_EPISODES = 20  # so much is lost if a run is killed


class Grader(Protocol):
    """Grades the steps of an episode; PrivilegedGrader, JudgeGrader and ModelGrader are such."""

    @property
    def source(self) -> GradeSource:
        """Who grades."""
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
        store: where; the grades are written beside it, whatever ends the run.
        grader: who.
        name: of the grades; that of the source if it is "".
        again: whether to grade also what has a grade.
        report: called with the episodes done and in all.

    Raises:
        DataError: the store is empty or damaged.
        EndpointError, BudgetError: of a judge; what was graded before is written.
        ConfigError: the name is no file name.
    """
    episodes = episodes_of(store)
    name = name or grader.source.value
    found = Graded()
    if not again and has_grades(store.folder, name):
        found.grades = read_grades(store.folder, name)
        found.kept = len(found.grades)
    known: dict[str, set[int]] = {}
    for episode_id, index in found.grades:
        known.setdefault(episode_id, set()).add(index)
    try:
        for number, episode in enumerate(episodes):
            report(number, len(episodes))
            _grade_episode(store, episode, grader, frozenset(known.get(episode.id, ())), found)
            if number % FLUSH_EPISODES == FLUSH_EPISODES - 1:
                write_grades(store.folder, name, found.grades)
    finally:
        write_grades(store.folder, name, found.grades)
    report(len(episodes), len(episodes))
    return found


def _grade_episode(
    store: Store, episode: Episode, grader: Grader, skip: frozenset[int], found: Graded
) -> None:
    if episode.score is None:
        found.missing["the infrastructure broke"] += episode.steps
        return
    if len(skip) == episode.steps:
        return
    for index, grade in grader.grade(store, episode, skip):
        if isinstance(grade, NoGrade):
            found.missing[grade.reason] += 1
        else:
            found.grades[episode.id, index] = grade


def privileged_grades(store: Store) -> dict[StepKey, StepGrade]:
    """The truth about the steps of a store, as far as it is known; nothing is written.

    Raises:
        DataError: the store is empty or damaged.
    """
    episodes = episodes_of(store)
    grader, found = PrivilegedGrader(store, episodes), Graded()
    for episode in episodes:
        _grade_episode(store, episode, grader, frozenset(), found)
    return found.grades


def labels_of(store: Store) -> dict[StepKey, Label]:
    """What the teachers of a store say that their steps were for."""
    return {
        (episode.id, row["index"]): Label(row["label"])
        for episode in store.episodes(brief=True)
        for row in store.step_rows(episode)
        if row["label"] is not None
    }
