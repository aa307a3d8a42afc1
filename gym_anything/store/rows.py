"""Rows: how the records of an episode stand in the tables of a store, and how they are read back.

`SCHEMA_VERSION` stands in every row of the table of episodes; `READERS` has a reader for each
version that there has ever been. Arrow holds valid Unicode only, and file names and typed texts may
hold lone surrogates: they are escaped behind U+FDD0, which Unicode will never give a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gym_anything.records import (
    Action,
    Button,
    CheckResult,
    Failure,
    FailureKind,
    Label,
    Score,
    Settle,
    SettleEnd,
    Step,
    Stop,
    Trajectory,
    Verb,
)

SCHEMA_VERSION = 1
Row: TypeAlias = dict[str, Any]

_PAIR = pa.list_(pa.int32())
_NAMED = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))
_CHECK = pa.struct(
    [
        ("check", pa.string()),
        ("value", pa.float64()),
        ("passed", pa.bool_()),
        ("guard", pa.bool_()),
        ("weight", pa.float64()),
        ("evidence", pa.string()),
    ]
)
_ACTION = pa.struct(
    [
        ("verb", pa.string()),
        ("point", _PAIR),
        ("end", _PAIR),
        ("button", pa.string()),
        ("count", pa.int32()),
        ("text", pa.string()),
        ("keys", pa.list_(pa.string())),
        ("scroll", _PAIR),
        ("duration_sec", pa.float64()),
    ]
)
_SETTLE = pa.struct(
    [
        ("end", pa.string()),
        ("waited_ms", pa.float64()),
        ("last_damage_ms", pa.float64()),
        ("damage", pa.int64()),
        ("cpu_ms", pa.float64()),
    ]
)
EPISODES = pa.schema(
    [
        ("schema_version", pa.int32()),
        ("episode", pa.string()),
        ("written_at", pa.timestamp("us", tz="UTC")),
        ("env_id", pa.string()),
        ("env", pa.string()),  # JSON: what the environment was asked for
        ("task_id", pa.string()),
        ("task_hash", pa.string()),
        ("task", pa.string()),  # JSON, whole
        ("seed", pa.int64()),
        ("level", pa.int32()),
        ("split", pa.string()),
        ("instruction", pa.string()),
        ("agent", pa.string()),
        ("config", pa.string()),  # JSON
        ("commit", pa.string()),
        ("versions", _NAMED),  # of applications (Debian) and of Python packages
        ("steps", pa.int32()),
        ("frames", pa.int32()),
        ("first_frame", pa.int32()),
        ("stop", pa.string()),
        ("score", pa.float64()),
        ("passed", pa.bool_()),
        ("checks", pa.list_(_CHECK)),
        ("failure_kind", pa.string()),
        ("failure_message", pa.string()),
        ("failure_log", pa.string()),
        ("reset_ms", pa.float64()),
        ("wall_sec", pa.float64()),
        ("cost_usd", pa.float64()),  # null: not known
        ("info", _NAMED),
        ("final", pa.string()),  # name of a blob
    ]
)
LONG: Mapping[str, object] = MappingProxyType(
    {
        "task": "",
        "env": "",
        "config": "",
        "failure_log": "",
        "versions": (),
        "checks": (),
        "info": (),
    }
)
"""The columns of EPISODES that are long and that a list does without, with an empty value each."""
STEPS = pa.schema(
    [
        ("episode", pa.string()),
        ("index", pa.int32()),
        ("action", _ACTION),
        ("action_text", pa.string()),
        ("reward", pa.float64()),
        ("score", pa.float64()),
        ("settle", _SETTLE),
        ("timing_ms", pa.list_(pa.struct([("name", pa.string()), ("ms", pa.float64())]))),
        ("error", pa.string()),
        ("label", pa.string()),  # what the step was for, null of agents that do not know
        ("output", pa.string()),  # what a model wrote
        ("frame_before", pa.int32()),
        ("frame", pa.int32()),  # after the action
    ]
)
FRAMES = pa.schema(
    [
        ("episode", pa.string()),
        ("frame", pa.int32()),
        ("sha256", pa.string()),  # of size and pixels
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
    ],
    metadata={  # tells `datasets` that it is a picture
        "huggingface": '{"info": {"features": {'
        '"episode": {"dtype": "string", "_type": "Value"}, '
        '"frame": {"dtype": "int32", "_type": "Value"}, '
        '"sha256": {"dtype": "string", "_type": "Value"}, '
        '"image": {"_type": "Image"}}}}'
    },
)


@dataclass(frozen=True, slots=True)
class Episode:
    """What the table of episodes says of one.

    Attributes:
        id: its name in the store.
        shard: name of the files it stands in.
        schema_version: of the rows.
        written_at: seconds since 1970.
        env_id: id the env was made with, "" if it was made without one.
        env: JSON of what the environment was asked for (machine, screen, settle, reward).
        task_id: "app/template".
        task_hash: SHA-256 of the task.
        task: JSON of the task, whole.
        seed: of the task.
        level: 1 to 6.
        split: which part of the data.
        agent: name of the agent.
        config: JSON of the run's configuration.
        commit: of this package's sources, "" if they are not in a repository.
        versions: of applications and Python packages, by name.
        steps: how many.
        frames: how many different screens were kept.
        stop: why it ended.
        score: final score, None if the infrastructure broke.
        failure: what broke.
        wall_sec: from the reset to the end.
        cost_usd: of the agent, 0 where it costs nothing; None if nobody knows.
        final: blob of the final state, "" if it was not kept.
    """

    id: str
    shard: str
    schema_version: int
    written_at: float
    env_id: str
    env: str
    task_id: str
    task_hash: str
    task: str
    seed: int
    level: int
    split: str
    agent: str
    config: str
    commit: str
    versions: Mapping[str, str]
    steps: int
    frames: int
    stop: Stop
    score: Score | None
    failure: Failure | None
    wall_sec: float
    cost_usd: float | None
    final: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells it from the other episodes of a collection: task hash, seed, agent."""
        return self.task_hash, self.seed, self.agent

    @property
    def passed(self) -> bool:
        """Whether it has a score and passed."""
        return self.score is not None and self.score.passed


def escape(text: str) -> str:
    """A text that is valid Unicode; `unescape` gives back the original."""
    return re.sub("[\ud800-\udfff\ufdd0]", lambda found: f"\ufdd0{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """What `escape` was given."""
    return re.sub("\ufdd0([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


def named(values: Mapping[str, str]) -> list[Row]:
    """A mapping as a list of names and values."""
    return [{"name": escape(name), "value": escape(value)} for name, value in values.items()]


def outcome_row(trajectory: Trajectory) -> Row:
    """The part of an episode's row that its trajectory says."""
    score, failure = trajectory.score, trajectory.failure
    checks = [] if score is None else [asdict(check) for check in score.checks]
    return {
        "env_id": trajectory.env_id,
        "task_id": trajectory.task_id,
        "seed": trajectory.seed,
        "level": trajectory.level,
        "instruction": escape(trajectory.instruction),
        "agent": escape(trajectory.agent),
        "steps": len(trajectory.steps),
        "stop": trajectory.stop.value,
        "score": None if score is None else score.value,
        "passed": None if score is None else score.passed,
        "checks": [check | {"evidence": escape(check["evidence"])} for check in checks],
        "failure_kind": None if failure is None else failure.kind.value,
        "failure_message": None if failure is None else escape(failure.message),
        "failure_log": None if failure is None else escape(failure.log),
        "reset_ms": trajectory.reset_ms,
        "info": named(trajectory.info),
    }


def step_row(episode: str, step: Step, before: int | None, after: int | None) -> Row:
    """A step's row.

    Args:
        episode: its id.
        step: what happened.
        before: number of the frame that was acted on, None if it was not kept.
        after: number of the frame that it led to.
    """
    action = asdict(step.action)
    settle = None if step.settle is None else asdict(step.settle)
    return {
        "episode": episode,
        "index": step.index,
        "action": action | {"text": escape(step.action.text)},
        "action_text": escape(str(step.action)),
        "reward": step.reward,
        "score": step.score,
        "settle": settle,
        "timing_ms": [{"name": escape(name), "ms": ms} for name, ms in step.timing_ms.items()],
        "error": escape(step.error),
        "label": None if step.label is None else step.label.value,
        "output": escape(step.output),
        "frame_before": before,
        "frame": after,
    }


# Reading -----------------------------------------------------------------------------------------


def _episode_1(row: Row, shard: str) -> Episode:
    same = ("env_id", "env", "task_id", "task_hash", "task", "seed", "level", "split", "config")
    failure = None
    if row["failure_kind"] is not None:
        failure = Failure(
            FailureKind(row["failure_kind"]),
            unescape(row["failure_message"]),
            unescape(row["failure_log"]),
        )
    return Episode(
        id=row["episode"],
        shard=shard,
        schema_version=row["schema_version"],
        written_at=row["written_at"].timestamp(),
        agent=unescape(row["agent"]),
        commit=row["commit"],
        versions=_mapping(row["versions"]),
        steps=row["steps"],
        frames=row["frames"],
        stop=Stop(row["stop"]),
        score=_score(row),
        failure=failure,
        wall_sec=row["wall_sec"],
        cost_usd=row["cost_usd"],
        final=row["final"] or "",
        **{name: row[name] for name in same},
    )


def _trajectory_1(
    row: Row, steps: Sequence[Row], frames: Mapping[int, NDArray[np.uint8]]
) -> Trajectory:
    episode = _episode_1(row, "")
    return Trajectory(
        env_id=episode.env_id,
        task_id=episode.task_id,
        seed=episode.seed,
        level=episode.level,
        instruction=unescape(row["instruction"]),
        agent=episode.agent,
        steps=tuple(_step(step, frames) for step in steps),
        stop=episode.stop,
        score=episode.score,
        failure=episode.failure,
        reset_ms=row["reset_ms"],
        first_screenshot=frames.get(_number(row["first_frame"])),
        info=_mapping(row["info"]),
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one version.

    Attributes:
        episode: (row of the table of episodes, name of its shard) -> Episode.
        trajectory: (that row, rows of its steps in order, its frames by number) -> Trajectory.
    """

    episode: Callable[[Row, str], Episode]
    trajectory: Callable[[Row, Sequence[Row], Mapping[int, NDArray[np.uint8]]], Trajectory]


READERS = {1: Reader(_episode_1, _trajectory_1)}


def _step(row: Row, frames: Mapping[int, NDArray[np.uint8]]) -> Step:
    settle = row["settle"]
    return Step(
        index=row["index"],
        action=_action(row["action"]),
        reward=row["reward"],
        score=row["score"],
        settle=None if settle is None else Settle(**settle | {"end": SettleEnd(settle["end"])}),
        timing_ms={unescape(timing["name"]): timing["ms"] for timing in row["timing_ms"]},
        screenshot=frames.get(_number(row["frame"])),
        error=unescape(row["error"]),
        label=None if row["label"] is None else Label(row["label"]),
        output=unescape(row["output"]),
    )


def _action(row: Row) -> Action:
    return Action(
        **row
        | {
            "verb": Verb(row["verb"]),
            "button": Button(row["button"]),
            "point": tuple(row["point"]),
            "end": tuple(row["end"]),
            "scroll": tuple(row["scroll"]),
            "keys": tuple(row["keys"]),
            "text": unescape(row["text"]),
        }
    )


def _score(row: Row) -> Score | None:
    if row["score"] is None:
        return None
    checks = (check | {"evidence": unescape(check["evidence"])} for check in row["checks"])
    return Score(row["score"], row["passed"], tuple(CheckResult(**check) for check in checks))


def _number(frame: int | None) -> int:
    return -1 if frame is None else frame


def _mapping(rows: Sequence[Row]) -> dict[str, str]:
    return {unescape(row["name"]): unescape(row["value"]) for row in rows}
