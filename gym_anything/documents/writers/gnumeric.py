"""Write a Gnumeric spreadsheet (gzipped XML), with the same bytes for the same content.

Rows are 15 points high (20 pixels), columns 48 points wide unless they state a width, so that it is
known where a cell is on the screen: Gnumeric's cells are no widgets.
"""

from __future__ import annotations

import datetime as dt
import gzip

from lxml import etree

from gym_anything.documents.address import cell_name
from gym_anything.documents.formula import formula_to_xlsx
from gym_anything.documents.workbook import Style
from gym_anything.documents.writers.sheet import SheetCell, SheetContent
from gym_anything.documents.writers.xlsx import format_code

NAMESPACE = "http://www.gnumeric.org/v10.dtd"
MAX_ROWS, MAX_COLUMNS = 65_536, 256
ROW_POINTS, COLUMN_POINTS = 15.0, 48.0
_EPOCH = dt.date(1899, 12, 30)


def write_gnumeric(sheets: tuple[SheetContent, ...]) -> bytes:
    """Write checked content as .gnumeric. Results of formulas are no part of the format."""
    root = etree.Element(f"{{{NAMESPACE}}}Workbook", nsmap={"gnm": NAMESPACE})
    _add(root, "Version", {"Epoch": 1, "Major": 12, "Minor": 55, "Full": "1.12.55"})
    index = _add(root, "SheetNameIndex")
    for sheet in sheets:
        name = _add(index, "SheetName", text=sheet.name)
        name.set(f"{{{NAMESPACE}}}Cols", str(MAX_COLUMNS))
        name.set(f"{{{NAMESPACE}}}Rows", str(MAX_ROWS))
    parent = _add(root, "Sheets")
    for sheet in sheets:
        _add_sheet(parent, sheet)
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return gzip.compress(xml, mtime=0)


def _add(
    parent: etree._Element,
    name: str,
    attributes: dict[str, object] | None = None,
    text: str | None = None,
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in (attributes or {}).items():
        element.set(key, str(int(value)) if isinstance(value, bool) else str(value))
    element.text = text
    return element


def _add_sheet(parent: etree._Element, sheet: SheetContent) -> None:
    made = _add(parent, "Sheet", {"Visibility": "GNM_SHEET_VISIBILITY_VISIBLE"})
    _add(made, "Name", text=sheet.name)
    _add(made, "MaxCol", text=str(max([1, *map(len, sheet.rows)]) - 1))
    _add(made, "MaxRow", text=str(max(1, len(sheet.rows)) - 1))
    _add(made, "Zoom", text="1")
    _add_styles(made, sheet)
    columns = _add(made, "Cols", {"DefaultSizePts": COLUMN_POINTS})
    for number, width in enumerate(sheet.widths):
        points = round(width / 2.54 * 72 * 4) / 4  # quarters of a point are whole pixels by three
        _add(columns, "ColInfo", {"No": number, "Unit": points, "HardSize": True})
    rows = _add(made, "Rows", {"DefaultSizePts": ROW_POINTS})
    if sheet.rows:
        _add(
            rows, "RowInfo", {"No": 0, "Unit": ROW_POINTS, "HardSize": 1, "Count": len(sheet.rows)}
        )
    cells = _add(made, "Cells")
    merges = []
    for row, line in enumerate(sheet.rows):
        for column, cell in enumerate(line):
            _add_cell(cells, row, column, cell)
            if cell.span != (1, 1):
                last = cell_name(row + cell.span[0], column + cell.span[1])
                merges.append(f"{cell_name(row + 1, column + 1)}:{last}")
    if merges:
        regions = _add(made, "MergedRegions")
        for block in merges:
            _add(regions, "Merge", text=block)


def _add_styles(made: etree._Element, sheet: SheetContent) -> None:
    styles = _add(made, "Styles")
    _add_region(styles, Style(), (0, 0, MAX_ROWS - 1, MAX_COLUMNS - 1))
    for row, line in enumerate(sheet.rows):
        for column, cell in enumerate(line):
            if cell.style != Style():
                _add_region(styles, cell.style, (row, column, row, column))


def _add_region(styles: etree._Element, look: Style, block: tuple[int, int, int, int]) -> None:
    """Add the look of a block (first row and column, last row and column, from 0)."""
    names = ("startRow", "startCol", "endRow", "endCol")
    region = _add(styles, "StyleRegion", dict(zip(names, block, strict=True)))
    attributes: dict[str, object] = {
        "HAlign": f"GNM_HALIGN_{(look.align or 'general').upper()}",
        "VAlign": "GNM_VALIGN_BOTTOM",
        "WrapText": look.wrap,
        "Shade": bool(look.background),
        "Fore": _colour(look.font_colour or "#000000"),
        "Back": _colour(look.background or "#ffffff"),
        "PatternColor": "0:0:0",
        "Format": format_code(look.format),
    }
    style = _add(region, "Style", attributes)
    font = {"Unit": 10, "Bold": look.bold, "Italic": look.italic, "Underline": look.underline}
    _add(style, "Font", dict(font), text="Sans")


def _colour(text: str) -> str:
    """Sixteen bits a channel: "#ff8000" is "FFFF:8080:0"."""
    return ":".join(f"{int(text[at : at + 2], 16) * 0x101:X}" for at in (1, 3, 5))


def _add_cell(cells: etree._Element, row: int, column: int, cell: SheetCell) -> None:
    at: dict[str, object] = {"Row": row, "Col": column}
    value = cell.value
    if cell.formula:
        _add(cells, "Cell", at, text=formula_to_xlsx(cell.formula))
    elif isinstance(value, bool):
        _add(cells, "Cell", {**at, "ValueType": 20}, text=str(value).upper())
    elif isinstance(value, dt.date):
        _add(cells, "Cell", {**at, "ValueType": 40}, text=str((value - _EPOCH).days))
    elif isinstance(value, int | float):
        _add(cells, "Cell", {**at, "ValueType": 40}, text=repr(value))
    elif value is not None:
        _add(cells, "Cell", {**at, "ValueType": 60}, text=value)
