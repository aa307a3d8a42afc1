"""Read OpenDocument spreadsheets (.ods) into a `Workbook`.

Source: OpenDocument 1.3 part 3, chapters 9 (tables), 11 (charts) and 16 (styles).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from gym_anything.documents.address import MAX_COLUMN, MAX_ROW, Range, cell_name, parse_range
from gym_anything.documents.embedded import Embedded, embedded_in
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.formula import (
    formula_from_opendocument,
    normal_formula,
    range_from_opendocument,
    split_outside_quotes,
)
from gym_anything.documents.odf import PICTURE_SUFFIXES
from gym_anything.documents.ods_styles import (
    NAMESPACES,
    StyleSheet,
    attribute,
    children,
    qualified,
)
from gym_anything.documents.safe import parse_xml, unpack
from gym_anything.documents.workbook import (
    MAX_CELLS,
    PLAIN,
    Cell,
    Chart,
    Series,
    Sheet,
    Style,
    Value,
    Workbook,
    WorkbookKind,
    holds_content,
    make_cell,
)

MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_DURATION = re.compile(r"(-)?PT?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,12})?)S)?")
_MAX_STYLED_RUN = 32  # an empty styled cell repeated more often is a whole row or column


def read_ods(data: bytes) -> Workbook:
    """Read an .ods file.

    Raises:
        DocumentError: not an OpenDocument spreadsheet, broken, hostile, or beyond a limit.
    """
    members = unpack(data, (".xml", "mimetype", *PICTURE_SUFFIXES))
    if members.get("mimetype", b"").strip() != MIME_TYPE:
        raise DocumentError("not an OpenDocument spreadsheet by its mimetype")
    if "content.xml" not in members:
        raise DocumentError("an OpenDocument file without content.xml")
    content = parse_xml(members["content.xml"], "content.xml")
    styles = StyleSheet()
    if "styles.xml" in members:
        styles.add(parse_xml(members["styles.xml"], "styles.xml"))
    styles.add(content)
    body = content.find(f"{qualified('office:body')}/{qualified('office:spreadsheet')}")
    tables = children(body, "table:table") if body is not None else []
    if body is None or not tables:
        raise DocumentError("an OpenDocument file without a sheet")
    filters = _autofilters(body)
    frozen = _frozen(members)
    budget = _Budget(MAX_CELLS)
    sheets = tuple(_sheet(table, styles, members, filters, frozen, budget) for table in tables)
    return Workbook(WorkbookKind.ODS, sheets, _names(body))


@dataclass(slots=True)
class _Budget:
    """Cells that may still be made; repetition makes millions out of one element."""

    left: int

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise DocumentError(f"more than {MAX_CELLS} cells")


@dataclass(slots=True)
class _Grid:
    """A sheet while it is read."""

    budget: _Budget
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden: list[tuple[int, int]] = field(default_factory=list)  # first and last row
    merged: set[str] = field(default_factory=set)
    styled: list[tuple[Range, Style]] = field(default_factory=list)  # long runs without content


def _sheet(
    table: etree._Element,
    styles: StyleSheet,
    members: Mapping[str, bytes],
    filters: Mapping[str, tuple[str, ...]],
    frozen: Mapping[str, tuple[int, int]],
    budget: _Budget,
) -> Sheet:
    name = attribute(table, "table:name")
    column_styles, widths = _columns(table, styles)
    grid = _Grid(budget)
    for top, repeat, row in _rows(table):
        _read_row(grid, top, repeat, row, styles, column_styles)
    content = [at for at, cell in grid.cells.items() if holds_content(cell)]
    bottom = max((row for row, _ in content), default=1)
    right = max((column for _, column in content), default=1)
    _fill_styled(grid, Range("", 1, 1, bottom, right))
    hidden = {row for first, last in grid.hidden for row in range(first, min(last, bottom) + 1)}
    table_style = styles.tables.get(attribute(table, "table:style-name"))
    return Sheet(
        name=name,
        cells=grid.cells,
        hidden=table_style is not None and _displays_nothing(table_style),
        hidden_rows=frozenset(hidden),
        merged=frozenset(grid.merged),
        column_widths={at: width for at, width in widths.items() if at <= right},
        frozen=frozen.get(name, (0, 0)),
        autofilters=filters.get(name, ()),
        charts=_charts(table, members),
        pictures=_pictures(table, members),
        print_ranges=tuple(
            _bare_range(part)
            for part in split_outside_quotes(attribute(table, "table:print-ranges"), " ")
            if part
        ),
    )


def _displays_nothing(style: etree._Element) -> bool:
    properties = children(style, "style:table-properties")
    return any(attribute(each, "table:display") == "false" for each in properties)


def _columns(
    table: etree._Element, styles: StyleSheet
) -> tuple[list[tuple[int, int, str]], dict[int, float]]:
    """Default cell style by run of columns, and stated widths in centimetres."""
    runs: list[tuple[int, int, str]] = []
    widths: dict[int, float] = {}
    at = 1
    for column in table.iter(qualified("table:table-column")):
        repeat = _repeat(column, "table:number-columns-repeated", MAX_COLUMN)
        runs.append((at, at + repeat - 1, attribute(column, "table:default-cell-style-name")))
        style = styles.columns.get(attribute(column, "table:style-name"))
        width = _column_width(style) if style is not None else None
        if width is not None:
            widths.update(dict.fromkeys(range(at, at + repeat), width))
        at += repeat
        if at > MAX_COLUMN:
            break
    return runs, widths


def _column_width(style: etree._Element) -> float | None:
    for properties in children(style, "style:table-column-properties"):
        match = re.fullmatch(
            r"(\d{1,6}(?:\.\d{1,9})?)([a-z]{2})", attribute(properties, "style:column-width")
        )
        if match and match[2] in _CM:
            return round(float(match[1]) * _CM[match[2]], 3)
    return None


def _rows(table: etree._Element) -> Iterator[tuple[int, int, etree._Element]]:
    """(first row, how often, element) of each row, through groups and header rows."""
    top = 1
    groups = {qualified(f"table:{name}") for name in ("table-header-rows", "table-rows")}
    groups.add(qualified("table:table-row-group"))
    pending = list(reversed(table))
    while pending:
        element = pending.pop()
        if element.tag in groups:
            pending.extend(reversed(element))
        elif element.tag == qualified("table:table-row"):
            repeat = _repeat(element, "table:number-rows-repeated", MAX_ROW)
            yield top, repeat, element
            top += repeat
            if top > MAX_ROW:
                return


def _read_row(
    grid: _Grid,
    top: int,
    repeat: int,
    row: etree._Element,
    styles: StyleSheet,
    column_styles: list[tuple[int, int, str]],
) -> None:
    if attribute(row, "table:visibility") in ("collapse", "filter"):
        grid.hidden.append((top, top + repeat - 1))
    row_style = attribute(row, "table:default-cell-style-name")
    left = 1
    for element in row:
        if element.tag not in _CELL_TAGS:
            continue
        count = _repeat(element, "table:number-columns-repeated", MAX_COLUMN)
        name = attribute(element, "table:style-name") or row_style
        name = name or _style_at(column_styles, left)
        style = styles.cell_style(name or "Default")
        cell = _cell(element, style)
        block = Range("", top, left, top + repeat - 1, left + count - 1)
        if holds_content(cell):
            grid.budget.take(block.size)
            grid.cells.update(dict.fromkeys(block.cells(), cell))
        elif style != PLAIN:
            grid.styled.append((block, style))
        _note_merge(grid, element, top, left)
        left += count
        if left > MAX_COLUMN:
            break


def _style_at(runs: list[tuple[int, int, str]], column: int) -> str:
    return next((name for first, last, name in runs if first <= column <= last), "")


def _note_merge(grid: _Grid, element: etree._Element, top: int, left: int) -> None:
    rows = _repeat(element, "table:number-rows-spanned", MAX_ROW)
    columns = _repeat(element, "table:number-columns-spanned", MAX_COLUMN)
    if rows > 1 or columns > 1:
        bottom, right = top + rows - 1, left + columns - 1
        grid.merged.add(f"{cell_name(top, left)}:{cell_name(bottom, right)}")


def _fill_styled(grid: _Grid, used: Range) -> None:
    """Keep the look of empty cells; long runs only as far as the sheet has content."""
    for block, style in grid.styled:
        short = block.bottom - block.top < _MAX_STYLED_RUN
        short = short and block.right - block.left < _MAX_STYLED_RUN
        bottom = block.bottom if short else min(block.bottom, used.bottom)
        right = block.right if short else min(block.right, used.right)
        if bottom < block.top or right < block.left:
            continue
        kept = Range("", block.top, block.left, bottom, right)
        grid.budget.take(kept.size)
        grid.cells.update(dict.fromkeys(kept.cells(), Cell(style=style)))


_CELL_TAGS = frozenset({qualified("table:table-cell"), qualified("table:covered-table-cell")})


def _repeat(element: etree._Element, name: str, limit: int) -> int:
    text = attribute(element, name, "1")
    return min(max(int(text), 1), limit) if re.fullmatch(r"\d{1,9}", text) else 1


def _cell(element: etree._Element, style: Style) -> Cell:
    formula = attribute(element, "table:formula")
    normal = formula_from_opendocument(formula) if formula else ""
    shown = _shown_text(element)
    if attribute(element, "calcext:value-type") == "error":
        return make_cell(shown, normal, style, error=True)
    value = _value(element, shown)
    error = isinstance(value, str) and bool(normal) and bool(re.match(r"(#|Err:)", value))
    return make_cell(value, normal, style, error)


def _value(element: etree._Element, shown: str) -> Value:
    kind = attribute(element, "office:value-type") or attribute(element, "calcext:value-type")
    if kind in ("float", "percentage", "currency"):
        return _number(attribute(element, "office:value"))
    if kind == "boolean":
        return attribute(element, "office:boolean-value") == "true"
    if kind == "date":
        return _date(attribute(element, "office:date-value"))
    if kind == "time":
        return _duration(attribute(element, "office:time-value"))
    if kind == "string":
        return attribute(element, "office:string-value") or shown
    return shown or None


def _number(text: str) -> int | float:
    try:
        number = float(text)
    except ValueError as error:
        raise DocumentError(f"a cell with the number {text[:40]!r}") from error
    if not math.isfinite(number):
        raise DocumentError(f"a cell with the number {text[:40]!r}")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(text: str) -> dt.date | dt.datetime | str:
    try:
        moment = dt.datetime.fromisoformat(text[:26])
    except ValueError:
        return text  # dates before year 1 are legal and have no place in Python
    return moment.date() if moment.time() == dt.time() else moment


def _duration(text: str) -> dt.timedelta | str:
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    sign, hours, minutes, seconds = match.groups()
    whole = dt.timedelta(
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=float((seconds or "0").replace(",", ".")),
    )
    return -whole if sign else whole


def _shown_text(element: etree._Element) -> str:
    return "\n".join(_paragraph(each) for each in children(element, "text:p"))


def _paragraph(element: etree._Element) -> str:
    """Text of a paragraph with its spaces, tabs and line breaks; notes left out."""
    parts = [element.text or ""]
    for child in element:
        local = etree.QName(child).localname
        if local == "s":
            parts.append(" " * _repeat(child, "text:c", 10_000))
        elif local == "tab":
            parts.append("\t")
        elif local == "line-break":
            parts.append("\n")
        elif local in ("span", "a"):
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _bare_range(text: str) -> str:
    """Take the sheet off "Sheet1.A1:Sheet1.E20": "A1:E20"."""
    return range_from_opendocument(text).rpartition("!")[2].replace("$", "")


def _autofilters(body: etree._Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in body.iter(qualified("table:database-range")):
        if attribute(element, "table:display-filter-buttons") == "true":
            target = range_from_opendocument(attribute(element, "table:target-range-address"))
            sheet, _, block = target.rpartition("!")
            name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
            found.setdefault(name, []).append(block.replace("$", ""))
    return {name: tuple(blocks) for name, blocks in found.items()}


def _names(body: etree._Element) -> dict[str, str]:
    names = {}
    for element in body.iter(qualified("table:named-range")):
        if attribute(element, "table:name").startswith("_xlnm"):
            continue  # print areas and filters that came along from an .xlsx file
        target = range_from_opendocument(attribute(element, "table:cell-range-address"))
        names[attribute(element, "table:name").upper()] = normal_formula(target)
    for element in body.iter(qualified("table:named-expression")):
        expression = formula_from_opendocument(attribute(element, "table:expression"))
        names[attribute(element, "table:name").upper()] = expression
    return names


def _frozen(members: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    """How many (rows, columns) are frozen, by sheet; split mode 2 is frozen, 1 only split."""
    if "settings.xml" not in members:
        return {}
    settings = parse_xml(members["settings.xml"], "settings.xml")
    path = ".//config:config-item-map-named[@config:name='Tables']/config:config-item-map-entry"
    found = {}
    for entry in settings.iterfind(path, NAMESPACES):
        items = {
            attribute(item, "config:name"): item.text or ""
            for item in children(entry, "config:config-item")
        }
        rows = _frozen_count(items, "Vertical")
        columns = _frozen_count(items, "Horizontal")
        found[attribute(entry, "config:name")] = (rows, columns)
    return found


def _frozen_count(items: Mapping[str, str], direction: str) -> int:
    position = items.get(f"{direction}SplitPosition", "0")
    frozen = items.get(f"{direction}SplitMode") == "2"
    return int(position) if frozen and re.fullmatch(r"\d{1,7}", position) else 0


_CHART_KINDS = {"bar": "column", "circle": "pie", "ring": "doughnut", "filled-radar": "radar"}


def _charts(table: etree._Element, members: Mapping[str, bytes]) -> tuple[Chart, ...]:
    charts = []
    for element in table.iter(qualified("draw:object")):
        folder = attribute(element, "xlink:href").removeprefix("./").rstrip("/")
        name = f"{folder}/content.xml"
        if name in members:
            root = parse_xml(members[name], name)
            charts += [_chart(found) for found in root.iter(qualified("chart:chart"))]
    return tuple(charts)


def _pictures(table: etree._Element, members: Mapping[str, bytes]) -> tuple[Embedded, ...]:
    found = (embedded_in(frame, members) for frame in table.iter(qualified("draw:frame")))
    return tuple(each for each in found if each is not None)


def _chart(chart: etree._Element) -> Chart:
    kind = attribute(chart, "chart:class").rpartition(":")[2]
    kind = _CHART_KINDS.get(kind, kind)
    if kind == "column" and _is_vertical(chart):
        kind = "bar"  # OpenDocument calls horizontal bars a vertical bar chart
    categories = ""
    for element in chart.iter(qualified("chart:categories")):
        categories = _chart_range(attribute(element, "table:cell-range-address"))
    series = [_series(element, categories) for element in chart.iter(qualified("chart:series"))]
    title = chart.find(qualified("chart:title"))
    words = "" if title is None else "\n".join(map(_paragraph, title.iter(qualified("text:p"))))
    return Chart(kind, tuple(series), words)


def _series(element: etree._Element, categories: str) -> Series:
    domain = element.find(qualified("chart:domain"))
    if domain is not None:
        categories = _chart_range(attribute(domain, "table:cell-range-address"))
    return Series(
        values=_chart_range(attribute(element, "chart:values-cell-range-address")),
        categories=categories,
        name=_chart_range(attribute(element, "chart:label-cell-address")),
    )


def _chart_range(text: str) -> str:
    """Turn "Sheet1.$B$2:$B$8" into "Sheet1!B2:B8"; what is no single block stays as it is."""
    plain = range_from_opendocument(text).replace("$", "") if text else ""
    try:
        return str(parse_range(plain))
    except ValueError:
        return plain


def _is_vertical(chart: etree._Element) -> bool:
    plot = chart.find(qualified("chart:plot-area"))
    name = attribute(plot, "chart:style-name") if plot is not None else ""
    root = chart.getroottree().getroot()
    for style in root.iter(qualified("style:style")):
        if attribute(style, "style:name") == name:
            properties = children(style, "style:chart-properties")
            return any(attribute(each, "chart:vertical") == "true" for each in properties)
    return False
