"""Users: who works with the company's data."""

from __future__ import annotations

from desk.layout import page
from desk.listing import Column, Filter, Listing
from desk.web import Request, Response, route

LIST = Listing(
    name="users",
    sql="SELECT * FROM users",
    columns=(
        Column("name", "Name"),
        Column("email", "E-mail"),
        Column("role", "Role"),
        Column("active", "Active", lambda value: "yes" if value else "no"),
    ),
    search=("name", "email", "role"),
    filters=(Filter("active", "Active", "active = ?", (("1", "Yes"), ("0", "No"))),),
    sort="name",
)


@route("GET", "/users")
def users(request: Request) -> Response:
    """The list."""
    return page(request, "Users", LIST.html(request))
