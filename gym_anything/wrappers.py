"""Wrappers for classic reinforcement learning: small pictures, and a finite number of actions.

env = gym.make("gym_anything/Galculator-L1-v0", reward="progress")
env = small_pixels(GridActions(env))    # (4, 84, 84) uint8, Discrete

Greyscale, resizing and stacking are Gymnasium's own wrappers. Where both kinds are used, the one of
the actions goes inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsFloat, TypeAlias

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from gymnasium.wrappers import FrameStackObservation, GrayscaleObservation, ResizeObservation
from numpy.typing import NDArray

from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError
from gym_anything.records import Action, Node

AnyEnv: TypeAlias = gym.Env[Any, Any]

EXTRAS = (
    *map(Action.press, ("enter", "tab", "escape", "backspace", "ctrl+s", "ctrl+z", "ctrl+a")),
    *map(Action.press, ("up", "down", "left", "right")),
    Action.done(),
)
"""Actions that the discrete wrappers offer beside clicks, unless told otherwise."""

CLICKABLE = frozenset(
    {
        *("push button", "toggle button", "radio button", "check box", "combo box", "spin button"),
        *("menu", "menu item", "check menu item", "radio menu item", "page tab", "link"),
        *("text", "entry", "table cell", "list item", "tree item", "icon", "slider"),
    }
)
"""Roles of the widgets that `WidgetActions` offers, unless told otherwise."""


class Pixels(gym.ObservationWrapper[NDArray[np.uint8], Any, Any], RecordConstructorArgs):
    """Observations are the screenshot alone, (H, W, 3) uint8 RGB.

    Args:
        env: a DesktopEnv, wrapped or not.
    """

    def __init__(self, env: AnyEnv) -> None:
        RecordConstructorArgs.__init__(self)
        gym.ObservationWrapper.__init__(self, env)
        assert isinstance(env.observation_space, spaces.Dict)
        self.observation_space = env.observation_space["screenshot"]

    def observation(self, observation: Any) -> NDArray[np.uint8]:
        """The screenshot."""
        picture: NDArray[np.uint8] = observation["screenshot"]
        return picture


def small_pixels(
    env: AnyEnv, *, size: tuple[int, int] = (84, 84), grey: bool = True, stack: int = 4
) -> AnyEnv:
    """Small pictures, as networks for games take them.

    Args:
        env: a DesktopEnv, wrapped or not.
        size: (height, width) in pixels.
        grey: whether colours are left out.
        stack: how many of the last pictures an observation holds; 1 for that of now alone.

    Returns:
        An env with observations ([stack,] height, width[, 3]) uint8.
    """
    env = Pixels(env)
    env = ResizeObservation(env, size)
    if grey:
        env = GrayscaleObservation(env)
    return FrameStackObservation(env, stack) if stack > 1 else env


class GridActions(gym.ActionWrapper[Any, np.int64, Any], RecordConstructorArgs):
    """Actions are Discrete: a click into each cell of a grid over the screen, row by row; extras.

    Args:
        env: a DesktopEnv, wrapped or not.
        columns: of the grid.
        rows: of the grid.
        extras: further actions.
    """

    def __init__(
        self, env: AnyEnv, columns: int = 32, rows: int = 18, extras: Sequence[Action] = EXTRAS
    ) -> None:
        RecordConstructorArgs.__init__(self, columns=columns, rows=rows, extras=extras)
        gym.ActionWrapper.__init__(self, env)
        height, width = _desktop(env).frame_shape
        if not (0 < columns <= width and 0 < rows <= height):
            raise ValueError(f"a grid of {columns}x{rows} does not fit {width}x{height} pixels")
        clicks = [
            Action.click(
                (2 * column + 1) * width // (2 * columns), (2 * row + 1) * height // (2 * rows)
            )
            for row in range(rows)
            for column in range(columns)
        ]
        self.actions = (*clicks, *extras)
        self.action_space: spaces.Space[Any] = spaces.Discrete(len(self.actions))

    def action(self, action: np.int64 | int) -> Action:
        """The action that a number stands for.

        Raises:
            ValueError: there is none.
        """
        return _chosen(self.actions, action)


class WidgetActions(gym.Wrapper[Any, np.int64, Any, Any], RecordConstructorArgs):
    """Actions are Discrete: a click on each widget that is on screen, in the tree's order; extras.

    A number beyond the widgets of the moment only waits; `info["action_mask"]`, (n,) int8, has 0
    there, and `info["widgets"]` the role and name of each. Reads the accessibility tree after each
    step, which takes some milliseconds more than pixels do.

    Args:
        env: a DesktopEnv, wrapped or not.
        most: widgets at most; those after them cannot be clicked.
        extras: further actions, first of the numbers.
        roles: of the widgets that are offered.
    """

    def __init__(
        self,
        env: AnyEnv,
        most: int = 128,
        extras: Sequence[Action] = EXTRAS,
        roles: frozenset[str] = CLICKABLE,
    ) -> None:
        RecordConstructorArgs.__init__(self, most=most, extras=extras, roles=roles)
        gym.Wrapper.__init__(self, env)
        if most < 1:
            raise ValueError(f"most must be at least 1, got {most}")
        self._desktop = _desktop(env)
        self._most = most
        self._extras = tuple(extras)
        self._roles = roles
        self._widgets: tuple[Node, ...] = ()
        self.action_space: spaces.Space[Any] = spaces.Discrete(len(self._extras) + most)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """As the env's, with "widgets" and "action_mask" in the info."""
        observation, info = self.env.reset(seed=seed, options=options)
        return observation, info | self._look()

    def step(self, action: np.int64 | int) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """As the env's, with "widgets" and "action_mask" in the info.

        Raises:
            ValueError: the number is out of range.
        """
        waits = (Action.wait(),) * (self._most - len(self._widgets))
        clicks = [Action.click(*_centre(node)) for node in self._widgets]
        chosen = _chosen((*self._extras, *clicks, *waits), action)
        inner: AnyEnv = self.env
        observation, reward, terminated, truncated, info = inner.step(chosen)
        return observation, reward, terminated, truncated, info | self._look()

    def _look(self) -> dict[str, Any]:
        try:
            nodes = self._desktop.session.desktop.accessibility()
        except MachineError as error:
            raise self._desktop.attribute(error) from error
        width, height = self._desktop.frame_shape[::-1]
        offered = (node for node in nodes if node.role in self._roles)
        found = [node for node in offered if _can_be_clicked(node, (width, height))]
        self._widgets = tuple(found[: self._most])
        mask = np.zeros(len(self._extras) + self._most, dtype=np.int8)
        mask[: len(self._extras) + len(self._widgets)] = 1
        names = tuple((node.role, node.name) for node in self._widgets)
        return {"widgets": names, "action_mask": mask}


def _desktop(env: AnyEnv) -> DesktopEnv:
    unwrapped = env.unwrapped
    if not isinstance(unwrapped, DesktopEnv):
        raise ValueError(f"a DesktopEnv is needed, got {type(unwrapped).__name__}")
    return unwrapped


def _chosen(actions: Sequence[Action], number: np.int64 | int) -> Action:
    if not 0 <= int(number) < len(actions):
        raise ValueError(f"action must be 0 to {len(actions) - 1}, got {number}")
    return actions[int(number)]


def _centre(node: Node) -> tuple[int, int]:
    assert node.center is not None
    return node.center


def _can_be_clicked(node: Node, screen: tuple[int, int]) -> bool:
    if node.center is None or "sensitive" not in node.states:
        return False
    return all(0 <= at < side for at, side in zip(node.center, screen, strict=True))
