"""CPU time of a tree of processes, read from outside in microseconds.

Linux gives any process's CPU clock by number (`clock_getcpuclockid(3)`); it counts all its threads
and costs one system call, so it needs neither cgroups nor root.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

_DISCOVERY_INTERVAL_NS = 12_000_000  # shorter than any stillness that counts as settled
_CPU_CLOCK_SCHED = 2  # the nanosecond clock of include/linux/posix-timers.h


class CpuMeter:
    """Sums the CPU time of a process and all its descendants, the ended ones included.

    Args:
        root_pid: the process whose descendants count.
    """

    def __init__(self, root_pid: int) -> None:
        self._root_pid = root_pid
        self._spent_ns: dict[int, int] = {}
        self._living: list[int] = [root_pid]
        self._discovered_ns = 0

    def read_ns(self) -> int:
        """CPU nanoseconds used up to now; never decreases."""
        for pid in self._processes():
            try:
                spent = time.clock_gettime_ns((~pid << 3) | _CPU_CLOCK_SCHED)
            except OSError:  # it ended; what it had spent stays counted
                continue
            self._spent_ns[pid] = max(spent, self._spent_ns.get(pid, 0))
        return sum(self._spent_ns.values())

    def runnable(self) -> bool:
        """Whether a thread of them runs, waits for a processor, or waits for a disk."""
        return any(state in "RD" for pid in self._processes() for state in _thread_states(pid))

    def _processes(self) -> list[int]:
        now = time.monotonic_ns()
        if now - self._discovered_ns > _DISCOVERY_INTERVAL_NS:
            self._living = descendants(self._root_pid)
            self._discovered_ns = now
        return self._living


def _thread_states(pid: int) -> Iterator[str]:
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/stat", "rb", buffering=0) as stat:
                yield (
                    stat.read(512).decode(errors="replace").rpartition(")")[2].split(maxsplit=1)[0]
                )
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return


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
    """Proportional set size of `root_pid` and everything below it; needs to own or be root."""
    total = 0
    for pid in descendants(root_pid):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
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
