"""Orders: list with actions on several, detail, change, and new ones with their lines."""

from __future__ import annotations

import sqlite3

from desk import form
from desk.form import Field
from desk.layout import page
from desk.listing import Column, Filter, Listing
from desk.markup import Html, options, tag
from desk.store import day, log, money, setting, update
from desk.web import Request, Response, record, redirect, route

STATUSES = ("Open", "On hold", "Shipped", "Cancelled")
CARRIERS = ("Parcel Blue", "Nordfracht", "City Courier", "Own van", "Collection")
MOST_LINES = 5
_FROM = (
    "SELECT orders.*, customers.name AS customer, (SELECT sum(quantity * price_cents)"
    " FROM order_lines WHERE order_id = orders.id) AS total"
    " FROM orders JOIN customers ON customers.id = customer_id"
)
LIST = Listing(
    name="orders",
    sql=_FROM,
    columns=(
        Column("number", "Order", link="/orders/{}"),
        Column("customer", "Customer"),
        Column("ordered", "Ordered", day),
        Column("delivery", "Delivery", day),
        Column("carrier", "Carrier"),
        Column("status", "Status", tag=True),
        Column("total", "Total €", money, number=True),
    ),
    search=("orders.number", "customers.name"),
    filters=(
        Filter("status", "Status", "status = ?", [(each, each) for each in STATUSES]),
        Filter("carrier", "Carrier", "carrier = ?", [(each, each) for each in CARRIERS]),
        Filter("until", "Delivery until", "delivery <= ?"),
    ),
    sort="-number",
    actions=(("On hold", "Put on hold"), ("Open", "Release"), ("Cancelled", "Cancel")),
)
_CHANGE = (
    Field("delivery", "Delivery date", "date", required=True),
    Field("carrier", "Carrier", "select", True, [(each, each) for each in CARRIERS]),
    Field("status", "Status", "select", True, [(each, each) for each in STATUSES]),
    Field("note", "Note", "area", most=400),
)


@route("GET", "/orders")
def orders(request: Request) -> Response:
    """The list."""
    new = tag("a", "New order", href="/orders/new", class_="button")
    actions = (LIST.export_link(request), new)
    return page(request, "Orders", LIST.html(request), actions=actions)


@route("GET", "/orders.csv")
def orders_csv(request: Request) -> Response:
    """The list as a file."""
    return LIST.csv(request)


@route("POST", "/orders")
def act(request: Request) -> Response:
    """Do something to the selected orders."""
    status, changed = request.value("action"), 0
    for number in request.form.get("id", ()) if status in STATUSES else ():
        row = record(request.db, "SELECT * FROM orders WHERE id = ?", int(number))
        changed += update(request.db, "orders", row, {"status": status})
    return redirect(request.link(), f"{changed} orders changed.")


def _order(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    return record(db, f"{_FROM} WHERE orders.id = ?", number)


@route("GET", r"/orders/(\d+)")
def order(request: Request, number: int) -> Response:
    """One order with its lines."""
    row = _order(request.db, number)
    lines = request.db.execute(
        "SELECT order_lines.*, sku, name FROM order_lines JOIN products ON products.id = product_id"
        " WHERE order_id = ? ORDER BY order_lines.id",
        (number,),
    ).fetchall()
    customer = tag("a", row["customer"], href=f"/customers/{row['customer_id']}")
    pairs = [
        ("Customer", customer),
        ("Ordered", day(row["ordered"])),
        ("Delivery", day(row["delivery"])),
        ("Carrier", row["carrier"]),
        ("Status", row["status"]),
        ("Note", row["note"]),
    ]
    rows = [
        (
            *(each["sku"], each["name"], each["quantity"], money(each["price_cents"])),
            money(each["quantity"] * each["price_cents"]),
        )
        for each in lines
    ]
    rows.append(("", "Total", "", "", money(row["total"])))
    table = form.table(("SKU", "Product", "Pieces", "Price €", "Amount €"), rows, numbers=3)
    edit = tag("a", "Edit", href=f"/orders/{number}/edit", class_="button")
    return page(request, f"Order {row['number']}", form.facts(pairs), table, actions=edit)


@route("GET", r"/orders/(\d+)/edit")
def edit(request: Request, number: int) -> Response:
    """The form that changes an order."""
    row = _order(request.db, number)
    return _edit_page(request, row, form.stored(_CHANGE, dict(row)), {})


@route("POST", r"/orders/(\d+)/edit")
def save(request: Request, number: int) -> Response:
    """Change an order."""
    row = _order(request.db, number)
    values, errors = form.parse(_CHANGE, request)
    if not errors and str(values["delivery"]) < row["ordered"]:
        errors["delivery"] = "must not be before the day of the order"
    if errors:
        return _edit_page(request, row, form.typed(_CHANGE, request), errors)
    update(request.db, "orders", row, values)
    return redirect(f"/orders/{number}", "Order saved.")


def _edit_page(
    request: Request, row: sqlite3.Row, shown: dict[str, str], errors: dict[str, str]
) -> Response:
    inputs = form.html(_CHANGE, shown, errors, "Save", f"/orders/{row['id']}")
    about = tag("p", f"{row['customer']}, ordered {day(row['ordered'])}")
    return page(request, f"Edit order {row['number']}", about, inputs)


def _new_fields(db: sqlite3.Connection) -> tuple[Field, ...]:
    found = db.execute("SELECT id, name, city FROM customers ORDER BY name").fetchall()
    customers = [(str(each["id"]), f"{each['name']}, {each['city']}") for each in found]
    return (
        Field("customer_id", "Customer", "select", True, customers),
        Field("delivery", "Delivery date", "date", required=True),
        Field("carrier", "Carrier", "select", True, [(each, each) for each in CARRIERS]),
        Field("note", "Note", "text", most=400),
    )


@route("GET", "/orders/new")
def new(request: Request) -> Response:
    """The form of a new order."""
    return _new_page(request, {}, {})


@route("POST", "/orders/new")
def create(request: Request) -> Response:
    """Make a new order."""
    fields = _new_fields(request.db)
    values, errors = form.parse(fields, request)
    today = setting(request.db, "today")
    if "delivery" in values and str(values["delivery"]) < today:
        errors["delivery"] = "must not be in the past"
    lines, fault = _lines(request)
    if fault:
        errors["lines"] = fault
    if errors:
        return _new_page(request, form.typed(fields, request), errors)
    db = request.db
    last = db.execute("SELECT max(number) FROM orders").fetchone()[0]
    number = f"SO-{int(last.removeprefix('SO-')) + 1}"
    user = int(setting(db, "user_id"))
    row = (number, values["customer_id"], today, values["delivery"], "Open", values["carrier"])
    made = db.execute(
        "INSERT INTO orders (number, customer_id, ordered, delivery, status, carrier, user_id,"
        " note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, user, values["note"]),
    ).lastrowid
    assert made is not None
    for product, quantity in lines:
        db.execute(
            "INSERT INTO order_lines (order_id, product_id, quantity, price_cents)"
            " SELECT ?, id, ?, price_cents FROM products WHERE id = ?",
            (made, quantity, product),
        )
    log(db, "created", "orders", made, f"{number}, {len(lines)} lines")
    return redirect(f"/orders/{made}", f"Order {number} created.")


def _lines(request: Request) -> tuple[list[tuple[int, int]], str]:
    """(product, pieces) of the lines that were filled in, and what is wrong with them."""
    found: list[tuple[int, int]] = []
    for at in range(1, MOST_LINES + 1):
        product, pieces = request.value(f"product{at}"), request.value(f"pieces{at}")
        if not product and not pieces:
            continue
        if not product.isdecimal() or not pieces.isdecimal() or not 1 <= int(pieces) <= 999:
            return [], f"line {at} needs a product and 1 to 999 pieces"
        found.append((int(product), int(pieces)))
    if not found:
        return [], "at least one line is needed"
    if len({product for product, _ in found}) < len(found):
        return [], "a product stands on two lines"
    return found, ""


def _new_page(request: Request, shown: dict[str, str], errors: dict[str, str]) -> Response:
    products = request.db.execute("SELECT id, sku, name FROM products ORDER BY sku").fetchall()
    choices = [("", ""), *((str(each["id"]), f"{each['sku']} {each['name']}") for each in products)]
    rows = [_line_fields(request, choices, at) for at in range(1, MOST_LINES + 1)]
    fault = tag("p", f"Lines: {errors['lines']}", class_="error") if "lines" in errors else None
    extra = (form.table(("Line", "Product", "Pieces"), rows), fault)
    inputs = form.html(
        _new_fields(request.db), shown, errors, "Create order", "/orders", extra=extra
    )
    return page(request, "New order", inputs)


def _line_fields(
    request: Request, choices: list[tuple[str, str]], at: int
) -> tuple[object, Html, Html]:
    product, pieces = f"product{at}", f"pieces{at}"
    chosen = options(choices, request.value(product))
    return (
        at,
        tag("select", chosen, name=product, aria_label=f"Product of line {at}"),
        tag(
            "input",
            name=pieces,
            value=request.value(pieces),
            size=5,
            autocomplete="off",
            aria_label=f"Pieces of line {at}",
        ),
    )
