"""Addresses of spreadsheet cells: "B2", "B2:C8", "B:B", "Sheet1!A1". All count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_SHEET = r"(?:(?P<sheet>'(?:[^']|'')+'|[^\s'!:(),;]+)!)?"
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_RANGE = re.compile(
    _SHEET + r"(?:(?P<c1>\$?[A-Za-z]{1,3})?(?P<r1>\$?[1-9]\d{0,6})?)"
    r"(?::(?=.)(?P<c2>\$?[A-Za-z]{1,3})?(?P<r2>\$?[1-9]\d{0,6})?)?"
)


@dataclass(frozen=True, slots=True)
class Range:
    """A block of cells, both ends included.

    Attributes:
        sheet: sheet name, "" where the text names none.
        top: first row.
        left: first column.
        bottom: last row.
        right: last column.
    """

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies in the block, whatever the sheet."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def covers(self, other: Range) -> bool:
        """Whether the other block lies wholly in this one, whatever the sheet."""
        return self.holds(other.top, other.left) and self.holds(other.bottom, other.right)

    def cells(self) -> Iterator[tuple[int, int]]:
        """Every (row, column), row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column

    @property
    def size(self) -> int:
        """How many cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def __str__(self) -> str:
        """In the shape it would be typed, without "$"."""
        return f"{quoted_sheet(self.sheet)}!{self._block()}" if self.sheet else self._block()

    def _block(self) -> str:
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        if (self.top, self.bottom) == (1, MAX_ROW):
            return f"{column_letters(self.left)}:{column_letters(self.right)}"
        if (self.left, self.right) == (1, MAX_COLUMN):
            return f"{self.top}:{self.bottom}"
        return first if first == last else f"{first}:{last}"


def column_number(letters: str) -> int:
    """Number of a column: "A" is 1, "AB" is 28. Raises ValueError."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters!r} is not a column; expected letters such as 'B'")
        number = number * 26 + ord(letter) - ord("A") + 1
    if not 1 <= number <= MAX_COLUMN:
        raise ValueError(f"{letters!r} is not a column from A to XFD")
    return number


def column_letters(number: int) -> str:
    """Letters of a column: 28 is "AB"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Name of a cell: (2, 28) is "AB2"."""
    return f"{column_letters(column)}{row}"


def parse_cell(text: str) -> tuple[int, int]:
    """Read "B2" or "$B$2" as (row, column). Raises ValueError."""
    match = _CELL.fullmatch(text.strip())
    if match is None or int(match[2]) > MAX_ROW:
        raise ValueError(f"{text!r} is not a cell; expected an address such as 'B2'")
    return int(match[2]), column_number(match[1])


def parse_range(text: str) -> Range:
    """Read "B2", "B2:C8", "B:B" or "2:5", with or without a sheet and "!". Raises ValueError."""
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match["c1"] or match["r1"]):
        raise ValueError(f"{text!r} is not a range; expected an address such as 'B2:C8'")
    single = match["c2"] is None and match["r2"] is None
    c1, r1 = match["c1"], match["r1"]
    c2, r2 = (c1, r1) if single else (match["c2"], match["r2"])
    if (single and not (c1 and r1)) or bool(c1) != bool(c2) or bool(r1) != bool(r2):
        raise ValueError(f"{text!r} is not a range; expected an address such as 'B2:C8'")
    columns = sorted(column_number(c.strip("$")) for c in (c1, c2)) if c1 else [1, MAX_COLUMN]
    rows = sorted(int(r.strip("$")) for r in (r1, r2)) if r1 else [1, MAX_ROW]
    if rows[1] > MAX_ROW:
        raise ValueError(f"{text!r} lies below the last row")
    return Range(unquoted_sheet(match["sheet"] or ""), rows[0], columns[0], rows[1], columns[1])


def quoted_sheet(name: str) -> str:
    """A sheet name as it stands before "!": in quotes unless it is a plain word."""
    if re.fullmatch(r"[^\W\d][\w.]*", name) and not _CELL.fullmatch(name):
        return name
    escaped = name.replace("'", "''")
    return f"'{escaped}'"


def unquoted_sheet(text: str) -> str:
    """The name behind "Sheet1", "$Sheet1" or "'My sheet'"."""
    name = text.removeprefix("$")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name
