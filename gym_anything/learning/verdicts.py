"""Verdicts: what curation says of single steps.

JSON lines, one step a line:

    {"episode": "3f9c…", "index": 4, "keep": false, "grade": 0.2, "why": "repeats the step before"}

`keep`, `grade` (a number, 1 the best) and `why` may be missing. A step without a line is kept.
Before samples in the flow; no torch here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gym_anything.errors import ConfigError

LABELS = "labels"
_KEYS = frozenset({"episode", "index", "keep", "grade", "why"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a step.

    Attributes:
        keep: whether it is in the loss.
        grade: how good it is, 1 the best; None if nobody said.
        why: in words, may be empty.
    """

    keep: bool = True
    grade: float | None = None
    why: str = ""


KEPT = Verdict()


class Verdicts:
    """Verdicts by step.

    Args:
        by_step: by (episode id, index of the step).
        source: file that they are from, for messages.
    """

    def __init__(
        self, by_step: Mapping[tuple[str, int], Verdict] | None = None, source: str = ""
    ) -> None:
        self._by_step = dict(by_step or {})
        self._source = source
        self._used: set[tuple[str, int]] = set()
        self._episodes: set[str] = set()

    @staticmethod
    def load(path: Path) -> Verdicts:
        """Read a file.

        Raises:
            ConfigError: it cannot be read, or a line says something else; names the line.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from error
        found: dict[tuple[str, int], Verdict] = {}
        for number, line in enumerate(lines, 1):
            if line.strip():
                step, verdict = _read(line, f"{path}, line {number}")
                if found.setdefault(step, verdict) != verdict:
                    raise ConfigError(f"{path}, line {number}: another verdict on the same step")
        return Verdicts(found, str(path))

    def of(self, episode: str, index: int) -> Verdict:
        """The verdict on a step."""
        self._episodes.add(episode)
        self._used.add((episode, index))
        return self._by_step.get((episode, index), KEPT)

    def check_used(self) -> None:
        """Refuse verdicts on steps that an episode, once asked for, turned out not to have.

        Raises:
            ConfigError: there are such, or there are verdicts and none was on any episode.
        """
        if self._by_step and not any(episode in self._episodes for episode, _ in self._by_step):
            raise ConfigError(f"{self._source}: none of its verdicts is on an episode used here")
        for episode, index in self._by_step.keys() - self._used:
            if episode in self._episodes:
                raise ConfigError(f"{self._source}: episode {episode} has no step {index}")


def _read(line: str, where: str) -> tuple[tuple[str, int], Verdict]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"{where}: not JSON: {error}") from error
    if not isinstance(value, dict) or value.keys() - _KEYS:
        raise ConfigError(f"{where}: expected an object with {', '.join(sorted(_KEYS))}")
    episode, index, grade = value.get("episode"), value.get("index"), value.get("grade")
    keep, why = value.get("keep", True), value.get("why", "")
    right = isinstance(episode, str) and type(index) is int and isinstance(keep, bool)
    if not right or not isinstance(why, str):
        raise ConfigError(f"{where}: episode and why are texts, index a number, keep true or false")
    if grade is not None and (type(grade) not in (int, float) or not math.isfinite(grade)):
        raise ConfigError(f"{where}: grade must be a number, got {grade!r}")
    return (str(episode), int(index or 0)), Verdict(keep, grade, why)
