"""Reading: one reading of every application's widgets over AT-SPI. Used by accessibility.

Three rounds, each with all its calls sent together: `Cache.GetItems` of every application; the
widgets that applications had not put into their caches, level by level; extents (and text) of
what is on screen.

Source: the interfaces in https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from gym_anything.desktop.atspi_bus import TIMED_OUT, Bus, Call, Reply
from gym_anything.desktop.atspi_replies import (
    Item,
    read_extents,
    read_items,
    read_number,
    read_refs,
    read_states,
    read_strings,
    read_value,
)
from gym_anything.desktop.atspi_words import role_name, state_names
from gym_anything.desktop.widget_tree import Extents, Ref, Tree, overlap
from gym_anything.errors import MachineError
from gym_anything.records import FailureKind, Node

MAX_NODES = 20_000  # of one tree
MAX_CHILDREN = 500  # asked for beneath a single widget
MAX_TEXT = 10_000  # characters of a single widget
MAX_DEPTH = 100

REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_CACHE = "org.a11y.atspi.Cache"
_COMPONENT = "org.a11y.atspi.Component"
_TEXT = "org.a11y.atspi.Text"
_VALUE = "org.a11y.atspi.Value"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SCREEN_COORDINATES = 0
_CLIPPING = frozenset({"scroll pane", "viewport", "table", "tree table", "tree", "list box"})
_OWN_WINDOW = frozenset({"menu", "window", "frame", "dialog", "alert", "tool tip", "popup menu"})


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
        self._children: dict[Ref, list[Ref]] = {}

    def tree(self, text: bool) -> Tree:
        """Read it; see `Accessibility.tree`."""
        roots = self._roots()
        self._read_caches(roots)
        self._complete()
        order = self._flatten(roots)
        extents = self._read_extents([ref for ref, _, _ in order])
        texts = read_texts(self._bus, self._with_text(extents), self._deadline) if text else {}
        return self._assemble(order, extents, texts)

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
        calls = [Call(name, "/org/a11y/atspi/cache", _CACHE, "GetItems") for name, _ in roots]
        for root, reply in zip(roots, self._ask(calls, self._patience), strict=True):
            if not reply.error:
                known = read_items(reply.body)
                self._items.update((item.ref, item) for item in known if item.ref[0] == root[0])
        self._fetch([(root, root, 0) for root in roots if root not in self._items])
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
        """Whether it has more children than are known and is worth asking."""
        if not item.showing and item.ref[1] != ROOT:
            return False
        known = len(self._children.get(item.ref, ()))
        return item.child_count > known or (item.child_count < 0 and known == 0)

    def _expand(self, parents: list[Item]) -> None:
        counted = self._ask([_property(item.ref, _ACCESSIBLE, "ChildCount") for item in parents])
        few = [
            item
            for item, reply in zip(parents, counted, strict=True)
            if 0 < read_number(read_value(reply.body)) <= MAX_CHILDREN
        ]
        listed = self._ask([_accessible_call(item.ref, "GetChildren") for item in few])
        found = []
        for item, reply in zip(few, listed, strict=True):
            children = read_refs(reply.body) if not reply.error else []
            own = [ref for ref in children if ref[0] == item.ref[0] and ref != item.ref]
            self._children[item.ref] = list(dict.fromkeys(own))
            found += [(ref, item.ref, place) for place, ref in enumerate(own)]
        room = MAX_NODES - len(self._items)
        self._fetch([entry for entry in found if entry[0] not in self._items][:room])

    def _fetch(self, entries: Sequence[tuple[Ref, Ref, int]]) -> None:
        """Read (widget, parent, position) one by one, for what no cache told."""
        calls = [
            call
            for ref, _, _ in entries
            for call in (
                _property(ref, _ACCESSIBLE, "Name"),
                _accessible_call(ref, "GetRole"),
                _accessible_call(ref, "GetState"),
                _accessible_call(ref, "GetInterfaces"),
            )
        ]
        replies = self._ask(calls)
        for number, (ref, parent, position) in enumerate(entries):
            name, role, states, interfaces = replies[4 * number : 4 * number + 4]
            if not (role.error or states.error):
                self._items[ref] = Item(
                    ref=ref,
                    parent=parent,
                    position=position,
                    child_count=-1,
                    interfaces=frozenset(read_strings(interfaces.body)),
                    name=str(read_value(name.body) or "").strip(),
                    role=role_name(read_number(role.body[0] if role.body else -1)),
                    states=read_states(states.body),
                )

    def _flatten(self, roots: list[Ref]) -> list[tuple[Ref, int, int]]:
        """Depth first, as (widget, index of its parent, index of its application)."""
        order: list[tuple[Ref, int, int]] = []
        seen: set[Ref] = set()
        stack = [(root, -1, -1, 0) for root in reversed(roots) if root in self._items]
        while stack:
            ref, parent, app, depth = stack.pop()
            if ref in seen or ref not in self._items:
                continue
            seen.add(ref)
            here = len(order)
            app = here if app < 0 else app
            order.append((ref, parent, app))
            if depth < MAX_DEPTH:
                below = reversed(self._children.get(ref, []))
                stack += [(child, here, app, depth + 1) for child in below]
        return order

    def _read_extents(self, refs: list[Ref]) -> dict[Ref, Extents]:
        shown = [
            ref
            for ref in refs
            if self._items[ref].showing and _COMPONENT in self._items[ref].interfaces
        ]
        replies = self._ask([extents_call(ref) for ref in shown])
        found = {ref: read_extents(reply) for ref, reply in zip(shown, replies, strict=True)}
        return {ref: extents for ref, extents in found.items() if extents is not None}

    def _with_text(self, refs: Iterable[Ref]) -> list[Ref]:
        carrying = {_TEXT, _VALUE}
        return [ref for ref in refs if self._items[ref].interfaces & carrying]

    def _assemble(
        self,
        order: list[tuple[Ref, int, int]],
        extents: dict[Ref, Extents],
        texts: dict[Ref, str],
    ) -> Tree:
        nodes: list[Node] = []
        clips: list[Extents | None] = []  # what bounds the children of each node
        for ref, parent, app in order:
            item = self._items[ref]
            clip = None if parent < 0 or item.role in _OWN_WINDOW else clips[parent]
            place = extents.get(ref)
            if place is not None and clip is not None:
                place = overlap(place, clip)
            clips.append(place if place and item.role in _CLIPPING else clip)
            nodes.append(
                Node(
                    role=item.role,
                    name=item.name,
                    states=state_names(item.states),
                    parent=parent,
                    extents=place,
                    text=texts.get(ref, ""),
                    app=self._items[order[app][0]].name,
                )
            )
        refs = tuple(ref for ref, _, _ in order)
        return Tree(tuple(nodes), refs, tuple(sorted(self._missing)))

    def _ask(self, calls: Sequence[Call], deadline: float | None = None) -> list[Reply]:
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


def read_texts(bus: Bus, refs: Sequence[Ref], deadline: float) -> dict[Ref, str]:
    """Read the text of widgets, or the value of those that have no text.

    Args:
        bus: where they live.
        refs: widgets that have the Text or the Value interface.
        deadline: latest `time.monotonic()` to return at, in seconds.

    Returns:
        What was read, at most `MAX_TEXT` characters each; absent for an application that is silent.
    """
    counts = bus.call_many([_property(ref, _TEXT, "CharacterCount") for ref in refs], deadline)
    lengths = [min(read_number(read_value(reply.body)), MAX_TEXT) for reply in counts]
    calls = [
        Call(ref[0], ref[1], _TEXT, "GetText", "ii", (0, length))
        if length > 0
        else _property(ref, _VALUE, "CurrentValue")
        for ref, length in zip(refs, lengths, strict=True)
    ]
    found = {}
    for ref, count, reply in zip(refs, counts, bus.call_many(calls, deadline), strict=True):
        if TIMED_OUT not in (count.error, reply.error):
            found[ref] = _as_text(reply)
    return found


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
