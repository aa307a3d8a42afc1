"""Judge: verify in a process of its own that may be killed. After verify in the flow, before env.

The readers bound what they take from an agent's files, but they are C libraries and regular
expressions: a document that one of them chokes on must not hang or kill the training run. A
verification costs 0.6 ms more this way; the process costs 0.3 s of CPU time once, and 57 MB.
"""

from __future__ import annotations

import atexit
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import cache
from multiprocessing.connection import Connection

from gym_anything.errors import TaskError, VerifierError
from gym_anything.records import Score
from gym_anything.task import Task
from gym_anything.verify import FinalState, verify

TIMEOUT_SEC = 20.0
MEMORY_BYTES = 2 << 30  # private memory of the process
_GRACE_SEC = 1.0  # it ends itself at the deadline; this much later it is killed
_START_SEC = 60.0  # until a new one has imported what it needs


def judge(task: Task, state: FinalState, timeout_sec: float = TIMEOUT_SEC) -> Score:
    """Judge a state as `verify` does, within a deadline. Safe to call from several threads.

    Args:
        task: whose checks.
        state: what to judge.
        timeout_sec: deadline.

    Raises:
        TaskError: a check is wrong.
        VerifierError: a check cannot judge, or takes too long or too much memory.
    """
    return _workers(os.getpid()).judge(task, state, timeout_sec)


def warm_up() -> None:
    """Start a process in the background, if there is none, so that the first score is not late."""
    _workers(os.getpid()).warm_up()


def close() -> None:
    """End the processes that wait for something to verify. The next call of `judge` starts one."""
    _workers(os.getpid()).close()


class _Workers:
    """Processes that verify, as many as threads ask at the same time.

    Those that wait stay, at most one for each processor.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._started = False

    def judge(self, task: Task, state: FinalState, timeout_sec: float) -> Score:
        worker = self._take()
        try:
            answer = worker.ask(task, state, timeout_sec)
        except BaseException:
            worker.end()
            raise
        self._give_back(worker)
        if isinstance(answer, Score):
            return answer
        raise answer

    def warm_up(self) -> None:
        with self._lock:
            if not self._started:
                self._started = True
                self._idle.append(_Worker())

    def _take(self) -> _Worker:
        with self._lock:
            self._started = True
            while self._idle:
                worker = self._idle.pop()
                if worker.lives():
                    return worker
                worker.end()
            return _Worker()

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            if len(self._idle) < (os.cpu_count() or 1):
                self._idle.append(worker)
                return
        worker.end()

    def close(self) -> None:
        if os.getpid() != self._pid:  # a fork's copy: they are not its own
            return
        with self._lock:
            self._started = False
            while self._idle:
                self._idle.pop().end()


@cache
def _workers(pid: int) -> _Workers:
    workers = _Workers(pid)
    atexit.register(workers.close)
    return workers


class _Worker:
    """One process. It ends when this end of its connection is closed."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            program = f"from gym_anything.judge import serve; serve({theirs.fileno()})"
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                pass_fds=(theirs.fileno(),),
            )
        self._connection = Connection(ours.detach())
        self._ready = False

    def ask(
        self, task: Task, state: FinalState, timeout_sec: float
    ) -> Score | TaskError | VerifierError:
        try:
            if not self._ready:
                if not self._connection.poll(_START_SEC):
                    raise VerifierError(f"no process to verify in within {_START_SEC:g} s")
                self._connection.recv()
                self._ready = True
            started = time.monotonic()
            self._connection.send((task, state, timeout_sec))
            if self._connection.poll(timeout_sec + _GRACE_SEC):
                answer = self._connection.recv()
                assert isinstance(answer, Score | TaskError | VerifierError)
                return answer
        except (EOFError, OSError) as error:
            code = self._process.wait()
            if code != -signal.SIGALRM:
                raise VerifierError(f"{task.id}: verifying ended with status {code}") from error
        late = time.monotonic() - started
        raise VerifierError(f"{task.id}: verifying took more than {timeout_sec:g} s ({late:.1f} s)")

    def lives(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()


def serve(descriptor: int) -> None:
    """Verify what is asked for until the other end is closed.

    Args:
        descriptor: of a socket to the process that asks.
    """
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is for who asks
    with Connection(descriptor) as connection:
        connection.send("ready")
        while True:
            try:
                task, state, timeout_sec = connection.recv()
            except (EOFError, ConnectionResetError):  # reset: it ended with "ready" unread
                return
            signal.setitimer(signal.ITIMER_REAL, timeout_sec)  # SIGALRM ends this process
            answer: Score | TaskError | VerifierError
            try:
                answer = verify(task, state)
            except (TaskError, VerifierError) as error:
                answer = error
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            connection.send(answer)
