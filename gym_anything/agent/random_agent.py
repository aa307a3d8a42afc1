"""A random agent: the floor that every other agent is measured against."""

from __future__ import annotations

import random
import string

from gym_anything.records import Action, Observation

_CHORDS = (
    *("enter", "tab", "escape", "backspace", "delete", "up", "down", "left", "right"),
    *("ctrl+s", "ctrl+a", "ctrl+c", "ctrl+v", "ctrl+z", "ctrl+f", "alt+f", "f10", "home", "end"),
)


class RandomAgent:
    """Draws actions that a person might try, without looking; one in fifty ends the episode.

    Args:
        seed: of its generator.
        may_end: whether it may end an episode.
    """

    name = "random"

    def __init__(self, seed: int = 0, *, may_end: bool = True) -> None:
        self._rng = random.Random(seed)
        self._may_end = may_end

    def reset(self, instruction: str) -> None:
        """Begin an episode; it keeps no memory."""

    def act(self, observation: Observation) -> Action:
        """Draw an action."""
        height, width, _ = observation.screenshot.shape
        rng = self._rng
        x, y = rng.randrange(width), rng.randrange(height)
        kind = rng.random()
        if kind < 0.02 and self._may_end:
            return rng.choice([Action.done(), Action.answer(str(rng.randrange(1000)))])
        if kind < 0.5:
            return Action.click(x, y, button=rng.choices(["left", "right"], [9, 1])[0])
        if kind < 0.6:
            return Action.double_click(x, y)
        if kind < 0.7:
            return Action.drag(x, y, rng.randrange(width), rng.randrange(height))
        if kind < 0.75:
            return Action.scroll_by(x, y, down=rng.choice([-3, 3]))
        if kind < 0.9:
            return Action.press(rng.choice(_CHORDS))
        letters = string.ascii_lowercase + string.digits + " "
        return Action.type("".join(rng.choices(letters, k=rng.randint(1, 8))))
