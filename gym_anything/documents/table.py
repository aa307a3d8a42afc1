"""The table of a set-up spreadsheet: its content, and where its cells are on the screen.

For applications whose cells are no widgets (Gnumeric). Rows are as high, and columns as wide, as
the writer of .gnumeric files makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from gym_anything.task import Document

Row: TypeAlias = tuple[JsonValue, ...]

ORIGIN, ROW_PX = (55, 172), 20  # of a maximised Gnumeric window that shows two toolbars
DEFAULT_CM = 1.7


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a document, and where it is on the screen.

    Attributes:
        path: relative to home.
        header: names of the columns, from A.
        rows: cells of the rows, as a document's content has them.
        widths: of the columns, in centimetres.
        title: stands in A1, over a blank row; "" for none.
        below: rows that follow the last one.
        look: of the header.
    """

    path: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    title: str = ""
    below: tuple[Row, ...] = ()
    look: JsonValue = None

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    @property
    def top(self) -> int:
        """Row of the header."""
        return 3 if self.title else 1

    @property
    def first(self) -> int:
        """First row below the header."""
        return self.top + 1

    @property
    def last(self) -> int:
        """Last row of the table."""
        return self.top + len(self.rows)

    def block(self, left: str, right: str = "") -> str:
        """The rows of some columns as a range, without the header."""
        return f"{left}{self.first}:{right or left}{self.last}"

    def headed(self, left: str, right: str = "") -> str:
        """The rows of some columns as a range, with the header."""
        return f"{left}{self.top}:{right or left}{self.last}"

    def sheet(self, name: str = "Sheet1") -> JsonValue:
        """Content of the sheet."""
        styled = {} if self.look is None else {"style": self.look}
        header: list[JsonValue] = [{"value": name, **styled} for name in self.header]
        title: list[JsonValue] = [[{"value": self.title, "style": {"bold": True}}], []]
        rows: list[JsonValue] = [header, *map(list, (*self.rows, *self.below))]
        widths: list[JsonValue] = list(self.widths)
        return {"name": name, "rows": [*title, *rows] if self.title else rows, "widths": widths}

    def document(self) -> Document:
        """The set-up document."""
        return Document(self.path, "spreadsheet", {"sheets": [self.sheet()]})

    def left_px(self, column: int) -> int:
        """Where a column, counted from 0, begins on the screen."""
        widths = [*self.widths, *(DEFAULT_CM,) * 20][:column]
        return ORIGIN[0] + sum(int(round(cm / 2.54 * 288) / 4 * 96 / 72) for cm in widths)

    def pixel(self, cell: str, x: float = 0.5) -> tuple[int, int]:
        """A pixel of a cell, `x` of the way from its left to its right."""
        column, row = ord(cell[0]) - ord("A"), int(cell[1:])
        left, right = self.left_px(column), self.left_px(column + 1)
        return round(left + (right - left) * x), ORIGIN[1] + ROW_PX * row - ROW_PX // 2

    def corner(self, cell: str) -> tuple[int, int]:
        """The pixel at the lower right of a cell, where a selection has its handle."""
        right, middle = self.pixel(cell, x=1.0)
        return right, middle + ROW_PX // 2
