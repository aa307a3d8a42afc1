"""Agreement: how well one source's grades say what another's say, which is taken for the truth.

A step is *good* if its grade is above the middle (`grades.GOOD_ABOVE`). A source that has no grade
for a step would not have it learned from: it counts as not kept for precision and recall, and is
left out where values are compared (AUC, Spearman).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gym_anything.curation.grades import is_good
from gym_anything.curation.view import StepKey
from gym_anything.errors import DataError
from gym_anything.records import Label, StepGrade

FEWEST = 5  # good steps, and as many others, below which figures would mean nothing


@dataclass(frozen=True, slots=True)
class KindRow:
    """Steps of one kind, as the teacher's labels have it.

    Attributes:
        kind: the label, or "(no label)".
        steps: how many.
        good: how many are good in truth.
        kept: how many the source takes for good.
        dropped: how many it takes for not good.
        missing: how many it has no grade for.
        mean: mean of its grades, None if it has none.
    """

    kind: str
    steps: int
    good: int
    kept: int
    dropped: int
    missing: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well grades agree with the truth.

    Attributes:
        steps: steps of which the truth is known.
        good: good ones among them.
        missing: steps among them that the source has no grade for.
        precision: share of good ones among those it keeps, None if it keeps none.
        recall: share of the good ones that it keeps.
        auc: probability that a good step has a higher grade than another (ties count half),
            None if all that it graded are of one sort.
        spearman: correlation of the ranks of both sources' grades, None if one of them is constant.
        kinds: the same by kind of error.
    """

    steps: int
    good: int
    missing: int
    precision: float | None
    recall: float
    auc: float | None
    spearman: float | None
    kinds: tuple[KindRow, ...]


def agreement(
    truth: Mapping[StepKey, StepGrade],
    grades: Mapping[StepKey, StepGrade],
    labels: Mapping[StepKey, Label],
) -> Agreement:
    """Compare grades with the truth.

    Args:
        truth: by step.
        grades: by step.
        labels: what a teacher says the steps were for, where it says so.

    Raises:
        DataError: too few good or too few other steps are known.
    """
    keys = list(truth)
    good = np.array([is_good(truth[key]) for key in keys], bool)
    enough = min(int(good.sum()), int((~good).sum()))
    if enough < FEWEST:
        raise DataError(
            f"the truth is known of {int(good.sum())} good and {int((~good).sum())} other steps; "
            f"at least {FEWEST} of each are needed: collect episodes of a teacher that errs "
            "(agents = ['noisy-0.3'])"
        )
    has = np.array([key in grades for key in keys], bool)
    kept = np.array([key in grades and is_good(grades[key]) for key in keys], bool)
    true = np.array([truth[key].value for key in keys])
    values = np.array([grades[key].value if key in grades else np.nan for key in keys])
    hits = int((good & kept).sum())
    return Agreement(
        steps=len(keys),
        good=int(good.sum()),
        missing=int((~has).sum()),
        precision=hits / int(kept.sum()) if kept.any() else None,
        recall=hits / int(good.sum()),
        auc=auc(values[has & good], values[has & ~good]),
        spearman=spearman(true[has], values[has]),
        kinds=_kinds(keys, truth, grades, labels),
    )


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) ranks from 1; equal values share the mean of theirs."""
    order = np.sort(values)
    below = np.searchsorted(order, values, "left")
    upto = np.searchsorted(order, values, "right")
    return np.asarray((below + upto + 1) / 2, np.float64)


def auc(good: NDArray[np.float64], others: NDArray[np.float64]) -> float | None:
    """Area under the ROC curve, from ranks (the U statistic of Mann and Whitney)."""
    if not len(good) or not len(others):
        return None
    above = (
        ranks(np.concatenate([good, others]))[: len(good)].sum() - len(good) * (len(good) + 1) / 2
    )
    return float(above / (len(good) * len(others)))


def spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    """Spearman's correlation of ranks, None where one side is constant."""
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def _kinds(
    keys: Sequence[StepKey],
    truth: Mapping[StepKey, StepGrade],
    grades: Mapping[StepKey, StepGrade],
    labels: Mapping[StepKey, Label],
) -> tuple[KindRow, ...]:
    groups: dict[str, list[StepKey]] = {label.value: [] for label in Label}
    for key in keys:
        kind = labels[key].value if key in labels else "(no label)"
        groups.setdefault(kind, []).append(key)
    rows = []
    for kind, members in groups.items():
        given = [grades[key] for key in members if key in grades]
        kept = sum(map(is_good, given))
        rows.append(
            KindRow(
                kind=kind,
                steps=len(members),
                good=sum(is_good(truth[key]) for key in members),
                kept=kept,
                dropped=len(given) - kept,
                missing=len(members) - len(given),
                mean=float(np.mean([grade.value for grade in given])) if given else None,
            )
        )
    return tuple(row for row in rows if row.steps)
