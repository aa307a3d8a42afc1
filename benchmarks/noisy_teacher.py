"""Noisy teacher: how often tasks are solved all the same, and which errors were made.

    python benchmarks/noisy_teacher.py galculator mousepad libreoffice_calc --rates 0.1 0.3

Every template of each application, with seeds from 1. Rate 0 is the plain solution, run through the
same agent. `--no-premature` leaves out the error from which nothing recovers.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from gym_anything.agent.noisy import WEIGHTS, NoisyAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError
from gym_anything.records import Label
from gym_anything.rollout import rollout
from gym_anything.templates import find_template, templates_of

MAX_STEPS = 400  # errors and recoveries may not run into the limit that a task has for agents


@dataclass(frozen=True, slots=True)
class Job:
    """One episode to run."""

    template: str
    seed: int
    rate: float
    kinds: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        job: which episode.
        passed: whether it was solved.
        labels: of its steps.
        trouble: why it broke off, "" if it did not.
    """

    job: Job
    passed: bool
    labels: tuple[Label, ...]
    trouble: str = ""

    @property
    def early(self) -> bool:
        """Whether it was ended too early on purpose."""
        return Label.PREMATURE_DONE in self.labels


def run(job: Job) -> Outcome:
    """Run an episode."""
    task = find_template(job.template).task(job.seed)
    env = DesktopEnv(task.app, task=task, max_steps=MAX_STEPS)
    try:
        found = rollout(
            env,
            lambda env: NoisyAgent(
                env.session.desktop, task.solution, job.rate, job.seed, job.kinds
            ),
        )
    except AgentError as error:
        return Outcome(job, False, (), str(error))
    finally:
        env.close()
    labels = tuple(step.label for step in found.steps if step.label is not None)
    if found.score is None:
        return Outcome(job, False, labels, str(found.failure))
    wrong = "" if found.score.passed else f"score {found.score.value:g}"
    return Outcome(job, found.score.passed, labels, wrong)


def jobs(apps: Sequence[str], seeds: int, rates: Sequence[float], early: bool) -> Iterator[Job]:
    """All episodes."""
    kinds = tuple(kind for kind in WEIGHTS if early or kind is not Label.PREMATURE_DONE)
    for app in apps:
        for name in templates_of(app):
            template = find_template(name, app)
            if template.task(1).level > 1:
                continue
            for rate in rates:
                for seed in range(1, seeds + 1):
                    yield Job(template.id, seed, rate, kinds)


def rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The table, a line for each application and rate."""
    columns = ("application", "rate", "episodes", "solved", "ended early", "solved of the others")
    yield f"| {' | '.join((*columns, 'errors a step'))} |"
    yield "| --- " * 7 + "|"
    keys = {(each.job.template.split("/")[0], each.job.rate): None for each in outcomes}
    for app, rate in keys:
        chosen = [
            each
            for each in outcomes
            if each.job.template.startswith(app + "/") and each.job.rate == rate
        ]
        solved = sum(each.passed for each in chosen)
        others = [each for each in chosen if not each.early]
        kept = sum(each.passed for each in others)
        labels = [label for each in chosen for label in each.labels]
        errors = sum(label.is_error for label in labels)
        share = errors / max(1, len(labels))
        yield (
            f"| {app} | {rate:g} | {len(chosen)} | {solved / len(chosen):.0%} | "
            f"{len(chosen) - len(others)} | {kept}/{len(others)} | {share:.2f} |"
        )


def main() -> None:
    """Run them and print the table, the errors by kind, and what was not solved."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("apps", nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rates", type=float, nargs="+", default=[0.1, 0.3])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-premature", action="store_true")
    options = parser.parse_args()
    chosen = list(jobs(options.apps, options.seeds, options.rates, not options.no_premature))
    with ProcessPoolExecutor(options.workers) as pool:
        outcomes = list(pool.map(run, chosen))
    print("\n".join(rows(outcomes)))
    print(Counter(label.value for each in outcomes for label in each.labels).most_common())
    for each in outcomes:
        if not each.passed and not each.early:
            kinds = sorted({label.value for label in each.labels if label.is_error})
            job = each.job
            print(f"{job.template} seed {job.seed} rate {job.rate}: {each.trouble} {kinds}")


if __name__ == "__main__":
    main()
