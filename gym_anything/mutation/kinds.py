"""Mutations of any file: what holds for all kinds, and what the modules of this folder know."""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath
from types import ModuleType

from gym_anything import mutation
from gym_anything.documents.compare import same_value
from gym_anything.documents.csv_table import read_csv
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.workbook import WorkbookKind
from gym_anything.mutation.base import Mutation


@cache
def _by_suffix() -> dict[str, ModuleType]:
    found = {}
    for module in pkgutil.iter_modules(mutation.__path__):
        loaded = importlib.import_module(f"{mutation.__name__}.{module.name}")
        found.update(dict.fromkeys(getattr(loaded, "SUFFIXES", ()), loaded))
    return found


def suffixes() -> tuple[str, ...]:
    """Suffixes of the files whose content can be mutated, sorted."""
    return tuple(sorted(_by_suffix()))


def harmful(path: str, data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Ways to spoil a file.

    Args:
        path: of the file; its suffix says the kind.
        data: its bytes.
        rng: draws what is changed.
    """
    for percent in (0, 50, 90):
        yield Mutation(f"cut off after {percent} %", data[: len(data) * percent // 100])
    module = _by_suffix().get(PurePosixPath(path).suffix.lower())
    for made in module.harmful(data, rng) if module is not None else ():
        if not _says_the_same(path, data, made.data):
            yield made


def _says_the_same(path: str, one: bytes, other: bytes) -> bool:
    """Whether two files are tables, JSON or TOML and mean the same.

    The order of members says nothing; that of the outermost ones may: people order sections.
    """
    if PurePosixPath(path).suffix == ".csv":
        return _is_the_same_table(one, other)
    parse = {".json": json.loads, ".toml": tomllib.loads}.get(PurePosixPath(path).suffix)
    if parse is None:
        return False
    try:
        before, after = parse(one.decode()), parse(other.decode())
    except ValueError:
        return False
    return before == after and list(before) == list(after)


def _is_the_same_table(one: bytes, other: bytes) -> bool:
    """Whether two tables have the same cells: 0.10 and 0.1 are one number."""
    try:
        before, after = (read_csv(data).sheets[0] for data in (one, other))
    except DocumentError:
        return False
    return all(
        same_value(before.at(*at).value, after.at(*at).value, WorkbookKind.CSV)
        for at in before.cells.keys() | after.cells.keys()
    )


def benign(path: str, data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same content in other bytes; arguments as `harmful`."""
    module = _by_suffix().get(PurePosixPath(path).suffix.lower())
    if module is not None:
        yield from module.benign(data, rng)
