"""Trials: one claim of a task, executed in the real application.

solution    must score 1 and pass, in at most 1.5 times the steps that it lists, from a start that
            scores 0; its files, changed in harmful ways, must not pass any more, and in benign
            ways must still pass
untouched   saying done at once must score 0; an empty answer or giving up must not pass either
            (a task that cannot be done is the one that giving up solves)
near miss   must not pass
variation   another right way must pass
random      30 random steps must not pass
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gym_anything.agent.base import Agent
from gym_anything.agent.random_agent import RandomAgent
from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError, MachineError, VerifierError
from gym_anything.prove.solved import Mutated, judge_mutations
from gym_anything.records import Action, CheckResult, Trajectory
from gym_anything.rollout import rollout
from gym_anything.task import Await, GiveUp, Intent, Task
from gym_anything.verify import verify

RANDOM_STEPS = 30
STEPS_FACTOR = 1.5  # a solution may take so many times the steps that it lists


class Claim(StrEnum):
    """What a trial is to show."""

    SOLUTION = "solution"
    UNTOUCHED = "untouched"
    NEAR_MISS = "near miss"
    VARIATION = "variation"
    RANDOM = "random"


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
        mutated: what the solved state said when it was changed, of a solution.
        attempt: which of several executions of the same claim.
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
    mutated: Mutated = Mutated()
    attempt: int = 0


def trials_of(task: Task) -> list[tuple[Claim, str, tuple[Intent, ...]]]:
    """Everything that a task itself claims: claim, name, intents."""
    trials: list[tuple[Claim, str, tuple[Intent, ...]]] = [
        (Claim.SOLUTION, "", task.solution),
        (Claim.UNTOUCHED, "", ()),
    ]
    trials += [(Claim.NEAR_MISS, route.name, route.steps) for route in task.near_misses]
    trials += [(Claim.VARIATION, route.name, route.steps) for route in task.variations]
    return trials


def run_trial(
    task: Task,
    claim: Claim,
    name: str,
    intents: Sequence[Intent],
    machine: str = "local",
    mutations: int = 0,
) -> Trial:
    """Execute one claim in a fresh machine.

    Args:
        task: whose claim.
        claim: which.
        name: of the near miss or variation.
        intents: what is done; nothing for `Claim.RANDOM`.
        machine: kind of machine.
        mutations: harmful changes of the solved state at most, 0 to judge none, benign ones
            included.
    """
    started = time.perf_counter()
    max_steps = RANDOM_STEPS if claim is Claim.RANDOM else None

    given_away = ""

    def agent(env: DesktopEnv) -> Agent:
        nonlocal given_away
        if claim is Claim.RANDOM:
            return RandomAgent(task.seed, may_end=False)
        if claim is Claim.SOLUTION:
            given_away = _given_away(env, task)
        return SolutionAgent(env.session.desktop, intents, name or claim.value)

    steps, score, mutated = 0, None, Mutated()
    env = DesktopEnv(task.app, task=task, machine=machine, max_steps=max_steps)
    try:
        trajectory = rollout(env, agent)
        steps = len(trajectory.steps)
        score = None if trajectory.score is None else trajectory.score.value
        reason = _violation(claim, trajectory, intents) or given_away
        if not reason and claim is Claim.UNTOUCHED:
            reason = _given_away(env, task)
        if not reason and claim is Claim.SOLUTION and mutations:
            state = env.final_state(trajectory.steps[-1].action)
            mutated = judge_mutations(task, state, mutations)
            reason = _unnoticed(mutated)
    except (AgentError, MachineError, VerifierError) as error:
        reason = str(error)
    finally:
        env.close()
    seconds = time.perf_counter() - started
    held = not reason
    return Trial(task.id, task.seed, claim, name, held, score, steps, seconds, reason, mutated)


def _violation(claim: Claim, trajectory: Trajectory, intents: Sequence[Intent]) -> str:
    """Why a trial does not hold; "" if it does."""
    if trajectory.failure is not None:
        return f"{trajectory.failure.kind.value}: {trajectory.failure.message}"
    score = trajectory.score
    assert score is not None
    match claim:
        case Claim.SOLUTION | Claim.VARIATION:
            if not score.passed or score.value != 1.0:
                return f"scores {score.value:g}: {_unmet(score.checks)}"
            listed = 1 + sum(not isinstance(intent, Await) for intent in intents)
            steps = len(trajectory.steps)
            return "" if steps <= STEPS_FACTOR * listed else f"takes {steps} steps, not {listed}"
        case Claim.UNTOUCHED:
            return "" if score.value == 0 and not score.passed else f"scores {score.value:g}, not 0"
        case Claim.NEAR_MISS | Claim.RANDOM:
            return "passes" if score.passed else ""


def _given_away(env: DesktopEnv, task: Task) -> str:
    """Why doing nothing, an empty answer or giving up earns something at once; "" if not."""
    actions = [Action.done(), Action.answer("")]
    if not any(isinstance(intent, GiveUp) for intent in task.solution):
        actions.append(Action.give_up())
    earning = [
        action.verb.value for action in actions if verify(task, env.final_state(action)).value > 0
    ]
    return f"{' and '.join(earning)} earns something at once" if earning else ""


def _unnoticed(mutated: Mutated) -> str:
    parts = []
    if mutated.accepted:
        parts.append(f"passes although {'; '.join(mutated.accepted)}")
    if mutated.refused:
        parts.append(f"does not pass although all is well: {'; '.join(mutated.refused)}")
    return "; ".join(parts)


def _unmet(checks: Sequence[CheckResult]) -> str:
    return "; ".join(f"{check.check}: {check.evidence}" for check in checks if not check.passed)
