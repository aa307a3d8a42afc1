"""The accessibility tree as text, one line a widget, for observations and prompts."""

from __future__ import annotations

from collections.abc import Sequence

from gym_anything.records import Node

_SAID = ("focused", "checked", "selected", "expanded", "editable", "active")
# The states that tell an agent something; nearly every widget is enabled, sensitive and showing.


def describe_nodes(nodes: Sequence[Node], limit: int) -> str:
    """Describe the widgets that are on screen.

    Args:
        nodes: depth-first, as `Accessibility.tree` gives them.
        limit: characters; the last line says how many widgets were left out.

    Returns:
        Lines such as `  push button "7" (640,412 37x30) focused` indented by depth.
    """
    depth: list[int] = []
    lines: list[str] = []
    room = limit - 40
    left_out = 0
    for node in nodes:
        depth.append(depth[node.parent] + 1 if node.parent >= 0 else 0)
        if node.extents is None:
            continue
        line = _line(node, depth[-1])
        if left_out or len(line) + 1 > room:
            left_out += 1
            continue
        room -= len(line) + 1
        lines.append(line)
    if left_out:
        lines.append(f"({left_out} more widgets)")
    return "\n".join(lines)


def _line(node: Node, depth: int) -> str:
    assert node.extents is not None
    x, y, width, height = node.extents
    states = "".join(f" {state}" for state in _SAID if state in node.states)
    text = f" = {node.text!r}" if node.text else ""
    name = node.name.replace("\0", "")
    return f'{"  " * depth}{node.role} "{name}" ({x},{y} {width}x{height}){states}{text}'
