import base64
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gym_anything import content
from gym_anything.curation.answers import AskConfig, prompt_text
from gym_anything.curation.grade import grade_store
from gym_anything.curation.grades import is_good, read_grades
from gym_anything.curation.pictures import crops, marked
from gym_anything.curation.step_judge import Form, JudgeConfig, JudgeGrader, read_grade
from gym_anything.endpoint import Endpoint
from gym_anything.errors import BudgetError, ConfigError, EndpointError
from gym_anything.ledger import Budget, Ledger
from gym_anything.records import Action
from gym_anything.store import Store, Writer
from tests.endpoints import refuses, says

pytest.importorskip("openai")
GOOD = '{"reason": "Right.", "score": 9}'
CLICK = Action.click(30, 20)
MOVES = (CLICK, Action.type("paid \ud800"), Action.done())


@pytest.fixture
def store(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        keep(writer, memo, *MOVES)
    return Store(tmp_path / "s")


@pytest.fixture
def judged(tmp_path, server, store):
    """judged(*script, ...): what a judge that says so makes of the store."""
    made = []

    def run(*script, budget=None, tries=2, most_failures=3, again=False, **options):
        server.begin(*script)
        endpoint = Endpoint("m", server.url, retries=0, timeout_sec=20.0)
        ask = AskConfig(
            endpoint,
            budget or Budget(),
            ledger=str(tmp_path / "ledger.jsonl"),
            tries=tries,
            workers=1,
            most_failures=most_failures,
        )
        grader = JudgeGrader(JudgeConfig(ask, **options))
        made.append(grader)
        return grade_store(store, grader, again=again)

    yield run
    for grader in made:
        grader.close()
        grader.close()


def picture_of(part):
    data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def test_the_judge_sees_task_history_action_screens_and_the_marked_target(
    server, judged, memo, screen
):
    found = judged(says(GOOD), says('```json\n{"reason": "Hm.", "score": 4.5}\n```'), says(GOOD))
    assert [grade.value for grade in found.grades.values()] == [9.0, 4.5, 9.0]
    assert [grade.reason for grade in found.grades.values()] == ["Right.", "Hm.", "Right."]
    first, second, _ = (request["messages"] for request in server.requests)
    assert first[0] == {"role": "system", "content": prompt_text("grade_before")}
    words = [part["text"] for part in first[1]["content"] if part["type"] == "text"]
    assert memo.instruction in words[0] and "click(30, 20)" in words[0]
    whole, crop = [picture_of(part) for part in first[1]["content"] if part["type"] == "image_url"]
    assert (whole == marked(screen(0), CLICK)).all() and (whole != screen(0)).any()
    assert (crop == crops(screen(0), CLICK, 200)[0]).all()
    words = [part["text"] for part in second[1]["content"] if part["type"] == "text"]
    assert "Actions so far: 1\n1. click(30, 20)" in words[0] and "paid \\ud800" in words[0]
    pictures = [part for part in second[1]["content"] if part["type"] == "image_url"]
    assert [(picture_of(part) == screen(n)).all() for n, part in enumerate(pictures)] == [True] * 2


def test_before_and_after_it_also_sees_the_screen_that_the_action_led_to(server, judged, screen):
    answers = [
        f'{{"reason": "So.", "verdict": "{word}"}}' for word in ("good", "neutral", "harmful")
    ]
    found = judged(*map(says, answers), form=Form.BEFORE_AFTER)
    assert [grade.value for grade in found.grades.values()] == [10.0, 5.0, 0.0]
    assert [is_good(grade) for grade in found.grades.values()] == [True, False, False]
    last = server.requests[0]["messages"][1]["content"][-1]
    assert (picture_of(last) == screen(1)).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I would say 9.",
        "9",
        '{"reason": "x", "score": "9"}',
        '{"reason": "x", "score": true}',
        '{"reason": "x", "score": 11}',
        '{"reason": "x", "score": NaN}',
        '{"reason": "", "score": 9}',
        '{"score": 9}',
        '{"reason": "x", "score": 9, "more": 1}',
        '{"reason": "x", "verdict": "good"}',
        'Well: {"reason": "x", "score": 9}',
        "[" * 5000,
    ],
)
def test_an_answer_of_another_form_is_no_grade(text):
    with pytest.raises(ValueError, match="answer"):
        read_grade(text, Form.BEFORE)


@pytest.mark.parametrize("verdict", ["Good", "ok", "", "good or neutral"])
def test_a_verdict_is_one_of_three_words(verdict):
    with pytest.raises(ValueError, match="answer"):
        read_grade(json.dumps({"reason": "x", "verdict": verdict}), Form.BEFORE_AFTER)


def test_it_is_asked_again_with_what_was_wrong_and_then_there_is_no_grade(server, judged, store):
    found = judged(says("no idea"), says(GOOD), says("no idea"))
    assert [grade.value for grade in found.grades.values()] == [9.0]
    assert found.missing == {"the answer was not of the form asked for": 2}
    again = server.requests[1]["messages"]
    assert again[2] == {"role": "assistant", "content": "no idea"}
    assert "That cannot be used: answer" in again[3]["content"]
    assert read_grades(store, store.episodes(), "judge") == found.grades


def test_a_run_goes_on_where_it_stopped_and_asks_nothing_twice(server, judged):
    judged(says(GOOD), refuses(400), says(GOOD))
    assert len(server.requests) == 3
    found = judged(says(GOOD))
    assert len(server.requests) == 1 and found.kept == 2 and len(found.grades) == 3
    assert len(judged(says('{"reason": "No.", "score": 1}'), again=True).grades) == 3
    assert len(server.requests) == 3


def test_a_server_that_refuses_gives_no_grade_and_ends_the_run_if_it_goes_on(judged, store):
    found = judged(says(GOOD), refuses(400), says(GOOD))
    assert found.missing == {"endpoint: status 400": 1} and len(found.grades) == 2
    with pytest.raises(EndpointError):
        judged(refuses(400), most_failures=2, again=True)


def test_the_cap_ends_the_run_with_what_was_graded_before(judged, store, tmp_path):
    used = {"prompt_tokens": 6000, "completion_tokens": 10}
    with pytest.raises(BudgetError):
        judged(says(GOOD, usage=used), budget=Budget(tokens=10_000))
    assert len(read_grades(store, store.episodes(), "judge")) == 1
    entries = Ledger(tmp_path / "ledger.jsonl").entries()
    assert {(entry.role, entry.episode) for entry in entries} == {("judge", store.episodes()[0].id)}


def test_a_step_without_screens_has_no_grade_and_costs_nothing(server, judged, memo, keep, store):
    with Writer(store.folder) as writer:
        keep(writer, memo, Action.done(), screens=False)
    found = judged(says(GOOD))
    assert found.missing == {"no screenshot": 1} and len(server.requests) == 3


def test_a_crop_lies_on_the_screen_and_a_drag_has_two(screen):
    wide = np.zeros((300, 400, 3), np.uint8)
    for point in ((0, 0), (399, 299), (200, 150)):
        (crop,) = crops(wide, Action.click(*point), 100)
        assert crop.shape == (200, 200, 3) and crop.any()
    assert len(crops(wide, Action.drag(10, 10, 300, 200), 100)) == 2
    assert crops(wide, Action.type("x"), 100) == ()
    assert not wide.any()


def test_the_configuration_that_is_shipped_loads_and_an_unknown_key_is_refused(tmp_path):
    path = content.find_file("configs", "judge.toml")
    assert JudgeConfig.load(path).form is Form.BEFORE
    wrong = tmp_path / "judge.toml"
    wrong.write_text(Path(path).read_text() + "\n[ask.more]\nx = 1\n")
    with pytest.raises(ConfigError, match="more"):
        JudgeConfig.load(wrong)
