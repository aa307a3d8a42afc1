import contextlib
import random

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.outline import outline, read_path, read_transform
from gym_anything.documents.vector import read_drawing
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError
from gym_anything.mutation import vector as mutation

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
    'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" '
)
MANY = '<rect width="1" height="1"/>' * 6000
LONG = "l1 1" * 30000


def drawing(body, attributes='width="100" height="100"'):
    return read_drawing(f"{HEAD}{attributes}>{body}</svg>".encode())


def box(body, attributes='width="100" height="100"'):
    return pytest.approx(drawing(body, attributes).shapes[-1].box, abs=0.02)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('<rect x="1" y="2" width="3" height="4"/>', (1, 2, 4, 6)),
        ('<rect x="1mm" width="1in" height="4"/>', (3.78, 0, 99.78, 4)),
        ('<circle cx="5" cy="5" r="2"/>', (3, 3, 7, 7)),
        ('<ellipse cx="5" cy="5" rx="2" ry="1"/>', (3, 4, 7, 6)),
        ('<line x1="9" y1="1" x2="2" y2="5"/>', (2, 1, 9, 5)),
        ('<polygon points="0,0 4,0 4 8"/>', (0, 0, 4, 8)),
        ('<path d="M1 1h4v5H1z"/>', (1, 1, 5, 6)),
        ('<path d="m1,1 2,0 0,2z m4 4 l1 1"/>', (1, 1, 6, 6)),
        ('<path d="M0 0 C 0 4 4 4 4 0"/>', (0, 0, 4, 3)),
        ('<path d="M0 0Q2 4 4 0T8 0"/>', (0, -2, 8, 2)),
        ('<path d="M3 5a2 2 0 0 0 4 0a2 2 0 00-4 0"/>', (3, 3, 7, 7)),
        (
            '<g transform="translate(10,20) scale(2)"><rect width="3" height="4"/></g>',
            (10, 20, 16, 28),
        ),
        ('<rect width="4" height="2" transform="rotate(90)"/>', (-2, 0, 0, 4)),
        ('<rect width="4" height="2" transform="rotate(180 4 2)"/>', (4, 2, 8, 4)),
        ('<rect width="4" height="2" transform="matrix(1 0 0 1 5 6)"/>', (5, 6, 9, 8)),
        ('<rect id="a" width="2" height="2"/><use xlink:href="#a" x="5" y="6"/>', (5, 6, 7, 8)),
    ],
)
def test_a_box_is_that_of_the_page_after_every_map(body, wanted):
    assert wanted == box(body)


def test_the_view_box_scales_to_the_page():
    attributes = 'width="100mm" height="50mm" viewBox="0 0 100 50"'
    shape = drawing('<rect x="10" width="10" height="10"/>', attributes).shapes[0]
    assert shape.box == pytest.approx((37.8, 0, 75.59, 37.8), abs=0.01)


def test_a_style_is_inherited_and_the_attribute_style_wins():
    body = (
        '<g style="fill:#ff0000;opacity:0.5" opacity="1"><rect width="9" height="9" fill="blue" '
        'style="stroke:rgb(0,128,0);stroke-width:2;opacity:.5"/><rect width="1" height="1"/></g>'
    )
    first, second = drawing(body).shapes
    assert (first.fill, first.stroke, first.stroke_width) == ("#0000ff", "#008000", 2)
    assert first.opacity == 0.25 and first.visual_box == (-1, -1, 10, 10)
    assert (second.fill, second.stroke, second.stroke_width) == ("#ff0000", "none", 0)


def test_a_gradient_of_one_colour_is_that_colour():
    body = (
        '<defs><linearGradient id="s"><stop style="stop-color:#00ff00"/></linearGradient>'
        '<linearGradient id="t" xlink:href="#s"/><radialGradient id="u"><stop stop-color="red"/>'
        '<stop stop-color="blue"/></radialGradient></defs>'
        '<rect width="1" height="1" fill="url(#t)"/><rect width="1" height="1" fill="url(#u)"/>'
    )
    assert [shape.fill for shape in drawing(body).shapes] == [
        "#00ff00",
        "gradient(#ff0000,#0000ff)",
    ]


def test_layers_groups_and_what_is_hidden_are_known():
    body = (
        '<g inkscape:groupmode="layer" inkscape:label="Walls" style="display:none">'
        '<g id="g"><rect id="r" inkscape:label="Wall" width="1" height="1"/></g></g>'
    )
    found = drawing(body)
    shape = found.shape("r")
    assert (shape.layer, shape.groups, shape.label) == ("Walls", ("g",), "Wall")
    assert not shape.visible and not found.layers[0].visible


def test_a_text_has_lines_a_size_and_one_look_or_a_mixed_one():
    body = (
        '<text id="t" transform="scale(2)" style="font-size:10px;font-weight:bold"><tspan '
        'x="3" y="4" sodipodi:role="line">Ada  <tspan fill="red">Łęcka</tspan></tspan>'
        '<tspan sodipodi:role="line">Gate 3</tspan></text>'
    )
    shape = drawing(body).shape("t")
    assert (shape.text, shape.font_size, shape.bold) == ("Ada Łęcka\nGate 3", 20, True)
    assert shape.fill == "mixed" and shape.outline.points[0] == (6, 8)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>",
        f"{HEAD}width='1' height='1'><g>".encode(),
        f"{HEAD}width='1' height='1'><path d='M 0 0 L 1'/></svg>".encode(),
        f"{HEAD}width='1' height='1'><path d='0 0'/></svg>".encode(),
        f"{HEAD}width='1' height='1'><rect width='1e99' height='1'/></svg>".encode(),
        f"{HEAD}width='1' height='1'><rect width='50%' height='1'/></svg>".encode(),
        f"{HEAD}width='1' height='1'><rect width='1' height='1' fill='nocolour'/></svg>".encode(),
        f"{HEAD}width='1' height='1'><g transform='spin(3)'/></svg>".encode(),
        f"{HEAD}width='1' height='1' viewBox='0 0 0 0'/>".encode(),
        f"{HEAD}width='1' height='1'><g id='a'><use xlink:href='#a'/></g></svg>".encode(),
        f"{HEAD}width='1' height='1'>{MANY}</svg>".encode(),
        f"{HEAD}width='1' height='1'><path d='M0 0{LONG}'/></svg>".encode(),
    ],
)
def test_what_is_no_sane_drawing_is_refused(data):
    with pytest.raises(DocumentError):
        read_drawing(data)


def test_clones_of_clones_do_not_grow_without_bound():
    groups = "".join(
        f'<g id="g{at}">' + f'<use xlink:href="#g{at - 1}"/>' * 10 + "</g>" for at in range(1, 9)
    )
    with pytest.raises(DocumentError, match="clone"):
        drawing(f'<rect id="g0" width="1" height="1"/>{groups}')


def test_an_arc_is_as_round_as_it_should_be():
    data = "M 8.6603 5 A 10 5 30 1 1 -8.6603 -5 A 10 5 30 1 1 8.6603 5"
    found = outline(read_path(data), read_transform(""))
    assert found.box == pytest.approx((-9.0139, -6.6144, 9.0139, 6.6144), abs=0.01)


CONTENT = {
    "width": 200,
    "height": 100,
    "zoom": 2,
    "layers": [
        {
            "label": "Base",
            "shapes": [
                {
                    "kind": "rect",
                    "id": "a",
                    "x": 5,
                    "y": 6,
                    "width": 30,
                    "height": 20,
                    "fill": "#ff0000",
                },
                {
                    "kind": "ellipse",
                    "id": "b",
                    "x": 10,
                    "y": 8,
                    "width": 40,
                    "height": 20,
                    "fill": "#00ff00",
                },
                {
                    "kind": "text",
                    "id": "t",
                    "x": 9,
                    "y": 60,
                    "text": "One\nTwo",
                    "bold": True,
                    "size": 12,
                },
                {
                    "kind": "group",
                    "id": "g",
                    "shapes": [{"kind": "path", "id": "p", "d": "M0 0H9"}],
                },
            ],
        }
    ],
}


def test_what_the_writer_writes_is_read_again():
    found = read_drawing(write("vector", CONTENT, "a/b.svg"))
    assert (found.width, found.height) == (200, 100)
    assert [shape.id for shape in found.shapes] == ["a", "b", "t", "p"]
    assert found.shape("b").box == pytest.approx((10, 8, 50, 28))
    assert (found.shape("t").text, found.shape("t").bold) == ("One\nTwo", True)
    assert found.shape("p").groups == ("g",) and found.shape("p").layer == "Base"


def test_no_blanks_are_written_into_a_text():
    assert b'<tspan id="t-0"' in write("vector", CONTENT).split(b'id="t"')[1].split(b">", 1)[1][:20]


@pytest.mark.parametrize(
    "change",
    [
        {"width": 0},
        {"colour": 1},
        {"layers": [{"label": "x", "shapes": [{"kind": "blob", "id": "a"}]}]},
        {"layers": [{"label": "x", "shapes": [{"kind": "path", "id": "a"}]}]},
        {"layers": [{"label": "x", "shapes": ["rect"]}]},
    ],
)
def test_the_writer_names_what_it_does_not_take(change):
    with pytest.raises(TaskError):
        write("vector", {**CONTENT, **change})


def test_harmful_mutations_change_what_is_read_and_benign_ones_do_not():
    data = write("vector", CONTENT, "a.svg")
    before = read_drawing(data)
    harmful = list(mutation.harmful(data, random.Random(1)))
    assert len(harmful) >= 24 and len({each.name for each in harmful}) == len(harmful)
    for each in harmful:
        with contextlib.suppress(DocumentError):
            assert read_drawing(each.data) != before, each.name
    benign = list(mutation.benign(data, random.Random(1)))
    assert len(benign) >= 3
    for each in benign:
        assert each.data != data and read_drawing(each.data) == before, each.name


def test_what_cannot_be_read_has_no_mutations():
    for mutate in (mutation.harmful, mutation.benign):
        assert list(mutate(b"<svg", random.Random(1))) == []
