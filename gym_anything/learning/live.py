"""Live: how well a model does in real environments while it is being trained.

A loss says little of an agent: a run may score its model on tasks every n steps, and the figures
stand beside the loss in its logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
from pydantic import ConfigDict
from transformers import TrainerCallback

from gym_anything.agent.vlm import TextModel
from gym_anything.app import load_app
from gym_anything.learning.acting import Acting
from gym_anything.learning.vlm import GREEDY, LocalModel, Sampling
from gym_anything.records import Trajectory
from gym_anything.registration import env_id, register_all
from gym_anything.rollout import rollout
from gym_anything.task import Task
from gym_anything.templates import find_template


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """What to play, and when.

    Attributes:
        tasks: templates such as "mousepad/rename-client"; none: nothing is played.
        seeds: instances of each.
        first_seed: the seeds begin here; take those that no sample is of.
        every: steps of training between two evaluations; one is at the end in any case.
        max_steps: of an episode; what the task says if not given.
        machine: "local", "docker" or "fake".
        screen: (width, height) in pixels.
        settle: "safe", "fast" or "warp".
        max_new_tokens: of one answer.
    """

    tasks: tuple[str, ...] = ()
    seeds: int = 1
    first_seed: int = 1_000_000
    every: int = 500
    max_steps: int | None = None
    machine: str = "local"
    screen: tuple[int, int] = (1280, 720)
    settle: str = "safe"
    max_new_tokens: int = 128

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def chosen(self) -> list[Task]:
        """The tasks. Raises TaskError or ConfigError if one is not there."""
        seeds = range(self.first_seed, self.first_seed + self.seeds)
        return [find_template(name).task(seed) for name in self.tasks for seed in seeds]


@dataclass(frozen=True, slots=True)
class Live:
    """How it went.

    Attributes:
        episodes: that were judged.
        passed: of these.
        score: mean, 0 if there were none.
        steps: in all.
        invalid: steps in which what the model wrote was no action.
        broken: episodes that the infrastructure ended; in no other figure.
    """

    episodes: int
    passed: int
    score: float
    steps: int
    invalid: int
    broken: int

    def figures(self) -> dict[str, float]:
        """As lines of a log."""
        return {
            "live_success": self.passed / max(1, self.episodes),
            "live_score": self.score,
            "live_invalid": self.invalid / max(1, self.steps),
            "live_episodes": float(self.episodes),
            "live_broken": float(self.broken),
        }


def play(model: TextModel, tasks: list[Task], acting: Acting, config: LiveConfig) -> Live:
    """Let a model do tasks.

    Args:
        model: which.
        tasks: what.
        acting: how it is asked.
        config: on what.

    Raises:
        AgentError: the model cannot answer.
        AppError, TaskError, ValueError: the environment cannot be had.
    """
    found: list[Trajectory] = []
    register_all()
    for app in dict.fromkeys(task.app for task in tasks):
        env = gym.make(
            env_id(load_app(app).env),
            disable_env_checker=True,
            machine=config.machine,
            screen=config.screen,
            settle=config.settle,
            max_steps=config.max_steps,
        )
        try:
            for task in tasks:
                if task.app == app:
                    options = {"task": task}
                    agent = acting.agent(model)
                    found.append(rollout(env, lambda env, a=agent: a, options=options))
        finally:
            env.close()
    return summary(found)


def summary(trajectories: list[Trajectory]) -> Live:
    """Figures of episodes."""
    judged = [each for each in trajectories if each.score is not None]
    scores = [each.score for each in judged if each.score is not None]
    return Live(
        episodes=len(judged),
        passed=sum(score.passed for score in scores),
        score=sum(score.value for score in scores) / max(1, len(scores)),
        steps=sum(len(each.steps) for each in judged),
        invalid=sum(each.invalid for each in judged),
        broken=len(trajectories) - len(judged),
    )


class LiveCallback(TrainerCallback):
    """Plays every n steps of training and at its end.

    Args:
        play: scores a model of transformers.
        every: steps between.
        log: takes the figures.
    """

    def __init__(
        self,
        play: Callable[[Any], Live],
        every: int,
        log: Callable[[dict[str, float]], None],
    ) -> None:
        self._play, self._every, self._log = play, every, log
        self._played = -1

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the trainer after each step of its optimizer."""
        if state.global_step % self._every == 0:
            self._at(state, kwargs["model"])

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the trainer at the end."""
        self._at(state, kwargs["model"])

    def _at(self, state: Any, model: Any) -> None:
        if state.is_world_process_zero and self._played != state.global_step:
            self._played = state.global_step
            with _acting(model):
                found = self._play(model)
            self._log(found.figures())


@contextmanager
def _acting(model: Any) -> Iterator[None]:
    """A model as it is when it acts; as it was afterwards."""
    was = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was)


def live_callback(trainer: Any, processor: Any, acting: Acting, config: LiveConfig) -> LiveCallback:
    """The callback of a run.

    Args:
        trainer: of transformers; its log takes the figures.
        processor: of its model.
        acting: how the model is asked.
        config: what to play; it has tasks.

    Raises:
        ConfigError, TaskError: something named there is not there.
    """
    tasks = config.chosen()
    sampling = Sampling(max_new_tokens=config.max_new_tokens, temperature=GREEDY.temperature)

    def score(model: Any) -> Live:
        bare = trainer.accelerator.unwrap_model(model)
        local = LocalModel(bare, processor, "in training", sampling)
        return play(local, tasks, acting, config)

    return LiveCallback(score, config.every, trainer.log)
