"""Cell styles and number formats of OpenDocument spreadsheets, resolved along their parents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from gym_anything.documents.number_format import GENERAL, FormatKind, NumberFormat, currency_in
from gym_anything.documents.workbook import PLAIN, Style

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = {
    "office": f"{_URN}office:1.0",
    "table": f"{_URN}table:1.0",
    "text": f"{_URN}text:1.0",
    "style": f"{_URN}style:1.0",
    "fo": f"{_URN}xsl-fo-compatible:1.0",
    "number": f"{_URN}datastyle:1.0",
    "draw": f"{_URN}drawing:1.0",
    "svg": f"{_URN}svg-compatible:1.0",
    "chart": f"{_URN}chart:1.0",
    "config": f"{_URN}config:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
_ALIGN = {"start": "left", "left": "left", "end": "right", "right": "right"}
_MAX_PARENTS = 16  # styles inherit in a chain; a forged one may be a ring
_KINDS = {
    "number-style": FormatKind.NUMBER,
    "percentage-style": FormatKind.PERCENT,
    "currency-style": FormatKind.CURRENCY,
    "date-style": FormatKind.DATE,
    "time-style": FormatKind.TIME,
    "text-style": FormatKind.TEXT,
    "boolean-style": FormatKind.BOOLEAN,
}


def qualified(name: str) -> str:
    """Clark notation of a prefixed name: "table:table" is "{urn:...}table"."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """Attribute of a prefixed name as text."""
    return str(element.get(qualified(name), default))


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Children of a prefixed name."""
    return element.findall(qualified(name))


@dataclass(slots=True)
class StyleSheet:
    """Every cell and column style of a document, by name.

    Attributes:
        elements: style:style of the family table-cell.
        columns: style:style of the family table-column.
        tables: style:style of the family table.
        formats: number formats.
    """

    elements: dict[str, etree._Element] = field(default_factory=dict)
    columns: dict[str, etree._Element] = field(default_factory=dict)
    tables: dict[str, etree._Element] = field(default_factory=dict)
    formats: dict[str, NumberFormat] = field(default_factory=dict)
    _resolved: dict[str, Style] = field(default_factory=dict)

    def add(self, root: etree._Element) -> None:
        """Take in the styles of one file (styles.xml, then content.xml)."""
        families = {
            "table-cell": self.elements,
            "table-column": self.columns,
            "table": self.tables,
        }
        for element in root.iter(qualified("style:style")):
            family = families.get(attribute(element, "style:family"))
            if family is not None:
                family[attribute(element, "style:name")] = element
        for local, kind in _KINDS.items():
            for element in root.iter(qualified(f"number:{local}")):
                self.formats[attribute(element, "style:name")] = _number_format(element, kind)

    def cell_style(self, name: str) -> Style:
        """The look that a cell style gives; plain where the name is unknown."""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name)
        return self._resolved[name]

    def _resolve(self, name: str) -> Style:
        chain: list[etree._Element] = []
        while name in self.elements and len(chain) < _MAX_PARENTS:
            chain.append(self.elements[name])
            name = attribute(chain[-1], "style:parent-style-name")
        style = PLAIN
        for element in reversed(chain):
            style = self._apply(style, element)
        return style

    def _apply(self, style: Style, element: etree._Element) -> Style:
        data_style = attribute(element, "style:data-style-name")
        if data_style:
            style = replace(style, format=self.formats.get(data_style, GENERAL))
        for properties in children(element, "style:text-properties"):
            style = _apply_text(style, properties)
        for properties in children(element, "style:table-cell-properties"):
            style = _apply_cell(style, properties)
        for properties in children(element, "style:paragraph-properties"):
            align = attribute(properties, "fo:text-align")
            if align:
                style = replace(style, align=_ALIGN.get(align, align))
        source = _find_attribute(element, "style:text-align-source")
        return replace(style, align="") if source == "value-type" else style


def _find_attribute(element: etree._Element, name: str) -> str:
    found = [attribute(properties, name) for properties in element]
    return next((value for value in found if value), "")


def _apply_text(style: Style, properties: etree._Element) -> Style:
    weight = attribute(properties, "fo:font-weight")
    if weight:
        style = replace(style, bold=weight == "bold" or weight in ("600", "700", "800", "900"))
    slant = attribute(properties, "fo:font-style")
    if slant:
        style = replace(style, italic=slant != "normal")
    underline = attribute(properties, "style:text-underline-style")
    if underline:
        style = replace(style, underline=underline != "none")
    if attribute(properties, "style:use-window-font-color") == "true":
        return replace(style, font_colour="")
    colour = attribute(properties, "fo:color")
    return replace(style, font_colour=plain_colour(colour)) if colour else style


def _apply_cell(style: Style, properties: etree._Element) -> Style:
    background = attribute(properties, "fo:background-color")
    if background:
        fill = "" if background == "transparent" else background.lower()
        style = replace(style, background=fill)
    wrap = attribute(properties, "fo:wrap-option")
    return replace(style, wrap=wrap == "wrap") if wrap else style


def plain_colour(colour: str) -> str:
    """A font colour in lower case; black, the default, is ""."""
    return "" if colour.lower() == "#000000" else colour.lower()


def _number_format(element: etree._Element, kind: FormatKind) -> NumberFormat:
    number = element.find(qualified("number:number"))
    decimals = _whole(attribute(number, "number:decimal-places", "0")) if number is not None else 0
    grouped = number is not None and attribute(number, "number:grouping") == "true"
    if kind in (FormatKind.DATE, FormatKind.TIME):
        return _dated(element, kind)
    if kind is FormatKind.NUMBER:
        return _plain_number(element, number, decimals, grouped)
    if kind is FormatKind.CURRENCY:
        symbol = element.find(qualified("number:currency-symbol"))
        text = (symbol.text or "") if symbol is not None else ""
        return NumberFormat(kind, decimals, grouped, text.strip())
    if kind is FormatKind.PERCENT:
        return NumberFormat(kind, decimals, grouped)
    return NumberFormat(kind)


def _plain_number(
    element: etree._Element, number: etree._Element | None, decimals: int, grouped: bool
) -> NumberFormat:
    scientific = element.find(qualified("number:scientific-number"))
    if scientific is not None:
        places = _whole(attribute(scientific, "number:decimal-places", "0"))
        return NumberFormat(FormatKind.SCIENTIFIC, places)
    if element.find(qualified("number:fraction")) is not None:
        return NumberFormat(FormatKind.FRACTION)
    symbol = currency_in(" ".join(part.text or "" for part in children(element, "number:text")))
    if symbol:
        return NumberFormat(FormatKind.CURRENCY, decimals, grouped, symbol)
    if number is None or not number.get(qualified("number:decimal-places")):
        return GENERAL if not grouped else NumberFormat(FormatKind.NUMBER, 0, True)
    return NumberFormat(FormatKind.NUMBER, decimals, grouped)


_DATE_PARTS = {
    "year": ("yy", "yyyy"),
    "day": ("d", "dd"),
    "day-of-week": ("ddd", "dddd"),
    "hours": ("h", "hh"),
    "minutes": ("m", "mm"),
    "seconds": ("s", "ss"),
}


def _dated(element: etree._Element, kind: FormatKind) -> NumberFormat:
    pattern = ""
    names = set()
    for part in element:
        local = etree.QName(part).localname
        names.add(local)
        long = attribute(part, "number:style") == "long"
        if local == "month":
            textual = attribute(part, "number:textual") == "true"
            pattern += ("mmmm" if long else "mmm") if textual else ("mm" if long else "m")
        elif local in _DATE_PARTS:
            pattern += _DATE_PARTS[local][long]
        elif local == "text":
            pattern += part.text or ""
        elif local == "am-pm":
            pattern += "am/pm"
    if kind is FormatKind.DATE and "hours" in names:
        kind = FormatKind.DATE_TIME
    return NumberFormat(kind, pattern=pattern.lower().strip())


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,3}", text) else 0
