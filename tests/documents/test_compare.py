import copy

import pytest

from gym_anything.documents.address import parse_range
from gym_anything.documents.compare import Allowed, differences, same_value
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.workbook import WorkbookKind
from gym_anything.documents.writers import write

PATHS = ("a.ods", "a.xlsx")


def book(content, path):
    return read_workbook(write("spreadsheet", content, path), path)


def restyled(cell, **style):
    value = cell if isinstance(cell, dict) else {"value": cell}
    old = value.get("style", {})
    return {**value, "style": {**(old if isinstance(old, dict) else {}), **style}}


def put(row, column, cell):
    def change(sheets):
        rows = sheets[0]["rows"]
        while len(rows[row]) <= column:
            rows[row].append(None)
        rows[row][column] = cell(rows[row][column]) if callable(cell) else cell

    return change


def swap_rows(sheets):
    rows = sheets[0]["rows"]
    rows[1], rows[2] = rows[2], rows[1]


MUTATIONS = {
    "another value": (put(1, 0, "Tee & <co>"), "A2"),
    "a value gone": (put(1, 0, None), "A2"),
    "a number as text": (put(3, 1, "-3"), "B4"),
    "a text as number": (put(2, 4, 7), "E3"),
    "a slightly other number": (put(3, 4, 0.1000001), "E4"),
    "a truth value turned": (put(1, 3, False), "D2"),
    "a truth value as number": (put(1, 3, 1), "D2"),
    "another day": (put(1, 2, {"date": "2026-03-05"}), "C2"),
    "a date as text": (put(1, 2, "2026-03-04"), "C2"),
    "a formula replaced by its result": (put(5, 1, 1234.0), "B6"),
    "a formula of a smaller range": (put(5, 1, {"formula": "=SUM(B2:B3)"}), "B6"),
    "a formula with a fixed reference": (put(5, 1, {"formula": "=SUM(B2:B$4)"}), "B6"),
    "a value replaced by a formula": (put(3, 1, {"formula": "=0-3", "value": -3}), "B4"),
    "something new beside": (put(1, 7, "note"), "H2"),
    "something new in a gap": (put(4, 0, "note"), "A5"),
    "rows swapped": (swap_rows, "A2"),
    "a row inserted": (lambda sheets: sheets[0]["rows"].insert(1, ["new"]), "A2"),
    "a row deleted": (lambda sheets: sheets[0]["rows"].pop(1), "A2"),
    "space lost": (put(2, 0, "two spaces"), "A3"),
    "bold lost": (put(0, 0, lambda c: {"value": "Item", "style": {}}), "bold"),
    "italic new": (put(1, 0, lambda c: restyled(c, italic=True)), "italic"),
    "a colour new": (put(4, 0, {"style": {"background": "#ff0000"}}), "background"),
    "another number format": (put(1, 1, lambda c: restyled(c, format="0.0")), "currency"),
    "alignment new": (put(1, 0, lambda c: restyled(c, align="right")), "align"),
    "cells merged": (put(1, 6, {"value": None, "span": [1, 2]}), "merged"),
    "cells no longer merged": (put(6, 0, {"value": "Merged"}), "no longer merged"),
    "a sheet deleted": (lambda sheets: sheets.pop(1), "sheets were"),
    "a sheet added": (lambda sheets: sheets.append({"name": "New", "rows": []}), "sheets were"),
    "a sheet renamed": (lambda sheets: sheets[1].update(name="Else"), "sheets were"),
    "sheets in another order": (lambda sheets: sheets.insert(1, sheets.pop(2)), "sheets were"),
    "a cell of another sheet": (lambda sheets: sheets[1]["rows"][0].reverse(), "Other sheet"),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", MUTATIONS)
def test_every_change_is_found(content, path, name):
    change, evidence = MUTATIONS[name]
    changed = copy.deepcopy(content)
    change(changed["sheets"])
    found = differences(book(content, path), book(changed, path), Allowed())
    assert any(evidence in each for each in found), found


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_found_where_nothing_changed(content, path):
    assert not differences(book(content, path), book(copy.deepcopy(content), path), Allowed())


def test_the_other_format_of_the_same_content_is_no_change(content):
    assert not differences(book(content, "a.ods"), book(content, "a.xlsx"), Allowed())


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("another value", Allowed(ranges=(parse_range("A2"),))),
        ("another value", Allowed(ranges=(parse_range("'sales 2026'!A:A"),))),
        ("bold lost", Allowed(looks=(parse_range("1:1"),))),
        ("bold lost", Allowed(formats=False)),
        ("cells merged", Allowed(ranges=(parse_range("G2:H2"),))),
        ("a sheet deleted", Allowed(removed_sheets=("other SHEET",))),
        ("a sheet added", Allowed(added_sheets=("New",))),
        ("a cell of another sheet", Allowed(ranges=(parse_range("'Other sheet'!A1:B1"),))),
    ],
)
def test_what_is_allowed_is_no_difference(content, name, allowed):
    changed = copy.deepcopy(content)
    MUTATIONS[name][0](changed["sheets"])
    assert not differences(book(content, "a.ods"), book(changed, "a.ods"), allowed)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("another value", Allowed(ranges=(parse_range("A3:A9"),))),
        ("another value", Allowed(looks=(parse_range("A2"),))),
        ("a cell of another sheet", Allowed(ranges=(parse_range("A1:B1"),))),
        ("a sheet deleted", Allowed(added_sheets=("Other sheet",))),
    ],
)
def test_what_is_allowed_elsewhere_is_a_difference(content, name, allowed):
    changed = copy.deepcopy(content)
    MUTATIONS[name][0](changed["sheets"])
    assert differences(book(content, "a.ods"), book(changed, "a.ods"), allowed)


@pytest.mark.parametrize("path", PATHS)
def test_a_new_formula_may_take_over_a_format_of_the_cells_it_looks_at_on_another_sheet(path):
    def sheets(*row):
        prices = [["A-1", {"value": 3.5, "style": {"format": "0.00"}}]]
        return {
            "sheets": [{"name": "One", "rows": [list(row)]}, {"name": "Prices", "rows": prices}]
        }

    free = Allowed(contents=(parse_range("B1"),))
    for block in ("A1:B1", "A:B"):
        formula = {"formula": f"=VLOOKUP(A1,Prices!{block},2,0)", "value": 3.5}
        before = book(sheets("A-1"), path)
        for look, kept in (({}, True), ({"format": "0.00"}, True), ({"format": "0%"}, False)):
            after = book(sheets("A-1", formula | {"style": look}), path)
            assert (not differences(before, after, free)) == kept, (block, look)


def test_values_of_a_csv_file_are_compared_as_a_table_shows_them():
    csv, ods = WorkbookKind.CSV, WorkbookKind.ODS
    assert same_value("2.50", "2.5", csv) and not same_value("2.50", "2.5", ods)
    assert same_value("2.50", 2.5, csv) and not same_value("2.50", 2.5, ods)
    assert same_value("TRUE", True, csv) and not same_value("TRUE", True, ods)
    assert not same_value("007", "7", csv)
    assert same_value(None, "", ods)
    assert not same_value(1, True, ods)


def test_a_changed_csv_file_is_found():
    before = read_workbook(b"a,b\n1,2.50\n", "a.csv")
    same = read_workbook(b'"a";"b"\r\n1;2.5\r\n', "a.csv")
    other = read_workbook(b"a,b\n1,2.60\n", "a.csv")
    assert not differences(before, same, Allowed())
    assert differences(before, other, Allowed()) == ["Sheet1!B2 was text '2.50', is text '2.60'"]
