"""Qwen3-VL: the `computer_use` tool, in thousandths of the image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gym_anything.action import computer_use
from gym_anything.action.base import check_sayable
from gym_anything.action.frame import Frame, Grid
from gym_anything.action.reading import attempt
from gym_anything.records import Action, InvalidAction

VERBS = tuple(computer_use.ACTIONS)


@dataclass(frozen=True, slots=True)
class Qwen3:
    """Frame: `span` parts of the width and of the height, whatever the size of the image.

    The model's authors say "relative coordinates ranging from 0 to 1000" (README of
    QwenLM/Qwen3-VL; x / 1000 * width in its grounding cookbook), the cloud's manual says 0 to 999,
    and the mobile cookbook and OSWorld's agent divide by 999 (issues 1741 and 1859 of
    QwenLM/Qwen3-VL). Here both 0 to 999 and 1000 (the far edge) are read, 0 to 999 is written, and
    `span` = 1000 is what is divided by; a span of 999 gives the other reading. They lie at most a
    thousandth of the screen apart.

    Attributes:
        span: parts that a side is divided into.
    """

    name: str = "qwen3-vl"
    span: int = 1000

    def grid(self, frame: Frame) -> Grid:
        """Its coordinates."""
        return Grid(frame.screen, (self.span, self.span))

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """The `computer_use` tool, for the chat template's `tools`."""
        return (computer_use.tool(self.grid(frame).size, VERBS),)

    def system(self, frame: Frame) -> str:
        """How to end; the tool says the rest."""
        return (
            "When the task is done or cannot be done, call computer_use with action=terminate; "
            "if it asks for an answer, call it with action=answer."
        )

    def format(self, action: Action, frame: Frame) -> str:
        """One or two `<tool_call>` blocks; see `ActionFormat.format`."""
        check_sayable(self.name, action, frame)
        return computer_use.write(self.name, action, self.grid(frame), VERBS)

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """Read `<tool_call>` blocks, bare JSON or decoded calls; see `ActionFormat.parse`."""
        grid = self.grid(frame)
        return attempt(self.name, output, lambda: computer_use.read(output, grid, frame.pointer))
