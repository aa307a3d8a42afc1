"""Write an OpenDocument spreadsheet by odfpy, with the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from odf import dc, meta, number, style, table, teletype, text
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet

from gym_anything.documents.formula import formula_to_opendocument
from gym_anything.documents.number_format import FormatKind, NumberFormat
from gym_anything.documents.workbook import PLAIN, Style
from gym_anything.documents.writers.container import pack
from gym_anything.documents.writers.sheet import SheetCell, SheetContent

_MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" \
manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:version="1.2" \
manifest:media-type="{_MIME_TYPE}"/><manifest:file-entry manifest:full-path="content.xml" \
manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" \
manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" \
manifest:media-type="text/xml"/></manifest:manifest>
"""
_ALIGN = {"left": "start", "right": "end", "center": "center", "justify": "justify"}


@dataclass(slots=True)
class _Styles:
    """Automatic styles made so far, each once."""

    document: Element
    cells: dict[Style, Element] = field(default_factory=dict)
    formats: dict[NumberFormat, Element] = field(default_factory=dict)
    columns: dict[float, Element] = field(default_factory=dict)


def write_ods(sheets: tuple[SheetContent, ...]) -> bytes:
    """Write checked content as .ods."""
    document = OpenDocumentSpreadsheet()
    document.meta.childNodes.clear()  # odfpy names its own version there
    document.meta.addElement(meta.Generator(text="gym-anything"))
    document.meta.addElement(dc.Date(text="2000-01-01T00:00:00"))
    styles = _Styles(document)
    for sheet in sheets:
        document.spreadsheet.addElement(_table(sheet, styles))
    return pack(
        {
            "mimetype": _MIME_TYPE.encode(),
            "content.xml": document.contentxml(),
            "styles.xml": document.stylesxml().encode(),
            "meta.xml": document.metaxml().encode(),
            "META-INF/manifest.xml": _MANIFEST.encode(),
        }
    )


def _table(sheet: SheetContent, styles: _Styles) -> Element:
    made = table.Table(name=sheet.name)
    for width in sheet.widths:
        made.addElement(table.TableColumn(stylename=_column_style(width, styles)))
    columns = max([1, *(len(row) for row in sheet.rows)])
    if columns > len(sheet.widths):
        made.addElement(table.TableColumn(numbercolumnsrepeated=columns - len(sheet.widths)))
    covered = _covered(sheet)
    for top, row in enumerate(sheet.rows):
        element = table.TableRow()
        for left, cell in enumerate(row):
            element.addElement(_cell(cell, (top, left) in covered, styles))
        if not row:
            element.addElement(table.TableCell())
        made.addElement(element)
    if not sheet.rows:
        empty = table.TableRow()
        empty.addElement(table.TableCell())
        made.addElement(empty)
    return made


def _covered(sheet: SheetContent) -> set[tuple[int, int]]:
    covered = set()
    for top, row in enumerate(sheet.rows):
        for left, cell in enumerate(row):
            block = {
                (top + down, left + right)
                for down in range(cell.span[0])
                for right in range(cell.span[1])
            }
            covered |= block - {(top, left)}
    return covered


def _cell(cell: SheetCell, covered: bool, styles: _Styles) -> Element:
    attributes: dict[str, str | int] = {}
    if cell.formula:
        attributes["formula"] = formula_to_opendocument(cell.formula)
    if cell.span != (1, 1):
        attributes["numberrowsspanned"], attributes["numbercolumnsspanned"] = cell.span
    attributes |= _typed(cell)
    if cell.style != PLAIN:
        attributes["stylename"] = _cell_style(cell.style, styles)
    element = table.CoveredTableCell() if covered else table.TableCell(**attributes)
    if isinstance(cell.value, str) and not covered:
        for line in cell.value.split("\n"):
            paragraph = text.P()
            teletype.addTextToElement(paragraph, line)
            element.addElement(paragraph)
    return element


def _typed(cell: SheetCell) -> dict[str, str | int]:
    value = cell.value
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"valuetype": "boolean", "booleanvalue": str(value).lower()}
    if isinstance(value, dt.date):
        return {"valuetype": "date", "datevalue": value.isoformat()}
    if isinstance(value, str):
        return {"valuetype": "string"}
    kind = cell.style.format.kind
    if kind is FormatKind.PERCENT:
        return {"valuetype": "percentage", "value": repr(value)}
    if kind is FormatKind.CURRENCY:
        return {"valuetype": "currency", "value": repr(value)}
    return {"valuetype": "float", "value": repr(value)}


def _column_style(width_cm: float, styles: _Styles) -> Element:
    if width_cm not in styles.columns:
        made = style.Style(name=f"co{len(styles.columns) + 1}", family="table-column")
        made.addElement(style.TableColumnProperties(columnwidth=f"{width_cm:g}cm"))
        styles.document.automaticstyles.addElement(made)
        styles.columns[width_cm] = made
    return styles.columns[width_cm]


def _cell_style(look: Style, styles: _Styles) -> Element:
    if look not in styles.cells:
        attributes = {}
        if look.format.kind is not FormatKind.GENERAL:
            attributes["datastylename"] = _number_style(look.format, styles)
        name = f"ce{len(styles.cells) + 1}"
        made = style.Style(name=name, family="table-cell", **attributes)
        for properties in _properties(look):
            made.addElement(properties)
        styles.document.automaticstyles.addElement(made)
        styles.cells[look] = made
    return styles.cells[look]


def _properties(look: Style) -> list[Element]:
    cell = {}
    if look.background:
        cell["backgroundcolor"] = look.background
    if look.wrap:
        cell["wrapoption"] = "wrap"
    paragraph = {}
    if look.align:
        cell["textalignsource"] = "fix"
        paragraph["textalign"] = _ALIGN[look.align]
    font = {}
    if look.bold:
        font["fontweight"] = "bold"
    if look.italic:
        font["fontstyle"] = "italic"
    if look.underline:
        font |= {"textunderlinestyle": "solid", "textunderlinewidth": "auto"}
    if look.font_colour:
        font["color"] = look.font_colour
    made = []
    if cell:
        made.append(style.TableCellProperties(**cell))
    if paragraph:
        made.append(style.ParagraphProperties(**paragraph))
    if font:
        made.append(style.TextProperties(**font))
    return made


def _number_style(look: NumberFormat, styles: _Styles) -> Element:
    if look not in styles.formats:
        made = _made_number_style(look, f"N{100 + len(styles.formats)}")
        styles.document.automaticstyles.addElement(made)
        styles.formats[look] = made
    return styles.formats[look]


def _made_number_style(look: NumberFormat, name: str) -> Element:
    if look.kind is FormatKind.DATE:
        return _date_style(look.pattern, name)
    if look.kind is FormatKind.TEXT:
        made = number.TextStyle(name=name)
        made.addElement(number.TextContent())
        return made
    digits = number.Number(
        decimalplaces=look.decimals, minintegerdigits=1, grouping=str(look.grouped).lower()
    )
    if look.kind is FormatKind.PERCENT:
        made = number.PercentageStyle(name=name)
        parts = [digits, number.Text(text="%")]
    elif look.kind is FormatKind.CURRENCY:
        made = number.CurrencyStyle(name=name)
        sign = number.CurrencySymbol(text=look.symbol)
        parts = [digits, number.Text(text=" "), sign] if look.symbol == "€" else [sign, digits]
    else:
        made = number.NumberStyle(name=name)
        parts = [digits]
    for part in parts:
        made.addElement(part)
    return made


def _date_style(pattern: str, name: str) -> Element:
    made = number.DateStyle(name=name)
    units = {"yyyy": number.Year, "mm": number.Month, "dd": number.Day}
    separator = next(character for character in pattern if not character.isalpha())
    for index, unit in enumerate(pattern.split(separator)):
        if index:
            made.addElement(number.Text(text=separator))
        made.addElement(units[unit](style="long"))
    return made
