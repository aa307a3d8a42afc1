"""Read GIMP's own files (.xcf, versions 0 to 22): layers with their looks and pixels. Bounded.

Eight bits a channel only, as pictures are opened by default. Pointers are followed only inwards of
the file, each tile unpacks to a size known beforehand, and all layers together stay in bounds.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.picture import MAX_PIXELS, Pixels

MAX_LAYERS = 200
TILE_PX = 64
_MAX_PROPERTIES = 1_000
_MAX_VERSION = 22
_WIDE_FROM = 11  # version from which on pointers have 64 bits
_EIGHT_BITS = frozenset({100, 150})  # precisions: linear and gamma; version 4 says 0
_BYTES = {0: 3, 1: 4, 2: 1, 3: 2}  # bytes of a pixel by type of layer: RGB, RGBA, grey, grey alpha
_OPACITY, _MODE, _VISIBLE, _OFFSETS, _COMPRESSION, _RESOLUTION = 6, 7, 8, 15, 17, 19
_GROUP, _FLOAT_OPACITY, _FLOATING = 29, 33, 5
_MODES = {
    0: "normal",
    1: "dissolve",
    3: "multiply",
    4: "screen",
    5: "overlay",
    9: "darken only",
    10: "lighten only",
    23: "overlay",
    28: "normal",
    30: "multiply",
    31: "screen",
    36: "darken only",
    37: "lighten only",
}
"""Names of the common layer modes, old and new codes alike."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a picture.

    Attributes:
        name: as shown.
        x: offset of its left edge from the picture's, in pixels.
        y: the same of its top edge.
        visible: whether its eye is on.
        opacity: 0 to 1.
        mode: "normal", "multiply", ... or "mode 38" for a rarer one.
        group: whether it is a group, whose pixels are those of its members.
        masked: whether it has a layer mask.
        pixels: (height, width, 4) red, green, blue, alpha.
    """

    name: str
    x: int
    y: int
    visible: bool
    opacity: float
    mode: str
    group: bool
    masked: bool
    pixels: Pixels = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class LayeredPicture:
    """A picture of layers.

    Attributes:
        width: of the picture, in pixels.
        height: of the picture.
        base: "colour" or "grey".
        dpi: horizontal resolution in pixels per inch, None if the file does not say.
        layers: from top to bottom.
    """

    width: int
    height: int
    base: str
    dpi: float | None
    layers: tuple[Layer, ...]


def read_xcf(data: bytes) -> LayeredPicture:
    """Read a file of GIMP.

    Raises:
        DocumentError: another format, a newer version, indexed colours or more than 8 bits a
            channel, a pointer out of the file, or beyond a bound.
    """
    try:
        return _Reader(data).picture()
    except (struct.error, zlib.error, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(f"not a readable .xcf: {error}") from error


class _Reader:
    """A cursor over the bytes of a file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.wide = False
        self.compression = 0
        self.left = MAX_PIXELS

    def picture(self) -> LayeredPicture:
        version = self._version()
        width, height, base = self._words(3)
        self._take_room(width, height)
        if base not in (0, 1):
            raise DocumentError("a picture of indexed colours is not read")
        if version >= 4 and self._words(1)[0] not in _EIGHT_BITS | ({0} if version == 4 else set()):
            raise DocumentError("a picture of more than 8 bits a channel is not read")
        properties = self._properties()
        self.compression = properties.get(_COMPRESSION, b"\0")[0]
        density = properties.get(_RESOLUTION, b"")
        dpi = struct.unpack(">f", density[:4])[0] if len(density) >= 4 else None
        layers = tuple(self._layer(place) for place in self._pointers())
        return LayeredPicture(width, height, ("colour", "grey")[base], dpi, layers)

    def _version(self) -> int:
        if self.data[:9] != b"gimp xcf ":
            raise DocumentError("not a file of GIMP")
        word = self.data[9:13]
        self.at = 14
        version = 0 if word == b"file" else int(word[1:])
        if not 0 <= version <= _MAX_VERSION:
            raise DocumentError(f"version {version} of the format is not known")
        self.wide = version >= _WIDE_FROM
        return version

    def _layer(self, place: int) -> Layer:
        self.at = place
        width, height, kind = self._words(3)
        if kind not in _BYTES:
            raise DocumentError("a layer of indexed colours is not read")
        self._take_room(width, height)
        name = self._text()
        properties = self._properties()
        if _FLOATING in properties:
            raise DocumentError("a floating selection is not anchored")
        hierarchy, mask = self._pointer(), self._pointer()
        x, y = struct.unpack(">ii", properties.get(_OFFSETS, bytes(8))[:8])
        code = _word(properties.get(_MODE, bytes(4)))
        return Layer(
            name=name,
            x=x,
            y=y,
            visible=_word(properties.get(_VISIBLE, b"\0\0\0\1")) != 0,
            opacity=_opacity(properties),
            mode=_MODES.get(code, f"mode {code}"),
            group=_GROUP in properties,
            masked=mask != 0,
            pixels=_as_rgba(self._pixels(hierarchy, width, height, _BYTES[kind]), kind),
        )

    def _pixels(self, place: int, width: int, height: int, depth: int) -> Pixels:
        self.at = place
        if tuple(self._words(3)) != (width, height, depth):
            raise DocumentError("a layer's pixels are of another size than itself")
        self.at = self._pointer()
        if tuple(self._words(2)) != (width, height):
            raise DocumentError("a layer's pixels are of another size than itself")
        tiles = self._pointers(limit=-(-width // TILE_PX) * -(-height // TILE_PX))
        pixels = np.zeros((height, width, depth), np.uint8)
        places = iter(tiles)
        for top in range(0, height, TILE_PX):
            for left in range(0, width, TILE_PX):
                part = pixels[top : top + TILE_PX, left : left + TILE_PX]
                place = next(places, 0)
                if not place:
                    raise DocumentError("a tile of a layer is missing")
                part[...] = self._tile(place, part.shape[0], part.shape[1], depth)
        return pixels

    def _tile(self, place: int, height: int, width: int, depth: int) -> Pixels:
        size = height * width * depth
        if self.compression == 0:
            return _shaped(self.data[place : place + size], height, width, depth)
        if self.compression == 2:
            packed = self.data[place : place + size + 4096]
            unpacked = zlib.decompressobj().decompress(packed, size)
            return _shaped(unpacked, height, width, depth)
        if self.compression != 1:
            raise DocumentError(f"compression {self.compression} is not known")
        planes = []
        for _ in range(depth):
            plane, place = _unrolled(self.data, place, height * width)
            planes.append(np.frombuffer(plane, np.uint8).reshape(height, width))
        return np.stack(planes, axis=2)

    def _take_room(self, width: int, height: int) -> None:
        self.left -= width * height
        if width < 1 or height < 1 or self.left < -MAX_PIXELS:
            raise DocumentError(f"{width}x{height} pixels are out of bounds")

    def _words(self, count: int) -> tuple[int, ...]:
        found = struct.unpack_from(f">{count}I", self.data, self.at)
        self.at += 4 * count
        return found

    def _pointer(self) -> int:
        kind, size = (">Q", 8) if self.wide else (">I", 4)
        place: int = struct.unpack_from(kind, self.data, self.at)[0]
        self.at += size
        if place >= len(self.data):
            raise DocumentError("a pointer leads out of the file")
        return place

    def _pointers(self, limit: int = MAX_LAYERS) -> list[int]:
        found: list[int] = []
        while place := self._pointer():
            found.append(place)
            if len(found) > limit:
                raise DocumentError(f"more than {limit} parts")
        return found

    def _text(self) -> str:
        length = self._words(1)[0]
        raw = self.data[self.at : self.at + min(length, 1_000)]
        self.at += length
        return raw.rstrip(b"\0").decode()

    def _properties(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for _ in range(_MAX_PROPERTIES):
            kind, length = self._words(2)
            if kind == 0:
                return found
            found[kind] = self.data[self.at : self.at + length]
            self.at += length
        raise DocumentError(f"more than {_MAX_PROPERTIES} properties")


def _word(raw: bytes) -> int:
    return int(struct.unpack(">I", raw[:4])[0])


def _opacity(properties: dict[int, bytes]) -> float:
    if _FLOAT_OPACITY in properties:
        return float(struct.unpack(">f", properties[_FLOAT_OPACITY][:4])[0])
    return _word(properties.get(_OPACITY, b"\0\0\0\xff")) / 255


def _shaped(raw: bytes, height: int, width: int, depth: int) -> Pixels:
    return np.frombuffer(raw, np.uint8).reshape(height, width, depth)


def _unrolled(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    """One plane of a tile packed by run lengths, and where the next begins."""
    plane = bytearray()
    while len(plane) < size:
        code = data[at] if at < len(data) else -1
        if code < 0:
            raise DocumentError("a tile is cut off")
        at += 1
        count = 256 - code if code >= 128 else code + 1
        if count == 128:
            count = struct.unpack_from(">H", data, at)[0]
            at += 2
        if code >= 128:
            plane += data[at : at + count]
            at += count
        else:
            plane += data[at : at + 1] * count
            at += 1
        if count == 0:
            raise DocumentError("a run of no length")
    return bytes(plane[:size]), at


def _as_rgba(pixels: Pixels, kind: int) -> Pixels:
    colours = pixels[..., :3] if kind < 2 else np.repeat(pixels[..., :1], 3, axis=2)
    solid = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.concatenate([colours, pixels[..., -1:] if kind % 2 else solid], axis=2)
