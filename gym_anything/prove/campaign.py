"""Campaign: every claim of many tasks, in parallel processes; what has been shown can be kept.

A record keeps one trial a line, with the content of its task as a hash, so that an interrupted
campaign goes on where it stopped and a changed task is tried anew.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import pydantic

from gym_anything.errors import ConfigError
from gym_anything.prove.trials import Claim, Trial, run_trial, trials_of
from gym_anything.task import Intent, Task
from gym_anything.templates import Template, find_template


@dataclass(frozen=True, slots=True)
class Plan:
    """How thoroughly.

    Attributes:
        machine: kind of machine.
        workers: processes at a time.
        random: whether a random agent tries each task, too.
        mutations: harmful changes of each solved state at most, 0 for none.
        solutions: executions of each solution.
        record: file that trials are kept in; None to keep none.
        claims: which kinds are tried, of those that a task makes; empty for all.
    """

    machine: str = "local"
    workers: int = 1
    random: bool = False
    mutations: int = 0
    solutions: int = 1
    record: Path | None = None
    claims: frozenset[Claim] = frozenset()


@dataclass(frozen=True, slots=True)
class Job:
    """One trial to run.

    Attributes:
        template: id.
        seed: of the instance.
        claim: what is to be shown.
        name: of the near miss or variation.
        attempt: which of several executions.
        content: hash of the task.
    """

    template: str
    seed: int
    claim: Claim
    name: str
    attempt: int
    content: str

    @property
    def key(self) -> tuple[str, int, Claim, str, int]:
        """What tells it from the other trials of a campaign."""
        return self.template, self.seed, self.claim, self.name, self.attempt


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a record."""

    content: str
    trial: Trial


_LINE = pydantic.TypeAdapter(_Line)


def count_trials(templates: Iterable[Template], seeds: Sequence[int], plan: Plan) -> int:
    """How many trials a campaign has."""
    return sum(1 for _ in jobs_of(templates, seeds, plan))


def prove(
    templates: Sequence[Template],
    seeds: Sequence[int],
    report: Callable[[Trial], None] = lambda trial: None,
    plan: Plan | None = None,
) -> list[Trial]:
    """Execute every claim of every template for every seed.

    Args:
        templates: which.
        seeds: instances of each.
        report: called with each trial as it ends, those kept from before first.
        plan: how thoroughly.

    Returns:
        All trials, those that do not hold included, in order.

    Raises:
        ConfigError: the record cannot be read.
    """
    plan = plan or Plan()
    jobs = list(jobs_of(templates, seeds, plan))
    kept = _read(plan.record, jobs)
    for trial in kept.values():
        report(trial)
    found = dict(kept)
    for job, trial in _run([job for job in jobs if job not in kept], plan):
        if plan.record is not None:
            with plan.record.open("ab") as record:
                record.write(_LINE.dump_json(_Line(job.content, trial)) + b"\n")
        found[job] = trial
        report(trial)
    return [found[job] for job in jobs]


def jobs_of(templates: Iterable[Template], seeds: Sequence[int], plan: Plan) -> Iterator[Job]:
    """Every trial of a campaign, in order."""
    for template in templates:
        for seed in seeds:
            task = template.task(seed)
            content = task.content_hash()
            for claim, name, _ in trials_of(task):
                if plan.claims and claim not in plan.claims:
                    continue
                attempts = plan.solutions if claim is Claim.SOLUTION else 1
                for attempt in range(attempts):
                    yield Job(template.id, seed, claim, name, attempt, content)
            if plan.random and (not plan.claims or Claim.RANDOM in plan.claims):
                yield Job(template.id, seed, Claim.RANDOM, "", 0, content)


def _run(jobs: Sequence[Job], plan: Plan) -> Iterator[tuple[Job, Trial]]:
    if plan.workers == 1:
        yield from ((job, execute(job, plan)) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(plan.workers, mp_context=context) as processes:
        futures: dict[Future[Trial], Job] = {
            processes.submit(execute, job, plan): job for job in jobs
        }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            processes.shutdown(cancel_futures=True)
            raise


def execute(job: Job, plan: Plan) -> Trial:
    """Execute one claim; in whatever process."""
    task = find_template(job.template).task(job.seed)
    intents = _intents(task, job)
    # The first execution of a solution is changed afterwards; more of the same would say no more.
    mutations = plan.mutations if job.attempt == 0 else 0
    trial = run_trial(task, job.claim, job.name, intents, plan.machine, mutations)
    return replace(trial, attempt=job.attempt)


def _intents(task: Task, job: Job) -> Sequence[Intent]:
    for claim, name, intents in trials_of(task):
        if (claim, name) == (job.claim, job.name):
            return intents
    return ()


def _read(record: Path | None, jobs: Sequence[Job]) -> dict[Job, Trial]:
    """The trials of a record that are still of the same task and held."""
    if record is None or not record.exists():
        return {}
    wanted = {(job.key, job.content): job for job in jobs}
    kept = {}
    for number, text in enumerate(record.read_bytes().splitlines(), start=1):
        try:
            line = _LINE.validate_json(text)
        except pydantic.ValidationError as error:
            raise ConfigError(f"{record}: line {number} is no trial: {error}") from error
        trial = line.trial
        key = (trial.task, trial.seed, trial.claim, trial.name, trial.attempt)
        job = wanted.get((key, line.content))
        if job is not None and trial.held:
            kept[job] = trial
    return kept
