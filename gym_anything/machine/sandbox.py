"""The bubblewrap command of a local machine: what is inside, and what is not."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from gym_anything import content
from gym_anything.machine.base import HOME_INSIDE, RUN_INSIDE, MachineSpec
from gym_anything.machine.services import ENVIRONMENT, supervisor

BWRAP = "/usr/bin/bwrap"
_READ_ONLY_IF_THERE = (  # of the host's /etc and /var, what applications need to start
    *("/etc/alternatives", "/etc/fonts", "/etc/gimp", "/etc/ld.so.cache"),
    *("/etc/libreoffice", "/etc/magic", "/etc/mime.types", "/etc/xdg", "/etc/ImageMagick-6"),
    *("/etc/chromium", "/etc/chromium.d", "/etc/gnumeric", "/var/cache/fontconfig"),
)
_RUNTIME_BYTES = 64 << 20  # /run/user


def sandbox_command(folder: Path, spec: MachineSpec) -> list[str]:
    """The command that starts a sandbox with a shell in it that reads commands.

    Args:
        folder: the machine's, with `home`, `run` and `etc` in it.
        spec: what it is started from.
    """
    home, run, etc = folder / "home", folder / "run", folder / "etc"
    command = [BWRAP, "--unshare-all", "--die-with-parent", "--new-session"]
    command += ["--uid", "1000", "--gid", "1000", "--hostname", "desktop", "--clearenv"]
    if _bwrap_has("--disable-userns"):
        command += ["--unshare-user", "--disable-userns"]
    command += ["--ro-bind", "/usr", "/usr"]
    for hidden in hidden_folders():
        command += ["--tmpfs", str(hidden), "--remount-ro", str(hidden)]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        if Path("/usr", name).exists():
            command += ["--symlink", f"usr/{name}", f"/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for path, size_bytes in (
        ("/dev/shm", spec.limits.disk_bytes),
        ("/tmp", spec.limits.disk_bytes),
        ("/run/user", _RUNTIME_BYTES),
    ):
        command += _size(size_bytes) + ["--tmpfs", path]
    command += ["--bind", str(run), RUN_INSIDE, "--bind", str(home), HOME_INSIDE]
    command += ["--bind", str(run / "x11"), "/tmp/.X11-unix"]
    for path in _READ_ONLY_IF_THERE:
        command += ["--ro-bind-try", path, path]
    for name in ("passwd", "group", "hosts", "machine-id", "gtk-3.0", "gtk-4.0"):
        command += ["--ro-bind", str(etc / name), f"/etc/{name}"]
    command += ["--ro-bind", str(etc / "gym-anything"), "/etc/gym-anything"]
    # What is left of / and /dev is a tmpfs without a limit.
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for key, value in (ENVIRONMENT | dict(spec.env)).items():
        command += ["--setenv", key, value]
    return [*command, "--chdir", HOME_INSIDE, "/bin/sh", "-c", supervisor(spec.limits)]


def hidden_folders() -> list[Path]:
    """Folders beneath /usr with tasks and checks in them, such as those of an installed wheel."""
    usr = Path("/usr")
    folders = {Path(__file__).resolve().parents[1]}
    folders |= {root / name for root in content.roots() for name in content.FOLDERS}
    inside = sorted(folder for folder in folders if usr in folder.parents and folder.is_dir())
    return [one for one in inside if not any(other in one.parents for other in inside)]


def _size(size_bytes: int) -> list[str]:
    return ["--size", str(size_bytes)] if size_bytes and _bwrap_has("--size") else []


def _bwrap_has(option: str) -> bool:
    return option in _bwrap_help()


@cache
def _bwrap_help() -> str:
    listed = subprocess.run([BWRAP, "--help"], capture_output=True, text=True)
    return listed.stdout + listed.stderr
