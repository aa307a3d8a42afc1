"""Mutations of plain text: lines lost, doubled, swapped, and single characters changed.

Benign is only what no reader of a line sees: whether the last line is ended. Encoding, byte order
mark, kind of newline and space at the end of a line are what some tasks are about.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from gym_anything.documents.text import Text, read_text
from gym_anything.mutation.base import Mutation

SUFFIXES = (
    *(".txt", ".csv", ".tsv", ".md", ".ini", ".cfg", ".conf", ".toml", ".log", ".py", ".json"),
    *(".sh", ".js", ".html", ".css", ".xml", ".yaml", ".yml", ".srt", ".tex", ".sql"),
)
_LINES = 8  # how many lines of a file each kind of change is tried on


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Change what the text says, one place at a time.

    Args:
        data: the file.
        rng: chooses lines and characters.

    Returns:
        Up to some fifty mutations; none for a file without a visible character.
    """
    text = read_text(data)
    lines = text.lines
    written = [at for at, line in enumerate(lines) if line.strip()]
    if not written:
        return
    yield Mutation("emptied", b"")
    half = len(lines) // 2
    if any(at >= half for at in written):
        yield Mutation(f"cut off after line {half}", _encoded(lines[:half], text))
    for at in _some(written, rng):
        yield Mutation(f"line {at + 1}: deleted", _with(text, at, []))
        yield Mutation(f"line {at + 1}: twice", _with(text, at, [lines[at], lines[at]]))
        for words, changed in _line_changes(lines[at], rng):
            yield Mutation(f"line {at + 1}: {words}", _with(text, at, [changed]))
    for first, second in sorted(set(_pairs(lines, written, rng))):
        swapped = list(lines)
        swapped[first], swapped[second] = lines[second], lines[first]
        yield Mutation(f"lines {first + 1} and {second + 1}: swapped", _encoded(swapped, text))


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """End the last line, or leave it open: the same lines.

    Args:
        data: the file.
        rng: not used.

    Returns:
        One mutation; none for a file that ends in an empty line or has no line at all.
    """
    text = read_text(data)
    if not text.lines or not text.lines[-1]:
        return
    words = "last line not ended" if text.final_newline else "last line ended"
    body = "\n".join(text.lines) + "\n" * (not text.final_newline)
    yield Mutation(words, _bytes(body, text))


def _line_changes(line: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Ways to spoil a line, each with its name."""
    visible = [at for at, letter in enumerate(line) if not letter.isspace()]
    at = rng.choice(visible)
    yield f"column {at + 1} left out", line[:at] + line[at + 1 :]
    other = _other(line[at])
    yield f"column {at + 1}: {other!r} instead of {line[at]!r}", line[:at] + other + line[at + 1 :]
    digits = [at for at in visible if line[at].isdigit()]
    if digits:
        at = rng.choice(digits)
        digit = str((int(line[at]) + 1) % 10)
        yield f"column {at + 1}: {digit} instead of {line[at]}", line[:at] + digit + line[at + 1 :]
    words = line.split()
    if len(words) > 1:
        yield "last word left out", line[: line.rindex(words[-1])].rstrip()


def _other(letter: str) -> str:
    """Another character of the kind that a wrong key gives."""
    return "x" if letter.casefold() != "x" else "y"


def _pairs(
    lines: Sequence[str], written: Sequence[int], rng: random.Random
) -> Iterator[tuple[int, int]]:
    """Places of lines that differ by more than letter case, so that their order says something."""
    folded = {at: lines[at].strip().casefold() for at in written}
    for first in _some(written, rng):
        others = [at for at in written if folded[at] != folded[first]]
        if others:
            second = rng.choice(others)
            yield min(first, second), max(first, second)


def _some(places: Sequence[int], rng: random.Random) -> list[int]:
    return sorted(rng.sample(list(places), min(_LINES, len(places))))


def _with(text: Text, at: int, instead: Sequence[str]) -> bytes:
    return _encoded([*text.lines[:at], *instead, *text.lines[at + 1 :]], text)


def _encoded(lines: Sequence[str], text: Text) -> bytes:
    ended = text.final_newline and bool(lines)
    return _bytes("\n".join(lines) + "\n" * ended, text)


def _bytes(body: str, text: Text) -> bytes:
    """A text in the encoding and with the newlines of another one."""
    newline = text.newline if text.newline in ("\r\n", "\r") else "\n"
    mark = "\ufeff" if text.encoding.startswith("utf-16") else ""
    return (mark + body).replace("\n", newline).encode(text.encoding)
