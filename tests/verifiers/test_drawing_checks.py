import copy

import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

HOLE = {"kind": "circle", "layer": "holes", "points": [[10, 10]], "radius": 4}
PLATE = {
    "layers": [{"name": "holes", "colour": 1}, {"name": "outline", "colour": 7}],
    "blocks": {"bolt": [{"kind": "circle", "points": [[0, 0]], "radius": 3}]},
    "shapes": [
        {"kind": "line", "layer": "outline", "points": [[0, 0], [80, 0]]},
        {"kind": "polyline", "layer": "outline", "points": [[0, 20], [9, 20], [9, 30]]},
        HOLE,
        {"kind": "text", "points": [[0, 90]], "text": "Plate", "height": 5},
        {"kind": "insert", "points": [[30, 40]], "block": "bolt", "rotation": 15},
        {"kind": "dimension", "points": [[0, 0], [80, 0]], "offset": -12},
    ],
}


def drawing(*more, drop=(), **parts):
    content = copy.deepcopy({**PLATE, **parts})
    kept = [each for at, each in enumerate(content["shapes"]) if at not in drop]
    content["shapes"] = [*kept, *more]
    return write("drawing", content, "a.dxf")


def holds(verdict):
    assert verdict.evidence
    return verdict.value == 1.0


HAS = [
    ({"kind": "circle", "center": [10, 10], "radius": 4}, True),
    ({"kind": "circle", "center": [10, 10], "radius": 8}, False),
    ({"kind": "circle", "center": [10.02, 10], "radius": 4}, False),
    ({"kind": "circle", "center": [10.02, 10], "tolerance": 0.05}, True),
    ({"kind": "circle", "layer": "HOLES", "colour": 1}, True),
    ({"kind": "circle", "layer": "outline"}, False),
    ({"kind": "circle", "colour": 7}, False),
    ({"kind": "line", "points": [[80, 0], [0, 0]]}, True),
    ({"kind": "line", "points": [[9, 30], [9, 20]]}, False),
    ({"kind": "segment", "points": [[9, 30], [9, 20]]}, True),
    ({"kind": "segment", "points": [[9, 30], [0, 20]]}, False),
    ({"kind": "text", "text": "Plate"}, True),
    ({"kind": "text", "text": "plate"}, False),
    ({"kind": "insert", "text": "bolt", "points": [[30, 40]], "numbers": [1, 1, 375]}, True),
    ({"kind": "insert", "text": "bolt", "numbers": [1, 1, 30]}, False),
    ({"kind": "dimension", "variant": "linear|aligned", "measure": 80}, True),
    ({"kind": "dimension", "variant": "aligned"}, False),
    ({"kind": "dimension", "measure": 81}, False),
    ({"kind": "dimension", "ends": [[0, 0], [80, 0], [80, 60]]}, True),
    ({"kind": "dimension", "ends": [[0, 0], [80, 1]]}, False),
    ({"kind": "circle", "within": [0, 0, 20, 20]}, True),
    ({"kind": "circle", "within": [20, 0, 40, 20]}, False),
]


@pytest.mark.parametrize(("wish", "wanted"), HAS)
def test_a_shape_is_found_by_what_it_is(judge, wish, wanted):
    verdict = judge("drawing.has", {"path": "a.dxf", "wish": wish}, {"a.dxf": drawing()})
    assert holds(verdict) is wanted, verdict


def test_how_many_shapes_there_are_counts(judge):
    wish = {"kind": "circle", "radius": 4}
    files = {"a.dxf": drawing({**HOLE, "points": [[50, 10]]})}
    for count, wanted in ((2, True), (1, False), (0, False)):
        params = {"path": "a.dxf", "wish": wish, "count": count}
        assert holds(judge("drawing.has", params, files)) is wanted
    gone = {"path": "a.dxf", "wish": {"kind": "circle", "radius": 9}, "count": 0}
    assert holds(judge("drawing.has", gone, files))


def test_a_layer_is_judged(judge):
    files = {"a.dxf": drawing()}
    for params, wanted in (
        ({"colour": 1}, True),
        ({"colour": 2}, False),
        ({"hidden": False, "locked": False}, True),
        ({"hidden": True}, False),
        ({"locked": True}, False),
        ({"exists": False}, False),
    ):
        verdict = judge("drawing.layer", {"path": "a.dxf", "name": "Holes", **params}, files)
        assert holds(verdict) is wanted, params
    missing = {"path": "a.dxf", "name": "none"}
    assert not holds(judge("drawing.layer", missing, files))
    assert holds(judge("drawing.layer", {**missing, "exists": False}, files))


NEW_HOLE = {"kind": "circle", "layer": "holes", "center": [50, 10], "radius": 4}
RECOLOURED = [{"name": "holes", "colour": 2}, PLATE["layers"][1]]
CHANGES = [
    (drawing(), {}, True),
    (drawing({**HOLE, "points": [[50, 10]]}), {}, False),
    (drawing({**HOLE, "points": [[50, 10]]}), {"added": [NEW_HOLE]}, True),
    (drawing({**HOLE, "points": [[51, 10]]}), {"added": [NEW_HOLE]}, False),
    (drawing({**HOLE, "layer": "0", "points": [[50, 10]]}), {"added": [NEW_HOLE]}, False),
    (drawing(drop=(2,)), {}, False),
    (drawing(drop=(2,)), {"removed": [{"kind": "circle", "center": [10, 10]}]}, True),
    (drawing(drop=(2, 3)), {"removed": [{"kind": "circle", "center": [10, 10]}]}, False),
    (drawing(drop=(5,)), {}, False),
    (drawing({**HOLE, "colour": 5}, drop=(2,)), {}, False),
    (drawing({**HOLE, "radius": 4.01}, drop=(2,)), {}, False),
    (drawing(layers=RECOLOURED), {}, False),
    (drawing(layers=RECOLOURED), {"layers": ["holes"]}, True),
    (drawing(layers=[*PLATE["layers"], {"name": "new"}]), {}, False),
    (drawing(blocks={"bolt": [{"kind": "circle", "points": [[0, 0]], "radius": 4}]}), {}, False),
    (drawing(blocks={**PLATE["blocks"], "nut": []}), {}, False),
]  # fmt: skip


@pytest.mark.parametrize(("final", "params", "wanted"), CHANGES)
def test_nothing_else_may_have_changed(judge, final, params, wanted):
    check = "drawing.unchanged_except"
    verdict = judge(check, {"path": "a.dxf", **params}, {"a.dxf": final}, {"a.dxf": drawing()})
    assert holds(verdict) is wanted, verdict


EVERY = {"has": {"wish": {"kind": "line"}}, "layer": {"name": "0"}, "unchanged_except": {}}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("files", [{}, {"a.dxf": b"no drawing"}, {"a.dxf": drawing()[:-20]}])
def test_a_missing_or_broken_file_fails_every_check(judge, check, files):
    params = {"path": "a.dxf", **EVERY[check]}
    verdict = judge(f"drawing.{check}", params, files, {"a.dxf": drawing()})
    assert verdict.value == 0 and "a.dxf" in verdict.evidence


@pytest.mark.parametrize(
    "wish", [{}, {"kind": "line", "pionts": []}, {"kind": "line", "points": 3}]
)
def test_a_wish_that_makes_no_sense_is_the_tasks_fault(judge, wish):
    with pytest.raises(TaskError):
        judge("drawing.has", {"path": "a.dxf", "wish": wish}, {"a.dxf": drawing()})
