"""Read a spreadsheet file of any kind that is known into a `workbook.Workbook`."""

from __future__ import annotations

from gym_anything.documents.csv_table import read_csv
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.gnumeric import read_gnumeric
from gym_anything.documents.ods import read_ods
from gym_anything.documents.workbook import Workbook
from gym_anything.documents.xlsx import read_xlsx

_READERS = {
    "ods": read_ods,
    "xlsx": read_xlsx,
    "gnumeric": read_gnumeric,
    "csv": read_csv,
    "tsv": read_csv,
    "txt": read_csv,
}


def read_workbook(data: bytes, path: str) -> Workbook:
    """Read a spreadsheet.

    Args:
        data: content of the file.
        path: its name; the suffix says which kind it should be (.ods, .xlsx, .gnumeric, .csv, .tsv,
            .txt).

    Raises:
        DocumentError: not that kind of file, broken, hostile, or beyond a limit.
    """
    suffix = path.rpartition(".")[2].lower()
    if suffix not in _READERS:
        raise DocumentError(f"{path}: no spreadsheet by its name; known: {', '.join(_READERS)}")
    try:
        return _READERS[suffix](data)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
