"""Open SQLite databases that an agent may have forged, and fetch rows from them.

The bytes are loaded into a private database in memory, so that nothing on disk is touched and no
journal beside the file is followed. The schema is not trusted, nothing can be attached, every
statement has a time limit, and values, rows and sizes are bounded.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from gym_anything.documents.errors import DocumentError

Value: TypeAlias = int | float | str | bytes | None
Row: TypeAlias = tuple[Value, ...]

MAX_DATABASE_BYTES = 32 << 20
MAX_VALUE_BYTES = 4 << 20
MAX_ROWS = 200_000
MAX_RESULT_BYTES = 64 << 20
MAX_OBJECTS = 500
MAX_SEC = 3.0
_MAGIC = b"SQLite format 3\0"
_JOURNAL_AT = slice(18, 20)  # versions that may write and read: 1 with a journal, 2 with a log
_DEFENSIVE = 1010  # SQLITE_DBCONFIG_DEFENSIVE
_STEPS = 10_000  # of the virtual machine between two looks at the clock


@contextmanager
def open_copy(data: bytes, max_sec: float = MAX_SEC) -> Iterator[sqlite3.Connection]:
    """Open a private copy of a database in memory, for reading and for trying statements out.

    Args:
        data: the file.
        max_sec: time for all statements together.

    Raises:
        DocumentError: no database, too large, damaged, or a statement failed or took too long.
    """
    if len(data) > MAX_DATABASE_BYTES:
        raise DocumentError(f"a database of {len(data)} bytes, more than {MAX_DATABASE_BYTES}")
    if not data.startswith(_MAGIC) or len(data) < 100:
        raise DocumentError("not an SQLite database")
    plain = bytearray(data)
    plain[_JOURNAL_AT] = b"\1\1"  # a database in memory has no log
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.deserialize(bytes(plain))
        _guard(connection, time.monotonic() + max_sec)
        yield connection
    except (sqlite3.Error, sqlite3.Warning, OverflowError, MemoryError) as error:
        raise DocumentError(f"the database cannot be read: {error}") from error
    finally:
        connection.close()


def _guard(connection: sqlite3.Connection, deadline: float) -> None:
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 10)
    if hasattr(connection, "setconfig"):  # from Python 3.12 on
        connection.setconfig(_DEFENSIVE, True)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def fetch(connection: sqlite3.Connection, sql: str, values: Sequence[Value] = ()) -> list[Row]:
    """The rows of a statement.

    Raises:
        DocumentError: more than `MAX_ROWS` rows or `MAX_RESULT_BYTES` bytes.
    """
    found: list[Row] = []
    size = 0
    for row in connection.execute(sql, values):
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if len(found) >= MAX_ROWS or size > MAX_RESULT_BYTES:
            raise DocumentError("more rows than are read")
        found.append(tuple(row))
    return found


def list_objects(connection: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """Type, name, table and SQL of what a sound database holds, SQLite's own left out.

    Raises:
        DocumentError: damaged, or more than `MAX_OBJECTS`.
    """
    faults = fetch(connection, "PRAGMA quick_check(1)")
    if faults != [("ok",)]:
        raise DocumentError(f"the database is damaged: {faults[:1]}")
    listed = fetch(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema")
    if len(listed) > MAX_OBJECTS:
        raise DocumentError(f"{len(listed)} objects in the schema, more than {MAX_OBJECTS}")
    objects = [(str(a or ""), str(b or ""), str(c or ""), str(d or "")) for a, b, c, d in listed]
    return [row for row in objects if not row[1].casefold().startswith("sqlite_")]


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
