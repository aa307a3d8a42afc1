"""Cell styles of Office Open XML spreadsheets.

Source: ECMA-376 part 1, 18.8 (styles) and 20.1.6 (theme colours).
"""

from __future__ import annotations

import re
from typing import TypeVar

from lxml import etree

from gym_anything.documents.number_format import (
    GENERAL,
    NumberFormat,
    built_in_code,
    parse_format_code,
)
from gym_anything.documents.ods_styles import plain_colour
from gym_anything.documents.workbook import PLAIN, Style

_PALETTE = (
    "000000 ffffff ff0000 00ff00 0000ff ffff00 ff00ff 00ffff "
    "000000 ffffff ff0000 00ff00 0000ff ffff00 ff00ff 00ffff "
    "800000 008000 000080 808000 800080 008080 c0c0c0 808080 "
    "9999ff 993366 ffffcc ccffff 660066 ff8080 0066cc ccccff "
    "000080 ff00ff ffff00 00ffff 800080 800000 008080 0000ff "
    "00ccff ccffff ccffcc ffff99 99ccff ff99cc cc99ff ffcc99 "
    "3366ff 33cccc 99cc00 ffcc00 ff9900 ff6600 666699 969696 "
    "003366 339966 003300 333300 993300 993366 333399 333333"
)
_INDEXED = re.findall(r"\w+", _PALETTE)
_THEME_ORDER = (
    "lt1",
    "dk1",
    "lt2",
    "dk2",
    *(f"accent{n}" for n in range(1, 7)),
    "hlink",
    "folHlink",
)
_Item = TypeVar("_Item")
_ALIGN = ("left", "center", "right", "justify")


def local_name(element: etree._Element) -> str:
    """Tag without its namespace: transitional and strict files differ in it."""
    return str(etree.QName(element).localname)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """First child of a local name, None if there is none."""
    if element is None:
        return None
    return next((each for each in element if local_name(each) == name), None)


def members_of(element: etree._Element | None, group: str, name: str) -> list[etree._Element]:
    """Children called `name` of the child called `group`."""
    parent = child(element, group)
    return [] if parent is None else [each for each in parent if local_name(each) == name]


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of an attribute, `default` if it is none."""
    return int(text) if text is not None and re.fullmatch(r"\d{1,9}", text) else default


def truth(text: str | None, default: bool = False) -> bool:
    """An xsd:boolean of an attribute."""
    return default if text is None else text in ("1", "true", "on")


def theme_colours(theme: etree._Element | None) -> tuple[str, ...]:
    """Colours of a theme in the order that theme="n" counts them."""
    if theme is None:
        return ()
    scheme = child(child(theme, "themeElements"), "clrScheme")
    found = {}
    for entry in scheme if scheme is not None else ():
        for colour in entry:
            found[local_name(entry)] = str(colour.get("lastClr") or colour.get("val") or "")
    return tuple(found.get(name, "").lower() for name in _THEME_ORDER)


def cell_styles(root: etree._Element | None, theme: tuple[str, ...]) -> tuple[Style, ...]:
    """The looks that the s attribute of a cell counts.

    Args:
        root: styles.xml, None for a file without one.
        theme: from `theme_colours`.
    """
    if root is None:
        return (PLAIN,)
    fonts = [_font(font, theme) for font in members_of(root, "fonts", "font")]
    fills = [_fill(fill, theme) for fill in members_of(root, "fills", "fill")]
    codes = {
        whole(each.get("numFmtId")): str(each.get("formatCode", ""))
        for each in members_of(root, "numFmts", "numFmt")
    }
    styles = []
    for xf in members_of(root, "cellXfs", "xf"):
        bold, italic, underline, colour = _pick(fonts, xf.get("fontId"), (False, False, False, ""))
        number = whole(xf.get("numFmtId"))
        alignment = child(xf, "alignment")
        horizontal = str(alignment.get("horizontal", "")) if alignment is not None else ""
        styles.append(
            Style(
                bold=bold,
                italic=italic,
                underline=underline,
                background=_pick(fills, xf.get("fillId"), ""),
                font_colour=colour,
                align=horizontal if horizontal in _ALIGN else "",
                wrap=alignment is not None and truth(alignment.get("wrapText")),
                format=_format(number, codes),
            )
        )
    return tuple(styles) or (PLAIN,)


def _pick(items: list[_Item], index: str | None, default: _Item) -> _Item:
    at = whole(index)
    return items[at] if at < len(items) else default


def _format(number: int, codes: dict[int, str]) -> NumberFormat:
    if number == 0 and 0 not in codes:
        return GENERAL
    return parse_format_code(codes.get(number) or built_in_code(number))


def _font(font: etree._Element, theme: tuple[str, ...]) -> tuple[bool, bool, bool, str]:
    def switched(name: str) -> bool:
        element = child(font, name)
        return element is not None and truth(element.get("val"), default=True)

    line = child(font, "u")
    underline = line is not None and line.get("val", "single") != "none"
    return (
        switched("b"),
        switched("i"),
        underline,
        plain_colour(_colour(child(font, "color"), theme)),
    )


def _fill(fill: etree._Element, theme: tuple[str, ...]) -> str:
    pattern = child(fill, "patternFill")
    if pattern is None or pattern.get("patternType", "none") == "none":
        return ""
    return _colour(child(pattern, "fgColor"), theme)


def _colour(element: etree._Element | None, theme: tuple[str, ...]) -> str:
    """A colour as "#rrggbb", "" for automatic or unknown."""
    if element is None or truth(element.get("auto")):
        return ""
    rgb = str(element.get("rgb", ""))
    if re.fullmatch(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}", rgb):
        return f"#{rgb[-6:].lower()}"
    indexed = element.get("indexed")
    if indexed is not None:
        at = whole(indexed)
        return f"#{_INDEXED[at]}" if at < len(_INDEXED) else ""
    at = whole(element.get("theme"), default=len(theme))
    if at >= len(theme) or not re.fullmatch(r"[0-9a-f]{6}", theme[at]):
        return ""
    return _tinted(theme[at], str(element.get("tint", "0")))


def _tinted(colour: str, tint: str) -> str:
    """Lighten (0 to 1) or darken (-1 to 0); in RGB, close to the HLS of the specification."""
    try:
        amount = max(-1.0, min(1.0, float(tint)))
    except ValueError:
        amount = 0.0
    channels = [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
    towards = 255 if amount > 0 else 0
    mixed = [round(value + (towards - value) * abs(amount)) for value in channels]
    return "#" + "".join(f"{value:02x}" for value in mixed)
