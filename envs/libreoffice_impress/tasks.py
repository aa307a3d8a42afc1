"""Tasks of LibreOffice Impress: reviews, site plans and trainings that offices present.

Every document is an .odp file. A slide is a widget, so places on it are fractions of it; what
colour something on it has can be told from the pixels only.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gym_anything.documents import business
from gym_anything.intents import Steps, goal, guard, menu, on
from gym_anything.task import (
    Await,
    Check,
    Click,
    Document,
    Drag,
    JsonValue,
    Press,
    Route,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

Slide: TypeAlias = dict[str, JsonValue]
Place: TypeAlias = tuple[float, float]

_WIDTH_CM, _HEIGHT_CM = 28.0, 15.75
_ENTRY = (0.2, 0.5)  # of a spin button, whose right part is its buttons
_SAVE = on("Save")
_SAVE_AS: Steps = (
    Press("ctrl+shift+s"),
    Await(Target(role="file chooser", name="Save")),
    Type("copy\n"),
)

# The document -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deck:
    """The presentation of a task.

    Attributes:
        path: relative to home.
        slides: as the writer of presentations takes them.
    """

    path: str
    slides: tuple[Slide, ...]

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    @property
    def titles(self) -> list[str]:
        """Titles of the slides."""
        return [str(slide["title"]) for slide in self.slides]

    def document(self) -> Document:
        """The set-up document."""
        return Document(self.path, "presentation", {"slides": list(self.slides)})


def open_document(path: str) -> Steps:
    """Open another document of home.

    Args:
        path: relative to home.
    """
    name = path.rpartition("/")[2]
    chooser = Await(Target(role="file chooser", name="Open"))
    opened = Await(Target(role="frame", name=f"{name} - LibreOffice Impress"))
    return Press("ctrl+o"), chooser, Type(f"/home/user/{path}\n"), opened


def _path(rng: random.Random, kind: str, *words: object) -> str:
    stem = "-".join(str(word).lower().replace(" ", "-") for word in words)
    return f"Documents/{kind}/{stem}-{rng.randint(10, 99)}.odp"


_TOPICS = (
    *("Results", "Staff", "Costs", "Customers", "Complaints", "Deliveries", "Training", "Safety"),
    *("Rooms", "Suppliers", "Next steps", "Open questions", "Markets", "Products", "Quality"),
)
_POINTS = (
    *("{0} is in charge until further notice", "{1}% more than in the year before"),
    *("Agreed with {0} and the works council", "{2},000 € have been set aside"),
    *("First figures by the end of the quarter", "{0} reports at the next meeting"),
    *("{1} cases, of which {2} are settled", "No change against the plan"),
    *("A second offer is being asked for", "Pilot with {2} people from the front desk"),
)


def _points(rng: random.Random, count: int) -> list[JsonValue]:
    """Points of a slide."""
    return [
        point.format(business.people(rng, 1)[0].name, rng.randint(3, 60), rng.randint(3, 90))
        for point in rng.sample(_POINTS, count)
    ]


def _slides(rng: random.Random, count: int) -> list[Slide]:
    """Slides with different titles and a few points each."""
    return [
        {"title": topic, "bullets": _points(rng, rng.randint(2, 4))}
        for topic in rng.sample(_TOPICS, count)
    ]


# Steps, checks and drafts -------------------------------------------------------------------------


def _spot(slide: int, place: Place) -> Target:
    """A place on the slide that is shown, in centimetres."""
    at = (place[0] / _WIDTH_CM, place[1] / _HEIGHT_CM)
    return Target(role="panel", name=f"PageShape: Slide {slide}", at=at)


def _in_pane(slide: int, at: Place = (0.5, 0.5)) -> Target:
    return Target(role="panel", name=f"Slide {slide}", at=at)


def _show(slide: int) -> Steps:
    """Show a slide."""
    return Click(_in_pane(slide)), Await(_spot(slide, (1, 1)))


def _check(name: str, deck: Deck, /, weight: float = 1.0, **params: JsonValue) -> Check:
    return goal(f"presentation.{name}", weight, path=deck.path, **params)


def _draft(
    deck: Deck,
    instruction: str,
    goals: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
    **may_change: JsonValue,
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving.

    Two more near misses do not save, or under another name. `may_change` is what the guard
    `presentation.unchanged_except` takes.
    """
    folder = deck.path.rpartition("/")[0]
    alone = guard("files.only", path=folder, names=[deck.name])
    tidy = guard("files.only", path="Documents", names=[folder.rpartition("/")[2]])
    kept = guard("presentation.unchanged_except", path=deck.path, **may_change)
    misses = [Route(name, (*steps, _SAVE)) for name, steps in wrong.items()]
    misses += [Route("not saved", does), Route("under another name", (*does, *_SAVE_AS))]
    return Draft(
        instruction=f"{instruction} Then save the presentation.",
        documents=(deck.document(),),
        open=(deck.path,),
        checks=(*goals, kept, alone, tidy),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(Route(name, (*steps, Press("ctrl+s"))) for name, steps in ways.items()),
    )


def _placed(x: float, y: float, width: float, height: float) -> Steps:
    """Fill in the dialog Position and Size of what is selected, and end it."""
    lengths = (("Position X:", x), ("Position Y:", y), ("Width:", width), ("Height:", height))
    window = "Position and Size"
    typed = (
        intent
        for name, length in lengths
        for intent in (
            on(name, "spin button", window=window, at=_ENTRY, count=3),
            Type(f"{length:g} cm\t"),
        )
    )
    return (Press("F4"), *typed, on("OK", window=window))


# Templates ----------------------------------------------------------------------------------------

_COLOURS = {
    "red": "#d01010",
    "green": "#109030",
    "blue": "#1040d0",
    "yellow": "#f0d010",
    "black": "#101010",
    "violet": "#8020a0",
    "orange": "#f08010",
}
_THINGS = ("forklift", "printer", "coffee machine", "first-aid box", "key safe", "copier", "crane")
_FIELDS = ("Yard", "Stores", "Hall", "Office", "Gate", "Workshop", "Ramp", "Canteen")


@template(skills=("pixels", "canvas", "drag"), occupation="11-0000")
def move_marker(rng: random.Random) -> Draft:
    """A site manager moves a coloured dot on a plan into another field."""
    fields = rng.sample(_FIELDS, 3)
    names = rng.sample(list(_COLOURS), 4)
    shapes: list[JsonValue] = []
    for at, field in enumerate(fields):
        box: dict[str, JsonValue] = {"x": 2 + 8.5 * at, "y": 8.5, "width": 7, "height": 5.5}
        label = {"x": box["x"], "y": 14.1, "width": 7, "height": 1.2, "kind": "text"}
        shapes += [{**box, "line": "#404040", "fill": "#f2f2f2"}, {**label, "text": field}]
    spots = [
        (2.5 + 6.4 * at + rng.randint(0, 8) / 4, rng.choice((4.0, 5.0, 6.0))) for at in range(4)
    ]
    for (x, y), name in zip(spots, names, strict=True):
        dot: dict[str, JsonValue] = {"kind": "ellipse", "width": 1.5, "height": 1.5}
        shapes.append({**dot, "x": x, "y": y, "fill": _COLOURS[name]})
    plan: Slide = {"title": "Site plan", "shapes": shapes}
    deck = Deck(
        _path(rng, "Plans", "site-plan", business.address(rng).city), (plan, *_slides(rng, 2))
    )
    which, field_at = rng.randrange(4), rng.randrange(3)
    number, thing = 8 + which, rng.choice(_THINGS)
    left = 2 + 8.5 * field_at
    middle, other = (left + 3.5, 11.25), (2 + 8.5 * ((field_at + 1) % 3) + 3.5, 11.25)

    def centre(dot: int) -> Place:
        return spots[dot][0] + 0.75, spots[dot][1] + 0.75

    def drag(dot: int, to: Place, keys: str = "") -> Steps:
        return (Drag(_spot(1, centre(dot)), _spot(1, to), keys=keys),)

    half_in = (left - 0.2, 11.25)
    wrong_dot = (which + 1) % 4
    pick = Click(_spot(1, centre(which)))
    return _draft(
        deck,
        f"On the site plan in {deck.name} the {names[which]} dot stands for the {thing}, which is "
        f"now in the field “{fields[field_at]}”. Move the dot so that all of it lies in there.",
        goals=[
            _check(
                *("shape_place", deck),
                slide=1,
                shape=number,
                width_cm=1.5,
                height_cm=1.5,
                inside=[left, 8.5, left + 7, 14.0],
            )
        ],
        does=drag(which, middle),
        wrong={
            "another dot": drag(wrong_dot, middle),
            "another field": drag(which, other),
            "half outside": drag(which, half_in),
            "deleted": (pick, Press("Delete")),
            "two dots": (*drag(which, (left + 2, 11.25)), *drag(wrong_dot, (left + 5, 11.25))),
        },
        ways={
            "in two moves": (
                *drag(which, (14, 7.5)),
                Drag(_spot(1, (14, 7.5)), _spot(1, (middle[0] + 1, middle[1] - 1))),
            ),
            "by way of another field": (
                *drag(which, other),
                Drag(_spot(1, other), _spot(1, middle)),
            ),
        },
        moved=[[1, number]],
    )


_PROJECTS = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Rowan")


@template(skills=("pixels", "canvas"), occupation="27-0000")
def delete_symbol(rng: random.Random) -> Draft:
    """A designer takes the symbol of a closed project off an overview, by its colour."""
    rows = rng.sample(_PROJECTS, 3)
    form, word = rng.choice(
        (("ellipse", "circle"), ("diamond", "diamond"), ("hexagon", "hexagon"), ("cross", "cross"))
    )
    shapes: list[JsonValue] = []
    places: list[tuple[Place, str]] = []
    for row, project in enumerate(rows):
        y = 4.2 + 3.6 * row
        label: dict[str, JsonValue] = {"kind": "text", "x": 1.5, "y": y, "width": 5, "height": 2}
        shapes.append({**label, "text": project})
        for column, name in enumerate(rng.sample(list(_COLOURS), 4)):
            x = 8 + 4.5 * column + rng.randint(0, 4) / 4
            symbol: dict[str, JsonValue] = {"kind": form, "x": x, "y": y, "width": 2, "height": 2}
            shapes.append({**symbol, "fill": _COLOURS[name]})
            places.append(((x + 1, y + 1), name))
    overview: Slide = {
        "title": f"Projects of {business.companies(rng, 1)[0].name}",
        "shapes": shapes,
    }
    deck = Deck(_path(rng, "Overviews", "projects", rows[0]), (overview, *_slides(rng, 2)))
    row = rng.randrange(3)
    which = 4 * row + rng.randrange(4)
    name = places[which][1]
    number = which + row + 3  # of the shape: the title and the labels come before it
    there = [at for at, (_, other) in enumerate(places) if other == name and at != which]
    alike = there[0] if there else (which + 4) % 12
    beside = 4 * row + (which + 1) % 4

    def delete(*symbols: int) -> Steps:
        return tuple(
            intent for at in symbols for intent in (Click(_spot(1, places[at][0])), Press("Delete"))
        )

    cut = (Click(_spot(1, places[which][0])), on("Cut"))
    by_menu = (Click(_spot(1, places[which][0])), *menu("Edit", "Cut"))
    away = (Drag(_spot(1, places[which][0]), _spot(1, (7, 15))),)
    return _draft(
        deck,
        f"On the first slide of {deck.name} each {word} stands for a part of the project in whose "
        f"row it is. The part shown in {name} of the project {rows[row]} is closed: delete its "
        f"{word}.",
        goals=[_check("shape_gone", deck, slide=1, shape=number)],
        does=delete(which),
        wrong={
            "of another project": delete(alike),
            "of another colour": delete(beside),
            "one too many": delete(which, beside),
            "only moved": away,
        },
        ways={"cut": cut, "by the menu": by_menu},
        gone=[[1, number]],
    )


@template(skills=("menu", "submenu", "shortcut"), occupation="11-0000")
def move_slide(rng: random.Random) -> Draft:
    """A manager changes the order of a talk by one slide."""
    slides = _slides(rng, 5)
    deck = Deck(_path(rng, "Talks", "review", rng.randint(2023, 2026)), tuple(slides))
    titles = deck.titles
    source, behind = rng.choice(
        ((1, 3), (1, 4), (2, 4), (2, 5), (3, 5), (4, 1), (5, 2), (5, 1), (4, 2))
    )

    def moved(slide: int, after: int) -> list[str]:
        title = titles[slide - 1]
        rest = [each for each in titles if each != title]
        rest.insert(rest.index(titles[after - 1]) + 1, title)
        return rest

    steps = behind - source if behind > source else behind + 1 - source
    way, key = ("Down", "shift+alt+Page_Down") if steps > 0 else ("Up", "shift+alt+Page_Up")

    def nudge(slide: int, count: int) -> Steps:
        item = menu("Slide", "Move", f"Slide {way}")
        return (*_show(slide), *(item * count))

    by_keys = (Click(_in_pane(source)), *((Press(key),) * abs(steps)))
    item = on(f"Slide {way}", "menu item")
    context = (Click(_in_pane(source), button="right"), on("Move", "menu"), item)
    other = next(each for each in (3, 4, 2) if each not in (source, behind))
    copied = (Click(_in_pane(source)), Press("ctrl+c"), Click(_in_pane(behind)), Press("ctrl+v"))
    count = abs(steps)
    return _draft(
        deck,
        f"In {deck.name}, move the slide “{titles[source - 1]}” so that it comes right after the "
        f"slide “{titles[behind - 1]}”. The others keep their order.",
        goals=[_check("titles", deck, titles=list[JsonValue](moved(source, behind)))],
        does=nudge(source, count),
        wrong={
            "not far enough": nudge(source, count - 1) if count > 1 else nudge(source, count + 1),
            "another slide": nudge(other, 1),
            "copied": copied,
            "deleted": (Click(_in_pane(source)), Press("Delete")),
        },
        ways={
            "by keys": by_keys,
            "by the context menu": (*context, *nudge(source, count)[2:][: 3 * (count - 1)]),
        },
        order=True,
    )


@template(skills=("menu", "multi-select"), occupation="13-0000")
def hide_slides(rng: random.Random) -> Draft:
    """An analyst leaves two slides out of the show without deleting them."""
    slides = _slides(rng, 5)
    shown_before = rng.randrange(5)
    first, second = sorted(rng.sample([at for at in range(5) if at != shown_before], 2))
    slides[shown_before]["hidden"] = True
    firm = business.companies(rng, 1)[0]
    deck = Deck(_path(rng, "Analyses", "analysis", firm.address.city), tuple(slides))
    titles = deck.titles
    hide, show = menu("Slide", "Hide Slide"), menu("Slide", "Show Slide")
    other = next(at for at in range(5) if at not in (first, second, shown_before))
    wanted = [titles[at] for at in sorted((first, second, shown_before))]
    both = (Click(_in_pane(first + 1)), Click(_in_pane(second + 1), keys="ctrl"))
    context = tuple(
        intent
        for at in (second, first)
        for intent in (Click(_in_pane(at + 1), button="right"), on("Hide Slide", "menu item"))
    )

    def each(*chosen: int) -> Steps:
        return tuple(intent for at in chosen for intent in (*_show(at + 1), *hide))

    return _draft(
        deck,
        f"In {deck.name}, hide the slides “{titles[first]}” and “{titles[second]}” so that the "
        "show leaves them out. Delete nothing; what is hidden already stays hidden.",
        goals=[_check("hidden", deck, slides=list[JsonValue](wanted))],
        does=each(first, second),
        wrong={
            "only one": each(first),
            "another one too": each(first, second, other),
            "another one instead": each(first, other),
            "the hidden one shown": (*each(first, second), *_show(shown_before + 1), *show),
            "deleted": (*both, Press("Delete")),
        },
        ways={"both at once": (*both, *hide), "by the context menu": context},
        aspects=["hidden"],
    )


@template(skills=("search", "replace", "dialog"), occupation="13-0000")
def rename_product(rng: random.Random) -> Draft:
    """An analyst puts a product's new name on all slides; a longer name begins with the old."""
    old, longer, new = rng.choice(
        (
            *(
                ("Lumen", "Lumenta", "Claro"),
                ("Vento", "Ventoline", "Brisa"),
                ("Pino", "Pinot", "Abete"),
            ),
            *(
                ("Solis", "Solisan", "Helia"),
                ("Terra", "Terrano", "Gaia"),
                ("Nova", "Novalis", "Neo"),
            ),
        )
    )
    new = f"{new} {rng.randint(2, 9)}"
    slides = _slides(rng, 4)
    for slide, product in zip(slides, (old, longer, old, old), strict=True):
        points = slide["bullets"]
        assert isinstance(points, list)
        text = rng.choice(("Sales of {0} rise", "{0} is asked for", "Stock of {0} is low"))
        points.insert(rng.randint(0, len(points)), text.format(product))
    slides[3]["title"] = f"What comes after {old}"
    rng.shuffle(slides)
    deck = Deck(_path(rng, "Products", old, "range"), tuple(slides))

    def fill_in(find: str) -> Steps:
        return (
            *(Press("ctrl+h"), on("Find:", "text", count=3), Type(find)),
            *(on("Replace:", "text", count=3), Type(new)),
        )

    words = on("Whole words only", "check box")
    close = on("Close", window="Find and Replace")
    every = (on("Replace All"), close)
    case = on("Match case", "check box")
    touched: list[JsonValue] = [
        [number, shape]
        for number, slide in enumerate(slides, start=1)
        for shape, said in enumerate(([slide["title"]], _list(slide["bullets"])), start=1)
        if any(old in str(part).split() for part in said)
    ]
    return _draft(
        deck,
        f"The product {old} is now called {new}. Put the new name wherever the old one stands on "
        f"the slides of {deck.name}. {longer} is another product, whose name stays.",
        goals=[_check("replaced", deck, old=old, new=new)],
        does=(*fill_in(old), words, *every),
        wrong={
            "inside the longer name too": (*fill_in(old), *every),
            "only the first": (*fill_in(old), words, on("Find Next"), on("Replace"), close),
            "nothing replaced": (*fill_in(old), words, close),
            "misspelt": (*fill_in(old), Type("x"), words, *every),
        },
        ways={
            "with the case": (*fill_in(old), words, case, *every),
            "from the menu": (
                *menu("Edit", "Find and Replace"),
                *fill_in(old)[1:],
                *(words, *every),
            ),
        },
        words=touched,
    )


def _list(value: JsonValue) -> list[JsonValue]:
    assert isinstance(value, list)
    return value


@template(skills=("dialog", "form", "canvas"), occupation="27-0000", split="validation")
def exact_place(rng: random.Random) -> Draft:
    """A designer gives a box of a slide the place and size that the house style asks for."""
    words = rng.sample(_FIELDS, 3)
    shapes: list[JsonValue] = []
    for at, word in enumerate(words):
        x, y = 2 + 8.5 * at + rng.randint(0, 6) / 4, rng.choice((4.5, 5.25, 9.0, 10.5))
        box: dict[str, JsonValue] = {"x": x, "y": y, "width": 6, "height": 3}
        shapes.append({**box, "fill": rng.choice(("#cfe2f3", "#d9ead3", "#fff2cc")), "text": word})
    layout: Slide = {"title": "Layout", "shapes": shapes}
    deck = Deck(_path(rng, "Layouts", "layout", words[0]), (layout, *_slides(rng, 2)))
    which, other = rng.sample(range(3), 2)
    wanted = (
        *(rng.randint(4, 60) / 4, rng.randint(14, 40) / 4),
        *(rng.randint(14, 40) / 4, rng.randint(6, 18) / 4),
    )
    x, y, width, height = wanted

    def pick(at: int, button: Literal["left", "right"] = "left") -> Steps:
        shape = shapes[at]
        assert isinstance(shape, dict)
        left, top = shape["x"], shape["y"]
        assert isinstance(left, int | float) and isinstance(top, int | float)
        return (Click(_spot(1, (left + 0.6, top + 0.5)), button=button),)

    by_menu = menu("Format", "Text Box and Shape", "Position and Size")
    context = (on("Position and Size", "menu item"),)
    swapped = _placed(y, x, width, height)
    cancelled = (*_placed(*wanted)[:-1], on("Cancel", window="Position and Size"))
    return _draft(
        deck,
        f"On the first slide of {deck.name}, put the box “{words[which]}” exactly {x:g} cm from "
        f"the left edge and {y:g} cm from the upper edge of the slide, and make it {width:g} cm "
        f"wide and {height:g} cm high.",
        goals=[
            _check("shape_place", deck, slide=1, shape=which + 2, x_cm=x, y_cm=y),
            _check(
                *("shape_place", deck),
                slide=1,
                shape=which + 2,
                width_cm=width,
                height_cm=height,
            ),
        ],
        does=(*pick(which), *_placed(*wanted)),
        wrong={
            "another box": (*pick(other), *_placed(*wanted)),
            "across and down swapped": (*pick(which), *swapped),
            "the size as it was": (*pick(which), *_placed(x, y, 6, 3)),
            "cancelled": (*pick(which), *cancelled),
        },
        ways={
            "by the menu": (*pick(which), *by_menu, *_placed(*wanted)[1:]),
            "by the context menu": (*pick(which, "right"), *context, *_placed(*wanted)[1:]),
        },
        moved=[[1, which + 2]],
    )


_TRANSITIONS = {
    "Wipe": "barWipe",
    "Wheel": "pinWheelWipe",
    "Uncover": "slideWipe",
    "Bars": "randomBarWipe",
    "Checkers": "checkerBoardWipe",
    "Wedge": "fanWipe",
}
"""Kinds by the names in the list; all of them are in view."""


@template(skills=("toolbar", "sidebar"), occupation="11-0000", split="test")
def slide_transition(rng: random.Random) -> Draft:
    """A manager gives all slides of a talk the same transition."""
    shown, other = rng.sample(list(_TRANSITIONS), 2)
    deck = Deck(
        _path(rng, "Speeches", "speech", business.people(rng, 1)[0].given), tuple(_slides(rng, 4))
    )
    opened = menu("Slide", "Slide Transition")
    every = on("Apply Transition to All Slides")

    def choose(name: str) -> Click:
        return on(name, "list item")

    one_by_one = tuple(
        intent for number in range(1, 5) for intent in (*_show(number), choose(shown))
    )
    from_view = menu("View", "Slide Transition")
    return _draft(
        deck,
        f"Give every slide of {deck.name} the transition {shown}.",
        goals=[
            _check("transition", deck, is_one_of=[_TRANSITIONS[shown]]),
        ],
        does=(*opened, choose(shown), every),
        wrong={
            "only the first slide": (*opened, choose(shown)),
            "another transition": (*opened, choose(other), every),
            "none": (*opened, choose(shown), every, choose("None"), every),
            "the last slide left out": (*opened, *one_by_one[:-3]),
        },
        ways={
            "slide by slide": (*opened, *one_by_one),
            "from another menu": (*from_view, choose(shown), every, *_show(1)),
        },
        aspects=["transitions"],
    )


@template(skills=("typing", "toolbar"), occupation="13-0000", split="test")
def add_slide(rng: random.Random) -> Draft:
    """An analyst adds a slide with its points to a report."""
    slides = _slides(rng, 5)
    added = slides.pop(rng.randrange(5))
    deck = Deck(
        _path(rng, "Reports", "quarter", rng.randint(1, 4), rng.randint(2023, 2026)), tuple(slides)
    )
    title, points = str(added["title"]), [str(each) for each in _list(added["bullets"])][:2]
    after = rng.randint(1, 4)
    wanted = [*deck.titles[:after], title, *deck.titles[after:]]
    body = "\n".join(points)
    into_title = Click(_spot(after + 1, (14, 1.9)), count=2)
    out = Press("Escape")
    typed = (into_title, Type(title), Press("ctrl+Return"), Type(body), out, out)

    def new(number: int) -> Steps:
        return (*_show(number), *menu("Slide", "New Slide"), Await(_spot(number + 1, (1, 1))))

    wrong_place = after - 1 if after > 1 else after + 1
    elsewhere = (Click(_spot(wrong_place + 1, (14, 1.9)), count=2), *typed[1:])
    only_title = (into_title, Type(title), out, out)
    context = (Click(_in_pane(after), button="right"), on("New Slide", "menu item"))
    reversed_points = "\n".join(reversed(points))
    turned = (into_title, Type(title), Press("ctrl+Return"), Type(reversed_points))
    named = " and ".join(f"“{point}”" for point in points)
    return _draft(
        deck,
        f"Add a slide to {deck.name}, right after “{deck.titles[after - 1]}”, with the title "
        f"“{title}” and the two points {named}, in this order.",
        goals=[
            _check("titles", deck, titles=list[JsonValue](wanted)),
            _check("bullets", deck, slide=title, texts=list[JsonValue](points)),
        ],
        does=(*new(after), *typed),
        wrong={
            "at another place": (*new(wrong_place), *elsewhere),
            "without the points": (*new(after), *only_title),
            "the points the other way round": (*new(after), *turned, out, out),
            "empty": new(after),
        },
        ways={
            "by the context menu": (
                *_show(after),
                *context,
                Await(_spot(after + 1, (1, 1))),
                *typed,
            ),
            "by a key": (*_show(after), Press("ctrl+m"), Await(_spot(after + 1, (1, 1))), *typed),
        },
        added=1,
    )
