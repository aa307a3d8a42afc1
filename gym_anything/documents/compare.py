"""Compare spreadsheets by meaning: what an application changes by loading and saving is no change.

LibreOffice computes formulas anew, gives a formula without a number format one that suits its
arguments, marks truth values by a format, and wraps cells with several lines; it does not move,
drop or round anything.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gym_anything.documents.address import Range, cell_name, parse_range, quoted_sheet
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.formula import names_of, references_of, relative_formula
from gym_anything.documents.number import same_number
from gym_anything.documents.number_format import GENERAL, FormatKind
from gym_anything.documents.workbook import (
    Cell,
    Sheet,
    Style,
    Value,
    Workbook,
    WorkbookKind,
    holds_content,
)

_RELATIVE = 1e-12  # numbers survive a file as 15 to 17 digits
_MAX_LISTED = 10_000  # cells of one block that are looked at one by one
_BY_FUNCTION = (FormatKind.DATE, FormatKind.TIME, FormatKind.DATE_TIME, FormatKind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may differ between two workbooks. A range without a sheet is of the first one.

    Attributes:
        ranges: blocks where anything may change.
        contents: blocks where the content may change and the look may not, but for the number
            format that a new formula takes over from the cells that it looks at.
        looks: blocks where only the look may change.
        added_sheets: names of sheets that may be new.
        removed_sheets: names of sheets that may be gone.
        formats: whether a changed look is a difference at all.
    """

    ranges: tuple[Range, ...] = ()
    contents: tuple[Range, ...] = ()
    looks: tuple[Range, ...] = ()
    added_sheets: tuple[str, ...] = ()
    removed_sheets: tuple[str, ...] = ()
    formats: bool = True


def differences(initial: Workbook, final: Workbook, allowed: Allowed) -> list[str]:
    """What was changed that must not be, in words; empty if nothing.

    Compared: sheets and their order, values, formulas (not their results), looks, merged cells,
    pictures, charts and defined names of the initial workbook. Not compared: column widths, hidden
    rows, filters, frozen panes, and further charts.
    """
    found = _sheet_differences(initial, final, allowed)
    first = initial.sheets[0].name
    finals = {sheet.name.casefold(): sheet for sheet in final.sheets}
    for sheet in initial.sheets:
        after = finals.get(sheet.name.casefold())
        if initial.kind is WorkbookKind.CSV:
            after = final.sheets[0]
        if after is not None:
            ranges = _of_sheet(allowed.ranges, sheet.name, first)
            contents = _of_sheet(allowed.contents, sheet.name, first)
            looks = _of_sheet(allowed.looks, sheet.name, first)
            limits = replace(allowed, ranges=ranges, contents=contents, looks=looks)
            found += _cell_differences(sheet, after, limits, final)
    for name, meaning in initial.names.items():
        if final.names.get(name) != meaning:
            found.append(f"name {name} was {meaning}, is {final.names.get(name, 'gone')}")
    return found


def _sheet_differences(initial: Workbook, final: Workbook, allowed: Allowed) -> list[str]:
    if initial.kind is WorkbookKind.CSV:
        return []
    added = {name.casefold() for name in allowed.added_sheets}
    removed = {name.casefold() for name in allowed.removed_sheets}
    before = [name for name in initial.sheet_names if name.casefold() not in removed]
    after = [name for name in final.sheet_names if name.casefold() not in added | removed]
    if [name.casefold() for name in before] == [name.casefold() for name in after]:
        return []
    return [f"sheets were {', '.join(before)}, are {', '.join(after) or 'none of them'}"]


def _of_sheet(ranges: Iterable[Range], name: str, first: str) -> tuple[Range, ...]:
    return tuple(r for r in ranges if (r.sheet or first).casefold() == name.casefold())


def _cell_differences(before: Sheet, after: Sheet, allowed: Allowed, final: Workbook) -> list[str]:
    found = []
    prefix = f"{quoted_sheet(before.name)}!"
    for row, column in sorted({*before.cells, *after.cells}):
        if _inside(allowed.ranges, row, column):
            continue
        old, new = before.at(row, column), after.at(row, column)
        name = f"{prefix}{cell_name(row, column)}"
        free = _inside(allowed.contents, row, column)
        if not free and not same_content(old, new, final.kind):
            found.append(f"{name} was {describe(old)}, is {describe(new)}")
        elif allowed.formats and not _inside(allowed.looks, row, column):
            found += [f"{name} {change}" for change in look_changes(old, new, after, final)]
    blocks = (*allowed.ranges, *allowed.looks)
    for block in sorted(before.merged ^ after.merged):
        if not any(each.covers(parse_range(block)) for each in blocks):
            change = "no longer" if block in before.merged else "newly"
            found.append(f"{prefix}{block} is {change} merged")
    left = list(after.charts)
    for chart in before.charts:
        if chart in left:
            left.remove(chart)
        else:
            found.append(f"a {chart.kind} chart of {before.name} is gone or changed")
    if final.kind is WorkbookKind.ODS and Counter(before.pictures) != Counter(after.pictures):
        found.append(f"the pictures of {before.name} changed")
    return found


def _inside(ranges: Iterable[Range], row: int, column: int) -> bool:
    return any(block.holds(row, column) for block in ranges)


def same_content(old: Cell, new: Cell, kind: WorkbookKind) -> bool:
    """Whether two cells hold the same formula, or the same value and no formula."""
    if old.formula or new.formula:
        return old.formula == new.formula
    return same_value(old.value, new.value, kind)


def same_value(
    old: Value, new: Value, kind: WorkbookKind, abs_tol: float = 0.0, ignore_case: bool = False
) -> bool:
    """Whether two values mean the same.

    Args:
        old: one value; "" is the same as None.
        new: the other one.
        kind: in a CSV file "2.50" is the same as "2.5"; elsewhere text is never a number.
        abs_tol: how far apart numbers may be.
        ignore_case: whether "Tea" is the same as "TEA".
    """
    old, new = (None if value == "" else value for value in (old, new))
    if isinstance(old, bool) or isinstance(new, bool):
        return _same_truth(old, new, kind)
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=_RELATIVE, abs_tol=max(abs_tol, 1e-15))
    if kind is WorkbookKind.CSV and _csv_same(old, new, abs_tol):
        return True
    if isinstance(old, str) and isinstance(new, str):
        return old == new or (ignore_case and old.casefold() == new.casefold())
    if isinstance(old, dt.timedelta) and isinstance(new, dt.timedelta):
        return abs(old - new) < dt.timedelta(milliseconds=1)
    if isinstance(old, dt.datetime) and isinstance(new, dt.datetime):
        return abs(old - new) < dt.timedelta(milliseconds=1)
    return type(old) is type(new) and old == new


def _same_truth(old: Value, new: Value, kind: WorkbookKind) -> bool:
    if kind is WorkbookKind.CSV:
        return str(old).upper() == str(new).upper()
    return isinstance(old, bool) and isinstance(new, bool) and old == new


def _csv_same(old: Value, new: Value, abs_tol: float) -> bool:
    """Numbers as in any table; a date as its ISO text; a code such as 007 only as it stands."""
    texts = [str(v) if isinstance(v, str | dt.date) else "" for v in (old, new)]
    if all(texts) and texts[0] == texts[1]:
        return True
    if any(len(text) > 1 and text[0] == "0" and text.isdigit() for text in texts):
        return False
    return same_number(old, new, abs_tol=max(abs_tol, 1e-9))


def look_changes(old: Cell, new: Cell, sheet: Sheet, workbook: Workbook) -> list[str]:
    """What changed in the look of a cell by hand, in words.

    Args:
        old: the cell before.
        new: the cell after.
        sheet: its sheet after.
        workbook: all sheets after.
    """
    before, after = _settled(old.style, old), _settled(new.style, new)
    changes = []
    for name in ("bold", "italic", "underline", "background", "font_colour", "align", "wrap"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            changes.append(f"had {name} {was or 'none'}, has {now or 'none'}")
    shown = holds_content(old) or holds_content(new)
    if (
        shown
        and before.format != after.format
        and not _is_given(before, after, new, sheet, workbook)
    ):
        changes.append(f"was shown as {before.format.kind}, is as {after.format.kind}")
    return changes


def _is_given(before: Style, after: Style, new: Cell, sheet: Sheet, workbook: Workbook) -> bool:
    """Whether an application gave a formula its number format: that of a cell it looks at.

    Functions that make dates and truth values give these formats by themselves.
    """
    if not new.formula or before.format != GENERAL:
        return False
    sheets = {each.name.casefold(): each for each in workbook.sheets}
    given = {
        cell.style.format
        for block in references_of(new.formula)
        if (seen := sheets.get(block.sheet.casefold()) if block.sheet else sheet)
        for at, cell in seen.cells.items()
        if block.holds(*at)
    }
    return after.format in given or after.format.kind in _BY_FUNCTION


def _settled(style: Style, cell: Cell) -> Style:
    """The look without what an application adds by itself."""
    if isinstance(cell.value, bool):
        style = replace(style, format=GENERAL)
    if isinstance(cell.value, str) and "\n" in cell.value:
        style = replace(style, wrap=False)
    return style


def describe(cell: Cell) -> str:
    """A cell in words for evidence."""
    if cell.formula:
        return f"{shorten(cell.formula)} ({show_value(cell.value)})"
    return show_value(cell.value)


def show_value(value: Value) -> str:
    """A value in words for evidence."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, str):
        return f"text {shorten(value)!r}"
    return f"{value}"


def shorten(text: str, limit: int = 80) -> str:
    """A text of at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def covered_by_formula(formula: str, wanted: Range, sheet: str, names: Mapping[str, str]) -> bool:
    """Whether a formula itself looks at every cell of a block.

    Args:
        formula: in normal form, standing in `sheet`.
        wanted: the block; without a sheet it is of `sheet`.
        sheet: name of a sheet.
        names: defined names of the workbook.

    Raises:
        DocumentError: a block of more than 10,000 cells that no single reference covers.
    """
    blocks = list(references_of(formula))
    for name in names_of(formula):
        blocks += references_of(names.get(name, ""))
    target = (wanted.sheet or sheet).casefold()
    mine = [block for block in blocks if (block.sheet or sheet).casefold() == target]
    if any(block.covers(wanted) for block in mine):
        return True
    if wanted.size > _MAX_LISTED:
        raise DocumentError(f"no single reference covers {wanted}")
    return all(_inside(mine, row, column) for row, column in wanted.cells())


def row_content(
    sheet: Sheet, row: int, columns: Sequence[int], relative: bool = True
) -> tuple[object, ...]:
    """What a row holds, so that equal rows compare equal wherever they stand.

    Args:
        sheet: the sheet.
        row: from 1.
        columns: which columns.
        relative: give formulas as seen from their cell; else only that there is one.
    """
    parts: list[object] = []
    for column in columns:
        cell = sheet.at(row, column)
        if cell.formula and relative:
            parts.append(relative_formula(cell.formula, row, column))
        elif cell.formula:
            parts.append("=")
        else:
            parts.append(_comparable(cell.value))
    return tuple(parts)


def row_bag(sheet: Sheet, block: Range) -> Counter[tuple[object, ...]]:
    """The rows of a block as `row_content` sees them, in no order."""
    columns = range(block.left, block.right + 1)
    return Counter(row_content(sheet, row, columns) for row in range(block.top, block.bottom + 1))


def _comparable(value: Value) -> object:
    """A value that compares equal to itself after a file, and a truth value never to a number."""
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, int | float):
        return float(f"{value:.12g}")
    return None if value == "" else value
