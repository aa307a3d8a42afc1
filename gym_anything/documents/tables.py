"""Read SQLite databases that an agent may have forged as records: tables with rows by number."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.sqlite import Value, fetch, list_objects, open_copy, quoted

Record: TypeAlias = Mapping[str, Value]

_MAX_BROKEN = 10  # references that are named


@dataclass(frozen=True, slots=True)
class Tables:
    """A database.

    Attributes:
        schema: SQL of tables, indexes, views and triggers, by name.
        rows: rows of each table by their rowid; values by column.
        broken: rows that refer to others that are not there, as "table rowid"; at most 10.
    """

    schema: Mapping[str, str]
    rows: Mapping[str, Mapping[int, Record]]
    broken: tuple[str, ...]


def read_tables(data: bytes) -> Tables:
    """Read a database.

    Args:
        data: the file.

    Raises:
        DocumentError: no database, damaged, beyond a limit, or a table has no rowid.
    """
    with open_copy(data) as connection:
        objects = list_objects(connection)
        rows = {name: _rows(connection, name) for kind, name, _, _ in objects if kind == "table"}
        broken = fetch(connection, "PRAGMA foreign_key_check")[:_MAX_BROKEN]
        return Tables(
            schema=MappingProxyType({name: sql for _, name, _, sql in objects}),
            rows=MappingProxyType(rows),
            broken=tuple(f"{row[0]!s} {row[1]!s}" for row in broken),
        )


def _rows(connection: sqlite3.Connection, table: str) -> Mapping[int, Record]:
    listed = fetch(connection, "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1", (table,))
    columns = [str(row[0]) for row in listed]
    names = ", ".join(("rowid", *map(quoted, columns)))
    rows: dict[int, Record] = {}
    for number, *values in fetch(connection, f"SELECT {names} FROM main.{quoted(table)}"):
        if not isinstance(number, int):
            raise DocumentError(f"{table}: a row without a number")
        rows[number] = MappingProxyType(dict(zip(columns, values, strict=True)))
    return MappingProxyType(rows)
