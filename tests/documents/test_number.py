from decimal import Decimal

import pytest

from gym_anything.documents.number import parse_number, same_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", "42"),
        ("42.0", "42"),
        (" 42 ", "42"),
        ("+42", "42"),
        ("42,00 €", "42"),
        ("€ 42.00", "42"),
        ("42 EUR", "42"),
        ("$1,234.50", "1234.50"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("\u22125", "-5"),
        ("1.234,50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1,23,456.5", "123456.5"),
        ("1'234.50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("1\u00a0234", "1234"),
        ("(12.30)", "-12.30"),
        ("($12.30)", "-12.30"),
        ("12 %", "0.12"),
        ("12.5%", "0.125"),
        ("1e3", "1000"),
        ("1.5E-2", "0.015"),
        (".5", "0.5"),
        ("0,5", "0.5"),
        ("0,125", "0.125"),
        ("12,50 zł", "12.5"),
        ("1,234", "1234"),  # ambiguous: thousands
        ("1.234", "1.234"),  # ambiguous: decimals
    ],
)
def test_numbers_are_read_by_meaning(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "1,2,3", "1..2", "--5", "5 apples", "(5", "5)", "1 2", "12 34", "1.2.3,4"]
    + ["1,23.4", "nan", "inf", "-", "€", "%", "1" * 65, "(-5)", "1e9999", "2026-03-04", "10:30"],
)
def test_what_is_not_exactly_one_number_is_none(text):
    assert parse_number(text) is None


@pytest.mark.parametrize("value", [True, False, None, [], float("nan"), float("inf"), b"1"])
def test_values_of_other_types_are_none(value):
    assert parse_number(value) is None


def test_a_known_locale_decides_what_is_ambiguous():
    assert parse_number("1.234", decimal=",") == 1234
    assert parse_number("1,234", decimal=",") == Decimal("1.234")
    assert parse_number("1,234", decimal=".") == 1234


def test_numbers_are_the_same_within_a_tolerance():
    assert same_number("42,00 €", 42)
    assert same_number(0.1 + 0.2, "0.3", abs_tol=1e-9)
    assert not same_number(0.1 + 0.2, "0.3")
    assert not same_number(41, 42, abs_tol=0.5)
    assert not same_number("x", "x")
    assert not same_number(True, 1)
