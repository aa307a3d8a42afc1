"""The start page: what is open, and what was done last."""

from __future__ import annotations

from desk.form import table
from desk.layout import page
from desk.markup import tag
from desk.store import day
from desk.web import Request, Response, route

_COUNTS = (
    ("Open orders", "/orders?status=Open", "orders WHERE status = 'Open'"),
    ("Orders on hold", "/orders?status=On+hold", "orders WHERE status = 'On hold'"),
    ("Unpaid invoices", "/invoices?status=Unpaid", "invoices WHERE status = 'Unpaid'"),
    ("New tickets", "/tickets?status=New", "tickets WHERE status = 'New'"),
    ("Low stock", "/stock?level=low", "products WHERE on_hand < reorder_at"),
)


@route("GET", "/")
def overview(request: Request) -> Response:
    """Numbers with links, and the audit trail."""
    cards = []
    for label, target, source in _COUNTS:
        count = request.db.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
        cards.append(tag("a", tag("b", count), tag("span", label), href=target, class_="card"))
    trail = request.db.execute(
        "SELECT audit.*, users.name AS user FROM audit JOIN users ON users.id = user_id"
        " ORDER BY audit.id DESC LIMIT 12"
    ).fetchall()
    rows = [
        (day(each["at"]), each["user"], each["action"], each["entity"], each["detail"][:80])
        for each in trail
    ]
    done = table(("Day", "Who", "What", "Where", "Detail"), rows)
    return page(
        request, "Overview", tag("div", cards, class_="cards"), tag("h2", "Done last"), done
    )
