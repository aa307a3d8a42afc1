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

from gym_anything.documents.writers.accounts import write_accounts
from gym_anything.documents.writers.annotation import write_annotation
from gym_anything.documents.writers.database import write_database
from gym_anything.documents.writers.document import write_document
from gym_anything.documents.writers.drawing import write_drawing
from gym_anything.documents.writers.picture import write_picture
from gym_anything.documents.writers.plain import write_csv, write_file, write_text
from gym_anything.documents.writers.presentation import write_presentation
from gym_anything.documents.writers.sav import write_sav
from gym_anything.documents.writers.spreadsheet import write_spreadsheet
from gym_anything.documents.writers.sqlite import write_sqlite
from gym_anything.documents.writers.vector import write_vector
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
_WRITERS: dict[str, Callable[[JsonValue, str], bytes]] = {
    "text": write_text,
    "csv": write_csv,
    "spreadsheet": write_spreadsheet,
    "accounts": write_accounts,
    "database": write_database,
    "document": write_document,
    "presentation": write_presentation,
    "sav": write_sav,
    "file": write_file,
    "sqlite": write_sqlite,
    "picture": write_picture,
    "vector": write_vector,
    "annotation": write_annotation,
    "drawing": write_drawing,
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
