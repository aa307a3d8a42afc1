import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import gym_anything  # noqa: F401  (registers the ids)
from gym_anything import Action
from gym_anything.env import DesktopEnv
from gym_anything.wrappers import EXTRAS, GridActions, Pixels, WidgetActions, small_pixels

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*is different from the unwrapped version.*"),
    pytest.mark.filterwarnings("ignore:.*Box action spaces.*"),
]


@pytest.fixture
def pad(memo):
    env = DesktopEnv("mousepad", task=memo, machine="fake", screen=(320, 200))
    yield env
    env.close()


@pytest.mark.parametrize(
    "wrap",
    [
        Pixels,
        lambda env: small_pixels(GridActions(env, 8, 5)),
        lambda env: small_pixels(WidgetActions(env, 4), grey=False, stack=1, size=(50, 80)),
        lambda env: GridActions(Pixels(env), 3, 2, extras=()),
    ],
)
def test_check_env_passes_for_every_wrapper(memo, wrap):
    env = gym.make("gym_anything/Mousepad-v0", machine="fake", task=memo, screen=(320, 200))
    try:
        check_env(wrap(env), skip_render_check=True)
    finally:
        env.close()


def test_small_pixels_are_grey_resized_and_stacked(pad):
    env = small_pixels(pad)
    assert env.observation_space.shape == (4, 84, 84)
    observation, _ = env.reset(seed=1)
    assert observation.shape == (4, 84, 84) and observation.dtype == np.uint8
    before = observation[-1].copy()
    observation, *_ = env.step(Action.type("A long line of text"))
    assert (observation[-2] == before).all() and (observation[-1] != before).any()


def test_the_cells_of_a_grid_cover_the_screen_row_by_row(pad):
    env = GridActions(pad, 4, 2)
    assert env.action_space.n == 8 + len(EXTRAS)
    assert [action.point for action in env.actions[:5]] == [
        *((40, 50), (120, 50), (200, 50), (280, 50), (40, 150))
    ]
    assert env.action(env.action_space.n - 1) == Action.done()
    with pytest.raises(ValueError, match="action must be 0 to 19, got 20"):
        env.action(20)
    with pytest.raises(ValueError, match="does not fit 320x200"):
        GridActions(pad, 321, 2)


def test_a_widget_is_clicked_by_its_number_and_numbers_without_one_only_wait(pad, memo):
    env = WidgetActions(pad, most=3, extras=(Action.type("paid"), Action.done()))
    _, info = env.reset(seed=1)
    assert info["widgets"] == (("push button", "Save"), ("text", ""))
    assert info["action_mask"].tolist() == [1, 1, 1, 1, 0]
    env.step(4)
    env.step(0)
    env.step(2)  # Save
    *_, terminated, _, info = env.step(1)
    assert terminated and info["passed"]
    with pytest.raises(ValueError, match="action must be 0 to 4, got 5"):
        env.step(5)


def test_only_widgets_of_the_roles_that_are_asked_for_are_offered(pad):
    env = WidgetActions(pad, most=3, extras=(), roles=frozenset({"text"}))
    _, info = env.reset(seed=1)
    assert info["widgets"] == (("text", ""),) and info["action_mask"].tolist() == [1, 0, 0]


def test_what_is_no_desktop_is_refused():
    with pytest.raises(ValueError, match="a DesktopEnv is needed"):
        GridActions(gym.make("CartPole-v1"))
