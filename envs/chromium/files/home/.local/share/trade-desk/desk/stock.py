"""Stock: products and what is there of them, and the floor plan of the warehouse."""

from __future__ import annotations

import json

from desk import form
from desk.form import Field
from desk.layout import page
from desk.listing import Column, Filter, Listing
from desk.markup import tag
from desk.store import money, update
from desk.web import NotFound, Request, Response, record, redirect, route

LIST = Listing(
    name="stock",
    sql=("SELECT products.*, bays.code AS bay FROM products JOIN bays ON bays.id = bay_id"),
    columns=(
        Column("sku", "SKU", link="/stock/{}"),
        Column("name", "Product"),
        Column("category", "Category"),
        Column("bay", "Bay"),
        Column("on_hand", "On hand", number=True),
        Column("reorder_at", "Reorder at", number=True),
        Column("price_cents", "Price €", money, number=True),
    ),
    search=("sku", "name", "category"),
    filters=(
        Filter(
            "level",
            "Level",
            "(on_hand < reorder_at) = (? = 'low')",
            (("low", "Low"), ("enough", "Enough")),
        ),
    ),
    sort="sku",
)
_FIELDS = (
    Field("on_hand", "On hand", "number", required=True, most=99_999),
    Field("reorder_at", "Reorder at", "number", required=True, most=9_999),
    Field("price_cents", "Price €", "money", required=True),
)
STATES = ("In use", "Blocked")


@route("GET", "/stock")
def stock(request: Request) -> Response:
    """The list."""
    return page(request, "Stock", LIST.html(request), actions=LIST.export_link(request))


@route("GET", "/stock.csv")
def stock_csv(request: Request) -> Response:
    """The list as a file."""
    return LIST.csv(request)


@route("GET", r"/stock/(\d+)")
def product(request: Request, number: int) -> Response:
    """One product, to change."""
    row = record(request.db, "SELECT * FROM products WHERE id = ?", number)
    inputs = form.html(_FIELDS, form.stored(_FIELDS, dict(row)), {}, "Save", "/stock")
    return page(request, f"{row['sku']} {row['name']}", inputs)


@route("POST", r"/stock/(\d+)")
def save(request: Request, number: int) -> Response:
    """Change a product."""
    row = record(request.db, "SELECT * FROM products WHERE id = ?", number)
    values, errors = form.parse(_FIELDS, request)
    if errors:
        shown = form.typed(_FIELDS, request)
        inputs = form.html(_FIELDS, shown, errors, "Save", "/stock")
        return page(request, f"{row['sku']} {row['name']}", inputs)
    update(request.db, "products", row, values)
    return redirect("/stock", f"{row['sku']} saved.")


@route("GET", "/plan")
def plan(request: Request) -> Response:
    """The floor plan of a hall; what its bays are like is painted only."""
    halls = [
        row["hall"]
        for row in request.db.execute("SELECT DISTINCT hall FROM bays ORDER BY hall").fetchall()
    ]
    hall = request.query.get("hall", halls[0])
    if hall not in halls:
        raise NotFound(hall)
    links = [
        tag("a", f"Hall {each}", href=f"/plan?hall={each}", aria_current=each == hall or None)
        for each in halls
    ]
    canvas = tag("canvas", width=820, height=440, data_plan=hall, aria_label="Floor plan")
    states = [tag("option", each) for each in STATES]
    dialog = tag(
        "dialog",
        tag(
            "form",
            tag("h2", "Bay"),
            tag("input", type="hidden", name="id"),
            tag("label", "State", for_="state"),
            tag("select", states, name="state", id="state"),
            tag("label", "Note", for_="note"),
            tag("input", name="note", id="note", autocomplete="off"),
            tag(
                "div",
                tag("button", "Save bay", class_="main"),
                tag("button", "Close", type="button", data_close=True),
                class_="buttons",
            ),
            method="post",
            action=f"/plan?hall={hall}",
        ),
    )
    tabs = tag("nav", links, class_="tabs", aria_label="Halls")
    return page(request, "Floor plan", tabs, canvas, dialog, scripts=("plan.js",))


@route("POST", "/plan/bays")
def bays(request: Request) -> Response:
    """The bays of a hall, for the script that paints them."""
    rows = request.db.execute(
        "SELECT * FROM bays WHERE hall = ? ORDER BY id", (request.value("hall"),)
    ).fetchall()
    return Response(json.dumps([dict(row) for row in rows]), kind="application/json")


@route("POST", "/plan")
def save_bay(request: Request) -> Response:
    """Change a bay."""
    number, state = request.value("id"), request.value("state")
    if not number.isdecimal() or state not in STATES:
        raise NotFound("bay")
    row = record(request.db, "SELECT * FROM bays WHERE id = ?", int(number))
    update(request.db, "bays", row, {"state": state, "note": request.value("note")[:200]})
    return redirect(request.link(), "Bay saved.")
