import copy
import io
import random

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from gym_anything.documents.compare import Allowed, differences
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.writers import write
from gym_anything.mutation import spreadsheet

MONEY = {"format": "#,##0.00"}
CONTENT = {
    "sheets": [
        {
            "name": "Sales",
            "rows": [
                [{"value": "List", "span": [1, 2], "style": {"bold": True}}],
                ["Item", "Price", "When"],
                ["Tea", {"value": 2.5, "style": MONEY}, {"date": "2026-03-04"}],
                ["Milk", {"value": 4, "style": MONEY}, {"date": "2026-03-05"}],
                ["Rye", {"value": 7.25, "style": MONEY}, True],
                ["Sum", {"formula": "=SUM(B3:B5)", "value": 13.75, "style": MONEY}],
            ],
        },
        {"name": "Other", "rows": [[1, "x"]]},
    ]
}
PATHS = ("a.ods", "a.xlsx")


def charted():
    book = openpyxl.Workbook()
    for row in [["Item", "Sold"], ["Tea", 3], ["Milk", 5], ["Rye", 4]]:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    book.active.add_chart(chart, "D1")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def said(data, path):
    """All that the readers see, None for a file that they refuse."""
    try:
        return read_workbook(data, path)
    except DocumentError:
        return None


def check_harmful(data, path):
    before = said(data, path)
    assert before is not None
    found = list(spreadsheet.harmful(data, random.Random(5)))
    for each in found:
        after = said(each.data, path)
        assert after is None or after != before, each.name
    assert len({each.name for each in found}) == len(found)
    return [each.name for each in found]


def check_benign(data, path):
    before = said(data, path)
    found = list(spreadsheet.benign(data, random.Random(5)))
    for each in found:
        assert each.data != data, each.name
        after = said(each.data, path)
        assert after is not None, each.name
        assert not differences(before, after, Allowed()), each.name
        assert not differences(after, before, Allowed()), each.name
    return found


@pytest.mark.parametrize("path", PATHS)
def test_every_harmful_one_reads_differently(path):
    names = check_harmful(write("spreadsheet", CONTENT, path), path)
    assert len(names) >= 40
    words = ("result", "another formula", "bold", "background", "format", "swapped", "deleted")
    for word in (*words, "renamed", "emptied", "different", "apart"):
        assert any(word in name for name in names), word


@pytest.mark.parametrize("path", PATHS)
def test_a_benign_one_reads_the_same(path):
    assert len(check_benign(write("spreadsheet", CONTENT, path), path)) >= 5


def test_a_formula_that_is_changed_has_another_result():
    data = write("spreadsheet", CONTENT, "a.ods")
    (sum_,) = [
        each
        for each in spreadsheet.harmful(data, random.Random(5))
        if "another formula" in each.name
    ]
    before, after = (read_workbook(each, "a.ods").sheet()["B6"] for each in (data, sum_.data))
    assert before.formula != after.formula and before.value != after.value


def test_pictures_are_lost_and_doubled():
    content = copy.deepcopy(CONTENT)
    scan = {"picture": {"size": [40, 30], "background": "#ffffff"}, "x": 12, "y": 1, "width": 4}
    content["sheets"][0]["pictures"] = [scan]
    data = write("spreadsheet", content, "a.ods")
    assert {"a picture is gone", "a picture is there twice"} <= set(check_harmful(data, "a.ods"))
    check_benign(data, "a.ods")


def test_charts_and_hidden_rows_are_changed():
    names = check_harmful(charted(), "a.xlsx")
    for word in ("kind of chart", "range in the chart", "hidden rows"):
        assert any(word in name for name in names), word


@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_what_libreoffice_writes_is_mutated_as_well(soffice, tmp_path, suffix):
    (tmp_path / "plain.ods").write_bytes(write("spreadsheet", CONTENT, "plain.ods"))
    (tmp_path / "chart.xlsx").write_bytes(charted())
    files = [tmp_path / "plain.ods", tmp_path / "chart.xlsx"]
    folder = soffice(files, suffix, tmp_path / "out")
    for name in ("plain", "chart"):
        data = (folder / f"{name}.{suffix}").read_bytes()
        assert len(check_harmful(data, f"a.{suffix}")) >= 20
        assert len(check_benign(data, f"a.{suffix}")) >= 5


def test_what_is_no_spreadsheet_is_only_cut():
    assert len(list(spreadsheet.harmful(b"no zip", random.Random(1)))) == 2
    assert not list(spreadsheet.benign(b"no zip", random.Random(1)))
