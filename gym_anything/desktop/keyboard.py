"""Keyboard: chords, held keys and Unicode text, as key events.

What the keymap offers is typed on it, with shift where needed. Any other character is bound to a
spare keycode first: one that makes nothing, or a media key. An application looks a keycode up when
it *reads* the event, so a keycode whose events may still be unread is never bound anew: `catch_up`
proves that they have been read.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gym_anything.desktop.connection import Connection, Fake
from gym_anything.errors import MachineError
from gym_anything.records import MODIFIERS

_LOCK_MASK = 2
_NO_KEY = 8  # evdev's key 0: toolkits take it for no key at all
_ENTER, _TAB, _SHIFT, _CAPS_LOCK = 0xFF0D, 0xFF09, 0xFFE1, 0xFFE5
_KEYPAD = range(0xFF80, 0xFFBE)
_KEYSYMS = {
    "ctrl": 0xFFE3,
    "shift": _SHIFT,
    "alt": 0xFFE9,
    "super": 0xFFEB,
    "enter": _ENTER,
    "tab": _TAB,
    "escape": 0xFF1B,
    "space": 0x20,
    "backspace": 0xFF08,
    "delete": 0xFFFF,
    "insert": 0xFF63,
    "home": 0xFF50,
    "end": 0xFF57,
    "page_up": 0xFF55,
    "page_down": 0xFF56,
    "left": 0xFF51,
    "up": 0xFF52,
    "right": 0xFF53,
    "down": 0xFF54,
    **{f"f{n}": 0xFFBD + n for n in range(1, 13)},
    "menu": 0xFF67,
    "caps_lock": _CAPS_LOCK,
    "print_screen": 0xFF61,
    "pause": 0xFF13,
    **{f"kp_{n}": 0xFFB0 + n for n in range(10)},
    "kp_add": 0xFFAB,
    "kp_subtract": 0xFFAD,
    "kp_multiply": 0xFFAA,
    "kp_divide": 0xFFAF,
    "kp_decimal": 0xFFAE,
    "kp_enter": 0xFF8D,
}


def keysym(name: str) -> int:
    """X keysym of a key of `records.KEYS`, or of any single character.

    Raises:
        ValueError: not a key, or a character that no key can stand for (a control character other
            than newline and tab, or half of a surrogate pair).
    """
    if name in _KEYSYMS:
        return _KEYSYMS[name]
    if len(name) != 1:
        raise ValueError(f"unknown key {name!r}; see records.KEYS")
    if name == "\n":
        return _ENTER
    if name == "\t":
        return _TAB
    if unicodedata.category(name) in ("Cc", "Cs"):
        raise ValueError(f"character U+{ord(name):04X} cannot be typed")
    code = ord(name)
    return code if code < 0x100 else 0x0100_0000 | code


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a keysym is made: a keycode, with shift or without."""

    keycode: int
    shift: bool = False


class Keymap:
    """Which keycode makes which keysym, and the spare keycodes lent to the keysyms it lacks.

    Example:
        if keymap.lend(missing):       # False: all spares hold unread events
            keymap.commit(connection)  # bind them in the server
    """

    def __init__(self, mapping: dict[int, tuple[int, ...]]) -> None:
        """Read a keymap.

        Args:
            mapping: keysyms of each keycode, by level.
        """
        self._fixed: dict[int, Stroke] = {}
        # In order of keycode, so that the main keys come before odd ones with the same keysyms.
        # Level 1 is shift; higher levels belong to other groups and modifiers.
        for keycode, keysyms in sorted(mapping.items()):
            for level, wanted in enumerate(keysyms[:2]):
                # On the keypad, what shift does depends on the toolkit and on Num Lock.
                ambiguous = level == 1 and wanted in _KEYPAD
                if wanted and not ambiguous and not _is_media_key(wanted):
                    self._fixed.setdefault(wanted, Stroke(keycode, shift=level == 1))
        spare = [code for code, keysyms in sorted(mapping.items()) if _is_spare(code, keysyms)]
        # Each request to bind makes work for every client: long runs first, for few requests.
        runs = sorted(_runs(spare), key=len, reverse=True)
        self._free = [keycode for run in runs for keycode in run]
        self.spares = len(self._free)
        self._lent: OrderedDict[int, int] = OrderedDict()  # keysym -> keycode, oldest use first
        self._unread: set[int] = set()  # keycodes with events that may not have been read
        self._pending: dict[int, int] = {}  # keycode -> keysym, not bound in the server yet

    def lend(self, wanted: int) -> Stroke | None:
        """How to make a keysym, lending it a spare keycode if need be.

        Returns:
            None where every spare keycode still holds unread events: `catch_up`, `mark_read`, and
            ask again.
        """
        if wanted in self._fixed:
            return self._fixed[wanted]
        if wanted not in self._lent:
            keycode = self._take_spare()
            if keycode is None:
                return None
            self._lent[wanted] = keycode
            self._pending[keycode] = wanted
        self._lent.move_to_end(wanted)
        self._unread.add(self._lent[wanted])
        return Stroke(self._lent[wanted])

    def _take_spare(self) -> int | None:
        if self._free:
            return self._free.pop(0)
        for lent, keycode in self._lent.items():
            if keycode not in self._unread:
                del self._lent[lent]
                return keycode
        return None

    def mark_read(self) -> None:
        """Every event sent so far has been read by the application."""
        self._unread.clear()

    def commit(self, connection: Connection) -> bool:
        """Bind in the server what was lent since the last time; runs of keycodes at once.

        Returns:
            Whether anything was bound.

        Raises:
            MachineError: the server is gone.
        """
        pending, self._pending = self._pending, {}
        for run in _runs(sorted(pending)):
            connection.bind_keys(run[0], [pending[keycode] for keycode in run])
        return bool(pending)


def _is_media_key(wanted: int) -> bool:
    """Whether a keysym is a vendor's (XF86AudioPlay and the like), which no action can name."""
    return 0x1008_FE00 <= wanted <= 0x1008_FFFF


def _is_spare(keycode: int, keysyms: Sequence[int]) -> bool:
    """Whether a keycode may be lent: it makes nothing, or only what no action can name."""
    return keycode > _NO_KEY and all(code == 0 or _is_media_key(code) for code in keysyms)


def _runs(keycodes: Sequence[int]) -> list[list[int]]:
    """Group rising keycodes into runs without a gap."""
    runs: list[list[int]] = []
    for keycode in keycodes:
        if runs and keycode == runs[-1][-1] + 1:
            runs[-1].append(keycode)
        else:
            runs.append([keycode])
    return runs


class Keyboard:
    """The keyboard of a display. Keys are named as in `records.KEYS`."""

    def __init__(
        self,
        connection: Connection,
        catch_up: Callable[[], None],
        same_key_sec: float = 0.0,
    ) -> None:
        """Read the keymap.

        Args:
            connection: the display.
            catch_up: returns once the application has read all input sent so far; raises
                MachineError if it does not.
            same_key_sec: least time between two presses of the same key within a text, for an
                application that ignores a key until the button that it flashes is up again.

        Raises:
            MachineError: the server is gone, or its keymap lacks a key.
        """
        self._connection = connection
        self._same_key_sec = same_key_sec
        self._catch_up = catch_up
        self._keymap = Keymap(connection.keyboard_mapping())
        self._down: dict[str, Stroke] = {}  # held by `down`, oldest first
        self._locks = self._keymap.lend(_CAPS_LOCK)
        self._may_be_locked = True  # Caps Lock; the server need not be asked before each text

    @property
    def spares(self) -> int:
        """How many keycodes can be lent to characters that the keymap lacks."""
        return self._keymap.spares

    @property
    def held(self) -> tuple[str, ...]:
        """Keys held by `down`, oldest first."""
        return tuple(self._down)

    def down(self, keys: Sequence[str]) -> None:
        """Press keys and keep them down; one that is down already stays so.

        Raises:
            ValueError: an unknown key.
            MachineError: the server is gone or does not answer.
        """
        for key, stroke in zip(keys, self._strokes(keys), strict=True):
            if key not in self._down:
                self._down[key] = stroke
                self._send(stroke, pressed=True)
        self._connection.flush()

    def up(self, keys: Sequence[str]) -> None:
        """Release keys that `down` pressed; any other is left alone.

        Raises:
            ValueError: an unknown key.
            MachineError: the server is gone or does not answer.
        """
        for key in keys:
            keysym(key)
            stroke = self._down.pop(key, None)
            if stroke is not None:
                self._send(stroke, pressed=False)
        self._connection.flush()

    def press(self, keys: Sequence[str], duration_sec: float = 0.0) -> None:
        """Press a chord, hold it, release it in reverse order.

        Beside ctrl, alt or super, a letter is the key of that letter whatever its case, as menus
        write it ("Ctrl+S"); name shift to mean shift.

        Args:
            keys: the chord; keys held by `down` take part and stay down.
            duration_sec: how long it is held.

        Raises:
            ValueError: an unknown key.
            MachineError: the server is gone or does not answer.
        """
        with self.holding(keys):
            if duration_sec:
                self._connection.flush()
                self._connection.idle(duration_sec)

    @contextmanager
    def holding(self, keys: Sequence[str]) -> Iterator[None]:
        """Hold a chord for the length of a `with` block.

        Raises:
            ValueError: an unknown key.
            MachineError: the server is gone or does not answer.
        """
        strokes = self._strokes(_plain_letters(keys, self.held))
        pressed = [
            stroke
            for key, stroke in zip(keys, strokes, strict=True)
            if stroke not in self._down.values() and key not in self._down
        ]
        for stroke in pressed:
            self._send(stroke, pressed=True)
        try:
            yield
        finally:
            for stroke in reversed(pressed):
                self._send(stroke, pressed=False)
            self._connection.flush()

    def type(self, text: str) -> None:
        """Type text literally, whatever keys are held and whether Caps Lock is on.

        Held keys are let go before and pressed again after; use `press` for shortcuts.

        Args:
            text: any Unicode; a newline is Enter, a tab is Tab.

        Raises:
            ValueError: a control character or a lone surrogate; nothing is sent.
            MachineError: the server is gone, or the application does not read its input.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        keysyms = [keysym(character) for character in text]
        with self._unmodified():
            chunk: list[Stroke] = []
            for wanted in keysyms:
                stroke = self._keymap.lend(wanted)
                if stroke is None:
                    self._send_chunk(chunk)
                    chunk = []
                    stroke = self._lend_after_reading(wanted)
                elif self._same_key_sec and stroke in chunk:
                    self._send_chunk(chunk)
                    self._catch_up()  # its time runs from when the application reads the key
                    self._connection.idle(self._same_key_sec)
                    self._catch_up()  # short of CPU time, it is late with its timer, too
                    chunk = []
                chunk.append(stroke)
            self._send_chunk(chunk)
        self._connection.flush()

    def release_all(self) -> None:
        """Release every key that is held.

        Raises:
            MachineError: the server is gone or does not answer.
        """
        self.up(tuple(reversed(self._down)))

    def _stroke(self, wanted: int) -> Stroke:
        return self._keymap.lend(wanted) or self._lend_after_reading(wanted)

    def _lend_after_reading(self, wanted: int) -> Stroke:
        self._catch_up()
        self._keymap.mark_read()
        stroke = self._keymap.lend(wanted)
        if stroke is None:
            raise MachineError("the X server's keymap has no spare keycode", kind="display")
        return stroke

    def _strokes(self, keys: Sequence[str]) -> list[Stroke]:
        keysyms = [keysym(key) for key in keys]
        strokes = [self._stroke(wanted) for wanted in keysyms]
        self._bind()
        return strokes

    def _bind(self) -> None:
        """Bind what was lent, and have the application read that before a key relies on it.

        Chromium fetches the keymap anew after such a notice, and drops keys that it does not know.
        """
        if self._keymap.commit(self._connection):
            self._catch_up()

    def _send(self, stroke: Stroke, *, pressed: bool) -> None:
        self._may_be_locked |= stroke == self._locks
        shift = self._shift if stroke.shift else 0
        if pressed and shift:
            self._connection.fake(Fake.KEY_PRESS, shift)
        self._connection.fake(Fake.KEY_PRESS if pressed else Fake.KEY_RELEASE, stroke.keycode)
        if not pressed and shift:
            self._connection.fake(Fake.KEY_RELEASE, shift)

    @property
    def _shift(self) -> int:
        return self._stroke(_SHIFT).keycode

    def _send_chunk(self, strokes: Sequence[Stroke]) -> None:
        """Type strokes in one go; shift stays down over a run that needs it."""
        self._bind()
        shift, shifted = self._shift, False
        for stroke in strokes:
            if stroke.shift is not shifted:
                shifted = stroke.shift
                self._connection.fake(Fake.KEY_PRESS if shifted else Fake.KEY_RELEASE, shift)
            self._connection.fake(Fake.KEY_PRESS, stroke.keycode)
            self._connection.fake(Fake.KEY_RELEASE, stroke.keycode)
        if shifted:
            self._connection.fake(Fake.KEY_RELEASE, shift)

    @contextmanager
    def _unmodified(self) -> Iterator[None]:
        """Let go of held keys and Caps Lock for the length of a `with` block."""
        held = list(self._down.values())
        caps_lock = self._may_be_locked and bool(self._connection.pointer()[2] & _LOCK_MASK)
        self._may_be_locked = caps_lock
        for stroke in reversed(held):
            self._send(stroke, pressed=False)
        if caps_lock:
            self._tap(_CAPS_LOCK)
        try:
            yield
        finally:
            if caps_lock:
                self._tap(_CAPS_LOCK)
            for stroke in held:
                self._send(stroke, pressed=True)

    def _tap(self, wanted: int) -> None:
        stroke = self._stroke(wanted)
        self._send(stroke, pressed=True)
        self._send(stroke, pressed=False)


def _plain_letters(keys: Sequence[str], held: Sequence[str]) -> list[str]:
    """Lower-case the letters of a chord with ctrl, alt or super."""
    commands = set(MODIFIERS) - {"shift"}
    if commands.isdisjoint((*keys, *held)):
        return list(keys)
    return [key.lower() if len(key) == 1 else key for key in keys]
