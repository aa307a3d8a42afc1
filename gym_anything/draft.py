"""Draft: what a template function returns, and how it is marked as one. After verify in the flow.

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
from typing import TypeAlias

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


MARK = "__gym_anything_template__"


def template(
    *, skills: Iterable[str], occupation: str, level: int = 1, split: str = "train"
) -> Callable[[TemplateFunction], TemplateFunction]:
    """Mark a function of envs/<app>/tasks.py as a template.

    Args:
        skills: tags such as "menu", "dialog", "drag", "formula", "search".
        occupation: SOC major group whose work it is, such as "43-0000".
        level: 1 to 6.
        split: "train", "validation" or "test"; "test-app" if the whole application is held out.

    Raises:
        TypeError: `skills` is a single text.
    """
    if isinstance(skills, str):
        raise TypeError(f"skills are several tags, got {skills!r}; did you mean ({skills!r},)?")

    def mark(function: TemplateFunction) -> TemplateFunction:
        setattr(function, MARK, (level, Split(split), tuple(skills), occupation))
        return function

    return mark
