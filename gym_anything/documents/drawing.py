"""Read technical drawings (.dxf): entities with their geometry, layers and blocks. After errors.

    Drawing  shapes, layers, blocks      Shape  kind, layer, colour, points, numbers, text

Lengths are in drawing units, angles in degrees from 0 to 360, counterclockwise. Source: DXF
Reference of AutoCAD 2000; the tags are taken apart by ezdxf.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ezdxf.colors import DXF_DEFAULT_COLORS, int2rgb
from ezdxf.filemanagement import read

from gym_anything.documents.errors import DocumentError

Point: TypeAlias = tuple[float, float]

MAX_BYTES = 4 << 20
MAX_SHAPES = 2_000  # in the model and in all blocks; comparing takes the square of it
MAX_POINTS = 20_000
MAX_COORDINATE = 1e9
BY_LAYER, BY_BLOCK = 256, 0
DIMENSION_KINDS = ("linear", "aligned", "angular", "diameter", "radius", "angular", "ordinate")


@dataclass(frozen=True, slots=True)
class Shape:
    """One entity.

    Attributes:
        kind: "line", "circle", "arc", "polyline", "text", "dimension", "insert", "point",
            "ellipse", or the file's own word in lower case.
        layer: name of its layer.
        colour: number of AutoCAD's index, 256 by layer, 0 by block.
        points: ends of a line, centre of a circle or arc, vertices, insertion point; of a
            dimension what it measures from and to, and last a point of the dimension line.
        numbers: radius of a circle; radius, start and end angle of an arc; height and rotation of
            a text; bulges of a polyline; x scale, y scale and rotation of an insert.
        text: of a text; typed text of a dimension, "" for what it measures; name of a block.
        variant: of a dimension one of `DIMENSION_KINDS`; "closed" or "" of a polyline.
        measure: what a dimension measures, else 0.
        line_type: name, lower case.
    """

    kind: str
    layer: str
    colour: int
    points: tuple[Point, ...]
    numbers: tuple[float, ...] = ()
    text: str = ""
    variant: str = ""
    measure: float = 0.0
    line_type: str = "bylayer"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer; `colour` is a number of AutoCAD's index."""

    name: str
    colour: int
    hidden: bool = False
    locked: bool = False
    line_type: str = "continuous"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing.

    Attributes:
        shapes: entities of the model, in order.
        layers: by name, in lower case.
        blocks: shapes of the blocks that have a name of their own.
    """

    shapes: tuple[Shape, ...]
    layers: Mapping[str, Layer]
    blocks: Mapping[str, tuple[Shape, ...]]

    def colour_of(self, shape: Shape) -> int:
        """The colour that a shape is drawn in."""
        if shape.colour != BY_LAYER:
            return shape.colour
        layer = self.layers.get(shape.layer.casefold())
        return layer.colour if layer else 7


def read_drawing(data: bytes, path: str = "drawing.dxf") -> Drawing:
    """Read a .dxf file (text, any version that ezdxf knows).

    Args:
        data: the file.
        path: its name, for the error.

    Raises:
        DocumentError: no DXF, broken, or beyond a limit.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{path}: {len(data)} bytes, more than {MAX_BYTES}")
    if data.startswith(b"AutoCAD Binary DXF") or b"\0" in data:
        raise DocumentError(f"{path}: not a DXF file of text")
    if not data.rstrip().endswith(b"EOF"):
        raise DocumentError(f"{path}: not a whole DXF file: its end is missing")
    try:
        document = read(io.StringIO(_decoded(data)))
        return _drawing(document)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
    except Exception as error:  # a forged file makes the parser stumble in any way
        raise DocumentError(f"{path}: not a readable DXF file: {str(error)[:200]}") from error


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n")


def _drawing(document: Any) -> Drawing:
    count = len(document.entitydb)
    if count > 6 * MAX_SHAPES:
        raise DocumentError(f"{count} objects, too many")
    layers = {}
    for layer in document.layers:
        name = str(layer.dxf.name)
        hidden = bool(layer.is_off() or layer.is_frozen())
        kind = str(layer.dxf.get("linetype", "continuous")).casefold()
        layers[name.casefold()] = Layer(name, _layer_colour(layer), hidden, layer.is_locked(), kind)
    shapes = _shapes(document.modelspace())
    blocks = {
        str(block.name): _shapes(block)
        for block in document.blocks
        if not str(block.name).startswith("*")
    }
    total = len(shapes) + sum(len(block) for block in blocks.values())
    if total > MAX_SHAPES:
        raise DocumentError(f"{total} entities, more than {MAX_SHAPES}")
    return Drawing(shapes, layers, blocks)


def _layer_colour(layer: Any) -> int:
    return _colour(layer, abs(int(layer.dxf.get("color", 7))))


def _colour(entity: Any, index: int) -> int:
    """Index of a colour; a colour of 24 bits that is one of the index counts as that one."""
    if not entity.dxf.hasattr("true_color"):
        return index
    red, green, blue = int2rgb(int(entity.dxf.true_color))
    wanted = red << 16 | green << 8 | blue
    if wanted == 0xFFFFFF:
        return 7
    known = [at for at in range(1, 256) if DXF_DEFAULT_COLORS[at] & 0xFFFFFF == wanted]
    return known[0] if known else 1000 + wanted


def _shapes(entities: Iterable[Any]) -> tuple[Shape, ...]:
    found: list[Shape] = []
    points = 0
    for entity in entities:
        shape = _shape(entity)
        points += len(shape.points)
        if len(found) >= MAX_SHAPES or points > MAX_POINTS:
            raise DocumentError(f"more than {MAX_SHAPES} entities or {MAX_POINTS} points")
        found.append(shape)
    return tuple(found)


def _shape(entity: Any) -> Shape:
    kind = str(entity.dxftype())
    take = _READERS.get(kind)
    layer = str(entity.dxf.get("layer", "0"))
    colour = _colour(entity, int(entity.dxf.get("color", BY_LAYER)))
    line_type = str(entity.dxf.get("linetype", "bylayer")).casefold()
    parts = take(entity) if take is not None else _unknown(entity)
    return Shape(
        parts.get("kind", kind.lower()),
        layer,
        colour,
        parts["points"],
        parts.get("numbers", ()),
        parts.get("text", ""),
        parts.get("variant", ""),
        parts.get("measure", 0.0),
        line_type,
    )


_Parts: TypeAlias = dict[str, Any]


def _point(vector: Any) -> Point:
    x, y = float(vector[0]), float(vector[1])
    if not (abs(x) <= MAX_COORDINATE and abs(y) <= MAX_COORDINATE):
        raise DocumentError(f"a point at {x:g}, {y:g}")
    return x, y


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > MAX_COORDINATE:
        raise DocumentError(f"a length or angle of {number:g}")
    return number


def _angle(value: Any) -> float:
    return _number(value) % 360.0


def _line(entity: Any) -> _Parts:
    return {"points": (_point(entity.dxf.start), _point(entity.dxf.end))}


def _circle(entity: Any) -> _Parts:
    return {"points": (_point(entity.dxf.center),), "numbers": (_number(entity.dxf.radius),)}


def _arc(entity: Any) -> _Parts:
    angles = (_angle(entity.dxf.start_angle), _angle(entity.dxf.end_angle))
    numbers = (_number(entity.dxf.radius), *angles)
    return {"points": (_point(entity.dxf.center),), "numbers": numbers}


def _light_polyline(entity: Any) -> _Parts:
    rows = list(entity.get_points("xyb"))
    return _vertices([(x, y) for x, y, _ in rows], [b for *_, b in rows], bool(entity.closed))


def _polyline(entity: Any) -> _Parts:
    places = [vertex.dxf.location for vertex in entity.vertices]
    bulges = [vertex.dxf.get("bulge", 0.0) for vertex in entity.vertices]
    return _vertices(places, bulges, bool(entity.is_closed))


def _vertices(places: list[Any], bulges: list[float], closed: bool) -> _Parts:
    points = tuple(map(_point, places))
    numbers = tuple(map(_number, bulges))
    if not closed and len(points) > 2 and math.dist(points[0], points[-1]) < 1e-9:
        points, numbers, closed = points[:-1], numbers[:-1], True
    return {
        "kind": "polyline",
        "points": points,
        "numbers": numbers,
        "variant": "closed" if closed else "",
    }


def _text(entity: Any) -> _Parts:
    anchored = entity.dxf.get("halign", 0) or entity.dxf.get("valign", 0)
    at = entity.dxf.align_point if anchored and entity.dxf.hasattr("align_point") else None
    numbers = (_number(entity.dxf.get("height", 1.0)), _angle(entity.dxf.get("rotation", 0.0)))
    place = _point(at if at is not None else entity.dxf.insert)
    return {"kind": "text", "points": (place,), "numbers": numbers, "text": entity.plain_text()}


def _long_text(entity: Any) -> _Parts:
    numbers = (_number(entity.dxf.get("char_height", 1.0)), _angle(entity.get_rotation()))
    text = "\n".join(str(entity.plain_text()).split("\n"))
    return {
        "kind": "text",
        "points": (_point(entity.dxf.insert),),
        "numbers": numbers,
        "text": text,
    }


def _dimension(entity: Any) -> _Parts:
    variant = DIMENSION_KINDS[min(int(entity.dxf.get("dimtype", 0)) & 7, 6)]
    names = {
        "linear": ("defpoint2", "defpoint3", "defpoint"),
        "aligned": ("defpoint2", "defpoint3", "defpoint"),
        "diameter": ("defpoint4", "defpoint"),
        "radius": ("defpoint", "defpoint4"),
    }.get(variant, ("defpoint2", "defpoint3", "defpoint4", "defpoint"))
    points = tuple(_point(entity.dxf.get(name, (0.0, 0.0))) for name in names)
    numbers = (_angle(entity.dxf.get("angle", 0.0)),) if variant == "linear" else ()
    text = str(entity.dxf.get("text", "")).strip()
    return {
        "points": points,
        "numbers": numbers,
        "text": "" if text == "<>" else text,
        "variant": variant,
        "measure": _measured(variant, points, numbers),
    }


def _measured(variant: str, points: tuple[Point, ...], numbers: tuple[float, ...]) -> float:
    """What a dimension shows, computed from its points: a stored figure may be old."""
    (x0, y0), (x1, y1) = points[:2]
    if variant == "linear":
        angle = math.radians(numbers[0])
        return abs((x1 - x0) * math.cos(angle) + (y1 - y0) * math.sin(angle))
    if variant in ("aligned", "diameter", "radius"):
        return math.dist(points[0], points[1])
    return 0.0


def _insert(entity: Any) -> _Parts:
    scales = [_number(entity.dxf.get(name, 1.0)) for name in ("xscale", "yscale")]
    return {
        "points": (_point(entity.dxf.insert),),
        "numbers": (*scales, _angle(entity.dxf.get("rotation", 0.0))),
        "text": str(entity.dxf.name),
    }


def _ellipse(entity: Any) -> _Parts:
    numbers = [entity.dxf.ratio, entity.dxf.start_param, entity.dxf.end_param]
    return {
        "points": (_point(entity.dxf.center), _point(entity.dxf.major_axis)),
        "numbers": tuple(map(_number, numbers)),
    }


def _dot(entity: Any) -> _Parts:
    return {"points": (_point(entity.dxf.location),)}


def _unknown(entity: Any) -> _Parts:
    """Whatever points and numbers an entity of another kind states, in the order of their names."""
    values = sorted(entity.dxfattribs().items())
    points = tuple(_point(value) for _, value in values if hasattr(value, "xyz"))
    numbers = [value for name, value in values if isinstance(value, float) and name != "handle"]
    text = " ".join(value for name, value in values if isinstance(value, str) and name == "text")
    extra = getattr(entity, "control_points", None)
    if extra is not None:
        points = (*points, *map(_point, list(extra)[:MAX_POINTS]))
    return {"points": points, "numbers": tuple(map(_number, numbers)), "text": text}


_READERS: dict[str, Callable[[Any], _Parts]] = {
    "LINE": _line,
    "CIRCLE": _circle,
    "ARC": _arc,
    "LWPOLYLINE": _light_polyline,
    "POLYLINE": _polyline,
    "TEXT": _text,
    "MTEXT": _long_text,
    "DIMENSION": _dimension,
    "INSERT": _insert,
    "ELLIPSE": _ellipse,
    "POINT": _dot,
}
