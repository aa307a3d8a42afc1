import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gym_anything.desktop.connection import Connection, Fake
from gym_anything.desktop.desktop import Desktop
from gym_anything.errors import MachineError
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action
from tests.desktop.conftest import pid_of

BOUND_SEC = 6.0
USES: dict[str, Callable[[Desktop], object]] = {
    "step": lambda desktop: desktop.step(Action.click(5, 5)),
    "settle": lambda desktop: desktop.settle(),
    "windows": lambda desktop: desktop.windows(),
    "clipboard": lambda desktop: desktop.clipboard(),
    "wait": lambda desktop: desktop.step(Action.wait(0.05)),
    "long text": lambda desktop: desktop.step(Action.type("Aa" * 5_000)),
    "release_all": lambda desktop: (desktop.perform(Action.key_down("a")), desktop.release_all()),
}


def test_a_missing_server_is_a_machine_error(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no X server") as caught:
        Connection(tmp_path / "X0")
    assert caught.value.kind == "display"


def test_a_server_that_accepts_and_says_nothing_ends_at_the_deadline(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "X0"))
        listener.listen()
        began = time.monotonic()
        with pytest.raises(MachineError, match="did not shake hands") as caught:
            Connection(tmp_path / "X0", timeout_sec=0.3)
    assert 0.25 < time.monotonic() - began < 2
    assert caught.value.kind == "display"


def test_failed_handshakes_leak_no_descriptors(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "X0"))
        listener.listen()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            with pytest.raises(MachineError):
                Connection(tmp_path / "X0", timeout_sec=0.02)
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_socket_path_longer_than_the_system_allows_works(
    machine: LocalMachine, tmp_path: Path
) -> None:
    folder = tmp_path / ("long" * 30)
    folder.symlink_to(machine.run)
    connection = Connection(folder / "x11" / "X0")
    assert connection.size == (1280, 720)
    connection.close()


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_a_dead_server_is_a_machine_error_in_bounded_time(
    machine: LocalMachine, desktop: Desktop, use: Callable[[Desktop], object]
) -> None:
    os.kill(pid_of(machine, "Xvfb"), signal.SIGKILL)
    began = time.monotonic()
    with pytest.raises(MachineError) as caught:
        use(desktop)
        use(desktop)
    assert caught.value.kind == "display"
    assert time.monotonic() - began < BOUND_SEC
    desktop.close()
    desktop.close()


@pytest.mark.parametrize("name", ["step", "settle", "windows", "clipboard", "long text"])
def test_a_server_that_stops_answering_is_a_machine_error_in_bounded_time(
    machine: LocalMachine, desktop: Desktop, name: str
) -> None:
    pid = pid_of(machine, "Xvfb")
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(MachineError, match="did not answer") as caught:
            USES[name](desktop)
        assert time.monotonic() - began < BOUND_SEC
    finally:
        os.kill(pid, signal.SIGCONT)
    assert caught.value.kind == "display"


def test_a_closed_connection_is_a_machine_error(machine: LocalMachine) -> None:
    connection = Connection(machine.run / "x11" / "X0")
    connection.close()
    connection.close()
    for use in (connection.sync, connection.flush, lambda: connection.fake(Fake.MOTION, 0)):
        with pytest.raises(MachineError):
            use()


def test_a_window_that_does_not_exist_has_no_properties(machine: LocalMachine) -> None:
    connection = Connection(machine.run / "x11" / "X0")
    assert connection.get_property(0x7FFFFFF, "WM_NAME") is None
    assert connection.extents(0x7FFFFFF) is None
    assert connection.get_property(connection.root, "NO_SUCH_PROPERTY") is None
    connection.send_message(0x7FFFFFF, 0x7FFFFFF, "WM_PROTOCOLS", (1,), to_manager=False)
    connection.sync()
    connection.notices()  # the server's complaint is not an error
    connection.close()
