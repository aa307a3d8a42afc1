"""Requests, responses and routes: as much of a web framework as Trade Desk needs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlencode


@dataclass
class Request:
    """What a handler gets.

    Attributes:
        path: of the URL, without the query.
        query: first value of each parameter.
        form: all values of each field that was posted.
        db: the company's database.
    """

    path: str
    query: dict[str, str]
    form: dict[str, list[str]]
    db: sqlite3.Connection

    def value(self, name: str) -> str:
        """A posted field, without blanks around it."""
        return self.form.get(name, [""])[0].strip()

    def link(self, **changes: object) -> str:
        """The same address with other parameters; None drops one."""
        kept = {key: value for key, value in self.query.items() if key != "done"}
        kept |= {key: str(value) for key, value in changes.items() if value is not None}
        for key, value in changes.items():
            if value is None:
                kept.pop(key, None)
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


@dataclass
class Response:
    """What a handler gives."""

    body: str = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class NotFound(Exception):
    """There is no such page or record."""


Handler: TypeAlias = Callable[..., Response]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Register a handler; groups of the pattern are numbers and become its arguments."""

    def register(handler: Handler) -> Handler:
        ROUTES.append((method, re.compile(pattern), handler))
        return handler

    return register


def handle(method: str, request: Request) -> Response:
    """Find the handler of a request and call it.

    Raises:
        NotFound: none fits, or it finds no record.
    """
    for known, pattern, handler in ROUTES:
        match = pattern.fullmatch(request.path)
        if match and known == method:
            return handler(request, *(int(group) for group in match.groups()))
    raise NotFound(request.path)


def redirect(to: str, done: str = "") -> Response:
    """Go on to another page, which says what was done."""
    if done:
        to += ("&" if "?" in to else "?") + urlencode({"done": done})
    return Response(status=303, headers={"Location": to})


def record(db: sqlite3.Connection, sql: str, number: int) -> sqlite3.Row:
    """The row of a query by id.

    Raises:
        NotFound: there is none.
    """
    row = db.execute(sql, (number,)).fetchone()
    if row is None:
        raise NotFound(f"no record {number}")
    return row  # type: ignore[no-any-return]
