"""Say what differs between two databases beyond what may. After the reader in the flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gym_anything.documents.database import Database, Table
from gym_anything.documents.sqlite import Row, Value

Key = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may differ; all names are in lower case.

    Attributes:
        objects: tables, views, indexes and triggers that may be new, gone or anything.
        columns: by table, columns whose values may be others.
        rows: by table, primary keys of rows that may be new, gone or others.
        new_rows: tables that may have further rows.
        new_columns: by table, columns that it may have gained.
    """

    objects: Collection[str] = ()
    columns: Mapping[str, Collection[str]] = field(default_factory=dict)
    rows: Mapping[str, Collection[Key]] = field(default_factory=dict)
    new_rows: Collection[str] = ()
    new_columns: Mapping[str, Collection[str]] = field(default_factory=dict)


def database_fault(before: Database, after: Database, allowed: Allowed) -> str:
    """The first difference that is not allowed, in words; "" if there is none."""
    return next(_faults(before, after, allowed), "")


def same_value(one: Value, other: Value, tolerance: float = 0.0) -> bool:
    """Whether two values are equal; 42 and 42.0 are, 42 and "42" are not."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or abs(one - other) <= tolerance
    return type(one) is type(other) and one == other


def _faults(before: Database, after: Database, allowed: Allowed) -> Iterator[str]:
    kinds: Sequence[tuple[str, Mapping[str, object], Mapping[str, object]]] = (
        ("table", before.tables, after.tables),
        ("view", before.views, after.views),
        ("trigger", before.triggers, after.triggers),
        ("index", before.indexes, after.indexes),
    )
    for kind, old, new in kinds:
        for name in sorted(set(old) | set(new)):
            if name in allowed.objects:
                continue
            if name not in new:
                yield f"the {kind} {name} is gone"
            elif name not in old:
                yield f"the {kind} {name} is new"
            elif kind != "table" and old[name] != new[name]:
                yield f"the {kind} {name} is another"
    for name in sorted(set(before.tables) & set(after.tables) - set(allowed.objects)):
        gained = set(allowed.new_columns.get(name, ())) - _names(before.tables[name])
        now = _without(after.tables[name], gained)
        yield from _table_faults(name, before.tables[name], now, allowed)


def _table_faults(name: str, before: Table, after: Table, allowed: Allowed) -> Iterator[str]:
    if replace(before, rows=()) != replace(after, rows=()):
        yield f"the definition of the table {name} is another"
        return
    free = {before.position(column) for column in allowed.columns.get(name, ())}
    old, new = (_masked(table, free) for table in (before, after))
    if not before.key:
        yield from _unkeyed_faults(name, old, new, name in allowed.new_rows)
        return
    before_rows, after_rows = _by_key(before, old), _by_key(after, new)
    anything = set(allowed.rows.get(name, ()))
    for key in before_rows.keys() - anything:
        if key not in after_rows:
            yield f"{name}: the row {_shown(key)} is gone"
        elif before_rows[key] != after_rows[key]:
            yield f"{name}: the row {_shown(key)} is {after_rows[key]!r}"[:300]
    further = after_rows.keys() - before_rows.keys() - anything
    if further and name not in allowed.new_rows:
        yield f"{name}: the row {_shown(min(further, key=repr))} is new"


def _unkeyed_faults(
    name: str, old: Sequence[Row], new: Sequence[Row], may_add: bool
) -> Iterator[str]:
    gone, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if gone:
        yield f"{name}: a row {next(iter(gone))!r} is gone"[:300]
    if added and not may_add:
        yield f"{name}: a row {next(iter(added))!r} is new"[:300]


def _names(table: Table) -> set[str]:
    return {column.name.casefold() for column in table.columns}


def _without(table: Table, names: Collection[str]) -> Table:
    """The table as it would be without some columns."""
    kept = [at for at, column in enumerate(table.columns) if column.name.casefold() not in names]
    columns = tuple(table.columns[at] for at in kept)
    return replace(
        table, columns=columns, rows=tuple(tuple(row[at] for at in kept) for row in table.rows)
    )


def _masked(table: Table, free: Collection[int | None]) -> list[Row]:
    """Rows without the values that may be anything; the key is always kept."""
    kept = [at for at in range(len(table.columns)) if at not in free or at in table.key]
    return [tuple(row[at] for at in kept) for row in table.rows] if free else list(table.rows)


def _by_key(table: Table, rows: Sequence[Row]) -> dict[Key, Row]:
    return dict(zip((tuple(row[at] for at in table.key) for row in table.rows), rows, strict=True))


def _shown(key: Key) -> str:
    return repr(key[0] if len(key) == 1 else key)
