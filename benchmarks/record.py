"""What recording costs: the ways to write a screen, and steps per second with and without it.

    python benchmarks/record.py [--desktops 8] [--seconds 15] [--rounds 3]

Three parts: (1) milliseconds and bytes of each lossless way to write the screens of Mousepad while
somebody types; (2) steps per second of all desktops together, one character typed a step, recorded
and not recorded in turn; (3) whole episodes by the noisy teacher, resets and judging included,
recorded and not recorded in turn, and this process's memory meanwhile.
"""

from __future__ import annotations

import argparse
import io
import itertools
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from gym_anything.agent.noisy import NoisyAgent
from gym_anything.env import DesktopEnv
from gym_anything.records import Action
from gym_anything.rollout import rollout
from gym_anything.store import Store, Writer
from gym_anything.store.png import FrameEncoder
from gym_anything.templates import select

APP = "mousepad"
ERROR_RATE = 0.1  # of the noisy teacher


def rss_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def frames(count: int) -> list[np.ndarray]:
    """Screens of Mousepad while somebody types."""
    with DesktopEnv(APP, max_steps=10**9, warm=False) as env:
        found = [env.reset(seed=0)[0]["screenshot"]]
        for letter in itertools.islice(itertools.cycle("the quick brown fox "), count - 1):
            found.append(env.step(Action.type(letter))[0]["screenshot"])
    return found


def write_webp(frame: np.ndarray) -> bytes:
    """Lossless WebP, the fastest method."""
    out = io.BytesIO()
    Image.fromarray(frame).save(out, format="WEBP", lossless=True, method=0, quality=0)
    return out.getvalue()


def write_png(level: int) -> Callable[[np.ndarray], bytes]:
    """PNG by OpenCV."""

    def write(frame: np.ndarray) -> bytes:
        bgr = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        return cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, level])[1].tobytes()

    return write


def write_strips(level: int) -> Callable[[np.ndarray], bytes]:
    """PNG of strips, of which only those that changed are compressed again."""
    encoder = FrameEncoder(level)

    def write(frame: np.ndarray) -> bytes:
        encoder.take(frame)
        return encoder.png()

    return write


def compare_ways() -> None:
    """Print what each way costs."""
    screens = frames(30)
    ways = {
        **{f"PNG, level {level}": write_png(level) for level in (1, 3, 6)},
        "WebP, lossless": write_webp,
        **{f"PNG of strips, level {level}": write_strips(level) for level in (1, 3, 6)},
    }
    print("| a screen of Mousepad, 1280x720 | first | median of the others | KB |")
    print("| --- | --- | --- | --- |")
    for name, write in ways.items():
        took, size = [], []
        for screen in screens:
            started = time.perf_counter()
            size.append(len(write(screen)))
            took.append(1e3 * (time.perf_counter() - started))
        rest = statistics.median(took[1:])
        print(
            f"| {name} | {took[0]:.1f} ms | {rest:.1f} ms | {statistics.median(size) / 1e3:.0f} |"
        )


def typing_rate(desktops: int, seconds: float, folder: Path | None) -> float:
    """Steps per second of all desktops, recorded into a folder if there is one."""
    with ExitStack() as stack:
        envs = [
            stack.enter_context(DesktopEnv(APP, max_steps=10**9, warm=False))
            for _ in range(desktops)
        ]
        writer = None if folder is None else stack.enter_context(Writer(folder))
        recorders = [writer.recorder() if writer else None for _ in envs]
        starts = [env.reset(seed=seed)[0]["screenshot"] for seed, env in enumerate(envs)]
        for env, recorder, screen in zip(envs, recorders, starts, strict=True):
            if recorder:
                recorder.begin(env, screen)
        ends = time.perf_counter() + seconds

        def work(index: int) -> int:
            steps = 0
            for letter in itertools.cycle("the quick brown fox "):
                if time.perf_counter() >= ends:
                    break
                observation, *_ = envs[index].step(Action.type(letter))
                if (recorder := recorders[index]) is not None:
                    recorder.step(observation["screenshot"])
                steps += 1
            return steps

        started = time.perf_counter()
        with ThreadPoolExecutor(desktops) as threads:
            count = sum(threads.map(work, range(desktops)))
        if writer is not None:
            writer.flush()  # what waits in the queue counts
        rate = count / (time.perf_counter() - started)
        for recorder in recorders:
            if recorder:
                recorder.discard()
        return rate


def episode_rate(desktops: int, seconds: float, folder: Path | None) -> tuple[float, int]:
    """(steps per second, episodes) of whole episodes, resets and judging included."""
    templates = [found for found in select(APP, level=1) if found.split.value == "train"]
    jobs = itertools.cycle(itertools.product(range(50), templates))
    lock = threading.Lock()
    with ExitStack() as stack:
        writer = None if folder is None else stack.enter_context(Writer(folder))
        envs = [stack.enter_context(DesktopEnv(APP)) for _ in range(desktops)]
        ends = time.perf_counter() + seconds

        def tasks() -> Iterator[tuple[int, object]]:
            while time.perf_counter() < ends:
                with lock:
                    seed, template = next(jobs)
                yield seed, template.task(seed)

        def work(env: DesktopEnv) -> tuple[int, int]:
            steps = episodes = 0
            for _, task in tasks():
                recorder = writer.recorder() if writer else None
                trajectory = rollout(
                    env,
                    lambda env: NoisyAgent(
                        env.session.desktop, env.task.solution, ERROR_RATE, env.task.seed
                    ),
                    options={"task": task},
                    recorder=recorder,
                )
                if recorder:
                    recorder.write(trajectory)
                steps += len(trajectory.steps)
                episodes += 1
            return steps, episodes

        started = time.perf_counter()
        with ThreadPoolExecutor(desktops) as threads:
            counts = list(threads.map(work, envs))
        if writer is not None:
            writer.flush()
        elapsed = time.perf_counter() - started
    return sum(steps for steps, _ in counts) / elapsed, sum(count for _, count in counts)


def in_turn(what: str, rounds: int, measure: Callable[[Path | None], float], folder: Path) -> None:
    """Print the medians of measurements without and with recording, taken in turn."""
    plain, recorded = [], []
    for number in range(rounds):
        order = [(plain, None), (recorded, folder / f"{what}-{number}".replace(" ", "-"))]
        for found, place in order if number % 2 == 0 else order[::-1]:
            found.append(measure(place))
            kind = "not recorded" if place is None else "recorded"
            print(f"  {what}, {kind}: {found[-1]:.1f} steps/s; this process: {rss_mb():.0f} MB")
    before, after = statistics.median(plain), statistics.median(recorded)
    print(
        f"{what}: {before:.1f} steps/s, recorded {after:.1f}: recording costs "
        f"{1 - after / before:.1%}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--desktops", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    compare_ways()
    count, seconds = options.desktops, options.seconds
    with tempfile.TemporaryDirectory(prefix="gym-anything-record-") as name:
        folder = Path(name)
        title = f"{count} Mousepads"
        episode_rate(count, 3.0, folder / "warm-up")

        def episodes(place: Path | None) -> float:
            return episode_rate(count, seconds, place)[0]

        def typing(place: Path | None) -> float:
            return typing_rate(count, seconds, place)

        in_turn(f"{title}, whole episodes", options.rounds, episodes, folder)
        in_turn(f"{title}, typing only", options.rounds, typing, folder)
        kept = sorted(folder.glob("*whole-episodes-*"))[-1]
        found = Store(kept).episodes()
        size = sum(path.stat().st_size for path in kept.rglob("*") if path.is_file())
        steps = sum(episode.steps for episode in found)
        print(f"{len(found)} episodes, {steps} steps: {size / max(1, steps) / 1e3:.0f} KB a step")


if __name__ == "__main__":
    main()
