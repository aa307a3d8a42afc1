"""Accessibility: the widgets of a desktop, read over AT-SPI from outside the machine.

After machine in the flow; it needs only the bus socket in `run/`. An application hands over all its
names, roles and states in one `Cache.GetItems` call; extents and text cost one call a widget, which
are sent together. Applications answer from their main loop, so one that hangs costs the deadline
and is listed in `Tree.missing`.

Source: the interfaces in https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from gym_anything.desktop.atspi_bus import TIMED_OUT, Body, Bus, Call, Reply
from gym_anything.desktop.atspi_words import has_state, role_name, state_names
from gym_anything.desktop.widget_tree import MAX_DEPTH, Extents, Ref, Tree, parse_cell
from gym_anything.errors import MachineError
from gym_anything.records import FailureKind, Node
from gym_anything.task import Target

MAX_NODES = 20_000  # of one tree
MAX_CHILDREN = 500  # fetched one by one beneath a single widget
MAX_TEXT = 10_000  # characters of one widget
MAX_PIXEL = 1 << 15  # no X screen is larger

_REGISTRY = "org.a11y.atspi.Registry"
_ROOT = "/org/a11y/atspi/accessible/root"
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_COMPONENT = "org.a11y.atspi.Component"
_TABLE = "org.a11y.atspi.Table"
_TEXT = "org.a11y.atspi.Text"
_VALUE = "org.a11y.atspi.Value"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_RARE_EVENT = "object:property-change:accessible-table-summary"
_NULL = "/org/a11y/atspi/null"


@dataclass(frozen=True, slots=True)
class _Item:
    """A widget as its application describes it, before it has a place in a tree."""

    ref: Ref
    parent: Ref
    position: int
    child_count: int
    interfaces: frozenset[str]
    name: str
    role: str
    states: int

    @property
    def showing(self) -> bool:
        return has_state(self.states, "showing")
