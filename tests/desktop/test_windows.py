from gym_anything.desktop.desktop import Desktop
from gym_anything.machine.local import LocalMachine
from tests.desktop.conftest import Launch, write_file


def test_no_windows_on_an_empty_desktop(desktop: Desktop) -> None:
    assert desktop.windows() == ()


def test_windows_are_listed_with_title_class_pid_and_place(
    machine: LocalMachine, desktop: Desktop, launch: Launch
) -> None:
    write_file(machine, "größe 漢.txt", "")
    window = launch("mousepad", "--disable-server", "/home/user/größe 漢.txt")
    assert "größe 漢.txt" in window.title
    assert window.wm_class == ("mousepad", "Mousepad")
    assert window.pid > 1
    assert window.active
    x, y, width, height = window.extents
    assert 0 < x < x + width <= 1280 and 0 < y < y + height <= 720


def test_activating_raises_a_window_and_gives_it_the_focus(
    desktop: Desktop, launch: Launch
) -> None:
    first = launch("mousepad", "--disable-server")
    second = launch("galculator")
    assert [window.xid for window in desktop.windows()] == [first.xid, second.xid]
    desktop.activate(first.xid)
    desktop.settle()
    listed = desktop.windows()
    assert [window.xid for window in listed] == [second.xid, first.xid]
    assert [window.active for window in listed] == [False, True]


def test_maximising_fills_the_screen_and_closing_closes(desktop: Desktop, launch: Launch) -> None:
    window = launch("mousepad", "--disable-server")
    desktop.maximise(window.xid)
    desktop.settle()
    assert desktop.windows()[0].extents[2] == 1280
    desktop.close_window(window.xid)
    desktop.settle()
    assert desktop.windows() == ()


def test_a_request_about_a_window_that_is_gone_is_harmless(desktop: Desktop) -> None:
    for request in (desktop.activate, desktop.maximise, desktop.close_window):
        request(0x7FFFFFF)
    desktop.settle()
    assert desktop.windows() == ()
