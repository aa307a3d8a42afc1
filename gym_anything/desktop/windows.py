"""Windows: the top-level windows of a display, by the window manager's own list (EWMH)."""

from __future__ import annotations

from gym_anything.desktop.connection import NO_WINDOW, Connection
from gym_anything.records import Window

_FROM_A_PAGER = 2  # source indication: a request on the user's behalf is not refused
_ADD = 1


def active_window(connection: Connection) -> int:
    """The window that has the focus, `NO_WINDOW` if none.

    Raises:
        MachineError: the X server is gone or does not answer.
    """
    found = connection.get_property(connection.root, "_NET_ACTIVE_WINDOW")
    return found.words()[0] if found is not None and found.words() else NO_WINDOW


def supports(connection: Connection, window: int, protocol: str) -> bool:
    """Whether a window lists `protocol` in WM_PROTOCOLS.

    Raises:
        MachineError: the X server is gone or does not answer.
    """
    found = connection.get_property(window, "WM_PROTOCOLS")
    return found is not None and connection.atom(protocol) in found.words()


def list_windows(connection: Connection) -> tuple[Window, ...]:
    """Top-level windows in stacking order from below; one that vanishes meanwhile is left out.

    Raises:
        MachineError: the X server is gone or does not answer.
    """
    stacking = connection.get_property(connection.root, "_NET_CLIENT_LIST_STACKING")
    active = active_window(connection)
    found = (_describe(connection, xid, active) for xid in (stacking.words() if stacking else ()))
    return tuple(window for window in found if window is not None)


def _describe(connection: Connection, xid: int, active: int) -> Window | None:
    extents = connection.extents(xid)
    if extents is None:
        return None
    title = _text(connection, xid, "_NET_WM_NAME") or _text(connection, xid, "WM_NAME")
    instance, _, wm_class = _text(connection, xid, "WM_CLASS").rstrip("\0").partition("\0")
    pid = connection.get_property(xid, "_NET_WM_PID")
    return Window(
        xid=xid,
        title=title,
        wm_class=(instance, wm_class),
        pid=pid.words()[0] if pid is not None and pid.words() else 0,
        extents=extents,
        active=xid == active,
    )


def _text(connection: Connection, xid: int, name: str) -> str:
    found = connection.get_property(xid, name)
    if found is None or found.format != 8:
        return ""
    latin = found.kind == connection.atom("STRING")
    return found.data.decode("latin-1" if latin else "utf-8", "replace")


def activate(connection: Connection, xid: int) -> None:
    """Ask the window manager to raise a window and give it the focus.

    Raises:
        MachineError: the X server is gone or does not answer.
    """
    _ask_manager(connection, xid, "_NET_ACTIVE_WINDOW", (_FROM_A_PAGER, 0, 0))


def close(connection: Connection, xid: int) -> None:
    """Ask a window to close, as its close button does; it may ask back.

    Raises:
        MachineError: the X server is gone or does not answer.
    """
    _ask_manager(connection, xid, "_NET_CLOSE_WINDOW", (0, _FROM_A_PAGER))


def maximise(connection: Connection, xid: int) -> None:
    """Ask the window manager to fill the screen with a window.

    Raises:
        MachineError: the X server is gone or does not answer.
    """
    sides = tuple(connection.atom(f"_NET_WM_STATE_MAXIMIZED_{side}") for side in ("VERT", "HORZ"))
    _ask_manager(connection, xid, "_NET_WM_STATE", (_ADD, *sides, _FROM_A_PAGER))


def _ask_manager(connection: Connection, xid: int, kind: str, data: tuple[int, ...]) -> None:
    connection.send_message(connection.root, xid, kind, data, to_manager=True)
