import shutil

import pyarrow.parquet as pq
import pytest

from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.rollout import rollout
from gym_anything.store import Store, Writer, tables
from gym_anything.store.replay import replay


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A store with an episode of the real galculator."""
    folder = tmp_path_factory.mktemp("real")
    with DesktopEnv("galculator", task="invoice-total", warm=False) as env, Writer(folder) as out:
        recorder = out.recorder()
        trajectory = rollout(
            env,
            lambda env: SolutionAgent(env.session.desktop, env.task.solution),
            options={"task_seed": 3},
            recorder=recorder,
        )
        recorder.write(trajectory)
    assert trajectory.score.passed
    return Store(folder)


def tamper(store, table, change):
    """Change the rows of a table of the only episode."""
    path = next((store.folder / table).glob("*.parquet"))
    rows = pq.read_table(path).to_pylist()
    change(rows)
    tables.write_table(path.parent, path.stem, pq.read_schema(path), rows)
    return store.episodes()[0]


def test_a_real_episode_done_again_shows_no_difference(real):
    (episode,) = real.episodes()
    found = replay(real, episode)
    assert found.difference is None and found.steps == episode.steps > 3


def test_a_real_episode_with_another_key_differs_on_the_screen_after_it(real, tmp_path):
    shutil.copytree(real.folder, tmp_path / "copy")
    store = Store(tmp_path / "copy")

    def another_key(rows):
        rows[2]["action"] |= {"verb": "press", "keys": ["9"]}

    found = replay(store, tamper(store, "steps", another_key))
    assert (found.difference.step, found.difference.what) == (2, "screen")
    assert "pixels differ, within (" in found.difference.detail


def test_another_score_is_a_difference_after_the_last_step(solved):
    store, _ = solved
    found = replay(store, tamper(store, "steps", lambda rows: rows[-1].update(score=0.5)))
    assert (found.difference.step, found.difference.what) == (3, "score")
    assert "0.5 was recorded, now it is 1" in found.difference.detail


def test_an_earlier_end_is_a_difference(solved):
    store, _ = solved

    def ends_early(rows):
        rows[1]["action"] |= {"verb": "done"}
        rows[1] |= {"frame": rows[0]["frame"]}

    found = replay(store, tamper(store, "steps", ends_early))
    assert (found.difference.step, found.difference.what) == (1, "end")


def test_pixels_within_the_tolerance_are_none(solved):
    store, _ = solved
    episode = tamper(store, "steps", lambda rows: rows[0].update(frame=rows[1]["frame"]))
    found = replay(store, episode)
    assert (found.difference.step, found.difference.what) == (0, "screen")
    assert replay(store, episode, tolerance_px=1280 * 720).difference is None


def test_without_screens_there_is_nothing_to_compare(tmp_path, fake_env, solve):
    with Writer(tmp_path) as writer:
        recorder = writer.recorder(screenshots=False)
        _, trajectory = solve(fake_env, writer)
        recorder.write(trajectory, task=fake_env.task)
    store = Store(tmp_path)
    bare = next(episode for episode in store.episodes() if not episode.frames)
    with pytest.raises(ConfigError, match="not recorded"):
        replay(store, bare)
