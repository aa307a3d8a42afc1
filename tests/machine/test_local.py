import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gym_anything.errors import MachineError
from gym_anything.machine import folders
from gym_anything.machine.base import Limits, MachineSpec
from gym_anything.machine.cpu import descendants, process_names
from gym_anything.machine.fake import FakeMachine
from gym_anything.machine.local import LocalMachine, require_programs
from gym_anything.records import FailureKind
from gym_anything.testing import check_machine

root_only = pytest.mark.skipif(os.getuid() != 0, reason="becomes another user, which needs root")


def until(happened, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def output_of(machine, script):
    """Standard output of a shell script run as the machine's user."""
    handle = machine.spawn(["sh", "-c", f"( {script} ) > /home/user/.out 2>&1"])
    until(lambda: machine.exit_code(handle) is not None)
    return (machine.home / ".out").read_text()


@pytest.fixture
def machine():
    with LocalMachine(MachineSpec()) as machine:
        yield machine


@pytest.mark.parametrize("kind", [LocalMachine, FakeMachine])
def test_every_machine_keeps_the_contract(kind):
    check_machine(kind(MachineSpec()))


def test_it_exposes_the_x_socket_the_framebuffer_and_the_bus(machine):
    assert (machine.run / "x11" / "X0").is_socket()
    assert (machine.run / "bus").is_socket()
    assert (machine.run / "fb" / "Xvfb_screen0").stat().st_size >= 1280 * 720 * 4


def test_the_user_inside_is_unprivileged_and_the_host_uid_is_not_root(machine):
    assert output_of(machine, "id -u").strip() == "1000"
    assert "CapEff:\t0000000000000000" in output_of(machine, "cat /proc/self/status")
    for pid in descendants(machine.pid):
        status = Path(f"/proc/{pid}/status").read_text()
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert "0" not in uids or os.getuid() != 0, f"{pid} runs as root on the host"


def test_there_is_no_network_inside(machine):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"exec 5<>/dev/tcp/127.0.0.1/{port}"
        handle = machine.spawn(["bash", "-c", script])
        until(lambda: machine.exit_code(handle) is not None)
    assert machine.exit_code(handle) != 0
    interfaces = output_of(machine, "cat /proc/net/dev | tail -n +3 | cut -d: -f1").split()
    assert interfaces == ["lo"]


def test_files_and_processes_of_the_host_cannot_be_seen(machine, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("planted")
    script = f"cat {secret}; cat /etc/shadow; ls /root /home /mnt /work; echo; ls -d /proc/[0-9]*"
    printed = output_of(machine, script)
    assert "planted" not in printed and "root:" not in printed
    assert f"/proc/{os.getpid()}" not in printed.split()
    assert output_of(machine, "ls /home").split() == ["user"]


def test_usr_is_read_only(machine):
    assert "Read-only" in output_of(machine, "touch /usr/bin/planted")


def test_limits_hold_and_the_machine_goes_on():
    with LocalMachine(MachineSpec(limits=Limits(file_bytes=8 << 20, processes=64))) as machine:
        printed = output_of(machine, "head -c 20000000 /dev/zero > /home/user/large")
        assert (machine.home / "large").stat().st_size <= 8 << 20, printed
        bomb = machine.spawn(["sh", "-c", "for i in $(seq 200); do sleep 100 & done; true"])
        until(lambda: machine.exit_code(bomb) is not None)
        assert len(descendants(machine.pid)) <= 70
        assert machine.failure() is None


def test_arguments_reach_the_program_as_they_are(machine):
    odd = "a 'b' \"c\" $HOME `id` \\ ; | & <ß漢>"
    handle = machine.spawn(["sh", "-c", 'printf "%s" "$1" > /home/user/argument', "sh", odd])
    until(lambda: machine.exit_code(handle) is not None)
    assert (machine.home / "argument").read_text() == odd


def test_a_newline_in_an_argument_is_refused(machine):
    with pytest.raises(ValueError, match="newlines"):
        machine.spawn(["echo", "a\nb"])


def test_templates_are_copied_into_home_one_over_the_other(tmp_path):
    for name, text in (("first", "1"), ("second", "2")):
        (tmp_path / name / ".config").mkdir(parents=True)
        (tmp_path / name / ".config" / "app.ini").write_text(text)
    spec = MachineSpec(home_templates=(tmp_path / "first", tmp_path / "second"))
    with LocalMachine(spec) as machine:
        assert output_of(machine, "cat ~/.config/app.ini && touch ~/.config/app.ini") == "2"


def test_cpu_time_counts_what_children_used_and_never_falls(machine):
    before = machine.cpu_time_ns()
    handle = machine.spawn(["sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"])
    readings = [before]
    while machine.exit_code(handle) is None:
        readings.append(machine.cpu_time_ns())
        time.sleep(0.005)
    assert readings == sorted(readings)
    assert readings[-1] - before > 20_000_000


@pytest.mark.parametrize(
    ("victim", "kind"),
    [
        ("Xvfb", FailureKind.DISPLAY),
        ("openbox", FailureKind.MACHINE),
        ("dbus-daemon", FailureKind.MACHINE),
    ],
)
def test_a_killed_service_is_a_failure_with_its_name(machine, victim, kind):
    kill_inside(machine, victim)
    until(lambda: machine.failure() is not None)
    failure = machine.failure()
    assert failure.kind is kind and victim in failure.message


def pids_of(machine, name):
    names = process_names(machine.pid)
    return [pid for pid in names if names[pid] == name[:15]]


def kill_inside(machine, name):
    until(lambda: pids_of(machine, name))
    os.kill(pids_of(machine, name)[0], signal.SIGKILL)


def test_a_killed_sandbox_is_a_failure_and_spawn_says_so(machine):
    os.kill(machine.pid, signal.SIGKILL)
    until(lambda: machine.failure() is not None)
    assert machine.failure().kind is FailureKind.MACHINE
    with pytest.raises(MachineError):
        for _ in range(100):  # the first writes may still fit into the pipe
            machine.spawn(["true"])
            time.sleep(0.01)


def test_close_leaves_no_process_and_no_folder():
    machine = LocalMachine(MachineSpec())
    machine.spawn(["sh", "-c", "setsid sleep 1000 & nohup sleep 1000 & wait"])
    until(lambda: len(descendants(machine.pid)) >= 9)
    pids, folder = descendants(machine.pid), machine.home.parent
    machine.close()
    assert not folder.exists()
    until(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


OWNER = """
import json, sys, threading, time
from gym_anything.machine.local import LocalMachine
from gym_anything.machine.cpu import descendants
made = []
thread = threading.Thread(target=lambda: made.append(LocalMachine()))
thread.start()
thread.join()
machine = made[0]
machine.spawn(["sleep", "1000"])
time.sleep(0.3)
assert machine.failure() is None, "a machine outlives the thread that made it"
print(json.dumps([descendants(machine.pid), str(machine.home.parent)]), flush=True)
sys.stdin.read()
"""


def start_owner():
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pids, folder = json.loads(owner.stdout.readline())
    return owner, pids, Path(folder)


def test_kill_9_of_the_owner_leaves_no_process_and_the_next_start_removes_the_folder():
    owner, pids, folder = start_owner()
    assert len(pids) >= 8 and folder.exists()
    owner.kill()
    owner.wait()
    owner.stdin.close()
    owner.stdout.close()
    until(lambda: not any(is_alive(pid) for pid in pids))
    assert folder in folders.sweep(folders.base_folder())
    assert not folder.exists()


def test_the_sweep_spares_the_machines_of_the_living(machine):
    assert machine.home.parent not in folders.sweep(folders.base_folder())
    assert machine.failure() is None


def test_an_owner_that_exits_without_close_leaves_nothing():
    owner, pids, folder = start_owner()
    owner.stdin.close()
    assert owner.wait() == 0
    owner.stdout.close()
    until(lambda: not any(is_alive(pid) for pid in pids))
    assert not folder.exists()


ORDINARY = """
import os, sys
from gym_anything.machine.local import LocalMachine
os.setgroups([]); os.setgid(64123); os.setuid(64123)
os.environ["GYM_ANYTHING_RUN_DIR"] = sys.argv[1]
with LocalMachine() as machine:
    handle = machine.spawn(["sh", "-c", "id -u > /home/user/uid"])
    while machine.exit_code(handle) is None:
        pass
    print((machine.home / "uid").read_text().strip(), machine.owner)
"""


@root_only
def test_an_ordinary_user_can_have_a_machine(tmp_path):
    run_dir = Path("/dev/shm") / f"gym-anything-test-{os.getpid()}"
    run_dir.mkdir()
    os.chown(run_dir, 64123, 64123)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", ORDINARY, str(run_dir)], capture_output=True, text=True
        )
        assert ended.stdout.split() == ["1000", "None"], ended.stderr
        assert list(run_dir.iterdir()) == []
    finally:
        folders.remove(run_dir)


def test_a_missing_program_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(
        "gym_anything.machine.local.PROGRAMS", {"/usr/bin/no-such-program": "no-such-package"}
    )
    with pytest.raises(MachineError, match="apt-get install .*no-such-package"):
        require_programs()


def test_refused_user_namespaces_are_explained(monkeypatch, tmp_path, own_folders):
    refusing = tmp_path / "bwrap"
    refusing.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1\n"
    )
    refusing.chmod(0o755)
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    command = LocalMachine._bwrap_command
    monkeypatch.setattr(
        LocalMachine, "_bwrap_command", lambda self: [str(refusing), *command(self)[1:]]
    )
    before = own_folders()
    with pytest.raises(MachineError, match="user namespaces are not allowed.*sysctl") as caught:
        LocalMachine(MachineSpec())
    assert "uid map" in caught.value.log
    assert own_folders() == before


def test_a_program_that_waits_for_a_processor_shows_though_its_cpu_time_stands_still(machine):
    until(lambda: not machine.runnable())
    machine.spawn(["sh", "-c", "while :; do :; done"])
    until(lambda: spinning_in(machine))
    until(machine.runnable)
    os.kill(spinning_in(machine)[0], signal.SIGSTOP)
    until(lambda: not machine.runnable())


def spinning_in(machine):
    script = "sh\0-c\0while :; do :; done\0"
    pids = descendants(machine.pid)
    return [pid for pid in pids if Path(f"/proc/{pid}/cmdline").read_text() == script]
