"""Mutations of SVG drawings: one shape recoloured, moved, scaled, hidden, deleted, reordered."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from functools import partial

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import Box
from gym_anything.documents.safe import parse_xml
from gym_anything.documents.vector import LIMITS, read_drawing
from gym_anything.documents.vector_style import declared
from gym_anything.mutation.base import Mutation

SUFFIXES = (".svg",)
_SVG = "{http://www.w3.org/2000/svg}"
_INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
_DRAWN = ("rect", "ellipse", "circle", "path", "text", "polygon")
_COLOURS = ("#123456", "#00ffcc", "#cc3300")
_MOVE_PX = 15
_SHAPES_EACH = 8  # of those in the file, so that a large one does not take for ever


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Drawings that differ to the eye from this one.

    Args:
        data: an SVG; one that cannot be read gives none.
        rng: chooses shapes and colours.
    """
    try:
        root, drawing = parse_xml(data, "drawing", LIMITS), read_drawing(data)
    except DocumentError:
        return
    boxes = {shape.id: shape.box for shape in drawing.shapes}
    ids = [
        str(element.get("id"))
        for element in root.iter(*(f"{_SVG}{tag}" for tag in _DRAWN))
        if element.get("id") in boxes
    ]
    for shape_id in rng.sample(ids, min(_SHAPES_EACH, len(ids))):
        yield from _of_shape(root, shape_id, rng)
    yield from _swapped(root, ids, boxes)
    yield from _of_page(root, drawing.width)
    yield Mutation("cut off in the middle", data[: len(data) // 2])
    yield Mutation("emptied", b"")


def _of_shape(root: etree._Element, shape_id: str, rng: random.Random) -> Iterator[Mutation]:
    colour = rng.choice(_COLOURS)
    changes: list[tuple[str, Callable[[etree._Element], None]]] = [
        (f"moved {_MOVE_PX} px to the right", lambda each: _map(each, f"translate({_MOVE_PX},0)")),
        (f"moved {_MOVE_PX} px down", lambda each: _map(each, f"translate(0,{_MOVE_PX})")),
        ("half as large", lambda each: _map(each, "scale(0.5)")),
        ("turned", lambda each: _map(each, "rotate(30)")),
        ("half transparent", lambda each: _restyle(each, "opacity", "0.4")),
        ("hidden", lambda each: _restyle(each, "display", "none")),
        ("deleted", _delete),
        ("copied beside itself", _copy),
    ]
    style = declared(_element(root, shape_id))
    for key in ("fill", "stroke"):
        if style.get(key, "none") not in ("none", colour):
            changes.append((f"{key} {colour}", partial(_restyle, key=key, value=colour)))
            changes.append((f"{key} none", partial(_restyle, key=key, value="none")))
    if _element(root, shape_id).tag == f"{_SVG}text":
        changes.append(("another letter in it", _misspell))
        changes.append(("twice as large a font", lambda each: _restyle(each, "font-size", "60px")))
    for name, change in changes:
        yield Mutation(f"{shape_id}: {name}", _changed(root, shape_id, change))


def _changed(
    root: etree._Element, shape_id: str, change: Callable[[etree._Element], None]
) -> bytes:
    made = copy.deepcopy(root)
    change(_element(made, shape_id))
    return _bytes(made)


def _element(root: etree._Element, shape_id: str) -> etree._Element:
    return next(each for each in root.iter("*") if each.get("id") == shape_id)


def _map(element: etree._Element, transform: str) -> None:
    element.set("transform", f"{transform} {element.get('transform', '')}".strip())


def _restyle(element: etree._Element, key: str, value: str) -> None:
    for each in (element, *element.iter(f"{_SVG}tspan")):
        if each is element or key in declared(each):
            style = {**declared(each), key: value}
            each.set("style", ";".join(f"{name}:{said}" for name, said in style.items()))


def _delete(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _copy(element: etree._Element) -> None:
    made = copy.deepcopy(element)
    made.set("id", f"{element.get('id')}-copy")
    _map(made, f"translate({_MOVE_PX},{_MOVE_PX})")
    element.addnext(made)


def _misspell(element: etree._Element) -> None:
    for each in element.iter("*"):
        if each.text and each.text.strip():
            last = each.text[-1]
            each.text = each.text[:-1] + ("x" if last != "x" else "y")
            return


def _swapped(
    root: etree._Element, ids: list[str], boxes: dict[str, Box | None]
) -> Iterator[Mutation]:
    """Two filled neighbours in the order of painting that overlap, swapped."""
    found = 0
    for shape_id in ids:
        element = _element(root, shape_id)
        above = element.getnext()
        if above is None or above.get("id") not in ids or found == _SHAPES_EACH:
            continue
        other = str(above.get("id"))
        filled = all(declared(each).get("fill", "none") != "none" for each in (element, above))
        if filled and _overlap(boxes[shape_id], boxes[other]):
            found += 1
            yield Mutation(f"{other} below {shape_id}", _changed(root, shape_id, _raise))


def _raise(element: etree._Element) -> None:
    above = element.getnext()
    if above is not None:
        above.addnext(element)


def _overlap(left: Box | None, right: Box | None) -> bool:
    if left is None or right is None:
        return False
    wide = min(left[2], right[2]) - max(left[0], right[0])
    high = min(left[3], right[3]) - max(left[1], right[1])
    return wide > 1 and high > 1


def _of_page(root: etree._Element, width: float) -> Iterator[Mutation]:
    made = copy.deepcopy(root)
    made.set("width", f"{width * 1.2:g}")
    yield Mutation("the page wider", _bytes(made))
    for layer in root.iter(f"{_SVG}g"):
        if layer.get(f"{_INKSCAPE}groupmode") == "layer" and len(layer):
            name = str(layer.get("id"))
            yield Mutation(
                f"layer {name} hidden",
                _changed(root, name, lambda each: _restyle(each, "display", "none")),
            )
            yield Mutation(f"layer {name} deleted", _changed(root, name, _delete))


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same drawing in other bytes.

    Args:
        data: an SVG; one that cannot be read gives none.
        rng: not used.
    """
    try:
        root = parse_xml(data, "drawing", LIMITS)
    except DocumentError:
        return
    yield Mutation("without a declaration", etree.tostring(root, encoding="unicode").encode())
    commented = copy.deepcopy(root)
    commented.insert(0, etree.Comment(" proof "))
    etree.SubElement(commented, f"{_SVG}metadata", id="metadata-added")
    commented.set(f"{_INKSCAPE}version", "1.3")
    yield Mutation("with other metadata", _bytes(commented))
    viewed = copy.deepcopy(root)
    for each in viewed.iter("*"):
        if each.get(f"{_INKSCAPE}zoom") is not None:
            each.set(f"{_INKSCAPE}zoom", "0.5")
    yield Mutation("at another zoom", _bytes(viewed))
    styled = copy.deepcopy(root)
    for each in styled.iter("*"):
        if each.get("style"):
            parts = [part for part in str(each.get("style")).split(";") if part.strip()]
            each.set("style", "; ".join(reversed(parts)) + ";")
    yield Mutation("styles in another order", _bytes(styled))


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
