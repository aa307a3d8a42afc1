"""ActionFormat: how one family of models says what to do. Two methods, and the words for a prompt.

format(action, frame) -> the text that a model would write
parse(output, frame)  -> the actions that a model's output means, or an InvalidAction
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from gym_anything.action.frame import Frame
from gym_anything.action.text_space import is_typeable
from gym_anything.errors import ActionFormatError, AgentError
from gym_anything.records import Action, InvalidAction, Verb


class ActionFormat(Protocol):
    """Converts between actions and one model family's words.

    Example:
        words = action_format("ui-tars-1.5")
        frame = Frame(screen=(1280, 720))
        words.format(Action.click(640, 360), frame)  # "Action: click(start_box='(644,364)')"
        words.parse("Action: click(start_box='(644,364)')", frame)  # (Action.click(640, 360),)
    """

    @property
    def name(self) -> str:
        """Name in the registry."""
        ...

    def tools(self, frame: Frame) -> tuple[Mapping[str, object], ...]:
        """The tools to put in a request, as the vendor documents them; () if it takes none."""
        ...

    def system(self, frame: Frame) -> str:
        """What a system prompt must say beyond the tools, such as how the episode is ended."""
        ...

    def format(self, action: Action, frame: Frame) -> str:
        """The text (for tool calls: JSON) with which the model would say an action.

        Raises:
            ActionFormatError: the format has no words for it, or a point is off the screen.
        """
        ...

    def parse(self, output: object, frame: Frame) -> tuple[Action, ...] | InvalidAction:
        """The actions, at least one, that an output means.

        Args:
            output: the model's text, or its JSON decoded.
            frame: the sizes; a format that acts where the pointer is reads `frame.pointer`.

        Returns:
            The actions in order, all on screen; or why there is none. Never raises for what a
            model wrote. An output that is partly wrong is wrong.
        """
        ...


def actions_or_raise(parsed: tuple[Action, ...] | InvalidAction) -> tuple[Action, ...]:
    """What `parse` returned, for callers that want an exception.

    Raises:
        AgentError: it was no action; says the reason.
    """
    if isinstance(parsed, InvalidAction):
        raise AgentError(f"no action of {parsed.format}: {parsed.reason}")
    return parsed


def cannot(name: str, action: Action, why: str) -> ActionFormatError:
    """The error for an action that a format has no words for."""
    return ActionFormatError(f"{name} cannot say {action}: {why}")


def check_sayable(name: str, action: Action, frame: Frame) -> None:
    """Refuse what no format can say.

    Raises:
        ActionFormatError: a point is off the screen, or a text holds NULs or lone surrogates.
    """
    try:
        action.check_on_screen(frame.screen)
    except ValueError as error:
        raise cannot(name, action, str(error)) from error
    if action.verb in (Verb.TYPE, Verb.ANSWER) and not is_typeable(action.text):
        raise cannot(name, action, "its text holds a NUL or half a surrogate pair")


def named_keys(name: str, action: Action, names: Mapping[str, str]) -> list[str]:
    """A format's names of an action's keys.

    Raises:
        ActionFormatError: it has none for one of them.
    """
    missing = [key for key in action.keys if key not in names]
    if missing:
        raise cannot(name, action, f"it has no name for the key {missing[0]!r}")
    return [names[key] for key in action.keys]
