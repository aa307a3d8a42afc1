"""Step judge: grades from a model behind an OpenAI-compatible endpoint. The prompts: `prompts/`.

Two forms, each with an answer of a fixed form; an answer of another form is no grade:

    before        the model sees what the agent saw and grades 0 to 10; 5 is borderline.
                  Source: the step scores of WebSTAR, arXiv 2512.10962.
    before-after  it also sees what the action led to and says good, neutral or harmful.
                  Source: the step verification of STEVE, arXiv 2503.12532.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from gym_anything.config import load_toml
from gym_anything.curation.answers import (
    AskConfig,
    Asker,
    NoAnswer,
    picture_part,
    prompt_text,
    read_answer,
    text_part,
)
from gym_anything.curation.grades import JUDGE, NoGrade
from gym_anything.curation.pictures import crops, marked
from gym_anything.curation.view import StepView, view_steps
from gym_anything.endpoint import JsonObject
from gym_anything.errors import EndpointError
from gym_anything.records import StepGrade
from gym_anything.store import Episode, Store

_STRICT = ConfigDict(extra="forbid", strict=True)


class Form(StrEnum):
    """What the judge is shown and asked."""

    BEFORE = "before"
    BEFORE_AFTER = "before-after"


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """A judge, whole.

    Attributes:
        ask: the model.
        form: what it is shown and asked.
        screens: how many of the last screens before the action.
        history: how many of the last actions are told.
        crop_px: side of the enlarged part around the target, in pixels of the screen.
    """

    ask: AskConfig
    form: Form = Form.BEFORE
    screens: Annotated[int, Field(ge=1)] = 2
    history: Annotated[int, Field(ge=0)] = 20
    crop_px: Annotated[int, Field(ge=16)] = 200

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    @staticmethod
    def load(path: Path) -> JudgeConfig:
        """Read a configuration. Raises ConfigError if it is wrong."""
        return load_toml(path, JudgeConfig)


@dataclass(frozen=True)
class _Before:
    reason: Annotated[str, Field(min_length=1)]
    score: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class _BeforeAfter:
    reason: Annotated[str, Field(min_length=1)]
    verdict: Literal["good", "neutral", "harmful"]

    __pydantic_config__ = _STRICT


_BEFORE, _BEFORE_AFTER = TypeAdapter(_Before), TypeAdapter(_BeforeAfter)
_PROMPTS = {Form.BEFORE: "grade_before", Form.BEFORE_AFTER: "grade_before_after"}
_VERDICTS = {"good": 10.0, "neutral": 5.0, "harmful": 0.0}


def read_grade(text: str, form: Form) -> StepGrade:
    """The grade that a judge wrote.

    Raises:
        ValueError: it is none of the form asked for.
    """
    if form is Form.BEFORE:
        score = read_answer(text, _BEFORE)
        return StepGrade(score.score, score.reason, JUDGE)
    verdict = read_answer(text, _BEFORE_AFTER)
    return StepGrade(_VERDICTS[verdict.verdict], verdict.reason, JUDGE)


class JudgeGrader:
    """Grades the episodes of a store by a judge. `close()` twice is harmless.

    Args:
        config: which judge.
        asker: of its model; made from the configuration if not given.

    Raises:
        ConfigError: the client cannot be made.
    """

    source = JUDGE

    def __init__(self, config: JudgeConfig, asker: Asker | None = None) -> None:
        self._config = config
        self._asker = asker or Asker(config.ask)
        self._failures = 0  # requests without any answer in a row

    def grade(
        self, store: Store, episode: Episode, skip: frozenset[int] = frozenset()
    ) -> Iterator[tuple[int, StepGrade | NoGrade]]:
        """Index and grade of each step, as they come.

        Args:
            store: that holds it.
            episode: which.
            skip: steps that are not to be graded.

        Raises:
            DataError: the episode is damaged.
            EndpointError: too many requests in a row had no answer.
            BudgetError: the cap on tokens or money is reached.
        """
        views = view_steps(store, episode, self._config.screens, skip)
        with ThreadPoolExecutor(self._config.ask.workers, "judge") as threads:
            while batch := list(islice(views, self._config.ask.workers)):
                found = threads.map(self._grade, batch)
                yield from zip((view.index for view in batch), found, strict=True)

    def close(self) -> None:
        """Close the connections."""
        self._asker.close()

    def _grade(self, view: StepView) -> StepGrade | NoGrade:
        form = self._config.form
        if not view.screens or (form is Form.BEFORE_AFTER and view.after is None):
            return NoGrade("no screenshot")
        try:
            grade = self._asker.ask(
                messages(view, self._config),
                lambda text: read_grade(text, form),
                role=JUDGE,
                episode=view.episode,
            )
        except NoAnswer:
            return NoGrade("the answer was not of the form asked for")
        except EndpointError as error:
            self._failures += 1
            if self._failures >= self._config.ask.most_failures:
                raise
            return NoGrade(f"endpoint: {error.reason}")
        self._failures = 0
        return grade


def messages(view: StepView, config: JudgeConfig) -> list[JsonObject]:
    """What the judge is sent about a step that has its screens."""
    screen = view.screens[-1]
    parts: list[JsonObject] = [text_part(_opening(view, config.history))]
    for earlier in view.screens[:-1]:
        parts += [text_part("An earlier screenshot:"), picture_part(earlier)]
    parts += [
        text_part("The screenshot before the action:"),
        picture_part(marked(screen, view.action)),
    ]
    for crop in crops(screen, view.action, config.crop_px):
        parts += [text_part("Enlarged, around the mark:"), picture_part(crop)]
    if config.form is Form.BEFORE_AFTER and view.after is not None:
        parts += [text_part("The screenshot after the action:"), picture_part(view.after)]
    return [
        {"role": "system", "content": prompt_text(_PROMPTS[config.form])},
        {"role": "user", "content": parts},
    ]


def _opening(view: StepView, most: int) -> str:
    said = [f"Task: {view.instruction}", "", f"Actions so far: {len(view.history)}"]
    first = max(0, len(view.history) - most)
    said += [f"{number}. {action}" for number, action in _numbered(view.history, first)]
    said += ["", f"Action to judge: {view.action}"]
    said += [f"(What the agent wrote was no action: {view.error})"] if view.error else []
    return "\n".join(said)


def _numbered(history: Sequence[object], first: int) -> list[tuple[int, object]]:
    return list(enumerate(history[first:], first + 1))
