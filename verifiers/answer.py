"""Verifiers of what an agent answers. An episode without an answer fails every check of one."""

from __future__ import annotations

from gym_anything.documents.number import parse_number, same_number
from gym_anything.verify import FinalState, Verdict


def equals(state: FinalState, text: str, ignore_case: bool = True) -> Verdict:
    """Whether the answer is this text; blank space around and between words counts as one space.

    Args:
        state: the final state.
        text: expected answer.
        ignore_case: whether letters of any case do.
    """
    return one_of(state, [text], ignore_case)


def one_of(state: FinalState, texts: list[str], ignore_case: bool = True) -> Verdict:
    """Whether the answer is one of these texts, as `equals` compares.

    Args:
        state: the final state.
        texts: the answers that are right.
        ignore_case: whether letters of any case do.
    """
    if state.answer is None:
        return Verdict.no("there is no answer")
    found = _plain(state.answer, ignore_case)
    right = any(found == _plain(text, ignore_case) for text in texts)
    return Verdict(float(right), f"the answer is {state.answer[:80]!r}")


def number(state: FinalState, value: float, tolerance: float = 1e-6) -> Verdict:
    """Whether the answer is exactly one number, however it is written ("42", "42.0", "42,00 €").

    Args:
        state: the final state.
        value: expected number; a percentage is a fraction (12 % is 0.12).
        tolerance: how far the answer may be off.
    """
    if state.answer is None:
        return Verdict.no("there is no answer")
    if parse_number(state.answer) is None:
        return Verdict.no(f"the answer {state.answer[:80]!r} is not one number")
    right = same_number(state.answer, value, tolerance)
    return Verdict(float(right), f"the answer is {state.answer[:80]!r}")


def gave_up(state: FinalState) -> Verdict:
    """Whether the agent said that the task cannot be done.

    Args:
        state: the final state.
    """
    return Verdict(float(state.gave_up), "gave up" if state.gave_up else "did not give up")


def _plain(text: str, ignore_case: bool) -> str:
    words = " ".join(text.split())
    return words.casefold() if ignore_case else words
