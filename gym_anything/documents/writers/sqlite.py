"""Writer of SQLite databases."""

from __future__ import annotations

import sqlite3

from pydantic import JsonValue

from gym_anything.documents.writers.shape import take_list, take_object, take_text, wrong
from gym_anything.errors import TaskError

_ALLOWED = frozenset(
    {
        *(sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_INSERT),
        *(sqlite3.SQLITE_READ, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_TRANSACTION),
        *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_REINDEX),
    }
)
_PRAGMAS = ("foreign_keys", "foreign_key_check")


def write_sqlite(content: JsonValue, path: str = "") -> bytes:
    """Write a database.

    Args:
        content: {"tables": [{"name": ..., "columns": what stands between the parentheses of CREATE
            TABLE, "rows": lists of null, text and numbers}]}, referenced tables before those that
            refer to them.
        path: not used.

    Raises:
        TaskError: another shape, SQL that is no list of columns, or rows that do not fit together.
    """
    tables = take_list(take_object(content, "sqlite", ("tables",)).get("tables"), "tables")
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.set_authorizer(_authorize)
        connection.execute("BEGIN")
        for at, table in enumerate(tables):
            _write_table(connection, table, f"tables[{at}]")
        connection.execute("COMMIT")
        connection.set_authorizer(None)
        return connection.serialize()
    finally:
        connection.close()


def _write_table(connection: sqlite3.Connection, table: JsonValue, key: str) -> None:
    parts = take_object(table, key, ("name", "columns", "rows"))
    name = take_text(parts.get("name"), f"{key}.name")
    columns = take_text(parts.get("columns"), f"{key}.columns")
    if not name.isidentifier():
        raise wrong(f"{key}.name", "a name of letters, digits and underscores", name)
    try:
        connection.execute(f"CREATE TABLE {name} ({columns}\n)")
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise TaskError(f"{key}.columns: {error}") from error
    for at, row in enumerate(take_list(parts.get("rows", []), f"{key}.rows")):
        where = f"{key}.rows[{at}]"
        cells = take_list(row, where)
        for cell in cells:
            if not isinstance(cell, str | int | float | None):
                raise wrong(where, "null, text and numbers", cell)
        try:
            connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(cells))})", cells)
        except (sqlite3.Error, OverflowError) as error:
            raise TaskError(f"{where}: {error}") from error


def _authorize(action: int, first: str | None, *_: object) -> int:
    """Let SQL make tables and fill them, and nothing else."""
    known = action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS)
    return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY
