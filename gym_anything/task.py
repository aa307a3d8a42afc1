"""Task: pure data that says what to do, how to set it up and how it is judged. Never code.

A task round-trips through JSON (`Task.to_json`, `Task.from_json`, `json_schema`), so one that a
model wrote can be loaded, proved or refused without running anything of it on the host.
Expected values live in the checks only: they never enter the machine or an observation.

Flow: documents -> task -> verify. Templates in envs/<app>/tasks.py return these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeAlias

import pydantic
from pydantic import ConfigDict, Field, TypeAdapter

from gym_anything.config import describe_invalid
from gym_anything.errors import TaskError

JsonValue: TypeAlias = pydantic.JsonValue
_STRICT = ConfigDict(extra="forbid", frozen=True)
# What JSON cannot express is refused, and so is an unknown key.


class Split(StrEnum):
    """Which part of the data a template belongs to; by template, never by seed.

    All templates of an application that is held out as a whole are `TEST_APP`.
    """

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"
    TEST_APP = "test-app"


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the set-up, as data.

    Attributes:
        path: where, relative to home ("Documents/sales.ods").
        kind: a writer of `gym_anything.documents` ("text", "spreadsheet", ...).
        content: what the writer takes.
    """

    path: str
    kind: str
    content: JsonValue

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Check:
    """A verifier with its parameters.

    Attributes:
        check: name of the verifier, "<file in verifiers/>.<function>".
        params: keyword arguments of the function.
        weight: share of a goal in the score.
        guard: True if it protects what must stay: it holds at the start, counts nothing towards
            the score, and makes it 0 when it fails.
    """

    check: str
    params: Mapping[str, JsonValue]
    weight: float = 1.0
    guard: bool = False

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Target:
    """A widget, found in the accessibility tree.

    Attributes:
        role: AT-SPI role name, "" for any.
        name: accessible name; "" for any. A trailing "…" or "..." is ignored on both sides.
        window: text in the title of the window or dialog that holds it, "" for any.
        nth: which of the matches, in reading order of the tree.
        at: where inside its extents, as fractions (x, y).
        cell: a spreadsheet cell such as "B9" of the table in view, instead of role and name.
    """

    role: str = ""
    name: str = ""
    window: str = ""
    nth: int = 0
    at: tuple[float, float] = (0.5, 0.5)
    cell: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Click:
    """Click a widget or a pixel."""

    click: Target | tuple[int, int]
    button: Literal["left", "middle", "right"] = "left"
    count: int = 1
    keys: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Drag:
    """Drag from a widget or pixel to another."""

    drag: Target | tuple[int, int]
    to: Target | tuple[int, int]
    keys: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Scroll:
    """Turn the wheel over a widget or pixel, in notches."""

    scroll: Target | tuple[int, int]
    down: int = 0
    right: int = 0

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Press:
    """Press a chord such as "ctrl+s"."""

    press: str
    hold_sec: float = 0.0

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Type:
    """Type text."""

    type: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until a widget or window is there; costs no step when it already is."""

    wait_for: Target

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Answer:
    """End with an answer."""

    answer: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class GiveUp:
    """End by saying that the task cannot be done."""

    give_up: Literal[True]

    __pydantic_config__ = _STRICT


Intent: TypeAlias = Annotated[
    Click | Drag | Scroll | Press | Type | Await | Answer | GiveUp, Field(union_mode="smart")
]
"""One move of a scripted solution. `done` is implied at the end of a list of them."""


@dataclass(frozen=True, slots=True)
class Route:
    """A named list of intents: a near miss, or another right way to the same end."""

    name: str
    steps: tuple[Intent, ...]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Task:
    """A task, whole.

    Attributes:
        app: folder name of the application in envs/.
        template: name of the template that made it.
        seed: seed it was made from.
        instruction: what the agent is told.
        documents: files of the set-up.
        open: paths that are opened at reset, relative to home.
        checks: how the end is judged.
        solution: intents that lead to a score of 1.
        near_misses: plausible failures; none may pass.
        variations: other right ways; each must pass.
        level: 1 to 6.
        split: by template.
        skills: tags such as "formula", "menu", "drag".
        occupation: SOC major group it is the work of, such as "43-0000".
        companions: further applications open on the desktop.
        max_steps: steps after which an episode is truncated.
        provenance: who made it: "template", a generator, a model.
    """

    app: str
    template: str
    seed: int
    instruction: str
    checks: tuple[Check, ...]
    solution: tuple[Intent, ...]
    documents: tuple[Document, ...] = ()
    open: tuple[str, ...] = ()
    near_misses: tuple[Route, ...] = ()
    variations: tuple[Route, ...] = ()
    level: Annotated[int, Field(ge=1, le=6)] = 1
    split: Split = Split.TRAIN
    skills: tuple[str, ...] = ()
    occupation: str = ""
    companions: tuple[str, ...] = ()
    max_steps: Annotated[int, Field(ge=1)] = 50
    provenance: str = "template"
    schema_version: Literal[1] = 1

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        paths = [document.path for document in self.documents]
        for path in (*paths, *self.open):
            require_inside_home(path)
        missing = [path for path in self.open if path not in paths]
        if missing:
            raise TaskError(f"task {self.id}: open: {missing[0]!r} is not among its documents")
        if not any(not check.guard for check in self.checks):
            raise TaskError(f"task {self.id}: checks: at least one must not be a guard")

    @property
    def id(self) -> str:
        """Name of the template with its application: "mousepad/rename-client"."""
        return f"{self.app}/{self.template}"

    def to_json(self) -> str:
        """Write as one JSON object."""
        return _ADAPTER.dump_json(self, exclude_defaults=True).decode()

    @staticmethod
    def from_json(text: str | bytes, source: str = "task") -> Task:
        """Read what `to_json` wrote.

        Args:
            text: JSON.
            source: file name or other origin, for the error.

        Raises:
            TaskError: not JSON, or a key is unknown, missing or of a wrong type; names it.
        """
        try:
            return _ADAPTER.validate_json(text)
        except pydantic.ValidationError as error:
            raise TaskError(describe_invalid(source, error)) from error

    def content_hash(self) -> str:
        """SHA-256 over the task as data, in hexadecimal."""
        data: Any = _ADAPTER.dump_python(self, mode="json")
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    def public(self) -> Task:
        """The same task without what an agent must not know: checks and routes."""
        goal = Check("hidden", {})
        return replace(self, checks=(goal,), solution=(), near_misses=(), variations=())


def require_inside_home(path: str) -> None:
    """Raise TaskError unless `path` is relative and stays beneath home."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or ".." in pure.parts or "\0" in path:
        raise TaskError(f"path {path!r} must be relative to home and stay inside it")


_ADAPTER: TypeAdapter[Task] = TypeAdapter(Task)


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a task."""
    return _ADAPTER.json_schema()
