import math

import pytest

from gym_anything.desktop.desktop import Desktop
from gym_anything.desktop.pointer import glide_points
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Action, Window
from tests.desktop.conftest import Launch, pid_of, stopped, write_file

WORDS = "alpha beta gamma\n" * 3
Place = tuple[int, int]


@pytest.fixture
def editor(machine: LocalMachine, launch: Launch) -> Window:
    write_file(machine, "words.txt", WORDS)
    return launch("mousepad", "--disable-server", "/home/user/words.txt")


def text_place(window: Window, column: int, line: int) -> Place:
    """A pixel in the text: its lines are about 18 pixels high, its letters about 9 wide."""
    return (window.extents[0] + 4 + 9 * column, window.extents[1] + 36 + 18 * line)


def test_counted_clicks_select_a_word_and_a_line(desktop: Desktop, editor: Window) -> None:
    at = text_place(editor, 8, 1)
    desktop.step(Action.double_click(*at))
    assert desktop.clipboard("PRIMARY") == "beta"
    desktop.step(Action.wait(0.6))
    desktop.step(Action.triple_click(*at))
    assert desktop.clipboard("PRIMARY").strip("\n") == "alpha beta gamma"


def test_a_drag_selects_text(desktop: Desktop, editor: Window) -> None:
    start, end = text_place(editor, 0, 1), text_place(editor, 5, 1)
    desktop.step(Action.drag(start[0] - 3, start[1], *end))
    assert desktop.clipboard("PRIMARY") == "alpha"


def test_buttons_pressed_by_hand_drag_too(desktop: Desktop, editor: Window) -> None:
    start, end = text_place(editor, 0, 2), text_place(editor, 5, 2)
    desktop.step(Action.mouse_down(start[0] - 3, start[1]))
    desktop.step(Action.move(*end))
    desktop.step(Action.mouse_up(*end))
    assert desktop.clipboard("PRIMARY") == "alpha"


@pytest.mark.parametrize("asleep_sec", [0.0, 0.4])
def test_selected_text_is_dropped_where_it_is_dragged(
    machine: LocalMachine, desktop: Desktop, editor: Window, asleep_sec: float
) -> None:
    at = text_place(editor, 8, 0)
    desktop.step(Action.double_click(*at))
    desktop.step(Action.wait(0.6))
    with stopped(pid_of(machine, "mousepad"), asleep_sec):
        desktop.step(Action.drag(*at, *text_place(editor, 0, 2)))
    desktop.step(Action.press("ctrl+s"))
    lines = (machine.home / "words.txt").read_text().splitlines()
    assert lines == ["alpha  gamma", "alpha beta gamma", "betaalpha beta gamma"]


def test_a_click_with_shift_held_extends_the_selection(desktop: Desktop, editor: Window) -> None:
    start, end = text_place(editor, 0, 1), text_place(editor, 5, 1)
    desktop.step(Action.click(start[0] - 3, start[1]))
    desktop.step(Action.wait(0.6))
    desktop.step(Action.click(*end, keys="shift"))
    assert desktop.clipboard("PRIMARY") == "alpha"


def test_the_wheel_scrolls_and_scrolls_back(
    machine: LocalMachine, desktop: Desktop, launch: Launch
) -> None:
    write_file(machine, "long.txt", "".join(f"line {n}\n" for n in range(500)))
    window = launch("mousepad", "--disable-server", "/home/user/long.txt")
    at = text_place(window, 20, 8)
    desktop.step(Action.move(*at))
    top = desktop.screenshot()
    desktop.step(Action.scroll_by(*at, down=5))
    below = desktop.screenshot()
    desktop.step(Action.scroll_by(*at, down=-5))
    assert (below != top).any()
    assert (desktop.screenshot() == top).all()


def test_a_window_moves_when_its_title_is_dragged(desktop: Desktop, editor: Window) -> None:
    x, y, width, _ = editor.extents
    desktop.step(Action.drag(x + width // 2, y - 8, x + width // 2 + 70, y + 32))
    moved = desktop.windows()[0].extents
    assert (moved[0] - x, moved[1] - y) == (70, 40)


def test_right_click_opens_a_menu(desktop: Desktop, editor: Window) -> None:
    before = desktop.screenshot()
    desktop.step(Action.right_click(*text_place(editor, 3, 8)))
    assert (desktop.screenshot() != before).any(axis=2).sum() > 10_000


def test_release_all_lets_go_of_buttons(desktop: Desktop, editor: Window) -> None:
    desktop.step(Action.mouse_down(*text_place(editor, 0, 1)))
    desktop.release_all()
    desktop.step(Action.move(*text_place(editor, 9, 1)))
    assert desktop.clipboard("PRIMARY") == ""


@pytest.mark.parametrize(
    ("start", "end"),
    [((0, 0), (1000, 500)), ((9, 9), (9, 9)), ((5, 5), (3, 5)), ((90, 5), (5, 90))],
)
def test_a_drag_is_several_motions_towards_its_end(start: Place, end: Place) -> None:
    points = glide_points(start, end)
    assert len(points) >= 2
    assert points[-1] == end
    left = [math.dist(point, end) for point in points]
    assert left == sorted(left, reverse=True)
