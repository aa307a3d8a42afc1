import datetime as dt
import random

from gym_anything.documents.address import parse_range
from gym_anything.documents.ordering import first_disorder, first_misplaced, sort_key
from gym_anything.documents.workbook import Cell, Sheet

IN_ORDER = [
    *(-3, 0.5, 1, 2, dt.date(2026, 3, 4), dt.datetime(2026, 3, 4, 12), dt.date(2026, 3, 5)),
    *(" x", "_x", "10x", "1x", "9x", "apple", "Banana", "cherry", "Éclair", "ezra", "Łódź", "mud"),
    *("Öl", "oz", "Zürich"),
    *(False, True),
    *(None, ""),
]


def test_values_stand_in_the_order_of_an_office_application():
    assert first_disorder([sort_key(value) for value in IN_ORDER], descending=False) is None


def test_any_two_values_out_of_order_are_found():
    keys = [sort_key(value) for value in IN_ORDER]
    rng = random.Random(0)
    for _ in range(200):
        low, high = sorted(rng.sample(range(len(keys)), 2))
        if keys[low] == keys[high]:
            continue
        assert first_disorder([keys[high], keys[low]], descending=False) == 1


def test_empty_values_are_last_in_both_orders():
    assert first_disorder([sort_key(v) for v in (2, 1, None)], descending=True) is None
    assert first_disorder([sort_key(v) for v in (None, 2, 1)], descending=True) == 1


def test_texts_that_tie_may_stand_either_way_round():
    for pair in (("Zoe", "zoë"), ("zoë", "Zoe")):
        assert first_disorder([sort_key(value) for value in pair], descending=False) is None


def test_a_second_column_decides_between_ties():
    rows = [("b", 2), ("b", 1), ("a", 3)]
    cells = {(r, c): Cell(v) for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1)}
    sheet, block = Sheet("S", cells), parse_range("A1:B3")
    assert first_misplaced(sheet, block, [(1, True), (2, True)]) is None
    assert first_misplaced(sheet, block, [(1, True), (2, False)]) == (2, 2)
    assert first_misplaced(sheet, block, [(1, False)]) == (3, 1)
