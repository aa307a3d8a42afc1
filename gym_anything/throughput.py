"""Throughput: what many desktops do together in one process, in steps and resets per second."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gym_anything.env import DesktopEnv
from gym_anything.pool import Key, shared_pool
from gym_anything.records import Action
from gym_anything.session import set_up
from gym_anything.templates import templates_of
from gym_anything.vector import DesktopVectorEnv

_TEXTS = {"libreoffice_calc": "7\n"}  # a digit and Enter; elsewhere one character


@dataclass(frozen=True, slots=True)
class Throughput:
    """What so many desktops of an application did.

    Attributes:
        app: application id.
        desktops: how many at once.
        per_second: steps, or resets, of all of them together.
        count: how many were measured.
        what: "steps" or "resets".
    """

    app: str
    desktops: int
    per_second: float
    count: int
    what: str


def measure_steps(app: str, desktops: int, seconds: float, policy: str = "safe") -> Throughput:
    """Step a vector environment as fast as it goes, typing a character a step.

    Args:
        app: application id.
        desktops: how many at once.
        seconds: how long, warm-up not counted.
        policy: "safe" or "fast".
    """
    envs = DesktopVectorEnv(
        desktops, copy=False, app=app, settle=policy, max_steps=10**9, warm=False
    )
    try:
        envs.reset(seed=0)
        actions = [Action.type(_TEXTS.get(app, "a"))] * desktops
        for _ in range(3):
            envs.step(actions)
        rounds, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < seconds:
            envs.step(actions)
            rounds += 1
        return Throughput(app, desktops, rounds * desktops / elapsed, rounds * desktops, "steps")
    finally:
        envs.close()


def measure_resets(app: str, seconds: float, threads: int = 2) -> Throughput:
    """Take, set up and give back desktops of the pool as fast as they are made.

    Args:
        app: application id.
        seconds: how long, warm-up not counted.
        threads: users of the pool at once.
    """
    pool = shared_pool()
    template = next(iter(templates_of(app).values()))
    key = Key((app,), "local", (1280, 720))

    def use(until: Callable[[], bool]) -> int:
        done = 0
        while not until():
            session = pool.take(key)
            set_up(session, template.task(done))
            session.desktop.screenshot()
            pool.discard(session)
            done += 1
        return done

    with pool.subscribe(key):
        pool.await_ready(key, 1, 60.0)
        started = time.perf_counter()
        with ThreadPoolExecutor(threads) as workers:
            jobs = [
                workers.submit(use, lambda: time.perf_counter() - started >= seconds)
                for _ in range(threads)
            ]
            count = sum(job.result() for job in jobs)
        elapsed = time.perf_counter() - started
    return Throughput(app, threads, count / elapsed, count, "resets")


def measure_warm_resets(app: str, repeat: int) -> list[float]:
    """Milliseconds from a reset to its observation, a ready machine there each time."""
    template = next(iter(templates_of(app).values()))
    env = DesktopEnv(app, task=template.task(0))
    try:
        env.reset()
        env.reset()
        durations = []
        for _ in range(repeat):
            shared_pool().await_ready(Key((app,), "local", (1280, 720)), 1, 60.0)
            durations.append(env.reset()[1]["timing"]["total"])
        return durations
    finally:
        env.close()


def measure_all(most: int, report: Callable[[int, int, str], None]) -> list[Throughput]:
    """Steps of one and of many desktops of each application, and sustained resets.

    Args:
        most: desktops at once; applications that are large get half of them.
        report: called with (done, total, what) as it goes on.
    """
    plan: list[tuple[str, Callable[[], Throughput]]] = [
        ("one mousepad", lambda: measure_steps("mousepad", 1, 5.0)),
        ("many mousepads", lambda: measure_steps("mousepad", most, 10.0)),
        ("many galculators", lambda: measure_steps("galculator", most, 10.0)),
        ("many Calcs", lambda: measure_steps("libreoffice_calc", max(1, most // 2), 10.0)),
        ("galculator resets", lambda: measure_resets("galculator", 10.0)),
        ("mousepad resets", lambda: measure_resets("mousepad", 10.0)),
        ("Calc resets", lambda: measure_resets("libreoffice_calc", 15.0)),
    ]
    rows = []
    for done, (what, part) in enumerate(plan):
        report(done, len(plan), what)
        rows.append(part())
    report(len(plan), len(plan), "done")
    return rows
