"""Support tickets: a list, and a board on which they are dragged from state to state."""

from __future__ import annotations

from desk import form
from desk.form import Field
from desk.layout import page
from desk.listing import Column, Filter, Listing
from desk.markup import tag
from desk.store import day, update
from desk.web import NotFound, Request, Response, record, redirect, route

STATUSES = ("New", "In progress", "Waiting", "Done")
PRIORITIES = ("Low", "Normal", "High")
LIST = Listing(
    name="tickets",
    sql=(
        "SELECT tickets.*, customers.name AS customer, users.name AS agent FROM tickets"
        " JOIN customers ON customers.id = customer_id LEFT JOIN users ON users.id = user_id"
    ),
    columns=(
        Column("number", "Ticket", link="/tickets/{}"),
        Column("subject", "Subject"),
        Column("customer", "Customer"),
        Column("opened", "Opened", day),
        Column("priority", "Priority", tag=True),
        Column("status", "Status", tag=True),
        Column("agent", "Agent"),
    ),
    search=("tickets.number", "subject", "customers.name"),
    filters=(
        Filter("status", "Status", "status = ?", [(each, each) for each in STATUSES]),
        Filter("priority", "Priority", "priority = ?", [(each, each) for each in PRIORITIES]),
    ),
    sort="-number",
)


@route("GET", "/tickets")
def tickets(request: Request) -> Response:
    """The list."""
    return page(request, "Tickets", LIST.html(request), actions=LIST.export_link(request))


@route("GET", "/tickets.csv")
def tickets_csv(request: Request) -> Response:
    """The list as a file."""
    return LIST.csv(request)


def _fields(request: Request) -> tuple[Field, ...]:
    found = request.db.execute("SELECT id, name FROM users WHERE active ORDER BY name").fetchall()
    return (
        Field("priority", "Priority", "select", True, [(each, each) for each in PRIORITIES]),
        Field("user_id", "Agent", "select", False, [(str(e["id"]), e["name"]) for e in found]),
        Field("reply", "Reply", "area", most=2000),
    )


@route("GET", r"/tickets/(\d+)")
def ticket(request: Request, number: int) -> Response:
    """One ticket; its state is changed on the board."""
    return _ticket_page(request, number, {}, {})


@route("POST", r"/tickets/(\d+)")
def save(request: Request, number: int) -> Response:
    """Change a ticket."""
    fields = _fields(request)
    values, errors = form.parse(fields, request)
    if errors:
        return _ticket_page(request, number, form.typed(fields, request), errors)
    row = record(request.db, "SELECT * FROM tickets WHERE id = ?", number)
    agent = str(values["user_id"])
    values["user_id"] = int(agent) if agent else None
    update(request.db, "tickets", row, values)
    return redirect("/tickets", f"Ticket {row['number']} saved.")


def _ticket_page(
    request: Request, number: int, shown: dict[str, str], errors: dict[str, str]
) -> Response:
    row = record(request.db, f"{LIST.sql} WHERE tickets.id = ?", number)
    pairs = [
        ("Subject", row["subject"]),
        ("Customer", tag("a", row["customer"], href=f"/customers/{row['customer_id']}")),
        ("Opened", day(row["opened"])),
        ("Status", row["status"]),
        ("Message", row["body"]),
    ]
    fields = _fields(request)
    shown = shown or form.stored(fields, dict(row))
    inputs = form.html(fields, shown, errors, "Save", "/tickets")
    return page(request, f"Ticket {row['number']}", form.facts(pairs), inputs)


@route("GET", "/board")
def board(request: Request) -> Response:
    """Tickets by state; a card is moved by dragging it."""
    columns = []
    for status in STATUSES:
        rows = request.db.execute(
            f"{LIST.sql} WHERE status = ? ORDER BY position", (status,)
        ).fetchall()
        cards = [
            tag(
                "article",
                tag("b", row["number"]),
                tag("span", row["priority"], class_=f"tag {row['priority'].lower()}"),
                tag("p", row["subject"]),
                data_card=row["id"],
                aria_label=f"{row['number']} {row['subject']}",
            )
            for row in rows
        ]
        head = tag("h2", f"{status} ({len(rows)})")
        columns.append(tag("section", head, cards, data_column=status, aria_label=status))
    content = tag("div", columns, class_="board")
    return page(request, "Board", content, scripts=("board.js",))


@route("POST", "/board")
def move(request: Request) -> Response:
    """Put a ticket at the end of a column."""
    number, status = request.value("id"), request.value("status")
    if not number.isdecimal() or status not in STATUSES:
        raise NotFound("ticket")
    row = record(request.db, "SELECT * FROM tickets WHERE id = ?", int(number))
    if row["status"] != status:
        last = request.db.execute("SELECT max(position) FROM tickets").fetchone()[0]
        update(request.db, "tickets", row, {"status": status, "position": last + 1})
    return redirect("/board", f"{row['number']} is now in {status}.")
