"""Compare drawings: what of a shape was changed, and what else. Used by verifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import Point
from gym_anything.documents.vector_shapes import Drawing, Shape
from gym_anything.documents.vector_style import same_paint

ASPECTS = (
    *("outline", "fill", "stroke", "opacity", "text", "font", "order", "layer", "shown", "gone"),
)
"""What of a shape may be allowed to change."""
TOLERANCE_PX = 0.6
_MOST_POINTS = 4_000


def same_points(left: Sequence[Point], right: Sequence[Point], tolerance: float) -> bool:
    """Whether every point of each has one of the other within a tolerance in pixels.

    Raises:
        DocumentError: more points than can be compared.
    """
    if max(len(left), len(right)) > _MOST_POINTS:
        raise DocumentError(f"an outline of more than {_MOST_POINTS} points")
    if not left or not right:
        return len(left) == len(right)
    a, b = np.array(left), np.array(right)
    apart = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    return bool(apart.min(axis=1).max() <= tolerance and apart.min(axis=0).max() <= tolerance)


def changed_aspects(before: Shape, after: Shape, tolerance: float = TOLERANCE_PX) -> list[str]:
    """What differs between two states of a shape, of `ASPECTS` but order and gone."""
    differs = {
        "outline": not same_points(before.outline.points, after.outline.points, tolerance),
        "fill": not same_paint(before.fill, after.fill)
        or abs(before.fill_opacity - after.fill_opacity) > 0.02,
        "stroke": not same_paint(before.stroke, after.stroke)
        or abs(before.stroke_width - after.stroke_width) > max(0.25, before.stroke_width * 0.05)
        or before.dashed != after.dashed,
        "opacity": abs(before.opacity - after.opacity) > 0.02,
        "text": before.text != after.text,
        "font": before.bold != after.bold
        or abs(before.font_size - after.font_size) > max(0.25, before.font_size * 0.02),
        "layer": (before.layer, before.groups) != (after.layer, after.groups),
        "shown": (before.visible, before.effects) != (after.visible, after.effects),
    }
    return [aspect for aspect, different in differs.items() if different]


def drawing_fault(
    before: Drawing, after: Drawing, may_change: Mapping[str, Sequence[str]], may_add: int
) -> str:
    """What was changed beyond what may be, "" if nothing.

    Args:
        before: as it was set up; its shapes have ids.
        after: as it is.
        may_change: aspects that may differ, by id of the shape.
        may_add: how many further shapes there may be.
    """
    if max(abs(before.width - after.width), abs(before.height - after.height)) > TOLERANCE_PX:
        return f"the page is {after.width:.1f} x {after.height:.1f} px"
    if before.layers != after.layers:
        return f"the layers are {[layer.label for layer in after.layers]}, or some are hidden"
    known = {shape.id for shape in before.shapes}
    added = [shape for shape in after.shapes if shape.id not in known]
    if len(added) > may_add:
        return f"{len(added)} shapes were added, one is a {added[0].kind}"
    there = {shape.id: shape for shape in after.shapes}
    if len(there) != len(after.shapes):
        return "two shapes have the same id"
    for shape in before.shapes:
        allowed = may_change.get(shape.id, ())
        if shape.id not in there:
            if "gone" not in allowed:
                return f"{_name(shape)} is gone"
            continue
        for aspect in changed_aspects(shape, there[shape.id]):
            if aspect not in allowed:
                return f"{_name(shape)}: its {aspect} was changed"
    return _order_fault(before, after, may_change)


def _order_fault(before: Drawing, after: Drawing, may_change: Mapping[str, Sequence[str]]) -> str:
    fixed = [each.id for each in before.shapes if "order" not in may_change.get(each.id, ())]
    now = [shape.id for shape in after.shapes if shape.id in set(fixed)]
    kept = [each for each in fixed if each in set(now)]
    for wanted, found in zip(kept, now, strict=True):
        if wanted != found:
            return f"{wanted!r} and {found!r} are in another order"
    return ""


def _name(shape: Shape) -> str:
    return f"the {shape.kind} {shape.id!r}"
