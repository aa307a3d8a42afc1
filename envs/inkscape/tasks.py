"""Tasks of Inkscape: plans, badges, signs, charts and certificates of designers and drafters.

What stands on the canvas is no widget, so places on it are pixels: files/home and the maximised
window fix where the canvas lies, and a drawing opens at a zoom of 1 with its page in the middle.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gym_anything.documents import sheets
from gym_anything.documents.business import companies, people
from gym_anything.documents.sheets import Place, Sheet
from gym_anything.intents import Steps, goal, guard, menu, route
from gym_anything.task import Await, Check, Click, Document, Drag, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

_LEFT, _TOP = 233, 120  # of the page on the screen
_BOARDS = ("#00695c", "#0d47a1", "#37474f", "#4a148c", "#bf360c")
_FIELDS = {"X": 550, "Y": 700, "W": 860, "H": 1045}  # they have no names
_TOOLBAR = 63


@dataclass(frozen=True)
class Routes:
    """What the routes of a task do before they save."""

    solution: Steps
    misses: Mapping[str, Steps]
    variations: Mapping[str, Steps]


def _draft(sheet: Sheet, instruction: str, checks: tuple[Check, ...], routes: Routes) -> Draft:
    """A task of one drawing, whose routes save it by a key, or not at all."""
    save = Press("ctrl+s")
    return Draft(
        instruction=instruction,
        documents=(Document(sheet.path, "vector", sheet.content),),
        open=(sheet.path,),
        checks=checks,
        solution=(*routes.solution, save),
        near_misses=(
            *(route(name, *steps, save) for name, steps in routes.misses.items()),
            route("not saved", *routes.solution),
        ),
        variations=tuple(route(name, *steps, save) for name, steps in routes.variations.items()),
    )


def _guards(
    sheet: Sheet, may_change: Mapping[str, Sequence[str]], may_add: int = 0
) -> tuple[Check, ...]:
    """Nothing else in the drawing is changed, and no file is beside it."""
    folder, name = sheet.path.rsplit("/", 1)
    aspects: JsonValue = {key: list(value) for key, value in may_change.items()}
    return (
        guard("vector.unchanged_except", path=sheet.path, may_change=aspects, may_add=may_add),
        guard("files.only", path=folder, names=[name]),
        guard("files.only", path=".", names=["Documents"]),
    )


def _at(place: Place) -> tuple[int, int]:
    """A place of the page on the screen."""
    return (round(_LEFT + place[0]), round(_TOP + place[1]))


def _near(place: Place, right: float, down: float) -> Place:
    return (place[0] + right, place[1] + down)


def _click(place: Place, count: int = 1, keys: str = "") -> Click:
    return Click(_at(place), count=count, keys=keys)


def _drag(start: Place, end: Place) -> Drag:
    return Drag(_at(start), _at(end))


def _enter(**values: float) -> Steps:
    """Type into the fields X, Y, W, H of the selection, in the order given."""
    steps: Steps = ()
    for which, value in values.items():
        field = Click((_FIELDS[which], _TOOLBAR), count=3)
        steps = (*steps, field, Type(f"{value:g}"), Press("tab"))
    return steps


def _tool(at: int) -> Click:
    """A tool of the toolbox, from 0 at its top: 0 selects, 2 draws rectangles, 3 ellipses."""
    return Click((16, 100 + 32 * at))


def open_document(path: str) -> Steps:
    """Open another document of home by input."""
    opened = Await(Target(role="frame", name=f"{path.rpartition('/')[2]} - Inkscape"))
    chooser = Await(Target(role="file chooser"))
    return (Press("ctrl+o"), chooser, Type(f"/home/user/{path}"), Press("enter"), opened)


@template(skills=("canvas", "pixels", "shortcut"), occupation="17-0000")
def recolour_room(rng: random.Random) -> Draft:
    """A drafter gives a room of a floor plan the colour that the legend has for its new use."""
    uses = rng.sample(list(sheets.USES), 6)
    rooms = sheets.rooms(rng, uses)
    room, other = rng.sample(rooms, 2)
    use, wrong = rng.sample([each for each in uses if each != room.use], 2)
    path = f"Documents/room-use/{rng.choice(sheets.BUILDINGS)}-floor-{rng.randint(1, 9)}.svg"
    sheet = sheets.floor_plan(path, rooms)
    sheets.add_legend(sheet, {each: sheets.USES[each] for each in uses})
    colours = {each: _near(sheets.swatch(at), 12, 13) for at, each in enumerate(uses)}

    def pasted(source: Place, target: Place) -> Steps:
        return (_click(source), Press("ctrl+c"), _click(target), Press("ctrl+shift+v"))

    picker = (_click(room.corner), Press("d"))
    to_menu = (_click(colours[use]), *menu("Edit", "Copy"), _click(room.corner))
    checks = (
        goal("vector.painted", path=path, shape=room.id, fill=sheets.USES[use]),
        *_guards(sheet, {room.id: ["fill"]}),
    )
    routes = Routes(
        solution=pasted(colours[use], room.corner),
        misses={
            "another room": pasted(colours[use], other.corner),
            "another colour": pasted(colours[wrong], room.corner),
            "the legend changed instead": pasted(room.corner, colours[use]),
            "the line coloured": (*picker, _click(colours[use], keys="shift")),
        },
        variations={
            "by the colour picker": (*picker, _click(colours[use])),
            "copied by the menu": (*to_menu, Press("ctrl+shift+v")),
        },
    )
    instruction = (
        f"Room {room.name} in the floor plan {path} is now used as: {use}. Give the room the "
        f"colour that the legend has for {use}, and save the plan. Everything else in it stays as "
        "it is."
    )
    return _draft(sheet, instruction, checks, routes)


_PIECES = {
    "brown desk": ("rect", 90, 50, "#8d6e63"),
    "blue sofa": ("rect", 110, 44, "#1e88e5"),
    "green round table": ("ellipse", 64, 64, "#43a047"),
    "grey cabinet": ("rect", 40, 80, "#9e9e9e"),
    "yellow armchair": ("rect", 48, 48, "#fdd835"),
    "purple round rug": ("ellipse", 84, 84, "#8e24aa"),
}


def _piece_box(name: str, middle: Place) -> tuple[float, ...]:
    _, width, height, _ = _PIECES[name]
    return (middle[0] - width / 2, middle[1] - height / 2, width, height)


@template(skills=("drag", "canvas", "pixels"), occupation="17-0000")
def place_furniture(rng: random.Random) -> Draft:
    """A space planner drags a piece of furniture onto the dashed outline of its new place."""
    rooms = sheets.rooms(rng, ["Office"])
    path = f"Documents/furniture/{rng.choice(sheets.BUILDINGS)}-level-{rng.randint(1, 9)}.svg"
    sheet = sheets.floor_plan(path, rooms)
    names = rng.sample(list(_PIECES), 4)
    *spots, target = [room.spot for room in rng.sample(rooms, 5)]
    wanted, start = names[0], spots[0]
    x, y, width, height = box = _piece_box(wanted, target)
    ghost: dict[str, JsonValue] = {"fill": "none", "stroke": "#d32f2f", "dash": "5,4"}
    sheet.box("Marks", _PIECES[wanted][0], "new-place", box, **ghost)
    for name, spot in zip(names, spots, strict=True):
        kind, _, _, colour = _PIECES[name]
        piece = name.replace(" ", "-")
        sheet.box("Furniture", kind, piece, _piece_box(name, spot), fill=colour)
    piece, moved = wanted.replace(" ", "-"), _drag(start, target)
    place: dict[str, JsonValue] = {"x": x, "y": y, "width": width, "height": height}
    checks = (
        goal("vector.placed", path=path, shape=piece, tolerance=4, **place),
        *_guards(sheet, {piece: ["outline"]}),
    )
    exact = _enter(X=x, Y=y)  # a drag takes hold only some pixels on, and ends as much short
    all_moved = (_click(start), Press("ctrl+a"), Press("shift+right"), Press("escape"))
    routes = Routes(
        solution=(moved, *exact),
        misses={
            "another piece": (_drag(spots[1], target), *exact),
            "beside the outline": (_drag(start, _near(target, 18, 14)),),
            "a copy moved": (_click(start), Press("ctrl+d"), moved, *exact),
            "everything moved with it": (*all_moved, _click(_near(start, 20, 0)), *exact),
        },
        variations={
            "by its coordinates": (_click(start), *exact),
            "from below to above": (moved, *_enter(Y=y, X=x)),
        },
    )
    instruction = (
        f"In the plan {path}, the {wanted} has to stand where the red dashed outline is. Move it "
        "there, so that it fills the outline to within 4 pixels, and save the plan. The outline "
        "and all the rest stay."
    )
    return _draft(sheet, instruction, checks, routes)


_SLIPS = (("ss", "s"), ("ll", "l"), ("nn", "n"), ("ei", "ie"), ("er", "re"), ("an", "na"))


def _misspelt(rng: random.Random, name: str) -> str:
    """A family name with two letters swapped or one left out."""
    slips = [(old, new) for old, new in _SLIPS if old in name[1:]]
    if slips:
        old, new = rng.choice(slips)
        return name[0] + name[1:].replace(old, new, 1)
    return name[:-2] + name[-1] if len(name) > 3 else name + name[-1]


@template(skills=("canvas", "text", "double-click"), occupation="43-0000")
def correct_badge(rng: random.Random) -> Draft:
    """An assistant corrects a name on a sheet of badges before it is printed."""
    guests, firms = people(rng, 6), companies(rng, 6)
    at, other = rng.sample(range(6), 2)
    right = guests[at].name
    wrong = f"{guests[at].given} {_misspelt(rng, guests[at].family)}"
    path = f"Documents/badges/{rng.choice(sheets.EVENTS)}-{rng.randint(2024, 2027)}.svg"
    cards = [(guest.name, firm.name) for guest, firm in zip(guests, firms, strict=True)]
    cards[at] = (wrong, cards[at][1])
    sheet = sheets.badges(path, rng.choice(_BOARDS), companies(rng, 1)[0].name, cards)
    place = _near(sheets.BADGES[at], 120, 104)

    def typed(into: Place, text: str) -> Steps:
        return (_click(into, count=2), Press("ctrl+a"), Type(text), Press("escape"))

    checks = (
        goal("vector.reads", path=path, shape=f"name-{at}", text=right),
        *_guards(sheet, {f"name-{at}": ["text"]}),
    )
    tool, pointer = Press("f8"), Press("f1")
    from_end = (_click(place, count=2), Press("end"), Press("shift+home"), Type(right))
    blank = _near(sheets.BADGES[at], 30, 185)
    routes = Routes(
        solution=typed(place, right),
        misses={
            "on another badge": typed(_near(sheets.BADGES[other], 120, 104), right),
            "over the company": typed(_near(place, 0, 42), right),
            "only the given name": typed(place, guests[at].given),
            "as one more text": (tool, _click(blank), Type(right), Press("escape")),
        },
        variations={
            "with the text tool": (tool, _click(place), Press("ctrl+a"), Type(right), pointer),
            "selected from its end": (*from_end, Press("escape")),
        },
    )
    instruction = (
        f"On the sheet of badges {path}, the name “{wrong}” is misspelt: it has to read “{right}”. "
        "Correct it and save the sheet; place and look of the name stay, and so do all other "
        "badges."
    )
    return _draft(sheet, instruction, checks, routes)


_SERIES = {
    "visitors": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    "orders": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul"),
    "returns": ("Q1", "Q2", "Q3", "Q4", "Plan"),
    "calls": ("8 h", "10 h", "12 h", "14 h", "16 h", "18 h"),
}


@template(skills=("toolbar", "canvas", "pixels", "chart", "arithmetic"), occupation="27-0000")
def bar_height(rng: random.Random) -> Draft:
    """A designer of a report sets a bar of a drawn chart to the height of its value."""
    topic = rng.choice(list(_SERIES))
    names = _SERIES[topic]
    values = rng.sample(range(15, 96), len(names))
    path = f"Documents/charts/{topic}-{rng.randint(2019, 2027)}-week-{rng.randint(1, 52)}.svg"
    sheet = sheets.bar_chart(path, names, values, rng.choice(_BOARDS))
    wide, lefts = sheets.bars(len(names))
    at, other = rng.sample(range(len(names)), 2)
    new = rng.choice([each for each in range(12, 98) if abs(each - values[at]) >= 8])
    high, middle = new * sheets.PER_UNIT, lefts[at] + wide / 2
    top = sheets.FOOT - high
    pick = _click((middle, sheets.FOOT - 20))
    pick_other = _click((lefts[other] + wide / 2, sheets.FOOT - 20))
    handle = sheets.FOOT - values[at] * sheets.PER_UNIT - 9  # of the top, drawn above it
    checks = (
        goal(
            *("vector.placed", 1.0),
            **{"path": path, "shape": f"bar-{at}", "x": lefts[at], "y": top, "width": wide},
            **{"height": high, "tolerance": 1.6},
        ),
        *_guards(sheet, {f"bar-{at}": ["outline"]}),
    )
    routes = Routes(
        solution=(pick, *_enter(H=high, Y=top)),
        misses={
            "another bar": (pick_other, *_enter(H=high, Y=top)),
            "its foot off the line": (pick, *_enter(H=high)),
            "in pixels instead of the scale": (pick, *_enter(H=new, Y=sheets.FOOT - new)),
            "wider too": (pick, *_enter(H=high, Y=top, W=wide + 20)),
        },
        variations={
            "moved first": (pick, *_enter(Y=top, H=high)),
            "by dragging its top": (pick, _drag((middle, handle), (middle, top - 9))),
        },
    )
    instruction = (
        f"In the chart {path}, the bar for {names[at]} shows {values[at]}, but the value is {new}. "
        "Change the height of that bar to fit the scale on the left; it keeps its width and "
        "colour and stands on the zero line like the others. Save the chart."
    )
    return _draft(sheet, instruction, checks, routes)


_SEALS = {"gold": "#f9a825", "red": "#c62828", "green": "#2e7d32", "silver": "#90a4ae"}


@template(skills=("canvas", "pixels", "toolbar"), occupation="27-0000")
def raise_seal(rng: random.Random) -> Draft:
    """A designer brings the seal of a certificate before the ribbons that cover it."""
    holder, firm, course = people(rng, 1)[0], companies(rng, 1)[0], rng.choice(sheets.COURSES)
    path = f"Documents/certificates/{course}-{rng.randint(100, 999)}.svg"
    sheet = sheets.certificate(path, ("Certificate", holder.name, f"{course} · {firm.name}"))
    colour, second = rng.sample(list(_SEALS), 2)
    left, mirrored = rng.choice(((560, 150), (120, 470)))
    x, y = left + rng.randint(0, 60), rng.randint(230, 290)
    edge: dict[str, JsonValue] = {"stroke": "#5d4037", "stroke_width": 3}
    sheet.box("Marks", "ellipse", "seal", (x, y, 130, 130), fill=_SEALS[colour], **edge)
    sheet.box("Marks", "ellipse", "stamp", (mirrored, y + 20, 100, 100), fill=_SEALS[second])
    sheet.box("Marks", "rect", "ribbon-0", (x - 35, y + 20, 200, 30), fill="#4527a0")
    sheet.box("Marks", "rect", "ribbon-1", (x - 35, y + 75, 200, 30), fill="#ad1457")
    pick, to_top = _click((x + 65, y + 62)), Click((346, _TOOLBAR))  # its name: Raise to Top
    checks = (
        goal("vector.above", path=path, shape="seal", others=["ribbon-0", "ribbon-1"]),
        *_guards(sheet, {"seal": ["order"]}),
    )
    routes = Routes(
        solution=(pick, to_top),
        misses={
            "before one ribbon only": (pick, Press("pageup")),
            "a ribbon deleted": (_click((x - 20, y + 35)), Press("delete"), pick, Press("home")),
            "the other mark": (_click((mirrored + 50, y + 70)), Press("home")),
            "to the back": (pick, Press("end")),
        },
        variations={
            "by the menu": (pick, *menu("Object", "Raise to Top")),
            "by keyboard": (pick, Press("home")),
        },
    )
    instruction = (
        f"On the certificate {path}, the {colour} seal is half hidden behind two ribbons. Bring it "
        "in front of both, and save the certificate. Nothing is to be moved, deleted or recoloured."
    )
    return _draft(sheet, instruction, checks, routes)


_MARKERS = ("#d32f2f", "#f57c00", "#1976d2", "#388e3c", "#ec407a", "#212121")


@template(skills=("canvas", "pixels"), occupation="17-0000", split="validation")
def delete_markers(rng: random.Random) -> Draft:
    """A technician takes the markers of one state, told by the legend's colour, off a site map."""
    path = f"Documents/site-maps/{rng.choice(sheets.SITES)}-{rng.randint(1, 40)}.svg"
    sheet = sheets.site_map(rng, path)
    colours, states = rng.sample(_MARKERS, 4), rng.sample(sheets.STATES, 4)
    sheets.add_legend(sheet, dict(zip(states, colours, strict=True)))
    grid = [(50 + 70 * column, 40 + 70 * row) for column in range(10) for row in range(5)]
    of = [*(0,) * rng.randint(3, 5), 1, 1, 2, 3, *(rng.randint(1, 3) for _ in range(5))]
    spots: list[Place] = [*rng.sample(grid, len(of))]
    for at, ((x, y), which) in enumerate(zip(spots, of, strict=True)):
        box = (x - 11, y - 11, 22, 22)
        sheet.box("Markers", "ellipse", f"marker-{at}", box, fill=colours[which])
    mine, other = spots[: of.count(0)], spots[of.index(1)]
    ids = [f"marker-{at}" for at in range(len(mine))]

    def deleted(places: Sequence[Place]) -> Steps:
        return tuple(step for place in places for step in (_click(place), Press("delete")))

    together = (_click(mine[0]), *(_click(each, keys="shift") for each in mine[1:]))
    checks = (
        goal("vector.gone", path=path, shapes=list[JsonValue](ids)),
        *_guards(sheet, {each: ["gone"] for each in ids}),
    )
    routes = Routes(
        solution=deleted(mine),
        misses={
            "one left": deleted(mine[1:]),
            "one of another colour too": deleted([*mine, other]),
            "from the legend too": deleted([*mine, _near(sheets.swatch(0), 12, 13)]),
            "moved off the page": (*together, _drag(mine[0], (870, 250))),
        },
        variations={
            "all at once": (*together, Press("delete")),
            "from the last to the first": deleted(mine[::-1]),
        },
    )
    instruction = (
        f"The map {path} marks faults by coloured dots. Those that the legend calls “{states[0]}” "
        "are done with: delete all dots of that colour from the map, and save it. The legend and "
        "all other dots stay."
    )
    return _draft(sheet, instruction, checks, routes)


_DIRECTIONS = ("up", "right", "down", "left")
_TURNED = {1: (0, 1, -1, 0), 2: (-1, 0, 0, -1), 3: (0, -1, 1, 0)}


@template(skills=("canvas", "toolbar", "pixels"), occupation="27-0000", split="validation")
def turn_arrow(rng: random.Random) -> Draft:
    """A sign maker turns one arrow of a sign into the direction that it has to show."""
    path = f"Documents/signs/{rng.choice(sheets.SITES)}-sign-{rng.randint(1, 99):02d}.svg"
    names = rng.sample(sheets.GOALS, 4)
    before = [rng.choice(_DIRECTIONS) for _ in names]
    sheet = sheets.sign(path, rng.choice(_BOARDS), list(zip(before, names, strict=True)))
    at, other = rng.sample(range(4), 2)
    turns = rng.choice((1, 2, 3))
    wanted = _DIRECTIONS[(_DIRECTIONS.index(before[at]) + turns) % 4]
    rows = sheets.sign_rows()
    pick, turn = _click(rows[at]), Click((221, _TOOLBAR))  # its name: Rotate 90° CW
    pick_text = _click((245, rows[at][1]), keys="shift")
    matrix = list[JsonValue](_TURNED[turns])
    checks = (
        goal("vector.mapped", path=path, shape=f"arrow-{at}", matrix=matrix),
        *_guards(sheet, {f"arrow-{at}": ["outline"]}),
    )
    by_menu = menu("Object", "Rotate 90° CW")
    routes = Routes(
        solution=(pick, *(turn,) * turns),
        misses={
            "another arrow": (_click(rows[other]), *(turn,) * turns),
            "turned too far": (pick, *(turn,) * (turns + 1)),
            "its text too": (pick, pick_text, *(turn,) * turns),
            "moved as well": (pick, *(turn,) * turns, *(Press("shift+right"),) * 2),
        },
        variations={
            "the other way round": (pick, *(Click((184, _TOOLBAR)),) * (4 - turns)),
            "by the menu": (pick, *by_menu * turns),
        },
    )
    instruction = (
        f"On the sign {path}, the arrow beside “{names[at]}” points {before[at]}, but has to point "
        f"{wanted}. Turn it where it stands, and save the sign. The other arrows are right."
    )
    return _draft(sheet, instruction, checks, routes)


_SWATCHES = {  # colour, and where the palette below the canvas has it
    "red": ("#ff0000", 281),
    "yellow": ("#ffff00", 315),
    "green": ("#008000", 332),
    "blue": ("#0000ff", 417),
    "purple": ("#800080", 434),
}


@template(skills=("drag", "canvas", "toolbar", "pixels"), occupation="27-0000", split="test")
def draw_zone(rng: random.Random) -> Draft:
    """An event designer draws a coloured rectangle over a zone that a plan has only in outline."""
    path = f"Documents/events/{rng.choice(sheets.SITES)}-event-{rng.randint(1, 99):02d}.svg"
    names, boxes = rng.sample(sheets.ZONES, 5), sheets.zone_boxes(rng)[:5]
    sheet = sheets.event_plan(path, names, boxes)
    colour, wrong = rng.sample(list(_SWATCHES), 2)
    (x, y, width, height), rectangle = boxes[0], _tool(2)

    def painted(name: str) -> Click:
        return Click((_SWATCHES[name][1], 676))

    def drawn(box: Sequence[int], part: float = 1.0) -> Drag:
        left, top, wide, high = box
        return _drag((left, top), (left + wide * part, top + high))

    paint, code = painted(colour), _SWATCHES[colour][0]
    box: dict[str, JsonValue] = {"x": x, "y": y, "width": width, "height": height, "fill": code}
    kinds: JsonValue = ["rect", "path", "polygon"]
    checks = (
        goal("vector.added", path=path, kinds=kinds, tolerance=4, over=["ground"], **box),
        *_guards(sheet, {}, may_add=1),
    )
    half = (rectangle, drawn(boxes[0], part=0.5))
    routes = Routes(
        solution=(rectangle, drawn(boxes[0]), paint),
        misses={
            "over another zone": (rectangle, drawn(boxes[1]), paint),
            "over half of it": (*half, paint),
            "in another colour": (rectangle, drawn(boxes[0]), painted(wrong)),
            "an ellipse": (_tool(3), drawn(boxes[0]), paint),
            "the outline filled": (_click((x, y + height / 2)), paint),
        },
        variations={
            "by keyboard, from below": (Press("r"), _drag((x + width, y + height), (x, y)), paint),
            "enlarged afterwards": (*half, _tool(0), *_enter(X=x, Y=y, W=width, H=height), paint),
        },
    )
    instruction = (
        f"The plan {path} has its zones in dashed outline. Mark the zone “{names[0]}”: draw a "
        "rectangle over it from corner to corner of the outline (to within 4 pixels), filled with "
        f"{colour} ({code}). The dashed outline itself stays. Save the plan."
    )
    return _draft(sheet, instruction, checks, routes)
