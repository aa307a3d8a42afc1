import random
import sqlite3
import time
from contextlib import closing

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.tables import read_tables
from gym_anything.documents.trade import trade
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

CONTENT = {
    "tables": [
        {"name": "towns", "columns": "id INTEGER PRIMARY KEY, name TEXT", "rows": [[7, "Győr"]]},
        {
            "name": "shops",
            "columns": "id INTEGER PRIMARY KEY, town_id INTEGER REFERENCES towns, size REAL",
            "rows": [[1, 7, 2.5], [2, None, None]],
        },
    ]
}


def changed(*statements, content=CONTENT):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(write("sqlite", content))
        for statement in statements:
            connection.execute(statement)
        return connection.serialize()


def test_what_was_written_is_read():
    tables = read_tables(write("sqlite", CONTENT))
    assert dict(tables.rows["towns"][7]) == {"id": 7, "name": "Győr"}
    assert [dict(row) for row in tables.rows["shops"].values()] == [
        {"id": 1, "town_id": 7, "size": 2.5},
        {"id": 2, "town_id": None, "size": None},
    ]
    assert tables.broken == () and set(tables.schema) == {"towns", "shops"}


def test_the_same_content_gives_the_same_bytes():
    assert write("sqlite", CONTENT) == write("sqlite", CONTENT)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"name": "a b", "columns": "id INTEGER", "rows": []}, "name"),
        ({"name": "a", "columns": "id INTEGER)); DROP TABLE a; --", "rows": []}, "columns"),
        ({"name": "a", "columns": "id INTEGER, CHECK (load_extension('x'))", "rows": [[1]]}, "a"),
        ({"name": "a", "columns": "id INTEGER", "rows": [[1, 2]]}, r"rows\[0\]"),
        ({"name": "a", "columns": "id INTEGER", "rows": [[[]]]}, r"rows\[0\]"),
        ({"name": "a", "columns": "id INTEGER", "rows": [[1 << 70]]}, r"rows\[0\]"),
        ({"name": "a", "columns": "t INTEGER REFERENCES shops", "rows": [[9]]}, "FOREIGN KEY"),
        ({"name": "shops", "columns": "id INTEGER", "rows": []}, "exists"),
        ({"name": "a", "colour": "red"}, "colour"),
    ],
)
def test_content_that_is_wrong_is_named(table, says):
    with pytest.raises(TaskError, match=says):
        write("sqlite", {"tables": [*CONTENT["tables"], table]})


def test_a_reference_to_nothing_is_found():
    data = changed("PRAGMA foreign_keys = OFF", "UPDATE shops SET town_id = 8 WHERE id = 1")
    assert read_tables(data).broken == ("shops 1",)


def test_a_database_that_keeps_a_log_is_read():
    data = bytearray(write("sqlite", CONTENT))
    data[18:20] = b"\2\2"
    assert set(read_tables(bytes(data)).rows) == {"towns", "shops"}


HOSTILE = {
    "empty": b"",
    "no database": b"SQLite format 4\0" + b"\0" * 1000,
    "cut off": write("sqlite", CONTENT)[:5000],
    "noise": b"SQLite format 3\0" + random.Random(1).randbytes(8192),
    "too large": b"SQLite format 3\0" + b"\0" * (33 << 20),
    "no rowid": changed("CREATE TABLE odd (name TEXT PRIMARY KEY) WITHOUT ROWID"),
    "rowid is a text": changed("CREATE TABLE odd (rowid TEXT)", "INSERT INTO odd VALUES ('x')"),
    "many tables": changed(*(f"CREATE TABLE t{at} (id INTEGER)" for at in range(501))),
    "many rows": changed(
        "WITH RECURSIVE n(x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n WHERE x < 220000)"
        " INSERT INTO towns SELECT x, '' FROM n"
    ),
    "generated without end": changed(
        "CREATE TABLE slow (id INTEGER PRIMARY KEY, n TEXT AS (hex(zeroblob(3000000))))",
        "INSERT INTO slow DEFAULT VALUES",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_database_is_refused_in_time(name):
    started = time.monotonic()
    with pytest.raises(DocumentError):
        read_tables(HOSTILE[name])
    assert time.monotonic() - started < 5


def test_a_column_that_is_computed_is_read():
    data = changed("CREATE TABLE sums (n INTEGER, twice AS (2 * n))", "INSERT INTO sums VALUES (4)")
    assert read_tables(data).rows["sums"] == {1: {"n": 4, "twice": 8}}


def test_names_with_quotes_are_only_names():
    data = changed('CREATE TABLE "a"" UNION SELECT 1 --" (id INTEGER)')
    assert 'a" UNION SELECT 1 --' in read_tables(data).rows


def test_a_company_holds_together():
    for seed in range(5):
        company = trade(random.Random(seed))
        tables = read_tables(write("sqlite", company.content()))
        assert tables.broken == ()
        assert sum(map(len, tables.rows.values())) > 600
        for invoice in company["invoices"]:
            lines = [x for x in company["order_lines"] if x["order_id"] == invoice["order_id"]]
            assert invoice["total_cents"] == sum(x["quantity"] * x["price_cents"] for x in lines)
            payments = [x for x in company["payments"] if x["invoice_id"] == invoice["id"]]
            paid = sum(x["amount_cents"] for x in payments)
            states = {0: "Unpaid", invoice["total_cents"]: "Paid"}
            assert invoice["status"] == states.get(paid, "Partly paid")


def test_a_company_depends_on_the_seed_alone():
    assert trade(random.Random(4)) == trade(random.Random(4)) != trade(random.Random(5))
