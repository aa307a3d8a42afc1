"""DockerMachine: a desktop's processes in a container of this host's Docker engine.

Inside: no network, a read-only root file system, no capabilities, no new privileges, limits on
processes, memory and processors, and an unprivileged uid that no user of this host has. Only
`home/` and `run/` are writable there, mounted from this host, and private /tmp and /run/user; so
the desktop is seen and driven exactly as on the local machine.

The shell's streams are the container's own, attached before it starts. When the owner dies, however
it dies, that connection closes, the shell reads EOF, the container ends and the engine removes it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_anything.errors import MachineError
from gym_anything.machine import seccomp
from gym_anything.machine.base import HOME_INSIDE, RUN_INSIDE, MachineSpec
from gym_anything.machine.image import engine
from gym_anything.machine.limits import MemoryGroup
from gym_anything.machine.services import (
    ENVIRONMENT,
    ETC_FILES,
    LOG_FILE,
    Sandbox,
    ServedMachine,
    readable,
    supervisor,
)
from gym_anything.records import FailureKind

if TYPE_CHECKING:
    from docker import DockerClient

LABEL = "gym-anything.owner"  # of every container: process id of its owner
PROCESSORS = 2  # that the processes of a machine may keep busy together
_ALL_PROCESSES = 1 << 22  # PID_MAX_LIMIT of linux/threads.h
_RUNTIME_BYTES = 64 << 20  # /run/user
_LOG_INSIDE = "/run/machine.log"
_KILL_TIMEOUT_SEC = 10.0
_HEADER_BYTES = 8  # of a frame in an attached stream: stream number, three zeros, 32-bit length

# The container's first process only reaps what the desktop's processes leave behind.
_INIT = f'exec 2>>{_LOG_INSIDE}; exec 4<&0; sh -c "$1" <&4 4<&- & exec 4<&-; wait $!'  # EOF ends it


class DockerMachine(ServedMachine):
    """A desktop in a Docker container (contract: `machine.base.Machine`).

    Args:
        spec: what to start.
        image: name of an image with the desktop's and the applications' packages, as
            `image.ensure_image` returns it.

    Raises:
        MachineError: no engine answers (names the socket tried), no such image, the container was
            refused, or the X server or bus did not come up in time; with the last lines of output.
    """

    def __init__(self, spec: MachineSpec, image: str) -> None:
        self._image = image
        super().__init__(spec)

    def _open_sandbox(self) -> Sandbox:
        log = self._folder / LOG_FILE
        log.touch(mode=0o600)
        if os.getuid() == 0:
            os.chown(log, self._uid, self._uid)
        with engine() as client:
            return _start_container(client, self._settings())

    def _settings(self) -> dict[str, Any]:
        """Arguments of the SDK's `create_container`, its `host_config` still as arguments too."""
        limits = self._spec.limits
        if os.getuid() != 0:  # RLIMIT_NPROC would count all processes of this user
            limits = replace(limits, processes=_ALL_PROCESSES)
        uid = self._uid
        return {
            "image": self._image,
            "command": ["/bin/sh", "-c", _INIT, "sh", supervisor(limits)],
            "user": f"{uid}:{uid}",
            "hostname": "desktop",
            "working_dir": HOME_INSIDE,
            "environment": ENVIRONMENT | dict(self._spec.env),
            "labels": {LABEL: str(os.getpid())},
            "stdin_open": True,
            "host_config": {
                "network_mode": "none",
                "read_only": True,
                "cap_drop": ["ALL"],
                "security_opt": ["no-new-privileges", *_seccomp()],
                "pids_limit": self._spec.limits.processes,
                "mem_limit": limits.memory_bytes,
                "memswap_limit": limits.memory_bytes,  # memory and swap: so no swap
                "nano_cpus": min(PROCESSORS, os.cpu_count() or 1) * 10**9,
                "shm_size": limits.disk_bytes or None,
                "tmpfs": {
                    "/tmp": f"mode=1777,size={limits.disk_bytes}",
                    "/run/user": f"mode=0700,uid={uid},gid={uid},size={_RUNTIME_BYTES}",
                },
                "mounts": self._mounts(),
                "log_config": {"Type": "none"},
                "auto_remove": True,
            },
        }

    def _mounts(self) -> list[dict[str, object]]:
        etc = self._folder / "etc"
        places = [
            (HOME_INSIDE, self.home, False),
            (RUN_INSIDE, self.run, False),
            ("/tmp/.X11-unix", self.run / "x11", False),
            (_LOG_INSIDE, self._folder / LOG_FILE, False),
            *((f"/etc/{name}", etc / name, True) for name in ETC_FILES),
        ]
        return [
            {"Type": "bind", "Source": str(here), "Target": inside, "ReadOnly": read_only}
            for inside, here, read_only in places
        ]


class _Container:
    """A running container, seen as its first process and its attached stream.

    Args:
        identity: the engine's name for it.
        pid: of its first process on this host, 0 if that has ended.
        stream: attached to its standard input and output.

    Raises:
        MachineError: the process is not to be seen on this host.
    """

    def __init__(self, identity: str, pid: int, stream: socket.socket) -> None:
        self.pid = pid
        self._stream = stream
        self._rest = b""
        self._connected = True
        self._lock = threading.Lock()  # between `kill` by a watch and `destroy`
        try:
            groups = Path(f"/proc/{pid}/cgroup").read_text()
            if identity not in groups:
                raise ProcessLookupError(f"process {pid} is not the container's")
            self._group = _memory_group(groups)
            self._process = os.pidfd_open(pid)
        except OSError as error:
            raise MachineError(
                "the container's first process cannot be seen on this host: it ended at once, or "
                "the Docker engine is remote or in a virtual machine, where no desktop can be had",
                kind=FailureKind.START,
            ) from error

    def send(self, data: bytes) -> None:
        """Write to the shell's standard input."""
        if self.ended():  # what the engine takes in for a container that is gone is lost
            raise BrokenPipeError("the container ended")
        self._stream.sendall(data)

    @property
    def memory_is_bounded(self) -> bool:
        """True: the engine bounds it."""
        return True

    def receive(self) -> bytes:
        """What has arrived from the shell's standard output."""
        if self._connected and readable(self._stream.fileno()):
            try:
                data = self._stream.recv(65_536)
            except ConnectionResetError:
                data = b""
            self._connected = bool(data)
            self._rest += data
        output, self._rest = _take_output(self._rest)
        return output

    def ended(self) -> bool:
        """Whether the first process is gone, or the engine that carries its streams."""
        return not self._connected or readable(self._process)

    def memory_kills(self) -> int:
        """How many processes the kernel has ended because memory was full."""
        return self._group.kills()

    def kill(self) -> None:
        """End every process."""
        with self._lock, contextlib.suppress(ProcessLookupError):
            if self._stream.fileno() >= 0:
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def destroy(self) -> None:
        """End every process and wait; the engine then removes what it keeps of the container."""
        self.kill()
        readable(self._process, _KILL_TIMEOUT_SEC)
        with self._lock:
            os.close(self._process)
            self._stream.close()


def _memory_group(groups: str) -> MemoryGroup:
    """The control group that bounds the memory of a process with such a /proc/PID/cgroup."""
    root = Path("/sys/fs/cgroup")
    lines = [line.split(":", 2) for line in groups.splitlines()]
    found = {name: path.strip("/") for _, names, path in lines for name in names.split(",")}
    if "memory" in found:
        return MemoryGroup(root / "memory" / found["memory"])
    return MemoryGroup(root / found.get("", ""))  # version 2


def _seccomp() -> list[str]:
    profile = seccomp.profile()
    return [f"seccomp={profile}"] if profile else []


def _take_output(stream: bytes) -> tuple[bytes, bytes]:
    """Split what was read of an attached stream into the payload of whole frames and the rest."""
    output = b""
    while len(stream) >= _HEADER_BYTES:
        end = _HEADER_BYTES + int.from_bytes(stream[4:_HEADER_BYTES], "big")
        if len(stream) < end:
            break
        output += stream[_HEADER_BYTES:end]
        stream = stream[end:]
    return output, stream


def _start_container(client: DockerClient, settings: dict[str, Any]) -> _Container:
    import docker.errors as errors

    image = settings["image"]
    try:
        return _created(client, settings)
    except errors.ImageNotFound as error:
        raise MachineError(
            f"the Docker engine has no image {image!r}; "
            "gym_anything.machine.image.ensure_image builds it",
            kind=FailureKind.START,
        ) from error
    except errors.DockerException as error:
        raise MachineError(
            f"the Docker engine refused a container of {image}: {error}", kind=FailureKind.START
        ) from error


def _created(client: DockerClient, settings: dict[str, Any]) -> _Container:
    """Create a container, attach to it, start it; removed again if one of these fails."""
    import docker.errors as errors

    host_config = client.api.create_host_config(**settings["host_config"])
    created = client.api.create_container(**settings | {"host_config": host_config})
    identity: str = created["Id"]
    stream = None
    try:
        stream = _attach(client, identity)
        client.api.start(identity)
        pid = client.api.inspect_container(identity)["State"]["Pid"]
        return _Container(identity, pid, stream)
    except BaseException:
        if stream is not None:
            stream.close()
        with contextlib.suppress(errors.APIError):  # it may be gone by itself
            client.api.remove_container(identity, force=True)
        raise


def _attach(client: DockerClient, identity: str) -> socket.socket:
    """A socket to a container's standard input and output, to be had before it is started."""
    with client.api.post(  # the SDK's own `attach_socket` never closes its end
        f"{client.api.base_url}/v{client.api.api_version}/containers/{identity}/attach",
        params={"stdin": 1, "stdout": 1, "stream": 1},
        headers={"Connection": "Upgrade", "Upgrade": "tcp"},
        stream=True,
    ) as response:
        response.raise_for_status()
        stream = socket.socket(fileno=os.dup(response.raw.fileno()))
    stream.setblocking(True)
    return stream
