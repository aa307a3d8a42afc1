"""Frames: which pixel a model means when it says "x, y".

A model sees an image of the screen, often made smaller, and names places in that image, in the
image as its own preprocessing resizes it, or in thousandths of it. A `Frame` holds the sizes; a
`Grid` is one format's coordinates over the screen.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.action.reading import Unreadable
from gym_anything.records import POINT_VERBS, Action, Point, Verb

Size: TypeAlias = tuple[int, int]  # width, height
MAX_RATIO = 200  # of the longer to the shorter side of an image


@dataclass(frozen=True, slots=True)
class Frame:
    """The sizes that a conversion needs.

    Attributes:
        screen: (width, height) of the desktop in pixels; actions are in these.
        image: (width, height) of the image sent to the model; None: the screen as it is.
        pointer: where the pointer is, in screen pixels, for formats that act "where the pointer
            is"; None: not known, and such an output is then invalid.

    Raises:
        ValueError: a size is not positive, or the pointer is off the screen.
    """

    screen: Size
    image: Size | None = None
    pointer: Point | None = None

    def __post_init__(self) -> None:
        if min(*self.screen, *self.seen) <= 0:
            raise ValueError(f"sizes must be positive, got {self.screen} and {self.image}")
        if self.pointer is not None:
            Action.move(*self.pointer).check_on_screen(self.screen)

    @property
    def seen(self) -> Size:
        """Size of the image that the model saw."""
        return self.image or self.screen

    def after(self, actions: Iterable[Action]) -> Frame:
        """The same frame with the pointer where these actions leave it."""
        pointer = self.pointer
        for action in actions:
            if action.verb in POINT_VERBS:
                pointer = action.end if action.verb is Verb.DRAG else action.point
        return dataclasses.replace(self, pointer=pointer)


@dataclass(frozen=True, slots=True)
class Grid:
    """Coordinates of a format: `size` cells laid over the whole screen.

    Both ways scale linearly about the top left corner, as the formats' own code does, round to the
    nearest whole number and stay within 0 and size - 1. So a place comes back exactly if the grid
    is at least as fine as the screen, else it comes back within half a cell.

    Attributes:
        screen: (width, height) in pixels.
        size: (width, height) in cells.
    """

    screen: Size
    size: Size

    def cell(self, place: Point) -> Point:
        """The cell of a place on screen."""
        x, y = (
            min(round(at * cells / pixels), cells - 1)
            for at, cells, pixels in zip(place, self.size, self.screen, strict=True)
        )
        return x, y

    def place(self, cell: tuple[float, float]) -> Point:
        """The place on screen of a cell; fractions of cells and the far edge (`size`) are allowed.

        Raises:
            Unreadable: it lies outside.
        """
        if not all(0 <= at <= cells for at, cells in zip(cell, self.size, strict=True)):
            raise Unreadable(f"a coordinate is outside of {self.size[0]}x{self.size[1]}")
        x, y = (
            min(round(at * pixels / cells), pixels - 1)
            for at, cells, pixels in zip(cell, self.size, self.screen, strict=True)
        )
        return x, y


def smart_resize(
    size: Size,
    *,
    factor: int = 28,
    min_pixels: int = 4 * 28 * 28,
    max_pixels: int = 16384 * 28 * 28,
) -> Size:
    """Size to which the preprocessing of Qwen2-VL, Qwen2.5-VL and UI-TARS resizes an image.

    Both sides become multiples of `factor`, the area comes between the limits, the ratio of the
    sides stays about the same. Source: `smart_resize` in QwenLM/Qwen2.5-VL
    (qwen-vl-utils/src/qwen_vl_utils/vision_process.py), transformers
    (image_processing_qwen2_vl.py) and bytedance/UI-TARS (codes/ui_tars/action_parser.py), which
    take and return (height, width); the defaults are those of Qwen2.5-VL.

    Args:
        size: (width, height) in pixels.
        factor: edge in pixels of what becomes one token.
        min_pixels: least area of the result.
        max_pixels: greatest area of the result.

    Returns:
        (width, height) in pixels.

    Raises:
        ValueError: one side is more than `MAX_RATIO` times the other.
    """
    width, height = size
    if max(size) / min(size) > MAX_RATIO:
        raise ValueError(
            f"an image must not be longer than {MAX_RATIO} times its width, got {size}"
        )
    wide, high = (max(factor, round(side / factor) * factor) for side in size)
    if wide * high > max_pixels:
        shrink = math.sqrt(width * height / max_pixels)
        wide, high = (
            max(factor, math.floor(side / shrink / factor) * factor) for side in (width, height)
        )
    elif wide * high < min_pixels:
        grow = math.sqrt(min_pixels / (width * height))
        wide, high = (math.ceil(side * grow / factor) * factor for side in (width, height))
    return wide, high


@dataclass(frozen=True, slots=True)
class SmartlyResized:
    """What formats share whose coordinates are pixels of `smart_resize(frame.image)`.

    Attributes:
        name: in the registry.
        min_pixels: as set in the model's image processor.
        max_pixels: as set in the model's image processor.
    """

    name: str
    min_pixels: int
    max_pixels: int = 16384 * 28 * 28

    def grid(self, frame: Frame) -> Grid:
        """Its coordinates.

        Raises:
            ValueError: the image is over 200 times longer than wide.
        """
        resized = smart_resize(frame.seen, min_pixels=self.min_pixels, max_pixels=self.max_pixels)
        return Grid(frame.screen, resized)
