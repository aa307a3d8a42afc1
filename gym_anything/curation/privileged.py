"""Privileged: grades from what only the makers of a task know. The truth for the other graders.

In this order, the first that applies:

    the end of the episode   right if the task passed, else the score says how far off it is
    no action                what a model wrote could not be read
    label                    a teacher that errs on purpose says what each step was for
    score                    rose or fell with the step (episodes with reward="progress")
    distance                 the step is the next move of a known solution of the same task, or is
                             not, in an episode that failed

A step to which none applies has no grade: another right way must not be called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from gym_anything.curation.grades import PRIVILEGED, NoGrade
from gym_anything.curation.route import Route, Routes, actions_of, moves_left
from gym_anything.errors import DataError
from gym_anything.records import (
    ENDING_VERBS,
    Label,
    Step,
    StepGrade,
    Trajectory,
)
from gym_anything.store import Episode, Store

LABEL_VALUES: Mapping[Label, float] = MappingProxyType(
    {
        Label.RIGHT: 10.0,
        Label.RECOVERY: 8.0,
        Label.DETOUR: 4.0,
        Label.REPEATED: 3.0,
        Label.TYPO: 2.0,
        Label.NEIGHBOUR_CELL: 2.0,
        Label.WRONG_TARGET: 2.0,
        Label.PREMATURE_DONE: 0.0,
    }
)
"""What a step of a teacher that knows the solution is worth; errors are all below the middle."""
ROSE, FELL, NEARER, NO_NEARER, UNREADABLE = 9.0, 1.0, 8.0, 4.0, 1.0


UNKNOWN = NoGrade("nothing privileged tells whether it was right")


class PrivilegedGrader:
    """Grades the episodes of a store from what is known of their tasks.

    Args:
        store: where the known solutions are looked for.
        episodes: of it.
    """

    source = PRIVILEGED

    def __init__(self, store: Store, episodes: Sequence[Episode]) -> None:
        self._routes = Routes(store, episodes)

    def grade(
        self, store: Store, episode: Episode, skip: frozenset[int] = frozenset()
    ) -> Iterator[tuple[int, StepGrade | NoGrade]]:
        """Index and grade of each step; so cheap that `skip` is not heeded.

        Raises:
            DataError: a table of the episode is damaged.
        """
        try:
            trajectory = store.trajectory(episode, screenshots=False)
            labelled = any(step.label is not None for step in trajectory.steps)
            route = None if labelled else self._routes.find(episode.task_hash)
        except ValueError as error:
            raise DataError(f"{error}; remove the shard and collect again") from error
        yield from enumerate(grade_trajectory(trajectory, route))


def grade_trajectory(
    trajectory: Trajectory, route: Route | None = None
) -> list[StepGrade | NoGrade]:
    """A grade of each step, or why there is none.

    Args:
        trajectory: what happened.
        route: actions of a known solution of the same task.
    """
    left: Sequence[int | None] = [None] * (len(trajectory.steps) + 1)
    if route is not None:
        left = moves_left(route, actions_of(trajectory))
    grades: list[StepGrade | NoGrade] = []
    score: float | None = 0.0  # an untouched start; that it is 0 is proved of every task
    for step, before, after in zip(trajectory.steps, left[:-1], left[1:], strict=True):
        grades.append(_grade(trajectory, step, score, (before, after)))
        score = step.score
    return grades


def _grade(
    trajectory: Trajectory,
    step: Step,
    score_before: float | None,
    left: tuple[int | None, int | None],
) -> StepGrade | NoGrade:
    if step.error:
        return _given(UNREADABLE, "what the agent wrote is no action")
    if step.action.verb in ENDING_VERBS and trajectory.score is not None:
        return _ending(trajectory, step)
    if step.label is not None:
        kind = "error" if step.label.is_error else "teacher"
        return _given(LABEL_VALUES[step.label], f"{kind}: {step.label.value}")
    if score_before is not None and step.score is not None and score_before != step.score:
        value, way = (ROSE, "rose") if step.score > score_before else (FELL, "fell")
        return _given(value, f"the score {way} from {score_before:.2f} to {step.score:.2f}")
    before, after = left
    if before is not None and after is not None:
        if after < before:
            return _given(NEARER, f"the next move of the solution, {after} left")
        if trajectory.score is not None and not trajectory.score.passed:
            return _given(NO_NEARER, f"no nearer to the end, {after} moves left")
    return UNKNOWN


def _ending(trajectory: Trajectory, step: Step) -> StepGrade:
    """A right end is just right; a wrong one is the worse the farther off, and never good."""
    assert trajectory.score is not None
    if trajectory.score.passed:
        return _given(10.0, "ends, and the task is done")
    early = step.label is Label.PREMATURE_DONE
    value = 0.0 if early else 2.0 * trajectory.score.value
    return _given(value, f"ends, but the score is {trajectory.score.value:.2f}")


def _given(value: float, reason: str) -> StepGrade:
    return StepGrade(value, reason, PRIVILEGED)
