"""Write an SQLite database from data.

    {"tables": [{"name": "orders",
                 "columns": [{"name": "id", "type": "INTEGER", "key": true},
                             {"name": "customer", "type": "INTEGER", "not_null": true,
                              "references": ["customers", "id"]},
                             {"name": "status", "type": "TEXT", "default": "open",
                              "check": "status IN ('open', 'paid')"}],
                 "rows": [[1, 7, "open"]]}],
     "indexes": [{"name": "by_customer", "table": "orders", "columns": ["customer"]}],
     "views": [{"name": "open_orders", "sql": "SELECT * FROM orders WHERE status = 'open'"}]}

A value is null, text, a number, or {"base64": ...} for bytes. Every reference must point to a row
that exists.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pydantic import JsonValue

from gym_anything.documents.sqlite import quoted
from gym_anything.documents.writers.plain import write_file
from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_object,
    take_text,
    wrong,
)
from gym_anything.errors import TaskError

_COLUMN_KEYS = ("name", "type", "key", "not_null", "unique", "default", "check", "references")
_PLAIN_TYPES = (str, int, float)


def write_database(content: JsonValue, path: str = "") -> bytes:
    """Write a database; the same content gives the same bytes with one version of SQLite.

    Args:
        content: as the top of this file shows.
        path: not used.

    Raises:
        TaskError: another shape, SQL that does not hold, or a reference to a row that is not there.
    """
    parts = take_object(content, "database", ("tables", "indexes", "views"))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for sql in _statements(parts):
            connection.execute(sql)
        for index, table in enumerate(take_list(parts.get("tables"), "tables")):
            _fill(connection, table, f"tables[{index}]")
        dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        if dangling is not None:
            raise TaskError(f"tables: {dangling[0]}: row {dangling[1]} refers to no row")
        connection.execute("VACUUM")
        return bytes(connection.serialize())
    except sqlite3.Error as error:
        raise TaskError(f"database: {error}") from error
    finally:
        connection.close()


def _statements(parts: dict[str, JsonValue]) -> Iterator[str]:
    for index, table in enumerate(take_list(parts.get("tables"), "tables")):
        yield _create_table(table, f"tables[{index}]")
    for index, value in enumerate(take_list(parts.get("indexes", []), "indexes")):
        key = f"indexes[{index}]"
        shape = take_object(value, key, ("name", "table", "columns", "unique"))
        columns = ", ".join(_names(shape.get("columns"), f"{key}.columns"))
        unique = "UNIQUE " * take_flag(shape.get("unique", False), f"{key}.unique")
        name, table = (_name(shape.get(part), f"{key}.{part}") for part in ("name", "table"))
        yield f"CREATE {unique}INDEX {name} ON {table} ({columns})"
    for index, value in enumerate(take_list(parts.get("views", []), "views")):
        key = f"views[{index}]"
        shape = take_object(value, key, ("name", "sql"))
        sql = take_text(shape.get("sql"), f"{key}.sql")
        yield f"CREATE VIEW {_name(shape.get('name'), f'{key}.name')} AS {sql}"


def _create_table(value: JsonValue, key: str) -> str:
    shape = take_object(value, key, ("name", "columns", "rows"))
    columns = take_list(shape.get("columns"), f"{key}.columns")
    defined = [_column(column, f"{key}.columns[{at}]") for at, column in enumerate(columns)]
    lines = ",\n\t".join(defined)
    return f"CREATE TABLE {_name(shape.get('name'), f'{key}.name')} (\n\t{lines}\n)"


def _column(value: JsonValue, key: str) -> str:
    shape = take_object(value, key, _COLUMN_KEYS)
    words = [
        _name(shape.get("name"), f"{key}.name"),
        take_text(shape.get("type", ""), f"{key}.type"),
    ]
    for part, sql in (("not_null", "NOT NULL"), ("unique", "UNIQUE"), ("key", "PRIMARY KEY")):
        words += [sql] * take_flag(shape.get(part, False), f"{key}.{part}")
    if "default" in shape:
        words.append(f"DEFAULT {_literal(shape['default'], f'{key}.default')}")
    if "check" in shape:
        words.append(f"CHECK ({take_text(shape['check'], f'{key}.check')})")
    if "references" in shape:
        table, *columns = _names(shape["references"], f"{key}.references")
        words.append(f"REFERENCES {table} ({', '.join(columns)})")
    return " ".join(word for word in words if word)


def _fill(connection: sqlite3.Connection, value: JsonValue, key: str) -> None:
    shape = take_object(value, key, ("name", "columns", "rows"))
    width = len(take_list(shape.get("columns"), f"{key}.columns"))
    places = ", ".join("?" * width)
    sql = f"INSERT INTO {_name(shape.get('name'), f'{key}.name')} VALUES ({places})"
    for at, row in enumerate(take_list(shape.get("rows", []), f"{key}.rows")):
        cells = take_list(row, f"{key}.rows[{at}]")
        if len(cells) != width:
            raise wrong(f"{key}.rows[{at}]", f"{width} values", cells)
        connection.execute(sql, [_value(cell, f"{key}.rows[{at}]") for cell in cells])


def _value(cell: JsonValue, key: str) -> str | int | float | bytes | None:
    if cell is None or (isinstance(cell, _PLAIN_TYPES) and not isinstance(cell, bool)):
        return cell
    if isinstance(cell, dict):
        return write_file(cell)
    raise wrong(key, "null, text, a number or bytes", cell)


def _literal(value: JsonValue, key: str) -> str:
    plain = _value(value, key)
    if isinstance(plain, str):
        return "'" + plain.replace("'", "''") + "'"
    if isinstance(plain, bytes):
        return f"x'{plain.hex()}'"
    return "NULL" if plain is None else str(plain)


def _name(value: JsonValue, key: str) -> str:
    return quoted(take_text(value, key))


def _names(value: JsonValue, key: str) -> list[str]:
    return [_name(name, f"{key}[{at}]") for at, name in enumerate(take_list(value, key))]
