"""A real machine, its desktop, and applications on it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from gym_anything.desktop.desktop import Desktop
from gym_anything.desktop.settle import SettlePolicy
from gym_anything.machine.base import MachineSpec
from gym_anything.machine.cpu import descendants
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Window

GTK_SETTINGS = "[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\n"
READY = SettlePolicy(quiet_ms=150.0, first_ms=150.0, deadline_ms=20_000.0)
Launch: TypeAlias = Callable[..., Window]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[LocalMachine]:
    settings = tmp_path / "template" / ".config" / "gtk-3.0" / "settings.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(GTK_SETTINGS)
    spec = MachineSpec(env={"XCOMPOSEFILE": "/dev/null"}, home_templates=(tmp_path / "template",))
    with LocalMachine(spec) as machine:
        yield machine


@pytest.fixture
def desktop(machine: LocalMachine) -> Iterator[Desktop]:
    with Desktop.connect(machine.run, machine.cpu_time_ns, timeout_sec=3.0) as desktop:
        desktop.park_pointer()
        desktop.settle(READY)  # the window manager is still starting
        yield desktop


@pytest.fixture
def launch(machine: LocalMachine, desktop: Desktop) -> Launch:
    def launch(*argv: str) -> Window:
        known = {window.xid for window in desktop.windows()}
        machine.spawn(argv)
        for _ in range(200):
            new = [window for window in desktop.windows() if window.xid not in known]
            if new:
                desktop.settle(READY)
                return next(w for w in desktop.windows() if w.xid == new[0].xid)
            desktop.await_change(0.1)
        raise AssertionError(f"{argv[0]} opened no window: {machine.log()}")

    return launch


def write_file(machine: LocalMachine, name: str, text: str) -> Path:
    """Put a file of the machine's user into its home."""
    path = machine.home / name
    path.write_text(text)
    if os.getuid() == 0:
        owner = machine.home.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
    return path


def pid_of(machine: LocalMachine, name: str) -> int:
    """The process of the machine with that name, as this host numbers it."""
    return next(
        pid
        for pid in descendants(machine.pid)
        if Path(f"/proc/{pid}/comm").read_text().strip() == name
    )


@contextmanager
def stopped(pid: int, duration_sec: float) -> Iterator[None]:
    """A process that gets no CPU time, as on a crowded host, for a while from now."""
    os.kill(pid, signal.SIGSTOP)
    timer = threading.Timer(duration_sec, os.kill, (pid, signal.SIGCONT))
    timer.start()
    try:
        yield
    finally:
        timer.join()
