import datetime as dt
import gzip
import time

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.gnumeric import gunzip, read_gnumeric
from gym_anything.documents.writers import write

SHEET = """<gnm:Workbook xmlns:gnm="http://www.gnumeric.org/v10.dtd"><gnm:Sheets><gnm:Sheet>
<gnm:Name>One</gnm:Name>{}</gnm:Sheet></gnm:Sheets></gnm:Workbook>"""


def read(inner):
    return read_gnumeric(gzip.compress(SHEET.format(inner).encode())).sheets[0]


def cells(*entries):
    return f"<gnm:Cells>{''.join(entries)}</gnm:Cells>"


def test_what_the_writer_wrote_is_read(content):
    book = read_gnumeric(write("spreadsheet", content, "a.gnumeric"))
    sheet = book.sheet("Sales 2026")
    assert book.sheet_names == ("Sales 2026", "Other sheet", "Empty")
    assert sheet["A2"].value == "Tée & <co>" and sheet["A3"].value == "  two  spaces "
    assert sheet["A4"].value == "=no formula" and not sheet["A4"].formula
    assert sheet["C2"].value == dt.date(2026, 3, 4) and sheet["D2"].value is True
    assert sheet["B6"].formula == "=SUM(B2:B4)" and sheet["B6"].value == 1234
    assert sheet["D7"].error and sheet["D7"].value == "#DIV/0!"
    assert sheet["A1"].style.bold and sheet["A1"].style.background == "#ffff00"
    assert sheet["E4"].style.font_colour == "#ff0000" and sheet["E4"].style.wrap
    assert sheet["B8"].style.background == "#00ff00"
    assert sheet.merged == {"A7:C7"} and sheet.column_widths[1] == pytest.approx(4.0, abs=0.01)


def test_the_same_content_is_the_same_bytes(content):
    assert write("spreadsheet", content, "a.gnumeric") == write(
        "spreadsheet", content, "b.gnumeric"
    )


def test_a_file_that_is_not_packed_is_read_too():
    text = cells('<gnm:Cell Row="0" Col="0" ValueType="40">2</gnm:Cell>')
    assert read_gnumeric(SHEET.format(text).encode()).sheets[0]["A1"].value == 2


def test_a_shared_formula_moves_with_its_cell():
    sheet = read(
        cells(
            '<gnm:Cell Row="0" Col="0" ValueType="40">3</gnm:Cell>',
            '<gnm:Cell Row="1" Col="0" ValueType="40">4</gnm:Cell>',
            '<gnm:Cell Row="0" Col="1" ExprID="1">=A1*2</gnm:Cell>',
            '<gnm:Cell Row="1" Col="1" ExprID="1"/>',
        )
    )
    assert sheet["B2"].formula == "=A2*2" and sheet["B2"].value == 8


def test_a_number_of_long_arithmetic_reads_as_it_was_typed():
    formula = '=A1*0.100000000000000000001&amp;"0.100000000000000000001"'
    sheet = read(cells(f'<gnm:Cell Row="0" Col="1">{formula}</gnm:Cell>'))
    assert sheet["B1"].formula == '=A1*0.1&"0.100000000000000000001"'


def test_filters_hidden_rows_and_frozen_panes_are_read():
    sheet = read(
        '<gnm:Rows><gnm:RowInfo No="1" Hidden="1" Count="2"/></gnm:Rows>'
        + cells('<gnm:Cell Row="4" Col="0" ValueType="60">x</gnm:Cell>')
        + '<gnm:SheetLayout><gnm:FreezePanes FrozenTopLeft="A1" UnfrozenTopLeft="B3"/>'
        + '</gnm:SheetLayout><gnm:Filters><gnm:Filter Area="$A$1:$C$5"/></gnm:Filters>'
    )
    assert sheet.hidden_rows == {2, 3}
    assert sheet.frozen == (2, 1) and sheet.autofilters == ("A1:C5",)


def test_a_chart_is_read_with_its_ranges():
    series = (
        '<GogObject role="Series"><data><dimension id="0">One!$A$2:$A$5</dimension>'
        '<dimension id="1">One!$B$2:$B$5</dimension></data></GogObject>'
    )
    for kind, lying, wanted in (
        ("GogBarColPlot", "", "column"),
        ("GogBarColPlot", '<property name="horizontal">true</property>', "bar"),
        ("GogPiePlot", "", "pie"),
    ):
        plot = f'<GogObject role="Plot" type="{kind}">{lying}{series}</GogObject>'
        graph = f"<gnm:SheetObjectGraph>{plot}</gnm:SheetObjectGraph>"
        chart = read(f"<gnm:Objects>{graph}</gnm:Objects>").charts[0]
        assert chart.kind == wanted
        assert (chart.series[0].values, chart.series[0].categories) == ("One!B2:B5", "One!A2:A5")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 no gzip",
        gzip.compress(b"<a/>")[:-4],
        gzip.compress(b"<a/>") + b"more",
        gzip.compress(b"<Workbook/>"),
        gzip.compress(b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"),
        gzip.compress(SHEET.encode()[:120]),
        gzip.compress(b'<Workbook xmlns="http://www.gnumeric.org/v10.dtd"/>'),
        gzip.compress(SHEET.format(cells('<gnm:Cell Row="0" Col="0">x</gnm:Cell>')).encode()),
        gzip.compress(
            SHEET.format(cells('<gnm:Cell Row="0" Col="0" ValueType="40">x</gnm:Cell>')).encode()
        ),
    ],
)
def test_a_broken_file_is_refused_with_a_reason(data):
    with pytest.raises(DocumentError, match="."):
        read_gnumeric(data)


def test_a_gzip_bomb_is_refused_at_its_limit():
    bomb = gzip.compress(b"0" * (1 << 20))
    with pytest.raises(DocumentError, match="more than 1000 bytes"):
        gunzip(bomb, limit=1000)


def test_looks_of_the_whole_sheet_over_and_over_are_refused_quickly():
    style = '<gnm:Style Shade="1" Back="FFFF:0:0"/>'
    place = 'startRow="0" startCol="0" endRow="65535" endCol="255"'
    region = f"<gnm:StyleRegion {place}>{style}</gnm:StyleRegion>"
    far = cells('<gnm:Cell Row="65535" Col="255" ValueType="60">x</gnm:Cell>')
    started = time.monotonic()
    with pytest.raises(DocumentError, match="too many"):
        read(f"<gnm:Styles>{region * 50}</gnm:Styles>{far}")
    assert time.monotonic() - started < 5
