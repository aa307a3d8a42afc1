"""How a machine is held to its `Limits`: by the kernel where this user may ask it to, else watched.

    what                  root                            an ordinary user
    processes             RLIMIT_NPROC                    RLIMIT_NPROC
    size of a file        RLIMIT_FSIZE                    RLIMIT_FSIZE
    memory, a process     RLIMIT_DATA                     RLIMIT_DATA
    memory, the machine   memory control group            the same if delegated, else watched
    home and run          a tmpfs of that size            watched
    /tmp, /dev/shm        a tmpfs of that size each       a tmpfs of that size each

RLIMIT_DATA counts private writable memory, not the address space that LibreOffice and browsers
reserve. A machine beyond a limit of the kernel gets an error (ENOSPC, a killed process) and goes
on; one that is watched is ended, and its failure says why. Watching sees what processes have
resident, not memory that belongs to no process (memfd, System V).
"""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from gym_anything.machine.base import Limits
from gym_anything.machine.cpu import descendants

_GROUPS = Path("/sys/fs/cgroup")
_V1_LIMIT, _V2_LIMIT = "memory.limit_in_bytes", "memory.max"
_ENTER = 'echo 0 > "$0" && exec "$@"'  # in a shell: $0 is the group's list of processes
_WATCH_SEC = 0.2
_REMOVE_SEC = 2.0  # how long processes may take to leave a group after they were killed
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def shell_limits(limits: Limits) -> str:
    """Commands of a shell that put it, and what it starts, under the limits of a process."""
    memory = f"ulimit -d {limits.memory_bytes // 1024}; " if limits.memory_bytes else ""
    return (
        f"{memory}ulimit -c 0; ulimit -n {limits.open_files}; "
        f"ulimit -f {limits.file_bytes // 512}; "
        # bash calls the number of processes -u, dash -p
        f"ulimit -u {limits.processes} 2>/dev/null || ulimit -p {limits.processes}; "
    )


# Memory control group ------------------------------------------------------------------------


class MemoryGroup:
    """A control group below this process's own, so that no limit of the host is escaped.

    Attributes:
        path: its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def make(cls, name: str, memory_bytes: int) -> MemoryGroup | None:
        """Make a group; None where there is no limit or this user may make none.

        Args:
            name: a name that no other group of this host has.
            memory_bytes: what its processes may use together, files on a tmpfs included.
        """
        parent = _parent_group(os.getpid()) if memory_bytes else None
        if parent is None:
            return None
        group = cls(parent / name)
        group.path.mkdir(exist_ok=True)
        group._limit(memory_bytes)
        return group

    def command(self, argv: Sequence[str]) -> list[str]:
        """A command that enters the group and becomes `argv`."""
        return ["/bin/sh", "-c", _ENTER, str(self.path / "cgroup.procs"), *argv]

    def kills(self) -> int:
        """How many processes the kernel has ended because the group was full."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                for line in (self.path / name).read_text().splitlines():
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        return 0

    def remove(self) -> None:
        """Remove the group once its processes, which must have been killed, are gone."""
        deadline = time.monotonic() + _REMOVE_SEC
        while True:
            try:
                self.path.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                if time.monotonic() > deadline:
                    return
                time.sleep(0.002)

    def _limit(self, memory_bytes: int) -> None:
        file = _V2_LIMIT if (self.path / _V2_LIMIT).exists() else _V1_LIMIT
        (self.path / file).write_text(str(memory_bytes))


@cache
def _parent_group(pid: int) -> Path | None:
    """The group in which this process may make others, found by making one and entering it."""
    for parent in _candidates(Path("/proc/self/cgroup").read_text(), _GROUPS):
        trial = MemoryGroup(parent / f"gym-anything-trial-{pid}")
        try:
            trial.path.mkdir()
        except OSError:
            continue
        try:
            trial._limit(1 << 30)
            entered = subprocess.run(trial.command(["/bin/true"]), capture_output=True)
            if entered.returncode == 0:
                return parent
        except OSError:
            continue
        finally:
            trial.remove()
    return None


def _candidates(membership: str, groups: Path) -> Iterator[Path]:
    """Groups to try: this process's own in version 1; in version 2 those that may have children."""
    for line in membership.splitlines():
        _, controllers, name = line.split(":", 2)
        path = name.strip("/")
        if "memory" in controllers.split(","):
            yield groups / "memory" / path
        elif not controllers:
            for folder in (groups / path, *(groups / path).parents):
                shared = folder / "cgroup.subtree_control"
                if shared.exists() and "memory" in shared.read_text().split():
                    yield folder
                if folder == groups:
                    break


# Watching ------------------------------------------------------------------------------------


class Watch:
    """Looks at a machine every 0.2 s and ends it once it is beyond a limit.

    Args:
        limits: what it may use.
        memory: whether to watch its memory.
        folder: where its files are, None not to watch them.
        pid: its first process.
        end: ends it.

    Attributes:
        reason: why it was ended, "" if it was not.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        memory: bool,
        folder: Path | None,
        pid: int,
        end: Callable[[], None],
    ) -> None:
        self.reason = ""
        self._limits = limits
        self._memory = memory and limits.memory_bytes > 0
        self._usage = Usage(folder, pid) if folder is not None else None
        self._pid = pid
        self._end = end
        self._stopped = threading.Event()
        if self._memory or self._usage:
            threading.Thread(target=self._run, name=f"machine-watch-{pid}", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(_WATCH_SEC):
            self.reason = self._excess()
            if self.reason:
                self._end()
                return

    def _excess(self) -> str:
        if self._memory and resident_bytes(self._pid) > self._limits.memory_bytes:
            return f"used more than {self._limits.memory_bytes} bytes of memory"
        if self._usage is not None and self._usage.exceeds(self._limits):
            return (
                f"used more than {self._limits.disk_bytes} bytes or {self._limits.files} files "
                "of disk"
            )
        return ""


def resident_bytes(pid: int) -> int:
    """Private memory of a process and its descendants that is in RAM."""
    pages = 0
    for each in descendants(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            _, resident, shared, *_ = Path(f"/proc/{each}/statm").read_text().split()
            pages += int(resident) - int(shared)
    return pages * _PAGE_BYTES


class Usage:
    """What a folder takes on disk; walked only after its file system has lost enough room.

    Args:
        folder: which.
        pid: the first of the processes that may hold files there that have no name any more.
    """

    def __init__(self, folder: Path, pid: int) -> None:
        self._folder = folder
        self._pid = pid
        self._seen = (0, 0)  # bytes and files when it was last walked
        self._free = self._left()

    def exceeds(self, limits: Limits) -> bool:
        """Whether the folder is beyond `limits.disk_bytes` or `limits.files`."""
        bound = (limits.disk_bytes, limits.files)
        free = self._left()
        lost = [before - now for before, now in zip(self._free, free, strict=True)]
        room = [most - used for most, used in zip(bound, self._seen, strict=True)]
        if all(2 * gone < left for gone, left in zip(lost, room, strict=True)):
            return False
        size_bytes, files = used_by(self._folder, bound)
        self._seen, self._free = (size_bytes + nameless_bytes(self._pid), files), free
        return any(used > most for used, most in zip(self._seen, bound, strict=True))

    def _left(self) -> tuple[int, int]:
        status = os.statvfs(self._folder)
        return status.f_bfree * status.f_frsize, status.f_ffree


def used_by(folder: Path, enough: tuple[int, int]) -> tuple[int, int]:
    """Bytes and number of files beneath a folder; counting ends beyond `enough` of either.

    A folder that cannot be read counts as more than enough: nothing may be hidden in it.
    """
    size_bytes = files = 0
    pending = [str(folder)]
    while pending and size_bytes <= enough[0] and files <= enough[1]:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in itertools.islice(entries, enough[1] + 1 - files):
                    size_bytes += entry.stat(follow_symlinks=False).st_blocks * 512
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except PermissionError:
            return enough[0] + 1, enough[1] + 1
        except (FileNotFoundError, NotADirectoryError):  # it went meanwhile
            continue
    return size_bytes, files


def nameless_bytes(pid: int) -> int:
    """Size of the removed files that a process and its descendants still hold open."""
    sizes: dict[tuple[int, int], int] = {}
    for each in descendants(pid):
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            for name in os.listdir(f"/proc/{each}/fd"):
                with suppress(FileNotFoundError):
                    status = os.stat(f"/proc/{each}/fd/{name}")
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())
