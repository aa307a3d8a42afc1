"""Read TOML into a frozen dataclass: typed, unknown keys refused, errors that name file and key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

import pydantic
from pydantic import TypeAdapter

from gym_anything.errors import ConfigError

T = TypeVar("T")


def load_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file as a dataclass whose `__pydantic_config__` forbids unknown keys.

    Args:
        path: the file.
        kind: the dataclass.

    Raises:
        ConfigError: no such file, not TOML, an unknown or missing key, a value of the wrong type.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        return TypeAdapter(kind).validate_python(data)
    except pydantic.ValidationError as error:
        raise ConfigError(describe_invalid(str(path), error)) from error


def describe_invalid(source: str, error: pydantic.ValidationError) -> str:
    """Word a validation error: the source, the key, what was given, what was expected."""
    errors = error.errors(include_url=False)
    unknown = [entry for entry in errors if entry["type"] == "unexpected_keyword_argument"]
    first = (unknown or errors)[0]
    key = ".".join(str(part) for part in first["loc"]) or "(whole)"
    problem = "unknown key" if unknown else first["msg"]
    given = repr(first.get("input"))
    given = given if len(given) <= 80 else given[:77] + "..."
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{source}: {key}: {problem}, got {given}{more}"
