"""What a check expects of spreadsheet cells, against what is there. Faults are told in words.

Shared by the verifiers of spreadsheets; an expectation that cannot be met by any document is a
TaskError.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from gym_anything.documents.address import Range, parse_range
from gym_anything.documents.compare import covered_by_formula, same_value
from gym_anything.documents.formula import functions_of, has_reference, normal_formula
from gym_anything.documents.number_format import FormatKind
from gym_anything.documents.workbook import Cell, Sheet, Style, Value, Workbook, WorkbookKind
from gym_anything.errors import TaskError, did_you_mean

Expected: TypeAlias = bool | int | float | str | dict[str, str]
"""A value as JSON: a number, text, true, false, or {"date": "2026-03-04"}."""

_CODES = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


@dataclass(frozen=True, slots=True)
class FormulaWish:
    """What a formula must be like.

    Attributes:
        functions: names that it must call.
        pattern: shape of its normal form, "*" for anything, "" for any shape.
        refers_to: blocks that it must look at itself.
    """

    functions: tuple[str, ...] = ()
    pattern: str = ""
    refers_to: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class LookWish:
    """How cells must look; None and "" are not looked at. See the verifier `cell_format`."""

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    wrap: bool | None = None
    background: str | None = None
    font_colour: str | None = None
    align: str | None = None
    kind: str = ""
    decimals: int | None = None
    grouped: bool | None = None
    symbol: str = ""
    pattern: str = ""


def expected_value(equals: Expected) -> Value:
    """Read an expected value. Raises TaskError unless it is one."""
    if not isinstance(equals, dict):
        return equals
    if set(equals) != {"date"}:
        raise TaskError(f"equals: expected a value or {{'date': '2026-03-04'}}, got {equals!r}")
    try:
        return dt.date.fromisoformat(equals["date"])
    except ValueError as error:
        raise TaskError(f"equals: {equals['date']!r} is not a date such as 2026-03-04") from error


def value_fault(
    cell: Cell, equals: Expected, kind: WorkbookKind, abs_tol: float, ignore_case: bool
) -> str:
    """Why the value of a cell is not the expected one, "" if it is.

    Args:
        cell: the cell; space around its text does not count.
        equals: the expected value.
        kind: of the workbook; see `compare.same_value`.
        abs_tol: how far a number may be off.
        ignore_case: whether letters of any case do.

    Raises:
        TaskError: `equals` is no value.
    """
    wanted = expected_value(equals)
    value = cell.value
    if cell.error:
        return f"is an error, not {wanted!r}"
    if isinstance(wanted, str) and isinstance(value, str):
        wanted, value = wanted.strip(), value.strip()
    if same_value(wanted, value, kind, abs_tol, ignore_case):
        return ""
    shown = wanted.isoformat() if isinstance(wanted, dt.date) else repr(wanted)
    return f"is not {shown}"


def formula_fault(cell: Cell, wish: FormulaWish, sheet: Sheet, workbook: Workbook) -> str:
    """Why the formula of a cell is not as wished, "" if it is.

    Raises:
        DocumentError: see `compare.covered_by_formula`.
    """
    formula = cell.formula
    if not formula:
        return "is not a formula"
    missing = {name.upper() for name in wish.functions} - functions_of(formula)
    if missing:
        return f"does not call {', '.join(sorted(missing))}"
    if not wish.functions and not has_reference(formula):
        return "looks at no other cell"
    if wish.pattern and not fnmatchcase(formula, _glob(wish.pattern)):
        return f"is not of the shape {wish.pattern}"
    for block in wish.refers_to:
        if not covered_by_formula(formula, block, sheet.name, workbook.names):
            return f"does not look at all of {block}"
    return ""


def _glob(pattern: str) -> str:
    """A pattern in normal form in which only "*" is special."""
    parts = [normal_formula(part)[1:] for part in pattern.removeprefix("=").split("*")]
    return "=" + "*".join(part.replace("[", "[[]").replace("?", "[?]") for part in parts)


def look_faults(cell: Cell, wish: LookWish) -> list[str]:
    """What of the look of a cell is not as wished, in words.

    Raises:
        TaskError: `wish.kind` is no class of number format.
    """
    style = cell.style
    faults = []
    for name in ("bold", "italic", "underline", "wrap"):
        wanted = getattr(wish, name)
        if wanted is not None and getattr(style, name) != wanted:
            faults.append(f"{name} is {getattr(style, name)}".lower())
    faults += _colour_faults("background", style.background, wish.background)
    faults += _colour_faults("font colour", style.font_colour, wish.font_colour)
    if wish.align is not None and style.align != wish.align:
        faults.append(f"alignment is {style.align or 'by type'}")
    return faults + _number_faults(style, wish)


def _colour_faults(what: str, found: str, wanted: str | None) -> list[str]:
    if wanted is None or (wanted == "any" and found):
        return []
    plain = "" if what == "font colour" and wanted == "#000000" else wanted.lower()
    return [] if found == plain else [f"{what} is {found or 'none'}"]


def _number_faults(style: Style, wish: LookWish) -> list[str]:
    look = style.format
    if wish.kind and wish.kind not in list(FormatKind):
        raise TaskError(did_you_mean("kind of number format", wish.kind, FormatKind))
    faults = []
    if wish.kind and look.kind != wish.kind:
        faults.append(f"it is shown as {look.kind}")
    if wish.decimals is not None and look.decimals != wish.decimals:
        faults.append(f"it shows {look.decimals} decimals")
    if wish.grouped is not None and look.grouped != wish.grouped:
        faults.append(f"thousands are {'' if look.grouped else 'not '}separated")
    if wish.symbol and _sign(look.symbol) != _sign(wish.symbol):
        faults.append(f"its currency is {look.symbol or 'none'}")
    if wish.pattern and look.pattern != wish.pattern.lower():
        faults.append(f"its date is shown as {look.pattern or 'no date'}")
    return faults


def _sign(symbol: str) -> str:
    return _CODES.get(symbol.upper(), symbol)


def clipped(block: Range, sheet: Sheet) -> Range:
    """Whole rows and columns only as far as the sheet is used; other blocks as they are."""
    used = sheet.used
    bottom = used.bottom if block.bottom - block.top >= 1_048_575 else block.bottom
    right = used.right if block.right - block.left >= 16_383 else block.right
    if (bottom, right) == (block.bottom, block.right) and block.size > 100_000:
        raise TaskError(f"range: {block} has {block.size} cells, more than 100,000")
    return Range(block.sheet, block.top, block.left, max(bottom, 1), max(right, 1))


def chart_range(text: str, sheet: str) -> tuple[str, Range] | None:
    """A range of a chart with the sheet it is on, in a form that compares; None if unreadable."""
    try:
        block = parse_range(text)
    except ValueError:
        return None
    name = (block.sheet or sheet).casefold()
    return name, Range("", block.top, block.left, block.bottom, block.right)


def listed(faults: list[str], limit: int = 5) -> str:
    """The first faults in one line, and how many more there are."""
    more = f"; and {len(faults) - limit} more" if len(faults) > limit else ""
    return "; ".join(faults[:limit]) + more
