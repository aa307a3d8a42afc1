"""Collect: many tasks, seeds and agents on several desktops at once, into a store.

Goes on where it stopped: an episode whose task (by its content), seed and agent are in the store is
not run again. What goes wrong with one episode ends that episode only. After store in the flow.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
from pydantic import ConfigDict, Field

from gym_anything.agent.registry import find_agent
from gym_anything.app import load_app, load_apps
from gym_anything.errors import ConfigError, GymAnythingError
from gym_anything.records import Trajectory
from gym_anything.registration import env_id, register_all
from gym_anything.rollout import rollout
from gym_anything.store import Store, Writer
from gym_anything.task import Task
from gym_anything.templates import Template, find_template, templates_of

ERRORS = "errors.jsonl"


@dataclass(frozen=True, slots=True)
class CollectConfig:
    """What to collect.

    Attributes:
        out: folder of the store, relative to where the command runs.
        tasks: templates such as "mousepad/fix-typo"; if there are none, those of `apps`.
        apps: applications; if there are none either, all that are installed.
        levels: only these, if there are any; with `tasks` nothing is left out.
        splits: only these, if there are any; with `tasks` nothing is left out.
        seeds: instances of each template.
        first_seed: the seeds begin here.
        agents: names of agents, as `agent.registry` knows them.
        workers: desktops at once.
        machine: "local", "docker" or "fake".
        screen: (width, height) in pixels.
        settle: "safe", "fast" or "warp".
        reward: "sparse", or "progress", which judges every step.
        max_steps: steps until truncation; what the task says if not given.
        screenshots: whether to keep them.
        retry_broken: whether episodes that broke are tried again by the next run.
    """

    out: str
    tasks: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    splits: tuple[str, ...] = ("train",)
    seeds: Annotated[int, Field(ge=1)] = 1
    first_seed: Annotated[int, Field(ge=0)] = 0
    agents: tuple[str, ...] = ("solution",)
    workers: Annotated[int, Field(ge=1)] = 2
    machine: str = "local"
    screen: tuple[int, int] = (1280, 720)
    settle: str = "safe"
    reward: str = "sparse"
    max_steps: int | None = None
    screenshots: bool = True
    retry_broken: bool = True

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Job:
    """One episode to run."""

    task: Task
    agent: str

    @property
    def key(self) -> tuple[str, int, str]:
        """As `store.Episode.key`."""
        return self.task.content_hash(), self.task.seed, self.agent


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection is.

    Attributes:
        total: episodes in all.
        kept: that an earlier run had collected.
        passed: of this run's.
        failed: of this run's, without passing.
        broken: of this run's: the infrastructure broke; kept in the store, without a score.
        errors: of this run's: the agent or the task failed; listed in errors.jsonl.
    """

    total: int
    kept: int = 0
    passed: int = 0
    failed: int = 0
    broken: int = 0
    errors: int = 0

    @property
    def done(self) -> int:
        """Episodes that are over, earlier ones included."""
        return self.kept + self.passed + self.failed + self.broken + self.errors

    @property
    def success(self) -> float:
        """Share of this run's judged episodes that passed, 0 if there are none."""
        return self.passed / max(1, self.passed + self.failed)


def jobs_of(config: CollectConfig) -> list[Job]:
    """Every episode of a collection, application by application.

    Raises:
        AppError, TaskError, ConfigError: something named is not there.
    """
    for agent in config.agents:
        find_agent(agent)
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    return [
        Job(template.task(seed), agent)
        for template in _templates(config)
        for seed in seeds
        for agent in config.agents
    ]


def _templates(config: CollectConfig) -> Iterator[Template]:
    if config.tasks:
        yield from sorted(map(find_template, config.tasks), key=lambda template: template.app)
        return
    for app_id in config.apps or [app.id for app in load_apps().values() if app.installed]:
        for template in templates_of(load_app(app_id).id).values():
            in_level = not config.levels or template.level in config.levels
            if in_level and (not config.splits or template.split in config.splits):
                yield template


def collect(
    config: CollectConfig, report: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Run every episode that is not in the store yet.

    Args:
        config: what.
        report: called as episodes end, from one thread at a time.

    Returns:
        How it ended.

    Raises:
        AppError, TaskError, ConfigError, ValueError: something in the configuration is wrong.
        OSError: the store cannot be written.
    """
    jobs = jobs_of(config)
    if not jobs:
        raise ConfigError("no task is of these applications, levels and splits")
    folder = Path(config.out)
    with Writer(folder, asdict(config)) as writer:
        known = {
            episode.key
            for episode in Store(folder).episodes()
            if episode.failure is None or not config.retry_broken
        }
        left = [job for job in jobs if job.key not in known]
        run = _Run(config, writer, left, report, Progress(len(jobs), len(jobs) - len(left)))
        report(run.progress)
        with ThreadPoolExecutor(config.workers, "collect") as threads:
            workers = [threads.submit(run.work) for _ in range(min(config.workers, len(left)))]
            try:
                for worker in workers:
                    worker.result()
            finally:  # the episodes in progress are finished
                run.stop()
    return run.progress


class _Run:
    """What the workers of one collection share."""

    def __init__(
        self,
        config: CollectConfig,
        writer: Writer,
        jobs: list[Job],
        report: Callable[[Progress], None],
        progress: Progress,
    ) -> None:
        register_all()
        self.progress = progress
        self._config, self._writer, self._report = config, writer, report
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in jobs:
            self._jobs.put(job)

    def stop(self) -> None:
        """Let no episode begin any more."""
        while self._next() is not None:
            pass

    def _next(self) -> Job | None:
        try:
            return self._jobs.get_nowait()
        except queue.Empty:
            return None

    def work(self) -> None:
        """Run episodes until none is left; one environment for those of an application."""
        app, env = "", None
        with ExitStack() as stack:
            while (job := self._next()) is not None:
                if env is None or job.task.app != app:
                    stack.close()
                    app = job.task.app
                    env = self._make_env(app)
                    stack.callback(env.close)
                self._run(env, job)

    def _make_env(self, app: str) -> gym.Env[Any, Any]:
        config = self._config
        return gym.make(
            env_id(load_app(app).env),
            disable_env_checker=True,
            machine=config.machine,
            screen=config.screen,
            settle=config.settle,
            reward=config.reward,
            max_steps=config.max_steps,
        )

    def _run(self, env: gym.Env[Any, Any], job: Job) -> None:
        recording = self._writer.recorder(screenshots=self._config.screenshots)
        make = find_agent(job.agent)
        try:
            trajectory = rollout(
                env,
                lambda desktop: make(desktop, job.task.seed),
                options={"task": job.task},
                recorder=recording,
            )
        except GymAnythingError as error:  # of this agent or task; the others may go on
            recording.discard()
            self._note(job, error)
            self._tell("errors")
            return
        except BaseException:
            recording.discard()
            raise
        # By the name that it was asked for by: the key under which it is found again.
        trajectory = replace(trajectory, agent=job.agent)
        recording.write(trajectory, task=job.task)
        self._tell(_outcome(trajectory))

    def _note(self, job: Job, error: GymAnythingError) -> None:
        line = {
            "task_id": job.task.id,
            "seed": job.task.seed,
            "agent": job.agent,
            "error": type(error).__name__,
            "message": str(error),
        }
        with self._lock, (self._writer.folder / ERRORS).open("a", encoding="ascii") as file:
            file.write(json.dumps(line) + "\n")

    def _tell(self, outcome: str) -> None:
        with self._lock:
            count = getattr(self.progress, outcome) + 1
            self.progress = replace(self.progress, **{outcome: count})
            try:
                self._report(self.progress)
            except BaseException:  # whoever is told wants to end it
                self.stop()
                raise


def _outcome(trajectory: Trajectory) -> str:
    if trajectory.score is None:
        return "broken"
    return "passed" if trajectory.score.passed else "failed"
