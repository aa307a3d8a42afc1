"""Reading: one reading of every application's widgets over AT-SPI. Used by accessibility.

An application hands over all its names, roles and states in one `Cache.GetItems` call. What its
cache does not hold, and applications that must not be asked for it, are walked level by level, each
level with all its calls sent together, and only where something is on screen. Then come extents,
and text.

Source: the interfaces in https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gym_anything.desktop.atspi_bus import TIMED_OUT, Bus, Call, Reply
from gym_anything.desktop.atspi_replies import (
    Item,
    read_extents,
    read_items,
    read_number,
    read_refs,
    read_relation,
    read_states,
    read_strings,
    read_value,
)
from gym_anything.desktop.atspi_words import has_state, role_name
from gym_anything.desktop.widget_place import assemble, flatten
from gym_anything.desktop.widget_tree import Extents, Ref, Tree
from gym_anything.errors import MachineError
from gym_anything.records import FailureKind

MAX_NODES = 20_000  # of one tree
MAX_CHILDREN = 500  # asked for beneath a single widget
MAX_TEXT = 10_000  # characters of a single widget

REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_CACHE = "org.a11y.atspi.Cache"
_COMPONENT = "org.a11y.atspi.Component"
_TEXT = "org.a11y.atspi.Text"
_VALUE = "org.a11y.atspi.Value"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SCREEN_COORDINATES = 0
_LEAVES = frozenset({"label", "separator", "push button", "check box", "radio button"})
_BOXES = frozenset({"filler", "panel", "combo box"})
_FIELDS = _BOXES | {"text", "entry", "password text", "toggle button", "spin button"}
_LABEL_FOR = 1  # of the enum AtspiRelationType
_VALUED = frozenset({"dial", "level bar", "progress bar", "scroll bar", "slider", "spin button"})
_FRAGILE_CACHES = frozenset({"soffice"})
# LibreOffice (7.4) frees drawing areas of closed dialogs that its cache still lists; GetItems then
# aborts the whole application. A walk meets only what is still in the tree.


class Reading:
    """Reads one tree.

    Args:
        bus: where to read.
        patience: latest `time.monotonic()` to wait for an application's first answer, in seconds.
        deadline: latest `time.monotonic()` for everything, in seconds.
    """

    def __init__(self, bus: Bus, patience: float, deadline: float) -> None:
        self._bus = bus
        self._patience = patience
        self._deadline = deadline
        self._missing: set[str] = set()
        self._items: dict[Ref, Item] = {}
        self._cached: set[Ref] = set()  # those that a cache told of
        self._children: dict[Ref, list[Ref]] = {}
        self._extents: dict[Ref, Extents | None] = {}

    def tree(self, text: bool) -> Tree:
        """Read it; see `Accessibility.tree`."""
        roots = self._roots()
        self._read_caches(roots)
        self._complete()
        order = flatten(roots, self._items, self._children)
        self._read_extents([ref for ref, _, _ in order])
        self._name_by_labels([ref for ref, _, _ in order])
        texts = self._read_texts([ref for ref, _, _ in order]) if text else {}
        return assemble(order, self._items, self._extents, texts, self._missing)

    def _roots(self) -> list[Ref]:
        call = Call(REGISTRY, ROOT, _ACCESSIBLE, "GetChildren")
        reply = self._bus.call(call, self._patience)
        if reply.error:
            raise MachineError(
                f"the accessibility registry did not list the applications: {reply.error}",
                kind=FailureKind.MACHINE.value,
            )
        return read_refs(reply.body)

    def _read_caches(self, roots: list[Ref]) -> None:
        self._fetch([(root, root, 0) for root in roots], self._patience)
        sturdy = [
            root
            for root in roots
            if root in self._items and self._items[root].name not in _FRAGILE_CACHES
        ]
        calls = [Call(name, "/org/a11y/atspi/cache", _CACHE, "GetItems") for name, _ in sturdy]
        for root, reply in zip(sturdy, self._ask(calls), strict=True):
            if not reply.error:
                known = read_items(reply.body)
                self._items.update((item.ref, item) for item in known if item.ref[0] == root[0])
                self._cached.update(item.ref for item in known)
        for item in sorted(self._items.values(), key=lambda item: item.position):
            if item.parent in self._items and item.parent != item.ref:
                self._children.setdefault(item.parent, []).append(item.ref)

    def _complete(self) -> None:
        """Ask for the children that are missing, level by level."""
        asked: set[Ref] = set()
        while time.monotonic() < self._deadline and len(self._items) < MAX_NODES:
            short = [
                item
                for item in self._items.values()
                if item.ref not in asked and self._is_short(item)
            ]
            if not short:
                return
            asked.update(item.ref for item in short)
            self._expand(short)

    def _is_short(self, item: Item) -> bool:
        """Whether it may have children on screen that are not known, or not their order."""
        if item.ref[1] == ROOT:
            return not self._children.get(item.ref)
        if not item.showing or item.role in _LEAVES:
            return False
        if item.ref in self._cached:
            known = self._children.get(item.ref, ())
            unsure = not known or has_state(item.states, "manages descendants")
            unordered = len(known) > 1 and any(self._items[ref].position < 0 for ref in known)
            return item.child_count > len(known) or (item.child_count < 0 and unsure) or unordered
        if item.role == "menu" and self._items[item.parent].role in ("menu", "menu bar"):
            return has_state(item.states, "selected")  # it is open
        return self._extents.get(item.ref) is not None

    def _expand(self, parents: list[Item]) -> None:
        listable = self._listable(parents)
        listed = self._ask([_accessible_call(item.ref, "GetChildren") for item in listable])
        found = []
        for item, reply in zip(listable, listed, strict=True):
            children = read_refs(reply.body) if not reply.error else []
            own = [ref for ref in children if ref[0] == item.ref[0] and ref != item.ref]
            self._children[item.ref] = list(dict.fromkeys(own))
            found += [(ref, item.ref, place) for place, ref in enumerate(own)]
        room = MAX_NODES - len(self._items)
        self._fetch([entry for entry in found if entry[0] not in self._items][:room])

    def _listable(self, parents: list[Item]) -> list[Item]:
        """Drop those with too many children: a sheet has 2^31."""
        large = [item for item in parents if has_state(item.states, "manages descendants")]
        counts = self._ask([_property(item.ref, _ACCESSIBLE, "ChildCount") for item in large])
        too_many = {
            item.ref
            for item, reply in zip(large, counts, strict=True)
            if not 0 < read_number(read_value(reply.body)) <= MAX_CHILDREN
        }
        return [item for item in parents if item.ref not in too_many]

    def _fetch(self, entries: Sequence[tuple[Ref, Ref, int]], deadline: float = 0.0) -> None:
        """Read (widget, parent, position) one by one, with extents, for what no cache told."""
        calls = [
            call
            for ref, _, _ in entries
            for call in (
                _property(ref, _ACCESSIBLE, "Name"),
                _accessible_call(ref, "GetRole"),
                _accessible_call(ref, "GetState"),
                extents_call(ref) if ref[1] != ROOT else _accessible_call(ref, "GetRole"),
            )
        ]
        replies = self._ask(calls, deadline)
        for number, (ref, parent, position) in enumerate(entries):
            name, role, states, extents = replies[4 * number : 4 * number + 4]
            if role.error or states.error:
                continue
            item = Item(
                ref=ref,
                parent=parent,
                position=position,
                child_count=-1,
                interfaces=None,
                name=str(read_value(name.body) or "").strip(),
                role=role_name(read_number(role.body[0] if role.body else -1)),
                states=read_states(states.body),
            )
            self._items[ref] = item
            self._extents[ref] = read_extents(extents) if item.showing else None

    def _read_extents(self, refs: list[Ref]) -> None:
        unknown = [
            ref
            for ref in refs
            if ref not in self._extents
            and self._items[ref].showing
            and self._items[ref].has_interface(_COMPONENT)
        ]
        replies = self._ask([extents_call(ref) for ref in unknown])
        self._extents.update(
            (ref, read_extents(reply)) for ref, reply in zip(unknown, replies, strict=True)
        )

    def _name_by_labels(self, refs: list[Ref]) -> None:
        """Give widgets without a name that of the label which says it stands for them."""
        labels = [
            ref
            for ref in refs
            if self._items[ref].role == "label"
            and self._items[ref].name
            and self._extents.get(ref) is not None
        ]
        replies = self._ask([_accessible_call(ref, "GetRelationSet") for ref in labels])
        for ref, reply in zip(labels, replies, strict=True):
            for target in read_relation(reply.body, _LABEL_FOR):
                self._name(target, self._items[ref].name)

    def _name(self, ref: Ref, name: str) -> None:
        """Name a widget, and the fields in it if it is only a box around them."""
        item = self._items.get(ref)
        if item is None or item.name:
            return
        self._items[ref] = replace(item, name=name)
        if item.role in _BOXES:
            for child in self._children.get(ref, ()):
                if child in self._items and self._items[child].role in _FIELDS:
                    self._name(child, name)

    def _read_texts(self, refs: list[Ref]) -> dict[Ref, str]:
        """Read the text of what is on screen, by the interfaces that each widget claims."""
        shown = [ref for ref in refs if self._extents.get(ref) is not None]
        unsure = [ref for ref in shown if self._items[ref].interfaces is None]
        replies = self._ask([_accessible_call(ref, "GetInterfaces") for ref in unsure])
        for ref, reply in zip(unsure, replies, strict=True):
            interfaces = frozenset(read_strings(reply.body))
            self._items[ref] = replace(self._items[ref], interfaces=interfaces)
        carriers = {
            ref: self._items[ref].interfaces or frozenset()
            for ref in shown
            if self._items[ref].has_interface(_TEXT) or self._items[ref].role in _VALUED
        }
        return read_texts(self._bus, carriers, self._deadline)

    def _ask(self, calls: Sequence[Call], deadline: float = 0.0) -> list[Reply]:
        """Make calls to applications that answer; note those that do not."""
        willing = [call for call in calls if call.destination not in self._missing]
        answers = iter(self._bus.call_many(willing, deadline or self._deadline))
        replies = []
        for call in calls:
            skipped = call.destination in self._missing
            replies.append(Reply((), TIMED_OUT) if skipped else next(answers))
        late = zip(calls, replies, strict=True)
        self._missing.update(call.destination for call, reply in late if reply.error == TIMED_OUT)
        return replies


def read_texts(bus: Bus, carriers: Mapping[Ref, frozenset[str]], deadline: float) -> dict[Ref, str]:
    """Read the text of widgets, or the value of those that have no text.

    Args:
        bus: where they live.
        carriers: widgets with their interfaces; some applications complain if asked for others.
        deadline: latest `time.monotonic()` to return at, in seconds.

    Returns:
        What was read, at most `MAX_TEXT` characters each; absent where nothing was.
    """
    textual = [ref for ref, interfaces in carriers.items() if _TEXT in interfaces]
    counts = bus.call_many([_property(ref, _TEXT, "CharacterCount") for ref in textual], deadline)
    # Not every toolkit cuts an end beyond the text short, hence the count.
    lengths = {
        ref: min(read_number(read_value(reply.body)), MAX_TEXT)
        for ref, reply in zip(textual, counts, strict=True)
    }
    calls = {
        ref: Call(ref[0], ref[1], _TEXT, "GetText", "ii", (0, lengths[ref]))
        for ref in textual
        if lengths[ref] > 0
    }
    for ref, interfaces in carriers.items():
        if ref not in calls and _VALUE in interfaces:
            calls[ref] = _property(ref, _VALUE, "CurrentValue")
    replies = bus.call_many(calls.values(), deadline)
    return {ref: _as_text(reply) for ref, reply in zip(calls, replies, strict=True)}


def read_interfaces(bus: Bus, ref: Ref, deadline: float) -> frozenset[str] | None:
    """Interfaces of one widget, none if it is gone; None if its application does not answer."""
    reply = bus.call(_accessible_call(ref, "GetInterfaces"), deadline)
    return None if reply.error == TIMED_OUT else frozenset(read_strings(reply.body))


def _as_text(reply: Reply) -> str:
    if reply.error or not reply.body:
        return ""
    value = read_value(reply.body)
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(reply.body[0])[:MAX_TEXT] if isinstance(reply.body[0], str) else ""


def extents_call(ref: Ref) -> Call:
    """Ask where a widget is on screen; `read_extents` reads the reply."""
    return Call(ref[0], ref[1], _COMPONENT, "GetExtents", "u", (_SCREEN_COORDINATES,))


def _accessible_call(ref: Ref, member: str) -> Call:
    return Call(ref[0], ref[1], _ACCESSIBLE, member)


def _property(ref: Ref, interface: str, name: str) -> Call:
    return Call(ref[0], ref[1], _PROPERTIES, "Get", "ss", (interface, name))
