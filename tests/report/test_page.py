import base64
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from gym_anything.records import (
    Action,
    CheckResult,
    Failure,
    FailureKind,
    Score,
    Step,
    Stop,
)
from gym_anything.report.page import median_step_ms, write_index
from tests import made

HOSTILE = "<script>alert('x')</script><img src=http://evil/x onerror=\"x()\">&amp;"


def step(index, action, total_ms=20.0, settle=made.STILL, error=""):
    shot = np.full((72, 128, 3), 90, np.uint8)
    return Step(index, action, 0.0, None, settle, {"total": total_ms}, shot, error)


def episode(**changes):
    checks = (
        CheckResult("files.contains", 1.0, True, False, 2.0, "the file holds 42"),
        CheckResult("files.only", 0.25, False, True, 1.0, "there is also notes.txt"),
    )
    steps = (
        step(0, Action.click(5, 6)),
        step(1, Action.type("42"), 40.0),
        step(2, Action.done(), 900.0, settle=None),
    )
    mine = {
        "task_id": "mousepad/rename-client",
        "seed": 11,
        "level": 2,
        "instruction": "Rename the client.",
        "steps": steps,
        "score": Score(0.5, False, checks),
        "first_screenshot": np.full((72, 128, 3), 200, np.uint8),
    }
    return made.episode(**mine | changes)


class Page(HTMLParser):
    """What a browser would make of the page: elements, their attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def attributes(self, name):
        return [values[name] for _, values in self.elements if name in values]


def page_of(tmp_path, *trajectories, title="a run"):
    path = write_index(trajectories, tmp_path / "report", title)
    return Page(path.read_text(encoding="utf-8"))


def test_the_page_says_all_there_is_to_know_of_an_episode(tmp_path):
    text = page_of(tmp_path, episode()).text
    for part in (
        *("a run", "mousepad/rename-client", "level 2", "Rename the client.", "agent solution"),
        *("3 steps", "30 ms a step", "reset 412 ms", "seed 11", "ended by done"),
        *("failed, score 0.50", "holds files.contains goal, weight 2", "the file holds 42"),
        *("fails files.only guard, value 0.25", "there is also notes.txt"),
        *("click(5, 6)", "type('42')", "done()"),
    ):
        assert part in re.sub(r"\s+", " ", text), part


def test_no_text_becomes_an_element(tmp_path):
    checks = (CheckResult(HOSTILE, 0.0, False, False, 1.0, HOSTILE),)
    hostile = episode(
        env_id=HOSTILE,
        task_id=HOSTILE,
        instruction=HOSTILE,
        agent=HOSTILE,
        steps=(step(0, Action.type(HOSTILE), error=HOSTILE), step(1, Action.answer(HOSTILE))),
        score=Score(0.0, False, checks),
    )
    broken = episode(
        score=None, stop=Stop.FAILURE, failure=Failure(FailureKind.APP, HOSTILE, HOSTILE)
    )
    page = page_of(tmp_path, hostile, broken, title=HOSTILE)
    tags = [tag for tag, _ in page.elements]
    assert "script" not in tags and tags.count("img") == 2
    assert not page.attributes("onerror")
    assert page.text.count("<script>alert") == 12, "each of the texts is there, as text"


def test_the_page_takes_nothing_from_elsewhere(tmp_path):
    page = page_of(tmp_path, episode())
    assert not [tag for tag, _ in page.elements if tag in ("script", "link", "iframe")]
    sources = page.attributes("src") + page.attributes("srcset") + page.attributes("href")
    assert len(sources) == 2 and all(url.startswith("data:image/webp;") for url in sources)
    html = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|@import|url\(", html)
    assert "default-src 'none'" in page.attributes("content")[-1]


def test_the_animation_lies_beside_the_page_and_is_the_one_in_it(tmp_path):
    page = page_of(tmp_path, episode(), episode(task_id="../x/../../é y", seed=5))
    names = sorted(path.name for path in (tmp_path / "report").iterdir())
    assert names == ["01-mousepad-rename-client-11.webp", "02-x-..-..-y-5.webp", "index.html"]
    inside = base64.b64decode(page.attributes("src")[0].partition("base64,")[2])
    assert inside == (tmp_path / "report" / names[0]).read_bytes()


def test_a_broken_episode_shows_its_failure_and_no_score(tmp_path):
    failure = Failure(FailureKind.DISPLAY, "the X server is gone", "last words")
    broken = episode(score=None, stop=Stop.FAILURE, failure=failure, first_screenshot=None)
    page = page_of(tmp_path, broken, episode(score=Score(1.0, True)))
    for part in ("broken, no score", "the X server is gone", "last words", "not recorded"):
        assert part in page.text
    assert "2 episodes" in page.text and "1 passed" in page.text and "1 broken" in page.text
    assert " 0 failed" not in page.text and len(page.attributes("src")) == 1


def test_a_file_name_that_is_no_unicode_does_not_stop_the_page(tmp_path):
    checks = (CheckResult("files.only", 0.0, False, True, 1.0, "also caf\udce9.txt"),)
    assert "also caf?.txt" in page_of(tmp_path, episode(score=Score(0.0, False, checks))).text


def test_a_page_of_no_episodes_says_so(tmp_path):
    assert "no episodes" in page_of(tmp_path).text


def test_the_median_is_of_the_steps_that_acted_on_the_desktop():
    assert median_step_ms(episode()) == pytest.approx(30.0)
    assert median_step_ms(episode(steps=(step(0, Action.done(), 9.0, settle=None),))) is None
