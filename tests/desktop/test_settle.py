import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from gym_anything.desktop.connection import Connection
from gym_anything.desktop.desktop import Desktop
from gym_anything.desktop.settle import FAST, SAFE, SettlePolicy, Settler
from gym_anything.errors import MachineError
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action, SettleEnd, Verb
from tests.desktop.conftest import Launch, pid_of, stopped


@contextmanager
def settler(machine: LocalMachine, cpu_time_ns: Callable[[], int]) -> Iterator[Settler]:
    connection = Connection(machine.run / "x11" / "X0")
    try:
        yield Settler(connection, cpu_time_ns)
    finally:
        connection.close()


def test_a_still_desktop_settles_after_the_first_wait(desktop: Desktop) -> None:
    settle = desktop.settle(SettlePolicy(quiet_ms=10, first_ms=60))
    assert settle.end is SettleEnd.QUIET
    assert settle.last_damage_ms is None and settle.damage == 0
    assert 60 <= settle.waited_ms < 500


def test_a_repaint_is_seen_and_nothing_changes_after_settling(
    desktop: Desktop, launch: Launch
) -> None:
    launch("mousepad", "--disable-server")
    before = desktop.screenshot()
    settle = desktop.step(Action.type("a"))
    after = desktop.screenshot()
    assert settle.end is SettleEnd.QUIET and settle.damage > 0
    assert settle.last_damage_ms is not None and settle.last_damage_ms < settle.waited_ms
    assert (after != before).any()
    assert not desktop.await_change(0.4)
    assert (desktop.screenshot() == after).all()


def test_an_application_that_gets_no_cpu_time_is_waited_for(
    machine: LocalMachine, desktop: Desktop, launch: Launch
) -> None:
    launch("mousepad", "--disable-server")
    with stopped(pid_of(machine, "mousepad"), 0.4):
        settle = desktop.step(Action.type("a"), FAST)
    assert settle.waited_ms > 300
    assert settle.last_damage_ms is not None and settle.last_damage_ms > 300


def test_an_application_that_never_answers_ends_at_the_deadline(
    machine: LocalMachine, desktop: Desktop, launch: Launch
) -> None:
    launch("mousepad", "--disable-server")
    with stopped(pid_of(machine, "mousepad"), 0.8):
        settle = desktop.step(Action.type("a"), SettlePolicy(deadline_ms=300))
    assert settle.end is SettleEnd.DEADLINE
    assert 300 <= settle.waited_ms < 450


def test_a_window_that_closes_owes_no_answer(desktop: Desktop, launch: Launch) -> None:
    launch("mousepad", "--disable-server")
    settle = desktop.step(Action.press("ctrl+q"))
    assert settle.end is SettleEnd.QUIET
    assert settle.waited_ms < 2_000
    assert desktop.windows() == ()


def test_a_dialog_that_opens_is_complete_when_settled(desktop: Desktop, launch: Launch) -> None:
    launch("mousepad", "--disable-server")
    desktop.step(Action.type("text"))
    desktop.step(Action.press("ctrl+f"))
    seen = desktop.screenshot()
    desktop.await_change(0.4)
    assert np.count_nonzero((desktop.screenshot() != seen).any(axis=2)) == 0


def test_cpu_time_keeps_a_desktop_from_settling(machine: LocalMachine) -> None:
    with settler(machine, lambda: int(min(time.monotonic(), busy_until) * 1e9)) as watcher:
        busy_until = time.monotonic() + 0.3
        watcher.arm()
        settle = watcher.wait(FAST)
    assert settle.end is SettleEnd.QUIET
    assert time.monotonic() > busy_until
    assert settle.cpu_ms > 100


def test_cpu_time_within_the_tolerance_does_not(machine: LocalMachine) -> None:
    with settler(machine, lambda: int(time.monotonic() * 1e7)) as watcher:  # 1 % of a core
        watcher.arm()
        assert watcher.wait(SAFE).waited_ms < 200


def test_the_wait_of_a_verb_is_kept(desktop: Desktop) -> None:
    policy = SettlePolicy(after_ms={Verb.PRESS: 150.0})
    assert desktop.step(Action.press("a"), policy).waited_ms >= 150
    assert desktop.step(Action.move(9, 9), policy).waited_ms < 150


def test_a_wait_never_ends_early(desktop: Desktop, launch: Launch) -> None:
    launch("mousepad", "--disable-server")  # whose events must not wake it
    began = time.monotonic()
    desktop.perform(Action.type("abc"))
    settle = desktop.step(Action.wait(0.3))
    assert time.monotonic() - began >= 0.3
    assert settle.end is SettleEnd.QUIET


def test_catching_up_waits_for_the_application(
    machine: LocalMachine, desktop: Desktop, launch: Launch
) -> None:
    launch("mousepad", "--disable-server")
    with settler(machine, machine.cpu_time_ns) as watcher:
        with stopped(pid_of(machine, "mousepad"), 0.3):
            began = time.monotonic()
            watcher.catch_up()
        assert time.monotonic() - began >= 0.3


def test_catching_up_with_nothing_open_ends_by_stillness(machine: LocalMachine) -> None:
    with settler(machine, machine.cpu_time_ns) as watcher:
        began = time.monotonic()
        watcher.catch_up()
        assert time.monotonic() - began < 1


def test_an_application_that_never_reads_its_input_is_a_machine_error(
    machine: LocalMachine, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gym_anything.desktop.settle._CAUGHT_UP_DEADLINE_MS", 200.0)
    refused = pytest.raises(MachineError, match="did not read its input")
    # The CPU clock of a machine that never rests.
    with settler(machine, time.monotonic_ns) as watcher, refused as caught:
        watcher.catch_up()
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    "fields",
    [{"quiet_ms": 0}, {"quiet_ms": 50, "deadline_ms": 20}, {"first_ms": -1},
     {"after_ms": {Verb.CLICK: -5.0}}],
)  # fmt: skip
def test_a_senseless_policy_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        SettlePolicy(**fields)
