"""Writer: takes episodes as they happen and puts them on disk beside the step path.

A step hands over its frame and goes on; one thread compresses and writes. The queue before it is
bounded, so that memory stays flat: if frames come faster than they can be compressed for as long as
it takes to fill it, the steps wait.
"""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError
from gym_anything.records import Action, Trajectory
from gym_anything.store import finals, grades, rows, tables
from gym_anything.store.blobs import Blobs
from gym_anything.store.png import FrameEncoder
from gym_anything.store.provenance import commit, versions
from gym_anything.task import Task
from gym_anything.verify import needs_of

SHARD_EPISODES = 128  # are joined to one shard
DEPTH = 32  # frames that wait to be compressed, 2.8 MB each at 1280x720


class Writer:
    """Writes a store. Use it as a context manager: leaving it waits until all is on disk.

    Safe to use from several threads, and by several processes in one folder.

    Args:
        folder: of the store; made if it is not there.
        config: of the run, kept with every episode; what JSON can express.

    Raises:
        OSError: the folder cannot be made.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        tables.remove_leftovers(folder)
        self.blobs = Blobs(folder / "blobs")
        self.config = json.dumps(config or {}, sort_keys=True, default=str)
        self.background = Background()
        self._shards: list[str] = []  # of single episodes; only the background thread's
        self._graded: list[str] = []  # likewise, of their grades

    def recorder(self, *, screenshots: bool = True) -> Recording:
        """A recorder for one episode: `rollout(..., recorder=it)`, then `it.write(trajectory)`.

        Args:
            screenshots: whether to keep them.
        """
        return Recording(self, screenshots)

    def write(self, trajectory: Trajectory, env: DesktopEnv, cost_usd: float = 0.0) -> str:
        """Write an episode whose screenshots the trajectory holds (`rollout(..., record=True)`).

        Args:
            trajectory: what happened.
            env: it happened in, before it is reset or closed: its final state is kept, too.
            cost_usd: of the agent.

        Returns:
            The episode's id.
        """
        recording = self.recorder()
        recording.begin(env, trajectory.first_screenshot)
        for step in trajectory.steps:
            recording.step(step.screenshot)
        if trajectory.score is not None and trajectory.steps:
            recording.end(env, trajectory.steps[-1].action)
        return recording.write(trajectory, cost_usd)

    def flush(self) -> None:
        """Wait until what was written so far is on disk.

        Raises:
            OSError, ValueError: some of it could not be written; it says what.
        """
        self.background.flush()

    def close(self) -> None:
        """Write what is left and end; twice is harmless. Raises as `flush`."""
        self.background.close(self._join)

    def add_shard(self, name: str, graded: str | None = None) -> None:
        """Of one episode that is on disk, and of its grades; in the background thread."""
        self._shards.append(name)
        self._graded += [] if graded is None else [graded]
        if len(self._shards) >= SHARD_EPISODES:
            self._join()

    def _join(self) -> None:
        """Few files of many episodes are read faster than many of one."""
        names, self._shards = self._shards, []
        graded, self._graded = self._graded, []
        if len(names) > 1:
            tables.merge(self.folder, names, uuid.uuid4().hex[:20])
        if len(graded) > 1:
            tables.merge(self.folder, graded, uuid.uuid4().hex[:20], (grades.GRADES,))

    def __enter__(self) -> Writer:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


class Recording:
    """One episode on its way to the store; made by `Writer.recorder`.

    `begin`, `step` and `end` are what a rollout tells it; then comes `write` or `discard`.
    """

    def __init__(self, writer: Writer, screenshots: bool) -> None:
        self.episode = uuid.uuid4().hex[:20]
        self._screenshots = screenshots
        self._writer = writer
        self._task: Task | None = None
        self._env: dict[str, Any] = {}
        self._started = time.time()
        self._final: finals.Taken | None = None
        # What only the background thread touches:
        self._encoder = FrameEncoder()
        self._table: tables.TableWriter | None = None
        self._numbers: dict[str, int] = {}  # of frames, by what is on them
        self._shown: list[int | None] = []  # the frame at reset and after each step

    def begin(self, env: DesktopEnv, screenshot: NDArray[np.uint8] | None) -> None:
        """The desktop is there."""
        self._task, self._env = env.task, env.setting
        self._started = time.time()
        self.step(screenshot)

    def step(self, screenshot: NDArray[np.uint8] | None) -> None:
        """A step was done; what is on screen, None to keep no picture of it."""
        if not self._screenshots:
            screenshot = None
        self._writer.background.put(lambda: self._show(screenshot))

    def end(self, env: DesktopEnv, last: Action) -> None:
        """The episode is over and its desktop still there: its final state is taken."""
        try:
            state = env.final_state(last)
        except MachineError:  # it broke after it was judged: the score stands, without the state
            return
        self._final = finals.take(state, needs_of(env.task.checks))

    def write(self, trajectory: Trajectory, cost_usd: float = 0.0, task: Task | None = None) -> str:
        """Put the episode in the store, in the background; returns its id.

        Args:
            trajectory: what happened.
            cost_usd: of the agent.
            task: needed only if the episode broke before it began.

        Raises:
            ValueError: the episode never began, and no task is given.
        """
        task = self._task or task
        if task is None:
            raise ValueError(f"{trajectory.task_id}: this recorder was told of no episode")
        wall_sec = time.time() - self._started + trajectory.reset_ms / 1e3
        row = {
            "schema_version": rows.SCHEMA_VERSION,
            "episode": self.episode,
            "written_at": time.time_ns() // 1000,
            "env": json.dumps(self._env, sort_keys=True),
            "task_hash": task.content_hash(),
            "task": task.to_json(),
            "split": task.split.value,
            "config": self._writer.config,
            "commit": commit(),
            "versions": rows.named(versions((task.app, *task.companions))),
            "wall_sec": wall_sec,
            "cost_usd": cost_usd,
        }
        whole = row | rows.outcome_row(trajectory)
        self._writer.background.put(lambda: self._finish(whole, trajectory))
        return self.episode

    def discard(self) -> None:
        """Forget the episode."""
        self._writer.background.put(self._forget)

    # In the background ---------------------------------------------------------------------------

    def _show(self, screenshot: NDArray[np.uint8] | None) -> None:
        if screenshot is None:
            self._shown.append(None)
            return
        if self._table is None:
            folder = self._writer.folder / tables.FRAMES
            self._table = tables.TableWriter(folder, self.episode, rows.FRAMES)
        digest = self._encoder.take(screenshot)
        number = self._numbers.get(digest)
        if number is None:
            number = self._numbers[digest] = len(self._numbers)
            png = self._encoder.png()
            image = {"bytes": png, "path": None}
            row = {"episode": self.episode, "frame": number, "sha256": digest, "image": image}
            self._table.add(row, len(png))
        self._shown.append(number)

    def _finish(self, row: rows.Row, trajectory: Trajectory) -> None:
        shown = [*self._shown, *[None] * (len(trajectory.steps) + 1 - len(self._shown))]
        folder = self._writer.folder
        final = None if self._final is None else finals.keep(self._final, self._writer.blobs)
        if self._table is not None:
            self._table.close()
        else:
            tables.write_table(folder / tables.FRAMES, self.episode, rows.FRAMES, [])
        steps = [
            rows.step_row(self.episode, step, shown[step.index], shown[step.index + 1])
            for step in trajectory.steps
        ]
        tables.write_table(folder / tables.STEPS, self.episode, rows.STEPS, steps)
        given = {step.index: step.grade for step in trajectory.steps if step.grade is not None}
        graded = grades.write_grades(folder, self.episode, given) if given else None
        first = {"first_frame": shown[0], "frames": len(self._numbers), "final": final}
        tables.write_table(folder / tables.EPISODES, self.episode, rows.EPISODES, [row | first])
        self._writer.add_shard(self.episode, graded)

    def _forget(self) -> None:
        if self._table is not None:
            self._table.discard()


class Background:
    """One thread that does what it is given, in order, with a bounded queue before it."""

    def __init__(self, depth: int = DEPTH) -> None:
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(depth)
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, job: Callable[[], None]) -> None:
        """Have something done; waits while the queue is full.

        Raises:
            OSError, ValueError: what was to be done before failed.
        """
        if self._closed:
            raise ValueError("the writer is closed")
        self._raise()
        self._jobs.put(job)

    def flush(self) -> None:
        """Wait until everything is done. Raises as `put`."""
        self._jobs.join()
        self._raise()

    def close(self, last: Callable[[], None]) -> None:
        """Finish what is there, then do `last`, and end; twice is harmless. Raises as `put`."""
        with self._lock:
            closed, self._closed = self._closed, True
        if not closed:
            self._jobs.put(last)
            self._jobs.put(None)
            self._thread.join()
        self._raise()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                if self._error is None:
                    job()
            except Exception as error:  # crosses to the thread that writes; nothing is lost unsaid
                self._error = error
            finally:
                self._jobs.task_done()
        self._jobs.task_done()
