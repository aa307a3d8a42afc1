"""The order in which an office application sorts: numbers and dates, then text, then truth values.

Text is compared as the English collation does on its first level: without case, accents and, on a
tie, anything else. Two texts that are equal here may stand either way round.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import TypeAlias

from gym_anything.documents.address import Range
from gym_anything.documents.workbook import Sheet, Value

SortKey: TypeAlias = tuple[int, float, tuple[tuple[int, str], ...]]

_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"})
_SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"  # in the order of the Unicode collation's root
_EPOCH = dt.datetime(1899, 12, 30)


def sort_key(value: Value) -> SortKey | None:
    """Key of a value in ascending order; None for an empty one, which is last in any order."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return (2, float(value), ())
    if isinstance(value, str):
        return (1, 0.0, collation_key(value))
    return (0, _as_number(value), ())


def collation_key(text: str) -> tuple[tuple[int, str], ...]:
    """Key of a text: signs before digits before letters, case and accents aside."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    kept = (each for each in folded if not unicodedata.combining(each))
    return tuple((_rank(each), each) for each in kept)


def first_disorder(keys: Sequence[SortKey | None], descending: bool) -> int | None:
    """Index of the first key that belongs before the one before it; None if all are in order."""
    for index in range(1, len(keys)):
        before, after = keys[index - 1], keys[index]
        if before is None and after is not None:
            return index
        if before is None or after is None:
            continue
        if (before < after) if descending else (before > after):
            return index
    return None


def first_misplaced(
    sheet: Sheet, block: Range, by: Sequence[tuple[int, bool]]
) -> tuple[int, int] | None:
    """Find the first cell that makes rows be out of order.

    Args:
        sheet: the sheet.
        block: the rows, without their header.
        by: columns in order of weight, each with whether it is descending; a later one decides
            between rows that tie in the ones before.

    Returns:
        (row, column), None if all is in order.
    """
    groups: list[Sequence[int]] = [range(block.top, block.bottom + 1)]
    for column, descending in by:
        following: list[Sequence[int]] = []
        for group in groups:
            keys = [sort_key(sheet.at(row, column).value) for row in group]
            index = first_disorder(keys, descending)
            if index is not None:
                return group[index], column
            following += _ties(group, keys)
        groups = following
    return None


def _ties(rows: Sequence[int], keys: Sequence[SortKey | None]) -> list[list[int]]:
    """Runs of more than one row whose keys are equal."""
    runs: list[list[int]] = []
    for index, row in enumerate(rows):
        if index and keys[index] == keys[index - 1]:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [run for run in runs if len(run) > 1]


def _rank(character: str) -> int:
    if character.isdigit():
        return len(_SIGNS) + 1
    if character.isalpha():
        return len(_SIGNS) + 2
    at = _SIGNS.find(character)
    return at if at >= 0 else len(_SIGNS)


def _as_number(value: int | float | dt.date | dt.timedelta) -> float:
    if isinstance(value, dt.timedelta):
        return value.total_seconds() / 86_400
    if isinstance(value, dt.datetime):
        return (value - _EPOCH).total_seconds() / 86_400
    if isinstance(value, dt.date):
        return float((value - _EPOCH.date()).days)
    return float(value)
