"""That figures are measured at all; how large they are is for benchmarks, not for tests."""

import json

import pytest
from typer.testing import CliRunner

from gym_anything import speed
from gym_anything.cli import cli
from gym_anything.errors import ConfigError
from gym_anything.premature import measure_premature
from gym_anything.speed import Figure
from gym_anything.throughput import (
    measure_crowd,
    measure_resets,
    measure_steps,
    measure_warm_resets,
)


def quiet(done, total, what):
    pass


def test_speed_prints_every_figure_beside_the_usual_way_as_one_object():
    result = CliRunner().invoke(cli, ["speed", "--repeat", "3", "--json"])
    assert result.exit_code == 0, result.output
    figures = {figure["what"]: figure for figure in json.loads(result.stdout)["figures"]}
    assert len(figures) == 12 and all(figure["median"] > 0 for figure in figures.values())
    usual = figures["the usual way, same click, without its sleep"]["median"]
    ours = figures["galculator click, settled"]["median"]
    ratio = figures["the usual way without its sleep, against ours"]["median"]
    assert ratio == pytest.approx(usual / ours)


@pytest.mark.parametrize(
    ("median", "relation", "reached"),
    [(1.0, "<=", True), (3.0, "<=", False), (3.0, ">=", True), (1.0, ">=", False)],
)
def test_a_figure_says_whether_its_bound_is_reached(median, relation, reached):
    assert Figure("x", median, None, "ms", 1, 2.0, relation).reached is reached
    assert Figure("x", median, None, "ms", 1).reached is None


def test_without_pyautogui_the_package_is_named(monkeypatch):
    monkeypatch.setattr(speed, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"gym-anything\[speed\]"):
        speed.measure(1, quiet)


def test_frames_that_still_change_are_counted_and_others_are_not(monkeypatch):
    rates = measure_premature(1, 2, "safe", quiet, ["mousepad"])
    assert {(rate.desktops, rate.kind) for rate in rates} == {
        (desktops, kind) for desktops in (1, 2) for kind in ("key", "click", "menu", "dialog")
    }
    assert all(0 <= rate.premature <= rate.count for rate in rates)
    blind = speed.DesktopEnv._observe
    seen = []

    def early(env, frame=None):
        observation = blind(env, frame)
        if seen:
            observation["screenshot"] = observation["screenshot"] // 2
        seen.append(1)
        return observation

    monkeypatch.setattr(speed.DesktopEnv, "_observe", early)
    rates = measure_premature(1, 1, "safe", quiet, ["galculator"])
    assert all(rate.premature == rate.count for rate in rates)


def test_steps_and_resets_of_many_are_counted():
    assert measure_steps("galculator", 2, 0.5) > 0
    assert measure_resets("galculator", 0.5) > 0
    assert len(measure_warm_resets("galculator", 2)) == 2


def test_a_crowd_steps_at_its_pace_and_is_counted_at_the_end():
    found = measure_crowd("galculator", 3, 1.0, interval_sec=0.5)
    assert (found.desktops, found.alive, found.steps) == (3, 3, 6)
    assert found.pss_mb > 5 and found.step_ms > 0 and found.late_ms >= 0
