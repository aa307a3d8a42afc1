"""The action space, and the way between an `Action` and its element.

A `Dict` of fundamental spaces, so that `sample()`, batching and `check_env` work. Every element of
the space is a valid action, and every action with a text of at most `TEXT_LENGTH` characters is an
element.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np
from gymnasium import spaces

from gym_anything.action.text_space import UnicodeText
from gym_anything.records import (
    KEYS,
    MAX_DURATION_SEC,
    MAX_KEYS,
    MAX_SCROLL,
    Action,
    Button,
    Verb,
)

TEXT_LENGTH = 2048  # characters of one `text` in the space
VERBS = tuple(Verb)
BUTTONS = tuple(Button)
_KEY_INDEX = {key: index + 1 for index, key in enumerate(KEYS)}  # 0 stands for no key
Element: TypeAlias = dict[str, Any]


def action_space(screen: tuple[int, int]) -> spaces.Dict:
    """The space of actions on a (width, height) screen.

    Its parts: verb Discrete; point and end (2,) int32, x and y in pixels; button Discrete (left,
    middle, right); count 1 to 3; text; keys (MAX_KEYS,) indices into KEYS plus 1, 0 for none;
    scroll (2,) int32 notches right and down; duration () float32 seconds.
    """
    limit = np.array([screen[0] - 1, screen[1] - 1], dtype=np.int32)
    origin = np.zeros(2, dtype=np.int32)
    return spaces.Dict(
        {
            "verb": spaces.Discrete(len(VERBS)),
            "point": spaces.Box(origin, limit, dtype=np.int32),
            "end": spaces.Box(origin, limit, dtype=np.int32),
            "button": spaces.Discrete(len(BUTTONS)),
            "count": spaces.Discrete(3, start=1),
            "text": UnicodeText(TEXT_LENGTH),
            "keys": spaces.MultiDiscrete([len(KEYS) + 1] * MAX_KEYS),
            "scroll": spaces.Box(-MAX_SCROLL, MAX_SCROLL, (2,), dtype=np.int32),
            "duration": spaces.Box(0.0, MAX_DURATION_SEC, (), dtype=np.float32),
        }
    )


def to_element(action: Action) -> Element:
    """The element of `action_space` that stands for an action."""
    keys = [_KEY_INDEX[key] for key in action.keys]
    return {
        "verb": np.int64(VERBS.index(action.verb)),
        "point": np.array(action.point, dtype=np.int32),
        "end": np.array(action.end, dtype=np.int32),
        "button": np.int64(BUTTONS.index(action.button)),
        "count": np.int64(action.count),
        "text": action.text,
        "keys": np.array(keys + [0] * (MAX_KEYS - len(keys)), dtype=np.int64),
        "scroll": np.array(action.scroll, dtype=np.int32),
        "duration": np.array(action.duration_sec, dtype=np.float32),
    }


def from_element(element: Mapping[str, Any]) -> Action:
    """The action that an element of `action_space` stands for.

    A press, key_down or key_up without a key is a wait: the space can draw it, and it does nothing.

    Raises:
        ValueError: a part is missing, unknown, of the wrong shape or out of range; names the part.
    """
    unknown = set(element) ^ _PARTS
    if unknown:
        part = sorted(unknown)[0]
        problem = "unknown" if part in element else "missing"
        raise ValueError(f"action: {problem} part {part!r}; its parts are {sorted(_PARTS)}")
    numbers = [_integer(element, "keys", index) for index in range(_length(element, "keys"))]
    if len(numbers) != MAX_KEYS or not all(0 <= number <= len(KEYS) for number in numbers):
        raise ValueError(f"action: keys must be {MAX_KEYS} numbers of 0 to {len(KEYS)}")
    verb = _choice(element, "verb", VERBS)
    keys = tuple(KEYS[number - 1] for number in numbers if number)
    if verb in (Verb.PRESS, Verb.KEY_DOWN, Verb.KEY_UP) and not keys:
        verb = Verb.WAIT
    text = element["text"]
    if not isinstance(text, str):
        raise ValueError(f"action: text must be a string, got {type(text).__name__}")
    return Action(
        verb=verb,
        point=_pair(element, "point"),
        end=_pair(element, "end"),
        button=_choice(element, "button", BUTTONS),
        count=int(element["count"]),
        text=text,
        keys=keys,
        scroll=_pair(element, "scroll"),
        duration_sec=float(np.asarray(element["duration"]).reshape(())),
    )


_PARTS = {"verb", "point", "end", "button", "count", "text", "keys", "scroll", "duration"}
T = TypeVar("T")


def _length(element: Mapping[str, Any], part: str) -> int:
    shape = np.shape(element[part])
    if len(shape) != 1:
        raise ValueError(f"action: {part} must be one row of numbers, got shape {shape}")
    return int(shape[0])


def _integer(element: Mapping[str, Any], part: str, index: int) -> int:
    value = element[part][index]
    if int(value) != value:
        raise ValueError(f"action: {part} must hold whole numbers, got {value!r}")
    return int(value)


def _pair(element: Mapping[str, Any], part: str) -> tuple[int, int]:
    if _length(element, part) != 2:
        raise ValueError(f"action: {part} must be two numbers, got {_length(element, part)}")
    return _integer(element, part, 0), _integer(element, part, 1)


def _choice(element: Mapping[str, Any], part: str, choices: tuple[T, ...]) -> T:
    number = int(element[part])
    if not 0 <= number < len(choices):
        raise ValueError(f"action: {part} must be 0 to {len(choices) - 1}, got {number}")
    return choices[number]
