import pickle

import pytest

from gym_anything.errors import MachineError, did_you_mean
from gym_anything.records import KEYS, Action, Verb, parse_keys


@pytest.mark.parametrize(
    ("chord", "keys"),
    [
        ("ctrl+s", ("ctrl", "s")),
        ("Control+Shift+S", ("ctrl", "shift", "S")),
        ("ctrl++", ("ctrl", "+")),
        ("+", ("+",)),
        ("Return", ("enter",)),
        ("F5", ("f5",)),
        ("PageUp", ("page_up",)),
        ("<", ("<",)),
    ],
)
def test_chords_are_read_as_people_write_them(chord, keys):
    assert parse_keys(chord) == keys


@pytest.mark.parametrize("chord", ["", "ctrl+", "ctrl+ß", "hyper+x", "a+b+c+d+e"])
def test_wrong_chords_are_refused(chord):
    with pytest.raises(ValueError, match="key"):
        parse_keys(chord)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Action.click(1.5, 2), "whole numbers"),
        (lambda: Action(Verb.CLICK, point=(1, 2, 3)), "two whole numbers"),
        (lambda: Action.click(1, 2, count=4), "count"),
        (lambda: Action.click(1, 2, button="side"), "side"),
        (lambda: Action.wait(-1), "duration_sec"),
        (lambda: Action.wait(float("nan")), "duration_sec"),
        (lambda: Action.scroll_by(1, 1, down=99), "scroll"),
        (lambda: Action(Verb.PRESS), "at least one key"),
        (lambda: Action("jump"), "jump"),
        (lambda: Action.type("x" * 10_001), "text"),
    ],
)
def test_wrong_actions_are_refused_at_once(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()


def test_a_point_beside_the_screen_is_refused_and_an_unused_one_is_not():
    with pytest.raises(ValueError, match=r"\(1280, 5\) is outside the 1280x720 screen"):
        Action.click(1280, 5).check_on_screen((1280, 720))
    with pytest.raises(ValueError, match="outside"):
        Action.drag(0, 0, 0, 720).check_on_screen((1280, 720))
    Action(Verb.TYPE, point=(5000, 5000), text="x").check_on_screen((1280, 720))


def test_an_action_reads_like_its_constructor():
    for action in (
        Action.click(3, 4, "right", 2, "ctrl"),
        Action.drag(1, 2, 3, 4),
        Action.scroll_by(5, 6, down=-3),
        Action.type("ß\n"),
        Action.press("ctrl+s"),
        Action.wait(0.5),
        Action.done(),
        Action.answer("42"),
        Action.mouse_down(1, 2),
    ):
        assert eval(f"Action.{action}", {"Action": Action}) == action


def test_every_key_can_be_pressed_by_name():
    for key in KEYS:
        assert Action.press(key).keys == (key,)


def test_errors_survive_pickling():
    error = pickle.loads(pickle.dumps(MachineError("gone", kind="display", log="last line")))
    assert (str(error), error.kind) == ("gone\n--- last output ---\nlast line", "display")


def test_the_nearest_name_is_found_whatever_its_case():
    assert "did you mean 'crop'?" in did_you_mean("task", "crp", ["crop", "blur"], " in gimp")
    assert "did you mean 'LibreOfficeCalc'?" in did_you_mean(
        "env", "libreofficecalc", ["LibreOfficeCalc"]
    )
    assert did_you_mean("task", "zzz", []) == "no task 'zzz'. Known: none"
