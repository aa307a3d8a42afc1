"""Read code and configuration by what it says; nothing of it is ever executed.

    read_values(data, path)    values of JSON, INI, TOML or XML, by key
    read_python(data)          the statements of Python, its definitions by name, its comments
    meaning(data, path)        what two files have in common that differ in white space only
    indentation(text)          what the lines are indented by
    bracket_fault(text)        the first bracket without a partner

What cannot be read raises DocumentError.
"""

from __future__ import annotations

import ast
import configparser
import io
import json
import tokenize
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.safe import parse_xml
from gym_anything.documents.text import read_text

Scalar: TypeAlias = str | int | float | bool | None
Key: TypeAlias = tuple[str, ...]
"""Names from the root inwards; places in a list are "0", "1", ..."""

MAX_CODE_BYTES = 1 << 20
MAX_DEPTH = 64
_OPENING, _CLOSING = "([{", ")]}"
_INI_SUFFIXES = (".ini", ".cfg", ".conf", ".desktop")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement of a module or of a class in it.

    Attributes:
        name: "load", "Store.load", the target of an assignment, "import" or "".
        kind: "function", "class", "import", "variable" or "statement"; a class is its first line,
            what stands in it are units of their own.
        meaning: its syntax tree in words, without places, comments and white space.
    """

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Python:
    """A Python file, read.

    Attributes:
        units: in the order of the file.
        comments: in the order of the file, with their "#".
        imports: modules and names that are imported, such as "os" and "json.loads".
    """

    units: tuple[Unit, ...]
    comments: tuple[str, ...]
    imports: tuple[str, ...]


def read_values(data: bytes, path: str) -> Mapping[Key, Scalar]:
    """Values of a configuration file in the order of the file.

    Empty objects and lists have the value null at their own key. Of XML, an attribute's key ends in
    "@name", and of several elements of one name the second is "name[2]".

    Args:
        data: the file.
        path: its name; the suffix says the language: .json, .toml, .xml, .ini and the like.

    Raises:
        DocumentError: it is not well-formed, says a key twice, or is too large or too deep.
    """
    _check_size(data, path)
    if path.endswith(".xml"):
        return dict(_xml_values(parse_xml(data, path), (), 0))
    text = read_text(data).text
    try:
        if path.endswith(".json"):
            return dict(_flat(json.loads(text, object_pairs_hook=_unrepeated), ()))
        if path.endswith(".toml"):
            return dict(_flat(tomllib.loads(text), ()))
        if path.endswith(_INI_SUFFIXES):
            return _ini_values(text)
    except (ValueError, RecursionError, configparser.Error) as error:
        reason = str(error).replace("\n", " ")[:200]
        raise DocumentError(f"{path}: cannot be read: {reason}") from error
    raise DocumentError(f"{path}: no configuration of a known kind")


def read_python(data: bytes, path: str = "code") -> Python:
    """Statements, comments and imports of a Python file.

    Raises:
        DocumentError: it is not Python, or too large or too deep to tell.
    """
    _check_size(data, path)
    text = read_text(data).text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        units = tuple(_units(tree.body, ""))
        comments = tuple(
            token.string.rstrip()
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        raise DocumentError(f"{path}: is not Python: {error}") from error
    return Python(units, comments, tuple(_imports(tree)))


def meaning(data: bytes, path: str) -> object:
    """What a file says, to be compared with `==`; white space and comments do not count.

    Raises:
        DocumentError: it cannot be read.
    """
    if path.endswith(".py"):
        return read_python(data, path).units
    values = read_values(data, path)
    return tuple(sorted((key, _comparable(value)) for key, value in values.items()))


def same_scalar(left: Scalar, right: Scalar) -> bool:
    """Whether two values are the same: 30 and 30.0 are, 1, true and "1" are not."""
    return _comparable(left) == _comparable(right)


def indentation(text: str) -> tuple[frozenset[str], int]:
    """How the lines are indented.

    Returns:
        Which of "tabs", "spaces" and "mixed" (both in one line) there are, and the smallest number
        of spaces, 0 if no line begins with one.
    """
    kinds: set[str] = set()
    width = 0
    for line in text.split("\n"):
        margin = line[: len(line) - len(line.lstrip(" \t"))]
        if not margin or not line.strip():
            continue
        only = set(margin)
        kinds.add("mixed" if len(only) > 1 else "tabs" if only == {"\t"} else "spaces")
        if only == {" "}:
            width = min(width or len(margin), len(margin))
    return frozenset(kinds), width


def bracket_fault(text: str) -> str:
    """The first bracket outside of quotes that has no partner, in words; "" if there is none."""
    waiting: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        for sign in _unquoted(line):
            if sign in _OPENING:
                waiting.append((sign, number))
            elif sign in _CLOSING:
                wanted = _OPENING[_CLOSING.index(sign)]
                if not waiting or waiting.pop()[0] != wanted:
                    return f"{sign!r} in line {number} closes nothing"
    return f"{waiting[-1][0]!r} in line {waiting[-1][1]} is not closed" if waiting else ""


def _unquoted(line: str) -> Iterator[str]:
    quote, escaped = "", False
    for sign in line:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            yield sign


def _check_size(data: bytes, path: str) -> None:
    if len(data) > MAX_CODE_BYTES:
        raise DocumentError(f"{path}: {len(data)} bytes of code, more than {MAX_CODE_BYTES}")


def _comparable(value: Scalar) -> tuple[str, str]:
    if value is None or isinstance(value, bool):
        return "constant", str(value)
    if isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer()
        return "number", repr(int(value) if whole else value)
    return "text", value.strip()


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return found


def _flat(value: Any, key: Key) -> Iterator[tuple[Key, Scalar]]:
    if len(key) > MAX_DEPTH:
        raise ValueError(f"more than {MAX_DEPTH} levels deep")
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        if not value:
            yield key, None
        for name, each in inner:
            yield from _flat(each, (*key, str(name)))
    elif value is None or isinstance(value, str | bool | int | float):
        yield key, value
    else:  # dates and times of TOML
        yield key, str(value)


def _ini_values(text: str) -> Mapping[Key, Scalar]:
    parser = configparser.RawConfigParser(
        strict=True,
        allow_no_value=True,
        comment_prefixes=("#", ";"),
        default_section="\0",
        empty_lines_in_values=False,
    )
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(text.removeprefix("\ufeff"))
    found: dict[Key, Scalar] = {}
    for section in parser.sections():
        if not parser.options(section):
            found[(section,)] = None
        for name, value in parser.items(section):
            found[(section, name)] = value
    return found


def _xml_values(element: etree._Element, key: Key, depth: int) -> Iterator[tuple[Key, Scalar]]:
    if depth > MAX_DEPTH:
        raise DocumentError(f"more than {MAX_DEPTH} levels deep")
    own = key or (str(element.tag),)
    for name, value in element.attrib.items():
        yield (*own, "@" + str(name)), str(value)
    text = (element.text or "").strip()
    children = list(element)
    if text or not (children or element.attrib):
        yield own, text
    seen: dict[str, int] = {}
    for child in children:
        tag = str(child.tag)
        seen[tag] = seen.get(tag, 0) + 1
        name = tag if seen[tag] == 1 else f"{tag}[{seen[tag]}]"
        yield from _xml_values(child, (*own, name), depth + 1)
        if (child.tail or "").strip():
            yield (*own, name, "#behind"), (child.tail or "").strip()


def _units(body: list[ast.stmt], owner: str) -> Iterator[Unit]:
    if owner.count(".") > MAX_DEPTH:
        raise ValueError(f"more than {MAX_DEPTH} classes inside each other")
    for statement in body:
        prefix = f"{owner}." if owner else ""
        if isinstance(statement, ast.ClassDef):
            head = ast.ClassDef(
                **{**dict(ast.iter_fields(statement)), "body": []},  # its members come below
            )
            yield Unit(prefix + statement.name, "class", ast.dump(head))
            yield from _units(statement.body, prefix + statement.name)
            continue
        name, kind = _named(statement)
        yield Unit(prefix + name if name else owner, kind, ast.dump(statement))


def _named(statement: ast.stmt) -> tuple[str, str]:
    if isinstance(statement, _DEFINITIONS):
        return statement.name, "function"
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return "import", "import"
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, "variable"
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, "variable"
    return "", "statement"


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)
