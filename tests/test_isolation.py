"""What an agent with a shell tries from inside a machine, and what stops it.

Each attempt is a test that says both. It runs as the machine's user, on every kind of machine.
"""

import contextlib
import itertools
import os
import pty
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from gym_anything.desktop.desktop import Desktop
from gym_anything.documents.home import Home
from gym_anything.errors import MachineError
from gym_anything.machine import folders, sandbox
from gym_anything.machine.base import Limits, MachineSpec
from gym_anything.machine.cpu import descendants
from gym_anything.machine.docker import DockerMachine
from gym_anything.machine.local import LocalMachine
from gym_anything.machine.seccomp import REFUSED
from gym_anything.records import FailureKind

MACHINES = ("local", "docker")
SMALL = Limits(memory_bytes=256 << 20, disk_bytes=32 << 20, files=2_000, processes=80)
NEEDLE = "planted-4f1c77"
PATIENCE_SEC = 30.0
root_only = pytest.mark.skipif(os.getuid() != 0, reason="plants something that only root can")
_numbers = itertools.count()


def until(happened, seconds=PATIENCE_SEC):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def attempt(machine, script, program="sh"):
    """Run a script inside, wait for its end, and return what it printed (status at the end)."""
    number = next(_numbers)
    home = Home(machine.home)
    home.write_bytes(f".attempts/{number}", script.encode(), owner=machine.owner)
    place = f"/home/user/.attempts/{number}"
    handle = machine.spawn(["sh", "-c", f"{program} {place} > {place}.out 2>&1"])
    until(lambda: machine.exit_code(handle) is not None)
    printed = home.read_bytes(f".attempts/{number}.out").decode(errors="replace")
    return f"{printed}\nstatus {machine.exit_code(handle)}"


def maker(kind, docker_image):
    """What makes a machine of a kind from a spec."""
    return LocalMachine if kind == "local" else partial(DockerMachine, image=docker_image())


@pytest.fixture(params=MACHINES)
def make(request, docker_image):
    """make(limits): a machine of each kind, closed at the end."""
    new = maker(request.param, docker_image)
    with contextlib.ExitStack() as stack:
        yield lambda limits=SMALL: stack.enter_context(new(MachineSpec(limits=limits)))


@pytest.fixture(scope="module", params=MACHINES)
def machine(request, docker_image):
    """A machine for attempts that break nothing."""
    with maker(request.param, docker_image)(MachineSpec()) as machine:
        yield machine
        assert machine.failure() is None


@pytest.fixture
def neighbour(make):
    return make()


def is_well(machine):
    return machine.failure() is None and "well" in attempt(machine, "echo well > ~/a; cat ~/a")


# Files of the host -------------------------------------------------------------------------------


def test_a_file_of_the_host_outside_usr_cannot_be_read(machine, tmp_path):
    """Tried: host paths, and every process's root, working folder and open files.

    Stopped by: a mount namespace that holds only /usr, home, run and a few files of /etc.
    """
    beside = machine.home.parent / "secret"
    planted = [tmp_path / "secret", Path(f"/var/tmp/gym-anything-{os.getpid()}"), beside]
    for path in planted:
        path.write_text(NEEDLE)
        path.chmod(0o644)
    try:
        reads = "".join(
            f"cat {path} /proc/*/root{path} /proc/*/cwd/..{path}\n" for path in map(str, planted)
        )
        printed = attempt(
            machine, reads + "cat /etc/shadow /proc/*/cwd/../secret /proc/*/fd/../../secret\nls /*"
        )
    finally:
        planted[1].unlink()
        beside.unlink()
    assert NEEDLE not in printed
    assert "root:" not in printed


def test_only_home_and_a_few_private_places_can_be_written(machine):
    """Tried: writing everywhere. Stopped by: read-only mounts; what is writable is bounded."""
    printed = attempt(
        machine,
        "for f in / /dev /etc /usr /usr/bin /var /run /home /proc /etc/gym-anything /tmp /dev/shm;"
        " do touch $f/written 2>/dev/null && echo $f; done; true",
    )
    assert set(printed.split()[:-2]) <= {"/tmp", "/dev/shm"}


def test_checks_solution_and_expected_values_are_nowhere_inside(make, monkeypatch, tmp_path):
    """Tried: grep for them in every visible file and in what /proc shows of every process.

    Stopped by: they stay in the owner, whose environment, folders and memory are outside.
    """
    monkeypatch.setenv("EXPECTED", NEEDLE)
    (tmp_path / "task.json").write_text(f'{{"equals": "{NEEDLE}"}}')
    machine = make()
    half, rest = NEEDLE[:7], NEEDLE[7:]  # else the attempt would find itself
    search = f"printf %s%s {half} {rest} | grep -rlsaF -D skip -f -"
    places = "$(find / -mindepth 1 -maxdepth 1 -type d ! -name proc ! -name usr)"
    printed = attempt(
        machine,
        f"{search} {places} ; {search} /proc/*/environ /proc/*/cmdline /proc/*/mountinfo; env",
    )
    assert NEEDLE not in printed and "/home" not in printed.split("=")[0]
    control = attempt(machine, f"printf %s%s {half} {rest} > ~/found; {search} {places}")
    assert "/home/user/found" in control, "the search finds what is there"


@root_only
def test_tasks_and_verifiers_installed_below_usr_are_hidden(make, monkeypatch):
    """Tried: reading the templates of a wheel in /usr/local. Stopped by: an empty mount over it."""
    if isinstance(make(), DockerMachine):
        pytest.skip("the /usr of a container is its image's, which holds no tasks")
    installed = Path(f"/usr/local/share/gym-anything-test-{os.getpid()}")
    (installed / "envs" / "pad").mkdir(parents=True)
    (installed / "envs" / "pad" / "tasks.py").write_text(NEEDLE)
    try:
        read = f"cat {installed}/envs/pad/tasks.py; touch {installed}/envs/x; ls {installed}/envs"
        assert NEEDLE in attempt(make(), read), "seen while nobody says that it is content"
        monkeypatch.setattr(sandbox.content, "roots", lambda: (installed,))
        printed = attempt(make(), read)
        assert NEEDLE not in printed and "pad\n" not in printed and "Read-only" in printed
    finally:
        shutil.rmtree(installed)


# Network -----------------------------------------------------------------------------------------


def test_no_host_can_be_reached_by_tcp_or_udp(machine):
    """Tried: the host's loopback and the internet. Stopped by: a network namespace of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        printed = attempt(
            machine,
            f"for a in 127.0.0.1/{port} 10.0.0.1/80 1.1.1.1/53; do "
            "(exec 5<>/dev/tcp/$a) 2>/dev/null && echo open; "
            "(echo x >/dev/udp/$a) 2>/dev/null && test $a != 127.0.0.1/{port} && echo open; done;"
            "tail -n +3 /proc/net/dev; true",
            "bash",
        )
        assert not select.select([server], [], [], 0)[0]
    assert printed.count(":") == 1 and "lo:" in printed
    assert "open" not in printed.replace("open\n", "", 1)  # a datagram to its own loopback


def test_an_abstract_socket_of_the_host_cannot_be_reached(machine):
    """Tried: the name of one that listens. Stopped by: abstract names are per network namespace."""
    name = f"gym-anything-{NEEDLE}-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        script = f"""use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0) or die;
            print connect(S, pack("S a*", 1, "\\0{name}")) ? "open" : "refused: $!";"""
        printed = attempt(machine, script, "perl")
        assert not select.select([server], [], [], 0)[0]
    assert "refused" in printed


def test_the_hosts_display_and_buses_cannot_be_reached(machine):
    """Tried: sockets where X servers and buses listen. Stopped by: /tmp and /run are private."""
    x_folder = Path("/tmp/.X11-unix")
    made = not x_folder.exists()
    x_folder.mkdir(exist_ok=True)
    paths = [x_folder / "X97", Path(f"/var/tmp/gym-anything-bus-{os.getpid()}")]
    script = "use Socket; for (@ARGV, glob('/run/dbus/* /run/user/*/bus /var/run/*.sock')) {"
    script += 'socket(S, AF_UNIX, SOCK_STREAM, 0); print "open $_\\n" '
    script += "if connect(S, pack_sockaddr_un($_)) }"
    script = f"@ARGV = ({', '.join(repr(str(path)) for path in paths)}, '/tmp/.X11-unix/X0');\n" + (
        script
    )
    try:
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in paths]
            for server, path in zip(servers, paths, strict=True):
                server.bind(str(path))
                server.listen()
            printed = attempt(machine, script, "perl")
            assert not select.select(servers, [], [], 0)[0]
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
        if made:
            x_folder.rmdir()
    assert "open /tmp/.X11-unix/X0" in printed, "its own display is there"
    assert printed.count("open") == 1


def test_sockets_that_know_no_namespaces_are_refused(machine):
    """Tried: VSOCK to the hypervisor, packets, kernel crypto. Stopped by: the seccomp filter."""
    families = {"vsock": 40, "packet": 17, "alg": 38, "bluetooth": 31, "xdp": 44}
    script = "".join(f"socket(S, {n}, 1, 0) and print 'open {k}';" for k, n in families.items())
    script += "socket(S, 1, 1, 0) and print 'unix works';"
    printed = attempt(machine, script, "perl")
    assert "open" not in printed and "unix works" in printed


# Processes ---------------------------------------------------------------------------------------


def test_processes_of_the_host_and_of_neighbours_cannot_be_seen(machine, neighbour):
    """Tried: reading /proc. Stopped by: a pid namespace and a /proc of its own."""
    handle = neighbour.spawn(["sleep", "98765"])
    printed = attempt(machine, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert "98765" not in printed and "pytest" not in printed
    assert "Xvfb" in printed, "its own are there"
    assert neighbour.exit_code(handle) is None


def test_processes_of_the_host_and_of_neighbours_cannot_be_signalled(make, neighbour):
    """Tried: kill -9 of everything, by number and by -1. Stopped by: the pid namespace."""
    bystander = subprocess.Popen(["sleep", "1000"])
    try:
        machine = make()
        numbers = [os.getpid(), bystander.pid, neighbour.pid, *descendants(neighbour.pid)]
        printed = attempt(machine, "".join(f"kill -9 {n} && echo hit {n}\n" for n in numbers))
        assert "hit" not in printed
        machine.spawn(["bash", "-c", "kill -9 -1"])
        until(lambda: machine.failure() is not None)
        assert bystander.poll() is None
        assert is_well(neighbour)
    finally:
        bystander.kill()
        bystander.wait()


# Privileges --------------------------------------------------------------------------------------


@root_only
def test_a_setuid_program_gives_nothing(machine):
    """Tried: a setuid-root program in /usr. Stopped by: no_new_privs, and root is not mapped."""
    if not isinstance(machine, LocalMachine):  # its /usr is an image's, where none can be planted
        assert "NoNewPrivs:\t1" in attempt(machine, "cat /proc/self/status")
        return
    planted = Path(f"/usr/local/bin/gym-anything-test-{os.getpid()}")
    shutil.copy("/usr/bin/id", planted)
    planted.chmod(0o4755)
    try:
        printed = attempt(
            machine, f"{planted} -u; {planted} -ru; grep NoNewPrivs /proc/self/status"
        )
    finally:
        planted.unlink()
    assert printed.split()[:4] == ["1000", "1000", "NoNewPrivs:", "1"]


def test_there_are_no_capabilities_and_no_devices(machine):
    """Tried: status, mknod, raw disks. Stopped by: bubblewrap drops all of them."""
    printed = attempt(
        machine,
        "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f2; mknod ~/disk b 254 0;"
        "find /dev -type b; find /dev -type c",
    )
    lines = printed.splitlines()
    assert [int(mask, 16) for mask in lines[:4]] == [0, 0, 0, 0]
    assert "not permitted" in lines[4]
    devices = {Path(line).name for line in lines[5:] if line.startswith("/dev")}
    allowed = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
    assert {name for name in devices if not name.isdigit()} <= allowed


def test_no_user_namespace_can_be_made(machine):
    """Tried: unshare and clone with CLONE_NEWUSER. Stopped by: --disable-userns and seccomp."""
    script = "print syscall(56, 0x10000011, 0, 0, 0, 0) < 0 ? 'refused ' : 'inside ';"
    script += "print syscall(272, 0x10000000) < 0 ? 'refused' : 'inside';"
    assert attempt(machine, script, "perl").startswith("refused refused")
    assert "inside" not in attempt(machine, "unshare -Ur sh -c 'echo inside'")


def test_nothing_can_be_mounted(machine):
    """Tried: mount, bind, umount, remount. Stopped by: no capabilities and seccomp."""
    for command in (
        "mount -t tmpfs none /tmp",
        "mount --bind /tmp /home",
        "mount -o remount,rw /usr",
        "umount /usr",
        "chroot /tmp /bin/sh",
    ):
        assert attempt(machine, command).rstrip()[-1] != "0", command


def test_the_filter_refuses_every_system_call_that_it_names(machine):
    """Tried: each of them, keyrings and ptrace among them. Stopped by: the seccomp filter."""
    calls = {name: numbers[0] for name, numbers in REFUSED.items()}
    script = "".join(
        f"$! = 0; syscall({number}, 0, 0, 0, 0, 0); print '{name} ', $! + 0, qq(\\n);"
        for name, number in calls.items()
        if os.uname().machine == "x86_64"
    )
    results = dict(line.split() for line in attempt(machine, script, "perl").splitlines() if line)
    status = results.pop("status")
    assert status == "0"
    assert set(results.values()) == {"1"}, results


def test_another_process_cannot_be_traced(machine):
    """Tried: PTRACE_ATTACH and process_vm_readv on the X server. Stopped by: seccomp."""
    script = """my $pid = `grep -lx Xvfb /proc/*/comm`; $pid =~ s/\\D//g; my $local = "x" x 8;
        print "attach ", syscall(101, 16, $pid + 0, 0, 0), " ", $! + 0,
            " read ", syscall(310, $pid + 0, 0, 0, 0, 0, 0), " ", $! + 0;"""
    assert attempt(machine, script, "perl").startswith("attach -1 1 read -1 1")


def test_kernel_settings_and_the_clock_cannot_be_changed(machine):
    """Tried: /proc/sys, sysrq, date. Stopped by: read-only /proc/sys, no capabilities."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    before = time.time() - time.monotonic()
    attempt(
        machine,
        f"echo '|/tmp/{NEEDLE}' > /proc/sys/kernel/core_pattern; echo b > /proc/sysrq-trigger;"
        "date -s 2001-01-01; hostname planted; echo 1 > /proc/sys/vm/drop_caches",
    )
    assert Path("/proc/sys/kernel/core_pattern").read_text() == pattern
    assert abs(time.time() - time.monotonic() - before) < 5
    assert socket.gethostname() != "planted"


ON_TERMINAL = """
import os, sys, time
os.open(sys.argv[1], os.O_RDWR)  # a new session's first terminal becomes its controlling one
os.close(os.open("/dev/tty", os.O_RDWR))
from gym_anything.machine.docker import DockerMachine
from gym_anything.machine.local import LocalMachine
with LocalMachine() as machine:
    handle = machine.spawn(["sh", "-c", "exec 5<>/dev/tty"])
    while machine.exit_code(handle) is None:
        time.sleep(0.01)
    print("status", machine.exit_code(handle))
"""


def test_there_is_no_terminal_to_push_input_into():
    """Tried: opening the controlling terminal of who started it. Stopped by: --new-session."""
    ours, theirs = pty.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-c", ON_TERMINAL, os.ttyname(theirs)],
            capture_output=True,
            text=True,
            start_new_session=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert ended.stdout.startswith("status") and "status 0" not in ended.stdout, ended


# Resources ---------------------------------------------------------------------------------------


FILL = "for n in $(seq 400); do head -c 1000000 /dev/zero > {place}/f$n || break; done; echo full"


@pytest.mark.parametrize("place", ["/home/user", "/run/desktop", "/tmp", "/dev/shm", "/run/user"])
def test_filling_the_disk_stops_at_the_limit_and_all_go_on(make, neighbour, place):
    """Tried: 400 MB of files. Stopped by: each writable place is a tmpfs of a certain size."""
    machine = make()
    handle = machine.spawn(["sh", "-c", f"( {FILL.format(place=place)} ) 2>/dev/null >/tmp/out"])
    until(lambda: machine.exit_code(handle) is not None)
    size = attempt_after_full(machine, f"du -s {place} | cut -f1", place)
    assert 20_000 < size <= 66_000  # KiB
    assert machine.failure() is None
    assert is_well(neighbour)
    assert shutil.disk_usage(folders.base_folder()).free > 256 << 20


def attempt_after_full(machine, script, place):
    """The number that a script prints, though home may have no room for its output."""
    rest = f"rm -f {place}/f1 {place}/f2; "
    return int(attempt_in(machine, f"S=$({script}); {rest} echo $S"))


def attempt_in(machine, command):
    handle = machine.spawn(["sh", "-c", f"( {command} ) > /home/user/.late 2>/dev/null"])
    until(lambda: machine.exit_code(handle) is not None)
    return Home(machine.home).read_bytes(".late").decode().split()[0]


def test_a_flood_of_empty_files_stops_at_the_limit(make, neighbour):
    """Tried: 20,000 files. Stopped by: the number of inodes of the tmpfs."""
    machine = make()
    script = "mkdir many; cd many; for n in $(seq 20000); do : > $n || break; done"
    attempt(machine, script)
    assert 1_000 < len(os.listdir(machine.home / "many")) <= SMALL.files
    assert machine.failure() is None
    assert is_well(neighbour)


def test_a_flood_of_output_stops_at_the_limit(make, neighbour):
    """Tried: 200 MB to standard error, which the host keeps. Stopped by: the size of the tmpfs."""
    machine = make()
    handle = machine.spawn(["sh", "-c", "head -c 200000000 /dev/zero >&2"])
    until(lambda: machine.exit_code(handle) is not None)
    assert (machine.home.parent / "log").stat().st_size <= SMALL.disk_bytes
    assert len(machine.log()) <= 16_384
    assert is_well(neighbour)


def test_a_fork_bomb_stops_at_the_limit_and_dies_with_the_machine(make, neighbour):
    """Tried: the classic one. Stopped by: RLIMIT_NPROC of a uid of its own."""
    machine = make()
    machine.spawn(["bash", "-c", "b() { b | b & }; b; sleep 1000"])
    until(lambda: len(descendants(machine.pid)) > 60)
    for _ in range(20):
        assert len(descendants(machine.pid)) <= SMALL.processes + 5
    assert is_well(neighbour)
    pids = descendants(machine.pid)
    machine.close()
    until(lambda: not any(is_alive(pid) for pid in pids))
    assert is_well(neighbour)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


HOG = "my @x; for (1 .. 400) {{ push @x, 'x' x 1_000_000; }} print 'got it all'; sleep {rest};"


def test_one_process_cannot_take_more_memory_than_the_machine_has(make, neighbour):
    """Tried: 400 MB where 256 are allowed. Stopped by: RLIMIT_DATA and the memory group."""
    machine = make()
    assert "got it all" not in attempt(machine, HOG.format(rest=0), "perl")
    assert machine.failure() is None
    assert is_well(neighbour)


@root_only
def test_many_processes_cannot_take_more_memory_than_the_machine_has(make, neighbour):
    """Tried: ten with 100 MB each. Stopped by: the memory group, which ends some of them."""
    machine = make()
    hog = "my $x = 'x' x 100_000_000; print 'whole '; sleep 2; print 'survived ';"
    several = f'for n in 1 2 3 4 5 6 7 8 9 10; do perl -e "{hog}" & done; wait'
    printed = attempt(machine, several.replace("$x", "\\$x"))
    assert printed.count("survived") <= 3
    assert is_well(neighbour)


@root_only
def test_memory_that_no_process_owns_is_counted_too(make, neighbour):
    """Tried: memfd and System V memory, 400 MB. Stopped by: the memory group."""
    script = """my @f; for (1 .. 40) { my $d = syscall(319, my $n = "m$_", 0);
        open(my $h, '>&=', $d); print $h 'x' x 10_000_000; $h->flush; push @f, $h }
        print "got it all";"""
    machine = make()
    assert "got it all" not in attempt(machine, script, "perl")
    assert is_well(neighbour)


ORDINARY = """
import os, sys, time
from gym_anything import content
from gym_anything.machine.base import Limits, MachineSpec
from gym_anything.machine.docker import DockerMachine
from gym_anything.machine.local import LocalMachine
content.roots()
os.setgroups([]); os.setgid(64123); os.setuid(64123)
os.environ["GYM_ANYTHING_RUN_DIR"] = sys.argv[1]
limits = Limits(memory_bytes=256 << 20, disk_bytes=32 << 20, files=2_000)
with LocalMachine(MachineSpec(limits=limits)) as machine, LocalMachine() as neighbour:
    machine.spawn(["sh", "-c", sys.argv[2]])
    deadline = time.monotonic() + 20
    while machine.failure() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    print(machine.failure().message if machine.failure() else "goes on", neighbour.failure())
"""
FILES = "mkdir ~/many; for n in $(seq 20000); do : > ~/many/$n; done; sleep 100"
REMOVED = "exec 7> ~/f; rm ~/f; head -c 100000000 /dev/zero >&7; sleep 100"
HIDDEN = "mkdir ~/h; head -c 100000000 /dev/zero > ~/h/f; chmod 0 ~/h; sleep 100"
HOGS = "for n in 1 2 3 4; do perl -e 'my $x = qq(x) x 100_000_000; sleep 100' & done; wait"


@root_only
@pytest.mark.parametrize(
    ("script", "says"),
    [
        (FILL.format(place="~") + "; sleep 100", "of disk"),
        (FILES, "of disk"),
        (REMOVED, "of disk"),
        (HIDDEN, "of disk"),
        (HOGS, "of memory"),
    ],
    ids=["bytes", "files", "removed", "hidden", "memory"],
)
def test_where_the_kernel_cannot_be_asked_the_machine_is_watched_and_ended(script, says):
    """Tried: more than allowed, on a machine of an ordinary user. Stopped by: `limits.Watch`."""
    with run_folder_of(64123) as run_dir:
        ended = subprocess.run(
            [sys.executable, "-c", ORDINARY, str(run_dir), script], capture_output=True, text=True
        )
        assert says in ended.stdout and ended.stdout.endswith("None\n"), ended
        assert list(run_dir.iterdir()) == []


@contextlib.contextmanager
def run_folder_of(uid):
    """A folder for the machines of another user."""
    folder = Path("/dev/shm") / f"gym-anything-test-{os.getpid()}"
    folder.mkdir()
    os.chown(folder, uid, uid)
    try:
        yield folder
    finally:
        folders.remove(folder)


# The host's own reading of the machine -----------------------------------------------------------


def test_a_framebuffer_cut_short_is_a_failure_and_does_not_kill_the_host(make):
    """Tried: truncating what the host reads. Stopped by: it is read, never mapped."""
    machine = make()
    with Desktop.connect(machine.run, machine.cpu_time_ns) as desktop:
        desktop.screenshot()
        attempt(machine, ": > /run/desktop/fb/Xvfb_screen0")
        with pytest.raises(MachineError, match="shorter") as caught:
            desktop.screenshot()
    assert caught.value.kind == FailureKind.DISPLAY


@pytest.mark.parametrize("name", ["bus", "x11/X0", "fb/Xvfb_screen0"])
def test_a_link_in_place_of_what_the_host_opens_is_not_followed(make, name, tmp_path):
    """Tried: a symlink to a socket and a file of the host. Stopped by: O_NOFOLLOW."""
    machine = make()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "host"))
        server.listen()
        attempt(machine, f"ln -sf {tmp_path / 'host'} /run/desktop/{name}; pkill openbox")
        until(lambda: machine.failure() is not None)
        with pytest.raises(MachineError), Desktop.connect(machine.run, lambda: 0) as desktop:
            desktop.accessibility()
        assert not select.select([server], [], [], 0)[0]


FORGING = """
import os, sys, time
from gym_anything import content
from gym_anything.machine.docker import DockerMachine
from gym_anything.machine.local import LocalMachine
content.roots()
os.setgroups([]); os.setgid(64123); os.setuid(64123)
os.environ["GYM_ANYTHING_RUN_DIR"] = sys.argv[1]
with LocalMachine() as machine:
    lasting = machine.spawn(["sleep", "1000"])
    forger = machine.spawn(["sh", "-c", sys.argv[2]])
    slowest = 0.0
    while machine.exit_code(forger) is None:
        started = time.monotonic()
        assert machine.failure() is None
        assert machine.exit_code(lasting) is None
        slowest = max(slowest, time.monotonic() - started)
    print("wrote" if machine.exit_code(forger) == 0 else "refused", slowest < 0.5)
"""


@root_only
def test_forged_exit_statuses_and_a_flood_of_them_do_no_harm():
    """Tried: writing to the pipe on which the shell reports, which an ordinary user's machine can.

    Stopped by: what is odd is dropped, and only so much is read at a time.
    """
    odd = r"garbage\n-1 x\n\377\n77 0\n1000000000000 0\n 1 \n\n"
    flood = "timeout 1.5 yes '999999 0 x' >> /proc/2/fd/3"
    script = f"printf '{odd}' >> /proc/2/fd/3 && {{ {flood}; printf 9 >> /proc/2/fd/3; }}"
    with run_folder_of(64123) as run_dir:
        ended = subprocess.run(
            [sys.executable, "-c", FORGING, str(run_dir), script],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SEC,
        )
    assert ended.stdout == "wrote True\n", ended


def test_folders_nested_beyond_any_recursion_are_removed(make):
    """Tried: 3,000 folders in each other, closed to their owner. Stopped by: a flat removal."""
    machine = make(Limits(disk_bytes=0, files=0))  # 0: no mount, so they are removed one by one
    script = "my $n = 0; while ($n++ < 3000) { mkdir 'd' and chdir 'd' or die } chmod 0, '.';"
    assert "status 0" in attempt(machine, f"chdir $ENV{{HOME}}; {script}", "perl")
    folder = machine.home.parent
    machine.close()
    assert not folder.exists()


def test_what_leaves_home_cannot_be_a_link_to_the_host(machine):
    """Tried: hard links to files of the host. Stopped by: they are on other mounts."""
    printed = attempt(machine, "ln /etc/passwd ~/p; ln /usr/bin/env ~/e; ls ~")
    assert not any(
        stat.S_ISREG(path.lstat().st_mode) and path.lstat().st_nlink > 1
        for path in machine.home.rglob("*")
    )
    assert printed.count("failed to create hard link") == 2


def test_stopping_everything_inside_is_seen_from_outside(make, neighbour):
    """Tried: SIGSTOP of all. The neighbour goes on, and the machine can still be closed."""
    machine = make()
    machine.spawn(["bash", "-c", "kill -STOP -1"])
    until(lambda: "T" in {state_of(pid) for pid in descendants(machine.pid)})
    assert is_well(neighbour)
    pids = descendants(machine.pid)
    machine.close()
    until(lambda: not any(is_alive(pid) for pid in pids))


def state_of(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def test_the_sandbox_dies_with_a_signal_that_nobody_inside_can_refuse(make):
    """Tried: ignoring every signal. Stopped by: SIGKILL to the first process of the namespace."""
    machine = make()
    machine.spawn(["sh", "-c", "trap '' HUP INT TERM QUIT PIPE; while :; do sleep 1; done"])
    until(lambda: len(descendants(machine.pid)) >= 9)
    pids = descendants(machine.pid)
    os.kill(machine.pid, signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in pids[1:]))
