"""Episodes made up for the pages of reports and of the viewer."""

import dataclasses
from types import SimpleNamespace

import numpy as np

from gym_anything.records import (
    Action,
    CheckResult,
    Failure,
    FailureKind,
    Score,
    Settle,
    SettleEnd,
    Step,
    Stop,
    Trajectory,
)
from gym_anything.store import Writer
from gym_anything.task import Check, Task, Type

TASK = Task(
    app="mousepad",
    template="memo",
    seed=1,
    instruction="Add the word ‘paid’ at the end of the memo and save it.",
    checks=(Check("text.contains", {"path": "Documents/memo.txt", "text": "paid"}),),
    solution=(Type("paid"),),
)
STILL = Settle(SettleEnd.QUIET, 20.0, 5.0, 3, 2.0)
CHECKS = (
    CheckResult("text.contains", 0.0, False, False, 2.0, "Documents/memo.txt lacks ‘paid’"),
    CheckResult("files.only", 1.0, True, True, 1.0, "nothing else changed"),
)
ACTIONS = (
    Action.click(320, 90),
    Action.drag(100, 200, 500, 300, keys="shift"),
    Action.type("paid\n"),
    Action.press("ctrl+s"),
    Action.scroll_by(320, 180, down=3),
    Action.done(),
)


def frame(number):
    """(360, 640, 3) uint8 RGB, another for each number."""
    picture = np.full((360, 640, 3), 235, np.uint8)
    picture[:24] = (70, 84, 104)
    picture[60:300, 40 : 80 + 40 * number] = (120 + 10 * number, 160, 200)
    return picture


def episode(actions=ACTIONS, **changes):
    """A failed trajectory with its frames."""
    steps = tuple(
        Step(index, action, 0.0, None, STILL, {"total": 24.0}, frame(index + 1))
        for index, action in enumerate(actions)
    )
    base = Trajectory(
        env_id="gym_anything/Mousepad-v0",
        task_id="mousepad/memo",
        seed=1,
        level=1,
        instruction="Add the word ‘paid’ at the end of the memo and save it.",
        agent="solution",
        steps=steps,
        stop=Stop.DONE,
        score=Score(0.25, False, CHECKS),
        reset_ms=412.3,
        first_screenshot=frame(0),
    )
    return dataclasses.replace(base, **changes)


def passed(**changes):
    """One that did otherwise at its fourth step, and passed."""
    checks = tuple(dataclasses.replace(check, value=1.0, passed=True) for check in CHECKS)
    actions = (*ACTIONS[:3], Action.press("ctrl+q"), Action.done())
    return episode(actions, score=Score(1.0, True, checks), **changes)


def broken(**changes):
    """One whose display went away."""
    failure = Failure(FailureKind.DISPLAY, "the X server is gone", "last words")
    return episode(ACTIONS[:2], score=None, stop=Stop.FAILURE, failure=failure, **changes)


def fill(folder, trajectories):
    """A store of trajectories; returns its folder."""
    with Writer(folder) as writer:
        for trajectory in trajectories:
            recorder = writer.recorder()
            env = SimpleNamespace(task=TASK, setting={})
            recorder.begin(env, trajectory.first_screenshot)
            for step in trajectory.steps:
                recorder.step(step.screenshot)
            recorder.write(trajectory)
    return folder


def four(folder):
    """A store of four: failed, passed, broken, and one of another task."""
    other = episode(task_id="galculator/sum", level=2, agent="random", seed=3)
    return fill(folder, (episode(), passed(agent="noisy"), broken(seed=2), other))
