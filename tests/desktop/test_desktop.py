import numpy as np
import pytest

from gym_anything.desktop.desktop import Desktop
from gym_anything.desktop.settle import SettlePolicy
from gym_anything.errors import MachineError
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action, Verb
from tests.desktop.conftest import Launch


def button(window_x: int, window_y: int, digit: int) -> tuple[int, int]:
    """Middle of a digit of galculator, 1 to 9."""
    row, column = divmod(digit - 1, 3)
    return (window_x + 35 + 65 * column, window_y + 280 - 40 * row)


def test_clicks_compute_in_a_calculator(desktop: Desktop, launch: Launch) -> None:
    x, y, _, _ = launch("galculator").extents
    for digit in (7, 5, 3):
        desktop.step(Action.click(*button(x, y, digit)))
    clicked = desktop.screenshot()[y : y + 80]
    desktop.step(Action.press("escape"))
    desktop.step(Action.type("753"))
    assert (desktop.screenshot()[y : y + 80] == clicked).all()
    desktop.step(Action.press("ctrl+c"))
    assert desktop.clipboard() == "753"


def test_a_screen_that_is_read_while_it_settles_is_the_one_that_it_settled_to(
    desktop: Desktop, launch: Launch
) -> None:
    launch("galculator")
    frames = []
    for number, quiet_ms in enumerate((25, 150, 200, 250)):  # its button flashes for 100 ms
        policy = SettlePolicy(quiet_ms=quiet_ms, after_ms={Verb.TYPE: 115})
        out = np.zeros((720, 1280, 3), np.uint8) if number % 2 else None
        _, frame = desktop.step_and_look(Action.type(str(number)), policy, out)
        if frame is not None:
            frames.append(frame)
            assert out is None or frame is out
            assert (frame == desktop.screenshot()).all()
    assert len(frames) >= 2
    assert any((frame != frames[0]).any() for frame in frames[1:])


def test_a_screen_that_changed_after_it_was_read_does_not_count(
    desktop: Desktop, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch("galculator")
    reads = []

    def read(out: object = None) -> object:
        if len(reads) == 0:
            desktop.perform(Action.type("7"))  # behind the back of the one that waits
        reads.append(1)
        return screenshot(out)

    screenshot = desktop.screenshot
    monkeypatch.setattr(desktop, "screenshot", read)
    policy = SettlePolicy(quiet_ms=60, first_ms=60)
    _, frame = desktop.step_and_look(Action.move(640, 700), policy)
    assert len(reads) >= 2
    assert frame is None or (frame == screenshot()).all()


@pytest.mark.parametrize(
    "action",
    [
        Action.done(), Action.answer("42"), Action.give_up(),
        Action.click(1280, 5), Action.move(5, 720), Action.click(-1, 5),
        Action.drag(5, 5, 5000, 5), Action.mouse_down(5, -1), Action.scroll_by(5, 800, down=1),
    ],
    ids=str,
)  # fmt: skip
def test_an_action_that_cannot_be_performed_is_refused_before_any_input(
    desktop: Desktop, action: Action
) -> None:
    before = desktop.screenshot()
    for attempt in (desktop.perform, desktop.step, desktop.check):
        with pytest.raises(ValueError):
            attempt(action)
    assert (desktop.screenshot() == before).all()


def test_the_pointer_parks_in_the_corner(desktop: Desktop) -> None:
    desktop.step(Action.move(300, 300))
    seen = desktop.screenshot()
    desktop.park_pointer()
    desktop.settle()
    changed = np.argwhere((desktop.screenshot() != seen).any(axis=2))
    assert (changed.min(axis=0) < 320).all()  # gone from the middle
    assert tuple(changed.max(axis=0)) == (719, 1279)


def test_a_folder_without_a_machine_is_refused(machine: LocalMachine) -> None:
    with pytest.raises(MachineError, match="no X server"):
        Desktop.connect(machine.run / "nothing", machine.cpu_time_ns)
    (machine.run / "fb" / "Xvfb_screen0").unlink()
    with pytest.raises(MachineError, match="no framebuffer"):
        Desktop.connect(machine.run, machine.cpu_time_ns)


def test_two_desktops_drive_one_machine(machine: LocalMachine, desktop: Desktop) -> None:
    with Desktop.connect(machine.run, machine.cpu_time_ns) as other:
        other.step(Action.move(200, 200))
        assert (other.screenshot() == desktop.screenshot()).all()


def test_a_closed_desktop_says_so(desktop: Desktop) -> None:
    desktop.close()
    desktop.close()
    for use in (desktop.screenshot, desktop.windows, desktop.settle, desktop.park_pointer):
        with pytest.raises(MachineError):
            use()
