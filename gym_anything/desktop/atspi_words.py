"""The words of AT-SPI: names of the roles and states that cross the bus as numbers.

Source: enums AtspiRole and AtspiStateType of at-spi2-core 2.46, whose numbers never change; later
releases only append.
"""

from __future__ import annotations

from functools import lru_cache


def _split(names: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in names.split(","))


ROLES = _split(
    """
    invalid, accelerator label, alert, animation, arrow, calendar, canvas, check box, check menu
    item, color chooser, column header, combo box, date editor, desktop icon, desktop frame,
    dial, dialog, directory pane, drawing area, file chooser, filler, focus traversable, font
    chooser, frame, glass pane, html container, icon, image, internal frame, label, layered
    pane, list, list item, menu, menu bar, menu item, option pane, page tab, page tab list,
    panel, password text, popup menu, progress bar, push button, radio button, radio menu item,
    root pane, row header, scroll bar, scroll pane, separator, slider, spin button, split pane,
    status bar, table, table cell, table column header, table row header, tearoff menu item,
    terminal, text, toggle button, tool bar, tool tip, tree, tree table, unknown, viewport,
    window, extended, header, footer, paragraph, ruler, application, autocomplete, editbar,
    embedded, entry, chart, caption, document frame, heading, page, section, redundant object,
    form, link, input method window, table row, tree item, document spreadsheet, document
    presentation, document text, document web, document email, comment, list box, grouping,
    image map, notification, info bar, level bar, title bar, block quote, audio, video,
    definition, article, landmark, log, marquee, math, rating, timer, static, math fraction,
    math root, subscript, superscript, description list, description term, description value,
    footnote, content deletion, content insertion, mark, suggestion, push button menu
"""
)
"""Role names; the index is the number on the bus."""

STATES = _split(
    """
    invalid, active, armed, busy, checked, collapsed, defunct, editable, enabled, expandable,
    expanded, focusable, focused, has tooltip, horizontal, iconified, modal, multi line,
    multiselectable, opaque, pressed, resizable, selectable, selected, sensitive, showing,
    single line, stale, transient, vertical, visible, manages descendants, indeterminate,
    required, truncated, animated, invalid entry, supports autocompletion, selectable text, is
    default, visited, checkable, has popup, read only
"""
)
"""State names; the index is the bit in the set, lowest bit of the first word first."""

_NUMBERS = {name: number for number, name in enumerate(STATES)}


def role_name(number: int) -> str:
    """Name of a role, "unknown" for a number that is not in the list."""
    return ROLES[number] if 0 <= number < len(ROLES) else "unknown"


@lru_cache(maxsize=1024)
def state_names(bits: int) -> frozenset[str]:
    """Names of the states in a bit set."""
    return frozenset(name for number, name in enumerate(STATES) if bits >> number & 1)


def has_state(bits: int, name: str) -> bool:
    """Whether a bit set has the state of that name."""
    return bool(bits >> _NUMBERS[name] & 1)
