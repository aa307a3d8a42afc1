"""Reasoning: one paragraph a step: situation, reason, next action. After curate in the flow.

Written from what is known of the task (its intents, the teacher's mistakes), or by a model behind
an endpoint (prompts/reasoning.md). Either way `paragraph.fault` has to find nothing wrong with it;
a step without a good paragraph has none and is counted.
Source: the reasoning added to steps in WebSTAR, arXiv 2512.10962.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

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
from gym_anything.curation.paragraph import (
    fault,
    has_paragraphs,
    read_paragraphs,
    write_paragraphs,
)
from gym_anything.curation.phrases import doing, mistake, names_of, quote, undoing, why
from gym_anything.curation.pictures import marked
from gym_anything.curation.route import actions_of, carries_out, shape, shape_of
from gym_anything.curation.view import StepKey, StepView, episodes_of, view_steps
from gym_anything.errors import DataError, EndpointError
from gym_anything.records import Action, Label, Step, Trajectory, Verb
from gym_anything.store import Episode, Store
from gym_anything.task import Intent, Task, Type

FLUSH_EPISODES = 20  # so much is lost if a run is killed
ROLE = "reasoning"


@dataclass(frozen=True, slots=True)
class NoParagraph:
    """A step has no paragraph; counted by the reason."""

    reason: str


class Reasoner(Protocol):
    """Writes paragraphs; PrivilegedReasoner and EndpointReasoner do."""

    @property
    def name(self) -> str:
        """What its paragraphs are called."""
        ...

    def explain(
        self, store: Store, episode: Episode, wanted: frozenset[int]
    ) -> Iterable[tuple[int, str | NoParagraph]]:
        """Index and paragraph of each wanted step, as they come."""
        ...


class PrivilegedReasoner:
    """Writes from the intents of the task and the labels of its teacher. Same step, same words."""

    name = "privileged"

    def explain(
        self, store: Store, episode: Episode, wanted: frozenset[int]
    ) -> Iterable[tuple[int, str | NoParagraph]]:
        """Index and paragraph of each wanted step.

        Raises:
            DataError: a table of the episode is damaged.
        """
        try:
            trajectory = store.trajectory(episode, screenshots=False)
            task = store.task(episode)
        except ValueError as error:
            raise DataError(f"{error}; remove the shard and collect again") from error
        intents = intents_of(task, trajectory)
        for step in trajectory.steps:
            if step.index in wanted:
                rng = random.Random(f"{episode.id}:{step.index}")
                yield step.index, _paragraph(task, trajectory, intents, step.index, rng)


def intents_of(task: Task, trajectory: Trajectory) -> list[Intent | None]:
    """The intent of the task that each step carries out, None where that is not known."""
    moves = [intent for intent in task.solution if shape_of(intent) is not None]
    labelled = any(step.label is not None for step in trajectory.steps)
    if not labelled and not carries_out(task, actions_of(trajectory)):
        return [None] * len(trajectory.steps)
    found: list[Intent | None] = []
    place = 0
    for step in trajectory.steps:
        right = step.label in (Label.RIGHT, None) and place < len(moves)
        if right and _does(step.action, moves[place]):
            found.append(moves[place])
            place += 1
        else:
            found.append(None)
    return found


def _does(action: Action, intent: Intent) -> bool:
    """Whether an action carries an intent out, or the end of a text that was begun before."""
    if isinstance(intent, Type) and action.verb is Verb.TYPE:
        return bool(action.text) and intent.type.endswith(action.text)
    return shape(action) == shape_of(intent)


def _paragraph(
    task: Task,
    trajectory: Trajectory,
    intents: Sequence[Intent | None],
    index: int,
    rng: random.Random,
) -> str | NoParagraph:
    step, intent = trajectory.steps[index], intents[index]
    if step.label is not None and step.label.is_error:
        return NoParagraph("it was a mistake")
    names = [name for known in intents if known is not None for name in names_of(known)]
    names += [task.open[0].rpartition("/")[2]] if task.open else []
    situation = _situation(task, trajectory, intents, index, rng)
    if step.label is Label.RECOVERY:
        reason = "That is not what I wanted, so it has to be taken back before I go on."
        act = undoing(step.action)
    elif step.action.verb is Verb.DONE and trajectory.score and trajectory.score.passed:
        reason = "Nothing of what the task asks for is left to do."
        act = "end here and say that the task is done"
    elif intent is not None:
        following = [known for known in intents[index + 1 :] if known is not None]
        clause = why(intent, following, task.instruction)
        reason = f"{rng.choice(_BECAUSE)} {clause}."
        act = doing(intent, step.action.text if step.action.verb is Verb.TYPE else None)
    else:
        return NoParagraph("nothing privileged tells why it was done")
    text = f"{situation} {reason} {rng.choice(_THEN)} {act}."
    wrong = fault(text, step.action, task.instruction, names)
    return NoParagraph(f"its paragraph would be at fault: {wrong}") if wrong else text


_BECAUSE = ("Now", "At this point", "To go on,", "As I see it,")
_THEN = ("So I will", "Therefore I will", "I will now", "My next action is to")
_JUST = ("My last action was to", "The step before was to", "Before this, my action was to")


def _situation(
    task: Task,
    trajectory: Trajectory,
    intents: Sequence[Intent | None],
    index: int,
    rng: random.Random,
) -> str:
    if index == 0:
        first = task.instruction.partition(". ")[0].rstrip(".")
        opened = f"{quote(task.open[0].rpartition('/')[2])} is open" if task.open else ""
        asked = f"I am asked for this: {quote(first)}."
        seen = (
            f"{opened} and nothing has been done to it yet." if opened else "Nothing is done yet."
        )
        return f"{asked} {seen[0].upper()}{seen[1:]}"
    before: Step = trajectory.steps[index - 1]
    known = intents[index - 1]
    if before.label is not None and before.label.is_error:
        return f"With my last action I {mistake(before.label)}."
    if before.label is Label.RECOVERY:
        return "My mistake is taken back, and the screen is as it was before it."
    if known is None:
        return "The last action has had its effect on the screen."
    text = before.action.text if before.action.verb is Verb.TYPE else None
    return f"{rng.choice(_JUST)} {doing(known, text)}."


# By a model --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReasonConfig:
    """A model that writes paragraphs.

    Attributes:
        ask: the model.
        history: how many of the last actions are told.
    """

    ask: AskConfig
    history: Annotated[int, Field(ge=0)] = 20

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    @staticmethod
    def load(path: Path) -> ReasonConfig:
        """Read a configuration. Raises ConfigError if it is wrong."""
        return load_toml(path, ReasonConfig)


@dataclass(frozen=True)
class _Answer:
    reasoning: Annotated[str, Field(min_length=1)]

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)


_ANSWER = TypeAdapter(_Answer)


class EndpointReasoner:
    """Has a model write, and sends back what is at fault. `close()` twice is harmless.

    Args:
        config: which model.
        asker: of it; made from the configuration if not given.

    Raises:
        ConfigError: the client cannot be made.
    """

    name = "endpoint"

    def __init__(self, config: ReasonConfig, asker: Asker | None = None) -> None:
        self._config = config
        self._asker = asker or Asker(config.ask)
        self._failures = 0  # requests without any answer in a row

    def explain(
        self, store: Store, episode: Episode, wanted: frozenset[int]
    ) -> Iterable[tuple[int, str | NoParagraph]]:
        """Index and paragraph of each wanted step.

        Raises:
            DataError: the episode is damaged.
            EndpointError: too many requests in a row had no answer.
            BudgetError: the cap on tokens or money is reached.
        """
        skip = frozenset(range(episode.steps)) - wanted
        for view in view_steps(store, episode, screens=1, skip=skip):
            yield view.index, self._write(view)

    def close(self) -> None:
        """Close the connections."""
        self._asker.close()

    def _write(self, view: StepView) -> str | NoParagraph:
        if not view.screens:
            return NoParagraph("no screenshot")

        def read(text: str) -> str:
            said = read_answer(text, _ANSWER).reasoning.strip()
            if wrong := fault(said, view.action, view.instruction):
                raise ValueError(wrong)
            return said

        try:
            text = self._asker.ask(self._messages(view), read, role=ROLE, episode=view.episode)
        except NoAnswer:
            return NoParagraph("the answers were at fault")
        except EndpointError as error:
            self._failures += 1
            if self._failures >= self._config.ask.most_failures:
                raise
            return NoParagraph(f"endpoint: {error.reason}")
        self._failures = 0
        return text

    def _messages(self, view: StepView) -> list[dict[str, object]]:
        first = max(0, len(view.history) - self._config.history)
        said = [f"Task: {view.instruction}", "", f"Actions so far: {len(view.history)}"]
        said += [f"{n}. {action}" for n, action in enumerate(view.history[first:], first + 1)]
        said += ["", f"The action: {view.action}"]
        screen = picture_part(marked(view.screens[-1], view.action))
        return [
            {"role": "system", "content": prompt_text("reasoning")},
            {"role": "user", "content": [text_part("\n".join(said)), screen]},
        ]


# Of a store --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Reasoned:
    """Paragraphs of a store, and what has none.

    Attributes:
        texts: by episode and step.
        missing: number of steps without one by the reason.
        kept: how many an earlier run had written.
    """

    texts: dict[StepKey, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    kept: int = 0


def reason_store(
    store: Store,
    reasoner: Reasoner,
    steps: frozenset[StepKey] | None = None,
    *,
    name: str = "",
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Reasoned:
    """Write a paragraph of every step; run it again to go on.

    Args:
        store: where; the paragraphs are put beside it, whatever ends the run.
        reasoner: who writes.
        steps: only these, such as those that curate keeps; None for all of judged episodes.
        name: of the paragraphs; that of the reasoner if it is "".
        report: called with the episodes done and in all.

    Raises:
        DataError: the store is empty or damaged, or none of the steps is in it.
        EndpointError, BudgetError: of a model; what was written before is kept.
        ConfigError: the name is no file name.
    """
    episodes = [episode for episode in episodes_of(store) if episode.score is not None]
    name = name or reasoner.name
    found = Reasoned(
        read_paragraphs(store.folder, name) if has_paragraphs(store.folder, name) else {}
    )
    found.kept = len(found.texts)
    wanted = {
        episode.id: frozenset(
            index for index in range(episode.steps) if steps is None or (episode.id, index) in steps
        )
        for episode in episodes
    }
    if not any(wanted.values()):
        raise DataError(f"{store.folder}: none of the steps that are to be explained is in it")
    try:
        for number, episode in enumerate(episodes):
            report(number, len(episodes))
            left = frozenset(
                index for index in wanted[episode.id] if (episode.id, index) not in found.texts
            )
            for index, text in reasoner.explain(store, episode, left) if left else ():
                if isinstance(text, NoParagraph):
                    found.missing[text.reason] += 1
                else:
                    found.texts[episode.id, index] = text
            if number % FLUSH_EPISODES == FLUSH_EPISODES - 1:
                write_paragraphs(store.folder, name, found.texts)
    finally:
        write_paragraphs(store.folder, name, found.texts)
    report(len(episodes), len(episodes))
    return found
