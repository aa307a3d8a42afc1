import copy
import io

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from gym_anything.errors import TaskError

PATHS = ("a.ods", "a.xlsx", "a.gnumeric")
ROWS = [
    ["Item", "Price", "Sold", "Amount"],
    ["Tea", 2.5, 4, {"formula": "=B2*C2", "value": 10}],
    ["Éclair", 3, 2, {"formula": "=B3*C3", "value": 6}],
    ["milk", 1.25, 8, {"formula": "=B4*C4", "value": 10}],
    [None, None, "Sum", {"formula": "=SUM(D2:D4)", "value": 26}],
]


def rows(*changes):
    """ROWS with (row, column, cell) changed, counted from 1."""
    changed = copy.deepcopy(ROWS)
    for row, column, cell in changes:
        while len(changed) < row:
            changed.append([])
        while len(changed[row - 1]) < column:
            changed[row - 1].append(None)
        changed[row - 1][column - 1] = cell
    return changed


def holds(verdict):
    assert verdict.evidence
    return verdict.value == 1.0


YES = [
    {"cell": "A2", "equals": "Tea"},
    {"cell": "A2", "equals": "TEA", "ignore_case": True},
    {"cell": "$B$2", "equals": 2.5},
    {"cell": "B3", "equals": 3.0},
    {"cell": "B2", "equals": 2.4, "tolerance": 0.11},
    {"cell": "E1", "empty": True},
    {"cell": "A2"},
    {"cell": "A1", "sheet": "SHEET1", "equals": "Item"},
    {"cell": "F1", "equals": {"date": "2026-03-04"}},
    {"cell": "F2", "equals": True},
    {"cell": "B2", "equals": 2.5, "formula": False},
]
NO = [
    {"cell": "A2", "equals": "Te"},
    {"cell": "A2", "equals": "TEA"},
    {"cell": "B2", "equals": "2.5"},
    {"cell": "B2", "equals": 2.4},
    {"cell": "A2", "empty": True},
    {"cell": "E1"},
    {"cell": "E1", "equals": 0},
    {"cell": "A1", "sheet": "None", "equals": "Item"},
    {"cell": "F1", "equals": {"date": "2026-03-05"}},
    {"cell": "F1", "equals": "2026-03-04"},
    {"cell": "F2", "equals": False},
    {"cell": "F2", "equals": 1},
    {"cell": "F3", "equals": 42},
    {"cell": "B2", "equals": 2.5, "formula": True},
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("params", "wanted"), [(p, True) for p in YES] + [(p, False) for p in NO])
def test_a_cell_is_judged_by_meaning(judge, path, params, wanted):
    files = {path: rows((1, 6, {"date": "2026-03-04"}), (2, 6, True), (3, 6, "42"))}
    assert holds(judge("spreadsheet.cell", {"path": path, **params}, files)) is wanted


FORMULAS = [
    # (formula, parameters, whether it is right), with a cached result of 26
    ("=SUM(D2:D4)", {"formula": True, "equals": 26}, True),
    ("=SUM(D2:D4)", {"formula": True, "equals": 27}, False),
    ("=SUM(D2:D4)", {"functions": ["sum"]}, True),
    ("=SUM(D2:D4)", {"functions": ["SUM", "AVERAGE"]}, False),
    ("=D2+D3+D4", {"functions": ["SUM"]}, False),
    ("=D2+D3+D4", {"refers_to": ["D2:D4"]}, True),
    ("=SUM(D2:D3)+D4", {"refers_to": ["D2:D4"]}, True),
    ("=SUM(D1:D9)", {"refers_to": ["D2:D4"]}, True),
    ("=SUM(D:D)", {"refers_to": ["D2:D4"]}, True),
    ("=SUM(Sheet1!D2:D4)", {"refers_to": ["D2:D4"]}, True),
    ("=SUM(D2:D3)", {"refers_to": ["D2:D4"]}, False),
    ("=SUM(D2:D4)", {"refers_to": ["Other!D2:D4"]}, False),
    ("=20+6", {"formula": True}, False),
    ("=SUM(20,6)", {"formula": True}, False),
    ("=sum( d2 : d4 )/1.50", {"formula_pattern": "=SUM(*)/1.5"}, True),
    ("=SUM(D2:D4)", {"formula_pattern": "=sum( d2:d4 )"}, True),
    ("=AVERAGE(D2:D4)", {"formula_pattern": "=SUM(*)"}, False),
]


@pytest.mark.parametrize("path", ["a.ods", "a.gnumeric"])  # our .xlsx has no cached results
@pytest.mark.parametrize(("formula", "params", "wanted"), FORMULAS)
def test_a_formula_is_judged_by_what_it_does(judge, path, formula, params, wanted):
    files = {path: rows((5, 4, {"formula": formula, "value": 26}))}
    verdict = judge("spreadsheet.cell", {"path": path, "cell": "D5", **params}, files)
    assert holds(verdict) is wanted, verdict


def test_a_value_in_place_of_a_formula_is_refused(judge):
    for cell in (26, "26", "=SUM(D2:D4)"):
        params = {"path": "a.ods", "cell": "D5", "equals": 26, "formula": True}
        assert not holds(judge("spreadsheet.cell", params, {"a.ods": rows((5, 4, cell))}))


def test_a_csv_cell_is_judged_as_a_table_shows_it(judge):
    files = {"a.csv": b"name;n\nTea;1.234,50\n007;TRUE\n"}
    for cell, equals, wanted in (
        ("B2", 1234.5, True),
        ("B2", 1234, False),
        ("A2", "Tea", True),
        ("A3", "007", True),
        ("B3", True, True),
    ):
        params = {"path": "a.csv", "cell": cell, "equals": equals}
        assert holds(judge("spreadsheet.cell", params, files)) is wanted


def test_several_cells_are_worth_the_share_that_is_right(judge):
    params = {"path": "a.ods", "cells": {"A2": "Tea", "B2": 9, "E1": None, "C2": 4}}
    verdict = judge("spreadsheet.cells", params, {"a.ods": ROWS})
    assert verdict.value == 0.75 and "B2" in verdict.evidence


LOOKS = [
    ({"bold": True}, {"bold": True}, True),
    ({}, {"bold": True}, False),
    ({"bold": True}, {"bold": True, "italic": True}, False),
    ({"background": "#FFFF00"}, {"background": "#ffff00"}, True),
    ({"background": "#ffff00"}, {"background": "any"}, True),
    ({}, {"background": "any"}, False),
    ({"background": "#ffff00"}, {"background": ""}, False),
    ({"font_colour": "#000000"}, {"font_colour": ""}, True),
    ({"align": "right"}, {"align": "right"}, True),
    ({"align": "right"}, {"align": "center"}, False),
    ({"format": "0.00%"}, {"kind": "percent", "decimals": 2}, True),
    ({"format": "0%"}, {"kind": "percent", "decimals": 2}, False),
    ({"format": "#,##0.00 €"}, {"kind": "currency", "symbol": "EUR", "grouped": True}, True),
    ({"format": "$0.00"}, {"kind": "currency", "symbol": "€"}, False),
    ({"format": "0.00"}, {"kind": "currency"}, False),
    ({"format": "dd.mm.yyyy"}, {"pattern": "DD.MM.YYYY"}, True),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("style", "params", "wanted"), LOOKS)
def test_the_look_of_a_cell_is_judged(judge, path, style, params, wanted):
    files = {path: rows((2, 2, {"value": 2.5, "style": style}))}
    verdict = judge("spreadsheet.cell_format", {"path": path, "range": "B2", **params}, files)
    assert holds(verdict) is wanted, verdict


def test_looks_are_worth_the_share_of_cells_and_rows_end_with_the_sheet(judge):
    head = [{"value": "a", "style": {"bold": True}}, "b", {"value": "c", "style": {"bold": True}}]
    params = {"path": "a.ods", "range": "1:1", "bold": True}
    verdict = judge("spreadsheet.cell_format", params, {"a.ods": [head]})
    assert verdict.value == pytest.approx(2 / 3)


def test_a_sorted_table_is_accepted_with_formulas_that_moved(judge):
    order = [ROWS[0], ROWS[2], ROWS[3], ROWS[1], ROWS[4]]
    done = copy.deepcopy(order)
    for number, row in enumerate(done[1:4], start=2):
        row[3] = {"formula": f"=B{number}*C{number}", "value": 0}
    params = {"path": "a.ods", "range": "A2:D4", "column": "A"}
    assert holds(judge("spreadsheet.sorted", params, {"a.ods": done}, {"a.ods": ROWS}))
    stale = order  # formulas that still look at the rows where they stood
    assert not holds(judge("spreadsheet.sorted", params, {"a.ods": stale}, {"a.ods": ROWS}))
    params["order"] = "descending"
    assert not holds(judge("spreadsheet.sorted", params, {"a.ods": done}, {"a.ods": ROWS}))


def test_a_column_sorted_alone_is_refused(judge):
    before = [["b", 1], ["a", 2], ["c", 3]]
    params = {"path": "a.ods", "range": "A1:B3", "column": "A"}
    for after, wanted in (
        ([["a", 2], ["b", 1], ["c", 3]], True),
        ([["a", 1], ["b", 2], ["c", 3]], False),
        ([["a", 2], ["b", 1], ["b", 1]], False),
        ([["a", 2], ["b", 1]], False),
        (before, False),
    ):
        verdict = judge("spreadsheet.sorted", params, {"a.ods": after}, {"a.ods": before})
        assert holds(verdict) is wanted, verdict


def test_a_second_column_decides(judge):
    before = [["b", 1], ["a", 1], ["a", 2]]
    params = {"path": "a.ods", "range": "A1:B3", "column": "A", "then_column": "B"}
    params["then_order"] = "descending"
    for after, wanted in (
        ([["a", 2], ["a", 1], ["b", 1]], True),
        ([["a", 1], ["a", 2], ["b", 1]], False),
    ):
        verdict = judge("spreadsheet.sorted", params, {"a.ods": after}, {"a.ods": before})
        assert holds(verdict) is wanted


def filtered_file(hidden, filter_range="A1:B4", drop=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in [["Item", "Sold"], ["Tea", 3], ["Milk", 5], ["Rye", 4]]:
        if row[0] != drop:
            sheet.append(row)
    if filter_range:
        sheet.auto_filter.ref = filter_range
    for row in hidden:
        sheet.row_dimensions[row].hidden = True
    sheet.freeze_panes = "A2"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
    chart.title = "Sales"
    sheet.add_chart(chart, "D1")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("final", "wanted"),
    [
        (filtered_file([2, 4]), True),
        (filtered_file([2]), False),
        (filtered_file([]), False),
        (filtered_file([2, 4], filter_range=""), False),
        (filtered_file([2, 4], filter_range="D1:E4"), False),
        (filtered_file([2], drop="Rye"), False),
    ],
)
def test_a_filter_shows_exactly_the_rows(judge, final, wanted):
    params = {"path": "a.xlsx", "range": "A1:B4", "visible": [3]}
    initial = {"a.xlsx": filtered_file([], filter_range="")}
    verdict = judge("spreadsheet.filtered", params, {"a.xlsx": final}, initial)
    assert holds(verdict) is wanted, verdict


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({}, True),
        ({"kinds": ["column", "bar"]}, True),
        ({"kinds": ["bar"]}, False),
        ({"values": ["B2:B4"], "categories": "A2:A4", "title": "SALES"}, True),
        ({"values": ["Data!$B$2:$B$4"]}, True),
        ({"values": ["B2:B5"]}, False),
        ({"values": ["B2:B4", "C2:C4"]}, False),
        ({"values": ["Other!B2:B4"]}, False),
        ({"categories": "B2:B4"}, False),
        ({"title": "Sale"}, False),
        ({"sheet": "Other"}, False),
    ],
)
def test_a_chart_is_found_by_what_it_shows(judge, params, wanted):
    files = {"a.xlsx": filtered_file([])}
    verdict = judge("spreadsheet.chart", {"path": "a.xlsx", **params}, files)
    assert holds(verdict) is wanted, verdict


def test_a_sheet_without_a_chart_is_refused(judge):
    assert not holds(judge("spreadsheet.chart", {"path": "a.ods"}, {"a.ods": ROWS}))


def test_frozen_panes_are_counted(judge):
    files = {"a.xlsx": filtered_file([])}
    assert holds(judge("spreadsheet.frozen", {"path": "a.xlsx", "rows": 1}, files))
    assert not holds(judge("spreadsheet.frozen", {"path": "a.xlsx"}, files))
    assert not holds(judge("spreadsheet.frozen", {"path": "a.ods", "rows": 1}, {"a.ods": ROWS}))


def test_sheets_merged_cells_and_widths_are_judged(judge):
    content = {
        "sheets": [
            {"name": "One", "rows": [[{"value": 1, "span": [1, 2]}, None]], "widths": [3.0]},
            {"name": "Two", "rows": [[2]]},
        ]
    }
    files = {"a.ods": content}
    for check, params, wanted in (
        ("sheet_names", {"names": ["One", "Two"]}, True),
        ("sheet_names", {"names": ["Two", "One"]}, False),
        ("sheet_names", {"names": ["Two", "One"], "in_order": False}, True),
        ("merged", {"ranges": ["A1:B1"]}, True),
        ("merged", {"ranges": []}, False),
        ("merged", {"ranges": [], "sheet": "Two"}, True),
        ("column_width", {"column": "A", "cm": 3.0}, True),
        ("column_width", {"column": "A", "cm": 3.2}, False),
        ("column_width", {"column": "Z", "cm": 3.0}, False),
    ):
        verdict = judge(f"spreadsheet.{check}", {"path": "a.ods", **params}, files)
        assert holds(verdict) is wanted, (check, params, verdict)


@pytest.mark.parametrize("path", PATHS)
def test_a_changed_neighbour_is_refused(judge, path):
    params = {"path": path, "ranges": ["D5"]}
    check, initial = "spreadsheet.unchanged_except", {path: ROWS}
    assert holds(judge(check, params, {path: rows((5, 4, 26))}, initial))
    for change in ((5, 3, "Total"), (4, 4, 10), (5, 5, "note"), (2, 2, "2.5")):
        verdict = judge(check, params, {path: rows((5, 4, 26), change)}, initial)
        assert not holds(verdict) and "unwanted" in verdict.evidence


@pytest.mark.parametrize("path", [path for path in PATHS if not path.endswith(".csv")])
def test_a_cell_that_may_be_filled_keeps_its_look(judge, path):
    check, params = "spreadsheet.unchanged_except", {"path": path, "contents": ["D5"]}
    initial = {path: [*ROWS, [{"value": 3.5, "style": {"format": "0.00"}}]]}

    def kept(cell):
        return holds(
            judge(check, params, {path: [*rows((5, 4, cell)), *initial[path][-1:]]}, initial)
        )

    given = {"formula": "=SUM(A6:A6)", "value": 3.5}
    assert kept(given) and kept(given | {"style": {"format": "0.00"}})
    looks = ({"bold": True}, {"background": "#ffff00"}, {"format": "0%"})
    assert not any(kept(given | {"style": look}) for look in looks)


def test_rows_are_kept_when_others_come_or_go(judge):
    params = {"path": "a.ods"}
    initial = {"a.ods": ROWS}

    def kept(after, **more):
        return holds(judge("spreadsheet.rows_kept", {**params, **more}, {"a.ods": after}, initial))

    inserted = [*ROWS[:2], ["new", 1], *ROWS[2:]]
    assert kept(ROWS) and kept(inserted)
    assert not kept(ROWS[:1] + ROWS[2:])
    assert kept(ROWS[:1] + ROWS[2:], except_rows=[2])
    assert not kept([ROWS[0], ROWS[2], ROWS[1], *ROWS[3:]])
    assert not kept(rows((2, 4, 10)))


EVERY = {
    "cell": {"cell": "A1"},
    "cells": {"cells": {"A1": "x"}},
    "cell_format": {"range": "A1", "bold": True},
    "sorted": {"range": "A1:B3", "column": "A"},
    "filtered": {"range": "A1:B3", "visible": [2]},
    "chart": {},
    "sheet_names": {"names": ["Sheet1"]},
    "unchanged_except": {},
    "rows_kept": {},
    "column_width": {"column": "A", "cm": 3},
    "frozen": {"rows": 1},
    "merged": {"ranges": []},
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_is_missing_or_broken_fails_every_check(judge, check, path):
    params, initial = {"path": path, **EVERY[check]}, {path: ROWS}
    for files in ({}, {path: b""}, {path: b"PK\x03\x04 broken"}, {path: b"<html>"}):
        verdict = judge(f"spreadsheet.{check}", params, files, initial)
        assert verdict.value == 0 and path in verdict.evidence


@pytest.mark.parametrize("check", EVERY)
def test_an_unknown_parameter_is_the_tasks_fault(judge, check):
    with pytest.raises(TaskError, match="no parameter 'pth'"):
        judge(f"spreadsheet.{check}", {"path": "a.ods", **EVERY[check], "pth": "x"})


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("cell", {"cell": "1A"}),
        ("cell", {"cell": "A1", "equals": {"day": "2026-03-04"}}),
        ("cell", {"cell": "A1", "equals": {"date": "4.3.2026"}}),
        ("cell", {"cell": "A1", "equals": [1]}),
        ("cell", {"cell": "A1", "tolerance": "some"}),
        ("cells", {"cells": {}}),
        ("cell_format", {"range": "A1"}),
        ("cell_format", {"range": "A1", "kind": "percentage"}),
        ("cell_format", {"range": "A1:Z9999", "bold": True}),
        ("sorted", {"range": "A2:D4", "column": "1"}),
        ("sorted", {"range": "A2:D4", "column": "A", "order": "up"}),
        ("unchanged_except", {"ranges": ["A"]}),
        ("merged", {"ranges": ["x"]}),
    ],
)
def test_parameters_that_make_no_sense_are_the_tasks_fault(judge, check, params):
    with pytest.raises(TaskError):
        judge(f"spreadsheet.{check}", {"path": "a.ods", **params}, {"a.ods": ROWS})


@pytest.mark.parametrize("check", ["sorted", "filtered", "unchanged_except", "rows_kept"])
def test_a_check_against_a_document_that_the_task_lacks_is_its_fault(judge, check):
    with pytest.raises(TaskError, match="not among"):
        judge(f"spreadsheet.{check}", {"path": "a.ods", **EVERY[check]}, {"a.ods": ROWS}, {})
