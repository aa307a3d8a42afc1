"""DesktopVectorEnv: many desktops in one process, stepped at the same time.

    envs = gym.make_vec("gym_anything/Mousepad-v0", num_envs=16,
                        vectorization_mode="vector_entry_point")

A step waits for applications, not for this process, so one thread a desktop is enough; frames go
from the framebuffers straight into the stacked array.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, iterate
from numpy.typing import NDArray

from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError, VerifierError
from gym_anything.records import Action, FailureKind

RESTARTS = 3  # tries to restart a desktop before its error is raised
T = TypeVar("T")
Observation = dict[str, Any]


@dataclass(slots=True)
class _Outcome:
    """What one desktop did in a step."""

    observation: Observation
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


class DesktopVectorEnv(VectorEnv[Observation, Any, Any]):
    """Several `DesktopEnv`s of one kind.

    Observations are stacked: "screenshot" (N, H, W, 3) uint8 RGB, "instruction" a tuple of N texts.
    Actions are an element of `action_space` or a sequence of N `Action`s.

    An episode that ended is reset by the next step (`AutoresetMode.NEXT_STEP`), whose action it
    ignores. A desktop that breaks is restarted alone, with a task drawn anew. That step has the
    reward NaN and neither end flag set; `infos["failure"][i]` is the kind of failure and
    `infos["invalid"][i]` is True: no transition leads from the observation before to this one.

    Args:
        num_envs: how many.
        copy: whether each step returns a new array; if not, the next step overwrites it.
        options: of `DesktopEnv`, the same for all.

    Raises:
        AppError, TaskError, ValueError: as `DesktopEnv`.
    """

    metadata: dict[str, Any] = {
        "render_modes": ["rgb_array"],
        "render_fps": DesktopEnv.metadata["render_fps"],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(self, num_envs: int, *, copy: bool = True, **options: Any) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs must be at least 1, got {num_envs}")
        self.envs = tuple(DesktopEnv(**options) for _ in range(num_envs))
        first = self.envs[0]
        self.num_envs = num_envs
        self.render_mode = first.render_mode
        self.single_observation_space = first.observation_space
        self.single_action_space = first.action_space
        self.observation_space = batch_space(first.observation_space, num_envs)
        self.action_space = batch_space(first.action_space, num_envs)
        self._copy = copy
        self._frames: NDArray[np.uint8] | None = None
        self._ended = np.zeros(num_envs, dtype=bool)
        self._threads = ThreadPoolExecutor(num_envs, thread_name_prefix="desktop")

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, dict[str, Any]]:
        """Reset all desktops at the same time.

        Args:
            seed: one for each, or one that counts up from the first.
            options: as `DesktopEnv.reset`, for all.

        Raises:
            MachineError: a desktop did not come up in `RESTARTS` tries.
        """
        seeds = self._seeds(seed)
        frames = self._new_frames()

        def reset(index: int) -> _Outcome:
            return self._restart(index, {}, seed=seeds[index], options=options)

        outcomes = self._each(reset)
        self._ended[:] = False
        return self._stack(outcomes, frames), self._infos(outcomes)

    def step(
        self, actions: Any
    ) -> tuple[
        Observation, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]
    ]:
        """Step all desktops at the same time.

        Raises:
            ValueError: an action is wrong; nothing has been sent to any desktop.
            MachineError: a desktop that broke could not be restarted.
        """
        wanted = self._read_actions(actions)
        frames = self._new_frames()
        outcomes = self._each(lambda index: self._step_one(index, wanted[index]))
        terminated = np.array([outcome.terminated for outcome in outcomes])
        truncated = np.array([outcome.truncated for outcome in outcomes])
        self._ended = terminated | truncated
        rewards = np.array([outcome.reward for outcome in outcomes], dtype=np.float64)
        return self._stack(outcomes, frames), rewards, terminated, truncated, self._infos(outcomes)

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """The last frame of each, (H, W, 3) uint8 RGB, if `render_mode` is "rgb_array"."""
        frames = [env.render() for env in self.envs]
        return tuple(frame for frame in frames if frame is not None) or None

    def close_extras(self, **kwargs: Any) -> None:
        """End all desktops at the same time."""
        self._each(lambda index: self.envs[index].close())
        self._threads.shutdown()

    # Parts ---------------------------------------------------------------------------------------

    def _each(self, job: Callable[[int], T]) -> list[T]:
        """Run a job for every index at the same time; raise the first error once all have ended."""
        futures = [self._threads.submit(job, index) for index in range(self.num_envs)]
        errors = [future.exception() for future in futures]
        for error in errors:
            if error is not None:
                raise error
        return [future.result() for future in futures]

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int):
            return [seed + index for index in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise ValueError(f"seed must be one number or {self.num_envs}, got {len(seed)}")
        return list(seed)

    def _read_actions(self, actions: Any) -> list[Any]:
        single: Iterator[Any] = iter(actions)
        if isinstance(actions, dict):
            single = iterate(self.action_space, actions)
        wanted = list(single)
        if len(wanted) != self.num_envs:
            raise ValueError(f"{self.num_envs} actions are needed, got {len(wanted)}")
        return [env.read_action(action) for env, action in zip(self.envs, wanted, strict=True)]

    def _step_one(self, index: int, action: Action) -> _Outcome:
        if self._ended[index]:
            return self._restart(index, {})
        try:
            observation, reward, terminated, truncated, info = self.envs[index].step(action)
        except (MachineError, VerifierError) as error:
            kind = error.kind if isinstance(error, MachineError) else FailureKind.VERIFIER
            marks = {"failure": str(kind), "failure_message": str(error), "invalid": True}
            return self._restart(index, marks, reward=math.nan)
        return _Outcome(observation, float(reward), terminated, truncated, info)

    def _restart(
        self,
        index: int,
        marks: dict[str, Any],
        *,
        reward: float = 0.0,
        seed: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> _Outcome:
        for attempt in range(RESTARTS):
            try:
                observation, info = self.envs[index].reset(seed=seed, options=options)
                return _Outcome(observation, reward, False, False, info | marks)
            except MachineError:
                if attempt == RESTARTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _new_frames(self) -> NDArray[np.uint8]:
        """The stacked array, and each env told to write its frame into its part of it."""
        if self._copy or self._frames is None:
            height, width = self.envs[0].frame_shape
            self._frames = np.empty((self.num_envs, height, width, 3), dtype=np.uint8)
        for env, part in zip(self.envs, self._frames, strict=True):
            env.frame_out = part
        return self._frames

    def _stack(self, outcomes: list[_Outcome], frames: NDArray[np.uint8]) -> Observation:
        texts = {
            key: tuple(outcome.observation[key] for outcome in outcomes)
            for key in outcomes[0].observation
            if key != "screenshot"
        }
        return {"screenshot": frames, **texts}

    def _infos(self, outcomes: list[_Outcome]) -> dict[str, Any]:
        infos: dict[str, Any] = {}
        for index, outcome in enumerate(outcomes):
            infos = self._add_info(infos, outcome.info, index)
        infos.setdefault("invalid", np.zeros(self.num_envs, dtype=bool))
        return infos
