"""Invoices: list, detail, and payments, which settle them."""

from __future__ import annotations

import sqlite3

from desk import form
from desk.form import Field
from desk.layout import page
from desk.listing import Column, Filter, Listing
from desk.markup import tag
from desk.store import day, log, money, setting
from desk.web import Request, Response, record, redirect, route

STATUSES = ("Unpaid", "Partly paid", "Paid")
METHODS = ("Bank transfer", "Card", "Cheque", "Cash")
_FROM = (
    "SELECT invoices.*, customers.name AS customer, customer_id, orders.number AS order_number,"
    " (SELECT coalesce(sum(amount_cents), 0) FROM payments WHERE invoice_id = invoices.id) AS paid"
    " FROM invoices JOIN orders ON orders.id = order_id"
    " JOIN customers ON customers.id = customer_id"
)
LIST = Listing(
    name="invoices",
    sql=_FROM,
    columns=(
        Column("number", "Invoice", link="/invoices/{}"),
        Column("customer", "Customer"),
        Column("issued", "Issued", day),
        Column("due", "Due", day),
        Column("status", "Status", tag=True),
        Column("total_cents", "Total €", money, number=True),
        Column("paid", "Paid €", money, number=True),
    ),
    search=("invoices.number", "customers.name"),
    filters=(
        Filter("status", "Status", "invoices.status = ?", [(each, each) for each in STATUSES]),
        Filter("from", "Due from", "due >= ?"),
        Filter("until", "Due until", "due <= ?"),
    ),
    sort="-number",
)
_PAYMENT = (
    Field("paid", "Paid on", "date", required=True),
    Field("amount", "Amount €", "money", required=True),
    Field("method", "Method", "select", True, [(each, each) for each in METHODS]),
    Field("reference", "Reference"),
)


@route("GET", "/invoices")
def invoices(request: Request) -> Response:
    """The list."""
    return page(request, "Invoices", LIST.html(request), actions=LIST.export_link(request))


@route("GET", "/invoices.csv")
def invoices_csv(request: Request) -> Response:
    """The list as a file."""
    return LIST.csv(request)


@route("GET", r"/invoices/(\d+)")
def invoice(request: Request, number: int) -> Response:
    """One invoice with its payments."""
    row = record(request.db, f"{_FROM} WHERE invoices.id = ?", number)
    payments = request.db.execute(
        "SELECT * FROM payments WHERE invoice_id = ? ORDER BY id", (number,)
    ).fetchall()
    pairs = [
        ("Customer", tag("a", row["customer"], href=f"/customers/{row['customer_id']}")),
        ("Order", tag("a", row["order_number"], href=f"/orders/{row['order_id']}")),
        ("Issued", day(row["issued"])),
        ("Due", day(row["due"])),
        ("Status", row["status"]),
        ("Total €", money(row["total_cents"])),
        ("Open €", money(row["total_cents"] - row["paid"])),
    ]
    rows = [
        (day(each["paid"]), each["method"], each["reference"], money(each["amount_cents"]))
        for each in payments
    ]
    table = form.table(("Paid on", "Method", "Reference", "Amount €"), rows, numbers=1)
    pay = tag("a", "Record payment", href=f"/invoices/{number}/payment", class_="button")
    actions = pay if row["paid"] < row["total_cents"] else None
    heading = tag("h2", "Payments")
    title = f"Invoice {row['number']}"
    return page(request, title, form.facts(pairs), heading, table, actions=actions)


@route("GET", r"/invoices/(\d+)/payment")
def payment(request: Request, number: int) -> Response:
    """The form of a payment."""
    row = record(request.db, f"{_FROM} WHERE invoices.id = ?", number)
    return _payment_page(request, row, {"paid": setting(request.db, "today")}, {})


@route("POST", r"/invoices/(\d+)/payment")
def pay(request: Request, number: int) -> Response:
    """Record a payment."""
    row = record(request.db, f"{_FROM} WHERE invoices.id = ?", number)
    values, errors = form.parse(_PAYMENT, request)
    amount, left = values.get("amount"), row["total_cents"] - row["paid"]
    if isinstance(amount, int) and not 0 < amount <= left:
        errors["amount"] = f"must be more than 0 and at most {money(left)}"
    if not errors and not row["issued"] <= str(values["paid"]) <= setting(request.db, "today"):
        errors["paid"] = "must be from the day of the invoice to today"
    if errors or not isinstance(amount, int):
        return _payment_page(request, row, form.typed(_PAYMENT, request), errors)
    request.db.execute(
        "INSERT INTO payments (invoice_id, paid, amount_cents, method, reference)"
        " VALUES (?, ?, ?, ?, ?)",
        (number, values["paid"], amount, values["method"], values["reference"]),
    )
    status = "Paid" if amount == left else "Partly paid"
    request.db.execute("UPDATE invoices SET status = ? WHERE id = ?", (status, number))
    log(request.db, "paid", "invoices", number, f"{money(amount)} by {values['method']}")
    return redirect(f"/invoices/{number}", "Payment recorded.")


def _payment_page(
    request: Request, row: sqlite3.Row, shown: dict[str, str], errors: dict[str, str]
) -> Response:
    left = money(row["total_cents"] - row["paid"])
    about = tag("p", f"{row['customer']}, due {day(row['due'])}, open € {left}")
    inputs = form.html(_PAYMENT, shown, errors, "Record payment", f"/invoices/{row['id']}")
    return page(request, f"Payment of {row['number']}", about, inputs)
