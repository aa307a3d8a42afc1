"""Sales by region and month, painted as a chart; a month can be given a remark."""

from __future__ import annotations

import json

from desk.layout import page
from desk.markup import tag
from desk.store import update
from desk.web import NotFound, Request, Response, record, redirect, route


@route("GET", "/sales")
def sales(request: Request) -> Response:
    """The chart of a region; the figures are painted only."""
    regions = [
        row["region"]
        for row in request.db.execute(
            "SELECT region FROM figures GROUP BY region ORDER BY min(id)"
        ).fetchall()
    ]
    region = request.query.get("region", regions[0])
    if region not in regions:
        raise NotFound(region)
    links = [
        tag("a", each, href=f"/sales?region={each}", aria_current=each == region or None)
        for each in regions
    ]
    canvas = tag("canvas", width=900, height=440, data_chart=region, aria_label="Chart of sales")
    dialog = tag(
        "dialog",
        tag(
            "form",
            tag("h2", "Remark"),
            tag("input", type="hidden", name="id"),
            tag("label", "Text", for_="remark"),
            tag("input", name="remark", id="remark", autocomplete="off"),
            tag(
                "div",
                tag("button", "Save remark", class_="main"),
                tag("button", "Close", type="button", data_close=True),
                class_="buttons",
            ),
            method="post",
            action=f"/sales?region={region}",
        ),
    )
    tabs = tag("nav", links, class_="tabs", aria_label="Regions")
    return page(request, "Sales", tabs, canvas, dialog, scripts=("chart.js",))


@route("POST", "/sales/figures")
def figures(request: Request) -> Response:
    """The figures of a region, for the script that paints them."""
    rows = request.db.execute(
        "SELECT * FROM figures WHERE region = ? ORDER BY month", (request.value("region"),)
    ).fetchall()
    return Response(json.dumps([dict(row) for row in rows]), kind="application/json")


@route("POST", "/sales")
def save(request: Request) -> Response:
    """Give a month a remark."""
    number = request.value("id")
    if not number.isdecimal():
        raise NotFound("figure")
    row = record(request.db, "SELECT * FROM figures WHERE id = ?", int(number))
    update(request.db, "figures", row, {"remark": request.value("remark")[:200]})
    return redirect(request.link(), "Remark saved.")
