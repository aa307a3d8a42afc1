"""Mutations of what is no file: a number on a display, the clipboard's text, an answer."""

from __future__ import annotations

import random
from collections.abc import Iterator

_DECIMALS = 2  # digits behind the point that a task is about: cents


def harmful_texts(text: str, rng: random.Random) -> Iterator[str]:
    """Texts that say something else: a digit changed, lost or doubled, a sign, a word lost, none.

    Args:
        text: not empty.
        rng: draws the digits.
    """
    yield ""
    digits = [place for place, character in enumerate(text) if character in "0123456789"]
    point = text.find(".") if "." in text else len(text)
    for place in digits:
        if place <= point + _DECIMALS:
            other = rng.choice([digit for digit in "0123456789" if digit != text[place]])
            yield text[:place] + other + text[place + 1 :]
    whole = [place for place in digits if place < point and text[place] != "0"]
    for place in whole:
        yield text[:place] + text[place] + text[place:]
    if whole:
        yield f"-{text}"
    words = text.split()
    if len(words) > 1:
        yield " ".join(words[1:])
        yield " ".join(words[:-1])
    if not digits:
        yield text[::-1]
        yield text + text
