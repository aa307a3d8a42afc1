import json
import os
import signal
import time

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import gym_anything  # noqa: F401  (registers the ids)
from gym_anything import Action
from gym_anything.action.space import to_element
from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import AppError, MachineError, TaskError
from gym_anything.machine.cpu import process_names
from gym_anything.records import Failure, FailureKind, Stop
from gym_anything.registration import ids
from gym_anything.rollout import rollout

APPS = ("Galculator", "Mousepad", "LibreOfficeCalc")


@pytest.fixture
def pad(memo):
    """An env on the fake machine."""
    env = DesktopEnv("mousepad", task=memo, machine="fake", render_mode="rgb_array")
    yield env
    env.close()


def solve(env, **options):
    env.reset(seed=1, **options)
    for action in (Action.press("ctrl+end"), Action.type("paid"), Action.press("ctrl+s")):
        outcome = env.step(action)
    return outcome


# The contract of Gymnasium -----------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.*Box action spaces.*")
@pytest.mark.filterwarnings("ignore:.*is different from the unwrapped version.*")
@pytest.mark.parametrize("env_id", [f"gym_anything/{app}-v0" for app in APPS])
def test_check_env_passes_for_every_application(env_id):
    env = gym.make(env_id, render_mode="rgb_array")
    try:
        check_env(env.unwrapped)
    finally:
        env.close()


@pytest.mark.filterwarnings("ignore:.*Box action spaces.*")
@pytest.mark.filterwarnings("ignore:.*is different from the unwrapped version.*")
@pytest.mark.parametrize("env_id", ids())
def test_check_env_passes_for_every_id_with_wrappers_and_a_tree(env_id, memo):
    options = {"task": memo} if "Mousepad" in env_id else {}
    env = gym.make(env_id, machine="fake", accessibility=True, render_mode="rgb_array", **options)
    env = gym.wrappers.TimeLimit(gym.wrappers.RecordEpisodeStatistics(env), 5)
    try:
        check_env(env)
    finally:
        env.close()


def test_every_application_has_an_id_for_any_level_and_one_a_level():
    assert {f"gym_anything/{app}{level}-v0" for app in APPS for level in ("", "-L1")} <= set(ids())


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_make_vec_steps_several_with_their_instructions(mode):
    envs = gym.make_vec("gym_anything/Galculator-v0", num_envs=2, vectorization_mode=mode)
    try:
        observation, _ = envs.reset(seed=3)
        assert observation["screenshot"].shape == (2, 720, 1280, 3)
        with DesktopEnv("galculator") as single:
            alone, _ = single.reset(seed=3)
        assert observation["instruction"][0] == alone["instruction"]
        assert observation["instruction"][1] != observation["instruction"][0]
        element = to_element(Action.type("7"))
        batch = {key: [element[key]] * 2 for key in element}
        actions = {k: v if k == "text" else np.array(v) for k, v in batch.items()}
        _, reward, terminated, _, infos = envs.step(actions)
        assert reward.tolist() == [0, 0] and not terminated.any()
        assert (infos["timing"]["total"] > 0).all()
    finally:
        envs.close()


def test_record_video_writes_a_film(tmp_path, pad):
    env = gym.wrappers.RecordVideo(pad, str(tmp_path / "film"), episode_trigger=lambda _: True)
    solve(env)
    env.step(Action.done())
    env.close()
    assert [path.suffix for path in (tmp_path / "film").iterdir()] == [".mp4"]


def test_the_space_and_the_constructors_mean_the_same(pad):
    pad.reset(seed=1)
    by_action = pad.step(Action.type("paid"))[0]["screenshot"]
    pad.reset(seed=1)
    by_element = pad.step(to_element(Action.type("paid")))[0]["screenshot"]
    assert np.array_equal(by_action, by_element)


# Seeds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["galculator", "mousepad", "libreoffice_calc"])
def test_the_same_seed_gives_the_same_task_files_and_instruction(app):
    seen = []
    with DesktopEnv(app, machine="fake") as env:
        for seed in (5, 6, 7, 8, 5):
            observation, info = env.reset(seed=seed)
            files = {path: env.session.home.read_bytes(path) for path in env.session.home.walk()}
            seen.append((env.task, files, observation["instruction"], info["task_seed"]))
    assert seen[0] == seen[-1]
    assert len({instruction for _, _, instruction, _ in seen}) == 4


def test_the_same_seed_gives_the_same_first_frame():
    with DesktopEnv("galculator") as env:
        frames = [env.reset(seed=2)[0]["screenshot"] for _ in range(2)]
    assert np.array_equal(*frames)


def test_a_reset_without_a_seed_draws_on():
    with DesktopEnv("galculator", machine="fake") as env:
        seeds = [
            env.reset(seed=1)[1]["task_seed"],
            *(env.reset()[1]["task_seed"] for _ in range(3)),
        ]
    assert len(set(seeds)) == 4


# Reward and end ----------------------------------------------------------------------------------


def test_sparse_pays_the_score_at_the_end(pad):
    _, reward, terminated, truncated, info = solve(pad)
    assert (reward, terminated, truncated) == (0.0, False, False) and "score" not in info
    _, reward, terminated, truncated, info = pad.step(Action.done())
    assert (reward, terminated, truncated, info["passed"]) == (1.0, True, False, True)
    assert [check.passed for check in info["checks"]] == [True, True]


def test_progress_pays_the_change_at_each_step_and_sums_to_the_score(memo):
    with DesktopEnv("mousepad", task=memo, machine="fake", reward="progress") as env:
        env.reset(seed=1)
        actions = [Action.type("paid"), Action.press("ctrl+s"), Action.type("!"), Action.done()]
        rewards = [env.step(action)[1] for action in actions]
    assert rewards == [0.0, 1.0, 0.0, 0.0]


def test_destruction_takes_the_progress_back(memo):
    with DesktopEnv("mousepad", task=memo, machine="fake", reward="progress") as env:
        _, reward, _, _, info = solve(env)
        assert (reward, info["score"]) == (1.0, 1.0)
        for _ in range(2):
            (env.session.home.root / "Documents" / "memo.txt").write_text("Müller: paid")
            _, reward, _, _, info = env.step(Action.wait())
        assert (reward, info["score"]) == (0.0, 0.0)


def test_an_episode_is_cut_off_after_the_tasks_steps_and_then_judged(pad):
    pad.reset(seed=1)
    outcomes = [pad.step(Action.wait()) for _ in range(6)]
    assert [truncated for *_, truncated, _ in outcomes] == [False] * 5 + [True]
    assert outcomes[-1][-1]["passed"] is False


def test_max_steps_of_the_user_goes_over_that_of_the_task(memo):
    with DesktopEnv("mousepad", task=memo, machine="fake", max_steps=1) as env:
        env.reset(seed=1)
        assert env.step(Action.wait())[3] is True


@pytest.mark.parametrize("ending", [Action.done(), Action.answer("x"), Action.give_up()])
def test_every_ending_verb_terminates(pad, ending):
    pad.reset(seed=1)
    _, reward, terminated, truncated, info = pad.step(ending)
    assert (reward, terminated, truncated, info["passed"]) == (0.0, True, False, False)


def test_info_shows_what_a_step_cost_and_how_it_settled():
    with DesktopEnv("galculator") as env:
        env.reset(seed=1)
        info = env.step(Action.type("7"))[-1]
    assert info["settle"]["end"] == "quiet" and info["settle"]["damage"] > 0
    timing = info["timing"]
    assert set(timing) == {"input", "settle", "observe", "verify", "total"}
    parts = sum(value for key, value in timing.items() if key != "total")
    assert timing["total"] == pytest.approx(parts, abs=0.5)


def test_nothing_privileged_is_in_observation_or_info(pad):
    observation, info = pad.reset(seed=1)
    info = info | pad.step(Action.wait())[-1]
    assert "text.contains" not in json.dumps(info, default=str)
    assert set(observation) == {"screenshot", "instruction"}


def test_the_tree_is_observed_when_it_is_wanted():
    with DesktopEnv("galculator", accessibility=True) as env:
        observation, _ = env.reset(seed=1)
    assert 'toggle button "7"' in observation["accessibility"]
    assert observation in env.observation_space


def test_render_gives_the_last_frame(pad):
    observation, _ = pad.reset(seed=1)
    assert np.array_equal(pad.render(), observation["screenshot"])


# Bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"level": 5}, TaskError, "no level 5 in galculator; did you mean 1"),
        ({"task": "invoice-totl"}, TaskError, "did you mean 'invoice-total'"),
        ({"task": "mousepad/rename-client"}, TaskError, "not of galculator"),
        ({"split": "trian"}, TaskError, "did you mean 'train'"),
        ({"reward": "dense"}, ValueError, "no reward 'dense'"),
        ({"settle": "save"}, ValueError, "did you mean 'safe'"),
        ({"render_mode": "human"}, ValueError, "no render_mode 'human'"),
        ({"max_steps": 0}, ValueError, "max_steps"),
    ],
)
def test_wrong_options_are_refused_at_make_with_the_nearest_name(options, error, says):
    with pytest.raises(error) as caught:
        DesktopEnv("galculator", **options)
    assert says in str(caught.value)


def test_an_unknown_application_or_machine_is_answered_with_the_nearest():
    with pytest.raises(AppError, match="did you mean 'galculator'"):
        DesktopEnv("galculater")
    with (
        DesktopEnv("galculator", machine="loca") as env,
        pytest.raises(ValueError, match="'local'"),
    ):
        env.reset()


def test_gymnasium_itself_says_did_you_mean():
    with pytest.raises(gym.error.NameNotFound, match="Did you mean: `Galculator`"):
        gym.make("gym_anything/Galculater-v0")


def test_reset_options_choose_the_task_and_unknown_ones_are_refused():
    with DesktopEnv("galculator", machine="fake") as env:
        _, info = env.reset(seed=1, options={"task": "unit-price", "task_seed": 42})
        assert (info["task"], info["task_seed"]) == ("galculator/unit-price", 42)
        _, info = env.reset(seed=1, options={"split": "test"})
        assert info["split"] == "test"
        with pytest.raises(ValueError, match="did you mean 'level'"):
            env.reset(options={"levle": 1})


def test_a_wrong_action_is_refused_before_anything_is_sent():
    with DesktopEnv("galculator") as env:
        observation, _ = env.reset(seed=1)
        wrong = to_element(Action.click(5, 5)) | {"point": np.array([5000, 5])}
        for action in (Action.click(1280, 5), wrong, {"verb": 1}):
            with pytest.raises(ValueError, match="outside|missing"):
                env.step(action)
        assert np.array_equal(env.step(Action.wait())[0]["screenshot"], observation["screenshot"])


def test_a_step_before_reset_is_refused():
    with pytest.raises(gym.error.ResetNeeded):
        DesktopEnv("galculator").step(Action.wait())


def test_an_application_that_is_not_installed_names_the_command(monkeypatch):
    monkeypatch.setattr("gym_anything.app.App.installed", property(lambda self: False))
    with DesktopEnv("galculator") as env, pytest.raises(AppError, match="install galculator"):
        env.reset()


# What breaks -------------------------------------------------------------------------------------


def kill(env, name):
    names = process_names(env.session.machine.pid)
    os.kill(next(pid for pid in names if names[pid] == name), signal.SIGKILL)


@pytest.mark.parametrize(
    ("victim", "kind"),
    [
        ("galculator", FailureKind.APP),
        ("Xvfb", FailureKind.DISPLAY),
        ("bwrap", FailureKind.MACHINE),
    ],
)
def test_what_dies_is_a_machine_error_of_its_kind_and_is_cleaned_up(victim, kind):
    with DesktopEnv("galculator") as env:
        env.reset(seed=1)
        folder = env.session.machine.home.parent
        kill(env, victim)
        with pytest.raises(MachineError) as caught:
            step_until_broken(env)
        assert caught.value.kind == kind
        assert not folder.exists()
        with pytest.raises(gym.error.ResetNeeded):
            env.step(Action.wait())
        env.reset(seed=1)  # and it goes on
        env.step(Action.wait())


def step_until_broken(env):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        env.step(Action.wait())


def test_quitting_the_application_is_no_failure():
    with DesktopEnv("galculator") as env:
        env.reset(seed=1)
        env.step(Action.press("ctrl+q"))
        _, reward, terminated, _, info = env.step(Action.done())
    assert (reward, terminated, info["passed"]) == (0.0, True, False)


def test_an_application_that_ends_at_once_is_an_error_with_its_last_words(
    memo, monkeypatch, own_folders
):
    says = ("sh", "-c", "echo no licence >&2; exit 3")
    monkeypatch.setattr("gym_anything.app.App.command", lambda self, documents: says)
    before = own_folders()
    with DesktopEnv("mousepad", task=memo) as env, pytest.raises(MachineError) as caught:
        env.reset()
    assert "status 3" in str(caught.value) and "no licence" in str(caught.value)
    assert caught.value.kind == FailureKind.START
    assert own_folders() == before


def test_a_broken_machine_is_a_failure_on_the_trajectory_and_no_score(pad, memo):
    def breaking(env):
        env.session.machine.break_with(Failure(FailureKind.APP, "it broke"))
        return SolutionAgent(env.session.desktop, memo.solution)

    trajectory = rollout(pad, breaking)
    assert trajectory.stop is Stop.FAILURE and trajectory.score is None
    assert trajectory.failure.kind is FailureKind.APP


def test_a_rollout_records_what_happened(pad, memo):
    trajectory = rollout(
        pad, lambda env: SolutionAgent(env.session.desktop, memo.solution), seed=1, record=True
    )
    assert trajectory.stop is Stop.DONE and trajectory.score.passed
    assert [str(step.action) for step in trajectory.steps] == [
        "press('ctrl+end')",
        "type('paid')",
        "press('ctrl+s')",
        "done()",
    ]
    assert all(step.screenshot.shape == (720, 1280, 3) for step in trajectory.steps)
    assert sum(step.reward for step in trajectory.steps) == 1.0


def test_close_twice_is_harmless_and_leaves_no_folder():
    env = DesktopEnv("galculator")
    env.reset(seed=1)
    folder = env.session.machine.home.parent
    env.close()
    env.close()
    assert not folder.exists()
