"""Task source: where the tasks that are compared come from. Before contamination."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from gym_anything.app import load_app, load_apps
from gym_anything.errors import DataError
from gym_anything.store import Store
from gym_anything.task import Split, Task
from gym_anything.templates import templates_of


@dataclass(frozen=True, slots=True)
class TaskSource:
    """Where tasks are from; all that is named is taken together.

    Attributes:
        apps: applications whose templates make tasks; with `seeds`.
        all_apps: whether all applications do.
        splits: only these, if there are any.
        levels: only these, if there are any.
        seeds: instances of each template.
        first_seed: the seeds begin here.
        stores: folders of stores, for the tasks of their episodes.
        files: JSON lines, a task each.
    """

    apps: tuple[str, ...] = ()
    all_apps: bool = False
    splits: tuple[Split, ...] = ()
    levels: tuple[int, ...] = ()
    seeds: Annotated[int, Field(ge=1)] = 1
    first_seed: Annotated[int, Field(ge=0)] = 0
    stores: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


def load_tasks(source: TaskSource) -> list[Task]:
    """The tasks of a source, each content once.

    Raises:
        AppError, ConfigError: an application or a store is not there.
        DataError: a file cannot be read, or a line of it is no task; names file and line.
    """
    found: dict[str, Task] = {}
    for task in _loaded(source):
        split = not source.splits or task.split in source.splits
        if split and (not source.levels or task.level in source.levels):
            found.setdefault(task.content_hash(), task)
    return list(found.values())


def _loaded(source: TaskSource) -> Iterator[Task]:
    apps = list(load_apps()) if source.all_apps else [load_app(app).id for app in source.apps]
    for app in apps:
        for template in templates_of(app).values():
            split = not source.splits or template.split in source.splits
            if split and (not source.levels or template.level in source.levels):
                for seed in range(source.first_seed, source.first_seed + source.seeds):
                    yield template.task(seed)
    for folder in source.stores:
        store = Store(Path(folder))
        yield from (store.task(episode) for episode in store.episodes())
    for name in source.files:
        yield from _read_lines(Path(name))


def _read_lines(path: Path) -> Iterator[Task]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield Task.from_json(line, f"{path}, line {number}")
            except ValueError as error:
                raise DataError(f"{error}; mend or remove the line") from error
