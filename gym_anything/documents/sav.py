"""Read data files of statistics programs (.sav, the system files of SPSS and PSPP).

    DataFile  variables in order, cases as tuples of numbers, texts and None
    Variable  name, width, label, value labels, measure, missing values

Source: PSPP Developers Guide, appendix "System File Format".
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from gym_anything.documents.errors import DocumentError

Value: TypeAlias = float | str | None
"""None is the system-missing value; texts come without the spaces at their end."""

SYSTEM_MISSING = -1.7976931348623157e308  # the lowest double
MAX_VARIABLES, MAX_VALUES = 2_000, 2_000_000
_HEADER = struct.Struct("<4s60siiiiid9s8s64s3x")
_VARIABLE = struct.Struct("<iiiii8s")
_CONTINUATION, _NUMERIC = -1, 0
_MEASURES_RECORD, _LONG_NAMES_RECORD = 11, 13
_END_OF_DATA, _LITERAL, _SPACES, _MISSING = 252, 253, 254, 255


class Measure(StrEnum):
    """Level of measurement."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


_MEASURES = {1: Measure.NOMINAL, 2: Measure.ORDINAL, 3: Measure.SCALE}


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of the data.

    Attributes:
        name: as it is shown; letter case does not tell variables apart.
        width: 0 for numbers, else bytes of the text.
        label: longer name, "".
        value_labels: what values stand for.
        measure: level of measurement, None where the file does not say.
        missing: values that count as missing; ("range", low, high) stands first if there is one.
    """

    name: str
    width: int = 0
    label: str = ""
    value_labels: Mapping[Value, str] = field(default_factory=dict)
    measure: Measure | None = None
    missing: tuple[Value | tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DataFile:
    """What a data file holds.

    Attributes:
        variables: in order.
        cases: in order, one value for each variable.
        weight: name of the variable that weights cases, "" for none.
    """

    variables: tuple[Variable, ...]
    cases: tuple[tuple[Value, ...], ...]
    weight: str = ""

    def variable(self, name: str) -> Variable:
        """The variable of this name in any letter case. Raises DocumentError."""
        return self.variables[self.index(name)]

    def index(self, name: str) -> int:
        """Where a variable stands, from 0. Raises DocumentError."""
        for at, each in enumerate(self.variables):
            if each.name.casefold() == name.casefold():
                return at
        known = ", ".join(each.name for each in self.variables)
        raise DocumentError(f"no variable {name!r}; there is {known or 'none'}")

    def column(self, name: str) -> tuple[Value, ...]:
        """All values of a variable. Raises DocumentError."""
        at = self.index(name)
        return tuple(case[at] for case in self.cases)


def read_sav(data: bytes) -> DataFile:
    """Read a .sav file, plain or with compressed numbers.

    Raises:
        DocumentError: not such a file, broken, cut off, or beyond a limit.
    """
    try:
        return _Reader(data).read()
    except (struct.error, IndexError, OverflowError) as error:
        raise DocumentError(f"a data file that is cut off or broken: {error}") from error


@dataclass(slots=True)
class _Slot:
    """A variable while it is read: the eight-byte elements of a case that it takes."""

    variable: Variable
    short: str
    first: int
    elements: int


class _Reader:
    """Reads one file from its beginning to its end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.slots: list[_Slot] = []
        self.elements = 0
        self.measures: tuple[int, ...] = ()
        self.long_names: dict[str, str] = {}

    def read(self) -> DataFile:
        """The whole file."""
        magic, _, layout, _, packed, weight, count, bias, *_ = self._take(_HEADER)
        if magic != b"$FL2" or layout not in (2, 3) or packed not in (0, 1):
            raise DocumentError("not a .sav data file of this machine's byte order")
        while (kind := self._int()) != 999:
            if kind == 2:
                self._variable()
            elif kind == 3:
                self._value_labels()
            elif kind == 6:
                self._bytes(80 * self._count())
            elif kind == 7:
                self._extension()
            else:
                raise DocumentError(f"a data file with a record of type {kind}")
        self._int()
        self._finish()
        cases = tuple(self._cases(self._values(packed == 1, bias), count))
        named = {slot.first + 1: slot.variable.name for slot in self.slots}
        return DataFile(
            tuple(s.variable for s in self.slots), cases, named.get(int(str(weight)), "")
        )

    def _take(self, shape: struct.Struct) -> tuple[object, ...]:
        found = shape.unpack_from(self.data, self.at)
        self.at += shape.size
        return found

    def _int(self) -> int:
        (number,) = struct.unpack_from("<i", self.data, self.at)
        self.at += 4
        return int(number)

    def _count(self) -> int:
        number = self._int()
        if not 0 <= number <= len(self.data):
            raise DocumentError(f"a data file that counts {number}")
        return number

    def _bytes(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise DocumentError("a data file that is cut off")
        self.at += count
        return self.data[self.at - count : self.at]

    def _variable(self) -> None:
        width, labelled, missing, _, _, short = struct.unpack_from("<iiiii8s", self.data, self.at)
        self.at += _VARIABLE.size
        self.elements += 1
        if self.elements > 32 * MAX_VARIABLES:
            raise DocumentError("a data file with too many variables")
        label = ""
        if labelled:
            size = self._count()
            label = _text(self._bytes(size))
            self._bytes(-size % 4)
        values = [self._bytes(8) for _ in range(abs(missing) if abs(missing) <= 3 else 0)]
        if width == _CONTINUATION:
            if not self.slots:
                raise DocumentError("a data file that begins within a variable")
            self.slots[-1].elements += 1
            return
        name = _text(short)
        made = Variable(name, width, label, missing=_missing(values, missing, width))
        self.slots.append(_Slot(made, name, self.elements - 1, 1))
        if len(self.slots) > MAX_VARIABLES or not 0 <= width <= 255:
            raise DocumentError("a data file with too many or too wide variables")

    def _value_labels(self) -> None:
        pairs = []
        for _ in range(self._count()):
            value, size = self._bytes(8), self._bytes(1)[0]
            pairs.append((value, _text(self._bytes(size))))
            self._bytes(-(size + 1) % 8)
        if self._int() != 4:
            raise DocumentError("a data file with labels of no variable")
        by_first = {slot.first + 1: slot for slot in self.slots}
        for _ in range(self._count()):
            slot = by_first.get(self._int())
            if slot is not None:
                width = slot.variable.width
                labels = {_value(raw, width): label for raw, label in pairs}
                slot.variable = replace(slot.variable, value_labels=labels)

    def _extension(self) -> None:
        subtype, size, count = self._int(), self._count(), self._count()
        content = self._bytes(size * count)
        if subtype == _MEASURES_RECORD and size == 4:
            self.measures = struct.unpack(f"<{count}i", content)
        elif subtype == _LONG_NAMES_RECORD:
            for pair in _text(content).split("\t"):
                short, _, name = pair.partition("=")
                self.long_names[short.upper()] = name

    def _finish(self) -> None:
        """Long names and levels of measurement, which come after the variables."""
        each = 3 if len(self.measures) == 3 * len(self.slots) else 2
        for at, slot in enumerate(self.slots):
            name = self.long_names.get(slot.short.upper(), slot.short)
            code = self.measures[at * each] if at * each < len(self.measures) else 0
            slot.variable = replace(slot.variable, name=name, measure=_MEASURES.get(code))

    def _values(self, packed: bool, bias: object) -> Iterator[bytes | float | None]:
        """The eight-byte elements of all cases."""
        while self.at + 8 <= len(self.data):
            block = self._bytes(8)
            if not packed:
                yield block
                continue
            for code in block:
                if code == _END_OF_DATA:
                    return
                if code == _LITERAL:
                    yield self._bytes(8)
                elif code == _SPACES:
                    yield b" " * 8
                elif code == _MISSING:
                    yield None
                elif code:
                    yield code - float(str(bias))

    def _cases(
        self, values: Iterator[bytes | float | None], count: object
    ) -> Iterator[tuple[Value, ...]]:
        if not self.elements:
            return
        made = 0
        while True:
            row = [each for _, each in zip(range(self.elements), values, strict=False)]
            if not row and count in (-1, made):
                return
            made += 1
            if len(row) < self.elements or made * self.elements > MAX_VALUES:
                raise DocumentError(f"a data file that ends within case {made}, or is too large")
            yield tuple(self._joined(row, slot) for slot in self.slots)

    def _joined(self, row: list[bytes | float | None], slot: _Slot) -> Value:
        parts = row[slot.first : slot.first + slot.elements]
        if slot.variable.width == _NUMERIC:
            part = parts[0]
            return _value(part, 0) if isinstance(part, bytes) else part
        if not all(isinstance(part, bytes) for part in parts):
            raise DocumentError("a data file with a number in a text")
        return _text(b"".join(part for part in parts if isinstance(part, bytes)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").rstrip(" \0")


def _value(raw: bytes, width: int) -> Value:
    if width:
        return _text(raw)
    number = float(struct.unpack("<d", raw)[0])
    if math.isnan(number):
        raise DocumentError("a data file with a value that is no number")
    return None if number == SYSTEM_MISSING else number


def _missing(
    values: list[bytes], count: int, width: int
) -> tuple[Value | tuple[str, float, float], ...]:
    read = [_value(raw, width) for raw in values]
    if count < 0 and len(read) >= 2 and all(isinstance(each, float) for each in read[:2]):
        low, high = (each for each in read[:2] if isinstance(each, float))
        return (("range", low, high), *read[2:])
    return tuple(read)
