"""LocalMachine: a desktop's processes under bubblewrap on this host. No daemon, no root, no image.

Inside: every namespace its own, no network, /usr of the host read-only, private /tmp, /run and
/home, uid 1000 without capabilities. Started by root, it first becomes a uid of its own, so that
uid 1000 inside is nobody outside.

A shell inside reads commands from its standard input and reports exit codes on its standard
output. When the owner dies, however it dies, that pipe closes and bubblewrap's death signal
arrives: the pid namespace ends and every process in it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import select
import shlex
import shutil
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO

from gym_anything.errors import MachineError
from gym_anything.machine import folders, seccomp
from gym_anything.machine.base import RUN_INSIDE, MachineSpec
from gym_anything.machine.cpu import CpuMeter
from gym_anything.machine.etc import write_etc
from gym_anything.machine.limits import MemoryGroup, Watch
from gym_anything.machine.sandbox import EXIT_STATUS_FD, sandbox_command
from gym_anything.records import Failure, FailureKind

REGISTRY = "/usr/libexec/at-spi2-registryd"
_MANAGED = "managed"  # file in run/ that the window manager makes once it manages windows
_POLL_SEC = 0.002
_STATUS = re.compile(rb"(\d{1,9}) (\d{1,3})")  # handle, exit status
_STATUS_BYTES = 13
_MOST_READS = 16  # of 4 KiB at a time


class LocalMachine:
    """A machine on this host (contract: `machine.base.Machine`).

    Args:
        spec: what to start.

    Raises:
        MachineError: bubblewrap or another program is missing, user namespaces are not allowed, or
            the X server or bus did not come up in time; with the last lines of their output.
    """

    def __init__(self, spec: MachineSpec = MachineSpec()) -> None:  # noqa: B008 (frozen)
        require_programs()
        self._spec = spec
        base = folders.base_folder()
        _sweep_once(base)
        self._folder, self._uid = folders.claim_folder(base)
        self._handles = itertools.count(1)
        self._running: set[int] = set()
        self._exit_codes: dict[int, int] = {}
        self._services: dict[str, int] = {}
        self._status_rest = b""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._group: MemoryGroup | None = None
        self._watch: Watch | None = None
        self._cleanup = weakref.finalize(self, _destroy, None, self._folder, None)
        try:
            self._start(bounded=self._prepare_folder())
        except OSError as error:
            self.close()
            raise MachineError(
                f"{self._folder} cannot be made: {error}", kind=FailureKind.START
            ) from error
        except BaseException:
            self.close()
            raise

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
        return self._living_process().pid

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
            f'echo "{handle} $?" >&{EXIT_STATUS_FD}; }} &\n'
        )
        stdin = self._living_process().stdin
        assert stdin is not None
        try:
            stdin.write(line.encode())
            stdin.flush()
        except BrokenPipeError as error:
            raise self._gone() from error
        return handle

    def exit_code(self, handle: int) -> int | None:
        """Exit status of a spawned program, None while it runs."""
        if self._process is not None:
            self._read_status(self._process)
        if self._process is None or self._process.poll() is not None:
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
            with open(self._folder / "log", "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - 16_384))
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def failure(self) -> Failure | None:
        """What is broken, None while all is well."""
        if self._process is None:
            return Failure(FailureKind.MACHINE, "the machine is closed")
        if self._process.poll() is not None:
            return Failure(FailureKind.MACHINE, self._how_it_ended(), self.log())
        self._read_status(self._process)
        trouble = folders.trouble(self._folder)
        if trouble:
            return Failure(FailureKind.MACHINE, trouble, self.log())
        ended = [name for name, handle in self._services.items() if handle in self._exit_codes]
        if not ended:
            return None
        if not _accepts(self.run / "x11" / "X0"):  # its clients may have been reported before it
            return Failure(FailureKind.DISPLAY, "Xvfb ended", self.log())
        code = self._exit_codes[self._services[ended[0]]]
        full = "; the machine was out of memory" if self._group and self._group.kills() else ""
        message = f"{ended[0]} ended with status {code}{full}"
        return Failure(FailureKind.MACHINE, message, self.log())

    def close(self) -> None:
        """End every process and remove both folders."""
        self._cleanup()
        self._process = None

    def __enter__(self) -> LocalMachine:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

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
        write_etc(self._folder / "etc", maximize=self._spec.maximize)
        if os.getuid() == 0:
            for name in ("home", "run"):
                _give(self._folder / name, self._uid)
        os.chmod(self.home, 0o700)
        os.chmod(self.run, 0o700)
        return bounded

    def _start(self, bounded: bool) -> None:
        limits = self._spec.limits
        self._group = MemoryGroup.make(f"gym-anything-{self._folder.name}", limits.memory_bytes)
        if self._group is not None:
            folders.note_group(self._folder, self._group)
        with open(self._folder / "log", "ab") as log:
            process = _starter().submit(self._popen, log).result()
        self._process = process
        self._cleanup.detach()
        self._watch = Watch(
            limits,
            memory=self._group is None,
            folder=None if bounded or not limits.disk_bytes else self._folder,
            pid=process.pid,
            end=process.kill,
        )
        self._cleanup = weakref.finalize(self, _destroy, process, self._folder, self._watch)
        self._meter = CpuMeter(process.pid)
        width, height = self._spec.screen
        service = self._spawn_service
        service(
            "dbus-daemon", "--config-file=/etc/gym-anything/bus.conf", "--nofork", "--nopidfile"
        )
        service(
            *(
                "Xvfb",
                ":0",
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-dpi",
                "96",
                "-noreset",
                "-ac",
            ),
            *("-fbdir", f"{RUN_INSIDE}/fb", "-nolisten", "tcp", "-extension", "GLX"),
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

    def _popen(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        command, user = self._bwrap_command(), {}
        filter_fd = os.memfd_create("seccomp")
        try:
            os.write(filter_fd, seccomp.program())
            os.lseek(filter_fd, 0, os.SEEK_SET)
            if seccomp.program():
                command[1:1] = ["--seccomp", str(filter_fd)]
            if self._group is not None:  # only root may enter it, so become another user after that
                command = self._group.command([*_become(self._uid), *command])
            elif os.getuid() == 0:
                user = {"user": self._uid, "group": self._uid, "extra_groups": []}
            return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                env={},
                pass_fds=(filter_fd,),
                **user,
            )
        finally:
            os.close(filter_fd)

    def _bwrap_command(self) -> list[str]:
        return sandbox_command(self._folder, self._spec)

    def _await(self, ready: Callable[[], bool], what: str, deadline: float) -> None:
        while not ready():
            failure = self.failure()
            if failure is not None:
                reason = _explain_start(failure)
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

    def _living_process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise MachineError("the machine is closed", kind=FailureKind.MACHINE)
        return self._process

    def _gone(self) -> MachineError:
        failure = Failure(FailureKind.MACHINE, self._how_it_ended(), self.log())
        return MachineError(_explain_start(failure), kind=failure.kind, log=failure.log)

    def _how_it_ended(self) -> str:
        reason = self._watch.reason if self._watch is not None else ""
        return f"the machine {reason}" if reason else "the sandbox ended"

    def _read_status(self, process: subprocess.Popen[bytes]) -> None:
        """Take in exit statuses; not trusted, as programs inside can write to the pipe too."""
        with self._lock:
            stdout = process.stdout
            assert stdout is not None
            for _ in range(_MOST_READS):
                if not select.select([stdout], [], [], 0)[0]:
                    return
                data = os.read(stdout.fileno(), 4096)
                if not data:
                    return
                *lines, rest = (self._status_rest + data).split(b"\n")
                self._status_rest = rest[-_STATUS_BYTES:]
                for line in lines:
                    match = _STATUS.fullmatch(line)
                    if match and int(match[1]) in self._running:
                        self._running.discard(int(match[1]))
                        self._exit_codes[int(match[1])] = int(match[2])


def _destroy(process: subprocess.Popen[bytes] | None, folder: Path, watch: Watch | None) -> None:
    """End the sandbox and remove its folder; runs once, at close, collection or exit."""
    if watch is not None:
        watch.stop()
    if process is not None:
        process.kill()  # bubblewrap's child has it as death signal: the pid namespace ends with it
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
    folders.remove(folder)


@cache
def _starter_of(pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"machine-starter-{pid}")


def _starter() -> ThreadPoolExecutor:
    """The one thread of this process that starts sandboxes.

    Linux sends the death signal when the *thread* that forked ends, so a machine that a short-lived
    worker thread started would end with that thread.
    """
    return _starter_of(os.getpid())


@cache
def _sweep_once_in(pid: int, base: Path) -> None:
    folders.sweep(base)


def _sweep_once(base: Path) -> None:
    _sweep_once_in(os.getpid(), base)


def _become(uid: int) -> list[str]:
    """The start of a command that becomes another user, where this one is root."""
    if os.getuid() != 0:
        return []
    return ["/usr/bin/setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"]


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


PROGRAMS = {  # program: Debian package
    "/usr/bin/bwrap": "bubblewrap",
    "/usr/bin/Xvfb": "xvfb",
    "/usr/bin/openbox": "openbox",
    "/usr/bin/dbus-daemon": "dbus-daemon",
    REGISTRY: "at-spi2-core",
}


def require_programs() -> None:
    """Raise MachineError naming the packages to install if a program is missing."""
    missing = sorted(package for path, package in PROGRAMS.items() if not Path(path).exists())
    if missing:
        raise MachineError(
            f"missing system packages: {', '.join(missing)}; "
            f"run: sudo apt-get install --no-install-recommends {' '.join(missing)}",
            kind=FailureKind.START,
        )


def _explain_start(failure: Failure) -> str:
    log = failure.log.lower()
    if "mount proc" in log:
        return (
            "/proc is masked here, as in an unprivileged container, so no new one can be mounted; "
            "start the container with --security-opt systempaths=unconfined"
        )
    if "namespace" in log or "uid map" in log or "operation not permitted" in log:
        return (
            "user namespaces are not allowed here; as root run "
            "'sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000' and, on "
            "Ubuntu 24.04, 'sysctl kernel.apparmor_restrict_unprivileged_userns=0'"
        )
    return failure.message
