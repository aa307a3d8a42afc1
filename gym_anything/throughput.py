"""Throughput: what many desktops do together in one process, in steps and resets per second."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np

from gym_anything.app import load_app
from gym_anything.env import DesktopEnv
from gym_anything.machine.cpu import pss_bytes
from gym_anything.machine.local import LocalMachine
from gym_anything.pool import Key, available_mb, shared_pool
from gym_anything.records import Action
from gym_anything.session import set_up
from gym_anything.speed import Figure, Report, center, figure
from gym_anything.templates import templates_of
from gym_anything.vector import DesktopVectorEnv

_ENTERING = (Action.type("7\n"),)  # costs Calc as much CPU time as five moves of the cursor


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many desktops of an application lived beside each other.

    Attributes:
        app: application id.
        desktops: how many.
        alive: of them, at the end.
        steps: of all of them.
        seconds: how long.
        step_ms: median of a step.
        p99_ms: its 99th percentile.
        late_ms: 99th percentile of how late a step began.
        pss_mb: proportional memory of one desktop, its buses included.
        used_mb: memory of the host that all of them took, with this process's own.
    """

    app: str
    desktops: int
    alive: int
    steps: int
    seconds: float
    step_ms: float
    p99_ms: float
    late_ms: float
    pss_mb: float
    used_mb: int


def measure_steps(
    app: str, desktops: int, seconds: float, policy: str = "safe", actions: Sequence[Action] = ()
) -> float:
    """Steps per second of all desktops together.

    Args:
        app: application id.
        desktops: how many at once.
        seconds: how long, warm-up not counted.
        policy: "safe" or "fast".
        actions: done in turn; if empty, those of `usual_actions`.
    """
    envs = DesktopVectorEnv(
        desktops, copy=False, app=app, settle=policy, max_steps=10**9, warm=False
    )
    try:
        envs.reset(seed=0)
        turns = itertools.cycle(actions or usual_actions(envs.envs[0]))
        for _ in range(3):
            envs.step([next(turns)] * desktops)
        rounds, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < seconds:
            envs.step([next(turns)] * desktops)
            rounds += 1
        return rounds * desktops / elapsed
    finally:
        envs.close()


def usual_actions(env: DesktopEnv) -> Sequence[Action]:
    """The smallest useful actions of an application, to be done in turn.

    A character typed; a button clicked, where keys flash one for 100 ms (galculator); the cursor
    moved to the next cell and back (Calc).
    """
    if env.app.id == "galculator":
        return [Action.click(*center(env, "toggle button", digit)) for digit in "147"]
    if env.app.id == "libreoffice_calc":
        return [Action.press("down"), Action.press("up")]
    return [Action.type("a")]


def measure_resets(app: str, seconds: float, threads: int = 4) -> float:
    """Resets per second: desktops of the pool taken, set up and given back as fast as they come.

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
    return count / elapsed


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


def measure_crowd(app: str, desktops: int, seconds: float, interval_sec: float = 1.0) -> Crowd:
    """Keep many desktops, each of which does a step every so often.

    Args:
        app: application id.
        desktops: how many.
        seconds: how long.
        interval_sec: between the beginnings of an environment's steps.
    """
    free_mb = available_mb()
    with ExitStack() as stack:
        envs = [
            stack.enter_context(DesktopEnv(app, max_steps=10**9, warm=False))
            for _ in range(desktops)
        ]
        with ThreadPoolExecutor(8) as starters:
            list(starters.map(lambda pair: pair[1].reset(seed=pair[0]), enumerate(envs)))
        started = time.monotonic() + 1.0

        def pace(index: int) -> list[tuple[float, float]]:
            """(lateness, duration) in seconds of each step of one desktop."""
            found, due = [], started + index * interval_sec / desktops
            turns = itertools.cycle(usual_actions(envs[index]))
            while due < started + seconds:
                time.sleep(max(0.0, due - time.monotonic()))
                begun = time.monotonic()
                envs[index].step(next(turns))
                found.append((begun - due, time.monotonic() - begun))
                due += interval_sec
            return found

        with ThreadPoolExecutor(desktops) as threads:
            steps = [step for found in threads.map(pace, range(desktops)) for step in found]
        late, took = (np.array(values) for values in zip(*steps, strict=True))
        return Crowd(
            app=app,
            desktops=desktops,
            alive=sum(env.session.failure() is None for env in envs),
            steps=len(steps),
            seconds=seconds,
            step_ms=1e3 * float(np.median(took)),
            p99_ms=1e3 * float(np.percentile(took, 99)),
            late_ms=1e3 * float(np.percentile(late, 99)),
            pss_mb=statistics.median(_pss_mb(env) for env in envs[:16]),
            used_mb=free_mb - available_mb(),
        )


def _pss_mb(env: DesktopEnv) -> float:
    machine = env.session.machine
    assert isinstance(machine, LocalMachine)
    return pss_bytes(machine.pid) / 1e6


def measure_docker(repeat: int) -> float:
    """How many times as long a galculator click takes on a Docker machine; a local one in turn.

    Raises:
        MachineError: there is no Docker engine; names the socket and the fix.
    """
    kinds = ("local", "docker")
    with ExitStack() as stack:
        envs = [
            stack.enter_context(DesktopEnv("galculator", machine=kind, max_steps=10**9, warm=False))
            for kind in kinds
        ]
        points = []
        for env in envs:
            env.reset(seed=0)
            points.append([center(env, "toggle button", digit) for digit in "147"])
        durations: list[list[float]] = [[], []]
        for turn in range(repeat + 3):
            for env, places, found in zip(envs, points, durations, strict=True):
                found.append(env.step(Action.click(*places[turn % 3]))[4]["timing"]["total"])
        local, docker = (statistics.median(found[3:]) for found in durations)
        return docker / local


def measure_all(most: int, report: Report) -> list[Figure]:
    """Warm resets, and the steps and resets of many desktops at once.

    The bounds are those that 16 desktops on 2 processors must reach.

    Args:
        most: desktops at once; applications that are large get half of them.
        report: called with (done, total, what) as it goes on.
    """
    half = max(1, most // 2)
    parts: list[Callable[[], Figure]] = [
        *(partial(_warm_reset, app, repeat, bound) for app, repeat, bound in _WARM_RESETS),
        partial(_rate, "1 Mousepad, steps", 25, lambda: measure_steps("mousepad", 1, 8.0)),
        *(
            partial(_rate, f"{count} {title}s, steps in all", bound, partial(measure_steps, *args))
            for title, count, bound, args in (
                ("Mousepad", most, 350, ("mousepad", most, 10.0)),
                ("galculator", most, 180, ("galculator", most, 10.0)),
                ("LibreOffice Calc", half, 100, ("libreoffice_calc", half, 10.0)),
            )
        ),
        partial(
            _rate,
            f"{half} LibreOffice Calcs, a digit and Enter a step, steps in all",
            None,
            partial(measure_steps, "libreoffice_calc", half, 10.0, actions=_ENTERING),
        ),
        *(
            partial(_rate, f"{app}, resets", bound, partial(measure_resets, app, 15.0))
            for app, bound in (("galculator", 6), ("mousepad", None), ("libreoffice_calc", None))
        ),
        partial(_memory, most),
    ]
    figures: list[Figure] = []
    for done, part in enumerate(parts):
        report(done, len(parts), figures[-1].what if figures else "warm resets")
        figures.append(part())
    report(len(parts), len(parts), "done")
    return figures


_WARM_RESETS = (("galculator", 30, 20.0), ("mousepad", 20, 120.0), ("libreoffice_calc", 10, 700.0))


def _warm_reset(app: str, repeat: int, bound: float) -> Figure:
    title = load_app(app).title
    return figure(f"{title}, warm reset", measure_warm_resets(app, repeat), bound=bound)


def _rate(what: str, bound: float | None, part: Callable[[], float]) -> Figure:
    return Figure(what, part(), None, "1/s", 1, bound, ">=")


def _memory(most: int) -> Figure:
    found = measure_crowd("galculator", most, 3.0)
    return Figure(f"memory of one galculator among {most} (PSS)", found.pss_mb, None, "MB", 1, 60.0)
