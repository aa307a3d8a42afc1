import dataclasses

import numpy as np
import pytest
from PIL import Image

from gym_anything.records import Action, Failure, FailureKind, Score, Step, Stop, Trajectory
from gym_anything.report import episode, marks
from gym_anything.report.episode import is_recorded, poster, verdict, write_animation

WIDTH = 320  # half of the screen's
FRAME_MS = 100


def screen(level=200, size=(640, 360)):
    return np.full((size[1], size[0], 3), level, np.uint8)


def recorded(actions, screens=None, passed=True, first=None):
    """An episode whose steps show the given screens, one grey where none are given."""
    shown = screens or [screen()] * len(actions)
    steps = tuple(
        Step(index, action, 0.0, None, None, {"total": 20.0}, shot)
        for index, (action, shot) in enumerate(zip(actions, shown, strict=True))
    )
    return Trajectory(
        env_id="gym_anything/Galculator-v0",
        task_id="galculator/sum",
        seed=3,
        level=1,
        instruction="Add them up.",
        agent="solution",
        steps=steps,
        stop=Stop.DONE,
        score=Score(1.0 if passed else 0.5, passed),
        first_screenshot=screen() if first is None else first,
    )


def frames_of(trajectory, tmp_path, **options):
    """Frames of the animation as (H, W, 3) uint8 and how long each stays in milliseconds."""
    path = tmp_path / "episode.webp"
    write_animation(trajectory, path, width=WIDTH, frame_ms=FRAME_MS, **options)
    frames, durations_ms = [], []
    with Image.open(path) as picture:
        for index in range(picture.n_frames):
            picture.seek(index)
            frames.append(np.asarray(picture.convert("RGB")))
            durations_ms.append(picture.info["duration"])
    return frames, durations_ms


def drawn(action):
    """The screen with the mark of an action, without the bar below."""
    pixels = screen()
    episode.draw_action(pixels, action, 1.0)
    return pixels


def coloured(pixels, colour):
    """Where the colour is, as (rows, columns)."""
    return np.nonzero((np.abs(pixels.astype(int) - colour) < 40).all(axis=2))


def rings_through(pixels, x, y):
    """How often a line to the right of a point enters the colour of the left button."""
    row = (np.abs(pixels[y, x:].astype(int) - marks.BUTTON_COLOURS["left"]) < 60).all(axis=1)
    return int(np.count_nonzero(row[1:] & ~row[:-1]))


def test_a_frame_shows_each_action_on_the_screen_it_acts_on_and_the_last_stays_longer(tmp_path):
    trajectory = recorded(
        [Action.press("a"), Action.press("b"), Action.done()], [screen(150), screen(90), screen(90)]
    )
    frames, durations_ms = frames_of(trajectory, tmp_path)
    levels = [int(frame[10, 10].mean()) for frame in frames]
    assert levels == pytest.approx([200, 150, 90, 90], abs=4)
    assert durations_ms == [FRAME_MS] * 3 + [FRAME_MS * episode.LAST_FRAME_FACTOR]


def test_the_screen_is_scaled_to_the_width_and_the_bar_comes_below(tmp_path):
    frames, _ = frames_of(recorded([Action.done()]), tmp_path)
    assert frames[0].shape == (180 + episode._BAR_PX, WIDTH, 3)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_click_is_as_many_rings_as_it_has_clicks(count):
    assert rings_through(drawn(Action.click(100, 90, count=count)), 100, 90) == count


def test_the_ring_stands_around_the_pixel_that_is_clicked(tmp_path):
    frames, _ = frames_of(recorded([Action.click(400, 100)]), tmp_path)
    rows, columns = coloured(frames[0][:180], marks.BUTTON_COLOURS["left"])
    assert rows.mean() == pytest.approx(50, abs=1.5)
    assert columns.mean() == pytest.approx(200, abs=1.5)


@pytest.mark.parametrize("button", ["left", "middle", "right"])
def test_the_colour_of_a_ring_says_the_button(button):
    pixels = drawn(Action.click(100, 90, button=button))
    found = {name for name, c in marks.BUTTON_COLOURS.items() if coloured(pixels, c)[0].size}
    assert found == {button}


def test_a_drag_is_an_arrow_from_its_start_to_its_end():
    pixels = drawn(Action.drag(60, 100, 260, 100))
    rows, columns = coloured(pixels, marks.BUTTON_COLOURS["left"])
    assert columns.max() == pytest.approx(261, abs=3)
    head = rows[(columns > 235) & (columns < 255)]
    middle = rows[(columns > 150) & (columns < 170)]
    assert np.ptp(head) > 2 * np.ptp(middle), "the head is at the end"


def test_a_scroll_is_an_arrow_the_way_the_content_is_asked_to_go():
    rows, _ = coloured(drawn(Action.scroll_by(100, 90, down=3)), marks.HAND)
    assert rows.max() > 90 + 30 and rows.min() > 90 - 15


@pytest.mark.parametrize("action", [Action.press("ctrl+s"), Action.type("a"), Action.wait()])
def test_an_action_without_a_point_leaves_the_screen_as_it_is(action):
    assert (drawn(action) == screen()).all()


def test_the_recorded_screens_are_not_drawn_on(tmp_path):
    kept = screen(size=(WIDTH, 180))
    write_animation(recorded([Action.click(5, 5)], first=kept), tmp_path / "a.webp", width=WIDTH)
    assert (kept == 200).all()


def test_equal_frames_in_a_row_become_one_that_stays_longer(tmp_path):
    trajectory = recorded([Action.wait(), Action.wait(), Action.done()])
    same = tuple(dataclasses.replace(step, index=0) for step in trajectory.steps[:2])
    trajectory = dataclasses.replace(trajectory, steps=(*same, trajectory.steps[2]))
    frames, durations_ms = frames_of(trajectory, tmp_path)
    assert len(frames) == 3 and durations_ms[0] == 2 * FRAME_MS


def test_the_last_frame_says_what_the_episode_was_worth():
    passed = np.asarray(poster(recorded([Action.done()]), WIDTH))
    failed = np.asarray(poster(recorded([Action.done()], passed=False), WIDTH))
    assert tuple(passed[-2, 2]) == episode._PASSED and tuple(failed[-2, 2]) == episode._FAILED
    assert episode._ending(recorded([Action.done()], passed=False)) == (
        "failed after 1 steps, score 0.50",
        episode._FAILED,
    )


def test_a_broken_episode_is_called_broken_and_never_failed():
    whole = recorded([Action.wait()])
    failure = Failure(FailureKind.APP, "it died")
    broken = dataclasses.replace(whole, score=None, failure=failure, stop=Stop.FAILURE)
    assert verdict(broken) == "broken"
    assert episode._ending(broken)[0] == "broken (app) after 1 steps, no score"
    assert tuple(np.asarray(poster(broken, WIDTH))[-2, 2]) == episode._BROKEN


def test_thirty_steps_of_a_grainy_screen_stay_below_a_megabyte_and_a_half(tmp_path):
    grain = np.random.default_rng(0).integers(0, 24, (720, 1280, 3), np.uint8)
    screens = []
    for index in range(30):
        changed = 100 + grain
        changed[200:400, 20 * index : 20 * index + 300] += np.uint8(100 - 3 * index)
        screens.append(changed)
    actions = [Action.click(20 * index, 300) for index in range(30)]
    write_animation(recorded(actions, screens, first=grain), tmp_path / "a.webp")
    assert (tmp_path / "a.webp").stat().st_size < 1_500_000


@pytest.mark.parametrize("fonts", [episode._FONTS, ("there is no such font.ttf",)])
def test_captions_hold_any_text_with_or_without_the_usual_font(fonts, monkeypatch, tmp_path):
    monkeypatch.setattr(episode, "_FONTS", fonts)
    episode._font.cache_clear()
    try:
        text = "ß漢🧮\n\t\0\x1b\ud800\u202e" + "long " * 1900
        frames, _ = frames_of(recorded([Action.type(text), Action.answer(text)]), tmp_path)
    finally:
        episode._font.cache_clear()
    bar = frames[0][180:]
    assert (bar.max(axis=2) > 200).any(), "something is written"
    assert (bar[:, -episode._MARGIN_PX + 2 :].max(axis=2) < 90).all(), "and it ends at the margin"


def test_a_caption_that_does_not_fit_loses_its_end():
    font = episode._font()
    elided = episode._elide("type('" + "word " * 400 + "')", 300, font)
    assert elided.startswith("type('word word") and elided.endswith("…")
    assert 250 < font.getlength(elided) <= 300
    assert episode._elide("done()", 300, font) == "done()"


def test_an_episode_without_screenshots_is_refused_with_what_to_do(tmp_path):
    bare = dataclasses.replace(recorded([Action.done()]), first_screenshot=None)
    assert not is_recorded(bare) and is_recorded(recorded([Action.done()]))
    with pytest.raises(ValueError, match=r"galculator/sum: no screenshots.*record=True"):
        write_animation(bare, tmp_path / "a.webp")
    assert not (tmp_path / "a.webp").exists()


def test_a_step_without_a_screenshot_shows_the_screen_before_it(tmp_path):
    trajectory = recorded([Action.press("a"), Action.press("b")], [None, screen(90)])
    frames, _ = frames_of(trajectory, tmp_path)
    assert [int(frame[10, 10].mean()) for frame in frames] == pytest.approx([200, 200, 90], abs=4)
