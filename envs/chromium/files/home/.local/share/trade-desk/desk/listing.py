"""Lists: columns that sort, a search, filters, pages, a selection for actions, and CSV."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from desk.markup import Html, join, options, tag
from desk.store import day, money, setting
from desk.web import Request, Response

PAGE_ROWS = 12


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        key: name in the query's result, and in the address for sorting.
        label: heading.
        show: makes its text; the value itself if None.
        number: whether it is set to the right.
        link: address of a row's record with "{}" for its id; "" for plain text.
        tag: whether it is a state that is shown as a coloured word.
    """

    key: str
    label: str
    show: Callable[[object], str] | None = None
    number: bool = False
    link: str = ""
    tag: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter.

    Attributes:
        name: parameter in the address.
        label: what is read.
        where: condition of SQL with one "?".
        choices: (value, label) of a select; empty for a date.
    """

    name: str
    label: str
    where: str
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Listing:
    """A list.

    Attributes:
        name: of the CSV file.
        sql: SELECT ... FROM ..., without WHERE; has an `id`.
        columns: in order.
        search: expressions that the search looks in.
        filters: beside the search.
        sort: column of the first order, "-" in front for descending.
        actions: (value, label) of what may be done to selected rows.
    """

    name: str
    sql: str
    columns: Sequence[Column]
    search: Sequence[str]
    filters: Sequence[Filter] = ()
    sort: str = "id"
    actions: Sequence[tuple[str, str]] = ()

    def rows(self, request: Request) -> list[sqlite3.Row]:
        """All rows that the search and the filters let through, in order."""
        where, values = ["1"], []
        text = request.query.get("q", "").strip()
        if text:
            where.append(f"({' OR '.join(f'{each} LIKE ?' for each in self.search)})")
            values += [f"%{text}%"] * len(self.search)
        for each in self.filters:
            if request.query.get(each.name):
                where.append(each.where)
                values.append(request.query[each.name])
        order = request.query.get("sort", self.sort)
        key, down = order.lstrip("-"), order.startswith("-")
        if key not in {column.key for column in self.columns}:
            key = "id"
        collate = f"{key} {'DESC' if down else 'ASC'}, id"
        inner = f"{self.sql} WHERE {' AND '.join(where)}"
        return request.db.execute(f"SELECT * FROM ({inner}) ORDER BY {collate}", values).fetchall()

    def html(self, request: Request) -> Html:
        """Search, filters, one page of rows, and the pager."""
        rows = self.rows(request)
        last = max(1, -(-len(rows) // PAGE_ROWS))
        number = request.query.get("page", "1")
        here = min(max(int(number) if number.isdecimal() else 1, 1), last)
        shown = rows[(here - 1) * PAGE_ROWS : here * PAGE_ROWS]
        table = tag("table", tag("thead", self._head(request)), tag("tbody", self._body(shown)))
        if self.actions:
            table = tag("form", self._actions(), table, method="post", data_select=True)
        return join((self._filter_form(request), table, _pager(request, here, last, len(rows))))

    def csv(self, request: Request) -> Response:
        """All rows of the list as a file."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow([column.label for column in self.columns])
        for row in self.rows(request):
            writer.writerow([_plain(column, row[column.key]) for column in self.columns])
        name = f"{self.name}-{setting(request.db, 'today')}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(buffer.getvalue(), kind="text/csv; charset=utf-8", headers=headers)

    def export_link(self, request: Request) -> Html:
        """A link to the CSV file of what is listed."""
        query = {key: value for key, value in request.query.items() if key not in ("page", "done")}
        return tag(
            "a", "Export CSV", href=f"{request.path}.csv?{urlencode(query)}", class_="button"
        )

    def _head(self, request: Request) -> Html:
        order = request.query.get("sort", self.sort)
        cells = [tag("th", tag("input", type="checkbox", data_all=True, aria_label="Select all"))]
        cells = cells if self.actions else []
        for column in self.columns:
            down = order == column.key
            arrow = " ▲" if down else " ▼" if order == f"-{column.key}" else ""
            to = request.link(sort=f"-{column.key}" if down else column.key, page=None)
            kind = "number" if column.number else None
            cells.append(tag("th", tag("a", column.label + arrow, href=to), class_=kind))
        return tag("tr", cells)

    def _body(self, rows: Sequence[sqlite3.Row]) -> Html:
        return join(tag("tr", self._cells(row)) for row in rows)

    def _cells(self, row: sqlite3.Row) -> list[Html]:
        first = str(row[self.columns[0].key])
        box = tag(
            "input", type="checkbox", name="id", value=row["id"], aria_label=f"Select {first}"
        )
        cells = [tag("td", box)] if self.actions else []
        for column in self.columns:
            value = row[column.key]
            text: object = column.show(value) if column.show else value
            if column.link:
                text = tag("a", text, href=column.link.format(row["id"]))
            elif column.tag:
                text = tag("span", text, class_=f"tag {str(value).lower().replace(' ', '-')}")
            cells.append(tag("td", text, class_="number" if column.number else None))
        return cells

    def _actions(self) -> Html:
        choices = options((("", "Choose an action"), *self.actions), "")
        choose = tag("select", choices, name="action", id="action")
        apply = tag("button", "Apply", type="button", data_apply=True)
        label = tag("label", "With the selected", for_="action")
        return tag("div", label, choose, apply, class_="bulk")

    def _filter_form(self, request: Request) -> Html:
        given = request.query
        parts = [_labelled("Search", "q", "input", value=given.get("q", ""), autocomplete="off")]
        for each in self.filters:
            chosen = given.get(each.name, "")
            if each.choices:
                choices = options((("", "All"), *each.choices), chosen)
                parts.append(_labelled(each.label, each.name, "select", choices))
            else:
                day = {"value": chosen, "size": 10, "placeholder": "YYYY-MM-DD"}
                parts.append(_labelled(each.label, each.name, "input", autocomplete="off", **day))
        if "sort" in given:
            parts.append(tag("input", type="hidden", name="sort", value=given["sort"]))
        parts.append(tag("button", "Filter", type="submit"))
        parts.append(tag("a", "Reset", href=request.path))
        return tag("form", parts, class_="filters", role="search")


def _labelled(label: str, name: str, kind: str, *content: object, **given: object) -> Html:
    """A field of the filters, its label above it."""
    field = tag(kind, *content, name=name, id=f"filter-{name}", **given)
    return tag("div", tag("label", label, for_=f"filter-{name}"), field)


def _pager(request: Request, here: int, last: int, count: int) -> Html:
    before = tag("a", "Previous", href=request.link(page=here - 1)) if here > 1 else None
    after = tag("a", "Next", href=request.link(page=here + 1)) if here < last else None
    text = tag("span", f"Page {here} of {last} · {count} records")
    return tag("nav", before, text, after, class_="pager", aria_label="Pages")


def _plain(column: Column, value: object) -> object:
    """A value as a CSV file has it: money without separators, days in ISO format."""
    if column.show is money and isinstance(value, int):
        return f"{value / 100:.2f}"
    if column.show is day or column.show is None:
        return "" if value is None else value
    return column.show(value)
