"""Tasks of LibreOffice Calc: lists of invoices, quotations, orders and months that an office keeps.

Every document has one sheet with one table: perhaps a title above it, a remark below or beside it,
and it is an .ods or an .xlsx file. Amounts are made in whole cents, so that what is expected is exact.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gym_anything.documents import business, names
from gym_anything.documents.address import column_letters
from gym_anything.task import (
    Await,
    Check,
    Click,
    Document,
    Drag,
    Intent,
    JsonValue,
    Press,
    Route,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

_SAVE = Click(Target(role="push button", name="Save"))
_STYLES: JsonValue = {
    "header": {"bold": True, "background": "#dde8cb"},
    "title": {"bold": True},
    "money": {"format": "#,##0.00"},
}

# The document -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a document.

    Attributes:
        path: relative to home.
        header: names of the columns.
        rows: cells of the rows, as a document's content has them.
        title: stands in A1, over a blank row; "" for none.
        below: rows that follow the last one.
        remark: stands two columns to the right of the header, "" for none.
        plain: whether header and amounts have no look of their own.
    """

    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[JsonValue, ...], ...]
    title: str = ""
    below: tuple[tuple[JsonValue, ...], ...] = ()
    remark: str = ""
    plain: bool = False

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

    @property
    def right(self) -> str:
        """Letters of the last column."""
        return column_letters(len(self.header))

    @property
    def body(self) -> str:
        """The rows as a range."""
        return f"A{self.first}:{self.right}{self.last}"

    def column(self, letters: str) -> str:
        """A column of the rows as a range."""
        return f"{letters}{self.first}:{letters}{self.last}"

    def letters(self, name: str) -> str:
        """Letters of the column called `name`."""
        return column_letters(self.header.index(name) + 1)

    def document(self) -> Document:
        """The set-up document."""
        look = {} if self.plain else {"style": "header"}
        header: list[JsonValue] = [{"value": name, **look} for name in self.header]
        above: list[JsonValue] = []
        if self.title:
            above = [[{"value": self.title, "style": "title"}], []]
        if self.remark:
            header += [None, self.remark]
        sheet: JsonValue = {
            "name": "Sheet1",
            "rows": [*above, header, *map(list, self.rows), *map(list, self.below)],
            "widths": [5.2 if name in ("Customer", "Item") else 3.0 for name in self.header],
            "styles": _STYLES,
        }
        return Document(self.path, "spreadsheet", {"sheets": [sheet]})


def _path(rng: random.Random, *words: object) -> str:
    stem = "-".join(str(word).lower() for word in words)
    return f"Documents/{stem}.{rng.choice(('ods', 'xlsx'))}"


def _money(cents: int) -> JsonValue:
    return {"value": business.euros(cents), "style": "money"}


def _invoices(rng: random.Random, plain: bool = False) -> tuple[Table, tuple[int, ...]]:
    """A list of invoices in order of their numbers, and their amounts in cents."""
    count = rng.randint(7, 14)
    start = dt.date(rng.randint(2024, 2026), rng.randint(1, 10), 1)
    customers = business.companies(rng, rng.randint(4, 9))
    catalogue = business.products(rng, 12)
    end = start + dt.timedelta(days=58)
    made = business.invoices(rng, count, customers, catalogue, start, end)
    rows = tuple(
        (
            invoice.number,
            invoice.customer.name,
            {"date": invoice.issued.isoformat()},
            {"date": (invoice.issued + dt.timedelta(days=rng.choice((14, 21, 30)))).isoformat()},
            business.euros(invoice.total_cents) if plain else _money(invoice.total_cents),
        )
        for invoice in made
    )
    period = business.MONTHS[start.month - 1], start.year
    table = Table(
        path=_path(rng, rng.choice(("invoices", "receivables", "billing")), *period),
        header=("Invoice", "Customer", "Issued", "Due", "Amount"),
        rows=rows,
        title=rng.choice(("", f"Invoices from {period[0]} {period[1]}")),
        remark=rng.choice(("", f"Kept by {business.people(rng, 1)[0].name}")),
        plain=plain,
    )
    return table, tuple(invoice.total_cents for invoice in made)


# What is done in the window -----------------------------------------------------------------------


def _cell(address: str) -> Click:
    return Click(Target(cell=address))


def _button(name: str, window: str = "") -> Click:
    return Click(Target(role="push button", name=name, window=window))


def _entry(name: str, *, at: tuple[float, float] = (0.5, 0.5)) -> Click:
    """Click an entry of a list in a dialog or popup."""
    return Click(Target(role="table cell", name=name, at=at))


def _menu(menu: str, *items: str) -> tuple[Click, ...]:
    *submenus, item = items
    opened = (Click(Target(role="menu", name=name)) for name in (menu, *submenus))
    return (*opened, Click(Target(role="menu item", name=item)))


def _select(block: str) -> tuple[Click, Click]:
    first, last = block.split(":")
    return _cell(first), Click(Target(cell=last), keys="shift")


def _enter(cell: str, text: str) -> tuple[Intent, ...]:
    return _cell(cell), Type(f"{text}\n")


def _save_as(name: str) -> tuple[Intent, ...]:
    dialog = Target(role="text", name="Name:", window="Save")
    return (Press("ctrl+shift+s"), Await(dialog), Press("ctrl+a"), Type(f"{name}\n"))


def _guards(table: Table, ranges: Sequence[str] = (), looks: Sequence[str] = ()) -> list[Check]:
    """The rest of the document stays, and so does the folder."""
    kept = {"path": table.path, "ranges": list(ranges), "looks": list(looks)}
    alone = {"path": "Documents", "names": [table.name]}
    return [
        Check("spreadsheet.unchanged_except", kept, guard=True),
        Check("files.only", alone, guard=True),
    ]


def _miss(name: str, *steps: Intent) -> Route:
    return Route(name, steps)


# Templates ----------------------------------------------------------------------------------------


@template(skills=("formula", "toolbar"), occupation="43-0000")
def total_column(rng: random.Random) -> Draft:
    """A bookkeeper adds the total below a list of invoices."""
    table, amounts = _invoices(rng)
    gap = rng.randint(0, 1)
    note = business.long_note(rng, 1)
    table = replace(table, below=(*((),) * gap, ("Total",), (), (note,)))
    cell, total = f"E{table.last + 1 + gap}", business.euros(sum(amounts))
    block = table.column("E")
    short = f"=SUM(E{table.first}:E{table.last - 1})"
    pick = (_cell(cell), _button("Select Function"))
    added = "=" + "+".join(f"E{row}" for row in range(table.first, table.last + 1))
    formula: JsonValue = {
        "path": table.path,
        "cell": cell,
        "equals": total,
        "formula": True,
        "refers_to": [block],
    }
    return Draft(
        instruction=(
            f"In {table.name} the cell next to “Total” ({cell}) is still empty. Put the total of "
            "all amounts there, as a formula, so that it stays right when an amount is corrected. "
            "Then save the file."
        ),
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            Check("spreadsheet.cell", {"path": table.path, "cell": cell, "equals": total}),
            Check("spreadsheet.cell", formula, weight=2.0),
            *_guards(table, ranges=[cell]),
        ),
        solution=(*pick, Click(Target(role="menu item", name="Sum")), Press("enter"), _SAVE),
        near_misses=(
            _miss("typed as a number", *_enter(cell, str(total)), _SAVE),
            _miss("not saved", *_enter(cell, f"=SUM({block})")),
            _miss("the last invoice left out", *_enter(cell, short), _SAVE),
            _miss(
                "the average instead",
                *(*pick, Click(Target(role="menu item", name="Average")), Press("enter"), _SAVE),
            ),
            _miss("a row too low", *_enter(f"E{table.last + 2 + gap}", f"=SUM({block})"), _SAVE),
            _miss("as another file", *_enter(cell, f"=SUM({block})"), *_save_as("with-total")),
        ),
        variations=(
            Route("typed", (*_enter(cell, f"=SUM({block})"), Press("ctrl+s"))),
            Route("added one by one", (*_enter(cell, added), *_menu("File", "Save"))),
        ),
    )


@template(skills=("formula", "fill", "drag"), occupation="13-0000")
def line_amounts(rng: random.Random) -> Draft:
    """A sales analyst completes a quotation: quantity times unit price on every line."""
    customer = business.companies(rng, 1)[0]
    number = rng.randint(100, 999)
    lines = business.invoice_lines(rng, business.products(rng, 20), rng.randint(5, 11))
    table = Table(
        path=_path(rng, "quotation", number),
        header=("SKU", "Item", "Quantity", "Unit price", "Amount"),
        rows=tuple(
            (line.product.sku, line.product.name, line.quantity, _money(line.product.price_cents))
            for line in lines
        ),
        title=rng.choice(("", f"Quotation {number} for {customer.name}")),
        below=((), (f"Prepared for {customer.contact.name}, {customer.address.city}",)),
    )
    first, last, block = table.first, table.last, table.column("E")
    start = _enter(f"E{first}", f"=C{first}*D{first}")

    def each(formula: str, final: int = last) -> tuple[Intent, ...]:
        typed = "".join(formula.format(row=row) + "\n" for row in range(first, final + 1))
        return _cell(f"E{first}"), Type(typed)

    def fill(column: str = "E") -> tuple[Intent, ...]:
        """Drag the handle of the first cell down; a cell counts from its middle on."""
        handle = Target(cell=f"{column}{first}", at=(1.0, 1.0))
        to = Target(cell=f"{column}{last}", at=(0.5, 0.9))
        return _cell(f"{column}{first}"), Drag(handle, to)

    values = "".join(f"{business.euros(line.amount_cents)}\n" for line in lines)
    return Draft(
        instruction=(
            f"The quotation in {table.name} has quantities and unit prices. Fill in the amount of "
            f"every line ({block}) with formulas, quantity times unit price, and save the file."
        ),
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            *(
                Check(
                    "spreadsheet.cell",
                    {
                        "path": table.path,
                        "cell": f"E{row}",
                        "equals": business.euros(line.amount_cents),
                        "formula": True,
                        "refers_to": [f"C{row}", f"D{row}"],
                    },
                )
                for row, line in enumerate(lines, first)
            ),
            *_guards(table, ranges=[block]),
        ),
        solution=(*start, *fill(), _SAVE),
        near_misses=(
            _miss("typed as numbers", _cell(f"E{first}"), Type(values), _SAVE),
            _miss("only the first line", *start, _SAVE),
            _miss("the last line left out", *each("=C{row}*D{row}", last - 1), _SAVE),
            _miss("added instead of multiplied", *each("=C{row}+D{row}"), _SAVE),
            _miss(
                "always the first quantity",
                *(*_enter(f"E{first}", f"=C${first}*D{first}"), *fill(), _SAVE),
            ),
            _miss(
                "in the next column", *_enter(f"F{first}", f"=C{first}*D{first}"), *fill("F"), _SAVE
            ),
            _miss("not saved", *start, *fill()),
        ),
        variations=(
            Route(
                "filled down by key", (*start, *_select(block), Press("ctrl+d"), Press("ctrl+s"))
            ),
            Route("each by itself", (*each("=PRODUCT(C{row}:D{row})"), _SAVE)),
        ),
    )


@template(skills=("sort", "menu", "dialog"), occupation="43-0000")
def sort_invoices(rng: random.Random) -> Draft:
    """A clerk puts a list of invoices into the order in which they are worked off."""
    table, amounts = _invoices(rng)
    name, order, words = rng.choice(_ORDERS)
    keys = {"Amount": amounts, "Issued": _days(table, 2), "Due": _days(table, 3)}[name]
    table = _with_first_at_end(table, keys, order)
    table = replace(table, below=((), ("Total", None, None, None, _sum_of(table.column("E")))))
    column, block = table.letters(name), f"A{table.top}:E{table.last}"
    other = "Descending" if order == "ascending" else "Ascending"
    by_invoice = "Ascending" if name != "Issued" else "Descending"

    def sort(block: str, column: str, direction: str) -> tuple[Intent, ...]:
        chooser = Target(role="toggle button", window="Sort")
        return (
            *(*_select(block), *_menu("Data", "Sort"), Click(chooser), _entry(column)),
            Click(Target(role="radio button", name=direction, window="Sort")),
            _button("OK", "Sort"),
        )

    done = sort(block, name, order.title())
    return Draft(
        instruction=(
            f"Sort the invoices in {table.name} by {words}. Each invoice must stay together, and "
            "the header and the total stay where they are. Save the file."
        ),
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            Check(
                "spreadsheet.sorted",
                {"path": table.path, "range": table.body, "column": column, "order": order},
            ),
            *_guards(table, ranges=[table.body]),
        ),
        solution=(*done, _SAVE),
        near_misses=(
            _miss("the other way round", *sort(block, name, other), _SAVE),
            _miss("by the customer", *sort(block, "Customer", by_invoice), _SAVE),
            _miss(
                "one column alone",
                *(*_select(table.column(column)), _button(f"Sort {order.title()}")),
                *(_button("Current selection"), _SAVE),
            ),
            _miss(
                "the last invoice left out",
                *sort(f"A{table.top}:E{table.last - 1}", name, order.title()),
                _SAVE,
            ),
            _miss("not saved", *done),
        ),
        variations=(
            Route(
                "on the toolbar",
                (_cell(f"{column}{table.first}"), _button(f"Sort {order.title()}"), _SAVE),
            ),
        ),
    )


_ORDERS = (
    ("Amount", "descending", "amount, the largest first"),
    ("Amount", "ascending", "amount, the smallest first"),
    ("Due", "ascending", "the day they are due, the earliest first"),
    ("Issued", "descending", "the day of issue, the newest first"),
)


def _days(table: Table, index: int) -> tuple[int, ...]:
    cells = (row[index] for row in table.rows)
    return tuple(
        dt.date.fromisoformat(str(cell["date"])).toordinal()
        for cell in cells
        if isinstance(cell, dict)
    )


def _with_first_at_end(table: Table, keys: Sequence[int], order: str) -> Table:
    """The row that belongs first comes last, so that the list is out of order to its end."""
    choose = min if order == "ascending" else max
    place = keys.index(choose(keys))
    rows = list(table.rows)
    rows.append(rows.pop(place))
    return replace(table, rows=tuple(rows))


def _sum_of(block: str) -> JsonValue:
    return {"formula": f"=SUM({block})", "style": "money"}


@template(skills=("format", "toolbar", "dialog"), occupation="43-0000")
def format_amounts(rng: random.Random) -> Draft:
    """An office clerk makes a list of invoices presentable."""
    table, _ = _invoices(rng, plain=True)
    table = replace(table, title="", remark="", below=((), (business.long_note(rng, 1),)))
    symbol, word, code, currency = rng.choice(_CURRENCIES)
    header, amounts = f"A{table.top}:E{table.top}", table.column("E")
    bold = Click(Target(role="toggle button", name="Bold"))
    in_bold = (*_select(header), bold)

    def formatted(code: str) -> tuple[Intent, ...]:
        box = Target(role="text", name="Format Code", window="Format Cells")
        opened = (*_select(amounts), *_menu("Format", "Cells"), Click(box, count=3))
        return (*opened, Type(code), _button("OK", "Format Cells"))

    from_list = (
        *_select(amounts),
        Click(Target(role="push button", name="Currency", at=(0.9, 0.5))),
        Await(Target(role="push button", name="OK")),
        *(Type(currency), Press("enter"), _button("OK")),
    )
    wanted: JsonValue = {
        "path": table.path,
        "range": amounts,
        "kind": "currency",
        "symbol": symbol,
        "decimals": 2,
    }
    bold_header: JsonValue = {"path": table.path, "range": header, "bold": True}
    return Draft(
        instruction=(
            f"Make {table.name} presentable: set the header row ({header}) in bold, and show the "
            f"amounts ({amounts}) as {word} ({symbol}) with two decimals. Save the file."
        ),
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            Check("spreadsheet.cell_format", bold_header),
            Check("spreadsheet.cell_format", wanted),
            *_guards(table, looks=[f"{table.top}:{table.top}", "E:E"]),
        ),
        solution=(*in_bold, *formatted(code), _SAVE),
        near_misses=(
            _miss("only the header", *in_bold, _SAVE),
            _miss("in dollars", *in_bold, *_select(amounts), _button("Currency"), _SAVE),
            _miss("as plain numbers", *in_bold, *_select(amounts), _button("Number"), _SAVE),
            _miss("everything in bold", Press("ctrl+a"), bold, *formatted(code), _SAVE),
            _miss("no decimals", *in_bold, *formatted(code.replace(".00", "")), _SAVE),
            _miss("not saved", *in_bold, *formatted(code)),
        ),
        variations=(
            Route("from the list of currencies", (*from_list, *in_bold, Press("ctrl+s"))),
            Route("bold by key", (*_select(header), Press("ctrl+b"), *formatted(code), _SAVE)),
        ),
    )


_CURRENCIES = (
    ("€", "euros", "#,##0.00 [$€-407]", "EUR"),
    ("£", "pounds", "[$£-809]#,##0.00", "GBP"),
)


@template(skills=("filter", "popup"), occupation="11-0000", split="validation")
def filter_region(rng: random.Random) -> Draft:
    """A sales manager looks at the orders of one region only."""
    count = rng.randint(10, 18)
    regions = rng.sample(names.REGIONS, 4)
    placed = (regions * count)[:count]
    rng.shuffle(placed)
    year = rng.randint(2023, 2026)
    days = business.working_days(rng, count, dt.date(year, 1, 1), dt.date(year, 6, 30))
    customers = business.companies(rng, count)
    first = rng.randint(1_000, 8_000)
    table = Table(
        path=_path(rng, "orders", year),
        header=("Order", "Customer", "Region", "Date", "Amount"),
        rows=tuple(
            (first + n, customer.name, region, {"date": day.isoformat()}, _money(cents))
            for n, (customer, region, day, cents) in enumerate(
                zip(customers, placed, days, _amounts(rng, count), strict=True)
            )
        ),
        title=rng.choice(("", f"Orders of {year}")),
        below=((), (business.long_note(rng, 1),)),
    )
    wanted, another = regions[:2]
    visible = [row for row, region in enumerate(placed, table.first) if region == wanted]
    order = f"A{visible[0]}:E{visible[0]}"
    on = (_cell(f"B{table.first}"), _button("AutoFilter"))
    arrow = Click(Target(cell=f"C{table.top}", at=(0.95, 0.5)))
    none = Click(Target(role="check box", name="All"))

    def tick(*chosen: str) -> tuple[Click, ...]:
        """Tick the boxes, which stand left of the names."""
        return tuple(_entry(name, at=(-0.08, 0.5)) for name in chosen)

    def show(*chosen: str) -> tuple[Intent, ...]:
        return (*on, arrow, none, *tick(*chosen), _button("OK"))

    only_column = (*_select(f"C{table.top}:C{table.last}"), _button("AutoFilter"))
    search = Target(role="label", name="Search items")
    return Draft(
        instruction=(
            f"Show only the orders of the region {wanted} in {table.name}: switch on the "
            "AutoFilter and filter the region column. Delete nothing, and save the file."
        ),
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            Check(
                "spreadsheet.filtered",
                {
                    "path": table.path,
                    "range": f"C{table.top}:C{table.last}",
                    "visible": list(visible),
                },
            ),
            *_guards(table),
        ),
        solution=(*show(wanted), _SAVE),
        near_misses=(
            _miss("another region", *show(another), _SAVE),
            _miss("two regions", *show(wanted, another), _SAVE),
            _miss("only switched on", *on, _SAVE),
            _miss("sorted by region", *on, arrow, _entry("Sort Ascending"), _SAVE),
            _miss("an order erased", *show(wanted), *_select(order), Press("delete"), _SAVE),
            _miss("not saved", *show(wanted)),
        ),
        variations=(
            Route(
                "by the search box", (*on, arrow, Click(search), Type(wanted), _button("OK"), _SAVE)
            ),
            Route(
                "on that column alone",
                (*only_column, arrow, none, *tick(wanted), _button("OK"), Press("ctrl+s")),
            ),
        ),
    )


def _amounts(rng: random.Random, count: int) -> tuple[int, ...]:
    return tuple(rng.randrange(4_500, 980_000, 5) for _ in range(count))


@template(skills=("chart", "dialog"), occupation="13-0000", split="test")
def chart_by_month(rng: random.Random) -> Draft:
    """An analyst draws the revenue of the months for a report."""
    firm, year = business.companies(rng, 1)[0], rng.randint(2021, 2026)
    start = rng.randint(0, 5)
    months = business.MONTHS[start : start + rng.randint(5, 7)]
    revenue = business.sales_by_region(rng, 1, len(months))[0].cents
    costs = tuple(round(cents * rng.uniform(0.55, 0.9)) // 100 * 100 for cents in revenue)
    table = Table(
        path=_path(rng, rng.choice(("results", "revenue", "report")), year, rng.randint(10, 99)),
        header=("Month", "Revenue", "Costs"),
        rows=tuple(
            (month, _money(earned), _money(spent))
            for month, earned, spent in zip(months, revenue, costs, strict=True)
        ),
        title=f"{firm.name}, {year}",
        remark=rng.choice(("", business.long_note(rng, 1))),
    )
    block = f"A{table.top}:B{table.last}"
    finish, leave = _button("Finish"), _cell("A1")

    def chart(block: str, *choices: Intent) -> tuple[Intent, ...]:
        return (*_select(block), _button("Chart"), *choices, finish, leave)

    data: JsonValue = {"path": table.path, "values": [table.column("B")]}
    whole: JsonValue = data | {"kinds": ["column"], "categories": table.column("A")}
    return Draft(
        instruction=(
            f"Insert a column chart of the monthly revenue into {table.name}: the months "
            f"({table.column('A')}) along the axis and the revenue ({table.column('B')}) as its "
            "only series. Save the file."
        ),
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            Check("spreadsheet.chart", data),
            Check("spreadsheet.chart", whole, weight=2.0),
            *_guards(table),
        ),
        solution=(*chart(block), _SAVE),
        near_misses=(
            _miss("lying bars", *chart(block, _entry("Bar")), _SAVE),
            _miss("a line", *chart(block, _entry("Line")), _SAVE),
            _miss("with the costs", *chart(f"A{table.top}:C{table.last}"), _SAVE),
            _miss("the last month left out", *chart(f"A{table.top}:B{table.last - 1}"), _SAVE),
            _miss("without the months", *chart(f"B{table.top}:B{table.last}"), _SAVE),
            _miss("not saved", *chart(block)),
        ),
        variations=(
            Route(
                "by menu",
                (*_select(block), *_menu("Insert", "Chart"), finish, leave, Press("ctrl+s")),
            ),
            Route("without the header", (*chart(f"A{table.first}:B{table.last}"), _SAVE)),
        ),
    )
