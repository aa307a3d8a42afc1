"""What LibreOffice does to a file by loading and saving it is read right and is no change."""

import copy
import datetime as dt
import random

import pytest

from gym_anything.documents.compare import Allowed, differences
from gym_anything.documents.ordering import collation_key
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.writers import write

PAIRS = [(before, after) for before in ("ods", "xlsx") for after in ("ods", "xlsx")]
CSV = """sku,name,price,on
007,Tea,2.50,2026-03-04
1234,"Milk, fresh",10.00,2026-12-31
x,Café,,
""".encode()


@pytest.fixture(scope="module")
def saved(soffice, content, tmp_path_factory):
    """(bytes before, bytes after) by suffixes, of the content that uses all the writers can do."""
    folder = tmp_path_factory.mktemp("documents")
    files = [folder / "a.ods", folder / "b.xlsx"]
    for path in files:
        path.write_bytes(write("spreadsheet", content, path.name))
    found = {}
    for after in ("ods", "xlsx"):
        out = soffice(files, after, folder / after)
        for path in files:
            new = (out / f"{path.stem}.{after}").read_bytes()
            found[path.suffix[1:], after] = (path.read_bytes(), new)
    return found


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_loading_and_saving_is_no_change(saved, before, after):
    old, new = saved[before, after]
    first, second = read_workbook(old, f"a.{before}"), read_workbook(new, f"a.{after}")
    assert differences(first, second, Allowed()) == []


def test_the_pictures_of_a_sheet_are_there_after_loading_and_saving(soffice, tmp_path):
    scans = [{"size": [384, 288], "background": colour} for colour in ("#ffffff", "#c00000")]
    laid = [{"picture": scan, "x": 9, "y": 3, "width": 5.4} for scan in scans]
    other = [laid[0], {**laid[1], "width": 5}]
    one, two, lost = (
        write("spreadsheet", {"sheets": [{"rows": [["a"]], "pictures": pictures}]}, "a.ods")
        for pictures in (laid, other, laid[:1])
    )
    (tmp_path / "a.ods").write_bytes(one)
    saved = (soffice([tmp_path / "a.ods"], "ods", tmp_path / "out") / "a.ods").read_bytes()
    after = read_workbook(saved, "a.ods")
    assert [each.width_cm for each in after.sheet().pictures] == [5.4, 5.4]
    assert differences(read_workbook(one, "a.ods"), after, Allowed()) == []
    for before in (two, lost):
        changes = differences(read_workbook(before, "a.ods"), after, Allowed())
        assert changes == ["the pictures of Sheet1 changed"]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_formulas_are_computed_by_loading(saved, before, after):
    sheet = read_workbook(saved[before, after][1], f"a.{after}").sheet()
    assert [sheet[at].value for at in ("B6", "C6", "D6", "E7")] == [1234, "yes; no", 1, 2.5]
    assert (sheet["D7"].value, sheet["D7"].error) == ("#DIV/0!", True)
    assert (sheet["C2"].value, sheet["D3"].value) == (dt.date(2026, 3, 4), False)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_change_is_still_found_after_loading_and_saving(saved, content, before, after):
    changed = copy.deepcopy(content)
    changed["sheets"][0]["rows"][3][1] = -4
    old = read_workbook(write("spreadsheet", changed, f"a.{before}"), f"a.{before}")
    new = read_workbook(saved[before, after][1], f"a.{after}")
    assert differences(old, new, Allowed()) == ["'Sales 2026'!B4 was -4, is -3"]


def test_a_csv_file_that_is_loaded_and_saved_keeps_all_but_leading_zeros(soffice, tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV)
    folder = soffice([tmp_path / "a.csv"], "csv", tmp_path / "out")
    before = read_workbook(CSV, "a.csv")
    after = read_workbook((folder / "a.csv").read_bytes(), "a.csv")
    assert differences(before, after, Allowed()) == ["Sheet1!A2 was text '007', is text '7'"]


WORDS = """apple Apple äpfel Åsa Zoë zoo Zürich zulu Łódź lodz luke Øster oslo oz naïve naive navy
Éclair eclair ezra 10x 1x 9x _x x-ray xray façade facade fact Müller mueller muller straße strasse
strata co-op coop cop (a) Çelik celik Dvořák dvorak đặng dang""".replace("\n", " ").split(" ")
SIGNS = [f"a{sign}b" for sign in " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$1x"]


def test_texts_are_ordered_as_libreoffice_orders_them(soffice, tmp_path):
    rng = random.Random(0)
    pairs = [rng.sample(words, 2) for words in (WORDS, SIGNS) for _ in range(600)]
    rows = [[*pair, {"formula": f"=A{n}<B{n}"}] for n, pair in enumerate(pairs, start=1)]
    content = {"sheets": [{"rows": rows}]}
    (tmp_path / "a.ods").write_bytes(write("spreadsheet", content, "a.ods"))
    folder = soffice([tmp_path / "a.ods"], "ods", tmp_path / "out")
    sheet = read_workbook((folder / "a.ods").read_bytes(), "a.ods").sheet()
    wrong = {
        (low, high)
        for row, (left, right) in enumerate(pairs, start=1)
        for low, high in [(left, right) if sheet.at(row, 3).value else (right, left)]
        if collation_key(low) > collation_key(high)
    }
    assert not wrong
