"""The home that a new machine starts with: what envs/<app>/files/home holds, and a profile.

Some applications take seconds over their first start, or ask questions. Their app.toml names
commands that are run once, in a machine of their own; the home that they leave is kept in the
user's cache and copied from then on. After machine in the flow.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from gym_anything.app import App
from gym_anything.errors import MachineError
from gym_anything.machine.base import Machine, MachineSpec
from gym_anything.machine.local import LocalMachine
from gym_anything.records import FailureKind

CACHE_VARIABLE = "GYM_ANYTHING_CACHE"
_POLL_SEC = 0.02


def home_templates(
    app: App, start: Callable[[MachineSpec], Machine] = LocalMachine, image: str = ""
) -> tuple[Path, ...]:
    """Folders to copy into a new home, one over the other.

    Args:
        app: which.
        start: starts the machine that the profile commands run in.
        image: what that machine's programs come from, "" if from this host.

    Raises:
        MachineError: a profile command failed or did not end in time.
    """
    shipped = _shipped_home(app)
    if not app.launch.profile:
        return shipped
    return (_profile(app, shipped, start, image), *shipped)


def _shipped_home(app: App) -> tuple[Path, ...]:
    folder = app.folder / "files" / "home"
    return (folder,) if folder.is_dir() else ()


def _cache_folder() -> Path:
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gym-anything"


def _profile(
    app: App, shipped: tuple[Path, ...], start: Callable[[MachineSpec], Machine], image: str
) -> Path:
    profile = _cache_folder() / "profiles" / f"{app.id}-{_fingerprint(app, shipped, image)}"
    if profile.is_dir():
        return profile
    profile.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{app.id}-", dir=profile.parent))
    try:
        _make_profile(app, shipped, start, draft / "home")
        os.replace(draft / "home", profile)
    except OSError:
        if not profile.is_dir():  # otherwise another process was faster; its profile is as good
            raise
    finally:
        shutil.rmtree(draft)
    return profile


def _fingerprint(app: App, shipped: tuple[Path, ...], image: str) -> str:
    """What the profile depends on: app.toml, the shipped files, the installed program or image."""
    digest = hashlib.sha256((app.folder / "app.toml").read_bytes())
    for folder in shipped:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    if image:
        digest.update(image.encode())
    else:
        program = os.stat(app.program)
        digest.update(f"{program.st_size} {program.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _make_profile(
    app: App, shipped: tuple[Path, ...], start: Callable[[MachineSpec], Machine], target: Path
) -> None:
    with closing(start(MachineSpec(env=app.launch.env, home_templates=shipped))) as machine:
        for command in app.launch.profile:
            handle = machine.spawn(command)
            deadline = time.monotonic() + app.ready.timeout_sec
            while machine.exit_code(handle) is None:
                if time.monotonic() > deadline:
                    raise MachineError(
                        f"{app.title}: {' '.join(command)} did not end within "
                        f"{app.ready.timeout_sec:g} s",
                        kind=FailureKind.START,
                        log=machine.log(),
                    )
                time.sleep(_POLL_SEC)
        shutil.copytree(machine.home, target, symlinks=True)
