"""Mutations of Gnumeric spreadsheets."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator

from lxml import etree

from gym_anything.documents.address import cell_name
from gym_anything.documents.gnumeric import gunzip
from gym_anything.documents.safe import parse_xml
from gym_anything.mutation.base import Mutation

SUFFIXES = (".gnumeric",)
_MOST = 12  # cells that are mutated in one way


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Cells changed, swapped, emptied or moved; sheets renamed or gone; looks dropped; cut off.

    Args:
        data: a file that can be read.
        rng: which cells.
    """
    cells = _all(data, "Cell")
    chosen = sorted(rng.sample(range(len(cells)), min(_MOST, len(cells))))
    for at in chosen:
        place = _place(cells[at])
        yield Mutation(f"cell {place}: another value", _changed(data, "Cell", at, _alter))
        yield Mutation(f"cell {place}: deleted", _changed(data, "Cell", at, _remove))
        yield Mutation(f"cell {place}: twenty rows lower", _changed(data, "Cell", at, _lower))
        if (cells[at].text or "").startswith("="):
            yield Mutation(f"cell {place}: a value, no formula", _changed(data, "Cell", at, _fix))
    for at in chosen[1:]:
        first, second = cells[chosen[0]], cells[at]
        differ = (first.text, first.get("ValueType")) != (second.text, second.get("ValueType"))
        if differ and first.getparent() is second.getparent():
            name = f"cells {_place(first)} and {_place(second)} swapped"
            yield Mutation(name, _swapped(data, chosen[0], at))
    for at, sheet in enumerate(_all(data, "Sheet")):
        name = next((each.text or "" for each in sheet if _local(each) == "Name"), "")
        yield Mutation(f"sheet {name!r} renamed", _changed(data, "Sheet", at, _rename))
        if any(_local(each) == "Cells" and len(each) for each in sheet):
            emptied = _changed(data, "Sheet", at, _empty)
            yield Mutation(f"sheet {name!r} emptied", emptied)
    for share in (0.3, 0.9):
        yield Mutation(f"cut off after {share:.0%}", data[: int(len(data) * share)])
    yield Mutation("no bytes at all", b"")


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """The same workbook, written in other ways.

    Args:
        data: a file that can be read.
        rng: not used.
    """
    root = _root(data)
    yield Mutation("packed anew", gzip.compress(gunzip(data), compresslevel=1, mtime=1))
    yield Mutation("not packed", etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    for parent in root.iter("{*}Sheets", "{*}Sheet", "{*}Styles", "{*}Cells"):
        for element in parent:
            element.tail = "\n    "
    yield Mutation("other white space between elements", _packed(root))
    cursor = _root(data)
    for selections in cursor.iter("{*}Selections"):
        selections.set("CursorRow", "1")
    for version in cursor.iter("{*}Version"):
        version.set("Full", "1.12.99")
    yield Mutation("another cursor and version", _packed(cursor))
    turned = _root(data)
    for holder in turned.iter("{*}Cells"):
        if not any(each.get("ExprID") for each in holder):
            holder[:] = list(reversed(holder))
    yield Mutation("cells in another order", _packed(turned))


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _root(data: bytes) -> etree._Element:
    return parse_xml(gunzip(data), "the workbook")


def _packed(root: etree._Element) -> bytes:
    return gzip.compress(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), mtime=0)


def _all(data: bytes, name: str) -> list[etree._Element]:
    return list(_root(data).iter(f"{{*}}{name}"))


def _place(cell: etree._Element) -> str:
    sheet = next(cell.iterancestors("{*}Sheet"), None)
    name = "" if sheet is None else sheet.findtext("{*}Name") or ""
    return f"{name}!{cell_name(int(cell.get('Row', 0)) + 1, int(cell.get('Col', 0)) + 1)}"


def _changed(data: bytes, name: str, at: int, change: Callable[[etree._Element], None]) -> bytes:
    root = _root(data)
    change(list(root.iter(f"{{*}}{name}"))[at])
    return _packed(root)


def _alter(cell: etree._Element) -> None:
    text = cell.text or ""
    numeric = cell.get("ValueType") == "40"
    if numeric:
        cell.text = repr(float(text) * 1.1 + 1)
    elif cell.get("ValueType") == "20":
        cell.text = "FALSE" if text == "TRUE" else "TRUE"
    elif text.startswith("=") or cell.get("ExprID"):
        cell.text = f"{text or '=0'}+1"
        if "ExprID" in cell.attrib:
            del cell.attrib["ExprID"]
    else:
        cell.text = f"{text}x"


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _lower(cell: etree._Element) -> None:
    cell.set("Row", str(int(cell.get("Row", 0)) + 20))


def _fix(cell: etree._Element) -> None:
    cell.text = "0"
    cell.set("ValueType", "40")


def _swapped(data: bytes, left: int, right: int) -> bytes:
    root = _root(data)
    cells = list(root.iter("{*}Cell"))
    for key in ("Row", "Col"):
        kept = str(cells[left].get(key))
        cells[left].set(key, str(cells[right].get(key)))
        cells[right].set(key, kept)
    return _packed(root)


def _rename(sheet: etree._Element) -> None:
    for each in sheet:
        if _local(each) == "Name":
            each.text = f"{each.text} (2)"


def _empty(sheet: etree._Element) -> None:
    for each in sheet:
        if _local(each) == "Cells":
            each[:] = []
