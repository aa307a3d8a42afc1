"""CPU time of a tree of processes, read from outside in microseconds.

Linux gives any process's CPU clock by number (`clock_getcpuclockid(3)`); it counts all its threads
and costs one system call, so it needs neither cgroups nor root.
"""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path

_CPU_CLOCK_SCHED = 2  # the nanosecond clock of include/linux/posix-timers.h
_REST_NS = 5_000_000  # between two look-ups of the processes: shorter than any stillness asked for
_LOOK_AGAIN_NS = 1_000_000_000  # so that processes that have ended are not asked for ever


class CpuMeter:
    """Sums the CPU time of a process and all its descendants, the ended ones included.

    Args:
        root_pid: the process whose descendants count.
    """

    def __init__(self, root_pid: int) -> None:
        self._root_pid = root_pid
        self._spent_ns: dict[int, int] = {}
        self._ended_ns = 0
        self._living: list[int] = [root_pid]
        self._threads: list[str] | None = None  # paths of their states, None if not looked up yet
        self._newest_pid = b""
        self._discovered_ns = 0

    def read_ns(self) -> int:
        """CPU nanoseconds used up to now; never decreases."""
        total_ns = self._ended_ns
        for pid in self._processes():
            try:
                spent = time.clock_gettime_ns((~pid << 3) | _CPU_CLOCK_SCHED)
            except OSError:  # it ended; what it had spent stays counted
                spent = 0
            spent = max(spent, self._spent_ns.get(pid, 0))
            self._spent_ns[pid] = spent
            total_ns += spent
        return total_ns

    def runnable(self) -> bool:
        """Whether a thread of them runs, waits for a processor, or waits for a disk."""
        processes = self._processes()
        if self._threads is None:
            self._threads = [path for pid in processes for path in _threads(pid)]
        return any(_state(path) in b"RD" for path in self._threads)

    def _processes(self) -> list[int]:
        """Those that live, looked up anew only if this host has started a process or thread."""
        age_ns = time.monotonic_ns() - self._discovered_ns
        newest = _newest_pid() if age_ns > _REST_NS else self._newest_pid
        if newest != self._newest_pid or age_ns > _LOOK_AGAIN_NS:
            self._newest_pid = newest
            self._discovered_ns = time.monotonic_ns()
            self._living = descendants(self._root_pid)
            self._threads = None
            for pid in self._spent_ns.keys() - set(self._living):
                self._ended_ns += self._spent_ns.pop(pid)
        return self._living


def _newest_pid() -> bytes:
    """Number of the process or thread that this host has started last; see proc(5), loadavg."""
    return os.pread(_averages(os.getpid()), 128, 0).rpartition(b" ")[2]


@cache
def _averages(pid: int) -> int:
    """A descriptor that this process keeps: it is read a few hundred times a second."""
    return os.open("/proc/loadavg", os.O_RDONLY | os.O_CLOEXEC)


def _threads(pid: int) -> list[str]:
    try:
        return [f"/proc/{pid}/task/{thread}/stat" for thread in os.listdir(f"/proc/{pid}/task")]
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return []


def _state(path: str) -> bytes:
    """The letter of a thread's state, b"X" if it has ended."""
    try:
        with open(path, "rb", buffering=0) as stat:
            return stat.read(512).rpartition(b")")[2][1:2] or b"X"
    except (FileNotFoundError, ProcessLookupError):
        return b"X"


def descendants(root_pid: int) -> list[int]:
    """Process ids of `root_pid` and everything below it, as far as they live."""
    found = [root_pid]
    for pid in found:
        found.extend(_children(pid))
    return found


def process_names(root_pid: int) -> dict[int, str]:
    """Names, at most 15 characters, of `root_pid` and everything below it, as far as they live."""
    names = {}
    for pid in descendants(root_pid):
        try:
            names[pid] = Path(f"/proc/{pid}/comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
    return names


def pss_bytes(root_pid: int) -> int:
    """Proportional set size of `root_pid` and everything below it; needs to own or be root.

    A process that has ended meanwhile counts as nothing.
    """
    total = 0
    for pid in descendants(root_pid):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in rollup.splitlines():
            if line.startswith("Pss:"):
                total += 1024 * int(line.split()[1])
    return total


def _children(pid: int) -> list[int]:
    children: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb", buffering=0) as listed:
                children.extend(map(int, listed.read(65_536).split()))
    except (FileNotFoundError, ProcessLookupError):
        return children
    return children
