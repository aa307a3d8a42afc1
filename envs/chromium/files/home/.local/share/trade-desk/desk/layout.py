"""The frame of every page: head, navigation, what was done last."""

from __future__ import annotations

from desk.markup import Html, join, tag
from desk.store import day, setting
from desk.web import Request, Response

NAME = "Trade Desk"
AREAS = (
    ("/", "Overview"),
    ("/orders", "Orders"),
    ("/customers", "Customers"),
    ("/stock", "Stock"),
    ("/plan", "Floor plan"),
    ("/invoices", "Invoices"),
    ("/board", "Board"),
    ("/tickets", "Tickets"),
    ("/sales", "Sales"),
    ("/users", "Users"),
)


def document(title: str, body: Html, scripts: tuple[str, ...] = ()) -> Response:
    """A whole HTML document."""
    head = join(
        (
            tag("meta", charset="utf-8"),
            tag("title", f"{title} · {NAME}"),
            tag("link", rel="icon", href="data:,"),
            tag("link", rel="stylesheet", href="/static/desk.css"),
            *(tag("script", src=f"/static/{name}", defer=True) for name in scripts),
        )
    )
    html = tag("html", tag("head", head), tag("body", body), lang="en")
    return Response(f"<!doctype html>\n{html}")


def page(
    request: Request,
    title: str,
    *content: object,
    actions: object = None,
    scripts: tuple[str, ...] = (),
) -> Response:
    """A page of the open company.

    Args:
        request: what it answers.
        title: heading and title.
        *content: below the heading.
        actions: links and buttons beside the heading.
        scripts: further scripts in static/.
    """
    user = request.db.execute(
        "SELECT name FROM users WHERE id = ?", (setting(request.db, "user_id"),)
    ).fetchone()
    about = f"{user['name']} · {day(setting(request.db, 'today'))}"
    top = tag(
        "header",
        tag("strong", setting(request.db, "company")),
        tag("span", about, class_="about"),
    )
    done = request.query.get("done", "")
    body = (
        top,
        navigation(request.path),
        tag(
            "main",
            tag("div", tag("h1", title), tag("div", actions, class_="actions"), class_="title"),
            tag("p", done, role="status", class_="done") if done else None,
            *content,
        ),
    )
    return document(title, join(body), ("desk.js", *scripts))


def navigation(path: str) -> Html:
    """Links to the areas; that of the path is marked."""
    links = []
    for target, label in AREAS:
        here = path == target or (target != "/" and path.startswith(f"{target}/"))
        links.append(tag("a", label, href=target, aria_current="page" if here else None))
    return tag("nav", links, aria_label="Areas")


def waiting_page() -> Response:
    """What is there before a company is opened; it goes on by itself."""
    note = tag("p", "No company is open.")
    body = tag("main", tag("h1", NAME), note, class_="message")
    return document("No company", body, ("waiting.js",))


def message_page(title: str, text: str, status: int) -> Response:
    """A page that says what is wrong."""
    back = tag("p", tag("a", "To the overview", href="/"))
    response = document(
        title, tag("main", tag("h1", title), tag("p", text), back, class_="message")
    )
    response.status = status
    return response
