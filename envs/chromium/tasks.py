"""Tasks of Trade Desk in Chromium: what order clerks, accountants, support and managers do there.

Each task has a company of its own, one database in a folder that its template alone uses. Floor
plan and chart are canvases; clicks on them are computed from the measures of their scripts.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

from gym_anything import content
from gym_anything.documents.business import people, working_days
from gym_anything.documents.trade import CARRIERS, HALLS, METHODS, Row
from gym_anything.intents import Steps, goal, on, seen
from gym_anything.task import Drag, Press, Target
from gym_anything.templates import Draft, template

_desk = content.load_module(Path(__file__).with_name("desk.py"))
_Books, _books, _today, _day = _desk.Books, _desk.books, _desk.today, _desk.as_day
_to, _fill, _choose, _search = _desk.to, _desk.fill, _desk.choose, _desk.search
_pick_day, _said, _euros = _desk.pick_day, _desk.said, _desk.euros
_card, _drag, _bay_at, _month_at = _desk.card, _desk.drag, _desk.bay_at, _desk.month_at
open_document = _desk.open_document


# Orders -------------------------------------------------------------------------------------------


@template(skills=("form", "search", "arithmetic"), occupation="43-0000")
def postpone_delivery(rng: random.Random) -> Draft:
    """An order clerk moves a delivery by a week and gives it to another carrier."""
    books = _books(rng, "deliveries")
    order, other = rng.sample([row for row in books.trade["orders"] if row["status"] == "Open"], 2)
    other["customer_id"] = order["customer_id"]
    carrier = rng.choice([each for each in CARRIERS if each != order["carrier"]])
    planned = _day(order["delivery"])
    weeks = rng.choice((1, 2))
    later = planned + dt.timedelta(weeks=weeks)
    customer = books.trade.customer_of(order)

    def edit(row: Row) -> Steps:
        found = (*_to("Orders"), *_search(str(row["number"])), on(str(row["number"]), "link"))
        return (*found, on("Edit", "link"))

    by = _choose("Carrier", carrier.split()[0])
    dated = _fill("Delivery date", later.isoformat())
    day_after = _fill("Delivery date", (later + dt.timedelta(days=1)).isoformat())
    unit = "a week" if weeks == 1 else "two weeks"
    from_list = (*_to("Customers"), *_search(str(customer["number"])))
    from_customer = (*from_list, on(str(customer["name"]), "link"), *edit(order)[-2:])
    newer = [row for row in books.trade["orders"] if row["customer_id"] == customer["id"]]
    listed = sum(str(row["ordered"]) >= str(order["ordered"]) for row in newer) <= 6
    return books.draft(
        f"{customer['name']} asks to get order {order['number']} {unit} later than planned, and "
        f"the carrier is to be {carrier}. Enter both in Trade Desk; nothing else changes.",
        (
            books.has("orders", order, delivery=later.isoformat(), carrier=carrier),
            books.goal("audited", entity="orders", action="changed", ids=[order["id"]]),
        ),
        books.kept({"orders": [order]}, {"orders": ["delivery", "carrier"]}),
        (*edit(order), *dated, *by, on("Save")),
        {
            "the day after": (*edit(order), *day_after, *by, on("Save")),
            "the carrier left": (*edit(order), *dated, on("Save")),
            "not saved": (*edit(order), *dated, *by),
            "the other order of the customer": (*edit(other), *dated, *by, on("Save")),
            "cancelled": (*edit(order), *dated, *by, on("Cancel", "link")),
            "also put on hold": (*edit(order), *dated, *by, *_choose("Status", "On"), on("Save")),
        },
        {
            "by the calendar": (*edit(order), *_pick_day(later, planned), *by, on("Save")),
            "in another order": (*edit(order), *by, *dated, Press("enter")),
            **({"from the customer": (*from_customer, *dated, *by, on("Save"))} if listed else {}),
        },
    )


@template(skills=("table", "filter", "dialog"), occupation="43-0000", split="validation")
def hold_orders(rng: random.Random) -> Draft:
    """A clerk puts all open orders of a customer on hold; a namesake's go on."""
    books, customer, due = _desk.namesakes(rng)
    name = str(customer["name"])
    only_open = _choose("Status", "Open")

    def act(search: str, *filters: object, action: str = "Put") -> Steps:
        listed = (*_to("Orders"), *filters, *_search(search), on("Select all", "check box"))
        return (*listed, *_choose("With the selected", action), on("Apply"))

    def one(order: Row) -> Steps:
        found = (*_to("Orders"), *_search(str(order["number"])), on(str(order["number"]), "link"))
        return (*found, on("Edit", "link"), *_choose("Status", "On"), on("Save"))

    boxes = tuple(on(f"Select {order['number']}", "check box") for order in due)
    listed = (*_to("Orders"), *only_open, *_search(name), *boxes)
    each = (step for order in due for step in one(order))
    return books.draft(
        f"{name} has used up its credit limit. Put all open orders of this customer on hold in "
        "Trade Desk. Orders in any other state stay as they are, and so do those of other "
        "customers.",
        (
            *(books.has("orders", order, status="On hold") for order in due),
            books.goal(
                "audited", entity="orders", action="changed", ids=[row["id"] for row in due]
            ),
        ),
        books.kept({"orders": due}, {"orders": ["status"]}),
        (*act(name, *only_open), on("Go on")),
        {
            "only one": one(due[0]),
            "the namesake's too": (*act(name.split()[0], *only_open), on("Go on")),
            "whatever state they had": (*act(name), on("Go on")),
            "not confirmed": (*act(name, *only_open), on("Cancel")),
            "cancelled instead": (*act(name, *only_open, action="Cancel"), on("Go on")),
        },
        {
            "one by one": tuple(each),
            "selected singly": (*listed, *_choose("With the selected", "Put"), *_APPLY),
        },
    )


_APPLY = (on("Apply"), on("Go on"))


@template(skills=("form", "table", "calendar"), occupation="43-0000", split="test")
def enter_order(rng: random.Random) -> Draft:
    """An order clerk enters an order that came by telephone."""
    books = _books(rng, "telephone")
    customer, other = rng.sample(books.trade["customers"], 2)
    lines = [
        (product, rng.choice((2, 3, 4, 6, 8, 12, 15, 24)))
        for product in rng.sample(books.trade["products"], rng.choice((2, 3)))
    ]
    lines[1] = (lines[1][0], lines[0][1] + rng.randint(1, 5))
    today = _today(books)
    day, carrier = today + dt.timedelta(days=rng.randint(6, 45)), rng.choice(CARRIERS)
    note = f"Ordered by {people(rng, 1)[0].name} by telephone"

    def fill(chosen: Sequence[tuple[Row, int]], client: Row = customer) -> Steps:
        head = (*_to("Orders"), on("New order", "link"), seen("New order", "heading"))
        head += _choose("Customer", str(client["name"])) + _choose("Carrier", carrier.split()[0])
        head += (*_fill("Delivery date", day.isoformat()), *_fill("Note", note))
        for at, (product, pieces) in enumerate(chosen, start=1):
            head += _choose(f"Product of line {at}", str(product["sku"]))
            head += _fill(f"Pieces of line {at}", str(pieces))
        return head

    swapped = [(lines[0][0], lines[1][1]), (lines[1][0], lines[0][1]), *lines[2:]]
    said = ", ".join(f"{pieces} × {product['name']}" for product, pieces in lines)
    created = (on("Create order"), seen("Edit", "link"))
    last = max(str(order["number"]) for order in books.trade["orders"])
    values = {
        "customer_id": customer["id"],
        "delivery": day.isoformat(),
        "carrier": carrier,
        "note": note,
        "status": "Open",
        "ordered": today.isoformat(),
        "user_id": 1,
        "number": f"SO-{int(last.removeprefix('SO-')) + 1}",
    }
    rows = [
        {"product_id": product["id"], "quantity": pieces, "price_cents": product["price_cents"]}
        for product, pieces in lines
    ]
    child = {"children": "order_lines", "column": "order_id", "rows": rows}
    key = {"number": values["number"]}
    from_calendar = (*_fill("Delivery date", today.isoformat()), *_pick_day(day, today))
    return books.draft(
        f"A new order for Trade Desk: {customer['name']} in {customer['city']} wants {said}, "
        f"delivered on {_said(day)} by {carrier}. Create it with the note “{note}”.",
        (
            books.goal("added", table="orders", values=values),
            books.goal("related", table="orders", key=key, **child),
            books.goal("added", table="order_lines", values={}, count=len(rows)),
            books.goal("audited", entity="orders", action="created"),
        ),
        books.kept(added=("orders", "order_lines", "audit")),
        (*fill(lines), *created),
        {
            "pieces swapped": (*fill(swapped), *created),
            "a line missing": (*fill(lines[:-1]), *created),
            "for another customer": (*fill(lines, other), *created),
            "not created": fill(lines),
            "twice": (*fill(lines), *created, *fill(lines), *created),
        },
        {
            "lines the other way round": (*fill(lines[::-1]), *created),
            "by the calendar": (*fill(lines), *from_calendar, *created),
        },
    )


# Invoices -----------------------------------------------------------------------------------------


@template(skills=("form", "search", "calendar"), occupation="43-0000")
def record_payment(rng: random.Random) -> Draft:
    """A bookkeeping clerk finds the invoice that a payment settles, among a customer's others."""
    books = _books(rng, "payments")
    unpaid = [row for row in books.trade["invoices"] if row["status"] == "Unpaid"]
    invoice, other = rng.sample(unpaid, 2)
    order = books.trade.by_id("orders", invoice["order_id"])
    customer = books.trade.customer_of(order)
    books.trade.by_id("orders", other["order_id"])["customer_id"] = customer["id"]
    if other["total_cents"] == invoice["total_cents"]:
        return record_payment(rng)
    today = _today(books)
    paid = working_days(rng, 1, max(_day(invoice["issued"]), today - dt.timedelta(days=9)), today)
    return _payment_draft(rng, books, (invoice, other), customer, paid[0])


def _payment_draft(
    rng: random.Random, books: _Books, invoices: tuple[Row, Row], customer: Row, paid: dt.date
) -> Draft:
    invoice, other = invoices
    reference, method = f"{rng.randint(10_000, 99_999)}", rng.choice(METHODS)
    amount = int(str(invoice["total_cents"]))
    wrong_method = next(each for each in METHODS if each != method)

    def start(row: Row) -> Steps:
        found = (*_to("Invoices"), *_search(str(row["number"])), on(str(row["number"]), "link"))
        return (*found, on("Record payment", "link"), seen("Record payment", "push button"))

    def fill(cents: int = amount, how: str = method, day: dt.date = paid) -> Steps:
        dated = _fill("Paid on", day.isoformat())
        typed = (*_fill("Amount €", f"{cents / 100:.2f}"), *_choose("Method", how.split()[0]))
        return (*dated, *typed, *_fill("Reference", reference))

    record = (on("Record payment"), seen("Payments", "heading"))
    values = {
        "invoice_id": invoice["id"],
        "paid": paid.isoformat(),
        "amount_cents": amount,
        "method": method,
        "reference": reference,
    }
    early = paid - dt.timedelta(days=1)
    wrong_day = {"a day too early": (*start(invoice), *fill(day=early), *record)}
    in_calendar = (*start(invoice), *fill(), *_pick_day(paid, paid), *record)
    by_name = (*_to("Invoices"), *_search(str(customer["name"])))
    from_customer = (*by_name, on(str(invoice["number"]), "link"), on("Record payment", "link"))
    return books.draft(
        f"A payment came in from {customer['name']}: € {_euros(amount)} by {method.lower()} on "
        f"{_said(paid)}, reference {reference}. It settles one of their unpaid invoices in full. "
        "Record it on that invoice in Trade Desk.",
        (
            books.goal("added", table="payments", values=values),
            books.has("invoices", invoice, status="Paid"),
            books.goal("audited", entity="invoices", action="paid", ids=[invoice["id"]]),
        ),
        books.kept({"invoices": [invoice]}, {"invoices": ["status"]}, added=("payments", "audit")),
        (*start(invoice), *fill(), *record),
        {
            "on another invoice": (*start(other), *fill(int(str(other["total_cents"]))), *record),
            "half of it": (*start(invoice), *fill(amount // 2), *record),
            "by another method": (*start(invoice), *fill(how=wrong_method), *record),
            "not recorded": (*start(invoice), *fill()),
            **(wrong_day if early >= _day(invoice["issued"]) else {}),
        },
        {
            "by the calendar": in_calendar,
            "from the invoices of the customer": (*from_customer, *fill(), Press("enter")),
        },
    )


@template(skills=("export", "filter", "table"), occupation="13-0000", split="test")
def export_unpaid(rng: random.Random) -> Draft:
    """An accountant exports the unpaid invoices that are due, the largest first."""
    books = _books(rng, "dunning")
    rows = books.trade["invoices"]
    dues = sorted({str(row["due"]) for row in rows if row["status"] == "Unpaid"})
    until = rng.choice(dues[len(dues) // 3 : -2])
    listed = [row for row in rows if row["status"] == "Unpaid" and str(row["due"]) <= until]
    listed.sort(key=lambda row: (-int(str(row["total_cents"])), row["id"]))
    header = ["Invoice", "Customer", "Issued", "Due", "Status", "Total €", "Paid €"]
    wanted = []
    for row in listed:
        order = books.trade.by_id("orders", row["order_id"])
        name, total = books.trade.customer_of(order)["name"], int(str(row["total_cents"])) / 100
        wanted.append([row["number"], name, row["issued"], row["due"], row["status"], total, 0])
    unpaid = _choose("Status", "Unpaid")
    dated = (*_fill("Due until", until), on("Filter"))
    twice = (on("Total €", "link"), on("Total € ▲", "link"), seen("Total € ▼", "link"))
    export = on("Export CSV", "link")
    start = _to("Invoices")
    check = goal("web.downloaded_csv", header=header, rows=wanted, ordered=True)
    return books.draft(
        "Export a list from Trade Desk as CSV into the folder Downloads: all invoices that are "
        f"unpaid and due until {_said(_day(until))}, the largest total first. Partly paid ones do "
        "not belong in it.",
        (check,),
        books.kept(added=()),
        (*start, *unpaid, *dated, *twice, export),
        {
            "without the date": (*start, *unpaid, on("Filter"), *twice, export),
            "in any state": (*start, *dated, *twice, export),
            "the smallest first": (
                *start,
                *unpaid,
                *dated,
                *twice[:1],
                seen("Total € ▲", "link"),
                export,
            ),
            "not sorted": (*start, *unpaid, *dated, export),
            "not exported": (*start, *unpaid, *dated, *twice),
            "the orders": (*_to("Orders"), export),
        },
        {
            "sorted first": (*start, *twice, *unpaid, *dated, export),
            "exported again": (*start, export, *unpaid, *dated, *twice, export),
        },
    )


# Board, floor plan, chart -------------------------------------------------------------------------


@template(skills=("drag",), occupation="15-0000")
def sort_board(rng: random.Random) -> Draft:
    """A support technician drags the urgent new tickets into work, and one that waits."""
    books = _books(rng, "support")
    tickets = books.trade["tickets"]
    new = [row for row in tickets if row["status"] == "New"]
    urgent, plain = new[:2], new[2:]
    for row in new:
        row["priority"] = "High" if row in urgent else rng.choice(("Low", "Normal"))
    shuffled = rng.sample(range(len(new)), len(new))
    for row, at in zip(new, shuffled, strict=True):
        row["position"] = at + 1
    for at, row in enumerate((row for row in tickets if row not in new), start=len(new) + 1):
        row["position"] = at
    waits = rng.choice([row for row in tickets if row["status"] == "In progress"])
    target, reason = rng.choice((("Waiting", "waits for an answer"), ("Done", "has been solved")))
    first, second = (_drag(row, "In progress") for row in urgent)
    third = _drag(waits, target)
    moved = [*urgent, waits]
    onto_card = Drag(_card(urgent[0]), _card(next(r for r in tickets if r["status"] == "Waiting")))
    into_progress = Drag(_card(urgent[0]), _card(waits))
    return books.draft(
        "On the board of Trade Desk, move every new ticket of high priority to In progress. "
        f"Ticket {waits['number']} {reason}: move it to {target}.",
        (
            *(books.has("tickets", row, status="In progress") for row in urgent),
            books.has("tickets", waits, status=target),
            books.goal(
                "audited", entity="tickets", action="changed", ids=[row["id"] for row in moved]
            ),
        ),
        books.kept({"tickets": moved}, {"tickets": ["status", "position"]}),
        (*_to("Board"), *first, *second, *third),
        {
            "only one of them": (*_to("Board"), *first, *third),
            "one more": (*_to("Board"), *first, *second, *third, *_drag(plain[0], "In progress")),
            "into the wrong column": (*_to("Board"), onto_card, *second, *third),
            "dropped beside the columns": (
                *_to("Board"),
                *second,
                *third,
                Drag(_card(urgent[0]), Target(role="heading", name="Board")),
            ),
            "the third left": (*_to("Board"), *first, *second),
        },
        {
            "in another order": (*_to("Board"), *third, *second, *first),
            "dropped onto a card": (*_to("Board"), into_progress, *third, *second),
        },
    )


_SENSORS = {"damp": "damp", "hot": "that it is too warm", "mute": "nothing any more (it is silent)"}


@template(skills=("canvas", "pixels", "dialog"), occupation="43-0000")
def block_bay(rng: random.Random) -> Draft:
    """A stock clerk looks at the floor plan which bay's sensor reports trouble, and blocks it."""
    books = _books(rng, "warehouse")
    marked: dict[str, dict[str, Row]] = {}
    for hall in HALLS:
        free = [
            row for row in books.trade["bays"] if row["hall"] == hall and row["state"] == "In use"
        ]
        chosen = rng.sample(free, 4)
        marked[hall] = dict(zip((*_SENSORS, "well"), chosen, strict=True))
        for sensor in _SENSORS:
            marked[hall][sensor]["sensor"] = sensor
    hall, elsewhere = rng.sample(HALLS, 2)
    sensor = rng.choice(tuple(_SENSORS))
    bay, decoy = (
        marked[hall][sensor],
        next(marked[hall][each] for each in _SENSORS if each != sensor),
    )
    note = f"Closed by {people(rng, 1)[0].name}, {rng.choice(('inspection', 'repair'))} ordered"

    def opened(row: Row) -> Steps:
        tab = (on(f"Hall {row['hall']}", "link"), seen("Floor plan", "canvas"))
        return (*_to("Floor plan"), *tab, _bay_at(row), seen("Save bay", "push button"))

    state, text = _choose("State", "Blocked"), _fill("Note", note)
    save = (on("Save bay"), seen("", "status bar"))
    away = marked[elsewhere][sensor]
    return books.draft(
        f"On the floor plan of hall {hall} in Trade Desk the sensor of one bay reports "
        f"{_SENSORS[sensor]}. Block that bay, with the note “{note}”.",
        (
            books.has("bays", bay, state="Blocked", note=note),
            books.goal("audited", entity="bays", action="changed", ids=[bay["id"]]),
        ),
        books.kept({"bays": [bay]}, {"bays": ["state", "note"]}),
        (*opened(bay), *state, *text, *save),
        {
            "a bay with another report": (*opened(decoy), *state, *text, *save),
            "a bay without a report": (*opened(marked[hall]["well"]), *state, *text, *save),
            "in another hall": (*opened(away), *state, *text, *save),
            "only the note": (*opened(bay), *text, *save),
            "without the note": (*opened(bay), *state, *save),
            "not saved": (*opened(bay), *state, *text, Press("escape")),
        },
        {
            "the note first": (*opened(bay), *text, *state, *save),
            "ended by Enter": (*opened(bay), *state, *text, Press("enter"), seen("", "status bar")),
        },
    )


@template(skills=("canvas", "pixels", "chart"), occupation="11-0000")
def explain_month(rng: random.Random) -> Draft:
    """A manager gives the one month that missed its target a remark; only the chart shows it."""
    books = _books(rng, "targets")
    figures = books.trade["figures"]
    regions = list(dict.fromkeys(str(row["region"]) for row in figures))
    missed = {}
    for region, at in zip(regions, rng.sample(range(12), len(regions)), strict=True):
        row = [each for each in figures if each["region"] == region][at]
        row["sales_cents"] = (
            int(int(str(row["target_cents"])) * rng.uniform(0.72, 0.86)) // 1000 * 1000
        )
        missed[region] = (row, at)
    region, other = rng.sample(regions, 2)
    row, at = missed[region]
    why = rng.choice(("trade fair cancelled", "strike at the port", "two weeks without a truck"))
    remark = (
        f"{people(rng, 1)[0].family}: {why}, {rng.choice(('see minutes', 'made up for later'))}"
    )

    def opened(shown: str, month: int, y: float = 385.0) -> Steps:
        tab = (on(shown, "link"), seen("Chart of sales", "canvas"))
        bar = _month_at(month, y)
        return (*_to("Sales"), *tab, bar, seen("Save remark", "push button"))

    text, save = _fill("Text", remark), (on("Save remark"), seen("", "status bar"))
    neighbour = at + 1 if at < 11 else at - 1
    return books.draft(
        f"Look at the sales chart of the region {region} in Trade Desk: one month stays below its "
        f"target, the dashed line. Give that month the remark “{remark}”.",
        (
            books.has("figures", row, remark=remark),
            books.goal("audited", entity="figures", action="changed", ids=[row["id"]]),
        ),
        books.kept({"figures": [row]}, {"figures": ["remark"]}),
        (*opened(region, at), *text, *save),
        {
            "the month beside it": (*opened(region, neighbour), *text, *save),
            "the same month elsewhere": (*opened(other, at), *text, *save),
            "the month that another region missed": (
                *opened(other, missed[other][1]),
                *text,
                *save,
            ),
            "not saved": (*opened(region, at), *text),
            "another wording": (*opened(region, at), *_fill("Text", why), *save),
        },
        {
            "by the name of the month": (*opened(region, at, 412.0), *text, *save),
            "ended by Enter": (*opened(region, at), *text, Press("enter"), seen("", "status bar")),
        },
    )
