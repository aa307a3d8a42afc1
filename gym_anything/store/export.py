"""Exports: an episode's steps as rows that training libraries take, and as an animation.

Episodes that broke are left out of every export; nothing of what an agent must not know (checks,
routes, the accessibility tree) is in any row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gym_anything.records import Trajectory
from gym_anything.report.episode import write_animation
from gym_anything.store.reader import Store
from gym_anything.store.rows import Episode, Row

HISTORY = 8  # actions before this one that the prompt names
_ASKS = "Answer with the next action."

_PART = pa.struct([("type", pa.string()), ("text", pa.string())])
_MESSAGE = pa.struct([("role", pa.string()), ("content", pa.list_(_PART))])
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_FIELDS = [
    ("prompt", pa.list_(_MESSAGE)),
    ("completion", pa.list_(_MESSAGE)),
    ("images", pa.list_(_IMAGE)),
    ("episode", pa.string()),
    ("index", pa.int32()),
]
_GRADED = [("grade", pa.float64()), ("score", pa.float64()), ("final_score", pa.float64())]


def conversations(
    store: Store, *, passed_only: bool = True, history: int = HISTORY
) -> Iterator[Row]:
    """One conversation a step: the screen and the instruction, then the action.

    The columns are those that supervised fine-tuning of vision-language models takes: `prompt` and
    `completion` (messages whose content is a list of parts) and `images` (PNG, in the order of the
    parts of type "image").

    Args:
        store: where from.
        passed_only: whether to leave out episodes that did not pass.
        history: how many earlier actions the prompt names.
    """
    for episode in store.episodes():
        if episode.score is not None and (episode.passed or not passed_only):
            yield from _conversation(store, episode, history)


def graded_steps(
    store: Store, grades: Mapping[tuple[str, int], float] | None = None, history: int = HISTORY
) -> Iterator[Row]:
    """Conversations of all judged episodes with a grade of each step.

    Args:
        store: where from.
        grades: by (episode id, index of the step); a step without one has None.
        history: how many earlier actions the prompt names.
    """
    known = grades or {}
    for episode in store.episodes():
        if episode.score is None:
            continue
        scores = {row["index"]: row["score"] for row in store.step_rows(episode)}
        for row in _conversation(store, episode, history):
            yield row | {
                "grade": known.get((episode.id, row["index"])),
                "score": scores[row["index"]],
                "final_score": episode.score.value,
            }


def _conversation(store: Store, episode: Episode, history: int) -> Iterator[Row]:
    steps = store.step_rows(episode)
    frames = store.frames(episode)
    instruction = store.task(episode).instruction
    said = [step["action_text"] for step in steps]
    for number, step in enumerate(steps):
        image = frames.get(-1 if step["frame_before"] is None else step["frame_before"])
        if image is None:
            continue
        past = "".join(f"\n{line}" for line in said[max(0, number - history) : number])
        done = f"\n\nActions so far:{past}" if past else ""
        parts = [_part("image", None), _part("text", f"{instruction}{done}\n\n{_ASKS}")]
        yield {
            "prompt": [{"role": "user", "content": parts}],
            "completion": [{"role": "assistant", "content": [_part("text", said[number])]}],
            "images": [{"bytes": image, "path": None}],
            "episode": episode.id,
            "index": step["index"],
        }


def _part(kind: str, text: str | None) -> Row:
    return {"type": kind, "text": text}


def write_rows(rows: Iterable[Row], path: Path, *, graded: bool = False) -> int:
    """Write rows of `conversations` or `graded_steps` as one Parquet file; returns how many.

    `datasets.load_dataset("parquet", data_files=str(path))` reads `images` as pictures.
    """
    schema = pa.schema(_FIELDS + (_GRADED if graded else []), metadata=_pictures(graded))
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for row in rows:
            writer.write_table(pa.Table.from_pylist([row], schema=schema))
            count += 1
    return count


def _pictures(graded: bool) -> dict[str, str]:
    """What tells `datasets` that `images` holds pictures."""
    part = {"type": _value("string"), "text": _value("string")}
    messages = _list({"role": _value("string"), "content": _list(part)})
    features: dict[str, Any] = {
        "prompt": messages,
        "completion": messages,
        "images": {"feature": {"_type": "Image"}, "_type": "List"},
        "episode": _value("string"),
        "index": _value("int32"),
    }
    if graded:
        features |= {name: _value("float64") for name, _ in _GRADED}
    return {"huggingface": json.dumps({"info": {"features": features}})}


def _value(kind: str) -> dict[str, str]:
    return {"dtype": kind, "_type": "Value"}


def _list(feature: dict[str, Any]) -> dict[str, Any]:
    return {"feature": feature, "_type": "List"}


def write_animations(store: Store, folder: Path) -> list[Path]:
    """Write an animated WebP of every episode whose screens were recorded; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for episode in store.episodes():
        trajectory: Trajectory = store.trajectory(episode)
        if trajectory.first_screenshot is not None:
            path = folder / f"{episode.id}.webp"
            write_animation(trajectory, path)
            written.append(path)
    return written
