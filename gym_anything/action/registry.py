"""The action formats by name."""

from __future__ import annotations

from collections.abc import Mapping

from gym_anything.action.anthropic_computer import AnthropicComputer
from gym_anything.action.base import ActionFormat
from gym_anything.action.computer_13 import Computer13
from gym_anything.action.openai_computer import OpenAiComputer
from gym_anything.action.pyautogui_code import PyAutoGuiCode
from gym_anything.action.qwen3 import Qwen3
from gym_anything.action.qwen25 import Qwen25
from gym_anything.action.ui_tars import UiTars
from gym_anything.errors import ConfigError, did_you_mean

_ALL: tuple[ActionFormat, ...] = (
    Qwen25(),
    Qwen3(),
    UiTars(),
    OpenAiComputer(),
    AnthropicComputer("20250124"),
    AnthropicComputer("20251124"),
    Computer13(),
    PyAutoGuiCode(),
)
FORMATS: Mapping[str, ActionFormat] = {one.name: one for one in _ALL}


def action_format(name: str) -> ActionFormat:
    """The format of that name, with the vendor's defaults.

    Raises:
        ConfigError: there is none; says which there are.
    """
    if name not in FORMATS:
        raise ConfigError(did_you_mean("action format", name, FORMATS))
    return FORMATS[name]
