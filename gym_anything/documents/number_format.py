"""How a cell shows its number, by meaning: percent with one decimal, euros, a date.

Two files may spell the same format differently ("0.0%" or a number:percentage-style element), so
both are read into a `NumberFormat`, and writers start from one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class FormatKind(StrEnum):
    """What class of number a cell shows."""

    GENERAL = "general"
    NUMBER = "number"  # a fixed number of decimals, or grouped
    PERCENT = "percent"
    CURRENCY = "currency"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date_time"
    SCIENTIFIC = "scientific"
    FRACTION = "fraction"
    TEXT = "text"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format by meaning.

    Attributes:
        kind: its class.
        decimals: digits after the separator, 0 where the class has none.
        grouped: whether thousands are separated.
        symbol: currency symbol or code such as "€", else "".
        pattern: order of a date or time, lower case without quotes, such as "yyyy-mm-dd".
    """

    kind: FormatKind = FormatKind.GENERAL
    decimals: int = 0
    grouped: bool = False
    symbol: str = ""
    pattern: str = ""


GENERAL = NumberFormat()
_CURRENCY_SIGNS = "$€£¥₹₩₽₺₴₪₫฿¤"
_CURRENCY_WORD = re.compile(
    rf"[{_CURRENCY_SIGNS}]|\b(?:EUR|USD|GBP|CHF|JPY|PLN|SEK|NOK|DKK|CZK)\b|zł|kr|Kč"
)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_BRACKETS = re.compile(r"\[(?![hms]+\])[^\]]*\]", re.IGNORECASE)
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm/dd/yyyy", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    41: "#,##0", 42: '"$"#,##0', 43: "#,##0.00", 44: '"$"#,##0.00',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
}  # fmt: skip
"""ECMA-376 part 1, 18.8.30; 5-8 and 41-44 as an English locale shows them."""


def built_in_code(number_format_id: int) -> str:
    """Code of a format that xlsx files name by number only; "General" where unknown."""
    return _BUILT_IN.get(number_format_id, "General")


def parse_format_code(code: str) -> NumberFormat:
    """Read a format code of Excel ("#,##0.00", "0%", "yyyy-mm-dd", '[$€-407] #,##0.00').

    Only the first section counts (the one for positive numbers).
    """
    if code.strip().lower() in ("", "general", "standard"):
        return GENERAL
    section = _first_section(code[:256])
    symbols = _LOCALE.findall(section)
    literals = [double or single for double, single in _LITERAL.findall(section)]
    bare = _LITERAL.sub("", _BRACKETS.sub("", _LOCALE.sub("", section)))
    symbol = next((text for text in symbols if text), "") or currency_in(
        " ".join([*literals, bare])
    )
    if "@" in bare:
        return NumberFormat(FormatKind.TEXT)
    digits = re.search(r"[#0?]", bare)
    dated = _date_kind(bare)
    if dated is not None and not re.search(r"[#?]", bare):
        unlocalised = _BRACKETS.sub("", _LOCALE.sub("", section))
        pattern = _LITERAL.sub(lambda match: match[1] or match[2] or "", unlocalised)
        return NumberFormat(dated, pattern=pattern.lower().strip())
    if digits is None:
        if re.search(r"true|false|boolean", code, re.IGNORECASE):
            return NumberFormat(FormatKind.BOOLEAN)
        return GENERAL
    return _numeric(bare, symbol)


def currency_in(text: str) -> str:
    """The first currency symbol or code in a text, "" if there is none."""
    match = _CURRENCY_WORD.search(text)
    return match[0] if match else ""


def _numeric(bare: str, symbol: str) -> NumberFormat:
    body = re.search(r"[#0?,][#0?,. ]*", bare)
    text = body[0] if body else bare
    fraction = re.search(r"\.([0#?]+)", text)
    decimals = len(fraction[1]) if fraction else 0
    grouped = bool(re.search(r"[#0],[#0]", text))
    if "%" in bare:
        return NumberFormat(FormatKind.PERCENT, decimals, grouped)
    if re.search(r"E[+-]", bare, re.IGNORECASE):
        return NumberFormat(FormatKind.SCIENTIFIC, decimals)
    if "/" in bare:
        return NumberFormat(FormatKind.FRACTION)
    if symbol:
        return NumberFormat(FormatKind.CURRENCY, decimals, grouped, symbol)
    return NumberFormat(FormatKind.NUMBER, decimals, grouped)


def _first_section(code: str) -> str:
    quoted = False
    for index, character in enumerate(code):
        quoted ^= character == '"'
        if character == ";" and not quoted:
            return code[:index]
    return code


def _date_kind(bare: str) -> FormatKind | None:
    lowered = re.sub(r"am/pm|a/p", "", bare.lower())
    day = bool(re.search(r"[yd]", lowered)) or bool(re.search(r"m{3,}", lowered))
    hour = bool(re.search(r"[hs]", lowered))
    if day:
        return FormatKind.DATE_TIME if hour else FormatKind.DATE
    return FormatKind.TIME if hour else None
