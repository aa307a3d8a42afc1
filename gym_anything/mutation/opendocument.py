"""Mutations of OpenDocument texts and presentations (.odt, .odp)."""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Callable, Iterator

from lxml import etree

from gym_anything.documents.odf import NAMESPACES, attribute, centimetres, prefixed, qualified
from gym_anything.documents.safe import parse_xml, unpack
from gym_anything.mutation.base import Mutation

SUFFIXES = (".odt", ".odp")
_ENOUGH = 16  # paragraphs, shapes or slides of a file that are changed, each alone
_FAR_CM = 9.0  # further than any field of a slide reaches
_ELSEWHERE = frozenset(
    {"text:tracked-changes", "office:annotation", "presentation:notes", "text:note"}
)
_PLACES = ("svg:x", "svg:x1", "svg:x2")

Change = Callable[[etree._Element], object]


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Mutations that a user would call damage."""
    members = dict(unpack(data, (".xml", "mimetype", ".png", ".jpg", ".rdf")))
    root = parse_xml(members["content.xml"], "content.xml")
    for name, at, change in _changes(root, rng):
        mutated = copy.deepcopy(root)
        change(list(mutated.iter())[at])
        yield Mutation(name, _packed(members | {"content.xml": _written(mutated)}))
    yield from _strip_changes(members, rng)
    yield Mutation("the last third is cut off", data[: len(data) * 2 // 3])
    yield Mutation("emptied", b"")
    yield Mutation("content.xml is missing", _packed(_without(members, "content.xml")))


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Mutations that say the same."""
    members = dict(unpack(data, (".xml", "mimetype", ".png", ".jpg", ".rdf")))
    root = parse_xml(members["content.xml"], "content.xml")
    yield Mutation("packed anew", _packed(members))
    shuffled = list(members)
    rng.shuffle(shuffled)
    yield Mutation("members in another order", _packed({name: members[name] for name in shuffled}))
    yield Mutation("without its settings", _packed(_without(members, "settings.xml")))
    other = b'<?xml version="1.0"?><office:document-meta xmlns:office="%s"/>'
    meta = other % NAMESPACES["office"].encode()
    yield Mutation("other metadata", _packed(members | {"meta.xml": meta}))
    commented = copy.deepcopy(root)
    commented.insert(0, etree.Comment(" written by another program "))
    yield Mutation("with a comment", _packed(members | {"content.xml": _written(commented)}))
    renamed = _renamed_styles(root)
    yield Mutation("automatic styles renamed", _packed(members | {"content.xml": renamed}))


def _changes(root: etree._Element, rng: random.Random) -> Iterator[tuple[str, int, Change]]:
    """What to change: its name, which element of the tree, and how."""
    elements = list(root.iter())
    texts = [at for at, each in enumerate(elements) if _is_text(each)]
    for at in _some(texts, rng):
        shown = "".join(map(str, elements[at].itertext()))[:30]
        yield f"{shown!r}: one letter changed", at, _spoil
        yield f"{shown!r}: gone", at, _remove
        yield f"{shown!r}: there twice", at, _double
        yield f"{shown!r}: another look", at, _dress_up
    shapes = [at for at, each in enumerate(elements) if _is_shape(each)]
    for at in _some(shapes, rng):
        tag = prefixed(elements[at].tag)
        yield f"{tag} {at}: gone", at, _remove
        yield f"{tag} {at}: there twice", at, _double
        yield f"{tag} {at}: moved by {_FAR_CM:g} cm", at, _shift
    images = [at for at, each in enumerate(elements) if _is_picture_in_text(each)]
    for at in _some(images, rng):
        name = attribute(elements[at], "draw:name")
        yield f"picture {name}: gone", at, _remove_from_line
        yield f"picture {name}: there twice", at, _double
        yield f"picture {name}: half as large", at, _shrink
        yield f"picture {name}: shows another file", at, _point_elsewhere
    slides = [at for at, each in enumerate(elements) if prefixed(each.tag) == "draw:page"]
    for at in _some(slides, rng):
        name = attribute(elements[at], "draw:name")
        yield f"slide {name}: gone", at, _remove
        yield f"slide {name}: there twice", at, _double
        if prefixed(getattr(elements[at].getnext(), "tag", "")) == "draw:page":
            yield f"slide {name}: behind the next", at, _swap
    rows = [at for at, each in enumerate(elements) if prefixed(each.tag) == "table:table-row"]
    for at in _some(rows, rng):
        yield f"table row {at}: gone", at, _remove
        yield f"table row {at}: there twice", at, _double


def _some(found: list[int], rng: random.Random) -> list[int]:
    return sorted(rng.sample(found, min(len(found), _ENOUGH)))


def _is_text(element: etree._Element) -> bool:
    if prefixed(element.tag) not in ("text:p", "text:h"):
        return False
    inside = any(prefixed(each.tag) in _ELSEWHERE for each in element.iterancestors())
    return not inside and bool("".join(map(str, element.itertext())).strip())


def _is_shape(element: etree._Element) -> bool:
    parent = element.getparent()
    within = parent is not None and prefixed(parent.tag) in ("draw:page", "draw:g")
    hollow = attribute(element, "presentation:placeholder") == "true"
    return within and prefixed(element.tag) in _SHAPES and not hollow


def _is_picture_in_text(element: etree._Element) -> bool:
    parent = element.getparent()
    holder = "" if parent is None else prefixed(parent.tag)
    return prefixed(element.tag) == "draw:frame" and holder in ("text:p", "text:h", "text:span")


_SHAPES = ("draw:frame", "draw:custom-shape", "draw:rect", "draw:ellipse", "draw:line")


def _spoil(element: etree._Element) -> None:
    """Put another letter for the first one of a paragraph."""
    for each in element.iter():
        if each.text and each.text.strip() and prefixed(each.tag) not in ("dc:creator", "dc:date"):
            at = len(each.text) - len(each.text.lstrip())
            other = "Q" if each.text[at] != "Q" else "Z"
            each.text = each.text[:at] + other + each.text[at + 1 :]
            return
    tailed = next(each for each in element.iter() if each.tail and each.tail.strip())
    tailed.tail = f"Q{tailed.tail}"


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _remove_from_line(element: etree._Element) -> None:
    """Remove an element of a paragraph, but not the words behind it."""
    tail, before, parent = element.tail, element.getprevious(), element.getparent()
    _remove(element)
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail and parent is not None:
        parent.text = (parent.text or "") + tail


def _shrink(element: etree._Element) -> None:
    for name in ("svg:width", "svg:height"):
        length = centimetres(attribute(element, name)) or 0.0
        element.set(qualified(name), f"{length / 2:.3f}cm")


def _point_elsewhere(element: etree._Element) -> None:
    for image in element.iter(qualified("draw:image")):
        image.set(qualified("xlink:href"), "Pictures/mutant.png")


def _double(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def _swap(element: etree._Element) -> None:
    following = element.getnext()
    assert following is not None
    following.addnext(element)


def _dress_up(element: etree._Element) -> None:
    """Set a paragraph in violet italics, struck through, by a span of a new style."""
    root = element.getroottree().getroot()
    holder = root.find(qualified("office:automatic-styles"))
    assert holder is not None
    style = etree.SubElement(holder, qualified("style:style"))
    style.set(qualified("style:name"), "MutantT")
    style.set(qualified("style:family"), "text")
    look = etree.SubElement(style, qualified("style:text-properties"))
    look.set(qualified("fo:font-style"), "italic")
    look.set(qualified("fo:color"), "#800080")
    look.set(qualified("style:text-line-through-style"), "solid")
    span = etree.Element(qualified("text:span"))
    span.set(qualified("text:style-name"), "MutantT")
    span.text, element.text = element.text, None
    for child in list(element):
        span.append(child)
    element.append(span)
    for inner in list(span.iter(qualified("text:span")))[1:]:
        inner.set(qualified("text:style-name"), "MutantT")


def _shift(element: etree._Element) -> None:
    for name in _PLACES:
        length = centimetres(attribute(element, name))
        if length is not None:
            element.set(qualified(name), f"{length + _FAR_CM:g}cm")


def _strip_changes(members: dict[str, bytes], rng: random.Random) -> Iterator[Mutation]:
    """Change the words of headers and footers, and turn the page of a text."""
    root = parse_xml(members["styles.xml"], "styles.xml") if "styles.xml" in members else None
    if root is None or "text" not in members.get("mimetype", b"").decode().rpartition(".")[2]:
        return
    elements = list(root.iter())
    texts = [
        at
        for at, each in enumerate(elements)
        if _is_text(each)
        and any(prefixed(up.tag) in ("style:header", "style:footer") for up in each.iterancestors())
    ]
    for at in _some(texts, rng):
        mutated = copy.deepcopy(root)
        _spoil(list(mutated.iter())[at])
        name = f"header or footer {at}: one letter changed"
        yield Mutation(name, _packed(members | {"styles.xml": _written(mutated)}))
    mutated = copy.deepcopy(root)
    for each in mutated.iter(qualified("style:page-layout-properties")):
        each.set(qualified("fo:margin-left"), "4.4cm")
        each.set(qualified("fo:margin-top"), "4.4cm")
    yield Mutation("wider margins", _packed(members | {"styles.xml": _written(mutated)}))


def _renamed_styles(root: etree._Element) -> bytes:
    """Give the automatic styles other names, wherever they stand."""
    made = copy.deepcopy(root)
    styles = made.find(qualified("office:automatic-styles"))
    key = qualified("style:name")
    names = {str(each.get(key)) for each in (styles if styles is not None else ()) if each.get(key)}
    for element in made.iter():
        for name, text in element.attrib.items():
            wanted = prefixed(name)
            if str(text) in names and (wanted.endswith("style-name") or wanted == "style:name"):
                element.set(name, f"renamed-{text!s}")
    return _written(made)


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _without(members: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {each: data for each, data in members.items() if each != name}


def _packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1990, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()
