"""PPO of Stable-Baselines3 learns to press the digit that is asked for, on real calculators.

    gym-anything train ppo_digits configs/ppo_digits.toml

A small picture of the screen goes in, beside the calculator the digit that is asked for; out comes
which of its keys is clicked, of 25. The reward is real: a verifier reads the display of the
calculator through its accessibility tree after every click, and the episode ends once it shows the
digit. A wrong key is not forgiven: the display must be cleared, or another number begun, first.

In the order of what happens: the task, what the network sees and does, many desktops, training,
judging, the curve. Left out: a mask of the widgets that are there (PPO of Stable-Baselines3 takes
none), a search for better settings, numbers of more than one digit. Needs the extra `rl`.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import cv2
import gymnasium as gym
import numpy as np
import torch
from matplotlib.figure import Figure
from pydantic import ConfigDict, Field
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv

import gym_anything  # noqa: F401  (registers the ids)
from gym_anything.config import load_toml
from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError
from gym_anything.intents import goal, on, route
from gym_anything.records import Action, Node
from gym_anything.store.provenance import commit
from gym_anything.task import Click, Press, Task
from gym_anything.verify import verify
from gym_anything.wrappers import AnyEnv, WidgetActions, small_pixels

DIGITS = tuple(range(1, 10))  # not 0, which a calculator shows before anything is done
SCREEN = (640, 400)  # (width, height) in pixels: room for the digit beside the calculator
KEYS = 25  # of the calculator, in the order of its accessibility tree: not that of the digits
ROLES = frozenset({"toggle button"})  # what its keys are
LAST = 256  # episodes that tell whether training may stop
RESTARTS = 3  # tries to reset a desktop before its error is raised


@dataclass(frozen=True, slots=True)
class DigitsConfig:
    """A run.

    Attributes:
        out: folder for the model, the curve and the figures.
        desktops: calculators at once.
        steps: clicks to learn from at most, of all desktops together.
        enough: share of the last `LAST` episodes that must be solved to stop before that.
        clicks: that an episode has at most.
        steps_per_update: of each desktop, between two updates.
        batch: steps of one gradient.
        epochs: how often each step is used in an update.
        learning_rate: of Adam.
        entropy: weight of the policy's entropy: how long it goes on trying.
        discount: of a reward, per click.
        clip: how far an update may change the odds of a click.
        episodes: for judging, of the random and of the learnt policy each.
        machine: "local" or "docker".
        seed: of the network, the digits and the clicks.
    """

    out: str
    desktops: Annotated[int, Field(ge=1)] = 16
    steps: Annotated[int, Field(ge=1)] = 20_000
    enough: Annotated[float, Field(gt=0)] = 0.98
    clicks: Annotated[int, Field(ge=1)] = 10
    steps_per_update: Annotated[int, Field(ge=2)] = 16
    batch: Annotated[int, Field(ge=2)] = 64
    epochs: Annotated[int, Field(ge=1)] = 6
    learning_rate: float = 5e-4
    entropy: float = 0.02
    discount: float = 0.8
    clip: float = 0.3
    episodes: Annotated[int, Field(ge=1)] = 90
    machine: str = "local"
    seed: int = 0

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


# The task --------------------------------------------------------------------------------------


def key(label: object) -> Click:
    """A click on a key of the calculator."""
    return on(str(label), "toggle button")


def digit_task(digit: int) -> Task:
    """The calculator shows `digit`, as its own accessibility tree says."""
    other = digit % 9 + 1
    return Task(
        app="galculator",
        template="digit",
        seed=digit,
        instruction=f"Key in {digit} on the calculator and leave it on the display.",
        checks=(goal("accessibility.text_is_number", role="text", number=digit, line=1),),
        solution=(key(digit),),
        near_misses=(
            route("another digit", key(other)),
            route("a digit too many", key(other), key(digit)),
            route("cleared at the end", key(digit), key("AC")),
        ),
        variations=(
            route("after a slip", key(other), key("AC"), key(digit)),
            route("as a second operand", key("+"), key(digit)),
            route("on the keyboard", Press(str(digit))),
        ),
    )


class Digits(gym.Wrapper[Any, Any, Any, Any]):
    """Asks for a digit, drawn anew in each episode and into the screenshot; ends once it is shown.

    A calculator is used again for the next episode if clearing it brings it back to how it began,
    widget by widget; else it is started anew, which costs ten times as much as an episode.

    Args:
        env: a galculator.
        clicks: of an episode, at most.
        seed: of the digits that `reset` draws; the option "digit" asks for a certain one.
    """

    def __init__(self, env: AnyEnv, clicks: int, seed: int) -> None:
        super().__init__(env)
        self._rng = np.random.default_rng(seed)
        self._most = clicks
        self._clicks = 0
        self._task = digit_task(DIGITS[0])
        self._start: list[Any] | None = None  # the widgets of a calculator that was just started
        self._ac = (0, 0)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Ask for another digit, on a calculator that shows 0."""
        drawn = int(self._rng.choice(DIGITS))
        self._task = digit_task((options or {}).get("digit", drawn))
        self._clicks = 0
        found = self._cleared() if self._start else None
        if found is None:
            self._start = None
            found = self.env.reset(seed=seed, options={"task": self._task})
            self._start = self._widgets()
            self._ac = next(node.center for node in self._nodes() if node.name == "AC")
        observation, info = found
        return self._with_digit(observation), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """As the env's, but judged after every click: 1 for the digit, which ends the episode."""
        observation, _, _, _, info = self.env.step(action)
        score = verify(self._task, self._desktop.final_state(Action.done()))
        self._clicks += 1
        info |= {"passed": score.passed, "checks": score.checks}
        truncated = self._clicks >= self._most and not score.passed
        return self._with_digit(observation), score.value, score.passed, truncated, info

    @property
    def _desktop(self) -> DesktopEnv:
        found = self.env.unwrapped
        assert isinstance(found, DesktopEnv)
        return found

    def _cleared(self) -> tuple[Any, dict[str, Any]] | None:
        """What there is to see once it is cleared; None if something else is not as it was."""
        try:
            self.env.step(Action.press("escape"))  # closes what is open
            observation, _, _, _, info = self.env.step(Action.click(*self._ac))
            return (observation, info) if self._widgets() == self._start else None
        except (MachineError, gym.error.ResetNeeded):  # it breaks, or broke when it was looked at
            return None

    def _nodes(self) -> tuple[Node, ...]:
        return self._desktop.session.desktop.accessibility(text=True)

    def _widgets(self) -> list[Any]:
        return [
            (node.role, node.name, node.text, node.extents, "sensitive" in node.states)
            for node in self._nodes()
        ]

    def _with_digit(self, observation: dict[str, Any]) -> dict[str, Any]:
        """What is asked, to the left of the calculator: all else would be a text, no picture."""
        picture = observation["screenshot"].copy()  # (H, W, 3) uint8 RGB
        place, white = (20, SCREEN[1] // 2 + 60), (255, 255, 255)
        digit = str(self._task.seed)
        cv2.putText(picture, digit, place, cv2.FONT_HERSHEY_SIMPLEX, 5.5, white, 18)
        return observation | {"screenshot": picture}


# What the network sees and does --------------------------------------------------------------


def make_env(config: DigitsConfig, seed: int) -> AnyEnv:
    """A calculator with (2, 84, 84) uint8 grey pictures, the last two, and Discrete clicks."""
    env: AnyEnv = gym.make(
        "gym_anything/Galculator-v0",
        disable_env_checker=True,
        max_steps=1_000_000,  # `Digits` ends the episodes
        machine=config.machine,
        screen=SCREEN,
    )
    env = WidgetActions(Digits(env, config.clicks, seed), most=KEYS, extras=(), roles=ROLES)
    return small_pixels(env, stack=2)


# Many desktops -------------------------------------------------------------------------------


class Desktops(DummyVecEnv):
    """Steps all desktops at the same time: a step waits for applications, so threads are enough.

    A desktop that breaks (the agent may have quit its calculator) ends its episode as if by a limit
    of time, so that what it was worth is estimated and not taken for 0; `broken` counts them.
    """

    def __init__(self, makers: list[Callable[[], AnyEnv]]) -> None:
        super().__init__(makers)
        self.broken = 0
        self._threads = ThreadPoolExecutor(len(makers), "desktop")

    def step_wait(self) -> Any:
        """As DummyVecEnv, but not one after the other."""
        list(self._threads.map(self._step, range(self.num_envs)))
        rewards, dones = self.buf_rews.copy(), self.buf_dones.copy()
        return self._obs_from_buf(), rewards, dones, [dict(info) for info in self.buf_infos]

    def _step(self, index: int) -> None:
        try:
            found = self.envs[index].step(self.actions[index])
            observation, reward, terminated, truncated, info = found
        except MachineError:
            self.broken += 1
            observation, reward, terminated, truncated = self.buf_obs[None][index], 0.0, False, True
            info = {"passed": False}
        self.buf_rews[index] = reward
        self.buf_dones[index] = terminated or truncated
        self.buf_infos[index] = info | {"TimeLimit.truncated": truncated}
        if terminated or truncated:
            self.buf_infos[index]["terminal_observation"] = np.array(observation)
            observation, self.reset_infos[index] = reset(self.envs[index])
        self._save_obs(index, observation)

    def close(self) -> None:
        """End all desktops."""
        super().close()
        self._threads.shutdown()


def reset(env: AnyEnv, **options: Any) -> tuple[Any, dict[str, Any]]:
    """Reset a desktop; tries again if it does not come up."""
    for attempt in range(RESTARTS):
        try:
            return env.reset(options=options)
        except MachineError:
            if attempt == RESTARTS - 1:
                raise
    raise AssertionError("unreachable")


# Training ------------------------------------------------------------------------------------


class Curve(BaseCallback):
    """Keeps, for each update, how the episodes since the last one went; says when it is enough."""

    def __init__(self, enough: float) -> None:
        super().__init__()
        self.rows: list[dict[str, float]] = []
        self._enough = enough
        self._last: deque[bool] = deque(maxlen=LAST)
        self._passed: list[bool] = []
        self._started = time.monotonic()
        self._stopped = False

    def stop(self, *_: object) -> None:
        """End the training after this step."""
        self._stopped = True

    def _on_step(self) -> bool:
        ended = zip(self.locals["dones"], self.locals["infos"], strict=True)
        passed = [bool(info["passed"]) for done, info in ended if done]
        self._passed += passed
        self._last += passed
        enough = len(self._last) == LAST and sum(self._last) >= self._enough * LAST
        return not (enough or self._stopped)

    def _on_rollout_end(self) -> None:
        if self._passed:
            row = {
                "steps": self.num_timesteps,
                "minutes": round((time.monotonic() - self._started) / 60, 2),
                "episodes": len(self._passed),
                "solved": sum(self._passed) / len(self._passed),
            }
            self.rows.append(row)
            print(json.dumps(row), flush=True)
        self._passed = []


def train(config: DigitsConfig, desktops: Desktops) -> tuple[PPO, Curve]:
    """PPO with its own network for small pictures; an interrupt ends it, not what follows."""
    model = PPO(
        "CnnPolicy",
        desktops,
        learning_rate=config.learning_rate,
        n_steps=config.steps_per_update,
        batch_size=config.batch,
        n_epochs=config.epochs,
        gamma=config.discount,
        gae_lambda=0.9,
        clip_range=config.clip,
        ent_coef=config.entropy,
        seed=config.seed,
        device="cpu",
    )
    curve = Curve(config.enough)
    before = signal.signal(signal.SIGINT, curve.stop)
    try:
        model.learn(config.steps, callback=curve)
    finally:
        signal.signal(signal.SIGINT, before)
    return model, curve


# Judging -------------------------------------------------------------------------------------

Choose = Callable[[Any], int]


def judge(desktops: Desktops, choose: Choose, episodes: int) -> dict[str, float]:
    """Play the same number of episodes of each digit, as nearly as it goes.

    Args:
        desktops: to play on, each in a thread.
        choose: (observation (2, 84, 84) uint8) -> number of the action.
        episodes: how many in all.

    Returns:
        "episodes"; "broken" ones, which count in nothing else; the shares "solved", and "at_once"
        with the first click; "clicks" of an episode on average.
    """
    asked = [DIGITS[number % len(DIGITS)] for number in range(episodes)]
    shares = [asked[index :: desktops.num_envs] for index in range(desktops.num_envs)]

    def play_all(index: int) -> list[int | None]:
        return [play(desktops.envs[index], choose, digit) for digit in shares[index]]

    with ThreadPoolExecutor(desktops.num_envs) as threads:
        played = list(threads.map(play_all, range(desktops.num_envs)))
    clicks = [found for part in played for found in part if found is not None]
    count = max(1, len(clicks))
    return {
        "episodes": episodes,
        "broken": episodes - len(clicks),
        "solved": sum(found > 0 for found in clicks) / count,
        "at_once": sum(found == 1 for found in clicks) / count,
        "clicks": sum(map(abs, clicks)) / count,
    }


def play(env: AnyEnv, choose: Choose, digit: int) -> int | None:
    """One episode: its number of clicks, negative if it was not solved, None if it broke."""
    observation, _ = reset(env, digit=digit)
    clicks = 0
    while True:
        try:
            observation, _, terminated, truncated, info = env.step(choose(observation))
        except MachineError:
            return None
        clicks += 1
        if terminated or truncated:
            return clicks if info["passed"] else -clicks


# The curve -----------------------------------------------------------------------------------


def draw(curve: Sequence[dict[str, float]], random_solved: float, path: Path) -> None:
    """A picture of the share of episodes that were solved, over the clicks."""
    steps = [row["steps"] for row in curve]
    figure = Figure(figsize=(6.4, 3.2), dpi=80, layout="constrained")
    axes = figure.add_subplot()
    axes.plot(steps, [row["solved"] for row in curve], color="#1f6feb", label="PPO")
    axes.axhline(random_solved, color="#888888", linestyle="--", label="random clicks")
    axes.set(xlabel="clicks, of all desktops", ylabel="episodes solved", ylim=(0, 1.02))
    axes.set_title("galculator: press the digit that is asked for", fontsize=10)
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(path)


def main(config: DigitsConfig) -> Path:
    """Judge random clicks, train, judge what was learnt, save everything; returns the folder."""
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # the desktops need processors, too
    rng = np.random.default_rng(config.seed)
    seeds = range(config.seed, config.seed + config.desktops)
    makers = [lambda seed=seed: make_env(config, seed) for seed in seeds]
    desktops = Desktops(makers)
    try:
        by_chance = judge(desktops, lambda _: int(rng.integers(KEYS)), config.episodes)
        print(json.dumps({"random": by_chance}), flush=True)
        model, curve = train(config, desktops)
        model.save(out / "model.zip")

        def choose(observation: Any) -> int:
            return int(model.predict(np.asarray(observation), deterministic=True)[0])

        learnt = judge(desktops, choose, config.episodes)
    finally:
        desktops.close()
    result = {
        "config": asdict(config),
        "commit": commit(),
        "random": by_chance,
        "learnt": learnt,
        "broken": desktops.broken,
        "curve": curve.rows,
    }
    (out / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    draw(curve.rows, by_chance["solved"], out / "curve.png")
    print(json.dumps({"random": by_chance, "learnt": learnt}))
    return out


CONFIG = DigitsConfig

if __name__ == "__main__":
    main(load_toml(Path(sys.argv[1]), CONFIG))
