"""CPU time of a tree of processes, read from outside in microseconds.

Linux gives any process's CPU clock by number (`clock_getcpuclockid(3)`); it counts all its threads
and costs one system call, so it needs neither cgroups nor root.
"""

from __future__ import annotations

import os
import resource
import time
import weakref
from functools import cache
from pathlib import Path

_CPU_CLOCK_SCHED = 2  # the nanosecond clock of include/linux/posix-timers.h
_REST_NS = 5_000_000  # between two look-ups of the processes: shorter than any stillness asked for
_LOOK_AGAIN_NS = 1_000_000_000  # so that processes that have ended are not asked for ever
_KEPT = 512  # threads, of all meters of this process, whose states' files stay open between looks
_STATE_BYTES = 64  # a number, a name of at most 15 characters, and the state
_kept: set[int] = set()  # descriptors of those files


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
        self._open: list[int] = []  # descriptors of the first of these
        weakref.finalize(self, _release, self._open)
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
            _release(self._open)
            self._open.extend(_keep(self._threads))
        return any(_kept_state(kept) in b"RD" for kept in self._open) or any(
            _state(path) in b"RD" for path in self._threads[len(self._open) :]
        )

    def close(self) -> None:
        """Close the files that it keeps open; they are opened again if need be."""
        _release(self._open)
        self._threads = None

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
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, ProcessLookupError):
        return b"X"
    try:
        return _kept_state(descriptor)
    finally:
        os.close(descriptor)


def _kept_state(descriptor: int) -> bytes:
    """As `_state`, of a file that is open: a third of the time, and of the calls of the kernel."""
    try:
        stat = os.pread(descriptor, _STATE_BYTES, 0)
    except ProcessLookupError:
        return b"X"
    return stat.rpartition(b")")[2][1:2] or b"X"


def _keep(paths: list[str]) -> list[int]:
    """Open files to be read again and again, as long as this process can spare descriptors."""
    most = min(_KEPT, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4)
    kept: list[int] = []
    for path in paths:
        if len(_kept) >= most:
            break
        try:
            kept.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        except (FileNotFoundError, ProcessLookupError):
            break  # the rest is read by path
        _kept.add(kept[-1])
    return kept


def _release(descriptors: list[int]) -> None:
    """Close files that `_keep` opened, and forget them."""
    while descriptors:
        descriptor = descriptors.pop()
        _kept.discard(descriptor)
        os.close(descriptor)


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
