import copy
import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
import zipfile

import pytest

from gym_anything.documents.number_format import FormatKind
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.writers import KINDS, render, write
from gym_anything.errors import TaskError
from gym_anything.task import Document


def test_text_is_written_as_told():
    assert write("text", "a\nü\n") == "a\nü\n".encode()
    told = {"text": "a\nü\n", "encoding": "latin-1", "newline": "\r\n"}
    assert write("text", told) == b"a\r\n\xfc\r\n"
    assert write("text", {"text": "a", "encoding": "utf-16"}) == b"\xff\xfea\x00"


def test_csv_is_written_as_told():
    rows = [["name", "n"], ["Zoë, A.", 1.5], [None, True]]
    assert write("csv", rows).decode() == 'name,n\n"Zoë, A.",1.5\n,TRUE\n'
    told = {"rows": rows, "delimiter": ";", "newline": "\r\n"}
    assert write("csv", told).decode() == "name;n\r\nZoë, A.;1.5\r\n;TRUE\r\n"


def test_a_small_file_is_written_from_base64():
    assert write("file", "aGVsbG8=") == write("file", {"base64": "aGVsbG8="}) == b"hello"


def test_a_document_of_a_task_is_rendered_by_its_suffix():
    content = {"sheets": [{"rows": [["a"]]}]}
    for path in ("a.ods", "b/c.XLSX"):
        data = render(Document(path, "spreadsheet", content))
        assert read_workbook(data, path).sheet()["A1"].value == "a"


def test_the_same_content_gives_the_same_bytes_in_any_process(content):
    program = (
        "import sys, json, hashlib; from gym_anything.documents.writers import write;"
        "c = json.load(sys.stdin);"
        "print([hashlib.sha256(write('spreadsheet', c, p)).digest() for p in ('.ods', '.xlsx')])"
    )

    seen = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "2" else "UTC"}
        result = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(content),
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(result.stdout)
    assert len(seen) == 1
    for path in ("a.ods", "a.xlsx"):
        assert write("spreadsheet", content, path) == write("spreadsheet", content, path)


def test_no_clock_is_in_what_is_written(content):
    for path in ("a.ods", "a.xlsx"):
        with zipfile.ZipFile(io.BytesIO(write("spreadsheet", content, path))) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}
            properties = archive.read("docProps/core.xml").decode() if "xlsx" in path else ""
        years = re.findall(r"\b(20\d\d)-\d\d-\d\dT", properties)
        assert set(years) <= {"2000"} and len(years) in (0, 2)


@pytest.mark.parametrize("path", ["a.ods", "a.xlsx"])
def test_what_is_written_reads_back(content, path):
    book = read_workbook(write("spreadsheet", content, path), path)
    sheet = book.sheet()
    assert book.sheet_names == ("Sales 2026", "Other sheet", "Empty")
    assert [sheet[at].value for at in ("A2", "B3", "C2", "D2", "D3", "B4")] == [
        "Tée & <co>",
        1234.5,
        dt.date(2026, 3, 4),
        True,
        False,
        -3,
    ]
    assert [sheet[at].value for at in ("A3", "A4", "D4", "E3")] == [
        "  two  spaces ",
        "=no formula",
        "line\nbreak",
        "007",
    ]
    assert [sheet[at].formula for at in ("B6", "C6", "D6", "E7", "A4")] == [
        "=SUM(B2:B4)",
        "=IF(B6>1,\"yes; no\",'Other sheet'!A1*0.1)",
        "=IFS(D2,1,TRUE,2)",
        "=SUM(A:A)+B$2",
        "",
    ]
    assert sheet.merged == {"A7:C7"}
    assert sheet.column_widths[1] == pytest.approx(4.0, abs=0.01)
    assert sheet["B8"].style.background == "#00ff00"


@pytest.mark.parametrize("path", ["a.ods", "a.xlsx"])
def test_looks_read_back(content, path):
    sheet = read_workbook(write("spreadsheet", content, path), path).sheet()
    head, red = sheet["A1"].style, sheet["E4"].style
    assert (head.bold, head.background, head.align) == (True, "#ffff00", "center")
    assert (red.italic, red.underline, red.wrap, red.font_colour) == (True, True, True, "#ff0000")
    formats = [sheet[at].style.format for at in ("B2", "B3", "C3", "E2", "E3", "E4", "A2")]
    assert [(each.kind, each.decimals, each.symbol, each.pattern) for each in formats] == [
        (FormatKind.CURRENCY, 2, "€", ""),
        (FormatKind.CURRENCY, 2, "$", ""),
        (FormatKind.DATE, 0, "", "dd.mm.yyyy"),
        (FormatKind.PERCENT, 1, "", ""),
        (FormatKind.TEXT, 0, "", ""),
        (FormatKind.NUMBER, 2, "", ""),
        (FormatKind.GENERAL, 0, "", ""),
    ]


def sheet_with(cell):
    return {"sheets": [{"name": "S", "rows": [["a", cell]]}]}


@pytest.mark.parametrize(
    ("kind", "content", "key"),
    [
        ("texts", "a", "did you mean 'text'"),
        ("text", 5, "text: expected"),
        ("text", {"txt": "a"}, "did you mean 'text'"),
        ("text", {"text": "ü", "encoding": "ascii"}, "ascii has no 'ü'"),
        ("text", {"text": "a", "newline": "\n\n"}, "newline: expected"),
        ("csv", [["a"], "b"], r"rows\[1\]"),
        ("csv", [["a", {}]], r"rows\[0\]\[1\]"),
        ("file", "no base64!", "base64"),
        ("spreadsheet", {}, "sheets: expected a list"),
        ("spreadsheet", {"sheets": []}, "at least one"),
        ("spreadsheet", {"sheets": [{"rows": [], "nme": "x"}]}, "did you mean 'name'"),
        ("spreadsheet", {"sheets": [{"rows": [], "name": "a/b"}]}, r"sheets\[0\]\.name"),
        ("spreadsheet", {"sheets": [{"rows": []}, {"rows": []}]}, "same name"),
        ("spreadsheet", {"sheets": [{"rows": [], "widths": [0]}]}, r"widths\[0\]"),
        ("spreadsheet", sheet_with({"vale": 1}), "did you mean 'value'"),
        ("spreadsheet", sheet_with({"date": "4.3.2026"}), r"rows\[0\]\[1\]\.date"),
        ("spreadsheet", sheet_with({"date": "2026-03-04", "value": 1}), "date stands alone"),
        ("spreadsheet", sheet_with({"formula": "SUM(A1)"}), r"\.formula"),
        ("spreadsheet", sheet_with({"value": 1, "style": "head"}), "it has none"),
        ("spreadsheet", sheet_with({"value": 1, "style": {"bold": "yes"}}), r"style\.bold"),
        ("spreadsheet", sheet_with({"value": 1, "style": {"background": "red"}}), "background"),
        ("spreadsheet", sheet_with({"value": 1, "style": {"format": "0.0x"}}), "format"),
        ("spreadsheet", sheet_with({"value": 1, "style": {"align": "middle"}}), "align"),
        ("spreadsheet", sheet_with({"value": 1, "span": [0, 1]}), "span"),
        ("spreadsheet", sheet_with([1]), r"rows\[0\]\[1\]"),
        ("spreadsheet", sheet_with("a\x01"), "control"),
        ("spreadsheet", sheet_with(float("nan")), "finite"),
    ],
)
def test_content_that_is_wrong_is_refused_with_its_key(kind, content, key):
    with pytest.raises(TaskError, match=key):
        write(kind, content, "a.ods")


def test_a_value_under_a_merged_cell_is_refused(content):
    changed = copy.deepcopy(content)
    changed["sheets"][0]["rows"][6][1] = "hidden"
    with pytest.raises(TaskError, match=r"rows\[6\]\[1\]: lies under"):
        write("spreadsheet", changed, "a.ods")


def test_a_spreadsheet_of_another_suffix_is_refused():
    with pytest.raises(TaskError, match=r"\.ods or \.xlsx"):
        write("spreadsheet", sheet_with(1), "a.doc")


def test_the_kinds_are_known():
    assert KINDS == ("text", "csv", "spreadsheet", "file", "drawing")
