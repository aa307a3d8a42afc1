import random
import sqlite3
from base64 import b64decode
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from gym_anything.documents.database import read_database, run_query
from gym_anything.documents.shop import PLATE_HOLES, make_inspections, make_receipts, make_shop
from gym_anything.documents.writers import write


def shops():
    return [make_shop(random.Random(seed), "sales") for seed in range(8)]


def test_the_same_generator_gives_the_same_shop():
    assert make_shop(random.Random(1), "sales") == make_shop(random.Random(1), "sales")
    assert make_shop(random.Random(1), "sales") != make_shop(random.Random(2), "sales")
    assert make_receipts(random.Random(1)) == make_receipts(random.Random(1))


def test_a_shop_has_hundreds_of_rows_that_refer_to_each_other():
    for shop in shops():
        data = write("database", shop.content())
        tables = read_database(data).tables
        assert sum(len(table.rows) for table in tables.values()) > 200
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_figures_of_a_shop_are_those_of_its_database():
    sql = """SELECT customer_id, substr(ordered, 1, 4), round(sum(quantity * price) * 100)
        FROM order_lines JOIN orders ON orders.id = order_id
        WHERE status <> 'cancelled' GROUP BY 1, 2"""
    for shop in shops():
        found = {
            (who, year): cents
            for who, year, cents in run_query(write("database", shop.content()), sql)
        }
        assert found == {key: cents for key, cents in shop.amounts().items() if cents}


def test_what_a_shop_lists_is_what_its_table_holds():
    shop = shops()[0]
    header, *rows = shop.listed("orders")
    assert header == ["id", "customer_id", "ordered", "status", "note"]
    table = read_database(write("database", shop.content())).tables["orders"]
    assert [tuple(row) for row in rows] == list(table.rows)


def test_one_receipt_has_a_scan_but_no_amount():
    for seed in range(8):
        made = make_receipts(random.Random(seed))
        rows = made.content["tables"][0]["rows"]
        assert [at for at, row in enumerate(rows) if row[3] is None] == [made.row]
        assert rows[made.row][0] == made.key and made.given > made.total
        for row in rows:
            picture = Image.open(BytesIO(b64decode(row[4]["base64"])))
            assert picture.size[0] == 250 and len(picture.getcolors()) > 2


def holes_of(photo):
    dark = np.asarray(Image.open(BytesIO(b64decode(photo["base64"])))) < 40
    return cv2.connectedComponents(dark.astype(np.uint8))[0] - 1


@pytest.mark.parametrize("seed", range(12))
def test_only_the_photos_of_faulty_parts_lack_a_hole(seed):
    made = make_inspections(random.Random(seed))
    rows = made.content["tables"][0]["rows"]
    assert tuple(row[0] for row in rows) == made.keys
    lacking = [at for at, row in enumerate(rows) if holes_of(row[1]) == PLATE_HOLES - 1]
    assert tuple(lacking) == made.faulty and 2 <= len(lacking) <= 3
    assert sum(holes_of(row[1]) == PLATE_HOLES for row in rows) == len(rows) - len(lacking)
    assert made == make_inspections(random.Random(seed))
