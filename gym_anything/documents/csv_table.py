"""Read comma-separated values into a `Workbook` of one sheet whose cells are all text."""

from __future__ import annotations

import csv
import io

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.text import read_text
from gym_anything.documents.workbook import MAX_CELLS, Cell, Sheet, Workbook, WorkbookKind

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20


def read_csv(data: bytes) -> Workbook:
    """Read a CSV file in any encoding of `text.read_text`, delimiter "," ";" tab or "|".

    Raises:
        DocumentError: a NUL or another thing that no table holds, or too many cells.
    """
    text = read_text(data).text
    if "\0" in text:
        raise DocumentError("not a text file: it holds a NUL character")
    cells: dict[tuple[int, int], Cell] = {}
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text))
        for row, fields in enumerate(rows, start=1):
            cells.update({(row, i): Cell(v) for i, v in enumerate(fields, start=1) if v})
            if len(cells) > MAX_CELLS:
                raise DocumentError(f"more than {MAX_CELLS} cells")
    except csv.Error as error:
        raise DocumentError(f"not comma-separated values: {error}") from error
    return Workbook(WorkbookKind.CSV, (Sheet("Sheet1", cells),))


def find_delimiter(text: str) -> str:
    """The delimiter that splits the first lines most evenly; "," where none is found."""
    lines = [line for line in text.split("\n")[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        counts = [_outside_quotes(line).count(delimiter) for line in lines]
        if not counts or not counts[0]:
            continue
        score = (sum(count == counts[0] for count in counts), counts[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
