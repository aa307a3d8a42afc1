"""Prompt: what a model is shown of an episode; for chat agents, local models and exporters alike.

build_prompt(instruction, turns, screenshot, words, style) -> messages

The first message is the system's. Then come the task, the older steps as lines, the last few steps
as the screenshot before each and what the model wrote, and the screenshot of now:

    system     you operate a desktop ...          + what the action format needs
    user       Task: ...   Earlier steps: 1. ...  + screenshot
    assistant  what the model wrote
    user       screenshot
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

import cv2
import numpy as np
import pydantic
from numpy.typing import NDArray
from pydantic import ConfigDict

from gym_anything.action.base import ActionFormat
from gym_anything.action.frame import Frame, Size
from gym_anything.endpoint import JsonObject, ToolCall
from gym_anything.errors import ActionFormatError
from gym_anything.records import Action

Picture: TypeAlias = NDArray[np.uint8]  # (H, W, 3) uint8 RGB
_SYSTEM = (
    "You operate a Linux desktop to do a task. At each turn you see a screenshot and say the next "
    "action. Look at what the last action did before you choose the next one. End only when the "
    "task is done, saved if it asks for that."
)
_NOTHING = "(nothing)"


class Role(StrEnum):
    """Whose message it is."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message of a prompt.

    Attributes:
        role: whose.
        text: its words, may be empty.
        picture: a picture after the words, as it is to be sent; only of the user.
        calls: tool calls of the assistant.
        answers: id of the call that a tool's message answers.
    """

    role: Role
    text: str = ""
    picture: Picture | None = None
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """What a model is asked.

    Attributes:
        messages: in order.
        tools: that it may call, as the action format has them.
    """

    messages: tuple[Message, ...]
    tools: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A step that has been taken.

    Attributes:
        screenshot: (H, W, 3) uint8 RGB before it, None if it was not kept: the step is then told
            as a line.
        actions: what was done; none if the output was no action.
        output: what the model wrote; "" has the action format say it.
        calls: its tool calls.
        error: why the output was no action.
    """

    screenshot: Picture | None
    actions: tuple[Action, ...]
    output: str = ""
    calls: tuple[ToolCall, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class PromptStyle:
    """How an episode is shown.

    Attributes:
        screenshots: how many of the last are shown, that of now included.
        most_px: largest (width, height) of a picture; a larger one is made smaller, keeping its
            sides' ratio.
        picture: how pictures are encoded.
        quality: of JPEG, 1 to 100.
        system: beginning of the system's message.
        teach: whether the prompt explains the action format (in the system's message and as tools);
            a model that was trained on the format need not be told, and its prompts are short.
    """

    screenshots: int = 3
    most_px: Size = (1280, 720)
    picture: Literal["png", "jpeg"] = "png"
    quality: int = 90
    system: str = _SYSTEM
    teach: bool = True

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def __post_init__(self) -> None:
        if self.screenshots < 1:
            raise ValueError(f"screenshots must be at least 1, got {self.screenshots}")
        if min(self.most_px) < 1 or not 1 <= self.quality <= 100:
            raise ValueError(f"most_px and quality must be positive, got {self}")

    def size(self, screen: Size) -> Size:
        """(width, height) of the picture of a screen."""
        scale = min(1.0, *(most / side for most, side in zip(self.most_px, screen, strict=True)))
        return max(1, round(screen[0] * scale)), max(1, round(screen[1] * scale))

    def shrink(self, screenshot: Picture) -> Picture:
        """The picture to send of a screenshot; both (H, W, 3) uint8 RGB."""
        height, width, _ = screenshot.shape
        size = self.size((width, height))
        if size == (width, height):
            return screenshot
        return np.asarray(cv2.resize(screenshot, size, interpolation=cv2.INTER_AREA), np.uint8)


def build_prompt(
    instruction: str,
    turns: Sequence[Turn],
    screenshot: Picture,
    words: ActionFormat,
    style: PromptStyle,
) -> tuple[Message, ...]:
    """Show an episode.

    Args:
        instruction: the task in words.
        turns: the steps so far.
        screenshot: (H, W, 3) uint8 RGB, of now.
        words: the action format.
        style: how.

    Returns:
        The system's message if there is anything to say, then user and assistant in turn; each
        output that has tool calls is followed by a tool's message for each of them.
    """
    height, width, _ = screenshot.shape
    frame = Frame((width, height), style.size((width, height)))
    shown = _shown(turns, style.screenshots - 1)
    older, recent = turns[: len(turns) - shown], turns[len(turns) - shown :]
    taught = words.system(frame) if style.teach else ""
    system = "\n\n".join(part for part in (style.system, taught) if part)
    messages = [Message(Role.SYSTEM, system)] if system else []
    opening = _opening(instruction, older, words, frame)
    for turn in recent:
        assert turn.screenshot is not None
        messages.append(Message(Role.USER, opening, style.shrink(turn.screenshot)))
        messages += _said(turn, words, frame)
        opening = "" if turn.calls else _result(turn)
    messages.append(Message(Role.USER, opening, style.shrink(screenshot)))
    return tuple(messages)


def tools_of(words: ActionFormat, frame: Frame, style: PromptStyle) -> tuple[JsonObject, ...]:
    """The tools that a prompt names: those of the action format, none if it does not teach it."""
    return words.tools(frame) if style.teach else ()


def _shown(turns: Sequence[Turn], most: int) -> int:
    """How many of the last turns are shown with their screenshots."""
    count = 0
    for turn in reversed(turns):
        if count == most or turn.screenshot is None:
            break
        count += 1
    return count


def _opening(instruction: str, older: Sequence[Turn], words: ActionFormat, frame: Frame) -> str:
    lines = [f"Task: {instruction}"]
    if older:
        lines.append("Earlier steps:")
        lines += [f"{n}. {describe(turn, words, frame)}" for n, turn in enumerate(older, 1)]
        lines[-1] += _trouble(older[-1])
    return "\n".join(lines)


def _trouble(turn: Turn) -> str:
    return f" ({_result(turn)})" if turn.error else ""


def _result(turn: Turn) -> str:
    return f"That was no action: {turn.error}" if turn.error else ""


def describe(turn: Turn, words: ActionFormat, frame: Frame) -> str:
    """A step as one line, in the words of the format where it has any."""
    return "; ".join(say(action, words, frame) for action in turn.actions) or _NOTHING


def say(action: Action, words: ActionFormat, frame: Frame) -> str:
    """An action on one line, in the words of the format where it has any."""
    try:
        return " ".join(words.format(action, frame).split())
    except ActionFormatError:
        return str(action)


def _said(turn: Turn, words: ActionFormat, frame: Frame) -> list[Message]:
    """The assistant's message of a turn, and those of its tools."""
    output = turn.output
    if not output and not turn.calls:
        output = "\n".join(_whole(action, words, frame) for action in turn.actions) or _NOTHING
    said = [Message(Role.ASSISTANT, output, calls=turn.calls)]
    result = _result(turn) or "done"
    return said + [Message(Role.TOOL, result, answers=call.id) for call in turn.calls]


def _whole(action: Action, words: ActionFormat, frame: Frame) -> str:
    try:
        return words.format(action, frame)
    except ActionFormatError:
        return str(action)


def data_url(picture: Picture, style: PromptStyle) -> str:
    """A picture, (H, W, 3) uint8 RGB, as a data URL."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, style.quality] if style.picture == "jpeg" else []
    ending = ".jpg" if style.picture == "jpeg" else ".png"
    done, encoded = cv2.imencode(ending, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), flags)
    assert done, "an array of three uint8 channels can be encoded"
    text = base64.b64encode(encoded.tobytes()).decode()
    return f"data:image/{style.picture};base64,{text}"


def to_chat(messages: Sequence[Message], style: PromptStyle) -> list[JsonObject]:
    """Messages as an OpenAI-compatible endpoint takes them."""
    return [_wire(message, style) for message in messages]


def _wire(message: Message, style: PromptStyle) -> JsonObject:
    wire: dict[str, object] = {"role": message.role.value, "content": message.text}
    if message.picture is not None:
        image = {"type": "image_url", "image_url": {"url": data_url(message.picture, style)}}
        text = [{"type": "text", "text": message.text}] if message.text else []
        wire["content"] = [*text, image]
    if message.calls:
        wire["tool_calls"] = [call.wire() for call in message.calls]
    if message.answers:
        wire["tool_call_id"] = message.answers
    return wire


_TEMPLATE_PICTURE: pydantic.JsonValue = {"type": "image"}


def to_template(messages: Sequence[Message]) -> tuple[list[JsonObject], list[Picture]]:
    """Messages as the chat template of a processor of transformers takes them, and the pictures.

    A tool's message is left out: what a local model wrote is text.
    """
    wires: list[JsonObject] = []
    pictures: list[Picture] = []
    for message in messages:
        if message.role is Role.TOOL:
            continue
        content: list[pydantic.JsonValue] = []
        if message.text:
            content.append({"type": "text", "text": message.text})
        if message.picture is not None:
            content.append(_TEMPLATE_PICTURE)
            pictures.append(message.picture)
        wires.append({"role": message.role.value, "content": content})
    return wires, pictures
