"""Supply: where one environment gets its sessions from. After pool in the flow.

The first reset starts a machine; once resets come again, the pool makes machines ready ahead.
"""

from __future__ import annotations

from gym_anything.pool import Key, shared_pool
from gym_anything.session import Session, open_session, set_up
from gym_anything.task import Task


class Supply:
    """Sessions for the episodes of one environment, one at a time.

    Args:
        machine: kind of machine.
        screen: (width, height) in pixels.
        warp: whether the applications' clocks run faster (`Timers.warp`).
        warm: whether to take them from the pool after the first.
    """

    def __init__(self, machine: str, screen: tuple[int, int], *, warp: bool, warm: bool) -> None:
        self._machine = machine
        self._screen = screen
        self._warp = warp
        self._warm = warm
        self._subscribed: set[Key] = set()
        self._resets = 0
        self.session: Session | None = None

    def open(self, task: Task, ready_by: float) -> Session:
        """A session with a task's documents open; the one before must have been left.

        Args:
            task: whose documents and applications.
            ready_by: latest `time.monotonic()` at which that must be done.

        Raises:
            AppError, TaskError, MachineError: as `open_session`.
        """
        if not self._warm or self._resets == 0:
            self.session = open_session(task, self._machine, self._screen, ready_by, self._warp)
        else:
            self.session = self._take(task, ready_by)
        self._resets += 1
        return self.session

    def _take(self, task: Task, ready_by: float) -> Session:
        pool = shared_pool()
        key = Key((task.app, *task.companions), self._machine, self._screen, self._warp)
        if key not in self._subscribed:
            self._subscribed.add(key)
            pool.add(key)
        session = pool.take(key)
        session.ready_by = ready_by
        try:
            set_up(session, task)
        except BaseException:
            session.close()
            pool.forget(session)
            raise
        return session

    def leave(self) -> None:
        """End the session in the background, if there is a pool that does it."""
        if not self._subscribed:
            self.end()
        elif self.session is not None:
            shared_pool().discard(self.session)
            self.session = None

    def end(self) -> None:
        """End the session now."""
        if self.session is not None:
            self.session.close()
            if self._subscribed:
                shared_pool().forget(self.session)
            self.session = None

    def close(self) -> None:
        """End the session, and those that were made ready; twice is harmless."""
        self.end()
        while self._subscribed:
            shared_pool().remove(self._subscribed.pop())
