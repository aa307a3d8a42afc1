import random

import pytest

from gym_anything.action.anthropic_computer import image_size
from gym_anything.action.frame import Frame, Grid, smart_resize
from gym_anything.action.reading import Unreadable
from gym_anything.records import Action


@pytest.mark.parametrize(
    ("size", "resized"),
    [
        ((1920, 1080), (1932, 1092)),  # as in the Qwen2.5-VL cookbook on computer use
        ((1280, 720), (1288, 728)),
        ((28, 28), (56, 56)),  # as small as min_pixels allows
        ((14, 42), (56, 112)),  # halves are rounded to even: 14 / 28 and 42 / 28
        ((1, 1), (56, 56)),
        ((8000, 6000), (4116, 3080)),  # as large as max_pixels allows
    ],
)
def test_smart_resize_gives_the_known_sizes(size, resized):
    assert smart_resize(size) == resized


def test_smart_resize_keeps_its_promises():
    rng = random.Random(3)
    for _ in range(2_000):
        size = (rng.randint(30, 6_000), rng.randint(30, 6_000))
        least = rng.choice([4, 100]) * 28 * 28
        most = rng.choice([1_280, 16_384]) * 28 * 28
        wide, high = smart_resize(size, min_pixels=least, max_pixels=most)
        assert wide % 28 == high % 28 == 0
        assert wide * high <= most
        assert least <= wide * high or max(size) / min(size) > 2
        assert wide / high == pytest.approx(size[0] / size[1], rel=28 / min(wide, high))


def test_smart_resize_refuses_a_ribbon():
    with pytest.raises(ValueError, match="200 times"):
        smart_resize((2_010, 10))


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1000, 1000), (1932, 1092), (4000, 9)])
def test_a_cell_lies_within_half_a_cell_of_its_place(size):
    screen = (1920, 1080)
    grid = Grid(screen, size)
    for x in (0, 1, 7, 959, 960, 1_500, 1_918, 1_919):
        for y in (0, 1, 539, 1_078, 1_079):
            cell = grid.cell((x, y))
            for at, place, cells, pixels in zip(cell, (x, y), size, screen, strict=True):
                assert 0 <= at < cells
                assert abs(at - min(place * cells / pixels, cells - 1)) <= 0.5
            back = grid.place(cell)
            assert grid.cell(back) == cell
            if size >= screen:
                assert back[0] == x


def test_the_far_edge_is_the_last_pixel_and_beyond_it_is_nothing():
    grid = Grid((1280, 720), (1000, 1000))
    assert grid.place((0, 0)) == (0, 0)
    assert grid.place((1000, 1000)) == (1279, 719)
    assert grid.place((500, 500)) == (640, 360)
    for cell in ((1000.01, 0), (-0.5, 3), (0, 10**400), (float("nan"), 1), (float("inf"), 1)):
        with pytest.raises(Unreadable, match="outside"):
            grid.place(cell)


def test_a_frame_follows_the_pointer():
    frame = Frame((1280, 720))
    assert frame.seen == (1280, 720)
    assert frame.after([Action.type("x")]).pointer is None
    assert frame.after([Action.click(3, 4), Action.press("a")]).pointer == (3, 4)
    assert frame.after([Action.move(1, 1), Action.drag(3, 4, 5, 6)]).pointer == (5, 6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Frame((0, 720)),
        lambda: Frame((1280, 720), image=(10, -1)),
        lambda: Frame((1280, 720), pointer=(1280, 0)),
    ],
)
def test_a_frame_of_impossible_sizes_is_refused(make):
    with pytest.raises(ValueError):
        make()


def test_an_image_for_anthropic_stays_within_both_limits():
    assert image_size((1280, 720)) == (1280, 720)
    for screen in ((1920, 1080), (3840, 2160), (5000, 300), (300, 5000)):
        wide, high = image_size(screen)
        assert max(wide, high) <= 1568 and wide * high <= 1_150_000
        assert wide / high == pytest.approx(screen[0] / screen[1], rel=0.02)
