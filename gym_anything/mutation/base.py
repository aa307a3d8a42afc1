"""What a mutator is. One module for each kind of file, found by the suffix of its path.

A harmful mutation changes something that a user would call damage or unfinished work: one value,
two rows swapped, a style dropped, a point moved, the end cut off. No task may pass after it. A
benign one says the same in other bytes: written by another program, other metadata, white space
where it does not matter. Every task must still pass after it.

A module of this folder gives:

    SUFFIXES = (".svg",)
    def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]: ...
    def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]: ...
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """A file, changed.

    Attributes:
        name: what was done, in words, with the place: "cell B7: 41.5 instead of 42".
        data: the bytes then.
    """

    name: str
    data: bytes
