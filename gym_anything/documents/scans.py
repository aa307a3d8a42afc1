"""Plausible photos and scans that stand in other documents, as the writer `picture` takes them.

What they say is in their pixels only. Like `business`: every function takes a `random.Random`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from pydantic import JsonValue

from gym_anything.documents.writers.picture import text_size

_WALLS = ("#b9b2a5", "#a8b0b4", "#c4b79f", "#9fa89a", "#b3a7a0")
_HOUSINGS = ("#e8e6df", "#d9dde0", "#3f5f8a", "#54606a", "#7a4a3c")
_DIGIT_PX = (24, 34)  # width and height of a wheel of a counter
_PAPERS = ("#fbfaf6", "#f7f7f7", "#fbf6e4", "#f2f6f2")


def meter(rng: random.Random, number: str, whole: int, thousandths: int) -> JsonValue:
    """A photo of a water meter, 360 by 216 pixels.

    Args:
        rng: source of chance.
        number: on its plate.
        whole: cubic metres, on five wheels of black digits.
        thousandths: litres, on three wheels of red digits.
    """
    housing = rng.choice(_HOUSINGS)
    ink = "#1c1c1c" if housing in _HOUSINGS[:2] else "#f4f4f0"
    x, y = rng.randint(8, 36), rng.randint(4, 16)
    draw: list[JsonValue] = [
        ["ellipse", [x - 8, y, 336, 192], "#5c5a55"],
        ["ellipse", [x, y + 6, 320, 180], housing],
        ["box", [x + 56, y + 60, 208, 44], "#2a2a2a"],
    ]
    wide, high = _DIGIT_PX
    for at, digit in enumerate(f"{whole:05d}{thousandths:03d}"):
        left, face = x + 60 + 25 * at, "#f2f2ee" if at < 5 else "#c62828"
        draw.append(["box", [left, y + 65, wide, high], face])
        place: JsonValue = [left + 4, y + 66]
        draw.append(["text", place, digit, 28, "#101010" if at < 5 else "#ffffff"])
    draw.append(["text", [x + 270, y + 70], "m3", 20, ink])
    draw.append(["text", [x + 104, y + 26], f"No. {number}", 20, ink])
    draw.append(["text", [x + 110, y + 122], rng.choice(("Qn 2.5", "Q3 4", "Q3 2.5")), 16, ink])
    draw.append(["grain", [0, 0, 360, 216], rng.randint(10, 22), rng.randint(0, 1_000_000)])
    return {"size": [360, 216], "background": rng.choice(_WALLS), "draw": draw}


def delivery_note(
    rng: random.Random, sender: str, number: int, lines: Sequence[tuple[str, int]]
) -> JsonValue:
    """A scan of a delivery note, 460 pixels wide.

    Args:
        rng: source of chance.
        sender: at its head.
        number: of the note.
        lines: items with their quantities.
    """
    step, top = 27, 118
    height = top + step * len(lines) + 70
    draw: list[JsonValue] = [
        ["text", [24, 18], sender, 20, "#202020"],
        ["text", [24, 52], f"Delivery note {number}", 17, "#202020"],
        ["text", [24, 88], "Item", 15, "#404040"],
        ["text", [352, 88], "Quantity", 15, "#404040"],
        ["line", [[20, 112], [440, 112]], "#404040", 2],
    ]
    for at, (item, quantity) in enumerate(lines):
        y, amount = top + step * at, str(quantity)
        draw.append(["text", [24, y], item, 17, "#202020"])
        draw.append(["text", [412 - text_size(amount, 17)[0], y], amount, 17, "#202020"])
    foot = top + step * len(lines) + 24
    draw.append(["text", [24, foot], "Received in good order", 14, "#404040"])
    draw.append(["line", _scribble(rng, 250, foot + 8), "#27408b", 2])
    draw.append(["grain", [0, 0, 460, height], rng.randint(6, 16), rng.randint(0, 1_000_000)])
    return {"size": [460, height], "background": rng.choice(_PAPERS), "draw": draw}


def _scribble(rng: random.Random, x: int, y: int) -> list[JsonValue]:
    """A signature of a kind."""
    return [[x + 9 * at, y + rng.randint(-14, 14)] for at in range(rng.randint(8, 15))]
