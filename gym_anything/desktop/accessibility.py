"""Accessibility: the widgets of a desktop, read over AT-SPI from outside the machine.

After machine in the flow; it needs only the bus socket in `run/`. Applications answer from their
main loop, so one that hangs costs the deadline and is listed in `Tree.missing`.

    atspi_bus       a bounded, pipelined D-Bus client
    atspi_words     names of roles and states; atspi_replies reads what methods return
    widget_reader   one reading of all widgets; widget_place puts them where they really are
    widget_tree     Tree, and how a task's Target is found in it

Source: the interfaces in https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Self

from gym_anything.closing import Closing
from gym_anything.desktop.atspi_bus import TIMED_OUT, Bus, Call, Reply
from gym_anything.desktop.atspi_replies import read_extents, read_refs
from gym_anything.desktop.widget_reader import (
    REGISTRY,
    Reading,
    extents_call,
    read_interfaces,
    read_texts,
)
from gym_anything.desktop.widget_tree import Extents, Ref, Tree, overlap, parse_cell
from gym_anything.errors import MachineError
from gym_anything.records import FailureKind
from gym_anything.task import Target

_TABLE = "org.a11y.atspi.Table"
_RARE_EVENT = "object:property-change:accessible-table-summary"
# Applications send the events that somebody registered for, so register for one nobody sends.


class Accessibility(Closing):
    """A client of one machine's accessibility bus. Not safe to share between threads.

    Args:
        bus_path: host path of the bus socket, `machine.run / "bus"`.

    Example:
        with Accessibility(machine.run / "bus") as accessibility:
            tree = accessibility.tree()
            seven = tree.pick(Target(role="push button", name="7"))
    """

    def __init__(self, bus_path: Path) -> None:
        self._bus_path = bus_path
        self._connection: Bus | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def start(self, deadline_sec: float = 5.0) -> None:
        """Connect and register as an assistive technology, so that applications open their caches.

        Call it before the applications start: one that has already asked whether anybody listens
        still answers, but a little later, and costs one round of calls a level until then.

        Args:
            deadline_sec: how long to wait for the bus and the registry, in seconds.

        Raises:
            MachineError: no bus, or no registry on it in time.
        """
        self.close()
        deadline = time.monotonic() + deadline_sec
        bus = Bus(self._bus_path, deadline)
        try:
            if not bus.wait_for_name(REGISTRY, deadline):
                raise self._no_registry(f"is not on the bus after {deadline_sec:g} s")
            path = "/org/a11y/atspi/registry"
            event = Call(REGISTRY, path, REGISTRY, "RegisterEvent", "s", (_RARE_EVENT,))
            reply = bus.call(event, deadline)
            if reply.error:
                raise self._no_registry(f"refused a listener: {reply.error}")
        except BaseException:
            bus.close()
            raise
        self._connection = bus

    def close(self) -> None:
        """Leave the bus; twice is harmless."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def tree(self, text: bool = False, deadline_sec: float = 2.0) -> Tree:
        """Read the widgets of all applications.

        Closed menus are in the tree without extents. Of tables and lists that manage their own
        descendants (a sheet, a tree view), only what the application has already made is there.

        Args:
            text: also read the text, or the value of a slider and the like, of what is on screen.
            deadline_sec: an application that has not answered within half of this is left out;
                whatever is not there at the end of it is missing.

        Returns:
            At most `widget_reader.MAX_NODES` widgets; `Tree.missing` names who did not answer.

        Raises:
            MachineError: the bus or its registry is gone, or does not answer in time.
        """
        now = time.monotonic()
        return Reading(self._bus(), now + deadline_sec / 2, now + deadline_sec).tree(text)

    def text(self, tree: Tree, index: int, deadline_sec: float = 1.0) -> str:
        """Read the text of one widget as it is now.

        Args:
            tree: where the widget was found.
            index: its index in `tree.nodes`.
            deadline_sec: how long to wait, in seconds.

        Returns:
            At most `widget_reader.MAX_TEXT` characters; the value of a slider and the like; "" if
            it has neither.

        Raises:
            MachineError: the bus is gone, or the application does not answer in time.
        """
        return self._text(tree.refs[index], time.monotonic() + deadline_sec)

    def cell_extents(self, tree: Tree, cell: str, deadline_sec: float = 1.0) -> Extents | None:
        """Find a cell of the spreadsheet in view.

        Args:
            tree: a fresh tree.
            cell: such as "B9".
            deadline_sec: how long to wait, in seconds.

        Returns:
            The part of the cell that lies inside the sheet's window; None if that is nothing.

        Raises:
            ValueError: `cell` is not an address.
            MachineError: the bus is gone, or the application does not answer in time.
        """
        deadline = time.monotonic() + deadline_sec
        sheet = _sheet_in_view(tree)
        ref = self._cell(tree, cell, deadline)
        if ref is None or sheet is None:
            return None
        inside = read_extents(self._answer(extents_call(ref), deadline))
        frame = tree.nodes[sheet].extents
        if inside is None or frame is None:
            return None
        right, down = tree.shifts[sheet]
        return overlap((inside[0] + right, inside[1] + down, *inside[2:]), frame)

    def cell_text(self, tree: Tree, cell: str, deadline_sec: float = 1.0) -> str:
        """Read what a cell of the spreadsheet in view displays; arguments as `cell_extents`."""
        deadline = time.monotonic() + deadline_sec
        ref = self._cell(tree, cell, deadline)
        return "" if ref is None else self._text(ref, deadline)

    def locate(
        self, target: Target, *, greyed: bool = False, deadline_sec: float = 2.0
    ) -> Extents | None:
        """Find where a task's target is on screen now.

        Args:
            target: a widget, or a cell.
            greyed: whether a control that is greyed out will do. LibreOffice frees its buttons by
                a timer after the selection moves.
            deadline_sec: how long to wait, in seconds.

        Returns:
            Extents in screen pixels, None if it is not on screen.

        Raises:
            ValueError: `target.cell` is not an address.
            MachineError: the bus is gone or does not answer in time.
        """
        tree = self.tree(deadline_sec=deadline_sec)
        if target.cell:
            return self.cell_extents(tree, target.cell, deadline_sec)
        index = tree.pick(target)
        if index is None or (tree.is_greyed(index) and not greyed):
            return None
        return tree.nodes[index].extents

    def _bus(self) -> Bus:
        if self._connection is None:
            raise MachineError(
                "the accessibility bus is not connected; call start() first",
                kind=FailureKind.MACHINE.value,
            )
        return self._connection

    def _cell(self, tree: Tree, cell: str, deadline: float) -> Ref | None:
        row, column = parse_cell(cell)
        sheet = _sheet_in_view(tree)
        if sheet is None:
            return None
        bus_name, path = tree.refs[sheet]
        call = Call(bus_name, path, _TABLE, "GetAccessibleAt", "ii", (row, column))
        found = read_refs(self._answer(call, deadline).body)
        return found[0] if found else None

    def _text(self, ref: Ref, deadline: float) -> str:
        bus = self._bus()
        interfaces = read_interfaces(bus, ref, deadline)
        if interfaces is None:
            raise self._silent(ref[0])
        return read_texts(bus, {ref: interfaces}, deadline).get(ref, "")

    def _answer(self, call: Call, deadline: float) -> Reply:
        reply = self._bus().call(call, deadline)
        if reply.error == TIMED_OUT:
            raise self._silent(call.destination)
        return reply if not reply.error else Reply(())

    def _silent(self, bus_name: str) -> MachineError:
        return MachineError(
            f"application {bus_name} did not answer on the accessibility bus in time",
            kind=FailureKind.TIMEOUT.value,
        )

    def _no_registry(self, what: str) -> MachineError:
        return MachineError(
            f"the accessibility registry {REGISTRY} {what}", kind=FailureKind.MACHINE.value
        )


def _sheet_in_view(tree: Tree) -> int | None:
    """Index of the sheet on screen: the largest table, of the active window if it has one."""

    def rank(index: int) -> tuple[bool, int]:
        window = tree.window(index)
        active = window is not None and "active" in tree.nodes[window].states
        _, _, width, height = tree.nodes[index].extents or (0, 0, 0, 0)
        return active, width * height

    tables = [
        index
        for index, node in enumerate(tree.nodes)
        if node.role == "table" and node.extents is not None
    ]
    return max(tables, key=rank, default=None)
