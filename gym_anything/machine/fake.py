"""FakeMachine: the contract of a machine without any process. For tests of what stands above it.

It holds the two folders and remembers what was spawned; `break_with` makes it fail as a real one
would. `desktop.fake.FakeDesktop` is the desktop that goes with it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

from gym_anything.closing import Closing
from gym_anything.errors import MachineError
from gym_anything.machine.base import MachineSpec
from gym_anything.records import Failure, FailureKind


class FakeMachine(Closing):
    """A machine that runs nothing (contract: `machine.base.Machine`).

    Args:
        spec: what to pretend.

    Attributes:
        spawned: the argument lists so far.
    """

    def __init__(self, spec: MachineSpec = MachineSpec()) -> None:  # noqa: B008 (frozen)
        self.spawned: list[tuple[str, ...]] = []
        self._spec = spec
        self._folder = Path(tempfile.mkdtemp(prefix="gym-anything-fake-"))
        self._cleanup = weakref.finalize(self, shutil.rmtree, self._folder)
        self._failure: Failure | None = None
        self._exit_codes: dict[int, int] = {}
        self.home.mkdir()
        self.run.mkdir()
        for template in spec.home_templates:
            shutil.copytree(template, self.home, symlinks=True, dirs_exist_ok=True)

    @property
    def home(self) -> Path:
        """Host path of the home directory."""
        return self._folder / "home"

    @property
    def run(self) -> Path:
        """Host path of an empty folder."""
        return self._folder / "run"

    @property
    def spec(self) -> MachineSpec:
        """What it was made from."""
        return self._spec

    @property
    def owner(self) -> int | None:
        """None: its files are this process's own."""
        return None

    def spawn(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> int:
        """Remember a program; "true" and "false" end at once with 0 and 1, others run for ever."""
        if not self._cleanup.alive:
            raise MachineError("the machine is closed", kind=FailureKind.MACHINE)
        self.spawned.append(tuple(argv))
        handle = len(self.spawned)
        if argv[0] in ("true", "false"):
            self._exit_codes[handle] = int(argv[0] == "false")
        return handle

    def exit_code(self, handle: int) -> int | None:
        """Exit status of a spawned program, None while it runs."""
        if not self._cleanup.alive:
            return 137
        return self._exit_codes.get(handle)

    def cpu_time_ns(self) -> int:
        """This process's own CPU time; it never decreases."""
        return time.process_time_ns()

    def runnable(self) -> bool:
        """False: nothing runs."""
        return False

    def log(self, lines: int = 20) -> str:
        """The programs that were spawned, a line each."""
        return "\n".join(" ".join(argv) for argv in self.spawned[-lines:])

    def failure(self) -> Failure | None:
        """What `break_with` was given, None until then."""
        if not self._cleanup.alive:
            return Failure(FailureKind.MACHINE, "the machine is closed")
        return self._failure

    def break_with(self, failure: Failure) -> None:
        """Pretend that something broke."""
        self._failure = failure

    def close(self) -> None:
        """Remove both folders."""
        self._cleanup()
