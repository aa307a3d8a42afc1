"""Pool: sessions made ready ahead of time, so that a reset only has to hand over the documents.

    pool = shared_pool()
    with pool.subscribe(key):            # an environment of this kind exists
        session = pool.take(key)         # a ready one if there is, else one started now
        ...
        pool.discard(session)            # used for one episode, then destroyed, off the reset path

A machine is never used twice, so nothing of an episode can reach the next. Between session and env
in the flow.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gym_anything.app import App, load_app
from gym_anything.errors import GymAnythingError, MachineError
from gym_anything.records import FailureKind
from gym_anything.session import Session, prepare_session

_MEMORY_SHARE = 0.7  # of what is available when the pool is made


@dataclass(frozen=True, slots=True)
class Key:
    """What kind of session: what has to be the same for one to stand in for another.

    Attributes:
        apps: application ids, the task's own first.
        machine: kind of machine.
        screen: (width, height) in pixels.
        warp: whether the applications' clocks run faster.
    """

    apps: tuple[str, ...]
    machine: str
    screen: tuple[int, int]
    warp: bool = False

    def load(self) -> tuple[App, ...]:
        """The applications."""
        return tuple(load_app(app_id) for app_id in self.apps)

    def prepare(self) -> Session:
        """Start one such session, without documents; errors as `prepare_session`."""
        return prepare_session(self.load(), self.machine, self.screen, warp=self.warp)

    @property
    def memory_mb(self) -> int:
        """What one such desktop uses, as its applications say."""
        return sum(app.memory_mb for app in self.load())


@dataclass(frozen=True, slots=True)
class Budget:
    """What a pool may use.

    Attributes:
        machines: machines at a time, ready and in use together.
        memory_mb: sum of what their applications say they use.
        starts: machines started at a time, ahead or for who waits.
        ahead: ready machines per environment that resets, at least one.
        wait_sec: how long `take` waits for room before it gives up.
    """

    machines: int
    memory_mb: int
    starts: int
    ahead: float = 0.25
    wait_sec: float = 60.0


def default_budget() -> Budget:
    """A share of the memory that is available now, and half of the processors to start machines."""
    memory_mb = int(available_mb() * _MEMORY_SHARE)
    return Budget(machines=256, memory_mb=memory_mb, starts=os.cpu_count() or 2)


def available_mb() -> int:
    """Memory that this host can give without swapping, in MB (MemAvailable of proc(5))."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1000
    raise MachineError("/proc/meminfo names no MemAvailable", kind=FailureKind.START)


class Pool:
    """Ready sessions, refilled by threads in the background. Safe to share between threads.

    Args:
        budget: what it may use.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._changed = threading.Condition()
        self._ready: dict[Key, deque[Session]] = {}
        self._starting: Counter[Key] = Counter()
        self._in_use: dict[int, Key] = {}
        self._wanted: Counter[Key] = Counter()
        self._takers: Counter[Key] = Counter()
        self._resting: dict[Key, float] = {}  # a kind that did not start rests until then
        self._leaving: deque[Session] = deque()
        self._closed = False
        self._threads: list[threading.Thread] = []

    # Use -----------------------------------------------------------------------------------------

    @contextmanager
    def subscribe(self, key: Key) -> Iterator[None]:
        """Say that an environment of a kind exists; without one, none is kept ready."""
        self.add(key)
        try:
            yield
        finally:
            self.remove(key)

    def add(self, key: Key) -> None:
        """One more environment of a kind."""
        with self._changed:
            self._wanted[key] += 1
            self._run()
            self._changed.notify_all()

    def remove(self, key: Key) -> None:
        """One environment of a kind less; ready sessions beyond what is still wanted are ended."""
        surplus = []
        with self._changed:
            self._wanted[key] -= 1
            ready = self._ready.get(key, deque())
            while len(ready) > self._target(key):
                surplus.append(ready.pop())
            self._changed.notify_all()
        for session in surplus:
            session.close()

    def take(self, key: Key) -> Session:
        """A session of a kind, without documents: a ready one, or one that is started now.

        Raises:
            AppError: an application is not installed.
            MachineError: it did not come up, or the budget had no room for `wait_sec`.
        """
        deadline = time.monotonic() + self.budget.wait_sec
        with self._changed:
            self._takers[key] += 1
        try:
            while True:
                session = self._take_ready(key, deadline)
                if session is None:
                    return self._start_now(key)
                if session.failure() is None:
                    return session
                self.discard(session)  # it died while it waited
        finally:
            with self._changed:
                self._takers[key] -= 1

    def discard(self, session: Session) -> None:
        """End a session in the background; it frees its room at once."""
        with self._changed:
            self._leaving.append(session)
            self._run()
        self.forget(session)

    def forget(self, session: Session) -> None:
        """Free the room of a session that its user has ended; one of no pool is no error."""
        with self._changed:
            self._in_use.pop(id(session), None)
            self._changed.notify_all()

    def count(self, key: Key) -> tuple[int, int]:
        """How many sessions of a kind are ready, and in use."""
        with self._changed:
            in_use = sum(1 for used in self._in_use.values() if used == key)
            return len(self._ready.get(key, ())), in_use

    def await_ready(self, key: Key, count: int, timeout_sec: float) -> bool:
        """Wait until so many sessions of a kind are ready; False if they are not in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: len(self._ready.get(key, ())) >= count, timeout_sec
            )

    def close(self) -> None:
        """End every ready session and the threads; twice is harmless."""
        with self._changed:
            self._closed = True
            for ready in self._ready.values():
                self._leaving.extend(ready)
            self._ready.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        while self._leaving:
            self._leaving.popleft().close()

    # Room ----------------------------------------------------------------------------------------

    def _used_mb(self) -> int:
        ready = sum(key.memory_mb * len(sessions) for key, sessions in self._ready.items())
        starting = sum(key.memory_mb * count for key, count in self._starting.items())
        return ready + starting + sum(key.memory_mb for key in self._in_use.values())

    def _machines(self) -> int:
        ready = sum(len(sessions) for sessions in self._ready.values())
        return ready + self._starting.total() + len(self._in_use)

    def _has_room(self, key: Key) -> bool:
        fits = self._used_mb() + key.memory_mb <= self.budget.memory_mb
        return fits and self._machines() < self.budget.machines

    def _make_room(self, key: Key) -> None:
        """Give up ready sessions of other kinds, the most plentiful first."""
        while not self._has_room(key):
            others = [other for other, ready in self._ready.items() if ready and other != key]
            if not others:
                return
            plenty = max(others, key=lambda other: len(self._ready[other]))
            self._leaving.append(self._ready[plenty].pop())
            self._changed.notify_all()

    def _take_ready(self, key: Key, deadline: float) -> Session | None:
        """A ready session, or None with its room reserved as starting."""
        with self._changed:
            self._run()
            while True:
                if self._closed:
                    raise MachineError("the pool is closed", kind=FailureKind.MACHINE)
                ready = self._ready.get(key)
                if ready:
                    session = ready.popleft()
                    self._in_use[id(session)] = key
                    self._changed.notify_all()
                    return session
                if self._may_start(key):
                    self._make_room(key)
                    if self._has_room(key):
                        self._starting[key] += 1
                        return None
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self._no_room(key)
                self._changed.wait(left)

    def _may_start(self, key: Key) -> bool:
        """Whether who waits is to start one: fewer are on their way than are waited for."""
        on_the_way = self._starting[key]
        return on_the_way < self._takers[key] and self._starting.total() < self.budget.starts

    def _no_room(self, key: Key) -> MachineError:
        return MachineError(
            f"no room for one more desktop of {'+'.join(key.apps)} within "
            f"{self.budget.wait_sec:g} s: {self._machines()} of {self.budget.machines} machines "
            f"and {self._used_mb()} of {self.budget.memory_mb} MB are in use; close environments "
            "or give the pool a larger Budget",
            kind=FailureKind.START,
        )

    def _start_now(self, key: Key) -> Session:
        try:
            session = key.prepare()
        except BaseException:
            with self._changed:
                self._starting[key] -= 1
                self._changed.notify_all()
            raise
        with self._changed:
            self._starting[key] -= 1
            self._in_use[id(session)] = key
            self._changed.notify_all()
        return session

    # Background ----------------------------------------------------------------------------------

    def _run(self) -> None:
        """Start the threads with the first use."""
        if self._threads or self._closed:
            return
        jobs = [self._refill] * self.budget.starts + [self._end_sessions]
        for job in jobs:
            thread = threading.Thread(target=job, name=f"pool-{job.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _target(self, key: Key) -> int:
        """How many of a kind should be ready."""
        wanted = self._wanted[key]
        return max(1, round(wanted * self.budget.ahead)) if wanted > 0 else 0

    def _most_lacking(self) -> Key | None:
        """The kind with the smallest part of its target ready or coming, None if all are full."""
        now = time.monotonic()
        lacking = [
            (have / self._target(key), key)
            for key in self._wanted
            if self._target(key)
            and self._resting.get(key, 0.0) < now
            and (have := len(self._ready.get(key, ())) + self._starting[key]) < self._target(key)
            and self._has_room(key)
        ]
        return min(lacking, key=lambda pair: pair[0])[1] if lacking else None

    def _refill(self) -> None:
        while True:
            with self._changed:
                key = self._most_lacking()
                while key is None and not self._closed:
                    self._changed.wait(1.0)
                    key = self._most_lacking()
                if key is None or self._closed:
                    return
                self._starting[key] += 1
            self._fill_one(key)

    def _fill_one(self, key: Key) -> None:
        try:
            session = key.prepare()
        except GymAnythingError:
            # `take` meets the same error in the thread of who asked, and raises it there.
            with self._changed:
                self._starting[key] -= 1
                self._resting[key] = time.monotonic() + 5.0
                self._changed.notify_all()
            return
        with self._changed:
            self._starting[key] -= 1
            if self._closed or len(self._ready.get(key, ())) >= self._target(key):
                self._leaving.append(session)
            else:
                self._ready.setdefault(key, deque()).append(session)
            self._changed.notify_all()

    def _end_sessions(self) -> None:
        while True:
            with self._changed:
                while not self._leaving and not self._closed:
                    self._changed.wait()
                if not self._leaving:
                    return
                session = self._leaving.popleft()
            session.close()


@cache
def _pool_of(pid: int) -> Pool:
    pool = Pool(default_budget())
    atexit.register(pool.close)
    return pool


def shared_pool() -> Pool:
    """The pool of this process, made with the first call."""
    return _pool_of(os.getpid())
