"""Grades: what is good enough to learn from, where grades are kept, and what has none.

The one place that reads and writes them: `Store.grades` and `Store.add_grades`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gym_anything.curation.view import StepKey
from gym_anything.errors import ConfigError, did_you_mean
from gym_anything.records import StepGrade
from gym_anything.store import Episode, Store

GOOD_ABOVE = 5.0  # a step whose grade is higher is worth learning from; 5 itself is borderline
PRIVILEGED, JUDGE, MODEL = "privileged", "judge", "model"
SOURCES = (PRIVILEGED, JUDGE, MODEL)


@dataclass(frozen=True, slots=True)
class NoGrade:
    """A step has no grade: it is counted, and never stands for a number.

    Attributes:
        reason: why, in words that are the same for steps of the same kind.
    """

    reason: str


def is_good(grade: StepGrade) -> bool:
    """Whether a step is worth learning from."""
    return grade.value > GOOD_ABOVE


def read_grades(store: Store, episodes: Sequence[Episode], source: str) -> dict[StepKey, StepGrade]:
    """The grades of a source by episode and step; may be empty."""
    return {
        (episode.id, index): grade
        for episode in episodes
        for index, grade in store.grades(episode, source).items()
    }


def require_grades(
    store: Store, episodes: Sequence[Episode], source: str
) -> dict[StepKey, StepGrade]:
    """The grades of a source by episode and step.

    Raises:
        ConfigError: there are none; names the sources that there are.
    """
    found = read_grades(store, episodes, source)
    if not found:
        known = {grade.source for episode in episodes for grade in store.grades(episode).values()}
        said = did_you_mean("grades", source, known, f" in {store.folder}")
        raise ConfigError(f"{said}; make them: gym-anything grade {store.folder}")
    return found


def write_grades(store: Store, episode: Episode, grades: Mapping[int, StepGrade]) -> None:
    """Keep grades of an episode's steps; those of other sources stay."""
    store.add_grades(episode, grades)
