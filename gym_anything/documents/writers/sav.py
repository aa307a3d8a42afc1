"""Write a data file of statistics programs (.sav), with the same bytes for the same content.

    {"variables": [{"name": "age", "label": "Age in years", "measure": "scale", "missing": [-9]},
                   {"name": "sex", "values": {"1": "female", "2": "male"}, "measure": "nominal"},
                   {"name": "city", "width": 16}],
     "cases": [[34, 1, "Köln"], [null, 2, "Oslo"]]}

A variable with a width holds texts of at most so many bytes of UTF-8, the others hold numbers.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from pydantic import JsonValue

from gym_anything.documents.sav import SYSTEM_MISSING
from gym_anything.documents.writers.shape import (
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)

_MEASURES = {"nominal": 1, "ordinal": 2, "scale": 3}
_ALIGN_LEFT, _ALIGN_RIGHT = 0, 1
_FORMAT_TEXT, _FORMAT_NUMBER = 1, 5
_KEYS = ("name", "width", "label", "values", "measure", "missing", "decimals")


@dataclass(frozen=True, slots=True)
class _Column:
    """A variable to write."""

    name: str
    width: int
    label: str
    values: dict[float, str]
    measure: int
    decimals: int
    missing: tuple[float, ...] = field(default=())

    @property
    def elements(self) -> int:
        """How many times eight bytes a value takes."""
        return max(1, -(-self.width // 8))

    @property
    def format(self) -> int:
        """How values are shown, as the format packs it."""
        if self.width:
            return _FORMAT_TEXT << 16 | self.width << 8
        return _FORMAT_NUMBER << 16 | 8 << 8 | self.decimals


def write_sav(content: JsonValue, path: str = "") -> bytes:
    """Write a data file.

    Args:
        content: variables and cases, as above.
        path: not used.

    Raises:
        TaskError: another shape; names the key.
    """
    parts = take_object(content, "sav", ("variables", "cases"))
    listed = take_list(parts.get("variables"), "variables")
    columns = [_column(each, f"variables[{at}]") for at, each in enumerate(listed)]
    names = [each.name.casefold() for each in columns]
    if not names or len(set(names)) != len(names):
        raise wrong("variables", "at least one, each with a name of its own", names)
    cases = take_list(parts.get("cases"), "cases")
    rows = [_row(case, columns, f"cases[{at}]") for at, case in enumerate(cases)]
    records = b"".join(_variable(each, at) for at, each in enumerate(columns))
    labels = b"".join(_labels(each, at) for each, at in zip(columns, _firsts(columns), strict=True))
    closing = struct.pack("<ii", 999, 0)
    extensions = _extensions(columns)
    return _header(columns, len(rows)) + records + labels + extensions + closing + b"".join(rows)


def _column(value: JsonValue, key: str) -> _Column:
    parts = take_object(value, key, _KEYS)
    name = take_text(parts.get("name"), f"{key}.name")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name):
        raise wrong(f"{key}.name", "a letter, then letters, digits and _", name)
    width = int(take_number(parts.get("width", 0), f"{key}.width", 0, 255))
    measure = take_text(parts.get("measure", "nominal" if width else "scale"), f"{key}.measure")
    if measure not in _MEASURES:
        raise wrong(f"{key}.measure", " or ".join(_MEASURES), measure)
    labels = parts.get("values", {})
    keys = tuple(labels) if isinstance(labels, dict) else ()
    named = take_object(labels, f"{key}.values", keys)
    missing = take_list(parts.get("missing", []), f"{key}.missing")
    return _Column(
        name=name,
        width=width,
        label=take_text(parts.get("label", ""), f"{key}.label"),
        values={float(each): take_text(text, f"{key}.values") for each, text in named.items()},
        measure=_MEASURES[measure],
        decimals=int(take_number(parts.get("decimals", 0), f"{key}.decimals", 0, 6)),
        missing=tuple(take_number(each, f"{key}.missing", -1e12, 1e12) for each in missing[:3]),
    )


def _row(case: JsonValue, columns: list[_Column], key: str) -> bytes:
    values = take_list(case, key)
    if len(values) != len(columns):
        raise wrong(key, f"{len(columns)} values", values)
    parts = []
    for value, column in zip(values, columns, strict=True):
        if column.width:
            text = take_text(value, key).encode()
            if len(text) > column.width:
                raise wrong(key, f"a text of at most {column.width} bytes", value)
            parts.append(text.ljust(8 * column.elements))
        else:
            number = SYSTEM_MISSING if value is None else take_number(value, key, -1e15, 1e15)
            parts.append(struct.pack("<d", number))
    return b"".join(parts)


def _header(columns: list[_Column], cases: int) -> bytes:
    product = b"@(#) SPSS DATA FILE gym-anything".ljust(60)
    elements = sum(each.elements for each in columns)
    dated = b"01 Jan 00", b"00:00:00", b"".ljust(64)
    return struct.pack(
        "<4s60siiiiid9s8s64s3x", b"$FL2", product, 2, elements, 0, 0, cases, 100.0, *dated
    )


def _short(at: int) -> bytes:
    return f"V{at + 1}".encode().ljust(8)


def _firsts(columns: list[_Column]) -> list[int]:
    """Number of the first element of each variable, from 1."""
    return [1 + sum(each.elements for each in columns[:at]) for at in range(len(columns))]


def _variable(column: _Column, at: int) -> bytes:
    label = column.label.encode()[:250]
    shown = column.format
    record = struct.pack(
        "<iiiiii8s", 2, column.width, bool(label), len(column.missing), shown, shown, _short(at)
    )
    if label:
        record += struct.pack("<i", len(label)) + label + b" " * (-len(label) % 4)
    record += b"".join(struct.pack("<d", each) for each in column.missing)
    rest = struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b"".ljust(8))
    return record + rest * (column.elements - 1)


def _labels(column: _Column, first: int) -> bytes:
    if not column.values:
        return b""
    record = struct.pack("<ii", 3, len(column.values))
    for value, text in column.values.items():
        label = text.encode()[:120]
        record += struct.pack("<dB", value, len(label)) + label + b" " * (-(len(label) + 1) % 8)
    return record + struct.pack("<iii", 4, 1, first)


def _extensions(columns: list[_Column]) -> bytes:
    machine = struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001)  # little-endian, UTF-8
    floats = struct.pack("<3d", SYSTEM_MISSING, -SYSTEM_MISSING, -1.7976931348623155e308)
    shown = b""
    for column in columns:
        align = _ALIGN_LEFT if column.width else _ALIGN_RIGHT
        shown += struct.pack("<3i", column.measure, max(8, min(column.width, 20)), align)
    names = "\t".join(f"V{at + 1}={each.name}" for at, each in enumerate(columns)).encode()
    return (
        struct.pack("<4i", 7, 3, 4, 8)
        + machine
        + struct.pack("<4i", 7, 4, 8, 3)
        + floats
        + struct.pack("<4i", 7, 11, 4, 3 * len(columns))
        + shown
        + struct.pack("<4i", 7, 13, 1, len(names))
        + names
        + struct.pack("<4i", 7, 20, 1, 5)
        + b"UTF-8"
    )
