import pytest

from gym_anything.documents import evaluate
from gym_anything.documents.evaluate import with_results
from gym_anything.documents.formula import normal_formula
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.workbook import Cell, Sheet, Workbook, WorkbookKind
from gym_anything.documents.writers import write

ROWS = [
    ["Tea", 2.5, 4, True],
    ["Rye", 3, 2, None],
    ["tea", 1.25, 8, "x"],
    [None, {"date": "2026-03-04"}, {"formula": "=1/0"}, "12"],
]


def compute(formula, rows=ROWS):
    rows = [*rows, [{"formula": formula}]]
    data = write("spreadsheet", {"sheets": [{"rows": rows}]}, "a.gnumeric")
    return read_workbook(data, "a.gnumeric").sheets[0].at(len(rows), 1)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3^2", 19),
        ("=-2^2", 4),
        ("=(1+2)*3-4/8", 8.5),
        ("=50%", 0.5),
        ('="a"&1.50', "a1.5"),
        ("=B1*C1", 10),
        ("=SUM(B1:B3)", 6.75),
        ("=SUM(B1:B3,1,C1)", 11.75),
        ("=SUM(A1:D3)", 20.75),
        ("=AVERAGE(C1:C3)", 14 / 3),
        ("=MIN(B1:B3)&MAX(B1:B3)", "1.253"),
        ("=COUNT(A1:D3)", 6),
        ("=COUNTA(A1:D3)", 11),
        ("=PRODUCT(B1:C1)", 10),
        ("=MEDIAN(C1:C3)", 4),
        ("=ROUND(1.005,2)", 1.01),
        ("=ROUND(-2.5,0)", -3),
        ('=IF(B1>2,"big","small")', "big"),
        ("=IF(B1<2,C4,7)", 7),
        ("=IFERROR(C4,9)", 9),
        ("=AND(B1>2,C1=4)", True),
        ('=COUNTIF(A1:A3,"tea")', 2),
        ('=COUNTIF(B1:B3,">=2.5")', 2),
        ('=SUMIF(A1:A3,"tea",C1:C3)', 12),
        ('=SUMIFS(C1:C3,A1:A3,"tea",B1:B3,"<2")', 8),
        ('=AVERAGEIF(A1:A3,"tea",B1:B3)', 1.875),
        ("=SUMPRODUCT(B1:B3,C1:C3)", 26),
        ('=VLOOKUP("Rye",A1:C3,3,FALSE)', 2),
        ('=INDEX(C1:C3,MATCH("rye",A1:A3,0))', 2),
        ("=LARGE(C1:C3,2)", 4),
        ("=SUM(C:C)-SUM(C1:C3)", None),
        ("=YEAR(B4)&MONTH(B4)", "20263"),
        ("=B4+1", 46086),
        ("=Sheet1!B2*2", 6),
        ("=TRUE", True),
        ('=LEN("é ")', 2),
        ("=D4+1", 13),
        ('="Tea"=A1', True),
    ],
)
def test_a_formula_has_the_result_that_the_application_shows(formula, value):
    cell = compute(formula)
    if value is None:
        assert cell.error
    else:
        assert cell.value == pytest.approx(value) and type(cell.value) in (type(value), int, float)


@pytest.mark.parametrize(
    ("formula", "error"),
    [
        ("=1/0", "#DIV/0!"),
        ("=C4+1", "#DIV/0!"),
        ("=SUM(C1:C4)", "#DIV/0!"),
        ('="a"*2', "#VALUE!"),
        ("=Nowhere!A1", "#REF!"),
        ('=VLOOKUP("none",A1:C3,2,FALSE)', "#N/A"),
        ("=SQRT(-1)", "#NUM!"),
    ],
)
def test_an_error_is_the_result_of_its_formula(formula, error):
    cell = compute(formula)
    assert cell.error and cell.value == error


@pytest.mark.parametrize(
    "formula", ["=WEBSERVICE(A1)", "=A5", "=SUM(A1:A9)", "=1+", "=(1", "=SUM(1", "=ROUND()", "=)"]
)
def test_what_is_not_known_or_goes_in_a_circle_has_no_result(formula):
    cell = compute(formula)
    assert cell.value is None and not cell.error


def test_deep_nesting_and_long_chains_end_without_a_result():
    deep = "=" + "(" * 3000 + "1" + ")" * 3000
    assert compute(deep).value is None
    chain = {(row, 1): Cell(formula=normal_formula(f"=A{row + 1}+1")) for row in range(1, 400)}
    book = Workbook(WorkbookKind.GNUMERIC, (Sheet("Sheet1", {**chain, (400, 1): Cell(0)}),))
    assert with_results(book).sheets[0]["A1"].value is None
    assert with_results(book).sheets[0]["A399"].value == 1


def test_a_running_balance_is_computed_however_long():
    chain = {(row, 1): Cell(formula=f"=A{row - 1}+1") for row in range(2, 400)}
    book = Workbook(WorkbookKind.GNUMERIC, (Sheet("Sheet1", {(1, 1): Cell(1), **chain}),))
    assert with_results(book).sheets[0]["A399"].value == 399


def test_formulas_that_look_at_the_whole_sheet_again_and_again_end(monkeypatch):
    monkeypatch.setattr(evaluate, "_MAX_LOOKS", 20_000)
    values = {(row, 1): Cell(1) for row in range(1, 301)}
    sums = {(row, 2): Cell(formula="=SUM(A1:A300)") for row in range(1, 301)}
    book = Workbook(WorkbookKind.GNUMERIC, (Sheet("Sheet1", {**values, **sums}),))
    found = with_results(book).sheets[0]
    assert found["B1"].value == 300 and found["B300"].value is None
