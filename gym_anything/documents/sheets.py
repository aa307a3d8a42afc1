"""Drawings for tasks: floor plans, badges, charts, certificates, site maps, signs, event plans.

Each is a Sheet whose `content` the writer `vector` takes. Pages are 800 x 500 px; places are pixels
of the page. Everything random comes from the generator that is passed in.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import JsonValue

WIDTH, HEIGHT = 800, 500
INK = "#333333"
Item: TypeAlias = dict[str, JsonValue]
Place: TypeAlias = tuple[float, float]

BUILDINGS = ("north-wing", "annex", "town-hall", "depot", "clinic", "library", "school", "atelier")
SITES = ("harbour", "campus", "old-town", "industrial-park", "airport", "station", "hospital")
USES = {
    "Office": "#bbdefb",
    "Storage": "#d7ccc8",
    "Meeting": "#c8e6c9",
    "Kitchen": "#ffe0b2",
    "Archive": "#e1bee7",
    "Reception": "#fff9c4",
    "Workshop": "#ffcdd2",
    "Print room": "#b2dfdb",
}
"""Colours of the rooms of a plan, by what they are used for."""
GOALS = (
    *("Café", "Exit", "Parking", "Lift", "Toilets", "Ticket office", "Platform 3", "Cloakroom"),
    *("Gate B", "Information", "Library", "Sala 2", "Empfang", "Sortie", "Kiosk", "First aid"),
)
"""Where signs lead."""
ZONES = (
    *("Assembly", "Loading", "First aid", "Fire lane", "Stage", "Catering", "Tickets", "Parking"),
    *("Press", "Storage tent", "Playground", "Info desk"),
)
"""Zones of an event."""
STATES = ("repaired", "reported", "ordered", "urgent", "inspected", "closed")
"""States of faults."""
COURSES = ("first-aid", "welding", "bookkeeping", "forklift", "hygiene", "surveying")
"""What certificates are about."""
EVENTS = ("spring-meeting", "open-day", "congress", "workshop", "fair", "reception")
"""What badges are for."""
FOOT, PER_UNIT = 460, 4
"""Zero line of a chart, and how high one unit is."""
BADGES: tuple[Place, ...] = tuple((25 + 255 * (at % 3), 30 + 235 * (at // 3)) for at in range(6))
"""Corners of the badges of a sheet."""
_ARROW = ((-35, -9), (5, -9), (5, -24), (35, 0), (5, 24), (5, 9), (-35, 9))  # to the right
_TURNS = {"right": (1, 0), "down": (0, 1), "left": (-1, 0), "up": (0, -1)}


@dataclass
class Sheet:
    """A drawing in the making.

    Attributes:
        path: relative to home.
        layers: label and shapes of each, the lowest first.
    """

    path: str
    layers: dict[str, list[JsonValue]] = field(default_factory=dict)

    @property
    def content(self) -> JsonValue:
        """What the writer takes."""
        layers: JsonValue = [{"label": key, "shapes": held} for key, held in self.layers.items()]
        return {"width": WIDTH, "height": HEIGHT, "zoom": 1, "layers": layers}

    def add(self, layer: str, kind: str, shape_id: str, **more: JsonValue) -> None:
        """Draw a shape over those of its layer."""
        self.layers.setdefault(layer, []).append({"kind": kind, "id": shape_id, **more})

    def box(
        self, layer: str, kind: str, shape_id: str, box: Sequence[float], **more: JsonValue
    ) -> None:
        """Draw a rectangle or ellipse; `box` is left, top, width, height."""
        sides: Item = dict(zip(("x", "y", "width", "height"), box, strict=True))
        self.add(layer, kind, shape_id, **sides, **more)

    def text(self, layer: str, shape_id: str, at: Place, text: str, **more: JsonValue) -> None:
        """Write a text with its baseline at a place."""
        look: Item = {"fill": "#222222", "size": 14, "x": at[0], "y": at[1], "text": text}
        self.add(layer, "text", shape_id, **(look | more))


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a plan."""

    id: str
    name: str
    use: str
    box: tuple[int, int, int, int]

    @property
    def corner(self) -> Place:
        """A place in it that its name does not cover."""
        x, y, _, height = self.box
        return (x + 18, y + height - 18)

    @property
    def spot(self) -> Place:
        """Where a piece of furniture can stand."""
        x, y, width, _ = self.box
        return (x + width // 2, y + 105)


def rooms(rng: random.Random, uses: Sequence[str]) -> list[Room]:
    """Six to ten rooms on both sides of a corridor."""
    found: list[Room] = []
    for row, (y, height) in enumerate(((20, 170), (230, 170))):
        count = rng.choice((3, 4, 5))
        cuts = [760 * at // count + rng.choice((-20, 0, 20)) for at in range(1, count)]
        edges = [20, *(20 + cut for cut in cuts), 780]
        for left, right in zip(edges, edges[1:], strict=False):
            number = len(found) + 1
            name = f"{row + 1}.{rng.randint(1, 9)}{number % 10}{rng.choice('abc')}"
            box = (left, y, right - left, height)
            found.append(Room(f"room-{number}", name, rng.choice(uses), box))
    return found


def floor_plan(path: str, listed: Sequence[Room]) -> Sheet:
    """A plan of rooms with their names."""
    sheet = Sheet(path)
    for room in listed:
        look: Item = {"fill": USES[room.use], "stroke": INK, "stroke_width": 2}
        sheet.box("Rooms", "rect", room.id, room.box, **look)
    for room in listed:
        x, y, width, _ = room.box
        at = (x + width / 2, y + 40)
        sheet.text("Names", f"name-{room.id}", at, f"Room {room.name}", anchor="middle")
    return sheet


def swatch(at: int) -> Place:
    """Left and top of an entry of a legend."""
    return (30 + 185 * (at % 4), 420 + 38 * (at // 4))


def add_legend(sheet: Sheet, entries: Mapping[str, str]) -> None:
    """Colours and what they mean, below a drawing."""
    for at, (name, colour) in enumerate(entries.items()):
        x, y = swatch(at)
        look: Item = {"fill": colour, "stroke": INK, "stroke_width": 2}
        sheet.box("Legend", "rect", f"legend-{at + 1}", (x, y, 40, 26), **look)
        sheet.text("Legend", f"legend-name-{at + 1}", (x + 50, y + 18), name)


def badges(path: str, band: str, host: str, cards: Sequence[tuple[str, str]]) -> Sheet:
    """Six badges: a band with the host, and name and company of each guest."""
    sheet = Sheet(path)
    for at, ((x, y), (name, firm)) in enumerate(zip(BADGES, cards, strict=True)):
        card: Item = {"fill": "#fafafa", "stroke": "#9e9e9e"}
        sheet.box("Cards", "rect", f"card-{at}", (x, y, 240, 205), **card)
        sheet.box("Cards", "rect", f"band-{at}", (x, y, 240, 40), fill=band)
        middle: Item = {"anchor": "middle"}
        sheet.text("Names", f"host-{at}", (x + 120, y + 26), host[:24], fill="#ffffff", **middle)
        look: Item = {"size": 18, "bold": True}
        sheet.text("Names", f"name-{at}", (x + 120, y + 110), name, **look, **middle)
        sheet.text("Names", f"firm-{at}", (x + 120, y + 150), firm, size=11, **middle)
    return sheet


def bars(count: int) -> tuple[int, list[int]]:
    """Width of the bars of a chart, and their left edges."""
    wide = 720 // count - 30
    return wide, [80 + at * (wide + 28) for at in range(count)]


def bar_chart(path: str, names: Sequence[str], values: Sequence[int], colour: str) -> Sheet:
    """Bars of values from 0 to 100 with a scale."""
    sheet = Sheet(path)
    for value in range(0, 101, 20):
        y = FOOT - PER_UNIT * value
        line: Item = {"d": f"M 60,{y} H 780", "fill": "none", "stroke": "#bdbdbd"}
        sheet.add("Axis", "path", f"line-{value}", **line)
        sheet.text("Axis", f"value-{value}", (50, y + 5), str(value), anchor="end")
    wide, lefts = bars(len(names))
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        high = value * PER_UNIT
        sheet.box("Bars", "rect", f"bar-{at}", (lefts[at], FOOT - high, wide, high), fill=colour)
        sheet.text("Axis", f"name-{at}", (lefts[at] + wide / 2, 482), name, anchor="middle")
    return sheet


def certificate(path: str, lines: Sequence[str]) -> Sheet:
    """A frame and three lines of text."""
    sheet = Sheet(path)
    frame: Item = {"fill": "#fffdf5", "stroke": "#b08d57", "stroke_width": 6}
    sheet.box("Paper", "rect", "frame", (20, 20, 760, 460), **frame)
    for at, (text, y, size) in enumerate(zip(lines, (90, 150, 190), (40, 26, 14), strict=True)):
        sheet.text("Paper", f"line-{at}", (400, y), text, size=size, anchor="middle")
    return sheet


def site_map(rng: random.Random, path: str) -> Sheet:
    """Grey buildings."""
    sheet = Sheet(path)
    look: Item = {"fill": "#e0e0e0", "stroke": "#bdbdbd"}
    for at in range(8):
        corner = (30 + 190 * (at % 4), 20 + 200 * (at // 4))
        box = (*corner, rng.randint(120, 170), rng.randint(110, 170))
        sheet.box("Buildings", "rect", f"block-{at}", box, **look)
    return sheet


def sign_rows() -> list[Place]:
    """Middles of the arrows of a sign."""
    return [(130, 80 + 112 * at) for at in range(4)]


def sign(path: str, board: str, rows: Sequence[tuple[str, str]]) -> Sheet:
    """Four rows of an arrow and where it leads: its direction and a name."""
    sheet = Sheet(path)
    sheet.box("Board", "rect", "board", (40, 20, 720, 460), fill=board, radius=16)
    for at, ((x, y), (direction, name)) in enumerate(zip(sign_rows(), rows, strict=True)):
        cos, sin = _TURNS[direction]
        points = [(x + cos * a - sin * b, y + sin * a + cos * b) for a, b in _ARROW]
        d = "M " + " L ".join(f"{a:g},{b:g}" for a, b in points) + " Z"
        sheet.add("Signs", "path", f"arrow-{at}", d=d, fill="#ffffff")
        sheet.text("Signs", f"goal-{at}", (230, y + 14), name, size=40, fill="#ffffff")
    return sheet


def zone_boxes(rng: random.Random) -> list[tuple[int, int, int, int]]:
    """Six boxes that keep clear of each other, in random order."""
    boxes = []
    for at in range(6):
        x = 30 + 250 * (at % 3) + rng.randrange(0, 50, 5)
        y = 40 + 225 * (at // 3) + rng.randrange(0, 50, 5)
        boxes.append((x, y, rng.randrange(110, 185, 5), rng.randrange(80, 150, 5)))
    return rng.sample(boxes, 6)


def event_plan(
    path: str, names: Sequence[str], boxes: Sequence[tuple[int, int, int, int]]
) -> Sheet:
    """Zones in dashed outline on a lawn, with their names above them."""
    sheet = Sheet(path)
    sheet.box("Ground", "rect", "ground", (10, 10, 780, 480), fill="#f1f8e9")
    look: Item = {"fill": "none", "stroke": "#616161", "stroke_width": 1, "dash": "6,4"}
    for at, (name, box) in enumerate(zip(names, boxes, strict=True)):
        sheet.box("Zones", "rect", f"zone-{at}", box, **look)
        sheet.text("Zones", f"zone-name-{at}", (box[0], box[1] - 7), name)
    return sheet
