"""Write an Office Open XML spreadsheet by openpyxl, with the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from openpyxl import Workbook as OpenpyxlWorkbook
from openpyxl.cell.cell import Cell as OpenpyxlCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from gym_anything.documents.address import column_letters
from gym_anything.documents.formula import formula_to_xlsx
from gym_anything.documents.number_format import FormatKind, NumberFormat
from gym_anything.documents.workbook import PLAIN, Style
from gym_anything.documents.writers.container import pack
from gym_anything.documents.writers.sheet import SheetCell, SheetContent

_DATE = dt.datetime(2000, 1, 1)
_CM_PER_CHARACTER = 7 * 2.54 / 96
_LOCALES = {"$": "[$$-409]", "£": "[$£-809]", "¥": "[$¥-411]", "€": "[$€-407]"}
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def write_xlsx(sheets: tuple[SheetContent, ...]) -> bytes:
    """Write checked content as .xlsx, without cached results: formulas are computed anew."""
    workbook = OpenpyxlWorkbook()
    workbook.remove(workbook.active)
    workbook.properties.creator = "gym-anything"
    workbook.properties.created = _DATE
    for sheet in sheets:
        _fill(workbook.create_sheet(sheet.name), sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    stamp = rb"\g<1>" + _DATE.isoformat().encode() + b"Z"
    members["docProps/core.xml"] = _MODIFIED.sub(stamp, members["docProps/core.xml"])
    return pack(members)


def _fill(made: Worksheet, sheet: SheetContent) -> None:
    for index, width in enumerate(sheet.widths, start=1):
        made.column_dimensions[column_letters(index)].width = round(width / _CM_PER_CHARACTER, 2)
    for row, cells in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(cells, start=1):
            if cell.value is not None or cell.formula or cell.style != PLAIN:
                _write(made.cell(row, column), cell)
    for row, cells in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(cells, start=1):
            if cell.span != (1, 1):
                bottom, right = row + cell.span[0] - 1, column + cell.span[1] - 1
                made.merge_cells(None, row, column, bottom, right)


def _write(target: OpenpyxlCell, cell: SheetCell) -> None:
    if cell.formula:
        target.value = formula_to_xlsx(cell.formula)
    elif isinstance(cell.value, str):
        target.value = cell.value
        target.data_type = "s"  # a text may begin with "="
    else:
        target.value = cell.value
    _look(target, cell.style)


def _look(target: OpenpyxlCell, look: Style) -> None:
    target.number_format = format_code(look.format)
    if look.bold or look.italic or look.underline or look.font_colour:
        target.font = Font(
            name="Calibri",
            size=11,
            bold=look.bold,
            italic=look.italic,
            underline="single" if look.underline else None,
            color="FF" + (look.font_colour or "#000000")[1:],
        )
    if look.background:
        target.fill = PatternFill("solid", fgColor=f"FF{look.background[1:]}")
    if look.align or look.wrap:
        target.alignment = Alignment(horizontal=look.align or None, wrap_text=look.wrap)


def format_code(look: NumberFormat) -> str:
    """Format code of a number format that the writers make."""
    digits = ("#,##0" if look.grouped else "0") + ("." + "0" * look.decimals) * bool(look.decimals)
    if look.kind is FormatKind.GENERAL:
        return "General"
    if look.kind is FormatKind.TEXT:
        return "@"
    if look.kind is FormatKind.DATE:
        return look.pattern
    if look.kind is FormatKind.PERCENT:
        return f"{digits}%"
    if look.kind is FormatKind.CURRENCY:
        sign = _LOCALES.get(look.symbol, look.symbol)
        return f"{digits}\\ {sign}" if look.symbol == "€" else f"{sign}{digits}"
    return digits
