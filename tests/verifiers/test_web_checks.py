import sqlite3
from contextlib import closing

import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

PATH = "Documents/shop.desk"
TABLES = {
    "orders": "id INTEGER PRIMARY KEY, number TEXT, status TEXT, cents INTEGER",
    "lines": "id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, pieces INTEGER",
    "audit": "id INTEGER PRIMARY KEY, action TEXT, entity TEXT, entity_id INTEGER",
}
ROWS = {
    "orders": [[1, "A-1", "Open", 1250], [2, "A-2", "Open", 990], [3, "A-3", "Shipped", 990]],
    "lines": [[1, 1, 5], [2, 1, 7], [3, 2, 1]],
    "audit": [[1, "created", "orders", 3]],
}
START = write(
    "sqlite",
    {
        "tables": [
            {"name": name, "columns": columns, "rows": ROWS[name]}
            for name, columns in TABLES.items()
        ]
    },
)
SHIPPED = "UPDATE orders SET status = 'Shipped' WHERE id = 1"
NOTED = "INSERT INTO audit VALUES (2, 'changed', 'orders', 1)"
NEW = "INSERT INTO orders VALUES (4, 'A-4', 'Open', 500)"


def after(*statements):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(START)
        for statement in statements:
            connection.execute(statement)
        return connection.serialize()


def holds(judge, check, params, *statements):
    files = {PATH: after(*statements)}
    verdict = judge(f"web.{check}", {"path": PATH, **params}, files, {PATH: START})
    assert verdict.evidence
    return verdict.value == 1.0


RECORD = {"table": "orders", "key": {"number": "A-1"}, "values": {"status": "Shipped"}}
ADDED = {"table": "orders", "values": {"number": "A-4", "cents": 500}}
RELATED = {
    "table": "orders",
    "key": {"number": "A-1"},
    "children": "lines",
    "column": "order_id",
    "rows": [{"pieces": 7}, {"pieces": 5}],
}
AUDITED = {"entity": "orders", "action": "changed", "ids": [1]}
FREE = {"changes": {"orders": [1]}, "columns": {"orders": ["status"]}}
CASES = [
    ("record", RECORD, [SHIPPED], True),
    ("record", RECORD, [], False),
    ("record", RECORD, [SHIPPED.replace("= 1", "= 2")], False),
    ("record", RECORD, [SHIPPED, "UPDATE orders SET number = 'A-1'"], False),
    ("record", RECORD, ["UPDATE orders SET status = ' Shipped ' WHERE id = 1"], True),
    ("record", RECORD, ["UPDATE orders SET status = 'shipped' WHERE id = 1"], False),
    ("record", {**RECORD, "values": {"cents": 1250.0}}, [], True),
    ("record", {**RECORD, "values": {"cents": "1250"}}, [], False),
    ("record", {**RECORD, "values": {"colour": None}}, [], False),
    ("record", RECORD, ["DROP TABLE orders"], False),
    ("count", {"table": "orders", "values": {"cents": 990}, "count": 2}, [], True),
    ("count", {"table": "orders", "values": {"cents": 990}, "count": 1}, [], False),
    ("count", {"table": "orders", "values": {}, "count": 4}, [NEW], True),
    ("added", ADDED, [NEW], True),
    ("added", ADDED, [], False),
    ("added", ADDED, [NEW.replace("500", "501")], False),
    ("added", ADDED, [NEW, NEW.replace("(4, 'A-4'", "(5, 'A-5'")], False),
    ("added", {**ADDED, "count": 2}, [NEW, NEW.replace("(4", "(5")], True),
    ("related", RELATED, [], True),
    ("related", RELATED, ["DELETE FROM lines WHERE id = 1"], False),
    ("related", RELATED, ["INSERT INTO lines VALUES (4, 1, 7)"], False),
    ("related", RELATED, ["UPDATE lines SET pieces = 5"], False),
    ("audited", AUDITED, [SHIPPED, NOTED], True),
    ("audited", AUDITED, [SHIPPED], False),
    ("audited", {"entity": "orders", "action": "created"}, [NEW], False),
    ("audited", {"entity": "orders", "action": "created"}, [], False),
    (
        "audited",
        {"entity": "orders", "action": "created"},
        [NEW, "INSERT INTO audit VALUES (2, 'created', 'orders', 4)"],
        True,
    ),
    ("unchanged_except", {}, [], True),
    ("unchanged_except", {}, [NOTED], True),
    ("unchanged_except", {"added": []}, [NOTED], False),
    ("unchanged_except", FREE, [SHIPPED, NOTED], True),
    ("unchanged_except", FREE, [SHIPPED.replace("= 1", "= 2")], False),
    ("unchanged_except", FREE, ["UPDATE orders SET cents = 1 WHERE id = 1"], False),
    ("unchanged_except", FREE, ["UPDATE orders SET number = 'A-1 ' WHERE id = 1"], False),
    ("unchanged_except", {"changes": {"orders": [1]}}, ["UPDATE orders SET cents = 1"], False),
    ("unchanged_except", FREE, [NEW], False),
    ("unchanged_except", {"added": ["orders"]}, [NEW], True),
    ("unchanged_except", {}, ["UPDATE audit SET action = 'changed'"], False),
    ("unchanged_except", {}, ["DELETE FROM lines WHERE id = 3"], False),
    ("unchanged_except", {}, ["CREATE TABLE more (id INTEGER PRIMARY KEY)"], False),
    ("unchanged_except", {}, ["CREATE TRIGGER t AFTER INSERT ON audit BEGIN SELECT 1; END"], False),
    ("unchanged_except", {}, ["DROP TABLE lines"], False),
    ("unchanged_except", {"added": ["lines"]}, ["INSERT INTO lines VALUES (9, 77, 1)"], False),
    ("unchanged_except", {}, ["VACUUM"], True),
]


@pytest.mark.parametrize(("check", "params", "statements", "wanted"), CASES)
def test_a_database_is_judged(judge, check, params, statements, wanted):
    assert holds(judge, check, params, *statements) is wanted


EVERY = {
    "record": RECORD,
    "count": {"table": "orders", "values": {}, "count": 3},
    "added": ADDED,
    "related": RELATED,
    "audited": AUDITED,
    "unchanged_except": {},
}
BROKEN = {
    "missing": None,
    "empty": b"",
    "text": b"not a database at all\n" * 60,
    "cut off": START[: len(START) // 2],
    "header only": START[:100],
    "overwritten": START[:4096] + b"\xff" * (len(START) - 4096),
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_database_fails_every_check(judge, check, broken):
    files = {} if BROKEN[broken] is None else {PATH: BROKEN[broken]}
    verdict = judge(f"web.{check}", {"path": PATH, **EVERY[check]}, files, {PATH: START})
    assert verdict.value == 0 and verdict.evidence


def test_a_table_that_the_set_up_lacks_is_the_tasks_fault(judge):
    with pytest.raises(TaskError, match="colours"):
        holds(judge, "added", {"table": "colours", "values": {}})
    with pytest.raises(TaskError, match="not among"):
        judge("web.unchanged_except", {"path": "b.desk"}, {"b.desk": START}, {})


HEADER = ["Order", "Due", "Total"]
LISTED = [["A-1", "2025-03-04", 1250.5], ["A-2", "2025-03-05", 9]]
CSV = "Order,Due,Total\r\nA-1,2025-03-04,1250.50\r\nA-2,2025-03-05,9.00\r\n"
DOWNLOADS = [
    ({"list.csv": CSV}, True),
    ({"list.csv": "\ufeff" + CSV}, True),
    ({"list.csv": CSV.replace("1250.50", '"1,250.5"')}, True),
    ({"list.csv": "Due,Order,Total\n2025-03-05,A-2,9\n2025-03-04,A-1,1250.5\n"}, True),
    ({"list.csv": CSV.replace("A-2", "A-3")}, False),
    ({"list.csv": CSV.replace("1250.50", "1250.05")}, False),
    ({"list.csv": CSV + "A-3,2025-03-06,1\r\n"}, False),
    ({"list.csv": CSV.rpartition("A-2")[0]}, False),
    ({"list.csv": CSV.replace("Total", "Sum")}, False),
    ({"list.csv": CSV + "A-3\r\n"}, False),
    ({"list.csv": CSV.replace("9.00", "9.00\0")}, False),
    ({"list.csv": ""}, False),
    ({"list.csv.crdownload": CSV}, False),
    ({"list.csv": "nothing", "list (1).csv": CSV}, True),
    ({"list.csv": CSV, "list (1).csv": "nothing"}, False),
    ({f"list ({at}).csv": CSV for at in range(30)}, False),
]


@pytest.mark.parametrize(("files", "wanted"), DOWNLOADS)
def test_a_download_is_judged(judge, files, wanted):
    files = {f"Downloads/{name}": text.encode() for name, text in files.items()}
    params = {"header": HEADER, "rows": LISTED}
    verdict = judge("web.downloaded_csv", params, files, {})
    assert (verdict.value == 1.0) is wanted, verdict


def test_the_order_of_a_download_counts_if_it_is_asked_for(judge):
    lines = CSV.splitlines(keepends=True)
    files = {"Downloads/a.csv": (lines[0] + lines[2] + lines[1]).encode()}
    params = {"header": HEADER, "rows": LISTED, "ordered": True}
    verdict = judge("web.downloaded_csv", params, files, {})
    assert verdict.value == 0 and "another order" in verdict.evidence


def test_no_downloads_are_no_download(judge):
    assert judge("web.downloaded_csv", {"header": HEADER, "rows": LISTED}, {}).value == 0
