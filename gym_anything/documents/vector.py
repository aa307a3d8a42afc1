"""Read SVG drawings as what is seen: shapes in their order, in pixels of the page.

    drawing = read_drawing(home.read_bytes("Documents/plan.svg"))
    drawing.shape("room-4").box

All transforms, the view box and inherited styles are applied. Sizes and numbers are bounded.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from lxml import etree

from gym_anything.documents import outline as path_data
from gym_anything.documents import vector_style as style
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import Matrix, Outline
from gym_anything.documents.safe import UnpackLimits, parse_xml
from gym_anything.documents.vector_shapes import (
    Drawing,
    Layer,
    Place,
    Shape,
    kind_of,
    link_of,
    made,
    made_text,
    segments_of,
    union,
)

LIMITS = UnpackLimits(member_bytes=8 << 20, tags=60_000)
MAX_SHAPES = 5_000
_SVG = "{http://www.w3.org/2000/svg}"
_INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
_SHAPES = frozenset(
    ("rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "image", "use")
)
_MAX_CLONES = 200


def read_drawing(data: bytes) -> Drawing:
    """Read an SVG.

    Raises:
        DocumentError: no SVG, too large, or a number, length, colour or path that makes no sense.
    """
    root = parse_xml(data, "drawing", LIMITS)
    if root.tag != f"{_SVG}svg":
        raise DocumentError("the drawing is no SVG")
    reader = _Reader(root)
    width, height, matrix = _page(root)
    own = style.declared(root)
    reader.read_children(root, Place(matrix, style.inherited(style.INHERITED, own)))
    return Drawing(width, height, tuple(reader.shapes), tuple(reader.layers))


def _page(root: etree._Element) -> tuple[float, float, Matrix]:
    """Width and height, and the map from the view box to the page."""
    box = [path_data.number(part, "viewBox") for part in _words(root.get("viewBox", ""))]
    if box and (len(box) != 4 or box[2] <= 0 or box[3] <= 0):
        raise DocumentError("viewBox: it is not four numbers of a box")
    sizes = []
    for at, key in enumerate(("width", "height")):
        text = root.get(key, "100%")
        if text == "100%":
            sizes.append(box[2 + at] if box else 100.0)
        else:
            sizes.append(style.length(text, key))
    width, height = sizes
    if not box:
        return width, height, path_data.IDENTITY
    x, y = width / box[2], height / box[3]
    if root.get("preserveAspectRatio", "").strip() != "none":
        x = y = min(x, y)
    left, top = (width - x * box[2]) / 2, (height - y * box[3]) / 2
    return width, height, (x, 0, 0, y, left - x * box[0], top - y * box[1])


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


@dataclass
class _Reader:
    """Walks a drawing and gathers its shapes."""

    root: etree._Element
    shapes: list[Shape] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    clones: int = 0

    def __post_init__(self) -> None:
        self.by_id = {str(element.get("id")): element for element in self.root.iter("*")}
        self.stops = {
            key: self._stops(element, ())
            for key, element in self.by_id.items()
            if str(element.tag).endswith("Gradient")
        }

    def _stops(self, element: etree._Element, seen: tuple[str, ...]) -> tuple[str, ...]:
        own = [style.declared(stop).get("stop-color", "#000000") for stop in element]
        if own:
            return tuple(style.colour(each) for each in own[:100])
        link = link_of(element)
        if link in seen or len(seen) > 8 or link not in self.by_id:
            return ()
        return self._stops(self.by_id[link], (*seen, link))

    def read_children(self, parent: etree._Element, place: Place) -> None:
        for element in parent:
            tag = str(element.tag).removeprefix(_SVG)
            if tag in ("g", "a", "switch", "svg"):
                self._group(element, self._inside(element, place))
            elif tag in _SHAPES:
                self._shape(element, tag, self._inside(element, place))

    def _inside(self, element: etree._Element, place: Place) -> Place:
        own = style.declared(element)
        effects = [f"{key} {own[key]}" for key in ("clip-path", "mask", "filter") if key in own]
        matrix = path_data.read_transform(element.get("transform", ""))
        return replace(
            place,
            matrix=path_data.multiply(place.matrix, matrix),
            style=style.inherited(place.style, own),
            opacity=place.opacity * style.opacity(own.get("opacity", "1")),
            visible=place.visible and own.get("display") != "none",
            effects=" ".join([place.effects, *effects]).strip(),
        )

    def _group(self, element: etree._Element, place: Place) -> None:
        name = str(element.get("id", ""))
        layer, groups = place.layer, (*place.groups, name)
        if element.get(f"{_INKSCAPE}groupmode") == "layer":
            layer, groups = str(element.get(f"{_INKSCAPE}label", name)), place.groups
            self.layers.append(Layer(layer, place.visible))
        self.read_children(element, replace(place, layer=layer, groups=groups))

    def _shape(self, element: etree._Element, tag: str, place: Place) -> None:
        if len(self.shapes) >= MAX_SHAPES:
            raise DocumentError(f"more than {MAX_SHAPES} shapes")
        if tag == "use":
            self._clone(element, place)
            return
        if tag == "text":
            self.shapes.append(made_text(element, place, self.stops))
            return
        found = path_data.outline(segments_of(element, tag), place.matrix)
        shown = f" {_digest(element)}" if tag == "image" else ""
        inner = replace(place, effects=place.effects + shown)
        self.shapes.append(made(element, kind_of(tag), found, inner, self.stops))

    def _clone(self, element: etree._Element, place: Place) -> None:
        self.clones += 1
        link = link_of(element)
        if self.clones > _MAX_CLONES or link in place.clones or link not in self.by_id:
            raise DocumentError(f"a clone of {link!r} cannot be followed")
        x, y = (style.length(element.get(key, "0"), key) for key in ("x", "y"))
        matrix = path_data.multiply(place.matrix, (1, 0, 0, 1, x, y))
        source = self.by_id[link]
        inner = replace(place, matrix=matrix, clones=(*place.clones, link))
        before = len(self.shapes)
        tag = str(source.tag).removeprefix(_SVG)
        if tag in _SHAPES:
            self._shape(source, tag, self._inside(source, inner))
        elif tag in ("g", "symbol"):
            self.read_children(source, self._inside(source, inner))
        copies, self.shapes[before:] = self.shapes[before:], []
        points = tuple(point for copy in copies for point in copy.outline.points)
        found = Outline(points, union([copy.box for copy in copies]))
        self.shapes.append(made(element, "use", found, place, self.stops))


def _digest(element: etree._Element) -> str:
    """What an image shows, in a few letters."""
    return hashlib.sha256(link_of(element).encode()).hexdigest()[:12]
