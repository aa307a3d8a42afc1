import json
import os
import re
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
from gym_anything.machine.docker import LABEL, DockerMachine
from gym_anything.machine.image import engine, ensure_image
from gym_anything.prove import run_trial, trials_of
from gym_anything.records import FailureKind
from gym_anything.templates import find_template
from gym_anything.testing import check_machine


@pytest.fixture
def image(docker_image):
    return docker_image()


@pytest.fixture
def machine(image):
    with DockerMachine(MachineSpec(), image) as machine:
        yield machine


def until(happened, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def output_of(machine, script):
    """Standard output of a shell script run as the machine's user."""
    handle = machine.spawn(["sh", "-c", f"( {script} ) > /home/user/.out 2>&1"])
    until(lambda: machine.exit_code(handle) is not None)
    return (machine.home / ".out").read_text()


def containers_of(pid):
    """What the engine has of a process's containers, also of those that it is removing."""
    with engine() as client:
        return client.api.containers(all=True, filters={"label": f"{LABEL}={pid}"})


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_it_keeps_the_contract_of_machines_and_leaves_no_container(image):
    check_machine(DockerMachine(MachineSpec(), image))
    until(lambda: not containers_of(os.getpid()))


def test_a_task_s_claims_hold_in_it_as_on_the_local_machine(image):
    task = find_template("galculator/invoice-total").task(3)
    for claim, name, intents in trials_of(task)[:3]:
        trial = run_trial(task, claim, name, intents, machine="docker")
        assert trial.held, trial


def test_the_root_is_read_only_and_home_and_tmp_are_not(machine):
    for folder in ("/usr/bin", "/etc", "/var", "/run", "/opt", "/"):
        printed = output_of(machine, f"touch {folder}/planted")
        assert "Read-only" in printed, f"{folder}: {printed}"
    assert output_of(machine, "touch ~/planted /tmp/planted /run/user/planted") == ""


def test_the_user_has_no_capability_and_cannot_get_one_and_is_nobody_on_the_host(machine):
    status = output_of(machine, "cat /proc/self/status")
    for held in ("Inh", "Prm", "Eff", "Bnd", "Amb"):
        assert f"Cap{held}:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status
    assert output_of(machine, "id -un").strip() == "user"
    for pid in descendants(machine.pid):
        status = Path(f"/proc/{pid}/status").read_text()
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert set(uids) == {str(machine.owner or os.getuid())}


def test_there_is_no_network_inside(machine):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        handle = machine.spawn(["bash", "-c", f"exec 5<>/dev/tcp/127.0.0.1/{port}"])
        until(lambda: machine.exit_code(handle) is not None)
    assert machine.exit_code(handle) != 0
    interfaces = output_of(machine, "cat /proc/net/dev | tail -n +3 | cut -d: -f1").split()
    assert interfaces == ["lo"]


def test_files_and_processes_of_the_host_cannot_be_seen(machine, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("planted")
    printed = output_of(machine, f"cat {secret}; ls /home /root; echo; ls -d /proc/[0-9]*")
    assert "planted" not in printed and "/proc/1\n" in printed
    assert output_of(machine, "ls /home").split() == ["user"]
    assert "init" not in output_of(machine, "cat /proc/1/comm")


def test_the_image_has_no_documentation_and_nothing_of_this_host_s_package_sources(machine):
    assert output_of(machine, "ls /etc/apt | grep sources; ls /var/lib/apt/lists/*_*") in (
        "",
        "ls: cannot access '/var/lib/apt/lists/*_*': No such file or directory\n",
    )
    assert output_of(machine, "find /usr/share/doc /usr/share/man -type f") == ""


def test_the_font_cache_is_valid_so_that_no_program_scans_all_fonts_at_its_start(machine):
    printed = output_of(machine, "FC_DEBUG=16 fc-match sans")
    checked = [line.split() for line in printed.splitlines() if "FcCacheTimeValid" in line]
    assert checked, printed
    assert [words for words in checked if words[5] != words[8]] == []


def test_processes_are_limited_and_the_machine_goes_on(image):
    with DockerMachine(MachineSpec(limits=Limits(processes=64)), image) as machine:
        bomb = machine.spawn(["sh", "-c", "for i in $(seq 200); do sleep 100 & done; true"])
        until(lambda: machine.exit_code(bomb) is not None)
        assert 32 < len(descendants(machine.pid)) <= 64
        assert machine.failure() is None


def test_memory_of_all_processes_together_is_limited_and_the_machine_goes_on(image):
    hold = "head -c 120000000 /dev/zero | (tail -c 120000000; echo $? >> ~/ended) | sleep 1000"
    with DockerMachine(MachineSpec(limits=Limits(memory_bytes=256 << 20)), image) as machine:
        for _ in range(3):
            machine.spawn(["sh", "-c", hold])
        until((machine.home / "ended").exists)
        until(lambda: (machine.home / "ended").read_text() == "137\n")
        assert machine.failure() is None


def test_processors_are_limited(image, machine):
    identity = re.search("[0-9a-f]{64}", Path(f"/proc/{machine.pid}/cgroup").read_text())[0]
    with engine() as client:
        config = client.api.inspect_container(identity)["HostConfig"]
    assert 0 < config["NanoCpus"] <= 2 * 10**9
    assert config["NetworkMode"] == "none" and not config["Privileged"]


def test_cpu_time_counts_what_children_used_and_a_busy_program_shows(machine):
    until(lambda: not machine.runnable())
    before = machine.cpu_time_ns()
    machine.spawn(["sh", "-c", "while :; do :; done"])
    until(lambda: machine.cpu_time_ns() - before > 50_000_000)
    assert machine.runnable()


@pytest.mark.parametrize(
    ("victim", "kind"), [("Xvfb", FailureKind.DISPLAY), ("dbus-daemon", FailureKind.MACHINE)]
)
def test_a_killed_service_is_a_failure_with_its_name(machine, victim, kind):
    names = process_names(machine.pid)
    os.kill(next(pid for pid in names if names[pid] == victim), signal.SIGKILL)
    until(lambda: machine.failure() is not None)
    assert machine.failure().kind is kind and victim in machine.failure().message


def test_a_killed_container_is_a_failure_and_spawn_says_so(machine):
    os.kill(machine.pid, signal.SIGKILL)
    until(lambda: machine.failure() is not None)
    assert machine.failure().kind is FailureKind.MACHINE
    with pytest.raises(MachineError, match="sandbox ended"):
        machine.spawn(["true"])


def test_what_programs_write_to_the_status_stream_is_not_believed(machine):
    lasting = machine.spawn(["sleep", "1000"])
    forged = (
        f"printf '99 0\\nx\\n\\n7 7 7\\n' > /proc/1/fd/1; echo {lasting + 1000} 0 > /proc/1/fd/1"
    )
    output_of(machine, forged)
    assert machine.exit_code(lasting) is None and machine.exit_code(99) is None
    assert machine.failure() is None


OWNER = """
import json, os, sys
from gym_anything.machine.base import MachineSpec
from gym_anything.machine.cpu import descendants, process_names
from gym_anything.machine.docker import DockerMachine
machine = DockerMachine(MachineSpec(), sys.argv[1])
machine.spawn(["sleep", "1000"])
print(json.dumps([descendants(machine.pid), str(machine.home.parent)]), flush=True)
sys.stdin.read()
"""


def test_kill_9_of_the_owner_ends_the_container_and_the_next_start_removes_the_folder(image):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, image], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with owner:
        pids, folder = json.loads(owner.stdout.readline())
        assert len(pids) >= 8 and len(containers_of(owner.pid)) == 1
        owner.kill()
    until(lambda: not any(is_alive(pid) for pid in pids))
    until(lambda: not containers_of(owner.pid))
    assert Path(folder) in folders.sweep(folders.base_folder())
    assert not Path(folder).exists()


def test_an_image_that_is_not_there_is_an_error_that_leaves_nothing(image, own_folders):
    before = own_folders()
    with pytest.raises(MachineError, match="no image 'gym-anything:none'.*ensure_image"):
        DockerMachine(MachineSpec(), "gym-anything:none")
    assert own_folders() == before


def test_a_build_that_fails_is_an_error_with_its_last_output(image, monkeypatch, tmp_path):
    failing = tmp_path / "mmdebstrap"
    failing.write_text("#!/bin/sh\necho 'E: Unable to locate package frobnicate' >&2\nexit 25\n")
    failing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(MachineError, match="mmdebstrap could not build .* frobnicate") as caught:
        ensure_image(["frobnicate"])
    assert "Unable to locate package frobnicate" in caught.value.log
