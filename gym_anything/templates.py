"""Templates: where those of an application are found. After compose in the flow.

Functions of envs/<app>/tasks.py that are marked with `@template` make tasks of level 1. If the file
has a function `open_document`, they are chained into levels 2 to 6.
"""

from __future__ import annotations

from functools import cache

from gym_anything import content
from gym_anything.compose import chains
from gym_anything.draft import MARK, Draft, Template, template
from gym_anything.errors import AppError, TaskError, did_you_mean
from gym_anything.task import Split

__all__ = ["Draft", "Template", "find_template", "select", "template", "templates_of"]


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
        if hasattr(function, MARK) and function.__module__ == module.__name__:
            level, split, skills, occupation = getattr(function, MARK)
            name = function.__name__.replace("_", "-")
            found[name] = Template(app_id, name, function, level, split, skills, occupation)
    if hasattr(module, "open_document"):
        found.update(chains(app_id, list(found.values()), module.open_document))
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
