import io

import numpy as np
import pytest
from PIL import Image

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

SHAPES = [
    ["gradient", [0, 0, 240, 160], "#88aadd", "#dde8f5"],
    ["box", [20, 20, 60, 40], "#aa3322"],
    ["text", [120, 30], "Anna Keller", 20, "#202020"],
    ["grain", [0, 0, 240, 160], 4, 7],
]
START = write("picture", {"size": [240, 160], "background": "#ffffff", "draw": SHAPES}, "a.png")
FLAT = {
    "size": [240, 160],
    "background": "#ffffff",
    "draw": [
        ["ellipse", [30, 30, 80, 80], "#c0c0c0"],
        ["box", [150, 40, 60, 60], "#c0c0c0"],
        ["box", [165, 55, 20, 20], "#ffffff"],
    ],
}
SCENE = write("picture", FLAT, "a.png")
LAYERS = {
    "size": [120, 90],
    "layers": [
        {"name": "Logo", "size": [20, 20], "at": [5, 5], "draw": [["box", [2, 2, 16, 16], "red"]]},
        {"name": "Notes", "size": [120, 90], "draw": [["box", [9, 9, 9, 9], "blue"]]},
        {"name": "Paper", "size": [120, 90], "background": "#ffffff", "opacity": 0.8},
    ],
}


def holds(verdict):
    assert verdict.evidence
    return verdict.value == 1.0


def pixels(data=START):
    return np.array(Image.open(io.BytesIO(data)).convert("RGBA"))


def as_file(array, kind="PNG", mode="", **options):
    image = Image.fromarray(np.ascontiguousarray(array))
    buffer = io.BytesIO()
    image.convert(mode or ("RGB" if kind == "JPEG" else image.mode)).save(buffer, kind, **options)
    return buffer.getvalue()


def painted(box, colour, data=START):
    changed = pixels(data)
    x, y, width, height = box
    changed[y : y + height, x : x + width] = colour
    return changed


BLACK = (0, 0, 0, 255)
TEXT = [118, 28, 112, 28]
SMALL = np.array(Image.open(io.BytesIO(START)).resize((120, 80)))
GREY = np.array(Image.open(io.BytesIO(START)).convert("L"))
CASES = [
    # (check, parameters, final picture, whether it holds)
    ("size", {"width": 240, "height": 160}, START, True),
    ("size", {"width": 240, "height": 161}, START, False),
    ("size", {"width": 240, "height": 161, "tolerance": 1}, START, True),
    ("encoded", {"format": "PNG", "transparent": False}, START, True),
    ("encoded", {"format": "JPEG"}, START, False),
    ("encoded", {"colours": "grey"}, as_file(GREY), True),
    ("encoded", {"colours": "grey"}, as_file(GREY, "JPEG", "RGB"), True),
    ("encoded", {"colours": "grey"}, START, False),
    ("encoded", {"max_bytes": 100}, START, False),
    ("cropped", {"box": [10, 10, 100, 80]}, as_file(pixels()[10:90, 10:110]), True),
    ("cropped", {"box": [10, 10, 100, 80]}, as_file(pixels()[12:91, 8:108]), True),
    ("cropped", {"box": [10, 10, 100, 80]}, as_file(pixels()[10:90, 10:110], "JPEG"), True),
    ("cropped", {"box": [10, 10, 100, 80]}, as_file(pixels()[20:100, 20:120]), False),
    ("cropped", {"box": [10, 10, 100, 80]}, as_file(pixels()[10:90, 10:118]), False),
    ("cropped", {"box": [10, 10, 100, 80]}, START, False),
    ("turned", {"quarters": 1}, as_file(np.rot90(pixels(), -1)), True),
    ("turned", {"quarters": 1}, as_file(np.rot90(pixels(), 1)), False),
    ("turned", {"quarters": 2}, as_file(np.rot90(pixels(), 2), "JPEG", quality=90), True),
    ("turned", {"quarters": 2}, as_file(pixels()[::-1]), False),
    ("turned", {"mirrored": True}, as_file(pixels()[:, ::-1]), True),
    ("turned", {"mirrored": True}, START, False),
    ("scaled", {"width": 120, "height": 80}, as_file(SMALL), True),
    ("scaled", {"width": 120, "height": 80}, as_file(SMALL, "JPEG", quality=85), True),
    ("scaled", {"width": 120, "height": 80}, as_file(pixels()[:80, :120]), False),
    ("scaled", {"width": 120, "height": 80}, START, False),
    ("scaled", {"width": 240, "height": 160, "grey": True}, as_file(GREY), True),
    ("scaled", {"width": 240, "height": 160, "grey": True}, START, False),
    ("covered", {"box": TEXT, "colour": "#000000"}, as_file(painted(TEXT, BLACK)), True),
    ("covered", {"box": TEXT}, as_file(painted(TEXT, (9, 200, 9, 255))), True),
    ("covered", {"box": TEXT, "colour": "#000000"}, as_file(painted(TEXT, (0, 0, 0, 90))), False),
    ("covered", {"box": TEXT}, as_file(painted([118, 28, 50, 28], BLACK)), False),
    ("covered", {"box": TEXT, "colour": "#000000"}, START, False),
    ("covered", {"box": [230, 150, 30, 30]}, START, False),
    ("unchanged_except", {"boxes": [TEXT]}, as_file(painted(TEXT, BLACK)), True),
    ("unchanged_except", {}, as_file(pixels(), "JPEG", quality=98, subsampling=0), True),
    ("unchanged_except", {"boxes": [TEXT]}, as_file(painted([20, 20, 4, 4], BLACK)), False),
    ("unchanged_except", {}, as_file(pixels()[:, :-1]), False),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_picture_is_judged(judge, check, params, final, wanted):
    verdict = judge(
        f"image.{check}", {"path": "a.png", **params}, {"a.png": final}, {"a.png": START}
    )
    assert holds(verdict) is wanted, verdict


def recoloured(where, colour):
    changed = pixels(SCENE)
    changed[where] = colour
    return as_file(changed)


IN_CIRCLE = (pixels(SCENE) == (192, 192, 192, 255)).all(axis=2)
IN_CIRCLE[:, 120:] = False
OUTSIDE = (pixels(SCENE) == 255).all(axis=2)
OUTSIDE[50:80, 160:190] = False
BLUE, CLEAR = (31, 120, 180, 255), (0, 0, 0, 0)


def test_a_filled_area_is_that_of_the_point_and_no_other(judge):
    params = {"path": "a.png", "at": [70, 70], "colour": "#1f78b4"}
    start = {"a.png": SCENE}
    right = {"a.png": recoloured(IN_CIRCLE, BLUE)}
    assert holds(judge("image.filled", params, right, start))
    assert not holds(judge("image.filled", params, start, start))
    assert not holds(judge("image.filled", params, {"a.png": recoloured(IN_CIRCLE, BLACK)}, start))
    guarded = {"path": "a.png", "areas": [[70, 70]]}
    assert holds(judge("image.unchanged_except", guarded, right, start))
    both = recoloured((pixels(SCENE) == (192, 192, 192, 255)).all(axis=2), BLUE)
    assert not holds(judge("image.unchanged_except", guarded, {"a.png": both}, start))


def test_a_cut_out_keeps_what_only_has_the_colour_of_the_backdrop(judge):
    params, start = {"path": "a.png", "at": [[5, 5]]}, {"a.png": SCENE}
    assert holds(judge("image.cut_out", params, {"a.png": recoloured(OUTSIDE, CLEAR)}, start))
    by_colour = recoloured((pixels(SCENE) == 255).all(axis=2), CLEAR)
    for wrong in (SCENE, by_colour, recoloured(~OUTSIDE, CLEAR)):
        assert not holds(judge("image.cut_out", params, {"a.png": wrong}, start))


def layers(**changes):
    """The layers with some keys of one changed, by its name."""
    parts = [{**layer, **changes.get(layer["name"], {})} for layer in LAYERS["layers"]]
    return write("picture", {**LAYERS, "layers": parts}, "a.xcf")


XCF = layers()
SWAPPED = write("picture", {**LAYERS, "layers": LAYERS["layers"][::-1]}, "a.xcf")
GONE = write("picture", {**LAYERS, "layers": LAYERS["layers"][1:]}, "a.xcf")
LAYER_CASES = [
    ("layer_order", {"names": ["Logo", "Notes", "Paper"]}, XCF, True),
    ("layer_order", {"names": ["Logo", "Notes", "Paper"]}, SWAPPED, False),
    ("layer_order", {"names": ["Logo", "Notes", "Paper"]}, GONE, False),
    ("layer", {"name": "Notes", "visible": False}, layers(Notes={"visible": False}), True),
    ("layer", {"name": "Notes", "visible": False}, XCF, False),
    ("layer", {"name": "Paper", "opacity": 0.8}, XCF, True),
    ("layer", {"name": "Paper", "opacity": 0.5}, XCF, False),
    ("layer", {"name": "Logo", "mode": "normal"}, XCF, True),
    ("layer", {"name": "Logo", "mode": "multiply"}, XCF, False),
    ("layer", {"name": "Gone"}, XCF, False),
    ("layer", {"name": "Logo", "within": [7, 7, 16, 16]}, XCF, True),
    ("layer", {"name": "Logo", "within": [8, 7, 16, 16]}, XCF, False),
    ("layers_unchanged_except", {}, XCF, True),
    ("layers_unchanged_except", {}, SWAPPED, False),
    ("layers_unchanged_except", {"any_order": True}, SWAPPED, True),
    ("layers_unchanged_except", {}, GONE, False),
    ("layers_unchanged_except", {"free": {"Logo": ["gone"]}}, GONE, True),
    ("layers_unchanged_except", {}, layers(Logo={"at": [6, 5]}), False),
    ("layers_unchanged_except", {"free": {"Logo": ["place"]}}, layers(Logo={"at": [6, 5]}), True),
    ("layers_unchanged_except", {}, layers(Notes={"visible": False}), False),
    ("layers_unchanged_except", {}, layers(Notes={"opacity": 0.5}), False),
    ("layers_unchanged_except", {}, layers(Notes={"draw": []}), False),
    ("layers_unchanged_except", {}, layers(Notes={"name": "Old"}), False),
    (
        "layers_unchanged_except",
        {"renamed": {"Notes": "Old"}},
        layers(Notes={"name": "Old"}),
        True,
    ),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), LAYER_CASES)
def test_layers_are_judged(judge, check, params, final, wanted):
    verdict = judge(f"image.{check}", {"path": "a.xcf", **params}, {"a.xcf": final}, {"a.xcf": XCF})
    assert holds(verdict) is wanted, verdict


BOX = {"box": [0, 0, 9, 9]}
EVERY = {
    "size": {"width": 1, "height": 1},
    "encoded": {},
    "cropped": BOX,
    "turned": {},
    "scaled": {"width": 9, "height": 9},
    "covered": BOX,
    "filled": {"at": [5, 5], "colour": "#000000"},
    "cut_out": {"at": [[5, 5]]},
    "unchanged_except": {},
    "layer_order": {"names": []},
    "layer": {"name": "Logo"},
    "layers_unchanged_except": {},
}
BROKEN = {
    "missing": None,
    "empty": b"",
    "text": b"no picture",
    "cut off": START[:900],
    "layers cut off": XCF[:300],
    "a header alone": b"gimp xcf v011\0" + b"\xff" * 40,
    "a bomb": write("picture", {"size": [1, 1]}, "a.png")[:16] + b"\0\1\0\0" * 2 + START[24:],
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("broken", BROKEN)
def test_what_cannot_be_read_fails_with_evidence(judge, check, broken):
    start = {"a.png": XCF if check.startswith("layer") else START}
    files = {} if BROKEN[broken] is None else {"a.png": BROKEN[broken]}
    verdict = judge(f"image.{check}", {"path": "a.png", **EVERY[check]}, files, start)
    assert verdict.value == 0 and verdict.evidence


def test_a_colour_or_document_that_is_none_is_the_task_s_fault(judge):
    params = {"path": "a.png", "box": [0, 0, 9, 9], "colour": "blackish"}
    with pytest.raises(TaskError, match="blackish"):
        judge("image.covered", params, {"a.png": START})
    with pytest.raises(TaskError, match=r"b\.png"):
        judge("image.turned", {"path": "a.png", "document": "b.png"}, {"a.png": START})
