from decimal import Decimal

import pytest

from gym_anything.documents.lines import (
    changed_lines,
    lines_fault,
    numbers_in,
    order_fault,
    replaced_text,
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Total: 1,234.50 €", ["1234.50"]),
        ("Total 42.", ["42"]),
        ("from 3 to -5, (12.5) each", ["3", "-5", "-12.5"]),
        ("12 % of (the 40)", ["0.12", "40"]),
        ("A4 paper, v2", []),
        ("", []),
    ],
)
def test_numbers_are_found_in_prose(text, numbers):
    assert numbers_in(text) == tuple(map(Decimal, numbers))


BEFORE = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("after", "allowed", "insert"),
    [
        (["a", "b", "c", "d"], [], False),
        (["a", "X", "c", "d"], [2], False),
        (["a", "c", "d"], [2], False),
        (["a", "d"], [2, 3], False),
        (["a", "b", "c", "d", "new"], [5], False),
        (["new", "a", "b", "new", "c", "d"], [], True),
    ],
)
def test_allowed_changes_of_lines_are_no_fault(after, allowed, insert):
    assert changed_lines(BEFORE, after, set(allowed), insert) == ""


@pytest.mark.parametrize(
    ("after", "allowed", "insert"),
    [
        (["a", "X", "c", "d"], [], False),
        (["a", "X", "c", "d"], [3], False),
        (["a", "c", "d"], [], False),
        (["a", "c", "d"], [3], False),
        (["a", "X", "d"], [2], False),
        (["a", "b", "c", "d", "new"], [], False),
        (["a", "b", "b2", "c", "d"], [2], False),
        (["b", "a", "c", "d"], [], True),
        ([], [], True),
    ],
)
def test_other_changes_of_lines_are_faults(after, allowed, insert):
    assert changed_lines(BEFORE, after, set(allowed), insert)


def test_the_first_line_that_differs_is_told():
    assert lines_fault(["a", "b"], ["a", "c"]) == "line 2 is 'c', not 'b'"
    assert lines_fault(["a"], ["a", "b"]) == "there are 2 lines, not 1"


def fault(wanted, found, descending=False, numeric=False, ignore_case=True, unique=False):
    return order_fault(
        wanted, found, descending, numeric=numeric, ignore_case=ignore_case, unique=unique
    )


def test_lines_in_order_are_no_fault():
    assert not fault(["b", "A", "c"], ["A", "b", "c"])
    assert not fault(["B", "a"], ["B", "a"])  # by character codes
    assert not fault(["B", "a"], ["a", "B"])  # as in a dictionary
    assert not fault(["10 x", "9 y"], ["9 y", "10 x"], numeric=True)
    assert not fault(["1", "2"], ["2", "1"], descending=True)
    assert not fault(["a", "b", "a"], ["a", "b"], unique=True)


def test_lines_out_of_order_lost_or_added_are_faults():
    assert fault(["b", "a"], ["b", "a"])
    assert fault(["B", "a"], ["a", "B"], ignore_case=False)
    assert fault(["10 x", "9 y"], ["10 x", "9 y"], numeric=True)
    assert "without a number" in fault(["x", "1"], ["1", "x"], numeric=True)
    assert "not those" in fault(["a", "b", "a"], ["a", "b"])
    assert "not those" in fault(["a", "b"], ["a", "c"])
    assert "not those" in fault(["a", "b"], ["a", "b", "b"], unique=True)


def test_text_is_replaced_literally():
    assert replaced_text("a.b aXb", "a.b", r"\1") == r"\1 aXb"
    assert replaced_text("Tea tea teapot", "tea", "x", ignore_case=True) == "x x xpot"
    assert replaced_text("tea teapot", "tea", "x", whole_words=True) == "x teapot"
