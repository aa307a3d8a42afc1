import numpy as np
import pytest

from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.records import (
    Action,
    CheckResult,
    Label,
    Score,
    Settle,
    SettleEnd,
    Step,
    StepGrade,
    Stop,
    Trajectory,
)
from gym_anything.rollout import rollout
from gym_anything.store import Store, Writer

NASTY = "ß漢\ud800 \ufdd0 \ufdd00041 \x00 \x1b[31m </script> \n"


@pytest.fixture
def fake_env(memo):
    """The memo task on the fake machine."""
    with DesktopEnv("mousepad", task=memo, machine="fake", warm=False) as env:
        yield env


@pytest.fixture
def solve():
    """solve(env, writer): its solution, recorded; returns (episode id, trajectory with frames)."""

    def run(env, writer, name="solution"):
        recorder = writer.recorder()
        trajectory = rollout(
            env,
            lambda env: SolutionAgent(env.session.desktop, env.task.solution, name),
            record=True,
            recorder=recorder,
        )
        return recorder.write(trajectory), trajectory

    return run


@pytest.fixture
def solved(tmp_path, fake_env, solve):
    """(store with one episode, what the rollout returned)."""
    with Writer(tmp_path / "store", {"seeds": 3}) as writer:
        _, trajectory = solve(fake_env, writer)
    return Store(tmp_path / "store"), trajectory


@pytest.fixture
def made_up():
    """A trajectory with every field set, hostile texts among them, and its frames."""

    def frame(shade):
        picture = np.full((48, 64, 3), 30, np.uint8)
        picture[5:9, 7:50] = shade
        return picture

    settle = Settle(SettleEnd.DEADLINE, 15.25, None, 3, 1.5)
    timing = {"input": 0.5, "settle": 15.25, NASTY: 1.0}
    grade = StepGrade(7.5, NASTY, NASTY)
    steps = (
        Step(0, Action.type(NASTY), 0.0, None, settle, timing, frame(1)),
        Step(1, Action.drag(1, 2, 3, 4, "right", "ctrl+shift"), 0.0, 0.25, None, {}, frame(0)),
        Step(
            *(2, Action.answer(NASTY), 0.5, 0.5, None, {}, frame(0)),
            *(NASTY, Label.TYPO, NASTY, grade),
        ),
    )
    checks = (CheckResult("text.contains", 0.5, False, False, 2.0, NASTY),)
    return Trajectory(
        env_id="",
        task_id="mousepad/memo",
        seed=1,
        level=1,
        instruction=NASTY,
        agent=NASTY,
        steps=steps,
        stop=Stop.ANSWER,
        score=Score(0.5, False, checks),
        reset_ms=12.5,
        first_screenshot=frame(0),
        info={NASTY: NASTY},
    )
