import dataclasses
import json
import time
from pathlib import Path

import made
import pytest
from crowd import many

from gym_anything.errors import ConfigError
from gym_anything.records import StepGrade
from gym_anything.store import Store
from gym_anything.store.png import decode
from gym_anything.viewer import payload, shelf
from gym_anything.viewer.shelf import Shelf


def entry_of(shelf, **wanted):
    """The only episode with these properties."""
    (found,) = (
        entry
        for entry in shelf.entries()
        if all(getattr(entry.episode, name) == value for name, value in wanted.items())
    )
    return found


def test_every_screen_of_an_episode_is_the_one_that_its_step_acted_on(store_folder):
    shelf = Shelf([store_folder])
    key = entry_of(shelf, agent="noisy").key
    opened = shelf.open(key)
    for number, shown in enumerate(opened.shown):
        assert (decode(shelf.frame(key, shown)) == made.frame(number)).all()
    assert len(opened.shown) == len(opened.trajectory.steps) + 1


def test_what_the_page_is_told_says_all_there_is(store_folder):
    shelf = Shelf([store_folder])
    entry = entry_of(shelf, agent="solution", seed=1)
    told = json.loads(payload.to_json(payload.details(entry, shelf.open(entry.key))))
    click, drag, typed, press, *_ = told["steps"]
    assert (told["outcome"], told["score"], told["stop"]) == ("failed", 0.25, "done")
    assert told["id"] == entry.episode.id and told["folder"] == "run"
    assert told["checks"] == [dataclasses.asdict(check) for check in made.CHECKS]
    assert click["action"] == "click(320, 90)" and click["marks"][0]["at"] == [320, 90]
    assert drag["keys"] == ["shift"] and drag["marks"][1]["to"] == [500, 300]
    assert typed["text"] == "paid\n" and press["keys"] == ["ctrl", "s"]
    assert click["settle"]["waited_ms"] == 20.0 and click["total_ms"] == 24.0
    assert click["grade"] is None and click["reasoning"] == ""


def test_a_grade_that_was_given_since_is_told(store_folder):
    shelf = Shelf([store_folder])
    entry = entry_of(shelf, agent="noisy")
    assert payload.details(entry, shelf.open(entry.key))["steps"][1]["grade"] is None
    grade = StepGrade(7.5, "the right cell, the long way", "judge")
    Store(store_folder).add_grades(entry.episode, {1: grade})
    told = payload.details(entry, shelf.open(entry.key))
    assert [step["grade"] for step in told["steps"][:3]] == [None, dataclasses.asdict(grade), None]


def test_a_number_that_json_has_not_is_null_and_no_text_ends_a_script():
    told = {"rewards": [float("nan"), 0.5, (float("inf"),)], "text": "</script>\udce9"}
    text = payload.to_json(told)
    assert "<" not in text and text.isascii()
    assert json.loads(text) == {"rewards": [None, 0.5, [None]], "text": "</script>\udce9"}


def test_a_broken_episode_has_its_failure_and_no_score(store_folder):
    shelf = Shelf([store_folder])
    entry = entry_of(shelf, seed=2)
    told = payload.details(entry, shelf.open(entry.key))
    assert (told["outcome"], told["score"], told["failure"]) == ("broken", None, "display")
    assert told["broke"]["message"] == "the X server is gone"


def test_an_episode_without_steps_shows_where_it_began(tmp_path):
    shelf = Shelf([made.fill(tmp_path / "run", [made.episode(())])])
    (entry,) = shelf.entries()
    assert shelf.open(entry.key).shown == (0,)
    assert (decode(shelf.frame(entry.key, 0)) == made.frame(0)).all()


def test_an_episode_without_screens_can_be_looked_at(tmp_path):
    steps = tuple(dataclasses.replace(s, screenshot=None) for s in made.episode().steps)
    dark = made.episode(steps=(), first_screenshot=None)
    shelf = Shelf([made.fill(tmp_path / "run", [dataclasses.replace(dark, steps=steps)])])
    (entry,) = shelf.entries()
    assert set(shelf.open(entry.key).shown) == {None}


def test_what_is_written_meanwhile_appears_and_what_was_joined_is_found(store_folder):
    shelf = Shelf([store_folder])
    before = entry_of(shelf, agent="noisy")
    made.fill(store_folder, [made.episode(agent="late")])
    path = store_folder / "episodes" / f"{before.episode.shard}.parquet"
    for table in ("episodes", "steps", "frames"):  # as a writer does that joins shards
        old = store_folder / table / path.name
        old.rename(old.with_name("joined.parquet"))
    assert len(shelf.open(before.key).trajectory.steps) == 5
    assert decode(shelf.frame(before.key, 0)).shape == (360, 640, 3)
    assert entry_of(shelf, agent="late").key != before.key


def test_a_damaged_episode_says_so_and_leaves_the_others(store_folder):
    made.fill(store_folder, [made.episode(agent="torn")])
    shelf = Shelf([store_folder])
    torn, whole = entry_of(shelf, agent="torn"), entry_of(shelf, agent="noisy")
    (store_folder / "frames" / f"{torn.episode.shard}.parquet").write_bytes(b"PAR1")
    with pytest.raises(ValueError, match="torn or damaged"):
        shelf.frame(torn.key, 0)
    assert shelf.frame(whole.key, 0)


def test_the_screens_kept_at_hand_stay_within_their_bound(store_folder, monkeypatch):
    one = Shelf([store_folder])
    keys = [entry.key for entry in one.entries()]
    frames = Store(store_folder).frames(one.entries()[0].episode)
    monkeypatch.setattr(shelf, "FRAMES_BYTES", 2 * sum(map(len, frames.values())))
    for key in keys:
        one.frame(key, 0)
        kept = shelf._size(one._frames.values())
        assert 0 < kept <= shelf.FRAMES_BYTES and key in one._frames


def test_two_stores_stand_on_one_shelf_and_one_twice_counts_once(tmp_path):
    first = made.fill(tmp_path / "first", [made.episode()])
    second = made.fill(tmp_path / "second", [made.passed()])
    found = Shelf([first, second, first]).entries()
    assert sorted(entry.folder for entry in found) == ["first", "second"]


def test_a_folder_that_is_not_there_is_said():
    with pytest.raises(ConfigError, match="no such folder"):
        Shelf([Path("nowhere/at/all")])


def test_two_thousand_episodes_are_listed_in_less_than_a_second(store_folder, tmp_path):
    folder = many(store_folder, tmp_path / "many", 2000)
    times = []
    for _ in range(3):
        shelf = Shelf([folder])
        start = time.perf_counter()
        text = payload.to_json(payload.listing(shelf.entries(), "many"))
        times.append(time.perf_counter() - start)
    assert len(json.loads(text)["episodes"]) == 2000
    assert not shelf._frames and min(times) < 1.0
    assert not any(entry.episode.task for entry in shelf.entries()), "nothing long is kept"
