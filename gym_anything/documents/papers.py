"""Notebooks for tasks: typed papers with frames, to be marked by hand.

Pages are 620 x 500 points. `Paper.content` is what the writer `annotation` takes.
"""

from __future__ import annotations

import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import JsonValue

from gym_anything.documents.business import long_note

WIDTH, HEIGHT = 620, 500
Mark: TypeAlias = dict[str, JsonValue]
TOPICS = (
    *("budget of the quarter", "new lease", "fire drill", "summer party", "heating", "web page"),
    *("parking lot", "insurance", "roof repair", "staff training", "energy report", "cleaning"),
)
"""What minutes are about."""
FORMS = ("Leave request", "Room booking", "Travel claim", "Key receipt", "Parking permit")
"""Titles of forms."""
PARTS = ("Root", "Stem", "Leaf", "Flower", "Seed", "Petal", "Valve", "Pump", "Filter", "Tank")
"""What labels of a worksheet say."""
CHAPTERS = (
    *("Summary", "Method", "Results", "Costs", "Schedule", "Risks", "Sources", "Outlook"),
    *("Staff", "Equipment", "Contracts", "Minutes", "Open points", "Approvals"),
)
"""Heads of the pages of a bundle."""
_WIDTHS = (
    (".,:;'|!ijl ", 0.30),
    ("frt()-[]", 0.39),
    ("mwMW@%", 0.95),
    ("ABCDEFGHKNOPQRUVXYZ", 0.68),
)


def width_of(text: str, size: float) -> float:
    """Width of a text in DejaVu Sans, to a few percent."""
    shares = (next((share for held, share in _WIDTHS if each in held), 0.61) for each in text)
    return size * sum(shares)


def note(rng: random.Random, letters: int) -> str:
    """A sentence of at most so many letters, whole words."""
    return textwrap.shorten(long_note(rng, 1), letters, placeholder=" …")


@dataclass
class Paper:
    """A notebook in the making.

    Attributes:
        path: relative to home.
        pages: marks of each.
        styles: paper of each.
    """

    path: str
    pages: list[list[JsonValue]] = field(default_factory=lambda: [[]])
    styles: list[str] = field(default_factory=lambda: ["plain"])

    def new_page(self, style: str = "plain") -> None:
        """Add a page."""
        self.pages.append([])
        self.styles.append(style)

    def write(self, x: float, y: float, text: str, **more: JsonValue) -> int:
        """Write on the last page; returns the number of the mark."""
        mark: Mark = {"kind": "text", "x": x, "y": y, "text": text, "size": 12}
        self.pages[-1].append(mark | more)
        return len(self.pages[-1]) - 1

    def draw(self, points: Sequence[float], ink: str = "#000000", width: float = 1.41) -> int:
        """Draw on the last page; returns the number of the mark."""
        path: JsonValue = list(points)
        mark: Mark = {"kind": "stroke", "points": path, "colour": f"{ink}ff", "width": width}
        self.pages[-1].append(mark)
        return len(self.pages[-1]) - 1

    def frame(self, box: Sequence[float], ink: str = "#000000", width: float = 1.41) -> int:
        """Draw a rectangle of left, top, width, height."""
        x, y, wide, high = box
        right, low = x + wide, y + high
        return self.draw([x, y, right, y, right, low, x, low, x, y], ink, width)

    @property
    def content(self) -> JsonValue:
        """What the writer takes."""
        size: Mark = {"width": WIDTH, "height": HEIGHT}
        pages = zip(self.pages, self.styles, strict=True)
        return {"pages": [{**size, "style": style, "marks": marks} for marks, style in pages]}
