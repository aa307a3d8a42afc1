import itertools

import numpy as np
import pytest

from gym_anything.curation.agreement import agreement, auc, ranks, spearman
from gym_anything.errors import DataError
from gym_anything.records import Label, StepGrade


def graded(*values):
    """Grades of the steps of an episode, None for a step without one."""
    return {
        ("e", index): StepGrade(value) for index, value in enumerate(values) if value is not None
    }


def test_ranks_of_equal_values_are_the_mean_of_theirs():
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(1)
    good, others = rng.integers(0, 6, 30).astype(float), rng.integers(0, 4, 40).astype(float)
    pairs = [(a > b) + (a == b) / 2 for a, b in itertools.product(good, others)]
    assert auc(good, others) == pytest.approx(np.mean(pairs))
    assert auc(others, good) == pytest.approx(1 - np.mean(pairs))
    assert auc(good, np.array([])) is None


def test_spearman_agrees_with_the_formula_where_no_values_are_equal():
    rng = np.random.default_rng(2)
    one, other = rng.random(25), rng.random(25)
    squares = ((ranks(one) - ranks(other)) ** 2).sum()
    assert spearman(one, other) == pytest.approx(1 - 6 * squares / (25 * (25**2 - 1)))
    assert spearman(one, one**3) == pytest.approx(1.0)
    assert spearman(one, np.ones(25)) is None


def test_a_step_without_a_grade_is_not_kept_and_not_ranked():
    truth = graded(*[10.0] * 6, *[2.0] * 6)
    found = agreement(truth, graded(9, 9, 9, 9, 4, None, 1, 1, 1, 1, 8, None), {})
    assert (found.steps, found.good, found.missing) == (12, 6, 2)
    assert found.precision == pytest.approx(4 / 5) and found.recall == pytest.approx(4 / 6)
    assert found.auc == pytest.approx(((4 * 5) + 4) / 25)
    nothing = agreement(truth, {}, {})
    assert (nothing.precision, nothing.recall, nothing.auc, nothing.spearman) == (
        None,
        0,
        None,
        None,
    )


def test_the_confusion_is_told_by_kind_of_error():
    truth = graded(*[10.0] * 5, *[2.0] * 5)
    labels = {("e", index): Label.RIGHT for index in range(5)}
    labels |= {("e", 5): Label.TYPO, ("e", 6): Label.TYPO, ("e", 7): Label.DETOUR}
    found = agreement(truth, graded(9, 9, 9, 9, 9, 8, 2, 3, 3, None), labels)
    rows = {
        row.kind: (row.steps, row.good, row.kept, row.dropped, row.missing, row.mean)
        for row in found.kinds
    }
    assert rows == {
        "right": (5, 5, 5, 0, 0, 9.0),
        "typo": (2, 0, 1, 1, 0, 5.0),
        "detour": (1, 0, 0, 1, 0, 3.0),
        "(no label)": (2, 0, 0, 1, 1, 3.0),
    }


def test_too_few_steps_are_an_error_that_says_how_to_get_more():
    truth = graded(*[10.0] * 20, *[2.0] * 4)
    with pytest.raises(DataError, match=r"20 good and 4 other steps.*noisy-0\.3"):
        agreement(truth, truth, {})
