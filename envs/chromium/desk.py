"""Trade Desk for its tasks: a company with its database, and moves that many tasks make."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gym_anything.documents.trade import BAYS_A_HALL, Row, Trade, trade
from gym_anything.intents import Steps, goal, guard, on, route, seen
from gym_anything.task import Check, Click, Document, Drag, Press, Target, Type
from gym_anything.templates import Draft

_CALENDAR = on("Calendar")
_PLAN_PX, _CHART_PX = (822, 442), (902, 442)  # with a border of one pixel


@dataclass(frozen=True, slots=True)
class Books:
    """A company with the path of its database."""

    trade: Trade
    path: str

    def goal(self, check: str, **params: object) -> Check:
        """A goal about the database."""
        return goal(f"web.{check}", path=self.path, **params)

    def has(self, table: str, row: Row, **values: object) -> Check:
        """A goal: a record of the start has these values at the end."""
        return self.goal("record", table=table, key={"id": row["id"]}, values=values)

    def draft(
        self,
        instruction: str,
        goals: Sequence[Check],
        kept: Check,
        does: Steps,
        wrong: Mapping[str, Steps],
        ways: Mapping[str, Steps],
    ) -> Draft:
        """A draft with the database open; its folder must not get other files."""
        folder, name = self.path.rsplit("/", 1)
        return Draft(
            instruction=instruction,
            documents=(Document(self.path, "sqlite", self.trade.content()),),
            open=(self.path,),
            checks=(*goals, kept, guard("files.only", path=folder, names=[name])),
            solution=does,
            near_misses=tuple(route(name, *steps) for name, steps in wrong.items()),
            variations=tuple(route(name, *steps) for name, steps in ways.items()),
        )

    def kept(
        self,
        changes: Mapping[str, Iterable[Row]] = {},  # noqa: B006
        columns: Mapping[str, list[str]] = {},  # noqa: B006
        added: Sequence[str] = ("audit",),
    ) -> Check:
        """Guard: only these columns of these records, and further records of these tables."""
        ids = {table: [row["id"] for row in rows] for table, rows in changes.items()}
        free = {"changes": ids, "columns": dict(columns), "added": list(added)}
        return guard("web.unchanged_except", path=self.path, **free)


def books(rng: random.Random, folder: str) -> Books:
    """A company whose database lies in a folder of Documents."""
    company = trade(rng)
    name = str(company["settings"][0]["value"]).split()[0].lower()
    return Books(company, f"Documents/{folder}/{name}.desk")


def open_document(path: str) -> Steps:
    """Open another company by its database."""
    address = f"localhost:8000/open?file=/home/user/{path}\n"
    return (Press("ctrl+l"), Type(address), seen("Overview", "heading"))


def to(area: str) -> Steps:
    """Go to an area."""
    return (on(area, "link"), seen(area, "heading"))


def fill(label: str, text: str) -> Steps:
    """Type over what a field has."""
    return (on(label, "entry", count=3), Type(text))


def choose(label: str, option: str) -> Steps:
    """Choose an option of a list that opens by its first letters."""
    return (on(label, "combo box"), Type(f"{option}\n"))


def search(text: str) -> Steps:
    """Search a list."""
    return (*fill("Search", text), on("Filter"))


def pick_day(day: dt.date, shown: dt.date) -> Steps:
    """Choose a day in the calendar, which opens at the month of the day that the field shows."""
    months = (day.year - shown.year) * 12 + day.month - shown.month
    turn = on("Month on" if months > 0 else "Month back")
    return (_CALENDAR, *(turn,) * abs(months), on(f"{day:%-d %B %Y}"))


def as_day(value: object) -> dt.date:
    """The day of an ISO date."""
    return dt.date.fromisoformat(str(value))


def today(books: Books) -> dt.date:
    """The day that the books are at."""
    return as_day(books.trade["settings"][1]["value"])


def said(day: dt.date) -> str:
    """A day as an instruction says it."""
    return f"{day:%-d %B %Y}"


def euros(cents: object) -> str:
    """Cents as an instruction says them."""
    return f"{int(str(cents)) / 100:,.2f}"


def card(ticket: Row) -> Target:
    """The card of a ticket on the board."""
    return Target(role="article", name=f"{ticket['number']} {ticket['subject']}")


def drag(ticket: Row, status: str, at: tuple[float, float] = (0.5, 0.85)) -> Steps:
    """Drag a ticket's card into a column, and wait until the board says so."""
    column = Target(role="landmark", name=status, at=at)
    return (Drag(card(ticket), column), seen("", "status bar"))


def _on_canvas(name: str, size: tuple[int, int], x: float, y: float) -> Click:
    at = ((x + 1.5) / size[0], (y + 1.5) / size[1])
    return Click(Target(role="canvas", name=name, at=at))


def bay_at(bay: Row) -> Click:
    """A click on a bay of the floor plan, six in a row."""
    row, column = divmod((int(str(bay["id"])) - 1) % BAYS_A_HALL, 6)
    return _on_canvas("Floor plan", _PLAN_PX, 30 + 128 * column + 50, 34 + 90 * row + 40)


def month_at(month: int, y: float) -> Click:
    """A click on a month of the chart, from 0; `y` in pixels from the top of the canvas."""
    return _on_canvas("Chart of sales", _CHART_PX, 82 + 67 * month + 21, y)


def namesakes(rng: random.Random) -> tuple[Books, Row, list[Row]]:
    """Books, a customer with a namesake, and the three open orders of that customer."""
    company = books(rng, "credit")
    customer, namesake = rng.sample(company.trade["customers"], 2)
    word, business, *_ = str(customer["name"]).split()
    namesake["name"] = f"{word} {str(namesake['name']).partition(' ')[2]}"
    if str(namesake["name"]).split()[1] == business:
        namesake["name"] = f"{word} Bakery Ltd"
    for order in company.trade["orders"]:
        if order["customer_id"] == customer["id"] and order["status"] == "Open":
            order["status"] = "On hold"
    invoiced = {row["order_id"] for row in company.trade["invoices"]}
    chosen = rng.sample([row for row in company.trade["orders"] if row["id"] not in invoiced], 9)
    statuses = ("Open", "Open", "Open", "Shipped", "Cancelled", "On hold")
    for order, status in zip(chosen[:6], statuses, strict=True):
        order.update(customer_id=customer["id"], status=status)
    for order in chosen[6:]:
        order.update(customer_id=namesake["id"], status="Open")
    return company, customer, chosen[:3]
