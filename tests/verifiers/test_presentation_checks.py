import copy
import io
import re
import zipfile

import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

PATH = "a.odp"
SLIDES = [
    {"title": "Results", "bullets": ["More visits", "Sales of Nova rise"], "notes": "Thank all."},
    {
        "title": "Plan",
        "shapes": [
            {"kind": "rectangle", "x": 2, "y": 8, "width": 7, "height": 6, "line": "#404040"},
            {"kind": "ellipse", "x": 3, "y": 5, "width": 2, "height": 2, "fill": "#c00000"},
            {"kind": "ellipse", "x": 9, "y": 5, "width": 2, "height": 2, "fill": "#0000c0"},
            {"kind": "text", "x": 12, "y": 5, "width": 4, "height": 1, "text": "Office"},
        ],
    },
    {"title": "Costs", "bullets": ["Rent"], "hidden": True},
]


def odp(slides=SLIDES):
    return write("presentation", {"slides": slides}, PATH)


def edited(slide, **changes):
    slides = copy.deepcopy(SLIDES)
    slides[slide - 1] |= changes
    return odp(slides)


def reshaped(number, **changes):
    slides = copy.deepcopy(SLIDES)
    slides[1]["shapes"][number - 2] |= changes  # the title is the first shape
    return odp(slides)


def without_shape(number):
    shapes = SLIDES[1]["shapes"]
    return edited(2, shapes=shapes[: number - 2] + shapes[number - 1 :])


FIELD = {"slide": 2, "shape": 3, "inside": [2, 8, 9, 14]}
NEW = {"title": "New", "bullets": ["One"]}
CASES = [
    # (check, parameters, final presentation, whether it holds)
    ("titles", {"titles": ["Results", "Plan", "Costs"]}, odp(), True),
    ("titles", {"titles": ["Plan", "Results", "Costs"]}, odp(), False),
    ("titles", {"titles": ["Results", "Plan"]}, odp(), False),
    ("bullets", {"slide": "Costs", "texts": ["Rent"]}, odp(), True),
    ("bullets", {"slide": "Costs", "texts": ["Rent", "Heating"]}, odp(), False),
    ("bullets", {"slide": "Cost", "texts": ["Rent"]}, odp(), False),
    (
        *("replaced", {"old": "Nova", "new": "Neo"}),
        *(edited(1, bullets=["More visits", "Sales of Neo rise"]), True),
    ),
    ("replaced", {"old": "Nova", "new": "Neo"}, odp(), False),
    ("hidden", {"slides": ["Costs"]}, odp(), True),
    ("hidden", {"slides": ["Costs", "Plan"]}, odp(), False),
    ("hidden", {"slides": ["Costs"]}, edited(3, hidden=False), False),
    ("notes", {"slide": "Results", "text": "Thank all."}, odp(), True),
    ("notes", {"slide": "Results", "text": "Thank us."}, odp(), False),
    ("transition", {"is_one_of": [""]}, odp(), True),
    ("transition", {"is_one_of": ["fade"]}, odp(), False),
    ("transition", {}, odp(), False),
    ("shape_place", FIELD, reshaped(3, x=5, y=10), True),
    ("shape_place", FIELD, reshaped(3, x=8, y=10), False),
    ("shape_place", FIELD, reshaped(4, x=5, y=10), False),
    ("shape_place", FIELD, reshaped(3, x=5, y=10, fill="#00c000"), False),
    ("shape_place", {"slide": 2, "shape": 3, "x_cm": 3, "width_cm": 2}, odp(), True),
    ("shape_place", {"slide": 2, "shape": 3, "x_cm": 3.1}, odp(), False),
    ("shape_gone", {"slide": 2, "shape": 3}, without_shape(3), True),
    ("shape_gone", {"slide": 2, "shape": 3}, without_shape(4), False),
    ("shape_gone", {"slide": 2, "shape": 3}, reshaped(3, x=20), False),
    ("shape_look", {"slide": 2, "shape": 3, "fill": "#00c000"}, reshaped(3, fill="#00c000"), True),
    ("shape_look", {"slide": 2, "shape": 3, "fill": "#00c000"}, odp(), False),
    ("shape_look", {"slide": 2, "shape": 5, "text": "Hall"}, reshaped(5, text="Hall"), True),
    ("shape_look", {"slide": 2, "shape": 5, "bold": True}, reshaped(5, bold=True), True),
    ("shape_look", {"slide": 2, "shape": 5, "bold": True}, odp(), False),
    ("unchanged_except", {}, odp(), True),
    ("unchanged_except", {}, odp(SLIDES[::-1]), False),
    ("unchanged_except", {}, odp(SLIDES[:2]), False),
    ("unchanged_except", {}, odp([*SLIDES, SLIDES[2]]), False),
    ("unchanged_except", {}, edited(1, notes="Thank us."), False),
    ("unchanged_except", {}, edited(1, title="Result"), False),
    ("unchanged_except", {}, edited(1, hidden=True), False),
    ("unchanged_except", {}, reshaped(3, x=3.3), False),
    ("unchanged_except", {}, reshaped(3, fill="#c00001"), False),
    ("unchanged_except", {}, reshaped(5, italic=True), False),
    ("unchanged_except", {}, without_shape(3), False),
    ("unchanged_except", {"order": True}, odp(SLIDES[::-1]), True),
    ("unchanged_except", {"order": True}, odp([*SLIDES, SLIDES[2]]), False),
    ("unchanged_except", {"aspects": ["hidden"]}, edited(1, hidden=True), True),
    ("unchanged_except", {"aspects": ["hidden"]}, edited(1, hidden=True, title="x"), False),
    ("unchanged_except", {"moved": [[2, 3]]}, reshaped(3, x=5, y=10), True),
    ("unchanged_except", {"moved": [[2, 3]]}, reshaped(4, x=5, y=10), False),
    ("unchanged_except", {"moved": [[2, 3]]}, reshaped(3, x=5, fill="#00c000"), False),
    ("unchanged_except", {"moved": [[2, 3]]}, without_shape(3), False),
    ("unchanged_except", {"gone": [[2, 3]]}, without_shape(3), True),
    ("unchanged_except", {"gone": [[2, 3]]}, without_shape(4), False),
    ("unchanged_except", {"filled": [[2, 3]]}, reshaped(3, fill="#00c000"), True),
    ("unchanged_except", {"words": [[2, 5]]}, reshaped(5, text="Hall"), True),
    ("unchanged_except", {"words": [[2, 5]]}, reshaped(5, text="Hall", bold=True), False),
    ("unchanged_except", {"added": 1}, odp([SLIDES[0], NEW, *SLIDES[1:]]), True),
    ("unchanged_except", {"added": 1}, odp([SLIDES[0], NEW, NEW, *SLIDES[1:]]), False),
    ("unchanged_except", {"added": 1}, odp([*SLIDES, {**NEW, "hidden": True}]), False),
    (
        *("unchanged_except", {"added": 1}),
        *(odp([*SLIDES, {**NEW, "shapes": [{"x": 1, "y": 1, "width": 1, "height": 1}]}]), False),
    ),
    ("unchanged_except", {"gone_slides": [3]}, odp(SLIDES[:2]), True),
    ("unchanged_except", {"gone_slides": [3]}, odp(SLIDES[1:]), False),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_presentation_is_judged(judge, check, params, final, wanted):
    verdict = judge(f"presentation.{check}", {"path": PATH, **params}, {PATH: final}, {PATH: odp()})
    assert verdict.evidence
    assert (verdict.value == 1.0) is wanted, verdict


EVERY = {
    "titles": {"titles": []},
    "bullets": {"slide": "x", "texts": []},
    "replaced": {"old": "Nova", "new": "x"},
    "hidden": {"slides": []},
    "notes": {"slide": "x", "text": ""},
    "transition": {},
    "shape_place": {"slide": 2, "shape": 3},
    "shape_gone": {"slide": 2, "shape": 3},
    "shape_look": {"slide": 2, "shape": 3, "fill": ""},
    "unchanged_except": {},
}
BROKEN = {
    "missing": None,
    "empty": b"",
    "cut off": odp()[:500],
    "of another kind": write("document", {"blocks": ["a"]}, "a.odt"),
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("kind", BROKEN)
def test_a_presentation_that_cannot_be_read_fails_every_check(judge, check, kind):
    files = {} if BROKEN[kind] is None else {PATH: BROKEN[kind]}
    verdict = judge(f"presentation.{check}", {"path": PATH, **EVERY[check]}, files, {PATH: odp()})
    assert verdict.value == 0 and verdict.evidence


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("replaced", {"old": "not there", "new": "x"}),
        ("shape_gone", {"slide": 2, "shape": 9}),
        ("shape_place", {"slide": 2, "shape": 3, "inside": [1, 2]}),
        ("unchanged_except", {"aspects": ["colour"]}),
        ("unchanged_except", {"moved": [[1]]}),
    ],
)
def test_parameters_that_make_no_sense_are_the_tasks_fault(judge, check, params):
    with pytest.raises(TaskError):
        judge(f"presentation.{check}", {"path": PATH, **params}, {PATH: odp()})


def test_a_slide_with_two_titles_is_noticed(judge):
    def double(archive):
        """The archive with the first title frame there twice, one on the other."""
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == "content.xml":
                    frame = re.search(
                        rb'<draw:frame[^>]*presentation:class="title".*?</draw:frame>', data, re.S
                    )
                    data = data.replace(frame[0], 2 * frame[0], 1)
                new.writestr(name, data)
        return out.getvalue()

    params = {"path": PATH, "titles": [slide["title"] for slide in SLIDES]}
    assert judge("presentation.titles", params, {PATH: odp()}, {PATH: odp()}).value == 1
    verdict = judge("presentation.titles", params, {PATH: double(odp())}, {PATH: odp()})
    assert verdict.value == 0 and "two titles" in verdict.evidence
