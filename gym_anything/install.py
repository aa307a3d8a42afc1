"""Install: the Debian packages that machines and applications need, and whether they are there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from gym_anything.app import App
from gym_anything.errors import ConfigError

CORE_PACKAGES = (  # what every machine needs, whatever runs in it
    *("bubblewrap", "xvfb", "openbox", "dbus-daemon", "at-spi2-core", "libatk-adaptor"),
    *(
        "libxcb1",
        "adwaita-icon-theme",
        "fonts-dejavu-core",
        "fonts-liberation",
        "fontconfig",
        "libfaketime",
    ),
)


def packages_of(apps: Iterable[App]) -> list[str]:
    """Packages of the applications and of every machine, each once, in order."""
    names = [*CORE_PACKAGES, *(package for app in apps for package in app.packages)]
    return list(dict.fromkeys(names))


def missing(packages: Iterable[str]) -> list[str]:
    """Those of the packages that are not installed.

    Raises:
        ConfigError: this is not a Debian system.
    """
    wanted = list(packages)
    if shutil.which("dpkg-query") is None:
        raise ConfigError(
            "dpkg-query is not there: gym-anything needs Debian or Ubuntu, or these packages "
            f"installed by hand: {' '.join(wanted)}"
        )
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${binary:Package}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,  # it exits with 1 if it has never heard of one of them
    )
    there = {
        name.partition(":")[0]
        for status, _, name in (line.partition(" ") for line in listed.stdout.splitlines())
        if status == "installed"
    }
    return [package for package in wanted if package not in there]


def apt_command(packages: Sequence[str]) -> list[str]:
    """The command that installs packages, with sudo unless this process is root."""
    return _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> list[str]:
    sudo = [] if os.getuid() == 0 else ["sudo"]
    return [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments]


def install(packages: Sequence[str]) -> None:
    """Install packages with apt; its output goes to this process's standard error.

    Raises:
        ConfigError: not root and no sudo, or apt failed; says the command to run by hand.
    """
    command = apt_command(packages)
    by_hand = " ".join(command)
    if command[0] == "sudo" and shutil.which("sudo") is None:
        raise ConfigError(f"neither root nor sudo; as root run: {by_hand.removeprefix('sudo ')}")
    for step in (_apt("update"), command):
        ended = subprocess.run(step, stdout=2, check=False)
        if ended.returncode:
            raise ConfigError(f"{' '.join(step)} failed ({ended.returncode}); try: {by_hand}")
