"""Verifiers of code and configuration: Python, JSON, INI, TOML, XML. Nothing is ever executed.

Common parameters: `path` is the file, relative to home; its suffix says the language. A `key` is a
list of names from the root inwards; places in a list are "0", "1", and so on, an attribute of XML
is "@name". A file that is missing, too large or not well-formed fails every check here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.source_code import (
    MAX_CODE_BYTES,
    Key,
    Scalar,
    bracket_fault,
    indentation,
    meaning,
    read_python,
    read_values,
    same_scalar,
)
from gym_anything.documents.text import read_text
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict


@fails_closed(Verdict.no)
def says(state: FinalState, path: str, source: str) -> Verdict:
    """Whether the file says what a source text says; comments and white space do not count.

    Of Python the syntax trees are compared, statement by statement; of configuration the values,
    whatever the order of keys.

    Args:
        state: the final state.
        path: the file.
        source: text in the language of the file.
    """
    wanted = meaning(source.encode(), path)
    if meaning(state.home.read_bytes(path), path) == wanted:
        return Verdict.yes(f"{path} says what it should")
    if not path.endswith(".py"):
        fault = _values_fault(read_values(source.encode(), path), _values(state, path))
        return Verdict.no(fault)
    right = [unit.meaning for unit in read_python(source.encode(), path).units]
    for unit in read_python(state.home.read_bytes(path), path).units:
        if not right or unit.meaning != right.pop(0):
            return Verdict.no(f"{unit.kind} {unit.name!r} is not as it should be, or misplaced")
    return Verdict.no("the last statements are missing")


@fails_closed(Verdict.no)
def value_equals(
    state: FinalState, path: str, key: list[str], value: str | int | float | bool | None
) -> Verdict:
    """Whether a key has this value: 30 and 30.0 are the same, 30 and "30" are not.

    Values of INI and XML are always text.

    Args:
        state: the final state.
        path: the file.
        key: names from the root inwards.
        value: expected value.
    """
    found = _values(state, path)
    name = ".".join(key)
    if tuple(key) not in found:
        return Verdict.no(f"{name} is not there")
    got = found[tuple(key)]
    return _verdict(same_scalar(got, value), f"{name} is {got!r}")


@fails_closed(Verdict.no)
def value_absent(state: FinalState, path: str, key: list[str]) -> Verdict:
    """Whether the file says nothing at a key or beneath it, as when it is commented out.

    Args:
        state: the final state.
        path: the file.
        key: names from the root inwards.
    """
    there = any(_beneath(found, tuple(key)) for found in _values(state, path))
    return _verdict(not there, f"{'.'.join(key)} is {'there' if there else 'not there'}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    keys: list[list[str]] = [],  # noqa: B006
) -> Verdict:
    """Whether all other values are those of the set-up document: meant as a guard.

    Args:
        state: the final state.
        path: the file.
        keys: keys that may be changed, with everything beneath them.
    """
    before = read_values(_initial(state, path), path)
    allowed = [tuple(key) for key in keys]

    def rest(values: Mapping[Key, Scalar]) -> Mapping[Key, Scalar]:
        return {
            key: value
            for key, value in values.items()
            if not any(_beneath(key, each) for each in allowed)
        }

    fault = _values_fault(rest(before), rest(_values(state, path)))
    return _verdict(not fault, fault or "no other value was changed")


@fails_closed(Verdict.no)
def in_order(state: FinalState, path: str, names: list[str]) -> Verdict:
    """Whether names of the outermost level come in this order, others in between or not.

    Args:
        state: the final state.
        path: the file.
        names: sections or keys; of Python functions and classes, such as "Store.load".
    """
    if path.endswith(".py"):
        units = read_python(state.home.read_bytes(path), path).units
        found = list(dict.fromkeys(unit.name for unit in units))
    else:
        found = list(dict.fromkeys(key[0] for key in _values(state, path) if key))
    there = [name for name in found if name in names]
    return _verdict(there == names, f"the order is {', '.join(there)}")


@fails_closed(Verdict.no)
def commented_out(state: FinalState, path: str, text: str, plain: int = 0) -> Verdict:
    """Whether a line is there exactly once behind a comment sign (#, ; or //).

    Args:
        state: the final state.
        path: the file.
        text: the line without the sign; blank space around it does not count.
        plain: how often it stands there without a sign as well, as in other sections.
    """
    lines = [line.strip() for line in _text(state, path).split("\n")]
    without = lines.count(text.strip())
    behind = [line for line in lines if line.startswith(("#", ";", "//"))]
    count = sum(line.lstrip("#;/~ \t") == text.strip() for line in behind)
    right = count == 1 and without == plain
    return _verdict(right, f"{text!r}: {count} commented out, {without} not")


@fails_closed(Verdict.no)
def defines(
    state: FinalState,
    path: str,
    name: str,
    kind: Literal["function", "class", "variable", "import"] = "function",
) -> Verdict:
    """Whether a Python file defines or imports a name.

    Args:
        state: the final state.
        path: the file.
        name: such as "load" or "Store.load"; of an import "os" or "json.loads".
        kind: what it is to be.
    """
    found = read_python(state.home.read_bytes(path), path)
    if kind == "import":
        return _verdict(name in found.imports, f"imports {', '.join(found.imports) or 'nothing'}")
    names = [unit.name for unit in found.units if unit.kind == kind]
    return _verdict(name in names, f"{kind}: {', '.join(names) or 'none'}")


@fails_closed(Verdict.no)
def python_unchanged_except(
    state: FinalState,
    path: str,
    names: list[str] = [],  # noqa: B006
    comments: bool = True,
) -> Verdict:
    """Whether all other statements of a Python file are those of the start, in their order.

    Meant as a guard. White space and brackets that change nothing do not count.

    Args:
        state: the final state.
        path: the file.
        names: functions, classes and variables that may be changed, gone or new, with what stands
            in them; "import" for all imports, "" for statements without a name.
        comments: whether each comment of the start must still be there.
    """
    before = read_python(_initial(state, path), path)
    after = read_python(state.home.read_bytes(path), path)
    kept, left = (
        [unit for unit in each.units if not _named_in(unit.name, names)] for each in (before, after)
    )
    for old, new in zip(kept, left, strict=False):
        if old != new:
            return Verdict.no(f"{old.kind} {old.name!r} was changed, or {new.name!r} put before it")
    if len(kept) != len(left):
        return Verdict.no(f"there are {len(left)} other statements, {len(kept)} at the start")
    gone = Counter(before.comments) - Counter(after.comments)
    if comments and gone:
        return Verdict.no(f"the comment {next(iter(gone))[:80]!r} is gone")
    return Verdict.yes("no other statement was changed")


@fails_closed(Verdict.no)
def indented_by(
    state: FinalState, path: str, kind: Literal["spaces", "tabs"], width: int = 0
) -> Verdict:
    """Whether every indented line is indented by this alone.

    Args:
        state: the final state.
        path: the file.
        kind: what with.
        width: smallest number of spaces that a line is indented by; 0 for any.
    """
    kinds, found = indentation(_text(state, path))
    right = kinds <= {kind} and (not width or kind == "tabs" or found == width)
    words = ", ".join(sorted(kinds)) or "nothing"
    return _verdict(right, f"indented by {words}, at least {found} spaces")


@fails_closed(Verdict.no)
def brackets_match(state: FinalState, path: str) -> Verdict:
    """Whether each bracket outside of quotes has its partner; for languages without a reader, too.

    Args:
        state: the final state.
        path: the file.
    """
    fault = bracket_fault(_text(state, path))
    return _verdict(not fault, fault or "every bracket has its partner")


def _text(state: FinalState, path: str) -> str:
    data = state.home.read_bytes(path)
    if len(data) > MAX_CODE_BYTES:
        raise DocumentError(f"{path}: {len(data)} bytes of code, more than {MAX_CODE_BYTES}")
    return read_text(data).text


def _values(state: FinalState, path: str) -> Mapping[Key, Scalar]:
    return read_values(state.home.read_bytes(path), path)


def _initial(state: FinalState, path: str) -> bytes:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return state.initial[path]


def _beneath(key: Key, root: Key) -> bool:
    return key[: len(root)] == root


def _named_in(name: str, names: list[str]) -> bool:
    return any(name == each or (each and name.startswith(f"{each}.")) for each in names)


def _values_fault(wanted: Mapping[Key, Scalar], found: Mapping[Key, Scalar]) -> str:
    for key, value in wanted.items():
        name = ".".join(key)
        if key not in found:
            return f"{name} is gone"
        if not same_scalar(found[key], value):
            return f"{name} is {found[key]!r}, not {value!r}"
    strange = [key for key in found if key not in wanted]
    return f"{'.'.join(strange[0])} is new" if strange else ""


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
