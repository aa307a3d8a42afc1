"""Verifiers of SQLite databases: rows, schema, and what queries give.

Common parameters: `path` is the database, relative to home. Names of tables and columns count in
any case, numbers by their value (42 is 42.0, but not the text "42"). What is not yet written into
the file is not there: changes that an application holds back, and changes in a write-ahead log. A
file that is missing, damaged or too large fails every check here.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from gym_anything.documents.database import (
    Column,
    Database,
    Table,
    accepts,
    read_database,
    run_query,
)
from gym_anything.documents.database_compare import Allowed, database_fault, same_value
from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.sql_text import canonical_sql
from gym_anything.documents.sqlite import MAX_DATABASE_BYTES, Row, Value
from gym_anything.documents.text import read_text
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict

Scalar = int | float | str | None
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")  # "007" and "+49" are words


@fails_closed(Verdict.no)
def row(
    state: FinalState,
    path: str,
    table: str,
    key: Scalar | list[Scalar],
    values: dict[str, Scalar],
    tolerance: float = 1e-9,
) -> Verdict:
    """Whether the row of a primary key has these values; its other columns do not count.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        key: value of the primary key, a list if that has several columns.
        values: expected values by column.
        tolerance: how far numbers may be off.
    """
    found = _table(_read(state, path), table)
    wanted = tuple(key) if isinstance(key, list) else (key,)
    if len(found.key) != len(wanted):
        return Verdict.no(f"the primary key of {table} has {len(found.key)} columns")
    for each in found.rows:
        if all(map(same_value, (each[at] for at in found.key), wanted)):
            fault = _row_fault(found, each, values, tolerance)
            return _verdict(not fault, fault or f"row {key!r} of {table} is as expected")
    return Verdict.no(f"{table} has no row {key!r}")


@fails_closed(Verdict.no)
def has_rows(
    state: FinalState, path: str, table: str, values: dict[str, Scalar], count: int = 1
) -> Verdict:
    """Whether exactly so many rows of a table have these values; other columns do not count.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        values: expected values by column.
        count: how many rows; 0 for none.
    """
    found = _table(_read(state, path), table)
    rows = [each for each in found.rows if not _row_fault(found, each, values, 1e-9)]
    missing = [name for name in values if found.position(name) is None]
    if missing:
        return Verdict.no(f"{table} has no column {missing[0]}")
    return _verdict(len(rows) == count, f"{len(rows)} rows of {table} have {values!r}")


@fails_closed(Verdict.no)
def query(
    state: FinalState,
    path: str,
    sql: str,
    rows: list[list[Scalar]],
    ordered: bool = False,
    before: list[str] = [],  # noqa: B006
    tolerance: float = 1e-6,
) -> Verdict:
    """Whether a query on the database gives these rows.

    Args:
        state: the final state.
        path: the database.
        sql: the query, executed on a private copy.
        rows: expected rows.
        ordered: whether their order counts.
        before: statements executed on the copy first, to see whether a view follows its tables.
        tolerance: how far numbers may be off.
    """
    data = _bytes(state, path)
    found = run_query(data, sql, before)
    wanted = [tuple(each) for each in rows]
    if len(found) != len(wanted):
        return Verdict.no(f"{len(found)} rows instead of {len(wanted)}; first: {found[:2]!r}"[:300])
    pairs = zip(
        *(each if ordered else sorted(each, key=_rank) for each in (found, wanted)), strict=True
    )
    for one, other in pairs:
        if not _same_row(one, other, tolerance):
            return Verdict.no(f"{one!r} instead of {other!r}"[:300])
    return Verdict.yes(f"the query gives the {len(wanted)} rows")


@fails_closed(Verdict.no)
def view(
    state: FinalState,
    path: str,
    name: str,
    columns: list[str] = [],  # noqa: B006
) -> Verdict:
    """Whether there is a view of this name; what it shows is a matter of `database.query`.

    Args:
        state: the final state.
        path: the database.
        name: of the view.
        columns: names of its columns in order, empty for any.
    """
    database = _read(state, path)
    if name.casefold() not in database.views:
        return Verdict.no(f"there is no view {name}; views: {', '.join(database.views) or 'none'}")
    listed = run_query(_bytes(state, path), f"SELECT name FROM pragma_table_info({_literal(name)})")
    found = [str(each[0]).casefold() for each in listed]
    if columns and found != [each.casefold() for each in columns]:
        return Verdict.no(f"the columns of {name} are {', '.join(found)}")
    return Verdict.yes(f"the view {name} is there")


@fails_closed(Verdict.no)
def column(
    state: FinalState,
    path: str,
    table: str,
    name: str,
    types: list[str] = [],  # noqa: B006
    not_null: bool | None = None,
    default: str | None = None,
    unique: bool | None = None,
) -> Verdict:
    """Whether a table has a column of this kind.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        name: of the column.
        types: declared types of which it has one, empty for any.
        not_null: whether NULL is refused, null for either.
        default: SQL of its default, such as "'open'"; null for any or none.
        unique: whether a constraint or index keeps its values apart, null for either.
    """
    database = _read(state, path)
    found = _table(database, table)
    at = found.position(name)
    if at is None:
        names = ", ".join(each.name for each in found.columns)
        return Verdict.no(f"{table} has no column {name}; columns: {names}")
    fault = _column_fault(found.columns[at], types, not_null, default)
    if not fault and unique is not None and _is_unique(database, found, name) != unique:
        fault = f"values of {name} {'may repeat' if unique else 'are kept apart'}"
    return _verdict(not fault, fault or f"the column {name} of {table} is as expected")


@fails_closed(Verdict.no)
def columns(state: FinalState, path: str, table: str, names: list[str]) -> Verdict:
    """Whether a table has exactly these columns, in this order.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        names: of the columns.
    """
    found = [each.name for each in _table(_read(state, path), table).columns]
    same = [each.casefold() for each in found] == [each.casefold() for each in names]
    return _verdict(same, f"the columns of {table} are {', '.join(found)}")


@fails_closed(Verdict.no)
def index(
    state: FinalState,
    path: str,
    table: str,
    columns: list[str],
    unique: bool | None = None,
    name: str = "",
    descending: list[str] | None = None,
) -> Verdict:
    """Whether a table has an index on exactly these columns, in this order and without a condition.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        columns: of the index.
        unique: whether it is a unique one, null for either.
        name: of the index, "" for any.
        descending: which of the columns run downwards, null for any.
    """
    wanted = tuple(each.casefold() for each in columns)
    found = [
        each
        for each in _read(state, path).indexes.values()
        if each.table == table.casefold() and (not name or each.name == name.casefold())
    ]
    for each in found:
        down = [part for part, falls in zip(each.columns, each.descending, strict=True) if falls]
        right = each.columns == wanted and not each.where
        right = right and (unique is None or each.unique == unique)
        right = right and (descending is None or down == [part.casefold() for part in descending])
        if right:
            return Verdict.yes(f"the index {each.name} is on {', '.join(each.columns)}")
    shown = "; ".join(f"{each.name} on {', '.join(each.columns)}" for each in found)
    return Verdict.no(f"indexes of {table}: {shown or 'none that fits'}")


@fails_closed(Verdict.no)
def foreign_key(
    state: FinalState,
    path: str,
    table: str,
    columns: list[str],
    parent: str,
    parent_columns: list[str],
    on_delete: Literal["", "NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"] = "",
) -> Verdict:
    """Whether columns of a table refer to those of another one.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        columns: that refer.
        parent: table that they refer to.
        parent_columns: of that table.
        on_delete: what a deletion there does, "" for anything.
    """
    found = _table(_read(state, path), table).foreign_keys
    names = tuple(each.casefold() for each in columns)
    parents = {tuple(each.casefold() for each in parent_columns), tuple("" for _ in columns)}
    for each in found:
        right = each.columns == names and each.table == parent.casefold()
        if right and each.parents in parents and on_delete in ("", each.on_delete):
            return Verdict.yes(f"{', '.join(names)} of {table} refers to {parent}")
    return Verdict.no(f"foreign keys of {table}: {list(found)!r}"[:300])


@fails_closed(Verdict.no)
def enforces(
    state: FinalState, path: str, table: str, values: dict[str, Scalar], accepted: bool
) -> Verdict:
    """Whether the table would take a further row, tried on a private copy.

    It shows what constraints mean, however they are written. A row that is refused for another
    reason than a constraint fails the check either way.

    Args:
        state: the final state.
        path: the database.
        table: its name.
        values: of the row, by column.
        accepted: whether it must be taken, otherwise refused by a constraint.
    """
    refusal = accepts(_bytes(state, path), table, values)
    if accepted:
        return _verdict(not refusal, refusal or f"{table} takes {values!r}")
    return _verdict(bool(refusal), refusal or f"{table} takes {values!r}")


@fails_closed(Verdict.no)
def exported(
    state: FinalState,
    path: str,
    rows: list[list[Scalar]],
    delimiter: Literal[",", ";", "\t", "|"] = ",",
    ordered: bool = False,
) -> Verdict:
    """Whether a file of separated values has exactly these rows.

    Quotes, the encoding and the kind of newline do not count; null is an empty field, and numbers
    count by their value.

    Args:
        state: the final state.
        path: the file.
        rows: expected rows, the names of the columns first if they are wanted.
        delimiter: what stands between fields.
        ordered: whether the rows below the first come in this order; without it in any.
    """
    data = state.home.read_bytes(path)
    if len(data) > MAX_DATABASE_BYTES:
        raise DocumentError(f"{path}: {len(data)} bytes, more than {MAX_DATABASE_BYTES}")
    try:
        reader = csv.reader(io.StringIO(read_text(data).text), delimiter=delimiter, strict=True)
        found = [each for each in reader if each]
    except csv.Error as error:
        raise DocumentError(f"{path}: no separated values: {error}") from error
    wanted = [tuple(_field(cell) for cell in each) for each in rows]
    listed = [tuple(_field(cell) for cell in each) for each in found]
    if listed[:1] != wanted[:1]:
        return Verdict.no(f"the first row is {found[:1]!r}"[:300])
    odd = Counter(listed) - Counter(wanted)
    if odd or len(listed) != len(wanted):
        return Verdict.no(f"{len(listed)} rows, wanted {len(wanted)}; odd: {list(odd)[:1]!r}"[:300])
    if ordered and listed != wanted:
        return Verdict.no(f"{path} has the {len(wanted)} rows in another order")
    return Verdict.yes(f"{path} has the {len(wanted)} rows")


@fails_closed(Verdict.no)
def names(
    state: FinalState,
    path: str,
    kind: Literal["table", "view", "index", "trigger"],
    names: list[str],
) -> Verdict:
    """Whether the database has exactly these objects of a kind.

    Args:
        state: the final state.
        path: the database.
        kind: of object.
        names: of all of them.
    """
    database = _read(state, path)
    found: Mapping[str, Mapping[str, object]] = {
        "table": database.tables,
        "view": database.views,
        "index": database.indexes,
        "trigger": database.triggers,
    }
    listed = sorted(found[kind])
    right = listed == sorted(each.casefold() for each in names)
    return _verdict(right, f"{kind}: {', '.join(listed) or 'none'}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    objects: list[str] = [],  # noqa: B006
    columns: dict[str, list[str]] = {},  # noqa: B006
    rows: dict[str, list[Scalar | list[Scalar]]] = {},  # noqa: B006
    new_rows: list[str] = [],  # noqa: B006
    new_columns: dict[str, list[str]] = {},  # noqa: B006
) -> Verdict:
    """Whether everything else is as in the set-up document: meant as a guard.

    Schema and rows count; how the file is laid out, statistics and the order of rows do not.

    Args:
        state: the final state.
        path: the database.
        objects: tables, views, indexes and triggers that may be new, gone or anything.
        columns: by table, columns whose values may be others.
        rows: by table, primary keys of rows that may be new, gone or others.
        new_rows: tables that may have further rows.
        new_columns: by table, columns that it may have gained, whatever they hold.
    """
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    allowed = Allowed(
        objects={each.casefold() for each in objects},
        columns=_folded(columns),
        rows={
            name.casefold(): [tuple(key) if isinstance(key, list) else (key,) for key in keys]
            for name, keys in rows.items()
        },
        new_rows={each.casefold() for each in new_rows},
        new_columns=_folded(new_columns),
    )
    fault = database_fault(read_database(state.initial[path]), _read(state, path), allowed)
    return _verdict(not fault, fault or "nothing else was changed")


def _folded(names: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    return {name.casefold(): {each.casefold() for each in free} for name, free in names.items()}


def _bytes(state: FinalState, path: str) -> bytes:
    data = state.home.read_bytes(path)
    if state.home.exists(f"{path}-wal") and state.home.read_bytes(f"{path}-wal"):
        raise DocumentError(f"{path}: changes lie in a write-ahead log and not in the file")
    return data


def _read(state: FinalState, path: str) -> Database:
    return read_database(_bytes(state, path))


def _table(database: Database, name: str) -> Table:
    if name.casefold() not in database.tables:
        raise DocumentError(f"no table {name}; tables: {', '.join(database.tables) or 'none'}")
    return database.tables[name.casefold()]


def _row_fault(table: Table, row: Row, values: Mapping[str, Scalar], tolerance: float) -> str:
    for name, wanted in values.items():
        at = table.position(name)
        if at is None:
            return f"{table.name} has no column {name}"
        if not same_value(row[at], wanted, tolerance):
            return f"{name} is {row[at]!r}"[:300]
    return ""


def _column_fault(
    found: Column, types: Sequence[str], not_null: bool | None, default: str | None
) -> str:
    if types and found.type not in {each.upper() for each in types}:
        return f"{found.name} is declared {found.type!r}"
    if not_null is not None and found.not_null != not_null:
        return f"{found.name} {'refuses' if found.not_null else 'takes'} NULL"
    if default is not None and found.default != canonical_sql(default):
        return f"the default of {found.name} is {found.default}"
    return ""


def _is_unique(database: Database, table: Table, name: str) -> bool:
    alone = (name.casefold(),)
    indexes = database.indexes.values()
    return alone in table.uniques or any(
        each.unique and not each.where and each.columns == alone
        for each in indexes
        if each.table == table.name.casefold()
    )


def _same_row(one: Row, other: Row, tolerance: float) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(same_value(*pair, tolerance) for pair in pairs)


def _rank(row: Row) -> tuple[tuple[int, float, str], ...]:
    """A key that puts any values in an order: NULL, numbers, then text."""
    return tuple(map(_value_rank, row))


def _value_rank(value: Value) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, int | float):
        return (1, round(float(value), 6), "")
    return (2, 0.0, repr(value))


def _field(value: Scalar) -> str:
    """A field as it is compared: 12, 12.0 and "12.00" are one."""
    text = "" if value is None else str(value)
    plain = _NUMBER.fullmatch(text)
    return repr(float(text)) if plain else text


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
