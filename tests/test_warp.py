"""settle="warp": an application whose clock runs faster, so that its timers end with the step."""

import numpy as np
import pytest

from gym_anything.env import DesktopEnv
from gym_anything.pool import Key
from gym_anything.records import Action


def test_a_flash_that_ends_by_a_timer_has_ended_when_the_step_returns():
    with DesktopEnv("galculator", settle="warp", warm=False) as env:
        env.reset(seed=0)
        for key in ("7", "8", "9"):
            frame = env.step(Action.press(key))[0]["screenshot"]
            assert np.array_equal(frame, env.step(Action.wait(0.5))[0]["screenshot"])


def test_a_key_that_comes_again_at_once_counts_each_time():
    with DesktopEnv("galculator", settle="warp", warm=False, task="invoice-total") as env:
        env.reset(seed=0)
        env.step(Action.type("7777777"))
        display = next(node for node in env.session.desktop.accessibility(text=True) if node.text)
        assert display.text.splitlines()[0] == "7777777"


def test_a_key_is_given_the_time_of_timers_that_run_faster():
    with DesktopEnv("libreoffice_calc", settle="warp", warm=False) as env:
        env.reset(seed=0)
        for key in ("down", "right", "up"):
            observation, _, _, _, info = env.step(Action.press(key))
            assert info["settle"]["waited_ms"] >= env.app.timers.warp_ms > 0
            later = env.step(Action.wait(0.5))[0]["screenshot"]
            assert np.array_equal(observation["screenshot"], later)


def test_an_application_that_does_not_bear_it_is_refused():
    with pytest.raises(ValueError, match="Mousepad offers no settle='warp'"):
        DesktopEnv("mousepad", settle="warp")


def test_the_pool_keeps_the_two_clocks_apart():
    plain = Key(("galculator",), "local", (1280, 720))
    assert plain != Key(("galculator",), "local", (1280, 720), warp=True)
