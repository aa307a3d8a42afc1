"""Intents: short words for what templates say over and over. After templates in the flow.

    solution=(*menu("Edit", "Find"), Type("Keller"), on("Find Next"))
    checks=(goal("text.contains", path=path, text=name), guard("files.unchanged", path=other))

In a signature `Steps` is a tuple of intents.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from gym_anything.task import Await, Check, Click, Intent, JsonValue, Route, Target

Steps: TypeAlias = tuple[Intent, ...]


def goal(check: str, weight: float = 1.0, **params: JsonValue) -> Check:
    """A check that counts towards the score.

    Args:
        check: name of a verifier.
        weight: share of the score.
        **params: of the verifier.
    """
    return Check(check, params, weight=weight)


def guard(check: str, **params: JsonValue) -> Check:
    """A check of what must stay as it is; the score is 0 if it fails."""
    return Check(check, params, guard=True)


def route(name: str, *steps: Intent) -> Route:
    """A near miss or a variation."""
    return Route(name, steps)


def on(
    name: str,
    role: str = "push button",
    *,
    window: str = "",
    nth: int = 0,
    at: tuple[float, float] = (0.5, 0.5),
    button: Literal["left", "middle", "right"] = "left",
    count: int = 1,
    keys: str = "",
) -> Click:
    """A click on a widget; the arguments are those of `Target` and `Click`."""
    target = Target(role=role, name=name, window=window, nth=nth, at=at)
    return Click(target, button=button, count=count, keys=keys)


def seen(name: str, role: str = "", window: str = "") -> Await:
    """Wait until a widget is on screen."""
    return Await(Target(role=role, name=name, window=window))


def menu(*names: str, role: str = "menu item") -> Steps:
    """Clicks that open menus, one in the other, and choose the item named last.

    Args:
        *names: from the menu bar inwards.
        role: of the last, such as "check menu item".
    """
    return (*(on(name, "menu") for name in names[:-1]), on(names[-1], role))
