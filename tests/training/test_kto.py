from pathlib import Path

import pytest
import torch

from gym_anything.errors import ConfigError
from gym_anything.learning.collate import Collator
from gym_anything.learning.samples import Samples
from gym_anything.learning.training import Training, read_log
from gym_anything.learning.vlm import LocalModel
from tests.training.conftest import SHORT

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture
def config(collect, made, base, tmp_path, recipe):  # noqa: F811
    folder, _ = made(collect(*["noisy-0.5"] * 4), passed_only=False, grades="labels")

    def make(**options):
        defaults = {
            "out": str(tmp_path / "run"),
            "model": str(base),
            "samples": str(folder),
            "least_samples": 2,
        }
        how = {name: options.pop(name) for name in list(options) if name in Training.__slots__}
        training = Training(**SHORT | {"save_every": 1000, "learning_rate": 3e-3} | how)
        return recipe("kto").KtoRun(**defaults | options, training=training)

    return make


def log_likelihoods(folder, samples):
    """Of each completion, the mean over its tokens."""
    local = LocalModel.load(folder)
    collator = Collator(local.processor, 4096)
    with torch.inference_mode():
        return [-local.model(**collator([sample])).loss.item() for sample in samples]


def test_good_steps_become_likelier_than_bad_ones(config, recipe, base):
    chosen = config(steps=30)
    folder = recipe("kto").main(chosen)
    samples = list(Samples(Path(chosen.samples)))
    before, after = log_likelihoods(base, samples), log_likelihoods(folder, samples)
    gains = [new - old for new, old in zip(after, before, strict=True)]
    good = [gain for gain, each in zip(gains, samples, strict=True) if each.grade == 1.0]
    bad = [gain for gain, each in zip(gains, samples, strict=True) if each.grade == 0.0]
    assert sum(good) / len(good) > sum(bad) / len(bad) + 0.1
    losses = [line["loss"] for line in read_log(Path(chosen.out)) if "loss" in line]
    assert losses[-1] < losses[0]


def test_too_few_bad_steps_and_grades_that_cross_are_refused(config, recipe):
    with pytest.raises(ConfigError, match="0 bad steps are there"):
        recipe("kto").main(config(bad=-1.0))
    with pytest.raises(ValueError, match="bad must be below good"):
        config(bad=0.9)
