"""Verifiers of what the application shows, read from its accessibility tree.

For state that no file holds, such as the display of a calculator. A widget is named by `role` (an
AT-SPI role name such as "text"), `name`, `with_state` (a state it must have, such as "editable")
and `nth` (which of those in reading order); empty ones are not looked at. No such widget fails the
check.
"""

from __future__ import annotations

from gym_anything.documents.number import same_number
from gym_anything.errors import TaskError
from gym_anything.records import Node
from gym_anything.verify import FinalState, Verdict, needs


@needs("accessibility")
def text_equals(
    state: FinalState,
    text: str,
    role: str = "",
    name: str = "",
    with_state: str = "",
    nth: int = 0,
    ignore_case: bool = False,
) -> Verdict:
    """Whether a widget shows this text; its name counts where it has no text of its own.

    Args:
        state: the final state.
        text: expected text; blank space around it does not count.
        role: role of the widget.
        name: its accessible name.
        with_state: a state that it has.
        nth: which of them, from 0.
        ignore_case: whether letters of any case do.
    """
    node = _find(state, role, name, with_state, nth)
    if node is None:
        return _missing(role, name, with_state, nth)
    found, wanted = _shown(node), text.strip()
    right = found == wanted or (ignore_case and found.casefold() == wanted.casefold())
    return Verdict(float(right), f"it shows {found[:80]!r}")


@needs("accessibility")
def text_is_number(
    state: FinalState,
    number: float,
    role: str = "",
    name: str = "",
    with_state: str = "",
    nth: int = 0,
    tolerance: float = 1e-6,
    line: int = 0,
) -> Verdict:
    """Whether a widget shows exactly this number, however it is written ("1,234.5", "1234.50").

    Args:
        state: the final state.
        number: expected number.
        role: role of the widget.
        name: its accessible name.
        with_state: a state that it has.
        nth: which of them, from 0.
        tolerance: how far the number may be off.
        line: the line of its text that counts, from 1; 0 for the whole text.
    """
    node = _find(state, role, name, with_state, nth)
    if node is None:
        return _missing(role, name, with_state, nth)
    shown = _shown(node)
    if line:
        shown = dict(enumerate(shown.splitlines(), 1)).get(line, "")
    return Verdict(float(same_number(shown, number, tolerance)), f"it shows {shown[:80]!r}")


@needs("accessibility")
def has_state(
    state: FinalState,
    wanted: str,
    role: str = "",
    name: str = "",
    nth: int = 0,
    holds: bool = True,
) -> Verdict:
    """Whether a widget has an AT-SPI state, such as "checked".

    Args:
        state: the final state.
        wanted: the state.
        role: role of the widget.
        name: its accessible name.
        nth: which of them, from 0.
        holds: false asks that it does not have it.
    """
    node = _find(state, role, name, "", nth)
    if node is None:
        return _missing(role, name, "", nth)
    there = wanted in node.states
    evidence = f"{role or name} is {'' if there else 'not '}{wanted}"
    return Verdict(float(there == holds), evidence)


def _find(state: FinalState, role: str, name: str, with_state: str, nth: int) -> Node | None:
    if not role and not name and not with_state:
        raise TaskError("accessibility: role, name or with_state: at least one is needed")
    found = [
        node
        for node in state.nodes
        if (not role or node.role == role)
        and (not name or _label(node.name) == _label(name))
        and (not with_state or with_state in node.states)
    ]
    return found[nth] if 0 <= nth < len(found) else None


def _label(name: str) -> str:
    return name.strip().removesuffix("…").removesuffix("...")


def _shown(node: Node) -> str:
    return (node.text or node.name).strip()


def _missing(role: str, name: str, with_state: str, nth: int) -> Verdict:
    return Verdict.no(f"no widget with role {role!r}, name {name!r}, {with_state!r}, number {nth}")
