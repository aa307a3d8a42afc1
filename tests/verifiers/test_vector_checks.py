import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

SHAPES = [
    {"kind": "rect", "id": "room", "x": 10, "y": 10, "width": 100, "height": 60, "fill": "#ffcc00"},
    {"kind": "rect", "id": "desk", "x": 20, "y": 20, "width": 30, "height": 20, "fill": "#884400"},
    {"kind": "path", "id": "arrow", "d": "M150,50 L180,60 L150,70 Z", "fill": "#000000"},
    {"kind": "text", "id": "name", "x": 20, "y": 90, "text": "Room 4", "size": 12},
    {
        "kind": "group",
        "id": "pair",
        "shapes": [
            {
                "kind": "ellipse",
                "id": "e1",
                "x": 200,
                "y": 10,
                "width": 20,
                "height": 20,
                "fill": "#0000ff",
            },
            {
                "kind": "ellipse",
                "id": "e2",
                "x": 230,
                "y": 10,
                "width": 20,
                "height": 20,
                "fill": "#0000ff",
            },
        ],
    },
]


def svg(*shapes, width=300):
    layers = [{"label": "Plan", "shapes": list(shapes)}]
    return write("vector", {"width": width, "height": 200, "layers": layers}, "a.svg")


def changed(shape_id, **more):
    """The drawing with one shape changed, or deleted without further words."""
    kept = [shape for shape in SHAPES if shape["id"] != shape_id or more]
    return svg(*({**shape, **more} if shape["id"] == shape_id else shape for shape in kept))


START = svg(*SHAPES)
NEW = {
    "kind": "rect",
    "id": "new",
    "x": 100,
    "y": 100,
    "width": 50,
    "height": 40,
    "fill": "#ff0000",
}
TURNED = "M175,45 L165,75 L155,45 Z"
LINED = {"stroke": "#000000", "stroke_width": 4, "x": 22, "y": 22, "width": 26, "height": 16}

PLACE = {"kinds": ["rect"], "x": 100, "y": 100, "width": 50, "height": 40}
CASES = [
    ("painted", {"shape": "room", "fill": "#ffcc01"}, START, True),
    ("painted", {"shape": "room", "fill": "#ffdd00"}, START, False),
    ("painted", {"shape": "room", "stroke": "none"}, START, True),
    (
        "painted",
        {"shape": "desk", "stroke": "#000000", "stroke_width": 4},
        changed("desk", **LINED),
        True,
    ),
    ("painted", {"shape": "room", "opacity": 1}, changed("room", opacity=0.5), False),
    ("painted", {"shape": "text:Room 4", "fill": "#000000"}, START, True),
    ("painted", {"shape": "label:none", "fill": "#000000"}, START, False),
    ("placed", {"shape": "desk", "x": 20, "y": 20, "width": 30, "height": 20}, START, True),
    ("placed", {"shape": "desk", "x": 20, "width": 30}, changed("desk", **LINED), True),
    ("placed", {"shape": "desk", "x": 22, "width": 26}, changed("desk", **LINED), True),
    ("placed", {"shape": "desk", "x": 20, "width": 26}, changed("desk", **LINED), False),
    ("placed", {"shape": "desk", "x": 23}, START, False),
    ("mapped", {"shape": "arrow", "matrix": [0, 1, -1, 0]}, changed("arrow", d=TURNED), True),
    ("mapped", {"shape": "arrow", "matrix": [0, -1, 1, 0]}, changed("arrow", d=TURNED), False),
    ("mapped", {"shape": "arrow", "matrix": [1, 0, 0, 1]}, START, True),
    (
        "mapped",
        {"shape": "desk", "matrix": [1, 0, 0, 1], "by": [9, 0]},
        changed("desk", x=29),
        True,
    ),
    ("above", {"shape": "desk", "others": ["room"]}, START, True),
    ("above", {"shape": "room", "others": ["desk"]}, START, False),
    ("reads", {"shape": "name", "text": "Room  4"}, START, True),
    ("reads", {"shape": "name", "text": "Room 5"}, START, False),
    ("gone", {"shapes": ["desk"]}, changed("desk"), True),
    ("gone", {"shapes": ["desk", "room"]}, changed("desk"), False),
    (
        "added",
        {"kinds": ["rect"], "x": 100, "y": 100, "width": 50, "height": 40},
        svg(*SHAPES, NEW),
        True,
    ),
    (
        "added",
        {"kinds": ["rect"], "x": 100, "y": 100, "width": 50, "height": 40, "fill": "#00ff00"},
        svg(*SHAPES, NEW),
        False,
    ),
    (
        "added",
        {"kinds": ["path"], "x": 100, "y": 100, "width": 50, "height": 40},
        svg(*SHAPES, NEW),
        False,
    ),
    ("added", {"kinds": ["rect"], "x": 100, "y": 100, "width": 50, "height": 40}, START, False),
    ("added", {**PLACE, "over": ["room"]}, svg(*SHAPES, NEW), True),
    ("added", {**PLACE, "over": ["room"]}, svg(NEW, *SHAPES), False),
    ("in_layer", {"shape": "desk", "layer": "Plan"}, START, True),
    ("in_layer", {"shape": "desk", "layer": "plan"}, START, False),
    ("grouped", {"shapes": ["e1", "e2"]}, START, True),
    ("grouped", {"shapes": ["e1", "desk"]}, START, False),
    ("page", {"width": 300, "height": 200}, START, True),
    ("page", {"width": 301, "height": 200}, START, False),
    ("unchanged_except", {}, START, True),
    ("unchanged_except", {}, changed("desk", x=21), False),
    ("unchanged_except", {"may_change": {"desk": ["outline"]}}, changed("desk", x=21), True),
    ("unchanged_except", {"may_change": {"desk": ["fill"]}}, changed("desk", x=21), False),
    ("unchanged_except", {}, changed("room", fill="#ffcc22"), False),
    ("unchanged_except", {}, changed("room", opacity=0.8), False),
    ("unchanged_except", {}, changed("name", text="Room 5"), False),
    ("unchanged_except", {}, changed("name", bold=True), False),
    ("unchanged_except", {}, changed("desk"), False),
    ("unchanged_except", {"may_change": {"desk": ["gone"]}}, changed("desk"), True),
    ("unchanged_except", {}, svg(*SHAPES, NEW), False),
    ("unchanged_except", {"may_add": 1}, svg(*SHAPES, NEW), True),
    ("unchanged_except", {}, svg(SHAPES[1], SHAPES[0], *SHAPES[2:]), False),
    (
        "unchanged_except",
        {"may_change": {"desk": ["order"]}},
        svg(SHAPES[1], SHAPES[0], *SHAPES[2:]),
        True,
    ),
    ("unchanged_except", {}, svg(*SHAPES, width=320), False),
    ("unchanged_except", {}, svg(*SHAPES[:4], *SHAPES[4]["shapes"]), False),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_drawing_is_judged(judge, check, params, final, wanted):
    files = {"a.svg": final}
    verdict = judge(f"vector.{check}", {"path": "a.svg", **params}, files, {"a.svg": START})
    assert (verdict.value == 1) is wanted, verdict


EVERY = {
    "painted": {"shape": "room", "fill": "none"},
    "placed": {"shape": "room", "x": 1},
    "mapped": {"shape": "room", "matrix": [1, 0, 0, 1]},
    "above": {"shape": "room", "others": ["desk"]},
    "reads": {"shape": "name", "text": "x"},
    "gone": {"shapes": ["room"]},
    "added": {"kinds": ["rect"], "x": 1, "y": 1, "width": 1, "height": 1},
    "in_layer": {"shape": "room", "layer": "x"},
    "grouped": {"shapes": ["e1", "e2"]},
    "page": {"width": 1, "height": 1},
    "unchanged_except": {},
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("broken", [None, b"", START[:400], b"<!DOCTYPE a><svg/>"])
def test_a_missing_or_broken_file_fails_every_check(judge, check, broken):
    files = {} if broken is None else {"a.svg": broken}
    verdict = judge(f"vector.{check}", {"path": "a.svg", **EVERY[check]}, files, {"a.svg": START})
    assert verdict.value == 0 and verdict.evidence


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("placed", {"shape": "room"}),
        ("mapped", {"shape": "room", "matrix": [1, 0]}),
        ("unchanged_except", {"may_change": {"room": ["colour"]}}),
        ("painted", {"shape": "room", "size": 3}),
    ],
)
def test_parameters_that_make_no_sense_are_the_tasks_fault(judge, check, params):
    with pytest.raises(TaskError):
        judge(f"vector.{check}", {"path": "a.svg", **params}, {"a.svg": START})
