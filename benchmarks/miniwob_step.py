"""A click step here against a click step of MiniWoB++, in turn, in one run.

    apt install chromium chromium-driver; pip install miniwob
    python benchmarks/miniwob_step.py --repeat 60

MiniWoB++ is driven as its own documentation says, over Selenium and headless Chromium; its step
clicks a checkbox at given coordinates and returns a screenshot of 160 x 210 pixels and the page's
elements. The steps here click a button of galculator or into Mousepad's text and return a frame
of 1280 x 720 pixels once the screen is still.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import gymnasium as gym
import miniwob  # type: ignore[import-not-found, unused-ignore]
from miniwob.action import ActionTypes  # type: ignore[import-not-found, unused-ignore]

from gym_anything.env import DesktopEnv
from gym_anything.records import Action
from gym_anything.task import Target

_EPISODE_SEC = 8.0  # an episode of MiniWoB++ ends by itself after 10 s
_PLACES = {
    "galculator": [Target(role="toggle button", name=digit) for digit in "147"],
    "mousepad": [Target(role="text", window="Mousepad", at=(0.3, y)) for y in (0.1, 0.2, 0.3)],
}


class MiniWoB:
    """Clicks on checkboxes of MiniWoB++."""

    def __init__(self) -> None:
        os.environ.setdefault("MINIWOB_CHROME_BINARY", "/usr/bin/chromium")
        os.environ.setdefault("MINIWOB_CHROMEDRIVER", "/usr/bin/chromedriver")
        gym.register_envs(miniwob)
        self._env = gym.make("miniwob/click-checkboxes-v1").unwrapped
        self._begun = 0.0

    def step(self) -> None:
        """One click, in an episode that does not end with it."""
        self._env.step(self._click)

    def prepare(self) -> None:
        """A fresh episode if the present one is about to end; not measured."""
        if time.monotonic() - self._begun < _EPISODE_SEC:
            return
        observation, _ = self._env.reset(seed=0)
        self._begun = time.monotonic()
        box = next(
            element for element in observation["dom_elements"] if element["tag"] == "input_checkbox"
        )
        middle = [float(box["left"][0] + 6), float(box["top"][0] + 6)]
        space = self._env.action_space
        self._click = space.sample() | {
            "action_type": self._env.action_space_config.action_types.index(
                ActionTypes.CLICK_COORDS
            ),
            "coords": middle,
        }

    def close(self) -> None:
        """End the browser."""
        self._env.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both, and how many times faster."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=60, help="steps of each")
    repeat = parser.parse_args(arguments).repeat
    with ExitStack() as stack:
        other = MiniWoB()
        stack.callback(other.close)
        steps: dict[str, Callable[[], object]] = {}
        for app, targets in _PLACES.items():
            for policy in ("safe", "fast"):
                env = stack.enter_context(DesktopEnv(app, settle=policy, max_steps=10**6))
                steps[f"{app}, {policy}"] = _clicks(env, targets)
        durations: dict[str, list[float]] = {"MiniWoB++": [], **{name: [] for name in steps}}
        for _ in range(repeat + 3):
            other.prepare()
            durations["MiniWoB++"].append(_timed(other.step))
            for name, step in steps.items():
                durations[name].append(_timed(step))
    medians = {name: statistics.median(values[3:]) for name, values in durations.items()}
    for name, median in medians.items():
        p90 = statistics.quantiles(durations[name][3:], n=10)[-1]
        ratio = medians["MiniWoB++"] / median
        print(f"{name:18} {median:6.1f} ms, p90 {p90:6.1f} ms, {ratio:4.1f} times faster")
    return 0


def _clicks(env: DesktopEnv, targets: Sequence[Target]) -> Callable[[], object]:
    env.reset(seed=0)
    points = []
    for target in targets:
        extents = env.session.desktop.locate(target)
        assert extents is not None
        x, y, width, height = extents
        points.append((x + int(width * target.at[0]), y + int(height * target.at[1])))
    turn = iter(range(10**9))
    return lambda: env.step(Action.click(*points[next(turn) % len(points)]))


def _timed(step: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    step()
    return 1e3 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
