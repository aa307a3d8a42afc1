"""Motifs for pictures of tasks: photos, receipts, products, in the steps of `writers.picture`.

Every function takes a `random.Random` and stays inside the box that it is given.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from gym_anything.documents.business import companies, people, products
from gym_anything.documents.picture import Box
from gym_anything.documents.writers.picture import text_size

Steps: TypeAlias = list[JsonValue]
MOTIFS = ("house", "sailing boat", "lighthouse", "fir tree", "balloon")
"""What a photo may show."""

_SKIES = (("#5b8fd0", "#dbe8f6"), ("#33466e", "#e2a56c"), ("#7aa3b8", "#eef2ee"))
_GROUNDS = ("#4f7a3c", "#6e8f45", "#3d6b58", "#8a7a48")
_STRONG = ("#c23b2e", "#d98a1f", "#7d2f6b", "#235c9c", "#b7223f", "#1f7a6d")


def photo(rng: random.Random, motif: str, box: Box) -> Steps:
    """A landscape with a motif in it, and grain.

    Args:
        rng: source of chance.
        motif: of `MOTIFS`.
        box: where, at least 120 x 120.
    """
    x, y, w, h = box
    sky, ground = rng.choice(_SKIES), rng.choice(_GROUNDS)
    rise = [round(h * rng.uniform(0.55, 0.7)) for _ in range(3)]
    hills = [[x, y + h - 1], [x, y + rise[0]], [x + w // 2, y + rise[1]]]
    hills += [[x + w - 1, y + rise[2]], [x + w - 1, y + h - 1]]
    sun = h // 10
    at = [x + rng.randint(2 * sun, w - 3 * sun), y + sun, sun, sun]
    steps: Steps = [["gradient", list(box), *sky], ["ellipse", list(at), "#fff3c0"]]
    steps += [_polygon(hills, ground)]
    side = min(w, h) // 2
    foot = (x + rng.randint(side // 4, w - side - side // 4), y + h - side - h // 12)
    steps += _motif(motif, foot[0], foot[1], side, rng.choice(_STRONG))
    return [*steps, ["grain", list(box), 7, rng.randrange(1_000_000)]]


def _points(points: Sequence[Sequence[int]]) -> list[JsonValue]:
    return [list[JsonValue](point) for point in points]


def _polygon(points: Sequence[Sequence[int]], colour: str) -> JsonValue:
    return ["polygon", _points(points), colour]


def _motif(motif: str, x: int, y: int, s: int, colour: str) -> Steps:
    """A motif in the square of side `s` at (x, y)."""
    u = s // 10
    if motif == "house":
        roof = [[x + u, y + 5 * u], [x + 5 * u, y + u], [x + 9 * u, y + 5 * u]]
        walls: Steps = [["box", [x + 2 * u, y + 5 * u, 6 * u, 5 * u], "#e9dcc0"]]
        door: Steps = [["box", [x + 4 * u, y + 7 * u, 2 * u, 3 * u], "#5b4030"]]
        return [*walls, _polygon(roof, colour), *door]
    if motif == "sailing boat":
        sail = [[x + 5 * u, y], [x + 5 * u, y + 7 * u], [x + 9 * u, y + 7 * u]]
        hull = [[x, y + 8 * u], [x + 10 * u, y + 8 * u], [x + 8 * u, y + 10 * u]]
        hull += [[x + 2 * u, y + 10 * u]]
        water: JsonValue = ["box", [x, y + 9 * u, 10 * u, u], "#2d5f8a"]
        jib = [[x + 4 * u, y + 2 * u], [x + 4 * u, y + 7 * u], [x + u, y + 7 * u]]
        white: Steps = [_polygon(sail, "#fbf8ee"), _polygon(jib, "#f1e6d0")]
        return [water, *white, _polygon(hull, colour)]
    if motif == "lighthouse":
        tower = [[x + 4 * u, y + 2 * u], [x + 6 * u, y + 2 * u], [x + 7 * u, y + 10 * u]]
        tower += [[x + 3 * u, y + 10 * u]]
        lamp: JsonValue = ["box", [x + 4 * u, y, 2 * u, 2 * u], "#ffe680"]
        band: JsonValue = ["box", [x + 4 * u, y + 5 * u, 2 * u, 2 * u], colour]
        return [_polygon(tower, "#f4f1ea"), lamp, band]
    if motif == "fir tree":
        trunk: JsonValue = ["box", [x + 4 * u, y + 8 * u, 2 * u, 2 * u], "#4b3524"]
        tiers: Steps = []
        for tier in range(3):
            top = y + 2 * tier * u
            shape = [[x + 5 * u, top], [x + (7 + tier) * u, top + 4 * u]]
            shape += [[x + (3 - tier) * u, top + 4 * u]]
            tiers.append(_polygon(shape, "#1f4d2f"))
        return [trunk, *tiers]
    basket: JsonValue = ["box", [x + 4 * u, y + 8 * u, 2 * u, 2 * u], "#6b4a2b"]
    ropes = [[x + 3 * u, y + 6 * u], [x + 5 * u, y + 8 * u], [x + 7 * u, y + 6 * u]]
    ball: JsonValue = ["ellipse", [x + u, y, 8 * u, 7 * u], colour]
    return [["line", _points(ropes), "#3a2a1a", 2], ball, basket]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A till receipt on the bed of a scanner.

    Attributes:
        size: (width, height) of the scan in pixels; always three to two.
        steps: that draw it.
        values: box of the value of each label.
    """

    size: tuple[int, int]
    steps: Steps
    values: dict[str, Box]


def receipt(
    rng: random.Random,
    shop: str,
    heading: Sequence[tuple[str, str]],
    items: Sequence[tuple[str, int]],
    below: tuple[str, str],
) -> Receipt:
    """A receipt whose total is the sum of its items.

    Args:
        rng: source of chance.
        shop: its first line, larger.
        heading: further lines, a label and a value of each, in plain ASCII.
        items: names in plain ASCII and prices in cents.
        below: one more label and value, below the total.
    """
    paper = (400, 244 + 26 * (len(items) - 1) + 27 * len(heading))
    size = (-(-(paper[1] + 28) // 20) * 30, -(-(paper[1] + 28) // 20) * 20)
    left, y, ink = (size[0] - paper[0]) // 2, 36, "#2a2a30"
    steps: Steps = [["box", [left, 14, *paper], "#f3f0e8"]]
    values: dict[str, Box] = {}

    def write(label: str, value: str) -> None:
        steps.append(["text", [left + 26, y], label, 17, ink])
        steps.append(["text", [left + 136, y], value, 17, ink])
        values[label] = (left + 136, y, *text_size(value, 17))

    steps.append(["text", [left + 26, y], shop, 24, ink])
    y += 46
    for label, value in heading:
        write(label, value)
        y += 27
    y += 8
    steps.append(["line", [[left + 26, y], [left + 374, y]], ink, 1])
    y += 12
    for name, cents in (*items, ("TOTAL EUR", sum(each for _, each in items))):
        price = f"{cents // 100}.{cents % 100:02d}"
        steps.append(["text", [left + 26, y], name, 16, ink])
        steps.append(["text", [left + 366 - text_size(price, 16)[0], y], price, 16, ink])
        y += 26
    y += 8
    write(*below)
    y += 40
    x = left + 40
    while x < left + 340:
        wide = rng.randint(1, 4)
        steps.append(["box", [x, y, wide, 34], ink])
        x += wide + rng.randint(2, 5)
    steps.append(["grain", [0, 0, *size], 5, rng.randrange(1_000_000)])
    return Receipt(size, steps, values)


_SHOPS = ("NORTHWIND", "HARBOUR", "OLD MILL", "CORNER", "STATION", "LINDEN", "RIVERSIDE")
_TRADES = ("STATIONERY", "HARDWARE", "BOOKS", "GARDEN", "PAINTS", "LIGHTING")


def written(names: Iterable[str]) -> list[str]:
    """Those names that the letters of a drawing can write."""
    return [name for name in names if name.isascii()]


def till_receipt(rng: random.Random) -> Receipt:
    """A receipt that names a cashier and, as "Customer" and as "Signed", the customer."""
    customer, cashier = written(person.name for person in people(rng, 90))[:2]
    day = f"{rng.randint(2023, 2026)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    heading = [("Customer", customer), ("Cashier", cashier)]
    rng.shuffle(heading)
    bought = rng.sample(written(each.name for each in products(rng, 40)), rng.randint(3, 5))
    items = [(name[:26], rng.randint(95, 6999)) for name in bought]
    shop = f"{rng.choice(_SHOPS)} {rng.choice(_TRADES)}"
    return receipt(rng, shop, [("Date", day), *heading], items, ("Signed", customer))


_BEDS = ("#d8d8d4", "#c9cbd0", "#e3e0da", "#b9bcb8")


@dataclass(frozen=True, slots=True)
class Prints:
    """A scan of two prints side by side.

    Attributes:
        content: for the writer of pictures.
        size: of the scan in pixels.
        motifs: of the two prints, from the left.
        boxes: of the two prints.
    """

    content: JsonValue
    size: tuple[int, int]
    motifs: list[str]
    boxes: list[Box]


def two_prints(rng: random.Random) -> Prints:
    """Two prints of different motifs on the bed of a scanner, at least 50 pixels apart."""
    size = rng.choice(((630, 420), (660, 440), (690, 460), (720, 480)))
    motifs, half = rng.sample(MOTIFS, 2), size[0] // 2
    boxes: list[Box] = []
    draw: Steps = [["grain", [0, 0, *size], 4, rng.randrange(1_000_000)]]
    for left, motif in zip((0, half), motifs, strict=True):
        width, height = rng.randint(190, 250), rng.randint(220, 340)
        x = left + rng.randint(28, half - width - 28)
        boxes.append((x, rng.randint(24, size[1] - height - 24), width, height))
        draw += photo(rng, motif, boxes[-1])
    bed = rng.choice(_BEDS)
    content: JsonValue = {"size": [*size], "background": bed, "draw": draw, "dpi": 300}
    return Prints(content, size, motifs, boxes)


def poster(rng: random.Random, size: tuple[int, int], event: str) -> Steps:
    """What stands on the paper of a poster: an event, a place and a day."""
    city = written(company.address.city for company in companies(rng, 40))[0]
    day = f"{rng.randint(1, 28)}.{rng.randint(3, 10)}.{rng.randint(2024, 2027)}"
    return [
        ["text", [40, 150], event, 54, "#22262e"],
        ["text", [40, 220], f"{city}, {day}", 26, "#4a505c"],
        ["line", [[40, 262], [size[0] - 40, 262]], "#22262e", 3],
    ]


def frame(box: Box, colour: str) -> Steps:
    """A white box with a border of four pixels around it."""
    x, y, width, height = box
    return [
        ["box", [x - 4, y - 4, width + 8, height + 8], colour],
        ["box", [*box], "#ffffff"],
    ]


SHAPES = ("circle", "square", "triangle")
"""What `shape` draws."""


def shape(kind: str, centre: tuple[int, int], half: int, colour: str) -> JsonValue:
    """A plain shape of so many pixels to either side of its centre."""
    x, y = centre
    if kind == "triangle":
        return _polygon([(x, y - half), (x + half, y + half), (x - half, y + half)], colour)
    step = "ellipse" if kind == "circle" else "box"
    return [step, [x - half, y - half, 2 * half, 2 * half], colour]


_BACKDROPS = ("#f7f7f5", "#dfe7ec", "#e9dfd2", "#cfd8cc")
_GLAZES = ("#8a2f2b", "#2b4f7a", "#2f6b4a", "#6b4a86", "#a0641e")
_LABELS = ("COFFEE", "MORNING", "HARBOUR", "GARDEN", "LINDEN", "STUDIO")


@dataclass(frozen=True, slots=True)
class Mug:
    """A shot of a mug before a plain backdrop; its label has the backdrop's colour.

    Attributes:
        content: for the writer of pictures.
        size: of the picture in pixels.
        outside: a point of the backdrop.
        inside: a point of the backdrop within the handle.
    """

    content: JsonValue
    size: tuple[int, int]
    outside: tuple[int, int]
    inside: tuple[int, int]


def mug(rng: random.Random) -> Mug:
    """A mug somewhere in a picture of 660 x 440 pixels."""
    size, backdrop = (660, 440), rng.choice(_BACKDROPS)
    glaze, w, h = rng.choice(_GLAZES), rng.randint(150, 190), rng.randint(190, 230)
    x, y = rng.randint(90, 260), rng.randint(70, 130)
    hole = (x + w - 26, y + h // 4 + 24, 74, h // 2 - 48)
    label = (x + w // 5, y + h // 3, w // 2, h // 4)
    draw: Steps = [
        ["ellipse", [x + w - 50, y + h // 4, 122, h // 2], glaze],
        ["ellipse", [*hole], backdrop],
        ["box", [x, y, w, h], glaze],
        ["grain", [x, y, w, h], 5, rng.randrange(1_000_000)],
        ["box", [*label], backdrop],
        ["text", [label[0] + 6, label[1] + 8], rng.choice(_LABELS), 13, "#202020"],
    ]
    content: JsonValue = {"size": [*size], "background": backdrop, "draw": draw, "dpi": 300}
    return Mug(content, size, (30, 30), (hole[0] + 60, hole[1] + hole[3] // 2))
