"""Pictures: .png, .jpg and other raster files as pixels, and how two of them differ.

A file is decoded only if its header declares a size within bounds. What is stored (a palette, grey,
alpha or none) is told apart from what is seen: pixels are always red, green, blue and alpha.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gym_anything.documents.errors import DocumentError

MAX_PIXELS = 24_000_000
BLOCK_PX = 8  # side of the blocks whose means are compared
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
Pixels: TypeAlias = NDArray[np.uint8]
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster picture.

    Attributes:
        format: of `FORMATS`.
        mode: how it is stored: "RGB", "RGBA", "L" and "LA" (grey), "P" (palette), "1".
        dpi: resolution in pixels per inch, None if the file does not say.
        pixels: (height, width, 4) red, green, blue, alpha.
    """

    format: str
    mode: str
    dpi: float | None
    pixels: Pixels

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[0])

    @property
    def transparent(self) -> bool:
        """Whether any pixel is not opaque."""
        return bool((self.pixels[..., 3] < 255).any())


def read_picture(data: bytes) -> Picture:
    """Decode a raster picture; a photo that says it is turned is turned.

    Raises:
        DocumentError: not a picture of `FORMATS`, broken, cut off, or over `MAX_PIXELS` pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _decoded(image)
    except (DocumentError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever forged data leads them to
        raise DocumentError(f"not a readable picture: {error}") from error


def _decoded(image: Image.Image) -> Picture:
    kind = image.format or ""
    if image.width * image.height > MAX_PIXELS:
        raise DocumentError(f"{image.width}x{image.height} pixels, more than {MAX_PIXELS}")
    image.load()
    mode, dpi = image.mode, _resolution(image)
    upright = ImageOps.exif_transpose(image)
    if mode.startswith("I"):  # 16 bits of grey
        deep = np.asarray(upright).astype(np.int64) >> 8
        upright = Image.fromarray(np.clip(deep, 0, 255).astype(np.uint8))
    return Picture(kind, mode, dpi, np.asarray(upright.convert("RGBA")))


def _resolution(image: Image.Image) -> float | None:
    found: Any = image.info.get("dpi")
    return float(found[0]) if isinstance(found, tuple) and found else None


def seen(pixels: Pixels) -> NDArray[np.int16]:
    """Colours as far as they are seen: weighted by alpha, with alpha as the fourth channel."""
    weighted = pixels.astype(np.int32)
    weighted[..., :3] = weighted[..., :3] * weighted[..., 3:] // 255
    return weighted.astype(np.int16)


def block_means(pixels: Pixels) -> NDArray[np.float32]:
    """Means of blocks of about `BLOCK_PX` pixels: what is left when noise is gone."""
    height, width = pixels.shape[:2]
    size = (max(width // BLOCK_PX, 1), max(height // BLOCK_PX, 1))
    shown = seen(pixels).astype(np.float32)
    return np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.float32)


def block_fault(found: Pixels, wanted: Pixels, tolerance: float) -> str:
    """Where two pictures of one size differ most by the means of their blocks, "" if nowhere.

    Args:
        found: a picture.
        wanted: another.
        tolerance: 0 to 255, difference of a channel's mean that is still the same.
    """
    if found.shape != wanted.shape:
        return f"it is {found.shape[1]}x{found.shape[0]}, not {wanted.shape[1]}x{wanted.shape[0]}"
    apart = np.abs(block_means(found) - block_means(wanted)).max(axis=2)
    worst = float(apart.max())
    if worst <= tolerance:
        return ""
    y, x = np.unravel_index(int(apart.argmax()), apart.shape)
    return f"near ({int(x) * BLOCK_PX}, {int(y) * BLOCK_PX}) it differs by {worst:.0f} of 255"


def pixel_fault(found: Pixels, wanted: Pixels, mask: NDArray[np.bool_], tolerance: int) -> str:
    """Where two pictures of one size differ, pixel by pixel; "" if nowhere.

    Args:
        found: a picture.
        wanted: another.
        mask: where to look.
        tolerance: 0 to 255, difference of a channel that is still the same.
    """
    if found.shape != wanted.shape:
        return f"it is {found.shape[1]}x{found.shape[0]}, not {wanted.shape[1]}x{wanted.shape[0]}"
    apart = np.abs(seen(found) - seen(wanted)).max(axis=2)
    off = (apart > tolerance) & mask
    count = int(off.sum())
    if not count:
        return ""
    y, x = (int(each[0]) for each in np.nonzero(off))
    return f"{count} pixels are not as they were, such as ({x}, {y})"


def connected(pixels: Pixels, at: tuple[int, int], tolerance: int = 8) -> NDArray[np.bool_]:
    """The area of one colour that a point lies in.

    Args:
        pixels: the picture.
        at: (x, y) of the point; must lie inside.
        tolerance: 0 to 255, how far a channel may be from the colour at the point.
    """
    height, width = pixels.shape[:2]
    mask = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
    band = (tolerance,) * 3
    cv2.floodFill(np.ascontiguousarray(pixels[..., :3]), mask, at, (0, 0, 0), band, band, flags)
    return mask[1:-1, 1:-1] > 0


def grown(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """A mask grown by so many pixels, or shrunk if `by` is negative."""
    if by == 0:
        return mask
    side = 2 * abs(by) + 1
    kernel = np.ones((side, side), np.uint8)
    change = cv2.dilate if by > 0 else cv2.erode
    return np.asarray(change(mask.astype(np.uint8), kernel)) > 0


def box_mask(pixels: Pixels, box: Box) -> NDArray[np.bool_]:
    """Where a box lies in a picture; what of it lies outside is left out."""
    mask = np.zeros(pixels.shape[:2], np.bool_)
    x, y, width, height = box
    mask[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = True
    return mask
