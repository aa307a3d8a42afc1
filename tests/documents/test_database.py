import random
import sqlite3
import time

import pytest

from gym_anything.documents.database import read_database, run_query
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.sql_text import canonical_sql, check_clauses, has_words
from gym_anything.documents.sqlite import open_copy
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError
from gym_anything.mutation.database import benign, harmful

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
CONTENT = {
    "tables": [
        {
            "name": "parts",
            "columns": [
                {"name": "id", "type": "INTEGER", "key": True},
                {"name": "name", "type": "VARCHAR (40)", "not_null": True},
                {"name": "price", "type": "NUMERIC", "default": 1.5, "check": "price > 0"},
            ],
            "rows": [[1, "Schraube ß", 2.5], [2, "it's", None]],
        }
    ]
}


def made(*statements):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    return bytes(connection.serialize())


def test_what_is_written_is_read():
    table = read_database(write("database", CONTENT)).tables["parts"]
    assert table.rows == ((1, "Schraube ß", 2.5), (2, "it's", None))
    assert [column.name for column in table.columns] == ["id", "name", "price"]
    assert table.columns[1].type == "VARCHAR (40)" and table.columns[1].not_null
    assert table.columns[2].default == "1.5" and table.checks == ("price > 0",)
    assert table.key == (0,)


def test_bytes_are_written_as_they_are():
    columns = [{"name": "id", "type": "INTEGER", "key": True}, {"name": "scan", "type": "BLOB"}]
    rows = [[1, {"base64": "AAEC"}]]
    data = write("database", {"tables": [{"name": "scans", "columns": columns, "rows": rows}]})
    assert read_database(data).tables["scans"].rows == ((1, b"\0\1\2"),)


def test_the_same_content_gives_the_same_bytes():
    assert write("database", CONTENT) == write("database", CONTENT)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"tables": [{"name": "a"}]},
        {"tables": [{"name": "a", "columns": [{"name": "b", "typo": 1}]}]},
        {"tables": [{"name": "a", "columns": [{"name": "b"}], "rows": [[1, 2]]}]},
        {"tables": [{"name": "a", "columns": [{"name": "b"}], "rows": [[True]]}]},
        {"tables": [{"name": "a", "columns": [{"name": "b", "check": "("}]}]},
        {
            "tables": [
                {"name": "a", "columns": [{"name": "id", "type": "INTEGER", "key": True}]},
                {"name": "b", "columns": [{"name": "a", "references": ["a", "id"]}], "rows": [[7]]},
            ]
        },
    ],
)
def test_content_of_another_shape_or_without_integrity_is_the_tasks_fault(content):
    with pytest.raises(TaskError):
        write("database", content)


def test_two_spellings_of_a_definition_are_one():
    one = "CREATE TABLE \"Orders\" (\n [id] INTEGER, -- key\n `note` TEXT DEFAULT 'A')"
    other = "create table orders(id integer, note text default 'A');"
    assert canonical_sql(one) == canonical_sql(other)
    assert canonical_sql("SELECT 'A'") != canonical_sql("SELECT 'a'")


def test_conditions_are_found_in_brackets_and_not_in_quotes():
    sql = "CREATE TABLE t (\"check\" TEXT DEFAULT 'CHECK (a)', a CHECK (a IN (1, 2)))"
    assert check_clauses(sql) == ("a in ( 1 , 2 )",)
    assert has_words("CREATE TABLE t (a) WITHOUT ROWID", "without", "rowid")
    assert not has_words("CREATE TABLE t (a DEFAULT 'without rowid')", "without", "rowid")


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", b"text" * 400])
def test_what_is_no_database_is_refused(data):
    with pytest.raises(DocumentError):
        read_database(data)


def test_a_damaged_database_is_refused():
    data = bytearray(
        made("CREATE TABLE a (b)", *["INSERT INTO a VALUES (hex(randomblob(900)))"] * 30)
    )
    rng = random.Random(3)
    for at in range(4096, len(data)):
        data[at] = rng.randrange(256)
    with pytest.raises(DocumentError):
        read_database(bytes(data))


def test_a_view_that_never_ends_is_stopped_in_time():
    data = made(f"CREATE VIEW endless AS {ENDLESS}")
    started = time.monotonic()
    with pytest.raises(DocumentError, match="interrupted"):
        run_query(data, "SELECT * FROM endless")
    assert time.monotonic() - started < 8


def test_a_column_that_is_computed_without_end_is_bounded():
    data = made(
        "CREATE TABLE a (b, c AS (zeroblob(b)))",
        *["INSERT INTO a (b) VALUES (3900000)"] * 30,
    )
    with pytest.raises(DocumentError):
        read_database(data)


def test_nothing_can_be_attached_and_nothing_is_written(tmp_path):
    target = tmp_path / "made.db"
    with pytest.raises(DocumentError):
        run_query(made("CREATE TABLE a (b)"), "SELECT 1", [f"ATTACH '{target}' AS other"])
    assert not target.exists()
    with pytest.raises(DocumentError), open_copy(made("CREATE TABLE a (b)")) as connection:
        connection.execute("SELECT load_extension('x')")


def test_a_database_that_says_it_has_a_log_is_read_without_one():
    data = bytearray(made("CREATE TABLE a (b)", "INSERT INTO a VALUES (5)"))
    data[18:20] = b"\2\2"
    assert read_database(bytes(data)).tables["a"].rows == ((5,),)


def test_mutations_of_a_database_are_what_they_are_called():
    data = write("database", CONTENT)
    plain = read_database(data)
    broken = list(harmful(data, random.Random(1)))
    assert len(broken) >= 12
    for mutation in broken:
        try:
            changed = read_database(mutation.data)
        except DocumentError:
            continue
        assert changed != plain, mutation.name
    kept = list(benign(data, random.Random(1)))
    assert len(kept) >= 3
    for mutation in kept:
        assert read_database(mutation.data) == plain, mutation.name
