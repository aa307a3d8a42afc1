"""Verifiers of spreadsheets: .ods, .xlsx, .gnumeric and .csv, read by meaning.

Common parameters: `path` is the file, relative to home; `sheet` the name of a sheet, "" for the
first. A value is given as a task's documents write it: a number, text, true or false, or
{"date": "2026-03-04"}. A file that is missing or cannot be read fails every check here.
"""

from __future__ import annotations

import builtins
from typing import Literal, TypeAlias

from gym_anything.documents.address import (
    Range,
    cell_name,
    column_number,
    parse_cell,
    parse_range,
)
from gym_anything.documents.compare import Allowed, describe, differences, row_bag, row_content
from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.expect import (
    Expected,
    FormulaWish,
    LookWish,
    chart_range,
    clipped,
    formula_fault,
    listed,
    look_faults,
    value_fault,
)
from gym_anything.documents.ordering import first_misplaced
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.workbook import Cell, Sheet, Workbook, holds_content
from gym_anything.errors import TaskError, VerifierError
from gym_anything.verify import FinalState, Verdict

Order: TypeAlias = Literal["ascending", "descending"]


@fails_closed(Verdict.no)
def cell(
    state: FinalState,
    path: str,
    cell: str,
    equals: Expected | None = None,
    sheet: str = "",
    tolerance: float = 1e-6,
    ignore_case: bool = False,
    empty: bool = False,
    formula: bool | None = None,
    functions: list[str] = [],  # noqa: B006
    formula_pattern: str = "",
    refers_to: list[str] = [],  # noqa: B006
) -> Verdict:
    """Whether a cell holds what it should.

    Args:
        state: the final state.
        path: the spreadsheet.
        cell: address such as "B9".
        equals: expected value, or result of the formula. Text is compared without space around it;
            a number typed as text ("'42") is no number, except in CSV.
        sheet: its sheet.
        tolerance: how far a number may be off.
        ignore_case: whether letters of any case do.
        empty: the cell must be empty; then nothing else is asked.
        formula: true asks for a formula that looks at other cells (`=40+2` is none), false for a
            value without a formula, null takes both.
        functions: functions that the formula must call, such as ["SUM"].
        formula_pattern: shape of the normal form, with "*" for anything: "=SUM(*)/*".
        refers_to: ranges that the formula itself must look at, such as ["B2:B8"].
    """
    workbook = _read(state, path)
    found_sheet = workbook.sheet(sheet)
    found = _at(found_sheet, cell)
    if empty:
        return _verdict(not holds_content(found), f"{cell} is {describe(found)}")
    fault = ""
    if formula or functions or formula_pattern or refers_to:
        blocks = tuple(_range(each) for each in refers_to)
        wish = FormulaWish(tuple(functions), formula_pattern, blocks)
        fault = formula_fault(found, wish, found_sheet, workbook)
    elif formula is False and found.formula:
        fault = "is a formula"
    if not fault and equals is not None:
        fault = value_fault(found, equals, workbook.kind, tolerance, ignore_case)
    elif not fault and (found.error or not holds_content(found)):
        fault = "is an error" if found.error else "is empty"
    return _verdict(not fault, f"{cell} {fault or 'is right'}: {describe(found)}")


@fails_closed(Verdict.no)
def cells(
    state: FinalState,
    path: str,
    cells: dict[str, Expected | None],
    sheet: str = "",
    tolerance: float = 1e-6,
    ignore_case: bool = False,
) -> Verdict:
    """Whether several cells hold what they should; worth the share of them that do.

    Args:
        state: the final state.
        path: the spreadsheet.
        cells: expected value by address; null is an empty cell.
        sheet: their sheet.
        tolerance: how far numbers may be off.
        ignore_case: whether letters of any case do.
    """
    if not cells:
        raise TaskError("spreadsheet.cells: cells: at least one is needed")
    workbook = _read(state, path)
    found_sheet = workbook.sheet(sheet)
    faults = []
    for address, equals in cells.items():
        found = _at(found_sheet, address)
        if equals is None:
            fault = "must be empty" if holds_content(found) else ""
        else:
            fault = value_fault(found, equals, workbook.kind, tolerance, ignore_case)
        if fault:
            faults.append(f"{address} {fault}: {describe(found)}")
    share = 1 - len(faults) / len(cells)
    return Verdict.part(share, listed(faults) or f"all {len(cells)} cells are right")


@fails_closed(Verdict.no)
def cell_format(
    state: FinalState,
    path: str,
    range: str,
    sheet: str = "",
    bold: bool | None = None,
    italic: bool | None = None,
    underline: bool | None = None,
    wrap: bool | None = None,
    background: str | None = None,
    font_colour: str | None = None,
    align: Literal["", "left", "center", "right", "justify"] | None = None,
    kind: str = "",
    decimals: int | None = None,
    grouped: bool | None = None,
    symbol: str = "",
    pattern: str = "",
) -> Verdict:
    """Whether cells look as they should; worth the share of cells that do. Null is not looked at.

    Args:
        state: the final state.
        path: the spreadsheet (not .csv, which has no looks).
        range: cells such as "A1:E1"; whole rows and columns count as far as the sheet is used.
        sheet: their sheet.
        bold: heavy or not.
        italic: slanted or not.
        underline: underlined or not.
        wrap: whether text breaks into lines.
        background: "#rrggbb", "" for none, "any" for any colour at all.
        font_colour: the same for the text; black counts as none.
        align: "" is by type of the value.
        kind: class of the number format: "number", "percent", "currency", "date", "time",
            "date_time", "scientific", "fraction", "text", "general".
        decimals: digits after the separator.
        grouped: whether thousands are separated.
        symbol: currency sign such as "€"; its code ("EUR") does too.
        pattern: order of a date such as "yyyy-mm-dd".
    """
    found = _read(state, path).sheet(sheet)
    block = clipped(_range(range), found)
    wish = LookWish(
        bold=bold,
        italic=italic,
        underline=underline,
        wrap=wrap,
        background=background,
        font_colour=font_colour,
        align=align,
        kind=kind,
        decimals=decimals,
        grouped=grouped,
        symbol=symbol,
        pattern=pattern,
    )
    if wish == LookWish():
        raise TaskError("spreadsheet.cell_format: at least one thing to look at is needed")
    faults = []
    for row, column in block.cells():
        wrong = look_faults(found.at(row, column), wish)
        if wrong:
            faults.append(f"{cell_name(row, column)}: {', '.join(wrong)}")
    share = 1 - len(faults) / block.size
    return Verdict.part(share, listed(faults) or f"{block} looks as it should")


@fails_closed(Verdict.no)
def sorted(
    state: FinalState,
    path: str,
    range: str,
    column: str,
    order: Order = "ascending",
    sheet: str = "",
    then_column: str = "",
    then_order: Order = "ascending",
) -> Verdict:
    """Whether rows are in order, each still whole.

    Accepts any order of rows that tie, also by letter case or accent. Refuses rows that lost or
    gained a cell against the set-up document, as sorting one column alone does.

    Args:
        state: the final state.
        path: the spreadsheet.
        range: the rows that are sorted, without their header: "A2:E20".
        column: letters of the column sorted by.
        order: of that column; empty cells are last in both.
        sheet: their sheet.
        then_column: column that decides between equal ones, "" for none.
        then_order: its order.
    """
    found = _read(state, path).sheet(sheet)
    block = clipped(_range(range), found)
    if row_bag(_initial(state, path).sheet(sheet), block) != row_bag(found, block):
        return Verdict.no(f"the rows of {range} are not those of the start, each as a whole")
    by = [(_column(column), order == "descending")]
    by += [(_column(then_column), then_order == "descending")] if then_column else []
    at = first_misplaced(found, block, by)
    if at is not None:
        return Verdict.no(f"{cell_name(*at)} ({describe(found.at(*at))}) stands too low")
    return Verdict.yes(f"{range} is sorted by {column} {order}")


@fails_closed(Verdict.no)
def filtered(
    state: FinalState, path: str, range: str, visible: list[int], sheet: str = ""
) -> Verdict:
    """Whether a filter shows exactly these rows and none was deleted for it.

    Args:
        state: the final state.
        path: the spreadsheet (not .csv).
        range: rows that are filtered, with their header: "A1:E20".
        visible: numbers of the data rows that are shown, without the header.
        sheet: their sheet.
    """
    found = _read(state, path).sheet(sheet)
    block = clipped(_range(range), found)
    before = _initial(state, path).sheet(sheet)
    columns = builtins.range(block.left, block.right + 1)
    rows = builtins.range(block.top, block.bottom + 1)
    if any(row_content(before, r, columns) != row_content(found, r, columns) for r in rows):
        return Verdict.no(f"the content of {range} is not that of the start")
    shown = [row for row in rows[1:] if row not in found.hidden_rows]
    evidence = f"visible rows: {', '.join(map(str, shown)) or 'none'}"
    if not any(_range(each).holds(block.top, block.left) for each in found.autofilters):
        return Verdict.no(f"no filter on {range}; {evidence}")
    return _verdict(shown == builtins.sorted(visible), evidence)


@fails_closed(Verdict.no)
def chart(
    state: FinalState,
    path: str,
    kinds: list[str] = [],  # noqa: B006
    values: list[str] = [],  # noqa: B006
    categories: str = "",
    sheet: str = "",
    title: str = "",
) -> Verdict:
    """Whether a sheet has a chart like this.

    Args:
        state: the final state.
        path: the spreadsheet (not .csv).
        kinds: one of these: "column", "bar" (lying), "line", "area", "pie", "doughnut", "scatter",
            "bubble", "radar", "stock"; empty for any.
        values: ranges of its series, no more and no fewer, in any order; empty for any.
        categories: range of the labels (or x values), "" for any.
        sheet: the sheet that it stands on; a range without a sheet is of this one.
        title: its title in any case, "" for any.
    """
    found = _read(state, path).sheet(sheet)
    wanted = {chart_range(str(_range(each)), found.name) for each in values}
    labels_wanted = chart_range(str(_range(categories)), found.name) if categories else None
    seen = []
    for each in found.charts:
        series = {chart_range(one.values, found.name) for one in each.series}
        labels = {chart_range(one.categories, found.name) for one in each.series if one.categories}
        right = not kinds or each.kind in kinds
        right = right and (not wanted or series == wanted)
        right = right and (labels_wanted is None or labels == {labels_wanted})
        right = right and (not title or each.title.strip().casefold() == title.strip().casefold())
        ranges = ", ".join(f"{one.values} by {one.categories or 'nothing'}" for one in each.series)
        seen.append(f"{each.kind} chart of {ranges}, title {each.title!r}")
        if right:
            return Verdict.yes(seen[-1])
    return Verdict.no("; ".join(seen) or f"no chart on {found.name}")


@fails_closed(Verdict.no)
def sheet_names(state: FinalState, path: str, names: list[str], in_order: bool = True) -> Verdict:
    """Whether the sheets have exactly these names.

    Args:
        state: the final state.
        path: the spreadsheet.
        names: names in order.
        in_order: whether their order counts.
    """
    found = list(_read(state, path).sheet_names)
    right = found == names if in_order else builtins.sorted(found) == builtins.sorted(names)
    return _verdict(right, f"sheets: {', '.join(found)}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    ranges: list[str] = [],  # noqa: B006
    contents: list[str] = [],  # noqa: B006
    looks: list[str] = [],  # noqa: B006
    added_sheets: list[str] = [],  # noqa: B006
    removed_sheets: list[str] = [],  # noqa: B006
    formats: bool = True,
) -> Verdict:
    """Whether all the rest is as in the set-up document: meant as a guard.

    Looks at values, formulas (a formula replaced by its result is a change), looks, merged cells,
    sheets and their order, pictures of an .ods file, charts and names. Accepts what loading and
    saving changes by itself. Does not look at column widths, hidden rows, filters, frozen panes and
    new charts.

    Args:
        state: the final state.
        path: the spreadsheet.
        ranges: where anything may change: "B9", "C:C", "Sheet2!A1:B3" (no sheet: the first).
        contents: where the content may change and the look may not, but for the number format that
            a new formula takes over from the cells that it looks at.
        looks: where the look may change and nothing else.
        added_sheets: sheets that may be new.
        removed_sheets: sheets that may be gone.
        formats: whether looks are compared at all.
    """
    allowed = Allowed(
        ranges=tuple(_range(each) for each in ranges),
        contents=tuple(_range(each) for each in contents),
        looks=tuple(_range(each) for each in looks),
        added_sheets=tuple(added_sheets),
        removed_sheets=tuple(removed_sheets),
        formats=formats,
    )
    changes = differences(_initial(state, path), _read(state, path), allowed)
    if changes:
        return Verdict.no(f"{len(changes)} unwanted changes: {listed(changes)}")
    return Verdict.yes("nothing else was changed")


@fails_closed(Verdict.no)
def rows_kept(
    state: FinalState,
    path: str,
    sheet: str = "",
    except_rows: list[int] = [],  # noqa: B006
) -> Verdict:
    """Whether every row of the set-up document is still there, in order: a guard when rows move.

    For tasks that insert or delete rows, where `unchanged_except` would see every row below change.
    Formulas need only still be formulas, as their references move too.

    Args:
        state: the final state.
        path: the spreadsheet.
        sheet: the sheet.
        except_rows: rows of the set-up document that may be gone or changed.
    """
    before = _initial(state, path).sheet(sheet)
    after = _read(state, path).sheet(sheet)
    columns = builtins.range(1, before.used.right + 1)
    rows = builtins.range(1, after.used.bottom + 1)
    left = [row_content(after, row, columns, relative=False) for row in rows]
    for row in builtins.range(1, before.used.bottom + 1):
        content = row_content(before, row, columns, relative=False)
        if row in except_rows or all(part is None for part in content):
            continue
        if content not in left:
            return Verdict.no(f"row {row} of the start is gone, changed or out of order")
        left = left[left.index(content) + 1 :]
    return Verdict.yes("all rows are there in order")


@fails_closed(Verdict.no)
def column_width(
    state: FinalState, path: str, column: str, cm: float, sheet: str = "", tolerance: float = 0.06
) -> Verdict:
    """Whether a column is this wide.

    Args:
        state: the final state.
        path: the spreadsheet (.ods; .xlsx counts in digits of a font, so it is only close).
        column: its letters.
        cm: width in centimetres.
        sheet: its sheet.
        tolerance: how far it may be off, in centimetres.
    """
    found = _read(state, path).sheet(sheet).column_widths.get(_column(column))
    if found is None:
        return Verdict.no(f"column {column} has no width of its own")
    return _verdict(abs(found - cm) <= tolerance, f"column {column} is {found:g} cm wide")


@fails_closed(Verdict.no)
def frozen(
    state: FinalState, path: str, rows: int = 0, columns: int = 0, sheet: str = ""
) -> Verdict:
    """Whether exactly so many rows and columns stay when scrolling.

    Args:
        state: the final state.
        path: the spreadsheet (not .csv).
        rows: frozen rows from the top.
        columns: frozen columns from the left.
        sheet: the sheet.
    """
    found = _read(state, path).sheet(sheet).frozen
    return _verdict(found == (rows, columns), f"frozen rows and columns: {found}")


@fails_closed(Verdict.no)
def merged(state: FinalState, path: str, ranges: list[str], sheet: str = "") -> Verdict:
    """Whether exactly these blocks are merged.

    Args:
        state: the final state.
        path: the spreadsheet (not .csv).
        ranges: blocks such as "A1:C1"; empty for none at all.
        sheet: their sheet.
    """
    found = _read(state, path).sheet(sheet).merged
    right = found == {str(_range(each)) for each in ranges}
    return _verdict(right, f"merged: {', '.join(builtins.sorted(found)) or 'nothing'}")


def _read(state: FinalState, path: str) -> Workbook:
    return read_workbook(state.home.read_bytes(path), path)


def _initial(state: FinalState, path: str) -> Workbook:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    try:
        return read_workbook(state.initial[path], path)
    except DocumentError as error:
        raise VerifierError(f"the set-up document cannot be read: {error}") from error


def _at(sheet: Sheet, address: str) -> Cell:
    try:
        row, column = parse_cell(address)
    except ValueError as error:
        raise TaskError(f"cell: {error}") from error
    return sheet.at(row, column)


def _range(text: str) -> Range:
    try:
        return parse_range(text)
    except ValueError as error:
        raise TaskError(f"range: {error}") from error


def _column(letters: str) -> int:
    try:
        return column_number(letters)
    except ValueError as error:
        raise TaskError(f"column: {error}") from error


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
