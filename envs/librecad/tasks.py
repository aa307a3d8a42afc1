"""Tasks of LibreCAD: mounting plates, floor plans and site plans that drafters keep as .dxf.

Nothing of a drawing is a widget. Each stands in a frame that is its extent, and LibreCAD zooms to
the extent when it opens a file, so that clicks into the drawing are computed from the frame.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.documents import business
from gym_anything.intents import Steps, goal, guard, on, route
from gym_anything.task import Check, Click, Document, Drag, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

Data: TypeAlias = dict[str, JsonValue]

_PANE_PX = (948, 508)  # the widget that holds the drawing's window
_CANVAS_PX = (934, 494)  # what of it shows the drawing
_MARGIN_PX = 10  # left free around the extent on all sides
_SAVE = on("Save")
_COMMAND_LINE = Click(Target(role="text", nth=3))
_DONE = (Press("escape"), Press("escape"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The frame around a drawing: left, bottom, right and top in drawing units."""

    left: float
    bottom: float
    right: float
    top: float

    def place(self, x: float, y: float) -> Target:
        """Where a point of the drawing is on screen."""
        width, height = self.right - self.left, self.top - self.bottom
        room = [pixels - 2 * _MARGIN_PX for pixels in _CANVAS_PX]
        scale = min(room[0] / width, room[1] / height)
        across = _MARGIN_PX + int((room[0] - width * scale) / 2 - self.left * scale) + x * scale
        up = _MARGIN_PX + int((room[1] - height * scale) / 2 - self.bottom * scale) + y * scale
        down = _CANVAS_PX[1] - up
        at = ((round(across) + 0.5) / _PANE_PX[0], (round(down) + 0.5) / _PANE_PX[1])
        return Target(role="layered pane", at=at)

    def click(self, x: float, y: float) -> Click:
        """A click on a point of the drawing."""
        return Click(self.place(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> Drag:
        """A drag from one point of the drawing to another."""
        return Drag(self.place(*start), self.place(*end))

    def shapes(self) -> list[JsonValue]:
        """The frame itself."""
        corners: list[tuple[float, float]] = [(self.left, self.bottom), (self.right, self.bottom)]
        corners += [(self.right, self.top), (self.left, self.top)]
        return _ring("frame", corners)


# Shapes -------------------------------------------------------------------------------------------


def _line(layer: str, a: tuple[float, float], b: tuple[float, float]) -> JsonValue:
    return {"kind": "line", "layer": layer, "points": [list(a), list(b)]}


def _ring(layer: str, corners: Sequence[tuple[float, float]]) -> list[JsonValue]:
    ends = zip(corners, [*corners[1:], corners[0]], strict=True)
    return [_line(layer, a, b) for a, b in ends]


def _box(layer: str, x: float, y: float, width: float, height: float) -> list[JsonValue]:
    return _ring(layer, [(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def _hole(layer: str, x: float, y: float, radius: float) -> JsonValue:
    return {"kind": "circle", "layer": layer, "points": [[x, y]], "radius": radius}


def _words(layer: str, x: float, y: float, text: str, height: float) -> JsonValue:
    return {"kind": "text", "layer": layer, "points": [[x, y]], "text": text, "height": height}


def _size(layer: str, a: tuple[float, float], b: tuple[float, float], offset: float) -> JsonValue:
    angle = 0 if a[1] == b[1] else 90
    points: JsonValue = [list(a), list(b)]
    shape: JsonValue = {"kind": "dimension", "layer": layer, "points": points, "offset": offset}
    return {**shape, "angle": angle, "height": 3} if isinstance(shape, dict) else shape


_PLATE_LAYERS: tuple[tuple[str, int], ...] = (
    *(("frame", 8), ("outline", 7), ("holes", 1), ("dimensions", 3), ("notes", 4)),
)


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate with its lower left corner at the origin; lengths in millimetres.

    Attributes:
        path: of the drawing.
        width: along x.
        height: along y.
        holes: x, y and radius, from the lower left one counterclockwise.
        sheet: the frame.
        shapes: all but the holes.
    """

    path: str
    width: int
    height: int
    holes: tuple[tuple[float, float, float], ...]
    sheet: Sheet
    shapes: tuple[JsonValue, ...]

    def document(self, holes: Sequence[JsonValue] = (), more: Sequence[JsonValue] = ()) -> Document:
        """The drawing, with its holes on their layer unless others are given."""
        drilled = list(holes) or [_hole("holes", *hole) for hole in self.holes]
        return _drawing(self.path, _PLATE_LAYERS, [*self.shapes, *drilled, *more])


def _drawing(
    path: str,
    layers: Sequence[tuple[str, int]],
    shapes: Sequence[JsonValue],
    blocks: Mapping[str, JsonValue] | None = None,
    units: str = "mm",
) -> Document:
    content: Data = {
        "units": units,
        "layers": [{"name": name, "colour": colour} for name, colour in layers],
        "blocks": dict(blocks or {}),
        "shapes": list(shapes),
    }
    return Document(path, "drawing", content)


def _plate(rng: random.Random, folder: str, sized: bool = True) -> Plate:
    """A plate with a hole in each corner, a slot in its upper half, a title and sizes."""
    width, height = rng.randrange(130, 226, 5), rng.randrange(84, 136, 4)
    inset, radius = rng.randrange(12, 21), rng.choice((3, 3.5, 4, 4.5, 5, 5.5, 6))
    places = [(inset, inset), (width - inset, inset), (width - inset, height - inset)]
    places.append((inset, height - inset))
    left, bottom = -((297 - width) // 2), -((210 - height) // 2)
    sheet = Sheet(left, bottom, left + 297, bottom + 210)
    number = f"{rng.choice('ABCDEFGHKLMPRST')}-{rng.randint(100, 999)}"
    client = business.companies(rng, 1)[0].name
    middle, slot = width / 2, rng.randrange(20, 45)
    shapes = [*sheet.shapes(), *_box("outline", 0, 0, width, height)]
    shapes.append(_words("notes", left + 8, bottom + 196, f"Plate {number}, {client}", 6))
    ends = [(middle - slot / 2, height * 0.66), (middle + slot / 2, height * 0.66 + 9)]
    shapes += _box("outline", *ends[0], slot, 9)
    if sized:
        shapes += [_size("dimensions", (0, 0), (width, 0), -14)]
        shapes += [_size("dimensions", (width, 0), (width, height), 14)]
    holes = tuple((float(x), float(y), float(radius)) for x, y in places)
    return Plate(
        f"Documents/{folder}/plate-{number}.dxf", width, height, holes, sheet, tuple(shapes)
    )


# Steps and checks ---------------------------------------------------------------------------------


def _tool(*names: str) -> Steps:
    """Choose a tool from the Tools menu."""
    return (on("Tools", "menu item"), *(on(name, "menu item") for name in names))


def _layer(name: str) -> Click:
    """Make a layer the current one."""
    return on(name, "table cell")


def _choice(name: str) -> Click:
    """Choose from an open list, left in it: the list of a narrow box cuts its entries off."""
    return on(name, "list item", at=(0.15, 0.5))


def _enter(*lines: str) -> Steps:
    """Give lines to the command line.

    It is clicked first: of what is typed into the drawing the first letter may come last.
    """
    return (_COMMAND_LINE, *(Type(f"{line}\n") for line in lines))


def _number(value: float) -> str:
    return f"{value:g}"


def _at(x: float, y: float) -> str:
    return f"{_number(x)},{_number(y)}"


def _circle(x: float, y: float, radius: float, layer: str = "holes") -> Data:
    colour = dict(_PLATE_LAYERS)[layer]
    shape: Data = {"kind": "circle", "layer": layer, "colour": colour}
    return {**shape, "center": [x, y], "radius": radius}


_ANY_LOOK: Data = {"layer": None, "colour": None}


def _guards(document: Document, **allowed: JsonValue) -> tuple[Check, ...]:
    """All the rest of the drawing stays, and there is no other one beside it."""
    folder, name = document.path.rsplit("/", 1)
    return (
        guard("drawing.unchanged_except", path=document.path, **allowed),
        guard("files.only", path=folder, names=[name], optional=[f"{name}~"]),
        guard("files.only", path="Documents", names=[folder.rpartition("/")[2]]),
    )


def _replaced(path: str, old: Data, new: Data) -> tuple[Check, ...]:
    """One shape has become another; the old one is not left beside it."""
    return (
        goal("drawing.has", path=path, wish=new, count=1),
        goal("drawing.has", path=path, wish=old, count=0),
    )


def _draft(
    document: Document,
    instruction: str,
    goals: Sequence[Check],
    guards: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving."""
    copy = document.path.replace(".dxf", "-copy.dxf")
    save_as = (on("File", "menu item"), on("Save as", "menu item"), Type(f"/home/user/{copy}\n"))
    misses = [route(name, *steps, _SAVE) for name, steps in wrong.items()]
    misses += [route("not saved", *does), route("under another name", *does, *save_as)]
    return Draft(
        instruction=f"{instruction} Save the drawing ({document.path}).",
        documents=(document,),
        open=(document.path,),
        checks=(*goals, *guards),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(route(name, *steps, Press("ctrl+s")) for name, steps in ways.items()),
    )


def open_document(path: str) -> Steps:
    """Open another drawing of home, whatever is open."""
    return (Press("ctrl+o"), Type(f"/home/user/{path}\n"))


# Templates ----------------------------------------------------------------------------------------


@template(skills=("menu", "form", "layers"), occupation="17-0000")
def add_hole(rng: random.Random) -> Draft:
    """A drafter adds a hole that the workshop asked for."""
    plate = _plate(rng, "added-holes")
    radius = rng.choice((2.5, 3, 4, 5, 6, 7))
    x = rng.randrange(45, plate.width - 44)
    y = rng.choice([each for each in range(22, plate.height // 2) if each != x])
    document, path = plate.document(), plate.path

    def drill(x: float, y: float, radius: float, layer: str = "holes") -> Steps:
        chosen = (*_tool("Circle", "Center, Point"), *_enter(_at(x, y), f"@{_number(radius)},0"))
        return _layer(layer), *chosen, *_DONE

    across = _enter(_at(x - radius, y), _at(x + radius, y))
    wish = _circle(x, y, radius)
    return _draft(
        document,
        f"The workshop needs one more hole in this plate: {_number(2 * radius)} mm in diameter, "
        f"its centre at x = {x}, y = {y}. Draw it as a circle on the layer “holes”.",
        (
            goal("drawing.has", path=path, wish={**_circle(x, y, radius), **_ANY_LOOK}),
            goal("drawing.has", 2.0, path=path, wish=wish, count=1),
        ),
        _guards(document, added=[{**wish, **_ANY_LOOK}]),
        does=drill(x, y, radius),
        wrong={
            "the diameter as radius": drill(x, y, 2 * radius),
            "x and y exchanged": drill(y, x, radius),
            "on the layer of the outline": drill(x, y, radius, "outline"),
            "drawn twice": (*drill(x, y, radius), *drill(x, y, radius)),
        },
        ways={
            "by command": (_layer("holes"), *_enter("ci", _at(x, y), _number(radius)), *_DONE),
            "by two points": (_layer("holes"), *_tool("Circle", "2 Points"), *across, *_DONE),
        },
    )


@template(skills=("canvas", "pixels", "delete"), occupation="51-0000", split="test")
def drop_hole(rng: random.Random) -> Draft:
    """A machine setter takes a hole out that is not drilled; its letter stands beside it."""
    plate = _plate(rng, "dropped-holes")
    letters = rng.sample("ABCDEFGHKM", 4)
    marks = [
        _words("notes", x + radius + 2, y - 2.5, letter, 5)
        for letter, (x, y, radius) in zip(letters, plate.holes, strict=True)
    ]
    document, path = plate.document(more=marks), plate.path
    which = rng.randrange(4)
    (x, y, radius), (ox, oy, _) = plate.holes[which], plate.holes[(which + 1) % 4]
    sheet, click = plate.sheet, plate.sheet.click
    # a hole is taken by its edge, on the side where nothing is near
    pick, other = click(x - radius, y), click(ox - radius, oy)
    box = sheet.drag((x - radius - 3, y - radius - 3), (x + radius + 1.2, y + radius + 3))
    mark = click(x + radius + 2.3, y)
    wish = {**_circle(x, y, radius), **_ANY_LOOK}
    return _draft(
        document,
        f"The hole {letters[which]} of this plate is not drilled any more. Delete its circle; the "
        "letter beside it and all other holes stay.",
        (goal("drawing.has", path=path, wish=wish, count=0),),
        _guards(document, removed=[wish]),
        does=(pick, Press("delete")),
        wrong={
            "another hole": (other, Press("delete")),
            "two holes": (pick, other, Press("delete")),
            "with its letter": (pick, mark, Press("delete")),
            "all of it": (Press("ctrl+a"), Press("delete")),
        },
        ways={
            "by a window": (box, Press("delete")),
            "by menu": (pick, *_tool("Modify", "Delete selected")),
        },
    )


@template(skills=("canvas", "pixels", "dialog", "layers"), occupation="17-0000")
def wrong_layer(rng: random.Random) -> Draft:
    """A drafter finds the one hole that is drawn in the colour of the outline."""
    plate = _plate(rng, "layers-to-correct")
    which = rng.randrange(4)
    drawn = [
        _hole("outline" if at == which else "holes", *hole) for at, hole in enumerate(plate.holes)
    ]
    document, path = plate.document(drawn), plate.path
    (x, y, radius), (ox, oy, _) = plate.holes[which], plate.holes[(which + 1) % 4]
    pick, other = plate.sheet.click(x - radius, y), plate.sheet.click(ox - radius, oy)
    reach = radius + 3
    box = plate.sheet.drag((x - reach, y - reach), (x + reach, y + reach))

    def put(picked: Steps, layer: str) -> Steps:
        """Choose a layer in the dialog of attributes, which opens for what is selected."""
        box = Click(Target(role="combo box", window="Attributes", nth=0))
        return (*picked, *_tool("Modify", "Attributes"), box, _choice(layer), on("OK"), *_DONE)

    listed = Click(Target(role="combo box", window="Circle", nth=0))
    properties = (*_tool("Modify", "Properties"), pick, listed, _choice("holes"), on("OK"), *_DONE)
    redrawn = (pick, Press("delete"), _layer("holes"))
    redrawn = (*redrawn, *_enter("ci", _at(x, y), _number(radius)), *_DONE)
    strayed = _circle(x, y, radius, "outline")
    wish = _circle(x, y, radius)
    return _draft(
        document,
        "One of the four corner holes of this plate is on the layer “outline” by mistake: it shows "
        "in the colour of the outline. Put it on the layer “holes”, as the others are.",
        _replaced(path, strayed, wish),
        _guards(
            document,
            removed=[strayed],
            added=[{**wish, **_ANY_LOOK}],
        ),
        does=put((pick,), "holes"),
        wrong={
            "on another layer": put((pick,), "dimensions"),
            "another hole the other way": put((other,), "outline"),
            "all of it": put((Press("ctrl+a"),), "holes"),
            "deleted": (pick, Press("delete")),
            "another drawn over it": redrawn[2:],
        },
        ways={
            "drawn anew": redrawn,
            "by a window": put((box,), "holes"),
            "in its properties": properties,
        },
    )


@template(skills=("canvas", "delete", "form", "layers"), occupation="51-0000", split="test")
def change_radius(rng: random.Random) -> Draft:
    """A machine setter gives one hole the diameter of another screw."""
    plate = _plate(rng, "changed-holes")
    which = rng.randrange(4)
    words = ("lower left", "lower right", "upper right", "upper left")[which]
    (x, y, old), (ox, oy, _) = plate.holes[which], plate.holes[(which + 2) % 4]
    new = rng.choice([each for each in (2.5, 3.2, 4.2, 5.2, 6.5, 7, 7.5) if each != old])
    document, path = plate.document(), plate.path
    pick, other = plate.sheet.click(x - old, y), plate.sheet.click(ox - old, oy)

    def resize(pick: Click, radius: float, layer: str = "holes") -> Steps:
        """Delete a hole and draw it anew, in the place of the one that is meant."""
        return (pick, Press("delete"), *draw(radius, layer))

    def draw(radius: float, layer: str = "holes") -> Steps:
        return (_layer(layer), *_enter("ci", _at(x, y), _number(radius)), *_DONE)

    across = _enter(_at(x - new, y), _at(x + new, y))
    wish = _circle(x, y, new)
    return _draft(
        document,
        f"The {words} corner hole of this plate gets another screw: make its diameter "
        f"{_number(2 * new)} mm instead of {_number(2 * old)} mm. Its centre and its layer stay.",
        _replaced(path, _circle(x, y, old), wish),
        _guards(document, removed=[_circle(x, y, old)], added=[wish]),
        does=resize(pick, new),
        wrong={
            "the diameter as radius": resize(pick, 2 * new),
            "another hole gone": resize(other, new),
            "the old one left": draw(new),
            "on another layer": resize(pick, new, "outline"),
        },
        ways={
            "by menu": (
                *(pick, Press("delete"), _layer("holes"), *_tool("Circle", "Center, Point")),
                *(*_enter(_at(x, y), f"@{_number(new)},0"), *_DONE),
            ),
            "by two points": (
                *(pick, *_tool("Modify", "Delete selected"), _layer("holes")),
                *(*_tool("Circle", "2 Points"), *across, *_DONE),
            ),
        },
    )


@template(skills=("toolbar", "snap", "dimensions"), occupation="17-0000", split="validation")
def dimension_width(rng: random.Random) -> Draft:
    """A drafter gives the overall width of a plate that has no sizes yet."""
    plate = _plate(rng, "missing-sizes", sized=False)
    document, path = plate.document(), plate.path
    click, width, height = plate.sheet.click, plate.width, plate.height
    along_x = rng.random() < 0.5
    # taken where nothing else is near to snap to: outside, away from the holes and the slot
    ends = [(0.0, 0.0), (float(width), 0.0)] if along_x else [(0.0, 0.0), (0.0, float(height))]
    beside = (width / 2, -16.0) if along_x else (-16.0, height / 2)
    word, tool = ("width", "Horizontal") if along_x else ("height", "Vertical")
    measure = width if along_x else height
    snap = on("Snap on Endpoints", "check box")
    picked = (snap, click(*ends[0]), click(*ends[1]), snap, click(*beside))
    loose = (click(ends[0][0] + 2, ends[0][1] + 2), click(*ends[1]), click(*beside))
    typed = _enter(_at(*ends[0]), _at(*ends[1]), _at(*beside))
    inside = _enter(_at(*ends[0]), _at(*ends[1]), _at(width / 2, height / 2))
    holes = [(x, y) for x, y, _ in plate.holes]
    between = _enter(_at(*holes[0]), _at(*(holes[1] if along_x else holes[3])), _at(*beside))
    wish: Data = {
        **{"kind": "dimension", "layer": "dimensions", "variant": "linear|aligned"},
        **{"colour": 3, "ends": [[0, 0], [width, 0], [width, height], [0, height]]},
        "measure": measure,
        "tolerance": 0.01,
    }
    plane: JsonValue = [0, 0, width, height]
    outside: JsonValue = [-30, -30, width + 30, height + 30]
    return _draft(
        document,
        f"This plate has no sizes yet. Add a dimension of its overall {word}, from corner to "
        "corner of the outline, beside the plate, on the layer “dimensions”. It must measure "
        "exactly.",
        (goal("drawing.has", path=path, wish={**wish, "within": outside}, count=1),),
        (
            *_guards(document, added=[wish], blocks=True),
            guard("drawing.has", path=path, wish={"kind": "dimension", "within": plane}, count=0),
        ),
        does=(_layer("dimensions"), *_tool("Dimension", tool), *picked, *_DONE),
        wrong={
            "without a snap": (_layer("dimensions"), *_tool("Dimension", tool), *loose, *_DONE),
            "on the layer of notes": (_layer("notes"), *_tool("Dimension", tool), *picked, *_DONE),
            "across the plate": (_layer("dimensions"), *_tool("Dimension", tool), *inside, *_DONE),
            "between the holes": (_layer("dimensions"), *_tool("Dimension", tool), *between),
            "the other way": (
                _layer("dimensions"),
                *_tool("Dimension", "Vertical" if along_x else "Horizontal"),
                *_enter(_at(0, 0), _at(width, height), _at(-16, -16)),
                *_DONE,
            ),
        },
        ways={
            "typed": (_layer("dimensions"), *_tool("Dimension", tool), *typed, *_DONE),
            "aligned": (_layer("dimensions"), *_tool("Dimension", "Aligned"), *picked, *_DONE),
        },
    )


# Rooms and plots ----------------------------------------------------------------------------------

_FLOOR_LAYERS = (
    *(("frame", 8), ("walls", 7), ("furniture", 3), ("rooms", 4), ("electrical", 1)),
    ("sanitary", 5),
)
_ROOMS = (
    *("Archive", "Office", "Meeting", "Reception", "Kitchen", "Studio", "Library", "Workshop"),
    *("Büro", "Archiv", "Cuisine", "Bureau", "Cocina", "Despacho", "Kuchnia", "Pracownia"),
)


@dataclass(frozen=True, slots=True)
class Floor:
    """Four rooms in a row of two by two with a desk in each; lengths in centimetres.

    Attributes:
        document: the drawing.
        sheet: its frame.
        names: of the rooms, from the lower left one by rows.
        desks: lower left corners of the desks, in the same order.
        room: width and height of a room.
    """

    document: Document
    sheet: Sheet
    names: tuple[str, ...]
    desks: tuple[tuple[int, int], ...]
    room: tuple[int, int]


_DESK = (160, 80)


def _floor(rng: random.Random, folder: str) -> Floor:
    width, height = rng.randrange(460, 561, 20), rng.randrange(300, 361, 10)
    sheet = Sheet(-120, -90, 2 * width + 120, 2 * height + 150)
    names = tuple(rng.sample(_ROOMS, 4))
    corners = [(0, 0), (width, 0), (0, height), (width, height)]
    desks = tuple(
        (x + rng.randrange(20, width - 320, 10), y + rng.randrange(20, height - 190, 10))
        for x, y in corners
    )
    shapes = [*sheet.shapes(), *_box("walls", 0, 0, 2 * width, 2 * height)]
    shapes.append(_line("walls", (width, 0), (width, 2 * height)))
    shapes.append(_line("walls", (0, height), (2 * width, height)))
    for (x, y), name, desk in zip(corners, names, desks, strict=True):
        shapes.append(_words("rooms", x + 20, y + height - 45, name, 26))
        shapes.append(
            {"kind": "insert", "layer": "furniture", "points": [list(desk)], "block": "desk"}
        )
        shapes.append(_hole("electrical", x + width - 30, y + 30, 8))
    shapes += _box("sanitary", 2 * width - 90, 2 * height - 70, 50, 40)
    client = business.companies(rng, 1)[0]
    title = f"{client.name}, {client.address.city}, floor {rng.randint(1, 9)}"
    shapes.append(_words("rooms", -90, 2 * height + 100, title, 26))
    desk: JsonValue = [*_box("0", 0, 0, *_DESK), _hole("0", _DESK[0] / 2, -35, 20)]
    path = f"Documents/{folder}/floor-{rng.randint(100, 999)}.dxf"
    document = _drawing(path, _FLOOR_LAYERS, shapes, {"desk": desk}, "cm")
    return Floor(document, sheet, names, desks, (width, height))


@template(skills=("canvas", "pixels", "dialog"), occupation="17-0000")
def move_desk(rng: random.Random) -> Draft:
    """An interior designer moves the desk of one room; the rooms are told by their labels."""
    floor = _floor(rng, "desks")
    document, path = floor.document, floor.document.path
    which = rng.randrange(4)
    (x, y), another = floor.desks[which], floor.desks[(which + 1) % 4]
    across = rng.choice((-1, 1)) * rng.randrange(5, 21, 5) if x > 60 else rng.randrange(5, 61, 5)
    up = 0 if rng.random() < 0.5 else rng.randrange(10, 61, 10)
    side = f"{abs(across)} cm to the {'right' if across > 0 else 'left'}"
    words = f"{side} and {up} cm up" if up else side
    pick = floor.sheet.click(x, y + 40)
    other = floor.sheet.click(another[0], another[1] + 40)

    def move(pick: Click, across: int, up: int, *choice: Click) -> Steps:
        """Move, or copy with the choice "Keep Original"."""
        return (
            *(pick, *_tool("Modify", "Move / Copy"), *_enter("0,0", _at(across, up))),
            *(*choice, on("OK"), *_DONE),
        )

    keep = on("Keep Original", "radio button")
    there = [x + across, y + up]
    wish: Data = {"kind": "insert", "text": "desk", "points": [there], "layer": "furniture"}
    wish |= {"colour": 3, "numbers": [1, 1, 0]}
    stays: Data = {**wish, "points": [[x, y]]}
    opposite = move(pick, -across, -up)
    relative = (*_enter(_at(x, y), f"@{across},{up}"), on("OK"), *_DONE)
    return _draft(
        document,
        f"Move the desk of the room “{floor.names[which]}” {words}. Nothing else moves.",
        _replaced(path, stays, wish),
        _guards(document, removed=[stays], added=[wish]),
        does=move(pick, across, up),
        wrong={
            "the desk of another room": move(other, across, up),
            "the other way": opposite,
            "a copy": move(pick, across, up, keep),
            "all of the furniture": (
                *(Press("ctrl+a"), *_tool("Modify", "Move / Copy")),
                *(*_enter("0,0", _at(across, up)), on("OK"), *_DONE),
            ),
        },
        ways={
            "from its corner": (pick, *_tool("Modify", "Move / Copy"), *relative),
            "by command": (pick, *_enter("mv", "0,0", _at(across, up)), on("OK"), *_DONE),
        },
    )


@template(skills=("toolbar", "layers"), occupation="47-0000")
def layer_states(rng: random.Random) -> Draft:
    """A site office prepares a plan for the electrician: one layer off, one locked."""
    floor = _floor(rng, "plans-to-print")
    document, path = floor.document, floor.document.path
    colours = dict(_FLOOR_LAYERS)
    names = [name for name in colours if name != "frame"]
    off, locked, other = rng.sample(names, 3)

    def switch(name: str, column: int) -> Click:
        """Click one of the marks left of a layer's name: 0 shows or hides it, 1 locks it."""
        return Click(Target(role="table cell", name=name, at=((-0.94, -0.735)[column], 0.5)))

    def state(name: str, **wanted: bool) -> Check:
        return goal("drawing.layer", path=path, name=name, colour=colours[name], **wanted)

    changed: JsonValue = [off, locked]
    return _draft(
        document,
        f"Prepare this plan for the electrician: switch the layer “{off}” off (hidden) and lock "
        f"the layer “{locked}” (shown). All other layers stay as they are.",
        (
            state(off, hidden=True, locked=False),
            state(locked, hidden=False, locked=True),
        ),
        _guards(document, layers=changed),
        does=(switch(off, 0), switch(locked, 1)),
        wrong={
            "exchanged": (switch(off, 1), switch(locked, 0)),
            "only switched off": (switch(off, 0),),
            "another layer off too": (switch(off, 0), switch(other, 0), switch(locked, 1)),
            "both hidden": (switch(off, 0), switch(locked, 0), switch(locked, 1)),
        },
        ways={
            "locked first": (switch(locked, 1), switch(off, 0)),
            "with a slip": (
                *(switch(other, 0), switch(other, 0)),
                *(switch(off, 0), switch(locked, 1)),
            ),
        },
    )


@template(skills=("toolbar", "form", "layers"), occupation="17-0000")
def setback_line(rng: random.Random) -> Draft:
    """A drafter draws the line that a building must keep from the street."""
    width, depth = rng.randrange(36, 61), rng.randrange(24, 37)
    distance = rng.choice((3, 3.5, 4, 4.5, 5, 5.5, 6))
    sheet = Sheet(-8, -12, width + 8, depth + 8)
    street = f"{business.address(rng).street.rstrip('0123456789 ')}"
    shapes = [*sheet.shapes(), *_box("boundary", 0, 0, width, depth)]
    house = (rng.randrange(9, 14), rng.randrange(11, 14))
    shapes += _box("buildings", *house, rng.randrange(10, 16), rng.randrange(6, 10))
    shapes.append(_words("notes", 2, -6, street, 1.8))
    shapes.append(_words("notes", 2, depth + 2, f"Plot {rng.randint(100, 4000)}", 1.8))
    layers = (("frame", 8), ("boundary", 7), ("setback", 1), ("buildings", 3), ("notes", 4))
    path = f"Documents/setbacks/plot-{rng.randint(100, 999)}.dxf"
    document = _drawing(path, layers, shapes, units="m")
    ends = [(0.0, distance), (float(width), distance)]

    def parallel(distance: float, layer: str, side: float = 0.4) -> Steps:
        """A line parallel to the street's boundary, on the side of the click."""
        field = Click(Target(role="text", window="LibreCAD", nth=4), count=2)
        chosen = (_layer(layer), *_tool("Line", "Parallel"))
        filled = (field, Press("ctrl+a"), Type(f"{_number(distance)}\t"))
        return (*chosen, *filled, sheet.click(width * 0.8, side), *_DONE)

    def typed(a: tuple[float, float], b: tuple[float, float]) -> Steps:
        return (_layer("setback"), *_enter("li", _at(*a), _at(*b)), *_DONE)

    wish: Data = {"kind": "segment", "layer": "setback", "points": [list(end) for end in ends]}
    wish["colour"] = 1
    return _draft(
        document,
        f"New buildings must keep {_number(distance)} m from the boundary along the street "
        f"({street}, below the plot). Draw this line inside the plot, parallel to that boundary "
        "and as long as it, on the layer “setback”.",
        (goal("drawing.has", path=path, wish=wish, count=1),),
        _guards(document, added=[wish]),
        does=parallel(distance, "setback"),
        wrong={
            "outside the plot": parallel(distance, "setback", -0.4),
            "on the layer of the boundary": parallel(distance, "boundary"),
            "twice as far": parallel(2 * distance, "setback"),
            "too short": typed(ends[0], (width / 2, distance)),
        },
        ways={
            "typed": typed(ends[0], ends[1]),
            "by menu, from the other end": (
                *(_layer("setback"), *_tool("Line", "2 Points")),
                *(*_enter(_at(*ends[1]), _at(*ends[0])), *_DONE),
            ),
        },
    )
