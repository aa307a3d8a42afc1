"""Write a technical drawing (.dxf) from data.

    {"units": "mm",
     "layers": [{"name": "holes", "colour": 1}],
     "blocks": {"tree": [{"kind": "circle", "points": [[0, 0]], "radius": 2}]},
     "shapes": [{"kind": "line", "layer": "outline", "points": [[0, 0], [80, 0]]},
                {"kind": "circle", "layer": "holes", "points": [[10, 10]], "radius": 4},
                {"kind": "arc", "points": [[5, 5]], "radius": 2, "angles": [0, 90]},
                {"kind": "polyline", "points": [[0, 0], [4, 0], [4, 3]], "closed": true},
                {"kind": "text", "points": [[0, 90]], "text": "Plate", "height": 5},
                {"kind": "insert", "points": [[30, 40]], "block": "tree", "rotation": 15},
                {"kind": "dimension", "points": [[0, 0], [80, 0]], "offset": -12, "angle": 0}]}

Shapes may have "colour", a number of AutoCAD's index; without one it is that of the layer. The
dimension line of a dimension stands `offset` beside what it measures along `angle` (0 or 90).
"""

from __future__ import annotations

import io
from typing import Any

from ezdxf._options import options
from ezdxf.filemanagement import new
from pydantic import JsonValue

from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)
from gym_anything.errors import TaskError

UNITS = {"mm": 4, "cm": 5, "m": 6}
MAX_SHAPES = 1_000
_KINDS = ("line", "circle", "arc", "polyline", "text", "insert", "dimension")
_KEYS = ("kind", "layer", "colour", "points", "radius", "angles", "closed", "text", "height") + (
    *("rotation", "block", "offset", "angle"),
)
_FAR = 1e7


def write_drawing(content: JsonValue, path: str = "") -> bytes:
    """Write a drawing, with the same bytes for the same content.

    Args:
        content: see above.
        path: must end in .dxf.

    Raises:
        TaskError: another suffix or shape of the content; names the key.
    """
    if not path.lower().endswith(".dxf"):
        raise TaskError(f"a drawing ends in .dxf, got {path!r}")
    parts = take_object(content, "drawing", ("units", "layers", "blocks", "shapes"))
    units = take_text(parts.get("units", "mm"), "units", tuple(UNITS))
    options.write_fixed_meta_data_for_testing = True
    document = new("R2007")  # the first version whose text is UTF-8
    document.header["$INSUNITS"] = UNITS[units]
    document.header["$MEASUREMENT"] = 1
    # LibreCAD reckons from the grid's cells how near a click must come to an entity, and counts the
    # cells only while it draws the grid: without one, no click may take anything.
    for view in document.viewports.get_config("*Active"):
        view.dxf.grid_on = 1
    for at, value in enumerate(take_list(parts.get("layers", []), "layers")):
        layer = take_object(value, f"layers[{at}]", ("name", "colour"))
        name = take_text(layer.get("name"), f"layers[{at}].name")
        colour = int(take_number(layer.get("colour", 7), f"layers[{at}].colour", 1, 255))
        document.layers.add(name, color=colour)
    blocks = parts.get("blocks", {})
    if not isinstance(blocks, dict):
        raise wrong("blocks", "an object", blocks)
    for name, shapes in blocks.items():
        _add_all(document.blocks.new(name), shapes, f"blocks.{name}", ())
    _add_all(document.modelspace(), parts.get("shapes"), "shapes", tuple(blocks))
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


def _add_all(layout: Any, shapes: JsonValue, key: str, blocks: tuple[str, ...]) -> None:
    listed = take_list(shapes, key)
    if len(listed) > MAX_SHAPES:
        raise TaskError(f"{key}: more than {MAX_SHAPES} shapes")
    for at, shape in enumerate(listed):
        _add(layout, shape, f"{key}[{at}]", blocks)


def _add(layout: Any, value: JsonValue, key: str, blocks: tuple[str, ...]) -> None:
    shape = take_object(value, key, _KEYS)
    kind = take_text(shape.get("kind"), f"{key}.kind", _KINDS)
    look: dict[str, Any] = {"layer": take_text(shape.get("layer", "0"), f"{key}.layer")}
    if "colour" in shape:
        look["color"] = int(take_number(shape["colour"], f"{key}.colour", 0, 256))
    points = _points(shape.get("points"), f"{key}.points")
    least = {"line": 2, "polyline": 2, "dimension": 2}.get(kind, 1)
    if len(points) < least or (kind != "polyline" and len(points) > least):
        raise wrong(f"{key}.points", f"{least} points", shape.get("points"))
    if kind == "line":
        layout.add_line(*points, dxfattribs=look)
    elif kind in ("circle", "arc"):
        _add_round(layout, kind, points[0], shape, key, look)
    elif kind == "polyline":
        closed = take_flag(shape.get("closed", False), f"{key}.closed")
        layout.add_lwpolyline(points, close=closed, dxfattribs=look)
    elif kind == "text":
        height = take_number(shape.get("height"), f"{key}.height", 0.01, _FAR)
        text = take_text(shape.get("text"), f"{key}.text")
        layout.add_text(text, height=height, dxfattribs=look).set_placement(points[0])
    elif kind == "insert":
        block = take_text(shape.get("block"), f"{key}.block")
        if block not in blocks:
            raise wrong(f"{key}.block", f"one of {', '.join(blocks) or 'no blocks'}", block)
        turn = take_number(shape.get("rotation", 0), f"{key}.rotation", -360, 360)
        layout.add_blockref(block, points[0], dxfattribs={**look, "rotation": turn})
    else:
        _add_dimension(layout, points, shape, key, look)


def _add_round(
    layout: Any,
    kind: str,
    center: tuple[float, float],
    shape: dict[str, JsonValue],
    key: str,
    look: dict[str, Any],
) -> None:
    radius = take_number(shape.get("radius"), f"{key}.radius", 1e-6, _FAR)
    if kind == "circle":
        layout.add_circle(center, radius, dxfattribs=look)
        return
    angles = take_list(shape.get("angles"), f"{key}.angles")
    if len(angles) != 2:
        raise wrong(f"{key}.angles", "two angles", shape.get("angles"))
    start, end = (take_number(each, f"{key}.angles", -360, 360) for each in angles)
    layout.add_arc(center, radius, start, end, dxfattribs=look)


def _add_dimension(
    layout: Any,
    points: list[tuple[float, float]],
    shape: dict[str, JsonValue],
    key: str,
    look: dict[str, Any],
) -> None:
    offset = take_number(shape.get("offset"), f"{key}.offset", -_FAR, _FAR)
    angle = take_number(shape.get("angle", 0), f"{key}.angle", 0, 90)
    if angle not in (0, 90):
        raise wrong(f"{key}.angle", "0 or 90", angle)
    (x, y) = points[0]
    base = (x, y + offset) if angle == 0 else (x + offset, y)
    height = take_number(shape.get("height", 2.5), f"{key}.height", 0.01, _FAR)
    override = {"dimtxt": height, "dimasz": height, "dimexe": height / 2, "dimexo": height / 4}
    made = layout.add_linear_dim(
        base=base, p1=points[0], p2=points[1], angle=angle, override=override, dxfattribs=look
    )
    made.render()


def _points(value: JsonValue, key: str) -> list[tuple[float, float]]:
    points = []
    for at, pair in enumerate(take_list(value, key)):
        numbers = take_list(pair, f"{key}[{at}]")
        if len(numbers) != 2:
            raise wrong(f"{key}[{at}]", "[x, y]", pair)
        x, y = (take_number(number, f"{key}[{at}]", -_FAR, _FAR) for number in numbers)
        points.append((x, y))
    return points
