"""Verifiers of presentations (.odp).

Common parameters: `path` is the presentation, relative to home. Slides and shapes count from 1,
shapes from the back to the front. A slide is found by its title, blank space at the ends left out.
A presentation that is missing, broken or of another kind fails every check here.
"""

from __future__ import annotations

import re

from gym_anything.documents.document_compare import look_faults
from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.expect import listed as in_words
from gym_anything.documents.odp import Presentation, Shape, Slide, read_odp
from gym_anything.documents.slide_compare import ASPECTS, Allowed, differences
from gym_anything.errors import TaskError, VerifierError, did_you_mean
from gym_anything.verify import FinalState, Verdict


@fails_closed(Verdict.no)
def titles(state: FinalState, path: str, titles: list[str]) -> Verdict:
    """Whether the slides have exactly these titles, in order, and none has two.

    Args:
        state: the final state.
        path: the presentation.
        titles: one for each slide, "" for one without.
    """
    slides = _read(state, path).slides
    found = [slide.title for slide in slides]
    for slide in slides:
        if sum(shape.kind == "title" for shape in slide.shapes) > 1:
            return Verdict.no(f"the slide {slide.title!r} has two titles")
    right = found == [title.strip() for title in titles]
    return _verdict(right, f"{len(found)} slides: {in_words(found, 12)}")


@fails_closed(Verdict.no)
def bullets(state: FinalState, path: str, slide: str, texts: list[str]) -> Verdict:
    """Whether the points of a slide's outline are exactly these; empty ones do not count.

    Args:
        state: the final state.
        path: the presentation.
        slide: title of the slide.
        texts: the points in order.
    """
    outlines = [each for each in _titled(state, path, slide).shapes if each.kind == "outline"]
    found = [
        part.text.strip() for each in outlines for part in each.paragraphs if part.text.strip()
    ]
    return _verdict(found == [text.strip() for text in texts], f"points: {in_words(found, 12)}")


@fails_closed(Verdict.no)
def replaced(state: FinalState, path: str, old: str, new: str) -> Verdict:
    """Whether every text on slides and in notes reads as at the start with whole words replaced.

    Args:
        state: the final state.
        path: the presentation.
        old: what stood there; the set-up presentation must have it on a slide.
        new: what stands there now.
    """
    before = _texts(_initial(state, path))
    wanted = [re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, each) for each in before]
    if wanted == before:
        raise TaskError(f"old: {old!r} is not in the set-up presentation")
    found = _texts(_read(state, path))
    for one, other in zip(found, wanted, strict=False):
        if one != other:
            return Verdict.no(f"a text is {one[:120]!r}, not {other[:120]!r}")
    same = len(found) == len(wanted)
    return _verdict(same, f"{old!r} is now {new!r} everywhere" if same else "other texts")


@fails_closed(Verdict.no)
def hidden(state: FinalState, path: str, slides: list[str]) -> Verdict:
    """Whether exactly these slides are left out of the show.

    Args:
        state: the final state.
        path: the presentation.
        slides: their titles, in order.
    """
    found = [slide.title for slide in _read(state, path).slides if slide.hidden]
    return _verdict(found == slides, f"hidden: {in_words(found) or 'none'}")


@fails_closed(Verdict.no)
def notes(state: FinalState, path: str, slide: str, text: str) -> Verdict:
    """Whether the notes of a slide are this text; blank space at the ends does not count.

    Args:
        state: the final state.
        path: the presentation.
        slide: title of the slide.
        text: paragraphs joined by line breaks.
    """
    found = _titled(state, path, slide).notes
    return _verdict(found.strip() == text.strip(), f"notes: {found[:200]!r}")


@fails_closed(Verdict.no)
def transition(
    state: FinalState,
    path: str,
    is_one_of: list[str] = [],  # noqa: B006
    slides: list[str] = [],  # noqa: B006
) -> Verdict:
    """Whether slides have a transition of a kind, and all the same one.

    Args:
        state: the final state.
        path: the presentation.
        is_one_of: kinds such as "fade" or "pushWipe"; empty for any; [""] for none at all.
        slides: titles of the slides, empty for all.
    """
    found = {
        each.transition for each in _read(state, path).slides if not slides or each.title in slides
    }
    kinds = {each.partition(" ")[0] for each in found}
    right = len(found) == 1 and (kinds <= set(is_one_of) if is_one_of else "" not in found)
    return _verdict(right, f"transitions: {in_words(sorted(each or 'none' for each in found))}")


@fails_closed(Verdict.no)
def shape_place(
    state: FinalState,
    path: str,
    slide: int,
    shape: int,
    x_cm: float | None = None,
    y_cm: float | None = None,
    width_cm: float | None = None,
    height_cm: float | None = None,
    inside: list[float] = [],  # noqa: B006
    tolerance_cm: float = 0.06,
) -> Verdict:
    """Whether a shape of the start lies so now; what is null or empty is not looked at.

    It is known by its kind, colours and text, of which there must be exactly one on the slide.

    Args:
        state: the final state.
        path: the presentation.
        slide: number of the slide.
        shape: number of the shape at the start.
        x_cm: its left end.
        y_cm: its upper end.
        width_cm: its width.
        height_cm: its height.
        inside: left, top, right and bottom of a field that all of it must lie in.
        tolerance_cm: how far a length may be off.
    """
    before = _shape(_initial(state, path), slide, shape)
    slides = _read(state, path).slides
    now = (
        [each for each in slides[slide - 1].shapes if _known(each) == _known(before)]
        if (slide <= len(slides))
        else []
    )
    if len(now) != 1:
        return Verdict.no(f"there are {len(now)} shapes like {_named(before)} on slide {slide}")
    found = now[0]
    pairs = (
        (found.x_cm, x_cm),
        (found.y_cm, y_cm),
        (found.width_cm, width_cm),
        (found.height_cm, height_cm),
    )
    right = all(wanted is None or abs(length - wanted) <= tolerance_cm for length, wanted in pairs)
    if inside:
        right = right and _within(found, inside, tolerance_cm)
    place = f"{found.x_cm:g}, {found.y_cm:g} cm, {found.width_cm:g} by {found.height_cm:g} cm"
    return _verdict(right, f"{_named(found)} at {place}")


@fails_closed(Verdict.no)
def shape_gone(state: FinalState, path: str, slide: int, shape: int) -> Verdict:
    """Whether a shape of the start is not on its slide any more; moved elsewhere it is not gone.

    Args:
        state: the final state.
        path: the presentation.
        slide: number of the slide.
        shape: number of the shape at the start.
    """
    start = _initial(state, path)
    before = _shape(start, slide, shape)
    slides = _read(state, path).slides
    now = slides[slide - 1].shapes if slide <= len(slides) else ()
    alike = [each for each in now if _known(each) == _known(before)]
    wanted = sum(_known(each) == _known(before) for each in start.slides[slide - 1].shapes) - 1
    if any(_near(each, before) for each in alike):
        return Verdict.no(f"{_named(before)} is still there")
    return _verdict(len(alike) == wanted, f"{len(alike)} like {_named(before)}, not {wanted}")


@fails_closed(Verdict.no)
def shape_look(
    state: FinalState,
    path: str,
    slide: int,
    shape: int,
    fill: str | None = None,
    text: str | None = None,
    bold: bool | None = None,
    italic: bool | None = None,
    size_pt: float | None = None,
) -> Verdict:
    """Whether a shape of the start, known by its place, looks so; what is null is not looked at.

    Args:
        state: the final state.
        path: the presentation.
        slide: number of the slide.
        shape: number of the shape at the start.
        fill: "#rrggbb" of its plain fill, "" for none.
        text: its text, blank space at the ends left out.
        bold: whether all its text is heavy.
        italic: whether all its text is slanted.
        size_pt: size of all its text.
    """
    before = _shape(_initial(state, path), slide, shape)
    slides = _read(state, path).slides
    now = [
        each
        for each in (slides[slide - 1].shapes if slide <= len(slides) else ())
        if each.kind == before.kind and _near(each, before)
    ]
    if len(now) != 1:
        return Verdict.no(f"there are {len(now)} shapes at the place of {_named(before)}")
    found = now[0]
    faults = [] if fill in (None, found.fill) else [f"fill is {found.fill or 'none'}"]
    if text is not None and found.text.strip() != text.strip():
        faults.append(f"text is {found.text[:80]!r}")
    wanted = {"bold": bold, "italic": italic, "size_pt": size_pt}
    asked: dict[str, object] = {name: each for name, each in wanted.items() if each is not None}
    if asked:
        looks = [run.look for each in found.paragraphs for run in each.runs if run.text.strip()]
        faults += look_faults(looks, asked)
    return _verdict(not faults, in_words(faults) or f"{_named(found)} looks so")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    moved: list[list[int]] = [],  # noqa: B006
    words: list[list[int]] = [],  # noqa: B006
    filled: list[list[int]] = [],  # noqa: B006
    gone: list[list[int]] = [],  # noqa: B006
    gone_slides: list[int] = [],  # noqa: B006
    added: int = 0,
    order: bool = False,
    aspects: list[str] = [],  # noqa: B006
) -> Verdict:
    """Whether all the rest is as in the set-up presentation: meant as a guard.

    Looks at slides and their order, shapes with place, colours and text, notes, transitions, hidden
    slides and backgrounds. Empty placeholders do not count. Shapes are pairs of slide and shape of
    the start.

    Args:
        state: the final state.
        path: the presentation.
        moved: shapes that may have another place and size.
        words: shapes that may say something else, in the looks that they have.
        filled: shapes that may have another fill.
        gone: shapes that may be gone.
        gone_slides: numbers of slides of the start that may be gone.
        added: how many slides may be new; what is on them must look like what is on the others.
        order: whether the slides may be in another order.
        aspects: "hidden", "transitions", "notes", "layouts", "backgrounds", "masters",
            "animations": what may change on every slide.
    """
    unknown = set(aspects) - set(ASPECTS)
    if unknown:
        raise TaskError(did_you_mean("aspect", sorted(unknown)[0], ASPECTS))
    allowed = Allowed(
        *(_pairs(each) for each in (moved, words, filled, gone)),
        frozenset(gone_slides),
        added,
        order,
        frozenset(aspects),
    )
    changes = differences(_initial(state, path), _read(state, path), allowed)
    if changes:
        return Verdict.no(f"{len(changes)} unwanted changes: {in_words(changes)}")
    return Verdict.yes("nothing else was changed")


def _pairs(shapes: list[list[int]]) -> frozenset[tuple[int, int]]:
    if any(len(pair) != 2 for pair in shapes):
        raise TaskError("shapes: expected pairs of slide and shape")
    return frozenset((slide, shape) for slide, shape in shapes)


def _read(state: FinalState, path: str) -> Presentation:
    return read_odp(state.home.read_bytes(path))


def _initial(state: FinalState, path: str) -> Presentation:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    try:
        return read_odp(state.initial[path])
    except DocumentError as error:
        raise VerifierError(f"the set-up presentation cannot be read: {error}") from error


def _titled(state: FinalState, path: str, title: str) -> Slide:
    """The slide of a title. Raises DocumentError unless there is exactly one."""
    found = [each for each in _read(state, path).slides if each.title == title.strip()]
    if len(found) != 1:
        raise DocumentError(f"there are {len(found)} slides with the title {title!r}")
    return found[0]


def _shape(presentation: Presentation, slide: int, shape: int) -> Shape:
    """A shape of the set-up presentation. Raises TaskError if there is none."""
    slides = presentation.slides
    if not 1 <= slide <= len(slides) or not 1 <= shape <= len(slides[slide - 1].shapes):
        raise TaskError(f"shape: the set-up presentation has no shape {shape} on slide {slide}")
    return slides[slide - 1].shapes[shape - 1]


def _known(shape: Shape) -> tuple[str, ...]:
    """What tells a shape from others, wherever it lies."""
    return (shape.kind, shape.name, shape.fill, shape.line, shape.text.strip())


def _near(one: Shape, other: Shape) -> bool:
    return abs(one.x_cm - other.x_cm) <= 0.1 and abs(one.y_cm - other.y_cm) <= 0.1


def _within(shape: Shape, field: list[float], tolerance_cm: float) -> bool:
    if len(field) != 4:
        raise TaskError("inside: expected left, top, right and bottom")
    left, top, right, bottom = field
    return (
        shape.x_cm >= left - tolerance_cm
        and shape.y_cm >= top - tolerance_cm
        and shape.x_cm + shape.width_cm <= right + tolerance_cm
        and shape.y_cm + shape.height_cm <= bottom + tolerance_cm
    )


def _named(shape: Shape) -> str:
    return f"{shape.kind} {shape.fill or 'without fill'} {shape.text[:40]!r}"


def _texts(presentation: Presentation) -> list[str]:
    return [
        text.strip()
        for slide in presentation.slides
        for text in (*(shape.text for shape in slide.shapes), slide.notes)
    ]


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
