"""Step model: grades from a trained step reward model. The model itself comes from learning.

Source: the step reward model (StepRM) of WebSTAR, arXiv 2512.10962.

    register_scorer("tiny", load_tiny)                     # a function of the model's folder
    gym-anything grade runs/data --source model --model tiny=runs/step_rm
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeAlias

from gym_anything.curation.grades import MODEL, NoGrade
from gym_anything.curation.view import StepView, view_steps
from gym_anything.errors import ConfigError, DataError, did_you_mean
from gym_anything.records import StepGrade
from gym_anything.store import Episode, Store


class StepScorer(Protocol):
    """Scores steps; it sees what a `StepView` has and nothing else.

    class Middling:
        name = "middling"

        def __call__(self, views):
            return [5.0 for _ in views]
    """

    @property
    def name(self) -> str:
        """Which model it is, for the reasons of its grades."""
        ...

    def __call__(self, views: Sequence[StepView]) -> Sequence[float]:
        """A grade 0 to 10 of each step, in order."""
        ...


LoadScorer: TypeAlias = Callable[[Path], StepScorer]
_SCORERS: dict[str, LoadScorer] = {}


def register_scorer(kind: str, load: LoadScorer) -> None:
    """Give a kind of step reward model a name.

    Raises:
        ValueError: another kind has it.
    """
    if _SCORERS.setdefault(kind, load) is not load:
        raise ValueError(f"there is a step reward model {kind!r} already")


def load_scorer(spec: str) -> StepScorer:
    """The model of "<kind>=<folder>".

    Raises:
        ConfigError: not of that form, no such kind, or no such folder.
    """
    kind, equals, folder = spec.partition("=")
    if not equals:
        raise ConfigError(f"a step reward model is given as KIND=FOLDER, got {spec!r}")
    if kind not in _SCORERS:
        raise ConfigError(did_you_mean("step reward model", kind, _SCORERS))
    if not Path(folder).exists():
        raise ConfigError(f"no step reward model in {folder}: no such folder")
    return _SCORERS[kind](Path(folder))


class ModelGrader:
    """Grades the episodes of a store by a step reward model.

    Args:
        scorer: the model.
        batch: steps that it is handed at once.
        screens: how many of the last screens it sees.
    """

    source = MODEL

    def __init__(self, scorer: StepScorer, batch: int = 8, screens: int = 2) -> None:
        self._scorer, self._batch, self._screens = scorer, batch, screens

    def grade(
        self, store: Store, episode: Episode, skip: frozenset[int] = frozenset()
    ) -> Iterator[tuple[int, StepGrade | NoGrade]]:
        """Index and grade of each step, as they come.

        Args:
            store: that holds it.
            episode: which.
            skip: steps that are not to be graded.

        Raises:
            DataError: the episode is damaged, or the model gave what is no grade.
        """
        views = view_steps(store, episode, self._screens, skip)
        while batch := list(islice(views, self._batch)):
            values = list(self._scorer(batch))
            if len(values) != len(batch):
                raise DataError(
                    f"{self._scorer.name} gave {len(values)} grades of {len(batch)} steps"
                )
            for view, value in zip(batch, values, strict=True):
                yield view.index, self._checked(view, float(value))

    def _checked(self, view: StepView, value: float) -> StepGrade:
        if not (math.isfinite(value) and 0.0 <= value <= 10.0):
            raise DataError(
                f"{self._scorer.name} gave {value!r} for step {view.index} of episode "
                f"{view.episode}; a grade is 0 to 10"
            )
        return StepGrade(value, f"by {self._scorer.name}", MODEL)
