"""Mutators of the database of a web application: a value, a record or the file is damaged.

The audit trail, which grows with whatever is done, and the order of cards on a board are left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from gym_anything.documents.sqlite import Value
from gym_anything.documents.tables import Record, Tables, read_tables
from gym_anything.mutation.base import Mutation
from gym_anything.mutation.database import after

SUFFIXES = (".desk",)
_LEFT_OUT_TABLES, _LEFT_OUT_COLUMNS = ("audit",), ("id", "position")


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """One other value in each column, a record gone or doubled in each table, a file cut off."""
    tables = read_tables(data)
    for table, rows in tables.rows.items():
        if table in _LEFT_OUT_TABLES or not rows:
            continue
        yield from _other_values(data, table, tables, rng)
        gone = rng.choice(sorted(rows))
        name = f"{table}: record {gone} deleted"
        yield _executed(data, name, f"DELETE FROM {table} WHERE rowid = ?", (gone,))
        yield from _doubled(data, table, rows[gone])
    last = list(tables.rows)[-1]
    yield _executed(data, f"table {last} dropped", f"DROP TABLE {last}")
    yield _executed(data, "a table more", "CREATE TABLE remarks (id INTEGER PRIMARY KEY, text)")
    for part in (0.3, 0.6, 0.9):
        yield Mutation(f"cut off at {part:.0%}", data[: int(len(data) * part)])
    yield Mutation("emptied", b"")


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same records in other bytes."""
    yield _executed(data, "packed anew", "VACUUM")
    pages = f"PRAGMA page_size = {rng.choice((1024, 2048, 8192))}; VACUUM"
    yield _executed(data, "other pages", pages)
    yield _executed(data, "a version of the user", f"PRAGMA user_version = {rng.randint(1, 99)}")
    yield _executed(data, "statistics for queries", "ANALYZE")


def _other_values(
    data: bytes, table: str, tables: Tables, rng: random.Random
) -> Iterator[Mutation]:
    rows = tables.rows[table]
    for column in next(iter(rows.values())):
        if column in _LEFT_OUT_COLUMNS:
            continue
        number = rng.choice(sorted(rows))
        value = _other(rows[number][column], rng)
        name = f"{table}.{column} of {number}: {value!r} instead of {rows[number][column]!r}"
        sql = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?"
        mutation = _executed(data, name, sql, (value, number))
        if mutation.data != data:
            yield mutation


def _other(value: Value, rng: random.Random) -> Value:
    if isinstance(value, int | float):
        return value + rng.choice((-1, 1, 10, 100))
    text = str(value or "")
    if rng.random() < 0.3 and len(text) > 3:
        return text[: len(text) // 2]
    return f"{text}{rng.choice('abcxyz')}"


def _doubled(data: bytes, table: str, row: Record) -> Iterator[Mutation]:
    kept = {name: value for name, value in row.items() if name not in ("id", "key")}
    names = ", ".join(kept)
    sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(kept))})"
    mutation = _executed(data, f"{table}: a record twice", sql, tuple(kept.values()))
    if _count(mutation.data, table) > _count(data, table):
        yield mutation


def _count(data: bytes, table: str) -> int:
    return len(read_tables(data).rows[table])


def _executed(data: bytes, name: str, sql: str, values: tuple[Value, ...] = ()) -> Mutation:
    return Mutation(name, after(data, sql, values))
