import os
import subprocess
import sys
from pathlib import Path

import pytest

from gym_anything.machine import limits
from gym_anything.machine.base import Limits
from gym_anything.machine.limits import MemoryGroup, Usage, used_by

root_only = pytest.mark.skipif(os.getuid() != 0, reason="makes groups, which needs root")


def group(folder, **files):
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_in_version_1_a_group_is_made_below_the_process_own(tmp_path):
    membership = "4:memory:/user/session\n3:cpu,cpuacct:/\n0::/\n"
    assert list(limits._candidates(membership, tmp_path)) == [tmp_path / "memory/user/session"]


def test_in_version_2_a_group_is_made_in_the_nearest_that_shares_its_memory(tmp_path):
    group(tmp_path / "user", cgroup__subtree_control="cpu memory pids\n")
    group(tmp_path / "user/app", cgroup__subtree_control="memory\n")
    group(tmp_path / "user/app/shell", cgroup__subtree_control="\n")
    found = list(limits._candidates("0::/user/app/shell\n", tmp_path))
    assert found == [tmp_path / "user/app", tmp_path / "user"]


def test_the_name_of_the_limit_is_that_of_the_version(tmp_path):
    for version, name in (("v1", "memory.limit_in_bytes"), ("v2", "memory.max")):
        (tmp_path / version).mkdir()
        (tmp_path / version / name).touch()
        MemoryGroup(tmp_path / version)._limit(7)
        assert (tmp_path / version / name).read_text() == "7"


def test_kills_are_counted_in_either_version(tmp_path):
    assert MemoryGroup(tmp_path).kills() == 0
    (tmp_path / "memory.oom_control").write_text("under_oom 0\noom_kill 2\n")
    assert MemoryGroup(tmp_path).kills() == 2
    (tmp_path / "memory.events").write_text("oom 5\noom_kill 3\noom_group_kill 0\n")
    assert MemoryGroup(tmp_path).kills() == 3


@root_only
def test_a_group_holds_what_enters_it_and_is_gone_after_its_removal():
    made = MemoryGroup.make(f"gym-anything-test-{os.getpid()}", 64 << 20)
    if made is None:
        pytest.skip("no control group can be made here")
    hog = made.command([sys.executable, "-c", "x = b'x' * (200 << 20)"])
    assert subprocess.run(hog).returncode == -9
    assert made.kills() == 1
    made.remove()
    made.remove()
    assert not made.path.exists()


def test_without_a_limit_there_is_no_group():
    assert MemoryGroup.make("unused", 0) is None


def test_what_a_folder_takes_is_counted_and_links_are_not_followed(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "a" / "link").symlink_to("/usr")
    size_bytes, files = used_by(tmp_path, (1 << 30, 1_000))
    assert files == 4 and 100_000 <= size_bytes < 200_000
    assert used_by(tmp_path, (1 << 30, 2))[1] == 3, "counting ends"
    assert used_by(tmp_path / "nowhere", (1, 1)) == (0, 0)


def test_usage_is_beyond_a_limit_once_the_folder_is(tmp_path):
    usage = Usage(tmp_path, os.getpid())
    small = Limits(disk_bytes=1 << 20, files=100)
    assert not usage.exceeds(small)
    (tmp_path / "file").write_bytes(b"x" * (3 << 20))
    os.sync()  # a disk with delayed allocation counts blocks when they are written
    assert usage.exceeds(small)


UNDER_A_STRICT_UMASK = """
import os, sys
os.umask(0o077)
os.environ["GYM_ANYTHING_RUN_DIR"] = sys.argv[1]
from gym_anything.machine.local import LocalMachine
with LocalMachine() as machine:
    print(machine.failure())
"""


def test_a_machine_starts_whatever_the_umask():
    folder = Path("/dev/shm") / f"gym-anything-umask-{os.getpid()}"
    ended = subprocess.run(
        [sys.executable, "-c", UNDER_A_STRICT_UMASK, str(folder)], capture_output=True, text=True
    )
    folder.rmdir()
    assert ended.stdout == "None\n", ended.stderr
