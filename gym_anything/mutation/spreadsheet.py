"""Mutations of spreadsheets (.ods, .xlsx): values, formulas, looks, rows, sheets and charts.

Both kinds are edited as the XML that they are, so that all the rest stays as it is. A formula that
is changed gets another result too, as if the application had computed it.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.safe import unpack
from gym_anything.documents.writers.container import pack
from gym_anything.mutation.base import Mutation
from gym_anything.mutation.sheet_ods import OdsDraft
from gym_anything.mutation.sheet_parts import Draft
from gym_anything.mutation.sheet_xlsx import XlsxDraft

SUFFIXES = (".ods", ".xlsx")
_CELLS = 10  # how many cells of a file each kind of change is tried on
_LOOKS = ("bold", "background", "format")


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Change what the spreadsheet says or looks like, one place at a time.

    Args:
        data: the file.
        rng: chooses cells.

    Returns:
        Dozens of mutations; only the cut ones for a file that cannot be unpacked.
    """
    yield Mutation("emptied", b"")
    yield Mutation("cut off at three quarters", data[: len(data) * 3 // 4])
    try:
        start = _open(data)
    except DocumentError:
        return
    yield from _cell_changes(data, rng, start)
    yield from _swaps(data, rng, start)
    yield from _row_changes(data, start)
    for name, change in _whole_changes(start):
        draft = _open(data)
        change(draft)
        yield Mutation(name, draft.data())


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Write the same spreadsheet in other bytes.

    Args:
        data: the file.
        rng: not used.

    Returns:
        Mutations in packing, metadata, XML and how numbers are written; none if it cannot be read.
    """
    try:
        start = _open(data)
    except DocumentError:
        return
    members = dict(start.members)
    packed = pack(members)
    if packed != data:
        yield Mutation("packed anew, other times", packed)
    first, *rest = members
    yield Mutation("other order of members", pack({n: members[n] for n in (first, *rest[::-1])}))
    changes: tuple[tuple[str, Callable[[Draft], None]], ...] = (
        ("XML written anew", lambda draft: draft.rewrite()),
        ("numbers written with more zeros", lambda draft: draft.lengthen_numbers()),
        ("other metadata", lambda draft: draft.change_metadata()),
        ("comments and white space between the rows", lambda draft: draft.loosen()),
    )
    for name, change in changes:
        draft = _open(data)
        change(draft)
        yield Mutation(name, draft.data())


def _open(data: bytes) -> Draft:
    """The parts of a spreadsheet. Raises DocumentError."""
    members = unpack(data, ("",))
    return OdsDraft(members) if "content.xml" in members else XlsxDraft(members)


def _cell_changes(data: bytes, rng: random.Random, start: Draft) -> Iterator[Mutation]:
    places = start.cells()
    with_formula = [at for at, (_, cell) in enumerate(places) if start.formula(cell)]
    others = [at for at in range(len(places)) if at not in with_formula]
    for at in (*_some(others, rng), *_some(with_formula, rng)):
        place, cell = places[at]
        changes: list[tuple[str, Callable[[Draft, etree._Element], bool]]] = [
            ("emptied", lambda draft, cell: draft.empty(cell)),
        ]
        if start.formula(cell):
            changes.append(("formula replaced by its result", lambda d, c: d.drop_formula(c)))
            changes.append(("another formula", lambda d, c: d.alter_formula(c)))
        else:
            changes.append(("another value", lambda d, c: d.alter_value(c, small=True)))
            changes.append(("a wholly different value", lambda d, c: d.alter_value(c, small=False)))
        for look in _LOOKS:
            changes.append((f"other {look}", lambda d, c, look=look: d.alter_look(c, look)))  # type: ignore[misc]
        for words, change in changes:
            draft = _open(data)
            if change(draft, draft.cells()[at][1]):
                yield Mutation(f"cell {place}: {words}", draft.data())


def _swaps(data: bytes, rng: random.Random, start: Draft) -> Iterator[Mutation]:
    """Contents of two cells of one column that are not the same, without formulas."""
    places = start.cells()
    plain = [at for at, (_, cell) in enumerate(places) if not start.formula(cell)]
    shown = {at: start.shown(places[at][1]).casefold() for at in plain}
    column = {at: _column(places[at][0]) for at in plain}
    pairs = set()
    for at in _some(plain, rng):
        others = [o for o in plain if column[o] == column[at] and shown[o] != shown[at]]
        if others:
            second = rng.choice(others)
            pairs.add((min(at, second), max(at, second)))
    for first, second in sorted(pairs):
        draft = _open(data)
        cells = draft.cells()
        draft.swap(cells[first][1], cells[second][1])
        yield Mutation(f"cells {places[first][0]} and {places[second][0]}: swapped", draft.data())


def _column(place: str) -> str:
    return place.rstrip("0123456789")


def _row_changes(data: bytes, start: Draft) -> Iterator[Mutation]:
    count = len(start.rows())
    for at in sorted({0, count // 2, count - 1} if count else ()):
        draft = _open(data)
        draft.delete_row(draft.rows()[at])
        yield Mutation(f"row {at + 1} of those with content: deleted", draft.data())


def _whole_changes(start: Draft) -> Sequence[tuple[str, Callable[[Draft], object]]]:
    changes: list[tuple[str, Callable[[Draft], object]]] = [
        ("first sheet renamed", lambda draft: draft.rename_sheet()),
    ]
    if start.merged():
        changes.append(("merged cells apart", lambda draft: draft.unmerge()))
    if start.hidden_rows():
        changes.append(("hidden rows shown", lambda draft: draft.show_rows()))
    if start.chart_parts():
        changes.append(("another kind of chart", lambda draft: draft.alter_chart_kind()))
        changes.append(("another range in the chart", lambda draft: draft.alter_chart_range()))
    if start.pictures():
        changes.append(("a picture is gone", lambda draft: _remove(draft.pictures()[-1])))
        changes.append(("a picture is there twice", lambda draft: _double(draft.pictures()[-1])))
    return changes


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _double(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def _some(places: Sequence[int], rng: random.Random) -> list[int]:
    return sorted(rng.sample(list(places), min(_CELLS, len(places))))
