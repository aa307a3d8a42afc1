"""Premature frames: how often an observation was taken before the screen had come to rest.

A frame is premature if its pixels still change within `WATCH_SEC` without new input. Each kind of
action is tried on each application, alone and with many desktops at once. Dialogs are opened with
the pointer in the corner of the screen: a tooltip over what happens to come to lie under it, half a
second later, is no part of opening a dialog.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from gym_anything.app import Probe, load_app, load_apps
from gym_anything.env import DesktopEnv
from gym_anything.errors import AppError
from gym_anything.records import MAX_DURATION_SEC, Action
from gym_anything.task import Target

WATCH_SEC = 0.5
_RESTS = 2  # the longest waits there are, at the start of a round: messages like "loaded" then go
_reading = threading.Lock()  # a tree is read within a deadline, which a crowd of readers would miss
_APPEAR_SEC = 60.0  # that a widget may take to appear while many desktops load
_CLOSE_DIALOG = Action.press("escape")


@dataclass(frozen=True, slots=True)
class Rate:
    """Premature frames of one kind of action.

    Attributes:
        app: application id.
        desktops: how many were stepping at the same time.
        kind: "key", "click", "menu" or "dialog".
        premature: frames whose pixels still changed.
        count: frames watched.
        step_ms: median of a whole step.
    """

    app: str
    desktops: int
    kind: str
    premature: int
    count: int
    step_ms: float


@dataclass(frozen=True, slots=True)
class _Watched:
    kind: str
    premature: bool
    step_ms: float


def measure_premature(
    rounds: int,
    crowd: int,
    policy: str,
    report: Callable[[int, int, str], None],
    apps: Sequence[str] = (),
) -> list[Rate]:
    """Measure every application that says in its app.toml what to try (`probe`).

    Args:
        rounds: times that each action is tried on each desktop.
        crowd: desktops at once in the second measurement; fewer rounds are run there.
        policy: "safe" or "fast".
        report: called with (done, total, what) as it goes on.
        apps: application ids, all if empty.
    """
    chosen = [app for app in (apps or load_apps()) if load_app(app).probe != Probe()]
    rates: list[Rate] = []
    for index, app in enumerate(chosen):
        for number, desktops in enumerate((1, crowd)):
            report(2 * index + number, 2 * len(chosen), f"{app}, {desktops} at once")
            share = rounds if desktops == 1 else max(1, rounds // 4)
            rates += _rates(app, desktops, share, policy)
    report(2 * len(chosen), 2 * len(chosen), "done")
    return rates


def _rates(app: str, desktops: int, rounds: int, policy: str) -> list[Rate]:
    with ThreadPoolExecutor(desktops) as threads:
        jobs = [threads.submit(_probe, app, rounds, policy) for _ in range(desktops)]
        watched = [one for job in jobs for one in job.result()]
    kinds = dict.fromkeys(one.kind for one in watched)
    return [_rate(app, desktops, kind, [w for w in watched if w.kind == kind]) for kind in kinds]


def _rate(app: str, desktops: int, kind: str, watched: list[_Watched]) -> Rate:
    premature = sum(one.premature for one in watched)
    step_ms = statistics.median(one.step_ms for one in watched)
    return Rate(app, desktops, kind, premature, len(watched), step_ms)


def _probe(app: str, rounds: int, policy: str) -> list[_Watched]:
    env = DesktopEnv(app, settle=policy, warm=False, max_steps=1_000_000)
    try:
        env.reset(seed=0)
        return [
            one
            for _ in range(rounds)
            for kind, action in _actions(env)
            if (one := _watch(env, kind, action))
        ]
    finally:
        env.close()


def _actions(env: DesktopEnv) -> Iterator[tuple[str, Action]]:
    """One round of actions, each kind by itself; "" marks those that only tidy up."""
    probe = env.app.probe
    locate = partial(_center, env)
    for _ in range(_RESTS):
        yield "", Action.wait(MAX_DURATION_SEC)
    for key in probe.keys:
        yield "key", Action.press(key)
    for role, name in probe.clicks:
        yield "click", Action.click(*locate(Target(role=role, name=name)))
    for cell in probe.cells:
        yield "click", Action.click(*locate(Target(cell=cell)))
    for menu in probe.menus:
        yield "menu", Action.click(*locate(Target(name=menu)))
        yield "", _CLOSE_DIALOG
    width, height = env.session.desktop.size
    yield "", Action.move(width - 1, height - 1)
    for chord in probe.dialogs:
        yield "dialog", Action.press(chord)
        yield "", _CLOSE_DIALOG


def _center(env: DesktopEnv, target: Target) -> tuple[int, int]:
    desktop = env.session.desktop
    deadline = time.monotonic() + _APPEAR_SEC
    while True:
        with _reading:
            extents = desktop.locate(target)
        if extents is not None:
            break
        if time.monotonic() > deadline:
            raise AppError(f"{env.app.id}: app.toml: probe: {target} is not on screen")
        desktop.await_change(0.25)
    x, y, width, height = extents
    return x + width // 2, y + height // 2


def _watch(env: DesktopEnv, kind: str, action: Action) -> _Watched | None:
    """Do an action and watch its frame; None for one that only tidies up."""
    observation, _, _, _, info = env.step(action)
    if not kind:
        return None
    desktop = env.session.desktop
    desktop.step(Action.wait(WATCH_SEC))
    changed = not np.array_equal(observation["screenshot"], desktop.screenshot())
    return _Watched(kind, changed, info["timing"]["total"])
