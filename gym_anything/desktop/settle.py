"""Settle: when has a desktop finished reacting to its input? From evidence, never by a fixed sleep.

Three kinds of evidence, each of which sees what the others miss:

    damage   pixels changed (X DAMAGE on the root window and everything inside it)
    CPU      some process of the machine is at work, though it has not painted yet; or it would
             be, if a crowded host gave it a processor or the disk answered
    ping     the active window has answered _NET_WM_PING, sent behind the input: its event loop has
             got through it, even on a host so busy that neither pixels nor CPU time moved

A screen is still once the ping is answered and neither pixels nor CPU time have moved for
`quiet_ms`. What no evidence shows is a sleeping timer, such as a flash that ends 100 ms after a
key: an application that has one says so in `after_ms`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gym_anything.desktop.connection import (
    NO_WINDOW,
    Connection,
    DamageNotice,
    MessageNotice,
    Notice,
)
from gym_anything.desktop.windows import active_window, supports
from gym_anything.errors import MachineError
from gym_anything.records import Settle, SettleEnd, Verb

_TICK_MS = 1.5  # between looks at the CPU clock; damage and pongs wake at once
_CROWDED_TICK_MS = 0.75  # for each desktop of this process that is being waited for, if more
_TICK_SHARE = 0.3  # of the stillness that is waited for, at most
_LOOK_SHARE = 0.5  # of the stillness, before whose end the screen is looked at
_waiting: set[int] = set()  # the settlers of this process that are waiting now
_REPING_MS = 25.0  # after this, see whether the window that was asked is still there
_FIRST_PING = 0x4741_0000  # beyond the serials that a window manager uses for its own pings
_SERIALS = 0x10000

_CAUGHT_UP_QUIET_MS = 20.0  # GTK answers at once, but takes in motions with its next frame
_CAUGHT_UP_BUSY_MS = 100.0  # an animation may go on for ever; the answer counts
_DROP_MS = 150.0  # GTK's text view takes in where a drop would go every 50 ms, by timer
_CAUGHT_UP_SILENT_MS = 60.0  # stillness that stands for the answer of a window that gives none
_CAUGHT_UP_SILENT_AFTER_MS = 2_000.0
_CAUGHT_UP_DEADLINE_MS = 15_000.0


@dataclass(frozen=True, slots=True)
class SettlePolicy:
    """What counts as settled.

    Attributes:
        quiet_ms: how long neither pixels nor CPU time may move.
        first_ms: least wait after an input that nothing has reacted to yet.
        deadline_ms: give up then, with `SettleEnd.DEADLINE`.
        ping: wait for the active window to answer, where it can.
        cpu_tolerance_ms: CPU time of the whole machine that counts as none. Xvfb, the answer to a
            ping and timers cost a little.
        after_ms: least wait after the application has read an input, by verb; for what it then
            does by timer.
    """

    quiet_ms: float = 25.0
    first_ms: float = 25.0
    deadline_ms: float = 5_000.0
    ping: bool = True
    cpu_tolerance_ms: float = 0.3
    after_ms: Mapping[Verb, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.quiet_ms <= self.deadline_ms:
            raise ValueError(
                f"quiet_ms must be above 0 and at most deadline_ms, "
                f"got {self.quiet_ms:g} and {self.deadline_ms:g}"
            )
        if (
            self.first_ms < 0
            or self.cpu_tolerance_ms < 0
            or min(self.after_ms.values(), default=0) < 0
        ):
            raise ValueError("first_ms, cpu_tolerance_ms and after_ms must not be negative")


SAFE = SettlePolicy()
"""The default. Longer than a frame at 60 Hz (16.7 ms) by what a busy host adds: toolkits put off
their second repaint to the next frame and sleep until then."""

FAST = SettlePolicy(quiet_ms=15.0, first_ms=15.0)
"""About 10 ms a step less; it misses the second frame that LibreOffice Calc paints at times."""


class Settler:
    """Watches one display and its machine.

    Example:
        settler.arm()
        pointer.click((10, 10))
        settle = settler.wait(SAFE)
    """

    def __init__(
        self,
        connection: Connection,
        cpu_time_ns: Callable[[], int],
        runnable: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make one.

        Args:
            connection: the display.
            cpu_time_ns: CPU time of the whole machine up to now, in nanoseconds; never falls.
            runnable: whether a thread of it runs or waits for a processor or disk.
        """
        self._connection = connection
        self._cpu_time_ns = cpu_time_ns
        self._runnable = runnable
        self._tolerance_ns = 0.0
        self._cpu_mark_ns = 0
        self._busy_at = self._damage_at = time.monotonic()
        self._looked_at = 0.0
        self._damage = 0
        self._armed = 0  # the request that cleared the damage before this action
        self._serial = 0
        self._asked = NO_WINDOW  # window whose answer is awaited
        self._asked_at = 0.0
        self._answered_at = 0.0
        self._answering = NO_WINDOW  # the last window that was found to answer pings

    def arm(self) -> None:
        """Forget what happened so far. Call it before the input, so that no reaction is lost.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        self._armed = self._connection.clear_damage()
        self._connection.notices()
        self._damage = 0
        self._asked = NO_WINDOW

    def wait(
        self,
        policy: SettlePolicy,
        verb: Verb | None = None,
        look: Callable[[], None] | None = None,
    ) -> Settle:
        """Wait until the desktop is still.

        Args:
            policy: what counts as settled.
            verb: what the input was, for `policy.after_ms`.
            look: called once half of the stillness has passed, and again after any later activity;
                `looked` says whether the last call saw what the screen settled to.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        self._looked_at = 0.0
        _waiting.add(id(self))
        try:
            return self._wait(policy, verb, look)
        finally:
            _waiting.discard(id(self))

    @property
    def looked(self) -> bool:
        """Whether nothing has happened since `look` was called last in the last wait."""
        return self._looked_at > self._active_at

    @property
    def _active_at(self) -> float:
        return max(self._busy_at, self._damage_at)

    def _wait(
        self, policy: SettlePolicy, verb: Verb | None, look: Callable[[], None] | None
    ) -> Settle:
        start = self._start_watching(policy.cpu_tolerance_ms)
        cpu_ns = self._cpu_mark_ns
        if policy.ping:
            self._ask()  # its answer says, too, that the input has reached the application's queue
        else:
            self._connection.sync()
        least_ms = policy.after_ms.get(verb, 0.0) if verb is not None else 0.0
        due = not least_ms  # what the application does by timer, so long after reading its input
        end = SettleEnd.DEADLINE
        while (waited_ms := _ms_since(start)) < policy.deadline_ms:
            self._look()
            reacted = self._damage > 0 or self._busy_at > start
            due_ms = 0.0 if due else least_ms - _ms_since(max(start, self._answered_at))
            if not due and due_ms <= 0 and not self._awaits_answer():
                due = True
                if policy.ping:
                    self._ask()  # one that is short of CPU time is late with its timers, too
            if (
                waited_ms >= (0.0 if reacted else policy.first_ms)
                and due
                and self._quiet_ms() >= policy.quiet_ms
                and not self._awaits_answer()
            ):
                if not self._runnable():
                    end = SettleEnd.QUIET
                    break
                self._busy_at = time.monotonic()
            left_ms = policy.quiet_ms - self._quiet_ms()
            soon = left_ms <= _LOOK_SHARE * policy.quiet_ms and left_ms >= due_ms
            if look is not None and soon and not self.looked and not self._awaits_answer():
                self._looked_at = time.monotonic()
                look()
            self._connection.wait(_tick_ms(policy.quiet_ms))
        damage, self._damage = self._damage, 0
        return Settle(
            end=end,
            waited_ms=_ms_since(start),
            last_damage_ms=max(0.0, (self._damage_at - start) * 1e3) if damage else None,
            damage=damage,
            cpu_ms=(self._cpu_time_ns() - cpu_ns) / 1e6,
        )

    @property
    def unanswered(self) -> int:
        """The window that has not answered the last ping, `NO_WINDOW` if it has or was not asked.

        After a wait that ended by its deadline: a window whose application is hung, or busy.
        """
        return self._asked

    def await_change(self, timeout_sec: float) -> bool:
        """Wait until pixels change; a change since the last look, even before the call, counts.

        Args:
            timeout_sec: how long at most.

        Returns:
            False if nothing changed in that time.

        Raises:
            MachineError: the X server is gone or does not answer.
        """
        deadline = time.monotonic() + timeout_sec
        self._connection.sync()
        while True:
            self._look()
            left_ms = (deadline - time.monotonic()) * 1e3
            changed, self._damage = self._damage > 0, 0
            if changed or left_ms <= 0:
                return changed
            self._connection.wait(left_ms)

    def catch_up(self) -> None:
        """Return once the active window has read all input sent so far and has calmed down.

        The evidence is its answer to a ping, which stands behind the input in its queue. A window
        that does not answer pings has read its input once the machine has long been still. Where a
        drag-and-drop is going on, its target is given the time to notice what hovers over it.

        Raises:
            MachineError: the X server is gone, or the window does not get there in 15 s.
        """
        self._connection.sync()
        start = self._start_watching(SAFE.cpu_tolerance_ms)
        can_answer = self._ask()
        answered_at: float | None = None
        while (waited_ms := _ms_since(start)) < _CAUGHT_UP_DEADLINE_MS:
            self._look()
            if can_answer and answered_at is None and not self._awaits_answer():
                answered_at = time.monotonic()
            if self._is_calm(answered_at, patient=can_answer, waited_ms=waited_ms) and (
                waited_ms >= _DROP_MS or not self._is_dragging()
            ):
                return
            self._connection.wait(_TICK_MS)
        raise MachineError(
            f"the application did not read its input for {_CAUGHT_UP_DEADLINE_MS / 1e3:g} s",
            kind="timeout",
        )

    def _is_calm(self, answered_at: float | None, *, patient: bool, waited_ms: float) -> bool:
        """Whether input has been read: after an answer, or, without one, after long stillness."""
        if answered_at is not None:
            busy_ms = _ms_since(answered_at)
            return self._quiet_ms() >= _CAUGHT_UP_QUIET_MS or busy_ms > _CAUGHT_UP_BUSY_MS
        waited = not patient or waited_ms > _CAUGHT_UP_SILENT_AFTER_MS
        return waited and self._quiet_ms() >= _CAUGHT_UP_SILENT_MS

    def _is_dragging(self) -> bool:
        """Whether a drag-and-drop is going on: its source then owns a selection of that name."""
        return self._connection.selection_owner("XdndSelection") != NO_WINDOW

    def _start_watching(self, cpu_tolerance_ms: float) -> float:
        self._busy_at = start = time.monotonic()
        self._tolerance_ns = cpu_tolerance_ms * 1e6
        self._cpu_mark_ns = self._cpu_time_ns()
        return start

    def _look(self) -> None:
        """Take in what has happened since the last look."""
        for notice in self._connection.notices():
            self._take(notice)
        cpu_ns = self._cpu_time_ns()
        if cpu_ns - self._cpu_mark_ns > self._tolerance_ns:
            self._cpu_mark_ns = cpu_ns
            self._busy_at = time.monotonic()

    def _take(self, notice: Notice) -> None:
        if isinstance(notice, DamageNotice):
            if notice.request < self._armed:  # it was on its way when this action began
                return
            self._damage += 1
            self._damage_at = time.monotonic()
            self._connection.clear_damage()
            self._connection.flush()
        elif isinstance(notice, MessageNotice):
            ping = (self._connection.atom("_NET_WM_PING"), _FIRST_PING + self._serial)
            if notice.data[:2] == ping:
                self._asked = NO_WINDOW
                self._answered_at = time.monotonic()

    def _quiet_ms(self) -> float:
        return _ms_since(max(self._busy_at, self._damage_at if self._damage else 0.0))

    def _ask(self) -> bool:
        """Ping the active window. False if there is none that answers."""
        self._asked = NO_WINDOW
        window = active_window(self._connection)
        if window == NO_WINDOW or not self._answers(window):
            return False
        self._serial = (self._serial + 1) % _SERIALS
        self._asked, self._asked_at = window, time.monotonic()
        data = (self._connection.atom("_NET_WM_PING"), _FIRST_PING + self._serial, window)
        self._connection.send_message(window, window, "WM_PROTOCOLS", data, to_manager=False)
        return True

    def _awaits_answer(self) -> bool:
        """Whether the ping is open. A window that closes never answers: then ask the next one."""
        if self._asked != NO_WINDOW and _ms_since(self._asked_at) > _REPING_MS:
            active = active_window(self._connection)  # openbox names the last one even once gone
            if active == self._asked and supports(self._connection, active, "_NET_WM_PING"):
                self._asked_at = time.monotonic()
            else:
                self._answering = NO_WINDOW
                self._ask()
        return self._asked != NO_WINDOW

    def _answers(self, window: int) -> bool:
        """Whether a window answers pings; the same one is not asked for it again and again."""
        if window != self._answering:
            if not supports(self._connection, window, "_NET_WM_PING"):
                return False
            self._answering = window
        return True


def _tick_ms(quiet_ms: float) -> float:
    """How long to sleep until the next look: longer where many desktops share one interpreter."""
    return max(_TICK_MS, min(_TICK_SHARE * quiet_ms, _CROWDED_TICK_MS * len(_waiting)))


def _ms_since(moment: float) -> float:
    return (time.monotonic() - moment) * 1e3
