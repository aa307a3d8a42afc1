import math

import numpy as np
import pytest

from gym_anything.learning.ranking import pairs_of, rank_figures


def test_pairs_are_of_one_group_the_better_first_and_far_enough_apart():
    grades, groups = [1.0, 0.0, 0.9, 0.5, 0.0], ["a", "a", "a", "b", "b"]
    found = pairs_of(grades, groups, margin=0.2, per_sample=9, seed=1)
    assert sorted(found) == [(0, 1), (2, 1), (3, 4)]
    many = [float(number) for number in range(20)]
    few = pairs_of(many, ["a"] * 20, margin=0.5, per_sample=3, seed=1)
    assert all(many[better] > many[worse] for better, worse in few)
    assert len(few) == len(set(few)) == 3 * 17 + 2 + 1
    assert few == pairs_of(many, ["a"] * 20, margin=0.5, per_sample=3, seed=1)
    assert few != pairs_of(many, ["a"] * 20, margin=0.5, per_sample=3, seed=2)
    assert pairs_of([1.0, 1.0], ["a", "a"], margin=0.2, per_sample=3, seed=0) == []


def test_rewards_that_order_as_the_grades_do_are_right_whatever_their_scale():
    grades = np.array([0.0, 1.0, 0.5, 1.0])
    found = rank_figures(np.array([-7.0, 30.0, 2.0, 30.0]), grades)
    assert found["pairs"] == 1.0 and found["rank"] == pytest.approx(1.0)
    assert rank_figures(-grades, grades)["pairs"] == 0.0
    assert rank_figures(-grades, grades)["rank"] == pytest.approx(-1.0)
    assert rank_figures(np.zeros(4), grades)["pairs"] == 0.5
    assert rank_figures(grades, grades)["error"] == 0.0
    half = rank_figures(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0, 1.0]))
    assert half["pairs"] == 0.75  # area under the curve: 3 of 4 pairs
    assert math.isnan(rank_figures(np.array([1.0, 2.0]), np.ones(2))["pairs"])
