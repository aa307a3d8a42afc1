"""Lines of text: what was changed, whether they are in order, numbers in prose.

Shared by the verifiers of text files; faults are told in words, "" where there is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal

from gym_anything.documents.number import parse_number
from gym_anything.documents.ordering import collation_key

_NUMBER = re.compile(r"\(?[-+\u2212]?\d(?:[\d.,'\u00a0\u2009\u202f]*\d)?(?:\s?%)?\)?")
_LEADING = re.compile(r"\s*([-+\u2212]?\d(?:[\d.,]*\d)?)")


def numbers_in(text: str) -> tuple[Decimal, ...]:
    """Numbers that stand in a text as `parse_number` reads them; "A4" and "v2" hold none."""
    found = []
    for match in _NUMBER.finditer(text):
        before = text[match.start() - 1 : match.start()]
        after = text[match.end() : match.end() + 1]
        if (before.isalnum() or before == "_") or (after.isalnum() or after == "_"):
            continue
        word = match[0]
        if not (word.startswith("(") and word.endswith(")")):
            word = word.strip("()")
        number = parse_number(word)
        if number is not None:
            found.append(number)
    return tuple(found)


def lines_fault(wanted: Sequence[str], found: Sequence[str]) -> str:
    """The first line that differs."""
    for number, (left, right) in enumerate(zip(wanted, found, strict=False), start=1):
        if left != right:
            return f"line {number} is {right[:80]!r}, not {left[:80]!r}"
    if len(wanted) != len(found):
        return f"there are {len(found)} lines, not {len(wanted)}"
    return ""


def changed_lines(
    before: Sequence[str], after: Sequence[str], allowed: Collection[int], may_insert: bool
) -> str:
    """Whether a line was changed that must not be.

    Args:
        before: lines at the start.
        after: lines at the end.
        allowed: numbers, from 1, of lines of the start that may be changed or gone.
        may_insert: whether further lines may stand anywhere.
    """
    if not may_insert and not _gone(before, after, allowed):
        kept = [line for at, line in enumerate(before, start=1) if at not in allowed]
        left = [line for at, line in enumerate(after, start=1) if at not in allowed]
        return lines_fault(kept, left) if kept != left else ""
    at = 0
    for number, line in enumerate(before, start=1):
        if number in allowed:
            continue
        if line not in after[at:]:
            return f"line {number} of the start, {line[:80]!r}, is gone, changed or out of order"
        at += list(after[at:]).index(line) + 1
    if not may_insert and len(after) > len(before):
        return f"there are {len(after)} lines, {len(before)} at the start"
    return ""


def _gone(before: Sequence[str], after: Sequence[str], allowed: Collection[int]) -> bool:
    """Whether allowed lines were taken away rather than changed."""
    return len(after) < len(before) and len(before) - len(after) <= len(allowed)


def order_fault(
    wanted: Sequence[str],
    found: Sequence[str],
    descending: bool,
    *,
    numeric: bool,
    ignore_case: bool,
    unique: bool,
) -> str:
    """Whether lines are not the wanted ones in order.

    Args:
        wanted: the lines in any order.
        found: the lines as they stand.
        descending: from large to small.
        numeric: by the number at the start of a line.
        ignore_case: accept the order of a dictionary as well as that of the character codes.
        unique: whether repeated lines were to be dropped.
    """
    bag = Counter(wanted)
    if unique:
        bag = Counter(set(wanted))
    if Counter(found) != bag:
        strange = next(iter((Counter(found) - bag) or (bag - Counter(found))))
        return f"the lines are not those of the start: {strange[:80]!r}"
    if numeric:
        numbers = [_leading_number(line) for line in found]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            return f"line without a number: {found[numbers.index(None)][:80]!r}"
        at = _disorder(known, descending)
        return "" if at is None else f"{found[at][:80]!r} is out of order"
    faults = [_disorder(list(found), descending)]
    if ignore_case:
        faults.append(_disorder([collation_key(line) for line in found], descending))
        faults.append(_disorder([line.casefold() for line in found], descending))
    if any(fault is None for fault in faults):
        return ""
    at = faults[-1]
    return f"{found[at or 0][:80]!r} is out of order"


def _disorder(keys: Sequence[object], descending: bool) -> int | None:
    for index in range(1, len(keys)):
        ordered = sorted(keys[index - 1 : index + 1], reverse=descending)  # type: ignore[type-var]
        if ordered[0] != keys[index - 1]:
            return index
    return None


def _leading_number(line: str) -> Decimal | None:
    match = _LEADING.match(line)
    return parse_number(match[1]) if match else None


def replaced_text(
    text: str, old: str, new: str, *, ignore_case: bool = False, whole_words: bool = False
) -> str:
    """A text with every occurrence replaced.

    Args:
        text: the text.
        old: what to look for, taken literally.
        new: what to put there, taken literally.
        ignore_case: whether occurrences in any case count.
        whole_words: whether only whole words count.
    """
    pattern = rf"(?<!\w){re.escape(old)}(?!\w)" if whole_words else re.escape(old)
    flags = re.IGNORECASE if ignore_case else re.NOFLAG
    return re.sub(pattern, lambda _: new, text, flags=flags)
