"""Take JSON apart with errors that name the key: "rows[2][1].bold: expected true or false".

Used by the writers of this package.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from gym_anything.errors import TaskError, did_you_mean


def take_object(value: JsonValue, key: str, known: Iterable[str]) -> dict[str, JsonValue]:
    """An object with no other keys than `known`. Raises TaskError."""
    names = tuple(known)
    if not isinstance(value, dict):
        raise wrong(key, f"an object with {', '.join(names)}", value)
    for name in value:
        if name not in names:
            raise TaskError(f"{key}: {did_you_mean('key', name, names)}")
    return value


def take_list(value: JsonValue, key: str) -> list[JsonValue]:
    """A list. Raises TaskError."""
    if not isinstance(value, list):
        raise wrong(key, "a list", value)
    return value


def take_text(value: JsonValue, key: str, choices: tuple[str, ...] = ()) -> str:
    """Text, one of `choices` unless they are empty. Raises TaskError."""
    if not isinstance(value, str) or (choices and value not in choices):
        raise wrong(key, " or ".join(map(repr, choices)) if choices else "text", value)
    return value


def take_flag(value: JsonValue, key: str) -> bool:
    """True or false. Raises TaskError."""
    if not isinstance(value, bool):
        raise wrong(key, "true or false", value)
    return value


def take_number(value: JsonValue, key: str, low: float, high: float) -> float:
    """A number from `low` to `high`. Raises TaskError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise wrong(key, f"a number from {low:g} to {high:g}", value)
    return float(value)


def wrong(key: str, expected: str, given: object) -> TaskError:
    """An error that says where, what was expected and what was given."""
    shown = repr(given)
    return TaskError(f"{key}: expected {expected}, got {shown[:80]}{'…' * (len(shown) > 80)}")
