"""Read the replies of AT-SPI methods. Used by widget_reader and accessibility.

Replies come from untrusted applications: a value of the wrong type reads as an empty one.

Source: the interfaces in https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

from dataclasses import dataclass

from gym_anything.desktop.atspi_bus import Body, Reply
from gym_anything.desktop.atspi_words import has_state, role_name
from gym_anything.desktop.widget_tree import Extents, Ref

MAX_PIXEL = 1 << 15  # no X screen is larger
_NO_OBJECT = "/org/a11y/atspi/null"


@dataclass(frozen=True, slots=True)
class Item:
    """A widget as its application describes it, before it has a place in a tree.

    Attributes:
        ref: where it lives on the bus.
        parent: where its parent lives.
        position: place among its siblings, -1 if the application does not say.
        child_count: -1 if the application does not say.
        interfaces: D-Bus interfaces, None if nobody asked.
        name: accessible name without space around it.
        role: role name.
        states: bit set.
    """

    ref: Ref
    parent: Ref
    position: int
    child_count: int
    interfaces: frozenset[str] | None
    name: str
    role: str
    states: int

    @property
    def showing(self) -> bool:
        """Whether it claims to be on screen."""
        return has_state(self.states, "showing")

    def has_interface(self, interface: str) -> bool:
        """Whether it is known to have a D-Bus interface."""
        return self.interfaces is not None and interface in self.interfaces


def read_items(body: Body) -> list[Item]:
    """Read what `Cache.GetItems` returns, in either of its two layouts.

    at-spi2-core 2.1 and later tell position and number of children, earlier releases (and Qt 5)
    list the children instead: a((so)(so)(so)iiassusau) and a((so)(so)(so)a(so)assusau).
    """
    items = [_read_item(values) for values in _as_sequence(body[0] if body else ())]
    return [item for item in items if item is not None]


def _read_item(entry: object) -> Item | None:
    values = _as_sequence(entry)
    listed = len(values) == 9
    if len(values) not in (9, 10):
        return None
    ref, parent = _read_ref(values[0]), _read_ref(values[2])
    interfaces, name, role, _, states = values[-5:]
    if ref is None or parent is None:
        return None
    return Item(
        ref=ref,
        parent=parent,
        position=-1 if listed else _as_int(values[3], -1),
        child_count=len(_as_sequence(values[3])) if listed else _as_int(values[4], -1),
        interfaces=frozenset(_strings(interfaces)),
        name=name.strip() if isinstance(name, str) else "",
        role=role_name(_as_int(role, -1)),
        states=_read_bits(states),
    )


def read_refs(body: Body) -> list[Ref]:
    """Read one (so), or an array of them, without the null object."""
    value = body[0] if body else ()
    one = _read_ref(value)
    if one is not None:
        return [one] if one[1] != _NO_OBJECT else []
    refs = [_read_ref(entry) for entry in _as_sequence(value)]
    return [ref for ref in refs if ref is not None and ref[1] != _NO_OBJECT]


def read_value(body: Body) -> object:
    """Read a variant, such as a property; None without one."""
    variant = _as_sequence(body[0] if body else ())
    return variant[1] if len(variant) == 2 else None


def read_number(value: object) -> int:
    """Read an integer; 0 for anything else."""
    return _as_int(value, 0)


def read_strings(body: Body) -> list[str]:
    """Read an array of strings."""
    return _strings(body[0] if body else ())


def read_states(body: Body) -> int:
    """Read a state set, two 32-bit words, as a bit set."""
    return _read_bits(body[0] if body else ())


def read_relation(body: Body, kind: int) -> list[Ref]:
    """Read the widgets that a relation set, a(ua(so)), names for one kind of relation."""
    relations = [_as_sequence(entry) for entry in _as_sequence(body[0] if body else ())]
    return [
        ref
        for relation in relations
        if len(relation) == 2 and relation[0] == kind
        for ref in read_refs((relation[1],))
    ]


def read_extents(reply: Reply) -> Extents | None:
    """Read (x, y, width, height); None for what is nowhere on a screen.

    A hidden widget reports the most negative integers or no area.
    """
    values = _as_sequence(reply.body[0] if reply.body and not reply.error else ())
    numbers = [_as_int(value, -MAX_PIXEL) for value in values]
    if len(numbers) != 4 or any(abs(number) >= MAX_PIXEL for number in numbers):
        return None
    x, y, width, height = numbers
    on_screen = width > 0 and height > 0 and x + width > 0 and y + height > 0
    return (x, y, width, height) if on_screen else None


def _read_ref(value: object) -> Ref | None:
    pair = _as_sequence(value)
    if len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], str):
        return (pair[0], pair[1])
    return None


def _read_bits(value: object) -> int:
    words = [_as_int(word, 0) & 0xFFFFFFFF for word in _as_sequence(value)[:2]]
    return sum(word << (32 * number) for number, word in enumerate(words))


def _as_sequence(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def _as_int(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _strings(value: object) -> list[str]:
    return [entry for entry in _as_sequence(value) if isinstance(entry, str)]
