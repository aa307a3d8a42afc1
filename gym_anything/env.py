"""DesktopEnv: a real application as a Gymnasium environment.

env = gym.make("gym_anything/LibreOfficeCalc-v0", level=1)
observation, info = env.reset(seed=7)
observation, reward, terminated, truncated, info = env.step(Action.click(640, 360))
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, SupportsFloat, TypeAlias, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gym_anything.action.space import Element, action_space, from_element
from gym_anything.action.text_space import UnicodeText
from gym_anything.app import App, load_app
from gym_anything.desktop.describe import describe_nodes
from gym_anything.desktop.settle import FAST, SAFE, SettlePolicy
from gym_anything.errors import (
    AgentError,
    GymAnythingError,
    MachineError,
    VerifierError,
    did_you_mean,
)
from gym_anything.judge import judge, warm_up
from gym_anything.records import (
    ENDING_VERBS,
    POINT_VERBS,
    Action,
    FailureKind,
    Score,
    Settle,
    SettleEnd,
    Verb,
)
from gym_anything.session import Session
from gym_anything.supply import Supply
from gym_anything.task import Task
from gym_anything.templates import find_template, select
from gym_anything.verify import FinalState, needs_of, validate

INSTRUCTION_LENGTH = 4096  # characters
ACCESSIBILITY_LENGTH = 32_768  # characters
REWARDS = ("sparse", "progress")
_KEY_VERBS = (Verb.TYPE, Verb.PRESS, Verb.KEY_UP)
POLICIES = {"safe": SAFE, "fast": FAST, "warp": SAFE}
_LAST = SettlePolicy(quiet_ms=60.0, first_ms=60.0)  # before judging: a save may still be under way
# Some saves start late, the screen still; an application's idle timers do not count meanwhile.
_LATE = SettlePolicy(quiet_ms=600.0, first_ms=600.0, deadline_ms=1_500.0, cpu_tolerance_ms=5.0)
_OPTIONS = ("task", "level", "split", "task_seed")

_SLICE_MS = 1_000.0  # between looks at whether an application that does not answer still lives
_LEAST_TIMEOUT_SEC = 0.1
_CAUSE_SEC = 0.25

ObsType: TypeAlias = dict[str, Any]
E = TypeVar("E", bound=GymAnythingError)


class DesktopEnv(gym.Env[ObsType, Element | Action]):
    """A desktop with one application and a task to do in it.

    Observation: a dict of "screenshot" (H, W, 3) uint8 RGB and "instruction"; with
    `accessibility=True` also "accessibility", one line a widget.
    Action: an element of `action_space`, or an `Action`. Coordinates are screen pixels.
    Reward: see `reward`. Either way the rewards of an episode sum to its final score, 0 to 1.
    Ends: terminated by the verbs done, answer and give_up; truncated after `max_steps`.
    Info: "task", "task_seed", "level", "split", "settle", "timing" (ms) and, where the state was
    judged, "score", "passed" and "checks".

    Args:
        app: folder name in envs/.
        level: 1 to 6; None for any.
        task: a template ("crop" or "gimp/crop") or a Task; None to draw one at each reset.
        split: "train", "validation", "test", "test-app"; None for any.
        reward: "sparse" pays the score at the end, "progress" its change at each step.
        max_steps: steps until truncation; None for what the task says.
        accessibility: whether observations hold the accessibility tree.
        machine: "local", "docker" or "fake".
        screen: (width, height) in pixels.
        settle: name of a policy: "safe", "fast", or "warp", in which the application's clock runs
            faster, so that what it does by timer comes at once; for applications that offer it.
        warm: whether resets after the first take a machine that was made ready in the background.
        step_timeout_sec: how long an application may take to read an action; one that is hung or
            busy beyond it is a MachineError of kind "timeout".
        reset_timeout_sec: how long after the beginning of a reset the application must be ready.
        verify_timeout_sec: how long judging may take.
        render_mode: None or "rgb_array".

    Raises:
        AppError: no such application.
        TaskError: no such task, level or split.
        ValueError: any other argument is wrong.
    """

    metadata: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "render_modes": ["rgb_array"],
        "render_fps": 4,
    }

    def __init__(
        self,
        app: str,
        *,
        level: int | None = None,
        task: str | Task | None = None,
        split: str | None = None,
        reward: str = "sparse",
        max_steps: int | None = None,
        accessibility: bool = False,
        machine: str = "local",
        screen: tuple[int, int] = (1280, 720),
        settle: str = "safe",
        warm: bool = True,
        step_timeout_sec: float = 15.0,
        reset_timeout_sec: float = 120.0,
        verify_timeout_sec: float = 20.0,
        render_mode: str | None = None,
    ) -> None:
        self.app = load_app(app)
        _require("reward", reward, REWARDS)
        _require("settle", settle, POLICIES)
        if render_mode is not None:
            _require("render_mode", render_mode, self.metadata["render_modes"])
        if max_steps is not None and max_steps < 1:
            raise ValueError(f"max_steps must be at least 1, got {max_steps}")
        self._choice: dict[str, Any] = {"level": level, "task": task, "split": split}
        self._check_choice(self._choice)
        self._reward_kind = reward
        self._max_steps = max_steps
        self._screen = (int(screen[0]), int(screen[1]))
        _require_positive(step_timeout_sec, reset_timeout_sec, verify_timeout_sec)
        self._step_timeout_ms = 1e3 * step_timeout_sec
        self._reset_timeout_sec = reset_timeout_sec
        self._verify_timeout_sec = verify_timeout_sec
        self._policy = _policy(settle, self.app, self._step_timeout_ms)
        self._last = replace(_LAST, deadline_ms=min(_LAST.deadline_ms, self._step_timeout_ms))
        self.render_mode = render_mode
        self.action_space = action_space(self._screen)
        self.observation_space = _observation_space(self._screen, accessibility)
        self._wants_tree = accessibility
        self._machine, self._settle = machine, settle
        self._supply = Supply(machine, self._screen, warp=settle == "warp", warm=warm)
        self._task: Task | None = None
        self._steps = 0
        self._paid = 0.0
        self._frame: NDArray[np.uint8] | None = None
        self.frame_out: NDArray[np.uint8] | None = None  # (H, W, 3) that frames go to, if any

    @property
    def task(self) -> Task:
        """The task of this episode, checks and solution included: privileged.

        Raises:
            gymnasium.error.ResetNeeded: there is none yet.
        """
        if self._task is None:
            raise gym.error.ResetNeeded("call reset() before asking for the task")
        return self._task

    @property
    def session(self) -> Session:
        """What this episode runs on: privileged.

        Raises:
            gymnasium.error.ResetNeeded: there is none: before the first reset or after a failure.
        """
        if self._supply.session is None:
            raise gym.error.ResetNeeded("call reset() first: there is no desktop")
        return self._supply.session

    @property
    def frame_shape(self) -> tuple[int, int]:
        """(height, width) of the screen in pixels."""
        return self._screen[1], self._screen[0]

    @property
    def setting(self) -> dict[str, Any]:
        """Arguments with which an env like this is made again, apart from what it draws."""
        return {
            "machine": self._machine,
            "screen": list(self._screen),
            "settle": self._settle,
            "reward": self._reward_kind,
            "max_steps": self._max_steps,
        }

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[ObsType, dict[str, Any]]:
        """Start a fresh machine with a task's documents open.

        Args:
            seed: same seed, same task, documents and instruction.
            options: any of "task", "level", "split" as at make, for this episode only, and
                "task_seed" for a certain instance of the template.

        Raises:
            AppError, TaskError, ValueError: as at make.
            MachineError: the machine or the application did not come up.
        """
        super().reset(seed=seed)
        started = time.perf_counter()
        self._supply.leave()
        self._task = self._draw_task(options or {})
        warm_up()
        ready_by = time.monotonic() + self._reset_timeout_sec
        session = self._supply.open(self._task, ready_by)
        self._steps, self._paid = 0, 0.0
        observing = time.perf_counter()
        try:
            self._require_whole(session)
            observation = self._observe()
            now = time.perf_counter()
            score = self._verify(Action.wait()) if self._reward_kind == "progress" else None
        except (MachineError, VerifierError) as error:
            raise self.attribute(error) from error
        self._paid = score.value if score else 0.0
        timing = {
            "observe": 1e3 * (now - observing),
            "total": 1e3 * (time.perf_counter() - started),
        }
        return observation, self._info(timing, None, score)

    def step(
        self, action: Element | Action
    ) -> tuple[ObsType, SupportsFloat, bool, bool, dict[str, Any]]:
        """Do an action, wait until the screen is still, look.

        Args:
            action: an element of `action_space` or an `Action`.

        Raises:
            ValueError: out of range or of a wrong shape; nothing has been sent.
            MachineError: the application, X server or machine broke; never a reward of 0. The
                machine has been cleaned up; call `reset` to go on.
            VerifierError: a check could not judge.
        """
        session = self.session
        started = time.perf_counter()
        canonical = self.read_action(action)
        ends = canonical.verb in ENDING_VERBS
        try:
            frame = None
            if ends:
                settle = session.desktop.settle(self._last)
            else:
                settle, frame = session.desktop.step_and_look(
                    canonical, self._policy, self.frame_out
                )
            if settle.end is SettleEnd.DEADLINE:
                settle, frame = self._outwait(session, settle), None
            settled = time.perf_counter()
            self._require_whole(session)
            observation = self._observe(frame)
            observed = time.perf_counter()
            self._steps += 1
            truncated = not ends and self._steps >= (self._max_steps or self.task.max_steps)
            judged = ends or truncated or self._reward_kind == "progress"
            score = self._verify(canonical) if judged else None
            if ends and score is not None and not score.passed:
                session.desktop.settle(_LATE)
                score = self._verify(canonical)
        except (MachineError, VerifierError) as error:
            raise self.attribute(error) from error
        reward = 0.0 if score is None else score.value - self._paid
        self._paid += reward
        finished = time.perf_counter()
        timing = {
            "input": 1e3 * (settled - started) - settle.waited_ms,
            "settle": settle.waited_ms,
            "observe": 1e3 * (observed - settled),
            "verify": 1e3 * (finished - observed),
            "total": 1e3 * (finished - started),
        }
        return observation, reward, ends, truncated, self._info(timing, settle, score)

    def read_action(self, action: Element | Action) -> Action:
        """The `Action` that is meant, checked against the screen.

        Raises:
            ValueError: it is out of range or of a wrong shape.
        """
        canonical = action if isinstance(action, Action) else from_element(action)
        canonical.check_on_screen(self._screen)
        return canonical

    def render(self) -> NDArray[np.uint8] | None:
        """The last frame, (H, W, 3) uint8 RGB, if `render_mode` is "rgb_array"."""
        if self.render_mode is None or self._frame is None:
            return None
        return self._frame.copy()

    def score(self) -> Score:
        """Judge the desktop as it is now, as if the agent had just said done: privileged."""
        return self._verify(Action.done())

    def final_state(self, last: Action) -> FinalState:
        """What there is to judge if the episode ended now with an action: privileged.

        Raises:
            MachineError: the desktop is broken.
        """
        session = self.session
        wanted, desktop = needs_of(self.task.checks), session.desktop
        return FinalState(
            home=session.home,
            initial=session.initial,
            answer=last.text if last.verb is Verb.ANSWER else None,
            gave_up=last.verb is Verb.GIVE_UP,
            nodes=desktop.accessibility(text=True) if "accessibility" in wanted else (),
            windows=desktop.windows() if "windows" in wanted else (),
            clipboard=desktop.clipboard() if "clipboard" in wanted else "",
        )

    def close(self) -> None:
        """End the machine, and those that were made ready for this env; twice is harmless."""
        self._supply.close()

    def attribute(self, error: E) -> E | MachineError:
        """What is to blame for an error of this episode: a broken desktop, else the error itself.

        A broken desktop is cleaned up.
        """
        session = self._supply.session
        if session is None:
            return error
        cause = self._cause(session, error)
        if cause is not None:
            self._supply.end()
        return error if cause is None else cause

    # Parts ---------------------------------------------------------------------------------------

    def _cause(self, session: Session, error: GymAnythingError) -> MachineError | None:
        """What is broken on the desktop, None if nothing is."""
        try:
            if isinstance(error, AgentError):  # who finds nothing may have looked at one that hangs
                self._outwait(session, session.desktop.settle(self._policy))
            self._require_whole(session)
        except MachineError as broken:
            error = broken
        if not isinstance(error, MachineError):
            return None
        # An X server that is gone may be gone with its machine, whose end shows a little later.
        deadline = time.monotonic() + _CAUSE_SEC
        while (failure := session.failure()) is None and time.monotonic() < deadline:
            time.sleep(0.005)
        if failure is None:
            return error
        return MachineError(failure.message, kind=failure.kind, log=failure.log)

    def _outwait(self, session: Session, settle: Settle) -> Settle:
        """Wait on for a window that has not read its input, until the step's deadline."""
        waited_ms, cpu_ms = settle.waited_ms, settle.cpu_ms
        while settle.end is SettleEnd.DEADLINE:
            title = session.desktop.unanswered()
            if title is None:  # it goes on moving, but it answers
                break
            self._require_whole(session)
            left_ms = self._step_timeout_ms - waited_ms
            if left_ms <= 0:
                raise MachineError(
                    f"{self.app.title}: its window {title!r} has not answered for "
                    f"{waited_ms / 1e3:.1f} s, in which the machine used {cpu_ms / 1e3:.1f} s of "
                    "CPU time",
                    kind=FailureKind.TIMEOUT,
                    log=session.machine.log(),
                )
            slice_ms = max(self._policy.quiet_ms, min(left_ms, _SLICE_MS))
            settle = session.desktop.settle(replace(self._policy, deadline_ms=slice_ms))
            waited_ms, cpu_ms = waited_ms + settle.waited_ms, cpu_ms + settle.cpu_ms
        return replace(settle, waited_ms=waited_ms, cpu_ms=cpu_ms)

    def _check_choice(self, choice: Mapping[str, Any]) -> None:
        task = choice["task"]
        if isinstance(task, Task):
            if task.app != self.app.id:
                raise ValueError(f"task {task.id} is not of {self.app.id}")
            validate(task)
        elif task is not None:
            find_template(task, self.app.id)
        else:
            select(self.app.id, choice["level"], choice["split"])

    def _draw_task(self, options: Mapping[str, Any]) -> Task:
        for key in options:
            if key not in _OPTIONS:
                raise ValueError(did_you_mean("reset option", key, _OPTIONS))
        choice = self._choice | {key: options[key] for key in options if key != "task_seed"}
        self._check_choice(choice)
        drawn = int(self.np_random.integers(2**31))
        task_seed = int(options.get("task_seed", drawn))
        task = choice["task"]
        if isinstance(task, Task):
            return task
        if task is not None:
            return find_template(task, self.app.id).task(task_seed)
        templates = select(self.app.id, choice["level"], choice["split"])
        return templates[int(self.np_random.integers(len(templates)))].task(task_seed)

    def _observe(self, frame: NDArray[np.uint8] | None = None) -> ObsType:
        """What is to be seen, given the frame if it has been read already."""
        self._frame = self.session.desktop.screenshot(self.frame_out) if frame is None else frame
        observation: ObsType = {"screenshot": self._frame, "instruction": self.task.instruction}
        if self._wants_tree:
            nodes = self.session.desktop.accessibility()
            observation["accessibility"] = describe_nodes(nodes, ACCESSIBILITY_LENGTH)
        return observation

    def _verify(self, last: Action) -> Score:
        return judge(self.task, self.final_state(last), self._verify_timeout_sec)

    def _require_whole(self, session: Session) -> None:
        failure = session.failure()
        if failure is not None:
            raise MachineError(failure.message, kind=failure.kind, log=failure.log)

    def _info(
        self, timing: dict[str, float], settle: Settle | None, score: Score | None
    ) -> dict[str, Any]:
        task = self.task
        info: dict[str, Any] = {
            "task": task.id,
            "task_seed": task.seed,
            "level": task.level,
            "split": task.split.value,
            "timing": timing,
        }
        if settle is not None:
            info["settle"] = {
                "end": settle.end.value,
                "waited_ms": settle.waited_ms,
                "last_damage_ms": settle.last_damage_ms,
                "damage": settle.damage,
                "cpu_ms": settle.cpu_ms,
            }
        if score is not None:
            info["score"] = score.value
            info["passed"] = score.passed
            info["checks"] = score.checks
        return info


def _require(what: str, given: str, known: Any) -> None:
    if given not in known:
        raise ValueError(did_you_mean(what, str(given), known))


def _require_positive(*timeouts_sec: float) -> None:
    if min(timeouts_sec) < _LEAST_TIMEOUT_SEC:
        raise ValueError(f"a timeout is at least {_LEAST_TIMEOUT_SEC:g} s, got {timeouts_sec}")


def _policy(name: str, app: App, timeout_ms: float) -> SettlePolicy:
    """A policy that knows the application's clock and the repaints that it schedules by timer."""
    policy = POLICIES[name]
    if name == "warp":
        if not app.timers.warp:
            raise ValueError(
                f"{app.title} offers no settle='warp': its app.toml names no timers.warp; "
                "take 'safe' or 'fast'"
            )
        keys = dict.fromkeys(_KEY_VERBS, app.timers.warp_ms)
        return replace(policy, deadline_ms=min(policy.deadline_ms, timeout_ms), after_ms=keys)
    policy = replace(policy, deadline_ms=min(policy.deadline_ms, timeout_ms))
    enough = (app.timers.quiet_ms or SAFE.quiet_ms) / SAFE.quiet_ms
    quiet_ms = policy.quiet_ms * min(1.0, enough)
    first_ms = min(policy.first_ms, quiet_ms)
    keys = dict.fromkeys(_KEY_VERBS, app.timers.key_ms)
    pointer = dict.fromkeys(POINT_VERBS, app.timers.pointer_ms)
    return replace(policy, quiet_ms=quiet_ms, first_ms=first_ms, after_ms=keys | pointer)


def _observation_space(screen: tuple[int, int], accessibility: bool) -> spaces.Dict:
    width, height = screen
    parts: dict[str, spaces.Space[Any]] = {
        "screenshot": spaces.Box(0, 255, (height, width, 3), dtype=np.uint8),
        "instruction": UnicodeText(INSTRUCTION_LENGTH),
    }
    if accessibility:
        parts["accessibility"] = UnicodeText(ACCESSIBILITY_LENGTH)
    return spaces.Dict(parts)
