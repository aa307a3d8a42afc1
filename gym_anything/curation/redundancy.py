"""Redundancy: steps that show the same as steps that are kept already. Before curate.

Two steps are near-identical if their actions are the same (a point may lie a little apart) and so
are the screens that they act on: as a whole, made small, and around the point, in full. Of each
group so many are kept; the rest teaches nothing new and would outweigh what is rare.
Source: the deduplication of state-action pairs in SCIZOR, arXiv 2505.22626; there the states are
features of a network, here pixels, since a desktop's screens repeat exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from gym_anything.curation.route import shape
from gym_anything.curation.view import StepView
from gym_anything.records import POINT_VERBS, Action

_SMALL = (64, 36)  # (width, height) of the whole screen made small
_AROUND_PX = 48  # side of the part around the point


@dataclass(frozen=True, slots=True)
class RedundancyConfig:
    """When steps are near-identical, and how many of them are kept.

    Attributes:
        most: of a group that are kept; 0 turns the filter off.
        radius_px: how far apart the points of two actions may be, in screen pixels.
        screen_difference: mean difference of the small screens, 0 to 255, that is none.
        around_difference: mean difference of the parts around the point that is none.
    """

    most: Annotated[int, Field(ge=0)] = 2
    radius_px: Annotated[float, Field(ge=0)] = 8.0
    screen_difference: Annotated[float, Field(ge=0)] = 1.0
    around_difference: Annotated[float, Field(ge=0)] = 4.0

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


@dataclass(slots=True)
class _Group:
    """Near-identical steps, by the first of them."""

    action: Action
    small: NDArray[np.int16]  # (36, 64)
    around: NDArray[np.int16] | None  # (side, side), None of verbs without a point
    size: int = 0


class Redundancy:
    """Tells steps that add nothing to those that it was shown before.

    Args:
        config: when that is so.
    """

    def __init__(self, config: RedundancyConfig) -> None:
        self._config = config
        self._groups: dict[Action, list[_Group]] = {}  # by the action without its places

    def is_redundant(self, view: StepView) -> bool:
        """Whether enough near-identical steps were shown before; a step without a screen is not."""
        if not self._config.most or not view.screens:
            return False
        found = _features(view)
        groups = self._groups.setdefault(shape(view.action), [])
        group = next((known for known in groups if self._alike(known, found)), None)
        if group is None:
            group = found
            groups.append(group)
        group.size += 1
        return group.size > self._config.most

    def _alike(self, one: _Group, other: _Group) -> bool:
        config = self._config
        apart = max(
            math.dist(one.action.point, other.action.point),
            math.dist(one.action.end, other.action.end),
        )
        if one.action.verb in POINT_VERBS and apart > config.radius_px:
            return False
        if one.small.shape != other.small.shape:
            return False
        if np.abs(one.small - other.small).mean() > config.screen_difference:
            return False
        if one.around is None or other.around is None:
            return True
        same = one.around.shape == other.around.shape
        return bool(same and np.abs(one.around - other.around).mean() <= config.around_difference)


def _features(view: StepView) -> _Group:
    grey = cv2.cvtColor(view.screens[-1], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA).astype(np.int16)
    around = None
    if view.action.verb in POINT_VERBS:
        x, y = view.action.point
        left, top = max(0, x - _AROUND_PX // 2), max(0, y - _AROUND_PX // 2)
        around = grey[top : top + _AROUND_PX, left : left + _AROUND_PX].astype(np.int16)
    return _Group(view.action, small, around)
