"""Verifiers of a web application: what its database holds at the end, and what was downloaded.

Common parameters: `path` is the application's SQLite database, relative to home; it must be among
the task's documents. `key` and `values` are objects of columns and their values: numbers are equal
however they are stored, text is compared without blanks around it. A database that is missing,
damaged or beyond a limit fails every check here.

That the database is whole and that everything else in it stayed as it was says `unchanged_except`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.number import parse_number
from gym_anything.documents.sqlite import Value
from gym_anything.documents.tables import Record, Tables, read_tables
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict

Field: TypeAlias = int | float | str | None

MAX_CSV_BYTES = 2 << 20
MAX_DOWNLOADS = 20


@fails_closed(Verdict.no)
def record(
    state: FinalState,
    path: str,
    table: str,
    key: dict[str, Field],
    values: dict[str, Field],
) -> Verdict:
    """Whether exactly one record has this key, and it has these values.

    Args:
        state: the final state.
        path: the database.
        table: its table.
        key: columns that tell the record from others.
        values: columns that are judged; others do not count.
    """
    found = _matching(_rows(_final(state, path), table), key)
    if len(found) != 1:
        return Verdict.no(f"{table}: {len(found)} records with {key}")
    wrong = _difference(found[0], values)
    if wrong:
        return Verdict.no(f"{table} {key}: {wrong}")
    return Verdict.yes(f"{table} {key} is as expected")


@fails_closed(Verdict.no)
def count(
    state: FinalState, path: str, table: str, values: dict[str, Field], count: int
) -> Verdict:
    """Whether a table has exactly so many records with these values.

    Args:
        state: the final state.
        path: the database.
        table: its table.
        values: columns that must agree; empty for all records.
        count: how many.
    """
    found = len(_matching(_rows(_final(state, path), table), values))
    evidence = f"{table}: {found} records with {values}"
    return Verdict.yes(evidence) if found == count else Verdict.no(evidence)


@fails_closed(Verdict.no)
def added(
    state: FinalState, path: str, table: str, values: dict[str, Field], count: int = 1
) -> Verdict:
    """Whether exactly so many records are new since the start, and each has these values.

    Refuses a further new record with other values, such as one entered by mistake.

    Args:
        state: the final state.
        path: the database.
        table: its table.
        values: columns that are judged.
        count: how many records are new.
    """
    new = list(_new(_initial(state, path), _final(state, path), table).values())
    if len(new) != count:
        return Verdict.no(f"{table}: {len(new)} new records, not {count}")
    wrong = next((fault for row in new if (fault := _difference(row, values))), "")
    if wrong:
        return Verdict.no(f"{table}: new record: {wrong}")
    return Verdict.yes(f"{table}: {count} new records as expected")


@fails_closed(Verdict.no)
def related(
    state: FinalState,
    path: str,
    table: str,
    key: dict[str, Field],
    children: str,
    column: str,
    rows: list[dict[str, Field]],
) -> Verdict:
    """Whether a record has exactly these records that refer to it, in any order.

    Args:
        state: the final state.
        path: the database.
        table: table of the record, whose primary key is `id`.
        key: columns that tell the record from others.
        children: table of the records that refer to it.
        column: their column that holds its id.
        rows: values of each; columns that are not named do not count.
    """
    final = _final(state, path)
    found = _matching(_rows(final, table), key)
    if len(found) != 1:
        return Verdict.no(f"{table}: {len(found)} records with {key}")
    left = _matching(_rows(final, children), {column: _plain(found[0].get("id"))})
    if len(left) != len(rows):
        return Verdict.no(f"{table} {key} has {len(left)} {children}, not {len(rows)}")
    for wanted in rows:
        match = next((row for row in left if not _difference(row, wanted)), None)
        if match is None:
            return Verdict.no(f"{table} {key} has no {children} with {wanted}")
        left.remove(match)
    return Verdict.yes(f"{table} {key} has {len(rows)} {children} as expected")


@fails_closed(Verdict.no)
def audited(
    state: FinalState,
    path: str,
    entity: str,
    action: str,
    ids: list[int] = [],  # noqa: B006
) -> Verdict:
    """Whether the audit trail says that the application itself did something to these records.

    A record that was written into the database behind the application's back has no such entry.

    Args:
        state: the final state.
        path: the database; its table `audit` has action, entity and entity_id.
        entity: table of the records.
        action: what was done.
        ids: their ids; empty for all records of the table that are new.
    """
    before, after = _initial(state, path), _final(state, path)
    wanted = set(ids) or set(_new(before, after, entity))
    if not wanted:
        return Verdict.no(f"{entity}: no record is new")
    entries = _new(before, after, "audit").values()
    done = {
        each.get("entity_id")
        for each in entries
        if each.get("entity") == entity and each.get("action") == action
    }
    missing = sorted(wanted - done)
    if missing:
        return Verdict.no(f"audit: no {action!r} of {entity} {missing[:5]}")
    return Verdict.yes(f"audit: {action!r} of {len(wanted)} {entity}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    changes: dict[str, list[int]] = {},  # noqa: B006
    columns: dict[str, list[str]] = {},  # noqa: B006
    added: list[str] = ["audit"],  # noqa: B006
) -> Verdict:
    """Whether the database is whole and all else in it is as at the start: meant as a guard.

    Refuses another schema, a record that is gone, a reference to nothing, an audit entry that was
    changed, and a change of any other record or column.

    Args:
        state: the final state.
        path: the database.
        changes: ids of the records that may be changed, by table.
        columns: columns of them that may be changed, by table; a table that is not named: all.
        added: tables that may have further records.
    """
    before, after = _initial(state, path), _final(state, path)
    if before.schema != after.schema:
        return Verdict.no("the schema is another")
    if after.broken:
        return Verdict.no(f"references to nothing: {', '.join(after.broken)}")
    for table, rows in before.rows.items():
        gone = rows.keys() - after.rows[table].keys()
        if gone:
            return Verdict.no(f"{table}: records {sorted(gone)[:5]} are gone")
        new = _new(before, after, table)
        if new and table not in added:
            return Verdict.no(f"{table}: records {sorted(new)[:5]} are new")
        for number, row in rows.items():
            free = columns.get(table, list(row)) if number in changes.get(table, ()) else []
            fixed = {name: _plain(value) for name, value in row.items() if name not in free}
            wrong = _difference(after.rows[table][number], fixed, exact=True)
            if wrong:
                return Verdict.no(f"{table} {number}: {wrong}")
    return Verdict.yes("nothing else was changed")


@fails_closed(Verdict.no)
def downloaded_csv(
    state: FinalState,
    header: list[str],
    rows: list[list[Field]],
    folder: str = "Downloads",
    ordered: bool = False,
) -> Verdict:
    """Whether the last download, or the only one, is a CSV file with exactly these rows.

    Numbers may be written in any way, columns may stand in another order. Of several files of the
    same name, which the browser numbers, the one with the highest number is judged.

    Args:
        state: the final state.
        header: labels of the columns.
        rows: values under them.
        folder: where it was downloaded to.
        ordered: whether the order of the rows counts.
    """
    names = [name for name in state.home.list(folder) if name.lower().endswith(".csv")]
    if not 1 <= len(names) <= MAX_DOWNLOADS:
        return Verdict.no(f"{folder}: {len(names)} CSV files")
    last = max(names, key=lambda name: (len(name), name))
    data = state.home.read_bytes(f"{folder}/{last}")
    if len(data) > MAX_CSV_BYTES:
        raise DocumentError(f"{last}: {len(data)} bytes, more than {MAX_CSV_BYTES}")
    found = _csv_rows(last, data, header)
    wanted = [tuple(_cell(value) for value in row) for row in rows]
    if ordered and sorted(found, key=repr) == sorted(wanted, key=repr) and found != wanted:
        return Verdict.no(f"{last}: the rows are in another order")
    strange, missing = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
    if strange or missing:
        shown = f"also {next(iter(strange))}" if strange else f"missing {next(iter(missing))}"
        return Verdict.no(f"{last}: {len(found)} rows, {len(wanted)} expected; {shown}"[:300])
    return Verdict.yes(f"{last} has the {len(wanted)} rows")


def _csv_rows(name: str, data: bytes, header: list[str]) -> list[tuple[object, ...]]:
    try:
        table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DocumentError(f"{name}: not CSV: {error}") from error
    head, *body = table or [[]]
    if sorted(head) != sorted(header):
        raise DocumentError(f"{name}: the columns are {head}"[:200])
    places = [head.index(label) for label in header]
    short = next((row for row in body if row and len(row) != len(head)), None)
    if short is not None:
        raise DocumentError(f"{name}: a row of {len(short)} values")
    return [tuple(_cell(row[at]) for at in places) for row in body if row]


def _cell(value: Field) -> object:
    """What a value of a CSV file means: a number if it is one, else its text."""
    if value is None:
        return ""
    if isinstance(value, str):
        number = parse_number(value) if value[:1].isdigit() and "-" not in value else None
        return value.strip() if number is None else round(float(number), 6)
    return round(float(value), 6)


def _final(state: FinalState, path: str) -> Tables:
    return read_tables(state.home.read_bytes(path))


def _initial(state: FinalState, path: str) -> Tables:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return read_tables(state.initial[path])


def _rows(tables: Tables, table: str) -> Iterable[Record]:
    if table not in tables.rows:
        raise DocumentError(f"there is no table {table}")
    return tables.rows[table].values()


def _new(before: Tables, after: Tables, table: str) -> Mapping[int, Record]:
    if table not in before.rows:
        raise TaskError(f"table: {table!r} is not in the set-up database")
    if table not in after.rows:
        raise DocumentError(f"there is no table {table}")
    old = before.rows[table]
    return {number: row for number, row in after.rows[table].items() if number not in old}


def _matching(rows: Iterable[Record], values: Mapping[str, Field]) -> list[Record]:
    return [row for row in rows if not _difference(row, values)]


def _difference(row: Record, values: Mapping[str, Field], exact: bool = False) -> str:
    """The first column whose value is another; "" if all agree."""
    for name, wanted in values.items():
        if name not in row:
            return f"there is no column {name}"
        found = _plain(row[name])
        if not _same(found, wanted, exact):
            return f"{name} is {str(found)[:80]!r}, not {str(wanted)[:80]!r}"
    return ""


def _same(found: Field, wanted: Field, exact: bool) -> bool:
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(found - wanted) < 1e-9
    if isinstance(wanted, str) and isinstance(found, str):
        return found == wanted or (not exact and found.strip() == wanted.strip())
    return type(found) is type(wanted) and found == wanted


def _plain(value: Value) -> Field:
    """A value as a parameter has it; bytes, which no check compares, as their text."""
    return value.hex() if isinstance(value, bytes) else value
