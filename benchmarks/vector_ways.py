"""Three ways to step many desktops at once, in turn: threads, processes, one thread.

    pip install greenlet
    python benchmarks/vector_ways.py --desktops 16 --rounds 3

Threads are what DesktopVectorEnv uses; processes are gymnasium's AsyncVectorEnv with shared memory.
The third way is what asyncio would do: a single thread goes on with whichever desktop has something
to do. To run the very same code in it, every wait for an X server hands over to a hub by greenlets,
which cost less than coroutines do.
"""

from __future__ import annotations

import argparse
import select
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import Any
from unittest.mock import patch

import greenlet  # type: ignore[import-not-found, import-untyped, unused-ignore]
import gymnasium as gym

from gym_anything.action.space import to_element
from gym_anything.desktop.connection import Connection
from gym_anything.env import DesktopEnv
from gym_anything.records import Action
from gym_anything.vector import DesktopVectorEnv

_ACTION = Action.type("a")
_OPTIONS: dict[str, Any] = {"max_steps": 10**9, "warm": False}


class Hub:
    """Runs functions in one thread, each until it waits for its X server."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._waiting: dict[int, tuple[Any, float]] = {}  # descriptor: greenlet, deadline

    def wait(self, connection: Connection, timeout_ms: float) -> None:
        """In place of `Connection.wait`: hand over until there is something, or the time is up."""
        descriptor = connection._x.get_file_descriptor()
        current = greenlet.getcurrent()
        self._waiting[descriptor] = current, time.monotonic() + timeout_ms / 1e3
        self._poll.register(descriptor, select.POLLIN)
        current.parent.switch()

    def run(self, jobs: Sequence[Callable[[], object]]) -> None:
        """Run all jobs to their end."""
        for job in jobs:
            greenlet.greenlet(job).switch()
        while self._waiting:
            now = time.monotonic()
            nearest = min(deadline for _, deadline in self._waiting.values())
            ready = {found for found, _ in self._poll.poll(max(0.0, 1e3 * (nearest - now)))}
            now = time.monotonic()
            for descriptor, (waiting, deadline) in list(self._waiting.items()):
                if descriptor in ready or deadline <= now:
                    del self._waiting[descriptor]
                    self._poll.unregister(descriptor)
                    waiting.switch()


def by_threads(app: str, desktops: int, seconds: float) -> float:
    """Steps per second of DesktopVectorEnv."""
    with closing(DesktopVectorEnv(desktops, app=app, copy=False, **_OPTIONS)) as envs:
        envs.reset(seed=0)
        return _rate(lambda: envs.step([_ACTION] * desktops), desktops, seconds)


def by_processes(app: str, desktops: int, seconds: float) -> float:
    """Steps per second of gymnasium's AsyncVectorEnv, one process a desktop."""
    makers = [partial(DesktopEnv, app, **_OPTIONS)] * desktops
    with closing(gym.vector.AsyncVectorEnv(makers, shared_memory=True, copy=False)) as envs:
        envs.reset(seed=0)
        actions = gym.vector.utils.concatenate(
            envs.single_action_space,
            [to_element(_ACTION)] * desktops,
            gym.vector.utils.create_empty_array(envs.single_action_space, desktops),
        )
        return _rate(lambda: envs.step(actions), desktops, seconds)


def by_one_thread(app: str, desktops: int, seconds: float) -> float:
    """Steps per second of a single thread that waits for all desktops at once."""
    hub = Hub()
    with ExitStack() as stack:
        envs = [stack.enter_context(DesktopEnv(app, **_OPTIONS)) for _ in range(desktops)]
        for env in envs:
            env.reset(seed=0)
        jobs = [partial(env.step, _ACTION) for env in envs]
        stack.enter_context(patch.object(Connection, "wait", lambda c, ms: hub.wait(c, ms)))
        return _rate(lambda: hub.run(jobs), desktops, seconds)


def _rate(step: Callable[[], object], desktops: int, seconds: float) -> float:
    for _ in range(3):
        step()
    rounds, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        step()
        rounds += 1
    return rounds * desktops / elapsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the steps per second of each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--app", default="mousepad")
    parser.add_argument("--desktops", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each round")
    options = parser.parse_args(arguments)
    ways = {"threads": by_threads, "processes": by_processes, "one thread": by_one_thread}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            rates[name].append(way(options.app, options.desktops, options.seconds))
    for name, found in rates.items():
        listed = ", ".join(f"{rate:.0f}" for rate in found)
        print(f"{name:10} {statistics.median(found):6.0f} steps/s in all (rounds: {listed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
