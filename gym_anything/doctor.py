"""Doctor: what of this host is missing, and the exact command that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gym_anything import content
from gym_anything.app import App, load_app
from gym_anything.errors import AppError, ConfigError, MachineError
from gym_anything.install import CORE_PACKAGES, apt_command, missing
from gym_anything.machine.base import MachineSpec
from gym_anything.machine.folders import RUN_DIR_VARIABLE, base_folder
from gym_anything.machine.local import LocalMachine

_MIN_FREE_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Outcome of one examination.

    Attributes:
        what: what was examined.
        well: whether it is as it should be.
        found: what was found.
        mend: the command or step that mends it, "" if well.
    """

    what: str
    well: bool
    found: str
    mend: str = ""


def examine() -> list[Finding]:
    """Examine everything, in the order in which it should be mended."""
    findings = [_examine_platform(), _examine_core(), _examine_namespaces(), _examine_folder()]
    if all(finding.well for finding in findings):
        findings.append(_examine_machine())
    findings += [_examine_app(app_id) for app_id in content.app_folders()]
    return findings


def _examine_platform() -> Finding:
    found = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    well = platform.system() == "Linux"
    return Finding("platform", well, found, "" if well else "use Linux, or a Linux machine")


def _examine_core() -> Finding:
    try:
        lacking = missing(CORE_PACKAGES)
    except ConfigError as error:
        return Finding("system packages", False, str(error), "install them by hand")
    if not lacking:
        return Finding("system packages", True, f"all {len(CORE_PACKAGES)} installed")
    return Finding("system packages", False, _list(lacking), " ".join(apt_command(lacking)))


def _examine_namespaces() -> Finding:
    what = "user namespaces"
    if shutil.which("bwrap") is None:
        return Finding(what, False, "bubblewrap is not installed", "see system packages")
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "true"]
    options = {} if os.getuid() else {"user": 65534, "group": 65534, "extra_groups": []}
    ended = subprocess.run(probe, capture_output=True, text=True, cwd="/", check=False, **options)  # type: ignore[call-overload]
    if ended.returncode == 0:
        return Finding(what, True, "allowed")
    knobs = {
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "kernel.unprivileged_userns_clone=1"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1",
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        "/proc/sys/user/max_user_namespaces": ("0", "user.max_user_namespaces=15000"),
    }
    settings = [
        setting
        for path, (bad, setting) in knobs.items()
        if Path(path).exists() and Path(path).read_text().strip() == bad
    ]
    mend = (
        f"sudo sysctl {' '.join(settings)}" if settings else "ask who runs this host to allow them"
    )
    return Finding(what, False, ended.stderr.strip() or "refused", mend)


def _examine_folder() -> Finding:
    try:
        base = base_folder()
    except (MachineError, OSError) as error:
        return Finding("run folder", False, str(error), f"set {RUN_DIR_VARIABLE}")
    free = shutil.disk_usage(base).free
    found = f"{base}, {free / 1e9:.1f} GB free"
    if free < _MIN_FREE_BYTES:
        return Finding("run folder", False, found, f"set {RUN_DIR_VARIABLE} to a larger one")
    return Finding("run folder", True, found)


def _examine_machine() -> Finding:
    try:
        with LocalMachine(MachineSpec()):
            return Finding("a machine", True, "starts")
    except MachineError as error:
        return Finding("a machine", False, str(error), "mend what the last lines say")


def _examine_app(app_id: str) -> Finding:
    try:
        app: App = load_app(app_id)
    except AppError as error:
        return Finding(app_id, False, str(error), "correct the file")
    if app.installed:
        return Finding(app_id, True, f"{app.title} installed")
    return Finding(app_id, False, f"{app.title} is not installed", f"gym-anything install {app_id}")


def _list(names: Iterable[str]) -> str:
    return "not installed: " + ", ".join(names)
