"""The short form of a recipe: it runs on real calculators, saves what it learnt, loads it again."""

import dataclasses
import json

import cv2
import numpy as np
import pytest

from gym_anything import content
from gym_anything.agent.solution import SolutionAgent
from gym_anything.cli import main
from gym_anything.config import load_toml
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.intents import menu
from gym_anything.rollout import rollout

sb3 = pytest.importorskip("stable_baselines3", reason="pip install 'gym-anything[rl]'")


@pytest.fixture(scope="module")
def recipe():
    return content.load_module(content.find_file("training", "ppo_digits.py"))


@pytest.fixture(scope="module")
def calculator(recipe):
    """The environment that the network plays in."""
    env = recipe.make_env(recipe.DigitsConfig(out="", clicks=3), seed=1)
    yield env
    env.close()


def press(env, info, label):
    number = [name for _, name in info["widgets"]].index(label)
    return env.step(number)


def test_the_recipe_trains_saves_and_loads_again(recipe, calculator, tmp_path, monkeypatch):
    toml = tmp_path / "short.toml"
    toml.write_text(
        f'out = "{tmp_path}/run"\ndesktops = 2\nsteps = 16\nsteps_per_update = 4\nbatch = 4\n'
        "epochs = 1\nepisodes = 4\nclicks = 2\nseed = 3\n"
    )
    monkeypatch.setattr("sys.argv", ["gym-anything", "train", "ppo_digits", str(toml)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    result = json.loads((tmp_path / "run/result.json").read_text())
    assert result["config"]["seed"] == 3 and result["curve"][-1]["steps"] == 16
    for judged in (result["random"], result["learnt"]):
        assert judged["episodes"] == 4 and 0 <= judged["at_once"] <= judged["solved"] <= 1
        assert 1 <= judged["clicks"] <= 2
    assert cv2.imread(str(tmp_path / "run/curve.png")).shape[2] == 3
    model = sb3.PPO.load(tmp_path / "run/model.zip", device="cpu")
    observation, _ = calculator.reset()
    chosen, _ = model.predict(np.asarray(observation), deterministic=True)
    again, _ = sb3.PPO.load(tmp_path / "run/model.zip", device="cpu").predict(
        np.asarray(observation), deterministic=True
    )
    assert 0 <= chosen < recipe.KEYS and chosen == again


def test_the_right_key_ends_the_episode_and_the_calculator_is_used_again(calculator):
    observation, info = calculator.reset(options={"digit": 4})
    assert np.asarray(observation).shape == (2, 84, 84)
    session = calculator.unwrapped.session
    *_, reward, terminated, truncated, info = press(calculator, info, "5")
    assert (reward, terminated, truncated, info["passed"]) == (0.0, False, False, False)
    *_, reward, terminated, _, info = press(calculator, info, "4")  # it shows 54
    assert reward == 0.0 and not terminated
    *_, reward, terminated, truncated, info = press(calculator, info, "AC")
    assert reward == 0.0 and truncated and not terminated
    _, info = calculator.reset(options={"digit": 4})
    *_, reward, terminated, truncated, info = press(calculator, info, "4")
    assert (reward, terminated, truncated) == (1.0, True, False)
    _, info = calculator.reset(options={"digit": 4})  # which the last one left on the display
    *_, reward, terminated, _, info = press(calculator, info, "+")
    assert reward == 0.0 and not terminated
    assert calculator.unwrapped.session is session


def test_a_calculator_that_clearing_does_not_bring_back_is_started_anew(calculator):
    calculator.reset()
    session = calculator.unwrapped.session
    clicks = menu("View", "Scientific Mode", role="radio menu item")  # it has other keys
    agent = SolutionAgent(session.desktop, clicks)
    agent.reset("")
    for _ in clicks:
        calculator.unwrapped.step(agent.act(None))
    calculator.reset()
    assert calculator.unwrapped.session is not session


def test_another_digit_looks_different_and_only_beside_the_calculator(calculator):
    seen = [np.asarray(calculator.reset(options={"digit": digit})[0])[-1] for digit in (3, 8)]
    differs = np.flatnonzero((seen[0] != seen[1]).any(axis=0))
    assert differs.size and differs.max() < 0.24 * 84  # the calculator begins at 153 of 640


@pytest.fixture(scope="module")
def plain(recipe):
    with DesktopEnv("galculator", task=recipe.digit_task(7), screen=recipe.SCREEN) as env:
        yield env


def test_what_is_asked_can_be_done_and_only_as_it_is_meant(recipe, plain):
    task = recipe.digit_task(7)
    ways = {"solution": task.solution, "untouched": ()}
    ways |= {route.name: route.steps for route in (*task.near_misses, *task.variations)}
    right = {"solution", *(route.name for route in task.variations)}
    for name, steps in ways.items():
        trajectory = rollout(
            plain, lambda env, steps=steps: SolutionAgent(env.session.desktop, steps)
        )
        assert trajectory.score.passed == (name in right), name


def test_the_configuration_of_the_repository_loads_and_a_wrong_one_says_what(recipe, tmp_path):
    config = load_toml(content.find_file("configs", "ppo_digits.toml"), recipe.DigitsConfig)
    assert config.desktops == 16 and dataclasses.replace(config, seed=1) != config
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('out = "x"\nstep = 3\n')
    with pytest.raises(ConfigError, match="step: unknown key"):
        load_toml(wrong, recipe.DigitsConfig)
    with pytest.raises(ConfigError, match=r"did you mean 'ppo_digits.py'"):
        content.find_file("training", "ppo_digit.py")
