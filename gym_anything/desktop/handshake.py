"""Handshake: connect to an X server within a deadline. Before connection in the flow."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Any

import xcffib
import xcffib.xproto  # before a connection from a descriptor

from gym_anything.errors import MachineError
from gym_anything.machine.folders import connect_planted

_X: Any = xcffib  # untyped, though it claims types


def shake_hands(path: Path, timeout_sec: float) -> Any:
    """Connect to an X server.

    Args:
        path: the server's unix socket.
        timeout_sec: deadline.

    Returns:
        An `xcffib.Connection`.

    Raises:
        MachineError: no server at `path`, or it does not answer in time.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    with sock:
        sock.settimeout(timeout_sec)
        try:
            connect_planted(path, sock)
        except OSError as error:
            raise MachineError(f"no X server at {path}: {error}", kind="display") from error
        sock.setblocking(True)
        # The handshake blocks inside libxcb; shutting the socket down is what ends it.
        watchdog = threading.Timer(timeout_sec, sock.shutdown, (socket.SHUT_RDWR,))
        watchdog.daemon = True
        watchdog.start()
        try:
            make: Any = _Lean
            return make(fd=os.dup(sock.fileno()))
        except _X.XcffibException as error:
            raise MachineError(
                f"the X server at {path} did not shake hands within {timeout_sec:g} s: {error}",
                kind="display",
            ) from error
        finally:
            watchdog.cancel()
            watchdog.join()


class _Lean(xcffib.Connection):
    """A connection that asks whether it is broken once a request, not before it and after it.

    Each question is a call that lets other threads run, of which many drive desktops at once.
    """

    def send_request(self, flags: int, parts: Any, request: Any) -> int:
        """Send a request; raises ConnectionException if the server is gone."""
        number: int = _X.lib.xcb_send_request(self._conn, flags, parts, request)
        if not number:
            _X.Connection.invalid(self)
        return number
