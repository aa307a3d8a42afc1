"""Marks: what an action looks like over the screen that it acts on.

Rings and arrows, in no drawing library's words: `report.episode` draws them into animations, the
page of `viewer` over screenshots. After records in the flow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.records import Action, Button, Point, Verb

Colour: TypeAlias = tuple[int, int, int]  # red, green, blue

RING_PX = 14
RING_STEP_PX = 7
BUTTON_COLOURS: dict[Button, Colour] = {
    Button.LEFT: (21, 101, 216),
    Button.MIDDLE: (217, 119, 6),
    Button.RIGHT: (192, 38, 211),
}
HAND: Colour = (71, 85, 105)  # verbs without a button


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around a point.

    Attributes:
        at: its centre, in screen pixels.
        radius_px: in pixels of the picture, whatever size the screen has there.
        colour: of the line.
    """

    at: Point
    radius_px: int
    colour: Colour


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from one point to another.

    Attributes:
        start: its tail, in screen pixels.
        end: its tip, in screen pixels.
        reach_px: added to the tip, in pixels of the picture.
        colour: of the line.
    """

    start: Point
    end: Point
    reach_px: tuple[float, float]
    colour: Colour


Mark: TypeAlias = Ring | Arrow


def marks(action: Action) -> tuple[Mark, ...]:
    """The marks of an action, the lowest first; verbs that use no point have none."""
    at, colour = action.point, BUTTON_COLOURS[action.button]
    match action.verb:
        case Verb.CLICK:
            rings = range(action.count)
            return tuple(Ring(at, RING_PX + ring * RING_STEP_PX, colour) for ring in rings)
        case Verb.DRAG:
            return Ring(at, RING_PX // 2, colour), Arrow(at, action.end, (0.0, 0.0), colour)
        case Verb.MOUSE_DOWN | Verb.MOUSE_UP:
            inner = 3 if action.verb is Verb.MOUSE_DOWN else RING_PX // 2
            return Ring(at, RING_PX, colour), Ring(at, inner, colour)
        case Verb.MOVE:
            return (Ring(at, RING_PX // 2, HAND),)
        case Verb.SCROLL:
            right, down = action.scroll
            length = (math.hypot(right, down) or 1.0) / (3 * RING_PX)
            reach = (right / length, down / length)
            return Ring(at, RING_PX // 2, HAND), Arrow(at, at, reach, HAND)
        case _:
            return ()
