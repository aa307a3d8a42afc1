"""Spreadsheets by meaning: the records that .ods, .xlsx, .gnumeric and .csv files are read into.

    Workbook  sheets in order        Sheet  cells by (row, column), charts, filters, ...
    Cell      value, formula, style  Style  bold, colours, number format, ...

Read one with `spreadsheet.read_workbook`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from gym_anything.documents.address import Range, column_number, parse_cell
from gym_anything.documents.embedded import Embedded
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.number_format import GENERAL, NumberFormat

Value: TypeAlias = bool | int | float | str | dt.date | dt.datetime | dt.timedelta | None
"""A date at midnight is a date; a time of day is a timedelta; an error is its text ("#DIV/0!")."""

MAX_CELLS = 500_000  # cells with content in one workbook


class WorkbookKind(StrEnum):
    """Which file a workbook came from."""

    ODS = "ods"
    XLSX = "xlsx"
    GNUMERIC = "gnumeric"
    CSV = "csv"  # every value is text; it has no formulas and no styles


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. Colours are "#rrggbb", "" for the application's default.

    Attributes:
        bold: heavier than normal.
        italic: slanted.
        underline: underlined in any way.
        background: fill colour.
        font_colour: colour of the text; black reads as "".
        align: "left", "center", "right", "justify", or "" (by type of the value).
        wrap: whether long text breaks into lines.
        format: how numbers are shown.
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    background: str = ""
    font_colour: str = ""
    align: str = ""
    wrap: bool = False
    format: NumberFormat = GENERAL


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        value: what it holds, or what its formula gave when the file was saved.
        formula: in the normal form of `formula.normal_formula`, "" if it is none.
        style: how it looks.
        error: whether the value is the text of an error such as "#DIV/0!".
    """

    value: Value = None
    formula: str = ""
    style: Style = PLAIN
    error: bool = False


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart; ranges as "Sheet1!B2:B8", "" where there is none."""

    values: str
    categories: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        kind: "column", "bar", "line", "area", "pie", "doughnut", "scatter", "bubble", "radar",
            "stock", or the file's own word.
        series: in order.
        title: its main title, "" if it has none.
    """

    kind: str
    series: tuple[Series, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Rows and columns start at 1.

    Attributes:
        name: as on its tab.
        cells: those with a value, a formula or a look of their own, by (row, column).
        hidden: whether the whole sheet is.
        hidden_rows: rows hidden by hand or by a filter, down to the last row used.
        merged: blocks of merged cells, such as "A1:C1".
        column_widths: in centimetres, of columns that state one, up to the last column used.
        frozen: how many (rows, columns) stay when scrolling.
        autofilters: blocks with filter buttons, such as "A1:E20".
        charts: in the order of the file.
        print_ranges: such as "A1:E20".
        pictures: on the sheet and in its cells; of an .ods file only.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    merged: frozenset[str] = frozenset()
    column_widths: Mapping[int, float] = field(default_factory=dict)
    frozen: tuple[int, int] = (0, 0)
    autofilters: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    print_ranges: tuple[str, ...] = ()
    pictures: tuple[Embedded, ...] = ()

    def __getitem__(self, address: str) -> Cell:
        """The cell at "B2", empty if nothing is there. Raises ValueError on a bad address."""
        return self.cells.get(parse_cell(address), EMPTY)

    def at(self, row: int, column: int) -> Cell:
        """The cell at a row and column, both from 1."""
        return self.cells.get((row, column), EMPTY)

    @property
    def used(self) -> Range:
        """The block from A1 to the last row and column with a value or formula (A1 if empty)."""
        content = [at for at, cell in self.cells.items() if holds_content(cell)]
        bottom = max((row for row, _ in content), default=1)
        right = max((column for _, column in content), default=1)
        return Range("", 1, 1, bottom, right)

    def column(self, letters: str, top: int, bottom: int) -> tuple[Cell, ...]:
        """Cells of a column from row `top` to `bottom`. Raises ValueError on bad letters."""
        number = column_number(letters)
        return tuple(self.at(row, number) for row in range(top, bottom + 1))


@dataclass(frozen=True, slots=True)
class Workbook:
    """A spreadsheet document.

    Attributes:
        kind: which file it came from.
        sheets: in order, at least one.
        names: defined names, upper case, with the normal form of what they mean.
    """

    kind: WorkbookKind
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of the sheets in order."""
        return tuple(sheet.name for sheet in self.sheets)

    def sheet(self, name: str = "") -> Sheet:
        """The sheet of this name in any case, the first for "".

        Raises:
            DocumentError: no such sheet. The only sheet of a CSV file answers to every name.
        """
        if not name or self.kind is WorkbookKind.CSV:
            return self.sheets[0]
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise DocumentError(f"no sheet {name!r}; there is {', '.join(self.sheet_names)}")


def holds_content(cell: Cell) -> bool:
    """Whether a cell has a value or a formula (an empty text is no value)."""
    return bool(cell.formula) or cell.value not in (None, "")


def make_cell(value: Value, formula: str, style: Style, error: bool = False) -> Cell:
    """Make a cell in the one form that every reader gives.

    A truth value may be stored as the formula TRUE() (LibreOffice does so with .xlsx files); it
    reads as the value that it is.
    """
    if formula in ("=TRUE", "=FALSE"):
        return Cell(formula == "=TRUE", "", style)
    return Cell(value, formula, style, error)
