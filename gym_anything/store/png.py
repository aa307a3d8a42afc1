"""PNG of successive screens, of which only what changed is compressed again.

A PNG's picture is one zlib stream. Here it is made of strips of rows that are compressed each by
itself (a full flush ends it), so that a strip that is as it was in the frame before is taken over
as it is: typing a character costs a strip or two instead of a whole screen. Any reader reads it.
Sources: the PNG specification (ISO/IEC 15948) and RFC 1950.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256

import cv2
import numpy as np
from numpy.typing import NDArray

STRIP_ROWS = 24
LEVEL = 1  # benchmarks/record.py shows what others cost
_ADLER = 65521
_EMPTY_END = b"\x03\x00"  # an empty final block of deflate


@dataclass(frozen=True, slots=True)
class _Strip:
    """Rows of a frame, compressed.

    Attributes:
        digest: SHA-256 of the pixels.
        data: deflate blocks, ended by a full flush.
        adler: Adler-32 of what they unpack to.
        size: bytes of what they unpack to.
    """

    digest: bytes
    data: bytes
    adler: int
    size: int


class FrameEncoder:
    """Makes PNG files of frames that follow each other.

    Args:
        level: of zlib, 1 to 9.
    """

    def __init__(self, level: int = LEVEL) -> None:
        self._level = level
        self._before: NDArray[np.uint8] | None = None
        self._strips: list[_Strip] = []

    def take(self, frame: NDArray[np.uint8]) -> str:
        """Compress what is new in a frame; `png` then gives the file.

        Args:
            frame: (H, W, 3) uint8 RGB; not changed by anybody afterwards.

        Returns:
            SHA-256 of the pixels and the size, in hexadecimal.
        """
        frame = np.ascontiguousarray(frame)
        changed = _changed_rows(frame, self._before)
        strips = []
        for number, top in enumerate(range(0, frame.shape[0], STRIP_ROWS)):
            if changed[top : top + STRIP_ROWS].any():
                strips.append(self._compress(frame[top : top + STRIP_ROWS]))
            else:
                strips.append(self._strips[number])
        self._before, self._strips = frame, strips
        shape = struct.pack(">II", *frame.shape[:2])
        return sha256(shape + b"".join(strip.digest for strip in strips)).hexdigest()

    def png(self) -> bytes:
        """The last frame taken as a PNG file."""
        assert self._before is not None
        height, width = self._before.shape[:2]
        adler = 1
        for strip in self._strips:
            adler = _joined(adler, strip.adler, strip.size)
        picture = b"".join(
            (b"\x78\x01", *(strip.data for strip in self._strips), _EMPTY_END, _word(adler))
        )
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bit RGB
        chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", picture) + _chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + chunks

    def _compress(self, rows: NDArray[np.uint8]) -> _Strip:
        height, width = rows.shape[:2]
        raw = np.zeros((height, 1 + 3 * width), np.uint8)  # a 0 before each row: no filter
        raw[:, 1:] = rows.reshape(height, 3 * width)
        data = raw.tobytes()
        deflate = zlib.compressobj(self._level, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(data) + deflate.flush(zlib.Z_FULL_FLUSH)
        return _Strip(sha256(data).digest(), packed, zlib.adler32(data), len(data))


def decode(png: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a PNG file.

    Raises:
        ValueError: it is none.
    """
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"not a PNG file ({len(png)} bytes)")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _changed_rows(frame: NDArray[np.uint8], before: NDArray[np.uint8] | None) -> NDArray[np.bool_]:
    """(H,) whether a row is another than in the frame before."""
    height = frame.shape[0]
    if before is None or before.shape != frame.shape:
        return np.ones(height, np.bool_)
    now, old = frame.reshape(height, -1), before.reshape(height, -1)
    if now.shape[1] % 8 == 0:  # eight bytes at a time
        return np.asarray((now.view(np.uint64) != old.view(np.uint64)).any(axis=1))
    return np.asarray((now != old).any(axis=1))


def _joined(first: int, second: int, size: int) -> int:
    """Adler-32 of two pieces in a row, `size` the length of the second."""
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER
    high = ((first >> 16) + (second >> 16) + size * ((first & 0xFFFF) - 1)) % _ADLER
    return high << 16 | low


def _word(number: int) -> bytes:
    return struct.pack(">I", number)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return _word(len(data)) + kind + data + _word(zlib.crc32(kind + data))
