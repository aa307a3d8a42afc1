"""Tasks of LibreOffice Writer: notices, reports, procedures and agreements that offices revise.

Every document is an .odt file of about one page. Its paragraphs are widgets, found by their number,
and what the task is about stands on the part of the page that is in view.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from gym_anything import content
from gym_anything.documents import business
from gym_anything.documents.album import MOTIFS, scene
from gym_anything.documents.scans import meter
from gym_anything.intents import Steps, menu, on
from gym_anything.task import Click, Drag, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

_pages = content.load_module(Path(__file__).with_name("pages.py"))
_Text, _ROOMS, _SUBJECTS, _LEFT = _pages.Text, _pages.ROOMS, _pages.SUBJECTS, _pages.LEFT
_path, _day, _written, _prose = _pages.path, _pages.day, _pages.written, _pages.prose
_into, _line, _mark = _pages.into, _pages.line, _pages.mark
_check, _draft = _pages.check, _pages.draft
open_document = _pages.open_document

Block: TypeAlias = dict[str, JsonValue]

_ARROW = (0.3, 0.5)  # of a button whose right part opens a menu
_ENTRY = (0.2, 0.5)  # of a spin button, whose right part is its buttons

# Templates ----------------------------------------------------------------------------------------

_PARTS = (
    *("Situation", "What has been done", "Costs", "Open questions", "Next steps", "Staff"),
    *("Rooms and equipment", "Safety", "Complaints", "Outlook", "Deliveries", "Training"),
)


@template(skills=("format", "canvas", "toolbar"), occupation="43-0000")
def heading_styles(rng: random.Random) -> Draft:
    """A secretary makes the plain titles of a report's sections headings, for its contents."""
    day, subjects = _day(rng), rng.sample(_SUBJECTS, 4)
    author = business.people(rng, 1)[0].name
    titles = rng.sample(_PARTS, 4)
    blocks: list[Block] = [{"text": f"Report on {subjects[0]}", "style": "Title"}]
    blocks += [{"text": f"{author}, {_written(day)}"}]
    for at, (title, subject) in enumerate(zip(titles, subjects, strict=True)):
        blocks.append({"text": title, "style": "Heading 1"} if at == 0 else {"text": title})
        blocks.append({"text": _prose(rng, subject, 1)})
    text = _Text(_path(rng, "Reports", "report", day.year), tuple(blocks), {})
    plain = titles[1:]
    texts = [str(block["text"]) for block in blocks]
    below = texts[texts.index(plain[0]) + 1]

    def each(step: Steps, chosen: Sequence[str] = tuple(plain)) -> Steps:
        """Do something in titles, from the last on: a heading is no paragraph any more."""
        return tuple(intent for title in reversed(chosen) for intent in (_into(text, title), *step))

    key = (Press("ctrl+1"),)
    box = Click(Target(role="text", window=text.name, nth=0), count=3)
    by_hand = (Press("Home"), Press("shift+End"), on("Bold", "toggle button"))
    named = ", ".join(f"“{title}”" for title in plain[:-1]) + f" and “{plain[-1]}”"
    return _draft(
        text,
        f"In {text.name} only the first section has a proper heading. Give the lines {named} the "
        f"paragraph style Heading 1 too, as “{titles[0]}” has it.",
        goals=[_check("paragraph_style", text, text=title, style="Heading 1") for title in plain],
        does=each(key),
        wrong={
            "one left out": each(key, plain[1:]),
            "as Heading 2": each((Press("ctrl+2"),)),
            "only made bold": each(by_hand),
            "the text below too": (_into(text, below), *key, *each(key, plain)),
        },
        ways={
            "in the box of styles": each((box, Type("Heading 1\n"))),
            "by menu": each(menu("Styles", "Heading 1", role="radio menu item")),
        },
        looks=list(plain),
        may=["style", "bold", "size_pt", "font", "spacing"],
    )


_TERMS = (
    *(("Supplier", "Contractor"), ("Tenant", "Lessee"), ("Buyer", "Customer")),
    *(("Dealer", "Broker"), ("Author", "Writer"), ("Teacher", "Instructor")),
    *(("Client", "Principal"), ("Lender", "Bank"), ("Carrier", "Haulier")),
)
_CLAUSES = (
    "The {0} delivers what is listed in the annex by {3}.",
    "Payment to the {0} falls due thirty days after the invoice and amounts to {4} €.",
    "The {0} tells {1} at once of anything that stands in the way of the work.",
    "{1} may end this agreement at the end of any quarter; the {0} may do so as well.",
    "Keys and papers that were handed to the {0} remain the property of {1}.",
    "The liability of the {0} is limited to {4} € for each case.",
    "Letters to the {0} are sent to {1}, and are deemed received on the third day.",
    "The {0} keeps all figures secret, also after {3}.",
)


@template(skills=("search", "replace", "dialog"), occupation="23-0000")
def replace_term(rng: random.Random) -> Draft:
    """A paralegal changes the name of a party throughout an agreement; one plural must stay."""
    old, new = rng.choice(_TERMS)
    firm, person = business.companies(rng, 1)[0], business.people(rng, 1)[0].name
    clauses = [
        clause.format(old, person, "", _written(_day(rng)), f"{rng.randint(2, 90)},000.00")
        for clause in rng.sample(_CLAUSES, rng.randint(4, 6))
    ]
    lower = f"This does not hold for {old}s of {firm.name}, nor for any other {old.lower()}."
    clauses.insert(rng.randint(2, len(clauses)), lower)
    blocks: list[Block] = [{"text": "Agreement", "style": "Title"}]
    blocks.append({"text": f"between {person}, {firm.address.city}, and {firm.name} ({old})"})
    for number, clause in enumerate(clauses, start=1):
        blocks.append({"text": f"{number}. {clause}", "align": "justify"})
    text = _Text(_path(rng, "Agreements", "agreement", old), tuple(blocks), {"header": "Draft"})

    def fill_in(find: str) -> Steps:
        return (
            *(Press("ctrl+h"), on("Find:", "text", count=3), Type(find)),
            *(on("Replace:", "text", count=3), Type(new)),
        )

    case = on("Match case", "check box")
    words = on("Whole words only", "check box")
    close = on("Close", window="Find and Replace")
    every = (on("Replace All"), close)
    pattern = on("Regular expressions", "check box")
    one = (on("Find Next"), on("Replace"), close)
    touched = [str(block["text"]) for block in blocks if _has_word(str(block["text"]), old)]
    return _draft(
        text,
        f"In {text.name} the party “{old}” is to be called “{new}”. Replace the word wherever it "
        f"stands with a capital letter; “{old}s” and “{old.lower()}” mean others and stay.",
        goals=[_check("replaced", text, old=old, new=new, whole_words=True)],
        does=(*fill_in(old), case, words, *every),
        wrong={
            "inside the plural too": (*fill_in(old), case, *every),
            "in small letters too": (*fill_in(old), words, *every),
            "only the first": (*fill_in(old), case, words, *one),
            "dialog closed": (*fill_in(old), case, words, close),
        },
        ways={
            "by a regular expression": (*fill_in(rf"\b{old}\b"), case, pattern, *every),
            "options first": (
                *(Press("ctrl+h"), case, words),
                *(on("Find:", "text", count=3), Type(old)),
                *(on("Replace:", "text", count=3), Type(new), *every),
            ),
        },
        texts=list[JsonValue](touched),
        added=list[JsonValue](_renamed(each, old, new) for each in touched),
    )


def _has_word(text: str, word: str) -> bool:
    return _renamed(text, word, "") != text


def _renamed(text: str, old: str, new: str) -> str:
    """The text with a word replaced, but not its plural."""
    kept = text.replace(f"{old}s", "\0")
    return kept.replace(old, new).replace("\0", f"{old}s")


_CLOSURES = ("Stocktaking", "Works meeting", "Fire drill", "Power cut", "Flu vaccination", "Move")


@template(skills=("format", "drag", "toolbar", "canvas"), occupation="43-0000")
def emphasise_line(rng: random.Random) -> Draft:
    """An office clerk makes the line of a notice stand out that people look for."""
    what, day = rng.choice(_CLOSURES), _day(rng)
    hours = f"{rng.randint(7, 11)}:{rng.choice(('00', '15', '30'))}"
    lines = [
        f"{day:%A}, {_written(day)}, from {hours} o’clock",
        f"Place: {rng.choice(_ROOMS)}, room {rng.randint(100, 420)}",
        f"Ask: {business.people(rng, 1)[0].name}, extension {rng.randint(200, 899)}",
    ]
    rng.shuffle(lines)
    wanted, other = rng.sample(lines, 2)
    blocks: list[Block] = [{"text": f"{what}: notice to all staff", "style": "Heading 1"}]
    blocks.append({"text": _prose(rng, rng.choice(_SUBJECTS), 2)})
    blocks += [{"text": line} for line in lines]
    blocks.append({"text": _prose(rng, rng.choice(_SUBJECTS), 2)})
    text = _Text(_path(rng, "Notices", what.replace(" ", "-")), tuple(blocks), {})
    bold, centre = on("Bold", "toggle button"), on("Center", "toggle button")
    marked = _mark(text, wanted, wanted)
    return _draft(
        text,
        f"In the notice {text.name}, set the line “{wanted}” in bold and centre it.",
        goals=[
            _check("look", text, text=wanted, bold=True),
            _check("layout", text, text=wanted, align="center"),
        ],
        does=(*marked, bold, centre),
        wrong={
            "only bold": (*marked, bold),
            "only centred": (*marked, centre),
            "in italics": (*marked, on("Italic", "toggle button"), centre),
            "another line": (*_mark(text, other, other), bold, centre),
            "everything": (Press("ctrl+a"), bold, centre),
            "set right": (*marked, bold, on("Right", "toggle button")),
        },
        ways={
            "by keys": (*_line(text, wanted), Press("ctrl+b"), Press("ctrl+e")),
            "centred first": (_into(text, wanted), centre, *_line(text, wanted), bold),
        },
        looks=[wanted],
        may=["bold", "align"],
    )


_STEPS = (
    *("Switch off the main switch and wait until the lamp is dark.", "Open the flap on the left."),
    *("Take out the empty cartridge.", "Shake the new cartridge five times.", "Close the flap."),
    *("Enter your number and confirm.", "Put the sheets into the upper tray, face down."),
    *("Write down the meter reading.", "Wipe the glass with a dry cloth.", "Lock the cabinet."),
    *("Print a test page and put it into the folder.", "Tell the front desk that it is done."),
    *("Count the cash twice.", "Sign the list on the door.", "Let the machine cool down."),
)
_MACHINES = ("copier", "franking machine", "till", "shredder", "laminator", "label printer")


@template(skills=("list", "drag", "toolbar"), occupation="43-0000")
def number_steps(rng: random.Random) -> Draft:
    """An administrator turns the lines of an instruction into numbered steps."""
    machine, count = rng.choice(_MACHINES), rng.randint(4, 7)
    steps = rng.sample(_STEPS, count)
    intro = f"In this order, says {business.people(rng, 1)[0].name}, who looks after the {machine}:"
    after = f"If that does not help, call extension {rng.randint(200, 899)}."
    blocks: list[Block] = [{"text": f"How to service the {machine}", "style": "Heading 1"}]
    blocks.append({"text": _prose(rng, f"the {machine}", 1)})
    blocks += [{"text": each} for each in (intro, *steps, after)]
    text = _Text(_path(rng, "Procedures", machine.replace(" ", "-")), tuple(blocks), {})
    ordered, bullets = on("Ordered List", at=_ARROW), on("Unordered List", at=_ARROW)
    typed = tuple(
        intent
        for number, step in enumerate(steps, start=1)
        for intent in (_into(text, step), Press("Home"), Type(f"{number}) "))
    )
    by_keys = (
        *(_into(text, steps[0]), Press("Home")),
        *(*(Press("shift+Down"),) * (count - 1), Press("shift+End"), ordered),
    )
    upwards = Drag(text.place(steps[-1], (0.8, 0.5)), text.place(steps[0], (_LEFT, 0.35)))
    return _draft(
        text,
        f"In {text.name}, make the {count} steps, from “{steps[0]}” to “{steps[-1]}”, a numbered "
        "list. The lines before and after them are no steps.",
        goals=[_check("listed", text, texts=list(steps), kind="number")],
        does=(*_mark(text, steps[0], steps[-1]), ordered),
        wrong={
            "with bullets": (*_mark(text, steps[0], steps[-1]), bullets),
            "the last step left out": (*_mark(text, steps[0], steps[-2]), ordered),
            "the line before them too": (*_mark(text, intro, steps[-1]), ordered),
            "the line after them too": (*_mark(text, steps[0], after), ordered),
            "numbers typed": typed,
        },
        ways={"by keys": by_keys, "from the end": (upwards, ordered)},
        looks=list(steps),
        may=["list", "indent"],
    )


_POSITIONS = (
    *("Paint", "Wallpaper", "Flooring", "Lamps", "Cable", "Switches", "Labour", "Transport"),
    *("Scaffolding", "Disposal", "Plaster", "Doors", "Blinds", "Cleaning", "Tiles"),
)


def _euros(number: int) -> str:
    return f"{number:,}.00"


@template(skills=("table", "menu", "arithmetic"), occupation="43-0000")
def insert_row(rng: random.Random) -> Draft:
    """A clerk adds a position to the table of an estimate and corrects the total."""
    customer, count = business.companies(rng, 1)[0], rng.randint(3, 6)
    *names, added = rng.sample(_POSITIONS, count + 1)
    amounts = [rng.randrange(80, 4_000, 5) for _ in names]
    extra, days = rng.randrange(80, 2_000, 5), [rng.randint(1, 12) for _ in range(count + 1)]
    rows = [["Position", "Days", "Amount (€)"]]
    rows += [
        [name, str(each), _euros(amount)]
        for name, each, amount in zip(names, days, amounts, strict=False)
    ]
    total = ["Total", str(sum(days[:-1])), _euros(sum(amounts))]
    line = [added, str(days[-1]), _euros(extra)]
    final = ["Total", str(sum(days)), _euros(sum(amounts) + extra)]
    table: JsonValue = [list[JsonValue](row) for row in (*rows, total)]
    blocks: list[Block] = [{"text": "Estimate", "style": "Heading 1"}]
    blocks.append({"text": f"for {customer.name}, {customer.address.city}"})
    blocks.append({"table": table, "name": "Positions", "widths": [9, 3, 5]})
    blocks.append({"text": _prose(rng, rng.choice(_SUBJECTS), 2)})
    text = _Text(_path(rng, "Estimates", "estimate", _day(rng).year), tuple(blocks), {})
    bottom = len(rows) + 1

    def cell(column: str, row: int) -> Click:
        return Click(Target(role="table cell", name=f"{column}{row}", at=(0.1, 0.5)))

    def enter(row: int, values: Sequence[str]) -> Steps:
        """Type a row of empty cells."""
        return (cell("A", row), Type("\t".join(values)))

    def correct(row: int, values: Sequence[str] = final) -> Steps:
        """Type over the totals of a row."""
        return tuple(
            intent
            for column, value in zip("BC", values[1:], strict=True)
            for intent in (cell(column, row), Press("Home"), Press("shift+End"), Type(value))
        )

    def insert(row: int, where: str) -> Steps:
        item = on(where, "menu item")
        return (cell("A", row), on("Table", "menu"), on("Insert", "menu", nth=1), item)

    above = (*insert(bottom, "Rows Above"), *enter(bottom, line))
    appended = (cell("C", bottom), Press("End"), Type("\t" + "\t".join(final)))
    at_end = (cell("C", bottom), Press("End"), Type("\t" + "\t".join(line)))
    wanted: JsonValue = [list[JsonValue](row) for row in (*rows, line, final)]
    same = final[:2] + total[2:]
    return _draft(
        text,
        f"Add one more position to the table in {text.name}, in a row of its own right above the "
        f"total: {added}, {days[-1]} days, {_euros(extra)} €. Correct both totals accordingly.",
        goals=[
            _check("contains", text, text=added, count=1),
            _check("table", text, 2.0, rows=wanted, name="Positions"),
        ],
        does=(*above, *correct(bottom + 1)),
        wrong={
            "the totals not corrected": above,
            "only the days corrected": (*above, *correct(bottom + 1, same)),
            "below the total": (*at_end, *correct(bottom)),
            "the last position overwritten": (
                *(cell("A", bottom - 1), Press("Home"), Press("shift+End"), Type(added)),
                *correct(bottom - 1, line),
            ),
        },
        ways={
            "a new total below": (
                *(*appended, cell("A", bottom), Press("Home"), Press("shift+End"), Type(added)),
                *correct(bottom, line),
            ),
            "the total first": (*correct(bottom), *above),
        },
        tables=["Positions"],
    )


_PLACES = (
    *("Boiler room", "Laundry", "Garden", "Garage", "Kitchen", "Bakery", "Hairdresser", "Cellar"),
    *("Flat 1", "Flat 2", "Flat 3", "Flat 4", "Flat 5", "Doctor’s practice", "Bicycle shop"),
)
_PHOTO_CM = 5.4  # so that three stand in a line


@template(skills=("pixels", "table"), occupation="43-0000")
def enter_reading(rng: random.Random) -> Draft:
    """An office clerk enters the reading of a meter that there is only as a photo."""
    day, house = _day(rng), business.address(rng)
    places = rng.sample(_PLACES, rng.randint(5, 6))
    meters = [f"{number:06d}" for number in rng.sample(range(100_000, 999_999), len(places))]
    before = [rng.randint(120, 8_000) for _ in places]
    now = [each + rng.randint(12, 480) for each in before]
    litres = [rng.randint(100, 999) for _ in places]
    photos = rng.sample(range(len(places)), 3)
    at, other = rng.sample(photos, 2)
    rows = [["Meter", "Place", "Last year", "Reading"]]
    rows += [list(map(str, row)) for row in zip(meters, places, before, now, strict=True)]
    blank = [[*row[:3], ""] if row[0] == meters[at] else row for row in rows]
    shown: list[JsonValue] = [
        {"picture": meter(rng, meters[each], now[each], litres[each]), "width": _PHOTO_CM}
        for each in photos
    ]
    blocks: list[Block] = [{"text": f"Water meters, {house.street}", "style": "Heading 1"}]
    blocks.append({"text": f"Readings of {_written(day)} in whole cubic metres."})
    blocks.append({"table": blank, "name": "Meters", "widths": [4, 5, 4, 4]})
    blocks += [{"text": "Photos of the same day:"}, {"text": shown}]
    blocks.append({"text": _prose(rng, rng.choice(_SUBJECTS), 2)})
    text = _Text(_path(rng, "Meters", "meters", house.city, day.year), tuple(blocks), {})

    def enter(value: object, column: str = "D", row: int = at + 2) -> Steps:
        """Put a value in place of what a cell has."""
        cell = Click(Target(role="table cell", name=f"{column}{row}", at=(0.1, 0.5)))
        return (cell, Press("Home"), Press("shift+End"), Type(str(value)))

    beside = Click(Target(role="table cell", name=f"C{at + 2}", at=(0.1, 0.5)))
    return _draft(
        text,
        f"In {text.name} the reading of the meter {meters[at]} is still missing. Take it from its "
        "photo, in whole cubic metres (the black digits only), and enter it in the table, written "
        "like the other readings.",
        goals=[_check("table", text, rows=list[JsonValue](rows), name="Meters")],
        does=enter(now[at]),
        wrong={
            "with the litres": enter(f"{now[at]}{litres[at]}"),
            "of another meter": enter(now[other]),
            "the number of the meter": enter(meters[at]),
            "over last year’s": enter(now[at], "C"),
            "in another row": enter(now[at], row=other + 2),
        },
        ways={
            "by the tabulator": (beside, Press("Tab"), Type(str(now[at]))),
            "corrected": (*enter(now[other]), *enter(now[at])),
        },
        tables=["Meters"],
    )


_ALBUMS = (
    "calendar",
    "brochure",
    "annual report",
    "exhibition",
    "web site",
    "town guide",
    "poster",
)


@template(skills=("pixels", "canvas", "delete"), occupation="27-0000", split="validation")
def remove_photo(rng: random.Random) -> Draft:
    """An editor takes the one photo out of a selection that may not be printed."""
    use, day, trip = rng.choice(_ALBUMS), _day(rng), business.address(rng).city
    wanted = rng.choice(list(MOTIFS))
    rest = [motif for motif in MOTIFS if motif != wanted]
    motifs = [*rest, *rng.choices(rest, k=2), wanted]
    rng.shuffle(motifs)
    at = motifs.index(wanted)
    beside, far = (at + 1) % 6, (at + 3) % 6
    photos = [{"picture": scene(rng, motif), "width": _PHOTO_CM} for motif in motifs]
    by = business.people(rng, 1)[0].name
    blocks: list[Block] = [{"text": f"Photos for the {use}", "style": "Heading 1"}]
    blocks.append({"text": f"Taken near {trip} by {by}, selected on {_written(day)}."})
    blocks += [{"text": list[JsonValue](photos[:3])}, {"text": list[JsonValue](photos[3:])}]
    blocks.append({"text": _prose(rng, rng.choice(_SUBJECTS), 2)})
    text = _Text(_path(rng, "Photos", use.replace(" ", "-"), day.year), tuple(blocks), {})

    def photo(number: int) -> Click:
        return Click(Target(role="image", nth=number))

    def delete(*numbers: int) -> Steps:
        """Delete photos, the last one first."""
        chosen = sorted(numbers, reverse=True)
        return tuple(step for number in chosen for step in (photo(number), Press("Delete")))

    moved = (photo(at), on("Cut"), _into(text, str(blocks[-1]["text"])), Press("ctrl+v"))
    return _draft(
        text,
        f"One of the photos in {text.name} shows a {wanted}, whose owner does not agree that it "
        "is printed. Delete this photo; the other ones and the text stay as they are.",
        goals=[_check("pictures_gone", text, numbers=[at + 1])],
        does=delete(at),
        wrong={
            "the photo beside it": delete(beside),
            "that photo and another": delete(at, far),
            "moved to the end": moved,
            "selected only": (photo(at),),
        },
        ways={
            "cut": (photo(at), on("Cut")),
            "by menu": (photo(at), *menu("Edit", "Cut")),
        },
        pictures=[at + 1],
    )


_REVISIONS = (
    ("The office opens at ", "eight", "nine", " on working days."),
    ("Invoices are paid within ", "thirty", "twenty", " days of receipt."),
    ("Travel above ", "300", "500", " € needs a signature beforehand."),
    ("Leave is asked for ", "two", "three", " weeks in advance."),
    ("Visitors are met at the ", "gate", "front desk", " and sign the list."),
    ("Files are kept for ", "six", "ten", " years and then shredded."),
    ("Orders up to ", "1,000", "1,500", " € need one offer only."),
    ("Minutes are sent out within ", "ten", "five", " days."),
    ("The company car is booked with the ", "stores", "post room", " the day before."),
    ("Complaints are answered within ", "a week", "three days", " in writing."),
)
_TRACK = ("Edit", "Track Changes")


@template(skills=("review", "menu", "submenu"), occupation="23-0000", split="validation")
def review_changes(rng: random.Random) -> Draft:
    """A legal assistant settles the tracked changes of two people in house rules."""
    editor, guest = (person.name for person in business.people(rng, 2))
    rules = rng.sample(_REVISIONS, rng.randint(4, 5))
    authors = ([editor, guest] * 3)[: len(rules)]
    rng.shuffle(authors)
    blocks: list[Block] = [{"text": "House rules", "style": "Heading 1"}]
    blocks.append({"text": f"Draft of {_written(_day(rng))}, changes tracked"})
    settled = []
    for (before, old, new, after), author in zip(rules, authors, strict=True):
        added = rng.random() < 0.6  # one change a paragraph: a word more, or one less
        kind, lost = ("inserted", f"{old} or ") if added else ("deleted", f"{new} or ")
        kept = new if added else old
        tracked: Block = {kind: lost, "author": author}
        blocks.append({"text": [before, tracked, f"{kept}{after}"]})
        stays = added == (author == editor)
        settled.append(f"{before}{lost if stays else ''}{kept}{after}")
    blocks.append({"text": _prose(rng, rng.choice(_SUBJECTS), 2)})
    text = _Text(_path(rng, "Rules", "house-rules", _day(rng).year), tuple(blocks), {})
    goes = [f"{'Accept' if author == editor else 'Reject'}" for author in authors]
    flipped = [{"Accept": "Reject", "Reject": "Accept"}[each] for each in goes]

    def settle(choices: Sequence[str]) -> Steps:
        moved = (menu(*_TRACK, f"{each} and Move to Next") for each in choices[:-1])
        steps = tuple(intent for item in moved for intent in item)
        return (*menu(*_TRACK, "Next"), *steps, *menu(*_TRACK, choices[-1]))

    def singly(choices: Sequence[str], there: str) -> Steps:
        return tuple(
            intent for each in choices for intent in (*menu(*_TRACK, there), *menu(*_TRACK, each))
        )

    bar = on("Track Changes Functions", "toggle button")
    wanted = [str(blocks[0]["text"]), str(blocks[1]["text"]), *settled, str(blocks[-1]["text"])]
    shown = [_shown(block) for block in blocks]
    return _draft(
        text,
        f"The house rules in {text.name} have tracked changes by {editor} and by {guest}. Accept "
        f"all changes of {editor} and reject all changes of {guest}, so that none is left.",
        goals=[
            _check("tracked", text, left=0),
            _check("paragraphs", text, 2.0, texts=list[JsonValue](wanted)),
        ],
        does=settle(goes),
        wrong={
            "all accepted": menu(*_TRACK, "Accept All"),
            "all rejected": menu(*_TRACK, "Reject All"),
            "the wrong way round": settle(flipped),
            "the last one left": settle(goes[:-1]),
        },
        ways={
            "one by one": singly(goes, "Next"),
            "from the end": (Press("ctrl+End"), *singly(goes[::-1], "Previous")),
            "by the toolbar": (
                *(bar, on("Next")),
                *(on(f"{each} and Move to Next") for each in goes),
                bar,
            ),
        },
        texts=list[JsonValue](shown[2:-1]),
        added=list[JsonValue](settled),
        aspects=["changes"],
    )


def _shown(block: Block) -> str:
    """What is read of a block, with tracked insertions and without deletions."""
    parts = block["text"]
    if not isinstance(parts, list):
        return str(parts)
    shown = (str(part.get("inserted", "")) if isinstance(part, dict) else part for part in parts)
    return "".join(map(str, shown))


@template(skills=("dialog", "form"), occupation="11-0000", split="test")
def page_format(rng: random.Random) -> Draft:
    """A manager has a plan printed across the paper, with narrow margins."""
    subject, day = rng.choice(_SUBJECTS), _day(rng)
    tenths = rng.sample((10, 12, 13, 15, 16, 18, 22, 24, 28), 2)
    wide, high = (tenth / 10 for tenth in tenths)
    regions, months = rng.randint(3, 5), rng.randint(5, 7)
    sales = business.sales_by_region(rng, regions, months)
    table: list[JsonValue] = [["Region", *business.MONTHS[:months]]]
    table += [[each.region, *(str(cents // 100) for cents in each.cents)] for each in sales]
    blocks: list[Block] = [{"text": f"Overview for {day.year}", "style": "Heading 1"}]
    blocks.append({"text": _prose(rng, subject, 2)})
    blocks.append({"table": table, "name": "Overview"})
    blocks.append({"text": _prose(rng, subject, 1)})
    text = _Text(_path(rng, "Overviews", "overview", day.year), tuple(blocks), {})
    tab = Click(Target(role="page tab", name="Page"))
    opened = (*menu("Format", "Page Style"), tab)

    def fields(**lengths: float) -> Steps:
        return tuple(
            intent
            for side, length in lengths.items()
            for intent in (
                on(f"{side.capitalize()}:", "spin button", at=_ENTRY, count=3),
                Type(f"{length:g} cm\t"),
            )
        )

    across, done = on("Landscape", "radio button"), on("OK")
    sides, ends = fields(left=wide, right=wide), fields(top=high, bottom=high)
    swapped = (*fields(left=high, right=high), *fields(top=wide, bottom=wide))
    inches = tuple(
        intent
        for side, length in (("Left", wide), ("Right", wide), ("Top", high), ("Bottom", high))
        for intent in (
            on(f"{side}:", "spin button", at=_ENTRY, count=3),
            Type(f"{length / 2.54:.3f}\t"),
        )
    )
    return _draft(
        text,
        f"Set the page of {text.name} to landscape, with margins of {wide:g} cm on the left and on "
        f"the right and of {high:g} cm at the top and at the bottom. The paper stays A4.",
        goals=[
            _check("page", text, width_cm=29.7, height_cm=21.0),
            _check("page", text, 2.0, margins_cm=[high, wide, high, wide], columns=1),
        ],
        does=(*opened, across, *sides, *ends, done),
        wrong={
            "still upright": (*opened, *sides, *ends, done),
            "only turned": (*opened, across, done),
            "margins swapped": (*opened, across, *swapped, done),
            "cancelled": (*opened, across, *sides, *ends, on("Cancel")),
        },
        ways={
            "margins first": (*opened, *ends, *sides, across, done),
            "in inches": (*opened, across, *inches, done),
        },
        aspects=["page"],
    )


@template(skills=("menu", "submenu", "toolbar"), occupation="27-0000", split="test")
def number_pages(rng: random.Random) -> Draft:
    """An editor has the pages of a manuscript numbered at the foot, in the middle."""
    author, subject = business.people(rng, 1)[0].name, rng.choice(_SUBJECTS)
    word = rng.choice(("Page", "Manuscript, page", "Draft, page", "Sheet"))
    blocks: list[Block] = [{"text": f"On {subject}", "style": "Title"}]
    blocks.append({"text": f"by {author}", "style": "Subtitle"})
    blocks += [{"text": _prose(rng, subject, 4), "align": "justify"} for _ in range(4)]
    page: dict[str, JsonValue] = {"header": author} if rng.random() < 0.5 else {}
    text = _Text(_path(rng, "Manuscripts", author.split()[-1]), tuple(blocks), page)
    strip = ("Insert", "Header and Footer")
    name = "Default Page Style"
    footer = menu(*strip, "Footer", name, role="check menu item")
    centre, number = on("Center", "toggle button"), menu("Insert", "Page Number")
    field = (on("Insert", "menu"), on("Field", "menu"), on("Page Number", "menu item", nth=1))
    numbered = (Type(f"{word} "), *number)
    behind = (Press("ctrl+End"), Press("Return"), Type(f"{word} "), *number, centre)
    return _draft(
        text,
        f"Give {text.name} a footer, centred, that reads “{word} 1” on the first page: the word "
        "typed, and behind it the number of the page as a field, so that it counts on.",
        goals=[
            _check("strip", text, where="footer"),
            _check(
                *("strip", text, 2.0),
                where="footer",
                text=word,
                field="page-number",
                align="center",
            ),
        ],
        does=(*footer, *numbered, centre),
        wrong={
            "the number typed": (*footer, Type(f"{word} 1"), centre),
            "on the left": (*footer, *numbered),
            "without the word": (*footer, *number, centre),
            "number of pages": (*footer, Type(f"{word} "), *menu("Insert", "Field", "Page Count")),
            "at the end of the text": behind,
        },
        ways={
            "centred first": (*footer, Press("ctrl+e"), *numbered),
            "from the menu of fields": (*footer, centre, Type(f"{word} "), *field),
        },
        aspects=["footer"],
    )
