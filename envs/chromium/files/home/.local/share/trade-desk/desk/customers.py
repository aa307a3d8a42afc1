"""Customers: list, detail with their orders and invoices, change, new."""

from __future__ import annotations

import sqlite3

from desk import form
from desk.form import Field
from desk.layout import page
from desk.listing import Column, Filter, Listing
from desk.markup import tag
from desk.store import day, log, money, update
from desk.web import Request, Response, record, redirect, route

LIST = Listing(
    name="customers",
    sql="SELECT * FROM customers",
    columns=(
        Column("number", "Number"),
        Column("name", "Name", link="/customers/{}"),
        Column("contact", "Contact"),
        Column("city", "City"),
        Column("country", "Country"),
        Column("credit_cents", "Credit limit €", money, number=True),
    ),
    search=("name", "contact", "city", "number"),
    filters=(Filter("country", "Country", "country = ?", ()),),
    sort="name",
)
_FIELDS = (
    Field("name", "Name", required=True),
    Field("contact", "Contact", required=True),
    Field("email", "E-mail", "email", required=True),
    Field("street", "Street"),
    Field("postcode", "Postcode"),
    Field("city", "City", required=True),
    Field("country", "Country", required=True),
    Field("credit_cents", "Credit limit €", "money"),
    Field("note", "Note", "area", most=400),
)


def _list(db: sqlite3.Connection) -> Listing:
    found = db.execute("SELECT DISTINCT country FROM customers ORDER BY country").fetchall()
    choices = [(each["country"], each["country"]) for each in found]
    only = Filter("country", "Country", "country = ?", choices)
    return Listing(LIST.name, LIST.sql, LIST.columns, LIST.search, (only,), LIST.sort)


@route("GET", "/customers")
def customers(request: Request) -> Response:
    """The list."""
    listing = _list(request.db)
    new = tag("a", "New customer", href="/customers/new", class_="button")
    actions = (listing.export_link(request), new)
    return page(request, "Customers", listing.html(request), actions=actions)


@route("GET", "/customers.csv")
def customers_csv(request: Request) -> Response:
    """The list as a file."""
    return _list(request.db).csv(request)


@route("GET", r"/customers/(\d+)")
def customer(request: Request, number: int) -> Response:
    """One customer."""
    row = record(request.db, "SELECT * FROM customers WHERE id = ?", number)
    place = f"{row['street']}, {row['postcode']} {row['city']}, {row['country']}"
    pairs = [
        ("Number", row["number"]),
        ("Contact", f"{row['contact']}, {row['email']}"),
        ("Address", place),
        ("Credit limit €", money(row["credit_cents"])),
        ("Note", row["note"]),
    ]
    orders = request.db.execute(
        "SELECT * FROM orders WHERE customer_id = ? ORDER BY ordered DESC LIMIT 6", (number,)
    ).fetchall()
    invoices = request.db.execute(
        "SELECT invoices.* FROM invoices JOIN orders ON orders.id = order_id WHERE customer_id = ?"
        " ORDER BY issued DESC LIMIT 6",
        (number,),
    ).fetchall()
    of_orders = [
        (
            tag("a", each["number"], href=f"/orders/{each['id']}"),
            day(each["ordered"]),
            each["status"],
        )
        for each in orders
    ]
    of_invoices = [
        (
            tag("a", each["number"], href=f"/invoices/{each['id']}"),
            *(day(each["issued"]), each["status"], money(each["total_cents"])),
        )
        for each in invoices
    ]
    parts = (
        form.facts(pairs),
        tag("h2", "Last orders"),
        form.table(("Order", "Ordered", "Status"), of_orders),
        tag("h2", "Last invoices"),
        form.table(("Invoice", "Issued", "Status", "Total €"), of_invoices, numbers=1),
    )
    edit = tag("a", "Edit", href=f"/customers/{number}/edit", class_="button")
    return page(request, row["name"], *parts, actions=edit)


@route("GET", r"/customers/(\d+)/edit")
def edit(request: Request, number: int) -> Response:
    """The form that changes a customer."""
    row = record(request.db, "SELECT * FROM customers WHERE id = ?", number)
    inputs = form.html(_FIELDS, form.stored(_FIELDS, dict(row)), {}, "Save", f"/customers/{number}")
    return page(request, f"Edit {row['name']}", inputs)


@route("POST", r"/customers/(\d+)/edit")
def save(request: Request, number: int) -> Response:
    """Change a customer."""
    row = record(request.db, "SELECT * FROM customers WHERE id = ?", number)
    values, errors = form.parse(_FIELDS, request)
    if errors:
        shown = form.typed(_FIELDS, request)
        inputs = form.html(_FIELDS, shown, errors, "Save", f"/customers/{number}")
        return page(request, f"Edit {row['name']}", inputs)
    update(request.db, "customers", row, values)
    return redirect(f"/customers/{number}", "Customer saved.")


@route("GET", "/customers/new")
def new(request: Request) -> Response:
    """The form of a new customer."""
    return page(
        request, "New customer", form.html(_FIELDS, {}, {}, "Create customer", "/customers")
    )


@route("POST", "/customers/new")
def create(request: Request) -> Response:
    """Make a new customer."""
    values, errors = form.parse(_FIELDS, request)
    if errors:
        shown = form.typed(_FIELDS, request)
        inputs = form.html(_FIELDS, shown, errors, "Create customer", "/customers")
        return page(request, "New customer", inputs)
    last = request.db.execute("SELECT max(number) FROM customers").fetchone()[0]
    number = f"C-{int(last.removeprefix('C-')) + 1}"
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    made = request.db.execute(
        f"INSERT INTO customers (number, {names}) VALUES (?, {marks})", (number, *values.values())
    ).lastrowid
    assert made is not None
    log(request.db, "created", "customers", made, number)
    return redirect(f"/customers/{made}", f"Customer {number} created.")
