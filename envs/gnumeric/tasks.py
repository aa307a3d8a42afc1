"""Tasks of Gnumeric: time sheets, quotations, stock lists and budgets of small offices.

Each document is a .gnumeric file with one table, alone in its folder. Cells are no widgets of
Gnumeric's, so clicks into them are computed: `files/home` fixes the toolbars, and the writer of the
documents fixes the sizes of rows and columns.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gym_anything.documents import business, names
from gym_anything.documents.table import Row, Table
from gym_anything.intents import Steps, goal, guard, menu, on, route, seen
from gym_anything.task import (
    Await,
    Check,
    Click,
    Document,
    Drag,
    JsonValue,
    Press,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

_ROW_HEADER_X = 27
_MONEY: JsonValue = {"format": "#,##0.00"}
_HEADER: JsonValue = {"bold": True, "background": "#dde8cb"}
_SAVE, _SAVE_KEY = on("Save"), Press("ctrl+s")


def open_document(path: str) -> Steps:
    """Open another document of home in a window of its own."""
    name = path.rpartition("/")[2]
    chooser = Await(Target(role="file chooser", name="Open Spreadsheet File"))
    typed = Type(f"/home/user/{path}\n")
    return Press("ctrl+o"), chooser, typed, Await(Target(role="frame", name=f"{name} - Gnumeric"))


# Steps, checks and drafts -------------------------------------------------------------------------


def _click(table: Table, cell: str) -> Click:
    return Click(table.pixel(cell))


def _enter(table: Table, cell: str, *lines: object) -> Steps:
    """Write lines into a cell and those below it."""
    return _click(table, cell), Type("".join(f"{line}\n" for line in lines))


def _sweep(table: Table, block: str) -> Drag:
    """Select a block by dragging over it."""
    first, last = block.split(":")
    return Drag(table.pixel(first), table.pixel(last))


def _reach(table: Table, block: str) -> Steps:
    """Select a block by a click and one with shift."""
    first, last = block.split(":")
    return _click(table, first), Click(table.pixel(last), keys="shift")


def _money(cents: int) -> JsonValue:
    return {"value": business.euros(cents), "style": _MONEY}


def _date(day: dt.date) -> JsonValue:
    return {"date": day.isoformat()}


def _check(name: str, table: Table, weight: float = 1.0, **params: JsonValue) -> Check:
    return goal(f"spreadsheet.{name}", weight, path=table.path, **params)


def _renamed(table: Table) -> Steps:
    """Save under another name in the same folder."""
    chooser = seen("Save the current workbook as", "file chooser")
    return Press("ctrl+shift+s"), chooser, Type("copy\n"), seen("copy.gnumeric - Gnumeric", "frame")


def _draft(
    table: Table,
    instruction: str,
    goals: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
    guards: Sequence[Check],
    documents: Sequence[Document] = (),
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving.

    Two more near misses do not save, or under another name.
    """
    folder = table.path.rpartition("/")[0]
    alone = guard("files.only", path=folder, names=[table.name])
    home = guard("files.only", path=".", names=["Documents"])
    misses = [route(name, *steps, _SAVE) for name, steps in wrong.items()]
    misses += [route("not saved", *does), route("under another name", *does, *_renamed(table))]
    return Draft(
        instruction=f"{instruction} Then save the file.",
        documents=tuple(documents) or (table.document(),),
        open=(table.path,),
        checks=(*goals, *guards, alone, home),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(route(name, *steps, _SAVE_KEY) for name, steps in ways.items()),
    )


def _kept(table: Table, ranges: Sequence[str] = (), looks: Sequence[str] = ()) -> tuple[Check, ...]:
    """Guard: outside of `ranges` nothing has changed, within `looks` only the look."""
    check = "spreadsheet.unchanged_except"
    return (guard(check, path=table.path, ranges=list(ranges), looks=list(looks)),)


# Templates ----------------------------------------------------------------------------------------

_DUTIES = (
    *("Front desk", "Post room", "Archive", "Phone duty", "Data entry", "Stocktaking", "Minutes"),
    *("Visitor tour", "Inventory", "Training", "Mailing", "Translations", "Purchase orders"),
)


@template(skills=("formula", "toolbar", "canvas"), occupation="43-0000")
def total_hours(rng: random.Random) -> Draft:
    """A payroll clerk adds the hours of a time sheet."""
    person, count = business.people(rng, 1)[0], rng.randint(8, 14)
    start = dt.date(rng.randint(2023, 2026), rng.randint(1, 11), 1)
    days = business.working_days(rng, count, start, start + dt.timedelta(days=27))
    quarters = [rng.randint(6, 36) for _ in days]
    month, gap = business.MONTHS[start.month - 1], rng.randint(0, 1)
    table = Table(
        path=f"Documents/timesheets/hours-{month.lower()}-{start.year}.gnumeric",
        header=("Date", "Duty", "Room", "Hours"),
        rows=tuple(
            (_date(day), rng.choice(_DUTIES), f"{rng.choice('ABC')}{rng.randint(101, 328)}", q / 4)
            for day, q in zip(days, quarters, strict=True)
        ),
        widths=(2.6, 4.0, 2.2, 2.6),
        title=f"{person.name}, {month} {start.year}",
        below=(*((),) * gap, (None, None, "Total"), (), (business.long_note(rng, 1),)),
        look=_HEADER,
    )
    row = table.last + 1 + gap
    cell, total, block = f"D{row}", sum(quarters) / 4, table.block("D")
    shorter = f"D{table.first}:D{table.last - 1}"
    added = "+".join(f"D{each}" for each in range(table.first, table.last + 1))
    button = (_click(table, cell), on("Sum"))
    return _draft(
        table,
        f"The time sheet {table.name} lacks its total: put the sum of all hours into {cell}, as a "
        "formula, so that it stays right when an hour is corrected.",
        goals=(
            _check("cell", table, cell=cell, equals=total),
            _check("cell", table, 2.0, cell=cell, equals=total, formula=True, refers_to=[block]),
        ),
        does=(*button, _sweep(table, block), Press("enter")),
        wrong={
            "typed as a number": _enter(table, cell, total),
            "the average instead": _enter(table, cell, f"=AVERAGE({block})"),
            "the last day left out": (*button, _sweep(table, shorter), Press("enter")),
            "a row too low": _enter(table, f"D{row + 1}", f"=SUM({block})"),
            "over the last hours": _enter(table, f"D{table.last}", f"=SUM({block})"),
        },
        ways={
            "typed": _enter(table, cell, f"=SUM({block})"),
            "one by one": _enter(table, cell, f"={added}"),
        },
        guards=_kept(table, [cell]),
    )


@template(skills=("formula", "fill", "canvas"), occupation="13-0000")
def line_amounts(rng: random.Random) -> Draft:
    """A sales analyst completes an order: quantity times unit price on every line."""
    customer, number = business.companies(rng, 1)[0], rng.randint(1000, 9999)
    lines = business.invoice_lines(rng, business.products(rng, 20), rng.randint(5, 12))
    table = Table(
        path=f"Documents/orders-{number}/order-{number}.gnumeric",
        header=("SKU", "Item", "Quantity", "Unit price", "Amount"),
        rows=tuple(
            (line.product.sku, line.product.name, line.quantity, _money(line.product.price_cents))
            for line in lines
        ),
        widths=(2.6, 5.6, 2.2, 2.6, 3.0),
        title=rng.choice(("", f"Order {number} of {customer.name}")),
        below=((), (f"Deliver to {customer.contact.name}, {customer.address.city}",)),
        look=_HEADER,
    )
    first, start, block = table.first, f"E{table.first}", table.block("E")
    rows = range(first, table.last + 1)
    amounts = [business.euros(line.amount_cents) for line in lines]
    product = f"=C{first}*D{first}"
    once = _enter(table, start, product)

    def fill(formula: str, column: str = "E") -> Steps:
        """A double click on the handle fills down as far as the column beside goes."""
        cell = f"{column}{first}"
        return (
            *_enter(table, cell, formula),
            _click(table, cell),
            Click(table.corner(cell), count=2),
        )

    def amount(row: int, equals: JsonValue) -> Check:
        wish: JsonValue = [f"C{row}:D{row}"]
        cell = f"E{row}"
        return _check("cell", table, cell=cell, equals=equals, formula=True, refers_to=wish)

    return _draft(
        table,
        f"The order in {table.name} has quantities and unit prices. Fill in the amount of every "
        f"line ({block}) with formulas: quantity times unit price.",
        goals=[amount(row, each) for row, each in zip(rows, amounts, strict=True)],
        does=fill(product),
        wrong={
            "typed as numbers": _enter(table, start, *amounts),
            "only the first line": once,
            "the last line left out": _enter(table, start, *(f"=C{r}*D{r}" for r in rows[:-1])),
            "added instead of multiplied": fill(f"=C{first}+D{first}"),
            "always the first quantity": fill(f"=C${first}*D{first}"),
        },
        ways={
            "filled by key": (
                *_enter(table, start, product),
                _sweep(table, block),
                Press("ctrl+d"),
            ),
            "each typed": _enter(table, start, *(f"=product(C{r}:D{r})" for r in rows)),
        },
        guards=_kept(table, [block]),
    )


_STOCK_ORDERS = (
    ("C", "on_hand", "ascending", "the number on hand, the smallest first"),
    ("C", "on_hand", "descending", "the number on hand, the largest first"),
    ("E", "value_cents", "descending", "their value, the largest first"),
)


@template(skills=("sort", "menu", "dialog"), occupation="43-0000")
def sort_stock(rng: random.Random) -> Draft:
    """A stock clerk puts an inventory into the order in which the shelves are counted."""
    column, key, order, words = rng.choice(_STOCK_ORDERS)
    stock = list(business.inventory(rng, business.products(rng, rng.randint(9, 15))))
    year, month = rng.randint(2023, 2026), rng.choice(business.MONTHS)
    extreme = (max if order == "descending" else min)(stock, key=lambda each: getattr(each, key))
    stock.append(stock.pop(stock.index(extreme)))  # what belongs first comes last
    table = Table(
        path=f"Documents/warehouse/stock-{month.lower()}-{year}.gnumeric",
        header=("SKU", "Item", "On hand", "Reorder at", "Value"),
        rows=tuple(
            (each.product.sku, each.product.name, each.on_hand, each.reorder_at, value)
            for each in stock
            for value in (_money(each.value_cents),)
        ),
        widths=(2.6, 5.6, 2.2, 2.6, 3.0),
        title=rng.choice(("", f"Stock in {month} {year}")),
        look=_HEADER,
    )
    total: Row = ("Total", None, None, None, {"formula": f"=SUM({table.block('E')})"})
    table = replace(table, below=((), total))

    def sort(block: str, key: str, way: str) -> Steps:
        field = Click(Target(role="text", window="Sort", nth=1))
        chosen = (on("Clear", window="Sort"), field, Type(f"{key}{table.top}"))
        added = (*chosen, on("Add", window="Sort"))
        flip = Click(Target(role="table cell", window="Sort", nth=2))
        turned = (flip,) if way == "descending" else ()
        opened = (*_reach(table, block), *menu("Data", "Sort"), *added)
        return *opened, *turned, on("OK", window="Sort")

    block, other = table.headed("A", "E"), "ascending" if order == "descending" else "descending"
    short = f"A{table.top}:E{table.last - 1}"
    by_key = (_sweep(table, block), *sort(block, column, order)[2:])
    rank = sort(block, "D", order)
    return _draft(
        table,
        f"Sort the articles in {table.name} by {words}. Each article must stay together, and the "
        "header and the total stay where they are.",
        goals=[_check("sorted", table, range=table.block("A", "E"), column=column, order=order)],
        does=sort(block, column, order),
        wrong={
            "the other way round": sort(block, column, other),
            "by the reorder level": rank,
            "one column alone": sort(table.headed(column), column, order),
            "the last article left out": sort(short, column, order),
        },
        ways={
            "dragged over": by_key,
            "sorted twice": (*rank, *sort(block, column, order)),
        },
        guards=_kept(table, [table.block("A", "E")]),
    )


_CURRENCIES = (
    ("€", "euros", "#,##0.00 [$€-407]", "[$€-2] #,##0.00"),
    ("£", "pounds", "[$£-809]#,##0.00", '"£"#,##0.00'),
)
_COSTS = (
    *("Rent", "Electricity", "Cleaning", "Insurance", "Telephone", "Postage", "Software"),
    *("Travel", "Training", "Repairs", "Furniture", "Printing", "Advertising", "Bank charges"),
)


@template(skills=("format", "toolbar", "dialog"), occupation="13-0000")
def present_budget(rng: random.Random) -> Draft:
    """A budget analyst makes a budget presentable."""
    sign, word, code, other_code = rng.choice(_CURRENCIES)
    year, department = rng.randint(2023, 2027), rng.choice(names.DEPARTMENTS)
    table = Table(
        path=f"Documents/budgets/budget-{department.lower().replace(' ', '-')}-{year}.gnumeric",
        header=("Cost", "Planned", "Spent", "Remark"),
        rows=tuple(
            (cost, *(business.euros(rng.randrange(12_000, 950_000, 25)) for _ in range(2)))
            for cost in rng.sample(_COSTS, rng.randint(6, 11))
        ),
        widths=(4.6, 3.4, 3.4, 4.0),
        title=rng.choice(("", f"Budget of {department}, {year}")),
        below=((), (business.long_note(rng, 1),)),
    )
    header, amounts = f"A{table.top}:D{table.top}", table.block("B", "C")
    bold = on("Bold", "toggle button")
    in_bold = (_sweep(table, header), bold)
    field = on("Format code:", "text", window="Format Cells", count=3)

    def show(code: str, select: Steps = ()) -> Steps:
        custom = on("Custom", "table cell", window="Format Cells")
        typed = (custom, field, Press("ctrl+a"), Type(code))
        chosen = select or (_sweep(table, amounts),)
        return *chosen, Press("ctrl+1"), *typed, on("OK", window="Format Cells")

    by_menu = (*_reach(table, header), bold, *show(code, _reach(table, amounts)))
    return _draft(
        table,
        f"Make {table.name} presentable: set the header row ({header}) in bold, and show the "
        f"amounts ({amounts}) as {word} ({sign}) with two decimals.",
        goals=[
            _check("cell_format", table, range=header, bold=True),
            _check("cell_format", table, range=amounts, kind="currency", symbol=sign, decimals=2),
        ],
        does=(*in_bold, *show(code)),
        wrong={
            "only the header": in_bold,
            "only the amounts": show(code),
            "in dollars": (*in_bold, _sweep(table, amounts), on("Accounting")),
            "only what is planned": (*in_bold, *show(code, (_sweep(table, table.block("B")),))),
            "no decimals": (*in_bold, *show(code.replace(".00", ""))),
            "everything in bold": (Press("ctrl+a"), bold, *show(code)),
        },
        ways={"by another code": (*show(other_code), *in_bold), "marked by clicks": by_menu},
        guards=_kept(table, looks=[f"{table.top}:{table.top}", "B:C"]),
    )


_PLOTS = (("Column", "column"), ("Line", "line"), ("Area", "area"), ("Pie", "pie"))
_CAST = ("Visitors", "Tickets", "Members", "Loans", "Calls", "Orders", "Downloads")


@template(skills=("chart", "dialog", "canvas", "drag", "pixels"), occupation="11-0000")
def chart_figures(rng: random.Random) -> Draft:
    """A manager draws the figures of the months for a report."""
    plot, kind = rng.choice(_PLOTS)
    wrong_plot = rng.choice([name for name, _ in _PLOTS if name != plot])
    what, other = rng.sample(_CAST, 2)
    begin, year = rng.randint(0, 6), rng.randint(2019, 2026)
    months = business.MONTHS[begin : begin + rng.randint(5, 6)]
    table = Table(
        path=f"Documents/reports/{what.lower()}-{year}-from-{months[0].lower()}.gnumeric",
        header=("Month", what, other),
        rows=tuple((month, rng.randint(120, 980), rng.randint(40, 700)) for month in months),
        widths=(3.0, 3.0, 3.0),
        title=f"{business.companies(rng, 1)[0].name}, {year}",
        look=_HEADER,
    )
    values, labels, space = table.block("B"), table.block("A"), Drag((620, 280), (1000, 520))

    def draw(select: Steps, plot: str = plot) -> Steps:
        """The chart is drawn where the pointer is dragged after the dialog."""
        kinds = on(plot, "table cell")
        return *select, on("Chart"), kinds, on("Insert"), space

    block, shorter = table.block("A", "B"), f"A{table.first}:B{table.last - 1}"
    by_menu = (*_reach(table, block), *menu("Insert", "Chart"), on(plot, "table cell"))
    return _draft(
        table,
        f"Put a chart of type “{plot}” beside the table in {table.name}: it shows {what} "
        f"({values}) as its only series, with the months ({labels}) as labels.",
        goals=[
            _check("chart", table, values=[values]),
            _check("chart", table, 2.0, kinds=[kind], values=[values], categories=labels),
        ],
        does=draw((_sweep(table, block),)),
        wrong={
            "of another type": draw((_sweep(table, block),), wrong_plot),
            "both series": draw((_sweep(table, table.block("A", "C")),)),
            "the last month left out": draw((_sweep(table, shorter),)),
            "without the months": draw((_sweep(table, values),)),
            "not placed": draw((_sweep(table, block),))[:-1],
        },
        ways={
            "by menu": (*by_menu, on("Insert"), space),
            "with the header": draw((_sweep(table, table.headed("A", "B")),)),
        },
        guards=_kept(table),
    )


_PURPOSES = ("Stamps", "Flowers", "Coffee", "Taxi", "Keys", "Batteries", "Parking", "Lamp", "Paper")


def _cash(rng: random.Random, month: str, year: int) -> JsonValue:
    """Content of the sheet of a month."""
    start = dt.date(year, business.MONTHS.index(month) + 1, 1)
    days = business.working_days(rng, rng.randint(4, 8), start, start + dt.timedelta(days=27))
    rows: list[JsonValue] = [["Date", "Purpose", "Amount"]]
    rows += [[_date(day), rng.choice(_PURPOSES), _money(rng.randrange(150, 9_000))] for day in days]
    total: JsonValue = {"formula": f"=SUM(C2:C{len(rows)})", "style": _MONEY}
    return {"name": month, "rows": [*rows, [], ["Total", None, total]], "widths": [3.0, 5.0, 3.0]}


def _drop(sheet: str, onto: str, after: bool) -> Steps:
    """Drag the tab of a sheet over another one's place."""
    end = Target(role="page tab", name=onto, at=(0.95 if after else 0.05, 0.5))
    return on(sheet, "page tab"), Drag(Target(role="page tab", name=sheet), end)


@template(skills=("sheets", "drag"), occupation="43-0000", split="validation")
def order_sheets(rng: random.Random) -> Draft:
    """A bookkeeper puts the months of a cash book into the order of the calendar."""
    begin, year = rng.randint(0, 7), rng.randint(2019, 2026)
    months = business.MONTHS[begin : begin + 5]
    place, wanted = rng.choice([(a, b) for a in range(5) for b in range(5) if abs(a - b) > 1])
    moved, ahead = months[wanted], wanted > place
    mixed = [month for month in months if month != moved]
    mixed.insert(place, moved)
    between = mixed[place + 1 : wanted + 1] if ahead else mixed[wanted:place][::-1]
    path = f"Documents/cash-book/cash-{year}-{months[0].lower()}.gnumeric"
    table = Table(path, (), (), ())
    sheets = [_cash(rng, month, year) for month in mixed]
    right = _drop(moved, between[-1], after=ahead)
    short = _drop(moved, between[-2], after=ahead)
    around = tuple(step for each in between for step in _drop(each, moved, after=not ahead))
    other = _drop(between[0], between[1], after=ahead)
    kept = guard(
        "spreadsheet.unchanged_except",
        path=path,
        added_sheets=list[JsonValue](months),
        removed_sheets=list[JsonValue](months),
    )
    return _draft(
        table,
        f"One sheet of the cash book {table.name} is at the wrong place. Put its sheets into the "
        "order of the calendar.",
        goals=[_check("sheet_names", table, names=list[JsonValue](months))],
        does=right,
        wrong={
            "one place short": short,
            "another sheet moved": other,
            "another one moved as well": (*right, *other),
            "only chosen": (on(moved, "page tab"),),
            "a cell overwritten": (*right, Type("9\n")),
        },
        ways={
            "the others moved": around,
            "in two steps": (*short, *_drop(moved, between[-1], after=ahead)),
        },
        guards=[kept],
        documents=[Document(path, "spreadsheet", {"sheets": sheets})],
    )


_MARKS = (("orange", "#f4b183"), ("red", "#ff8080"), ("blue", "#9dc3e6"), ("violet", "#cc99ff"))


@template(skills=("rows", "canvas", "pixels"), occupation="43-0000", split="test")
def delete_marked(rng: random.Random) -> Draft:
    """A secretary takes the cancelled registrations, known by their colour, off a list."""
    (mark, colour), (_, other) = rng.sample(_MARKS, 2)
    guests = business.people(rng, rng.randint(10, 16))
    count = len(guests)
    marked = sorted(rng.sample(range(count), rng.randint(2, 4)))
    left = [at for at in range(count) if at not in marked]
    noted = rng.sample(left, 2)
    cities = [rng.choice(names.CITIES)[0] for _ in guests]
    numbers = [1000 + at * 7 + rng.randint(0, 6) for at in range(count)]
    values = [
        (number, guest.name, city, guest.email)
        for number, guest, city in zip(numbers, guests, cities, strict=True)
    ]

    def row(at: int) -> Row:
        fill = colour if at in marked else other if at in noted else ""
        return tuple({"value": v, "style": {"background": fill}} if fill else v for v in values[at])

    table = Table(
        path=f"Documents/workshop/registrations-{rng.randint(2000, 9999)}.gnumeric",
        header=("Number", "Name", "City", "Mail"),
        rows=tuple(row(at) for at in range(count)),
        widths=(2.4, 5.6, 3.6, 7.0),
        look={"bold": True},
    )
    first = table.first
    moved = [(place, at) for place, at in enumerate(left) if place != at]
    goals = [_check("cell", table, cell=f"A{first + i}", equals=values[at][0]) for i, at in moved]
    gone = range(first + len(left), first + count)
    goals += [_check("cell", table, cell=f"A{row}", empty=True) for row in gone]

    def header(at: int) -> Click:
        return Click((_ROW_HEADER_X, table.pixel(f"A{first + at}")[1]))

    def delete(places: Sequence[int]) -> Steps:
        """By the menu of the row's number, from the last row to the first."""
        item = on("Delete 1 Row", "menu item")
        last_first = sorted(places, reverse=True)
        clicks = ((header(at), replace(header(at), button="right"), item) for at in last_first)
        return tuple(step for steps in clicks for step in steps)

    emptied = tuple(step for at in marked for step in (header(at), Press("delete")))
    upper = [at - gone for gone, at in enumerate(marked)]
    downwards = tuple(step for at in upper for step in delete([at]))
    above = upper[: len(marked) - 1]
    last_first = (*delete(marked[-1:]), *(step for at in above for step in delete([at])))
    params: dict[str, JsonValue] = {"except_rows": [first + at for at in marked]}
    return _draft(
        table,
        f"In the list of registrations {table.name} the rows with {mark} background have been "
        "cancelled. Delete these rows, so that no gaps are left; rows of another colour stay.",
        goals=goals,
        does=delete(marked),
        wrong={
            "one left": delete(marked[1:]),
            "emptied, not deleted": emptied,
            "those of the other colour too": delete([*marked, *noted]),
            "those of the other colour instead": delete(noted),
            "a row that is not marked": delete([*marked[:-1], left[0]]),
        },
        ways={"from the top": downwards, "the last one first": last_first},
        guards=[
            guard("spreadsheet.rows_kept", path=table.path, **params),
            guard("spreadsheet.sheet_names", path=table.path, names=["Sheet1"]),
        ],
    )


@template(skills=("filter", "popup", "canvas"), occupation="11-0000", split="test")
def filter_region(rng: random.Random) -> Draft:
    """A sales manager looks at the orders of one region only."""
    count, year, number = rng.randint(9, 16), rng.randint(2023, 2026), rng.randint(1_000, 8_000)
    regions = (rng.sample(names.REGIONS, 4) * count)[:count]
    wanted, another = regions[:2]
    rng.shuffle(regions)
    days = business.working_days(rng, count, dt.date(year, 1, 1), dt.date(year, 6, 30))
    customers = business.companies(rng, count)
    table = Table(
        path=f"Documents/sales/orders-{year}-{number}.gnumeric",
        header=("Order", "Customer", "Region", "Date", "Amount"),
        rows=tuple(
            (number + n, firm.name, region, _date(day), _money(rng.randrange(4_500, 980_000, 5)))
            for n, (firm, region, day) in enumerate(zip(customers, regions, days, strict=True))
        ),
        widths=(2.4, 6.4, 3.0, 3.0, 3.4),
        title=rng.choice(("", f"Orders of {year}")),
        below=((), (business.long_note(rng, 1),)),
        look=_HEADER,
    )
    visible = [row for row, region in enumerate(regions, table.first) if region == wanted]
    add = (on("Data", "menu"), on("Filter", "menu"), on("Add Auto Filter", "menu item"))
    whole, block = table.headed("A", "E"), table.headed("C")
    right, middle = table.pixel(f"C{table.top}", x=1.0)
    arrow = Click((right - 8, middle))

    def only(region: str, select: Steps = ()) -> Steps:
        return *(select or (_sweep(table, whole),)), *add, arrow, on(region, "table cell")

    shown = f"A{table.first}:E{table.first}"  # what is filtered out takes no room
    erased = (_sweep(table, shown), Press("delete"))
    again = (arrow, on(wanted, "table cell"))
    return _draft(
        table,
        f"Show only the orders of the region {wanted} in {table.name}: add an auto filter to the "
        "table and choose the region in it. Delete nothing.",
        goals=[_check("filtered", table, range=block, visible=list(visible))],
        does=only(wanted),
        wrong={
            "another region": only(another),
            "only the filter added": (_sweep(table, whole), *add),
            "an order erased": (*only(wanted), *erased),
            "sorted instead": (_sweep(table, table.block("C")), on("Sort Ascending")),
        },
        ways={
            "another region first": (*only(another), *again),
            "that column alone": only(wanted, _reach(table, block)),
        },
        guards=_kept(table),
    )
