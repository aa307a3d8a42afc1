"""Verifiers of the clipboard's text."""

from __future__ import annotations

from gym_anything.documents.number import same_number
from gym_anything.verify import FinalState, Verdict, needs


@needs("clipboard")
def text(state: FinalState, equals: str, ignore_case: bool = False) -> Verdict:
    """Whether the clipboard holds this text; blank space around it does not count.

    Args:
        state: the final state.
        equals: expected text.
        ignore_case: whether letters of any case do.
    """
    found, wanted = state.clipboard.strip(), equals.strip()
    right = found == wanted or (ignore_case and found.casefold() == wanted.casefold())
    return Verdict(float(right), f"the clipboard holds {found[:80]!r}")


@needs("clipboard")
def number(state: FinalState, value: float, tolerance: float = 1e-6) -> Verdict:
    """Whether the clipboard holds exactly this number, however it is written.

    Args:
        state: the final state.
        value: expected number.
        tolerance: how far it may be off.
    """
    right = same_number(state.clipboard, value, tolerance)
    return Verdict(float(right), f"the clipboard holds {state.clipboard[:80]!r}")
