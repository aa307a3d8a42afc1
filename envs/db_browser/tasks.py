"""Tasks of DB Browser for SQLite: the databases of small trading companies and their receipts.

The data of a table is no widget that the accessibility tree tells, so the first cell is clicked by
its place: the font that files/home fixes makes the rows 25 pixels high, and the column of the key
stands at the left. From there keys lead to the other columns.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence

from gym_anything.documents import business
from gym_anything.documents.shop import (
    STATES,
    Shop,
    make_inspections,
    make_receipts,
    make_shop,
)
from gym_anything.intents import Steps, goal, guard, on, route, seen
from gym_anything.task import (
    Answer,
    Await,
    Check,
    Click,
    Document,
    JsonValue,
    Press,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

# Steps and checks ---------------------------------------------------------------------------------

_KEY_X, _FIRST_Y, _ROW_PX = 44, 208, 25
_ANY_FILTER = Target(role="text", nth=1)  # behind the editor of the cell
_CELL = "Type of data currently in cell"
_ROW, _QUERY = "database.row", "database.query"
_KEPT = "database.unchanged_except"
_EDITOR = Target(role="text", nth=2)  # behind those of the cell and of the messages
_WRITE, _WRITE_KEY = (on("Write Changes"),), (Press("ctrl+s"),)
_BROWSE, _SQL = on("Browse Data", "page tab"), on("Execute SQL", "page tab")


def _only(words: str) -> Steps:
    """Show only rows with these words in any column."""
    return (Click(_ANY_FILTER), Type(words), Press("enter"))


def _enter(column: int, value: object, row: int = 0) -> Steps:
    """Type over the value of a column, counted from the key, in a row of those in view."""
    return (*_key_of(row), *(Press("right"),) * column, Type(str(value)), Press("enter"))


def _key_of(row: int) -> Steps:
    """Go to the key of a row of those in view."""
    return (Click((_KEY_X, _FIRST_Y + _ROW_PX * row)), Press("home"))


def _execute(*statements: str) -> Steps:
    """Type statements into the editor of Execute SQL and run them all."""
    steps: Steps = (_SQL, Click(_EDITOR), Press("ctrl+a"))
    return (*steps, Type("; ".join(statements) + ";"), Press("ctrl+return"))


def _sql_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _only_values(
    path: str, table: str, keys: Sequence[JsonValue], column: str
) -> tuple[Check, ...]:
    """Guards: nothing but the values of one column in some rows is another."""
    in_rows = guard(_KEPT, path=path, rows={table: list(keys)})
    return (in_rows, guard(_KEPT, path=path, columns={table: [column]}))


def _alone(path: str, *names: str) -> tuple[Check, ...]:
    """Guards: the folder has only these files, and home nothing new."""
    folder, name = path.rsplit("/", 1)
    listed: list[JsonValue] = [name, *names]
    inside = guard("files.only", path=folder, names=listed)
    return (inside, guard("files.only", path=".", names=["Documents"]))


def _draft(
    shop: Shop,
    instruction: str,
    goals: Sequence[Check],
    kept: tuple[Check, ...],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
) -> Draft:
    """A draft whose routes are given up to the writing of the changes; one more does not write."""
    misses = [route(name, *steps, *_WRITE) for name, steps in wrong.items()]
    misses.append(route("not written", *does))
    return Draft(
        instruction=f"{instruction} Write the changes to the database.",
        documents=(Document(shop.path, "database", shop.content()),),
        open=(shop.path,),
        checks=(*goals, *kept, *_alone(shop.path)),
        solution=(*does, *_WRITE),
        near_misses=tuple(misses),
        variations=tuple(route(name, *steps, *_WRITE_KEY) for name, steps in ways.items()),
    )


def open_document(path: str) -> Steps:
    """Open another database of home, given its path relative to it."""
    typed = f"/home/user/{path}"
    field = Target(role="text", window="Choose a database file")
    title = Target(role="frame", name=f"DB Browser for SQLite - {typed}")
    return (
        Press("ctrl+o"),
        Click(field),
        Press("ctrl+a"),
        Type(typed),
        Press("enter"),
        Await(title),
    )


# Templates ----------------------------------------------------------------------------------------


@template(skills=("table", "search", "toolbar"), occupation="43-0000")
def correct_email(rng: random.Random) -> Draft:
    """A clerk corrects the address of a customer whose mail came back."""
    shop = make_shop(rng, "mailing")
    row, other = rng.sample(shop.customers, 2)
    name, old = str(row[1]), str(row[4])
    host = rng.choice(("example.org", "example.net", "post.example", "mail.example"))
    new = f"{old.partition('@')[0]}@{host}"
    find = (_BROWSE, *_only(name))
    by_name = f"UPDATE customers SET email = {_sql_text(new)} WHERE name = {_sql_text(name)}"
    by_key = f"UPDATE customers SET email = {_sql_text(new)} WHERE id = {row[0]}"
    copy = f"INSERT INTO customers SELECT {len(shop.customers) + 1}, name, contact, city, "
    copy += f"{_sql_text(new)}, phone FROM customers WHERE id = {row[0]}"
    return _draft(
        shop,
        f"A mail to our customer {name} came back. In the database {shop.path}, change the address "
        f"{old} in the table customers to {new}.",
        goals=(goal(_ROW, path=shop.path, table="customers", key=row[0], values={"email": new}),),
        kept=_only_values(shop.path, "customers", [row[0]], "email"),
        does=(*find, *_enter(4, new)),
        wrong={
            "another customer": (_BROWSE, *_only(str(other[1])), *_enter(4, new)),
            "in the column beside it": (*find, *_enter(5, new)),
            "with a letter missing": (*find, *_enter(4, new[1:])),
            "for all customers": _execute(f"UPDATE customers SET email = {_sql_text(new)}"),
            "as one more customer": _execute(copy),
        },
        ways={"by name with SQL": _execute(by_name), "by key with SQL": _execute(by_key)},
    )


@template(skills=("toolbar", "table", "form"), occupation="43-0000")
def add_customer(rng: random.Random) -> Draft:
    """A clerk enters a new customer."""
    shop = make_shop(rng, "clients")
    known = {each[1] for each in shop.customers}
    firm = next(each for each in business.companies(rng, 90) if each.name not in known)
    columns = ("name", "contact", "city", "email", "phone")
    phone = f"+{rng.randint(30, 49)} {rng.randint(100, 989)} {rng.randint(10_000, 99_999)}"
    given = (firm.name, firm.contact.name, firm.address.city, firm.contact.email, phone)
    values: dict[str, JsonValue] = dict(zip(columns, given, strict=True))
    count, last = len(shop.customers) + 1, shop.customers[-1]
    to_last = (*_key_of(1), Press("ctrl+end"), Press("home"))

    def type_in(*texts: str) -> Steps:
        cells = ((Press("right"), Type(text), Press("enter")) for text in texts)
        return (_BROWSE, on("New Record"), *to_last, *(step for cell in cells for step in cell))

    listed = ", ".join(map(_sql_text, given))
    insert = f"INSERT INTO customers ({', '.join(columns)}) VALUES ({listed})"
    overwrite = ", ".join(f"{name} = {_sql_text(str(value))}" for name, value in values.items())
    over_last = f"UPDATE customers SET {overwrite} WHERE id = {last[0]}"
    return _draft(
        shop,
        f"We have a new customer. Add one row to the table customers of {shop.path}: name "
        f"{firm.name}, contact {firm.contact.name}, city {firm.address.city}, email "
        f"{firm.contact.email}, phone {phone}. The id is the next free number, {count}.",
        goals=(goal(_ROW, path=shop.path, table="customers", key=count, values=values),),
        kept=(guard(_KEPT, path=shop.path, rows={"customers": [count]}),),
        does=type_in(*given),
        wrong={
            "without the phone": type_in(*given[:4]),
            "contact and city swapped": type_in(given[0], given[2], given[1], *given[3:]),
            "over the last customer": _execute(over_last),
            "an empty row more": (*type_in(*given), on("New Record")),
            "another number": _execute(f"INSERT INTO customers SELECT {count + 7}, {listed}"),
        },
        ways={
            "with SQL": _execute(insert),
            "with SQL and the number": _execute(f"INSERT INTO customers SELECT {count}, {listed}"),
        },
    )


_INDEXES = (
    *(("orders", "status", "ordered"), ("orders", "ordered", "customer_id")),
    *(("orders", "customer_id", "status"), ("order_lines", "product_id", "order_id")),
    *(("order_lines", "order_id", "product_id"), ("products", "category", "name")),
    *(("products", "category", "price"), ("customers", "city", "name")),
)


@template(skills=("dialog", "table", "toolbar"), occupation="15-0000")
def order_index(rng: random.Random) -> Draft:
    """An administrator makes a slow query fast."""
    shop = make_shop(rng, "tuning")
    table, *columns = rng.choice(_INDEXES)
    name = f"{rng.choice(('idx', 'ix', 'by'))}_{table}_{'_'.join(columns)}"
    made: dict[str, JsonValue] = {"table": table, "name": name, "columns": list(columns)}
    window = "Edit Index Schema"
    field = Click(Target(role="text", name="Name", window=window))
    choose = (Click(Target(role="combo box", window=window)), on(table, "list item", window=window))

    def make(name: str, *columns: str) -> Steps:
        picked = (on(column, "table cell", window=window, count=2) for column in columns)
        return (on("Create Index"), field, Type(name), *choose, *picked, on("OK", window=window))

    sql = f"CREATE INDEX {name} ON {table} ({', '.join(columns)})"
    return _draft(
        shop,
        f"Queries on the table {table} of {shop.path} are slow. Create an index with the name "
        f"{name} on its columns {columns[0]} and {columns[1]}, in this order, both ascending. "
        " Repeated values must stay possible.",
        goals=(goal("database.index", path=shop.path, unique=False, descending=[], **made),),
        kept=(guard(_KEPT, path=shop.path, objects=[name]),),
        does=make(name, *columns),
        wrong={
            "the columns the other way round": make(name, *reversed(columns)),
            "the first column only": make(name, columns[0]),
            "under another name": make(f"{name}_1", *columns),
            "a unique one": _execute(
                f"CREATE UNIQUE INDEX {name} ON {table} ({', '.join((*columns, 'id'))})"
            ),
            "descending": _execute(f"CREATE INDEX {name} ON {table} ({' DESC, '.join(columns)})"),
        },
        ways={
            "with SQL": _execute(sql),
            "quoted and ascending": _execute(
                f'CREATE INDEX "{name}" ON "{table}" ("{columns[0]}" ASC, "{columns[1]}")'
            ),
        },
    )


_OF_ORDERS = ("order_lines WHERE order_id IN", "orders WHERE id IN")


@template(skills=("query", "arithmetic"), occupation="13-0000")
def cancel_old_orders(rng: random.Random) -> Draft:
    """An analyst closes orders that have been open for too long."""
    shop = make_shop(rng, "backlog")
    opened = sorted(str(each[2]) for each in shop.orders if each[3] == "open")
    limit = opened[rng.randint(2, len(opened) // 2)]
    old = [each[0] for each in shop.orders if each[3] == "open" and str(each[2]) < limit]
    state = rng.choice(("cancelled", "expired", "closed"))
    update = f"UPDATE orders SET status = '{state}' WHERE "
    open_only, before = "status = 'open'", f"ordered < '{limit}'"
    select, listed = "SELECT id FROM orders", ", ".join(str(key) for key in old)
    gone = [f"DELETE FROM {name} ({listed})" for name in _OF_ORDERS]
    in_state: list[JsonValue] = [
        [each[0]] for each in shop.orders if each[3] == state or each[0] in old
    ]
    still_open: list[JsonValue] = [
        [each[0]] for each in shop.orders if each[3] == "open" and each[0] not in old
    ]
    day = dt.date.fromisoformat(limit)
    return _draft(
        shop,
        f"In {shop.path}, set the status of all orders to “{state}” that are still “open” and were "
        f"placed before {day:%-d %B %Y}. Orders of that very day stay open, and so does anything "
        "that has another status.",
        goals=(
            goal(_QUERY, path=shop.path, sql=f"{select} WHERE status = '{state}'", rows=in_state),
            goal(_QUERY, path=shop.path, sql=f"{select} WHERE {open_only}", rows=still_open),
        ),
        kept=_only_values(shop.path, "orders", old, "status"),
        does=_execute(f"{update}{open_only} AND {before}"),
        wrong={
            "that very day too": _execute(f"{update}{open_only} AND ordered <= '{limit}'"),
            "paid ones too": _execute(f"{update}{before}"),
            "all that are open": _execute(f"{update}{open_only}"),
            "one left out": _execute(f"{update}{open_only} AND {before} AND id <> {old[-1]}"),
            "deleted": _execute(*gone),
        },
        ways={
            "by number": _execute(f"{update}id IN ({listed})"),
            "in two goes": _execute(f"{update}id = {old[0]}", f"{update}{open_only} AND {before}"),
        },
    )


@template(skills=("query",), occupation="15-0000", split="validation")
def customer_view(rng: random.Random) -> Draft:
    """An administrator makes a view for the people who call customers."""
    shop = make_shop(rng, "views")
    city = rng.choice(sorted({str(each[3]) for each in shop.customers}))
    state = rng.choice(STATES)
    name = rng.choice(("call_list", "recall", "visits", "follow_up", "account_list"))
    columns = ("order_id", "customer", "contact", "ordered")
    select = "SELECT o.id AS order_id, c.name AS customer, c.contact, o.ordered FROM orders o"
    join, only = " JOIN customers c ON c.id = o.customer_id", f" WHERE o.status = '{state}'"
    names = {each[0]: each for each in shop.customers}
    rows: list[JsonValue] = [
        [each[0], names[each[1]][1], names[each[1]][2], each[2]]
        for each in shop.orders
        if each[3] == state and names[each[1]][3] == city
    ]
    in_city = f" AND c.city = {_sql_text(city)}"
    key = max(int(str(each[0])) for each in shop.orders) + 1
    someone = next(each for each in shop.customers if each[3] == city)
    added = f"INSERT INTO orders VALUES ({key}, {someone[0]}, '2026-12-01', '{state}', NULL)"
    later: list[JsonValue] = [*rows, [key, someone[1], someone[2], "2026-12-01"]]
    shown = f"SELECT * FROM {name}"
    table = f"CREATE TABLE {name} AS {select}{join}{only}{in_city}"
    wide = "SELECT o.id, c.name, c.contact, o.ordered FROM customers c, orders o"
    renamed = f"CREATE VIEW {name} (order_id, customer, contact, ordered) AS {wide}"
    create = f"CREATE VIEW {name} AS "
    return _draft(
        shop,
        f"In {shop.path}, make a view {name} of the orders with the status “{state}” from "
        f"customers in {city}. Its columns are order_id, customer (the name), contact and ordered, "
        "in this order. It must keep showing the right orders when the tables change.",
        goals=(
            goal("database.view", path=shop.path, name=name, columns=list(columns)),
            goal(_QUERY, path=shop.path, sql=shown, rows=rows),
            goal(_QUERY, path=shop.path, sql=shown, rows=later, before=[added]),
        ),
        kept=(guard(_KEPT, path=shop.path, objects=[name]),),
        does=_execute(f"{create}{select}{join}{only}{in_city}"),
        wrong={
            "all cities": _execute(f"{create}{select}{join}{only}"),
            "every status": _execute(f"{create}{select}{join} WHERE TRUE{in_city}"),
            "as a table": _execute(table),
            "without names of the columns": _execute(f"{create}{wide} WHERE FALSE"),
            "another name": _execute(f"CREATE VIEW {name}_2 AS {select}{join}{only}{in_city}"),
        },
        ways={
            "with listed columns": _execute(f"{renamed}{only} AND c.id = o.customer_id{in_city}"),
            "by a subquery": _execute(f"{create}SELECT * FROM ({select}{join}{only}{in_city})"),
        },
    )


@template(skills=("query", "arithmetic", "answer"), occupation="13-0000")
def total_of_customer(rng: random.Random) -> Draft:
    """An analyst is asked what a customer has ordered in a year."""
    shop = make_shop(rng, "figures")
    amounts = shop.amounts()
    customer, year = rng.choice(sorted(key for key, cents in amounts.items() if cents))
    cents = amounts[customer, year]
    name = str(next(each[1] for each in shop.customers if each[0] == customer))
    every = sum(part for (who, _), part in amounts.items() if who == customer)
    sql = "SELECT sum(quantity * price) FROM order_lines JOIN orders ON orders.id = order_id"
    sql += f" WHERE status <> 'cancelled' AND customer_id = {customer} AND ordered LIKE '{year}%'"
    look = _execute(sql)

    def say(amount: int) -> Steps:
        return (*look, Answer(f"{amount / 100:.2f}"))

    wrong = {"all years together": every if every != cents else cents + 1_000}
    wrong |= {"a cent too little": cents - 1, "ten times as much": cents * 10}
    misses = [route(way, *say(amount)) for way, amount in wrong.items()]
    misses.append(route("nothing said", *look))
    kept = guard(_KEPT, path=shop.path)
    return Draft(
        instruction=(
            f"The database {shop.path} has the orders of our customers, and in order_lines their "
            f"quantities and unit prices. What did {name} order for in {year}, all in all, "
            "without cancelled orders? Answer with the amount."
        ),
        documents=(Document(shop.path, "database", shop.content()),),
        open=(shop.path,),
        checks=(
            goal("answer.number", value=cents / 100, tolerance=0.004),
            kept,
            *_alone(shop.path),
        ),
        solution=say(cents),
        near_misses=tuple(misses),
        variations=(
            route("at once", Answer(f"{cents / 100:.2f} €")),
            route("with thousands apart", *look, Answer(f"{cents / 100:,.2f}")),
        ),
    )


_SEPARATORS = ((",", "commas"), (";", "semicolons"), ("|", "vertical bars"))


@template(skills=("export", "dialog", "menu"), occupation="13-0000", split="test")
def export_table(rng: random.Random) -> Draft:
    """An analyst hands a table on as a file that other programs read."""
    shop = make_shop(rng, "handover")
    table, other = rng.sample(("customers", "products", "orders"), 2)
    sign, words = rng.choice(_SEPARATORS)
    name = f"{table}-{rng.choice(('list', 'export', 'extract'))}-{rng.randint(1, 99):02d}.csv"
    path = f"{shop.folder}/{name}"
    window, target = "Export data as CSV", Target(role="text", name="File name:")
    opened = tuple(on(each, "menu item") for each in ("File", "Export", "Table(s) as CSV file"))
    listing = Click(Target(role="combo box", name=",", window=window))
    separate = (listing, on(sign, "list item")) if sign != "," else ()
    save = (on("Save", window=window), Await(target), Press("ctrl+a"))

    def export(table: str, path: str, *choices: Click) -> Steps:
        first = on("customers", "list item", window=window)  # chosen already; a click undoes that
        picked = (first, on(table, "list item", window=window)) if table != "customers" else ()
        done = (Type(f"/home/user/{path}"), Press("enter"), on("OK"))
        return (*opened, *picked, *choices, *save, *done)

    headless = on("Column names in first line", "check box", window=window)
    wrong_sign = on("|" if sign != "|" else ";", "list item")
    by_button = (*export(table, path, *separate)[:-2], on("Save", window="Choose a filename"))
    return Draft(
        instruction=(
            f"Export the table {table} of {shop.path} as CSV to {path}: the names of the columns "
            f"in the first line, and {words} ({sign}) between the fields. The rows keep the order "
            "of the table, and the database stays as it is."
        ),
        documents=(Document(shop.path, "database", shop.content()),),
        open=(shop.path,),
        checks=(
            goal(
                "database.exported",
                path=path,
                rows=shop.listed(table),
                delimiter=sign,
                ordered=True,
            ),
            goal("files.only", path=shop.folder, names=[shop.name, name]),
            guard(_KEPT, path=shop.path),
            guard("files.only", path=".", names=["Documents"]),
        ),
        solution=export(table, path, *separate),
        near_misses=(
            route("another table", *export(other, path, *separate)),
            route("without the names of the columns", *export(table, path, *separate, headless)),
            route("another separator", *export(table, path, listing, wrong_sign)),
            route("under another name", *export(table, f"{shop.folder}/x-{name}", *separate)),
            route("in the home folder", *export(table, name, *separate)),
        ),
        variations=(
            route("saved by the button", *by_button, on("OK")),
            route("while it is browsed", _BROWSE, *export(table, path, *separate)),
        ),
    )


@template(skills=("pixels", "table", "toolbar"), occupation="43-0000", split="test")
def receipt_total(rng: random.Random) -> Draft:
    """A clerk enters the total of a receipt that is there only as a scan."""
    made = make_receipts(rng)
    path, at, key, total, given = made.path, made.row, made.key, made.total, made.given
    to_scan = (_BROWSE, *_key_of(at), *(Press("right"),) * 4, seen(f"{_CELL}: PNG Image"))
    look = (*to_scan, *_key_of(at - 1), seen(f"{_CELL}: Text / Numeric"))

    def put(cents: int, row: int = at, column: int = 3) -> Steps:
        return (*look, *_enter(column, f"{cents / 100:.2f}", row))

    sql = f"UPDATE receipts SET amount = {total / 100:.2f} WHERE id = {key}"
    return Draft(
        instruction=(
            f"In {path}, the table receipts has a scan of each receipt, but receipt {key} still "
            "has no amount. Read the total off its scan and enter it in the column amount, as a "
            "plain number. Write the changes to the database."
        ),
        documents=(Document(path, "database", made.content),),
        open=(path,),
        checks=(
            goal(
                _ROW,
                path=path,
                table="receipts",
                key=key,
                values={"amount": total / 100},
                tolerance=0.001,
            ),
            *_only_values(path, "receipts", [key], "amount"),
            *_alone(path),
        ),
        solution=(*put(total), *_WRITE),
        near_misses=(
            route("the cash that was given", *put(given), *_WRITE),
            route("the change", *put(given - total), *_WRITE),
            route("in the next row", *put(total, at + 1), *_WRITE),
            route("in the column beside it", *put(total, at, 2), *_WRITE),
            route("not written", *put(total)),
        ),
        variations=(
            route("with SQL", *_execute(sql), *_WRITE_KEY),
            route("written by key", *put(total), *_WRITE_KEY),
        ),
    )


@template(skills=("pixels", "table", "toolbar"), occupation="43-0000")
def faulty_parts(rng: random.Random) -> Draft:
    """A clerk of the inspection enters which parts are rejected; only their photos tell."""
    made = make_inspections(rng)
    path, faulty = made.path, made.faulty
    word = rng.choice(("reject", "rejected", "scrap", "return", "blocked"))
    good = next(at for at in range(len(made.keys)) if at not in faulty)
    last = len(made.keys) - 1
    # down the column of the photos, and back to a text before anything is typed
    photos = (*_key_of(0), Press("right"), seen(f"{_CELL}: PNG Image"), *(Press("down"),) * last)
    look = (_BROWSE, *photos, *_key_of(0), seen(f"{_CELL}: Text / Numeric"))
    keys: list[JsonValue] = [made.keys[at] for at in faulty]
    sql = f"UPDATE inspections SET result = '{word}' WHERE id"

    def put(*rows: int, word: str = word, column: int = 4) -> Steps:
        """The rows that fill a column, with a look at all photos before."""
        entered = (_enter(column, word, row) for row in rows)
        return (*look, *(step for steps in entered for step in steps))

    listed = ", ".join(str(key) for key in keys)
    one_by_one = tuple(f"{sql} = {key}" for key in reversed(keys))
    return Draft(
        instruction=(
            f"In {path}, the table inspections has a photo of each part. A good part has a hole in "
            f"each of its four corners; scratches do not matter. Enter “{word}” in the column "
            "result of every part that lacks a hole, and leave the others empty. Write the changes "
            "to the database."
        ),
        documents=(Document(path, "database", made.content),),
        open=(path,),
        checks=(
            *(
                goal(_ROW, path=path, table="inspections", key=key, values={"result": word})
                for key in keys
            ),
            *_only_values(path, "inspections", keys, "result"),
            *_alone(path),
        ),
        solution=(*put(*faulty), *_WRITE),
        near_misses=(
            route("one left out", *put(*faulty[1:]), *_WRITE),
            route("a good one as well", *put(*faulty, good), *_WRITE),
            route("a good one instead", *put(*faulty[:-1], good), *_WRITE),
            route("another word", *put(*faulty, word=f"{word}?"), *_WRITE),
            route("in the column beside it", *put(*faulty, column=3), *_WRITE),
            route("all of them", *_execute(f"{sql} > 0"), *_WRITE),
            route("not written", *put(*faulty)),
        ),
        variations=(
            route("with SQL", *_execute(f"{sql} IN ({listed})"), *_WRITE_KEY),
            route("one by one with SQL", *_execute(*one_by_one), *_WRITE),
            route("from the last", *put(*reversed(faulty)), *_WRITE_KEY),
        ),
    )
