"""Clipboard: read the text of a selection from the application that owns it (ICCCM, section 2)."""

from __future__ import annotations

import time
from typing import Literal, TypeAlias

from gym_anything.desktop.connection import (
    NO_WINDOW,
    Connection,
    Property,
    PropertyNotice,
    SelectionNotice,
)
from gym_anything.errors import MachineError

Selection: TypeAlias = Literal["CLIPBOARD", "PRIMARY"]
MAX_TEXT_BYTES = 1 << 20
_PLACE = "GYM_ANYTHING_CLIPBOARD"


class Clipboard:
    """Reads the selections of a display."""

    def __init__(self, connection: Connection) -> None:
        """Make one."""
        self._connection = connection
        self._window = NO_WINDOW  # a new one for each reading: an old owner may still write to it

    def read(self, selection: Selection = "CLIPBOARD", timeout_sec: float = 2.0) -> str:
        """The text that an application offers.

        Args:
            selection: CLIPBOARD is what was copied, PRIMARY what is selected.
            timeout_sec: how long the owner may take.

        Returns:
            The text, cut off at 1 MiB; "" if there is none.

        Raises:
            MachineError: the X server is gone, or the owner does not answer in time.
        """
        if self._connection.selection_owner(selection) == NO_WINDOW:
            return ""
        self._window = self._connection.make_window()
        try:
            data = self._read(selection, time.monotonic() + timeout_sec)
        finally:
            self._connection.destroy_window(self._window)
        return data[:MAX_TEXT_BYTES].decode("utf-8", "ignore").rstrip("\0")

    def _read(self, selection: Selection, deadline: float) -> bytes:
        self._connection.notices()
        self._connection.convert_selection(self._window, selection, "UTF8_STRING", _PLACE)
        if not self._await_answer(selection, deadline):
            return b""
        found = self._take()
        if found is not None and found.kind == self._connection.atom("INCR"):
            return self._read_pieces(deadline)
        return found.data if found is not None else b""

    def _take(self) -> Property | None:
        """Read what the owner wrote, and delete it, which asks for the next piece."""
        return self._connection.get_property(
            self._window, _PLACE, limit_bytes=MAX_TEXT_BYTES, delete=True
        )

    def _await_answer(self, selection: str, deadline: float) -> bool:
        """Wait for the owner; False if it refuses."""
        wanted = self._connection.atom(selection)
        while True:
            for notice in self._connection.notices():
                if isinstance(notice, SelectionNotice) and notice.selection == wanted:
                    return notice.property != 0
            self._wait(deadline)

    def _read_pieces(self, deadline: float) -> bytes:
        """Read a text that its owner hands over in pieces, of which the last is empty."""
        data = b""
        place = self._connection.atom(_PLACE)
        while True:
            for notice in self._connection.notices():
                if (
                    isinstance(notice, PropertyNotice)
                    and notice.window == self._window
                    and notice.atom == place
                    and not notice.deleted
                ):
                    piece = self._take()
                    if piece is None or not piece.data or len(data) >= MAX_TEXT_BYTES:
                        return data
                    data += piece.data
            self._wait(deadline)

    def _wait(self, deadline: float) -> None:
        left_ms = (deadline - time.monotonic()) * 1e3
        if left_ms <= 0:
            raise MachineError("the owner of the clipboard did not answer in time", kind="timeout")
        self._connection.wait(left_ms)
