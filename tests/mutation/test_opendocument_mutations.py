import random

import pytest

from gym_anything.documents import document_compare, slide_compare
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.odp import read_odp
from gym_anything.documents.odt import read_odt
from gym_anything.documents.writers import write
from gym_anything.mutation.opendocument import SUFFIXES, benign, harmful

PHOTOS = [{"size": [40, 30], "background": colour} for colour in ("#ffffff", "#c00000")]
TEXT = {
    "page": {"header": "Draft"},
    "blocks": [
        {"text": "Title", "style": "Heading 1"},
        {"text": ["One ", {"text": "word", "bold": True}, " of three."]},
        {"text": "Item", "list": "bullet"},
        {"table": [["a", "b"], ["c", "d"]]},
        {"text": ["Photos ", *({"picture": photo, "width": 3} for photo in PHOTOS), " end"]},
    ],
}
SLIDES = {
    "slides": [
        {"title": "One", "bullets": ["a", "b"]},
        {
            "title": "Two",
            "shapes": [
                {"kind": "ellipse", "x": 3, "y": 5, "width": 2, "height": 2, "fill": "#c00000"},
                {"kind": "ellipse", "x": 8, "y": 5, "width": 2, "height": 2, "fill": "#0000c0"},
            ],
        },
    ]
}
FILES = {
    ".odt": (write("document", TEXT), read_odt, document_compare),
    ".odp": (write("presentation", SLIDES), read_odp, slide_compare),
}


def faults(suffix, data):
    before, read, compare = FILES[suffix]
    try:
        return compare.differences(read(before), read(data), compare.Allowed())
    except DocumentError as error:
        return [str(error)]


def test_both_kinds_are_known():
    assert set(SUFFIXES) == set(FILES)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_harmful_mutation_is_noticed(suffix):
    made = list(harmful(FILES[suffix][0], random.Random(0)))
    assert len(made) >= 24
    assert len({each.data for each in made}) == len(made)
    assert [each.name for each in made if not faults(suffix, each.data)] == []


def test_pictures_of_a_text_are_lost_doubled_resized_and_exchanged():
    names = [each.name for each in harmful(FILES[".odt"][0], random.Random(0))]
    for words in ("gone", "there twice", "half as large", "shows another file"):
        assert [f"picture Image{number}: {words}" in names for number in (1, 2)] == [True, True]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_benign_mutation_is_noticed(suffix):
    made = list(benign(FILES[suffix][0], random.Random(0)))
    assert len(made) >= 3
    assert [
        (each.name, faults(suffix, each.data)) for each in made if faults(suffix, each.data)
    ] == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_seed_gives_the_same_mutations(suffix):
    data = FILES[suffix][0]
    assert list(harmful(data, random.Random(3))) == list(harmful(data, random.Random(3)))
