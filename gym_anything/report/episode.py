"""An episode as one animated picture: what was on screen, with each action drawn over it.

A frame shows the screen that an action acts on, the action as a mark and, below, in words. The last
frame shows where it ended and what it was worth. After rollout in the flow; before page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gym_anything.records import Action, Point, Score, Trajectory
from gym_anything.report.marks import Arrow, Colour, Ring, marks

Pixels: TypeAlias = NDArray[np.uint8]  # (H, W, 3) RGB
Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

LAST_FRAME_FACTOR = 4  # the last frame stays this many times longer
QUALITY = 70  # of lossy WebP, 0 to 100
_FONTS = ("DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
_BAR_PX = 36
_FONT_PX = 17
_MARGIN_PX = 12
_SUBPIXEL_BITS = 4  # cv2 draws at sixteenths of a pixel

_WHITE: Colour = (255, 255, 255)
_BAR: Colour = (32, 36, 42)
_PASSED: Colour = (22, 101, 52)
_FAILED: Colour = (153, 27, 27)
_BROKEN: Colour = (133, 77, 14)


class Ended(Protocol):
    """An episode that is over: a `Trajectory`, or what a store says of one."""

    @property
    def score(self) -> Score | None:
        """Final score, None if the infrastructure broke."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """One screen of the episode as it is shown.

    Attributes:
        screen: (H, W, 3) uint8 RGB.
        action: what is done on it, None for the last.
        caption: the line below.
        bar: colour behind the caption.
    """

    screen: Pixels
    action: Action | None
    caption: str
    bar: Colour = _BAR


def is_recorded(trajectory: Trajectory) -> bool:
    """Whether there is a screen to show."""
    return trajectory.first_screenshot is not None


def write_animation(
    trajectory: Trajectory, path: Path, width: int = 640, frame_ms: int = 700
) -> None:
    """Write an episode as an animated WebP that repeats.

    Equal frames in a row become one that stays longer.

    Args:
        trajectory: an episode recorded with its screenshots.
        path: of the file to write.
        width: of the picture in pixels; screens are scaled to it.
        frame_ms: how long each frame stays.

    Raises:
        ValueError: the trajectory has no screenshots.
    """
    pictures: list[Image.Image] = []
    durations_ms: list[int] = []
    for frame in _frames(trajectory):
        picture = _draw(frame, width)
        last = frame.action is None
        duration_ms = frame_ms * (LAST_FRAME_FACTOR if last else 1)
        if pictures and pictures[-1].tobytes() == picture.tobytes():
            durations_ms[-1] += duration_ms
            continue
        pictures.append(picture)
        durations_ms.append(duration_ms)
    pictures[0].save(
        path,
        format="WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=durations_ms,
        loop=0,
        quality=QUALITY,
        method=4,
    )


def poster(trajectory: Trajectory, width: int = 640) -> Image.Image:
    """The last frame: where the episode ended and what it was worth.

    Args:
        trajectory: an episode recorded with its screenshots.
        width: of the picture in pixels.

    Raises:
        ValueError: the trajectory has no screenshots.
    """
    *_, last = _frames(trajectory)
    return _draw(last, width)


def verdict(episode: Ended) -> str:
    """One word for how it ended: "passed", "failed" or "broken" (the infrastructure, no score)."""
    if episode.score is None:
        return "broken"
    return "passed" if episode.score.passed else "failed"


# Frames ------------------------------------------------------------------------------------------


def _frames(trajectory: Trajectory) -> Iterator[_Frame]:
    screen = trajectory.first_screenshot
    if screen is None:
        raise ValueError(
            f"{trajectory.task_id}: no screenshots to draw; record them: rollout(..., record=True)"
        )
    total = len(trajectory.steps)
    for step in trajectory.steps:
        refused = f"  not executed: {step.error}" if step.error else ""
        yield _Frame(screen, step.action, f"{step.index + 1}/{total}  {step.action}{refused}")
        screen = screen if step.screenshot is None else step.screenshot
    yield _Frame(screen, None, *_ending(trajectory))


def _ending(trajectory: Trajectory) -> tuple[str, Colour]:
    """Caption and colour of the last frame."""
    after = f"after {len(trajectory.steps)} steps"
    if trajectory.score is None:
        kind = "unknown" if trajectory.failure is None else trajectory.failure.kind.value
        return f"broken ({kind}) {after}, no score", _BROKEN
    colour = _PASSED if trajectory.score.passed else _FAILED
    return f"{verdict(trajectory)} {after}, score {trajectory.score.value:.2f}", colour


def _draw(frame: _Frame, width: int) -> Image.Image:
    """The frame as a picture `width` pixels wide, its caption in a bar below."""
    screen_height, screen_width = frame.screen.shape[:2]
    scale = width / screen_width
    size = (width, max(1, round(screen_height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels: Pixels = np.ascontiguousarray(
        cv2.resize(frame.screen, size, interpolation=method), dtype=np.uint8
    )
    if frame.action is not None:
        draw_action(pixels, frame.action, scale)
    picture = Image.new("RGB", (width, size[1] + _BAR_PX), frame.bar)
    picture.paste(Image.fromarray(pixels), (0, 0))
    font = _font()
    middle = size[1] + _BAR_PX // 2
    text = _elide(frame.caption, width - 2 * _MARGIN_PX, font)
    ImageDraw.Draw(picture).text((_MARGIN_PX, middle), text, fill=_WHITE, font=font, anchor="lm")
    return picture


@cache
def _font() -> Font:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, _FONT_PX)
        except OSError:
            continue
    return ImageFont.load_default(_FONT_PX)


def _elide(text: str, width_px: int, font: Font) -> str:
    """The longest beginning of a text that fits, with "…" if anything is left out."""
    if font.getlength(text[:width_px]) <= width_px and len(text) <= width_px:
        return text
    low, high = 0, min(len(text), width_px)  # no glyph that counts is narrower than a pixel
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle] + "…") <= width_px:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


# Marks -------------------------------------------------------------------------------------------


def draw_action(pixels: Pixels, action: Action, scale: float = 1.0) -> None:
    """Draw the marks of an action.

    Args:
        pixels: (H, W, 3) uint8 RGB, drawn on.
        action: what is done.
        scale: pixels of the picture for one of the screen.
    """
    for mark in marks(action):
        match mark:
            case Ring():
                _ring(pixels, _scaled(mark.at, scale), mark.radius_px, mark.colour)
            case Arrow():
                x, y = _scaled(mark.end, scale)
                tip = (x + mark.reach_px[0], y + mark.reach_px[1])
                _arrow(pixels, _scaled(mark.start, scale), tip, mark.colour)


def _scaled(point: Point, scale: float) -> tuple[float, float]:
    """Centre of a screen pixel, in pixels of the picture."""
    return (point[0] + 0.5) * scale - 0.5, (point[1] + 0.5) * scale - 0.5


def _fixed(value: float) -> int:
    return round(value * (1 << _SUBPIXEL_BITS))


def _ring(pixels: Pixels, at: tuple[float, float], radius_px: float, colour: Colour) -> None:
    center = (_fixed(at[0]), _fixed(at[1]))
    for line, thickness in ((_WHITE, 4), (colour, 2)):  # a halo, so that it shows on any ground
        cv2.circle(pixels, center, _fixed(radius_px), line, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)


def _arrow(
    pixels: Pixels, start: tuple[float, float], end: tuple[float, float], colour: Colour
) -> None:
    tail = (round(start[0]), round(start[1]))
    tip = (round(end[0]), round(end[1]))
    length = max(1.0, math.dist(tail, tip))
    for line, thickness in ((_WHITE, 5), (colour, 3)):
        cv2.arrowedLine(
            pixels, tail, tip, line, thickness, cv2.LINE_AA, tipLength=min(0.5, 14 / length)
        )
