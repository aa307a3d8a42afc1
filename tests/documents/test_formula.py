import pytest

from gym_anything.documents.address import Range, cell_name, parse_cell, parse_range
from gym_anything.documents.formula import (
    formula_from_opendocument,
    formula_to_opendocument,
    formula_to_xlsx,
    functions_of,
    has_reference,
    names_of,
    normal_formula,
    references_of,
    relative_formula,
    shifted_formula,
)

PAIRS = [
    ("=SUM(B2:B8)", "of:=SUM([.B2:.B8])"),
    ("=A1*2", "of:=[.A1]*2"),
    ("=IF(A1>0,\"x; [y]\",'My sheet'!$B$1)", "of:=IF([.A1]>0;\"x; [y]\";[$'My sheet'.$B$1])"),
    ("=Sheet2!A1+LOG10(B3)", "of:=[$Sheet2.A1]+LOG10([.B3])"),
    ("='It''s'!A1", "of:=[$'It''s'.A1]"),
    ("=SUM(A:A)/COUNT(2:5)", "of:=SUM([.A:.A])/COUNT([.2:.5])"),
    ("=SUM({1,2;3,4})", "of:=SUM({1;2|3;4})"),
    ("=IFS(A1,1)", "of:=COM.MICROSOFT.IFS([.A1];1)"),
    ("=PRICE*1.5", "of:=PRICE*1.5"),
]


@pytest.mark.parametrize(("normal", "stored"), PAIRS)
def test_a_formula_is_the_same_in_either_file(normal, stored):
    assert formula_to_opendocument(normal) == stored
    assert formula_from_opendocument(stored) == normal
    assert normal_formula(normal) == normal
    assert normal_formula(formula_to_xlsx(normal)) == normal


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("= sum( b2 : b8 )", "=SUM(B2:B8)"),
        ("=Sum(B2:B8)*1.50", "=SUM(B2:B8)*1.5"),
        ("=.5+2.0", "=0.5+2"),
        ('=a1&" two  spaces "', '=A1&" two  spaces "'),
        ("=true()", "=TRUE"),
        ("=_xlfn.CONCAT(a1,b1)", "=CONCAT(A1,B1)"),
        ("='Sheet1'!a1", "=Sheet1!A1"),
    ],
)
def test_ways_to_type_a_formula_have_one_normal_form(typed, normal):
    assert normal_formula(typed) == normal


def test_a_formula_tells_what_it_calls_and_looks_at():
    formula = "=IF(SUM(B2:B8)>LOG10(2),'My sheet'!C3,RATE)"
    assert functions_of(formula) == {"IF", "SUM", "LOG10"}
    assert [str(block) for block in references_of(formula)] == ["B2:B8", "'My sheet'!C3"]
    assert names_of(formula) == {"RATE"}


@pytest.mark.parametrize("formula", ["=40+2", "=SUM(40,2)", '="A1"', "=TRUE", "=1E3", "=LOG10(5)"])
def test_a_typed_in_constant_looks_at_nothing(formula):
    assert not has_reference(formula)


@pytest.mark.parametrize("formula", ["=A1", "=RATE", "=SUM(A:A)", "=Other!B2"])
def test_a_formula_that_looks_at_something_says_so(formula):
    assert has_reference(formula)


def test_a_formula_reads_the_same_wherever_its_row_moves():
    assert relative_formula("=B2*C2+$D$1", 2, 4) == relative_formula("=B9*C9+$D$1", 9, 4)
    assert relative_formula("=B2*C2", 2, 4) != relative_formula("=B2*C2", 3, 4)
    assert shifted_formula("=B2*$C2+D$1", 1, 1) == "=C3*$C3+E$1"


@pytest.mark.parametrize("text", ["A1", "XFD1048576", "AB28"])
def test_addresses_round_trip(text):
    assert cell_name(*parse_cell(text)) == text
    assert str(parse_range(text)) == text


@pytest.mark.parametrize(
    "text", ["", "A", "1", "A0", "XFE1", "A1048577", "A1:", "A1:B", "Ä1", "A B"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="not a|below"):
        parse_cell(text)
    with pytest.raises(ValueError, match="not a|below"):
        parse_range(text)


def test_ranges_hold_and_cover():
    block = parse_range("'My sheet'!$B$2:C8")
    assert block == Range("My sheet", 2, 2, 8, 3)
    assert str(block) == "'My sheet'!B2:C8"
    assert block.holds(8, 3) and not block.holds(9, 3)
    assert parse_range("B:B").covers(parse_range("B2:B8"))
    assert not parse_range("B2:B7").covers(parse_range("B2:B8"))
    assert parse_range("C8:B2").size == 14
