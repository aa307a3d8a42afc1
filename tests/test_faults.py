"""What breaks during an episode, at seeded random moments: it ends as the right kind of Failure.

Afterwards no process, mount, control group or folder of it is left, and a neighbour goes on.
"""

import contextlib
import ctypes
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

from gym_anything import Action
from gym_anything import env as env_module
from gym_anything import judge as judge_module
from gym_anything import supply as supply_module
from gym_anything.action.space import to_element
from gym_anything.agent.solution import SolutionAgent
from gym_anything.desktop.settle import SAFE
from gym_anything.env import DesktopEnv
from gym_anything.errors import MachineError
from gym_anything.machine import folders
from gym_anything.machine.cpu import descendants, process_names
from gym_anything.machine.local import LocalMachine
from gym_anything.records import FailureKind, Stop
from gym_anything.rollout import rollout

root_only = pytest.mark.skipif(os.getuid() != 0, reason="mounts, which needs root")
TASK = "galculator/invoice-total"


def until(happened, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


class Breaking:
    """The scripted solution, which breaks something at a random moment of a random step.

    Attributes:
        pids: processes of the machine before that.
        folder: of the machine.
    """

    def __init__(self, env, fault, seed):
        chance = random.Random(seed)
        self.name = "breaking"
        self._solution = SolutionAgent(env.session.desktop, env.task.solution)
        self._at = chance.randrange(max(1, len(env.task.solution) - 1))
        self._delay_sec = chance.choice((0.0, chance.uniform(0.0, 0.05)))
        self._env, self._fault, self._count = env, fault, 0
        self.folder = env.session.machine.home.parent
        self.pids = []

    def reset(self, instruction):
        self._solution.reset(instruction)

    def act(self, observation):
        action = self._solution.act(observation)
        if self._count == self._at:
            machine = self._env.session.machine
            self.pids = descendants(machine.pid)
            if self._delay_sec:
                threading.Timer(self._delay_sec, self._fault, (machine,)).start()
            else:
                self._fault(machine)
        self._count += 1
        return action


def send(name, number=signal.SIGKILL):
    """A fault: a signal to the first process of this name."""

    def fault(machine):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_of(machine, name), number)

    return fault


def process_of(machine, name):
    pids = descendants(machine.pid)
    if name == "sandbox":
        return pids[0]
    if name == "init of the sandbox":
        return pids[1]
    names = process_names(machine.pid)
    return next(pid for pid in names if names[pid] == name[:15])


def run_and_break(env, fault, seed=0):
    """The trajectory and the agent of an episode with a fault."""
    agents = []

    def make(env):
        agents.append(Breaking(env, fault, seed))
        return agents[0]

    trajectory = rollout(env, make, seed=seed)
    return trajectory, agents[0]


def assert_nothing_is_left(agent):
    assert not agent.folder.exists()
    assert str(agent.folder) not in Path("/proc/self/mountinfo").read_text()
    groups = Path("/sys/fs/cgroup").glob(f"**/gym-anything-{agent.folder.name}")
    assert not list(groups)
    until(lambda: not any(is_alive(pid) for pid in agent.pids))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(scope="module")
def neighbour():
    """An env that must go on, whatever happens to the others."""
    with DesktopEnv("galculator", task=TASK) as env:
        env.reset(seed=99)
        yield env


def assert_goes_on(neighbour):
    info = neighbour.step(Action.type("1"))[-1]
    assert info["settle"]["end"] == "quiet"
    neighbour.step(Action.press("escape"))
    neighbour._steps = 0


# Killed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("victim", "kind"),
    [
        ("galculator", FailureKind.APP),
        ("Xvfb", FailureKind.DISPLAY),
        ("openbox", FailureKind.MACHINE),
        ("dbus-daemon", FailureKind.MACHINE),
        ("at-spi2-registryd", FailureKind.MACHINE),
        ("sandbox", FailureKind.MACHINE),
        ("init of the sandbox", FailureKind.MACHINE),
        ("sh", FailureKind.MACHINE),
    ],
)
def test_what_is_killed_at_any_moment_is_a_failure_of_its_kind(neighbour, victim, kind, seed):
    with DesktopEnv("galculator", task=TASK) as env:
        trajectory, agent = run_and_break(env, send(victim), seed)
        assert trajectory.stop is Stop.FAILURE and trajectory.score is None
        assert trajectory.failure.kind is kind, trajectory.failure
        assert_nothing_is_left(agent)
        with pytest.raises(gym.error.ResetNeeded):
            env.step(Action.wait())
    assert_goes_on(neighbour)


def test_after_a_failure_the_same_env_goes_on_with_a_new_desktop():
    with DesktopEnv("galculator", task=TASK) as env:
        assert run_and_break(env, send("Xvfb"))[0].stop is Stop.FAILURE
        trajectory = rollout(env, lambda env: SolutionAgent(env.session.desktop, env.task.solution))
        assert trajectory.score.passed


@pytest.mark.parametrize("victim", ["Xvfb", "dbus-daemon", "sandbox", "galculator"])
def test_what_dies_during_a_reset_is_an_error_of_the_start_and_leaves_nothing(
    monkeypatch, victim, own_folders
):
    made = []
    start = LocalMachine.spawn

    def spawn(machine, argv, env=None):
        handle = start(machine, argv, env)
        if "galculator" in argv[0]:
            made.append((machine.home.parent, descendants(machine.pid)))
            until(lambda: victim in names_in(machine))
            send(victim)(machine)
        return handle

    def names_in(machine):
        return {"sandbox", *process_names(machine.pid).values()}

    monkeypatch.setattr(LocalMachine, "spawn", spawn)
    before = own_folders()
    with DesktopEnv("galculator", task=TASK) as env, pytest.raises(MachineError) as caught:
        env.reset(seed=1)
    assert caught.value.kind in ("start", "display", "machine", "app")
    assert own_folders() == before
    until(lambda: not any(is_alive(pid) for _, pids in made for pid in pids))


@pytest.mark.parametrize("victim", ["openbox", "dbus-daemon"])
def test_what_dies_between_being_ready_and_the_first_look_is_found_by_the_reset(
    monkeypatch, victim, own_folders
):
    def opened(*args):
        session = open_session(*args)
        send(victim)(session.machine)
        until(lambda: session.machine.failure() is not None)
        return session

    open_session = supply_module.open_session
    monkeypatch.setattr(supply_module, "open_session", opened)
    before = own_folders()
    with DesktopEnv("galculator", task=TASK) as env:
        with pytest.raises(MachineError, match=victim) as caught:
            env.reset(seed=1)
        assert caught.value.kind == FailureKind.MACHINE
        assert own_folders() == before


OWNER = """
import json, sys
from gym_anything import Action
from gym_anything.env import DesktopEnv
from gym_anything.machine.cpu import descendants
env = DesktopEnv("galculator", task=sys.argv[1], reward="progress", max_steps=10_000)
env.reset(seed=1)
machine = env.session.machine
pids = descendants(machine.pid) + descendants(__import__("os").getpid())[1:]
print(json.dumps([pids, str(machine.home.parent)]), flush=True)
while True:
    env.step(Action.type("1"))
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_kill_9_of_the_python_process_ends_all_and_the_next_start_clears_the_rest(neighbour, seed):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, TASK], stdout=subprocess.PIPE, text=True)
    pids, folder = json.loads(owner.stdout.readline())
    with pytest.raises(subprocess.TimeoutExpired):  # it goes on until it is killed
        owner.wait(random.Random(seed).uniform(0.0, 0.2))
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: not any(is_alive(pid) for pid in pids))
    folders.sweep(folders.base_folder())
    agent = type("Gone", (), {"folder": Path(folder), "pids": pids})
    assert_nothing_is_left(agent)
    assert_goes_on(neighbour)


def test_kill_9_of_one_vector_worker_ends_its_desktop_and_no_other(neighbour):
    envs = gym.make_vec("gym_anything/Galculator-v0", num_envs=2, vectorization_mode="async")
    try:
        envs.reset(seed=1)
        first, second = (descendants(process.pid)[1:] for process in envs.processes)
        envs.processes[0].kill()
        envs.processes[0].join()
        until(lambda: not any(is_alive(pid) for pid in first))
        assert all(is_alive(pid) for pid in second)
        element = to_element(Action.type("7"))
        batch = {k: [v] * 2 if k == "text" else np.array([v] * 2) for k, v in element.items()}
        with pytest.raises((EOFError, ConnectionError)):
            envs.step(batch)
    finally:
        envs.close(terminate=True)
    until(lambda: not any(is_alive(pid) for pid in second))
    assert_goes_on(neighbour)
    folders.sweep(folders.base_folder())


# Hung --------------------------------------------------------------------------------------------


def test_a_stopped_application_is_a_timeout_that_names_it(neighbour):
    with DesktopEnv("galculator", task=TASK, step_timeout_sec=1.0) as env:
        started = time.monotonic()
        trajectory, agent = run_and_break(env, send("galculator", signal.SIGSTOP))
        assert trajectory.failure.kind is FailureKind.TIMEOUT
        assert "'galculator' has not answered for 1." in trajectory.failure.message
        assert time.monotonic() - started < 15
        assert_nothing_is_left(agent)
    assert_goes_on(neighbour)


def test_an_application_that_is_busy_for_a_while_is_waited_for(monkeypatch):
    monkeypatch.setitem(env_module.POLICIES, "safe", replace(SAFE, deadline_ms=200))
    with DesktopEnv("galculator", task=TASK, step_timeout_sec=20.0) as env:
        env.reset(seed=1)
        pid = process_of(env.session.machine, "galculator")
        os.kill(pid, signal.SIGSTOP)
        timer = threading.Timer(1.0, os.kill, (pid, signal.SIGCONT))
        timer.start()
        info = env.step(Action.type("7"))[-1]
        timer.join()
    assert info["settle"]["end"] == "quiet"
    assert 900 < info["settle"]["waited_ms"] < 10_000


def test_an_application_that_moves_for_ever_but_answers_is_not_hung(monkeypatch):
    monkeypatch.setitem(env_module.POLICIES, "safe", replace(SAFE, deadline_ms=300))
    with DesktopEnv("galculator", task=TASK, step_timeout_sec=1.0) as env:
        env.reset(seed=1)
        env.session.machine.spawn(["sh", "-c", "while :; do :; done"])
        infos = [env.step(Action.type("7"))[-1] for _ in range(3)]
    assert infos[-1]["settle"]["end"] == "deadline"
    assert all(info["settle"]["waited_ms"] < 900 for info in infos)


def test_a_stopped_x_server_is_a_failure_within_its_deadline(neighbour):
    with DesktopEnv("galculator", task=TASK) as env:
        started = time.monotonic()
        trajectory, agent = run_and_break(env, send("Xvfb", signal.SIGSTOP))
        assert trajectory.failure.kind is FailureKind.DISPLAY
        assert "did not answer" in trajectory.failure.message
        assert time.monotonic() - started < 25
        assert_nothing_is_left(agent)
    assert_goes_on(neighbour)


def test_a_stopped_bus_is_a_failure_where_the_tree_is_observed(neighbour):
    with DesktopEnv("galculator", task=TASK, accessibility=True) as env:
        env.reset(seed=1)
        folder, pids = env.session.machine.home.parent, descendants(env.session.machine.pid)
        send("dbus-daemon", signal.SIGSTOP)(env.session.machine)
        started = time.monotonic()
        with pytest.raises(MachineError) as caught:
            env.step(Action.wait())
        assert caught.value.kind == FailureKind.MACHINE
        assert time.monotonic() - started < 15
        assert_nothing_is_left(type("Gone", (), {"folder": folder, "pids": pids}))
    assert_goes_on(neighbour)


def test_an_application_that_never_shows_a_window_ends_the_reset_in_time(monkeypatch, own_folders):
    monkeypatch.setattr("gym_anything.app.App.command", lambda self, documents: ("sleep", "1000"))
    before = own_folders()
    with DesktopEnv("galculator", task=TASK, reset_timeout_sec=1.0) as env:
        started = time.monotonic()
        with pytest.raises(MachineError, match="no window") as caught:
            env.reset(seed=1)
        assert time.monotonic() - started < 10
    assert caught.value.kind == FailureKind.START
    assert own_folders() == before


def test_a_verification_that_hangs_is_a_failure_of_the_verifier():
    def stop_judging(machine):
        judge_module._workers(os.getpid())._idle[-1]._process.send_signal(signal.SIGSTOP)

    with DesktopEnv("galculator", task=TASK, verify_timeout_sec=0.5) as env:
        rollout(env, lambda env: SolutionAgent(env.session.desktop, env.task.solution))
        trajectory, _ = run_and_break(env, stop_judging)
        assert trajectory.failure.kind is FailureKind.VERIFIER and trajectory.score is None
        trajectory = rollout(env, lambda env: SolutionAgent(env.session.desktop, env.task.solution))
        assert trajectory.score.passed


def test_a_timeout_that_is_no_time_is_refused():
    with pytest.raises(ValueError, match="at least 0.1 s"):
        DesktopEnv("galculator", step_timeout_sec=0)


# Disk and clock ----------------------------------------------------------------------------------

LIBC = ctypes.CDLL(None, use_errno=True)
READ_ONLY, REMOUNT, BIND = 1, 32, 4096


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """Machines' folders on a disk of 24 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    assert LIBC.mount(b"tmpfs", os.fsencode(disk), b"tmpfs", 0, b"size=24m,mode=755") == 0
    monkeypatch.setenv(folders.RUN_DIR_VARIABLE, str(disk))
    try:
        yield disk
    finally:
        assert LIBC.umount2(os.fsencode(disk), 2) == 0


@root_only
def test_a_disk_that_fills_up_during_an_episode_is_a_failure(small_disk, monkeypatch):
    monkeypatch.setattr(folders, "bound", lambda *_: False)  # as for an ordinary user

    def fill(machine):
        with contextlib.suppress(OSError), open(small_disk / "other", "wb") as stream:
            while True:
                stream.write(b"x" * 65_536)

    with DesktopEnv("galculator", task=TASK, warm=False) as env:
        trajectory, agent = run_and_break(env, fill)
        assert trajectory.failure.kind is FailureKind.MACHINE
        assert "is full" in trajectory.failure.message
        assert not agent.folder.exists()
        with pytest.raises(MachineError) as caught:  # and a start on it says so, and leaves nothing
            env.reset(seed=1)
        assert caught.value.kind == FailureKind.START
        assert [path.name for path in small_disk.iterdir()] == ["other"]


@root_only
def test_a_home_that_becomes_read_only_is_a_failure(neighbour):
    def remount(machine):
        target = os.fsencode(machine.home.parent)
        assert LIBC.mount(target, target, None, BIND, None) == 0
        assert LIBC.mount(None, target, None, REMOUNT | BIND | READ_ONLY, None) == 0

    with DesktopEnv("galculator", task=TASK) as env:
        trajectory, agent = run_and_break(env, remount)
        assert trajectory.failure.kind is FailureKind.MACHINE
        assert "read-only" in trajectory.failure.message
        assert_nothing_is_left(agent)
    assert_goes_on(neighbour)


def test_a_full_disk_of_the_agents_own_making_is_no_failure(memo):
    """It is the agent's doing, so the episode goes on to its score."""
    with DesktopEnv("mousepad", task=memo) as env:
        env.reset(seed=1)
        machine = env.session.machine
        fill = "head -c 5000000000 /dev/zero > ~/a; head -c 5000000000 /dev/zero > ~/b; :"
        handle = machine.spawn(["sh", "-c", f"ulimit -f unlimited; {fill}"])
        until(lambda: machine.exit_code(handle) is not None)
        for action in (Action.press("ctrl+end"), Action.type("paid"), Action.press("ctrl+s")):
            env.step(action)
        *_, terminated, _, info = env.step(Action.done())
    assert terminated and info["passed"] is False


def test_a_clock_that_jumps_changes_nothing(monkeypatch):
    jumps = random.Random(5)
    now = time.time

    def jumping():
        return now() + jumps.uniform(-1e6, 1e6)

    monkeypatch.setattr(time, "time", jumping)
    monkeypatch.setattr(time, "time_ns", lambda: int(jumping() * 1e9))
    with DesktopEnv("galculator", task=TASK) as env:
        trajectory = rollout(
            env, lambda env: SolutionAgent(env.session.desktop, env.task.solution), seed=1
        )
    assert trajectory.score.passed
