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
    """Whether two files are JSON or TOML and mean the same: the order of members says nothing.

    That of the outermost ones may: people order sections.
    """
    parse = {".json": json.loads, ".toml": tomllib.loads}.get(PurePosixPath(path).suffix)
    if parse is None:
        return False
    try:
        before, after = parse(one.decode()), parse(other.decode())
    except ValueError:
        return False
    return before == after and list(before) == list(after)


def benign(path: str, data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same content in other bytes; arguments as `harmful`."""
    module = _by_suffix().get(PurePosixPath(path).suffix.lower())
    if module is not None:
        yield from module.benign(data, rng)
