"""HTML from Python: `tag("a", "Next", href="?page=2")`. Text is escaped, `Html` is not."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"input", "br", "hr", "link", "meta"})


class Html(str):
    """Text that is markup already."""


def render(child: object) -> str:
    """Markup of a child: nothing for None, its parts for a list, else its text escaped."""
    if child is None or child is False:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, (list, tuple)):
        return "".join(render(each) for each in child)
    return escape(str(child))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element; in names of attributes a trailing "_" goes and others become "-"."""
    parts = []
    for key, value in attributes.items():
        key = key.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(f" {key}")
        elif value is not None and value is not False:
            parts.append(f' {key}="{escape(str(value))}"')
    opened = f"<{name}{''.join(parts)}>"
    return Html(opened if name in VOID else f"{opened}{render(children)}</{name}>")


def join(children: Iterable[object]) -> Html:
    """Several elements as one."""
    return Html(render(list(children)))


def options(choices: Iterable[tuple[str, str]], chosen: str) -> Html:
    """Options of a select from (value, label)."""
    return join(
        tag("option", label, value=value, selected=value == chosen) for value, label in choices
    )
