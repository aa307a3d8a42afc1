"""Compare drawings by geometry, and find shapes that are as wished. After drawing.

What an application changes by loading and saving is no change: the order of entities, which end of
a line comes first, where a closed polyline begins, a layer that only marks points of dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gym_anything.documents.drawing import BY_LAYER, Drawing, Point, Shape

TOLERANCE = 1e-3  # drawing units; files hold at least six digits
_OWN_LAYERS = ("defpoints",)  # made by applications for dimensions


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shape should be; None is not looked at.

    Attributes:
        kind: of `Shape.kind`; "segment" is a line or one straight side of a polyline.
        layer: name in any case.
        colour: number that it is drawn in, by its layer or its own.
        points: all its points, in any direction.
        center: its first point.
        radius: of a circle or arc.
        numbers: all its numbers.
        text: of a text without space around it, name of a block.
        variant: of a dimension or polyline; several are separated by "|".
        measure: of a dimension.
        ends: points of which its first two points are two, such as corners.
        within: box (x0, y0, x1, y1) that holds all its points.
        tolerance: how far points and lengths may be off, in drawing units.
    """

    kind: str
    layer: str | None = None
    colour: int | None = None
    points: tuple[Point, ...] | None = None
    center: Point | None = None
    radius: float | None = None
    numbers: tuple[float, ...] | None = None
    text: str | None = None
    variant: str | None = None
    measure: float | None = None
    ends: tuple[Point, ...] | None = None
    within: tuple[float, float, float, float] | None = None
    tolerance: float = 0.01


def fitting(drawing: Drawing, wish: Wish) -> list[Shape]:
    """The shapes, or sides of polylines, that are as wished."""
    shapes: Iterable[Shape] = drawing.shapes
    if wish.kind == "segment":
        shapes = [side for shape in drawing.shapes for side in segments(shape)]
    return [shape for shape in shapes if fits(shape, wish, drawing)]


def segments(shape: Shape) -> list[Shape]:
    """A line, or the straight sides of a polyline, as lines."""
    if shape.kind == "line":
        return [shape]
    if shape.kind != "polyline":
        return []
    ends = list(zip(shape.points, shape.points[1:], strict=False))
    if shape.variant == "closed" and len(shape.points) > 1:
        ends.append((shape.points[-1], shape.points[0]))
    bulges = (*shape.numbers, *(0.0,) * len(ends))
    return [
        Shape("line", shape.layer, shape.colour, pair, line_type=shape.line_type)
        for pair, bulge in zip(ends, bulges, strict=False)
        if abs(bulge) < 1e-9
    ]


def fits(shape: Shape, wish: Wish, drawing: Drawing) -> bool:
    """Whether a shape is as wished."""
    if shape.kind != ("line" if wish.kind == "segment" else wish.kind):
        return False
    if wish.layer is not None and shape.layer.casefold() != wish.layer.casefold():
        return False
    if wish.colour is not None and drawing.colour_of(shape) != wish.colour:
        return False
    if wish.text is not None and shape.text.strip() != wish.text.strip():
        return False
    if wish.variant is not None and shape.variant not in wish.variant.split("|"):
        return False
    if wish.measure is not None and abs(shape.measure - wish.measure) > wish.tolerance:
        return False
    return _geometry_fits(shape, wish)


def _geometry_fits(shape: Shape, wish: Wish) -> bool:
    near = wish.tolerance
    if wish.points is not None and not same_points(shape, wish.points, near):
        return False
    if wish.center is not None and not (shape.points and _near(shape.points[0], wish.center, near)):
        return False
    if wish.radius is not None:
        round_one = shape.kind in ("circle", "arc") and bool(shape.numbers)
        if not round_one or abs(shape.numbers[0] - wish.radius) > near:
            return False
    if wish.numbers is not None and not _same_numbers(shape, wish.numbers, near):
        return False
    if wish.ends is not None:
        found = [
            next((at for at, end in enumerate(wish.ends) if _near(point, end, near)), -1)
            for point in shape.points[:2]
        ]
        if len(found) < 2 or -1 in found or found[0] == found[1]:
            return False
    if wish.within is not None:
        x0, y0, x1, y1 = wish.within
        return all(
            x0 - near <= x <= x1 + near and y0 - near <= y <= y1 + near for x, y in shape.points
        )
    return True


def same_points(shape: Shape, points: Sequence[Point], near: float) -> bool:
    """Whether a shape has these points, from either end where that means nothing."""
    found = shape.points
    if len(found) != len(points):
        return False
    orders = [list(points)]
    if shape.kind == "line":
        orders.append(list(points)[::-1])
    elif shape.kind == "polyline":
        orders.append(list(points)[::-1])
        if shape.variant == "closed":
            count = len(points)
            orders = [order[at:] + order[:at] for order in orders for at in range(count)]
    elif shape.kind == "dimension" and shape.variant in ("linear", "aligned"):
        orders.append([points[1], points[0], *points[2:]])
    elif shape.kind == "dimension" and shape.variant == "diameter":
        orders.append(list(points)[::-1])
    return any(
        all(_near(a, b, near) for a, b in zip(found, order, strict=True)) for order in orders
    )


def _near(a: Point, b: Point, near: float) -> bool:
    return abs(a[0] - b[0]) <= near and abs(a[1] - b[1]) <= near


def _same_numbers(shape: Shape, numbers: Sequence[float], near: float) -> bool:
    if len(shape.numbers) != len(numbers):
        return False
    angles = {"arc": (1, 2), "text": (1,), "insert": (2,), "dimension": (0,)}.get(shape.kind, ())
    for at, (a, b) in enumerate(zip(shape.numbers, numbers, strict=True)):
        apart = abs(a - b)
        if at in angles:
            turn = 180.0 if shape.kind == "dimension" else 360.0
            apart = min(apart % turn, turn - apart % turn)
        if apart > near:
            return False
    return True


def same_shape(a: Shape, b: Shape) -> bool:
    """Whether two shapes are the same in every way that a person could see."""
    if (a.kind, a.variant, a.layer.casefold(), a.colour, a.line_type) != (
        *(b.kind, b.variant, b.layer.casefold(), b.colour, b.line_type),
    ):
        return False
    if _said(a) != _said(b):
        return False
    if a.kind == "polyline":
        return same_points(b, a.points, TOLERANCE) and math.isclose(
            sum(map(abs, a.numbers)), sum(map(abs, b.numbers)), abs_tol=TOLERANCE
        )
    return same_points(b, a.points, TOLERANCE) and _same_numbers(b, a.numbers, TOLERANCE)


def _said(shape: Shape) -> str:
    return "\n".join(line.rstrip() for line in shape.text.strip().split("\n"))


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may differ between two drawings.

    Attributes:
        removed: shapes of the start that may be gone.
        added: shapes that may be new.
        layers: names of layers that may be new, gone or changed.
        blocks: whether blocks may be new.
    """

    removed: tuple[Wish, ...] = ()
    added: tuple[Wish, ...] = ()
    layers: tuple[str, ...] = ()
    blocks: bool = False


def differences(before: Drawing, after: Drawing, allowed: Allowed) -> list[str]:
    """What was changed that must not be, in words; empty if nothing."""
    gone, new = _unmatched(before.shapes, after.shapes)
    found = [
        f"{describe(shape)} is gone or changed"
        for shape in gone
        if not any(fits(shape, wish, before) for wish in allowed.removed)
    ]
    for shape in new:
        if not any(_fits_or_sides(shape, wish, after) for wish in allowed.added):
            found.append(f"{describe(shape)} is new")
    found += _layer_differences(before, after, allowed)
    for name, shapes in before.blocks.items():
        if name not in after.blocks:
            found.append(f"block {name} is gone")
        elif any(_unmatched(shapes, after.blocks[name])):
            found.append(f"block {name} was changed")
    if not allowed.blocks:
        found += [f"block {name} is new" for name in after.blocks if name not in before.blocks]
    return found


def _fits_or_sides(shape: Shape, wish: Wish, drawing: Drawing) -> bool:
    """Whether a shape is as wished, or every side of it is."""
    if wish.kind != "segment" or shape.kind == "line":
        return fits(shape, wish, drawing)
    sides = segments(shape)
    return len(sides) > 0 and all(fits(side, wish, drawing) for side in sides)


def _unmatched(before: Sequence[Shape], after: Sequence[Shape]) -> tuple[list[Shape], list[Shape]]:
    left: dict[str, list[Shape]] = {}
    for shape in after:
        left.setdefault(shape.kind, []).append(shape)
    gone = []
    for shape in before:
        others = left.get(shape.kind, [])
        at = next((at for at, other in enumerate(others) if same_shape(shape, other)), None)
        if at is None:
            gone.append(shape)
        else:
            del others[at]
    return gone, [shape for others in left.values() for shape in others]


def _layer_differences(before: Drawing, after: Drawing, allowed: Allowed) -> list[str]:
    spared = {name.casefold() for name in (*allowed.layers, *_OWN_LAYERS)}
    found = []
    for key in sorted({*before.layers, *after.layers} - spared):
        old, new = before.layers.get(key), after.layers.get(key)
        if old is None or new is None:
            found.append(f"layer {key} is {'new' if old is None else 'gone'}")
        elif (old.colour, old.hidden, old.locked) != (new.colour, new.hidden, new.locked):
            found.append(f"layer {old.name} was changed: {_look(old)} before, {_look(new)} now")
    return found


def _look(layer: object) -> str:
    colour, hidden, locked = (getattr(layer, name) for name in ("colour", "hidden", "locked"))
    return f"colour {colour}{', hidden' * hidden}{', locked' * locked}"


def describe(shape: Shape) -> str:
    """A shape in words for evidence."""
    places = " ".join(f"({x:g}, {y:g})" for x, y in shape.points[:4])
    numbers = f" {', '.join(f'{n:g}' for n in shape.numbers[:4])}" if shape.numbers else ""
    text = f" {shape.text[:60]!r}" if shape.text else ""
    colour = "" if shape.colour == BY_LAYER else f", colour {shape.colour}"
    measured = f" of {shape.measure:g}" if shape.measure else ""
    words = f"{shape.variant} {shape.kind}".strip()
    return f"{words}{measured}{text} at {places}{numbers} on {shape.layer}{colour}"
