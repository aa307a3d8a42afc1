"""Read notebooks of Xournal++ (.xopp): pages, and the ink, texts and images on them.

    notebook = read_notebook(home.read_bytes("Documents/paper.xopp"))
    notebook.pages[0].texts

A notebook is gzipped XML; unpacking is bounded. Lengths are points of 1/72 inch from the top left
corner of a page.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import Box, Point, number
from gym_anything.documents.safe import UnpackLimits, parse_xml

LIMITS = UnpackLimits(member_bytes=16 << 20, tags=60_000)
MAX_POINTS = 400_000
_GZIP = 31  # zlib's number for a gzip header
_NAMED = {
    "black": "#000000",
    "blue": "#3333cc",
    "red": "#ff0000",
    "green": "#008000",
    "gray": "#808080",
    "lightblue": "#00c0ff",
    "lightgreen": "#00ff00",
    "magenta": "#ff00ff",
    "orange": "#ff8000",
    "yellow": "#ffff00",
    "white": "#ffffff",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a page.

    Attributes:
        kind: "stroke", "text" or "image".
        tool: of a stroke: "pen", "highlighter" or "eraser" (white ink); else "".
        colour: "#rrggbb", "" of an image.
        alpha: of the colour, 0 to 1.
        width: of a stroke.
        points: of a stroke its path, of a text its top left corner, of an image two corners.
        text: of a text, its lines trimmed.
        size: of a text's font.
        font: its name.
        fill: alpha that a stroke's inside is filled with, 0 if it is not.
        dashed: whether a stroke is.
        content: what an image shows, in a few letters.
        layer: number of its layer, from 0.
    """

    kind: str
    colour: str
    points: tuple[Point, ...]
    layer: int
    tool: str = ""
    alpha: float = 1.0
    width: float = 0.0
    text: str = ""
    size: float = 0.0
    font: str = ""
    fill: float = 0.0
    dashed: bool = False
    content: str = ""

    @property
    def box(self) -> Box:
        """What its points cover."""
        xs, ys = zip(*self.points, strict=True)
        return (min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        width: in points.
        height: in points.
        style: of its paper: "plain", "lined", "graph", "dotted", "ruled" …, "pdf" or "image".
        colour: of its paper, "#rrggbb"; "" of a PDF or image.
        layers: how many.
        marks: in the order they are painted.
    """

    width: float
    height: float
    style: str
    colour: str
    layers: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook."""

    pages: tuple[Page, ...]


def read_notebook(data: bytes) -> Notebook:
    """Read a notebook.

    Raises:
        DocumentError: no notebook, too large, or a number or colour that makes no sense.
    """
    root = parse_xml(unpacked(data), "notebook", LIMITS)
    if root.tag != "xournal":
        raise DocumentError("it is no notebook of Xournal++")
    if data.count(b" ") > MAX_POINTS * 4:
        raise DocumentError("too many points")
    return Notebook(tuple(_page(page) for page in root.iterfind("page")))


def unpacked(data: bytes) -> bytes:
    """The XML of a notebook, bounded. Raises DocumentError."""
    if data[:2] != b"\x1f\x8b":
        return data  # Xournal++ reads plain XML as well
    unpacker = zlib.decompressobj(_GZIP)
    try:
        found = unpacker.decompress(data, LIMITS.member_bytes + 1)
    except zlib.error as error:
        raise DocumentError(f"not a readable gzip file: {error}") from error
    if len(found) > LIMITS.member_bytes:
        raise DocumentError(f"unpacks to more than {LIMITS.member_bytes} bytes")
    if not unpacker.eof:
        raise DocumentError("the gzip file is cut off")
    return found


def _page(page: etree._Element) -> Page:
    paper = page.find("background")
    kind = "" if paper is None else str(paper.get("type", ""))
    solid = paper is not None and kind == "solid"
    marks = [
        mark
        for layer, element in enumerate(page.iterfind("layer"))
        for mark in _marks(element, layer)
    ]
    return Page(
        width=number(str(page.get("width", "")), "width of a page"),
        height=number(str(page.get("height", "")), "height of a page"),
        style=str(paper.get("style", "plain")) if paper is not None and solid else kind,
        colour=colour(str(paper.get("color", "white")))[0] if paper is not None and solid else "",
        layers=len(page.findall("layer")),
        marks=tuple(marks),
    )


def _marks(element: etree._Element, layer: int) -> list[Mark]:
    found = []
    for child in element:
        match child.tag:
            case "stroke":
                found.append(_stroke(child, layer))
            case "text":
                found.append(_text(child, layer))
            case "image" | "teximage":
                found.append(_image(child, layer))
    return found


def _numbers(text: str, what: str) -> list[float]:
    words = text.split()
    if len(words) > MAX_POINTS:
        raise DocumentError(f"{what}: more than {MAX_POINTS} numbers")
    return [number(word, what) for word in words]


def _stroke(element: etree._Element, layer: int) -> Mark:
    values = _numbers(str(element.text or ""), "stroke")
    points = tuple(zip(values[::2], values[1::2], strict=False))
    widths = _numbers(str(element.get("width", "1")), "width of a stroke")
    if not points or not widths:
        raise DocumentError("a stroke without points or width")
    shade, alpha = colour(str(element.get("color", "black")))
    tool = str(element.get("tool", "pen"))
    return Mark(
        kind="stroke",
        tool=tool,
        colour=shade,
        alpha=alpha,
        width=widths[0],
        points=points,
        layer=layer,
        fill=max(0.0, number(str(element.get("fill", "0")), "fill")) / 255,
        dashed=element.get("style", "plain") != "plain",
    )


def _text(element: etree._Element, layer: int) -> Mark:
    shade, alpha = colour(str(element.get("color", "black")))
    x, y = (number(str(element.get(key, "0")), key) for key in ("x", "y"))
    lines = str(element.text or "").split("\n")
    return Mark(
        kind="text",
        colour=shade,
        alpha=alpha,
        points=((x, y),),
        layer=layer,
        text="\n".join(line.rstrip() for line in lines).rstrip("\n"),
        size=number(str(element.get("size", "12")), "size of a text"),
        font=str(element.get("font", "")),
    )


def _image(element: etree._Element, layer: int) -> Mark:
    left, top, right, bottom = (
        number(str(element.get(key, "0")), key) for key in ("left", "top", "right", "bottom")
    )
    shown = hashlib.sha256("".join(str(element.text or "").split()).encode()).hexdigest()[:12]
    return Mark("image", "", ((left, top), (right, bottom)), layer, content=shown)


def colour(text: str) -> tuple[str, float]:
    """A colour "#rrggbbaa" or by name, as "#rrggbb" and its alpha. Raises DocumentError."""
    known = _NAMED.get(text)
    if known is not None:
        return known, 1.0
    try:
        red, green, blue, alpha = bytes.fromhex(text.removeprefix("#"))
    except ValueError as error:
        raise DocumentError(f"colour: {text[:40]!r} is none") from error
    return f"#{red:02x}{green:02x}{blue:02x}", alpha / 255
