"""ServedMachine: what every machine with real processes has in common, whatever isolates it.

A shell in the sandbox reads commands from its standard input and reports exit codes on its
standard output; through it the X server, bus, window manager and accessibility registry are
started in order, then the applications. Sandboxes (local, docker) differ in how that shell is
started and ended, which is all that a subclass says.
"""

from __future__ import annotations

import itertools
import os
import re
import select
import shlex
import shutil
import socket
import threading
import time
import weakref
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from gym_anything.closing import Closing
from gym_anything.errors import MachineError
from gym_anything.machine import folders
from gym_anything.machine.base import HOME_INSIDE, RUN_INSIDE, Limits, MachineSpec
from gym_anything.machine.cpu import CpuMeter
from gym_anything.machine.etc import write_etc
from gym_anything.machine.limits import Watch, shell_limits
from gym_anything.records import Failure, FailureKind

REGISTRY = "/usr/libexec/at-spi2-registryd"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/games",
    "HOME": HOME_INSIDE,
    "USER": "user",
    "LOGNAME": "user",
    "SHELL": "/bin/sh",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "DISPLAY": ":0",
    "XDG_RUNTIME_DIR": "/run/user",
    "XDG_CURRENT_DESKTOP": "Openbox",
    "DBUS_SESSION_BUS_ADDRESS": f"unix:path={RUN_INSIDE}/bus",
    "AT_SPI_BUS_ADDRESS": f"unix:path={RUN_INSIDE}/bus",
    "GTK_MODULES": "gail:atk-bridge",
    "GTK_OVERLAY_SCROLLING": "0",
    "GTK_IM_MODULE": "gtk-im-context-simple",
    "XCOMPOSEFILE": "/dev/null",  # else each change of the keymap costs the window manager 40 ms
    "GDK_BACKEND": "x11",
    "NO_AT_BRIDGE": "0",
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    "QT_ACCESSIBILITY": "1",
    "QT_QPA_PLATFORM": "xcb",
    "QT_QPA_PLATFORMTHEME": "kde",  # of Qt's own: the one whose cursor can be told not to blink, by
    "KDE_SESSION_VERSION": "5",  # kdeglobals of etc.py; other toolkits take no notice of these
    "XDG_CONFIG_DIRS": "/etc/gym-anything:/etc/xdg",
    "SAL_USE_VCLPLUGIN": "gtk3",
    "GSETTINGS_BACKEND": "keyfile",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_COLOR": "1",
}
ETC_FILES = ("passwd", "group", "hosts", "machine-id", "gtk-3.0", "gtk-4.0", "gym-anything")
LOG_FILE = "log"
EXIT_STATUS_FD = 3
_MANAGED = "managed"  # file in run/ that the window manager makes once it manages windows
_POLL_SEC = 0.002
_FOLLOW_SEC = 0.2  # how much later than those of its clients an X server's end may show
_STATUS = re.compile(rb"(\d{1,9}) (\d{1,3})")  # handle, exit status
_STATUS_BYTES = 13


class Sandbox(Protocol):
    """The first process of a machine and the two streams of its shell."""

    @property
    def pid(self) -> int:
        """Its process id on this host."""
        ...

    @property
    def memory_is_bounded(self) -> bool:
        """Whether the kernel holds its processes together to the limit of memory."""
        ...

    def send(self, data: bytes) -> None:
        """Write to the shell's standard input.

        Raises:
            OSError: the sandbox is gone.
        """
        ...

    def receive(self) -> bytes:
        """What has arrived from the shell's standard output, at most 64 KiB; b"" if nothing has."""
        ...

    def ended(self) -> bool:
        """Whether the sandbox is gone."""
        ...

    def memory_kills(self) -> int:
        """How many processes the kernel has ended because memory was full."""
        ...

    def kill(self) -> None:
        """End every process in it, without waiting for them."""
        ...

    def destroy(self) -> None:
        """End every process in it and wait until they are gone."""
        ...


class ServedMachine(Closing):
    """A machine whose shell a subclass starts (contract: `machine.base.Machine`).

    Args:
        spec: what to start.

    Raises:
        MachineError: it did not come up in time; with the last lines of its output.
    """

    def __init__(self, spec: MachineSpec) -> None:
        self._spec = spec
        base = folders.base_folder()
        _sweep_once(os.getpid(), base)
        self._folder, self._uid = folders.claim_folder(base)
        self._handles = itertools.count(1)
        self._running: set[int] = set()
        self._exit_codes: dict[int, int] = {}
        self._services: dict[str, int] = {}
        self._status_rest = b""
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._watch: Watch | None = None
        self._cleanup = weakref.finalize(self, _destroy, None, self._folder, None)
        try:
            bounded = self._prepare_folder()
            sandbox = self._sandbox = self._open_sandbox()
            self._meter = CpuMeter(sandbox.pid)
            self._start(sandbox, bounded)
        except OSError as error:
            self._cleanup()
            raise MachineError(
                f"{self._folder} cannot be made: {error}", kind=FailureKind.START
            ) from error
        except BaseException:
            self._cleanup()
            raise

    @abstractmethod
    def _open_sandbox(self) -> Sandbox:
        """Start the sandbox with the folders as they are, its shell waiting for commands.

        Raises:
            MachineError: it could not be started.
        """

    @property
    def _uid_inside(self) -> int:
        """Uid of its processes as they see it."""
        return self._uid

    def _explain(self, failure: Failure) -> str:
        """Why a sandbox did not come up, and what to do, in one sentence."""
        return failure.message

    @property
    def home(self) -> Path:
        """Host path of the user's home directory."""
        return self._folder / "home"

    @property
    def run(self) -> Path:
        """Host path of the folder with the X socket, framebuffer and bus socket."""
        return self._folder / "run"

    @property
    def spec(self) -> MachineSpec:
        """What it was started from."""
        return self._spec

    @property
    def owner(self) -> int | None:
        """Uid of its processes and files on this host if this process is root, else None."""
        return self._uid if os.getuid() == 0 else None

    @property
    def pid(self) -> int:
        """Process id of the sandbox on this host."""
        return self._living_sandbox().pid

    def spawn(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> int:
        """Start a program as the machine's user; see `Machine.spawn`."""
        if any("\n" in part or "\0" in part for part in (*argv, *(env or {}).values())):
            raise ValueError("newlines and NULs cannot be passed to a machine's programs")
        handle = next(self._handles)
        self._running.add(handle)
        assignments = "".join(f"{key}={shlex.quote(value)} " for key, value in (env or {}).items())
        command = f"{assignments}exec {shlex.join(argv)}"
        line = (
            f"{{ ( exec {EXIT_STATUS_FD}>&- </dev/null; {command} ); "
            f'printf "\\n%s %s\\n" {handle} $? >&{EXIT_STATUS_FD}; }} &\n'  # on a line of its own
        )
        try:
            self._living_sandbox().send(line.encode())
        except OSError as error:
            raise self._gone() from error
        return handle

    def exit_code(self, handle: int) -> int | None:
        """Exit status of a spawned program, None while it runs."""
        if self._sandbox is not None:
            self._read_status(self._sandbox)
        if self._sandbox is None or self._sandbox.ended():
            return self._exit_codes.get(handle, 137)  # the pid namespace took the program along
        return self._exit_codes.get(handle)

    def cpu_time_ns(self) -> int:
        """CPU time used by every process of the machine up to now."""
        return self._meter.read_ns()

    def runnable(self) -> bool:
        """Whether a thread of the machine runs, waits for a processor, or waits for a disk."""
        return self._meter.runnable()

    def log(self, lines: int = 20) -> str:
        """Last lines that the machine's processes printed."""
        try:
            with open(self._folder / LOG_FILE, "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - 16_384))
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def failure(self) -> Failure | None:
        """What is broken, None while all is well."""
        if self._sandbox is None:
            return Failure(FailureKind.MACHINE, "the machine is closed")
        if self._sandbox.ended():
            return Failure(FailureKind.MACHINE, self._how_it_ended(), self.log())
        self._read_status(self._sandbox)
        trouble = folders.trouble(self._folder)
        if trouble:
            return Failure(FailureKind.MACHINE, trouble, self.log())
        ended = [name for name, handle in self._services.items() if handle in self._exit_codes]
        if not ended:
            return None
        if self._display_ends():
            return Failure(FailureKind.DISPLAY, "Xvfb ended", self.log())
        code = self._exit_codes[self._services[ended[0]]]
        full = "; the machine was out of memory" if self._sandbox.memory_kills() else ""
        message = f"{ended[0]} ended with status {code}{full}"
        return Failure(FailureKind.MACHINE, message, self.log())

    def _display_ends(self) -> bool:
        """Whether the X server has ended, too: then its clients have ended of that.

        They may be reported before it, and its socket may be closed after theirs.
        """
        deadline = time.monotonic() + _FOLLOW_SEC
        while _accepts(self.run / "x11" / "X0"):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SEC)
        return True

    def close(self) -> None:
        """End every process and remove both folders."""
        self._cleanup()
        self._meter.close()
        self._sandbox = None

    # Start ---------------------------------------------------------------------------------------

    def _prepare_folder(self) -> bool:
        """Fill the folder; returns whether the kernel bounds its size."""
        limits = self._spec.limits
        bounded = folders.bound(self._folder, limits.disk_bytes, limits.files)
        for name in ("home", "run", "run/x11", "run/fb", "etc"):
            (self._folder / name).mkdir()
            (self._folder / name).chmod(0o755)  # whatever the umask
        for template in self._spec.home_templates:
            shutil.copytree(template, self.home, symlinks=True, dirs_exist_ok=True)
        etc = self._folder / "etc"
        write_etc(etc, maximize=self._spec.maximize, uid=self._uid_inside)
        if os.getuid() == 0:
            for name in ("home", "run"):
                _give(self._folder / name, self._uid)
        os.chmod(self.home, 0o700)
        os.chmod(self.run, 0o700)
        return bounded

    def _start(self, sandbox: Sandbox, bounded: bool) -> None:
        """Watch the sandbox and start the services in it, in order."""
        self._cleanup.detach()
        self._watch = Watch(
            self._spec.limits,
            memory=not sandbox.memory_is_bounded,
            folder=None if bounded or not self._spec.limits.disk_bytes else self._folder,
            pid=sandbox.pid,
            end=sandbox.kill,
        )
        self._cleanup = weakref.finalize(self, _destroy, sandbox, self._folder, self._watch)
        width, height = self._spec.screen
        service = self._spawn_service
        service(
            "dbus-daemon", "--config-file=/etc/gym-anything/bus.conf", "--nofork", "--nopidfile"
        )
        service(
            *("Xvfb", ":0", "-screen", "0", f"{width}x{height}x24", "-dpi", "96"),
            *("-noreset", "-ac", "-fbdir", f"{RUN_INSIDE}/fb"),
            *("-nolisten", "tcp", "-extension", "GLX"),
        )
        deadline = time.monotonic() + self._spec.start_timeout_sec
        self._await(self._display_is_up, "the X server", deadline)
        service(
            *("openbox", "--sm-disable", "--config-file", "/etc/gym-anything/openbox.xml"),
            *("--startup", f"touch {RUN_INSIDE}/{_MANAGED}"),
        )
        self._await(lambda: _accepts(self.run / "bus"), "the message bus", deadline)
        service(REGISTRY)
        # A window that is mapped while openbox starts is never managed and never shown.
        self._await((self.run / _MANAGED).exists, "the window manager", deadline)

    def _display_is_up(self) -> bool:
        """Whether the X server accepts, and its framebuffer file has grown to its full size."""
        width, height = self._spec.screen
        frame = self.run / "fb" / "Xvfb_screen0"
        if not frame.exists() or frame.stat().st_size < width * height * 4:
            return False
        return _accepts(self.run / "x11" / "X0")

    def _spawn_service(self, *argv: str) -> None:
        self._services[argv[0].rpartition("/")[2]] = self.spawn(argv)

    def _await(self, ready: Callable[[], bool], what: str, deadline: float) -> None:
        while not ready():
            failure = self.failure()
            if failure is not None:
                reason = self._explain(failure)
                raise MachineError(
                    f"{what} did not start: {reason}", kind=FailureKind.START, log=failure.log
                )
            if time.monotonic() > deadline:
                raise MachineError(
                    f"{what} did not start within {self._spec.start_timeout_sec:g} s",
                    kind=FailureKind.START,
                    log=self.log(),
                )
            time.sleep(_POLL_SEC)

    # Status --------------------------------------------------------------------------------------

    def _living_sandbox(self) -> Sandbox:
        if self._sandbox is None:
            raise MachineError("the machine is closed", kind=FailureKind.MACHINE)
        return self._sandbox

    def _gone(self) -> MachineError:
        failure = Failure(FailureKind.MACHINE, self._how_it_ended(), self.log())
        return MachineError(self._explain(failure), kind=failure.kind, log=failure.log)

    def _how_it_ended(self) -> str:
        reason = self._watch.reason if self._watch is not None else ""
        return f"the machine {reason}" if reason else "the sandbox ended"

    def _read_status(self, sandbox: Sandbox) -> None:
        """Take in exit statuses; not trusted, as programs inside can write to the stream too."""
        with self._lock:
            *lines, rest = (self._status_rest + sandbox.receive()).split(b"\n")
            self._status_rest = rest[-_STATUS_BYTES:]
            for line in lines:
                match = _STATUS.fullmatch(line)
                if match and int(match[1]) in self._running:
                    self._running.discard(int(match[1]))
                    self._exit_codes[int(match[1])] = int(match[2])


def supervisor(limits: Limits) -> str:
    """The shell program that starts a machine's processes: limits, then commands until EOF."""
    return (
        f"{shell_limits(limits)}exec {EXIT_STATUS_FD}>&1 >&2; "
        'while IFS= read -r line; do eval "$line"; done'
    )


def readable(descriptor: int, timeout_sec: float = 0.0) -> bool:
    """Whether a stream has something to read or is closed, or a process (a pidfd) has ended."""
    poll = select.poll()  # unlike select.select, it knows descriptors beyond 1023
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(1e3 * timeout_sec))


def _destroy(sandbox: Sandbox | None, folder: Path, watch: Watch | None) -> None:
    """End the sandbox and remove its folder; runs once, at close, collection or exit."""
    if watch is not None:
        watch.stop()
    if sandbox is not None:
        sandbox.destroy()
    folders.remove(folder)


@cache
def _sweep_once(pid: int, base: Path) -> None:
    folders.sweep(base)


def _give(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for parent, directories, files in os.walk(folder):
        for name in (*directories, *files):
            os.chown(os.path.join(parent, name), uid, uid, follow_symlinks=False)


def _accepts(path: Path) -> bool:
    """Whether a server listens on this very socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)  # a server that hangs lets its queue run full
        try:
            folders.connect_planted(path, probe)
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True
