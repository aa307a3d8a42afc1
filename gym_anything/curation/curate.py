"""Curate: which steps of a store are learned from, which stay in the context only, and why.

The filters, in this order; each looks at what the ones before have left:

    outcome      episodes that broke, failed, or are of another split are out as a whole
    grade        a step is learned from if its grade is above the threshold
    progress     not in a stretch in which nothing gets nearer to the end
    redundancy   not if near-identical steps are kept already
    balance      not if its application, level or skills have more than their share

A step that a step filter drops stays in the context of those after it and is out of the loss: what
follows a mistake is how to take it back.
Sources: step-level filtering in WebSTAR, arXiv 2512.10962; progress and redundancy of state-action
pairs in SCIZOR, arXiv 2505.22626.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from gym_anything.curation.balance import BalanceConfig, Groups, surplus
from gym_anything.curation.grades import GOOD_ABOVE, PRIVILEGED, require_grades
from gym_anything.curation.progress import (
    PrivilegedProgress,
    ProgressConfig,
    ProgressModel,
    deficits,
)
from gym_anything.curation.redundancy import Redundancy, RedundancyConfig
from gym_anything.curation.route import Routes
from gym_anything.curation.view import StepKey, episodes_of, view_steps
from gym_anything.errors import ConfigError, DataError
from gym_anything.records import StepGrade, Trajectory
from gym_anything.store import Episode, Store
from gym_anything.store.provenance import commit
from gym_anything.task import Split

VERDICTS, SUMMARY = "verdicts.jsonl", "summary.json"


class Reason(StrEnum):
    """Why a step is not learned from."""

    BROKE = "episode: the infrastructure broke"
    FAILED = "episode: the task was not done"
    SPLIT = "episode: of another split"
    CONTAMINATED = "episode: its task is in another split, too"
    NO_ACTION = "step: what the agent wrote is no action"
    UNGRADED = "step: it has no grade"
    GRADE = "step: its grade is too low"
    SLOW = "step: nothing gets nearer to the end around it"
    REDUNDANT = "step: near-identical ones are kept"
    APP = "balance: its application has enough"
    LEVEL = "balance: its level has enough"
    SKILL = "balance: its skills have enough"


_BALANCE = {"app": Reason.APP, "level": Reason.LEVEL, "skill": Reason.SKILL}


@dataclass(frozen=True, slots=True)
class CurateConfig:
    """How to curate.

    Attributes:
        out: folder for the result, relative to where the command runs.
        stores: folders of the stores.
        grades: whose grades count; "" for no filter by grade.
        above: a grade has to be higher than this, 0 to 10.
        ungraded: what becomes of a step without a grade.
        passed_only: whether episodes that did not pass are out.
        splits: only these, if there are any.
        contamination: report of `gym-anything contamination`, whose removed tasks are out; "" for
            none.
        progress: what is slow.
        redundancy: what is near-identical.
        balance: how even it has to be.
        least: an error if fewer steps are left.
    """

    out: str
    stores: Annotated[tuple[str, ...], Field(min_length=1)]
    grades: str = PRIVILEGED
    above: Annotated[float, Field(ge=0, le=10)] = GOOD_ABOVE
    ungraded: Literal["drop", "keep"] = "drop"
    passed_only: bool = True
    splits: tuple[Split, ...] = (Split.TRAIN,)
    contamination: str = ""
    progress: ProgressConfig = field(default_factory=ProgressConfig)
    redundancy: RedundancyConfig = field(default_factory=RedundancyConfig)
    balance: BalanceConfig = field(default_factory=BalanceConfig)
    least: Annotated[int, Field(ge=0)] = 1

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a step.

    Attributes:
        key: the episode and the index of the step.
        groups: what it belongs to.
        grade: that it has, if it has one.
        reason: why it is not learned from, None if it is.
        detail: more about that, in words.
    """

    key: StepKey
    groups: Groups
    grade: StepGrade | None = None
    reason: Reason | None = None
    detail: str = ""

    def to_json(self) -> str:
        """As a line of verdicts.jsonl, which `learning` reads; its grades are 0 to 1."""
        why = "" if self.reason is None else self.reason.value
        line = {
            "episode": self.key[0],
            "index": self.key[1],
            "keep": self.reason is None,
            "grade": None if self.grade is None else self.grade.value / 10,
            "why": f"{why} ({self.detail})" if self.detail else why,
        }
        return json.dumps(line)


@dataclass(frozen=True, slots=True)
class Curated:
    """What becomes of every step, in the order of the stores.

    Attributes:
        verdicts: one a step.
    """

    verdicts: tuple[Verdict, ...]

    @property
    def kept(self) -> frozenset[StepKey]:
        """The steps that are learned from."""
        return frozenset(verdict.key for verdict in self.verdicts if verdict.reason is None)

    def reasons(self) -> dict[str, int]:
        """How many steps are not learned from, by the reason, in the order of the filters."""
        counts = Counter(verdict.reason for verdict in self.verdicts)
        return {reason.value: counts[reason] for reason in Reason if counts[reason]}

    def shares(self) -> dict[str, dict[str, int]]:
        """How many steps are learned from, by application, level and skill."""
        found: dict[str, Counter[str]] = {"app": Counter(), "level": Counter(), "skill": Counter()}
        for verdict in self.verdicts:
            if verdict.reason is None:
                found["app"].update(verdict.groups.along("app"))
                found["level"].update(verdict.groups.along("level"))
                found["skill"].update(verdict.groups.along("skill"))
        return {axis: dict(sorted(counts.items())) for axis, counts in found.items()}

    def write(self, config: CurateConfig) -> None:
        """Write verdicts.jsonl and summary.json to the folder of a configuration."""
        folder = Path(config.out)
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{verdict.to_json()}\n" for verdict in self.verdicts)
        (folder / VERDICTS).write_text(lines, encoding="utf-8")
        summary = {
            "schema_version": 1,
            "steps": len(self.verdicts),
            "kept": len(self.kept),
            "reasons": self.reasons(),
            "kept_by": self.shares(),
            "config": asdict(config),
            "commit": commit(),
            "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        }
        (folder / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


def curate(
    config: CurateConfig,
    progress: ProgressModel | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Curated:
    """Decide what becomes of every step; nothing is written.

    Args:
        config: how.
        progress: says how far episodes are; privileged if not given.
        report: called with the episodes done and in all.

    Raises:
        ConfigError: no such store or grades.
        DataError: a store is empty or damaged, or fewer steps than `config.least` are left.
    """
    removed = _removed_tasks(config.contamination)
    redundancy = Redundancy(config.redundancy)
    verdicts: list[Verdict] = []
    stores = [Store(Path(folder)) for folder in config.stores]
    listed = [(store, episodes_of(store)) for store in stores]
    done, total = 0, sum(len(episodes) for _, episodes in listed)
    for store, episodes in listed:
        grades = require_grades(store, episodes, config.grades) if config.grades else {}
        model = progress or PrivilegedProgress(Routes(store, episodes))
        filters = _Filters(config, store, grades, model, redundancy, removed)
        for episode in episodes:
            verdicts += filters.judge(episode)
            done += 1
            report(done, total)
    curated = Curated(tuple(_balanced(verdicts, config.balance)))
    if len(curated.kept) < config.least:
        told = "; ".join(f"{count} {reason}" for reason, count in curated.reasons().items())
        raise DataError(
            f"{', '.join(config.stores)}: {len(curated.kept)} of {len(verdicts)} steps are left, "
            f"at least {config.least} are asked for ({told}); collect more episodes, or loosen "
            "the filter that drops most"
        )
    return curated


def read_kept(path: Path) -> frozenset[StepKey]:
    """The steps that a file of verdicts keeps.

    Raises:
        DataError: it cannot be read, or a line of it is no verdict; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    kept = set()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if row["keep"]:
                kept.add((str(row["episode"]), int(row["index"])))
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}, line {number}: no verdict: {error!r}; make the file again: "
                "gym-anything curate CONFIG"
            ) from error
    return frozenset(kept)


def _removed_tasks(report: str) -> frozenset[str]:
    """Hashes of the tasks that a contamination report removes."""
    if not report:
        return frozenset()
    try:
        found = json.loads(Path(report).read_text(encoding="utf-8"))
        return frozenset(str(task["hash"]) for task in found["removed"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{report}: no report of contamination: {error!r}; make one: "
            "gym-anything contamination configs/contamination.toml"
        ) from error


class _Filters:
    """The filters that look at one episode at a time."""

    def __init__(
        self,
        config: CurateConfig,
        store: Store,
        grades: Mapping[StepKey, StepGrade],
        progress: ProgressModel,
        redundancy: Redundancy,
        removed: frozenset[str],
    ) -> None:
        self._config, self._store, self._grades = config, store, grades
        self._progress, self._redundancy, self._removed = progress, redundancy, removed

    def judge(self, episode: Episode) -> list[Verdict]:
        """What becomes of the steps of an episode, but for balance."""
        task = self._store.task(episode)
        groups = Groups(task.app, episode.level, task.skills)
        reason = self._of_episode(episode)
        if reason is not None:
            keys = ((episode.id, index) for index in range(episode.steps))
            return [Verdict(key, groups, self._grades.get(key), reason) for key in keys]
        try:
            trajectory = self._store.trajectory(episode, screenshots=False)
        except ValueError as error:
            raise DataError(f"{error}; remove the shard and collect again") from error
        slow = self._slow(episode, trajectory)
        verdicts = []
        for step in trajectory.steps:
            key = episode.id, step.index
            grade = self._grades.get(key)
            why = Reason.NO_ACTION if step.error else self._of_grade(grade)
            if why is None and step.index in slow:
                why = Reason.SLOW
            detail = f"{grade.value:g}, {grade.reason}" if grade and why is Reason.GRADE else ""
            verdicts.append(Verdict(key, groups, grade, why, detail))
        return self._without_redundant(episode, verdicts)

    def _of_episode(self, episode: Episode) -> Reason | None:
        if episode.score is None:
            return Reason.BROKE
        if self._config.splits and episode.split not in self._config.splits:
            return Reason.SPLIT
        if episode.task_hash in self._removed:
            return Reason.CONTAMINATED
        return Reason.FAILED if self._config.passed_only and not episode.passed else None

    def _of_grade(self, grade: StepGrade | None) -> Reason | None:
        if not self._config.grades:
            return None
        if grade is None:
            return Reason.UNGRADED if self._config.ungraded == "drop" else None
        return None if grade.value > self._config.above else Reason.GRADE

    def _slow(self, episode: Episode, trajectory: Trajectory) -> frozenset[int]:
        limits = self._config.progress
        done = self._progress(episode, trajectory) if limits.window else None
        if done is None:
            return frozenset()
        if len(done) != len(trajectory.steps) + 1:
            raise DataError(
                f"episode {episode.id}: {len(done)} figures of progress for "
                f"{len(trajectory.steps)} steps; one more than there are steps is needed"
            )
        found = deficits(done, limits.window) > limits.most_deficit
        return frozenset(found.nonzero()[0].tolist())

    def _without_redundant(self, episode: Episode, verdicts: list[Verdict]) -> list[Verdict]:
        if not self._config.redundancy.most:
            return verdicts
        skip = frozenset(verdict.key[1] for verdict in verdicts if verdict.reason is not None)
        for view in view_steps(self._store, episode, screens=1, skip=skip):
            if self._redundancy.is_redundant(view):
                old = verdicts[view.index]
                verdicts[view.index] = Verdict(old.key, old.groups, old.grade, Reason.REDUNDANT)
        return verdicts


def _balanced(verdicts: Iterable[Verdict], config: BalanceConfig) -> Iterable[Verdict]:
    verdicts = list(verdicts)
    left = [(verdict.key, verdict.groups) for verdict in verdicts if verdict.reason is None]
    dropped = surplus(left, config)
    for verdict in verdicts:
        axis = dropped.get(verdict.key)
        if axis is None:
            yield verdict
        else:
            yield Verdict(verdict.key, verdict.groups, verdict.grade, _BALANCE[axis])
