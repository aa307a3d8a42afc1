"""Styles of vector drawings: colours, lengths, and what a shape inherits. Used by `vector`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree
from PIL import ImageColor

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import number

INHERITED: Mapping[str, str] = {
    "fill": "#000000",
    "fill-opacity": "1",
    "stroke": "none",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "stroke-dasharray": "none",
    "visibility": "visible",
    "font-size": "16px",
    "font-family": "sans-serif",
    "font-weight": "normal",
    "font-style": "normal",
}
"""Properties that children take over, with what they are at first."""
_OWN = ("opacity", "display", "stop-color", "clip-path", "mask", "filter")
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?)\s*([a-z%]*)\s*$")
_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}


def length(text: str, what: str) -> float:
    """A length in pixels of 1/96 inch.

    Raises:
        DocumentError: no length, or one in percent or in letters.
    """
    match = _LENGTH.match(text[:60])
    if match is None or match[2] not in _UNITS:
        raise DocumentError(f"{what}: {text[:40]!r} is not a length")
    return number(match[1], what) * _UNITS[match[2]]


def declared(element: etree._Element) -> dict[str, str]:
    """What an element says of its style, by attributes and by `style`, which wins."""
    found = {
        key: str(element.get(key)).strip()
        for key in (*INHERITED, *_OWN)
        if element.get(key) is not None
    }
    for part in str(element.get("style", "")).split(";"):
        key, colon, value = part.partition(":")
        if colon:
            found[key.strip()] = value.replace("!important", "").strip()
    return found


def inherited(outer: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The inherited properties of an element, given those of its parent."""
    return {key: outer[key] if own.get(key, "inherit") == "inherit" else own[key] for key in outer}


def paint(text: str, stops: Mapping[str, tuple[str, ...]]) -> str:
    """A paint as "none", "#rrggbb", or "gradient(#rrggbb,…)".

    Args:
        text: value of `fill` or `stroke`.
        stops: colours of the gradients, by id; one of a single colour is that colour.

    Raises:
        DocumentError: no paint.
    """
    if text == "none":
        return "none"
    match = re.match(r"url\(\s*[\"']?#([^\"')]+)[\"']?\s*\)", text)
    if match is None:
        return colour(text)
    colours = stops.get(match[1], ())
    return colours[0] if len(colours) == 1 else f"gradient({','.join(colours)})"


def colour(text: str) -> str:
    """A colour as "#rrggbb"; "currentColor" is black. Raises DocumentError."""
    if text.lower() in ("currentcolor", "context-fill", "context-stroke"):
        return "#000000"
    try:
        red, green, blue = ImageColor.getrgb(text[:60])[:3]
    except ValueError as error:
        raise DocumentError(f"colour: {text[:40]!r} is none") from error
    return f"#{red:02x}{green:02x}{blue:02x}"


def same_paint(left: str, right: str, tolerance: int = 2) -> bool:
    """Whether two paints are the same, each channel of a colour within a tolerance of 0 to 255."""
    if not (re.fullmatch(r"#[0-9a-f]{6}", left) and re.fullmatch(r"#[0-9a-f]{6}", right)):
        return left == right
    pairs = zip(bytes.fromhex(left[1:]), bytes.fromhex(right[1:]), strict=True)
    return all(abs(a - b) <= tolerance for a, b in pairs)


def opacity(text: str) -> float:
    """An opacity from 0 to 1, also in percent. Raises DocumentError."""
    value = number(text.rstrip("%"), "opacity") / (100 if text.endswith("%") else 1)
    return min(max(value, 0.0), 1.0)


def is_bold(weight: str) -> bool:
    """Whether a font weight is bold."""
    return weight in ("bold", "bolder") or (weight.isdigit() and int(weight[:4]) >= 600)
