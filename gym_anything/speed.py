"""Speed: what observing, stepping and resetting cost, beside the usual way, in one run.

The usual way is OSWorld's: a Python process that imports pyautogui for each action, a sleep of two
seconds, a screenshot encoded as PNG and decoded again. It acts on the same desktop, in turn.
"""

from __future__ import annotations

import io
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageGrab

from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.machine.cpu import pss_bytes
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action
from gym_anything.task import Target

OSWORLD_SLEEP_SEC = 2.0
_DISPLAYS = range(900, 1000)
_SOCKETS = Path("/tmp/.X11-unix")
Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure.

    Attributes:
        what: what was measured.
        median: of the measurements, in `unit`.
        p90: 90th percentile, None for a single measurement or a ratio.
        unit: "ms", "s", "1/s", "MB" or "x".
        count: measurements.
        bound: what must be reached, None if nothing.
        relation: how the median must stand to the bound.
    """

    what: str
    median: float
    p90: float | None
    unit: str
    count: int
    bound: float | None = None
    relation: Literal["<=", ">="] = "<="

    @property
    def reached(self) -> bool | None:
        """Whether the bound is reached, None if there is none."""
        if self.bound is None:
            return None
        return self.median <= self.bound if self.relation == "<=" else self.median >= self.bound


def measure(repeat: int, report: Report) -> list[Figure]:
    """Measure everything.

    Args:
        repeat: measurements of each step figure; resets and the usual way take fewer.
        report: called with (done, total, what) as it goes on.

    Raises:
        AppError: an application is not installed.
        ConfigError: pyautogui is not installed.
    """
    if find_spec("pyautogui") is None:
        raise ConfigError("pyautogui is not installed; run: pip install 'gym-anything[speed]'")
    parts: list[tuple[str, Callable[[], list[Figure]]]] = [
        ("galculator", lambda: _galculator(repeat)),
        ("mousepad", lambda: _typing("mousepad", ["a", "b"], repeat, 40.0)),
        ("Calc", lambda: _typing("libreoffice_calc", ["7\n", "8\n"], repeat, 120.0)),
        ("reset galculator", lambda: [_reset("galculator", max(5, repeat // 3), 0.4)]),
        ("reset mousepad", lambda: [_reset("mousepad", max(5, repeat // 3), 0.5)]),
        ("reset Calc", lambda: [_reset("libreoffice_calc", max(5, repeat // 6), 4.0)]),
    ]
    figures = []
    for done, (what, part) in enumerate(parts):
        report(done, len(parts), what)
        figures += part()
    report(len(parts), len(parts), "done")
    return figures


def figure(what: str, values: list[float], unit: str = "ms", bound: float | None = None) -> Figure:
    """The median and 90th percentile of measurements, which must stay at or below the bound."""
    p90 = float(np.percentile(values, 90))
    return Figure(what, statistics.median(values), p90, unit, len(values), bound)


@contextmanager
def _env(app: str) -> Iterator[DesktopEnv]:
    env = DesktopEnv(app)
    try:
        env.reset(seed=0)
        yield env
    finally:
        env.close()


def _galculator(repeat: int) -> list[Figure]:
    with _env("galculator") as env:
        desktop = env.session.desktop
        observe = [_timed(desktop.screenshot) for _ in range(repeat * 4)]
        points = [center(env, "toggle button", digit) for digit in "147"]
        clicks = [Action.click(*point) for point in points]
        steps, own = _steps(env, clicks, repeat)
        with _host_display(env) as display:
            usual = [_usual_step(display, point) for point in (points * 3)[: max(5, repeat // 5)]]
        machine = env.session.machine
        assert isinstance(machine, LocalMachine)
        pss_mb = pss_bytes(machine.pid) / 1e6
    click = statistics.median(steps)
    unslept = statistics.median(usual)
    slept = unslept + 1e3 * OSWORLD_SLEEP_SEC
    return [
        figure("observation (framebuffer to RGB array)", observe, bound=0.5),
        figure("library's own share of a step", own, bound=1.5),
        figure("galculator click, settled", steps, bound=40.0),
        figure("the usual way, same click, without its sleep", usual),
        Figure(
            "the usual way with its 2 s sleep, against ours", slept / click, None, "x", 1, 50, ">="
        ),
        Figure(
            "the usual way without its sleep, against ours", unslept / click, None, "x", 1, 8, ">="
        ),
        Figure("memory of one galculator desktop (PSS)", pss_mb, None, "MB", 1, 80.0),
    ]


def _typing(app: str, texts: list[str], repeat: int, bound: float) -> list[Figure]:
    with _env(app) as env:
        steps, _ = _steps(env, [Action.type(text) for text in texts], repeat)
    what = "a digit and Enter" if "\n" in texts[0] else "one character"
    return [figure(f"{env.app.title}, type {what}, settled", steps, bound=bound)]


def _steps(env: DesktopEnv, actions: list[Action], repeat: int) -> tuple[list[float], list[float]]:
    """Milliseconds of steps, and of the part that neither waits for the application nor settles."""
    totals, own = [], []
    for action in itertools.islice(itertools.cycle(actions), repeat + 3):
        _, _, _, truncated, info = env.step(action)
        timing = info["timing"]
        totals.append(timing["total"])
        own.append(timing["total"] - timing["settle"])
        if truncated:
            env.reset(seed=0)
    return totals[3:], own[3:]


def _reset(app: str, repeat: int, bound: float) -> Figure:
    env = DesktopEnv(app)
    try:
        env.reset(seed=0)  # makes the profile and fills the page cache
        seconds = [_timed(lambda: env.reset(seed=1)) / 1e3 for _ in range(repeat)]
    finally:
        env.close()
    return figure(f"{env.app.title}, cold reset", seconds, "s", bound)


def _timed(function: Callable[[], object]) -> float:
    """Milliseconds that a call takes."""
    started = time.perf_counter()
    function()
    return 1e3 * (time.perf_counter() - started)


def center(env: DesktopEnv, role: str, name: str) -> tuple[int, int]:
    """The middle of a widget that is on screen, in pixels."""
    extents = env.session.desktop.locate(Target(role=role, name=name))
    assert extents is not None, f"no {role} {name!r} on screen"
    x, y, width, height = extents
    return x + width // 2, y + height // 2


# The usual way -----------------------------------------------------------------------------------


@contextmanager
def _host_display(env: DesktopEnv) -> Iterator[str]:
    """Name the machine's X server on this host for a while, for programs that only know names."""
    _SOCKETS.mkdir(mode=0o1777, exist_ok=True)
    for number in _DISPLAYS:
        link = _SOCKETS / f"X{number}"
        try:
            link.symlink_to(env.session.machine.run / "x11" / "X0")
        except FileExistsError:
            continue
        try:
            yield f":{number}"
        finally:
            link.unlink()
        return
    raise ConfigError(f"no free display number in {_DISPLAYS} in {_SOCKETS}")


def _usual_step(display: str, point: tuple[int, int]) -> float:
    """Milliseconds of a click and an observation in the usual way, its sleep left out."""
    environment = os.environ | {"DISPLAY": display, "XAUTHORITY": os.devnull}
    code = f"import pyautogui; pyautogui.FAILSAFE = False; pyautogui.click({point[0]}, {point[1]})"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    png = io.BytesIO()
    ImageGrab.grab(xdisplay=display).save(png, "PNG")
    np.asarray(Image.open(io.BytesIO(png.getvalue())).convert("RGB"))
    return 1e3 * (time.perf_counter() - started)
