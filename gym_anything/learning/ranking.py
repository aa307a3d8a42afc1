"""Ranking: how well numbers order steps as their grades do, and pairs to learn that from.

No torch here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def pairs_of(
    grades: Sequence[float],
    groups: Sequence[Hashable],
    *,
    margin: float,
    per_sample: int,
    seed: int,
) -> list[tuple[int, int]]:
    """Pairs of steps of the same group of which the first has the higher grade.

    Args:
        grades: of the steps.
        groups: what they belong to, such as their task.
        margin: least difference of the grades.
        per_sample: pairs that a step is the better one of at most, drawn without repetition.
        seed: of the draws.

    Returns:
        (number of the better, number of the worse), those of a group together.
    """
    rng = np.random.default_rng(seed)
    members: dict[Hashable, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        members[group].append(number)
    found = []
    for numbers in members.values():
        for better in numbers:
            worse = [other for other in numbers if grades[better] - grades[other] >= margin]
            if worse:
                chosen = rng.permutation(len(worse))[:per_sample]
                found += [(better, worse[at]) for at in chosen]
    return found


def rank_figures(rewards: NDArray[np.floating], grades: NDArray[np.floating]) -> dict[str, float]:
    """How well rewards agree with grades.

    Returns:
        "pairs": share of the pairs of different grades that the rewards order rightly, a tie
        counting half (for two grades this is the area under the ROC curve); "rank": Spearman's
        correlation; "error": root of the mean squared error. "pairs" and "rank" are NaN if all
        grades are the same.
    """
    rewards, grades = np.asarray(rewards, float), np.asarray(grades, float)
    higher = grades[:, None] > grades[None, :]
    right = (rewards[:, None] > rewards[None, :]) + 0.5 * (rewards[:, None] == rewards[None, :])
    count = int(higher.sum())
    return {
        "pairs": float(right[higher].mean()) if count else float("nan"),
        "rank": _correlation(_ranks(rewards), _ranks(grades)),
        "error": float(np.sqrt(np.mean((rewards - grades) ** 2))),
    }


def _ranks(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Ranks from 0; equal values share the mean of theirs."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: NDArray[np.floating] = (ends - (counts + 1) / 2)[where]
    return means


def _correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / size if size else float("nan")
