"""Reading what a model wrote: JSON in prose, and members of the right type.

Everything that can be wrong with a text ends here as `Unreadable`, which `attempt` turns into an
`InvalidAction`; no other exception leaves a format's `parse`.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from gym_anything.action.text_space import is_typeable
from gym_anything.records import MAX_DURATION_SEC, MAX_SCROLL, MAX_TEXT, Action, InvalidAction

MAX_OUTPUT = 100_000  # characters of one output
_STARTS = 50  # places in a text where JSON is looked for
_FENCE = re.compile(  # a language, if a blank follows it; the last fence may be left open
    r"```(?:(?!(?:DONE|FAIL|WAIT)\b)[\w+-]+\s)?(.*?)(?:```|\Z)", re.DOTALL
)
_THINKING = re.compile(  # its start may stand in the prompt
    r"\A(?:\s*<think>.*?</think>|.*?</think>[ \t]*\n)", re.DOTALL
)


class Unreadable(ValueError):
    """An output is not in its format; the message is the reason."""


def attempt(
    name: str, output: object, read: Callable[[], tuple[Action, ...]]
) -> tuple[Action, ...] | InvalidAction:
    """Read an output; what cannot be read becomes a value.

    Args:
        name: of the format.
        output: what the model wrote.
        read: reads it; a ValueError (`Unreadable`, or an `Action` out of range) is a reason.
    """
    try:
        if isinstance(output, str) and len(output) > MAX_OUTPUT:
            raise Unreadable(f"longer than {MAX_OUTPUT} characters")
        return read()
    except ValueError as error:
        return InvalidAction(_as_text(output), str(error), name)


def _as_text(output: object) -> str:
    if isinstance(output, str):
        return output
    try:
        return json.dumps(output, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return f"<{type(output).__name__}>"


def decode(text: str) -> object:
    """One JSON value.

    Raises:
        Unreadable: it is none; NaN and Infinity are none.
    """
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    return value


def _refuse(constant: str) -> object:
    raise Unreadable(f"{constant} is not JSON")


def json_values(text: str) -> list[object]:
    """The JSON values in a text: all of it, else what is fenced (```), else objects in prose.

    Raises:
        Unreadable: there is none, or what is fenced is none.
    """
    stripped = text.strip()
    try:
        return [decode(stripped)]
    except Unreadable:
        pass  # then it may stand in a fence or among words
    fenced = fences(stripped)
    if fenced:
        return [decode(block) for block in fenced]
    values = list(_in_prose(stripped))
    if not values:
        raise Unreadable("no JSON object found")
    return values


def after_thinking(text: str) -> str:
    """A text without the thinking that a reasoning model puts before it."""
    return _THINKING.sub("", text, count=1)


def fences(text: str) -> list[str]:
    """What stands between three backticks each, without the language and common indentation."""
    return [textwrap.dedent(block).strip() for block in _FENCE.findall(text)]


def _in_prose(text: str) -> Iterator[object]:
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at = 0
    for _ in range(_STARTS):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield value


def mapping(value: object, what: str) -> Mapping[str, object]:
    """A JSON object.

    Raises:
        Unreadable: it is something else.
    """
    if not isinstance(value, Mapping):
        raise Unreadable(f"{what} must be an object, got {type(value).__name__}")
    return value


def items(value: object, what: str) -> Sequence[object]:
    """A JSON array.

    Raises:
        Unreadable: it is something else.
    """
    if not isinstance(value, list | tuple):
        raise Unreadable(f"{what} must be an array, got {type(value).__name__}")
    return value


def string(source: Mapping[str, object], name: str, default: str | None = None) -> str:
    """A text that can be typed.

    Raises:
        Unreadable: it is missing without a default, no string, too long, or holds a NUL or half a
            surrogate pair.
    """
    value = source.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise Unreadable(f"{name} must be a string, got {type(value).__name__}")
    if len(value) > MAX_TEXT or not is_typeable(value):
        raise Unreadable(f"{name} is too long or holds characters that cannot be typed")
    return value


def strings(source: Mapping[str, object], name: str) -> tuple[str, ...]:
    """An array of texts; missing or null is an empty one.

    Raises:
        Unreadable: it is something else.
    """
    found = items(source.get(name) or (), name)
    return tuple(string({name: part}, name) for part in found)


def number(value: object, what: str) -> float:
    """A finite number.

    Raises:
        Unreadable: it is something else; true and false are no numbers.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(f"{what} must be a number, got {type(value).__name__}")
    if not -1e9 <= value <= 1e9:  # nor NaN, nor infinite
        raise Unreadable(f"{what} is out of range")
    return float(value)


def whole(value: object, what: str) -> int:
    """A whole number.

    Raises:
        Unreadable: it is something else.
    """
    found = number(value, what)
    if found != int(found):
        raise Unreadable(f"{what} must be a whole number, got {found:g}")
    return int(found)


def pair(value: object, what: str) -> tuple[float, float]:
    """An array of two numbers.

    Raises:
        Unreadable: it is something else.
    """
    found = items(value, what)
    if len(found) != 2:
        raise Unreadable(f"{what} must be two numbers, got {len(found)}")
    return number(found[0], what), number(found[1], what)


def notches(amount: float) -> int:
    """Wheel notches, rounded, at least one unless 0, at most `MAX_SCROLL` either way."""
    if amount == 0:
        return 0
    turns = min(max(1, round(abs(amount))), MAX_SCROLL)
    return turns if amount > 0 else -turns


def seconds(value: object, what: str) -> float:
    """A duration; more than `MAX_DURATION_SEC` is cut to it.

    Raises:
        Unreadable: no number, or negative.
    """
    found = number(value, what)
    if found < 0:
        raise Unreadable(f"{what} must not be negative, got {found:g}")
    return min(found, MAX_DURATION_SEC)
