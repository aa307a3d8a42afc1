"""Pictures: a screen as a judge is shown it: the action's target marked, and its surroundings."""

from __future__ import annotations

import cv2
import numpy as np

from gym_anything.curation.view import Picture
from gym_anything.records import POINT_VERBS, Action, Point, Verb
from gym_anything.report.episode import draw_action

ENLARGED = 2  # pixels of the crop for one of the screen


def marked(screen: Picture, action: Action) -> Picture:
    """A copy of a screen with an action drawn on it; (H, W, 3) uint8 RGB both."""
    picture: Picture = np.ascontiguousarray(screen).copy()
    draw_action(picture, action)
    return picture


def crops(screen: Picture, action: Action, side_px: int) -> tuple[Picture, ...]:
    """What is around the points of an action, enlarged and marked.

    Args:
        screen: (H, W, 3) uint8 RGB.
        action: that is done on it.
        side_px: of the square, in pixels of the screen; it is moved to lie on the screen.

    Returns:
        One picture a point: two for a drag, none for verbs without a point.
    """
    if action.verb not in POINT_VERBS:
        return ()
    points = (action.point, action.end) if action.verb is Verb.DRAG else (action.point,)
    picture = marked(screen, action)
    return tuple(_cut(picture, point, side_px) for point in points)


def _cut(picture: Picture, point: Point, side_px: int) -> Picture:
    height, width, _ = picture.shape
    left = min(max(0, point[0] - side_px // 2), max(0, width - side_px))
    top = min(max(0, point[1] - side_px // 2), max(0, height - side_px))
    part = picture[top : top + side_px, left : left + side_px]
    size = (part.shape[1] * ENLARGED, part.shape[0] * ENLARGED)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)
