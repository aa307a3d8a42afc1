"""Write the documents of a task's set-up from data. Before task in the flow.

    render(document)  -> bytes, by the document's kind and the suffix of its path
    KINDS             the kinds that are known

The same content gives the same bytes: no clock, no random names. Content that a kind does not take
raises TaskError with the key at fault.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pydantic import JsonValue

from gym_anything.errors import TaskError, did_you_mean

if TYPE_CHECKING:
    from gym_anything.task import Document

_WRITERS = {  # kind: where its writer is, imported with the first document of that kind
    "text": ("plain", "write_text"),
    "csv": ("plain", "write_csv"),
    "spreadsheet": ("spreadsheet", "write_spreadsheet"),
    "database": ("database", "write_database"),
    "document": ("document", "write_document"),
    "presentation": ("presentation", "write_presentation"),
    "sav": ("sav", "write_sav"),
    "file": ("plain", "write_file"),
    "sqlite": ("sqlite", "write_sqlite"),
    "picture": ("picture", "write_picture"),
    "vector": ("vector", "write_vector"),
    "annotation": ("annotation", "write_annotation"),
    "drawing": ("drawing", "write_drawing"),
    "accounts": ("accounts", "write_accounts"),
}
KINDS = tuple(_WRITERS)


def write(kind: str, content: JsonValue, path: str = "") -> bytes:
    """Write a document.

    Args:
        kind: of `KINDS`.
        content: what that kind takes; see its writer.
        path: name of the file; the suffix chooses between formats of one kind.

    Raises:
        TaskError: unknown kind, key, shape or suffix; names the key.
    """
    if kind not in _WRITERS:
        raise TaskError(did_you_mean("kind of document", kind, KINDS))
    return _writer(kind)(content, path)


@cache
def _writer(kind: str) -> Callable[[JsonValue, str], bytes]:
    module, function = _WRITERS[kind]
    found: Callable[[JsonValue, str], bytes] = getattr(
        import_module(f"{__name__}.{module}"), function
    )
    return found


def render(document: Document) -> bytes:
    """Write a document of a task's set-up. Raises TaskError as `write` does."""
    return write(document.kind, document.content, document.path)
