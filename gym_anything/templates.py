"""Templates: functions of a seed that make tasks, in envs/<app>/tasks.py. After task in the flow.

    @template(skills=("search",), occupation="43-0000")
    def replace_name(rng: random.Random) -> Draft:
        ...
        return Draft(instruction=..., documents=..., checks=..., solution=..., near_misses=...)

The template is then called "<app>/replace-name". Same seed, same task: everything random must come
from the generator that is passed in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from gym_anything import content
from gym_anything.errors import AppError, TaskError, did_you_mean
from gym_anything.task import Check, Document, Intent, Route, Split, Task
from gym_anything.verify import validate


@dataclass(frozen=True, slots=True)
class Draft:
    """What a template function decides; the fields are those of `Task`.

    `max_steps` 0 stands for four times the solution's length, at least 30.
    """

    instruction: str
    checks: tuple[Check, ...]
    solution: tuple[Intent, ...]
    documents: tuple[Document, ...] = ()
    open: tuple[str, ...] = ()
    near_misses: tuple[Route, ...] = ()
    variations: tuple[Route, ...] = ()
    companions: tuple[str, ...] = ()
    max_steps: int = 0


TemplateFunction: TypeAlias = Callable[[random.Random], Draft]


@dataclass(frozen=True, slots=True)
class Template:
    """A template function with what holds for every task it makes.

    Attributes:
        app: folder name of the application.
        name: name within the application, with dashes.
        make: the function.
        level: 1 to 6.
        split: which part of the data all its tasks belong to.
        skills: tags.
        occupation: SOC major group.
    """

    app: str
    name: str
    make: TemplateFunction
    level: int
    split: Split
    skills: tuple[str, ...]
    occupation: str

    @property
    def id(self) -> str:
        """Name with its application: "mousepad/rename-client"."""
        return f"{self.app}/{self.name}"

    def task(self, seed: int) -> Task:
        """Make the task of a seed.

        Raises:
            TaskError: the template made a malformed task, or one whose checks name no verifier.
        """
        draft = self.make(random.Random(f"{self.id}:{seed}"))
        task = Task(
            app=self.app,
            template=self.name,
            seed=seed,
            instruction=draft.instruction,
            checks=draft.checks,
            solution=draft.solution,
            documents=draft.documents,
            open=draft.open,
            near_misses=draft.near_misses,
            variations=draft.variations,
            level=self.level,
            split=self.split,
            skills=self.skills,
            occupation=self.occupation,
            companions=draft.companions,
            max_steps=draft.max_steps or max(30, 4 * len(draft.solution)),
        )
        validate(task)
        return task


_MARK = "__gym_anything_template__"


def template(
    *, skills: Iterable[str], occupation: str, level: int = 1, split: str = "train"
) -> Callable[[TemplateFunction], TemplateFunction]:
    """Mark a function of envs/<app>/tasks.py as a template.

    Args:
        skills: tags such as "menu", "dialog", "drag", "formula", "search".
        occupation: SOC major group whose work it is, such as "43-0000".
        level: 1 to 6.
        split: "train", "validation" or "test"; "test-app" if the whole application is held out.
    """

    def mark(function: TemplateFunction) -> TemplateFunction:
        setattr(function, _MARK, (level, Split(split), tuple(skills), occupation))
        return function

    return mark


@cache
def templates_of(app_id: str) -> dict[str, Template]:
    """Templates of an application, by name, in the order of its tasks.py.

    Raises:
        AppError: no such application, or it has no tasks.py.
    """
    path = content.app_folder(app_id) / "tasks.py"
    if not path.is_file():
        raise AppError(f"{path}: missing; an application needs its templates there")
    module = content.load_module(path)
    found = {}
    for function in vars(module).values():
        if hasattr(function, _MARK) and function.__module__ == module.__name__:
            level, split, skills, occupation = getattr(function, _MARK)
            name = function.__name__.replace("_", "-")
            found[name] = Template(app_id, name, function, level, split, skills, occupation)
    return found


def find_template(task_id: str, app_id: str = "") -> Template:
    """The template called "<app>/<name>", or "<name>" of a given application.

    Raises:
        AppError: no such application.
        TaskError: no such template; names the nearest.
    """
    app, slash, name = task_id.rpartition("/")
    app = app if slash else app_id
    if app_id and app != app_id:
        raise TaskError(f"task {task_id!r} is not of {app_id}")
    templates = templates_of(app)
    if name not in templates:
        raise TaskError(did_you_mean("task", name, templates, f" in {app}"))
    return templates[name]


def select(app_id: str, level: int | None = None, split: str | None = None) -> list[Template]:
    """Templates of an application, of one level and split if given.

    Raises:
        TaskError: there are none such; says which levels and splits there are.
    """
    templates = list(templates_of(app_id).values())
    if split is not None and split not in list(Split):
        raise TaskError(did_you_mean("split", str(split), [part.value for part in Split]))
    levels = sorted({found.level for found in templates})
    if level is not None and level not in levels:
        known = ", ".join(str(number) for number in levels)
        nearest = min(levels, key=lambda number: abs(number - level))
        raise TaskError(f"no level {level!r} in {app_id}; did you mean {nearest}? Known: {known}")
    chosen = [
        found
        for found in templates
        if (level is None or found.level == level) and (split is None or found.split == split)
    ]
    if not chosen:
        splits = ", ".join(sorted({found.split.value for found in templates}))
        raise TaskError(
            f"no task of level {level} and split {split!r} in {app_id}; its splits are {splits}"
        )
    return chosen
