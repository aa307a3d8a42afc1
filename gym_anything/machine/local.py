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
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import IO

from gym_anything.errors import MachineError
from gym_anything.machine import folders, seccomp
from gym_anything.machine.base import MachineSpec
from gym_anything.machine.limits import MemoryGroup
from gym_anything.machine.sandbox import sandbox_command
from gym_anything.machine.services import LOG_FILE, REGISTRY, Sandbox, ServedMachine, readable
from gym_anything.records import Failure, FailureKind

_MOST_READS = 16  # of 4 KiB at a time


class LocalMachine(ServedMachine):
    """A machine on this host (contract: `machine.base.Machine`).

    Args:
        spec: what to start.

    Raises:
        MachineError: bubblewrap or another program is missing, user namespaces are not allowed, or
            the X server or bus did not come up in time; with the last lines of their output.
    """

    def __init__(self, spec: MachineSpec = MachineSpec()) -> None:  # noqa: B008 (frozen)
        require_programs()
        super().__init__(spec)

    @property
    def _uid_inside(self) -> int:
        return 1000

    def _explain(self, failure: Failure) -> str:
        return _explain_start(failure)

    def _open_sandbox(self) -> Sandbox:
        name = f"gym-anything-{self._folder.name}"
        group = MemoryGroup.make(name, self._spec.limits.memory_bytes)
        if group is not None:
            folders.note_group(self._folder, group)
        with open(self._folder / LOG_FILE, "ab") as log:
            try:
                process = _starter().submit(self._popen, log, group).result()
            except RuntimeError as error:  # a pool starts one while the interpreter shuts down
                raise MachineError(
                    "this process is ending and starts no machine any more", kind=FailureKind.START
                ) from error
        return _Bubblewrap(process, group)

    def _popen(self, log: IO[bytes], group: MemoryGroup | None) -> subprocess.Popen[bytes]:
        command, user = self._bwrap_command(), {}
        filter_fd = os.memfd_create("seccomp")
        try:
            os.write(filter_fd, seccomp.program())
            os.lseek(filter_fd, 0, os.SEEK_SET)
            if seccomp.program():
                command[1:1] = ["--seccomp", str(filter_fd)]
            if group is not None:  # only root may enter it, so become another user after that
                command = group.command([*_become(self._uid), *command])
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


class _Bubblewrap:
    """A running sandbox: its first process and the pipes of its shell."""

    def __init__(self, process: subprocess.Popen[bytes], group: MemoryGroup | None) -> None:
        self._process = process
        self._group = group

    @property
    def pid(self) -> int:
        """Process id of bubblewrap."""
        return self._process.pid

    @property
    def memory_is_bounded(self) -> bool:
        """Whether it is in a memory group."""
        return self._group is not None

    def send(self, data: bytes) -> None:
        """Write to the shell's standard input."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(data)
        stdin.flush()

    def receive(self) -> bytes:
        """What has arrived from the shell's standard output."""
        stdout = self._process.stdout
        assert stdout is not None
        received = b""
        for _ in range(_MOST_READS):
            if not readable(stdout.fileno()):
                break
            data = os.read(stdout.fileno(), 4096)
            if not data:
                break
            received += data
        return received

    def ended(self) -> bool:
        """Whether bubblewrap has ended."""
        return self._process.poll() is not None

    def memory_kills(self) -> int:
        """How many processes the kernel has ended because the memory group was full."""
        return self._group.kills() if self._group is not None else 0

    def kill(self) -> None:
        """End bubblewrap; its child has that as death signal, so the pid namespace ends with it."""
        self._process.kill()

    def destroy(self) -> None:
        """End every process and wait for bubblewrap."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@cache
def _starter_of(pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"machine-starter-{pid}")


def _starter() -> ThreadPoolExecutor:
    """The one thread of this process that starts sandboxes.

    Linux sends the death signal when the *thread* that forked ends, so a machine that a short-lived
    worker thread started would end with that thread.
    """
    return _starter_of(os.getpid())


def _become(uid: int) -> list[str]:
    """The start of a command that becomes another user, where this one is root."""
    if os.getuid() != 0:
        return []
    return ["/usr/bin/setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"]


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
