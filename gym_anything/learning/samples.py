"""Samples: what a model is trained on, one row for each thing that an agent said.

A sample is exactly what an agent of `agent/` would be asked at that step (`agent.prompt`: the task,
older steps as lines, the last screenshots), and what it should write. Steps that are dropped stay
in the prompts of later steps and are never in the loss. After store in the flow; no torch here.

    make_samples(config) -> a folder with samples.parquet and samples.json
    Samples(folder)      -> reads it, and refuses one that was changed
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ConfigDict

from gym_anything.action.base import ActionFormat
from gym_anything.action.registry import action_format
from gym_anything.agent.prompt import (
    Picture,
    PromptStyle,
    build_prompt,
    to_template,
    tools_of,
)
from gym_anything.errors import ConfigError
from gym_anything.learning.said import Said, said_of
from gym_anything.learning.verdicts import LABELS, Verdict, Verdicts
from gym_anything.records import Trajectory
from gym_anything.store import Store
from gym_anything.store.provenance import commit
from gym_anything.store.rows import Episode, Row

SCHEMA_VERSION = 1
TABLE, ABOUT = "samples.parquet", "samples.json"
NOT_PASSED = "the episode did not pass"
_PART = pa.struct([("type", pa.string()), ("text", pa.string())])
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.list_(_PART))]))
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("prompt", _MESSAGES),
    ("completion", _MESSAGES),
    ("images", pa.list_(_IMAGE)),
    ("episode", pa.string()),
    ("index", pa.int32()),
    ("tools", pa.string()),  # JSON
    ("keep", pa.bool_()),
    ("why", pa.string()),
    ("grade", pa.float64()),
    ("task", pa.string()),
    ("app", pa.string()),
    ("level", pa.int32()),
    ("split", pa.string()),
    ("seed", pa.int64()),
)


@dataclass(frozen=True, slots=True)
class SamplesConfig:
    """What samples to make.

    Attributes:
        out: folder of the samples, relative to where the command runs.
        stores: folders of the stores.
        format: name of the action format that the model is to speak.
        style: how episodes are shown; an agent that acts with the model must have the same.
        passed_only: whether episodes that did not pass are left out; else their steps are in no
            loss, but may have grades.
        apps: only these, if there are any.
        levels: only these, if there are any.
        splits: only these, if there are any.
        curation: JSON lines that say of steps whether to keep them and how good they are; see
            `learning.verdicts`. "" for none.
        grades: "labels" grades the steps of a teacher that knows its errors, 0 for an error else 1;
            "" leaves grades to `curation`.
        drop_errors: whether steps that their teacher calls errors are dropped.
        least: an error if fewer samples are kept.
    """

    out: str
    stores: tuple[str, ...]
    format: str
    style: PromptStyle = field(default_factory=lambda: PromptStyle(screenshots=1))
    passed_only: bool = True
    apps: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    splits: tuple[str, ...] = ("train",)
    curation: str = ""
    grades: str = ""
    drop_errors: bool = True
    least: int = 1

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def __post_init__(self) -> None:
        if self.grades not in ("", LABELS):
            raise ValueError(f"grades must be '' or {LABELS!r}, got {self.grades!r}")

    def wants(self, episode: Episode) -> bool:
        """Whether an episode's steps become samples."""
        return (
            episode.score is not None
            and (episode.passed or not self.passed_only)
            and (not self.apps or episode.task_id.partition("/")[0] in self.apps)
            and (not self.levels or episode.level in self.levels)
            and (not self.splits or episode.split in self.splits)
        )


@dataclass(frozen=True, slots=True)
class Made:
    """What was made.

    Attributes:
        rows: samples in the file.
        kept: of these, in the loss of supervised training.
        graded: of these, with a grade.
        episodes: that they come from.
        dropped: number of samples that are context only, by reason.
        left_out: number of steps that are no sample, by reason.
        sha256: of the file.
    """

    rows: int
    kept: int
    graded: int
    episodes: int
    dropped: Mapping[str, int]
    left_out: Mapping[str, int]
    sha256: str


def make_samples(
    config: SamplesConfig, report: Callable[[int, int], None] = lambda done, total: None
) -> Made:
    """Write the samples of a configuration into its folder.

    Args:
        config: what.
        report: called with the episodes done and their number.

    Raises:
        ConfigError: something named is not there, too few samples are kept, or a verdict is of no
            step of these stores.
        ValueError: a store is damaged.
    """
    folder = Path(config.out)
    if (folder / TABLE).exists():
        raise ConfigError(f"{folder}: there are samples already; delete it or choose another `out`")
    words = action_format(config.format)
    verdicts = Verdicts.load(Path(config.curation)) if config.curation else Verdicts()
    chosen = _chosen(config)
    folder.mkdir(parents=True, exist_ok=True)
    counts = _Counts()
    part = folder / f"{TABLE}.part"
    schema = pa.schema(_COLUMNS, metadata=_metadata())
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for number, (store, episode) in enumerate(chosen, 1):
            rows = list(episode_samples(store, episode, config, words, verdicts, counts.left_out))
            counts.add(rows)
            for row in rows:
                writer.write_table(pa.Table.from_pylist([row], schema=schema))
            report(number, len(chosen))
    if counts.kept < config.least:
        raise ConfigError(
            f"{config.out}: only {counts.kept} samples are kept of {counts.rows}, and at least "
            f"{config.least} are wanted: collect more episodes, or lower `least` "
            f"(dropped: {dict(counts.dropped) or 'none'}; no sample: {dict(counts.left_out)})"
        )
    verdicts.check_used()
    part.rename(folder / TABLE)
    made = counts.made(len(chosen), _digest(folder / TABLE))
    about = {"schema_version": SCHEMA_VERSION, "config": asdict(config), "commit": commit()}
    (folder / ABOUT).write_text(json.dumps(about | asdict(made), indent=2), encoding="utf-8")
    return made


def _chosen(config: SamplesConfig) -> list[tuple[Store, Episode]]:
    stores = [Store(Path(folder)) for folder in config.stores]
    chosen = [(store, one) for store in stores for one in store.episodes() if config.wants(one)]
    if not chosen:
        raise ConfigError(
            f"{', '.join(config.stores) or 'stores'}: no episode is of these apps, levels and "
            f"splits{' and passed' if config.passed_only else ''}; collect some, or change these"
        )
    return chosen


class _Counts:
    """Counts what is written."""

    def __init__(self) -> None:
        self.rows = self.kept = self.graded = 0
        self.dropped: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def add(self, rows: list[Row]) -> None:
        self.rows += len(rows)
        self.kept += sum(row["keep"] for row in rows)
        self.graded += sum(row["grade"] is not None for row in rows)
        self.dropped.update(row["why"] for row in rows if not row["keep"])

    def made(self, episodes: int, digest: str) -> Made:
        dropped, left_out = dict(self.dropped), dict(self.left_out)
        return Made(self.rows, self.kept, self.graded, episodes, dropped, left_out, digest)


def episode_samples(
    store: Store,
    episode: Episode,
    config: SamplesConfig,
    words: ActionFormat,
    verdicts: Verdicts,
    left_out: Counter[str],
) -> Iterator[Row]:
    """The samples of one episode.

    Args:
        store: of it.
        episode: which.
        config: how.
        words: the action format.
        verdicts: on its steps.
        left_out: counts steps that are no sample, by reason.
    """
    trajectory = store.trajectory(episode)
    said = said_of(trajectory, words, config.style)
    turns = [each.turn for each in said]
    for number, each in enumerate(said):
        verdict = _verdict(episode, each, config, verdicts)
        if each.reason or each.turn.screenshot is None:
            left_out[each.reason or "the screen was not recorded"] += len(each.steps)
            continue
        messages = build_prompt(
            trajectory.instruction, turns[:number], each.turn.screenshot, words, config.style
        )
        prompt, pictures = to_template(messages)
        tools = tools_of(words, each.frame, config.style)
        yield {
            "prompt": [_wire(message) for message in prompt],
            "completion": [_message("assistant", each.turn.output)],
            "images": [{"bytes": _png(picture), "path": None} for picture in pictures],
            "tools": json.dumps(tools) if tools else "",
            "episode": episode.id,
            "index": each.steps[0].index,
            "keep": verdict.keep,
            "why": verdict.why,
            "grade": verdict.grade,
            **_about_episode(trajectory, episode),
        }


def _verdict(episode: Episode, said: Said, config: SamplesConfig, verdicts: Verdicts) -> Verdict:
    """What holds for all steps of one output: dropped if one of them is, graded as the worst."""
    found = [verdicts.of(episode.id, step.index) for step in said.steps]
    labels = [step.label for step in said.steps if step.label is not None]
    errors = [label for label in labels if label.is_error]
    grades = [verdict.grade for verdict in found if verdict.grade is not None]
    if config.grades == LABELS and labels:
        grades.append(0.0 if errors else 1.0)
    reasons = [verdict.why or "curation" for verdict in found if not verdict.keep]
    if errors and config.drop_errors:
        reasons.append(f"an error of the teacher: {errors[0].value}")
    if not episode.passed:
        reasons.append(NOT_PASSED)
    return Verdict(not reasons, min(grades, default=None), reasons[0] if reasons else "")


def _about_episode(trajectory: Trajectory, episode: Episode) -> Row:
    return {
        "task": episode.task_id,
        "app": episode.task_id.partition("/")[0],
        "level": episode.level,
        "split": episode.split,
        "seed": trajectory.seed,
    }


def _wire(message: Mapping[str, Any]) -> Row:
    content = [{"type": part["type"], "text": part.get("text")} for part in message["content"]]
    return {"role": message["role"], "content": content}


def _message(role: str, text: str) -> Row:
    return {"role": role, "content": [{"type": "text", "text": text}]}


def _png(picture: Picture) -> bytes:
    done, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert done, "an array of three uint8 channels can be encoded"
    return encoded.tobytes()


def _metadata() -> dict[str, str]:
    """What tells `datasets` that `images` holds pictures."""
    features = {name: _feature(kind) for name, kind in _COLUMNS}
    return {"huggingface": json.dumps({"info": {"features": features}})}


def _feature(kind: pa.DataType) -> Any:
    """A column's type in the words of `datasets`."""
    if kind == _IMAGE:
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    if pa.types.is_struct(kind):
        fields = (kind.field(at) for at in range(kind.num_fields))
        return {field.name: _feature(field.type) for field in fields}
    return {"dtype": "float64" if kind == pa.float64() else str(kind), "_type": "Value"}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One row, read back.

    Attributes:
        prompt: messages as a chat template takes them, a place for each picture.
        completion: what the model should write.
        pictures: PNG files, in the order of their places.
        tools: that the prompt names.
        episode: where it is from.
        index: of its first step.
        keep: whether supervised training has it in the loss.
        why: why not.
        grade: how good the step is, None if nobody said.
        task: "app/template".
        split: which part of the data.
        row: its number in the file, from 0.
    """

    prompt: tuple[Mapping[str, Any], ...]
    completion: str
    pictures: tuple[bytes, ...]
    tools: tuple[Mapping[str, Any], ...]
    episode: str
    index: int
    keep: bool
    why: str
    grade: float | None
    task: str
    split: str
    row: int

    @property
    def name(self) -> str:
        """For messages: where to find it."""
        return f"row {self.row} (episode {self.episode}, step {self.index})"

    @property
    def app(self) -> str:
        """The application."""
        return self.task.partition("/")[0]


def read_sample(row: Row, number: int) -> Sample:
    """A row of the file as a Sample.

    Args:
        row: as pyarrow or `datasets` have it, pictures not decoded.
        number: of the row, from 0.
    """
    same = ("episode", "index", "keep", "why", "grade", "task", "split")
    return Sample(
        prompt=tuple(_clean(message) for message in row["prompt"]),
        completion="".join(part["text"] for part in row["completion"][0]["content"]),
        pictures=tuple(picture["bytes"] for picture in row["images"]),
        tools=tuple(json.loads(row["tools"])) if row["tools"] else (),
        row=number,
        **{name: row[name] for name in same},
    )


def _clean(message: Row) -> Row:
    """A message whose pictures have no text: a chat template may look for any."""
    content = [
        {"type": "image"} if part["type"] == "image" else {"type": "text", "text": part["text"]}
        for part in message["content"]
    ]
    return {"role": message["role"], "content": content}


class Samples:
    """Reads a folder of samples.

    Args:
        folder: that `make_samples` wrote.

    Raises:
        ConfigError: there are none, or the file is not the one that was made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / TABLE
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{folder}: no samples; make them with: gym-anything samples make CONFIG ({error})"
            ) from error
        if about.get("schema_version") != SCHEMA_VERSION:
            raise ConfigError(f"{folder / ABOUT}: not of this version; make the samples again")
        self.about: Mapping[str, Any] = about
        self.sha256: str = about["sha256"]
        found = _digest(self.path) if self.path.is_file() else "nothing"
        if found != self.sha256:
            raise ConfigError(
                f"{self.path}: it is not the file that was made ({found[:12]} instead of "
                f"{self.sha256[:12]}); make the samples again, or copy it whole"
            )

    def __len__(self) -> int:
        return int(self.about["rows"])

    def __iter__(self) -> Iterator[Sample]:
        number = 0
        for batch in pq.ParquetFile(self.path).iter_batches(batch_size=16):
            for row in batch.to_pylist():
                yield read_sample(row, number)
                number += 1
