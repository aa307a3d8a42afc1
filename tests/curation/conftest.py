import cv2
import numpy as np
import pytest

from gym_anything.agent.noisy import NoisyAgent
from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.records import Action, Score, Step, Stop, Trajectory
from gym_anything.rollout import rollout
from gym_anything.store import Store, Writer


@pytest.fixture(scope="session")
def screen():
    """screen(number): a (48, 64, 3) picture that tells numbers apart."""

    def draw(number):
        picture = np.full((48, 64, 3), 240, np.uint8)
        cv2.putText(picture, str(number), (4, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (20, 40, 90), 2)
        return picture

    return draw


@pytest.fixture
def keep(screen):
    """keep(writer, task, steps, ...): an episode made up of (action, options of its step)."""

    def write(writer, task, *moves, value=1.0, passed=True, agent="other", screens=True, stop=None):
        steps = tuple(
            Step(
                index=index,
                action=action,
                reward=0.0,
                score=options.pop("score", None),
                settle=None,
                timing_ms={},
                screenshot=options.pop("screen", screen(index + 1)),
                **options,
            )
            for index, (action, options) in enumerate(
                (move, {}) if isinstance(move, Action) else (move[0], dict(move[1]))
                for move in moves
            )
        )
        trajectory = Trajectory(
            env_id="",
            task_id=task.id,
            seed=task.seed,
            level=task.level,
            instruction=task.instruction,
            agent=agent,
            steps=steps,
            stop=stop or Stop.DONE,
            score=None if value is None else Score(value, passed),
            first_screenshot=screen(0),
        )
        recording = writer.recorder(screenshots=screens)
        recording.step(trajectory.first_screenshot)
        for step in steps:
            recording.step(step.screenshot)
        return recording.write(trajectory, task=task)

    return write


@pytest.fixture
def noisy_store(tmp_path, memo):
    """A store of a teacher that errs often, on the fake machine; and of the solution."""
    folder = tmp_path / "noisy"
    with (
        DesktopEnv("mousepad", task=memo, machine="fake", max_steps=50, warm=False) as env,
        Writer(folder) as writer,
    ):
        for seed in range(6):
            recorder = writer.recorder()
            found = rollout(
                env,
                lambda env, seed=seed: NoisyAgent(
                    env.session.desktop, env.task.solution, 0.6, seed
                ),
                recorder=recorder,
            )
            recorder.write(found)
        recorder = writer.recorder()
        found = rollout(
            env,
            lambda env: SolutionAgent(env.session.desktop, env.task.solution),
            recorder=recorder,
        )
        recorder.write(found)
    return Store(folder)
