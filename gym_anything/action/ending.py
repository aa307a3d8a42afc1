"""How a model ends an episode whose tool has no word for it: a last message instead of a call."""

from __future__ import annotations

from gym_anything.action.base import cannot
from gym_anything.action.reading import string
from gym_anything.records import Action, Verb

_DONE, _GIVE_UP = "DONE", "INFEASIBLE"
ENDING_TEXT = (
    f"When the task is done, reply with the word {_DONE} alone and call no tool. If it asks for an "
    f"answer, reply with the answer alone. If it cannot be done, reply with {_GIVE_UP} alone."
)


def ending_text(name: str, action: Action) -> str:
    """The last message of an ending verb.

    Raises:
        ActionFormatError: an answer that is blank or reads as one of the two words.
    """
    if action.verb is Verb.DONE:
        return _DONE
    if action.verb is Verb.GIVE_UP:
        return _GIVE_UP
    if ending_of(action.text) != action:
        raise cannot(name, action, f"a blank around it, or {_DONE} or {_GIVE_UP}, is no answer")
    return action.text


def ending_of(message: str) -> Action:
    """What a last message means: done if it is blank or says so, given up, or an answer.

    Raises:
        Unreadable: it is too long, or holds characters that cannot be typed.
    """
    text = string({"message": message}, "message").strip()
    word = text.rstrip(".!").upper()
    if word in (_DONE, ""):
        return Action.done()
    return Action.give_up() if word == _GIVE_UP else Action.answer(text)
