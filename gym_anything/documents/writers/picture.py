"""Draw pictures from data: scenes, scans and artwork of layers. Letters are plain ASCII.

    {"size": [640, 420], "background": "#ffffff", "draw": [
        ["gradient", [0, 0, 640, 210], "#88aadd", "#dde8f5"],   box: left, top, width, height
        ["box", [40, 60, 120, 80], "#aa3322"],
        ["ellipse", [300, 60, 80, 80], "#ffee88"],
        ["polygon", [[0, 419], [200, 200], [400, 419]], "#336644"],
        ["line", [[10, 10], [90, 10]], "#000000", 2],
        ["text", [20, 20], "Receipt", 22, "#202020"],           top left, size in pixels
        ["grain", [0, 0, 640, 420], 6, 17]                      noise: at most so much, seed
    ]}

More keys: "turn" (quarter turns to the left), "dpi", "quality" of a .jpg, "grey", and for an .xcf
"layers" from top to bottom instead of "draw".
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont
from pydantic import JsonValue

from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)
from gym_anything.documents.writers.xcf import XcfLayer, write_xcf_bytes
from gym_anything.errors import TaskError

MAX_SIDE = 4_000
_KEYS = ("size", "background", "draw", "turn", "dpi", "quality", "grey", "layers")
_LAYER_KEYS = ("name", "size", "at", "background", "draw", "visible", "opacity")
_CLEAR = (0, 0, 0, 0)
Box: TypeAlias = tuple[int, int, int, int]


def write_picture(content: JsonValue, path: str = "") -> bytes:
    """Draw a picture.

    Args:
        content: see the module.
        path: the suffix chooses the format: .png, .jpg or .xcf.

    Raises:
        TaskError: another shape, a colour that is none, or an unknown suffix.
    """
    parts = take_object(content, "picture", _KEYS)
    width, height = _pair(parts.get("size"), "size", 1, MAX_SIDE)
    suffix = path.rpartition(".")[2]
    dpi = int(take_number(parts.get("dpi", 72), "dpi", 1, 2_400))
    if suffix == "xcf":
        layers = take_list(parts.get("layers"), "layers")
        drawn = [_layer(layer, f"layers[{at}]") for at, layer in enumerate(layers)]
        return write_xcf_bytes((width, height), drawn, dpi)
    if suffix not in ("png", "jpg"):
        raise TaskError(f"path {path!r}: a picture is a .png, .jpg or .xcf")
    image = _drawn((width, height), parts, "")
    if take_flag(parts.get("grey", False), "grey"):
        image = image.convert("L")
    elif suffix == "jpg" or bool((np.asarray(image)[..., 3] == 255).all()):
        image = image.convert("RGB")
    turns = int(take_number(parts.get("turn", 0), "turn", 0, 3))
    if turns:
        image = image.rotate(90 * turns, expand=True)
    buffer = io.BytesIO()
    if suffix == "jpg":
        quality = int(take_number(parts.get("quality", 92), "quality", 30, 100))
        image.save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi))
    else:
        image.save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def render_picture(content: JsonValue, width_cm: float) -> tuple[bytes, float, float]:
    """Draw a picture that stands in another document, as a .png.

    Returns:
        The file, and its width and height in centimetres. They are whole millimetres, as readers
        round to these and applications convert by way of inches.

    Raises:
        TaskError: as `write_picture`.
    """
    data = write_picture(content, "picture.png")
    with Image.open(io.BytesIO(data)) as image:
        ratio = image.height / image.width
    return data, round(width_cm, 1), round(width_cm * ratio, 1)


def _layer(value: JsonValue, key: str) -> XcfLayer:
    parts = take_object(value, key, _LAYER_KEYS)
    size = _pair(parts.get("size"), f"{key}.size", 1, MAX_SIDE)
    image = _drawn(size, parts, f"{key}.")
    return XcfLayer(
        name=take_text(parts.get("name"), f"{key}.name"),
        at=_pair(parts.get("at", [0, 0]), f"{key}.at", -MAX_SIDE, MAX_SIDE),
        visible=take_flag(parts.get("visible", True), f"{key}.visible"),
        opacity=take_number(parts.get("opacity", 1.0), f"{key}.opacity", 0, 1),
        pixels=np.asarray(image),
    )


def _drawn(size: tuple[int, int], parts: dict[str, JsonValue], key: str) -> Image.Image:
    background = parts.get("background")
    fill = _CLEAR if background is None else _colour(background, f"{key}background")
    image = Image.new("RGBA", size, fill)
    for at, step in enumerate(take_list(parts.get("draw", []), f"{key}draw")):
        _draw(image, take_list(step, f"{key}draw[{at}]"), f"{key}draw[{at}]")
    return image


def _draw(image: Image.Image, step: Sequence[JsonValue], key: str) -> None:
    """Do one step. Raises TaskError with the key."""
    pen = ImageDraw.Draw(image)
    match step:
        case ["box", place, colour]:
            pen.rectangle(_corners(place, key), fill=_colour(colour, key))
        case ["ellipse", place, colour]:
            pen.ellipse(_corners(place, key), fill=_colour(colour, key))
        case ["polygon", points, colour]:
            pen.polygon(_points(points, key), fill=_colour(colour, key))
        case ["line", points, colour, width]:
            thick = int(take_number(width, key, 1, 100))
            pen.line(_points(points, key), fill=_colour(colour, key), width=thick)
        case ["text", place, text, size, colour]:
            words = take_text(text, key)
            if not words.isascii():
                raise wrong(key, "letters of ASCII", text)
            font = ImageFont.load_default(take_number(size, key, 6, 300))
            at = _pair(place, key, -MAX_SIDE, MAX_SIDE)
            pen.text(at, words, font=font, fill=_colour(colour, key))
        case ["gradient", place, top, bottom]:
            _shade(pen, _corners(place, key), _colour(top, key), _colour(bottom, key))
        case ["grain", place, amount, seed]:
            most = int(take_number(amount, key, 0, 120))
            _grain(image, _corners(place, key), most, int(take_number(seed, key, 0, 2**53)))
        case _:
            raise wrong(key, "a step such as ['box', [0, 0, 9, 9], '#ffffff']", step)


def _shade(pen: ImageDraw.ImageDraw, box: Box, top: Any, bottom: Any) -> None:
    left, upper, right, lower = box
    for y in range(upper, lower + 1):
        share = (y - upper) / max(lower - upper, 1)
        mixed = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        pen.line([(left, y), (right, y)], fill=mixed)


def _grain(image: Image.Image, box: Box, most: int, seed: int) -> None:
    """Add noise to the colours inside a box, the same for a seed wherever it is drawn."""
    left, top, right, bottom = box
    part = np.asarray(image.crop((left, top, right + 1, bottom + 1))).astype(np.int16)
    raw = random.Random(seed).randbytes(part.shape[0] * part.shape[1])
    noise = np.frombuffer(raw, np.uint8).reshape(part.shape[:2]).astype(np.int16)
    part[..., :3] += (noise * (2 * most + 1) // 256 - most)[..., None]
    image.paste(Image.fromarray(np.clip(part, 0, 255).astype(np.uint8)), (left, top))


def _colour(value: JsonValue, key: str) -> tuple[int, ...]:
    try:
        return ImageColor.getcolor(take_text(value, key), "RGBA")  # type: ignore[return-value]
    except ValueError as error:
        raise wrong(key, "a colour such as #3366cc", value) from error


def _pair(value: JsonValue, key: str, low: int, high: int) -> tuple[int, int]:
    found = [int(take_number(each, key, low, high)) for each in take_list(value, key)]
    if len(found) != 2:
        raise wrong(key, "two numbers", value)
    return found[0], found[1]


def _points(value: JsonValue, key: str) -> list[tuple[int, int]]:
    return [_pair(point, key, -MAX_SIDE, MAX_SIDE) for point in take_list(value, key)]


def _corners(value: JsonValue, key: str) -> Box:
    """First and last pixel of a box that is given by its place and size."""
    found = [int(take_number(each, key, -MAX_SIDE, MAX_SIDE)) for each in take_list(value, key)]
    if len(found) != 4 or min(found[2:]) < 1:
        raise wrong(key, "left, top, width and height", value)
    x, y, width, height = found
    return x, y, x + width - 1, y + height - 1


def text_size(text: str, size: float) -> tuple[int, int]:
    """Width and height in pixels that a step "text" takes at most, from its place on."""
    right, bottom = ImageFont.load_default(size).getbbox(text)[2:]
    return int(right) + 1, int(bottom) + 1
