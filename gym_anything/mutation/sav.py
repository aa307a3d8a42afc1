"""Mutations of data files of statistics programs (.sav)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from gym_anything.documents.sav import DataFile, Value, Variable, read_sav
from gym_anything.documents.writers.sav import write_sav
from gym_anything.mutation.base import Mutation

SUFFIXES = (".sav",)
_MOST = 16  # values that are mutated in one way
Content: TypeAlias = tuple[list[dict[str, JsonValue]], list[list[Value]]]


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Values changed or missing, cases swapped, doubled or gone, descriptions dropped, cut off.

    Args:
        data: a file that can be read.
        rng: which values.
    """
    file = read_sav(data)
    places = [(row, at) for row in range(len(file.cases)) for at in range(len(file.variables))]
    for row, at in sorted(rng.sample(places, min(_MOST, len(places)))):
        where = f"{file.variables[at].name} of case {row + 1}"
        yield Mutation(f"{where}: another value", _with(file, row, at, _other(file, row, at)))
        if file.variables[at].width == 0 and file.cases[row][at] is not None:
            yield Mutation(f"{where}: missing", _with(file, row, at, None))
    for row in range(1, min(len(file.cases), 9)):
        variables, cases = _content(file)
        if cases[row] != cases[row - 1]:
            cases[row - 1 : row + 1] = [cases[row], cases[row - 1]]
            yield Mutation(f"cases {row} and {row + 1} swapped", _written(variables, cases))
    for row in range(min(len(file.cases), 6)):
        variables, cases = _content(file)
        yield Mutation(f"case {row + 1} gone", _written(variables, cases[:row] + cases[row + 1 :]))
    variables, cases = _content(file)
    if cases:
        yield Mutation("the last case twice", _written(variables, [*cases, cases[-1]]))
    yield from _descriptions(file)
    for share in (0.2, 0.95):
        yield Mutation(f"cut off after {share:.0%}", data[: int(len(data) * share)])


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same data in other bytes.

    Args:
        data: a file that can be read.
        rng: not used.
    """
    yield Mutation("written anew", write_sav(_json(*_content(read_sav(data)))))
    product = b"@(#) SPSS DATA FILE another program".ljust(60)
    yield Mutation("by another program", data[:4] + product + data[64:])
    yield Mutation("at another time", data[:92] + b"31 Dec 2912:34:56" + data[109:])


def _descriptions(file: DataFile) -> Iterator[Mutation]:
    """Every variable in turn with another name, or without what describes it."""
    for at, variable in enumerate(file.variables):
        changes: dict[str, JsonValue] = {"name": f"{variable.name}_2"}
        if variable.label:
            changes["label"] = ""
        if variable.value_labels:
            changes["values"] = {}
        if variable.missing:
            changes["missing"] = []
        if variable.measure is not None:
            changes["measure"] = "ordinal" if variable.measure != "ordinal" else "nominal"
        for key, value in changes.items():
            variables, cases = _content(file)
            variables[at] = {**variables[at], key: value}
            yield Mutation(f"{key} of {variable.name}: {value!r}", _written(variables, cases))


def _described(variable: Variable) -> dict[str, JsonValue]:
    labels: Mapping[Value, str] = variable.value_labels
    missing: list[JsonValue] = [each for each in variable.missing if isinstance(each, float)]
    found: dict[str, JsonValue] = {
        "name": variable.name,
        "width": variable.width,
        "label": variable.label,
        "values": {str(value): label for value, label in labels.items()},
        "missing": missing,
    }
    return found if variable.measure is None else {**found, "measure": variable.measure.value}


def _content(file: DataFile) -> Content:
    return [_described(each) for each in file.variables], [list(case) for case in file.cases]


def _json(variables: list[dict[str, JsonValue]], cases: list[list[Value]]) -> JsonValue:
    rows: list[JsonValue] = [list[JsonValue](case) for case in cases]
    return {"variables": list[JsonValue](variables), "cases": rows}


def _written(variables: list[dict[str, JsonValue]], cases: list[list[Value]]) -> bytes:
    return write_sav(_json(variables, cases))


def _with(file: DataFile, row: int, at: int, value: Value) -> bytes:
    variables, cases = _content(file)
    cases[row][at] = value
    return _written(variables, cases)


def _other(file: DataFile, row: int, at: int) -> Value:
    found, width = file.cases[row][at], file.variables[at].width
    if isinstance(found, str):
        return found[1:] if found else "x"[:width]
    return 1.0 if found is None else found + 1
