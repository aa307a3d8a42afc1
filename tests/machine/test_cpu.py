import os
import signal
import subprocess
import sys

import pytest

from gym_anything.machine import cpu
from gym_anything.machine.cpu import CpuMeter, descendants
from tests.machine.test_local import until

PROGRAM = "sleep 60 & while :; do :; done & wait"


@pytest.fixture
def shell():
    """A process whose last descendant never rests while all others sleep."""
    process = subprocess.Popen(["sh", "-c", PROGRAM], start_new_session=True)
    until(lambda: len(descendants(process.pid)) == 3)
    yield process.pid
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("spare", [0, 1, 3])
def test_threads_for_which_no_descriptor_is_left_are_read_by_path(shell, monkeypatch, spare):
    """`spare` descriptors stand for the 512 that all meters of a process share."""
    monkeypatch.setattr(cpu, "_KEPT", len(cpu._kept) + spare)
    before = len(cpu._kept)
    meter = CpuMeter(shell)
    assert meter.runnable()
    assert len(cpu._kept) - before == spare
    os.kill(descendants(shell)[-1], signal.SIGSTOP)
    until(lambda: not meter.runnable())
    os.kill(descendants(shell)[-1], signal.SIGCONT)
    until(meter.runnable)
    meter.close()
    assert len(cpu._kept) == before


def test_a_process_that_may_open_few_files_keeps_a_quarter_of_them(shell):
    """In a process of its own, whose limit of descriptors is 8."""
    program = (
        "import resource; from gym_anything.machine import cpu; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)); "
        f"meter = cpu.CpuMeter({shell}); print(meter.runnable(), len(cpu._kept))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert said.stdout.split() == ["True", "2"], said.stderr
