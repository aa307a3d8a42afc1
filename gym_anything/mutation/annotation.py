"""Mutations of notebooks of Xournal++: one mark moved, recoloured, deleted; pages swapped."""

from __future__ import annotations

import copy
import gzip
import random
from collections.abc import Callable, Iterator

from lxml import etree

from gym_anything.documents.annotation import LIMITS, read_notebook, unpacked
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.safe import parse_xml
from gym_anything.mutation.base import Mutation

SUFFIXES = (".xopp",)
_MOVE_PT = 60.0
_MARKS_EACH = 10  # of those in the file, so that a large one does not take for ever


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Notebooks that differ to the eye from this one.

    Args:
        data: a notebook; one that cannot be read gives none.
        rng: chooses marks.
    """
    try:
        read_notebook(data)
        root = parse_xml(unpacked(data), "notebook", LIMITS)
    except DocumentError:
        return
    marks = len(list(root.iter("text", "stroke")))
    for at in sorted(rng.sample(range(marks), min(_MARKS_EACH, marks))):
        yield from _of_mark(root, at)
    pages = len(root.findall("page"))
    for at in range(pages):
        yield Mutation(f"page {at + 1}: deleted", _with_page(root, at, _delete))
        yield Mutation(f"page {at + 1}: larger", _with_page(root, at, _enlarge))
        yield Mutation(f"page {at + 1}: other paper", _with_page(root, at, _repaper))
        if at + 1 < pages:
            yield Mutation(f"page {at + 1}: below the next", _with_page(root, at, _lower))
    yield Mutation("cut off in the middle", data[: len(data) // 2])
    yield Mutation("emptied", b"")


def _of_mark(root: etree._Element, at: int) -> Iterator[Mutation]:
    changes: list[tuple[str, Callable[[etree._Element], None]]] = [
        (f"moved {_MOVE_PT:g} points down", _move),
        ("deleted", _delete),
        ("copied beside itself", _copy),
        ("on another page or a new one", _to_new_page),
    ]
    mark = list(root.iter("text", "stroke"))[at]
    if mark.tag == "text":
        changes += [("another letter in it", _misspell), ("twice as large", _grow)]
    for name, change in changes:
        made = copy.deepcopy(root)
        change(list(made.iter("text", "stroke"))[at])
        yield Mutation(f"{mark.tag} {at + 1}: {name}", _bytes(made))


def _with_page(root: etree._Element, at: int, change: Callable[[etree._Element], None]) -> bytes:
    made = copy.deepcopy(root)
    change(made.findall("page")[at])
    return _bytes(made)


def _move(mark: etree._Element) -> None:
    if mark.tag == "text":
        mark.set("y", f"{float(str(mark.get('y'))) + _MOVE_PT:g}")
        return
    words = str(mark.text).split()
    mark.text = " ".join(f"{float(word) + _MOVE_PT * (at % 2):g}" for at, word in enumerate(words))


def _delete(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _copy(mark: etree._Element) -> None:
    made = copy.deepcopy(mark)
    mark.addnext(made)
    _move(made)


def _to_new_page(mark: etree._Element) -> None:
    page = next(each for each in mark.iterancestors("page"))
    made = copy.deepcopy(page)
    for layer in made.findall("layer"):
        layer.clear()
    made.findall("layer")[0].append(mark)
    page.addnext(made)


def _misspell(mark: etree._Element) -> None:
    text = str(mark.text or "")
    mark.text = text[:-1] + ("x" if not text.endswith("x") else "y")


def _grow(mark: etree._Element) -> None:
    mark.set("size", f"{2 * float(str(mark.get('size', '12'))):g}")


def _enlarge(page: etree._Element) -> None:
    page.set("width", f"{1.2 * float(str(page.get('width'))):g}")


def _repaper(page: etree._Element) -> None:
    paper = page.find("background")
    if paper is not None:
        paper.set("type", "solid")
        paper.set("color", "#ffe0c0ff")


def _lower(page: etree._Element) -> None:
    below = page.getnext()
    if below is not None:
        below.addnext(page)


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same notebook in other bytes.

    Args:
        data: a notebook; one that cannot be read gives none.
        rng: not used.
    """
    try:
        root = parse_xml(unpacked(data), "notebook", LIMITS)
    except DocumentError:
        return
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    yield Mutation("packed less", gzip.compress(text, 1, mtime=0))
    yield Mutation("packed at another time", gzip.compress(text, mtime=1_700_000_000))
    titled = copy.deepcopy(root)
    titled.set("creator", "Xournal++ 1.2.0")
    for title in titled.findall("title"):
        title.text = "Notebook"
    yield Mutation("with another title", _bytes(titled))
    spaced = copy.deepcopy(root)
    for stroke in spaced.iter("stroke"):
        stroke.text = "\n" + "  ".join(str(stroke.text).split()) + "\n"
    spaced.tail = None
    yield Mutation("with other blanks between numbers", _bytes(spaced))


def _bytes(root: etree._Element) -> bytes:
    return gzip.compress(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), mtime=0)
