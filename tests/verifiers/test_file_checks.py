import os

import pytest

from gym_anything.documents.home import Home
from gym_anything.errors import TaskError
from gym_anything.task import Check
from gym_anything.verify import FinalState, bind

FILES = {"a.txt": b"one", "docs/b.txt": b"two", "docs/.lock": b""}


@pytest.mark.parametrize(
    ("check", "params", "wanted"),
    [
        ("exists", {"path": "a.txt"}, True),
        ("exists", {"path": "a.txt", "min_bytes": 3}, True),
        ("exists", {"path": "a.txt", "min_bytes": 4}, False),
        ("exists", {"path": "docs"}, False),
        ("exists", {"path": "c.txt"}, False),
        ("absent", {"path": "c.txt"}, True),
        ("absent", {"path": "a.txt"}, False),
        ("absent", {"path": "docs"}, False),
        ("unchanged", {"path": "a.txt"}, True),
        ("unchanged", {"path": "docs/b.txt"}, False),
        ("unchanged", {"path": "gone.txt"}, False),
        ("only", {"path": "docs", "names": ["b.txt"]}, True),
        ("only", {"path": "docs", "names": ["b.txt"], "ignore_hidden": False}, False),
        ("only", {"path": "docs", "names": []}, False),
        ("only", {"path": "docs", "names": [], "optional": ["b.txt"]}, True),
        ("only", {"path": "docs", "names": ["b.txt"], "optional": ["b.txt~"]}, True),
        ("only", {"path": "docs", "names": [], "optional": ["b.*"]}, True),
        ("only", {"path": "docs", "names": [], "optional": ["b.*", "txt"]}, True),
        ("only", {"path": "docs", "names": [], "optional": ["*.tx", "b+txt"]}, False),
        ("only", {"path": "docs", "names": ["b.txt", "c.txt"]}, False),
        ("only", {"path": ".", "names": ["a.txt", "docs"]}, True),
        ("only", {"path": "none", "names": []}, False),
        ("same_bytes_as", {"path": "a.txt", "document": "gone.txt"}, True),
        ("same_bytes_as", {"path": "docs/b.txt", "document": "a.txt"}, False),
        ("same_bytes_as", {"path": "c.txt", "document": "a.txt"}, False),
    ],
)
def test_files_are_judged(judge, check, params, wanted):
    initial = {"a.txt": b"one", "docs/b.txt": b"2", "gone.txt": b"one"}
    verdict = judge(f"files.{check}", params, FILES, initial)
    assert (verdict.value == 1.0) is wanted and verdict.evidence


def test_a_symlink_or_fifo_is_neither_a_file_nor_absent(tmp_path):
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    state = FinalState(home=Home(tmp_path), initial={"link": b"", "pipe": b""})
    for path in ("link", "pipe"):
        for check in ("exists", "absent", "unchanged"):
            assert bind(Check(f"files.{check}", {"path": path}))(state).value == 0.0


@pytest.mark.parametrize("check", ["unchanged", "same_bytes_as"])
def test_a_document_that_the_task_lacks_is_its_fault(judge, check):
    params = {"path": "x"} | ({"document": "x"} if check == "same_bytes_as" else {})
    with pytest.raises(TaskError, match="not among"):
        judge(f"files.{check}", params, FILES)


def test_a_path_outside_home_is_the_tasks_fault(judge):
    with pytest.raises(TaskError, match="inside"):
        judge("files.exists", {"path": "../x"}, FILES)
