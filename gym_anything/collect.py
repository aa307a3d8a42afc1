"""Collect: many tasks, seeds and agents on several desktops at once, into a store.

Goes on where it stopped: an episode whose task (by its content), seed and agent are in the store is
not run again. What goes wrong with one episode ends that episode only; but once the cap on what
models may cost is reached, the run ends, and goes on when it is raised. After store in the flow.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
from pydantic import ConfigDict, Field

from gym_anything.agent.base import Agent
from gym_anything.agent.chat_config import ChatConfig
from gym_anything.agent.registry import agent_names, find_agent
from gym_anything.app import load_app, load_apps
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError, GymAnythingError
from gym_anything.ledger import Ledger, Total
from gym_anything.llm import LLM
from gym_anything.records import FailureKind, OnInvalid, Trajectory
from gym_anything.registration import env_id, register_all
from gym_anything.rollout import rollout
from gym_anything.store import Episode, Store, Writer
from gym_anything.task import Task
from gym_anything.templates import Template, find_template, templates_of

ERRORS = "errors.jsonl"


@dataclass(frozen=True, slots=True)
class CollectConfig:
    """What to collect.

    Attributes:
        out: folder of the store, relative to where the command runs.
        tasks: templates such as "mousepad/rename-client"; if there are none, those of `apps`.
        apps: applications; if there are none either, all that are installed.
        levels: only these, if there are any; with `tasks` nothing is left out.
        splits: only these, if there are any; with `tasks` nothing is left out.
        seeds: instances of each template.
        first_seed: the seeds begin here.
        agents: names of agents, as `agent.registry` knows them.
        chats: chat models beside them: a name for each, under which its episodes are kept, and its
            configuration: a path, or a file in configs/.
        workers: desktops at once.
        machine: "local", "docker" or "fake".
        screen: (width, height) in pixels.
        settle: "safe", "fast" or "warp".
        reward: "sparse", or "progress", which judges every step.
        max_steps: steps until truncation; what the task says if not given.
        screenshots: whether to keep them.
        retry_broken: whether episodes that broke are tried again by the next run; those that the
            cap on costs has ended always are.
    """

    out: str
    tasks: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    splits: tuple[str, ...] = ("train",)
    seeds: Annotated[int, Field(ge=1)] = 1
    first_seed: Annotated[int, Field(ge=0)] = 0
    agents: tuple[str, ...] = ("solution",)
    chats: Mapping[str, str] = field(default_factory=dict)
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
        spent: what models used in this run's episodes.
        stopped: why the run ended before all was done, "" if it did not.
    """

    total: int
    kept: int = 0
    passed: int = 0
    failed: int = 0
    broken: int = 0
    errors: int = 0
    spent: Total = Total()
    stopped: str = ""

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
    for name in config.chats:
        if name in config.agents or name in agent_names():
            raise ConfigError(f"chats: {name!r} is the name of another agent")
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    return [
        Job(template.task(seed), agent)
        for template in _templates(config)
        for seed in seeds
        for agent in (*config.agents, *config.chats)
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
        raise ConfigError("no task is of these applications, levels and splits, or no agent")
    folder = Path(config.out)
    chats = {name: ChatConfig.find(path) for name, path in config.chats.items()}
    resolved = asdict(config) | {"chats": {name: asdict(chat) for name, chat in chats.items()}}
    with _players(config.agents, chats) as players, Writer(folder, resolved) as writer:
        known = {episode.key for episode in Store(folder).episodes() if not _again(episode, config)}
        left = [job for job in jobs if job.key not in known]
        progress = Progress(len(jobs), len(jobs) - len(left))
        run = _Run(config, players, writer, left, report, progress)
        report(run.progress)
        with ThreadPoolExecutor(config.workers, "collect") as threads:
            workers = [threads.submit(run.work) for _ in range(min(config.workers, len(left)))]
            try:
                for worker in workers:
                    worker.result()
            finally:  # the episodes in progress are finished
                run.stop()
    return run.progress


def _again(episode: Episode, config: CollectConfig) -> bool:
    """Whether an episode of the store is to be tried again."""
    if episode.failure is None:
        return False
    return config.retry_broken or episode.failure.kind is FailureKind.BUDGET


@dataclass(frozen=True, slots=True)
class _Player:
    """How the episodes of an agent are played.

    Attributes:
        make: (env, seed of the task, id of the episode) -> agent.
        ledger: of what its model costs, None if it has none.
        on_invalid: what an output that is no action does.
    """

    make: Callable[[DesktopEnv, int, str], Agent]
    ledger: Ledger | None = None
    on_invalid: OnInvalid = OnInvalid.SKIP

    def spent(self, episode: str) -> Total:
        """What the model used in an episode."""
        return Total() if self.ledger is None else self.ledger.total(episode=episode)


@contextmanager
def _players(
    agents: Sequence[str], chats: Mapping[str, ChatConfig]
) -> Iterator[dict[str, _Player]]:
    """The players by name; chat models that share a file of a ledger share its cap, too."""
    players = {name: _by_name(name) for name in agents}
    ledgers: dict[str, Ledger] = {}
    with ExitStack() as stack:
        for name, chat in chats.items():
            ledger = ledgers.setdefault(chat.ledger, Ledger(Path(chat.ledger), chat.budget))
            if ledger.budget != chat.budget:
                raise ConfigError(
                    f"chats: {chat.ledger} has a cap of {ledger.budget}, and for {name!r} one of "
                    f"{chat.budget}; give them one cap or two ledgers"
                )
            llm = chat.connect(ledger)
            stack.callback(llm.close)
            players[name] = _Player(partial(_talk, chat, llm), ledger, chat.on_invalid)
        yield players


def _by_name(name: str) -> _Player:
    make = find_agent(name)
    return _Player(lambda env, seed, episode: make(env, seed))


def _talk(chat: ChatConfig, llm: LLM, env: DesktopEnv, seed: int, episode: str) -> Agent:
    return chat.agent(llm, env, episode)


class _Run:
    """What the workers of one collection share."""

    def __init__(
        self,
        config: CollectConfig,
        players: Mapping[str, _Player],
        writer: Writer,
        jobs: list[Job],
        report: Callable[[Progress], None],
        progress: Progress,
    ) -> None:
        register_all()
        self.progress = progress
        self._config, self._writer, self._report = config, writer, report
        self._players = players
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
        player = self._players[job.agent]
        try:
            trajectory = rollout(
                env,
                lambda desktop: player.make(desktop, job.task.seed, recording.episode),
                options={"task": job.task},
                recorder=recording,
                on_invalid=player.on_invalid,
            )
        except GymAnythingError as error:  # of this agent or task; the others may go on
            recording.discard()
            self._note(job, recording.episode, error)
            self._tell("errors", player.spent(recording.episode))
            return
        except BaseException:
            recording.discard()
            raise
        spent = player.spent(recording.episode)
        if trajectory.failure is not None and trajectory.failure.kind is FailureKind.BUDGET:
            self._stop_spending(trajectory.failure.message)
            if not trajectory.steps:  # nothing was paid for, so there is nothing to keep
                recording.discard()
                return
        used = {"llm_requests": str(spent.requests), "llm_tokens": str(spent.tokens)}
        # By the name that it was asked for by: the key under which it is found again.
        trajectory = replace(
            trajectory, agent=job.agent, info=used if player.ledger is not None else {}
        )
        recording.write(trajectory, spent.cost_usd, job.task)
        self._tell(_outcome(trajectory), spent)

    def _stop_spending(self, why: str) -> None:
        """Let no episode begin: every further request would be refused."""
        with self._lock:
            self.progress = replace(self.progress, stopped=why)
        self.stop()

    def _note(self, job: Job, episode: str, error: GymAnythingError) -> None:
        line = {
            "episode": episode,
            "task_id": job.task.id,
            "seed": job.task.seed,
            "agent": job.agent,
            "error": type(error).__name__,
            "message": str(error),
        }
        with self._lock, (self._writer.folder / ERRORS).open("a", encoding="ascii") as file:
            file.write(json.dumps(line) + "\n")

    def _tell(self, outcome: str, spent: Total) -> None:
        with self._lock:
            count = getattr(self.progress, outcome) + 1
            total = self.progress.spent + spent
            self.progress = replace(self.progress, **{outcome: count}, spent=total)
            try:
                self._report(self.progress)
            except BaseException:  # whoever is told wants to end it
                self.stop()
                raise


def _outcome(trajectory: Trajectory) -> str:
    if trajectory.score is None:
        return "broken"
    return "passed" if trajectory.score.passed else "failed"
