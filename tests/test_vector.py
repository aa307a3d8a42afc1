import math
import os
import signal
import time

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import gym_anything  # noqa: F401  (registers the ids)
from gym_anything import Action
from gym_anything.errors import MachineError
from gym_anything.machine.cpu import process_names
from gym_anything.records import Failure, FailureKind
from gym_anything.vector import DesktopVectorEnv


@pytest.fixture
def pads(memo):
    envs = DesktopVectorEnv(3, app="mousepad", task=memo, machine="fake", render_mode="rgb_array")
    yield envs
    envs.close()


SOLVE = [Action.press("ctrl+end"), Action.type("paid"), Action.press("ctrl+s"), Action.done()]


def test_make_vec_finds_it_and_says_how_it_resets():
    envs = gym.make_vec(
        "gym_anything/Galculator-v0", 2, vectorization_mode="vector_entry_point", machine="fake"
    )
    assert isinstance(envs, DesktopVectorEnv)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    observation, _ = envs.reset(seed=1)
    assert observation["screenshot"] in envs.observation_space["screenshot"]
    envs.step(envs.action_space.sample())
    envs.close()


def test_each_desktop_does_its_own_action(pads):
    first, _ = pads.reset(seed=1)
    actions = [Action.type("paid"), Action.wait(), Action.type("paid")]
    second, rewards, terminated, truncated, infos = pads.step(actions)
    changed = [
        not np.array_equal(first["screenshot"][i], second["screenshot"][i]) for i in range(3)
    ]
    assert changed == [True, False, True]
    assert rewards.tolist() == [0, 0, 0] and not terminated.any() and not truncated.any()
    assert infos["timing"]["total"].shape == (3,) and not infos["invalid"].any()


def test_an_episode_that_ended_is_reset_by_the_next_step(pads):
    pads.reset(seed=1)
    for action in SOLVE:
        _, rewards, terminated, _, infos = pads.step([action, Action.wait(), action])
    assert rewards.tolist() == [1, 0, 1] and terminated.tolist() == [True, False, True]
    assert infos["passed"].tolist() == [True, False, True]
    observation, rewards, terminated, _, _ = pads.step([Action.type("!")] * 3)
    assert rewards.tolist() == [0, 0, 0] and not terminated.any()
    assert not np.array_equal(observation["screenshot"][0], observation["screenshot"][1])


def test_frames_are_written_once_and_are_new_unless_that_is_not_wanted(pads, memo):
    before, _ = pads.reset(seed=1)
    kept = before["screenshot"].copy()
    after = pads.step([Action.type("x")] * 3)[0]
    assert np.array_equal(before["screenshot"], kept)
    assert after["screenshot"].flags.owndata  # no view of something larger, no second copy
    reusing = DesktopVectorEnv(2, copy=False, app="mousepad", task=memo, machine="fake")
    first = reusing.reset(seed=1)[0]["screenshot"]
    assert reusing.step([Action.type("x")] * 2)[0]["screenshot"] is first
    reusing.close()


def test_a_broken_desktop_is_restarted_alone_and_marked(pads):
    pads.reset(seed=1)
    pads.step([Action.type("x")] * 3)
    neighbour = pads.envs[0].session
    pads.envs[1].session.machine.break_with(Failure(FailureKind.APP, "it broke"))
    _, rewards, terminated, truncated, infos = pads.step([Action.wait()] * 3)
    assert math.isnan(rewards[1]) and rewards[0] == rewards[2] == 0
    assert not terminated.any() and not truncated.any()
    assert infos["invalid"].tolist() == [False, True, False]
    assert infos["failure"][1] == "app" and infos["_failure"].tolist() == [False, True, False]
    assert pads.envs[0].session is neighbour
    _, rewards, _, _, infos = pads.step([Action.wait()] * 3)
    assert rewards.tolist() == [0, 0, 0] and "failure" not in infos


def test_a_desktop_that_does_not_come_back_is_an_error(pads, monkeypatch):
    pads.reset(seed=1)
    pads.envs[1].session.machine.break_with(Failure(FailureKind.MACHINE, "it broke"))

    def refuse(*args, **kwargs):
        raise MachineError("no more", kind=FailureKind.START)

    monkeypatch.setattr(pads.envs[1], "reset", refuse)
    with pytest.raises(MachineError, match="no more"):
        pads.step([Action.wait()] * 3)


@pytest.mark.parametrize(
    "actions", [[Action.wait()] * 2, [Action.wait()] * 2 + [Action.click(9999, 1)]]
)
def test_a_wrong_action_is_refused_before_any_desktop_moves(pads, actions):
    before, _ = pads.reset(seed=1)
    moved = [Action.type("x"), *actions[1:]]
    with pytest.raises(ValueError, match="actions are needed|outside"):
        pads.step(moved)
    after = pads.step([Action.wait()] * 3)[0]
    assert np.array_equal(before["screenshot"], after["screenshot"])


def test_seeds_count_up_and_reset_options_reach_all(memo):
    envs = DesktopVectorEnv(3, app="galculator", machine="fake")
    try:
        _, infos = envs.reset(seed=[5, 5, 6], options={"task": "unit-price"})
        seeds = infos["task_seed"].tolist()
        assert seeds[0] == seeds[1] != seeds[2]
        assert set(infos["task"]) == {"galculator/unit-price"}
        with pytest.raises(ValueError, match="one number or 3"):
            envs.reset(seed=[1])
    finally:
        envs.close()


def test_no_desktop_is_no_vector():
    with pytest.raises(ValueError, match="num_envs"):
        DesktopVectorEnv(0, app="galculator")


def test_render_gives_the_last_frame_of_each(pads):
    observation, _ = pads.reset(seed=1)
    assert all(map(np.array_equal, pads.render(), observation["screenshot"]))


# On real machines --------------------------------------------------------------------------------


def test_real_desktops_are_stepped_at_the_same_time_and_one_killed_comes_back():
    envs = DesktopVectorEnv(4, app="galculator")
    try:
        envs.reset(seed=1)
        started = time.perf_counter()
        envs.step([Action.wait(0.5)] * 4)
        assert time.perf_counter() - started < 1.5  # one after the other would take 2
        names = process_names(envs.envs[2].session.machine.pid)
        (victim,) = [pid for pid in names if names[pid] == "galculator"]
        os.kill(victim, signal.SIGKILL)
        infos: dict = {}
        deadline = time.monotonic() + 10
        while "failure" not in infos and time.monotonic() < deadline:
            _, rewards, _, _, infos = envs.step([Action.type("7")] * 4)
        assert infos["failure"][2] == "app" and math.isnan(rewards[2])
        _, rewards, *_ = envs.step([Action.type("7")] * 4)
        assert rewards.tolist() == [0, 0, 0, 0]
    finally:
        envs.close()
