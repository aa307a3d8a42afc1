import contextlib
import gzip
import random

import pytest

from gym_anything.documents import annotation
from gym_anything.documents.annotation import read_notebook
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError
from gym_anything.mutation import annotation as mutation

PAGE = (
    '<page width="600" height="400"><background type="solid" color="#ffffffff" style="lined"/>'
    "<layer>{}</layer></page>"
)


def notebook(body, pack=True):
    text = f'<?xml version="1.0"?><xournal fileversion="4">{PAGE.format(body)}</xournal>'
    return read_notebook(gzip.compress(text.encode()) if pack else text.encode())


STROKE = '<stroke tool="highlighter" color="#ffff007f" width="8.5 1 1">1 2 30 2 30 9</stroke>'


def test_a_stroke_has_a_tool_a_colour_a_width_and_a_path():
    mark = notebook(STROKE).pages[0].marks[0]
    assert (mark.kind, mark.tool, mark.colour, mark.width) == (
        "stroke",
        "highlighter",
        "#ffff00",
        8.5,
    )
    assert mark.alpha == pytest.approx(0.5, abs=0.01) and mark.box == (1, 2, 30, 9)


def test_a_text_has_words_a_place_and_a_size():
    body = '<text font="Sans" size="12" x="3" y="4" color="black">Zoë \nand 2 </text>'
    mark = notebook(body, pack=False).pages[0].marks[0]
    assert (mark.text, mark.points, mark.size, mark.colour) == (
        "Zoë\nand 2",
        ((3, 4),),
        12,
        "#000000",
    )


def test_a_page_has_a_size_paper_and_layers():
    page = notebook("</layer><layer>" + STROKE).pages[0]
    assert (page.width, page.height, page.style, page.colour) == (600, 400, "lined", "#ffffff")
    assert page.layers == 2 and page.marks[0].layer == 1


def test_an_image_is_known_by_what_it_shows():
    images = [
        f'<image left="1" top="2" right="3" bottom="4">{each}</image>' for each in ("AA", "AB")
    ]
    one, other = (notebook(image).pages[0].marks[0] for image in images)
    assert one.box == (1, 2, 3, 4) and one.content != other.content


@pytest.mark.parametrize(
    "body",
    [
        '<stroke color="black" width="1"></stroke>',
        '<stroke color="black" width="">1 2</stroke>',
        '<stroke color="black" width="1">1 two</stroke>',
        '<stroke color="nice" width="1">1 2</stroke>',
        '<text x="1e99" y="1" size="12">a</text>',
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(body):
    with pytest.raises(DocumentError):
        notebook(body)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b broken",
        gzip.compress(b"<svg/>"),
        gzip.compress(b"<!DOCTYPE x [<!ENTITY a 'b'>]><xournal/>"),
        gzip.compress(b"<xournal><page/></xournal>"),
        gzip.compress(b"<xournal></xournal>")[:-6],
    ],
)
def test_what_is_no_notebook_is_refused(data):
    with pytest.raises(DocumentError):
        read_notebook(data)


def test_a_notebook_that_unpacks_to_too_much_is_refused(monkeypatch):
    bomb = gzip.compress(b"<xournal>" + b" " * (annotation.LIMITS.member_bytes + 1))
    with pytest.raises(DocumentError, match="unpacks to more"):
        read_notebook(bomb)


CONTENT = {
    "pages": [
        {
            "width": 600,
            "height": 400,
            "style": "graph",
            "marks": [
                {"kind": "text", "x": 1, "y": 2, "text": "Łódź & co", "size": 14},
                {"kind": "stroke", "points": [1, 2, 3, 4], "colour": "#ff0000ff", "width": 2},
            ],
        }
    ]
}


def test_what_the_writer_writes_is_read_again_and_is_the_same_each_time():
    data = write("annotation", CONTENT, "a.xopp")
    assert data == write("annotation", CONTENT, "b.xopp")
    text, stroke = read_notebook(data).pages[0].marks
    assert (text.text, text.size) == ("Łódź & co", 14)
    assert (stroke.points, stroke.colour, stroke.width) == (((1, 2), (3, 4)), "#ff0000", 2)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"pages": [{"width": 1, "height": 400, "marks": []}]},
        {"pages": [{"width": 100, "height": 400, "marks": [{"kind": "blob"}]}]},
        {"pages": [{"width": 100, "height": 400, "style": "silk", "marks": []}]},
        {"pages": [{"width": 100, "height": 400, "marks": [{"kind": "stroke", "points": ["a"]}]}]},
    ],
)
def test_the_writer_names_what_it_does_not_take(content):
    with pytest.raises(TaskError):
        write("annotation", content)


def test_harmful_mutations_change_what_is_read_and_benign_ones_do_not():
    data = write("annotation", CONTENT, "a.xopp")
    before = read_notebook(data)
    harmful = list(mutation.harmful(data, random.Random(1)))
    assert len(harmful) >= 12 and len({each.name for each in harmful}) == len(harmful)
    for each in harmful:
        with contextlib.suppress(DocumentError):
            assert read_notebook(each.data) != before, each.name
    benign = list(mutation.benign(data, random.Random(1)))
    assert len(benign) >= 3
    for each in benign:
        assert read_notebook(each.data) == before, each.name


def test_what_cannot_be_read_has_no_mutations():
    for mutate in (mutation.harmful, mutation.benign):
        assert list(mutate(b"<xournal", random.Random(1))) == []
