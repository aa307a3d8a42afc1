"""Verifiers of annotated notebooks (.xopp): ink, highlights, texts and paper, page by page.

Common parameters: `path` is the file, relative to home. Pages count from 1. Places are points of
1/72 inch from the top left corner of a page, boxes [left, top, right, bottom]. A mark is new if no
mark of the set-up document looks so and stands there. A file that is no notebook fails every check.
"""

from __future__ import annotations

from gym_anything.documents.annotation import Mark, Notebook, Page, read_notebook
from gym_anything.documents.annotation_compare import (
    difference,
    notebook_fault,
    said,
    same_look,
    same_mark,
)
from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.outline import Box
from gym_anything.documents.vector_compare import same_points
from gym_anything.documents.vector_style import same_paint
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict


@fails_closed(Verdict.no)
def highlighted(
    state: FinalState,
    path: str,
    page: int,
    box: list[float],
    colour: str = "",
    slack: float = 12.0,
    cover: float = 0.8,
) -> Verdict:
    """Whether exactly one new highlighter stroke lies on a line of text, along most of it.

    Args:
        state: the final state.
        path: the file.
        page: which, as it is now.
        box: of the text.
        colour: "#rrggbb", "" for any.
        slack: how far the stroke may reach beyond the text to the left and right.
        cover: share of the width of the text that the stroke goes along.
    """
    new = _new(state, path, page)
    if len(new) != 1:
        return Verdict.no(f"{len(new)} marks are new on page {page}")
    mark, (left, top, right, bottom) = new[0], _box(box)
    start, high, end, low = mark.box
    right_way = mark.kind == "stroke" and mark.tool == "highlighter"
    right_way = right_way and (not colour or same_paint(mark.colour, colour, 8))
    right_way = right_way and high >= top and low <= bottom
    right_way = right_way and start >= left - slack and end <= right + slack
    along = (min(end, right) - max(start, left)) / (right - left)
    return _verdict(right_way and along >= cover, f"new is {said(mark)}, along {along:.0%} of it")


@fails_closed(Verdict.no)
def outlined(
    state: FinalState,
    path: str,
    page: int,
    box: list[float],
    colour: str = "",
    tolerance: float = 10.0,
) -> Verdict:
    """Whether exactly one new pen stroke is a rectangle around something.

    Args:
        state: the final state.
        path: the file.
        page: which, as it is now.
        box: where the rectangle should be.
        colour: "#rrggbb", "" for any.
        tolerance: in points, of each side.
    """
    new = _new(state, path, page)
    if len(new) != 1:
        return Verdict.no(f"{len(new)} marks are new on page {page}")
    mark, wanted = new[0], _box(box)
    left, top, right, bottom = found = mark.box
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    near = all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))
    closed = mark.kind == "stroke" and mark.tool == "pen" and same_points(mark.points, corners, 3.0)
    shade = not colour or same_paint(mark.colour, colour, 8)
    return _verdict(near and closed and shade, f"new is {said(mark)}")


@fails_closed(Verdict.no)
def written(
    state: FinalState,
    path: str,
    page: int,
    text: str,
    box: list[float],
    colour: str = "",
    largest: float = 0.0,
) -> Verdict:
    """Whether exactly one mark is new, a text that reads so and begins in a box.

    Args:
        state: the final state.
        path: the file.
        page: which, as it is now.
        text: what it reads; blanks at the ends of lines do not count.
        box: where its top left corner is.
        colour: "#rrggbb", "" for any.
        largest: size of its font at most, in points; 0 for any.
    """
    new = _new(state, path, page)
    if len(new) != 1:
        return Verdict.no(f"{len(new)} marks are new on page {page}")
    mark, (left, top, right, bottom) = new[0], _box(box)
    x, y = mark.points[0]
    inside = left <= x <= right and top <= y <= bottom
    shade = not colour or same_paint(mark.colour, colour, 8)
    same = mark.kind == "text" and mark.text.strip() == text.strip()
    same = same and (not largest or mark.size <= largest)
    return _verdict(inside and same and shade, f"new is {said(mark)}")


@fails_closed(Verdict.no)
def gone(state: FinalState, path: str, page: int, marks: list[int]) -> Verdict:
    """Whether none of these marks of the start is on its page any more.

    Args:
        state: the final state.
        path: the file.
        page: which; it has its number of the start.
        marks: their numbers on the page of the start, from 0; the value is the share that is gone.
    """
    before = _page(_initial(state, path), page)
    missing, _ = difference(before, _page(_read(state, path), page))
    left = [at for at in marks if at not in missing]
    texts = "; ".join(said(before.marks[at]) for at in left) or "none"
    return Verdict.part(1 - len(left) / len(marks), f"still there: {texts}")


@fails_closed(Verdict.no)
def moved(
    state: FinalState, path: str, page: int, mark: int, to: list[float], tolerance: float = 6.0
) -> Verdict:
    """Whether a mark of the start stands in another place, looking the same.

    Args:
        state: the final state.
        path: the file.
        page: which; it has its number of the start.
        mark: its number on the page of the start, from 0.
        to: top left corner of its points, [x, y].
        tolerance: in points.
    """
    before = _mark(_page(_initial(state, path), page), mark)
    new = [each for each in _new(state, path, page) if same_look(before, each)]
    if len(new) != 1 or len(to) != 2:
        return Verdict.no(f"{len(new)} new marks look like {said(before)}")
    shift = (to[0] - before.box[0], to[1] - before.box[1])
    wanted = [(x + shift[0], y + shift[1]) for x, y in before.points]
    return _verdict(same_points(wanted, new[0].points, tolerance), f"it is now {said(new[0])}")


@fails_closed(Verdict.no)
def recoloured(state: FinalState, path: str, page: int, mark: int, colour: str) -> Verdict:
    """Whether a stroke or text of the start has another colour, and nothing else of it differs.

    Args:
        state: the final state.
        path: the file.
        page: which; it has its number of the start.
        mark: its number on the page of the start, from 0.
        colour: "#rrggbb".
    """
    before = _mark(_page(_initial(state, path), page), mark)
    here = [
        each
        for each in _new(state, path, page)
        if each.kind == before.kind
        and each.text == before.text
        and abs(each.width - before.width) <= 0.05
        and same_points(before.points, each.points, 0.6)
    ]
    shades = [each.colour for each in here]
    right = len(here) == 1 and same_paint(shades[0], colour, 8)
    return _verdict(right, f"there it is {', '.join(shades) or 'as it was, or gone'}")


@fails_closed(Verdict.no)
def reads(state: FinalState, path: str, page: int, mark: int, text: str) -> Verdict:
    """Whether a text of the start reads otherwise now, in the same place and look.

    Args:
        state: the final state.
        path: the file.
        page: which; it has its number of the start.
        mark: its number on the page of the start, from 0.
        text: what it reads now; blanks at the ends do not count.
    """
    before = _mark(_page(_initial(state, path), page), mark)
    texts = [
        each.text
        for each in _new(state, path, page)
        if each.kind == "text"
        and abs(each.size - before.size) <= 0.05
        and same_paint(each.colour, before.colour)
        and same_points(before.points, each.points, 2.0)
    ]
    right = len(texts) == 1 and texts[0].strip() == text.strip()
    return _verdict(right, f"new in its place: {texts or 'nothing'}")


@fails_closed(Verdict.no)
def paper(state: FinalState, path: str, page: int, style: str = "", colour: str = "") -> Verdict:
    """Whether the paper of a page is of a kind.

    Args:
        state: the final state.
        path: the file.
        page: which, as it is now.
        style: "plain", "lined", "ruled", "graph", "dotted" …, "" for any.
        colour: "#rrggbb", "" for any.
    """
    found = _page(_read(state, path), page)
    right = not style or found.style == style
    right = right and (not colour or same_paint(found.colour, colour, 4))
    return _verdict(right, f"page {page} is {found.style} {found.colour}")


@fails_closed(Verdict.no)
def pages(state: FinalState, path: str, origins: list[int | None]) -> Verdict:
    """Whether the pages are those of the start in this order, by their marks.

    Args:
        state: the final state.
        path: the file.
        origins: for each page the number that it had at the start, null for a new empty one.
    """
    before, after = _initial(state, path), _read(state, path)
    if len(after.pages) != len(origins):
        return Verdict.no(f"there are {len(after.pages)} pages, not {len(origins)}")
    for at, (origin, page) in enumerate(zip(origins, after.pages, strict=True), start=1):
        wanted = () if origin is None else _page(before, origin).marks
        pairs = zip(wanted, page.marks, strict=False)
        if len(wanted) != len(page.marks) or not all(same_mark(a, b) for a, b in pairs):
            return Verdict.no(f"page {at} is not page {origin or 'new'} of the start")
    return Verdict.yes(f"{len(origins)} pages are as they should be")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    may_lose: list[list[int]] = [],  # noqa: B006
    may_gain: int = 0,
    origins: list[int | None] | None = None,
    paper_of: list[int] = [],  # noqa: B006
) -> Verdict:
    """Whether everything else is as in the set-up document: meant as a guard.

    Looks at the pages, their sizes and paper, and every mark: place, look, text and layer.

    Args:
        state: the final state.
        path: the file.
        may_lose: [page, mark] that may be gone or be changed, page from 1 and mark from 0.
        may_gain: how many marks may be new.
        origins: as `pages`, null for the pages of the start; a number of pages that is neither
            this nor that of the start is refused.
        paper_of: pages of the start whose paper may change.
    """
    before, after = _initial(state, path), _read(state, path)
    same: list[int | None] = [at + 1 for at in range(len(before.pages))]
    wanted = same
    if origins is not None and len(after.pages) != len(same):
        wanted = origins
    lost = [(page - 1, mark) for page, mark in may_lose]
    shifted = [None if each is None else each - 1 for each in wanted]
    fault = notebook_fault(before, after, shifted, lost, may_gain)
    for at, page in zip(wanted, after.pages, strict=False):
        if not fault and at is not None and at not in paper_of:
            source = _page(before, at)
            if (source.style, source.colour) != (page.style, page.colour):
                fault = f"the paper of page {at} of the start is {page.style} {page.colour}"
    return _verdict(not fault, fault or "nothing else was changed")


def _read(state: FinalState, path: str) -> Notebook:
    return read_notebook(state.home.read_bytes(path))


def _initial(state: FinalState, path: str) -> Notebook:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return read_notebook(state.initial[path])


def _page(notebook: Notebook, number: int) -> Page:
    if not 1 <= number <= len(notebook.pages):
        raise DocumentError(f"there is no page {number}, only {len(notebook.pages)}")
    return notebook.pages[number - 1]


def _mark(page: Page, number: int) -> Mark:
    if not 0 <= number < len(page.marks):
        raise TaskError(f"mark: the page of the start has only {len(page.marks)} marks")
    return page.marks[number]


def _new(state: FinalState, path: str, page: int) -> list[Mark]:
    """Marks of a page that no page of the start with its number has."""
    before = _initial(state, path)
    source = before.pages[page - 1] if page <= len(before.pages) else None
    found = _page(_read(state, path), page)
    return difference(source, found)[1] if source is not None else list(found.marks)


def _box(values: list[float]) -> Box:
    if len(values) != 4 or values[2] <= values[0] or values[3] <= values[1]:
        raise TaskError(f"box: expected left, top, right, bottom, got {values}")
    return (values[0], values[1], values[2], values[3])


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
