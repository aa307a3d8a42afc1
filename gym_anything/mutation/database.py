"""Mutators of SQLite databases; what a mutator is stands in base.py."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from gym_anything.documents.database import Database, Table, read_database
from gym_anything.documents.sqlite import Value, quoted
from gym_anything.mutation.base import Mutation

SUFFIXES = (".db", ".sqlite", ".sqlite3", ".db3")
_PER_TABLE = 3  # rows of each table that are tampered with


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Values, rows, columns and objects changed, swapped, added or gone; the file cut short."""
    database = read_database(data)
    for table in database.tables.values():
        yield from _row_damage(data, table, rng)
        yield from _table_damage(data, table)
    yield from _object_damage(data, database)
    yield Mutation("cut to a half", data[: len(data) // 2])
    yield Mutation("cut to the header", data[:100])
    yield Mutation("emptied", b"")
    yield Mutation("overwritten by text", b"exported\n" * 20)


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same schema and rows in other bytes."""
    for name, script in (
        ("vacuumed", "VACUUM"),
        ("with larger pages", "PRAGMA page_size = 8192; VACUUM"),
        ("with statistics", "ANALYZE"),
        ("with another user version", f"PRAGMA user_version = {rng.randint(1, 99)}"),
    ):
        yield Mutation(name, after(data, script))
    with closing(_opened(data)) as connection:
        script = "\n".join(connection.iterdump())
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(script)
        yield Mutation("dumped and loaded", bytes(connection.serialize()))


def _opened(data: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(data)
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def after(data: bytes, script: str, values: tuple[Value, ...] = ()) -> bytes:
    """The database after a script, or after one statement with values."""
    with closing(_opened(data)) as connection:
        if values:
            connection.execute(script, values)
        else:
            connection.executescript(script)
        return bytes(connection.serialize())


def _row_damage(data: bytes, table: Table, rng: random.Random) -> Iterator[Mutation]:
    if not table.rows:
        return
    name = quoted(table.name)
    rows = rng.sample(range(len(table.rows)), min(_PER_TABLE, len(table.rows)))
    with closing(_opened(data)) as connection:
        listed = [row[0] for row in connection.execute(f"SELECT rowid FROM {name}")]
    for row in rows:
        for at, column in enumerate(table.columns):
            if column.key:
                continue
            value = _other(table.rows[row][at])
            sql = f"UPDATE OR IGNORE {name} SET {quoted(column.name)} = ? WHERE rowid = ?"
            changed = after(data, sql, (value, listed[row]))
            if read_database(changed).tables[table.name.casefold()].rows != table.rows:
                yield Mutation(f"{table.name}.{column.name}, row {listed[row]}: {value!r}", changed)
    gone = after(data, f"DELETE FROM {name} WHERE rowid = ?", (listed[rows[0]],))
    yield Mutation(f"{table.name}: row {listed[rows[0]]} deleted", gone)
    yield Mutation(f"{table.name}: all rows deleted", after(data, f"DELETE FROM {name}"))


def _other(value: Value) -> Value:
    """Another value of the same kind, by an amount that a person would see."""
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("x" if not value.endswith("x") else "y") if value else "x"
    return "x" if value is None else value[: len(value) // 2]


def _table_damage(data: bytes, table: Table) -> Iterator[Mutation]:
    name = quoted(table.name)
    scripts = [
        (f"{table.name} renamed", f"ALTER TABLE {name} RENAME TO {quoted(table.name + '_old')}"),
        (f"{table.name} dropped", f"DROP TABLE {name}"),
        (f"{table.name} with another column", f"ALTER TABLE {name} ADD COLUMN extra_x TEXT"),
        (
            f"{table.name} without constraints",
            f"CREATE TABLE copy_x AS SELECT * FROM {name}; DROP TABLE {name};"
            f"ALTER TABLE copy_x RENAME TO {name}",
        ),
    ]
    last = table.columns[-1].name
    renamed = f"ALTER TABLE {name} RENAME COLUMN {quoted(last)} TO {quoted(last + '_x')}"
    scripts.append((f"{table.name}.{last} renamed", renamed))
    yield from _tried(data, scripts)


def _object_damage(data: bytes, database: Database) -> Iterator[Mutation]:
    scripts = [(f"index {name} dropped", f"DROP INDEX {quoted(name)}") for name in database.indexes]
    scripts += [(f"view {name} dropped", f"DROP VIEW {quoted(name)}") for name in database.views]
    scripts += [
        (f"trigger {name} dropped", f"DROP TRIGGER {quoted(name)}") for name in database.triggers
    ]
    scripts.append(("another table", "CREATE TABLE extra_x (a)"))
    scripts.append(("another view", "CREATE VIEW extra_x AS SELECT 1 AS one"))
    yield from _tried(data, scripts)


def _tried(data: bytes, scripts: list[tuple[str, str]]) -> Iterator[Mutation]:
    """Those mutations that SQLite allows: a table that a view uses cannot always be renamed."""
    for name, script in scripts:
        try:
            yield Mutation(name, after(data, script))
        except sqlite3.OperationalError:
            continue
