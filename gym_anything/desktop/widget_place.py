"""Put widgets in their place: order them depth first and find where on screen they really are.

Applications report extents that are not always true. What is corrected here, by rules that hold for
any toolkit:

- A widget scrolled out of sight still claims to be showing: extents are cut to the scroll panes,
  tables and menu bars around them, and vanish where nothing is left.
- LibreOffice draws its own widgets on a canvas, the "root pane", inside a native one, and places
  them as if its menu bar had no height. The canvas fills its host, so the difference between the
  two is the error of all that lies on it, up to the native widgets embedded there again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from gym_anything.desktop.atspi_replies import Item
from gym_anything.desktop.atspi_words import state_names
from gym_anything.desktop.widget_tree import Extents, Ref, Shift, Tree, overlap
from gym_anything.records import Node

MAX_DEPTH = 100
Entry: TypeAlias = tuple[Ref, int, int]  # a widget, index of its parent, index of its application

_CANVAS = "root pane"
_CLIPPING = frozenset(
    {"scroll pane", "viewport", "table", "tree table", "tree", "list box", "menu bar"}
)
_OWN_WINDOW = frozenset({"menu", "popup menu", "combo box", "window", "frame", "dialog", "alert"})
# Their children lie in a window of their own, or are one.
_NO_SHIFT: Shift = (0, 0)
_NOTHING: Extents = (0, 0, 0, 0)


def flatten(
    roots: Sequence[Ref], items: Mapping[Ref, Item], children: Mapping[Ref, Sequence[Ref]]
) -> list[Entry]:
    """Order widgets depth first; each appears once, whatever an application claims."""
    order: list[Entry] = []
    seen: set[Ref] = set()
    stack = [(root, -1, -1, 0) for root in reversed(roots)]
    while stack:
        ref, parent, app, depth = stack.pop()
        if ref in seen or ref not in items:
            continue
        seen.add(ref)
        here = len(order)
        app = here if app < 0 else app
        order.append((ref, parent, app))
        if depth < MAX_DEPTH:
            stack += [(child, here, app, depth + 1) for child in reversed(children.get(ref, ()))]
    return order


def assemble(
    order: Sequence[Entry],
    items: Mapping[Ref, Item],
    reported: Mapping[Ref, Extents | None],
    texts: Mapping[Ref, str],
    missing: Iterable[str],
) -> Tree:
    """Make the tree.

    Args:
        order: what `flatten` returned.
        items: every widget of `order`.
        reported: extents as the applications reported them.
        texts: text of those that have any.
        missing: bus names of applications that did not answer.
    """
    nodes: list[Node] = []
    shifts: list[Shift] = []
    clips: list[Extents | None] = []  # what bounds the children of each widget
    for ref, parent, app in order:
        item, place = items[ref], reported.get(ref)
        host = reported.get(order[parent][0]) if parent >= 0 else None
        shift = shifts[parent] if parent >= 0 else _NO_SHIFT
        shift = _shift(item.role, place, host, shift)
        clip = clips[parent] if parent >= 0 else None
        if place is not None:
            place = (place[0] + shift[0], place[1] + shift[1], *place[2:])
            place = overlap(place, clip) if clip is not None else place
        shifts.append(shift)
        clips.append(_clip(item, place, clip))
        nodes.append(
            Node(
                role=item.role,
                name=item.name,
                states=state_names(item.states),
                parent=parent,
                extents=place,
                text=texts.get(ref, ""),
                app=items[order[app][0]].name,
            )
        )
    refs = tuple(ref for ref, _, _ in order)
    return Tree(tuple(nodes), refs, tuple(shifts), tuple(sorted(missing)))


def _shift(role: str, place: Extents | None, host: Extents | None, outer: Shift) -> Shift:
    """What to add to a widget's reported position, given its parent's extents and shift."""
    if place is None or host is None or place[2:] != host[2:]:
        return outer
    offset = (place[0] - host[0], place[1] - host[1])
    if role == _CANVAS:
        return (outer[0] - offset[0], outer[1] - offset[1])
    return _NO_SHIFT if offset == outer else outer  # native again: it reports the truth


def _clip(item: Item, place: Extents | None, outer: Extents | None) -> Extents | None:
    """What bounds a widget's children, given what bounds itself."""
    if item.role in _OWN_WINDOW:
        return None
    return (place or _NOTHING) if item.role in _CLIPPING and item.showing else outer
