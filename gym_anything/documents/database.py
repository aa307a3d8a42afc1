"""Read SQLite databases that an agent may have forged: schema, rows and results of queries."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gym_anything.documents.sql_text import canonical_sql, check_clauses, has_words
from gym_anything.documents.sqlite import Row, Value, fetch, list_objects, open_copy, quoted


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: as declared.
        type: declared type in upper case, "" for none.
        not_null: whether NULL is refused.
        default: expression of the default, canonical; None for none.
        key: place in the primary key from 1, 0 if it is not part of it.
    """

    name: str
    type: str
    not_null: bool
    default: str | None
    key: int


@dataclass(frozen=True, slots=True, order=True)
class ForeignKey:
    """Columns that refer to those of another table; actions in upper case, "NO ACTION" for none."""

    columns: tuple[str, ...]
    table: str
    parents: tuple[str, ...]
    on_delete: str
    on_update: str


@dataclass(frozen=True, slots=True)
class Index:
    """An index made by CREATE INDEX; names in lower case, "" stands for an expression."""

    name: str
    table: str
    columns: tuple[str, ...]
    descending: tuple[bool, ...]
    unique: bool
    where: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its rows in the order of storage.

    Attributes:
        name: as declared.
        columns: in order.
        rows: one value for each column.
        foreign_keys: sorted, names in lower case.
        uniques: column names, in lower case, of each UNIQUE constraint.
        checks: conditions of the CHECK constraints, canonical.
        traits: of "autoincrement", "strict", "without rowid", "virtual".
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foreign_keys: tuple[ForeignKey, ...]
    uniques: frozenset[tuple[str, ...]]
    checks: tuple[str, ...]
    traits: frozenset[str]

    @property
    def key(self) -> tuple[int, ...]:
        """Indexes of the columns of the primary key, in its order; () if there is none."""
        parts = [(column.key, at) for at, column in enumerate(self.columns) if column.key]
        return tuple(at for _, at in sorted(parts))

    def position(self, column: str) -> int | None:
        """Index of a column by its name in any case, None if there is none."""
        names = [each.name.casefold() for each in self.columns]
        return names.index(column.casefold()) if column.casefold() in names else None


@dataclass(frozen=True, slots=True)
class Database:
    """A database; all names that are keys are in lower case.

    Attributes:
        tables: with their rows.
        views: canonical definitions.
        triggers: canonical definitions.
        indexes: those with a definition.
    """

    tables: Mapping[str, Table]
    views: Mapping[str, str]
    triggers: Mapping[str, str]
    indexes: Mapping[str, Index]


def run_query(data: bytes, sql: str, before: Sequence[str] = ()) -> list[Row]:
    """Execute a query on a private copy.

    Args:
        data: the database.
        sql: the query.
        before: statements that are executed first, to see what then becomes of the result.

    Raises:
        DocumentError: the database does not answer it, or not in time.
    """
    with open_copy(data) as connection:
        for statement in before:
            connection.execute(statement)
        return fetch(connection, sql)


def accepts(data: bytes, table: str, values: Mapping[str, Value]) -> str:
    """Try to add a row to a private copy.

    Returns:
        "" if the row is accepted, else the constraint that refuses it.

    Raises:
        DocumentError: the table cannot take such a row for another reason than a constraint.
    """
    names = ", ".join(map(quoted, values))
    places = ", ".join("?" for _ in values)
    sql = f"INSERT INTO {quoted(table)} ({names}) VALUES ({places})"
    with open_copy(data) as connection:
        try:
            connection.execute(sql, tuple(values.values()))
        except sqlite3.IntegrityError as error:
            return str(error)
        return ""


def read_database(data: bytes) -> Database:
    """Read schema and rows of all tables.

    Raises:
        DocumentError: no database, damaged, or beyond a limit.
    """
    with open_copy(data) as connection:
        own = list_objects(connection)
        tables = {
            name.casefold(): _table(connection, name, sql)
            for kind, name, _, sql in own
            if kind == "table"
        }
        indexes = {
            name.casefold(): _index(connection, name, owner, sql)
            for kind, name, owner, sql in own
            if kind == "index" and sql
        }
        return Database(
            tables=MappingProxyType(tables),
            views=_definitions(own, "view"),
            triggers=_definitions(own, "trigger"),
            indexes=MappingProxyType(indexes),
        )


def _definitions(objects: Sequence[tuple[str, ...]], wanted: str) -> Mapping[str, str]:
    found = {
        name.casefold(): canonical_sql(sql) for kind, name, _, sql in objects if kind == wanted
    }
    return MappingProxyType(found)


def _table(connection: sqlite3.Connection, name: str, sql: str) -> Table:
    virtual = has_words(sql, "create", "virtual")
    traits = {word for word in ("autoincrement", "strict") if has_words(sql, word)}
    traits |= {"without rowid"} if has_words(sql, "without", "rowid") else set()
    traits |= {"virtual"} if virtual else set()
    listed = fetch(connection, "SELECT * FROM pragma_table_xinfo(?)", (name,))
    columns = tuple(_column(row) for row in listed)
    names = ", ".join(quoted(column.name) for column in columns)
    rows = [] if virtual else fetch(connection, f"SELECT {names} FROM main.{quoted(name)}")
    return Table(
        name=name,
        columns=columns,
        rows=tuple(rows),
        foreign_keys=_foreign_keys(connection, name),
        uniques=_uniques(connection, name),
        checks=check_clauses(sql),
        traits=frozenset(traits),
    )


def _column(row: Row) -> Column:
    _, name, kind, not_null, default, key, _ = row
    return Column(
        name=str(name),
        type=" ".join(str(kind or "").upper().split()),
        not_null=bool(not_null),
        default=None if default is None else canonical_sql(str(default)),
        key=int(str(key)),
    )


def _foreign_keys(connection: sqlite3.Connection, name: str) -> tuple[ForeignKey, ...]:
    listed = fetch(connection, "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq", (name,))
    parts: dict[Value, list[Row]] = {}
    for row in listed:
        parts.setdefault(row[0], []).append(row)
    return tuple(
        sorted(
            ForeignKey(
                columns=tuple(str(row[3]).casefold() for row in rows),
                table=str(rows[0][2]).casefold(),
                parents=tuple(str(row[4] or "").casefold() for row in rows),
                on_delete=str(rows[0][6]).upper(),
                on_update=str(rows[0][5]).upper(),
            )
            for rows in parts.values()
        )
    )


def _uniques(connection: sqlite3.Connection, name: str) -> frozenset[tuple[str, ...]]:
    listed = fetch(connection, "SELECT name FROM pragma_index_list(?) WHERE origin = 'u'", (name,))
    return frozenset(_indexed(connection, str(row[0]))[0] for row in listed)


def _index(connection: sqlite3.Connection, name: str, table: str, sql: str) -> Index:
    query = 'SELECT "unique" FROM pragma_index_list(?) WHERE name = ?'
    unique = fetch(connection, query, (table, name))
    columns, descending = _indexed(connection, name)
    where = canonical_sql(sql).partition(" where ")[2]
    return Index(
        name=name.casefold(),
        table=table.casefold(),
        columns=columns,
        descending=descending,
        unique=unique == [(1,)],
        where=where,
    )


def _indexed(connection: sqlite3.Connection, name: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    query = 'SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE "key" = 1 ORDER BY seqno'
    rows = fetch(connection, query, (name,))
    names = tuple(str(row[0] or "").casefold() for row in rows)
    return names, tuple(bool(row[1]) for row in rows)
