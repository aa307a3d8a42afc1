import pytest

from gym_anything.agent.prompt import PromptStyle
from gym_anything.agent.registry import find_agent
from gym_anything.env import DesktopEnv
from gym_anything.learning.samples import SamplesConfig, make_samples
from gym_anything.rollout import rollout
from gym_anything.store import Store, Writer

SCREEN = (320, 192)
STYLE = PromptStyle(screenshots=2, system="", teach=False)


@pytest.fixture
def collect(tmp_path, memo):
    """collect(agents, name): a store with an episode of the memo task by each agent."""

    def run(*agents, name="store"):
        with Writer(tmp_path / name) as writer:
            for seed, agent in enumerate(agents):
                env = DesktopEnv("mousepad", task=memo, machine="fake", screen=SCREEN, warm=False)
                recorder = writer.recorder()
                try:
                    found = rollout(
                        env, lambda env, a=agent, s=seed: find_agent(a)(env, s), recorder=recorder
                    )
                finally:
                    env.close()
                recorder.write(found, task=memo)
        return Store(tmp_path / name)

    return run


@pytest.fixture
def samples_config(tmp_path):
    """samples_config(store, ...): how to make its samples."""

    def config(store, **options):
        defaults = {"format": "qwen3-vl", "style": STYLE, "splits": ()}
        out = str(tmp_path / "samples")
        return SamplesConfig(**{"out": out, "stores": (str(store.folder),)} | defaults | options)

    return config


@pytest.fixture
def made(samples_config):
    """made(store, ...): makes its samples; returns their folder and what was made."""

    def make(store, **options):
        from pathlib import Path

        config = samples_config(store, **options)
        return Path(config.out), make_samples(config)

    return make
