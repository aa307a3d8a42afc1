"""Prove: execute what a task claims, in the real application, before anybody trusts its reward.

solution    must score 1 and pass
untouched   saying done at once must score 0
near miss   must not pass
variation   another right way must pass
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError
from gym_anything.records import CheckResult, Trajectory
from gym_anything.rollout import rollout
from gym_anything.task import Intent, Task
from gym_anything.templates import Template


class Claim(StrEnum):
    """What a trial is to show."""

    SOLUTION = "solution"
    UNTOUCHED = "untouched"
    NEAR_MISS = "near miss"
    VARIATION = "variation"


@dataclass(frozen=True, slots=True)
class Trial:
    """One executed claim.

    Attributes:
        task: id of the template.
        seed: of the instance.
        claim: what it was to show.
        name: of the near miss or variation, else "".
        held: whether it did.
        score: 0 to 1; None if the episode broke.
        steps: actions taken.
        seconds: wall time, reset included.
        reason: why it does not hold, "" if it does.
    """

    task: str
    seed: int
    claim: Claim
    name: str
    held: bool
    score: float | None
    steps: int
    seconds: float
    reason: str


def trials_of(task: Task) -> list[tuple[Claim, str, tuple[Intent, ...]]]:
    """Everything that a task claims: claim, name, intents."""
    trials: list[tuple[Claim, str, tuple[Intent, ...]]] = [
        (Claim.SOLUTION, "", task.solution),
        (Claim.UNTOUCHED, "", ()),
    ]
    trials += [(Claim.NEAR_MISS, route.name, route.steps) for route in task.near_misses]
    trials += [(Claim.VARIATION, route.name, route.steps) for route in task.variations]
    return trials


def prove(
    templates: Iterable[Template],
    seeds: Sequence[int],
    report: Callable[[Trial], None] = lambda trial: None,
    machine: str = "local",
) -> list[Trial]:
    """Execute every claim of every template for every seed.

    Args:
        templates: which.
        seeds: instances of each.
        report: called with each trial as it ends.
        machine: kind of machine.

    Returns:
        All trials, those that do not hold included.
    """
    trials = []
    for template in templates:
        for seed in seeds:
            task = template.task(seed)
            for claim, name, intents in trials_of(task):
                trial = run_trial(task, claim, name, intents, machine)
                report(trial)
                trials.append(trial)
    return trials


def run_trial(
    task: Task, claim: Claim, name: str, intents: Sequence[Intent], machine: str = "local"
) -> Trial:
    """Execute one claim in a fresh machine."""
    started = time.perf_counter()
    env = DesktopEnv(task.app, task=task, machine=machine)
    try:
        trajectory = rollout(
            env, lambda live: SolutionAgent(live.session.desktop, intents, name or claim.value)
        )
    except AgentError as error:
        return _trial(task, claim, name, None, 0, started, str(error))
    finally:
        env.close()
    score = None if trajectory.score is None else trajectory.score.value
    reason = _violation(claim, trajectory)
    return _trial(task, claim, name, score, len(trajectory.steps), started, reason)


def _trial(
    task: Task,
    claim: Claim,
    name: str,
    score: float | None,
    steps: int,
    started: float,
    reason: str,
) -> Trial:
    seconds = time.perf_counter() - started
    return Trial(task.id, task.seed, claim, name, not reason, score, steps, seconds, reason)


def _violation(claim: Claim, trajectory: Trajectory) -> str:
    """Why a trial does not hold; "" if it does."""
    if trajectory.failure is not None:
        return f"{trajectory.failure.kind.value}: {trajectory.failure.message}"
    score = trajectory.score
    assert score is not None
    match claim:
        case Claim.SOLUTION | Claim.VARIATION:
            holds = score.passed and score.value == 1.0
            return "" if holds else f"scores {score.value:g}: {_unmet(score.checks)}"
        case Claim.UNTOUCHED:
            return "" if score.value == 0 and not score.passed else f"scores {score.value:g}, not 0"
        case Claim.NEAR_MISS:
            return "passes" if score.passed else ""


def _unmet(checks: Sequence[CheckResult]) -> str:
    return "; ".join(f"{check.check}: {check.evidence}" for check in checks if not check.passed)
