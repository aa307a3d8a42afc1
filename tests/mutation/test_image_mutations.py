import random

import pytest

from gym_anything.documents.picture import block_fault, read_picture
from gym_anything.documents.writers import write
from gym_anything.documents.xcf import read_xcf
from gym_anything.mutation import image

DRAW = [
    ["gradient", [0, 0, 240, 160], "#88aadd", "#dde8f5"],
    ["box", [20, 30, 60, 40], "#aa3322"],
    ["grain", [0, 0, 240, 160], 4, 7],
]
PICTURE = {"size": [240, 160], "background": "#ffffff", "draw": DRAW}
LAYERS = {
    "size": [120, 90],
    "layers": [
        {"name": "Logo", "size": [40, 30], "at": [5, 5], "draw": [["box", [2, 2, 9, 16], "red"]]},
        {"name": "Paper", "size": [120, 90], "background": "#ffffff"},
    ],
}
FILES = {
    "a.png": write("picture", PICTURE, "a.png"),
    "a.jpg": write("picture", PICTURE, "a.jpg"),
    "a.xcf": write("picture", LAYERS, "a.xcf"),
}


def read(data):
    """What a file shows, in a form that compares."""
    if not data.startswith(b"gimp"):
        return read_picture(data).pixels
    found = read_xcf(data)
    shown = [
        (each.name, each.x, each.y, each.visible, round(each.opacity, 2), each.mode, each.size)
        for each in found.layers
    ]
    return found.width, found.height, shown, [each.pixels.tobytes() for each in found.layers]


def same(before, after):
    if isinstance(before, tuple):
        return before == after
    return block_fault(after, before, 12) == ""


@pytest.mark.parametrize("name", FILES)
def test_every_harmful_change_of_what_is_shown_can_be_seen(name):
    found = list(image.harmful(FILES[name], random.Random(1)))
    assert len(found) >= 24 and len({each.name for each in found}) == len(found)
    shown = read(FILES[name])
    for mutation in found:
        if mutation.name not in ("the end cut off", "empty"):
            assert not same(shown, read(mutation.data)), mutation.name


@pytest.mark.parametrize("name", FILES)
def test_benign_changes_show_the_same_in_other_bytes(name):
    found = list(image.benign(FILES[name], random.Random(1)))
    assert len(found) >= 3
    for mutation in found:
        assert mutation.data != FILES[name] or "packed" in mutation.name
        assert same(read(FILES[name]), read(mutation.data)), mutation.name


def test_a_change_that_nobody_sees_is_not_called_harmful():
    plain = write("picture", {"size": [200, 200], "background": "#7f7f7f"}, "a.png")
    names = {each.name for each in image.harmful(plain, random.Random(1))}
    assert not names & {"mirrored", "turned by 180 degrees", "all of one colour"}


def test_the_same_generator_gives_the_same_mutations():
    first, again = (list(image.harmful(FILES["a.png"], random.Random(4))) for _ in range(2))
    assert first == again
