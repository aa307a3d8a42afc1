"""Verifiers of vector drawings (.svg), judged as they are seen: after all transforms.

Common parameters: `path` is the file, relative to home. `shape` finds one shape: an id, or
"label:…" as the application shows it, or "text:…" for a text that reads so. Lengths are pixels of
the page (96 to an inch), from its top left corner. A file that is no drawing fails every check.
"""

from __future__ import annotations

from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.outline import Box, apply, multiply
from gym_anything.documents.vector import read_drawing
from gym_anything.documents.vector_compare import ASPECTS, drawing_fault, same_points
from gym_anything.documents.vector_shapes import Drawing, Shape
from gym_anything.documents.vector_style import same_paint
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict


@fails_closed(Verdict.no)
def painted(
    state: FinalState,
    path: str,
    shape: str,
    fill: str = "",
    stroke: str = "",
    stroke_width: float | None = None,
    opacity: float | None = None,
    tolerance: int = 2,
) -> Verdict:
    """Whether a shape is there, shown, and looks so.

    Args:
        state: the final state.
        path: the file.
        shape: which.
        fill: "#rrggbb" or "none", "" for any. A fill that is half transparent is refused.
        stroke: the same of its line.
        stroke_width: in px, within 0.25; null for any.
        opacity: 0 to 1 within 0.02, groups included; null for any.
        tolerance: of each channel of a colour, 0 to 255.
    """
    found = _find(_read(state, path), shape)
    right = found.visible
    if fill:
        right = right and same_paint(found.fill, fill, tolerance)
        right = right and (fill == "none" or found.fill_opacity >= 0.98)
    right = right and (not stroke or same_paint(found.stroke, stroke, tolerance))
    right = right and (stroke_width is None or abs(found.stroke_width - stroke_width) <= 0.25)
    right = right and (opacity is None or abs(found.opacity - opacity) <= 0.02)
    shown = "" if found.visible else "hidden, "
    return _verdict(
        right,
        f"{shape} is {shown}filled {found.fill}, its line {found.stroke} "
        f"{found.stroke_width:.2f} px, opacity {found.opacity:.2f}",
    )


@fails_closed(Verdict.no)
def placed(
    state: FinalState,
    path: str,
    shape: str,
    x: float | None = None,
    y: float | None = None,
    width: float | None = None,
    height: float | None = None,
    tolerance: float = 1.0,
) -> Verdict:
    """Whether the box of a shape is this, measured either with or without its line.

    Args:
        state: the final state.
        path: the file.
        shape: which; a text is only known by the start of its baseline.
        x: left edge, null for any.
        y: top edge, null for any.
        width: null for any.
        height: null for any.
        tolerance: in px, of each.
    """
    if x is None and y is None and width is None and height is None:
        raise TaskError("vector.placed: at least one thing to look at is needed")
    found = _find(_read(state, path), shape)
    wanted = (x, y, width, height)
    boxes = [_corner_and_size(box) for box in (found.box, found.visual_box) if box is not None]
    right = any(_near(box, wanted, tolerance) for box in boxes)
    return _verdict(right and found.visible, f"{shape} has {_said(found.box)}")


@fails_closed(Verdict.no)
def mapped(
    state: FinalState,
    path: str,
    shape: str,
    matrix: list[float],
    by: list[float] = [0.0, 0.0],  # noqa: B006
    tolerance: float = 2.0,
) -> Verdict:
    """Whether a shape is that of the start, turned, flipped or scaled about its middle, and moved.

    Args:
        state: the final state.
        path: the file.
        shape: id of a shape of the set-up document.
        matrix: [a, b, c, d] of x' = a x + c y, y' = b x + d y: a flip to the side is [-1, 0, 0, 1].
        by: how far it was moved as well, [x, y].
        tolerance: in px, of every point.
    """
    if len(matrix) != 4 or len(by) != 2:
        raise TaskError("vector.mapped: matrix has four numbers, by has two")
    before, after = _find(_initial(state, path), shape), _find(_read(state, path), shape)
    if before.box is None:
        raise TaskError(f"vector.mapped: {shape!r} has no outline")
    x, y = (before.box[0] + before.box[2]) / 2, (before.box[1] + before.box[3]) / 2
    a, b, c, d = matrix
    whole = multiply((1, 0, 0, 1, x + by[0], y + by[1]), (a, b, c, d, 0, 0))
    whole = multiply(whole, (1, 0, 0, 1, -x, -y))
    wanted = [apply(whole, point) for point in before.outline.points]
    right = after.visible and same_points(wanted, after.outline.points, tolerance)
    return _verdict(right, f"{shape} was {_said(before.box)}, has {_said(after.box)}")


@fails_closed(Verdict.no)
def above(state: FinalState, path: str, shape: str, others: list[str]) -> Verdict:
    """Whether a shape is painted over others.

    Args:
        state: the final state.
        path: the file.
        shape: which.
        others: those that must lie below it.
    """
    drawing = _read(state, path)
    place = drawing.shapes.index(_find(drawing, shape))
    over = [each for each in others if drawing.shapes.index(_find(drawing, each)) > place]
    return _verdict(not over, f"above {shape}: {', '.join(over) or 'none of them'}")


@fails_closed(Verdict.no)
def reads(state: FinalState, path: str, shape: str, text: str) -> Verdict:
    r"""Whether a text reads so; how many blanks stand between words does not count.

    Args:
        state: the final state.
        path: the file.
        shape: id of the text.
        text: with "\n" between lines.
    """
    found = _find(_read(state, path), shape)
    wanted = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return _verdict(found.visible and found.text == wanted, f"{shape} reads {found.text[:200]!r}")


@fails_closed(Verdict.no)
def gone(state: FinalState, path: str, shapes: list[str]) -> Verdict:
    """Whether none of these shapes of the start is there any more, not even hidden.

    Args:
        state: the final state.
        path: the file.
        shapes: their ids; the value is the share that is gone.
    """
    there = {shape.id for shape in _read(state, path).shapes}
    left = [each for each in shapes if each in there]
    return Verdict.part(1 - len(left) / len(shapes), f"still there: {', '.join(left) or 'none'}")


@fails_closed(Verdict.no)
def added(
    state: FinalState,
    path: str,
    kinds: list[str],
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str = "",
    tolerance: float = 2.0,
    over: list[str] = [],  # noqa: B006
) -> Verdict:
    """Whether exactly one shape is new, and it has this kind, place and fill.

    Args:
        state: the final state.
        path: the file.
        kinds: kinds that do, such as ["rect", "path"].
        x: left edge of its box, measured with or without its line.
        y: top edge.
        width: of the box.
        height: of the box.
        fill: "#rrggbb", "" for any; half transparent is refused.
        tolerance: in px.
        over: ids of shapes that it must lie above, for they would hide it.
    """
    known = {shape.id for shape in _initial(state, path).shapes}
    drawing = _read(state, path)
    new = [shape for shape in drawing.shapes if shape.id not in known]
    if len(new) != 1:
        return Verdict.no(f"{len(new)} shapes are new")
    found = new[0]
    boxes = [_corner_and_size(box) for box in (found.box, found.visual_box) if box is not None]
    right = any(_near(box, (x, y, width, height), tolerance) for box in boxes)
    right = right and found.kind in kinds and found.visible and found.opacity >= 0.98
    right = right and (not fill or (same_paint(found.fill, fill) and found.fill_opacity >= 0.98))
    place = drawing.shapes.index(found)
    hidden = [each for each in over if drawing.shapes.index(_find(drawing, each)) > place]
    if hidden:
        return Verdict.no(f"the new {found.kind} lies below {', '.join(hidden)}")
    return _verdict(right, f"new is a {found.kind} filled {found.fill} with {_said(found.box)}")


@fails_closed(Verdict.no)
def in_layer(state: FinalState, path: str, shape: str, layer: str) -> Verdict:
    """Whether a shape lies in a layer.

    Args:
        state: the final state.
        path: the file.
        shape: which.
        layer: label of the layer.
    """
    found = _find(_read(state, path), shape)
    return _verdict(found.layer == layer, f"{shape} is in the layer {found.layer!r}")


@fails_closed(Verdict.no)
def grouped(state: FinalState, path: str, shapes: list[str]) -> Verdict:
    """Whether a group holds exactly these shapes.

    Args:
        state: the final state.
        path: the file.
        shapes: which.
    """
    drawing = _read(state, path)
    wanted = {drawing.shapes.index(_find(drawing, shape)) for shape in shapes}
    names = {name for at in wanted for name in drawing.shapes[at].groups}
    for name in names:
        held = {at for at, shape in enumerate(drawing.shapes) if name in shape.groups}
        if held == wanted:
            return Verdict.yes(f"the group {name!r} holds them")
    return Verdict.no(f"no group holds exactly {', '.join(shapes)}")


@fails_closed(Verdict.no)
def page(
    state: FinalState, path: str, width: float, height: float, tolerance: float = 0.5
) -> Verdict:
    """Whether the page has a size.

    Args:
        state: the final state.
        path: the file.
        width: in px.
        height: in px.
        tolerance: in px.
    """
    found = _read(state, path)
    right = _near((found.width, found.height, 0, 0), (width, height, None, None), tolerance)
    return _verdict(right, f"the page is {found.width:.2f} x {found.height:.2f} px")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    may_change: dict[str, list[str]] = {},  # noqa: B006
    may_add: int = 0,
) -> Verdict:
    """Whether everything else is as in the set-up document: meant as a guard.

    Looks at the page, the layers, and every shape: outline within 0.6 px, fill, stroke, opacity,
    text, font, layer and groups, whether it is shown, and the order in which they are painted.

    Args:
        state: the final state.
        path: the file.
        may_change: aspects of `ASPECTS` that may differ, by id of the shape, such as
            {"room-2": ["fill"]}; "gone" if it may be deleted.
        may_add: how many further shapes there may be.
    """
    before = _initial(state, path)
    for shape, aspects in may_change.items():
        _find(before, shape)
        if set(aspects) - set(ASPECTS):
            raise TaskError(f"vector.unchanged_except: {shape}: aspects are {', '.join(ASPECTS)}")
    fault = drawing_fault(before, _read(state, path), may_change, may_add)
    return _verdict(not fault, fault or "nothing else was changed")


def _read(state: FinalState, path: str) -> Drawing:
    return read_drawing(state.home.read_bytes(path))


def _initial(state: FinalState, path: str) -> Drawing:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    return read_drawing(state.initial[path])


def _find(drawing: Drawing, shape: str) -> Shape:
    key, colon, value = shape.partition(":")
    if not colon or key not in ("label", "text"):
        return drawing.shape(shape)
    found = [each for each in drawing.shapes if getattr(each, key) == value]
    if len(found) != 1:
        raise DocumentError(f"{len(found)} shapes are called {shape!r}, not 1")
    return found[0]


def _corner_and_size(box: Box) -> Box:
    left, top, right, bottom = box
    return (left, top, right - left, bottom - top)


def _near(found: Box, wanted: tuple[float | None, ...], tolerance: float) -> bool:
    pairs = zip(found, wanted, strict=True)
    return all(b is None or abs(a - b) <= tolerance for a, b in pairs)


def _said(box: Box | None) -> str:
    if box is None:
        return "no outline"
    x, y, width, height = _corner_and_size(box)
    return f"x {x:.1f}, y {y:.1f}, width {width:.1f}, height {height:.1f}"


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
