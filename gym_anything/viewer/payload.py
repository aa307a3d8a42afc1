"""Payload: what the page is told, in what JSON can express. The page shows all of it as text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from gym_anything.records import Step, Verb
from gym_anything.report.episode import verdict
from gym_anything.report.marks import Arrow, Colour, Mark, Ring, marks
from gym_anything.store.rows import Row, unescape
from gym_anything.viewer.shelf import Entry, Opened

Json: TypeAlias = dict[str, Any]


def to_json(payload: Json) -> str:
    """JSON in ASCII, without "<" and without numbers that JSON has not (they become null)."""
    try:
        text = _dumps(payload)
    except ValueError:  # there is such a number, which is rare
        text = _dumps(_finite(payload))
    return text.replace("<", "\\u003c")


def _dumps(payload: Json) -> str:
    return json.dumps(payload, separators=(",", ":"), allow_nan=False)


def listing(entries: Iterable[Entry], title: str) -> Json:
    """What the list of episodes shows.

    Args:
        entries: in the order of the list.
        title: of the page.
    """
    return {"title": title, "episodes": [summary(entry) for entry in entries]}


def summary(entry: Entry) -> Json:
    """A line of the list."""
    episode = entry.episode
    return {
        "key": entry.key,
        "folder": entry.folder,
        "task": episode.task_id,
        "app": episode.task_id.partition("/")[0],
        "level": episode.level,
        "split": episode.split,
        "seed": episode.seed,
        "agent": episode.agent,
        "outcome": verdict(episode),
        "score": None if episode.score is None else episode.score.value,
        "failure": "" if episode.failure is None else episode.failure.kind.value,
        "stop": episode.stop.value,
        "steps": episode.steps,
        "written_at": episode.written_at,
    }


def details(entry: Entry, opened: Opened) -> Json:
    """What the page shows of one episode."""
    episode, trajectory = entry.episode, opened.trajectory
    score, failure = trajectory.score, trajectory.failure
    steps = zip(trajectory.steps, opened.rows, opened.shown, strict=False)
    return summary(entry) | {
        "id": episode.id,
        "env_id": episode.env_id,
        "instruction": trajectory.instruction,
        "commit": episode.commit,
        "wall_sec": episode.wall_sec,
        "cost_usd": episode.cost_usd,
        "reset_ms": trajectory.reset_ms,
        "broke": None if failure is None else asdict(failure),
        "checks": [] if score is None else [asdict(check) for check in score.checks],
        "steps": [_step(step, row, frame) for step, row, frame in steps],
        "last_frame": opened.shown[-1],
    }


def _step(step: Step, row: Row, frame: int | None) -> Json:
    """A step; what its store does not hold (a grade, a label, ...) is None or empty."""
    action = step.action
    typed = action.text if action.verb in (Verb.TYPE, Verb.ANSWER) else ""
    settle = None if step.settle is None else asdict(step.settle)
    return {
        "action": str(action),
        "verb": action.verb.value,
        "marks": [_mark(mark) for mark in marks(action)],
        "keys": list(action.keys),
        "text": typed,
        "error": step.error,
        "reasoning": unescape(row.get("output") or ""),
        "label": row.get("label"),
        "grade": None if step.grade is None else asdict(step.grade),
        "reward": step.reward,
        "score": step.score,
        "settle": settle,
        "total_ms": step.timing_ms.get("total"),
        "frame": frame,
    }


def _mark(mark: Mark) -> Json:
    match mark:
        case Ring():
            return {"at": mark.at, "radius": mark.radius_px, "colour": _hex(mark.colour)}
        case Arrow():
            ends = {"from": mark.start, "to": mark.end, "reach": mark.reach_px}
            return ends | {"colour": _hex(mark.colour)}


def _hex(colour: Colour) -> str:
    return "#" + bytes(colour).hex()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(part) for part in value]
    return value
