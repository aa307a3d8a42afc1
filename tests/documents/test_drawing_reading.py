import io
import random

import pytest
from ezdxf.filemanagement import read

from gym_anything.documents.drawing import MAX_BYTES, read_drawing
from gym_anything.documents.drawing_compare import Allowed, differences
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

PLATE = {
    "units": "mm",
    "layers": [{"name": "holes", "colour": 1}, {"name": "text", "colour": 4}],
    "blocks": {"bolt": [{"kind": "circle", "points": [[0, 0]], "radius": 3}]},
    "shapes": [
        {"kind": "line", "points": [[0, 0], [80, 0]]},
        {"kind": "circle", "layer": "holes", "points": [[10, 10]], "radius": 4.5},
        {"kind": "arc", "points": [[5, 5]], "radius": 2, "angles": [-90, 90], "colour": 3},
        {"kind": "polyline", "points": [[0, 0], [4, 0], [4, 3]], "closed": True},
        {"kind": "text", "layer": "text", "points": [[0, 90]], "text": "Größe Ł 7", "height": 5},
        {"kind": "insert", "points": [[30, 40]], "block": "bolt", "rotation": 15},
        {"kind": "dimension", "points": [[0, 0], [80, 0]], "offset": -12},
    ],
}


def plate():
    return write("drawing", PLATE, "plate.dxf")


def test_what_the_writer_writes_is_read():
    drawing = read_drawing(plate())
    line, circle, arc, outline, text, bolt, width = drawing.shapes
    assert (line.kind, line.layer, line.points) == ("line", "0", ((0, 0), (80, 0)))
    assert (circle.points, circle.numbers, circle.layer) == (((10, 10),), (4.5,), "holes")
    assert arc.numbers == (2, 270, 90) and arc.colour == 3
    assert (len(outline.points), outline.variant) == (3, "closed")
    assert (text.text, text.points, text.numbers) == ("Größe Ł 7", ((0, 90),), (5, 0))
    assert (bolt.text, bolt.points, bolt.numbers) == ("bolt", ((30, 40),), (1, 1, 15))
    assert (width.variant, width.measure) == ("linear", 80)
    assert drawing.layers["holes"].colour == 1
    assert drawing.colour_of(circle) == 1 and drawing.colour_of(arc) == 3
    assert [shape.kind for shape in drawing.blocks["bolt"]] == ["circle"]


def test_the_same_content_gives_the_same_bytes():
    assert plate() == plate()


def test_a_drawing_is_opened_with_its_grid():
    view = read(io.StringIO(plate().decode())).viewports.get_config("*Active")[0]
    assert view.dxf.grid_on == 1


def test_a_file_cut_anywhere_or_of_another_kind_is_refused():
    data = plate()
    for size in (0, 1, 100, len(data) // 2, len(data) - 6):
        with pytest.raises(DocumentError, match="x.dxf"):
            read_drawing(data[:size], "x.dxf")
    for other in (b"text EOF", b"AutoCAD Binary DXF\r\n EOF", b"\0EOF", b"<svg/>"):
        with pytest.raises(DocumentError):
            read_drawing(other)
    with pytest.raises(DocumentError, match="more than"):
        read_drawing(b" " * (MAX_BYTES + 1))


def test_damaged_drawings_raise_nothing_but_document_errors():
    lines = plate().decode().split("\n")
    start, rng = lines.index("ENTITIES"), random.Random(1)
    for _ in range(60):
        damaged = list(lines)
        for _ in range(rng.randint(1, 5)):
            at = rng.randrange(start, len(lines) - 2)
            damaged[at] = rng.choice(("", "x", "-1", "1e999", "nan", "999999999999", "\ud7ff"))
        try:
            read_drawing("\n".join(damaged).encode())
        except DocumentError:
            continue


def test_too_many_entities_are_refused():
    many = [{"kind": "circle", "points": [[n, 0]], "radius": 1} for n in range(1000)]
    data = write("drawing", {"blocks": {"a": many, "b": many}, "shapes": many}, "a.dxf")
    with pytest.raises(DocumentError, match="more than 2000|too many"):
        read_drawing(data)


def test_a_drawing_does_not_differ_from_itself_with_its_entities_turned_round():
    turned = {**PLATE, "shapes": PLATE["shapes"][::-1]}
    turned["shapes"][-1] = {"kind": "line", "points": [[80, 0], [0, 0]]}
    turned["shapes"][-4] = {**turned["shapes"][-4], "points": [[4, 3], [4, 0], [0, 0]]}
    other = read_drawing(write("drawing", turned, "a.dxf"))
    assert not differences(read_drawing(plate()), other, Allowed())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"shapes": [{"kind": "lines", "points": [[0, 0]]}]}, "kind"),
        ({"shapes": [{"kind": "line", "points": [[0, 0]]}]}, "2 points"),
        ({"shapes": [{"kind": "circle", "points": [[0, 0]]}]}, "radius"),
        ({"shapes": [{"kind": "insert", "points": [[0, 0]], "block": "none"}]}, "block"),
        ({"shapes": [], "units": "ell"}, "units"),
    ],
)
def test_content_of_another_shape_is_the_tasks_fault(content, says):
    with pytest.raises(TaskError, match=says):
        write("drawing", content, "a.dxf")
