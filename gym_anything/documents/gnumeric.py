"""Read Gnumeric spreadsheets (.gnumeric: XML, mostly gzipped) into a `Workbook`.

The format keeps formulas without their results, so those are computed (`evaluate.with_results`).
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from gym_anything.documents.address import MAX_COLUMN, MAX_ROW, Range, parse_cell
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.evaluate import with_results
from gym_anything.documents.formula import normal_formula, shifted_formula
from gym_anything.documents.gnumeric_charts import charts_of
from gym_anything.documents.number_format import GENERAL, FormatKind, parse_format_code
from gym_anything.documents.safe import DEFAULT_LIMITS, parse_xml
from gym_anything.documents.workbook import (
    MAX_CELLS,
    PLAIN,
    Cell,
    Sheet,
    Style,
    Value,
    Workbook,
    WorkbookKind,
    make_cell,
)

_GZIP = b"\x1f\x8b"
_CM_PER_POINT = 2.54 / 72
_DATED = (FormatKind.DATE, FormatKind.DATE_TIME, FormatKind.TIME)
_BOOLEAN, _INTEGER, _FLOAT, _ERROR, _TEXT = 20, 30, 40, 50, 60  # values of ValueType
_MAX_STYLED_RUN = 32  # a look without content that goes further is of a whole row or column
_LONG_NUMBER = re.compile(r'(?P<string>"[^"]*")|(?<![\w.])(?P<number>\d+\.\d{14,40})(?![\w.])')
_OWN_NAMES = ("PRINT_AREA", "SHEET_TITLE")  # every sheet gets them by itself


def read_gnumeric(data: bytes) -> Workbook:
    """Read a .gnumeric file.

    Raises:
        DocumentError: not a Gnumeric spreadsheet, broken, hostile, or beyond a limit.
    """
    root = parse_xml(gunzip(data), "the workbook")
    if _local(root) != "Workbook" or "gnumeric.org" not in str(etree.QName(root).namespace):
        raise DocumentError("not a Gnumeric spreadsheet: no workbook in it")
    mac = any("1904" in (each.text or "") for each in _below(root, "DateConvention"))
    epoch = dt.datetime(1904, 1, 1) if mac else dt.datetime(1899, 12, 30)
    left = MAX_CELLS
    sheets, shared = [], dict[str, tuple[int, int, str]]()
    for element in (each for holder in _below(root, "Sheets") for each in _below(holder, "Sheet")):
        sheets.append(_sheet(element, epoch, shared, left))
        left -= len(sheets[-1].cells)
    if not sheets:
        raise DocumentError("a Gnumeric file without a sheet")
    return with_results(Workbook(WorkbookKind.GNUMERIC, tuple(sheets), _names(root)))


def gunzip(data: bytes, limit: int = DEFAULT_LIMITS.member_bytes) -> bytes:
    """Unpack a gzip file in memory; what is not gzipped stays as it is.

    Args:
        data: the file.
        limit: bytes that it may unpack to.

    Raises:
        DocumentError: broken, cut off, followed by other data, or too large.
    """
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise DocumentError(f"not readable as gzip: {error}") from error
    if len(content) > limit:
        raise DocumentError(f"unpacks to more than {limit} bytes")
    if not unpacker.eof or unpacker.unused_data:
        raise DocumentError("a gzip file that is cut off or goes on behind its end")
    return content


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _below(element: etree._Element, name: str) -> list[etree._Element]:
    """Children of this name."""
    return [each for each in element if _local(each) == name]


def _inner(element: etree._Element, holder: str, name: str) -> list[etree._Element]:
    return [each for outer in _below(element, holder) for each in _below(outer, name)]


def _whole(element: etree._Element, name: str, default: int = 0, limit: int = MAX_ROW) -> int:
    text = str(element.get(name, ""))
    return min(int(text), limit) if re.fullmatch(r"\d{1,9}", text) else default


def _text(element: etree._Element, name: str) -> str:
    return next((each.text or "" for each in _below(element, name)), "")


def _names(root: etree._Element) -> dict[str, str]:
    found = {}
    holders = [*_below(root, "Names")]
    for sheet in _inner(root, "Sheets", "Sheet"):
        holders += _below(sheet, "Names")
    for entry in (each for holder in holders for each in _below(holder, "Name")):
        name = _text(entry, "name").upper()
        if name and name not in _OWN_NAMES:
            found[name] = normal_formula(_text(entry, "value"))
    return found


def _sheet(
    element: etree._Element,
    epoch: dt.datetime,
    shared: dict[str, tuple[int, int, str]],
    limit: int,
) -> Sheet:
    entries = _inner(element, "Cells", "Cell")
    if len(entries) > limit:
        raise DocumentError(f"more than {MAX_CELLS} cells")
    places = [(_whole(each, "Row") + 1, _whole(each, "Col") + 1) for each in entries]
    bottom = max((row for row, _ in places), default=1)
    right = max((column for _, column in places), default=1)
    looks = _looks(element, Range("", 1, 1, bottom, right), limit)
    cells = {at: Cell(style=look) for at, look in looks.items() if look != PLAIN}
    for at, each in zip(places, entries, strict=True):
        cells[at] = _cell(each, at, looks.get(at, PLAIN), epoch, shared)
    areas = (str(each.get("Area", "")) for each in _inner(element, "Filters", "Filter"))
    merges = (_plain_range(each.text or "") for each in _inner(element, "MergedRegions", "Merge"))
    return Sheet(
        name=_text(element, "Name"),
        cells=cells,
        hidden="HIDDEN" in str(element.get("Visibility", "")),
        hidden_rows=frozenset(_hidden_rows(element, bottom)),
        merged=frozenset(block for block in merges if ":" in block),
        column_widths=_widths(element, right),
        frozen=_frozen(element),
        autofilters=tuple(_plain_range(area) for area in areas if area),
        charts=charts_of(element),
    )


def _plain_range(text: str) -> str:
    return text.rpartition("!")[2].replace("$", "")


def _looks(element: etree._Element, used: Range, limit: int) -> dict[tuple[int, int], Style]:
    """Looks by cell: those of long runs only as far as the sheet has content.

    Of blocks that overlap the last one counts.
    """
    looks: dict[tuple[int, int], Style] = {}
    left = 2 * limit  # cells that may be painted, also one over the other
    for region in _inner(element, "Styles", "StyleRegion"):
        block = _block(region)
        short = block.bottom - block.top < _MAX_STYLED_RUN
        short = short and block.right - block.left < _MAX_STYLED_RUN
        bottom = block.bottom if short else min(block.bottom, used.bottom)
        right = block.right if short else min(block.right, used.right)
        if bottom < block.top or right < block.left:
            continue
        kept = Range("", block.top, block.left, bottom, right)
        left -= kept.size
        if left < 0:
            raise DocumentError("looks of too many cells")
        for style in _below(region, "Style"):
            looks.update(dict.fromkeys(kept.cells(), _style(style)))
    return looks


def _block(region: etree._Element) -> Range:
    names = ("startRow", "startCol", "endRow", "endCol")
    top, left, bottom, right = (_whole(region, name) + 1 for name in names)
    return Range("", top, left, min(bottom, MAX_ROW), min(right, MAX_COLUMN))


def _style(element: etree._Element) -> Style:
    font = next(iter(_below(element, "Font")), None)
    flags = {
        name.lower(): font is not None and str(font.get(name, "0")) not in ("0", "")
        for name in ("Bold", "Italic", "Underline")
    }
    align = str(element.get("HAlign", "")).removeprefix("GNM_HALIGN_").lower()
    fore = _colour(str(element.get("Fore", "")))
    filled = str(element.get("Shade", "0")) != "0"
    return Style(
        bold=flags["bold"],
        italic=flags["italic"],
        underline=flags["underline"],
        background=_colour(str(element.get("Back", ""))) if filled else "",
        font_colour="" if fore == "#000000" else fore,
        align="" if align in ("general", "1") else align.replace("_", " "),
        wrap=str(element.get("WrapText", "0")) == "1",
        format=parse_format_code(str(element.get("Format", "General"))),
    )


def _colour(text: str) -> str:
    """Turn "FFFF:8080:0", sixteen bits a channel in hexadecimal, into "#ff8000"."""
    channels = text.split(":")
    if not all(re.fullmatch(r"[0-9A-Fa-f]{1,4}", each) for each in channels) or len(channels) < 3:
        return ""
    return "#" + "".join(f"{int(each, 16) >> 8:02x}" for each in channels[:3])


def _cell(
    element: etree._Element,
    at: tuple[int, int],
    style: Style,
    epoch: dt.datetime,
    shared: dict[str, tuple[int, int, str]],
) -> Cell:
    text, kind = element.text or "", _whole(element, "ValueType")
    shown = str(element.get("ValueFormat", ""))
    if shown and style.format == GENERAL:
        style = replace(style, format=parse_format_code(shown))
    if kind:
        return make_cell(_value(text, kind, style, epoch), "", style, error=kind == _ERROR)
    key = str(element.get("ExprID", ""))
    if not text and key and key in shared:
        row, column, first = shared[key]
        formula = shifted_formula(first, at[0] - row, at[1] - column)
    elif text.startswith("="):
        formula = normal_formula(_LONG_NUMBER.sub(_short, text))
        shared[key] = (*at, formula)
    else:
        raise DocumentError(f"a cell with the formula {text[:40]!r}")
    return make_cell(None, formula, style)


def _short(match: re.Match[str]) -> str:
    """A number as it was typed; Gnumeric writes 0.1 with the 21 digits of its own arithmetic."""
    return match[0] if match["string"] else f"{float(match['number']):.15g}"


def _value(text: str, kind: int, style: Style, epoch: dt.datetime) -> Value:
    if kind == _BOOLEAN:
        return text.strip().upper() == "TRUE"
    if kind not in (_INTEGER, _FLOAT):
        return text or None
    try:
        number = float(text)
    except ValueError as error:
        raise DocumentError(f"a cell with the number {text[:40]!r}") from error
    if not math.isfinite(number):
        raise DocumentError(f"a cell with the number {text[:40]!r}")
    if style.format.kind in _DATED:
        span = dt.timedelta(milliseconds=round(max(-1e5, min(number, 2.9e6)) * 86_400_000))
        if style.format.kind is FormatKind.TIME:
            return span
        moment = epoch + span
        return moment.date() if moment.time() == dt.time() else moment
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _hidden_rows(element: etree._Element, bottom: int) -> Iterator[int]:
    for each in _inner(element, "Rows", "RowInfo"):
        if each.get("Hidden") == "1":
            first = _whole(each, "No") + 1
            yield from range(first, min(first + _whole(each, "Count", 1), bottom + 1))


def _widths(element: etree._Element, right: int) -> Mapping[int, float]:
    widths: dict[int, float] = {}
    for each in _inner(element, "Cols", "ColInfo"):
        first = _whole(each, "No") + 1
        if re.fullmatch(r"\d{1,5}(\.\d{1,12})?", str(each.get("Unit", ""))):
            width = round(float(str(each.get("Unit"))) * _CM_PER_POINT, 3)
            last = min(first + _whole(each, "Count", 1), right + 1)
            widths.update(dict.fromkeys(range(first, last), width))
    return widths


def _frozen(element: etree._Element) -> tuple[int, int]:
    for pane in _inner(element, "SheetLayout", "FreezePanes"):
        try:
            top, left = parse_cell(str(pane.get("FrozenTopLeft", "A1")))
            bottom, right = parse_cell(str(pane.get("UnfrozenTopLeft", "A1")))
        except ValueError as error:
            raise DocumentError(str(error)) from error
        return bottom - top, right - left
    return 0, 0
