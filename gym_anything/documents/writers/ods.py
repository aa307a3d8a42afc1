"""Write an OpenDocument spreadsheet, with the same bytes for the same content.

Built with lxml directly: odfpy keeps namespaces in global state, so that what it writes depends on
what the process did before.

Source: OpenDocument 1.3 part 3.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from gym_anything.documents.formula import formula_to_opendocument
from gym_anything.documents.number_format import FormatKind, NumberFormat
from gym_anything.documents.ods import MIME_TYPE
from gym_anything.documents.ods_styles import NAMESPACES, qualified
from gym_anything.documents.workbook import PLAIN, Style
from gym_anything.documents.writers.container import pack
from gym_anything.documents.writers.sheet import SheetCell, SheetContent, SheetPicture

_PREFIXES = {
    **{name: NAMESPACES[name] for name in ("office", "table", "text", "style", "fo", "number")},
    **{name: NAMESPACES[name] for name in ("draw", "svg", "xlink")},
    "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
}
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" \
manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:version="1.2" \
manifest:media-type="{MIME_TYPE.decode()}"/><manifest:file-entry manifest:full-path="content.xml" \
manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" \
manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" \
manifest:media-type="text/xml"/>%s</manifest:manifest>
"""
_ENTRY = '<manifest:file-entry manifest:full-path="%s" manifest:media-type="image/png"/>'
_ALIGN = {"left": "start", "right": "end", "center": "center", "justify": "justify"}


@dataclass(slots=True)
class _Styles:
    """Automatic styles made so far, each once; values are their names. Pictures by their names."""

    element: etree._Element
    cells: dict[Style, str] = field(default_factory=dict)
    formats: dict[NumberFormat, str] = field(default_factory=dict)
    columns: dict[float, str] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)


def write_ods(sheets: tuple[SheetContent, ...]) -> bytes:
    """Write checked content as .ods."""
    content = _root("office:document-content")
    styles = _Styles(_add(content, "office:automatic-styles"))
    spreadsheet = _add(_add(content, "office:body"), "office:spreadsheet")
    for sheet in sheets:
        _add_table(spreadsheet, sheet, styles)
    look = _root("office:document-styles")
    _add(look, "office:styles")
    meta = _root("office:document-meta")
    generator = etree.SubElement(_add(meta, "office:meta"), f"{{{_PREFIXES['meta']}}}generator")
    generator.text = "gym-anything"
    entries = "".join(_ENTRY % name for name in styles.pictures)
    return pack(
        {
            "mimetype": MIME_TYPE,
            "content.xml": _serialised(content),
            "styles.xml": _serialised(look),
            "meta.xml": _serialised(meta),
            "META-INF/manifest.xml": (_MANIFEST % entries).encode(),
            **styles.pictures,
        }
    )


def _root(name: str) -> etree._Element:
    root = etree.Element(qualified(name), nsmap=_PREFIXES)
    root.set(qualified("office:version"), "1.2")
    return root


def _serialised(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(
    parent: etree._Element, name: str, attributes: Mapping[str, object] | None = None
) -> etree._Element:
    """Append a child; a boolean becomes "true" or "false"."""
    element = etree.SubElement(parent, qualified(name))
    for key, value in (attributes or {}).items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        element.set(qualified(key), text)
    return element


def _add_table(parent: etree._Element, sheet: SheetContent, styles: _Styles) -> None:
    made = _add(parent, "table:table", {"table:name": sheet.name})
    if sheet.pictures:
        _add_pictures(made, sheet.pictures, styles)
    for width in sheet.widths:
        _add(made, "table:table-column", {"table:style-name": _column_style(width, styles)})
    columns = max([1, *(len(row) for row in sheet.rows)])
    if columns > len(sheet.widths):
        rest = columns - len(sheet.widths)
        _add(made, "table:table-column", {"table:number-columns-repeated": rest})
    covered = covered_cells(sheet)
    for top, row in enumerate(sheet.rows or ((),)):
        element = _add(made, "table:table-row")
        for left, cell in enumerate(row or (SheetCell(),)):
            _add_cell(element, cell, (top, left) in covered, styles)


def _add_pictures(
    table: etree._Element, pictures: tuple[SheetPicture, ...], styles: _Styles
) -> None:
    """Lay pictures on a sheet; their names tell their numbers only."""
    shapes = _add(table, "table:shapes")
    for picture in pictures:
        number = len(styles.pictures) + 1
        name = f"Pictures/{number}.png"
        styles.pictures[name] = picture.data
        sides = zip(("x", "y", "width", "height"), picture.box_cm, strict=True)
        place = {f"svg:{side}": f"{length:.3f}cm" for side, length in sides}
        label = {"draw:name": f"Image {number}", "draw:z-index": number - 1}
        frame = _add(shapes, "draw:frame", {**label, **place})
        link = {"xlink:type": "simple", "xlink:show": "embed", "xlink:actuate": "onLoad"}
        _add(frame, "draw:image", {"xlink:href": name, **link})


def covered_cells(sheet: SheetContent) -> set[tuple[int, int]]:
    """Cells under a merged one but for its first, as (row, column) from 0."""
    covered: set[tuple[int, int]] = set()
    for top, row in enumerate(sheet.rows):
        for left, cell in enumerate(row):
            bottom, right = top + cell.span[0], left + cell.span[1]
            block = {(r, c) for r in range(top, bottom) for c in range(left, right)}
            covered |= block - {(top, left)}
    return covered


def _add_cell(row: etree._Element, cell: SheetCell, covered: bool, styles: _Styles) -> None:
    if covered:
        _add(row, "table:covered-table-cell")
        return
    attributes: dict[str, object] = {}
    if cell.formula:
        attributes["table:formula"] = formula_to_opendocument(cell.formula)
    if cell.span != (1, 1):
        attributes["table:number-rows-spanned"] = cell.span[0]
        attributes["table:number-columns-spanned"] = cell.span[1]
    if cell.style != PLAIN:
        attributes["table:style-name"] = _cell_style(cell.style, styles)
    element = _add(row, "table:table-cell", attributes | _typed(cell))
    if isinstance(cell.value, str):
        for line in cell.value.split("\n"):
            _add_text(_add(element, "text:p"), line)


def _add_text(paragraph: etree._Element, line: str) -> None:
    """Add text; runs of spaces and tabs are elements, because XML would fold them."""
    last: etree._Element | None = None
    for part in re.split(r"(\t|^ +| +$|(?<= ) +)", line):
        if part == "\t":
            last = _add(paragraph, "text:tab")
        elif part and not part.strip(" "):
            last = _add(paragraph, "text:s", {"text:c": len(part)})
        elif last is None:
            paragraph.text = (paragraph.text or "") + part
        else:
            last.tail = (last.tail or "") + part


def _typed(cell: SheetCell) -> dict[str, object]:
    value = cell.value
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"office:value-type": "boolean", "office:boolean-value": value}
    if isinstance(value, dt.date):
        return {"office:value-type": "date", "office:date-value": value.isoformat()}
    if isinstance(value, str):
        return {"office:value-type": "string"}
    kinds = {FormatKind.PERCENT: "percentage", FormatKind.CURRENCY: "currency"}
    kind = kinds.get(cell.style.format.kind, "float")
    return {"office:value-type": kind, "office:value": repr(value)}


def _column_style(width_cm: float, styles: _Styles) -> str:
    if width_cm not in styles.columns:
        name = f"co{len(styles.columns) + 1}"
        made = _named_style(styles.element, name, "table-column")
        width = {"style:column-width": f"{width_cm:g}cm"}
        _add(made, "style:table-column-properties", width)
        styles.columns[width_cm] = name
    return styles.columns[width_cm]


def _cell_style(look: Style, styles: _Styles) -> str:
    if look not in styles.cells:
        name = f"ce{len(styles.cells) + 1}"
        numbers = _number_style(look.format, styles)
        made = _named_style(styles.element, name, "table-cell")
        if numbers:
            made.set(qualified("style:data-style-name"), numbers)
        for properties, attributes in _properties(look).items():
            if attributes:
                _add(made, properties, attributes)
        styles.cells[look] = name
    return styles.cells[look]


def _named_style(parent: etree._Element, name: str, family: str) -> etree._Element:
    return _add(parent, "style:style", {"style:name": name, "style:family": family})


def _properties(look: Style) -> dict[str, dict[str, str]]:
    cell: dict[str, str] = {}
    paragraph: dict[str, str] = {}
    font: dict[str, str] = {}
    if look.background:
        cell["fo:background-color"] = look.background
    if look.wrap:
        cell["fo:wrap-option"] = "wrap"
    if look.align:
        cell["style:text-align-source"] = "fix"
        paragraph["fo:text-align"] = _ALIGN[look.align]
    if look.bold:
        font["fo:font-weight"] = "bold"
    if look.italic:
        font["fo:font-style"] = "italic"
    if look.underline:
        font["style:text-underline-style"] = "solid"
        font["style:text-underline-width"] = "auto"
    if look.font_colour:
        font["fo:color"] = look.font_colour
    return {
        "style:table-cell-properties": cell,
        "style:paragraph-properties": paragraph,
        "style:text-properties": font,
    }


def _number_style(look: NumberFormat, styles: _Styles) -> str:
    """Name of the number style, "" for the general one."""
    if look.kind is FormatKind.GENERAL:
        return ""
    if look not in styles.formats:
        styles.formats[look] = f"N{100 + len(styles.formats)}"
        _add_number_style(styles.element, look, {"style:name": styles.formats[look]})
    return styles.formats[look]


def _add_number_style(parent: etree._Element, look: NumberFormat, name: dict[str, str]) -> None:
    if look.kind is FormatKind.DATE:
        _add_date_style(parent, look.pattern, name)
    elif look.kind is FormatKind.TEXT:
        _add(_add(parent, "number:text-style", name), "number:text-content")
    elif look.kind is FormatKind.PERCENT:
        made = _add(parent, "number:percentage-style", name)
        _add_digits(made, look)
        _add(made, "number:text").text = "%"
    elif look.kind is FormatKind.CURRENCY:
        made = _add(parent, "number:currency-style", name)
        if look.symbol == "€":
            _add_digits(made, look)
            _add(made, "number:text").text = " "
            _add(made, "number:currency-symbol").text = look.symbol
        else:
            _add(made, "number:currency-symbol").text = look.symbol
            _add_digits(made, look)
    else:
        _add_digits(_add(parent, "number:number-style", name), look)


def _add_digits(parent: etree._Element, look: NumberFormat) -> None:
    attributes = {
        "number:decimal-places": look.decimals,
        "number:min-integer-digits": 1,
        "number:grouping": look.grouped,
    }
    _add(parent, "number:number", attributes)


def _add_date_style(parent: etree._Element, pattern: str, name: dict[str, str]) -> None:
    made = _add(parent, "number:date-style", name)
    units = {"yyyy": "number:year", "mm": "number:month", "dd": "number:day"}
    separator = next(character for character in pattern if not character.isalpha())
    for index, unit in enumerate(pattern.split(separator)):
        if index:
            _add(made, "number:text").text = separator
        _add(made, units[unit], {"number:style": "long"})
