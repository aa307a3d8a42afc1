import dataclasses
import math

import pyarrow.parquet as pq
import pytest

from gym_anything.records import StepGrade
from gym_anything.store import Store, Writer, tables
from gym_anything.store.grades import GRADE_READERS, GRADES, GRADES_VERSION

GOOD, BAD = StepGrade(9.5, "the shortest way", "one"), StepGrade(1.0, "no", "other")


def test_what_was_graded_when_it_was_recorded_is_read_back(tmp_path, fake_env, made_up):
    fake_env.reset()
    with Writer(tmp_path) as writer:
        writer.write(made_up, fake_env)
    store = Store(tmp_path)
    (episode,) = store.episodes()
    assert store.grades(episode) == {2: made_up.steps[2].grade}
    read = store.trajectory(episode, screenshots=False)
    assert [step.grade for step in read.steps] == [None, None, made_up.steps[2].grade]


def test_the_last_grade_counts_and_every_grader_keeps_its_own(solved):
    store, _ = solved
    (episode,) = store.episodes()
    store.add_grades(episode, {0: GOOD, 1: GOOD})
    store.add_grades(episode, {0: BAD})
    again = dataclasses.replace(GOOD, value=8.0)
    store.add_grades(episode, {1: again})
    store.add_grades(episode, {})
    for reader in (store, Store(store.folder)):
        assert reader.grades(episode) == {0: BAD, 1: again}
        assert reader.grades(episode, "one") == {0: GOOD, 1: again}
        assert reader.grades(episode, "nobody") == {}
        steps = reader.trajectory(episode, screenshots=False).steps
        assert [step.grade for step in steps] == [BAD, again, None, None]


def test_a_store_from_before_there_were_grades_is_read_as_before(tmp_path, fake_env, solve):
    with Writer(tmp_path) as writer:
        solve(fake_env, writer)
    store = Store(tmp_path)
    assert not (tmp_path / GRADES).exists()
    (episode,) = store.episodes()
    assert {step.grade for step in store.trajectory(episode).steps} == {None}


def test_grades_of_many_episodes_stand_in_one_file_and_are_read_as_before(
    tmp_path, fake_env, made_up
):
    fake_env.reset()
    with Writer(tmp_path) as writer:
        for _ in range(3):
            writer.write(made_up, fake_env)
        writer.flush()
        store = Store(tmp_path)
        apart = {path: path.read_bytes() for path in (tmp_path / GRADES).iterdir()}
        before = [store.grades(episode) for episode in store.episodes()]
    assert len(apart) == 3 and len(list((tmp_path / GRADES).iterdir())) == 1
    assert before == [{2: made_up.steps[2].grade}] * 3
    for _ in range(2):
        assert [store.grades(episode) for episode in store.episodes()] == before
        for path, data in apart.items():  # as if it had been killed before it removed them
            path.write_bytes(data)


@pytest.mark.parametrize("value", [-0.1, 10.1, math.nan, math.inf])
def test_a_grade_is_zero_to_ten(value):
    with pytest.raises(ValueError, match="a grade is 0 to 10"):
        StepGrade(value)


def test_a_step_that_is_not_there_cannot_be_graded(solved):
    store, _ = solved
    (episode,) = store.episodes()
    for index in (-1, 4):
        with pytest.raises(ValueError, match=f"has 4 steps, no step {index}"):
            store.add_grades(episode, {index: GOOD})
    assert store.grades(episode) == {}


def test_grades_of_a_later_schema_and_a_torn_file_are_skipped_with_a_warning(solved):
    store, _ = solved
    (episode,) = store.episodes()
    store.add_grades(episode, {0: GOOD})
    (path,) = (store.folder / GRADES).iterdir()
    rows = pq.read_table(path).to_pylist()
    later = [row | {"schema_version": GRADES_VERSION + 1, "index": 1} for row in rows]
    tables.write_table(path.parent, "later", pq.read_schema(path), later)
    (path.parent / "torn.parquet").write_bytes(path.read_bytes()[:-20])
    with pytest.warns(UserWarning) as warned:
        assert store.grades(episode) == {0: GOOD}
    texts = [str(warning.message) for warning in warned]
    assert any("skipped 1 grades of a schema" in text for text in texts)
    assert any("torn or damaged" in text for text in texts)
    assert store.grades(episode) == {0: GOOD}  # and is not warned of again


def test_there_is_a_reader_for_every_version_of_grades():
    assert sorted(GRADE_READERS) == list(range(1, GRADES_VERSION + 1))
