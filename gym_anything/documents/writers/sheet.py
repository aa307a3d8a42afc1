"""The content of a spreadsheet document as JSON, checked and taken apart for the two writers.

    {"sheets": [{"name": "Sales",
                 "rows": [["Item", "Price"], ["Tea", 2.5], ["Sum", {"formula": "=SUM(B2:B2)"}]],
                 "widths": [4.0, 2.5],
                 "styles": {"money": {"format": "#,##0.00 €", "bold": true}}}]}

A cell is null, a number, text, true or false, or an object with one of "value", "date"
("2026-03-04") and "formula" (in English, arguments separated by ","; "value" beside it is its
cached result), and optionally "style" (an object, or a name out of "styles") and "span" ([rows,
columns] to merge; what lies under it must be null).

A sheet of an .ods file may have "pictures": [{"picture": ..., "x": 14, "y": 1, "width": 8}], as the
writer `picture` takes them, at a place and of a width in centimetres.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue

from gym_anything.documents.number_format import (
    GENERAL,
    FormatKind,
    NumberFormat,
    parse_format_code,
)
from gym_anything.documents.workbook import PLAIN, Style
from gym_anything.documents.writers.picture import render_picture
from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)
from gym_anything.errors import TaskError

STYLE_KEYS = (
    "bold", "italic", "underline", "background", "font_colour", "align", "wrap", "format"
)  # fmt: skip
CELL_KEYS = ("value", "date", "formula", "style", "span")
SHEET_KEYS = ("name", "rows", "widths", "styles", "pictures")
PICTURE_KEYS = ("picture", "x", "y", "width")
ALIGNMENTS = ("left", "center", "right", "justify")
MAX_CELLS = 50_000
DATE_FORMAT = NumberFormat(FormatKind.DATE, pattern="yyyy-mm-dd")
_DATE_PATTERNS = ("yyyy-mm-dd", "dd.mm.yyyy", "dd/mm/yyyy", "mm/dd/yyyy")
_NUMERIC = re.compile(r"[$£¥](?:#,##0|0)(?:\.0{1,8})?|(?:#,##0|0)(?:\.0{1,8})?(?: ?[€%])?")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell to write: a value, or a formula with its cached result; `span` in (rows, columns)."""

    value: str | int | float | bool | dt.date | None = None
    formula: str = ""
    style: Style = PLAIN
    span: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """A .png to lay on a sheet; left, top, width and height in centimetres."""

    data: bytes
    box_cm: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A sheet to write; widths in centimetres."""

    name: str
    rows: tuple[tuple[SheetCell, ...], ...]
    widths: tuple[float, ...] = ()
    pictures: tuple[SheetPicture, ...] = ()


def parse_content(content: JsonValue) -> tuple[SheetContent, ...]:
    """Check the JSON of a spreadsheet. Raises TaskError with the key at fault."""
    parts = take_object(content, "spreadsheet", ("sheets",))
    sheets = take_list(parts.get("sheets"), "sheets")
    parsed = tuple(_sheet(sheet, f"sheets[{index}]") for index, sheet in enumerate(sheets))
    if not parsed:
        raise TaskError("sheets: at least one is needed")
    names = [sheet.name.casefold() for sheet in parsed]
    if len(set(names)) != len(names):
        raise TaskError("sheets: two have the same name")
    if sum(len(row) for sheet in parsed for row in sheet.rows) > MAX_CELLS:
        raise TaskError(f"sheets: more than {MAX_CELLS} cells")
    return parsed


def _sheet(value: JsonValue, key: str) -> SheetContent:
    parts = take_object(value, key, SHEET_KEYS)
    name = take_text(parts.get("name", "Sheet1"), f"{key}.name")
    if not 1 <= len(name) <= 31 or re.search(r"[\[\]*?:/\\]|^'|'$", name):
        raise wrong(f"{key}.name", "1 to 31 characters without []*?:/\\", name)
    named = take_object(parts.get("styles", {}), f"{key}.styles", _keys(parts.get("styles", {})))
    styles = {each: _style(style, f"{key}.styles.{each}") for each, style in named.items()}
    rows = []
    for index, row in enumerate(take_list(parts.get("rows"), f"{key}.rows")):
        at = f"{key}.rows[{index}]"
        cells = enumerate(take_list(row, at))
        rows.append(tuple(_cell(cell, f"{at}[{column}]", styles) for column, cell in cells))
    widths = take_list(parts.get("widths", []), f"{key}.widths")
    checked = [take_number(w, f"{key}.widths[{i}]", 0.1, 100) for i, w in enumerate(widths)]
    _check_spans(rows, key)
    pictures = enumerate(take_list(parts.get("pictures", []), f"{key}.pictures"))
    laid = tuple(_picture(each, f"{key}.pictures[{at}]") for at, each in pictures)
    return SheetContent(name, tuple(rows), tuple(checked), laid)


def _picture(value: JsonValue, key: str) -> SheetPicture:
    parts = take_object(value, key, PICTURE_KEYS)
    x, y = (take_number(parts.get(name), f"{key}.{name}", 0, 100) for name in ("x", "y"))
    wanted = take_number(parts.get("width"), f"{key}.width", 0.5, 50)
    data, width, height = render_picture(parts.get("picture"), wanted)
    return SheetPicture(data, (x, y, width, height))


def _keys(value: JsonValue) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def _cell(value: JsonValue, key: str, styles: dict[str, Style]) -> SheetCell:
    if not isinstance(value, dict):
        return SheetCell(_scalar(value, key))
    parts = take_object(value, key, CELL_KEYS)
    style = _cell_style(parts.get("style", {}), f"{key}.style", styles)
    span = _span(parts["span"], f"{key}.span") if "span" in parts else (1, 1)
    result = _scalar(parts.get("value"), f"{key}.value")
    if "date" in parts:
        if "formula" in parts or "value" in parts:
            raise TaskError(f"{key}: a date stands alone, without value or formula")
        if style.format == GENERAL:
            style = replace(style, format=DATE_FORMAT)
        return SheetCell(_date(parts["date"], f"{key}.date"), "", style, span)
    formula = ""
    if "formula" in parts:
        formula = take_text(parts["formula"], f"{key}.formula")
        if not formula.startswith("=") or len(formula) < 2:
            raise wrong(f"{key}.formula", "a formula such as '=SUM(B2:B8)'", formula)
    return SheetCell(result, formula, style, span)


def _scalar(value: JsonValue, key: str) -> str | int | float | bool | None:
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong(key, "a finite number", value)
    if isinstance(value, str) and re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", value):
        raise wrong(key, "text without control characters", value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise wrong(key, "null, text, a number, true, false or an object", value)


def _date(value: JsonValue, key: str) -> dt.date:
    text = take_text(value, key)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise wrong(key, "a date such as '2026-03-04'", value) from error
    if day < dt.date(1900, 3, 1):
        raise wrong(key, "a date from 1900-03-01", value)  # the two formats differ before that
    return day


def _span(value: JsonValue, key: str) -> tuple[int, int]:
    numbers = take_list(value, key)
    if len(numbers) != 2 or not all(type(n) is int and 1 <= n <= 1000 for n in numbers):
        raise wrong(key, "[rows, columns], whole numbers from 1", value)
    rows, columns = numbers
    assert isinstance(rows, int) and isinstance(columns, int)
    return rows, columns


def _check_spans(rows: list[tuple[SheetCell, ...]], key: str) -> None:
    covered: set[tuple[int, int]] = set()
    for top, row in enumerate(rows):
        for left, cell in enumerate(row):
            if (top, left) in covered and (cell.value is not None or cell.formula):
                raise TaskError(
                    f"{key}.rows[{top}][{left}]: lies under a merged cell, must be null"
                )
            for down in range(cell.span[0]):
                covered.update((top + down, left + right) for right in range(cell.span[1]))


def _cell_style(value: JsonValue, key: str, styles: dict[str, Style]) -> Style:
    if isinstance(value, str):
        if value not in styles:
            raise wrong(key, f"a style of the sheet ({', '.join(styles) or 'it has none'})", value)
        return styles[value]
    return _style(value, key)


def _style(value: JsonValue, key: str) -> Style:
    parts = take_object(value, key, STYLE_KEYS)
    flags: dict[str, Any] = {
        name: take_flag(parts[name], f"{key}.{name}")
        for name in ("bold", "italic", "underline", "wrap")
        if name in parts
    }
    for name in ("background", "font_colour"):
        if name in parts:
            flags[name] = _colour(parts[name], f"{key}.{name}")
    style = replace(PLAIN, **flags)
    if "align" in parts:
        style = replace(style, align=take_text(parts["align"], f"{key}.align", ALIGNMENTS))
    if "format" in parts:
        style = replace(style, format=parse_format(parts["format"], f"{key}.format"))
    return style


def _colour(value: JsonValue, key: str) -> str:
    text = take_text(value, key)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise wrong(key, "a colour such as '#ffff00'", value)
    return text.lower()


def parse_format(value: JsonValue, key: str) -> NumberFormat:
    """Check a format code and read it.

    Args:
        value: "General", "@", digits ("0", "0.00", "#,##0", "#,##0.00") with "$", "£" or "¥"
            before them or "%" or " €" after them, or one of four orders of a date.
        key: where it stands, for the error.

    Raises:
        TaskError: another code.
    """
    code = take_text(value, key)
    if code in ("General", "@", *_DATE_PATTERNS) or _NUMERIC.fullmatch(code):
        return parse_format_code(code)
    raise wrong(key, f"'0.00', '#,##0.00 €', '0%', '@' or one of {_DATE_PATTERNS}", value)
