"""Verifiers of plain text files, in any encoding, with any newlines.

Common parameters: `path` is the file, relative to home. Lines count from 1. A file that is missing
or too large fails every check here.
"""

from __future__ import annotations

from typing import Literal

from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.lines import (
    changed_lines,
    lines_fault,
    numbers_in,
    order_fault,
    replaced_text,
)
from gym_anything.documents.number import same_number
from gym_anything.documents.text import Text, read_text
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict

MAX_TEXT_BYTES = 4 << 20  # several checks of as many empty lines take a second or two


@fails_closed(Verdict.no)
def equals(
    state: FinalState,
    path: str,
    text: str,
    normalise: bool = True,
    ignore_case: bool = False,
) -> Verdict:
    r"""Whether the whole text is this.

    Args:
        state: the final state.
        path: the file.
        text: expected text, with "\n" between lines.
        normalise: whether blank space at line ends and line ends at the end of the file do not
            count. The encoding and the kind of newline never count here.
        ignore_case: whether letters of any case do.
    """
    found, wanted = _read(state, path).text, text
    if normalise:
        found, wanted = _trimmed(found), _trimmed(wanted)
    if ignore_case:
        found, wanted = found.casefold(), wanted.casefold()
    if found == wanted:
        return Verdict.yes("the text is as expected")
    return Verdict.no(lines_fault(wanted.split("\n"), found.split("\n")))


@fails_closed(Verdict.no)
def contains(
    state: FinalState, path: str, text: str, count: int | None = None, ignore_case: bool = False
) -> Verdict:
    """Whether the text has this in it.

    Args:
        state: the final state.
        path: the file.
        text: what must be there, may go over lines.
        count: how often exactly, null for at least once; 0 for not at all.
        ignore_case: whether letters of any case do.
    """
    if not text:
        raise TaskError("text.contains: text: must not be empty")
    found, wanted = _read(state, path).text, text
    if ignore_case:
        found, wanted = found.casefold(), wanted.casefold()
    times = found.count(wanted)
    right = times >= 1 if count is None else times == count
    return _verdict(right, f"{text!r} is there {times} times")


@fails_closed(Verdict.no)
def line_equals(
    state: FinalState, path: str, line: int, text: str, ignore_case: bool = False
) -> Verdict:
    """Whether one line is this; blank space at its end does not count.

    Args:
        state: the final state.
        path: the file.
        line: its number from 1, or from the end with -1.
        text: expected line.
        ignore_case: whether letters of any case do.
    """
    found = _line(_read(state, path), line)
    if found is None:
        return Verdict.no(f"there is no line {line}")
    left, right = found.rstrip(), text.rstrip()
    same = left == right or (ignore_case and left.casefold() == right.casefold())
    return _verdict(same, f"line {line} is {found!r}")


@fails_closed(Verdict.no)
def number_on_line(
    state: FinalState,
    path: str,
    line: int,
    number: float,
    tolerance: float = 1e-6,
    starts: str = "",
) -> Verdict:
    """Whether one line holds exactly one number and it is this, however it is written.

    Accepts "Total: 1,234.50 €" for 1234.5. Refuses a line with a second number.

    Args:
        state: the final state.
        path: the file.
        line: its number from 1, or from the end with -1.
        number: expected number.
        tolerance: how far it may be off.
        starts: what the line must begin with, white space aside.
    """
    found = _line(_read(state, path), line)
    if found is None:
        return Verdict.no(f"there is no line {line}")
    numbers = numbers_in(found)
    right = (
        found.lstrip().startswith(starts)
        and len(numbers) == 1
        and same_number(numbers[0], number, tolerance)
    )
    return _verdict(right, f"line {line} is {found!r}")


@fails_closed(Verdict.no)
def lines_sorted(
    state: FinalState,
    path: str,
    order: Literal["ascending", "descending"] = "ascending",
    numeric: bool = False,
    ignore_case: bool = True,
    unique: bool = False,
    first_line: int = 1,
) -> Verdict:
    """Whether the lines of the set-up document are all still there, in order.

    Empty lines do not count. Accepts any order of lines that tie.

    Args:
        state: the final state.
        path: the file.
        order: from small to large or back.
        numeric: by the number that each line starts with; lines without one are refused.
        ignore_case: whether order by the alphabet of a dictionary does too; without it only that
            of the character codes.
        unique: whether repeated lines were to be dropped.
        first_line: line from which on they are sorted, such as 2 below a header.
    """
    before, found = _initial(state, path).lines, _read(state, path).lines
    head = first_line - 1
    if list(before[:head]) != list(found[:head]):
        return Verdict.no(f"the first {head} lines are not those of the start")
    wanted = [line for line in before[head:] if line.strip()]
    rest = [line for line in found[head:] if line.strip()]
    fault = order_fault(
        wanted, rest, order == "descending", numeric=numeric, ignore_case=ignore_case, unique=unique
    )
    return _verdict(not fault, fault or f"{len(rest)} lines in {order} order")


@fails_closed(Verdict.no)
def replaced(
    state: FinalState,
    path: str,
    old: str,
    new: str,
    ignore_case: bool = False,
    whole_words: bool = False,
) -> Verdict:
    """Whether the text is that of the start with every occurrence replaced and nothing else.

    Args:
        state: the final state.
        path: the file.
        old: what was to be replaced.
        new: by what.
        ignore_case: whether occurrences in any case were to be replaced.
        whole_words: whether only whole words were.
    """
    if not old:
        raise TaskError("text.replaced: old: must not be empty")
    before = _initial(state, path).text
    wanted = replaced_text(before, old, new, ignore_case=ignore_case, whole_words=whole_words)
    if wanted == before:
        raise TaskError(f"text.replaced: old: {old!r} is not in the set-up document")
    found = _read(state, path).text
    if _trimmed(found) == _trimmed(wanted):
        return Verdict.yes(f"every {old!r} is {new!r}")
    return Verdict.no(lines_fault(_trimmed(wanted).split("\n"), _trimmed(found).split("\n")))


@fails_closed(Verdict.no)
def unchanged_except_lines(
    state: FinalState,
    path: str,
    lines: list[int] = [],  # noqa: B006
    may_insert: bool = False,
) -> Verdict:
    """Whether all other lines are as in the set-up document: meant as a guard.

    Blank space at line ends and empty lines at the end of the file do not count.

    Args:
        state: the final state.
        path: the file.
        lines: lines of the set-up document that may be changed or gone.
        may_insert: whether further lines may stand between; the others must keep their order.
    """
    before, found = _initial(state, path), _read(state, path)
    fault = changed_lines(
        _trimmed(before.text).split("\n"), _trimmed(found.text).split("\n"), set(lines), may_insert
    )
    return _verdict(not fault, fault or "no other line was changed")


@fails_closed(Verdict.no)
def encoding(
    state: FinalState,
    path: str,
    is_one_of: list[str] = [],  # noqa: B006
    newline: Literal["", "\n", "\r\n", "\r"] = "",
    final_newline: bool | None = None,
) -> Verdict:
    """Whether the file is encoded so.

    Args:
        state: the final state.
        path: the file.
        is_one_of: "utf-8", "utf-8-sig" (with a byte order mark), "utf-16-le", "utf-16-be",
            "latin-1"; pure ASCII is "utf-8". Empty for any.
        newline: kind of newline, "" for any; a text of one line without an end has none.
        final_newline: whether the last line is ended; null for either.
    """
    if not is_one_of and not newline and final_newline is None:
        raise TaskError("text.encoding: at least one thing to look at is needed")
    found = _read(state, path)
    right = not is_one_of or found.encoding in is_one_of
    right = right and (not newline or found.newline == newline)
    right = right and (final_newline is None or found.final_newline == final_newline)
    ended = "ended" if found.final_newline else "not ended"
    return _verdict(right, f"{found.encoding}, newline {found.newline!r}, last line {ended}")


def _read(state: FinalState, path: str) -> Text:
    data = state.home.read_bytes(path)
    if len(data) > MAX_TEXT_BYTES:
        raise DocumentError(f"{path}: {len(data)} bytes of text, more than {MAX_TEXT_BYTES}")
    return read_text(data)


def _initial(state: FinalState, path: str) -> Text:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return read_text(state.initial[path])


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def _line(text: Text, number: int) -> str | None:
    if number == 0:
        raise TaskError("line: lines count from 1, or from -1 at the end")
    index = number - 1 if number > 0 else number
    lines = text.lines
    return lines[index] if -len(lines) <= index < len(lines) else None


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
