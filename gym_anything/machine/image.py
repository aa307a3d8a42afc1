"""Images: the root file systems that Docker machines run on, one for each set of Debian packages.

Two ways to make one: `ensure_image` builds it here with mmdebstrap from the package sources that
this host's apt uses and imports it, so no image registry is needed; `dockerfile` words the same for
`docker build` where a registry is reachable.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gym_anything.errors import MachineError
from gym_anything.records import FailureKind

if TYPE_CHECKING:
    from docker import DockerClient

REPOSITORY = "gym-anything"
DEFAULT_ENGINE = "unix:///var/run/docker.sock"
_RECIPE = 1  # of this module; another number, another name for the same packages
_DOCKERFILE_BASE = "debian:{suite}-slim"
_LEFT_OUT = ("doc", "info", "lintian", "locale", "man")  # beneath /usr/share
# An archive keeps neither fractions of seconds nor times after its making, so the font cache, which
# holds the exact times of the folders, would never be valid and each program scan all fonts anew.
_FONT_CACHE = (
    "find -L /usr/share/fonts /usr/local/share/fonts -type d -exec touch -d @1000000000 {} + "
    "&& fc-cache --force"
)
_APT_FOLDER = Path("/etc/apt")
_CREDENTIALS = (  # where this host keeps passwords for package sources, if any needs one
    'Dir::Etc::netrc "/etc/apt/auth.conf";',
    'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
)
_BUILD_TIMEOUT_SEC = 1800
_API_TIMEOUT_SEC = 120


@contextmanager
def engine() -> Iterator[DockerClient]:
    """A connection to the Docker engine that $DOCKER_HOST names, else the default one.

    Raises:
        MachineError: no SDK, or no engine answers; names the socket that was tried.
    """
    try:
        docker = importlib.import_module("docker")
    except ImportError as error:
        raise MachineError(
            "the Docker machine needs Docker's SDK; run: pip install 'gym-anything[docker]'",
            kind=FailureKind.START,
        ) from error
    tried = os.environ.get("DOCKER_HOST") or DEFAULT_ENGINE
    try:
        _require_listener(tried)
        client = docker.DockerClient(base_url=tried, timeout=_API_TIMEOUT_SEC)  # it asks at once
    except (OSError, docker.errors.DockerException) as error:
        raise MachineError(
            f"no Docker engine answers at {tried} ({error}); start one (on Debian: "
            "apt-get install docker.io), let this user into the group docker, or name its socket "
            "in DOCKER_HOST",
            kind=FailureKind.START,
        ) from error
    try:
        yield client
    finally:
        client.close()


def _require_listener(address: str) -> None:
    """Raise OSError unless something listens; the SDK leaves a socket open where nothing does."""
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(address.removeprefix("unix://"))


def image_name(packages: Iterable[str]) -> str:
    """Name of the image with these Debian packages, whatever their order: "gym-anything:<hash>"."""
    parts = [str(_RECIPE), _suite(), *sorted(set(packages))]
    return f"{REPOSITORY}:{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:16]}"


def ensure_image(packages: Iterable[str]) -> str:
    """Build the image with these packages unless it is there; a minute, once a host.

    Args:
        packages: names of Debian packages; what they depend on comes with them.

    Returns:
        The image's name.

    Raises:
        MachineError: no engine, no mmdebstrap, not root, or a package cannot be had; with the last
            lines of what mmdebstrap said.
    """
    wanted = sorted(set(packages))
    name = image_name(wanted)
    with engine() as client:
        if _is_there(client, name):
            return name
        with _only_one_builder(name):
            if not _is_there(client, name):
                _build(client, name, wanted)
    return name


def dockerfile(packages: Iterable[str]) -> str:
    """The text of a Dockerfile for the image with these packages, for `docker build -t NAME`.

    It needs a registry that has Debian's own image; `image_name` says the name to build it as.
    """
    unwanted = " ".join(f"/usr/share/{name}" for name in _LEFT_OUT)
    listed = " \\\n        ".join(sorted(set(packages)))
    return f"""\
# docker build --tag {image_name(packages)} - < Dockerfile
FROM {_DOCKERFILE_BASE.format(suite=_suite())}
RUN apt-get update \\
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \\
        {listed} \\
    && rm -rf /var/lib/apt/lists /var/cache/apt {unwanted} \\
    && {_FONT_CACHE}
"""


def _suite() -> str:
    """Code name of this host's Debian release; "stable" if it does not say."""
    lines = Path("/etc/os-release").read_text().splitlines()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    return fields.get("VERSION_CODENAME", "stable").strip('"')


def _is_there(client: DockerClient, name: str) -> bool:
    return bool(client.images.list(name=name))


@contextmanager
def _only_one_builder(name: str) -> Iterator[None]:
    """Hold a lock among the processes of this host, so that an image is built once."""
    path = Path(tempfile.gettempdir()) / f"{name.replace(':', '-')}-{os.getuid()}.lock"
    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _build(client: DockerClient, name: str, packages: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="gym-anything-image-") as folder:
        archive = Path(folder) / "root.tar"
        _make_root(packages, Path(folder), archive)
        repository, _, tag = name.partition(":")
        client.api.import_image(src=str(archive), repository=repository, tag=tag)
    if not _is_there(client, name):
        raise MachineError(f"the engine did not import {name}", kind=FailureKind.START)


def _make_root(packages: Sequence[str], folder: Path, archive: Path) -> None:
    """Write a root file system with the packages as a tar archive."""
    if shutil.which("mmdebstrap") is None:
        raise MachineError(
            "mmdebstrap is not there; run: apt-get install mmdebstrap, or build the image from "
            "its Dockerfile",
            kind=FailureKind.START,
        )
    options = folder / "apt.conf"
    options.write_text("\n".join(_host_apt_options()) + "\n")
    ended = subprocess.run(
        _mmdebstrap(packages, options, archive),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=_BUILD_TIMEOUT_SEC,
        check=False,
    )
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").splitlines()
        raise MachineError(
            f"mmdebstrap could not build a root file system with {' '.join(packages)}",
            kind=FailureKind.START,
            log="\n".join(said[-15:]),
        )


def _mmdebstrap(packages: Sequence[str], options: Path, archive: Path) -> list[str]:
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(packages)}"]
    command += [f"--aptopt={options}", "--dpkgopt=force-unsafe-io"]
    command += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _LEFT_OUT]
    command += [f"--customize-hook=chroot \"$1\" sh -c '{_FONT_CACHE}'"]
    # What the image was made from stays here: a source or proxy may carry a password.
    command += ['--customize-hook=rm -rf "$1"/etc/apt/sources.list* "$1"/etc/apt/apt.conf.d/99*']
    command += ['--customize-hook=rm -f "$1"/etc/dpkg/dpkg.cfg.d/99*']
    return [*command, "--format=tar", _suite(), str(archive), *_host_sources()]


def _host_sources() -> list[str]:
    """The files in which this host's apt finds its package sources."""
    parts = sorted((_APT_FOLDER / "sources.list.d").glob("*"))
    files = [_APT_FOLDER / "sources.list", *parts]
    return [
        str(path)
        for path in files
        if path.suffix in (".list", ".sources") and path.is_file() and _names_a_source(path)
    ]


def _names_a_source(path: Path) -> bool:
    start = "deb " if path.suffix == ".list" else "uris:"
    return any(line.lower().startswith(start) for line in path.read_text().splitlines())


def _host_apt_options() -> list[str]:
    """How this host's apt reaches its sources: proxies, certificates, passwords."""
    dumped = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True)
    ours = [line for line in dumped.stdout.splitlines() if line.startswith("Acquire::")]
    ours = [line for line in ours if not line.startswith("Acquire::IndexTargets")]
    return [*ours, *_CREDENTIALS]
