"""Said: the steps of an episode as what a model said, one entry for each output.

A model's output may hold several actions, which are several steps; an agent that writes nothing
says each step by itself. Before samples in the flow; no torch here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gym_anything.action.base import ActionFormat
from gym_anything.action.frame import Frame
from gym_anything.agent.prompt import Picture, PromptStyle, Turn
from gym_anything.errors import ActionFormatError
from gym_anything.records import Action, InvalidAction, Step, Trajectory

NO_ACTION = "what the model wrote was no action"


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What was said at one turn.

    Attributes:
        turn: as a prompt shows it; its `output` is what a model should write.
        steps: that followed.
        frame: the sizes that coordinates are measured against.
        reason: why it cannot be a sample, "" if it can.
    """

    turn: Turn
    steps: tuple[Step, ...]
    frame: Frame
    reason: str = ""


def said_of(trajectory: Trajectory, words: ActionFormat, style: PromptStyle) -> list[Said]:
    """What was said in an episode, in the words of a format.

    An output that this format reads as the actions that were done is kept as it was written, its
    thoughts included; any other is said anew.

    Args:
        trajectory: with its screens.
        words: the format.
        style: how the episode is shown.
    """
    found: list[Said] = []
    before, pointer = trajectory.first_screenshot, None
    for steps in _grouped(trajectory.steps):
        frame = _frame(before, style)
        if pointer is not None:
            frame = Frame(frame.screen, frame.image, pointer)
        found.append(_said(steps, before, words, frame))
        pointer = frame.after(step.action for step in steps).pointer
        before = steps[-1].screenshot
    return found


def _grouped(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps that came of one output stand together."""
    writes = any(step.output for step in steps)
    groups: list[list[Step]] = []
    for step in steps:
        if writes and groups and not step.output and not step.error:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _frame(screenshot: Picture | None, style: PromptStyle) -> Frame:
    if screenshot is None:
        return Frame((1, 1))
    size = (screenshot.shape[1], screenshot.shape[0])
    return Frame(size, style.size(size))


def _said(steps: Sequence[Step], before: Picture | None, words: ActionFormat, frame: Frame) -> Said:
    output, error = steps[0].output, steps[0].error
    if error:
        turn = Turn(before, (), output, error=error)
        return Said(turn, tuple(steps), frame, NO_ACTION)
    actions = tuple(step.action for step in steps)
    if before is None:
        return Said(Turn(None, actions), tuple(steps), frame, "the screen was not recorded")
    if not output or words.parse(output, frame) != actions:
        output = _written(actions, words, frame)
    reason = "" if output else f"{words.name} has no words for it"
    return Said(Turn(before, actions, output), tuple(steps), frame, reason)


def _written(actions: Sequence[Action], words: ActionFormat, frame: Frame) -> str:
    """Actions in the words of a format that reads them back as such, "" if it has none."""
    try:
        text = "\n".join(words.format(action, frame) for action in actions)
    except ActionFormatError:
        return ""
    read = words.parse(text, frame)
    same = not isinstance(read, InvalidAction) and len(read) == len(actions)
    return text if same else ""
