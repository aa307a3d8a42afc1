import sqlite3

import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

CONTENT = {
    "tables": [
        {
            "name": "customers",
            "columns": [
                {"name": "id", "type": "INTEGER", "key": True},
                {"name": "name", "type": "TEXT", "not_null": True},
                {"name": "email", "type": "TEXT", "unique": True},
            ],
            "rows": [[1, "Anna", "anna@example.com"], [2, "Björn", None], [3, "Chloé", "c@x.org"]],
        },
        {
            "name": "orders",
            "columns": [
                {"name": "id", "type": "INTEGER", "key": True},
                {"name": "customer", "type": "INTEGER", "references": ["customers", "id"]},
                {"name": "status", "type": "TEXT", "default": "open", "check": "status <> ''"},
                {"name": "amount", "type": "NUMERIC"},
            ],
            "rows": [[1, 1, "open", 10.5], [2, 1, "paid", 20], [3, 3, "open", 7]],
        },
    ],
    "indexes": [{"name": "by_customer", "table": "orders", "columns": ["customer"]}],
    "views": [{"name": "open_orders", "sql": "SELECT id FROM orders WHERE status = 'open'"}],
}
BEFORE = write("database", CONTENT)


def after(*statements):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(BEFORE)
    for statement in statements:
        connection.execute(statement)
    return bytes(connection.serialize())


def rebuilt(table, definition):
    """The database with a table that has the same rows under another definition."""
    columns = {"customers": "id, name, email", "orders": "id, customer, status, amount"}[table]
    return after(
        "PRAGMA foreign_keys = OFF",
        "DROP VIEW open_orders",
        definition.replace(f"TABLE {table}", "TABLE made"),
        f"INSERT INTO made ({columns}) SELECT {columns} FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE made RENAME TO {table}",
        "CREATE VIEW open_orders AS SELECT id FROM orders WHERE status = 'open'",
    )


SAME = BEFORE
PAID = after("UPDATE orders SET status = 'paid' WHERE id = 3")
ALL_PAID = after("UPDATE orders SET status = 'paid'")
FOURTH = after("INSERT INTO orders VALUES (4, 2, 'open', 1)")
OPEN = "SELECT id FROM orders WHERE status = 'open'"
BY_HAND = after("DROP VIEW open_orders", "CREATE VIEW open_orders AS VALUES (1), (3)")
VIEW_OF_VALUES = "SELECT * FROM open_orders"
CASES = [
    # (check, parameters, final database, whether it holds)
    ("row", {"table": "orders", "key": 3, "values": {"status": "paid"}}, PAID, True),
    ("row", {"table": "ORDERS", "key": 3, "values": {"Status": "paid"}}, PAID, True),
    ("row", {"table": "orders", "key": 3, "values": {"status": "paid"}}, SAME, False),
    ("row", {"table": "orders", "key": 9, "values": {"status": "paid"}}, PAID, False),
    ("row", {"table": "orders", "key": 2, "values": {"amount": 20.0}}, SAME, True),
    ("row", {"table": "orders", "key": 2, "values": {"amount": "20"}}, SAME, False),
    ("row", {"table": "orders", "key": 2, "values": {"nothing": 1}}, SAME, False),
    ("row", {"table": "customers", "key": 2, "values": {"email": None}}, SAME, True),
    ("row", {"table": "orders", "key": [1, 2], "values": {}}, SAME, False),
    ("has_rows", {"table": "orders", "values": {"status": "open"}, "count": 2}, SAME, True),
    ("has_rows", {"table": "orders", "values": {"status": "open"}}, SAME, False),
    ("has_rows", {"table": "orders", "values": {"status": "lost"}, "count": 0}, SAME, True),
    ("has_rows", {"table": "orders", "values": {"lost": 1}, "count": 0}, SAME, False),
    ("query", {"sql": OPEN, "rows": [[3], [1]]}, SAME, True),
    ("query", {"sql": OPEN, "rows": [[3], [1]], "ordered": True}, SAME, False),
    ("query", {"sql": OPEN, "rows": [[1]]}, SAME, False),
    ("query", {"sql": OPEN, "rows": [[1]]}, PAID, True),
    ("query", {"sql": "SELECT lost FROM orders", "rows": []}, SAME, False),
    (
        "query",
        {"sql": VIEW_OF_VALUES, "rows": [[1]], "before": ["DELETE FROM orders WHERE id = 3"]},
        SAME,
        True,
    ),
    (
        "query",
        {"sql": VIEW_OF_VALUES, "rows": [[1]], "before": ["DELETE FROM orders WHERE id = 3"]},
        BY_HAND,
        False,
    ),
    ("view", {"name": "open_orders"}, SAME, True),
    ("view", {"name": "open_orders", "columns": ["id"]}, SAME, True),
    ("view", {"name": "open_orders", "columns": ["number"]}, SAME, False),
    ("view", {"name": "paid_orders"}, SAME, False),
    ("view", {"name": "orders"}, SAME, False),
    ("column", {"table": "orders", "name": "status", "types": ["TEXT"]}, SAME, True),
    ("column", {"table": "orders", "name": "status", "types": ["INTEGER"]}, SAME, False),
    ("column", {"table": "orders", "name": "status", "default": "'open'"}, SAME, True),
    ("column", {"table": "orders", "name": "status", "default": "'paid'"}, SAME, False),
    ("column", {"table": "customers", "name": "name", "not_null": True}, SAME, True),
    ("column", {"table": "customers", "name": "email", "not_null": True}, SAME, False),
    ("column", {"table": "customers", "name": "email", "unique": True}, SAME, True),
    ("column", {"table": "customers", "name": "name", "unique": True}, SAME, False),
    (
        "column",
        {"table": "customers", "name": "name", "unique": True},
        after("CREATE UNIQUE INDEX one ON customers (name)"),
        True,
    ),
    ("column", {"table": "orders", "name": "lost"}, SAME, False),
    ("columns", {"table": "customers", "names": ["id", "name", "email"]}, SAME, True),
    ("columns", {"table": "customers", "names": ["id", "email", "name"]}, SAME, False),
    ("index", {"table": "orders", "columns": ["customer"]}, SAME, True),
    ("index", {"table": "orders", "columns": ["customer"], "unique": True}, SAME, False),
    ("index", {"table": "orders", "columns": ["customer"], "name": "other"}, SAME, False),
    ("index", {"table": "orders", "columns": ["customer", "status"]}, SAME, False),
    ("index", {"table": "orders", "columns": ["customer"], "descending": []}, SAME, True),
    (
        "index",
        {"table": "orders", "columns": ["amount"], "descending": ["amount"]},
        after("CREATE INDEX down ON orders (amount DESC)"),
        True,
    ),
    (
        "index",
        {"table": "orders", "columns": ["amount"]},
        after("CREATE INDEX part ON orders (amount) WHERE amount > 10"),
        False,
    ),
    (
        "foreign_key",
        {
            "table": "orders",
            "columns": ["customer"],
            "parent": "customers",
            "parent_columns": ["id"],
        },
        SAME,
        True,
    ),
    (
        "foreign_key",
        {"table": "orders", "columns": ["status"], "parent": "customers", "parent_columns": ["id"]},
        SAME,
        False,
    ),
    (
        "foreign_key",
        {
            "table": "orders",
            "columns": ["customer"],
            "parent": "customers",
            "parent_columns": ["id"],
            "on_delete": "CASCADE",
        },
        SAME,
        False,
    ),
    ("enforces", {"table": "orders", "values": {"status": ""}, "accepted": False}, SAME, True),
    ("enforces", {"table": "orders", "values": {"status": "new"}, "accepted": True}, SAME, True),
    ("enforces", {"table": "orders", "values": {"customer": 9}, "accepted": False}, SAME, True),
    ("enforces", {"table": "orders", "values": {"customer": 2}, "accepted": False}, SAME, False),
    ("enforces", {"table": "orders", "values": {"lost": 1}, "accepted": False}, SAME, False),
    ("names", {"kind": "table", "names": ["orders", "customers"]}, SAME, True),
    ("names", {"kind": "table", "names": ["orders"]}, SAME, False),
    ("names", {"kind": "view", "names": ["open_orders"]}, SAME, True),
    ("unchanged_except", {}, SAME, True),
    ("unchanged_except", {}, after("VACUUM"), True),
    ("unchanged_except", {}, after("ANALYZE"), True),
    ("unchanged_except", {}, PAID, False),
    ("unchanged_except", {"columns": {"orders": ["status"]}}, PAID, True),
    ("unchanged_except", {"columns": {"orders": ["amount"]}}, PAID, False),
    ("unchanged_except", {"rows": {"orders": [3]}}, PAID, True),
    ("unchanged_except", {"rows": {"orders": [3]}}, ALL_PAID, False),
    ("unchanged_except", {}, FOURTH, False),
    ("unchanged_except", {"new_rows": ["orders"]}, FOURTH, True),
    ("unchanged_except", {"rows": {"orders": [4]}}, FOURTH, True),
    ("unchanged_except", {"objects": ["orders"]}, FOURTH, True),
    ("unchanged_except", {}, after("DROP VIEW open_orders"), False),
    ("unchanged_except", {"objects": ["open_orders"]}, BY_HAND, True),
    ("unchanged_except", {}, BY_HAND, False),
    ("unchanged_except", {}, after("DROP INDEX by_customer"), False),
    ("unchanged_except", {}, after("CREATE TABLE more (a)"), False),
    ("unchanged_except", {}, after("ALTER TABLE orders ADD COLUMN more TEXT"), False),
    (
        "unchanged_except",
        {"new_columns": {"orders": ["more"]}},
        after("ALTER TABLE orders ADD COLUMN more TEXT"),
        True,
    ),
    (
        "unchanged_except",
        {"new_columns": {"orders": ["more"]}},
        after("ALTER TABLE orders ADD COLUMN other TEXT"),
        False,
    ),
    ("unchanged_except", {}, after("UPDATE customers SET name = CAST(name AS BLOB)"), False),
    (
        "unchanged_except",
        {},
        rebuilt(
            "customers",
            "create  TABLE customers ([id] integer primary key, /* who */ `name` text not null,"
            ' "email" text unique)',
        ),
        True,
    ),
    (
        "unchanged_except",
        {},
        rebuilt(
            "customers", "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT)"
        ),
        False,
    ),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_database_is_judged(judge, check, params, final, wanted):
    verdict = judge(
        f"database.{check}", {"path": "a.db", **params}, {"a.db": final}, {"a.db": BEFORE}
    )
    assert verdict.evidence
    assert (verdict.value == 1.0) is wanted, verdict


EVERY = {
    "row": {"table": "orders", "key": 1, "values": {}},
    "has_rows": {"table": "orders", "values": {}, "count": 3},
    "query": {"sql": OPEN, "rows": [[1], [3]]},
    "view": {"name": "open_orders"},
    "column": {"table": "orders", "name": "id"},
    "columns": {"table": "orders", "names": ["id", "customer", "status", "amount"]},
    "index": {"table": "orders", "columns": ["customer"]},
    "foreign_key": {
        "table": "orders",
        "columns": ["customer"],
        "parent": "customers",
        "parent_columns": ["id"],
    },
    "enforces": {"table": "orders", "values": {"status": "new"}, "accepted": True},
    "names": {"kind": "table", "names": ["orders", "customers"]},
    "unchanged_except": {},
}


@pytest.mark.parametrize("check", EVERY)
def test_every_check_holds_on_the_database_as_it_was(judge, check):
    assert judge(f"database.{check}", {"path": "a.db", **EVERY[check]}, {"a.db": BEFORE}).value == 1


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize(
    "data", [None, b"", b"hello", BEFORE[:100], BEFORE[: len(BEFORE) // 2]], ids=str
)
def test_a_missing_or_broken_database_fails_every_check(judge, check, data):
    files = {} if data is None else {"a.db": data}
    params = {"path": "a.db", **EVERY[check]}
    verdict = judge(f"database.{check}", params, files, {"a.db": BEFORE})
    assert verdict.value == 0 and verdict.evidence


def test_changes_that_are_only_in_a_write_ahead_log_do_not_count(judge):
    files = {"a.db": BEFORE, "a.db-wal": b"x" * 100}
    verdict = judge("database.unchanged_except", {"path": "a.db"}, files, {"a.db": BEFORE})
    assert verdict.value == 0 and "write-ahead log" in verdict.evidence


def test_a_document_that_the_task_does_not_have_is_the_tasks_fault(judge):
    with pytest.raises(TaskError):
        judge("database.unchanged_except", {"path": "a.db"}, {"a.db": BEFORE}, {})


ROWS = [["id", "name", "price"], [1, "Tea; green", 2.5], [2, 'He said "no"', None], [3, "007", 12]]
EXPORT = 'id,name,price\n1,Tea; green,2.5\n2,"He said ""no""",\n3,007,12.00\n'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (EXPORT, True),
        (EXPORT.replace("\n", "\r\n"), True),
        (EXPORT.replace("id,name,price", '"id","name","price"'), True),
        (EXPORT.replace(",2.5", ",2.6"), False),
        (EXPORT.replace("007", "7"), False),
        (EXPORT.replace(",", ";"), False),
        (EXPORT.partition("\n")[2], False),
        (EXPORT + EXPORT.partition("\n")[2], False),
        (EXPORT + "4,More,1\n", False),
        ("", False),
        ('id,"name', False),
    ],
)
def test_an_export_is_judged_by_its_fields(judge, text, wanted):
    params = {"path": "a.csv", "rows": ROWS}
    verdict = judge("database.exported", params, {"a.csv": text.encode()})
    assert (verdict.value == 1.0) is wanted, verdict


@pytest.mark.parametrize(("ordered", "score"), [(False, 1.0), (True, 0.0)])
def test_the_order_of_an_export_counts_where_it_is_wanted(judge, ordered, score):
    first, *rest = EXPORT.splitlines()
    turned = "\n".join((first, *reversed(rest))).encode()
    params = {"path": "a.csv", "rows": ROWS, "ordered": ordered}
    assert judge("database.exported", params, {"a.csv": EXPORT.encode()}).value == 1.0
    assert judge("database.exported", params, {"a.csv": turned}).value == score
