"""Write GIMP's own files: version 0 of the format, RGBA layers, tiles packed by zlib or not."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TILE_PX = 64
_RGBA_LAYER = 1


@dataclass(frozen=True, slots=True)
class XcfLayer:
    """A layer to write.

    Attributes:
        name: as shown.
        at: (x, y) of its top left corner in the picture.
        visible: whether its eye is on.
        opacity: 0 to 1.
        pixels: (height, width, 4) red, green, blue, alpha.
        mode: code of the format, 0 for normal.
    """

    name: str
    at: tuple[int, int]
    visible: bool
    opacity: float
    pixels: NDArray[np.uint8]
    mode: int = 0


def write_xcf_bytes(
    size: tuple[int, int],
    layers: Sequence[XcfLayer],
    dpi: float = 72,
    packed: bool = True,
    comment: str = "",
) -> bytes:
    """Write a picture of layers.

    Args:
        size: (width, height) in pixels.
        layers: from top to bottom.
        dpi: pixels per inch.
        packed: whether tiles are packed.
        comment: note in the file, "" for none.
    """
    out = bytearray(b"gimp xcf file\0" + struct.pack(">III", *size, 0))
    out += _property(17, bytes([2 if packed else 0]))
    out += _property(19, struct.pack(">ff", dpi, dpi))
    if comment:
        note = comment.encode() + b"\0"
        out += _property(21, b"\0\0\0\x0dgimp-comment\0" + struct.pack(">II", 1, len(note)) + note)
    out += _property(0, b"")
    table = len(out)
    out += bytes(4 * (len(layers) + 2))  # their places, an end, and no channels
    for index, layer in enumerate(layers):
        struct.pack_into(">I", out, table + 4 * index, len(out))
        _append_layer(out, layer, active=index == 0, packed=packed)
    return bytes(out)


def _append_layer(out: bytearray, layer: XcfLayer, active: bool, packed: bool) -> None:
    height, width = layer.pixels.shape[:2]
    name = layer.name.encode() + b"\0"
    out += struct.pack(">IIII", width, height, _RGBA_LAYER, len(name)) + name
    if active:
        out += _property(2, b"")
    out += _property(6, struct.pack(">I", round(layer.opacity * 255)))
    out += _property(8, struct.pack(">I", layer.visible))
    out += _property(15, struct.pack(">ii", *layer.at))
    out += _property(7, struct.pack(">I", layer.mode)) + _property(0, b"")
    out += struct.pack(">II", len(out) + 8, 0)  # the hierarchy follows; no mask
    out += struct.pack(">IIIII", width, height, 4, len(out) + 20, 0)
    tiles = [
        np.ascontiguousarray(layer.pixels[y : y + _TILE_PX, x : x + _TILE_PX]).tobytes()
        for y in range(0, height, _TILE_PX)
        for x in range(0, width, _TILE_PX)
    ]
    out += struct.pack(">II", width, height)
    place = len(out) + 4 * (len(tiles) + 1)
    written = [zlib.compress(tile) if packed else tile for tile in tiles]
    for tile in written:
        out += struct.pack(">I", place)
        place += len(tile)
    out += bytes(4) + b"".join(written)


def _property(kind: int, payload: bytes) -> bytes:
    return struct.pack(">II", kind, len(payload)) + payload
