"""Soak: what is left of thousands of episodes.

    python benchmarks/soak.py --episodes 5000 --report benchmarks/soak.json

Thousands of short episodes in one process, then a count of what is left of them: processes,
threads, descriptors, shared memory, mounts, folders, control groups, and the memory of this
process. Some episodes are ended by killing their application, X server or sandbox.

What was there after the first episodes (`WARM_UP`, which load modules, make profiles and start the
pool's threads) is compared with what is there at the end; both with every environment closed, and
without the processes that wait to judge: how many there are depends on how many episodes of
different desktops happened to end at once.

The growth of this process is told from its memory while desktops run, read every `SAMPLE_EVERY`
episodes. With every environment closed it says little: how much of what was freed the C library has
given back by then differs by tens of MB from one moment to another.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from gym_anything import judge
from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError
from gym_anything.machine import folders
from gym_anything.machine.cpu import descendants, process_names
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action

SHARES = {"galculator": 0.65, "mousepad": 0.3, "libreoffice_calc": 0.05}  # of the episodes
SAMPLE_EVERY = 250  # episodes
WARM_UP = 90  # episodes of each application before the first count: memory is level after 250
VICTIMS = ("application", "Xvfb", "sandbox")
_QUIET_SEC = 120.0  # that ended machines may take to be gone


@dataclass(frozen=True, slots=True)
class Census:
    """What this process holds.

    Attributes:
        processes: descendants, those of machines included.
        threads: of this process.
        descriptors: open in this process.
        shared_memory: files in /dev/shm beside the machines' folders.
        folders: of machines.
        mounts: below the machines' folder.
        groups: control groups that are left, no process in them.
        memory_mb: resident memory of this process.
    """

    processes: int
    threads: int
    descriptors: int
    shared_memory: int
    folders: int
    mounts: int
    groups: int
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a soak found.

    Attributes:
        episodes: how many ended, by application.
        killed: how many of them by what was killed.
        passed: episodes whose untouched start passed; none may.
        seconds: wall time.
        before: after the warm-up.
        after: at the end.
        memory_mb: of this process after so many episodes.
        machine: processors and memory of this host.
    """

    episodes: Mapping[str, int]
    killed: Mapping[str, int]
    passed: int
    seconds: float
    before: Census
    after: Census
    memory_mb: Mapping[int, float]
    machine: str

    def leaks(self) -> dict[str, int]:
        """Growth of everything but memory, 0 if nothing leaked."""
        before, after = asdict(self.before), asdict(self.after)
        return {key: after[key] - before[key] for key in before if key != "memory_mb"}

    @property
    def growth_mb(self) -> float:
        """Growth of this process: the largest sample against the first.

        Raises:
            ValueError: there are no two samples.
        """
        first, *later = self.memory_mb.values()
        return max(later) - first


def census() -> Census:
    """Count what there is now."""
    gc.collect()
    base = folders.base_folder()
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return Census(
        processes=len(descendants(os.getpid())) - 1,
        threads=len(os.listdir("/proc/self/task")),
        descriptors=len(os.listdir("/proc/self/fd")),
        shared_memory=sum(path.is_file() for path in Path("/dev/shm").iterdir()),
        folders=sum(path.is_dir() for path in base.iterdir()),
        mounts=sum(str(base) in mount for mount in mounts),
        groups=_groups(),
        memory_mb=_resident_mb(),
    )


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    resident_kb = next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)
    return resident_kb / 1000


def _groups() -> int:
    """Control groups that this library made and did not remove when their machine ended."""
    found = Path("/sys/fs/cgroup").glob("**/gym-anything*/cgroup.procs")
    return sum(_is_deserted(members) for members in found)


def _is_deserted(members: Path) -> bool:
    try:
        return not members.read_text()
    except OSError:  # removed since
        return False


def soak(
    episodes: Mapping[str, int],
    desktops: int = 4,
    kill_every: int = 50,
    warm_up: int = WARM_UP,
    sample_every: int = SAMPLE_EVERY,
    report: Callable[[str, int], None] = lambda app, done: None,
) -> Report:
    """Run episodes and count.

    Args:
        episodes: how many, by application.
        desktops: environments at a time.
        kill_every: every so many episodes of an environment something is killed.
        warm_up: episodes of each application before the first count.
        sample_every: so many episodes apart this process's memory is read.
        report: called with the application and how many of its episodes have ended.
    """
    for app in episodes:
        _run(app, min(warm_up, episodes[app]), desktops, kill_every, lambda app, done: None)
    _await_rest()
    before, started = census(), time.monotonic()
    killed: Counter[str] = Counter()
    passed, begun = 0, 0
    samples: dict[int, float] = {}

    def note(app: str, done: int) -> None:
        if (begun + done) % sample_every == 0:
            samples[begun + done] = _resident_mb()
        report(app, done)

    for app, number in episodes.items():
        by_victim, by_pass = _run(app, number, desktops, kill_every, note)
        begun += number
        killed.update(by_victim)
        passed += by_pass
    _await_rest()
    seconds, after = time.monotonic() - started, census()
    by_episodes = dict(sorted(samples.items()))
    return Report(
        dict(episodes), dict(killed), passed, seconds, before, after, by_episodes, _host()
    )


def _run(
    app: str, episodes: int, desktops: int, kill_every: int, report: Callable[[str, int], None]
) -> tuple[Counter[str], int]:
    """Episodes of one application; what was killed, and how many passed."""
    numbers = count()
    killed: Counter[str] = Counter()

    def work(index: int) -> int:
        env, passed = DesktopEnv(app, max_steps=10), 0
        try:
            while (number := next(numbers)) < episodes:
                victim = VICTIMS[number // kill_every % 3] if number % kill_every == 1 else ""
                passed += _episode(env, number, victim)
                killed.update([victim] if victim else [])
                report(app, number + 1)
        finally:
            env.close()
        return passed

    with ThreadPoolExecutor(desktops) as threads:
        return killed, sum(threads.map(work, range(desktops)))


def _episode(env: DesktopEnv, seed: int, victim: str) -> bool:
    """Reset, a click and a key, and the end; whether that passed."""
    env.reset(seed=seed)
    env.step(Action.click(640, 360))
    if victim:
        _kill(env, victim)
        try:
            for _ in range(50):
                env.step(Action.press("escape"))
        except MachineError:
            return False
        raise AssertionError(f"{env.app.id}: the end of {victim} was not noticed")
    env.step(Action.press("escape"))
    return bool(env.step(Action.done())[4]["passed"])


def _kill(env: DesktopEnv, victim: str) -> None:
    machine = env.session.machine
    assert isinstance(machine, LocalMachine)
    pids = [machine.pid]
    if victim != "sandbox":
        services = {"sh", "bwrap", "dbus-daemon", "openbox", "at-spi2-registr", "Xvfb"}
        names = process_names(machine.pid)
        pids = [
            pid
            for pid, name in names.items()
            if (name == victim if victim == "Xvfb" else name not in services)
        ]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _await_rest() -> None:
    """Wait until machines that are ending have ended, at most `_QUIET_SEC`; then it is a leak."""
    judge.close()
    deadline = time.monotonic() + _QUIET_SEC
    while any(path.is_dir() for path in folders.base_folder().iterdir()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)


def _host() -> str:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} processors, {memory_gb:.0f} GB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a soak; 0 if nothing leaked and this process grew by at most 20 MB."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=5000, help="in all")
    parser.add_argument("--desktops", type=int, default=4, help="at a time")
    parser.add_argument("--report", type=Path, help="file for the report, JSON")
    options = parser.parse_args(arguments)
    wanted = {app: max(1, round(options.episodes * share)) for app, share in SHARES.items()}

    def tell(app: str, done: int) -> None:
        if done % 100 == 0:
            print(f"{app}: {done} of {wanted[app]}", file=sys.stderr, flush=True)

    every = min(SAMPLE_EVERY, options.episodes // 4)
    found = soak(wanted, options.desktops, sample_every=every, report=tell)
    summary = asdict(found) | {"leaks": found.leaks(), "growth_mb": round(found.growth_mb, 1)}
    text = json.dumps(summary, indent=2)
    if options.report:
        options.report.write_text(text + "\n")
    print(text)
    return 0 if not any(found.leaks().values()) and found.growth_mb <= 20 else 1


if __name__ == "__main__":
    sys.exit(main())
