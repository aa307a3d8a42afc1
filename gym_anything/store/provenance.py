"""Provenance: with what an episode was made, down to the versions of the applications."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gym_anything import __version__
from gym_anything.app import load_app
from gym_anything.install import packages_of

_LIBRARIES = ("gymnasium", "numpy", "opencv-python-headless", "pyarrow", "xcffib")


@cache
def versions(apps: tuple[str, ...]) -> dict[str, str]:
    """Versions of Python, of libraries, and of this host's packages for applications.

    Args:
        apps: application ids.
    """
    found = {"gym-anything": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[f"python:{name}"] = version(name)
        except PackageNotFoundError:
            continue
    found["linux"] = platform.release()
    return found | _debian(packages_of([load_app(app) for app in apps]))


@cache
def commit() -> str:
    """The commit of this package's sources, with "+" if they were changed; "" if there is none."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists() or shutil.which("git") is None:
        return ""
    head = _said(["git", "-C", str(root), "rev-parse", "HEAD"]).strip()
    changed = _said(["git", "-C", str(root), "status", "--porcelain", "--untracked-files=no"])
    return f"{head}+" if head and changed else head


def _debian(packages: Sequence[str]) -> dict[str, str]:
    if shutil.which("dpkg-query") is None:
        return {}
    listed = _said(["dpkg-query", "-W", "-f", "${Package}\t${Version}\n", *packages])
    lines = (line.split("\t") for line in listed.splitlines())
    return {f"debian:{name}": number for name, number in lines if number}


def _said(command: Sequence[str]) -> str:
    """What a program prints; it may fail, as where a package is not installed."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
