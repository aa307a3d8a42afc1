import pytest

from gym_anything.errors import TaskError

BEFORE = "Shopping\nmilk 2\nTea 10\napples 3\n"


def holds(verdict):
    assert verdict.evidence
    return verdict.value == 1.0


CASES = [
    # (check, parameters, final text, whether it holds)
    ("equals", {"text": BEFORE}, BEFORE, True),
    ("equals", {"text": BEFORE}, BEFORE.rstrip("\n"), True),
    ("equals", {"text": BEFORE}, BEFORE.replace("\n", "  \r\n"), True),
    ("equals", {"text": BEFORE, "normalise": False}, BEFORE.rstrip("\n"), False),
    ("equals", {"text": BEFORE}, BEFORE.upper(), False),
    ("equals", {"text": BEFORE, "ignore_case": True}, BEFORE.upper(), True),
    ("equals", {"text": BEFORE}, "\n" + BEFORE, False),
    ("contains", {"text": "Tea"}, BEFORE, True),
    ("contains", {"text": "tea"}, BEFORE, False),
    ("contains", {"text": "tea", "ignore_case": True}, BEFORE, True),
    ("contains", {"text": "e", "count": 3}, "eee", True),
    ("contains", {"text": "e", "count": 2}, "eee", False),
    ("contains", {"text": "Tea", "count": 0}, "none", True),
    ("contains", {"text": "2\nTea"}, BEFORE, True),
    ("line_equals", {"line": 2, "text": "milk 2"}, BEFORE, True),
    ("line_equals", {"line": -1, "text": "apples 3"}, BEFORE, True),
    ("line_equals", {"line": 1, "text": "milk 2"}, BEFORE, False),
    ("line_equals", {"line": 9, "text": ""}, BEFORE, False),
    ("line_equals", {"line": 1, "text": "shopping", "ignore_case": True}, BEFORE, True),
    ("number_on_line", {"line": 1, "number": 1234.5}, "Total: 1,234.50 €\n", True),
    ("number_on_line", {"line": 1, "number": 1234.5}, "Total: 1.234,50\n", True),
    ("number_on_line", {"line": 1, "number": 1234.5}, "1234.5 or 7\n", False),
    ("number_on_line", {"line": 1, "number": 7, "starts": "Total:"}, " Total: 7\n", True),
    ("number_on_line", {"line": 1, "number": 7, "starts": "Total:"}, "Totl: 7\n", False),
    ("number_on_line", {"line": 1, "number": 1234.5}, "1234.6\n", False),
    ("number_on_line", {"line": 1, "number": 1234.5, "tolerance": 0.2}, "1234.6\n", True),
    ("number_on_line", {"line": 2, "number": 1}, "1\n", False),
    ("lines_sorted", {"first_line": 2}, "Shopping\napples 3\nmilk 2\nTea 10\n", True),
    ("lines_sorted", {"first_line": 2, "order": "descending"}, BEFORE, False),
    ("lines_sorted", {}, "apples 3\nmilk 2\nShopping\nTea 10\n", True),
    ("lines_sorted", {}, "Shopping\nTea 10\napples 3\nmilk 2\n", True),  # by character codes
    ("lines_sorted", {}, BEFORE, False),
    ("lines_sorted", {"first_line": 2}, "Shopping\napples 3\nTea 10\n", False),
    ("lines_sorted", {"first_line": 2}, "List\napples 3\nmilk 2\nTea 10\n", False),
    ("replaced", {"old": "milk", "new": "soy"}, BEFORE.replace("milk", "soy"), True),
    ("replaced", {"old": "milk", "new": "soy"}, BEFORE, False),
    ("replaced", {"old": "p", "new": "b"}, BEFORE.replace("p", "b", 2), False),
    ("replaced", {"old": "milk", "new": "soy"}, BEFORE.replace("milk", "soy") + "x", False),
    (
        "replaced",
        {"old": "TEA", "new": "soy", "ignore_case": True},
        BEFORE.replace("Tea", "soy"),
        True,
    ),
    ("unchanged_except_lines", {}, BEFORE, True),
    ("unchanged_except_lines", {"lines": [2]}, BEFORE.replace("milk", "soy"), True),
    ("unchanged_except_lines", {"lines": [3]}, BEFORE.replace("milk", "soy"), False),
    ("unchanged_except_lines", {"lines": [2]}, BEFORE.replace("milk 2\n", ""), True),
    ("unchanged_except_lines", {}, BEFORE.replace("milk 2\n", ""), False),
    ("unchanged_except_lines", {}, BEFORE + "more\n", False),
    ("unchanged_except_lines", {"may_insert": True}, "top\n" + BEFORE, True),
    ("encoding", {"is_one_of": ["utf-8"]}, BEFORE, True),
    ("encoding", {"newline": "\r\n"}, BEFORE.replace("\n", "\r\n"), True),
    ("encoding", {"newline": "\r\n"}, BEFORE, False),
    ("encoding", {"final_newline": False}, BEFORE, False),
    ("encoding", {"final_newline": True}, BEFORE, True),
]


@pytest.mark.parametrize(("check", "params", "final", "wanted"), CASES)
def test_a_text_is_judged(judge, check, params, final, wanted):
    files = {"a.txt": final.encode()}
    verdict = judge(f"text.{check}", {"path": "a.txt", **params}, files, {"a.txt": BEFORE})
    assert holds(verdict) is wanted, verdict


def test_the_encoding_does_not_count_for_the_text(judge):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        files = {"a.txt": "Zoë\n".encode(encoding)}
        assert holds(judge("text.equals", {"path": "a.txt", "text": "Zoë"}, files))
    params = {"path": "a.txt", "is_one_of": ["utf-8"]}
    assert not holds(judge("text.encoding", params, {"a.txt": "Zoë".encode("latin-1")}))


EVERY = {
    "equals": {"text": "x"},
    "contains": {"text": "x"},
    "line_equals": {"line": 1, "text": "x"},
    "number_on_line": {"line": 1, "number": 1},
    "lines_sorted": {},
    "replaced": {"old": "milk", "new": "x"},
    "unchanged_except_lines": {},
    "encoding": {"newline": "\n"},
}


@pytest.mark.parametrize("check", EVERY)
def test_a_missing_file_fails_every_check(judge, check):
    params = {"path": "a.txt", **EVERY[check]}
    verdict = judge(f"text.{check}", params, {}, {"a.txt": BEFORE})
    assert verdict.value == 0 and "no such file" in verdict.evidence


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("contains", {"text": ""}),
        ("line_equals", {"line": 0, "text": "x"}),
        ("replaced", {"old": "", "new": "x"}),
        ("replaced", {"old": "not there", "new": "x"}),
        ("encoding", {}),
        ("encoding", {"newline": "x"}),
        ("lines_sorted", {"order": "up"}),
        ("equals", {"text": 5}),
    ],
)
def test_parameters_that_make_no_sense_are_the_tasks_fault(judge, check, params):
    with pytest.raises(TaskError):
        judge(f"text.{check}", {"path": "a.txt", **params}, {"a.txt": BEFORE})


@pytest.mark.parametrize("check", ["lines_sorted", "replaced", "unchanged_except_lines"])
def test_a_check_against_a_document_that_the_task_lacks_is_its_fault(judge, check):
    with pytest.raises(TaskError, match="not among"):
        judge(f"text.{check}", {"path": "a.txt", **EVERY[check]}, {"a.txt": BEFORE}, {})
