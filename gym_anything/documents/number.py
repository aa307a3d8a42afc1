"""Numbers by meaning: "1,234.50", "1.234,50 €", "(12.30)" and "12 %" as people write them.

What is ambiguous is decided so: a single "," followed by exactly three digits separates thousands
("1,234" is 1234); a single "." always starts the decimals ("1.234" is a little over one). Pass
`decimal` where the locale is known.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

Number: TypeAlias = int | float | Decimal

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u2002\u2003\u2005\u2006\u200a"), " ")
_SIGNS = {ord("\u2212"): "-", ord("\u2012"): "-", ord("\u2013"): "-", ord("\u2019"): "'"}
_CURRENCY = (
    r"(?:US\$|A\$|C\$|R\$|[$€£¥₹₩₽₺₴₪₫฿]|zł|Kč|Ft|lei|kr\.?|Fr\.?|"
    r"EUR|USD|GBP|CHF|JPY|CNY|INR|PLN|CZK|HUF|RON|SEK|NOK|DKK|CAD|AUD|BRL|MXN|TRY)"
)
_WHOLE = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*{_CURRENCY}?\s*(?P<inner>[+-])?"
    rf"(?P<body>\d[\d,.' ]*|[.,]\d+)(?P<exponent>[eE][+-]?\d{{1,3}})?"
    rf"\s*(?P<percent>%)?\s*{_CURRENCY}?\s*(?P<close>\))?"
)
_MAX_CHARACTERS = 64


def parse_number(value: object, decimal: Literal["", ".", ","] = "") -> Decimal | None:
    """Read a number by its meaning.

    Args:
        value: a number, or text with optional grouping (",", ".", space, apostrophe), currency,
            percent sign (divides by 100), exponent, or parentheses for a negative amount.
        decimal: the decimal separator where it is known; "" guesses as the module says.

    Returns:
        The number, or None where the text is not exactly one finite number (bool is none).
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return exact if exact.is_finite() else None
    if not isinstance(value, str) or len(value) > _MAX_CHARACTERS:
        return None
    match = _WHOLE.fullmatch(value.translate(_SPACES | _SIGNS).strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    if match["sign"] and match["inner"]:
        return None
    digits = _plain_digits(match["body"].strip(), decimal)
    if digits is None:
        return None
    return _assemble(match, digits)


def same_number(left: object, right: object, abs_tol: float = 0.0) -> bool:
    """Whether both are numbers (see `parse_number`) no further apart than `abs_tol`."""
    first, second = parse_number(left), parse_number(right)
    if first is None or second is None:
        return False
    return abs(first - second) <= Decimal(repr(float(abs_tol)))


def _assemble(match: re.Match[str], digits: str) -> Decimal | None:
    try:
        number = Decimal(digits + (match["exponent"] or ""))
    except InvalidOperation:
        return None
    if match["percent"]:
        number /= 100
    signs = [match["sign"] == "-", match["inner"] == "-", bool(match["open"])]
    if sum(signs) > 1:
        return None
    return -number if any(signs) else number


def _plain_digits(body: str, decimal: str) -> str | None:
    """Reduce digits with separators to digits with at most one "."; None if malformed."""
    separator = decimal or _guess_decimal(body)
    whole, found, fraction = body.rpartition(separator) if separator else (body, "", "")
    if not found:
        whole, fraction = body, ""
    if fraction and not fraction.isdigit():
        return None
    groups = re.split(r"[,.' ]", whole)
    marks = set(re.findall(r"[,.' ]", whole))
    if len(marks) > 1 or separator in marks:
        return None
    if marks and not _well_grouped(groups):
        return None
    return ("".join(groups) or "0") + (f".{fraction}" if fraction else "")


def _guess_decimal(body: str) -> str:
    commas, dots = body.count(","), body.count(".")
    if commas and dots:
        return "," if body.rindex(",") > body.rindex(".") else "."
    if dots:
        return "." if dots == 1 else ""
    if commas != 1:
        return ""
    head, tail = body.split(",")
    grouped = len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0")
    return "" if grouped else ","


def _well_grouped(groups: list[str]) -> bool:
    """Thousands, or the Indian system: the last group has three digits, the others two or three."""
    middle = {len(group) for group in groups[1:-1]}
    return 1 <= len(groups[0]) <= 3 and len(groups[-1]) == 3 and middle in (set(), {2}, {3})
