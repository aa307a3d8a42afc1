"""Connection: the X protocol to one machine's own display. Only it and handshake know xcffib.

Every wait for the X server is bounded: replies are polled for, requests are sent in amounts that a
socket buffers, and the handshake is watched. A server that is dead or silent is a MachineError.
"""

from __future__ import annotations

import select
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import xcffib
import xcffib.damage
import xcffib.xfixes
import xcffib.xproto
import xcffib.xtest

from gym_anything.desktop.handshake import shake_hands
from gym_anything.errors import MachineError

_X: Any = xcffib  # untyped, though it claims types
_PROTO: Any = xcffib.xproto
_DAMAGE: Any = xcffib.damage
_FIXES: Any = xcffib.xfixes
_MAX_UNSYNCED = 1_000  # requests of up to 40 bytes: well within a socket's buffer
_WATCHED_EVENTS = (
    xcffib.xproto.EventMask.SubstructureNotify | xcffib.xproto.EventMask.StructureNotify
)  # Qt answers a ping to those who watch the structure of the root, GTK to those of what is below
NO_WINDOW = 0
ANY_TYPE = 0


class Fake(IntEnum):
    """Input that XTEST can make; the values are X event codes."""

    KEY_PRESS = 2
    KEY_RELEASE = 3
    BUTTON_PRESS = 4
    BUTTON_RELEASE = 5
    MOTION = 6


@dataclass(frozen=True, slots=True)
class Property:
    """A window property.

    Attributes:
        kind: atom of its type.
        format: 8, 16 or 32 bits an item.
        data: its bytes.
        bytes_after: how many more there are.
    """

    kind: int
    format: int
    data: bytes
    bytes_after: int = 0

    def words(self) -> tuple[int, ...]:
        """Its items, where the format is 32; else none."""
        if self.format != 32:
            return ()
        return struct.unpack(f"={len(self.data) // 4}I", self.data)


@dataclass(frozen=True, slots=True)
class DamageNotice:
    """Pixels changed since the damage was last cleared; `request` had been carried out then."""

    request: int


@dataclass(frozen=True, slots=True)
class MessageNotice:
    """A client message that was sent to the root window."""

    kind: int
    data: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SelectionNotice:
    """The owner of a selection answered; `property` is 0 where it refused."""

    selection: int
    property: int


@dataclass(frozen=True, slots=True)
class PropertyNotice:
    """A property of a window of this connection changed."""

    window: int
    atom: int
    deleted: bool


Notice = DamageNotice | MessageNotice | SelectionNotice | PropertyNotice


class Connection:
    """A connection to an X server through its unix socket. `close()` twice is harmless.

    Attributes:
        root: the root window.
        size: (width, height) of the screen in pixels.
        keycodes: (lowest, highest) keycode of the server.
    """

    def __init__(self, path: Path, timeout_sec: float = 5.0) -> None:
        """Connect, and check for XTEST, DAMAGE and XFIXES.

        Args:
            path: the server's unix socket.
            timeout_sec: deadline of the handshake, and of every answer later on.

        Raises:
            MachineError: no server at `path`, it does not answer, or it lacks an extension.
        """
        self._timeout_sec = timeout_sec
        self._unsynced = 0
        self._atoms: dict[str, int] = {}
        self._x: Any = shake_hands(path, timeout_sec)
        try:
            setup = self._x.get_setup()
            screen = setup.roots[0]
            self.root: int = screen.root
            self.size: tuple[int, int] = (screen.width_in_pixels, screen.height_in_pixels)
            self.keycodes: tuple[int, int] = (setup.min_keycode, setup.max_keycode)
            self._poll = select.poll()
            self._poll.register(self._x.get_file_descriptor(), select.POLLIN)
            self._set_up_extensions()
        except _X.XcffibException as error:
            self.close()
            raise _dead(error) from error
        except MachineError:
            self.close()
            raise

    def _set_up_extensions(self) -> None:
        self._xtest = self._x(_X.xtest.key)
        self._damage = self._x(_DAMAGE.key)
        fixes = self._x(_FIXES.key)
        for name in (b"XTEST", b"DAMAGE", b"XFIXES"):
            if not self._reply(self._ask("QueryExtension", len(name), name)).present:
                raise MachineError(f"the X server lacks {name.decode()}", kind="display")
        self._reply(self._ask("QueryVersion", 5, 0, of=fixes))
        self._reply(self._ask("QueryVersion", 1, 1, of=self._damage))
        self._ask(
            "GrabControl", True, of=self._xtest
        )  # input goes on while a client grabs the server
        self._damage_id: int = self._x.generate_id()
        # The damage of a window includes that of the windows inside it.
        level = _DAMAGE.ReportLevel.NonEmpty
        self._ask("Create", self._damage_id, self.root, level, of=self._damage)
        self._ask("ChangeWindowAttributes", self.root, _PROTO.CW.EventMask, [_WATCHED_EVENTS])
        self.sync()

    def _ask(self, request: str, *args: object, of: Any = None) -> Any:
        """Send a request of the core protocol, or `of` an extension; returns its cookie."""
        if self._x is None:
            raise _gone()
        try:
            return getattr(of or self._x.core, request)(*args)
        except _X.ConnectionException as error:
            raise _dead(error) from error

    def _reply(self, cookie: Any) -> Any:
        """Wait for an answer; raises what the server answered, or MachineError if it does not."""
        reply = _X.ffi.new("void **")
        error = _X.ffi.new("xcb_generic_error_t **")
        deadline = time.monotonic() + self._timeout_sec
        self.flush()
        while not _X.lib.xcb_poll_for_reply(self._x._conn, cookie.sequence, reply, error):
            left = deadline - time.monotonic()
            if left <= 0:
                raise MachineError(
                    f"the X server did not answer for {self._timeout_sec:g} s", kind="display"
                )
            self._poll.poll(left * 1e3)
        self._unsynced = 0
        if error[0] != _X.ffi.NULL:
            try:
                self._x._process_error(_X.ffi.gc(error[0], _X.c_free))
            except _X.ConnectionException as gone:
                raise _dead(gone) from gone
        if reply[0] == _X.ffi.NULL:
            raise _gone()
        header = _X.ffi.cast("xcb_generic_reply_t *", reply[0])
        data = _X.ffi.gc(reply[0], _X.c_free)
        return cookie.reply_type(_X.CffiUnpacker(data, known_max=32 + header.length * 4))

    def _check(self) -> None:
        if self._x is None or self._x.has_error():
            raise _gone()

    def flush(self) -> None:
        """Send what is buffered.

        Raises:
            MachineError: the server is gone.
        """
        if self._x is None or _X.lib.xcb_flush(self._x._conn) <= 0:
            raise _gone()

    def sync(self) -> None:
        """Return once the server has carried out every request up to here.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        self._reply(self._ask("GetInputFocus"))

    def wait(self, timeout_ms: float) -> None:
        """Return when the server has sent something, or after `timeout_ms`."""
        self._poll.poll(timeout_ms)

    def idle(self, duration_sec: float) -> None:
        """Let `duration_sec` pass while the server is watched.

        Raises:
            MachineError: the server is gone.
        """
        deadline = time.monotonic() + duration_sec
        while (left := deadline - time.monotonic()) > 0:
            self.wait(left * 1e3)
            self.notices()

    def notices(self) -> list[Notice]:
        """Take what the server has reported since the last call, without waiting.

        Raises:
            MachineError: the server is gone.
        """
        found: list[Notice] = []
        if self._x is None:
            raise _gone()
        while True:
            raw = _X.lib.xcb_poll_for_event(self._x._conn)
            if raw == _X.ffi.NULL:
                self._check()
                return found
            raw = _X.ffi.gc(raw, _X.c_free)
            try:
                notice = _translate(self._x.hoist_event(raw), raw.full_sequence)
            except _X.Error:
                continue  # a request about a window that has vanished meanwhile
            except _X.XcffibException as error:
                raise _dead(error) from error
            if notice is not None:
                found.append(notice)

    def fake(self, kind: Fake, detail: int, x: int = 0, y: int = 0, delay_ms: int = 0) -> None:
        """Queue one input event.

        Args:
            kind: what happens.
            detail: keycode or button; 0 for a motion to an absolute place.
            x: screen pixel, for a motion.
            y: screen pixel, for a motion.
            delay_ms: how long the server waits before this event.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        self._ask("FakeInput", kind, detail, delay_ms, self.root, x, y, 0, of=self._xtest)
        self._unsynced += 1
        if self._unsynced >= _MAX_UNSYNCED:
            self.sync()

    def clear_damage(self) -> int:
        """Ask for a new DamageNotice at the next change; nothing is sent before a flush.

        Returns:
            Number of the request; notices of earlier ones are about earlier changes.
        """
        cookie = self._ask("Subtract", self._damage_id, 0, 0, of=self._damage)
        return int(cookie.sequence)

    def pointer(self) -> tuple[int, int, int]:
        """Where the pointer is, and the mask of modifiers and buttons: (x, y, mask).

        Raises:
            MachineError: the server is gone or does not answer.
        """
        reply = self._reply(self._ask("QueryPointer", self.root))
        return (reply.root_x, reply.root_y, reply.mask)

    def keyboard_mapping(self) -> dict[int, tuple[int, ...]]:
        """Keysyms of every keycode, by level; 0 where there is none.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        first, last = self.keycodes
        reply = self._reply(self._ask("GetKeyboardMapping", first, last - first + 1))
        width = reply.keysyms_per_keycode
        keysyms = tuple(reply.keysyms)
        return {
            first + row: keysyms[row * width : (row + 1) * width] for row in range(last - first + 1)
        }

    def bind_keys(self, first: int, keysyms: Sequence[int]) -> None:
        """Bind consecutive keycodes to one keysym each, the same on every level.

        Args:
            first: the first keycode.
            keysyms: one for each keycode from there on.

        Raises:
            MachineError: the server is gone.
        """
        levels = [keysym for keysym in keysyms for _ in range(2)]
        self._ask("ChangeKeyboardMapping", len(keysyms), first, 2, levels)

    def atom(self, name: str) -> int:
        """The server's number for a name.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        if name not in self._atoms:
            data = name.encode()
            cookie = self._ask("InternAtom", False, len(data), data)
            self._atoms[name] = self._reply(cookie).atom
        return self._atoms[name]

    def get_property(
        self, window: int, name: str, *, limit_bytes: int = 65_536, delete: bool = False
    ) -> Property | None:
        """Read a property of a window.

        Args:
            window: X resource id.
            name: name of the property.
            limit_bytes: how much of it to read.
            delete: remove it, if it was read whole.

        Returns:
            None if the window or the property does not exist.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        atom = self.atom(name)
        words = (limit_bytes + 3) // 4
        try:
            reply = self._reply(self._ask("GetProperty", delete, window, atom, ANY_TYPE, 0, words))
        except _X.Error:
            return None
        if reply.type == 0:
            return None
        return Property(reply.type, reply.format, bytes(reply.value.buf()), reply.bytes_after)

    def extents(self, window: int) -> tuple[int, int, int, int] | None:
        """(x, y, width, height) of a window's inside in screen pixels, None if it is gone.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        try:
            size = self._reply(self._ask("GetGeometry", window))
            origin = self._reply(self._ask("TranslateCoordinates", window, self.root, 0, 0))
        except _X.Error:
            return None
        return (origin.dst_x, origin.dst_y, size.width, size.height)

    def send_message(
        self, target: int, window: int, kind: str, data: Sequence[int], *, to_manager: bool
    ) -> None:
        """Send a client message.

        Args:
            target: window it is delivered to.
            window: window it is about.
            kind: name of the message type.
            data: up to five 32-bit words.
            to_manager: deliver to the window manager (target is the root) instead of the owner.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        words = (*data, 0, 0, 0, 0, 0)[:5]
        body = struct.pack("=BBHII5I", 33, 32, 0, window, self.atom(kind), *words)
        mask = _PROTO.EventMask
        selected = mask.SubstructureNotify | mask.SubstructureRedirect if to_manager else 0
        self._ask("SendEvent", False, target, selected, body)
        self.flush()

    def set_background(self, pixel: int) -> None:
        """Paint the root window in one colour, 0xRRGGBB, and keep it.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        self._ask("ChangeWindowAttributes", self.root, _PROTO.CW.BackPixel, [pixel])
        self._ask("ClearArea", False, self.root, 0, 0, 0, 0)
        self.sync()

    def set_root_text(self, name: str, text: str) -> None:
        """Give the root window a property. Raises MachineError as `sync`."""
        data = text.encode()
        of = (self.root, self.atom(name), _PROTO.Atom.STRING, 8, len(data), data)
        self._ask("ChangeProperty", _PROTO.PropMode.Replace, *of)
        self.sync()

    def make_window(self) -> int:
        """Make an invisible window whose property changes are reported.

        Raises:
            MachineError: the server is gone.
        """
        self._check()
        window: int = self._x.generate_id()
        self._ask(
            "CreateWindow",
            *(0, window, self.root, -10, -10, 1, 1, 0),
            *(_PROTO.WindowClass.InputOnly, 0, _PROTO.CW.EventMask),
            [_PROTO.EventMask.PropertyChange],
        )
        return window

    def destroy_window(self, window: int) -> None:
        """Remove a window that `make_window` made.

        Raises:
            MachineError: the server is gone.
        """
        self._ask("DestroyWindow", window)
        self.flush()

    def selection_owner(self, name: str) -> int:
        """The window that owns a selection, `NO_WINDOW` if none.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        owner: int = self._reply(self._ask("GetSelectionOwner", self.atom(name))).owner
        return owner

    def convert_selection(self, window: int, name: str, target: str, into: str) -> None:
        """Ask the owner of a selection to write it, as `target`, to property `into` of `window`.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        selection, kind, place = self.atom(name), self.atom(target), self.atom(into)
        self._ask("ConvertSelection", window, selection, kind, place, 0)
        self.flush()

    def close(self) -> None:
        """Disconnect. Twice is harmless."""
        if self._x is not None:
            self._x.disconnect()
            self._x = None


def _gone() -> MachineError:
    return MachineError("the X server is gone", kind="display")


def _dead(error: Exception) -> MachineError:
    return MachineError(f"the X server is gone: {error}", kind="display")


def _translate(event: Any, request: int) -> Notice | None:
    """Reduce an X event to what this package needs, None for any other.

    Args:
        event: what the server sent.
        request: the last one that it had carried out by then.
    """
    if isinstance(event, _DAMAGE.NotifyEvent):
        return DamageNotice(request)
    if isinstance(event, _PROTO.ClientMessageEvent):
        return MessageNotice(event.type, tuple(event.data.data32))
    if isinstance(event, _PROTO.SelectionNotifyEvent):
        return SelectionNotice(event.selection, event.property)
    if isinstance(event, _PROTO.PropertyNotifyEvent):
        return PropertyNotice(event.window, event.atom, event.state == _PROTO.Property.Delete)
    return None
