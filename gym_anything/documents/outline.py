"""Outlines of vector shapes: affine maps, path data and bounding boxes. Used by `vector`.

A map is (a, b, c, d, e, f) as SVG writes it: x' = a x + c y + e and y' = b x + d y + f. Every curve
becomes cubic Bézier segments, so that a box is exact after any map.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.documents.errors import DocumentError

Point: TypeAlias = tuple[float, float]
Matrix: TypeAlias = tuple[float, float, float, float, float, float]
Segment: TypeAlias = tuple[Point, ...]
"""Two points of a line, or four of a cubic."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAX_SEGMENTS = 20_000
MAX_NUMBER = 1e7
_KAPPA = 4 / 3 * (math.sqrt(2) - 1)
_NUMBER = re.compile(r"[\s,]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)")
_FLAG = re.compile(r"[\s,]*([01])")
_COMMAND = re.compile(r"[\s,]*([MmLlHhVvCcSsQqTtAaZz])")
_FUNCTION = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a shape runs, on the page.

    Attributes:
        points: its nodes and the middles of its curves.
        box: what it covers, None if it has no points.
    """

    points: tuple[Point, ...]
    box: Box | None


def number(text: str, what: str) -> float:
    """A finite number of a sensible size. Raises DocumentError."""
    try:
        value = float(text)
    except ValueError as error:
        raise DocumentError(f"{what}: {text[:40]!r} is not a number") from error
    if not abs(value) <= MAX_NUMBER:
        raise DocumentError(f"{what}: {text[:40]!r} is too large")
    return value


def multiply(outer: Matrix, inner: Matrix) -> Matrix:
    """The map that does `inner` first."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (
        *(a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j),
        *(a * k + c * m + e, b * k + d * m + f),
    )


def apply(matrix: Matrix, point: Point) -> Point:
    """A point, mapped."""
    (a, b, c, d, e, f), (x, y) = matrix, point
    return (a * x + c * y + e, b * x + d * y + f)


def scale_of(matrix: Matrix) -> float:
    """By how much lengths grow, as the root of the area."""
    a, b, c, d = matrix[:4]
    return math.sqrt(abs(a * d - b * c))


def read_transform(text: str) -> Matrix:
    """The value of an attribute `transform`.

    Raises:
        DocumentError: another syntax.
    """
    matrix, at = IDENTITY, 0
    if len(text) > 4_000:
        raise DocumentError("transform: too long")
    while text[at:].strip():
        match = _FUNCTION.match(text, at)
        if match is None:
            raise DocumentError(f"transform: {text[at : at + 40]!r} is not understood")
        values = [number(part, "transform") for part in re.split(r"[\s,]+", match[2].strip())]
        matrix = multiply(matrix, _function(match[1], values))
        at = match.end()
    return matrix


def _function(name: str, values: Sequence[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return (a, b, c, d, e, f)
        case "translate", [x, *rest] if len(rest) <= 1:
            return (1, 0, 0, 1, x, rest[0] if rest else 0.0)
        case "scale", [x, *rest] if len(rest) <= 1:
            return (x, 0, 0, rest[0] if rest else x, 0, 0)
        case "rotate", [degrees]:
            cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            return (cos, sin, -sin, cos, 0, 0)
        case "rotate", [degrees, x, y]:
            turned = multiply((1, 0, 0, 1, x, y), _function("rotate", [degrees]))
            return multiply(turned, (1, 0, 0, 1, -x, -y))
        case "skewX", [degrees]:
            return (1, 0, math.tan(math.radians(degrees)), 1, 0, 0)
        case "skewY", [degrees]:
            return (1, math.tan(math.radians(degrees)), 0, 1, 0, 0)
    raise DocumentError(f"transform: {name} with {len(values)} numbers")


def outline(segments: Iterable[Segment], matrix: Matrix) -> Outline:
    """The outline of segments, mapped."""
    points: list[Point] = []
    xs: list[float] = []
    ys: list[float] = []
    for segment in segments:
        mapped = [apply(matrix, point) for point in segment]
        points.append(mapped[0])
        if len(mapped) == 4:
            points.append(_at(mapped, 0.5))
        points.append(mapped[-1])
        for values, axis in ((xs, 0), (ys, 1)):
            values += _extremes([point[axis] for point in mapped])
    distinct = tuple(dict.fromkeys((round(x, 4), round(y, 4)) for x, y in points))
    return Outline(distinct, (min(xs), min(ys), max(xs), max(ys)) if xs else None)


def _at(curve: Sequence[Point], t: float) -> Point:
    x, y = (_bezier([point[axis] for point in curve], t) for axis in (0, 1))
    return (x, y)


def _bezier(values: Sequence[float], t: float) -> float:
    a, b, c, d = values
    s = 1 - t
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d


def _extremes(values: Sequence[float]) -> list[float]:
    """Both ends of one coordinate of a segment, and where it turns between them."""
    found = [values[0], values[-1]]
    if len(values) == 2:
        return found
    a, b, c, d = values
    p, q, r = -a + 3 * b - 3 * c + d, 2 * (a - 2 * b + c), b - a
    roots = []
    if abs(p) > 1e-12:
        under = q * q - 4 * p * r
        if under >= 0:
            roots = [(-q + sign * math.sqrt(under)) / (2 * p) for sign in (1, -1)]
    elif abs(q) > 1e-12:
        roots = [-r / q]
    return found + [_bezier(values, t) for t in roots if 0 < t < 1]


def read_path(data: str) -> list[Segment]:
    """The segments of path data (an attribute `d`).

    Raises:
        DocumentError: another syntax, or more than `MAX_SEGMENTS`.
    """
    segments: list[Segment] = []
    here: Point = (0.0, 0.0)
    start, control, before = here, here, ""
    for command, values in _commands(data):
        upper = command.upper()
        if upper == "Z":
            if here != start:
                segments.append((here, start))
            here = control = start
        elif upper == "M":
            here = start = control = _absolute(here, values, command.islower())[0]
        else:
            smooth = _mirrored(here, control, before, upper)
            added, control = _drawn(command, values, here, smooth)
            segments += added
            here = added[-1][-1]
        before = upper
        if len(segments) > MAX_SEGMENTS:
            raise DocumentError(f"path: more than {MAX_SEGMENTS} segments")
    return segments


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    at, command, size = 0, "", len(data.rstrip())
    while at < size:
        match = _COMMAND.match(data, at)
        if match is not None:
            command, at = match[1], match.end()
        elif command in ("", "Z", "z"):
            raise DocumentError(f"path: {data[at : at + 20]!r} is not understood")
        values: list[float] = []
        for index in range(_COUNTS[command.upper()]):
            pattern = _FLAG if command in "Aa" and index in (3, 4) else _NUMBER
            match = pattern.match(data, at)
            if match is None:
                raise DocumentError(f"path: {data[at : at + 20]!r} is not a number")
            values.append(number(match[1], "path"))
            at = match.end()
        yield command, values
        command = {"M": "L", "m": "l"}.get(command, command)


def _absolute(here: Point, values: Sequence[float], relative: bool) -> list[Point]:
    x, y = here if relative else (0.0, 0.0)
    return [(x + values[at], y + values[at + 1]) for at in range(0, len(values), 2)]


def _mirrored(here: Point, control: Point, before: str, command: str) -> Point:
    """The first control point of a smooth curve."""
    kin = {"S": "CS", "T": "QT"}.get(command, "")
    if before and before in kin:
        return (2 * here[0] - control[0], 2 * here[1] - control[1])
    return here


def _drawn(
    command: str, values: Sequence[float], here: Point, smooth: Point
) -> tuple[list[Segment], Point]:
    """Segments of one command, and the last control point."""
    relative = command.islower()
    match command.upper():
        case "H":
            point = (values[0] + (here[0] if relative else 0.0), here[1])
            return [(here, point)], point
        case "V":
            point = (here[0], values[0] + (here[1] if relative else 0.0))
            return [(here, point)], point
        case "A":
            point = _absolute(here, values[5:], relative)[0]
            return _arc(here, point, values), point
    points = _absolute(here, values, relative)
    match command.upper():
        case "C":
            return [(here, *points)], points[1]
        case "S":
            return [(here, smooth, *points)], points[0]
        case "Q":
            return [_quadratic(here, points[0], points[1])], points[0]
        case "T":
            return [_quadratic(here, smooth, points[0])], smooth
    return [(here, points[0])], points[0]


def _quadratic(start: Point, control: Point, end: Point) -> Segment:
    def toward(point: Point) -> Point:
        return tuple(p + 2 / 3 * (c - p) for p, c in zip(point, control, strict=True))  # type: ignore[return-value]

    return (start, toward(start), toward(end), end)


def _arc(start: Point, end: Point, values: Sequence[float]) -> list[Segment]:
    """An elliptical arc as cubics; the arithmetic is that of the SVG specification, F.6."""
    rx, ry, degrees, large, sweep = abs(values[0]), abs(values[1]), *values[2:5]
    if start == end or rx < 1e-9 or ry < 1e-9:
        return [(start, end)]
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, -sin * dx + cos * dy
    grow = math.sqrt(max(1.0, (x / rx) ** 2 + (y / ry) ** 2))
    rx, ry = rx * grow, ry * grow
    below = (rx * y) ** 2 + (ry * x) ** 2
    root = math.sqrt(max(0.0, ((rx * ry) ** 2 - below) / below)) * (-1 if large == sweep else 1)
    cx, cy = root * rx * y / ry, -root * ry * x / rx
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    span = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
    if sweep and span < 0:
        span += 2 * math.pi
    elif not sweep and span > 0:
        span -= 2 * math.pi
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    matrix = (cos, sin, -sin, cos, middle[0], middle[1])
    matrix = multiply(matrix, (rx, 0, 0, ry, cx, cy))
    return [tuple(apply(matrix, point) for point in segment) for segment in _unit_arc(first, span)]


def _unit_arc(first: float, span: float) -> list[Segment]:
    """An arc of the unit circle, in steps of at most a quarter."""
    count = max(1, math.ceil(abs(span) / (math.pi / 2) - 1e-9))
    step = span / count
    reach = 4 / 3 * math.tan(step / 4)
    found: list[Segment] = []
    for index in range(count):
        a, b = first + index * step, first + (index + 1) * step
        start, end = (math.cos(a), math.sin(a)), (math.cos(b), math.sin(b))
        out = (start[0] - reach * start[1], start[1] + reach * start[0])
        into = (end[0] + reach * end[1], end[1] - reach * end[0])
        found.append((start, out, into, end))
    return found


def polygon(points: Sequence[Point], closed: bool = True) -> list[Segment]:
    """Lines through points; one point is a line to itself."""
    if not points:
        return []
    ring = [*points, points[0]] if closed or len(points) == 1 else list(points)
    return list(zip(ring, ring[1:], strict=False))


def ellipse(cx: float, cy: float, rx: float, ry: float) -> list[Segment]:
    """A whole ellipse."""
    matrix = (rx, 0.0, 0.0, ry, cx, cy)
    return [
        tuple(apply(matrix, point) for point in segment) for segment in _unit_arc(0, 2 * math.pi)
    ]


def rectangle(box: Box, rx: float = 0.0, ry: float = 0.0) -> list[Segment]:
    """A rectangle, its corners rounded if radii are given."""
    left, top, right, bottom = box
    rx, ry = min(rx, (right - left) / 2), min(ry, (bottom - top) / 2)
    if rx <= 0 or ry <= 0:
        return polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
    kx, ky = rx * (1 - _KAPPA), ry * (1 - _KAPPA)
    corners = [
        ((right - rx, top), (right - kx, top), (right, top + ky), (right, top + ry)),
        ((right, bottom - ry), (right, bottom - ky), (right - kx, bottom), (right - rx, bottom)),
        ((left + rx, bottom), (left + kx, bottom), (left, bottom - ky), (left, bottom - ry)),
        ((left, top + ry), (left, top + ky), (left + kx, top), (left + rx, top)),
    ]
    sides = [(corners[at - 1][-1], corners[at][0]) for at in range(4)]
    return [*sides, *corners]
