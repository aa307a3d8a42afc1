import copy
import pickle

import numpy as np
import pytest
from gymnasium.vector.utils import create_empty_array

from gym_anything.action.space import (
    action_space,
    from_element,
    to_element,
)
from gym_anything.action.text_space import UnicodeText
from gym_anything.records import Action, Verb

SCREEN = (1280, 720)
ACTIONS = [
    Action.wait(0.5),
    Action.move(3, 4),
    Action.click(1279, 719, "middle", 3, "ctrl+shift"),
    Action.drag(0, 0, 1279, 719, "right", "alt"),
    Action.mouse_down(1, 2),
    Action.mouse_up(1, 2, "right"),
    Action.scroll_by(7, 8, right=-20, down=20),
    Action.type("<ß漢😀>\n\t"),
    Action.press("ctrl+alt+shift+f12", 2.0),
    Action.key_down("shift"),
    Action.key_up("shift"),
    Action.done(),
    Action.answer("42,00 €"),
    Action.give_up(),
]


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_every_action_is_an_element_and_comes_back(action):
    element = to_element(action)
    assert element in action_space(SCREEN)
    assert from_element(element) == action


def test_every_verb_is_among_the_tried_ones():
    assert {action.verb for action in ACTIONS} == set(Verb)


def test_every_sample_is_a_valid_action():
    space = action_space(SCREEN)
    space.seed(0)
    for _ in range(500):
        from_element(space.sample()).check_on_screen(SCREEN)


def test_samples_follow_the_seed():
    spaces = [action_space(SCREEN) for _ in range(2)]
    for space in spaces:
        space.seed(5)
    first, second = (space.sample() for space in spaces)
    assert from_element(first) == from_element(second)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"verb": 99}, "verb must be 0 to"),
        ({"point": np.zeros(3)}, "point must be two numbers"),
        ({"point": np.zeros((1, 2))}, "one row"),
        ({"point": np.array([0.5, 0])}, "whole numbers"),
        ({"keys": np.array([999, 0, 0, 0])}, "keys must be"),
        ({"keys": np.zeros(2, int)}, "keys must be"),
        ({"text": 5}, "text must be a string"),
        ({"count": 9}, "count"),
        ({"duration": 99.0}, "duration_sec"),
        ({"scroll": np.array([0, 500])}, "scroll"),
        ({"colour": 1}, "unknown part 'colour'"),
    ],
)
def test_wrong_elements_are_refused_with_the_part(change, says):
    with pytest.raises(ValueError, match=says):
        from_element(to_element(Action.click(1, 2)) | change)


def test_a_missing_part_is_named():
    element = to_element(Action.click(1, 2))
    del element["scroll"]
    with pytest.raises(ValueError, match="missing part 'scroll'"):
        from_element(element)


def test_unicode_survives_the_flattening_between_processes():
    from gymnasium.spaces.utils import flatten, unflatten

    space = UnicodeText(40)
    for text in ("", "ß漢😀 <&>", "x" * 40):
        assert unflatten(space, flatten(space, text)) == text


def test_the_text_space_copies_pickles_and_compares():
    space = UnicodeText(40)
    assert copy.deepcopy(space) == space == pickle.loads(pickle.dumps(space))
    assert space != UnicodeText(41)


def test_the_text_space_refuses_what_cannot_be_typed():
    space = UnicodeText(4)
    assert "ß漢" in space
    assert "12345" not in space and "\0" not in space and "\ud800" not in space and 5 not in space


def test_the_space_can_be_batched():
    batch = create_empty_array(action_space(SCREEN), n=3)
    assert batch["point"].shape == (3, 2)
