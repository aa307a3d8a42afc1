"""App: what envs/<id>/app.toml says of an application. How it is opened and when it is ready.

Flow: economy -> app -> machine. The file's keys are the fields of `App`; nothing else is accepted.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from gym_anything import content
from gym_anything.config import load_toml
from gym_anything.errors import AppError, ConfigError, did_you_mean

_STRICT = ConfigDict(extra="forbid")
_FAKETIME = {  # libfaketime(1); the dynamic linker puts the multiarch folder in for $LIB
    "LD_PRELOAD": "/usr/$LIB/faketime/libfaketimeMT.so.1",
    "FAKETIME_DISABLE_SHM": "1",
}


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation that uses the application.

    Attributes:
        group: SOC major group, such as "43-0000".
        weight: share of the application's use, the weights of an application sum to 1.
        reason: one line.
    """

    group: Annotated[str, Field(pattern=r"^\d\d-0000$")]
    weight: Annotated[float, Field(gt=0, le=1)]
    reason: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Launch:
    """How the application is opened.

    Attributes:
        command: program and arguments; documents are appended as absolute paths.
        open: program and arguments that hand documents to the instance that is open already;
            empty if it must be started with them.
        env: variables for its processes.
        maximize: whether its windows start maximised.
        profile: commands run once in an empty machine; the home they leave is copied into each new
            machine (for applications whose first start is slow or asks questions).
    """

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    open: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    maximize: bool = False
    profile: tuple[tuple[str, ...], ...] = ()

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Ready:
    """When the application is ready.

    Attributes:
        title: regular expression that the title of a window must contain.
        document_title: the same when a document is open; "{name}" and "{stem}" stand for the file's
            name with and without its suffix.
        quiet_ms: how long screen and CPU must then be still.
        timeout_sec: deadline for all of it.
    """

    title: str
    document_title: str = ""
    quiet_ms: float = 40.0
    timeout_sec: float = 30.0

    __pydantic_config__ = _STRICT

    def pattern(self, document: str | None) -> re.Pattern[str]:
        """The expression for a window, given the path of the open document or None."""
        if document is None or not self.document_title:
            return re.compile(self.title)
        name = document.rpartition("/")[2]
        stem = name.rpartition(".")[0] or name
        return re.compile(self.document_title.format(name=re.escape(name), stem=re.escape(stem)))


@dataclass(frozen=True, slots=True)
class Timers:
    """How the application's own clock bears on settling and typing.

    Attributes:
        quiet_ms: stillness that is enough for "safe", and as much less for "fast" as elsewhere; 0
            for what the policy says. Toolkits that repaint within one frame of 16.7 ms need less
            than those that work in bursts.
        key_ms: after a key press the screen cannot be still earlier than this.
        pointer_ms: the same after a pointer action.
        same_key_ms: a second press of a key within this time is lost, so typing waits for it.
        warp: how many times faster its clock may run (`settle="warp"`); 0 if it does not bear it.
        warp_ms: as `key_ms`, while its clock runs that fast.
    """

    quiet_ms: float = 0.0
    key_ms: float = 0.0
    pointer_ms: float = 0.0
    same_key_ms: float = 0.0
    warp: Annotated[float, Field(ge=0, le=100)] = 0.0
    warp_ms: float = 0.0

    __pydantic_config__ = _STRICT

    def warped(self) -> dict[str, str]:
        """Variables that let a program's clock run `warp` times faster; {} if that is 0."""
        return {**_FAKETIME, "FAKETIME": f"+0 x{self.warp:g}"} if self.warp else {}


@dataclass(frozen=True, slots=True)
class Probe:
    """Common actions on the application as it opens, for `gym-anything speed --premature`.

    Attributes:
        keys: chords that do something small.
        clicks: (role, name) of widgets to click.
        cells: cells to click, for a spreadsheet.
        menus: menus of the menu bar to open; escape closes them.
        dialogs: chords that open a dialog; escape closes it.
    """

    keys: tuple[str, ...] = ()
    clicks: tuple[tuple[str, str], ...] = ()
    cells: tuple[str, ...] = ()
    menus: tuple[str, ...] = ()
    dialogs: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class App:
    """An application.

    Attributes:
        env: name in the ids: `gym_anything/<env>-v0`.
        title: name as people know it.
        packages: Debian packages.
        program: path of its program; there if and only if it is installed.
        toolkit: what draws its widgets.
        file_kinds: suffixes of the documents it works on, with the dot.
        launch: how it is opened.
        ready: when it is ready.
        levels: levels that its templates have.
        occupations: who uses it.
        memory_mb: what one desktop with it uses, for the budget of a pool.
        timers: its clock, and repaints that it schedules, which no activity announces.
        probe: common actions, to measure settling with.
        schema_version: of this file.
        id: name of its folder.
    """

    env: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    title: str
    packages: Annotated[tuple[str, ...], Field(min_length=1)]
    program: str
    toolkit: str
    launch: Launch
    ready: Ready
    levels: Annotated[tuple[int, ...], Field(min_length=1)]
    occupations: Annotated[tuple[Occupation, ...], Field(min_length=1)]
    file_kinds: tuple[str, ...] = ()
    memory_mb: Annotated[int, Field(gt=0)] = 128
    timers: Timers = Timers()
    probe: Probe = Probe()
    schema_version: Literal[1] = 1
    id: str = ""

    __pydantic_config__ = _STRICT

    @property
    def installed(self) -> bool:
        """Whether its program is on this host."""
        return shutil.which(self.program) is not None

    @property
    def folder(self) -> Path:
        """Its folder."""
        return content.app_folder(self.id)

    def command(self, documents: Sequence[str]) -> tuple[str, ...]:
        """Program and arguments that open documents, given as absolute paths inside the machine."""
        return (*self.launch.command, *documents)

    def require_installed(self) -> None:
        """Raise AppError with the command that installs it unless it is installed."""
        if not self.installed:
            raise AppError(
                f"{self.title} is not installed ({self.program} is not there); "
                f"run: gym-anything install {self.id}"
            )


@cache
def load_app(app_id: str) -> App:
    """Read envs/<app_id>/app.toml.

    Raises:
        AppError: no such application, or its app.toml is malformed: names the file and the key.
    """
    path = content.app_folder(app_id) / "app.toml"
    try:
        app = load_toml(path, App)
    except ConfigError as error:
        raise AppError(str(error)) from error
    total = sum(occupation.weight for occupation in app.occupations)
    if abs(total - 1) > 1e-6:
        raise AppError(f"{path}: occupations: weights must sum to 1, got {total:g}")
    for key, document in (("title", None), ("document_title", "a.b")):
        try:
            app.ready.pattern(document)
        except (re.error, LookupError, ValueError) as error:
            raise AppError(f"{path}: ready.{key}: not a regular expression: {error}") from error
    return replace(app, id=app_id)


@cache
def load_apps() -> dict[str, App]:
    """Every application, by id."""
    return {app_id: load_app(app_id) for app_id in content.app_folders()}


def app_by_env(env: str) -> App:
    """The application whose environments are called `gym_anything/<env>-...`.

    Raises:
        AppError: there is none; names the nearest.
    """
    by_env = {app.env: app for app in load_apps().values()}
    if env not in by_env:
        raise AppError(did_you_mean("environment", env, by_env))
    return by_env[env]
