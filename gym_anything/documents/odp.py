"""Read OpenDocument presentations (.odp).

Source: OpenDocument 1.3 part 3, chapters 10 (shapes), 16.36 (slides), 19.389 (presentation).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.odf import (
    OdfPackage,
    OdfStyles,
    attribute,
    centimetres,
    merge,
    open_package,
    own_properties,
    prefixed,
    qualified,
)
from gym_anything.documents.odf_text import TextReader
from gym_anything.documents.rich_text import Paragraph

MIME_TYPE = "application/vnd.oasis.opendocument.presentation"
_TEXT_STYLE = "draw:text-style-name"
MAX_SLIDES, MAX_SHAPES = 1_000, 20_000
_MAX_DEPTH = 32  # of groups and lists in each other
_SHAPES = {
    "draw:rect": "rectangle",
    "draw:ellipse": "ellipse",
    "draw:circle": "ellipse",
    "draw:line": "line",
    "draw:connector": "connector",
    "draw:polyline": "polyline",
    "draw:polygon": "polygon",
    "draw:path": "path",
    "draw:caption": "caption",
}
_FRAMES = {
    "draw:text-box": "text",
    "draw:image": "image",
    "table:table": "table",
    "draw:object": "object",
    "draw:object-ole": "object",
    "draw:plugin": "media",
}
_NUMBER = r"(-?\d{1,6}(?:\.\d{1,12})?(?:e-?\d{1,3})?)"
_TRANSLATE = re.compile(r"translate\s*\(\s*(\S{1,20})\s+(\S{1,20})\s*\)")
_ROTATE = re.compile(rf"rotate\s*\(\s*{_NUMBER}\s*\)")


@dataclass(frozen=True, slots=True)
class Shape:
    """Something on a slide.

    Attributes:
        kind: "title", "subtitle", "outline" for placeholders; "text", "image", "table", "line",
            "rectangle", "ellipse" and the names of other forms.
        name: as the user gave it.
        x_cm: left end, from the left edge of the slide.
        y_cm: upper end.
        width_cm: of its box, before any turning.
        height_cm: of its box.
        turned: whether it is rotated or sheared.
        fill: "#rrggbb" of a plain fill, "" for none, else the kind of fill.
        line: "#rrggbb" of a line around it, "" for none.
        paragraphs: its text.
    """

    kind: str
    name: str = ""
    x_cm: float = 0.0
    y_cm: float = 0.0
    width_cm: float = 0.0
    height_cm: float = 0.0
    turned: bool = False
    fill: str = ""
    line: str = ""
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def text(self) -> str:
        """Its text; paragraphs are joined by line breaks."""
        return "\n".join(each.text for each in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide.

    Attributes:
        name: as the slide panel has it.
        shapes: from the back to the front; those of groups singly, empty placeholders left out.
        notes: text of the notes, paragraphs joined by line breaks.
        hidden: whether the show leaves it out.
        transition: kind of the transition, "" for none.
        layout: number of the layout, as LibreOffice counts them; -1 if there is none.
        background: "#rrggbb" of a plain background of its own, "" for the master's.
        master: name of its master page.
        animated: whether it has animations.
    """

    name: str
    shapes: tuple[Shape, ...] = ()
    notes: str = ""
    hidden: bool = False
    transition: str = ""
    layout: int = -1
    background: str = ""
    master: str = ""
    animated: bool = False

    @property
    def title(self) -> str:
        """Text of its title, "" without one."""
        return next((each.text.strip() for each in self.shapes if each.kind == "title"), "")


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation; `size_cm` is the width and height of its slides."""

    slides: tuple[Slide, ...]
    size_cm: tuple[float, float] = (0.0, 0.0)


def read_odp(data: bytes) -> Presentation:
    """Read an .odp file.

    Raises:
        DocumentError: not an OpenDocument presentation, broken, hostile, or beyond a limit.
    """
    package = open_package(data, MIME_TYPE)
    path = f"{qualified('office:body')}/{qualified('office:presentation')}"
    body = package.content.find(path)
    pages = [] if body is None else body.findall(qualified("draw:page"))
    if not pages:
        raise DocumentError("an OpenDocument presentation without a slide")
    if len(pages) > MAX_SLIDES:
        raise DocumentError(f"more than {MAX_SLIDES} slides")
    reader = _SlideReader(package.body)
    slides = tuple(reader.slide(page) for page in pages)
    return Presentation(slides, _size(package, slides[0].master))


class _SlideReader:
    """Reads slides with the styles of one document."""

    def __init__(self, styles: OdfStyles) -> None:
        self._styles = styles
        self._left = MAX_SHAPES

    def slide(self, page: etree._Element) -> Slide:
        style = attribute(page, "draw:style-name")
        look = self._styles.properties("drawing-page", style)
        layout = re.fullmatch(
            r"AL\d{1,6}T(\d{1,6})", attribute(page, "presentation:presentation-page-layout-name")
        )
        notes = page.find(qualified("presentation:notes"))
        shapes = tuple(self._shapes(page, 0))
        visible = look.get("drawing-page/presentation:visibility", "visible")
        return Slide(
            name=attribute(page, "draw:name"),
            shapes=shapes,
            notes="" if notes is None else self._notes(notes),
            hidden=visible == "hidden",
            transition=_transition(look),
            layout=int(layout[1]) if layout else -1,
            background=_fill(look, "drawing-page"),
            master=attribute(page, "draw:master-page-name"),
            animated=_animated(page),
        )

    def _notes(self, notes: etree._Element) -> str:
        shapes = self._shapes(notes, 0)
        return "\n".join(each.text for each in shapes if each.kind == "notes").strip()

    def _shapes(self, parent: etree._Element, depth: int) -> Iterator[Shape]:
        if depth > _MAX_DEPTH:
            raise DocumentError(f"groups deeper than {_MAX_DEPTH}")
        for child in parent:
            name = prefixed(child.tag)
            if name in ("draw:g", "draw:a"):
                yield from self._shapes(child, depth + 1)
                continue
            kind = _kind(child, name)
            empty = attribute(child, "presentation:placeholder") == "true"
            if kind and not empty:
                self._left -= 1
                if self._left < 0:
                    raise DocumentError(f"more than {MAX_SHAPES} shapes")
                yield self._shape(child, kind)

    def _shape(self, element: etree._Element, kind: str) -> Shape:
        family, name = "presentation", attribute(element, "presentation:style-name")
        if not name:
            family, name = "graphic", attribute(element, "draw:style-name")
        look = dict(self._styles.properties("graphic", ""))
        merge(look, self._styles.properties(family, name))
        for style in reversed(self._styles.chain("paragraph", attribute(element, _TEXT_STYLE))):
            merge(look, own_properties(style))
        box = _box(element)
        paragraphs = _Paragraphs(self._styles, look)
        for inner in _texts(element):
            paragraphs.read(inner, 0)
        stroke = look.get("graphic/draw:stroke", "solid")
        colour = look.get("graphic/svg:stroke-color", "#3465a4").lower()
        return Shape(
            kind=kind,
            name=attribute(element, "draw:name"),
            x_cm=box[0],
            y_cm=box[1],
            width_cm=box[2],
            height_cm=box[3],
            turned=bool(_turn(element)),
            fill=_fill(look, "graphic"),
            line="" if stroke == "none" else colour,
            paragraphs=tuple(paragraphs.found),
        )


class _Paragraphs:
    """Gathers the paragraphs of a shape."""

    def __init__(self, styles: OdfStyles, look: Mapping[str, str]) -> None:
        self.found: list[Paragraph] = []
        self._styles = styles
        base = OdfStyles(styles.named, styles.automatic, dict(styles.defaults), styles.lists)
        base.defaults["paragraph"] = _as_default(look)
        self._reader = TextReader(base)

    def read(self, element: etree._Element, level: int, depth: int = 0) -> None:
        """Take in the paragraphs and lists below an element."""
        if depth > _MAX_DEPTH:
            raise DocumentError(f"lists deeper than {_MAX_DEPTH}")
        for child in element:
            name = prefixed(child.tag)
            if name in ("text:p", "text:h"):
                kind = "bullet" if level else ""
                self.found.append(replace(self._reader.paragraph(child, kind, level), style=""))
            elif name == "text:list":
                self.read(child, level + 1, depth + 1)
            elif name in ("text:list-item", "text:list-header"):
                self.read(child, level if name.endswith("item") else 0, depth + 1)
            elif name in ("table:table", "table:table-row", "table:table-cell"):
                self.read(child, 0, depth + 1)


def _as_default(look: Mapping[str, str]) -> etree._Element:
    """A style that says what the shape says of its text and paragraphs."""
    style = etree.Element(qualified("style:default-style"))
    for kind in ("text", "paragraph"):
        said = {name: text for name, text in look.items() if name.startswith(f"{kind}/")}
        made = etree.SubElement(style, qualified(f"style:{kind}-properties"))
        for name, text in said.items():
            made.set(qualified(name.partition("/")[2]), text)
    return style


def _kind(element: etree._Element, name: str) -> str:
    """What kind of shape an element is, "" for none."""
    role = attribute(element, "presentation:class")
    if role:
        return "" if role in ("page", "header", "footer", "date-time", "page-number") else role
    if name == "draw:custom-shape":
        geometry = element.find(qualified("draw:enhanced-geometry"))
        form = attribute(geometry, "draw:type", "custom") if geometry is not None else "custom"
        return form or "custom"
    if name == "draw:frame":
        return next((kind for tag, kind in _FRAMES.items() if _has(element, tag)), "frame")
    return _SHAPES.get(name, "")


def _has(element: etree._Element, name: str) -> bool:
    return element.find(qualified(name)) is not None


def _texts(element: etree._Element) -> list[etree._Element]:
    """The elements that hold the text of a shape."""
    if prefixed(element.tag) != "draw:frame":
        return [element]
    return [child for child in element if prefixed(child.tag) in ("draw:text-box", "table:table")]


def _box(element: etree._Element) -> tuple[float, float, float, float]:
    """Left, upper end, width and height in centimetres."""

    def length(name: str) -> float:
        return centimetres(attribute(element, name)) or 0.0

    if prefixed(element.tag) in ("draw:line", "draw:connector"):
        ends = [length(f"svg:{name}") for name in ("x1", "x2", "y1", "y2")]
        left, right, top, bottom = *sorted(ends[:2]), *sorted(ends[2:])
        box = (left, top, right - left, bottom - top)
    else:
        x, y = length("svg:x"), length("svg:y")
        moved = _TRANSLATE.search(attribute(element, "draw:transform"))
        if moved:
            x += centimetres(moved[1]) or 0.0
            y += centimetres(moved[2]) or 0.0
        box = (x, y, length("svg:width"), length("svg:height"))
    return tuple(round(each, 3) for each in box)  # type: ignore[return-value]


def _turn(element: etree._Element) -> float:
    found = _ROTATE.search(attribute(element, "draw:transform"))
    return round(float(found[1]), 3) if found else 0.0


def _fill(look: Mapping[str, str], kind: str) -> str:
    fill = look.get(f"{kind}/draw:fill", "none" if kind == "drawing-page" else "solid")
    if fill == "none":
        return ""
    return look.get(f"{kind}/draw:fill-color", "#729fcf").lower() if fill == "solid" else fill


def _transition(look: Mapping[str, str]) -> str:
    kind = look.get("drawing-page/smil:type", "")
    old = look.get("drawing-page/presentation:transition-style", "")
    subtype = look.get("drawing-page/smil:subtype", "")
    if kind:
        return f"{kind} {subtype}".strip()
    return "" if old == "none" else old


def _animated(page: etree._Element) -> bool:
    """Whether a slide has animations; LibreOffice writes their empty root as well."""
    effects = {"anim:set", "anim:animate", "anim:animateTransform", "anim:transitionFilter"}
    effects |= {"anim:animateMotion", "anim:animateColor", "anim:audio", "anim:command"}
    effects |= {"presentation:show-shape", "presentation:hide-shape", "presentation:dim"}
    return any(
        prefixed(each.tag) in effects and not _of_slide(each) for each in page.iterdescendants()
    )


def _of_slide(effect: etree._Element) -> bool:
    """Whether an effect is the transition of the slide itself."""
    return any(attribute(each, "smil:begin").endswith(".begin") for each in effect.iterancestors())


def _size(package: OdfPackage, master_name: str) -> tuple[float, float]:
    if package.styles is None:
        return (0.0, 0.0)
    layouts = {
        attribute(each, "style:name"): each
        for each in package.styles.iter(qualified("style:page-layout"))
    }
    for master in package.styles.iter(qualified("style:master-page")):
        layout = layouts.get(attribute(master, "style:page-layout-name"))
        if attribute(master, "style:name") == master_name and layout is not None:
            said = own_properties(layout)
            width, height = (
                centimetres(said.get(f"page-layout/fo:page-{side}", "")) or 0.0
                for side in ("width", "height")
            )
            return (round(width, 2), round(height, 2))
    return (0.0, 0.0)
