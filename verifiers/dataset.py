"""Verifiers of data sets: the data files of statistics programs (.sav), by meaning.

Common parameters: `path` is the file, relative to home; variables are named in any letter case, and
cases count from 1. A value is a number, a text, or null for the system-missing value. A file that
is missing or cannot be read fails every check here.
"""

from __future__ import annotations

import builtins
import math
from collections import Counter
from dataclasses import replace
from typing import Literal, TypeAlias

from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.sav import DataFile, Measure, Value, Variable, read_sav
from gym_anything.errors import TaskError, VerifierError, did_you_mean
from gym_anything.verify import FinalState, Verdict

Expected: TypeAlias = int | float | str | None


@fails_closed(Verdict.no)
def value(
    state: FinalState,
    path: str,
    variable: str,
    case: int,
    equals: Expected,
    tolerance: float = 1e-9,
) -> Verdict:
    """Whether a case has this value of a variable.

    Args:
        state: the final state.
        path: the data file.
        variable: its name.
        case: number of the case.
        equals: expected value; text is compared without space at its end.
        tolerance: how far a number may be off.
    """
    column = _read(state, path).column(variable)
    if not 1 <= case <= len(column):
        return Verdict.no(f"there are {len(column)} cases, no case {case}")
    found = column[case - 1]
    right = _same(found, equals, tolerance)
    return _verdict(right, f"{variable} of case {case} is {found!r}")


@fails_closed(Verdict.no)
def column(
    state: FinalState,
    path: str,
    variable: str,
    values: list[Expected],
    tolerance: float = 1e-9,
) -> Verdict:
    """Whether a variable has exactly these values, in the order of the cases.

    Args:
        state: the final state.
        path: the data file.
        variable: its name.
        values: one for each case.
        tolerance: how far numbers may be off.
    """
    found = _read(state, path).column(variable)
    if len(found) != len(values):
        return Verdict.no(f"there are {len(found)} cases, not {len(values)}")
    pairs = zip(found, values, strict=True)
    wrong = [at for at, pair in enumerate(pairs, 1) if not _same(*pair, tolerance)]
    if wrong:
        return Verdict.no(f"{variable} of case {wrong[0]} is {found[wrong[0] - 1]!r}")
    return Verdict.yes(f"{variable} is right in all {len(found)} cases")


@fails_closed(Verdict.no)
def dictionary(
    state: FinalState,
    path: str,
    variable: str,
    label: str | None = None,
    measure: str = "",
    value_labels: dict[str, str] | None = None,
    missing: list[Expected] | None = None,
) -> Verdict:
    """Whether a variable is described so. Null and "" are not looked at.

    Args:
        state: the final state.
        path: the data file.
        variable: its name.
        label: its label.
        measure: "nominal", "ordinal" or "scale".
        value_labels: exactly these labels, by value as a text: {"1": "female"}.
        missing: exactly these values count as missing, in any order.
    """
    if label is None and not measure and value_labels is None and missing is None:
        raise TaskError("dataset.dictionary: at least one thing to look at is needed")
    if measure and measure not in list(Measure):
        raise TaskError(did_you_mean("measure", measure, Measure))
    found = _read(state, path).variable(variable)
    faults = []
    if label is not None and found.label.strip() != label.strip():
        faults.append(f"its label is {found.label!r}")
    if measure and found.measure != measure:
        faults.append(f"it is {found.measure or 'of no known measure'}")
    if value_labels is not None:
        wanted = {_key(each): text.strip() for each, text in value_labels.items()}
        there = {_key(each): text.strip() for each, text in found.value_labels.items()}
        if wanted != there:
            faults.append(f"its value labels are {dict(found.value_labels)}")
    if missing is not None and Counter(map(_key, missing)) != Counter(map(_key, found.missing)):
        faults.append(f"missing are {list(found.missing)}")
    return _verdict(not faults, "; ".join(faults)[:500] or f"{variable} is as it should be")


@fails_closed(Verdict.no)
def sorted(
    state: FinalState,
    path: str,
    by: str,
    order: Literal["ascending", "descending"] = "ascending",
) -> Verdict:
    """Whether the cases of the set-up document are all there, whole, and in order.

    Accepts any order of cases that tie. The system-missing value is less than any number.

    Args:
        state: the final state.
        path: the data file.
        by: variable that they are sorted by.
        order: from small to large or back.
    """
    before, after = _initial(state, path), _read(state, path)
    if Counter(map(_case, before.cases)) != Counter(map(_case, after.cases)):
        return Verdict.no("the cases are not those of the start, each as a whole")
    found = [_rank(each) for each in after.column(by)]
    right = found == builtins.sorted(found, reverse=order == "descending")
    return _verdict(right, f"the cases are {'' if right else 'not '}in {order} order of {by}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    variables: list[str] = [],  # noqa: B006
    cells: list[str] = [],  # noqa: B006
    added: list[str] = [],  # noqa: B006
    any_order: bool = False,
    gone: list[int] = [],  # noqa: B006
) -> Verdict:
    """Whether all the rest is as in the set-up document: meant as a guard.

    Looks at the variables and their order, labels, value labels, measures and missing values, and
    at every value of every case.

    Args:
        state: the final state.
        path: the data file.
        variables: whose description may change, but not their values.
        cells: values that may change, as "age 3" for the variable in the third case.
        added: names of variables that may be new; where they stand does not count.
        any_order: whether the cases may have moved, each as a whole.
        gone: numbers of the cases that may be gone, all of them or none.
    """
    before, after = _initial(state, path), _read(state, path)
    if len(after.cases) == len(before.cases) - len(gone):
        left = (case for at, case in enumerate(before.cases, 1) if at not in gone)
        before = replace(before, cases=tuple(left))
    new = {name.casefold() for name in added}
    old = {each.name.casefold() for each in before.variables}
    places = [
        at
        for at, each in enumerate(after.variables)
        if each.name.casefold() in old or each.name.casefold() not in new
    ]
    kept = tuple(after.variables[at] for at in places)
    changes = _described(before.variables, kept, {name.casefold() for name in variables})
    cases = [tuple(case[at] for at in places) for case in after.cases]
    if not changes and any_order:
        same = Counter(map(_case, before.cases)) == Counter(map(_case, cases))
        changes = [] if same else ["the cases are not those of the start"]
    elif not changes:
        changes = _changed_values(before, cases, {cell.casefold() for cell in cells})
    if changes:
        return Verdict.no(f"{len(changes)} unwanted changes: {'; '.join(changes[:5])}")
    return Verdict.yes("nothing else was changed")


def _described(
    before: tuple[Variable, ...], after: tuple[Variable, ...], free: set[str]
) -> list[str]:
    names = [each.name.casefold() for each in before], [each.name.casefold() for each in after]
    if names[0] != names[1]:
        return [f"variables were {', '.join(names[0])}, are {', '.join(names[1])}"]
    changes = []
    for old, new in zip(before, after, strict=True):
        if old.width != new.width:
            changes.append(f"{old.name} had width {old.width}, has {new.width}")
        if old.name.casefold() in free:
            continue
        for what in ("label", "value_labels", "measure", "missing"):
            was, now = getattr(old, what), getattr(new, what)
            if was != now:
                changes.append(f"{what} of {old.name} was {was!r}, is {now!r}"[:160])
    return changes


def _changed_values(before: DataFile, cases: list[tuple[Value, ...]], free: set[str]) -> list[str]:
    if len(cases) != len(before.cases):
        return [f"there were {len(before.cases)} cases, are {len(cases)}"]
    changes = []
    for number, (old, new) in enumerate(zip(before.cases, cases, strict=True), start=1):
        for variable, was, now in zip(before.variables, old, new, strict=True):
            place = f"{variable.name} {number}"
            if not _same(was, now, 0.0) and place.casefold() not in free:
                changes.append(f"{place} was {was!r}, is {now!r}")
    return changes


def _read(state: FinalState, path: str) -> DataFile:
    return read_sav(state.home.read_bytes(path))


def _initial(state: FinalState, path: str) -> DataFile:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    try:
        return read_sav(state.initial[path])
    except DocumentError as error:
        raise VerifierError(f"the set-up document cannot be read: {error}") from error


def _same(left: Value, right: Value, tolerance: float) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=tolerance)
    if isinstance(left, str) and isinstance(right, str):
        return left.rstrip() == right.rstrip()
    return left is None and right is None


def _key(found: object) -> object:
    """A value as a key, whether it comes as a number or as its text."""
    try:
        return float(str(found))
    except ValueError:
        return found.rstrip() if isinstance(found, str) else found


def _case(case: tuple[Value, ...]) -> tuple[object, ...]:
    return tuple(float(f"{each:.12g}") if isinstance(each, float) else each for each in case)


def _rank(found: Value) -> tuple[int, float, str]:
    if found is None:
        return 0, 0.0, ""
    return (1, found, "") if isinstance(found, int | float) else (2, 0.0, found)


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
