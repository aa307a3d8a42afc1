"""Tasks of galculator: sums, margins and measures that clerks, buyers and builders key in by hand.

The result stands on the display, in the clipboard, in a note, or is the answer. Amounts are made in
whole cents, so that what is expected is exact.
"""

from __future__ import annotations

import math
import random
from decimal import ROUND_HALF_UP, Decimal

from gym_anything.documents.business import companies, people
from gym_anything.intents import menu, route
from gym_anything.task import (
    Answer,
    Check,
    Click,
    Document,
    Intent,
    Press,
    Route,
    Target,
    Type,
)
from gym_anything.templates import Draft, template


def _button(label: str) -> Click:
    return Click(Target(role="toggle button", name=label))


def _keyed(expression: str) -> tuple[Click, ...]:
    """Clicks on the buttons of an expression such as "12.5+3="."""
    return tuple(_button(char) for char in expression)


def _shows(number: Decimal | float, tolerance: float = 0.005) -> Check:
    """The display shows a number."""
    params = {"role": "text", "number": float(number), "tolerance": tolerance, "line": 1}
    return Check("accessibility.text_is_number", params)


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _short(cents: int) -> str:
    """As a person keys it in: 12.5 for 12.50, 12 for 12.00."""
    return _money(cents).rstrip("0").rstrip(".")


@template(skills=("arithmetic", "buttons"), occupation="43-0000")
def invoice_total(rng: random.Random) -> Draft:
    """A clerk adds up the lines of an invoice before it is paid."""
    supplier, number = companies(rng, 1)[0].name, rng.randint(1000, 9999)
    lines = [rng.randint(150, 9900) // 5 * 5 for _ in range(3)]
    total = Decimal(sum(lines)) / 100
    keyed = "+".join(_short(line) for line in lines)
    listed = ", ".join(_money(line) for line in lines)
    return Draft(
        instruction=(
            f"Invoice {number} from {supplier} has three lines: {listed}. Add them up on the "
            "calculator and leave the total on its display."
        ),
        checks=(_shows(total),),
        solution=_keyed(keyed + "="),
        near_misses=(
            route("the last line left out", *_keyed("+".join(map(_short, lines[:2])) + "=")),
            route("the sum never finished", *_keyed(keyed)),
            route("the first line twice", *_keyed(f"{_short(lines[0])}+{keyed}=")),
            route(
                "a decimal point forgotten", *_keyed(f"{lines[0]}+" + keyed.partition("+")[2] + "=")
            ),
            route("cleared at the end", *_keyed(keyed + "="), _button("AC")),
        ),
        variations=(
            Route("typed on the keyboard", (Type(keyed + "\n"),)),
            Route("in another order", _keyed("+".join(map(_short, reversed(lines))) + "=")),
        ),
        max_steps=60,
    )


@template(skills=("arithmetic", "keyboard"), occupation="13-0000")
def net_price(rng: random.Random) -> Draft:
    """A buyer works out what an order costs after the discount."""
    supplier = companies(rng, 1)[0].name
    quantity, cents = rng.randint(12, 480), rng.randint(105, 9995)
    discount = rng.choice([3, 5, 8, 10, 12, 15])
    net = Decimal(quantity * cents * (100 - discount)) / 10_000
    gross = f"{quantity}*{_money(cents)}"
    return Draft(
        instruction=(
            f"{supplier} offers {quantity} pieces at {_money(cents)} each, with {discount} % off "
            "the whole order. What do we pay? Work it out on the calculator and leave the exact "
            "amount, not rounded, on its display."
        ),
        checks=(_shows(net, tolerance=0.0005),),
        solution=(Type(f"{gross}*{_money(100 - discount)}\n"),),
        near_misses=(
            route("the discount forgotten", Type(f"{gross}\n")),
            route("the discount itself", Type(f"{gross}*{_money(discount)}\n")),
            route("the discount added", Type(f"{gross}*{_money(100 + discount)}\n")),
            route("for a single piece", Type(f"{_money(cents)}*{_money(100 - discount)}\n")),
        ),
        variations=(
            Route("taken off at the end", (Type(f"{gross}-{gross}*{_money(discount)}\n"),)),
            Route("on the buttons", (*_keyed(f"{gross}*{_money(100 - discount)}="),)),
        ),
    )


@template(skills=("arithmetic", "mode", "menu"), occupation="47-0000")
def rafter_length(rng: random.Random) -> Draft:
    """A carpenter needs the length of a rafter and works in scientific mode from then on."""
    run, rise = rng.randint(180, 620), rng.randint(90, 400)
    length = math.hypot(run, rise)
    scientific = menu("View", "Scientific Mode", role="radio menu item")
    squares = f"{run}*{run}+{rise}*{rise}"
    return Draft(
        instruction=(
            f"A roof rises {rise} cm over a run of {run} cm. Switch the calculator to scientific "
            "mode and leave the length of the rafter in cm, with all its decimals, on the display."
        ),
        checks=(
            _shows(length, tolerance=0.001),
            Check(
                "accessibility.has_state",
                {"role": "radio menu item", "name": "Scientific Mode", "wanted": "checked"},
                weight=0.5,
            ),
        ),
        solution=(*scientific, Type(f"{squares}\n"), _button("sqrt")),
        near_misses=(
            route("left in basic mode", Type(f"{squares}\n"), _button("sqrt")),
            route("the root forgotten", *scientific, Type(f"{squares}\n")),
            route("run and rise added", *scientific, Type(f"{run}+{rise}\n")),
            route(
                "the root of the rise only",
                *scientific,
                Type(squares),
                _button("sqrt"),
                Press("enter"),
            ),
        ),
        variations=(
            Route("the mode last", (Type(f"{squares}\n"), _button("sqrt"), *scientific)),
            Route("squared on the button", (*scientific, *_squared(run, rise), _button("sqrt"))),
        ),
    )


def _squared(run: int, rise: int) -> tuple[Intent, ...]:
    return (
        *(Type(str(run)), _button("x^2"), Press("+")),
        *(Type(str(rise)), _button("x^2"), Press("enter")),
    )


@template(skills=("arithmetic", "clipboard", "menu"), occupation="43-0000")
def copy_balance(rng: random.Random) -> Draft:
    """A bookkeeper copies a balance so that it can be pasted into the ledger."""
    opening = rng.randint(50_000, 900_000)
    paid, received = rng.randint(1_000, 45_000), rng.randint(1_000, 90_000)
    balance = Decimal(opening - paid + received) / 100
    keyed = f"{_money(opening)}-{_money(paid)}+{_money(received)}"
    copy = menu("Edit", "Copy Display Value")
    return Draft(
        instruction=(
            f"The petty cash opened at {_money(opening)}; {_money(paid)} was paid out and "
            f"{_money(received)} came in. Work out the closing balance on the calculator and copy "
            "it to the clipboard."
        ),
        checks=(Check("clipboard.number", {"value": float(balance), "tolerance": 0.001}),),
        solution=(Type(f"{keyed}\n"), *copy),
        near_misses=(
            route("copied before it was worked out", Type(keyed), *copy),
            route("worked out, not copied", Type(f"{keyed}\n")),
            route("paid in what was paid out", Type(f"{keyed.replace('-', '+')}\n"), *copy),
            route("copied the opening balance", Type(f"{_money(opening)}\n"), *copy),
        ),
        variations=(
            Route("with the keyboard", (Type(f"{keyed}\n"), Press("ctrl+c"))),
            Route("received first", (Type(_received_first(opening, paid, received)), *copy)),
        ),
    )


def _received_first(opening: int, paid: int, received: int) -> str:
    return f"{_money(opening)}+{_money(received)}-{_money(paid)}\n"


@template(skills=("arithmetic", "toolbar"), occupation="47-0000")
def tile_area(rng: random.Random) -> Draft:
    """A tiler works out the floor of two rooms that are equally deep."""
    first, second, depth = rng.sample(range(205, 785, 5), 3)
    one, two, deep = _short(first), _short(second), _short(depth)
    area = Decimal((first + second) * depth) / 10_000
    keyed = f"({one}+{two})*{deep}"
    return Draft(
        instruction=(
            f"Two rooms side by side are {_money(first)} m and {_money(second)} m wide and both "
            f"{_money(depth)} m deep. How many square metres of tiles do they need together? Leave "
            "the exact number on the display of the calculator."
        ),
        checks=(_shows(area, tolerance=0.00005),),
        solution=_keyed(keyed + "="),
        near_misses=(
            route("the brackets forgotten", *_keyed(f"{one}+{two}*{deep}=")),
            route("only the first room", *_keyed(f"{one}*{deep}=")),
            route("never finished", *_keyed(keyed)),
            route("the outline instead", *_keyed(f"({one}+{two}+{deep})*2=")),
        ),
        variations=(
            Route("typed on the keyboard", (Type(keyed + "\n"),)),
            Route("room by room", _keyed(f"{one}*{deep}+{two}*{deep}=")),
        ),
        max_steps=80,
    )


_NOTES = (50, 20, 10, 5)


@template(skills=("arithmetic", "keyboard"), occupation="43-0000")
def till_difference(rng: random.Random) -> Draft:
    """A cashier counts the notes in the till and compares them with the book."""
    counts = [rng.randint(2, 19) for _ in _NOTES]
    counted = sum(note * count for note, count in zip(_NOTES, counts, strict=True))
    booked = counted * 100 + rng.choice((-1, 1)) * rng.randint(105, 2895)
    difference = Decimal(counted * 100 - booked) / 100
    parts = [f"{count}*{note}" for note, count in zip(_NOTES, counts, strict=True)]
    listed = ", ".join(f"{count} of {note}" for note, count in zip(_NOTES, counts, strict=True))
    keyed, book = "+".join(parts), _money(booked)
    return Draft(
        instruction=(
            f"In the till are these notes: {listed}. The book says {book}. Work out on the "
            "calculator by how much the till is over the book, with a minus if it is short, and "
            "leave the difference on the display."
        ),
        checks=(_shows(difference),),
        solution=(Type(f"{keyed}-{book}\n"),),
        near_misses=(
            route("the book minus the till", Type(f"{book}-({keyed})\n")),
            route("only counted", Type(f"{keyed}\n")),
            route("the small notes left out", Type(f"{'+'.join(parts[:-1])}-{book}\n")),
            route("never finished", Type(f"{keyed}-{book}")),
        ),
        variations=(
            Route("counted first", (Type(f"{keyed}\n"), Type(f"-{book}\n"))),
            Route("in another order", (Type(f"{'+'.join(reversed(parts))}-{book}\n"),)),
        ),
    )


@template(skills=("arithmetic", "answer"), occupation="13-0000", split="validation")
def unit_price(rng: random.Random) -> Draft:
    """A buyer compares offers by the price of one piece."""
    supplier = companies(rng, 1)[0].name
    pieces, cents = rng.choice([12, 15, 24, 25, 32, 48, 60, 75, 96, 125]), rng.randint(104, 2995)
    pack = Decimal(pieces * cents) / 100
    price = (pack / pieces).quantize(Decimal("0.01"), ROUND_HALF_UP)
    division = Type(f"{pack}/{pieces}\n")
    return Draft(
        instruction=(
            f"{supplier} sells a pack of {pieces} filters for {pack}. What does one filter cost? "
            "Use the calculator if you like, and answer with the price."
        ),
        checks=(Check("answer.number", {"value": float(price), "tolerance": 0.001}),),
        solution=(division, Answer(str(price))),
        near_misses=(
            route("only worked out", division),
            route("answers with the pack's price", division, Answer(str(pack))),
            route("divides the wrong way", division, Answer(str(round(pieces / pack, 2)))),
            route("answers in words", division, Answer("the price of one filter")),
        ),
        variations=(
            Route("without the calculator", (Answer(str(price)),)),
            Route("with a unit", (division, Answer(f"{price} €"))),
        ),
    )


@template(
    skills=("arithmetic", "multi-window", "clipboard", "save"), occupation="43-0000", split="test"
)
def total_into_note(rng: random.Random) -> Draft:
    """A clerk works out a total and puts it into the note that goes to the customer."""
    customer, clerk = people(rng, 2)
    amounts = [rng.randint(1_000, 80_000) for _ in range(rng.randint(3, 4))]
    total = _money(sum(amounts))
    path = (
        f"Documents/{rng.choice(['statement', 'reminder', 'account'])}-{rng.randint(100, 999)}.txt"
    )
    items = "".join(f"- item {n}: {_money(cents)}\n" for n, cents in enumerate(amounts, 1))
    greeting = f"Dear {customer.name},\n\nthese items are open:\n"
    note = f"{greeting}{items}\nTotal: \n\nRegards\n{clerk.name}\n"
    keyed = Type("+".join(_money(cents) for cents in amounts) + "\n")
    below = note[: note.index("Total: ")].count("\n")
    into_note = (Click(Target(role="text", window="Mousepad")), Press("ctrl+home"))
    line = (*into_note, *(Press("down") for _ in range(below)), Press("end"))
    save = Press("ctrl+s")
    return Draft(
        instruction=(
            f"The note {path} lists the open items of {customer.name}. Add them up with the "
            "calculator, write the sum behind “Total:” in the note, and save it."
        ),
        documents=(Document(path, "text", note),),
        open=(path,),
        companions=("mousepad",),
        checks=(
            Check(
                "text.number_on_line",
                {
                    "path": path,
                    "line": below + 1,
                    "starts": "Total:",
                    "number": float(total),
                    "tolerance": 0.001,
                },
            ),
            Check("text.unchanged_except_lines", {"path": path, "lines": [below + 1]}, guard=True),
            Check(
                "files.only",
                {"path": "Documents", "names": [path.rpartition("/")[2]]},
                guard=True,
            ),
        ),
        solution=(keyed, *line, Type(total), save),
        near_misses=(
            route("not saved", keyed, *line, Type(total)),
            route("on the wrong line", keyed, *into_note, Press("end"), Type(total), save),
            route("an item forgotten", keyed, *line, Type(_money(sum(amounts[1:]))), save),
            route(
                "over the whole note",
                keyed,
                *into_note,
                Press("ctrl+a"),
                Type(f"Total: {total}"),
                save,
            ),
            route("only worked out", keyed),
        ),
        variations=(
            Route("copied and pasted", (keyed, Press("ctrl+c"), *line, Press("ctrl+v"), save)),
            Route("with a currency", (keyed, *line, Type(f"{total} €"), save)),
        ),
    )
