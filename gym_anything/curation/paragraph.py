"""Paragraph: what a paragraph of reasoning may say, and where it is kept. Before reasoning.

A paragraph is one the agent could have thought: in the first person, without coordinates, and
without a word of what we draw or note on its episodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from gym_anything.curation.view import StepKey
from gym_anything.errors import ConfigError, DataError, did_you_mean
from gym_anything.records import POINT_VERBS, Action, Verb
from gym_anything.store import tables
from gym_anything.store.rows import escape, unescape

SCHEMA_VERSION = 1
FEWEST_WORDS, MOST_WORDS = 8, 160
_FOLDER = "reasoning"
_NAME = re.compile(r"[\w-][\w.-]{0,63}")
_SCHEMA = pa.schema(
    [
        ("schema_version", pa.int32()),
        ("episode", pa.string()),
        ("index", pa.int32()),
        ("text", pa.string()),
    ]
)
_FIRST_PERSON = re.compile(r"\b(I|[Mm]y|[Mm]e)\b")
_COORDINATES = re.compile(
    r"[(\[<]\s*\d{1,4}\s*[,;x]\s*\d{1,4}\s*[)\]>]"  # (412, 300)
    r"|\b[xy]\s*[=:≈]\s*\d"  # x=412
    r"|\b\d+\s*(px|pixels?)\b|\bpixels?\b|\bcoordinates?\b",
    re.IGNORECASE,
)
_OURS = (
    *(
        "annotation",
        "annotated",
        "annotator",
        "bounding box",
        "crop",
        "cropped",
        "label",
        "labelled",
    ),
    *("marker", "ring", "red circle", "blue circle", "overlay", "ground truth", "grade", "graded"),
    *("accessibility tree", "solution step", "noisy", "teacher", "screenshot shows a ring"),
)


def fault(text: str, action: Action, instruction: str, names: Sequence[str] = ()) -> str:
    """What is wrong with a paragraph; "" if nothing is.

    Args:
        text: the paragraph.
        action: that it ends with.
        instruction: of the task; a word of ours that it uses itself is allowed.
        names: of widgets and documents. What is quoted from them, from the instruction or from what
            the action types may be anything.
    """
    if "\n" in text.strip():
        return "it is not one paragraph"
    count = len(text.split())
    if not FEWEST_WORDS <= count <= MOST_WORDS:
        return f"it has {count} words, expected {FEWEST_WORDS} to {MOST_WORDS}"
    if not _FIRST_PERSON.search(text):
        return "it is not in the first person"
    text = _without_quotes(text, (instruction, action.text, *names))
    if found := _COORDINATES.search(text):
        return f"it names coordinates: {found[0]!r}"
    if _names_point(text, action):
        return "it names the coordinates of the action"
    for word in _OURS:
        if _has(text, word) and not _has(instruction, word):
            return f"it speaks of what only we see or note: {word!r}"
    return ""


def tidy(text: str) -> str:
    """A text as it can be quoted: on one line, its own quotation marks single."""
    return " ".join(text.split()).replace("“", "‘").replace("”", "’")


def _without_quotes(text: str, known: Sequence[str]) -> str:
    """A text without what it quotes from known texts."""
    plain = [tidy(other) for other in known]

    def blank(quote: re.Match[str]) -> str:
        said = quote[1].rstrip("…")
        return "“…”" if any(said in other for other in plain) else quote[0]

    return re.sub("“([^”]*)”", blank, text)


def _has(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


def _names_point(text: str, action: Action) -> bool:
    """Whether both numbers of a point of the action stand in the text, one after the other."""
    if action.verb not in POINT_VERBS:
        return False
    points = [action.point, action.end] if action.verb is Verb.DRAG else [action.point]
    numbers = [int(found) for found in re.findall(r"(?<![\w.])\d{1,4}(?!\w)", text)]
    return any(pair in points for pair in zip(numbers, numbers[1:], strict=False))


def write_paragraphs(folder: Path, name: str, texts: Mapping[StepKey, str]) -> None:
    """Put paragraphs beside a store, in place of those of that name.

    Args:
        folder: of the store.
        name: of the file, <store>/reasoning/<name>.parquet.
        texts: by episode and step.

    Raises:
        ConfigError: the name is no file name.
        OSError: the file cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"name {name!r} must be letters, digits, '-', '_' and '.'")
    rows = [
        {"schema_version": SCHEMA_VERSION, "episode": key[0], "index": key[1], "text": escape(text)}
        for key, text in texts.items()
    ]
    tables.write_table(folder / _FOLDER, name, _SCHEMA, rows)


def read_paragraphs(folder: Path, name: str) -> dict[StepKey, str]:
    """Paragraphs by episode and step.

    Raises:
        ConfigError: there are none of that name; names those that there are.
        DataError: the file is damaged, or of another version.
    """
    path = folder / _FOLDER / f"{name}.parquet"
    if not path.exists():
        known = [found.stem for found in path.parent.glob("*.parquet")]
        said = did_you_mean("reasoning", name, known, f" in {folder}")
        raise ConfigError(f"{said}; make it: gym-anything reason {folder}")
    try:
        rows = tables.read_table(path)
    except ValueError as error:
        raise DataError(f"{error}; remove it and make it again") from error
    for number, row in enumerate(rows):
        if row["schema_version"] != SCHEMA_VERSION:
            raise DataError(
                f"{path}: row {number}: version {row['schema_version']}, this version of "
                f"gym-anything reads {SCHEMA_VERSION}; make the file again"
            )
    return {(row["episode"], row["index"]): unescape(row["text"]) for row in rows}


def has_paragraphs(folder: Path, name: str) -> bool:
    """Whether a store has paragraphs of that name."""
    return (folder / _FOLDER / f"{name}.parquet").exists()
