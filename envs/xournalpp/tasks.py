"""Tasks of Xournal++: papers, minutes and forms that teachers, reviewers and clerks mark by hand.

What stands on a page is no widget, so places on it are pixels: files/home and the maximised window
fix where the page lies. Pages are 620 x 500 points, one to a pixel, so that one is in view at once.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass

from gym_anything.documents import papers
from gym_anything.documents.business import companies, people, products, working_days
from gym_anything.documents.papers import Paper
from gym_anything.intents import Steps, goal, guard, menu, on, route
from gym_anything.task import Await, Check, Click, Document, Drag, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

_LEFT, _TOP = 327, 136  # of the page of a notebook of one page, on the screen
_INKS = {"black": "#000000", "green": "#008000", "gray": "#808080"}
Place = tuple[float, float]


def _guards(paper: Paper, **allowed: JsonValue) -> tuple[Check, ...]:
    """Nothing else is changed, and no file is beside it."""
    folder, name = paper.path.rsplit("/", 1)
    return (
        guard("annotation.unchanged_except", path=paper.path, **allowed),
        guard("files.only", path=folder, names=[name]),
        guard("files.only", path=".", names=["Documents"]),
    )


@dataclass(frozen=True)
class Routes:
    """What the routes of a task do before they save."""

    solution: Steps
    misses: Mapping[str, Steps]
    variations: Mapping[str, Steps]


def _draft(paper: Paper, instruction: str, checks: tuple[Check, ...], routes: Routes) -> Draft:
    """A task of one notebook, saved by the toolbar or by a key, or not saved at all."""
    saved = Await(Target(role="frame", name=f"{paper.path.rsplit('/', 1)[1]} - Xournal++"))
    by_button, by_key = (on("Save"), saved), (Press("ctrl+s"), saved)
    return Draft(
        instruction=instruction,
        documents=(Document(paper.path, "annotation", paper.content),),
        open=(paper.path,),
        checks=checks,
        solution=(*routes.solution, *by_button),
        near_misses=(
            *(route(name, *steps, *by_button) for name, steps in routes.misses.items()),
            route("not saved", *routes.solution),
        ),
        variations=tuple(route(name, *steps, *by_key) for name, steps in routes.variations.items()),
    )


def _at(place: Place) -> tuple[int, int]:
    """A place of the first page on the screen."""
    return (round(_LEFT + place[0]), round(_TOP + place[1]))


def _click(place: Place, count: int = 1) -> Click:
    return Click(_at(place), count=count)


def _drag(start: Place, end: Place) -> Drag:
    return Drag(_at(start), _at(end))


def _tool(name: str) -> Click:
    return on(name, "toggle button")


_PEN, _HIGHLIGHTER = Press("ctrl+shift+p"), Press("ctrl+shift+h")
_TEXT, _SELECT_AREA, _SELECT = Press("ctrl+shift+t"), Press("ctrl+shift+r"), Press("ctrl+shift+o")
_RECTANGLE, _ELLIPSE = Press("ctrl+2"), Press("ctrl+3")


def open_document(path: str) -> Steps:
    """Open another document of home by input."""
    opened = Await(Target(role="frame", name=f"{path.rpartition('/')[2]} - Xournal++"))
    chooser = Await(Target(role="file chooser"))
    return (Press("ctrl+o"), chooser, Type(f"/home/user/{path}"), Press("enter"), opened)


def _day(rng: random.Random) -> dt.date:
    return working_days(rng, 1, dt.date(2024, 1, 8), dt.date(2027, 11, 26))[0]


_VERBS = ("is due on", "will be closed on", "comes up again on", "has to be sent by")


@template(skills=("drag", "canvas", "pixels", "toolbar"), occupation="43-0000", split="test-app")
def highlight_deadline(rng: random.Random) -> Draft:
    """A clerk highlights the line of the minutes that her own task stands in."""
    day = _day(rng)
    paper = Paper(f"Documents/minutes/minutes-{day}.xopp")
    paper.write(40, 28, f"Minutes of {day:%-d %B %Y}", size=18)
    topics = rng.sample(papers.TOPICS, 7)
    lines = []
    for at, topic in enumerate(topics):
        due = day + dt.timedelta(days=rng.randint(5, 60))
        lines.append(f"{at + 1}. The {topic} {rng.choice(_VERBS)} {due:%-d %B}.")
        paper.write(40, 85 + 45 * at, lines[at], size=13)
    at, other = rng.sample(range(7), 2)

    def along(line: int, start: float = 0.0, end: float = 1.0) -> Drag:
        wide, y = papers.width_of(lines[line], 13), 85 + 45 * line + 8
        return _drag((40 + wide * start, y), (40 + wide * end, y))

    box: JsonValue = [40, 85 + 45 * at, 40 + papers.width_of(lines[at], 13), 85 + 45 * at + 17]
    checks = (
        goal("annotation.highlighted", path=paper.path, page=1, box=box, slack=30, cover=0.75),
        *_guards(paper, may_gain=1),
    )
    routes = Routes(
        solution=(_tool("Highlighter"), along(at)),
        misses={
            "another line": (_tool("Highlighter"), along(other)),
            "half of the line": (_tool("Highlighter"), along(at, end=0.45)),
            "with the pen": (_tool("Pen"), along(at)),
            "two lines": (_tool("Highlighter"), along(at), along(other)),
        },
        variations={
            "by keyboard, from the right": (_HIGHLIGHTER, along(at, 1.0, 0.0)),
            "by the menu": (*menu("Tools", "Highlighter", role="check menu item"), along(at, 0.02)),
        },
    )
    instruction = (
        f"In the minutes {paper.path}, highlight the line about the {topics[at]} from end to end "
        "with one stroke of the highlighter, and save the minutes. Nothing else is to be marked."
    )
    return _draft(paper, instruction, checks, routes)


@template(skills=("drag", "canvas", "pixels", "toolbar"), occupation="13-0000", split="test-app")
def frame_amount(rng: random.Random) -> Draft:
    """A reviewer draws a frame around one amount of an invoice that she asks back about."""
    firm, listed = companies(rng, 1)[0], products(rng, 6)
    paper = Paper(f"Documents/review/invoice-{rng.randint(1000, 9999)}.xopp")
    paper.write(40, 28, f"Invoice of {firm.name}", size=16)
    amounts = [f"{product.price_cents / 100:,.2f} €" for product in listed]
    for at, product in enumerate(listed):
        paper.write(40, 90 + 58 * at, f"{product.sku}  {product.name}")
        paper.write(440, 90 + 58 * at, amounts[at], size=13)
    at, other = rng.sample(range(6), 2)
    ink, wrong = rng.sample(list(_INKS), 2)

    def framed(row: int, grown: float = 0.0) -> Drag:
        y, right = 90 + 58 * row, 450 + papers.width_of(amounts[row], 13)
        return _drag((430 - grown, y - 10 - grown), (right + grown, y + 26 + grown))

    box: JsonValue = [430, 80 + 58 * at, 450 + papers.width_of(amounts[at], 13), 116 + 58 * at]
    checks = (
        goal(
            *("annotation.outlined", 1.0),
            **{"path": paper.path, "page": 1, "box": box, "colour": _INKS[ink], "tolerance": 14},
        ),
        *_guards(paper, may_gain=1),
    )
    pen, shape = (_PEN, _tool(ink.title())), _tool("Draw Rectangle")
    by_menu = menu("Tools", "Draw Rectangle", role="check menu item")
    routes = Routes(
        solution=(*pen, shape, framed(at)),
        misses={
            "another amount": (*pen, shape, framed(other)),
            "in another colour": (_PEN, _tool(wrong.title()), shape, framed(at)),
            "an ellipse": (*pen, _ELLIPSE, framed(at)),
            "far too large": (*pen, shape, framed(at, grown=24)),
            "without a shape": (*pen, framed(at)),
        },
        variations={
            "by keyboard": (*pen, _RECTANGLE, framed(at)),
            "by the menu": (*pen, *by_menu, framed(at, grown=3)),
        },
    )
    instruction = (
        f"On the invoice {paper.path}, draw a {ink} rectangle closely around the amount of "
        f"{listed[at].name} ({listed[at].sku}), with the pen and a single shape, about 10 points "
        "of space on each side. Save it; no other mark is to be made."
    )
    return _draft(paper, instruction, checks, routes)


@template(skills=("canvas", "text", "pixels"), occupation="43-0000", split="test-app")
def fill_field(rng: random.Random) -> Draft:
    """A clerk writes the missing entry into its field of a scanned form."""
    person, day = people(rng, 1)[0], _day(rng)
    paper = Paper(f"Documents/forms/form-{rng.randint(1000, 9999)}.xopp")
    paper.write(40, 28, rng.choice(papers.FORMS), size=18)
    entries = {
        "Name": person.name,
        "Number": str(rng.randint(10_000, 99_999)),
        "From": f"{day:%d.%m.%Y}",
        "Until": f"{day + dt.timedelta(days=rng.randint(1, 20)):%d.%m.%Y}",
        "Room": f"{rng.choice('ABCD')}{rng.randint(100, 499)}",
    }
    names = rng.sample(list(entries), 5)
    missing, empty = rng.sample(range(5), 2)
    boxes = [(160, 85 + 72 * at, 300, 44) for at in range(5)]
    for at, name in enumerate(names):
        paper.write(40, 98 + 72 * at, name, size=13)
        paper.frame(boxes[at])
        if at not in (missing, empty):
            paper.write(172, 98 + 72 * at, entries[name])
    text = entries[names[missing]]
    x, y, wide, high = boxes[missing]

    def typed(at: int, what: str) -> Steps:
        return (_click((boxes[at][0] + 14, boxes[at][1] + 14)), Type(what), Press("escape"))

    area: JsonValue = [x - 2, y - 4, x + wide - 20, y + high - 6]
    checks = (
        goal(
            "annotation.written",
            path=paper.path,
            page=1,
            text=text,
            box=area,
            largest=18.0,
        ),
        *_guards(paper, may_gain=1),
    )
    further = (_click((x + 40, y + 20)), Type(text), Press("escape"))
    routes = Routes(
        solution=(_tool("Text"), *typed(missing, text)),
        misses={
            "in the other empty field": (_tool("Text"), *typed(empty, text)),
            "below the form": (_tool("Text"), _click((200, 470)), Type(text), Press("escape")),
            "with its label": (_tool("Text"), *typed(missing, f"{names[missing]}: {text}")),
            "in both fields": (_TEXT, *typed(missing, text), *typed(empty, text)),
        },
        variations={
            "by keyboard": (_TEXT, *typed(missing, text)),
            "further to the right": (_TEXT, *further),
        },
    )
    instruction = (
        f"In the form {paper.path}, the field {names[missing]} is still empty. Write “{text}” into "
        f"its box as a text, and save the form. The field {names[empty]} stays empty."
    )
    return _draft(paper, instruction, checks, routes)


_PUPIL_INKS = {"red": "#ff0000", "green": "#008000", "blue": "#3333cc", "orange": "#ff8000"}


@template(skills=("canvas", "pixels", "shortcut"), occupation="25-0000", split="test-app")
def delete_circle(rng: random.Random) -> Draft:
    """A teacher takes back one of the frames that she drew around answers of a test."""
    pupil = people(rng, 1)[0]
    paper = Paper(f"Documents/tests/test-{rng.randint(1, 99)}-{pupil.family.lower()}.xopp")
    paper.write(40, 28, f"Test of {pupil.name}", size=16)
    a = rng.randint(3, 9)
    sums = [(a + at, rng.randint(11, 48)) for at in range(6)]
    inks = rng.sample(list(_PUPIL_INKS), 4)
    boxes = []
    for at, (left, right) in enumerate(sums):
        x, y = 60 + 280 * (at % 2), 100 + 120 * (at // 2)
        boxes.append((x - 15, y - 15, 190, 50))
        answer = left * right + rng.choice((0, 0, 0, 1, 10))
        paper.write(x, y, f"{left} × {right} = {answer}", size=16)
    framed = rng.sample(range(6), 4)
    marks = {
        at: paper.frame(boxes[at], _PUPIL_INKS[ink]) for at, ink in zip(framed, inks, strict=True)
    }
    at, other = framed[0], framed[1]

    def edge(which: int) -> Place:
        x, y, _, high = boxes[which]
        return (x, y + high / 2)

    def lassoed(which: int) -> Drag:
        x, y, wide, high = boxes[which]
        return _drag((x - 10, y - 10), (x + wide + 10, y + high + 10))

    text = _click((boxes[at][0] + 40, boxes[at][1] + 25))
    lose: JsonValue = [[1, marks[at]]]
    checks = (
        goal("annotation.gone", path=paper.path, page=1, marks=[marks[at]]),
        *_guards(paper, may_lose=lose),
    )
    delete = Press("delete")
    routes = Routes(
        solution=(_SELECT, _click(edge(at)), delete),
        misses={
            "another frame": (_SELECT, _click(edge(other)), delete),
            "the answer too": (_SELECT_AREA, lassoed(at), delete),
            "the answer instead": (_SELECT, text, delete),
            "both frames": (_SELECT, _click(edge(at)), delete, _click(edge(other)), delete),
        },
        variations={
            "cut out": (_SELECT, _click(edge(at)), on("Cut")),
            "by the menu": (
                *menu("Tools", "Select Object", role="check menu item"),
                _click(edge(at)),
                *menu("Edit", "Delete"),
            ),
        },
    )
    instruction = (
        f"In the test {paper.path}, the {inks[0]} frame around an answer was drawn by mistake. "
        "Delete that frame and save the test. The answer in it and all other frames stay."
    )
    return _draft(paper, instruction, checks, routes)


@template(skills=("drag", "canvas", "pixels"), occupation="25-0000", split="test-app")
def move_label(rng: random.Random) -> Draft:
    """A teacher drags a label of a worksheet into the frame that it belongs to."""
    paper = Paper(f"Documents/worksheets/sheet-{rng.randint(1, 999):03d}.xopp")
    paper.write(40, 28, "Put each word into the frame of its part.")
    letters, names = rng.sample("ABCDEF", 4), rng.sample(papers.PARTS, 4)
    boxes = [(60 + 290 * (at % 2), 90 + 130 * (at // 2), 200, 90) for at in range(4)]
    for letter, (x, y, wide, high) in zip(letters, boxes, strict=True):
        paper.frame((x, y, wide, high))
        paper.write(x + 6, y + 4, letter, size=14)
    starts = [(40 + 145 * at, 400 + rng.randint(0, 40)) for at in range(4)]
    marks = [paper.write(*starts[at], names[at], size=14) for at in range(4)]
    at, other = rng.sample(range(4), 2)
    target, wrong = rng.sample(range(4), 2)

    def into(label: int, box: int, right: float = 60, down: float = 40) -> Steps:
        grip = (starts[label][0] + 12, starts[label][1] + 9)
        end = (boxes[box][0] + right + 12, boxes[box][1] + down + 9)
        beside = (grip[0] + 14, grip[1] + 2)  # elsewhere: a second click there would open the text
        return (_click(grip), _drag(beside, (end[0] + 14, end[1] + 2)), _click((580, 480)))

    x, y, _, _ = boxes[target]
    checks = (
        goal(
            *("annotation.moved", 1.0),
            **{"path": paper.path, "page": 1, "mark": marks[at], "to": [x + 62, y + 38]},
            **{"tolerance": 45},
        ),
        *_guards(paper, may_lose=[[1, marks[at]]], may_gain=1),
    )
    lassoed = _drag(
        (starts[at][0] - 8, starts[at][1] - 8), (starts[at][0] + 100, starts[at][1] + 28)
    )
    routes = Routes(
        solution=(_SELECT, *into(at, target)),
        misses={
            "another label": (_SELECT, *into(other, target)),
            "into another frame": (_SELECT, *into(at, wrong)),
            "above the frame": (_SELECT, *into(at, target, down=-32)),
            "two labels": (_SELECT, *into(at, target), *into(other, wrong)),
        },
        variations={
            "by an area": (_SELECT_AREA, lassoed, *into(at, target)[1:]),
            "elsewhere in the frame": (_SELECT, *into(at, target, right=70, down=45)),
        },
    )
    instruction = (
        f"On the worksheet {paper.path}, the label “{names[at]}” belongs into the frame "
        f"{letters[target]}. Move it about into the middle of that frame, and save the worksheet. "
        "The other labels stay where they are."
    )
    return _draft(paper, instruction, checks, routes)


@template(skills=("pixels", "menu", "scroll"), occupation="13-0000", split="test-app")
def delete_page(rng: random.Random) -> Draft:
    """A reviewer takes a page out of a bundle before it is handed on."""
    paper = Paper(f"Documents/bundles/bundle-{rng.randint(1000, 9999)}.xopp")
    heads = rng.sample(papers.CHAPTERS, 4)
    for at, head in enumerate(heads):
        if at:
            paper.new_page()
        paper.write(40, 28, head, size=20)
        for row in range(rng.randint(2, 5)):
            paper.write(40, 90 + 40 * row, papers.note(rng, 75))
    at = rng.randint(1, 3)
    down, up = on("Next"), on("Back", nth=0)
    to_page, delete = (down,) * at, menu("Journal", "Delete Page")
    left: list[JsonValue] = [number + 1 for number in range(4) if number != at]
    checks = (
        goal("annotation.pages", path=paper.path, origins=left),
        *_guards(paper, origins=left),
    )
    beyond = (down,) * (at + 1) if at < 3 else (down,) * (at - 1)
    routes = Routes(
        solution=(*to_page, *delete),
        misses={
            "the first page": delete,
            "the next or last but one": (*beyond, *delete),
            "two pages": (*to_page, *delete, *delete),
            "emptied only": (*to_page, Press("ctrl+a"), Press("delete")),
        },
        variations={
            "by the toolbar": (*to_page, on("Delete current page")),
            "from the end": (
                on("Go to last page"),
                *(up,) * (3 - at),
                Press("ctrl+shift+delete"),
            ),
        },
    )
    instruction = (
        f"The bundle {paper.path} is to be handed on without the page headed “{heads[at]}”. Delete "
        "that page and save the bundle; the other pages stay as they are."
    )
    return _draft(paper, instruction, checks, routes)


_PAPERS = {"ruled": "Ruled", "staves": "Staves", "graph": "Graph", "dotted": "Dotted"}


@template(skills=("submenu", "pixels", "menu"), occupation="25-0000", split="test-app")
def set_paper(rng: random.Random) -> Draft:
    """A teacher gives the answer page of a test the paper that pupils are to write on."""
    paper = Paper(f"Documents/answers/answers-{rng.randint(1000, 9999)}.xopp")
    heads = rng.sample(("Tasks", "Answers", "Sketches", "Calculations", "Notes", "Essay"), 3)
    for number, head in enumerate(heads):
        if number:
            paper.new_page()
        paper.write(40, 28, head, size=20)
        paper.write(40, 80, papers.note(rng, 75))
    at = rng.randint(0, 2)
    style, wrong = rng.sample(list(_PAPERS), 2)
    down = on("Next")
    checks = (
        goal("annotation.paper", path=paper.path, page=at + 1, style=style, colour="#ffffff"),
        *_guards(paper, paper_of=[at + 1]),
    )

    def given(kind: str) -> Steps:
        return menu("Journal", "Paper Background", _PAPERS[kind], role="check menu item")

    other = (at + 1) % 3
    routes = Routes(
        solution=(*(down,) * at, *given(style)),
        misses={
            "another page": (*(down,) * other, *given(style)),
            "another paper": (*(down,) * at, *given(wrong)),
            "all pages": (*given(style), down, *given(style), down, *given(style)),
            "only a page more": (*(down,) * at, *menu("Journal", "New Page After")),
        },
        variations={
            "after another paper": (*(down,) * at, *given(wrong), *given(style)),
            "from the end": (
                on("Go to last page"),
                *(on("Back", nth=0),) * (2 - at),
                *given(style),
            ),
        },
    )
    instruction = (
        f"In {paper.path}, the page headed “{heads[at]}” is to have {style} paper instead of plain "
        "paper, in white. Change the background of that page only, and save it."
    )
    return _draft(paper, instruction, checks, routes)


@template(skills=("canvas", "text", "pixels"), occupation="25-0000", split="test-app")
def correct_grade(rng: random.Random) -> Draft:
    """A teacher corrects the points that she wrote beside one answer."""
    pupil = people(rng, 1)[0]
    paper = Paper(f"Documents/grading/exam-{pupil.family.lower()}-{rng.randint(1, 99)}.xopp")
    paper.write(40, 28, f"Exam of {pupil.name}", size=16)
    points = [rng.randint(1, 9) for _ in range(6)]
    marks = []
    for at, value in enumerate(points):
        y = 90 + 62 * at
        paper.write(40, y, f"Question {at + 1}: {papers.note(rng, 40)}")
        marks.append(paper.write(500, y, f"{value} points", size=13, colour="#ff0000ff"))
    at, other = rng.sample(range(6), 2)
    new = rng.choice([value for value in range(2, 13) if value != points[at]])
    text = f"{new} points"

    def typed(row: int, what: str) -> Steps:
        into = _click((520, 90 + 62 * row + 9))
        return (into, Press("ctrl+a"), Type(what), Press("escape"))

    checks = (
        goal("annotation.reads", path=paper.path, page=1, mark=marks[at], text=text),
        *_guards(paper, may_lose=[[1, marks[at]]], may_gain=1),
    )
    into = _click((520, 90 + 62 * at + 9))
    by_keys = (into, Press("end"), *(Press("backspace"),) * 8, Type(text), Press("escape"))
    beside = (_click((590, 90 + 62 * at + 9)), Type(str(new)), Press("escape"))
    routes = Routes(
        solution=(_tool("Text"), *typed(at, text)),
        misses={
            "beside another answer": (_tool("Text"), *typed(other, text)),
            "only the number": (_tool("Text"), *typed(at, str(new))),
            "over the question": (_TEXT, _click((60, 99 + 62 * at)), *typed(at, text)[1:]),
            "written beside it": (_TEXT, *beside),
        },
        variations={
            "by keyboard": (_TEXT, *typed(at, text)),
            "letter by letter": (_TEXT, *by_keys),
        },
    )
    instruction = (
        f"In the exam {paper.path}, question {at + 1} was given {points[at]} points by mistake: "
        f"change the red remark beside it so that it reads “{text}”, in its place and colour, and "
        "save the exam."
    )
    return _draft(paper, instruction, checks, routes)
