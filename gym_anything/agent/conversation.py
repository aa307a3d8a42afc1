"""Conversation: the part of a model agent that does not depend on where its model runs.

It keeps the turns, asks with a prompt, reads the answer, and hands out the actions of an answer one
at a time. ChatAgent and VlmAgent each hold one.
"""

from __future__ import annotations

import json
from collections import deque

from gym_anything.action.base import ActionFormat
from gym_anything.action.frame import Frame
from gym_anything.agent.prompt import Prompt, PromptStyle, Turn, build_prompt, tools_of
from gym_anything.endpoint import ToolCall
from gym_anything.records import (
    POINT_VERBS,
    Action,
    InvalidAction,
    Observation,
    Point,
    Remark,
    Verb,
)


class Conversation:
    """One episode between a model and a desktop.

    Args:
        words: the action format.
        style: how the episode is shown.
    """

    def __init__(self, words: ActionFormat, style: PromptStyle) -> None:
        self.words = words
        self.style = style
        self.reset("")

    def reset(self, instruction: str) -> None:
        """Begin an episode."""
        self._instruction = instruction
        self._turns: list[Turn] = []
        self._left: deque[Action] = deque()  # of the last answer, to be done without asking
        self._pointer: Point | None = None
        self.remark = Remark()

    def next_action(self) -> Action | None:
        """The next action of the last answer, None if the model must be asked."""
        if not self._left:
            return None
        self.remark = Remark()
        return self._hand_out(self._left.popleft())

    def prompt(self, observation: Observation) -> Prompt:
        """What to ask the model now."""
        messages = build_prompt(
            self._instruction, self._turns, observation.screenshot, self.words, self.style
        )
        return Prompt(messages, tools_of(self.words, self.frame(observation), self.style))

    def frame(self, observation: Observation) -> Frame:
        """The sizes that the model's coordinates are measured against."""
        height, width, _ = observation.screenshot.shape
        return Frame((width, height), self.style.size((width, height)), self._pointer)

    def hear(
        self,
        observation: Observation,
        said: object,
        text: str,
        calls: tuple[ToolCall, ...] = (),
    ) -> Action | InvalidAction:
        """Read the model's answer.

        Args:
            observation: what it was shown.
            said: what the action format is to read: its text, or its tool calls decoded.
            text: what it wrote, for the history and for the records.
            calls: its tool calls.

        Returns:
            The first action; `next_action` has the others. Or why there is none.
        """
        parsed = self.words.parse(said, self.frame(observation))
        actions = () if isinstance(parsed, InvalidAction) else parsed
        error = parsed.reason if isinstance(parsed, InvalidAction) else ""
        self._turns.append(Turn(observation.screenshot.copy(), actions, text, calls, error))
        self._forget()
        if isinstance(parsed, InvalidAction):
            self.remark = Remark(output=parsed.text)
            return parsed
        self.remark = Remark(output=_written(text, calls))
        first, *others = parsed
        self._left.extend(others)
        return self._hand_out(first)

    def _hand_out(self, action: Action) -> Action:
        if action.verb in POINT_VERBS:
            self._pointer = action.end if action.verb is Verb.DRAG else action.point
        return action

    def _forget(self) -> None:
        """Drop the screenshots that no prompt shows any more."""
        kept = self.style.screenshots
        if len(self._turns) > kept:
            old = self._turns[-kept - 1]
            self._turns[-kept - 1] = Turn(None, old.actions, old.output, old.calls, old.error)


def _written(text: str, calls: tuple[ToolCall, ...]) -> str:
    """What a model wrote, its tool calls as the blocks in which local models write them."""
    blocks = [
        f'<tool_call>\n{{"name": {json.dumps(call.name)}, "arguments": {call.arguments}}}'
        "\n</tool_call>"
        for call in calls
    ]
    return "\n".join(part for part in (text, *blocks) if part)
