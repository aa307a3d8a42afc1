"""Beside: tables of results beside those of a store, by episode and step.

    <store>/grades/<name>.parquet      grades, one file a source
    <store>/reasoning/<name>.parquet   paragraphs, one file a source

Each is written whole and renamed, so that it is never there in part. A row has a schema version; a
file of another version is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from gym_anything.curation.view import StepKey
from gym_anything.errors import ConfigError, DataError, did_you_mean
from gym_anything.records import GradeSource, StepGrade
from gym_anything.store import tables
from gym_anything.store.rows import Row, escape, unescape

SCHEMA_VERSION = 1
GRADES, REASONING = "grades", "reasoning"
_KEY = [("schema_version", pa.int32()), ("episode", pa.string()), ("index", pa.int32())]
_GRADE = pa.schema(
    [*_KEY, ("value", pa.float64()), ("source", pa.string()), ("reason", pa.string())]
)
_PARAGRAPH = pa.schema([*_KEY, ("source", pa.string()), ("text", pa.string())])
_NAME = re.compile(r"[\w.-]{1,64}")


def write_grades(folder: Path, name: str, grades: Mapping[StepKey, StepGrade]) -> None:
    """Put the grades of a source beside a store, in place of those of that name.

    Args:
        folder: of the store.
        name: of the file: "privileged", "judge", ...
        grades: by episode and step.

    Raises:
        ConfigError: the name is no file name.
        OSError: the file cannot be written.
    """
    rows = [
        {"value": grade.value, "source": grade.source.value, "reason": escape(grade.reason)}
        for grade in grades.values()
    ]
    _write(
        folder / GRADES, name, _GRADE, [_keyed(*pair) for pair in zip(grades, rows, strict=True)]
    )


def read_grades(folder: Path, name: str) -> dict[StepKey, StepGrade]:
    """The grades of a source.

    Raises:
        ConfigError: there are none of that name; names those that there are.
        DataError: the file is damaged, or of another version.
    """
    return {
        _key(row): StepGrade(row["value"], unescape(row["reason"]), GradeSource(row["source"]))
        for row in _read(folder, GRADES, name)
    }


def has_grades(folder: Path, name: str) -> bool:
    """Whether a store has grades of a source."""
    return (folder / GRADES / f"{name}.parquet").exists()


def write_paragraphs(
    folder: Path, name: str, texts: Mapping[StepKey, str], source: GradeSource
) -> None:
    """Put paragraphs of reasoning beside a store. Arguments and errors as `write_grades`."""
    rows: list[Row] = [{"source": source.value, "text": escape(text)} for text in texts.values()]
    _write(
        folder / REASONING,
        name,
        _PARAGRAPH,
        [_keyed(*pair) for pair in zip(texts, rows, strict=True)],
    )


def read_paragraphs(folder: Path, name: str) -> dict[StepKey, str]:
    """Paragraphs of reasoning by step. Raises as `read_grades`."""
    return {_key(row): unescape(row["text"]) for row in _read(folder, REASONING, name)}


def _keyed(key: StepKey, row: Row) -> Row:
    return {"schema_version": SCHEMA_VERSION, "episode": key[0], "index": key[1], **row}


def _key(row: Row) -> StepKey:
    return row["episode"], row["index"]


def _write(folder: Path, name: str, schema: pa.Schema, rows: list[Row]) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(f"name {name!r} must be letters, digits, '-', '_' and '.'")
    tables.write_table(folder, name, schema, rows)


def _read(folder: Path, what: str, name: str) -> list[Row]:
    path = folder / what / f"{name}.parquet"
    if not path.exists():
        known = [found.stem for found in (folder / what).glob("*.parquet")]
        command = "grade" if what == GRADES else "reason"
        made = f"; make them: gym-anything {command} {folder}"
        raise ConfigError(did_you_mean(what, name, known, f" in {folder}") + made)
    try:
        rows = tables.read_table(path)
    except ValueError as error:
        raise DataError(f"{error}; remove it and make it again") from error
    for number, row in enumerate(rows):
        if row.get("schema_version") != SCHEMA_VERSION:
            raise DataError(
                f"{path}: row {number}: version {row.get('schema_version')}, this version of "
                f"gym-anything reads {SCHEMA_VERSION}; make the file again"
            )
    return rows
