import random

from gym_anything.documents.drawing import read_drawing
from gym_anything.documents.drawing_compare import Allowed, differences
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.writers import write
from gym_anything.mutation import drawing

PLATE = {
    "layers": [{"name": "holes", "colour": 1}, {"name": "text", "colour": 4}],
    "blocks": {"bolt": [{"kind": "circle", "points": [[0, 0]], "radius": 3}]},
    "shapes": [
        {"kind": "line", "points": [[0, 0], [80, 0]]},
        {"kind": "circle", "layer": "holes", "points": [[10, 10]], "radius": 4.5},
        {"kind": "arc", "points": [[5, 5]], "radius": 2, "angles": [0, 90]},
        {"kind": "polyline", "points": [[0, 0], [4, 0], [4, 3]], "closed": True},
        {"kind": "text", "layer": "text", "points": [[0, 90]], "text": "Größe", "height": 5},
        {"kind": "insert", "points": [[30, 40]], "block": "bolt", "rotation": 15},
        {"kind": "dimension", "points": [[0, 0], [80, 0]], "offset": -12},
    ],
}


def changes(before, data):
    try:
        return differences(before, read_drawing(data), Allowed())
    except DocumentError as error:
        return [str(error)]


def test_every_harmful_one_is_seen_by_the_readers():
    data = write("drawing", PLATE, "a.dxf")
    before = read_drawing(data)
    found = list(drawing.harmful(data, random.Random(2)))
    assert len(found) >= 50 and len({each.name for each in found}) == len(found)
    for each in found:
        assert changes(before, each.data), each.name
    words = ("deleted", "twice", "moved up", "end moved", "larger", "longer", "turned", "words")
    for word in (*words, "on the layer", "another colour", "switched", "lock changed"):
        assert any(word in each.name for each in found), word


def test_a_frozen_layer_is_not_switched_for_it_is_hidden_either_way():
    text = write("drawing", PLATE, "a.dxf").decode().replace("\r\n", "\n")
    start = text.index("\nholes\n", text.index("AcDbLayerTableRecord"))
    frozen = text[:start] + text[start:].replace(" 70\n0\n", " 70\n1\n", 1)
    before = read_drawing(frozen.encode())
    assert before.layers["holes"].hidden and frozen != text
    for each in drawing.harmful(frozen.encode(), random.Random(2)):
        assert changes(before, each.data), each.name


def test_nearly_all_harmful_drawings_can_still_be_read():
    data = write("drawing", PLATE, "a.dxf")
    for each in list(drawing.harmful(data, random.Random(2)))[2:]:
        assert read_drawing(each.data).shapes, each.name


def test_a_benign_one_is_the_same_drawing_in_other_bytes():
    data = write("drawing", PLATE, "a.dxf")
    found = list(drawing.benign(data, random.Random(2)))
    assert len(found) == 5
    for each in found:
        assert each.data != data
        assert not changes(read_drawing(data), each.data), each.name


def test_what_is_no_drawing_is_only_cut():
    assert len(list(drawing.harmful(b"text", random.Random(1)))) == 2
    assert not list(drawing.benign(b"text", random.Random(1)))
