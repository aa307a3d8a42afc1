"""The documents of Calc's tasks, and moves and checks that many of them make."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from gym_anything.documents import business
from gym_anything.intents import Steps
from gym_anything.task import (
    Await,
    Check,
    Click,
    Document,
    JsonValue,
    Press,
    Route,
    Target,
    Type,
)
from gym_anything.templates import Draft

Row: TypeAlias = tuple[JsonValue, ...]

SAVE = Click(Target(role="push button", name="Save"))
MONEY: JsonValue = {"format": "#,##0.00"}
_SAVE_AS = (Press("ctrl+shift+s"), Await(Target(role="file chooser", name="Save")), Type("copy\n"))
_WIDTHS_CM = {"Customer": 5.2, "Item": 5.2}
_SCAN_CM = 10.5
_HEADER: JsonValue = {"bold": True, "background": "#dde8cb"}

# The document -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a document.

    Attributes:
        path: relative to home.
        header: names of the columns, from A.
        rows: cells of the rows, as a document's content has them.
        title: stands in A1, over a blank row; "" for none.
        below: rows that follow the last one.
        remark: stands in the header's row, two columns to the right; "" for none.
        plain: whether header and amounts have no look of their own.
        more: sheets behind it, as a document's content has them.
        scan: a picture beside it, as the writer of pictures takes it; None for none.
    """

    path: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    title: str = ""
    below: tuple[Row, ...] = ()
    remark: str = ""
    plain: bool = False
    more: tuple[JsonValue, ...] = ()
    scan: JsonValue = None

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    @property
    def top(self) -> int:
        """Row of the header."""
        return 3 if self.title else 1

    @property
    def first(self) -> int:
        """First row below the header."""
        return self.top + 1

    @property
    def last(self) -> int:
        """Last row of the table."""
        return self.top + len(self.rows)

    def block(self, left: str, right: str = "") -> str:
        """The rows of some columns as a range, without the header."""
        return f"{left}{self.first}:{right or left}{self.last}"

    def headed(self, left: str, right: str = "") -> str:
        """The rows of some columns as a range, with the header."""
        return f"{left}{self.top}:{right or left}{self.last}"

    def document(self) -> Document:
        """The set-up document."""
        look = {} if self.plain else {"style": _HEADER}
        header: list[JsonValue] = [{"value": name, **look} for name in self.header]
        header += [None, self.remark] if self.remark else []
        title: list[JsonValue] = [[{"value": self.title, "style": {"bold": True}}], []]
        rows: list[JsonValue] = [header, *map(list, (*self.rows, *self.below))]
        widths = [_WIDTHS_CM.get(name, 3.0) for name in self.header]
        sheet: dict[str, JsonValue] = {
            "name": "Sheet1",
            "rows": [*title, *rows] if self.title else rows,
            "widths": list(widths),
        }
        if self.scan is not None:
            place = {"x": sum(widths) + 2.6, "y": 0.4, "width": _SCAN_CM}
            sheet["pictures"] = [{"picture": self.scan, **place}]
        return Document(self.path, "spreadsheet", {"sheets": [sheet, *self.more]})


def path(rng: random.Random, *words: object) -> str:
    """A path of an .ods or .xlsx file, relative to home."""
    stem = "-".join(str(word).lower() for word in words)
    return f"Documents/{stem}.{rng.choice(('ods', 'xlsx'))}"


def money(cents: int) -> JsonValue:
    """A cell with an amount."""
    return {"value": business.euros(cents), "style": MONEY}


def date(day: dt.date) -> JsonValue:
    """A cell with a day."""
    return {"date": day.isoformat()}


def ledger(rng: random.Random, plain: bool = False) -> tuple[Table, tuple[business.Invoice, ...]]:
    """A table of the invoices of two months in order of issue, due after different times."""
    start = dt.date(rng.randint(2024, 2026), rng.randint(1, 10), 1)
    end = start + dt.timedelta(days=58)
    customers = business.companies(rng, rng.randint(4, 9))
    catalogue, count = business.products(rng, 12), rng.randint(7, 14)
    made = business.invoices(rng, count, customers, catalogue, start, end)
    terms = [dt.timedelta(days=rng.choice((14, 21, 30))) for _ in made]
    invoices = tuple(
        replace(each, due=each.issued + term) for each, term in zip(made, terms, strict=True)
    )
    amounts = [(business.euros if plain else money)(each.total_cents) for each in invoices]
    month = business.MONTHS[start.month - 1]
    table = Table(
        path=path(rng, rng.choice(("invoices", "receivables", "billing")), month, start.year),
        header=("Invoice", "Customer", "Issued", "Due", "Amount"),
        rows=tuple(
            (each.number, each.customer.name, *map(date, (each.issued, each.due)), amount)
            for each, amount in zip(invoices, amounts, strict=True)
        ),
        title="" if plain else rng.choice(("", f"Invoices from {month} {start.year}")),
        remark="" if plain else rng.choice(("", f"Kept by {business.people(rng, 1)[0].name}")),
        plain=plain,
    )
    return table, invoices


def open_document(path: str) -> Steps:
    """Open another document of home, in a window of its own."""
    name = path.rpartition("/")[2]
    chooser = Await(Target(role="file chooser", name="Open"))
    opened = Await(Target(role="frame", name=f"{name} - LibreOffice Calc"))
    return Press("ctrl+o"), chooser, Type(f"/home/user/{path}\n"), opened


# Steps, checks and drafts -------------------------------------------------------------------------


def click_cell(address: str) -> Click:
    """Go to a cell."""
    return Click(Target(cell=address))


def entry(name: str, at: tuple[float, float] = (0.5, 0.5)) -> Click:
    """Click an entry of a list in a dialog or popup."""
    return Click(Target(role="table cell", name=name, at=at))


def select(block: str) -> Steps:
    """Select a block by a click and a shift-click."""
    first, last = block.split(":")
    return click_cell(first), Click(Target(cell=last), keys="shift")


def enter(cell: str, *lines: object) -> Steps:
    """Write lines into a cell and those below it."""
    return click_cell(cell), Type("".join(f"{line}\n" for line in lines))


def check(name: str, table: Table, weight: float = 1.0, **params: JsonValue) -> Check:
    """A goal about the spreadsheet."""
    return Check(f"spreadsheet.{name}", {"path": table.path, **params}, weight)


def draft(
    table: Table,
    instruction: str,
    goals: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
    contents: Sequence[str] = (),
    looks: Sequence[str] = (),
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving.

    Two more near misses do not save, or under another name. What may change is the
    content within `contents` and the look within `looks`.
    """
    kept = check("unchanged_except", table, contents=list(contents), looks=list(looks))
    alone = Check("files.only", {"path": "Documents", "names": [table.name]}, guard=True)
    misses = [Route(name, (*steps, SAVE)) for name, steps in wrong.items()]
    misses += [Route("not saved", does), Route("under another name", (*does, *_SAVE_AS))]
    return Draft(
        instruction=f"{instruction} Then save the file.",
        documents=(table.document(),),
        open=(table.path,),
        checks=(*goals, replace(kept, guard=True), alone),
        solution=(*does, SAVE),
        near_misses=tuple(misses),
        variations=tuple(Route(name, (*steps, Press("ctrl+s"))) for name, steps in ways.items()),
    )
