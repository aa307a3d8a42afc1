"""Writer of notebooks as Xournal++ saves them."""

from __future__ import annotations

import gzip

from lxml import etree
from pydantic import JsonValue

from gym_anything.documents.writers.shape import (
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)

_FAR = 10_000.0
_STYLES = ("plain", "lined", "ruled", "graph", "dotted")
_KEYS = {
    "text": ("kind", "x", "y", "text", "size", "colour"),
    "stroke": ("kind", "tool", "colour", "width", "points"),
}


def write_annotation(content: JsonValue, path: str = "") -> bytes:
    """Write a notebook.

    Args:
        content: {"pages": [{"width", "height" in points, "style", "colour" of paper, "marks"}]}.
            A mark is {"kind": "text", "x", "y": its top left corner, "text", "size", "colour"} or
            {"kind": "stroke", "tool", "colour", "width", "points": [x, y, x, y, …]}. Colours are
            "#rrggbbaa".
        path: not used.

    Raises:
        TaskError: another shape; names the key.
    """
    parts = take_object(content, "annotation", ("pages",))
    root = etree.Element("xournal", creator="Xournal++ 1.1.3", fileversion="4")
    title = etree.SubElement(root, "title")
    title.text = "Xournal++ document - see https://github.com/xournalpp/xournalpp"
    for at, item in enumerate(take_list(parts.get("pages"), "pages")):
        _add_page(root, item, f"pages[{at}]")
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return gzip.compress(data, mtime=0)


def _add_page(root: etree._Element, item: JsonValue, key: str) -> None:
    parts = take_object(item, key, ("width", "height", "style", "colour", "marks"))
    size = {
        name: f"{take_number(parts.get(name), f'{key}.{name}', 10, _FAR):.6f}"
        for name in ("width", "height")
    }
    page = etree.SubElement(root, "page", size)
    style = take_text(parts.get("style", "plain"), f"{key}.style", _STYLES)
    paper = take_text(parts.get("colour", "#ffffffff"), f"{key}.colour")
    etree.SubElement(page, "background", type="solid", color=paper, style=style)
    layer = etree.SubElement(page, "layer")
    for at, mark in enumerate(take_list(parts.get("marks"), f"{key}.marks")):
        where = f"{key}.marks[{at}]"
        kind = mark.get("kind") if isinstance(mark, dict) else None
        if not isinstance(kind, str) or kind not in _KEYS:
            raise wrong(f"{where}.kind", " or ".join(_KEYS), kind)
        made = take_object(mark, where, _KEYS[kind])
        (_add_text if kind == "text" else _add_stroke)(layer, made, where)


def _add_text(layer: etree._Element, parts: dict[str, JsonValue], key: str) -> None:
    places = {
        name: f"{take_number(parts.get(name), f'{key}.{name}', -_FAR, _FAR):.6f}"
        for name in ("x", "y")
    }
    size = take_number(parts.get("size", 12), f"{key}.size", 1, 500)
    shade = take_text(parts.get("colour", "#000000ff"), f"{key}.colour")
    look = {"font": "DejaVu Sans", "size": f"{size:g}", **places, "color": shade}
    etree.SubElement(layer, "text", look).text = take_text(parts.get("text"), f"{key}.text")


def _add_stroke(layer: etree._Element, parts: dict[str, JsonValue], key: str) -> None:
    width = take_number(parts.get("width", 1.41), f"{key}.width", 0.1, 500)
    points = [
        f"{take_number(each, f'{key}.points', -_FAR, _FAR):.6f}"
        for each in take_list(parts.get("points"), f"{key}.points")
    ]
    look = {
        "tool": take_text(parts.get("tool", "pen"), f"{key}.tool", ("pen", "highlighter")),
        "color": take_text(parts.get("colour", "#000000ff"), f"{key}.colour"),
        "width": f"{width:.6f}",
    }
    etree.SubElement(layer, "stroke", look).text = " ".join(points)
