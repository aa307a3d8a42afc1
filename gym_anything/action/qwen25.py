"""Qwen2.5-VL: the `computer_use` tool, in pixels of the image as its preprocessing resizes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gym_anything.action import computer_use
from gym_anything.action.base import check_sayable
from gym_anything.action.frame import Frame, SmartlyResized
from gym_anything.action.reading import attempt
from gym_anything.records import Action, InvalidAction

VERBS = tuple(
    verb for verb in computer_use.ACTIONS if verb not in ("triple_click", "hscroll", "answer")
)


@dataclass(frozen=True, slots=True)
class Qwen25(SmartlyResized):
    """Frame: pixels of `smart_resize(frame.image)` with factor 28; origin at the top left.

    The tool is told that size as the screen's resolution. Source: QwenLM/Qwen2.5-VL,
    cookbooks/computer_use.ipynb. There is no triple click, sideways scroll or answer.
    """

    name: str = "qwen2.5-vl"
    min_pixels: int = 4 * 28 * 28

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """The `computer_use` tool, for the chat template's `tools`."""
        return (computer_use.tool(self.grid(frame).size, VERBS),)

    def system(self, frame: Frame) -> str:
        """How to end; the tool says the rest."""
        return "When the task is done or cannot be done, call computer_use with action=terminate."

    def format(self, action: Action, frame: Frame) -> str:
        """One or two `<tool_call>` blocks; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        return computer_use.write(self.name, action, self.grid(frame), VERBS)

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read `<tool_call>` blocks, bare JSON or decoded calls; see `ActionFormat.parse`."""
        grid = self.grid(frame)
        return attempt(self.name, output, lambda: computer_use.read(output, grid, frame.pointer))
