"""Store: trajectories on disk, to look at, to train on, to score again.

After report in the flow.

    with Writer(Path("runs/data")) as writer:
        recorder = writer.recorder()
        trajectory = rollout(env, make_agent, seed=7, recorder=recorder)
        recorder.write(trajectory)

    store = Store(Path("runs/data"))
    for episode in store.episodes():
        trajectory = store.trajectory(episode)

A store is a folder:

    episodes/*.parquet   one row an episode: task, versions, agent, config, score, failure, times
    steps/*.parquet      one row a step: action, reward, score, how it settled, its frame's number
    frames/*.parquet     each screen of an episode once, PNG
    grades/*.parquet     what graders say of steps, when it was recorded or later
    blobs/xx/<sha256>    files of the final homes, compressed, each content once
    errors.jsonl         episodes of `gym-anything collect` that made no trajectory

The three tables of a shard have one name; the one in episodes/ is written last, so that an episode
is there whole or not at all.
"""

from gym_anything.store.reader import Store
from gym_anything.store.rows import SCHEMA_VERSION, Episode
from gym_anything.store.writer import Recording, Writer

__all__ = ["SCHEMA_VERSION", "Episode", "Recording", "Store", "Writer"]
