"""Machine: where the processes of one desktop run, isolated. Before desktop in the flow.

A machine exposes exactly two folders to this host:

    home/   the user's files (the home directory inside the machine)
    run/    x11/X0      the X server's socket
            fb/Xvfb_screen0   its framebuffer, in XWD format
            bus         the session and accessibility bus socket

Everything above this module works through these two folders, so it is the same for every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gym_anything.records import Failure

HOME_INSIDE = "/home/user"  # the home directory as processes in the machine see it
RUN_INSIDE = "/run/desktop"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one machine may use.

    Attributes:
        memory_bytes: memory of the whole machine, files on a tmpfs included; 0 for no limit.
        disk_bytes: home and run together, and as much again for /tmp and for /dev/shm; 0 for no
            limit.
        files: files and folders in home and run together.
        processes: processes and threads of the machine.
        file_bytes: size of a single file.
        open_files: descriptors of a single process.
    """

    memory_bytes: int = 4 << 30
    disk_bytes: int = 1 << 30
    files: int = 100_000
    processes: int = 512
    file_bytes: int = 1 << 30
    open_files: int = 1024


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """What to start.

    Attributes:
        screen: (width, height) in pixels.
        env: extra environment variables for every process.
        home_templates: folders copied into the new home, one over the other.
        maximize: whether normal windows start maximised.
        limits: what the machine may use.
        start_timeout_sec: deadline for the X server, bus and window manager together.
    """

    screen: tuple[int, int] = (1280, 720)
    env: Mapping[str, str] = field(default_factory=dict)
    home_templates: tuple[Path, ...] = ()
    maximize: bool = False
    limits: Limits = Limits()
    start_timeout_sec: float = 20.0


class Machine(Protocol):
    """One isolated desktop's processes. Use it as a context manager; `close()` twice is harmless.

    Example:
        with LocalMachine(MachineSpec()) as machine:
            calculator = machine.spawn(["galculator"])
    """

    @property
    def home(self) -> Path:
        """Host path of the user's home directory."""
        ...

    @property
    def run(self) -> Path:
        """Host path of the folder with the X socket, framebuffer and bus socket."""
        ...

    @property
    def spec(self) -> MachineSpec:
        """What it was started from."""
        ...

    @property
    def owner(self) -> int | None:
        """Uid that its files must have on this host, None if they may be this process's own."""
        ...

    def spawn(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> int:
        """Start a program as the machine's user and return at once.

        Args:
            argv: program and arguments, as seen inside the machine.
            env: variables added to the machine's own.

        Returns:
            A handle for `exit_code`.

        Raises:
            MachineError: the machine is gone.
        """
        ...

    def exit_code(self, handle: int) -> int | None:
        """Exit status of a spawned program (128 + n if signal n ended it), None while it runs."""
        ...

    def cpu_time_ns(self) -> int:
        """CPU time used by every process of the machine up to now, in nanoseconds."""
        ...

    def runnable(self) -> bool:
        """Whether a thread of the machine runs, waits for a processor, or waits for a disk.

        On a crowded host a program can be busy although its CPU time stands still.
        """
        ...

    def log(self, lines: int = 20) -> str:
        """Last lines that the machine's processes printed."""
        ...

    def failure(self) -> Failure | None:
        """What is broken (sandbox, X server, window manager, bus), None while all is well."""
        ...

    def close(self) -> None:
        """End every process and remove both folders."""
        ...
