"""Spreadsheet formulas in one form, whichever file they come from.

The normal form is what an English Excel shows, without spaces: "=SUM(B2:B8)", "='My sheet'!A1*2",
functions in capitals, arguments separated by ",", numbers without trailing zeros. OpenDocument
files write the same as "of:=SUM([.B2:.B8])".

Source: OpenDocument 1.3 part 4 (OpenFormula), sections 5 and 6.
"""

from __future__ import annotations

import re

from gym_anything.documents.address import (
    Range,
    column_letters,
    column_number,
    parse_range,
    quoted_sheet,
    unquoted_sheet,
)

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"]|"")*")
    |(?P<sheet>\$?(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)
    |(?P<block>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})?(?![\w.(!])
        |\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w.(!])
        |\$?[1-9]\d{0,6}:\$?[1-9]\d{0,6}(?![\w.]))
    |(?P<function>[^\W\d][\w.]*\()
    |(?P<name>[^\W\d][\w.]*)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<space>\s+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_BRACKETED = re.compile(
    r"""(?P<string>"(?:[^"]|"")*")|(?P<reference>\[(?:'(?:[^']|'')*'|[^\]'])*\])|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_POINT = re.compile(r"(?:(?P<sheet>\$?(?:'(?:[^']|'')*'|[^.']*))\.)?(?P<cell>[^.]*)")
_PREFIXES = ("_XLFN.", "_XLWS.", "COM.MICROSOFT.", "ORG.LIBREOFFICE.", "ORG.OPENOFFICE.")
_MICROSOFT = frozenset(
    ("CONCAT", "TEXTJOIN", "IFS", "SWITCH", "MAXIFS", "MINIFS", "FORECAST.LINEAR", "STDEV.S")
)
"""Functions younger than both file formats, which name them with a prefix."""
_MAX_CHARACTERS = 8192  # the longest formula that either application accepts


def normal_formula(text: str) -> str:
    """Bring an A1 formula to the normal form of this module ("=SUM(B2:B8)").

    Args:
        text: a formula with or without its "=".
    """
    parts: list[str] = []
    for match in _TOKEN.finditer(text.removeprefix("=")[:_MAX_CHARACTERS]):
        kind, token = match.lastgroup, match[0]
        if kind == "sheet":
            token = quoted_sheet(unquoted_sheet(token[:-1])) + "!"
        elif kind == "function":
            token = _function(token)
        elif kind in ("block", "name"):
            token = token.upper()
        elif kind == "number":
            token = _plain_number(token)
        elif kind == "space":
            continue
        parts.append(token)
    return "=" + "".join(parts).replace("TRUE()", "TRUE").replace("FALSE()", "FALSE")


def formula_from_opendocument(text: str) -> str:
    """Bring a `table:formula` attribute ("of:=SUM([.B2:.B8])") to the normal form."""
    body = re.sub(r"^[A-Za-z]+:(?==)", "", text[:_MAX_CHARACTERS]).removeprefix("=")
    parts: list[str] = []
    braces = 0
    for match in _BRACKETED.finditer(body):
        token = match[0]
        if match["reference"]:
            token = range_from_opendocument(token[1:-1])
        elif not match["string"]:
            braces += (token == "{") - (token == "}")
            token = _separator(token, braces > 0)
        parts.append(token)
    return normal_formula("".join(parts))


def range_from_opendocument(text: str) -> str:
    """Turn ".B2:.B8" or "$Sheet1.A1:.B2" into "B2:B8" or "Sheet1!A1:B2"; "" parts stay away."""
    points = [_point(part) for part in split_outside_quotes(text, ":")]
    sheet = next((sheet for sheet, _ in points if sheet), "")
    block = ":".join(cell for _, cell in points)
    return f"{quoted_sheet(sheet)}!{block}" if sheet else block


def formula_to_opendocument(text: str) -> str:
    """Turn "=SUM(B2:B8)" into the `table:formula` attribute "of:=SUM([.B2:.B8])"."""
    parts: list[str] = []
    sheet = ""
    braces = 0
    for match in _TOKEN.finditer(text.removeprefix("=")):
        kind, token = match.lastgroup, match[0]
        if kind == "sheet":
            sheet = f"${quoted_sheet(unquoted_sheet(token[:-1]))}"
            continue
        if kind == "block":
            first, *rest = token.upper().split(":")
            token = "[" + ":".join([f"{sheet}.{first}", *(f".{cell}" for cell in rest)]) + "]"
        elif kind == "function" and token[:-1].upper() in _MICROSOFT:
            token = f"COM.MICROSOFT.{token.upper()}"
        elif kind == "other":
            braces += (token == "{") - (token == "}")
            within = braces > 0
            token = {",": ";", ";": "|" if within else ";"}.get(token, token)
        sheet = ""
        parts.append(token)
    return "of:=" + "".join(parts)


def formula_to_xlsx(text: str) -> str:
    """Add to a formula the prefixes that .xlsx files ask for; "=IFS(...)" is "=_xlfn.IFS(...)"."""
    parts = ["="]
    for match in _TOKEN.finditer(text.removeprefix("=")):
        young = match.lastgroup == "function" and match[0][:-1].upper() in _MICROSOFT
        parts.append(f"_xlfn.{match[0].upper()}" if young else match[0])
    return "".join(parts)


def functions_of(formula: str) -> frozenset[str]:
    """Names of the functions that a formula calls, in capitals."""
    matches = _TOKEN.finditer(formula)
    return frozenset(_function(m[0])[:-1] for m in matches if m.lastgroup == "function")


def references_of(formula: str) -> tuple[Range, ...]:
    """Blocks of cells that a formula in normal form names directly, in its order."""
    found: list[Range] = []
    sheet = ""
    for match in _TOKEN.finditer(formula):
        if match.lastgroup == "sheet":
            sheet = match[0]
            continue
        if match.lastgroup == "block":
            found.append(parse_range(sheet.removeprefix("$") + match[0]))
        sheet = ""
    return tuple(found)


def names_of(formula: str) -> frozenset[str]:
    """Defined names that a formula in normal form looks at, in capitals."""
    words = (match[0].upper() for match in _TOKEN.finditer(formula) if match.lastgroup == "name")
    return frozenset(words) - {"TRUE", "FALSE"}


def has_reference(formula: str) -> bool:
    """Whether a formula looks at any cell or defined name, so that it is no typed-in constant."""
    return bool(references_of(formula) or names_of(formula))


def relative_formula(formula: str, row: int, column: int) -> str:
    """Rewrite a formula as seen from its cell, so that it reads the same wherever its row moves.

    Args:
        formula: in normal form.
        row: row of the cell, from 1.
        column: column of the cell, from 1.

    Returns:
        The formula with relative references as "R[0]C[-1]"; fixed ones ("$B$1") stay.
    """
    parts = []
    for match in _TOKEN.finditer(formula):
        if match.lastgroup == "block":
            parts.append(":".join(_relative(cell, row, column) for cell in match[0].split(":")))
        else:
            parts.append(match[0])
    return "".join(parts)


def _relative(cell: str, row: int, column: int) -> str:
    match = re.fullmatch(r"(?P<c>\$?[A-Z]+)?(?P<r>\$?\d+)?", cell)
    if match is None:
        return cell
    seen = ""
    if match["r"]:
        seen += match["r"] if match["r"].startswith("$") else f"R[{int(match['r']) - row}]"
    if match["c"]:
        letters = match["c"]
        seen += letters if letters.startswith("$") else f"C[{column_number(letters) - column}]"
    return seen


def _function(token: str) -> str:
    name = token.upper()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _plain_number(token: str) -> str:
    if not re.fullmatch(r"\d*\.\d*", token):
        return token.upper()
    whole, _, fraction = token.partition(".")
    fraction = fraction.rstrip("0")
    return (whole or "0") + (f".{fraction}" if fraction else "")


def _separator(token: str, within_braces: bool) -> str:
    if within_braces:
        return {";": ",", "|": ";"}.get(token, token)
    return {";": ",", "~": ","}.get(token, token)


def _point(text: str) -> tuple[str, str]:
    match = _POINT.fullmatch(text)
    if match is None:
        return "", text
    return unquoted_sheet(match["sheet"] or ""), match["cell"]


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Split a text at a character, but not within the single quotes of a sheet name."""
    parts = [""]
    quoted = False
    for character in text:
        quoted ^= character == "'"
        if character == separator and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def shifted_formula(formula: str, rows: int, columns: int) -> str:
    """Move the relative references of a formula, as copying the cell by that much does.

    Args:
        formula: in normal form.
        rows: how many rows down.
        columns: how many columns to the right.
    """
    parts = []
    for match in _TOKEN.finditer(formula):
        if match.lastgroup == "block":
            parts.append(":".join(_shifted(cell, rows, columns) for cell in match[0].split(":")))
        else:
            parts.append(match[0])
    return "".join(parts)


def _shifted(cell: str, rows: int, columns: int) -> str:
    match = re.fullmatch(r"(?P<c>\$?[A-Z]+)?(?P<r>\$?\d+)?", cell)
    if match is None:
        return cell
    letters, number = match["c"] or "", match["r"] or ""
    if letters and not letters.startswith("$"):
        letters = column_letters(column_number(letters) + columns)
    if number and not number.startswith("$"):
        number = str(int(number) + rows)
    return letters + number
