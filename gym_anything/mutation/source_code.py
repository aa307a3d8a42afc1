"""Mutators of code and configuration: values, names, lines."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from gym_anything.documents.text import Text, read_text
from gym_anything.mutation.base import Mutation

SUFFIXES = (".py", ".json", ".ini", ".toml")

_NUMBER = re.compile(r"(?<![\w.#-])\d+(?![\w.])")
_WORD = re.compile(r"[^\W\d]\w{2,}")
_OF_EACH = 12  # mutations of one sort at most


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Change a number or a word, drop or repeat a line, cut the end off.

    Comments and blank lines are left alone, for a task may not ask about them.
    """
    text = read_text(data)
    lines = list(text.lines)
    said = [at for at, line in enumerate(lines) if line.strip() and not _is_comment(line)]
    if not said:
        return
    for at in _some(rng, said):
        number = _NUMBER.search(lines[at])
        if number:
            new = str(int(number[0]) + rng.randint(1, 9))
            changed = lines[at][: number.start()] + new + lines[at][number.end() :]
            yield _with(text, lines, at, [changed], f"{new} instead of {number[0]}")
        word = _WORD.search(lines[at])
        if word:
            changed = f"{lines[at][: word.end()]}x{lines[at][word.end() :]}"
            yield _with(text, lines, at, [changed], f"{word[0]}x instead of {word[0]}")
    for at in _some(rng, said):
        yield _with(text, lines, at, [], "deleted")
    for at in _some(rng, [at for at in said if "=" in lines[at] or '": ' in lines[at]]):
        yield _with(text, lines, at, [lines[at], lines[at]], "repeated")
    yield Mutation("the second half is gone", text.text[: len(text.text) // 2].encode())
    yield Mutation("everything is gone", b"")


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Other newlines, blank space at line ends, an unended or a doubly ended last line."""
    text = read_text(data)
    body = text.text.rstrip("\n")
    yield Mutation("newlines of Windows", text.text.replace("\n", "\r\n").encode())
    yield Mutation("blank space at line ends", re.sub(r"(?m)$", "  ", body).encode())
    yield Mutation("no newline at the end", body.encode())
    yield Mutation("two newlines at the end", f"{body}\n\n".encode())


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", ";", '"""'))


def _some(rng: random.Random, places: list[int]) -> list[int]:
    return sorted(rng.sample(places, min(_OF_EACH, len(places))))


def _with(text: Text, lines: list[str], at: int, instead: list[str], what: str) -> Mutation:
    changed = "\n".join([*lines[:at], *instead, *lines[at + 1 :]]) + "\n" * text.final_newline
    return Mutation(f"line {at + 1}: {what}", changed.encode())
