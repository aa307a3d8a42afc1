"""Functions of spreadsheet formulas, for `evaluate`. Each takes arguments and gives a value.

An argument is a scalar, a block of cells, or a Fault (an error value such as "#DIV/0!").
"""

from __future__ import annotations

import datetime as dt
import math
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from gym_anything.documents.address import Range

Scalar: TypeAlias = bool | int | float | str | None


class Fault(Exception):
    """An error value; its text is "#DIV/0!" and the like."""


@dataclass(frozen=True, slots=True)
class Block:
    """Values of a block of cells, row by row, and where it is."""

    rows: tuple[tuple[Scalar | Fault, ...], ...]
    place: Range

    def values(self) -> Iterator[Scalar | Fault]:
        """All of them."""
        for row in self.rows:
            yield from row


Argument: TypeAlias = Scalar | Block
Given: TypeAlias = Argument | Fault


def single(argument: Given) -> Scalar:
    """One value. Raises Fault for an error, or for a block of several cells."""
    if isinstance(argument, Fault):
        raise argument
    if not isinstance(argument, Block):
        return argument
    found = list(argument.values())
    if len(found) != 1:
        raise Fault("#VALUE!")
    return single(found[0])


def as_number(value: Scalar) -> float:
    """A value as arithmetic takes it: an empty cell is 0. Raises Fault."""
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise Fault("#VALUE!") from None
    return float(value)


def as_text(value: Scalar) -> str:
    """A value as a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, int | float) else value


def compare(left: Scalar, right: Scalar) -> int:
    """Below 0, 0 or above: numbers before texts before truth values; letter case does not count."""
    keys = [_key(value, other) for value, other in ((left, right), (right, left))]
    return (keys[0] > keys[1]) - (keys[0] < keys[1])


def _key(value: Scalar, other: Scalar) -> tuple[int, float, str]:
    if value is None:
        value = "" if isinstance(other, str) else 0
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, str):
        return 1, 0.0, value.casefold()
    return 0, float(f"{value:.14g}"), ""


def _numbers(arguments: Iterable[Given]) -> list[float]:
    """Numbers as SUM takes them: texts and truth values count only where they are typed in."""
    found = []
    for argument in arguments:
        if not isinstance(argument, Block):
            found.append(as_number(single(argument)))
            continue
        for value in argument.values():
            if isinstance(value, Fault):
                raise value
            if isinstance(value, int | float) and not isinstance(value, bool):
                found.append(float(value))
    return found


def _of_numbers(compute: Callable[[list[float]], float]) -> Callable[..., Scalar]:
    return lambda *arguments: compute(_numbers(arguments))


def _average(numbers: list[float]) -> float:
    if not numbers:
        raise Fault("#DIV/0!")
    return math.fsum(numbers) / len(numbers)


def _round(number: float, digits: float, towards: Callable[[float], float]) -> float:
    scale = 10.0 ** int(digits)
    scaled = float(f"{abs(number) * scale:.14g}")  # 1.005 is a little less than it looks
    return math.copysign(towards(scaled) / scale, number)


def _rounding(towards: Callable[[float], float]) -> Callable[..., Scalar]:
    def apply(number: Given, digits: Given = 0) -> Scalar:
        return _round(as_number(single(number)), as_number(single(digits)), towards)

    return apply


def _if(condition: Given, then: Given = True, otherwise: Given = False) -> Argument:
    chosen = then if as_number(single(condition)) else otherwise
    if isinstance(chosen, Fault):
        raise chosen
    return chosen


def _iferror(value: Given, otherwise: Given) -> Scalar:
    try:
        return single(value)
    except Fault:
        return single(otherwise)


def _matcher(criterion: Scalar) -> Callable[[Scalar | Fault], bool]:
    """What ">=5", "<>done", "tea" or 7 accepts."""
    if not isinstance(criterion, str):
        return lambda value: not isinstance(value, Fault | str) and value == criterion
    match = re.fullmatch(r"(<=|>=|<>|<|>|=)?(.*)", criterion, re.DOTALL)
    assert match is not None
    sign, text = match[1] or "=", match[2]
    try:
        wanted: Scalar = float(text)
    except ValueError:
        wanted = text
    signs: dict[str, Callable[[int], bool]] = {
        "<": lambda order: order < 0,
        "<=": lambda order: order <= 0,
        ">": lambda order: order > 0,
        ">=": lambda order: order >= 0,
    }

    def accepts(value: Scalar | Fault) -> bool:
        if isinstance(value, Fault):
            return False
        if sign in signs:
            same = isinstance(value, str) == isinstance(wanted, str) and value is not None
            return same and signs[sign](compare(value, wanted))
        if isinstance(wanted, str):
            pattern = wanted.casefold().replace("[", "[[]")
            return fnmatchcase(as_text(value).casefold(), pattern) == (sign == "=")
        equal = value is not None and not isinstance(value, str) and compare(value, wanted) == 0
        return equal == (sign == "=")

    return accepts


def _chosen(*pairs: Given) -> list[tuple[int, int]]:
    """Places within blocks of one size where every criterion holds."""
    kept: set[tuple[int, int]] | None = None
    for block, criterion in zip(pairs[::2], pairs[1::2], strict=True):
        if not isinstance(block, Block):
            raise Fault("#VALUE!")
        accepts = _matcher(single(criterion))
        found = {
            (row, column)
            for row, values in enumerate(block.rows)
            for column, value in enumerate(values)
            if accepts(value)
        }
        kept = found if kept is None else kept & found
    return sorted(kept or ())


def _at_places(block: Given, places: list[tuple[int, int]]) -> list[float]:
    if not isinstance(block, Block):
        raise Fault("#VALUE!")
    rows = block.rows
    picked = (rows[r][c] for r, c in places if r < len(rows) and c < len(rows[r]))
    return [float(v) for v in picked if isinstance(v, int | float) and not isinstance(v, bool)]


def _sum_if(block: Given, criterion: Given, summed: Given = None) -> Scalar:
    return math.fsum(_at_places(summed or block, _chosen(block, criterion)))


def _average_if(block: Given, criterion: Given, summed: Given = None) -> Scalar:
    return _average(_at_places(summed or block, _chosen(block, criterion)))


def _sum_ifs(summed: Given, *pairs: Given) -> Scalar:
    return math.fsum(_at_places(summed, _chosen(*pairs)))


def _average_ifs(summed: Given, *pairs: Given) -> Scalar:
    return _average(_at_places(summed, _chosen(*pairs)))


def _sum_product(*blocks: Given) -> Scalar:
    columns = [list(b.values()) if isinstance(b, Block) else [single(b)] for b in blocks]
    if len({len(column) for column in columns}) != 1:
        raise Fault("#VALUE!")
    kept = [[v if isinstance(v, int | float) else 0 for v in column] for column in columns]
    return math.fsum(math.prod(values) for values in zip(*kept, strict=True))


def _lookup(wanted: Given, block: Given, column: Given, near: Given = True) -> Scalar:
    if not isinstance(block, Block):
        raise Fault("#VALUE!")
    key, best = single(wanted), None
    for row in block.rows:
        first = row[0]
        if isinstance(first, Fault):
            continue
        order = compare(first, key)
        if order == 0 or (as_number(single(near)) and order < 0):
            best = row
        if order == 0:
            break
    place = int(as_number(single(column)))
    if best is None or not 1 <= place <= len(best):
        raise Fault("#N/A")
    return single(best[place - 1])


def _match(wanted: Given, block: Given, kind: Given = 1) -> Scalar:
    if not isinstance(block, Block):
        raise Fault("#VALUE!")
    key, way, best = single(wanted), as_number(single(kind)), 0
    for place, value in enumerate(block.values(), start=1):
        order = 1 if isinstance(value, Fault) else compare(value, key)
        if order == 0:
            return place
        if order * way < 0:
            best = place
    if not best:
        raise Fault("#N/A")
    return best


def _index(block: Given, row: Given = 1, column: Given = 1) -> Scalar:
    if not isinstance(block, Block):
        raise Fault("#VALUE!")
    down, across = int(as_number(single(row))), int(as_number(single(column)))
    if len(block.rows) == 1 and down > 1:
        down, across = 1, down
    if not (1 <= down <= len(block.rows) and 1 <= across <= len(block.rows[0])):
        raise Fault("#REF!")
    return single(block.rows[down - 1][across - 1])


def _counted(arguments: tuple[Given, ...], counts: Callable[[Scalar | Fault], bool]) -> int:
    total = 0
    for argument in arguments:
        values = argument.values() if isinstance(argument, Block) else [argument]
        total += sum(counts(value) for value in values)
    return total


def _is_number(value: Scalar | Fault) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _truths(arguments: tuple[Given, ...]) -> list[bool]:
    found = []
    for argument in arguments:
        values = argument.values() if isinstance(argument, Block) else [argument]
        found += [bool(as_number(single(v))) for v in values if not isinstance(v, str | None)]
    return found


def _part_of_day(name: str) -> Callable[..., Scalar]:
    epoch = dt.date(1899, 12, 30)
    return lambda day: getattr(epoch + dt.timedelta(days=int(as_number(single(day)))), name)


def _nth(largest: bool) -> Callable[..., Scalar]:
    def apply(block: Given, place: Given) -> Scalar:
        numbers = sorted(_numbers([block]), reverse=largest)
        at = int(as_number(single(place)))
        if not 1 <= at <= len(numbers):
            raise Fault("#NUM!")
        return numbers[at - 1]

    return apply


def _text(change: Callable[[str], str]) -> Callable[..., Scalar]:
    return lambda text: change(as_text(single(text)))


def _number(change: Callable[[float], float]) -> Callable[..., Scalar]:
    return lambda number: change(as_number(single(number)))


def _modulo(number: Given, divisor: Given) -> Scalar:
    by = as_number(single(divisor))
    if not by:
        raise Fault("#DIV/0!")
    return as_number(single(number)) % by


def _joined(*texts: Given) -> Scalar:
    return "".join(as_text(single(text)) for text in texts)


def _power(base: Given, exponent: Given) -> Scalar:
    return math.pow(as_number(single(base)), as_number(single(exponent)))


def _subtotal(kind: Given, *blocks: Given) -> Scalar:
    by_kind = {1: "AVERAGE", 2: "COUNT", 3: "COUNTA", 4: "MAX", 5: "MIN", 6: "PRODUCT", 9: "SUM"}
    found = FUNCTIONS[by_kind.get(int(as_number(single(kind))) % 100, "NONE")](*blocks)
    return single(found)


FUNCTIONS: Mapping[str, Callable[..., Argument]] = {
    "SUM": _of_numbers(math.fsum),
    "AVERAGE": _of_numbers(_average),
    "MIN": _of_numbers(lambda numbers: min(numbers, default=0)),
    "MAX": _of_numbers(lambda numbers: max(numbers, default=0)),
    "PRODUCT": _of_numbers(math.prod),
    "MEDIAN": _of_numbers(statistics.median),
    "STDEV": _of_numbers(statistics.stdev),
    "STDEVP": _of_numbers(statistics.pstdev),
    "VAR": _of_numbers(statistics.variance),
    "COUNT": lambda *arguments: _counted(arguments, _is_number),
    "COUNTA": lambda *arguments: _counted(arguments, lambda value: value is not None),
    "COUNTBLANK": lambda *arguments: _counted(arguments, lambda value: value in (None, "")),
    "ROUND": _rounding(lambda number: math.floor(number + 0.5)),
    "ROUNDUP": _rounding(math.ceil),
    "ROUNDDOWN": _rounding(math.floor),
    "INT": _number(math.floor),
    "ABS": _number(abs),
    "SQRT": _number(math.sqrt),
    "MOD": _modulo,
    "POWER": _power,
    "IF": _if,
    "IFERROR": _iferror,
    "AND": lambda *arguments: all(_truths(arguments)),
    "OR": lambda *arguments: any(_truths(arguments)),
    "NOT": lambda value: not as_number(single(value)),
    "COUNTIF": lambda block, criterion: len(_chosen(block, criterion)),
    "COUNTIFS": lambda *pairs: len(_chosen(*pairs)),
    "SUMIF": _sum_if,
    "SUMIFS": _sum_ifs,
    "AVERAGEIF": _average_if,
    "AVERAGEIFS": _average_ifs,
    "SUMPRODUCT": _sum_product,
    "SUBTOTAL": _subtotal,
    "VLOOKUP": _lookup,
    "MATCH": _match,
    "INDEX": _index,
    "LARGE": _nth(True),
    "SMALL": _nth(False),
    "CONCATENATE": _joined,
    "CONCAT": _joined,
    "LEN": lambda text: len(as_text(single(text))),
    "UPPER": _text(str.upper),
    "LOWER": _text(str.lower),
    "TRIM": _text(lambda text: " ".join(text.split())),
    "YEAR": _part_of_day("year"),
    "MONTH": _part_of_day("month"),
    "DAY": _part_of_day("day"),
}
"""By name in capitals. What is missing here has no result."""
