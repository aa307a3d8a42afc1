"""Records of a drawing, and how an SVG element becomes a shape. Used by `vector`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from gym_anything.documents import outline as path_data
from gym_anything.documents import vector_style as style
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import Box, Matrix, Outline, Point, Segment

_SVG = "{http://www.w3.org/2000/svg}"
_INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
_SODIPODI = "{http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd}"
_HREFS = ("{http://www.w3.org/1999/xlink}href", "href")
MAX_TEXT = 20_000
Stops = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn; lengths are pixels of the page, 96 to an inch.

    Attributes:
        id: of the element, "" if it has none.
        label: as the object is called in the application.
        kind: "rect", "ellipse" (circles too), "line", "polygon", "path", "text", "image", "use".
        outline: where it runs; of a text its baseline's start, one em along and one em up.
        fill: "none", "#rrggbb", "gradient(…)", or "mixed" of a text in several.
        stroke: the same.
        stroke_width: 0 without a stroke.
        opacity: of the whole, those of its groups multiplied in.
        fill_opacity: of the fill alone.
        dashed: whether its stroke is.
        text: lines of a text.
        font_size: of a text, else 0.
        bold: whether all of a text is.
        layer: label of the innermost layer.
        groups: ids of its groups that are no layers, outermost first.
        visible: whether it is shown.
        effects: clip, mask and filter, and what an image shows.
    """

    id: str
    label: str
    kind: str
    outline: Outline
    fill: str
    stroke: str
    stroke_width: float
    opacity: float
    fill_opacity: float
    dashed: bool
    text: str
    font_size: float
    bold: bool
    layer: str
    groups: tuple[str, ...]
    visible: bool
    effects: str

    @property
    def box(self) -> Box | None:
        """What its outline covers, without the width of the stroke."""
        return self.outline.box

    @property
    def visual_box(self) -> Box | None:
        """What it covers with its stroke, corners taken as square."""
        if self.box is None:
            return None
        left, top, right, bottom = self.box
        half = self.stroke_width / 2
        return (left - half, top - half, right + half, bottom + half)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer, by the label that the application shows."""

    label: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing.

    Attributes:
        width: of the page, in pixels of 1/96 inch.
        height: the same.
        shapes: in the order they are painted, the lowest first.
        layers: the lowest first.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    layers: tuple[Layer, ...]

    def shape(self, shape_id: str) -> Shape:
        """The shape of an id. Raises DocumentError unless there is exactly one."""
        found = [shape for shape in self.shapes if shape.id == shape_id]
        if len(found) != 1:
            raise DocumentError(f"{len(found)} shapes have the id {shape_id!r}, not 1")
        return found[0]


@dataclass(frozen=True, slots=True)
class Place:
    """What an element inherits."""

    matrix: Matrix
    style: Mapping[str, str]
    opacity: float = 1.0
    layer: str = ""
    groups: tuple[str, ...] = ()
    visible: bool = True
    effects: str = ""
    clones: tuple[str, ...] = ()


def link_of(element: etree._Element) -> str:
    """What an element refers to, without "#"."""
    found = next((str(element.get(key)) for key in _HREFS if element.get(key)), "")
    return found.removeprefix("#")


def kind_of(tag: str) -> str:
    """The kind of a shape, by its element."""
    kinds = {"circle": "ellipse", "polyline": "polygon"}
    return kinds.get(tag, tag)


def union(boxes: list[Box | None]) -> Box | None:
    """The box around boxes, None without any."""
    there = [box for box in boxes if box is not None]
    if not there:
        return None
    lefts, tops, rights, bottoms = zip(*there, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def segments_of(element: etree._Element, tag: str) -> list[Segment]:
    """Where an element that is no text runs, before any map. Raises DocumentError."""
    match tag:
        case "rect" | "image":
            x, y, width, height = _lengths(element, "x", "y", "width", "height")
            rx, ry = _lengths(element, "rx", "ry")
            if width <= 0 or height <= 0:
                return []
            return path_data.rectangle((x, y, x + width, y + height), rx or ry, ry or rx)
        case "circle":
            x, y, radius = _lengths(element, "cx", "cy", "r")
            return path_data.ellipse(x, y, radius, radius) if radius > 0 else []
        case "ellipse":
            x, y, rx, ry = _lengths(element, "cx", "cy", "rx", "ry")
            return path_data.ellipse(x, y, rx, ry) if rx > 0 and ry > 0 else []
        case "line":
            a, b, c, d = _lengths(element, "x1", "y1", "x2", "y2")
            return path_data.polygon([(a, b), (c, d)], closed=False)
        case "polygon" | "polyline":
            words = str(element.get("points", "")).replace(",", " ").split()
            if len(words) > path_data.MAX_SEGMENTS:
                raise DocumentError("points: too many")
            values = [path_data.number(word, "points") for word in words]
            return path_data.polygon(_pairs(values), closed=tag == "polygon")
    return path_data.read_path(str(element.get("d", "")))


def _pairs(values: list[float]) -> list[Point]:
    return list(zip(values[::2], values[1::2], strict=False))


def _lengths(element: etree._Element, *keys: str) -> list[float]:
    def of(key: str) -> float:
        text = str(element.get(key, "0")).strip()
        return 0.0 if text == "auto" else style.length(text, key)

    return [of(key) for key in keys]


def made(
    element: etree._Element,
    kind: str,
    found: Outline,
    place: Place,
    stops: Stops,
) -> Shape:
    """A shape of an element that is no text. Raises DocumentError."""
    look = place.style
    stroke = style.paint(look["stroke"], stops)
    width = style.length(look["stroke-width"], "stroke-width") * path_data.scale_of(place.matrix)
    return Shape(
        id=str(element.get("id", "")),
        label=str(element.get(f"{_INKSCAPE}label", "")),
        kind=kind,
        outline=found,
        fill=style.paint(look["fill"], stops),
        stroke=stroke,
        stroke_width=0.0 if stroke == "none" else width,
        opacity=place.opacity,
        fill_opacity=style.opacity(look["fill-opacity"]),
        dashed=look["stroke-dasharray"] not in ("none", "0", ""),
        text="",
        font_size=0.0,
        bold=False,
        layer=place.layer,
        groups=place.groups,
        visible=place.visible and look["visibility"] == "visible",
        effects=place.effects,
    )


def made_text(element: etree._Element, place: Place, stops: Stops) -> Shape:
    """A shape of a text: lines of its spans that are lines, and one look if it has one.

    Raises:
        DocumentError: a value makes no sense, or it is longer than `MAX_TEXT`.
    """
    lines = _lines(element)
    runs = [run for run in _runs(element, place.style) if run[0].strip()]
    looks = [look for _, look in runs] or [dict(place.style)]
    size = style.length(looks[0]["font-size"], "font-size")
    spans = [element, *element.iter(f"{_SVG}tspan")]
    x, y = _first_number(spans, "x"), _first_number(spans, "y")
    marks = [(x, y), (x + size, y), (x, y - size)]
    points = tuple(path_data.apply(place.matrix, mark) for mark in marks)
    shape = made(element, "text", Outline(points, (*points[0], *points[0])), place, stops)
    fills = {style.paint(look["fill"], stops) for look in looks}
    return replace(
        shape,
        fill=fills.pop() if len(fills) == 1 else "mixed",
        text="\n".join(lines),
        font_size=size * path_data.scale_of(place.matrix),
        bold=all(style.is_bold(look["font-weight"]) for look in looks),
    )


def _lines(element: etree._Element) -> list[str]:
    spans = [
        span for span in element.iter(f"{_SVG}tspan") if span.get(f"{_SODIPODI}role") == "line"
    ]
    texts = ["".join(map(str, span.itertext())) for span in (spans or [element])]
    if sum(map(len, texts)) > MAX_TEXT:
        raise DocumentError(f"a text of more than {MAX_TEXT} letters")
    return [" ".join(text.split()) for text in texts]


def _runs(element: etree._Element, look: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
    found: list[tuple[str, Mapping[str, str]]] = [(str(element.text or ""), look)]
    for child in element:
        found += _runs(child, style.inherited(look, style.declared(child)))
        found.append((str(child.tail or ""), look))
    return found


def _first_number(spans: list[etree._Element], key: str) -> float:
    """The first coordinate of the innermost leading span that has one."""
    texts = [str(span.get(key)) for span in spans[:2] if span.get(key)]
    words = texts[-1].replace(",", " ").split() if texts else []
    return style.length(words[0], key) if words else 0.0
