import io
import random
import re
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, LineChart, Reference

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.writers import write

PATHS = ("a.ods", "a.xlsx")


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def edited(data, name, old, new):
    parts = members(data)
    assert old in parts[name]
    return packed({**parts, name: parts[name].replace(old, new)})


@pytest.mark.parametrize("path", PATHS)
def test_a_file_cut_anywhere_is_refused(content, path):
    data = write("spreadsheet", content, path)
    for size in random.Random(0).sample(range(len(data)), 150):
        with pytest.raises(DocumentError):
            read_workbook(data[:size], path)


@pytest.mark.parametrize("path", PATHS)
def test_damaged_bytes_raise_nothing_but_document_errors(content, path):
    data = write("spreadsheet", content, path)
    rng = random.Random(1)
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            read_workbook(bytes(damaged), path)
        except DocumentError as error:
            assert path in str(error)


@pytest.mark.parametrize("path", PATHS)
def test_damaged_xml_raises_nothing_but_document_errors(content, path):
    parts = members(write("spreadsheet", content, path))
    rng = random.Random(2)
    words = [b"", b"0", b"-1", b"99999999999", b"NaN", b"xxx", b"<", b'"', b"\xff", b"1e400"]
    for _ in range(500):
        name = rng.choice([n for n in parts if n.endswith((".xml", ".rels"))])
        body = parts[name]
        at = rng.randrange(len(body))
        damaged = body[:at] + rng.choice(words) + body[at + rng.randrange(8) :]
        try:
            read_workbook(packed({**parts, name: damaged}), path)
        except DocumentError:
            continue


@pytest.mark.parametrize("path", PATHS)
def test_attributes_of_any_value_raise_nothing_but_document_errors(content, path):

    parts = members(write("spreadsheet", content, path))
    rng = random.Random(3)
    values = [b"", b"-5", b"999999999", b"NaN", b"1e999", b"A0", b"PT", b"0001-01-01", b"x" * 50]
    for _ in range(500):
        name = rng.choice([n for n in parts if n.endswith(".xml") and b'="' in parts[n]])
        found = rng.choice(list(re.finditer(rb'="([^"]*)"', parts[name])))
        damaged = parts[name][: found.start(1)] + rng.choice(values) + parts[name][found.end(1) :]
        try:
            read_workbook(packed({**parts, name: damaged}), path)
        except DocumentError:
            continue


def test_a_file_of_another_kind_is_refused(content):
    ods, xlsx = (write("spreadsheet", content, path) for path in PATHS)
    for data, path in ((ods, "a.xlsx"), (xlsx, "a.ods"), (b"text", "a.ods"), (b"", "a.xlsx")):
        with pytest.raises(DocumentError, match=path):
            read_workbook(data, path)
    with pytest.raises(DocumentError, match="by its name"):
        read_workbook(ods, "a.doc")


def test_a_million_repeated_cells_are_refused_and_empty_ones_cost_nothing(content):
    ods = write("spreadsheet", {"sheets": [{"rows": [[7]]}]}, "a.ods")
    cell, row = b"<table:table-cell ", b"<table:table-row>"
    wide = edited(ods, "content.xml", cell, cell + b'table:number-columns-repeated="16384" ')
    assert len(read_workbook(wide, "a.ods").sheet().cells) == 16_384
    tall = b'<table:table-row table:number-rows-repeated="1048576">'
    with pytest.raises(DocumentError, match="more than"):
        read_workbook(edited(wide, "content.xml", row, tall), "a.ods")
    end = b"</table:table-row>"
    empty = tall + b'<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert (
        len(read_workbook(edited(ods, "content.xml", end, end + empty), "a.ods").sheet().cells) == 1
    )


def test_an_entity_bomb_inside_a_spreadsheet_is_refused(content):
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    for path, name in (("a.ods", "content.xml"), ("a.xlsx", "xl/workbook.xml")):
        parts = members(write("spreadsheet", content, path))
        head, mark, body = parts[name].partition(b"?>")
        data = head + mark + bomb + body if mark else bomb + parts[name]
        with pytest.raises(DocumentError, match="document type"):
            read_workbook(packed({**parts, name: data}), path)


def test_styles_that_inherit_in_a_ring_end(content):
    ods = write("spreadsheet", content, "a.ods")
    ring = b'style:name="ce1" style:parent-style-name="ce1"'
    data = edited(ods, "content.xml", b'style:name="ce1"', ring)
    assert read_workbook(data, "a.ods").sheet()["A1"].style.bold


def charted():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My data"
    for row in [["Item", "Sold"], ["Tea", 3], ["Milk", 5], ["Rye", 4]]:
        sheet.append(row)
    sheet.auto_filter.ref = "A1:B4"
    sheet.row_dimensions[3].hidden = True
    sheet.freeze_panes = "B2"
    sheet.print_area = "A1:B4"
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.defined_names["SOLD"] = openpyxl.workbook.defined_name.DefinedName(
        "SOLD", attr_text="'My data'!$B$2:$B$4"
    )
    for kind, place, lying in (
        (BarChart, "D1", "col"),
        (BarChart, "D16", "bar"),
        (LineChart, "D31", ""),
    ):
        chart = kind()
        if lying:
            chart.type = lying
        chart.title = f"Chart {place}"
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
        sheet.add_chart(chart, place)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def check_charted(book):
    sheet = book.sheet("my DATA")
    assert [chart.kind for chart in sheet.charts] == ["column", "bar", "line"]
    for chart in sheet.charts:
        (series,) = chart.series
        assert series.values == "'My data'!B2:B4"
        assert series.categories == "'My data'!A2:A4"
        assert series.name == "'My data'!B1"
        assert chart.title.startswith("Chart D")
    assert sheet.autofilters == ("A1:B4",)
    assert sheet.hidden_rows == {3}
    assert sheet.print_ranges == ("A1:B4",)
    assert [each.hidden for each in book.sheets] == [False, True]
    assert book.names["SOLD"] == "='My data'!$B$2:$B$4"


def test_charts_filters_and_panes_are_read():
    book = read_workbook(charted(), "a.xlsx")
    check_charted(book)
    assert book.sheet().frozen == (1, 1)


@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_charts_filters_and_panes_are_read_from_what_libreoffice_writes(soffice, tmp_path, suffix):
    (tmp_path / "charted.xlsx").write_bytes(charted())
    folder = soffice([tmp_path / "charted.xlsx"], suffix, tmp_path / "out")
    check_charted(read_workbook((folder / f"charted.{suffix}").read_bytes(), f"a.{suffix}"))


def test_csv_is_read_with_any_usual_delimiter():
    for delimiter in (",", ";", "\t"):
        data = write("csv", {"rows": [["a,b", 1.5], ["c;d", "Zoë"]], "delimiter": delimiter})
        sheet = read_workbook(data, "a.csv").sheet("anything")
        assert [sheet[at].value for at in ("A1", "B1", "A2", "B2")] == ["a,b", "1.5", "c;d", "Zoë"]
    with pytest.raises(DocumentError, match="NUL"):
        read_workbook(b"a\0b", "a.csv")


def test_a_sheet_that_is_not_there_says_which_are(content):
    book = read_workbook(write("spreadsheet", content, "a.ods"), "a.ods")
    with pytest.raises(DocumentError, match="Other sheet"):
        book.sheet("None")
