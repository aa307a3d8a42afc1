"""Writers of plain kinds: text, csv, and a small fixed file."""

from __future__ import annotations

import base64
import binascii
import csv
import io

from pydantic import JsonValue

from gym_anything.documents.writers.shape import take_list, take_object, take_text, wrong
from gym_anything.errors import TaskError

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "ascii")
NEWLINES = ("\n", "\r\n", "\r")
MAX_FILE_BYTES = 8 << 20


def write_text(content: JsonValue, path: str = "") -> bytes:
    r"""Write text.

    Args:
        content: the text, or {"text": ..., "encoding": one of `ENCODINGS`, "newline": one of
            `NEWLINES`}; the text itself always has "\n".
        path: not used.

    Raises:
        TaskError: another shape, or a character that the encoding does not have.
    """
    fields: JsonValue = {"text": content} if isinstance(content, str) else content
    parts = take_object(fields, "text", ("text", "encoding", "newline"))
    text = take_text(parts.get("text"), "text")
    return _encoded(text, parts)


def write_csv(content: JsonValue, path: str = "") -> bytes:
    r"""Write comma-separated values.

    Args:
        content: a list of rows, or {"rows": ..., "delimiter": one of ",", ";", "\t", "encoding":
            ..., "newline": ...}. A row is a list of null, text, numbers and booleans.
        path: not used; a .tsv wants {"delimiter": "\t"}.

    Raises:
        TaskError: another shape, or a character that the encoding does not have.
    """
    fields: JsonValue = {"rows": content} if isinstance(content, list) else content
    parts = take_object(fields, "csv", ("rows", "delimiter", "encoding", "newline"))
    delimiter = take_text(parts.get("delimiter", ","), "delimiter", (",", ";", "\t"))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    for index, row in enumerate(take_list(parts.get("rows"), "rows")):
        key = f"rows[{index}]"
        writer.writerow(
            [_field(cell, f"{key}[{at}]") for at, cell in enumerate(take_list(row, key))]
        )
    return _encoded(buffer.getvalue(), parts)


def write_file(content: JsonValue, path: str = "") -> bytes:
    """Write a small fixed file.

    Args:
        content: its bytes in base64, or {"base64": ...}.
        path: not used.

    Raises:
        TaskError: not base64, or more than `MAX_FILE_BYTES`.
    """
    fields: JsonValue = {"base64": content} if isinstance(content, str) else content
    text = take_text(take_object(fields, "file", ("base64",)).get("base64"), "base64")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TaskError(f"base64: not base64: {error}") from error
    if len(data) > MAX_FILE_BYTES:
        raise TaskError(f"base64: {len(data)} bytes, more than {MAX_FILE_BYTES}")
    return data


def _field(cell: JsonValue, key: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float | str):
        return str(cell)
    raise wrong(key, "null, text, a number, true or false", cell)


def _encoded(text: str, parts: dict[str, JsonValue]) -> bytes:
    encoding = take_text(parts.get("encoding", "utf-8"), "encoding", ENCODINGS)
    newline = take_text(parts.get("newline", "\n"), "newline", NEWLINES)
    if encoding == "utf-16":
        text, encoding = f"\ufeff{text}", "utf-16-le"  # the same bytes on every host
    try:
        return text.replace("\n", newline).encode(encoding)
    except UnicodeEncodeError as error:
        raise TaskError(f"text: {encoding} has no {text[error.start]!r}") from error
