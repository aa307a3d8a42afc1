"""Texts and presentations as they are written, and as LibreOffice loads and saves them."""

import pytest

from gym_anything.documents import document_compare, slide_compare
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.odf_text import OBJECT
from gym_anything.documents.odp import read_odp
from gym_anything.documents.odt import read_odt
from gym_anything.documents.rich_text import looks_outside, looks_within
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

PLAN = {"size": [384, 288], "background": "#ffffff", "draw": [["box", [5, 5, 20, 9], "#c00000"]]}
PHOTO = {**PLAN, "background": "#0000c0"}
TEXT = {
    "page": {"header": "Draft", "footer": ["Page ", {"field": "page-number"}]},
    "blocks": [
        {"text": "Lease", "style": "Title"},
        {"text": "Rent", "style": "Heading 1"},
        {
            "text": [
                *("Rent is ", {"text": "900 €", "bold": True}, ",  payable "),
                *({"inserted": "early ", "author": "Ana"}, "and ", {"deleted": "never "}),
                *("due. The ", {"comment": "Who?", "author": "Bo", "text": "tenant"}, " pays."),
            ],
            "align": "justify",
        },
        {"text": "Keys", "list": "bullet"},
        {"text": "Garage", "list": "bullet"},
        {"text": "First", "list": "number"},
        {"table": [["Month", "Paid"], ["May", {"text": "yes", "italic": True}]]},
        {"text": ["See", {"footnote": "A note."}, ". ", {"text": "here", "link": "http://a.b/"}]},
        {
            "text": [
                "Plan ",
                {"picture": PLAN, "width": 5.4},
                {"picture": PHOTO, "width": 3},
                " end",
            ]
        },
        {"text": "New page", "break": True, "highlight": "#ffff00", "indent": 1.5},
    ],
}
SLIDES = {
    "slides": [
        {"title": "Results", "bullets": ["One", {"text": "Two", "level": 2}], "notes": "Hi\nall"},
        {
            "title": "Plan",
            "hidden": True,
            "shapes": [
                {"kind": "ellipse", "x": 3, "y": 5, "width": 2, "height": 2, "fill": "#c00000"},
                {"kind": "diamond", "x": 8, "y": 5, "width": 2, "height": 3, "line": "#000000"},
                {"kind": "rectangle", "x": 14, "y": 5, "width": 4, "height": 3, "text": "Office"},
                {
                    "kind": "text",
                    "x": 3,
                    "y": 9,
                    "width": 4,
                    "height": 1,
                    "text": "A",
                    "bold": True,
                },
            ],
        },
    ]
}


@pytest.fixture(scope="module")
def saved(soffice, tmp_path_factory):
    """(bytes before, bytes after) by suffix."""
    folder = tmp_path_factory.mktemp("opendocument")
    found = {}
    for suffix, kind, content in (("odt", "document", TEXT), ("odp", "presentation", SLIDES)):
        path = folder / f"a.{suffix}"
        path.write_bytes(write(kind, content, path.name))
        out = soffice([path], suffix, folder / suffix)
        found[suffix] = (path.read_bytes(), (out / path.name).read_bytes())
    return found


def test_what_is_written_of_a_text_is_read():
    found = read_odt(write("document", TEXT, "a.odt"))
    third, end = found.paragraphs[2], found.paragraphs[-1]
    assert third.text == "Rent is 900 €,  payable early and due. The tenant pays."
    assert (third.align, third.style) == ("justify", "Text body")
    assert [look.bold for look in looks_within(third, "900 €")] == [True]
    assert not any(look.bold for look in looks_outside(third, "900 €"))
    assert looks_within(third, "901 €") is None
    assert [change.kind for change in found.changes] == ["insertion", "deletion"]
    assert [(note.kind, note.text, note.anchor) for note in found.notes] == [
        ("comment", "Who?", "tenant"),
        ("footnote", "A note.", ""),
    ]
    kinds = [(each.list_kind, each.list_level) for each in found.paragraphs[3:6]]
    assert kinds == [("bullet", 1), ("bullet", 1), ("number", 1)]
    assert found.tables[0].texts == [["Month", "Paid"], ["May", "yes"]]
    assert (end.breaks_before, end.left_cm, end.runs[0].look.highlight) == ("page", 1.5, "#ffff00")
    assert found.pages[0].footer[0].runs[1].field == "page-number"
    assert found.paragraphs[1].level == 1


def test_the_pictures_of_a_text_are_told_apart_by_their_bytes_and_sizes():
    line = read_odt(write("document", TEXT, "a.odt")).paragraphs[-2]
    plan, photo = (run.picture for run in line.runs if run.picture)
    assert line.text == f"Plan {OBJECT}{OBJECT} end"
    assert (plan.width_cm, plan.height_cm, photo.width_cm) == (5.4, 4.1, 3.0)
    assert len({plan.digest, photo.digest}) == 2 and "" not in (plan.digest, photo.digest)


def test_what_is_written_of_a_presentation_is_read():
    first, second = read_odp(write("presentation", SLIDES, "a.odp")).slides
    assert (first.title, first.notes, first.hidden) == ("Results", "Hi\nall", False)
    points = [(each.text, each.list_level) for each in first.shapes[1].paragraphs]
    assert points == [("One", 1), ("Two", 2)]
    assert second.hidden
    assert [shape.kind for shape in second.shapes] == [
        *("title", "ellipse", "diamond", "rectangle", "text")
    ]
    dot = second.shapes[1]
    assert (dot.x_cm, dot.y_cm, dot.width_cm, dot.fill, dot.line) == (3, 5, 2, "#c00000", "")
    assert second.shapes[2].line == "#000000" and second.shapes[2].fill == ""
    assert second.shapes[4].paragraphs[0].runs[0].look.bold


def test_loading_and_saving_is_no_change(saved):
    before, after = map(read_odt, saved["odt"])
    assert document_compare.differences(before, after, document_compare.Allowed()) == []
    before, after = map(read_odp, saved["odp"])
    assert slide_compare.differences(before, after, slide_compare.Allowed()) == []


@pytest.mark.parametrize(("kind", "content"), [("document", TEXT), ("presentation", SLIDES)])
def test_the_same_content_gives_the_same_bytes(kind, content):
    assert write(kind, content) == write(kind, content)


@pytest.mark.parametrize(
    ("kind", "content", "path", "says"),
    [
        ("document", {"blocks": [{"txt": "a"}]}, "a.odt", "blocks"),
        ("document", {"blocks": [{"text": "a", "style": "Headline"}]}, "a.odt", "style"),
        ("document", {"blocks": [{"text": "a", "list": "letters"}]}, "a.odt", "list"),
        ("document", {"blocks": [{"table": [["a"], ["b", "c"]]}]}, "a.odt", "table"),
        ("document", {"blocks": [{"text": "a\0"}]}, "a.odt", "control"),
        ("document", {"blocks": []}, "a.docx", ".odt"),
        ("document", {"blocks": [{"text": [{"picture": PLAN}]}]}, "a.odt", "width"),
        ("document", {"blocks": [{"text": [{"picture": {}, "width": 1}]}]}, "a.odt", "size"),
        (
            "document",
            {"blocks": [], "page": {"header": [{"picture": PLAN, "width": 1}]}},
            "a.odt",
            "page.header: no picture",
        ),
        ("document", {"blocks": [], "page": {"width": 1}}, "a.odt", "page.width"),
        ("presentation", {"slides": []}, "a.odp", "slides"),
        ("presentation", {"slides": [{"shapes": [{"x": 1}]}]}, "a.odp", "y"),
        ("presentation", {"slides": [{"title": 5}]}, "a.odp", "title"),
        ("presentation", {"slides": [{}]}, "a.pptx", ".odp"),
    ],
)
def test_content_of_another_shape_is_refused(kind, content, path, says):
    with pytest.raises(TaskError, match=says):
        write(kind, content, path)


def test_a_file_of_another_kind_is_refused():
    with pytest.raises(DocumentError, match="not a file of the type"):
        read_odt(write("presentation", SLIDES, "a.odp"))
    with pytest.raises(DocumentError, match="not a file of the type"):
        read_odp(write("document", TEXT, "a.odt"))
