"""Tree: the widgets of a desktop at one moment, and how a task's Target is found among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.records import Node
from gym_anything.task import Target

Extents: TypeAlias = tuple[int, int, int, int]  # x, y, width, height in screen pixels
Shift: TypeAlias = tuple[int, int]  # pixels to the right, pixels down
Ref: TypeAlias = tuple[str, str]  # bus name of the application, object path

_ELLIPSIS = re.compile(r"\s*(…|\.\.\.)$")
_CONTROLS = frozenset(
    {"push button", "toggle button", "menu item", "check menu item", "radio menu item"}
)
_CELL = re.compile(r"\$?([A-Za-z]{1,4})\$?([1-9][0-9]{0,7})")


@dataclass(frozen=True, slots=True)
class Tree:
    """The widgets of every application, flattened in depth-first order.

    Attributes:
        nodes: the widgets; `Node.parent` is an index into this tuple.
        refs: where each widget lives on the bus, in the order of `nodes`.
        shifts: what was added to the position that each widget reports.
        missing: bus names of applications that did not answer in time; they lack widgets.
    """

    nodes: tuple[Node, ...]
    refs: tuple[Ref, ...]
    shifts: tuple[Shift, ...]
    missing: tuple[str, ...] = ()

    def find(self, target: Target) -> list[int]:
        """Find the widgets on screen that a target describes; its `nth` and `cell` are not used.

        Args:
            target: role, name and window; an empty one fits all.

        Returns:
            Indexes into `nodes`, in order, those in a frame behind the active one last; widgets
            without extents never match.
        """
        name = _ELLIPSIS.sub("", target.name)
        found = [
            index
            for index, node in enumerate(self.nodes)
            if node.extents is not None
            and target.role in ("", node.role)
            and (not name or name == _ELLIPSIS.sub("", node.name))
            and (not target.window or target.window in self.window_title(index))
        ]
        return sorted(found, key=self._is_behind) if len(found) > 1 else found

    def _is_behind(self, index: int) -> bool:
        """Whether a widget's frame is not the active one, though a frame is."""
        window = self.window(index)
        if window is None or self.nodes[window].role != "frame":
            return False
        active = [n for n in self.nodes if n.role == "frame" and "active" in n.states]
        return bool(active) and "active" not in self.nodes[window].states

    def pick(self, target: Target) -> int | None:
        """Index of the `nth` widget that a target describes, None if there are not so many."""
        found = self.find(target)
        return found[target.nth] if 0 <= target.nth < len(found) else None

    def is_greyed(self, index: int) -> bool:
        """Whether a widget is a button or an entry of a menu that does nothing now."""
        node = self.nodes[index]
        return node.role in _CONTROLS and "sensitive" not in node.states

    def window_title(self, index: int) -> str:
        """Name of the window or dialog that holds a widget, or is it; "" without one."""
        window = self.window(index)
        return "" if window is None else self.nodes[window].name

    def window(self, index: int) -> int | None:
        """Index of the top-level window that holds a widget, or is it; None for an application."""
        top = None
        for step in self.lineage(index):
            if self.nodes[step].parent >= 0:
                top = step
        return top

    def lineage(self, index: int) -> Iterator[int]:
        """Yield a widget's index, its parent's, and so on up to the application's."""
        while index >= 0:
            yield index
            index = self.nodes[index].parent

    @property
    def focused(self) -> int | None:
        """Index of the widget with the keyboard focus, None if no window on screen has it."""
        found = None
        for index, node in enumerate(self.nodes):
            if "focused" in node.states and node.extents is not None:
                window = self.window(index)
                if window is not None and "active" in self.nodes[window].states:
                    found = index  # the deepest of a chain, such as list then list item
        return found


def overlap(one: Extents, other: Extents) -> Extents | None:
    """The rectangle that two share, None if they share no area."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right = min(one[0] + one[2], other[0] + other[2])
    bottom = min(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def parse_cell(cell: str) -> tuple[int, int]:
    """Read a cell's address.

    Args:
        cell: such as "B9" or "$AA$10".

    Returns:
        (row, column), both from 0.

    Raises:
        ValueError: not an address.
    """
    match = _CELL.fullmatch(cell)
    if match is None:
        raise ValueError(f"a cell is written like 'B9', got {cell!r}")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
