import os
import signal

import pytest

from gym_anything.desktop.clipboard import MAX_TEXT_BYTES, Clipboard
from gym_anything.desktop.connection import Connection
from gym_anything.desktop.desktop import Desktop
from gym_anything.errors import MachineError
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action
from tests.desktop.conftest import Launch, pid_of, write_file


def test_an_empty_clipboard_reads_as_nothing(desktop: Desktop) -> None:
    assert desktop.clipboard() == ""
    assert desktop.clipboard("PRIMARY") == ""


def test_copied_and_selected_text_are_read(desktop: Desktop, launch: Launch) -> None:
    launch("mousepad", "--disable-server")
    desktop.step(Action.type("ein Maß 漢😀\nzwei"))
    desktop.step(Action.press("ctrl+a"))
    assert desktop.clipboard("PRIMARY") == "ein Maß 漢😀\nzwei"
    assert desktop.clipboard() == ""
    desktop.step(Action.press("ctrl+c"))
    assert desktop.clipboard() == "ein Maß 漢😀\nzwei"
    assert desktop.clipboard() == "ein Maß 漢😀\nzwei"


@pytest.mark.parametrize("size", [700_000, 2 * MAX_TEXT_BYTES])
def test_a_text_in_pieces_is_joined_and_bounded(
    machine: LocalMachine, desktop: Desktop, launch: Launch, size: int
) -> None:
    text = ("0123456789abcde\n" * (size // 16))[:size]
    write_file(machine, "large.txt", text)
    launch("mousepad", "--disable-server", "/home/user/large.txt")
    desktop.step(Action.press("ctrl+a"))
    desktop.step(Action.press("ctrl+c"))
    assert desktop.clipboard() == text[:MAX_TEXT_BYTES]
    desktop.step(Action.press("end"))
    assert desktop.clipboard() == text[:MAX_TEXT_BYTES]


def test_an_owner_that_does_not_answer_is_a_machine_error(
    machine: LocalMachine, desktop: Desktop, launch: Launch
) -> None:
    launch("mousepad", "--disable-server")
    desktop.step(Action.type("x"))
    desktop.step(Action.press("ctrl+a"))
    pid = pid_of(machine, "mousepad")
    connection = Connection(machine.run / "x11" / "X0")
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(MachineError, match="owner of the clipboard") as caught:
            Clipboard(connection).read("PRIMARY", timeout_sec=0.2)
    finally:
        os.kill(pid, signal.SIGCONT)
        connection.close()
    assert caught.value.kind == "timeout"
