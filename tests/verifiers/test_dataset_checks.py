import copy

import pytest

from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

CONTENT = {
    "variables": [
        {"name": "id"},
        {"name": "age", "label": "Age", "missing": [-9]},
        {"name": "sex", "values": {"1": "female", "2": "male"}, "measure": "nominal"},
        {"name": "city", "width": 12},
    ],
    "cases": [[1, 34, 1, "Köln"], [2, None, 2, "Oslo"], [3, -9, 1, ""]],
}


def changed(*changes):
    """CONTENT with values at paths of keys replaced; DATA bytes of it."""
    content = copy.deepcopy(CONTENT)
    for path, new in changes:
        target = content
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = new
    return write("sav", content, "a.sav")


def holds(judge, check, params, final=None):
    files = {"a.sav": changed() if final is None else final}
    initial = {"a.sav": changed()}
    verdict = judge(f"dataset.{check}", {"path": "a.sav", **params}, files, initial)
    assert verdict.evidence
    return verdict.value == 1.0


SORTED = changed((("cases",), [CONTENT["cases"][at] for at in (1, 2, 0)]))
TORN = changed((("cases",), [[1, None, 1, "Köln"], [2, -9, 2, "Oslo"], [3, 34, 1, ""]]))
WIDER = {**CONTENT, "variables": [*CONTENT["variables"], {"name": "new"}]}
WIDER = write("sav", {**WIDER, "cases": [[*case, 5] for case in CONTENT["cases"]]}, "a.sav")
AGE = ("variables", 1)
CASES = [
    ("value", {"variable": "AGE", "case": 1, "equals": 34}, None, True),
    ("value", {"variable": "age", "case": 1, "equals": 34.5}, None, False),
    ("value", {"variable": "age", "case": 1, "equals": 34.5, "tolerance": 1}, None, True),
    ("value", {"variable": "age", "case": 2, "equals": None}, None, True),
    ("value", {"variable": "age", "case": 9, "equals": 1}, None, False),
    ("value", {"variable": "city", "case": 1, "equals": "Köln"}, None, True),
    ("value", {"variable": "none", "case": 1, "equals": 1}, None, False),
    ("column", {"variable": "age", "values": [34, None, -9]}, None, True),
    ("column", {"variable": "age", "values": [34, None]}, None, False),
    ("column", {"variable": "age", "values": [34, 0, -9]}, None, False),
    ("dictionary", {"variable": "age", "label": "Age", "missing": [-9]}, None, True),
    ("dictionary", {"variable": "age", "label": "age"}, None, False),
    ("dictionary", {"variable": "age", "missing": []}, None, False),
    ("dictionary", {"variable": "sex", "value_labels": {"1": "female", "2": "male"}}, None, True),
    ("dictionary", {"variable": "sex", "value_labels": {"1": "female"}}, None, False),
    ("dictionary", {"variable": "sex", "measure": "nominal"}, None, True),
    ("dictionary", {"variable": "sex", "measure": "ordinal"}, None, False),
    ("sorted", {"by": "age"}, SORTED, True),
    ("sorted", {"by": "age", "order": "descending"}, SORTED, False),
    ("sorted", {"by": "age"}, None, False),
    ("sorted", {"by": "age"}, TORN, False),
    ("unchanged_except", {}, None, True),
    ("unchanged_except", {}, SORTED, False),
    ("unchanged_except", {"any_order": True}, SORTED, True),
    ("unchanged_except", {"any_order": True}, TORN, False),
    ("unchanged_except", {"added": ["NEW"]}, WIDER, True),
    ("unchanged_except", {}, WIDER, False),
    ("unchanged_except", {}, changed(((*AGE, "label"), "Ages")), False),
    ("unchanged_except", {"variables": ["age"]}, changed(((*AGE, "label"), "Ages")), True),
    ("unchanged_except", {"variables": ["age"]}, changed((("cases", 0, 1), 35)), False),
    ("unchanged_except", {"cells": ["age 1"]}, changed((("cases", 0, 1), 35)), True),
    ("unchanged_except", {"cells": ["age 2"]}, changed((("cases", 0, 1), 35)), False),
    ("unchanged_except", {}, changed((("cases",), CONTENT["cases"][:2])), False),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_data_file_is_judged_by_meaning(judge, check, params, final, wanted):
    assert holds(judge, check, params, final) is wanted


EVERY = {
    "value": {"variable": "age", "case": 1, "equals": 34},
    "column": {"variable": "age", "values": [34, None, -9]},
    "dictionary": {"variable": "age", "label": "Age"},
    "sorted": {"by": "id"},
    "unchanged_except": {},
}


@pytest.mark.parametrize("check", EVERY)
@pytest.mark.parametrize("broken", [b"", b"no data file", changed()[:300]])
def test_a_broken_file_fails_every_check(judge, check, broken):
    assert not holds(judge, check, EVERY[check], broken)


@pytest.mark.parametrize("params", [{}, {"measure": "big"}])
def test_a_wish_that_makes_no_sense_is_the_tasks_fault(judge, params):
    with pytest.raises(TaskError):
        holds(judge, "dictionary", {"variable": "age", **params})


@pytest.mark.parametrize(
    ("left", "gone", "right"),
    [
        ((0, 1, 2), [2], True),
        ((0, 2), [2], True),
        ((0, 2), [], False),
        ((0, 1), [2], False),
        ((0,), [2], False),
        ((2,), [1, 2], True),
        ((2, 0), [2], False),
    ],
)
def test_only_the_cases_that_may_be_gone_are_gone(judge, left, gone, right):
    final = changed((("cases",), [CONTENT["cases"][at] for at in left]))
    assert holds(judge, "unchanged_except", {"gone": gone}, final) is right
