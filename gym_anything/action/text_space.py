"""A Gymnasium space of Unicode texts; the charset of a `Text` would hold a million entries.

It flattens, batches and crosses processes as `Text` does, with code points as indices.
"""

from __future__ import annotations

import copy
import string
from collections.abc import Iterator, Sequence
from ctypes import c_int32
from multiprocessing.sharedctypes import SynchronizedArray
from typing import Any, TypeAlias, overload

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import read_from_shared_memory

_SAMPLED = string.ascii_letters + string.digits + string.punctuation + " "
_CODE_POINTS = 0x110000


class UnicodeText(spaces.Text):
    """A Text space that contains any string of at most `max_length` characters.

    It samples short printable ASCII. Flattened and between processes (`AsyncVectorEnv`) a character
    is its code point, which is what the character list and index below say.

    Args:
        max_length: characters.
        seed: of the sampling.
    """

    def __init__(self, max_length: int, seed: int | np.random.Generator | None = None) -> None:
        super().__init__(max_length, min_length=0, charset=_SAMPLED, seed=seed)

    @property
    def character_set(self) -> frozenset[str]:
        """All of Unicode."""
        return _UNICODE

    @property
    def character_list(self) -> tuple[str, ...]:
        """Characters by code point."""
        return _BY_CODE_POINT

    def character_index(self, char: str) -> np.int32:
        """Code point of a character."""
        return np.int32(ord(char))

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Draw 0 to 12 printable ASCII characters; masks are not supported.

        Raises:
            ValueError: a mask or probability was given.
        """
        if mask is not None or probability is not None:
            raise ValueError("UnicodeText does not support masked sampling")
        length = int(self.np_random.integers(0, min(12, self.max_length) + 1))
        return "".join(self.np_random.choice(list(_SAMPLED), size=length))

    def contains(self, x: Any) -> bool:
        """Whether `x` is a string of at most `max_length` characters without NULs or surrogates."""
        return isinstance(x, str) and len(x) <= self.max_length and is_typeable(x)

    def __eq__(self, other: object) -> bool:
        """Equal if it allows the same texts."""
        return isinstance(other, UnicodeText) and other.max_length == self.max_length

    def __repr__(self) -> str:
        return f"UnicodeText({self.max_length})"


class _ByCodePoint(tuple[str, ...]):
    def __getitem__(self, code: Any) -> Any:
        return chr(int(code))


class _Unicode(frozenset[str]):
    def __len__(self) -> int:
        return 0x110000

    def __contains__(self, char: object) -> bool:
        return isinstance(char, str) and len(char) == 1


_BY_CODE_POINT = _ByCodePoint()
_UNICODE = _Unicode()


def is_typeable(text: str) -> bool:
    """Whether a text has neither NULs nor lone surrogates."""
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)


_Memory: TypeAlias = "SynchronizedArray[c_int32]"


class SharedTexts(Sequence[str]):
    """The texts of a batch as they are in shared memory now; a copy is a tuple of them.

    `AsyncVectorEnv` reads its shared memory once and then relies on what it got being a view.

    Args:
        memory: `count` rows of `length` code points, padded with a number beyond them.
        count: texts.
        length: characters of each.
    """

    def __init__(self, memory: _Memory, count: int, length: int) -> None:
        flat = np.frombuffer(memory.get_obj(), dtype=np.int32)  # type: ignore[call-overload]
        self._rows = flat.reshape(count, length)  # typeshed does not know ctypes arrays as buffers

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(_text(row) for row in self._rows[index])
        return _text(self._rows[index])

    def __iter__(self) -> Iterator[str]:
        return map(_text, self._rows)

    def __deepcopy__(self, memo: dict[int, Any]) -> tuple[str, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        return repr(copy.deepcopy(self))


def _text(row: np.ndarray[Any, Any]) -> str:
    return "".join(map(chr, row[(row > 0) & (row < _CODE_POINTS)]))


@read_from_shared_memory.register(UnicodeText)
def _read_texts(space: UnicodeText, shared_memory: _Memory, n: int = 1) -> SharedTexts:
    return SharedTexts(shared_memory, n, space.max_length)
