"""Checks of what no file holds: the answer, the accessibility tree, the clipboard."""

import pytest

from gym_anything.errors import TaskError
from gym_anything.records import Node
from gym_anything.task import Check
from gym_anything.verify import needs_of


@pytest.mark.parametrize(
    ("check", "params", "answer", "wanted"),
    [
        ("equals", {"text": "Tea  Ltd"}, " tea ltd\n", True),
        ("equals", {"text": "Tea", "ignore_case": False}, "tea", False),
        ("equals", {"text": "Tea"}, "Tea or Milk", False),
        ("equals", {"text": ""}, None, False),
        ("one_of", {"texts": ["a", "b"]}, "B", True),
        ("one_of", {"texts": ["a", "b"]}, "c", False),
        ("number", {"value": 42}, "42", True),
        ("number", {"value": 42}, "42.0", True),
        ("number", {"value": 42}, "42,00 €", True),
        ("number", {"value": 0.12}, "12 %", True),
        ("number", {"value": 42}, "41", False),
        ("number", {"value": 42, "tolerance": 1}, "41", True),
        ("number", {"value": 42}, "42 or 43", False),
        ("number", {"value": 42}, "nan", False),
        ("number", {"value": 42}, None, False),
    ],
)
def test_an_answer_is_judged(judge, check, params, answer, wanted):
    verdict = judge(f"answer.{check}", params, answer=answer)
    assert (verdict.value == 1.0) is wanted and verdict.evidence


def test_giving_up_is_judged(judge):
    assert judge("answer.gave_up", {}, gave_up=True).value == 1.0
    assert judge("answer.gave_up", {}, answer="done").value == 0.0


NODES = (
    Node("frame", "Calculator", frozenset(), -1),
    Node("text", "", frozenset({"editable"}), 0, text="1,234.50 "),
    Node("text", "second", frozenset(), 0, text="x"),
    Node("check box", "Wrap…", frozenset({"checked"}), 0),
)


@pytest.mark.parametrize(
    ("check", "params", "wanted"),
    [
        ("text_is_number", {"number": 1234.5, "role": "text"}, True),
        ("text_is_number", {"number": 1234.5, "with_state": "editable"}, True),
        ("text_is_number", {"number": 1234, "role": "text"}, False),
        ("text_is_number", {"number": 1234.5, "role": "text", "nth": 1}, False),
        ("text_is_number", {"number": 1234.5, "role": "entry"}, False),
        ("text_equals", {"text": "X", "name": "second", "ignore_case": True}, True),
        ("text_equals", {"text": "X", "name": "second"}, False),
        ("text_equals", {"text": "Calculator", "role": "frame"}, True),
        ("text_equals", {"text": "x", "role": "text", "nth": -1}, False),
        ("has_state", {"wanted": "checked", "name": "Wrap..."}, True),
        ("has_state", {"wanted": "checked", "name": "Wrap", "holds": False}, False),
        ("has_state", {"wanted": "checked", "role": "text", "holds": False}, True),
        ("has_state", {"wanted": "checked", "name": "none", "holds": False}, False),
    ],
)
def test_a_widget_is_judged(judge, check, params, wanted):
    verdict = judge(f"accessibility.{check}", params, nodes=NODES)
    assert (verdict.value == 1.0) is wanted and verdict.evidence


def test_a_widget_that_is_not_named_is_the_tasks_fault(judge):
    with pytest.raises(TaskError, match="at least one"):
        judge("accessibility.text_equals", {"text": "x"}, nodes=NODES)


def test_the_clipboard_is_judged(judge):
    assert judge("clipboard.text", {"equals": "Tea"}, clipboard=" Tea\n").value == 1.0
    assert judge("clipboard.text", {"equals": "tea"}, clipboard="Tea").value == 0.0
    assert judge("clipboard.number", {"value": 1234.5}, clipboard="1.234,50").value == 1.0
    assert judge("clipboard.number", {"value": 1234.5}, clipboard="").value == 0.0


def test_checks_say_what_of_the_desktop_they_need():
    assert needs_of([Check("accessibility.has_state", {})]) == {"accessibility"}
    assert needs_of([Check("clipboard.text", {})]) == {"clipboard"}
    assert needs_of([Check("answer.number", {}), Check("text.equals", {})]) == frozenset()
