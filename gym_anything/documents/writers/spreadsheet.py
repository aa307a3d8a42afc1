"""Write a spreadsheet document as .ods, .xlsx or .gnumeric; its content's shape is in sheet.py."""

from __future__ import annotations

from pydantic import JsonValue

from gym_anything.documents.writers.gnumeric import write_gnumeric
from gym_anything.documents.writers.ods import write_ods
from gym_anything.documents.writers.sheet import parse_content
from gym_anything.documents.writers.xlsx import write_xlsx
from gym_anything.errors import TaskError

_WRITERS = {"ods": write_ods, "xlsx": write_xlsx, "gnumeric": write_gnumeric}


def write_spreadsheet(content: JsonValue, path: str) -> bytes:
    """Write a spreadsheet in the format that the suffix of `path` names.

    Raises:
        TaskError: another suffix, or content of another shape than sheet.py says.
    """
    suffix = path.rpartition(".")[2].lower()
    if suffix not in _WRITERS:
        raise TaskError(f"a spreadsheet document ends in .ods, .xlsx or .gnumeric, got {path!r}")
    sheets = parse_content(content)
    if suffix != "ods" and any(sheet.pictures for sheet in sheets):
        raise TaskError(f"{path}: only an .ods file is written with pictures")
    return _WRITERS[suffix](sheets)
