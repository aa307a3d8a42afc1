"""The short form of benchmarks/soak.py: what is left of a few dozen episodes."""

from pathlib import Path

import gym_anything
from gym_anything import content

BENCHMARK = Path(gym_anything.__file__).parents[1] / "benchmarks" / "soak.py"
EPISODES = {"galculator": 24, "mousepad": 12}


def test_nothing_is_left_of_episodes_some_of_which_were_killed():
    soak = content.load_module(BENCHMARK).soak
    found = soak(EPISODES, desktops=2, kill_every=6, warm_up=6, sample_every=6)
    assert found.episodes == EPISODES
    assert found.passed == 0
    assert sum(found.killed.values()) >= 4 and len(found.killed) == 3
    assert not any(found.leaks().values()), found.leaks()
    assert found.growth_mb <= 20
