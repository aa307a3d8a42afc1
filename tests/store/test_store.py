import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from gym_anything.errors import ConfigError
from gym_anything.records import Failure, FailureKind, Stop, Trajectory
from gym_anything.store import SCHEMA_VERSION, Store, Writer, tables
from gym_anything.store.rows import READERS

ROOT = Path(__file__).resolve().parents[2]


def assert_equal(found, expected):
    """Equal in every field; frames by their pixels."""
    for field in dataclasses.fields(Trajectory):
        if field.name not in ("steps", "first_screenshot"):
            assert getattr(found, field.name) == getattr(expected, field.name), field.name
    assert np.array_equal(found.first_screenshot, expected.first_screenshot)
    assert len(found.steps) == len(expected.steps)
    for step, other in zip(found.steps, expected.steps, strict=True):
        for field in dataclasses.fields(step):
            if field.name != "screenshot":
                assert getattr(step, field.name) == getattr(other, field.name), field.name
        assert np.array_equal(step.screenshot, other.screenshot)


def test_what_a_rollout_returned_is_read_back_equal(solved):
    store, trajectory = solved
    (episode,) = store.episodes()
    assert_equal(store.trajectory(episode), trajectory)
    assert episode.score == trajectory.score and episode.score.checks[0].evidence
    assert trajectory.score.passed


def test_hostile_texts_and_every_field_are_read_back_equal(tmp_path, fake_env, made_up):
    fake_env.reset()
    with Writer(tmp_path / "ß 'a' [b] *") as writer:
        writer.write(made_up, fake_env)
    store = Store(writer.folder)
    assert_equal(store.trajectory(store.episodes()[0]), made_up)


def test_a_failure_is_read_back_and_is_no_score(tmp_path, fake_env, made_up):
    fake_env.reset()
    failure = Failure(FailureKind.DISPLAY, made_up.agent, made_up.agent)
    broken = dataclasses.replace(made_up, score=None, failure=failure, stop=Stop.FAILURE)
    with Writer(tmp_path) as writer:
        writer.write(broken, fake_env)
    (episode,) = Store(tmp_path).episodes()
    assert (episode.score, episode.failure, episode.final) == (None, failure, "")
    assert_equal(Store(tmp_path).trajectory(episode), broken)


def test_each_screen_is_kept_once(tmp_path, fake_env, made_up):
    fake_env.reset()
    with Writer(tmp_path) as writer:
        writer.write(made_up, fake_env)  # shades 0, 1, 0, 0
    store = Store(tmp_path)
    (episode,) = store.episodes()
    assert sorted(store.frames(episode)) == [0, 1] and episode.frames == 2
    shown = [(row["frame_before"], row["frame"]) for row in store.step_rows(episode)]
    assert shown == [(0, 1), (1, 0), (0, 0)]


def test_an_episode_says_with_what_it_was_made(solved):
    store, _ = solved
    (episode,) = store.episodes()
    task = store.task(episode)
    assert task.content_hash() == episode.task_hash and task.solution
    assert json.loads(episode.config) == {"seeds": 3}
    assert json.loads(episode.env)["machine"] == "fake"
    assert {"gym-anything", "python", "python:pyarrow"} <= set(episode.versions)
    assert episode.schema_version == SCHEMA_VERSION and episode.wall_sec > 0


def test_there_is_a_reader_for_every_version():
    assert sorted(READERS) == list(range(1, SCHEMA_VERSION + 1))


def test_an_episode_of_a_later_schema_is_skipped_with_a_warning(solved):
    store, _ = solved
    path = next((store.folder / "episodes").glob("*.parquet"))
    rows = pq.read_table(path).to_pylist()
    rows[0]["schema_version"] = 99
    tables.write_table(path.parent, path.stem, pq.read_schema(path), rows)
    with pytest.warns(UserWarning, match="schema"):
        assert store.episodes() == []


@pytest.mark.parametrize("table", ["episodes", "steps", "frames"])
def test_a_torn_shard_is_skipped_with_a_warning(tmp_path, fake_env, solve, table):
    with Writer(tmp_path) as writer:
        torn, _ = solve(fake_env, writer)
    with Writer(tmp_path) as writer:
        whole, _ = solve(fake_env, writer)
    path = tmp_path / table / f"{torn}.parquet"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.warns(UserWarning, match="torn or damaged"):
        assert [episode.id for episode in Store(tmp_path).episodes()] == [whole]


def test_the_episodes_of_a_run_are_joined_to_one_shard_and_read_as_before(
    tmp_path, fake_env, solve, made_up
):
    with Writer(tmp_path) as writer:
        first, solution = solve(fake_env, writer)
        second = writer.write(made_up, fake_env)
        writer.flush()
        apart = {path: path.read_bytes() for path in tmp_path.rglob("*.parquet")}
        assert len(apart) == 7  # the second has a grade
    assert len(list(tmp_path.rglob("*.parquet"))) == 4
    store = Store(tmp_path)
    for _ in range(2):
        episodes = store.episodes()
        assert [episode.id for episode in episodes] == [first, second]
        assert len({episode.shard for episode in episodes}) <= 2
        assert_equal(store.trajectory(episodes[0]), solution)
        assert_equal(store.trajectory(episodes[1]), made_up)
        for path, data in apart.items():  # as if it had been killed before it removed them
            path.write_bytes(data)


def test_a_changed_byte_in_a_picture_is_noticed(solved):
    store, _ = solved
    (episode,) = store.episodes()
    path = store.folder / "frames" / f"{episode.shard}.parquet"
    data = bytearray(path.read_bytes())
    at = data.index(b"IDAT") + 40
    data[at] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        store.trajectory(episode)


KILLED = """
import sys
from pathlib import Path
import numpy as np
from gym_anything.env import DesktopEnv
from gym_anything.store import Writer
from gym_anything.rollout import rollout
from gym_anything.agent.solution import SolutionAgent
from gym_anything.task import Task

task = Task.from_json(sys.argv[2])
with DesktopEnv("mousepad", task=task, machine="fake", warm=False) as env:
    writer = Writer(Path(sys.argv[1]))
    recorder = writer.recorder()
    trajectory = rollout(
        env, lambda env: SolutionAgent(env.session.desktop, task.solution), recorder=recorder
    )
    print(recorder.write(trajectory))
    writer.flush()
    recorder = writer.recorder()
    env.reset()
    for number in range(8):  # enough that part of it has gone to the file
        noise = np.random.default_rng(number).integers(0, 256, (720, 1280, 3), np.uint8)
        recorder.begin(env, noise) if number == 0 else recorder.step(noise)
    writer.flush()
    print("in progress", flush=True)
    sys.stdin.read()
"""


def test_a_writer_that_is_killed_loses_the_episode_in_progress_only(tmp_path, memo):
    writing = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), memo.to_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with writing:
        kept = writing.stdout.readline().strip()
        assert writing.stdout.readline() == "in progress\n"
        writing.send_signal(signal.SIGKILL)
    leftovers = list(tmp_path.glob("frames/.*.tmp"))
    assert leftovers and leftovers[0].stat().st_size > 1 << 20
    store = Store(tmp_path)
    assert [episode.id for episode in store.episodes()] == [kept]
    assert len(store.trajectory(store.episodes()[0]).steps) == 4
    with Writer(tmp_path):
        assert not list(tmp_path.glob("frames/.*.tmp"))


def test_an_error_of_the_disk_is_raised_where_the_episode_is_written(tmp_path, fake_env, solve):
    (tmp_path / "steps").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="steps"), Writer(tmp_path) as writer:
        solve(fake_env, writer)
        writer.flush()


def test_a_discarded_episode_leaves_nothing(tmp_path, fake_env, made_up):
    fake_env.reset()
    with Writer(tmp_path) as writer:
        recorder = writer.recorder()
        recorder.begin(fake_env, made_up.first_screenshot)
        recorder.discard()
    assert Store(tmp_path).episodes() == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_episode_is_found_by_its_number_or_the_beginning_of_its_id(solved):
    store, _ = solved
    (episode,) = store.episodes()
    assert store.find("0") == episode == store.find(episode.id[:12])
    with pytest.raises(ConfigError, match="no episode 'zz'"):
        store.find("zz")


def test_datasets_loads_a_store_with_its_pictures(solved):
    pytest.importorskip("datasets", reason="pip install 'gym-anything[data]'")
    store, trajectory = solved
    frames = store.to_dataset("frames")
    assert np.array_equal(np.asarray(frames[0]["image"]), trajectory.first_screenshot)
    steps = store.to_dataset("steps")
    assert [row["action"]["verb"] for row in steps] == ["press", "type", "press", "done"]
