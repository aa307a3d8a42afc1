"""Balance: no application, skill or level drowns the others. Before curate.

Along each axis in turn, a group may have so many times as many steps as the median group has; what
is over is left out, drawn at random by a seed. A step of several skills stays as long as one of
them is not full.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from gym_anything.curation.view import StepKey

Axis = Literal["app", "skill", "level"]


@dataclass(frozen=True, slots=True)
class BalanceConfig:
    """How even it has to be.

    Attributes:
        axes: in the order in which they are balanced; none turns the filter off.
        most: times the median group that a group may have.
        seed: of the draw.
    """

    axes: tuple[Axis, ...] = ("app", "level", "skill")
    most: Annotated[float, Field(ge=1)] = 2.0
    seed: int = 0

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Groups:
    """What a step belongs to.

    Attributes:
        app: its application.
        level: of its task.
        skills: of its task.
    """

    app: str
    level: int
    skills: tuple[str, ...]

    def along(self, axis: Axis) -> tuple[str, ...]:
        """The groups of an axis; a task without skills is in the group ""."""
        match axis:
            case "app":
                return (self.app,)
            case "level":
                return (str(self.level),)
            case "skill":
                return self.skills or ("",)


def surplus(steps: Sequence[tuple[StepKey, Groups]], config: BalanceConfig) -> dict[StepKey, Axis]:
    """The steps that are too many, each with the axis along which it is.

    Args:
        steps: with what they belong to.
        config: how even it has to be.
    """
    dropped: dict[StepKey, Axis] = {}
    for axis in config.axes:
        left = [(key, groups.along(axis)) for key, groups in steps if key not in dropped]
        sizes = Counter(name for _, names in left for name in names)
        if len(sizes) < 2:
            continue
        cap = int(config.most * median(sizes.values()))
        random.Random(f"{config.seed}:{axis}").shuffle(left)
        taken: Counter[str] = Counter()
        for key, names in left:
            if all(taken[name] >= cap for name in names):
                dropped[key] = axis
            else:
                taken.update(names)
    return dropped
