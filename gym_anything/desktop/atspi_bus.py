"""A D-Bus client for the bus of a machine: bounded, pipelined, anonymous. Used by accessibility.

The bus daemon runs in another user namespace, where EXTERNAL authentication cannot succeed, so the
ANONYMOUS mechanism is spoken on the socket and jeepney only reads and writes messages. What
arrives comes from untrusted programs: every wait has a deadline and every message a size limit.

Source: https://dbus.freedesktop.org/doc/dbus-specification.html
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from jeepney import Endianness, HeaderFields, Message, MessageType, Parser
from jeepney.auth import BEGIN, make_auth_anonymous
from jeepney.low_level import parse_signature

from gym_anything.closing import Closing
from gym_anything.errors import MachineError
from gym_anything.machine.folders import connect_planted
from gym_anything.records import FailureKind

Body: TypeAlias = tuple[object, ...]

DAEMON = "org.freedesktop.DBus"
DAEMON_PATH = "/org/freedesktop/DBus"
TIMED_OUT = "timeout"  # `Reply.error` of a call that nobody answered in time
MAX_IN_FLIGHT = 96  # the daemon's default limit on pending replies of one connection is 128
MAX_IN_FLIGHT_PER_PEER = 48
MAX_MESSAGE_BYTES = 32 << 20
_READ_BYTES = 1 << 18
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, struct.error)


@dataclass(frozen=True, slots=True)
class Call:
    """A method call.

    Attributes:
        destination: bus name of the peer.
        path: object path.
        interface: interface of the method.
        member: name of the method.
        signature: D-Bus signature of the arguments, "" for none.
        body: the arguments.
    """

    destination: str
    path: str
    interface: str
    member: str
    signature: str = ""
    body: Body = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        body: values returned; for an error, its message.
        error: D-Bus error name, `TIMED_OUT`, or "" for success.
    """

    body: Body
    error: str = ""


class Bus(Closing):
    """A connection to the bus daemon behind a socket. Not safe to share between threads.

    A peer that left a call unanswered is sent nothing more until it has answered or died, so a
    hung peer uses up neither the daemon's limits nor memory.

    Example:
        with Bus(machine.run / "bus", deadline=time.monotonic() + 5) as bus:
            reply = bus.call(Call(DAEMON, DAEMON_PATH, DAEMON, "ListNames"), deadline)
    """

    def __init__(self, path: Path, deadline: float) -> None:
        """Connect.

        Args:
            path: host path of the daemon's socket; a link is refused.
            deadline: latest `time.monotonic()` for the handshake, in seconds.

        Raises:
            MachineError: no socket there, or the daemon refuses or does not answer in time.
        """
        self._path = path
        self._parser = Parser()
        self._serial = 0
        self._heard_signal = False  # since somebody last reset it
        self._outgoing = bytearray()
        self._owed: dict[int, str] = {}  # serial of a call without a reply -> destination
        self._socket = _connect(path)
        try:
            _authenticate(self._socket, path, deadline)
            hello = self.call(Call(DAEMON, DAEMON_PATH, DAEMON, "Hello"), deadline)
            if hello.error:
                raise self._broken(f"refused the connection: {hello.error}")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; twice is harmless."""
        self._socket.close()

    def call(self, call: Call, deadline: float) -> Reply:
        """Make one call; see `call_many`."""
        return self.call_many([call], deadline)[0]

    def call_many(self, calls: Iterable[Call], deadline: float) -> list[Reply]:
        """Make calls at once and collect the replies.

        Args:
            calls: any number, to any peers.
            deadline: latest `time.monotonic()` to return at, in seconds.

        Returns:
            One reply per call, in order; `TIMED_OUT` for those that came too late.

        Raises:
            MachineError: the daemon is gone or sends nonsense.
        """
        batch = list(calls)
        replies = [Reply((), TIMED_OUT)] * len(batch)
        silent = set(self._owed.values())
        waiting: dict[str, deque[int]] = {}
        for index, call in enumerate(batch):
            waiting.setdefault(call.destination, deque()).append(index)
        pending: dict[int, int] = {}  # serial -> index in the batch
        while (pending or waiting) and time.monotonic() < deadline:
            for peer in waiting.keys() - silent:
                for index in self._take(peer, waiting):
                    pending[self._post(batch[index])] = index
            if not self._exchange(deadline):
                break
            for serial, reply in self._replies():
                peer = self._owed.pop(serial)
                if serial in pending:
                    replies[pending.pop(serial)] = reply
            silent &= set(self._owed.values())
        return replies

    def _take(self, peer: str, waiting: dict[str, deque[int]]) -> list[int]:
        """Take as many waiting calls to a peer as may be sent now."""
        indexes = waiting[peer]
        room = min(
            MAX_IN_FLIGHT - len(self._owed),
            MAX_IN_FLIGHT_PER_PEER - sum(owed == peer for owed in self._owed.values()),
        )
        taken = [indexes.popleft() for _ in range(max(0, min(room, len(indexes))))]
        if not indexes:
            del waiting[peer]
        return taken

    def wait_for_name(self, name: str, deadline: float) -> bool:
        """Wait until a peer owns a well-known name.

        Args:
            name: such as "org.a11y.atspi.Registry".
            deadline: latest `time.monotonic()` to return at, in seconds.

        Returns:
            False if nobody owned it in time.

        Raises:
            MachineError: the daemon is gone.
        """
        rule = f"type='signal',sender='{DAEMON}',member='NameOwnerChanged',arg0='{name}'"
        ask = Call(DAEMON, DAEMON_PATH, DAEMON, "NameHasOwner", "s", (name,))
        self.call(Call(DAEMON, DAEMON_PATH, DAEMON, "AddMatch", "s", (rule,)), deadline)
        self._heard_signal = False
        while self.call(ask, deadline).body != (True,):
            while not self._heard_signal:
                if time.monotonic() >= deadline or not self._exchange(deadline):
                    return False
                self._replies()
            self._heard_signal = False
        self.call(Call(DAEMON, DAEMON_PATH, DAEMON, "RemoveMatch", "s", (rule,)), deadline)
        return True

    def _post(self, call: Call) -> int:
        """Put a call behind what is still to be sent; returns its serial."""
        self._serial += 1
        self._outgoing += _as_bytes(call, self._serial)
        self._owed[self._serial] = call.destination
        return self._serial

    def _exchange(self, deadline: float) -> bool:
        """Send and receive what is possible; False if the deadline passed first."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN | (select.POLLOUT if self._outgoing else 0))
        events = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        try:
            for _, event in events:
                if event & select.POLLOUT:
                    del self._outgoing[: self._socket.send(self._outgoing)]
                if event & ~select.POLLOUT:
                    self._read()
        except BlockingIOError:
            return True
        except OSError as error:
            raise self._broken(f"is gone: {error}") from error
        return bool(events)

    def _read(self) -> None:
        data = self._socket.recv(_READ_BYTES)
        if not data:
            raise self._broken("closed the connection")
        self._parser.add_data(data)

    def _replies(self) -> list[tuple[int, Reply]]:
        """Take the replies that have arrived whole, as (serial of the call, reply)."""
        found = []
        try:
            while (message := self._parser.get_next_message()) is not None:
                serial = message.header.fields.get(HeaderFields.reply_serial)
                self._heard_signal |= serial is None
                if isinstance(serial, int) and serial in self._owed:
                    found.append((serial, _as_reply(message)))
            wanted = self._parser.bytes_desired()
        except (*_MALFORMED, AssertionError, RecursionError) as error:
            raise self._broken(f"sent a malformed message: {error!r}") from error
        if wanted > MAX_MESSAGE_BYTES:
            raise self._broken(f"announced a message of {wanted} bytes")
        return found

    def _broken(self, what: str) -> MachineError:
        return MachineError(f"bus daemon at {self._path} {what}", kind=FailureKind.MACHINE.value)


def _as_bytes(call: Call, serial: int) -> bytes:
    """Write a call; jeepney writes the body, the header is put together from parts seen before."""
    body = _body_bytes(call.signature, call.body) if call.signature else b""
    fields = b"".join(
        (
            _field_bytes(HeaderFields.path, b"o", call.path),
            _field_bytes(HeaderFields.interface, b"s", call.interface),
            _field_bytes(HeaderFields.member, b"s", call.member),
            _field_bytes(HeaderFields.destination, b"s", call.destination),
            _field_bytes(HeaderFields.signature, b"g", call.signature),
        )
    )
    filling = -(6 + len(call.signature)) % 8  # behind the last field, not counted as part of it
    size = len(fields) - filling
    start = struct.pack("<cBBBIII", b"l", 1, 0, 1, len(body), serial, size)
    return start + fields + body


@lru_cache(maxsize=8192)
def _field_bytes(field: HeaderFields, kind: bytes, value: str) -> bytes:
    """One header field, (yv), filled up to the next multiple of 8."""
    text = value.encode()
    length = bytes([len(text)]) if kind == b"g" else struct.pack("<I", len(text))
    written = bytes([field.value, 1]) + kind + b"\0" + length + text + b"\0"
    return written + bytes(-len(written) % 8)


@lru_cache(maxsize=1024)
def _body_bytes(signature: str, body: Body) -> bytes:
    written: bytes = parse_signature(list(f"({signature})")).serialise(body, 0, Endianness.little)
    return written


def _as_reply(message: Message) -> Reply:
    body: Body = tuple(message.body)
    if message.header.message_type is MessageType.error:
        return Reply(body, str(message.header.fields.get(HeaderFields.error_name, "error")))
    return Reply(body)


def _connect(path: Path) -> socket.socket:
    """Connect to the socket itself, never to what a link planted in its place points at."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        link.setblocking(False)
        connect_planted(path, link)
    except OSError as error:
        link.close()
        raise MachineError(
            f"no bus daemon at {path}: {error}", kind=FailureKind.MACHINE.value
        ) from error
    return link


def _authenticate(link: socket.socket, path: Path, deadline: float) -> None:
    """Speak the ANONYMOUS mechanism up to BEGIN."""
    answer = b""
    try:
        link.settimeout(max(0.001, deadline - time.monotonic()))
        link.sendall(b"\0" + make_auth_anonymous())
        while not answer.endswith(b"\r\n") and len(answer) < 4096:
            piece = link.recv(1)
            if not piece:
                break
            answer += piece
        if not answer.startswith(b"OK "):
            raise OSError(f"ANONYMOUS authentication was answered with {answer!r}")
        link.sendall(BEGIN)
        link.setblocking(False)
    except OSError as error:
        raise MachineError(
            f"bus daemon at {path} refused the handshake: {error}", kind=FailureKind.MACHINE.value
        ) from error
