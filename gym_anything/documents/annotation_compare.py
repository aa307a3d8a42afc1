"""Compare notebooks: which marks are new, which are gone, what else was changed. For verifiers."""

from __future__ import annotations

from collections.abc import Sequence

from gym_anything.documents.annotation import Mark, Notebook, Page
from gym_anything.documents.vector_compare import same_points
from gym_anything.documents.vector_style import same_paint

TOLERANCE_PT = 0.6


def same_mark(left: Mark, right: Mark, tolerance: float = TOLERANCE_PT) -> bool:
    """Whether two marks look alike and stand in the same place."""
    return same_look(left, right) and same_points(left.points, right.points, tolerance)


def same_look(left: Mark, right: Mark) -> bool:
    """Whether two marks are the same but for their place."""
    same_words = (left.kind, left.tool, left.text, left.font, left.content, left.dashed) == (
        *(right.kind, right.tool, right.text, right.font, right.content, right.dashed),
    )
    numbers = zip(
        (left.alpha, left.width, left.size, left.fill, left.layer),
        (right.alpha, right.width, right.size, right.fill, right.layer),
        strict=True,
    )
    same_colour = same_paint(left.colour, right.colour)
    return same_words and same_colour and all(abs(a - b) <= 0.05 for a, b in numbers)


def difference(before: Page, after: Page) -> tuple[list[int], list[Mark]]:
    """What is gone, by number in the page before, and what is new."""
    left = list(after.marks)
    missing = []
    for at, mark in enumerate(before.marks):
        found = next((each for each in left if same_mark(mark, each)), None)
        if found is None:
            missing.append(at)
        else:
            left.remove(found)
    return missing, left


def notebook_fault(
    before: Notebook,
    after: Notebook,
    pages: Sequence[int | None],
    may_lose: Sequence[tuple[int, int]],
    may_gain: int,
) -> str:
    """What was changed beyond what may be, "" if nothing.

    Args:
        before: as it was set up.
        after: as it is.
        pages: for each page that there should be, the page of the start that it is, from 0, or
            null for a new one, which must be empty.
        may_lose: marks that may be gone, as page of the start and number on it.
        may_gain: how many marks may be new, all pages together.
    """
    if len(after.pages) != len(pages):
        return f"there are {len(after.pages)} pages, not {len(pages)}"
    gained = 0
    for at, (origin, page) in enumerate(zip(pages, after.pages, strict=True)):
        if origin is None:
            gained += len(page.marks)
            continue
        source = before.pages[origin]
        if abs(source.width - page.width) > 0.6 or abs(source.height - page.height) > 0.6:
            return f"page {at + 1} is {page.width:.0f} x {page.height:.0f} points"
        missing, new = difference(source, page)
        gained += len(new)
        strange = [each for each in missing if (origin, each) not in may_lose]
        if strange:
            return f"page {at + 1}: {said(source.marks[strange[0]])} is gone or was changed"
    return f"{gained} marks are new" if gained > may_gain else ""


def said(mark: Mark) -> str:
    """A mark in words."""
    x, y, right, bottom = mark.box
    place = f"at {x:.0f},{y:.0f} to {right:.0f},{bottom:.0f}"
    if mark.kind == "text":
        return f"the text {mark.text[:60]!r} {mark.colour} at {x:.0f},{y:.0f}"
    return f"a {mark.colour} {mark.tool or mark.kind} of width {mark.width:.1f} {place}"
