"""Read Office Open XML spreadsheets (.xlsx) into a `Workbook`.

The parts are read directly rather than through openpyxl: one pass gives values and formulas, and a
forged file can only raise DocumentError.

Source: ECMA-376 part 1, chapters 18 (SpreadsheetML) and 21.2 (charts).
"""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from gym_anything.documents.address import parse_cell, quoted_sheet
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.formula import normal_formula, shifted_formula
from gym_anything.documents.number_format import FormatKind
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
from gym_anything.documents.xlsx_styles import (
    cell_styles,
    child,
    local_name,
    members_of,
    theme_colours,
    truth,
    whole,
)

_DATED = (FormatKind.DATE, FormatKind.DATE_TIME, FormatKind.TIME)
_CM_PER_CHARACTER = 7 * 2.54 / 96  # Excel's width unit: a digit of the default font, 7 pixels
_BUILT_IN_NAMES = re.compile(r"_xlnm\.(\w+)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class _Package:
    """The parts of a file that all sheets share."""

    members: Mapping[str, bytes]
    strings: tuple[str, ...]
    styles: tuple[Style, ...]
    epoch: dt.datetime


def read_xlsx(data: bytes) -> Workbook:
    """Read an .xlsx file.

    Raises:
        DocumentError: not an Office Open XML spreadsheet, broken, hostile, or beyond a limit.
    """
    members = unpack(data, (".xml", ".rels"))
    start = _start(members)
    workbook = _parsed(members, start)
    relations = _relations(members, start)
    if workbook is None or local_name(workbook) != "workbook":
        raise DocumentError("not an Office Open XML spreadsheet: no workbook in it")
    package = _package(members, relations, workbook)
    defined = members_of(workbook, "definedNames", "definedName")
    sheets = []
    left = MAX_CELLS
    for index, entry in enumerate(members_of(workbook, "sheets", "sheet")):
        path = relations.get(_relation_id(entry), "")
        root = _parsed(members, path)
        if root is None:
            raise DocumentError(f"sheet {entry.get('name')!r} is missing in the file")
        sheets.append(_sheet(entry, root, path, package, _print_ranges(defined, index), left))
        left -= len(sheets[-1].cells)
    if not sheets:
        raise DocumentError("an Office Open XML file without a sheet")
    names = {
        str(each.get("name", "")).upper(): normal_formula(each.text or "")
        for each in defined
        if not _BUILT_IN_NAMES.match(str(each.get("name", "")))
    }
    return Workbook(WorkbookKind.XLSX, tuple(sheets), names)


def _start(members: Mapping[str, bytes]) -> str:
    root = _parsed(members, "_rels/.rels")
    for each in root if root is not None else ():
        if str(each.get("Type", "")).endswith("/officeDocument"):
            return str(each.get("Target", "")).lstrip("/")
    raise DocumentError("not an Office Open XML file: no main part")


def _parsed(members: Mapping[str, bytes], path: str) -> etree._Element | None:
    return parse_xml(members[path], path) if path in members else None


def _relations(members: Mapping[str, bytes], path: str) -> dict[str, str]:
    """Targets of the relationships of a part, by id, as paths in the container."""
    folder, name = posixpath.split(path)
    root = _parsed(members, f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    found = {}
    for each in root if root is not None else ():
        target = str(each.get("Target", ""))
        inside = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        found[str(each.get("Id", ""))] = posixpath.normpath(inside).lstrip("/")
    return found


def _relation_id(element: etree._Element) -> str:
    """The r:id attribute, whichever of the two namespaces (transitional, strict) it is in."""
    for name, value in element.attrib.items():
        if str(name).endswith("}id"):
            return str(value)
    return ""


def _package(
    members: Mapping[str, bytes], relations: Mapping[str, str], workbook: etree._Element
) -> _Package:
    by_name = {posixpath.basename(path).lower(): path for path in relations.values()}
    strings = _parsed(members, by_name.get("sharedstrings.xml", ""))
    theme = next((p for p in relations.values() if "/theme/" in p), "")
    styles = _parsed(members, by_name.get("styles.xml", ""))
    properties = child(workbook, "workbookPr")
    mac = properties is not None and truth(properties.get("date1904"))
    return _Package(
        members=members,
        strings=tuple(_text(item) for item in strings) if strings is not None else (),
        styles=cell_styles(styles, theme_colours(_parsed(members, theme))),
        epoch=dt.datetime(1904, 1, 1) if mac else dt.datetime(1899, 12, 30),
    )


def _text(item: etree._Element) -> str:
    """Text of a string item: plain, or the runs of rich text; phonetic hints left out."""
    parts = []
    for each in item:
        if local_name(each) == "t":
            parts.append(each.text or "")
        elif local_name(each) == "r":
            run = child(each, "t")
            parts.append((run.text or "") if run is not None else "")
    joined = "".join(parts).replace("\r\n", "\n")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), joined)


def _print_ranges(defined: list[etree._Element], sheet_index: int) -> tuple[str, ...]:
    for each in defined:
        mine = whole(each.get("localSheetId"), -1) == sheet_index
        if mine and each.get("name") == "_xlnm.Print_Area":
            parts = (each.text or "").split(",")
            return tuple(part.rpartition("!")[2].replace("$", "") for part in parts)
    return ()


def _sheet(
    entry: etree._Element,
    root: etree._Element,
    path: str,
    package: _Package,
    print_ranges: tuple[str, ...],
    limit: int,
) -> Sheet:
    cells, hidden = _cells(root, package, limit)
    content = [at for at, cell in cells.items() if holds_content(cell)]
    bottom = max((row for row, _ in content), default=1)
    right = max((column for _, column in content), default=1)
    merges = (str(each.get("ref", "")) for each in members_of(root, "mergeCells", "mergeCell"))
    filter_element = child(root, "autoFilter")
    return Sheet(
        name=str(entry.get("name", "")),
        cells=cells,
        hidden=entry.get("state") in ("hidden", "veryHidden"),
        hidden_rows=frozenset(row for row in hidden if row <= bottom),
        merged=frozenset(ref for ref in merges if ":" in ref),
        column_widths=_widths(root, right),
        frozen=_frozen(root),
        autofilters=_filter_ranges(filter_element, root, path, package.members),
        charts=_charts(root, path, package.members),
        print_ranges=print_ranges,
    )


def _filter_ranges(
    element: etree._Element | None, root: etree._Element, path: str, members: Mapping[str, bytes]
) -> tuple[str, ...]:
    """Of the sheet itself and of its tables."""
    found = [str(element.get("ref", ""))] if element is not None else []
    relations = _relations(members, path)
    for part in members_of(root, "tableParts", "tablePart"):
        table = _parsed(members, relations.get(_relation_id(part), ""))
        filtered = child(table, "autoFilter")
        if filtered is not None:
            found.append(str(filtered.get("ref", "")))
    return tuple(ref.replace("$", "") for ref in found if ref)


def _cells(
    root: etree._Element, package: _Package, limit: int
) -> tuple[dict[tuple[int, int], Cell], set[int]]:
    cells: dict[tuple[int, int], Cell] = {}
    hidden: set[int] = set()
    shared: dict[str, tuple[int, int, str]] = {}  # si -> row, column, formula of the first cell
    row = 0
    for row_element in members_of(root, "sheetData", "row"):
        row = whole(row_element.get("r"), row + 1)
        if truth(row_element.get("hidden")):
            hidden.add(row)
        column = 0
        for element in row_element:
            at = _address(element, row, column + 1)
            column = at[1]
            cell = _cell(element, at, package, shared)
            if holds_content(cell) or cell.style != PLAIN:
                cells[at] = cell
        if len(cells) > limit:
            raise DocumentError(f"more than {MAX_CELLS} cells")
    return cells, hidden


def _address(element: etree._Element, row: int, column: int) -> tuple[int, int]:
    reference = element.get("r")
    if reference is None:
        return row, column
    try:
        return parse_cell(str(reference))
    except ValueError as error:
        raise DocumentError(str(error)) from error


def _cell(
    element: etree._Element,
    at: tuple[int, int],
    package: _Package,
    shared: dict[str, tuple[int, int, str]],
) -> Cell:
    index = whole(element.get("s"))
    style = package.styles[index] if index < len(package.styles) else PLAIN
    formula_element = child(element, "f")
    formula = "" if formula_element is None else _formula(formula_element, at, shared)
    kind = str(element.get("t", "n"))
    value = _value(element, kind, style, package)
    return make_cell(value, formula, style, error=kind == "e")


def _formula(
    element: etree._Element, at: tuple[int, int], shared: dict[str, tuple[int, int, str]]
) -> str:
    text = normal_formula(element.text) if element.text else ""
    if element.get("t") != "shared":
        return text
    key = str(element.get("si", ""))
    if text:
        shared[key] = (*at, text)
        return text
    if key not in shared:
        raise DocumentError("a shared formula without its first cell")
    row, column, first = shared[key]
    return shifted_formula(first, at[0] - row, at[1] - column)


def _value(element: etree._Element, kind: str, style: Style, package: _Package) -> Value:
    if kind == "inlineStr":
        inline = child(element, "is")
        return _text(inline) if inline is not None else None
    holder = child(element, "v")
    text = holder.text if holder is not None else None
    if text is None:
        return None
    if kind == "s":
        at = whole(text, len(package.strings))
        if at >= len(package.strings):
            raise DocumentError(f"a cell with the shared string {text[:20]!r}")
        return package.strings[at]
    if kind == "b":
        return text.strip() == "1"
    if kind in ("str", "e"):
        return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if kind == "d":
        return _iso_date(text)
    return _number(text, style, package.epoch)


def _number(text: str, style: Style, epoch: dt.datetime) -> Value:
    try:
        number = float(text)
    except ValueError as error:
        raise DocumentError(f"a cell with the number {text[:40]!r}") from error
    if not math.isfinite(number):
        raise DocumentError(f"a cell with the number {text[:40]!r}")
    if style.format.kind in _DATED:
        return _moment(number, style.format.kind, epoch)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _moment(number: float, kind: FormatKind, epoch: dt.datetime) -> Value:
    span = dt.timedelta(milliseconds=round(max(-1e6, min(number, 2.9e6)) * 86_400_000))
    if kind is FormatKind.TIME:
        return span
    moment = epoch + span
    return moment.date() if moment.time() == dt.time() else moment


def _iso_date(text: str) -> Value:
    try:
        moment = dt.datetime.fromisoformat(text[:26])
    except ValueError:
        return text
    return moment.date() if moment.time() == dt.time() else moment


def _widths(root: etree._Element, right: int) -> dict[int, float]:
    widths: dict[int, float] = {}
    for each in members_of(root, "cols", "col"):
        try:
            width = float(each.get("width", ""))
        except ValueError:
            continue
        first, last = whole(each.get("min"), 1), min(whole(each.get("max"), 1), right)
        widths.update(dict.fromkeys(range(first, last + 1), round(width * _CM_PER_CHARACTER, 3)))
    return widths


def _frozen(root: etree._Element) -> tuple[int, int]:
    for view in members_of(root, "sheetViews", "sheetView"):
        pane = child(view, "pane")
        if pane is not None and pane.get("state") in ("frozen", "frozenSplit"):
            splits = [str(pane.get(name, "0")).partition(".")[0] for name in ("ySplit", "xSplit")]
            return whole(splits[0]), whole(splits[1])
    return 0, 0


_CHART_KINDS = {
    "lineChart": "line",
    "areaChart": "area",
    "pieChart": "pie",
    "doughnutChart": "doughnut",
    "scatterChart": "scatter",
    "bubbleChart": "bubble",
    "radarChart": "radar",
    "stockChart": "stock",
    "line3DChart": "line",
    "area3DChart": "area",
    "pie3DChart": "pie",
    "ofPieChart": "pie",
}


def _charts(root: etree._Element, path: str, members: Mapping[str, bytes]) -> tuple[Chart, ...]:
    charts = []
    relations = _relations(members, path)
    for drawing in (each for each in root if local_name(each) == "drawing"):
        drawing_path = relations.get(_relation_id(drawing), "")
        drawing_root = _parsed(members, drawing_path)
        if drawing_root is None:
            continue
        targets = _relations(members, drawing_path)
        for element in drawing_root.iter("{*}chart"):
            chart = _parsed(members, targets.get(_relation_id(element), ""))
            charts += [_chart(chart)] if chart is not None else []
    return tuple(charts)


def _chart(root: etree._Element) -> Chart:
    chart = child(root, "chart")
    area = child(chart, "plotArea")
    kind = ""
    series: list[Series] = []
    for plot in area if area is not None else ():
        name = local_name(plot)
        if name in ("barChart", "bar3DChart"):
            direction = child(plot, "barDir")
            across = direction is not None and direction.get("val") == "bar"
            kind = kind or ("bar" if across else "column")
        elif name in _CHART_KINDS:
            kind = kind or _CHART_KINDS[name]
        else:
            continue
        series += [_series(each) for each in plot if local_name(each) == "ser"]
    title = child(chart, "title")
    words = [each.text or "" for each in title.iter("{*}t")] if title is not None else []
    return Chart(kind or "unknown", tuple(series), "".join(words))


def _series(element: etree._Element) -> Series:
    values = _referred(child(element, "val")) or _referred(child(element, "yVal"))
    categories = _referred(child(element, "cat")) or _referred(child(element, "xVal"))
    return Series(values, categories, _referred(child(element, "tx")))


def _referred(element: etree._Element | None) -> str:
    formula = next(element.iter("{*}f"), None) if element is not None else None
    if formula is None or not formula.text:
        return ""
    sheet, _, block = formula.text.strip("()").replace("$", "").rpartition("!")
    name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    return f"{quoted_sheet(name)}!{block}" if name else block
