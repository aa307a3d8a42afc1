"""Rollout: an environment and an agent make a Trajectory."""

from __future__ import annotations

from typing import Any, Protocol

import gymnasium as gym
import numpy as np

from gym_anything.agent.base import Agent
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError, MachineError, VerifierError
from gym_anything.records import (
    Action,
    Failure,
    FailureKind,
    Observation,
    Score,
    Settle,
    SettleEnd,
    Step,
    Stop,
    Trajectory,
    Verb,
)

_STOPS = {Verb.DONE: Stop.DONE, Verb.ANSWER: Stop.ANSWER, Verb.GIVE_UP: Stop.GIVE_UP}


class AgentFactory(Protocol):
    """Makes the agent of an episode once its desktop is there."""

    def __call__(self, env: DesktopEnv) -> Agent:
        """The agent; only privileged ones look at `env`."""
        ...


def rollout(
    env: gym.Env[Any, Any],
    make_agent: AgentFactory,
    *,
    seed: int | None = None,
    options: dict[str, Any] | None = None,
    record: bool = False,
) -> Trajectory:
    """Run one episode.

    Args:
        env: a DesktopEnv, wrapped or not.
        make_agent: makes the agent once the desktop is there: `lambda env: RandomAgent()`.
        seed: of the reset.
        options: of the reset.
        record: whether to keep the screenshots.

    Returns:
        The trajectory. If the infrastructure broke, `failure` is set and `score` is None; whatever
        happened before is in `steps`.

    Raises:
        AgentError: the agent failed.
        AppError, TaskError, ValueError: the env was asked for what does not exist.
    """
    desktop_env = env.unwrapped
    assert isinstance(desktop_env, DesktopEnv)
    try:
        observation, info = env.reset(seed=seed, options=options)
    except MachineError as error:
        return _broken(env, desktop_env, "", (), error, {}, None)
    actor = make_agent(desktop_env)
    actor.reset(observation["instruction"])
    kept = observation["screenshot"] if record else None
    steps: list[Step] = []
    while True:
        try:
            action = actor.act(_seen(observation))  # a privileged agent looks at the desktop, too
            observation, reward, terminated, truncated, step_info = env.step(action)
        except (MachineError, VerifierError, AgentError) as failed:
            cause = desktop_env.attribute(failed)
            if isinstance(cause, AgentError):
                raise
            return _broken(env, desktop_env, actor.name, tuple(steps), cause, info, kept)
        frame = observation["screenshot"] if record else None
        steps.append(_step(len(steps), action, float(reward), step_info, frame))
        if terminated or truncated:
            break
    task = desktop_env.task
    return Trajectory(
        env_id=_env_id(env),
        task_id=task.id,
        seed=task.seed,
        level=task.level,
        instruction=task.instruction,
        agent=actor.name,
        steps=tuple(steps),
        stop=_STOPS.get(action.verb, Stop.MAX_STEPS) if terminated else Stop.MAX_STEPS,
        score=Score(step_info["score"], step_info["passed"], step_info["checks"]),
        reset_ms=info["timing"]["total"],
        first_screenshot=kept,
    )


def _seen(observation: dict[str, Any]) -> Observation:
    return Observation(observation["screenshot"], observation["instruction"])


def _step(
    index: int,
    action: Action,
    reward: float,
    info: dict[str, Any],
    frame: np.ndarray[Any, Any] | None,
) -> Step:
    settle = info.get("settle")
    return Step(
        index=index,
        action=action,
        reward=reward,
        score=info.get("score"),
        settle=Settle(**(settle | {"end": SettleEnd(settle["end"])})) if settle else None,
        timing_ms=info["timing"],
        screenshot=frame,
    )


def _env_id(env: gym.Env[Any, Any]) -> str:
    return env.spec.id if env.spec is not None else ""


def _broken(
    env: gym.Env[Any, Any],
    desktop_env: DesktopEnv,
    agent: str,
    steps: tuple[Step, ...],
    error: MachineError | VerifierError,
    info: dict[str, Any],
    first: np.ndarray[Any, Any] | None,
) -> Trajectory:
    task = desktop_env.task
    if isinstance(error, MachineError):
        failure = Failure(FailureKind(error.kind), str(error.args[0]), error.log)
    else:
        failure = Failure(FailureKind.VERIFIER, str(error))
    return Trajectory(
        env_id=_env_id(env),
        task_id=task.id,
        seed=task.seed,
        level=task.level,
        instruction=task.instruction,
        agent=agent,
        steps=steps,
        stop=Stop.FAILURE,
        score=None,
        failure=failure,
        reset_ms=info["timing"]["total"] if info else 0.0,
        first_screenshot=first,
    )
