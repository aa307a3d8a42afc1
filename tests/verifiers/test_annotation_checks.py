import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

LINE = {"kind": "text", "x": 40, "y": 50, "text": "1. The roof", "size": 12}
OTHER = {"kind": "text", "x": 40, "y": 90, "text": "2. The floor", "size": 12}
RING = {"kind": "stroke", "colour": "#ff0000ff", "width": 2, "points": [30, 40, 90, 40, 90, 70]}
BOX = [40, 50, 140, 66]


def book(*pages, style="plain"):
    made = [{"width": 600, "height": 400, "style": style, "marks": list(marks)} for marks in pages]
    return write("annotation", {"pages": made})


def highlight(*points, tool="highlighter", colour="#ffff007f"):
    return {"kind": "stroke", "tool": tool, "colour": colour, "width": 8, "points": list(points)}


def frame(left, top, right, bottom, colour="#008000ff"):
    points = [left, top, right, top, right, bottom, left, bottom, left, top]
    return {"kind": "stroke", "colour": colour, "points": points}


START = book([LINE, OTHER, RING], [OTHER])
ON_LINE = highlight(42, 58, 138, 58)
AGAIN = {"kind": "text", "x": 200, "y": 50, "text": "seen", "size": 12}
UP = {**OTHER, "x": 240, "y": 94}
SHIFT = [200, 40, 260, 40, 260, 70]


def with_(*marks):
    return book([LINE, OTHER, RING, *marks], [OTHER])


CASES = [
    ("highlighted", {"page": 1, "box": BOX}, with_(ON_LINE), True),
    ("highlighted", {"page": 1, "box": BOX, "colour": "#00ff00"}, with_(ON_LINE), False),
    ("highlighted", {"page": 1, "box": BOX}, with_(highlight(42, 98, 138, 98)), False),
    ("highlighted", {"page": 1, "box": BOX}, with_(highlight(42, 58, 90, 58)), False),
    ("highlighted", {"page": 1, "box": BOX}, with_(highlight(42, 58, 190, 58)), False),
    ("highlighted", {"page": 1, "box": BOX}, with_(highlight(42, 58, 138, 58, tool="pen")), False),
    ("highlighted", {"page": 1, "box": BOX}, with_(ON_LINE, highlight(42, 98, 138, 98)), False),
    ("highlighted", {"page": 3, "box": BOX}, with_(ON_LINE), False),
    ("outlined", {"page": 1, "box": BOX}, with_(frame(35, 44, 146, 70)), True),
    ("outlined", {"page": 1, "box": BOX}, with_(frame(15, 44, 146, 70)), False),
    ("outlined", {"page": 1, "box": BOX}, with_(highlight(40, 50, 140, 66, tool="pen")), False),
    ("outlined", {"page": 1, "box": BOX, "colour": "#008000"}, with_(frame(*BOX)), True),
    ("outlined", {"page": 1, "box": BOX, "colour": "#000000"}, with_(frame(*BOX)), False),
    ("written", {"page": 1, "text": "seen", "box": [190, 40, 220, 60]}, with_(AGAIN), True),
    ("written", {"page": 1, "text": "Seen", "box": [190, 40, 220, 60]}, with_(AGAIN), False),
    ("written", {"page": 1, "text": "seen", "box": [0, 40, 20, 60]}, with_(AGAIN), False),
    ("written", {"page": 2, "text": "seen", "box": [190, 40, 220, 60]}, with_(AGAIN), False),
    ("gone", {"page": 1, "marks": [2]}, book([LINE, OTHER], [OTHER]), True),
    ("gone", {"page": 1, "marks": [1, 2]}, book([LINE, OTHER], [OTHER]), False),
    ("moved", {"page": 1, "mark": 1, "to": [240, 92]}, book([LINE, UP, RING], [OTHER]), True),
    ("moved", {"page": 1, "mark": 1, "to": [250, 92]}, book([LINE, UP, RING], [OTHER]), False),
    ("moved", {"page": 1, "mark": 1, "to": [240, 92]}, START, False),
    (
        "moved",
        {"page": 1, "mark": 2, "to": [200, 40]},
        book([LINE, OTHER, {**RING, "points": SHIFT}], [OTHER]),
        True,
    ),
    (
        "recoloured",
        {"page": 1, "mark": 2, "colour": "#0000ff"},
        book([LINE, OTHER, {**RING, "colour": "#0000ffff"}], [OTHER]),
        True,
    ),
    ("recoloured", {"page": 1, "mark": 2, "colour": "#0000ff"}, START, False),
    (
        "reads",
        {"page": 1, "mark": 0, "text": "1. Roof"},
        book([{**LINE, "text": "1. Roof\n"}, OTHER, RING], [OTHER]),
        True,
    ),
    (
        "reads",
        {"page": 1, "mark": 0, "text": "1. Roof"},
        book([{**LINE, "text": "1. Roof", "x": 80}, OTHER, RING], [OTHER]),
        False,
    ),
    ("paper", {"page": 2, "style": "plain", "colour": "#ffffff"}, START, True),
    ("paper", {"page": 2, "style": "graph"}, START, False),
    ("pages", {"origins": [1, 2]}, START, True),
    ("pages", {"origins": [2]}, book([OTHER]), True),
    ("pages", {"origins": [1]}, book([OTHER]), False),
    ("pages", {"origins": [1, None, 2]}, book([LINE, OTHER, RING], [], [OTHER]), True),
    ("unchanged_except", {}, START, True),
    ("unchanged_except", {}, with_(ON_LINE), False),
    ("unchanged_except", {"may_gain": 1}, with_(ON_LINE), True),
    ("unchanged_except", {"may_gain": 1}, with_(ON_LINE, AGAIN), False),
    ("unchanged_except", {}, book([LINE, OTHER], [OTHER]), False),
    ("unchanged_except", {"may_lose": [[1, 2]]}, book([LINE, OTHER], [OTHER]), True),
    ("unchanged_except", {"may_lose": [[2, 0]]}, book([LINE, OTHER], [OTHER]), False),
    ("unchanged_except", {}, book([LINE, OTHER, RING]), False),
    ("unchanged_except", {"origins": [1]}, book([LINE, OTHER, RING]), True),
    ("unchanged_except", {"origins": [1]}, book([OTHER]), False),
    ("unchanged_except", {}, book([LINE, OTHER, RING], [OTHER], style="graph"), False),
    (
        "unchanged_except",
        {"paper_of": [1, 2]},
        book([LINE, OTHER, RING], [OTHER], style="graph"),
        True,
    ),
    ("unchanged_except", {}, book([LINE, {**OTHER, "colour": "#ff0000ff"}, RING], [OTHER]), False),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_notebook_is_judged(judge, check, params, final, wanted):
    files = {"a.xopp": final}
    verdict = judge(f"annotation.{check}", {"path": "a.xopp", **params}, files, {"a.xopp": START})
    assert (verdict.value == 1) is wanted, verdict


EVERY = {
    "highlighted": {"page": 1, "box": BOX},
    "outlined": {"page": 1, "box": BOX},
    "written": {"page": 1, "text": "x", "box": BOX},
    "gone": {"page": 1, "marks": [0]},
    "moved": {"page": 1, "mark": 0, "to": [1, 1]},
    "recoloured": {"page": 1, "mark": 0, "colour": "#000000"},
    "reads": {"page": 1, "mark": 0, "text": "x"},
    "paper": {"page": 1, "style": "plain"},
    "pages": {"origins": [1, 2]},
    "unchanged_except": {},
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("broken", [None, b"", START[:60], b"<xournal"])
def test_a_missing_or_broken_file_fails_every_check(judge, check, broken):
    files = {} if broken is None else {"a.xopp": broken}
    params = {"path": "a.xopp", **EVERY[check]}
    verdict = judge(f"annotation.{check}", params, files, {"a.xopp": START})
    assert verdict.value == 0 and verdict.evidence


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("highlighted", {"page": 1, "box": [1, 2, 3]}),
        ("moved", {"page": 1, "mark": 9, "to": [1, 1]}),
        ("paper", {"page": "first"}),
    ],
)
def test_parameters_that_make_no_sense_are_the_tasks_fault(judge, check, params):
    with pytest.raises(TaskError):
        judge(
            f"annotation.{check}",
            {"path": "a.xopp", **params},
            {"a.xopp": with_(ON_LINE)},
            {"a.xopp": START},
        )
