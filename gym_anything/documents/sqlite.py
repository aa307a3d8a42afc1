"""Read SQLite databases that an agent may have forged: tables, rows, and what is wrong with them.

The bytes are loaded into a private database in memory: nothing on disk is touched. The schema is
not trusted, nothing can be attached, time is limited, and rows and sizes are bounded.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from gym_anything.documents.errors import DocumentError

Value: TypeAlias = int | float | str | bytes | None
Record: TypeAlias = Mapping[str, Value]

MAX_DATABASE_BYTES = 16 << 20
MAX_TABLES = 200
MAX_ROWS = 100_000
MAX_VALUE_BYTES = 1 << 20
MAX_SEC = 3.0
_MAGIC = b"SQLite format 3\0"
_WAL_AT = slice(18, 20)  # versions that may write and read: a copy in memory has no log
_STEPS = 10_000  # of the virtual machine between two looks at the clock


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
    if len(data) > MAX_DATABASE_BYTES:
        raise DocumentError(f"a database of {len(data)} bytes, more than {MAX_DATABASE_BYTES}")
    if not data.startswith(_MAGIC) or len(data) < 512:
        raise DocumentError("not an SQLite database")
    plain = bytearray(data)
    plain[_WAL_AT] = b"\1\1"
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.deserialize(bytes(plain))
        _bound(connection)
        return _read(connection)
    except (sqlite3.Error, sqlite3.Warning, OverflowError, MemoryError) as error:
        raise DocumentError(f"the database cannot be read: {error}") from error
    finally:
        connection.close()


def _bound(connection: sqlite3.Connection) -> None:
    deadline = time.monotonic() + MAX_SEC
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")


def _read(connection: sqlite3.Connection) -> Tables:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise DocumentError("the database is damaged")
    listed = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchmany(MAX_TABLES + 1)
    if len(listed) > MAX_TABLES:
        raise DocumentError(f"more than {MAX_TABLES} tables and indexes")
    names = [str(name) for kind, name, _ in listed if kind == "table"]
    left = MAX_ROWS
    rows = {}
    for name in names:
        rows[name] = _rows(connection, name, left)
        left -= len(rows[name])
    broken = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    return Tables(
        schema=MappingProxyType({str(name): str(sql) for _, name, sql in listed}),
        rows=MappingProxyType(rows),
        broken=tuple(f"{row[0]} {row[1]}" for row in broken),
    )


def _rows(connection: sqlite3.Connection, table: str, most: int) -> Mapping[int, Record]:
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = connection.execute(f"SELECT rowid, * FROM main.{quoted}")
    columns = [str(column[0]) for column in cursor.description][1:]
    found = cursor.fetchmany(most + 1)
    if len(found) > most:
        raise DocumentError(f"more than {MAX_ROWS} rows")
    return MappingProxyType(
        {int(row[0]): MappingProxyType(dict(zip(columns, row[1:], strict=True))) for row in found}
    )
