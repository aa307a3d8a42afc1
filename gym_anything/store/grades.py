"""Grades: what graders say of steps, in a table beside those of the episodes.

A step is graded when its episode is recorded, or long after, and by as many graders as there are:
so grades are rows of their own, `grades/*.parquet`, and what is on disk already stays as it is.
A grader that grades a step again is read by what it said last. The version of these rows is
counted apart from that of episodes.
"""

from __future__ import annotations

import threading
import time
import uuid
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from gym_anything.records import StepGrade
from gym_anything.store import tables
from gym_anything.store.rows import Row, escape, unescape

GRADES = "grades"
GRADES_VERSION = 1
_File: TypeAlias = Mapping[str, Sequence[Row]]  # by episode
SCHEMA = pa.schema(
    [
        ("schema_version", pa.int32()),
        ("episode", pa.string()),
        ("index", pa.int32()),
        ("value", pa.float64()),
        ("reason", pa.string()),
        ("source", pa.string()),
        ("graded_at", pa.timestamp("us", tz="UTC")),
    ]
)


def _grade_1(row: Row) -> StepGrade:
    return StepGrade(row["value"], unescape(row["reason"]), unescape(row["source"]))


GRADE_READERS: Mapping[int, Callable[[Row], StepGrade]] = {1: _grade_1}


def write_grades(folder: Path, episode: str, grades: Mapping[int, StepGrade]) -> str:
    """Write grades of an episode's steps, by their index; returns the name of the new file."""
    name, now = uuid.uuid4().hex[:20], time.time_ns() // 1000
    rows = [
        {
            "schema_version": GRADES_VERSION,
            "episode": episode,
            "index": index,
            "value": grade.value,
            "reason": escape(grade.reason),
            "source": escape(grade.source),
            "graded_at": now,
        }
        for index, grade in sorted(grades.items())
    ]
    tables.write_table(folder / GRADES, name, SCHEMA, rows)
    return name


class Grades:
    """Reads the grades of a store; safe to use from several threads.

    Args:
        folder: of the store.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / GRADES
        self._lock = threading.Lock()
        self._files: dict[str, _File] = {}  # what is in them never changes

    def of(self, episode: str, source: str | None = None) -> dict[int, StepGrade]:
        """Grades of an episode's steps by index, the last given of each.

        Args:
            episode: its id.
            source: only this grader's; None for whoever graded last.
        """
        with self._lock:
            while not self._look():
                pass  # a writer has joined files to one meanwhile
            rows = [row for file in self._files.values() for row in file.get(episode, ())]
        rows.sort(key=lambda row: row["graded_at"])
        found = ((row["index"], GRADE_READERS[row["schema_version"]](row)) for row in rows)
        return {index: grade for index, grade in found if source in (None, grade.source)}

    def _look(self) -> bool:
        """Read the files that are new; False if one of them went away before it was read."""
        paths = {path.name: path for path in self._folder.glob("*.parquet")}
        files = {name: file for name, file in self._files.items() if name in paths}
        for name in sorted(paths.keys() - files.keys()):
            try:
                files[name] = _read(paths[name])
            except ValueError as error:
                if not paths[name].exists():
                    return False
                warnings.warn(f"skipped: {error}", stacklevel=4)
                files[name] = {}
        self._files = files
        return True


def _read(path: Path) -> _File:
    rows = tables.read_table(path)
    file: dict[str, list[Row]] = {}
    for row in rows:
        if row["schema_version"] in GRADE_READERS:
            file.setdefault(row["episode"], []).append(row)
    unknown = len(rows) - sum(map(len, file.values()))
    if unknown:
        warnings.warn(
            f"{path}: skipped {unknown} grades of a schema that is not known here (this version "
            f"reads up to {GRADES_VERSION}); upgrade gym-anything",
            stacklevel=5,
        )
    return file
