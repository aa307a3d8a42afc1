"""Tasks of LibreOffice Calc: lists of invoices, quotations, orders and months that an office keeps.

Every document is an .ods or an .xlsx file with one table on its first sheet, perhaps a title above
it, and remarks beside or below it. Amounts are whole cents, so that what is expected is exact.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from gym_anything import content
from gym_anything.documents import business, names
from gym_anything.documents.scans import delivery_note
from gym_anything.intents import Steps, goal, guard, menu, on, route
from gym_anything.task import Answer, Click, Drag, GiveUp, Intent, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template

_tables = content.load_module(Path(__file__).with_name("tables.py"))
_Table, _path, _ledger = _tables.Table, _tables.path, _tables.ledger
_money, _date, _MONEY, _SAVE = _tables.money, _tables.date, _tables.MONEY, _tables.SAVE
_cell, _entry, _select, _enter = _tables.click_cell, _tables.entry, _tables.select, _tables.enter
_check, _draft = _tables.check, _tables.draft
open_document = _tables.open_document

Row: TypeAlias = tuple[JsonValue, ...]

# Templates ----------------------------------------------------------------------------------------


@template(skills=("formula", "toolbar"), occupation="43-0000")
def total_column(rng: random.Random) -> Draft:
    """A bookkeeper adds the total below a list of invoices."""
    (table, invoices), gap = _ledger(rng), rng.randint(0, 1)
    below: tuple[Row, ...] = (*((),) * gap, ("Total",), (), (business.long_note(rng, 1),))
    table = replace(table, below=below)
    cell, under = f"E{table.last + 1 + gap}", f"E{table.last + 2 + gap}"
    total, block = business.euros(sum(each.total_cents for each in invoices)), table.block("E")
    added = "+".join(f"E{row}" for row in range(table.first, table.last + 1))

    def pick(function: str) -> Steps:
        item = Click(Target(role="menu item", name=function))
        return _cell(cell), on("Select Function"), item, Press("enter")

    return _draft(
        table,
        f"In {table.name} the cell next to “Total” ({cell}) is still empty. Put the total of all "
        "amounts there, as a formula, so that it stays right when an amount is corrected.",
        goals=(
            _check("cell", table, cell=cell, equals=total),
            _check("cell", table, 2.0, cell=cell, equals=total, formula=True, refers_to=[block]),
        ),
        does=pick("Sum"),
        wrong={
            "typed as a number": _enter(cell, total),
            "the average instead": pick("Average"),
            "the last invoice left out": _enter(cell, f"=SUM(E{table.first}:E{table.last - 1})"),
            "a row too low": _enter(under, f"=SUM({block})"),
        },
        ways={"typed": _enter(cell, f"=SUM({block})"), "one by one": _enter(cell, f"={added}")},
        contents=[cell],
    )


@template(skills=("formula", "fill", "drag"), occupation="13-0000")
def line_amounts(rng: random.Random) -> Draft:
    """A sales analyst completes a quotation: quantity times unit price on every line."""
    customer, number = business.companies(rng, 1)[0], rng.randint(100, 999)
    lines = business.invoice_lines(rng, business.products(rng, 20), rng.randint(5, 11))
    table = _Table(
        path=_path(rng, "quotation", number),
        header=("SKU", "Item", "Quantity", "Unit price", "Amount"),
        rows=tuple(
            (line.product.sku, line.product.name, line.quantity, _money(line.product.price_cents))
            for line in lines
        ),
        title=rng.choice(("", f"Quotation {number} for {customer.name}")),
        below=((), (f"Prepared for {customer.contact.name}, {customer.address.city}",)),
    )
    first, start, block = table.first, f"E{table.first}", table.block("E")
    rows = range(first, table.last + 1)
    amounts = [business.euros(line.amount_cents) for line in lines]
    product = f"=C{first}*D{first}"

    def fill(formula: str, column: str = "E") -> Steps:
        """Drag the handle of the first cell down; the last counts from its middle on."""
        cell = f"{column}{first}"
        handle = Target(cell=cell, at=(1.0, 1.0))
        end = Target(cell=f"{column}{table.last}", at=(0.5, 0.9))
        return *_enter(cell, formula), _cell(cell), Drag(handle, end)

    return _draft(
        table,
        f"The quotation in {table.name} has quantities and unit prices. Fill in the amount of "
        f"every line ({block}) with formulas: quantity times unit price.",
        goals=[
            _check(
                "cell",
                table,
                cell=f"E{row}",
                equals=amount,
                formula=True,
                refers_to=[f"C{row}:D{row}"],
            )
            for row, amount in zip(rows, amounts, strict=True)
        ],
        does=fill(product),
        wrong={
            "typed as numbers": _enter(start, *amounts),
            "only the first line": _enter(start, product),
            "the last line left out": _enter(start, *(f"=C{row}*D{row}" for row in rows[:-1])),
            "added instead of multiplied": _enter(start, *(f"=C{row}+D{row}" for row in rows)),
            "always the first quantity": fill(f"=C${first}*D{first}"),
            "in the next column": fill(product, "F"),
        },
        ways={
            "filled by key": (*_enter(start, product), *_select(block), Press("ctrl+d")),
            "each typed": _enter(start, *(f"=PRODUCT(C{row}:D{row})" for row in rows)),
        },
        contents=[block],
    )


_ORDERS = (
    ("E", "Amount", "descending", "amount, the largest first"),
    ("E", "Amount", "ascending", "amount, the smallest first"),
    ("D", "Due", "ascending", "the day they are due, the earliest first"),
    ("C", "Issued", "descending", "the day of issue, the newest first"),
)


@template(skills=("sort", "menu", "dialog"), occupation="43-0000")
def sort_invoices(rng: random.Random) -> Draft:
    """A clerk puts a list of invoices into the order in which they are worked off."""
    table, invoices = _ledger(rng)
    column, name, order, words = rng.choice(_ORDERS)
    way, opposite = ("Ascending", "Descending")[:: 1 if order == "ascending" else -1]
    found = [(each.issued, each.due, each.total_cents)["CDE".index(column)] for each in invoices]
    rows = list(table.rows)
    rows.append(rows.pop(found.index(min(found) if way == "Ascending" else max(found))))
    total: JsonValue = {"formula": f"=SUM({table.block('E')})", "style": _MONEY}
    below: tuple[Row, ...] = ((), ("Total", None, None, None, total))
    table = replace(table, rows=tuple(rows), below=below)  # what belongs first now comes last
    block = table.headed("A", "E")

    def sort(block: str, key: str, way: str) -> Steps:
        return (
            *(*_select(block), *menu("Data", "Sort")),
            *(Click(Target(role="toggle button", window="Sort")), _entry(key)),
            Click(Target(role="radio button", name=way, window="Sort")),
            on("OK", window="Sort"),
        )

    alone = (*_select(table.block(column)), on(f"Sort {way}"), on("Current selection"))
    return _draft(
        table,
        f"Sort the invoices in {table.name} by {words}. Each invoice must stay together, and the "
        "header and the total stay where they are.",
        goals=[_check("sorted", table, range=table.block("A", "E"), column=column, order=order)],
        does=sort(block, name, way),
        wrong={
            "the other way round": sort(block, name, opposite),
            "by the customer": sort(block, "Customer", way),
            "one column alone": alone,
            "the last invoice left out": sort(f"A{table.top}:E{table.last - 1}", name, way),
        },
        ways={"on the toolbar": (_cell(f"{column}{table.first}"), on(f"Sort {way}"))},
        contents=[table.block("A", "E")],
    )


_CURRENCIES = (
    ("€", "euros", "#,##0.00 [$€-407]", "[$EUR] #,##0.00"),
    ("£", "pounds", "[$£-809]#,##0.00", "[$GBP] #,##0.00"),
)


@template(skills=("format", "toolbar", "dialog"), occupation="43-0000")
def format_amounts(rng: random.Random) -> Draft:
    """An office clerk makes a list of invoices presentable."""
    table = replace(_ledger(rng, plain=True)[0], below=((), (business.long_note(rng, 1),)))
    sign, word, code, code_by_name = rng.choice(_CURRENCIES)
    header, amounts = f"A{table.top}:E{table.top}", table.block("E")
    as_it_was: dict[str, JsonValue] = {"background": "", "italic": False, "underline": False}
    shown: dict[str, JsonValue] = {"kind": "currency", "symbol": sign, "decimals": 2}
    bold = Click(Target(role="toggle button", name="Bold"))
    in_bold = (*_select(header), bold)

    def show(code: str, *opened: Intent) -> Steps:
        box = Click(Target(role="text", name="Format Code", window="Format Cells"), count=3)
        dialog = opened or menu("Format", "Cells")
        return *_select(amounts), *dialog, box, Type(code), on("OK", window="Format Cells")

    return _draft(
        table,
        f"Make {table.name} presentable: set the header row ({header}) in bold, and show the "
        f"amounts ({amounts}) as {word} ({sign}) with two decimals.",
        goals=[
            _check("cell_format", table, range=header, bold=True, **as_it_was),
            _check("cell_format", table, range=amounts, bold=False, **as_it_was, **shown),
        ],
        does=(*in_bold, *show(code)),
        wrong={
            "only the header": in_bold,
            "in dollars": (*in_bold, *_select(amounts), on("Currency")),
            "as plain numbers": (*in_bold, *_select(amounts), on("Number")),
            "no decimals": (*in_bold, *show(code.replace(".00", ""))),
            "everything in bold": (Press("ctrl+a"), bold, *show(code)),
        },
        ways={
            "by the currency's code": (*show(code_by_name), *in_bold),
            "by keys": (*_select(header), Press("ctrl+b"), *show(code, Press("ctrl+1"))),
        },
        looks=[f"{table.top}:{table.top}", "E:E"],
    )


_MARKS = (
    ("yellow", "#ffff00"),
    ("green", "#81d41a"),
    ("blue", "#729fcf"),
    ("red", "#ff6d6d"),
)


@template(skills=("formula", "pixels"), occupation="43-0000")
def add_marked(rng: random.Random) -> Draft:
    """A bookkeeper adds up the amounts that somebody has marked with a colour."""
    table, invoices = _ledger(rng)
    (word, colour), (_, another) = rng.sample(_MARKS, 2)
    label = rng.choice(("Disputed", "Paid in cash", "To be checked", "Not insured"))
    count = rng.randint(3, 4)
    chosen = rng.sample(range(table.first, table.last + 1), count + 2)
    marked, others = sorted(chosen[:count]), sorted(chosen[count:])
    colours = {**dict.fromkeys(marked, colour), **dict.fromkeys(others, another)}
    amounts = {
        row: business.euros(each.total_cents) for row, each in enumerate(invoices, table.first)
    }
    looks = {row: {"format": "#,##0.00", "background": colours[row]} for row in colours}
    rows = tuple(
        (*line[:-1], {"value": amounts[row], "style": looks[row]}) if row in looks else line
        for row, line in enumerate(table.rows, table.first)
    )
    table = replace(table, rows=rows, below=((), (label,), (), (business.long_note(rng, 1),)))
    cell, block = f"E{table.last + 2}", table.block("E")
    cents = sum(invoices[row - table.first].total_cents for row in marked)
    total, cells = business.euros(cents), [f"E{row}" for row in marked]
    unmarked = "".join(
        f"-E{row}" for row in range(table.first, table.last + 1) if row not in marked
    )

    def pick(cells: Sequence[str]) -> Steps:
        """Point at cells while a formula is written."""
        added = tuple(step for each in cells[1:] for step in (Type("+"), _cell(each)))
        return _cell(cell), Type("="), _cell(cells[0]), *added, Type("\n")

    right: dict[str, JsonValue] = {"cell": cell, "equals": total}
    return _draft(
        table,
        f"In {table.name} the amounts on a {word} ground are those marked as “{label}”. Put their "
        f"sum next to that word ({cell}), as a formula that looks at these cells.",
        goals=(
            _check("cell", table, **right),
            _check("cell", table, 2.0, **right, formula=True, refers_to=list[JsonValue](cells)),
        ),
        does=pick(cells),
        wrong={
            "typed as a number": _enter(cell, total),
            "all amounts": _enter(cell, f"=SUM({block})"),
            "of the other colour": pick([f"E{row}" for row in others]),
            "one left out": pick(cells[:-1]),
            "of both colours": pick([f"E{row}" for row in sorted(chosen)]),
        },
        ways={
            "typed": _enter(cell, f"=SUM({','.join(cells)})"),
            "all but the others": _enter(cell, f"=SUM({block}){unmarked}"),
        },
        contents=[cell],
    )


@template(skills=("pixels", "edit"), occupation="43-0000", split="test")
def check_delivery(rng: random.Random) -> Draft:
    """A stock clerk corrects the one quantity that is not what the scanned delivery note says."""
    sender, number = business.companies(rng, 1)[0], rng.randint(10_000, 99_999)
    items = business.products(rng, rng.randint(7, 10))
    said = rng.sample(range(2, 97), len(items))
    at, other = rng.sample(range(len(items)), 2)
    slips = {int(str(said[at])[::-1]), said[at] - 1, said[at] + 1, said[at] + 10}
    typed = rng.choice(sorted(slips - {said[at], said[other]}))
    listed = [typed if each == at else quantity for each, quantity in enumerate(said)]
    noted = [(item.name, quantity) for item, quantity in zip(items, said, strict=True)]
    rng.shuffle(noted)
    if noted[at][0] == items[at].name:
        noted.append(noted.pop(0))  # another order than that of the list
    table = _Table(
        path=f"Documents/delivery-{number}.ods",
        header=("SKU", "Item", "Quantity"),
        rows=tuple(
            (item.sku, item.name, quantity) for item, quantity in zip(items, listed, strict=True)
        ),
        title=rng.choice(("", f"Delivery {number}, {sender.name}")),
        below=((), (business.long_note(rng, 1),)),
        scan=delivery_note(rng, sender.name, number, noted),
    )
    row = table.first + at
    cell, start = f"C{row}", f"C{table.first}"
    edited = (_cell(cell), Press("F2"), Press("shift+Home"), Type(f"{said[at]}\n"))
    return _draft(
        table,
        f"The quantities in {table.name} were typed in from the delivery note whose scan is beside "
        "them, and one was mistyped. Correct it in the list, so that each item has the quantity "
        "that the scan says.",
        goals=(_check("cell", table, cell=cell, equals=said[at]),),
        does=_enter(cell, said[at]),
        wrong={
            "in another line": _enter(f"C{table.first + other}", said[at]),
            "of another line": _enter(cell, said[other]),
            "in the order of the scan": _enter(start, *(quantity for _, quantity in noted)),
            "beside it": _enter(f"D{row}", said[at]),
            "as text": _enter(cell, f"'{said[at]}"),
        },
        ways={
            "edited in its cell": edited,
            "all typed anew": _enter(start, *said),
        },
        contents=[cell],
    )


@template(skills=("formula", "lookup", "sheets", "fill"), occupation="43-0000")
def look_up_prices(rng: random.Random) -> Draft:
    """An order clerk has the prices of an order looked up in the list on its second sheet."""
    catalogue = list(business.products(rng, rng.randint(9, 14)))
    lines = business.invoice_lines(rng, catalogue, rng.randint(5, 8))
    rng.shuffle(catalogue)
    catalogue.remove(lines[-1].product)
    catalogue.insert(0, lines[-1].product)  # so that a list that moves along loses it
    costs = [each.price_cents * rng.randint(55, 85) // 100 for each in catalogue]
    listed: list[JsonValue] = [["SKU", "Item", "Cost", "Price"]]
    listed += [
        [each.sku, each.name, _money(cost), _money(each.price_cents)]
        for each, cost in zip(catalogue, costs, strict=True)
    ]
    number = rng.randint(1_000, 9_999)
    table = _Table(
        path=_path(rng, "order", number),
        header=("SKU", "Item", "Quantity", "Unit price"),
        rows=tuple((line.product.sku, line.product.name, line.quantity) for line in lines),
        title=rng.choice(("", f"Order {number} of {business.companies(rng, 1)[0].name}")),
        below=((), (business.long_note(rng, 1),)),
        more=({"name": "Prices", "rows": listed, "widths": [3.0, 5.2, 3.0, 3.0]},),
    )
    first, last, start, block = table.first, len(listed), f"D{table.first}", table.block("D")
    places = [catalogue.index(line.product) + 2 for line in lines]
    prices = [business.euros(line.product.price_cents) for line in lines]
    fixed = f"Prices.$A$2:$D${last}"

    def fill(formula: str) -> Steps:
        return *_enter(start, formula), *_select(block), Press("ctrl+d")

    matched = f"=INDEX(Prices.$D$2:$D${last},MATCH(A{first},Prices.$A$2:$A${last},0))"
    return _draft(
        table,
        f"The order in {table.name} still lacks the unit prices ({block}). Have formulas look them "
        "up on the sheet Prices by the SKU, so that they follow when a price there is changed.",
        goals=[
            _check(
                *("cell", table),
                cell=f"D{row}",
                equals=price,
                formula=True,
                refers_to=[f"Prices!D{place}"],
            )
            for row, (price, place) in enumerate(zip(prices, places, strict=True), first)
        ],
        does=fill(f"=VLOOKUP(A{first},{fixed},4,0)"),
        wrong={
            "typed as numbers": _enter(start, *prices),
            "the cost": fill(f"=VLOOKUP(A{first},{fixed},3,0)"),
            "the list moves along": fill(f"=VLOOKUP(A{first},Prices.A2:D{last},4,0)"),
            "only the first line": _enter(start, f"=VLOOKUP(A{first},{fixed},4,0)"),
            "in the order of the list": fill("=Prices.D2"),
        },
        ways={
            "by index and match": fill(matched),
            "each linked": _enter(start, *(f"=Prices.D{place}" for place in places)),
        },
        contents=[block],
    )


_ABSENT = (
    ("the discount", "Discount", "the largest first"),
    ("the day they were paid", "Paid", "the latest first"),
    ("the sales region", "Region", "in alphabetical order"),
    ("the number of reminders", "Reminders", "the highest first"),
    ("the cost centre", "Cost centre", "the lowest first"),
)


@template(skills=("infeasible", "sort"), occupation="43-0000")
def sort_by_absent(rng: random.Random) -> Draft:
    """A clerk is to sort by what the list does not say; see `sort_invoices`, which can be done."""
    table, (what, column, order) = _ledger(rng)[0], rng.choice(_ABSENT)
    total: JsonValue = {"formula": f"=SUM({table.block('E')})", "style": _MONEY}
    table = replace(table, below=((), ("Total", None, None, None, total)))
    key = rng.choice("BCD")
    instead: Steps = (_cell(f"{key}{table.first}"), on("Sort Descending"), _SAVE)
    looked: Steps = (Press("ctrl+End"), Press("ctrl+Home"))
    searched: Steps = (Press("ctrl+f"), Type(f"{column}\n"), Press("escape"))
    added = _enter(f"F{table.top}", column, *range(1, len(table.rows) + 1))
    cannot = GiveUp(True)
    return Draft(
        instruction=f"Sort the invoices in {table.name} by {what}, {order}. Each invoice must stay "
        "together, and the header and the total stay where they are. Then save the file.",
        documents=(table.document(),),
        open=(table.path,),
        checks=(
            goal("answer.gave_up"),
            guard("files.unchanged", path=table.path),
            guard("files.only", path="Documents", names=[table.name]),
        ),
        solution=(*looked, cannot),
        near_misses=(
            route("by another column instead", *instead),
            route("by another column, then given up", *instead, cannot),
            route("a column made up", *added, _SAVE),
            route("done without a change", *looked),
            route("told in an answer", *looked, Answer(f"there is no column {column}")),
        ),
        variations=(
            route("searched first", *searched, cannot),
            route("tried, not saved", *instead[:-1], Press("ctrl+z"), cannot),
            route("at once", cannot),
        ),
    )


@template(skills=("filter", "popup"), occupation="11-0000", split="validation")
def filter_region(rng: random.Random) -> Draft:
    """A sales manager looks at the orders of one region only."""
    count, year, number = rng.randint(10, 18), rng.randint(2023, 2026), rng.randint(1_000, 8_000)
    regions = (rng.sample(names.REGIONS, 4) * count)[:count]
    wanted, another = regions[:2]
    rng.shuffle(regions)
    days = business.working_days(rng, count, dt.date(year, 1, 1), dt.date(year, 6, 30))
    customers = business.companies(rng, count)
    table = _Table(
        path=_path(rng, "orders", year),
        header=("Order", "Customer", "Region", "Date", "Amount"),
        rows=tuple(
            (number + n, firm.name, region, _date(day), _money(rng.randrange(4_500, 980_000, 5)))
            for n, (firm, region, day) in enumerate(zip(customers, regions, days, strict=True))
        ),
        title=rng.choice(("", f"Orders of {year}")),
        below=((), (business.long_note(rng, 1),)),
    )
    visible = [row for row, region in enumerate(regions, table.first) if region == wanted]
    button = on("AutoFilter")
    switched = (_cell(f"B{table.first}"), button)
    arrow = Click(Target(cell=f"C{table.top}", at=(0.95, 0.5)))

    def tick(*chosen: str) -> Steps:
        """Choose regions of the list that is open; their boxes stand left of their names."""
        boxes = [_entry(name, at=(-0.08, 0.5)) for name in chosen]
        return Click(Target(role="check box", name="All")), *boxes, on("OK")

    found = (Click(Target(role="label", name="Search items")), Type(wanted), on("OK"))
    column = (*_select(table.headed("C")), button, on("Yes"))  # "use it as column header?"
    erased = (*_select(f"A{visible[0]}:E{visible[0]}"), Press("delete"))
    return _draft(
        table,
        f"Show only the orders of the region {wanted} in {table.name}: switch on the AutoFilter "
        "and filter the region column. Delete nothing.",
        goals=[_check("filtered", table, range=table.headed("C"), visible=list(visible))],
        does=(*switched, arrow, *tick(wanted)),
        wrong={
            "another region": (*switched, arrow, *tick(another)),
            "two regions": (*switched, arrow, *tick(wanted, another)),
            "only switched on": switched,
            "sorted by region": (*switched, arrow, _entry("Sort Ascending")),
            "an order erased": (*switched, arrow, *tick(wanted), *erased),
        },
        ways={
            "by the search box": (*switched, arrow, *found),
            "that column alone": (*column, arrow, *tick(wanted)),
        },
    )


@template(skills=("chart", "dialog"), occupation="13-0000", split="test")
def chart_by_month(rng: random.Random) -> Draft:
    """An analyst draws the revenue of the months for a report."""
    firm, year, begin = business.companies(rng, 1)[0], rng.randint(2021, 2026), rng.randint(0, 5)
    months = business.MONTHS[begin : begin + rng.randint(5, 7)]
    revenue = business.sales_by_region(rng, 1, len(months))[0].cents
    costs = [round(cents * rng.uniform(0.55, 0.9)) // 100 * 100 for cents in revenue]
    table = _Table(
        path=_path(rng, rng.choice(("results", "revenue", "report")), year, rng.randint(10, 99)),
        header=("Month", "Revenue", "Costs"),
        rows=tuple(
            (month, _money(earned), _money(spent))
            for month, earned, spent in zip(months, revenue, costs, strict=True)
        ),
        title=f"{firm.name}, {year}",
        remark=rng.choice(("", business.long_note(rng, 1))),
    )
    block, values, labels = table.headed("A", "B"), table.block("B"), table.block("A")
    finish = (on("Finish"), _cell("A1"))  # a cell is clicked to leave the chart

    def chart(block: str, *choices: Intent) -> Steps:
        return (*_select(block), on("Chart"), *choices, *finish)

    return _draft(
        table,
        f"Insert a column chart of the monthly revenue into {table.name}: the months ({labels}) "
        f"along the axis, and the revenue ({values}) as its only series.",
        goals=[
            _check("chart", table, values=[values]),
            _check("chart", table, 2.0, kinds=["column"], values=[values], categories=labels),
        ],
        does=chart(block),
        wrong={
            "lying bars": chart(block, _entry("Bar")),
            "a line": chart(block, _entry("Line")),
            "with the costs": chart(table.headed("A", "C")),
            "the last month left out": chart(f"A{table.top}:B{table.last - 1}"),
            "without the months": chart(table.headed("B")),
        },
        ways={
            "by menu": (*_select(block), *menu("Insert", "Chart"), *finish),
            "without the header": chart(table.block("A", "B")),
        },
    )
