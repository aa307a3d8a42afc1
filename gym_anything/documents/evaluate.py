"""Compute formulas in normal form, for files that do not keep results (.gnumeric).

Arithmetic, comparison, text and the functions of `evaluate_functions`. What is beyond that has no
result, so that a check of it fails closed. Bounded: a chain of at most 400 cells deep, and five
million looks at cells in one workbook.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from gym_anything.documents.address import Range, parse_range
from gym_anything.documents.evaluate_functions import (
    FUNCTIONS,
    Argument,
    Block,
    Fault,
    Scalar,
    as_number,
    as_text,
    compare,
    single,
)
from gym_anything.documents.number_format import FormatKind
from gym_anything.documents.workbook import Cell, Sheet, Value, Workbook

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"]|"")*")
    |(?P<block>(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
        (?:\$?[A-Z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Z]{1,3}\$?[1-9]\d{0,6})?
        |\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?[1-9]\d{0,6}:\$?[1-9]\d{0,6})(?![\w.(!]))
    |(?P<function>[^\W\d][\w.]*\()
    |(?P<name>[^\W\d][\w.]*)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)
    |(?P<sign><=|>=|<>|[-+*/^&=<>%(),])""",
    re.VERBOSE,
)
_EPOCH = dt.datetime(1899, 12, 30)
_MAX_DEPTH, _MAX_LOOKS = 24, 1_000_000
_MAX_NESTING = 24
Binary: TypeAlias = Callable[[Scalar, Scalar], Scalar]


class _Beyond(Exception):
    """The formula needs something that is not known here, or too much of it."""


def _arithmetic(compute: Callable[[float, float], float]) -> Binary:
    def apply(left: Scalar, right: Scalar) -> Scalar:
        try:
            result = compute(as_number(left), as_number(right))
        except ZeroDivisionError:
            raise Fault("#DIV/0!") from None
        except OverflowError:
            raise Fault("#NUM!") from None
        if isinstance(result, complex):
            raise Fault("#NUM!")
        return result

    return apply


def _comparing(holds: Callable[[int, int], bool]) -> Binary:
    return lambda left, right: holds(compare(left, right), 0)


_LEVELS: tuple[Mapping[str, Binary], ...] = (
    {
        "=": _comparing(operator.eq),
        "<>": _comparing(operator.ne),
        "<": _comparing(operator.lt),
        "<=": _comparing(operator.le),
        ">": _comparing(operator.gt),
        ">=": _comparing(operator.ge),
    },
    {"&": lambda left, right: as_text(left) + as_text(right)},
    {"+": _arithmetic(operator.add), "-": _arithmetic(operator.sub)},
    {"*": _arithmetic(operator.mul), "/": _arithmetic(operator.truediv)},
    {"^": _arithmetic(operator.pow)},
)
"""Operators from the loosest to the tightest; a sign before a number binds tighter still."""


def with_results(workbook: Workbook) -> Workbook:
    """The workbook with the value of every formula that can be computed, None where it cannot."""
    if not any(cell.formula for sheet in workbook.sheets for cell in sheet.cells.values()):
        return workbook
    engine = _Engine(workbook)
    sheets = []
    for sheet in workbook.sheets:
        cells = dict(sheet.cells)
        for at, cell in sorted(sheet.cells.items(), key=lambda item: item[0]):
            if cell.formula:  # from the top, as most refer upwards: no long chains
                cells[at] = engine.computed(sheet, at, cell)
        sheets.append(replace(sheet, cells=cells))
    return replace(workbook, sheets=tuple(sheets))


@dataclass(slots=True)
class _Engine:
    """Computes cells, each once."""

    workbook: Workbook
    known: dict[tuple[str, int, int], Scalar | Fault | None] = field(default_factory=dict)
    open: set[tuple[str, int, int]] = field(default_factory=set)
    looks: int = 0

    def computed(self, sheet: Sheet, at: tuple[int, int], cell: Cell) -> Cell:
        """A cell with its result."""
        try:
            value = self.value(sheet, *at)
        except (_Beyond, RecursionError):
            return replace(cell, value=None)
        except Fault as fault:
            return replace(cell, value=str(fault), error=True)
        return replace(cell, value=_stored(value, cell))

    def value(self, sheet: Sheet, row: int, column: int) -> Scalar:
        """What a cell holds. Raises Fault or _Beyond."""
        self.looks += 1
        if self.looks > _MAX_LOOKS:
            raise _Beyond("too many cells")
        cell = sheet.at(row, column)
        if not cell.formula:
            if cell.error:
                raise Fault(str(cell.value))
            return _scalar(cell.value)
        key = (sheet.name, row, column)
        if key not in self.known:
            self._compute(sheet, key, cell)
        found = self.known[key]
        if isinstance(found, Fault):
            raise found
        if found is None and key in self.open:
            raise _Beyond("a circle or a long chain")
        return found

    def _compute(self, sheet: Sheet, key: tuple[str, int, int], cell: Cell) -> None:
        if key in self.open or len(self.open) >= _MAX_DEPTH:
            raise _Beyond("a circle or a long chain")
        self.open.add(key)
        try:
            self.known[key] = _Parser(self, sheet, cell.formula).result()
        except Fault as fault:
            self.known[key] = fault
        finally:
            self.open.discard(key)

    def block(self, sheet: Sheet, text: str) -> Block:
        """The cells of a reference, those of whole rows and columns as far as the sheet is used."""
        try:
            place = parse_range(text)
        except ValueError as error:
            raise _Beyond(str(error)) from error
        if place.sheet:
            named = [s for s in self.workbook.sheets if s.name.casefold() == place.sheet.casefold()]
            if not named:
                raise Fault("#REF!")
            sheet = named[0]
        used = sheet.used
        bottom = min(place.bottom, max(used.bottom, place.top))
        right = min(place.right, max(used.right, place.left))
        rows = range(place.top, bottom + 1)
        columns = range(place.left, right + 1)
        if len(rows) * len(columns) > _MAX_LOOKS - self.looks:
            raise _Beyond("too many cells")
        values = tuple(tuple(self._entry(sheet, row, column) for column in columns) for row in rows)
        return Block(values, Range("", place.top, place.left, bottom, right))

    def _entry(self, sheet: Sheet, row: int, column: int) -> Scalar | Fault:
        try:
            return self.value(sheet, row, column)
        except Fault as fault:
            return fault


def _scalar(value: Value) -> Scalar:
    if isinstance(value, dt.datetime):
        return (value - _EPOCH) / dt.timedelta(days=1)
    if isinstance(value, dt.date):
        return float((value - _EPOCH.date()).days)
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    return value


def _stored(value: Scalar, cell: Cell) -> Value:
    """A result as a reader gives it: a whole number, and a date where the look is of one."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    kind = cell.style.format.kind
    if kind in (FormatKind.DATE, FormatKind.DATE_TIME) and 0 < value < 2.9e6:
        moment = _EPOCH + dt.timedelta(milliseconds=round(value * 86_400_000))
        return moment.date() if moment.time() == dt.time() else moment
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


class _Parser:
    """Reads one formula and computes it on the way."""

    def __init__(self, engine: _Engine, sheet: Sheet, formula: str) -> None:
        self.engine, self.sheet = engine, sheet
        self.tokens = _tokens(formula.removeprefix("="))
        self.at = 0
        self.nesting = 0

    def result(self) -> Scalar:
        """The value of the formula. Raises Fault or _Beyond."""
        value = single(self._level(0))
        if self.at < len(self.tokens):
            raise _Beyond("not understood")
        return value

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self, sign: str) -> bool:
        found = self._peek() == sign
        self.at += found
        return found

    def _level(self, level: int) -> Argument:
        if level == len(_LEVELS):
            return self._signed()
        left = self._level(level + 1)
        while self._peek() in _LEVELS[level] and self.tokens[self.at][0] == "sign":
            apply = _LEVELS[level][self._peek()]
            self.at += 1
            left = apply(single(left), single(self._level(level + 1)))
        return left

    def _signed(self) -> Argument:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise _Beyond("nested too deeply")
        if self._take("-"):
            found: Argument = -as_number(single(self._signed()))
        elif self._take("+"):
            found = self._signed()
        else:
            found = self._atom()
        while self._take("%"):
            found = as_number(single(found)) / 100
        self.nesting -= 1
        return found

    def _atom(self) -> Argument:
        if self.at >= len(self.tokens):
            raise _Beyond("not understood")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return float(text)
        if kind == "string":
            return text[1:-1].replace('""', '"')
        if kind == "block":
            return self.engine.block(self.sheet, text)
        if kind == "function":
            return self._call(text[:-1])
        if kind == "name":
            return self._named(text)
        if text == "(":
            found = self._level(0)
            if self._take(")"):
                return found
        raise _Beyond("not understood")

    def _named(self, text: str) -> Argument:
        if text in ("TRUE", "FALSE"):
            return text == "TRUE"
        meaning = self.engine.workbook.names.get(text, "").removeprefix("=")
        if not _TOKEN.fullmatch(meaning):
            raise _Beyond(f"name {text}")
        return self.engine.block(self.sheet, meaning)

    def _call(self, name: str) -> Argument:
        if name not in FUNCTIONS:
            raise _Beyond(f"function {name}")
        arguments: list[Argument | Fault] = []
        while not self._take(")"):
            if arguments and not self._take(","):
                raise _Beyond("not understood")
            arguments.append(self._argument())
        try:
            return FUNCTIONS[name](*arguments)
        except TypeError as error:
            raise _Beyond(f"arguments of {name}") from error
        except (ValueError, ArithmeticError) as error:
            raise Fault("#NUM!") from error

    def _argument(self) -> Argument | Fault:
        """An argument; a fault in it is handed on, as IF and IFERROR may not ask for it."""
        start, nesting = self.at, self.nesting
        try:
            return self._level(0)
        except Fault as fault:
            self.at, self.nesting = self._end_of_argument(start), nesting
            return fault

    def _end_of_argument(self, at: int) -> int:
        depth = 0
        while at < len(self.tokens):
            kind, text = self.tokens[at]
            if depth == 0 and text in (",", ")"):
                return at
            depth += (kind == "function" or text == "(") - (text == ")")
            at += 1
        raise _Beyond("not understood")


def _tokens(formula: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None:
            raise _Beyond("not understood")
        found.append((str(match.lastgroup), match[0]))
        at = match.end()
    return found
