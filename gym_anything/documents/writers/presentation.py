"""Write an OpenDocument presentation (.odp), with the same bytes for the same content.

    {"slides": [
        {"title": "Results", "bullets": ["More visits", {"text": "of which paid", "level": 2}],
         "notes": "Thank the team."},
        {"title": "Plan", "hidden": true, "shapes": [
            {"kind": "ellipse", "x": 3, "y": 5, "width": 2, "height": 2, "fill": "#c00000",
             "text": "A"}]}]}

Slides are 28 by 15.75 cm. Lengths are in centimetres from the upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree
from pydantic import JsonValue

from gym_anything.documents.odp import MIME_TYPE
from gym_anything.documents.writers.odf import (
    LOOK_KEYS,
    Automatic,
    add,
    add_text,
    meta,
    package,
    root,
    take_look,
)
from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
)
from gym_anything.errors import TaskError

WIDTH_CM, HEIGHT_CM = 28.0, 15.75
KINDS = ("rectangle", "ellipse", "isosceles-triangle", "diamond", "hexagon", "cross", "text")
_SLIDE_KEYS = ("title", "bullets", "shapes", "notes", "hidden", "name")
_SHAPE_KEYS = ("kind", "x", "y", "width", "height", "fill", "line", "text", "name", *LOOK_KEYS)
_BOXES = {"title": (1.4, 0.6, 25.2, 2.6), "outline": (1.4, 3.7, 25.2, 10.2)}
_NOTES_BOX = (2.0, 13.0, 17.0, 12.0)
_SANS = {"style:font-name": "Liberation Sans"}
_ROLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "title": ({"fo:text-align": "center"}, {**_SANS, "fo:font-size": "36pt"}),
    "outline1": ({"fo:text-align": "start"}, {**_SANS, "fo:font-size": "24pt"}),
    "notes": ({"fo:text-align": "start"}, {**_SANS, "fo:font-size": "16pt"}),
}


@dataclass(slots=True)
class _Deck:
    """A presentation while it is written."""

    automatic: Automatic


def write_presentation(content: JsonValue, path: str = "") -> bytes:
    """Write a presentation.

    Args:
        content: see above.
        path: name of the file, which ends in .odp.

    Raises:
        TaskError: another shape or suffix; names the key.
    """
    if path and not path.lower().endswith(".odp"):
        raise TaskError(f"{path}: a presentation is written as .odp")
    fields = take_object(content, "presentation", ("slides",))
    tree = root("office:document-content")
    deck = _Deck(Automatic(add(tree, "office:automatic-styles")))
    _add_bullets(deck.automatic.element)
    body = add(add(tree, "office:body"), "office:presentation")
    slides = take_list(fields.get("slides"), "slides")
    if not slides:
        raise TaskError("slides: at least one is needed")
    for at, slide in enumerate(slides):
        _add_slide(body, take_object(slide, f"slides[{at}]", _SLIDE_KEYS), at, deck)
    parts = {"content.xml": tree, "styles.xml": _styles(), "meta.xml": meta()}
    return package(MIME_TYPE, parts)


def _add_slide(body: etree._Element, slide: dict[str, JsonValue], at: int, deck: _Deck) -> None:
    key = f"slides[{at}]"
    hidden = take_flag(slide.get("hidden", False), f"{key}.hidden")
    shown = {"presentation:visibility": "hidden" if hidden else "visible"}
    style = deck.automatic.style("drawing-page", "dp", {"drawing-page": shown})
    name = take_text(slide.get("name", f"page{at + 1}"), f"{key}.name")
    layout = "AL2T1" if "bullets" in slide else "AL3T19" if "title" in slide else "AL4T20"
    page = add(
        body,
        "draw:page",
        {
            "draw:name": name,
            "draw:style-name": style,
            "draw:master-page-name": "Default",
            "presentation:presentation-page-layout-name": layout,
        },
    )
    if "title" in slide:
        box = _placeholder(page, "title", deck)
        add_text(add(box, "text:p"), take_text(slide["title"], f"{key}.title"))
    if "bullets" in slide:
        box = _placeholder(page, "outline", deck)
        for index, item in enumerate(take_list(slide["bullets"], f"{key}.bullets")):
            _add_bullet(box, item, f"{key}.bullets[{index}]")
    for index, shape in enumerate(take_list(slide.get("shapes", []), f"{key}.shapes")):
        where = f"{key}.shapes[{index}]"
        _add_shape(page, take_object(shape, where, _SHAPE_KEYS), where, deck)
    notes = add(page, "presentation:notes", {"draw:style-name": style})
    add(notes, "draw:page-thumbnail", {**_place((2, 2, 17, 9.5)), "presentation:class": "page"})
    box = _placeholder(notes, "notes", deck)
    for line in take_text(slide.get("notes", ""), f"{key}.notes").split("\n"):
        add_text(add(box, "text:p"), line)


def _place(box: tuple[float, float, float, float]) -> dict[str, str]:
    names = ("svg:x", "svg:y", "svg:width", "svg:height")
    return {name: f"{length:g}cm" for name, length in zip(names, box, strict=True)}


def _placeholder(parent: etree._Element, role: str, deck: _Deck) -> etree._Element:
    parent_style = "Default-outline1" if role == "outline" else f"Default-{role}"
    fixed = {"graphic": {"draw:auto-grow-height": "false"}}
    style = deck.automatic.style("presentation", "pr", fixed, parent_style_name=parent_style)
    frame = {"presentation:style-name": style, "presentation:class": role}
    box = _NOTES_BOX if role == "notes" else _BOXES[role]
    made = add(parent, "draw:frame", frame | _place(box))
    return add(made, "draw:text-box")


def _add_bullet(box: etree._Element, item: JsonValue, key: str) -> None:
    fields: JsonValue = {"text": item} if isinstance(item, str) else item
    known = take_object(fields, key, ("text", "level"))
    holder = box
    for _ in range(int(take_number(known.get("level", 1), f"{key}.level", 1, 5))):
        made = add(holder, "text:list", {"text:style-name": "L1"} if holder is box else None)
        holder = add(made, "text:list-item")
    add_text(add(holder, "text:p"), take_text(known.get("text"), f"{key}.text"))


def _add_shape(page: etree._Element, shape: dict[str, JsonValue], key: str, deck: _Deck) -> None:
    kind = take_text(shape.get("kind", "rectangle"), f"{key}.kind", KINDS)
    x, y, width, height = (
        take_number(shape.get(name), f"{key}.{name}", 0, 100)
        for name in ("x", "y", "width", "height")
    )
    look: dict[str, str] = {"draw:fill": "none", "draw:stroke": "none"}
    if "fill" in shape:
        fill = take_text(shape["fill"], f"{key}.fill")
        look |= {"draw:fill": "solid", "draw:fill-color": fill}
    if "line" in shape:
        line = take_text(shape["line"], f"{key}.line")
        look |= {"draw:stroke": "solid", "svg:stroke-color": line, "svg:stroke-width": "0.05cm"}
    look |= {"draw:textarea-vertical-align": "middle", "draw:auto-grow-height": "false"}
    look["draw:auto-grow-width"] = "false"
    text = {"fo:font-size": "16pt", **_SANS, **take_look(shape, key)}
    centred = {"paragraph": {"fo:text-align": "center"}, "text": text}
    style = deck.automatic.style("graphic", "gr", {"graphic": look}, parent_style_name="standard")
    words_style = deck.automatic.style("paragraph", "P", centred)
    given = {"draw:style-name": style, "draw:text-style-name": words_style}
    given |= _place((x, y, width, height))
    if "name" in shape:
        given["draw:name"] = take_text(shape["name"], f"{key}.name")
    words = take_text(shape.get("text", ""), f"{key}.text")
    if kind == "text":
        box = add(add(page, "draw:frame", given), "draw:text-box")
        _add_lines(box, words, words_style)
        return
    made = add(page, "draw:custom-shape", given)
    _add_lines(made, words, words_style)
    add(made, "draw:enhanced-geometry", {"draw:type": kind})


def _add_lines(parent: etree._Element, words: str, style: str) -> None:
    for line in words.split("\n") if words else ():
        add_text(add(parent, "text:p", {"text:style-name": style}), line)


def _add_bullets(holder: etree._Element) -> None:
    style = add(holder, "text:list-style", {"style:name": "L1"})
    for level in range(1, 6):
        said = {"text:level": level, "text:bullet-char": "•"}
        made = add(style, "text:list-level-style-bullet", said)
        place = {"text:space-before": f"{(level - 1) * 1.2:g}cm", "text:min-label-width": "0.9cm"}
        add(made, "style:list-level-properties", place)


def _styles() -> etree._Element:
    made = root("office:document-styles")
    faces = add(made, "office:font-face-decls")
    face = {"style:name": "Liberation Sans", "svg:font-family": "'Liberation Sans'"}
    add(faces, "style:font-face", face)
    holder = add(made, "office:styles")
    plain = add(holder, "style:default-style", {"style:family": "graphic"})
    text = {**_SANS, "fo:font-size": "18pt", "fo:language": "en", "fo:country": "US"}
    add(plain, "style:text-properties", text)
    add(holder, "style:style", {"style:name": "standard", "style:family": "graphic"})
    for role, (paragraph, look) in _ROLES.items():
        name = {"style:name": f"Default-{role}", "style:family": "presentation"}
        style = add(holder, "style:style", name)
        bare = {"draw:fill": "none", "draw:stroke": "none", "draw:auto-grow-height": "false"}
        if role == "title":
            bare["draw:textarea-vertical-align"] = "middle"
        add(style, "style:graphic-properties", bare)
        add(style, "style:paragraph-properties", paragraph)
        add(style, "style:text-properties", look)
    for number, roles in (("2T1", ("title", "outline")), ("3T19", ("title",)), ("4T20", ())):
        layout = {"style:name": f"AL{number}"}
        made_layout = add(holder, "style:presentation-page-layout", layout)
        for role in roles:
            place = {"presentation:object": role, **_place(_BOXES[role])}
            add(made_layout, "presentation:placeholder", place)
    _add_master(made)
    return made


def _add_master(styles: etree._Element) -> None:
    automatic = Automatic(add(styles, "office:automatic-styles"))
    size = {"fo:page-width": f"{WIDTH_CM:g}cm", "fo:page-height": f"{HEIGHT_CM:g}cm"}
    margins = {f"fo:margin-{side}": "0cm" for side in ("top", "bottom", "left", "right")}
    layout = add(automatic.element, "style:page-layout", {"style:name": "PM1"})
    across = {"style:print-orientation": "landscape"}
    add(layout, "style:page-layout-properties", size | margins | across)
    page = automatic.style("drawing-page", "Mdp", {"drawing-page": {"draw:fill": "none"}})
    masters = add(styles, "office:master-styles")
    names = {"style:name": "Default", "style:page-layout-name": "PM1", "draw:style-name": page}
    master = add(masters, "style:master-page", names)
    for role, style in (("title", "Default-title"), ("outline", "Default-outline1")):
        frame = {"presentation:style-name": style, "presentation:class": role}
        hollow = {"presentation:placeholder": "true"}
        add(add(master, "draw:frame", frame | hollow | _place(_BOXES[role])), "draw:text-box")
