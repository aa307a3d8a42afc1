"""Rollout: an environment and an agent make a Trajectory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

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


class Recorder(Protocol):
    """Is told of an episode as it happens, on the step path; `store.Recording` is one.

    It changes nothing of what it is handed, and it hands on at once what takes time.
    """

    def begin(self, env: DesktopEnv, screenshot: NDArray[np.uint8]) -> None:
        """The desktop is there; (H, W, 3) uint8 RGB."""
        ...

    def step(self, screenshot: NDArray[np.uint8]) -> None:
        """A step was done; what is on screen after it."""
        ...

    def end(self, env: DesktopEnv, last: Action) -> None:
        """The episode was judged; its desktop is still there."""
        ...


def rollout(
    env: gym.Env[Any, Any],
    make_agent: AgentFactory,
    *,
    seed: int | None = None,
    options: dict[str, Any] | None = None,
    record: bool = False,
    recorder: Recorder | None = None,
) -> Trajectory:
    """Run one episode.

    Args:
        env: a DesktopEnv, wrapped or not.
        make_agent: makes the agent once the desktop is there: `lambda env: RandomAgent()`.
        seed: of the reset.
        options: of the reset.
        record: whether to keep the screenshots in the trajectory.
        recorder: is told of each screen and of the end, so that the trajectory need not hold them.

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
        return _broken(env, "", (), error, {}, None)
    actor = make_agent(desktop_env)
    actor.reset(observation["instruction"])
    if recorder is not None:
        recorder.begin(desktop_env, observation["screenshot"])
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
            return _broken(env, actor.name, steps, cause, info, kept)
        frame = observation["screenshot"] if record else None
        steps.append(_step(len(steps), action, float(reward), step_info, frame))
        if recorder is not None:
            recorder.step(observation["screenshot"])
        if terminated or truncated:
            break
    if recorder is not None:
        recorder.end(desktop_env, action)
    stop = _STOPS.get(action.verb, Stop.MAX_STEPS) if terminated else Stop.MAX_STEPS
    score = Score(step_info["score"], step_info["passed"], step_info["checks"])
    reset_ms = info["timing"]["total"]
    return _trajectory(env, actor.name, steps, stop, kept, score=score, reset_ms=reset_ms)


def _trajectory(
    env: gym.Env[Any, Any],
    agent: str,
    steps: Sequence[Step],
    stop: Stop,
    first: NDArray[np.uint8] | None,
    **outcome: Any,
) -> Trajectory:
    task = env.unwrapped.task  # type: ignore[attr-defined]
    return Trajectory(
        env_id=_env_id(env),
        task_id=task.id,
        seed=task.seed,
        level=task.level,
        instruction=task.instruction,
        agent=agent,
        steps=tuple(steps),
        stop=stop,
        first_screenshot=first,
        **outcome,
    )


def _seen(observation: dict[str, Any]) -> Observation:
    return Observation(observation["screenshot"], observation["instruction"])


def _step(
    index: int,
    action: Action,
    reward: float,
    info: dict[str, Any],
    frame: NDArray[np.uint8] | None,
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
    agent: str,
    steps: Sequence[Step],
    error: MachineError | VerifierError,
    info: dict[str, Any],
    first: NDArray[np.uint8] | None,
) -> Trajectory:
    if isinstance(error, MachineError):
        failure = Failure(FailureKind(error.kind), str(error.args[0]), error.log)
    else:
        failure = Failure(FailureKind.VERIFIER, str(error))
    reset_ms = info["timing"]["total"] if info else 0.0
    return _trajectory(
        env, agent, steps, Stop.FAILURE, first, score=None, failure=failure, reset_ms=reset_ms
    )
