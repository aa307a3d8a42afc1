"""Rescore: judge kept final states again, as after a verifier has changed. Runs no application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gym_anything.errors import TaskError, VerifierError
from gym_anything.judge import judge
from gym_anything.records import Score
from gym_anything.store.reader import Store
from gym_anything.store.rows import Episode
from gym_anything.task import Task
from gym_anything.verify import FinalState, needs_of


@dataclass(frozen=True, slots=True)
class Rescored:
    """An episode, judged again.

    Attributes:
        episode: which, with the score that it had.
        score: the new one, None if nobody can say.
        reason: why not, "" otherwise.
    """

    episode: Episode
    score: Score | None
    reason: str = ""

    @property
    def changed(self) -> bool:
        """Whether it has another value, or passes where it did not."""
        old, new = self.episode.score, self.score
        return new is not None and (
            old is None or (old.value, old.passed) != (new.value, new.passed)
        )

    @property
    def difference(self) -> str:
        """The checks that say something else now, with their evidence."""
        if self.score is None:
            return self.reason
        old = self.episode.score.checks if self.episode.score else ()
        before = {index: check.value for index, check in enumerate(old)}
        return "; ".join(
            f"{check.check} {before.get(index, 0.0):g} -> {check.value:g}: {check.evidence}"
            for index, check in enumerate(self.score.checks)
            if before.get(index) != check.value
        )


def rescore(
    store: Store, judged_by: Callable[[Task, FinalState], Score] = judge
) -> Iterator[Rescored]:
    """Judge every episode that has a score again; those that broke have no final state.

    Args:
        store: where.
        judged_by: `judge`, or `verify` to stay in this process.
    """
    for episode in store.episodes():
        if episode.score is None:
            continue
        try:
            yield Rescored(episode, _score(store, episode, judged_by))
        except (ValueError, TaskError, VerifierError) as error:
            yield Rescored(episode, None, str(error))


def _score(store: Store, episode: Episode, judged_by: Callable[[Task, FinalState], Score]) -> Score:
    task = store.task(episode)
    lacking = needs_of(task.checks) - set(store.final(episode).needs)
    if lacking:
        raise ValueError(f"its checks need {', '.join(sorted(lacking))}, which was not kept")
    with store.final_state(episode) as state:
        return judged_by(task, state)
