"""Framebuffer: the pixels of a screen, read straight from the X server's memory.

Xvfb with `-fbdir` keeps its screen in a file in XWD format (X11/XWDFile.h), so a screenshot is one
read and one colour conversion. The pointer is part of the picture. The file is not mapped: programs
in the machine can cut it short, and touching a page that is gone kills the process that does
(SIGBUS). Reading costs 0.2 ms more at 1280x720.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gym_anything.closing import Closing
from gym_anything.errors import MachineError
from gym_anything.machine.folders import open_planted

_FIELDS = 25  # CARD32 fields of an XWD header, big-endian
_HEADER_BYTES = 4 * _FIELDS
_COLOR_BYTES = 12  # one colormap entry
_XWD_VERSION = 7
_Z_PIXMAP = 2
_LSB_FIRST = 0
_MASKS = (0xFF0000, 0x00FF00, 0x0000FF)
_MAX_SIDE = 16_384


@dataclass(frozen=True, slots=True)
class XwdHeader:
    """What an XWD header says about the pixels.

    Attributes:
        width: pixels in a line.
        height: lines.
        bytes_per_line: distance from a line to the next.
        offset: where the first line begins in the file.
    """

    width: int
    height: int
    bytes_per_line: int
    offset: int

    @property
    def end(self) -> int:
        """File size needed to hold every line."""
        return self.offset + self.bytes_per_line * self.height


_free_lines: list[NDArray[np.uint8]] = []  # the one used last, which caches still hold, last


@contextmanager
def _lines(shape: tuple[int, int, int]) -> Iterator[NDArray[np.uint8]]:
    """A buffer of this shape. Desktops share them: a cache cannot hold one for each."""
    try:
        lines = _free_lines.pop()
    except IndexError:  # all of them are in use
        lines = np.empty(shape, np.uint8)
    if lines.shape != shape:
        lines = np.empty(shape, np.uint8)
    try:
        yield lines
    finally:
        _free_lines.append(lines)


def parse_header(data: bytes) -> XwdHeader:
    """Read the header of an XWD file with 32 bits a pixel in B, G, R, unused order.

    Args:
        data: the file, or at least its first 100 bytes.

    Raises:
        MachineError: not such a file; the message names the field.
    """
    if len(data) < _HEADER_BYTES:
        raise _malformed(f"{len(data)} bytes, a header has {_HEADER_BYTES}")
    fields = struct.unpack(f">{_FIELDS}I", data[:_HEADER_BYTES])
    expected = {
        "file_version": (fields[1], _XWD_VERSION),
        "pixmap_format": (fields[2], _Z_PIXMAP),
        "pixmap_depth": (fields[3], 24),
        "byte_order": (fields[7], _LSB_FIRST),
        "bits_per_pixel": (fields[11], 32),
        "colour masks": (fields[14:17], _MASKS),
    }
    for name, (found, wanted) in expected.items():
        if found != wanted:
            raise _malformed(f"{name} is {found}, expected {wanted}")
    header_size, width, height = fields[0], fields[4], fields[5]
    bytes_per_line, colors = fields[12], fields[19]
    if header_size < _HEADER_BYTES or not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise _malformed(f"header of {header_size} bytes for {width}x{height} pixels")
    if bytes_per_line < 4 * width or bytes_per_line % 4:
        raise _malformed(f"bytes_per_line is {bytes_per_line} for {width} pixels")
    return XwdHeader(width, height, bytes_per_line, header_size + colors * _COLOR_BYTES)


def _malformed(detail: str) -> MachineError:
    return MachineError(f"malformed framebuffer: {detail}", kind="display")


class Framebuffer(Closing):
    """A read-only view of one screen.

    Example:
        with Framebuffer(run / "fb" / "Xvfb_screen0") as framebuffer:
            pixels = framebuffer.read()
    """

    def __init__(self, path: Path) -> None:
        """Open the file; a link is refused.

        Args:
            path: Xvfb's framebuffer file.

        Raises:
            MachineError: the file is missing, malformed or shorter than its header says.
        """
        try:
            self._file: int | None = open_planted(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise MachineError(f"no framebuffer at {path}: {error}", kind="display") from error
        try:
            status = os.fstat(self._file)
            if not stat.S_ISREG(status.st_mode):
                raise _malformed("it is not a regular file")
            header = parse_header(os.pread(self._file, _HEADER_BYTES, 0))
            if status.st_size < header.end:
                raise _malformed(f"{status.st_size} bytes, its header needs {header.end}")
        except MachineError:
            self.close()
            raise
        self.size: tuple[int, int] = (header.width, header.height)
        self._header = header

    def read(self, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
        """Copy the screen as it is now.

        Args:
            out: (H, W, 3) uint8, C-contiguous, filled and returned; None for a new array.

        Returns:
            (H, W, 3) uint8, RGB.

        Raises:
            ValueError: `out` has another shape, type or layout.
            MachineError: the framebuffer is closed, or the file was cut short.
        """
        if self._file is None:
            raise MachineError("the framebuffer is closed", kind="display")
        width, height = self.size
        shape = (height, width, 3)
        if out is None:
            out = np.empty(shape, np.uint8)
        elif out.shape != shape or out.dtype != np.uint8 or not out.flags.c_contiguous:
            raise ValueError(f"out must be C-contiguous uint8 {shape}, got {out.dtype} {out.shape}")
        with _lines((height, self._header.bytes_per_line // 4, 4)) as lines:  # (H, >= W, BGRX)
            if os.preadv(self._file, [lines.data], self._header.offset) < lines.nbytes:
                raise _malformed("it has become shorter than the screen")
            cv2.cvtColor(lines[:, :width], cv2.COLOR_BGRA2RGB, dst=out)
        return out

    def close(self) -> None:
        """Close the file. Twice is harmless."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
