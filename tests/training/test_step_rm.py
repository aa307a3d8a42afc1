import shutil
from pathlib import Path

import numpy as np
import pytest

from gym_anything.agent.best_of import BestOf
from gym_anything.agent.prompt import PromptStyle
from gym_anything.errors import ConfigError
from gym_anything.learning.acting import Acting, trained_agents
from gym_anything.learning.collate import Collator
from gym_anything.learning.samples import Samples
from gym_anything.learning.step_reward import StepReward
from gym_anything.learning.training import Training, read_log
from tests.learning.test_collate import prompt_of
from tests.training.conftest import SHORT

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture
def graded(collect, made):  # noqa: F811
    """Samples of a teacher that errs: some grades are 0, some 1."""
    folder, about = made(collect(*["noisy-0.5"] * 5), passed_only=False, grades="labels")
    assert about.graded == about.rows
    return Samples(folder)


@pytest.fixture
def config(graded, base, tmp_path, recipe):
    def make(**options):
        defaults = {
            "out": str(tmp_path / "run"),
            "model": str(base),
            "samples": str(graded.folder),
            "least_samples": 4,
        }
        how = {name: options.pop(name) for name in list(options) if name in Training.__slots__}
        training = Training(**SHORT | {"save_every": 1000} | how)
        return recipe("step_rm").StepRewardRun(**defaults | options, training=training)

    return make


@pytest.mark.parametrize("loss", ["regression", "pairwise"])
def test_it_learns_to_rank_steps_and_a_loaded_one_gives_the_same_rewards(
    config, recipe, graded, loss
):
    batch = 4 if loss == "pairwise" else 8  # of pairs
    chosen = config(loss=loss, steps=40, log_every=5, batch=batch)
    folder = recipe("step_rm").main(chosen)
    losses = [line["loss"] for line in read_log(Path(chosen.out)) if "loss" in line]
    assert losses[-1] < 0.6 * losses[0]
    reward = StepReward.load(folder)
    samples = list(graded)
    rewards = reward.rate([prompt_of(each) for each in samples], [s.completion for s in samples])
    bad = [value for value, each in zip(rewards, samples, strict=True) if each.grade == 0.0]
    good = [value for value, each in zip(rewards, samples, strict=True) if each.grade == 1.0]
    right = np.mean([high > low for high in good for low in bad])
    assert len(bad) >= 2 and right > 0.9
    alone = [reward.rate([prompt_of(each)], [each.completion])[0] for each in samples]
    assert rewards == pytest.approx(alone, abs=1e-4)


def test_what_is_held_out_is_measured_and_never_trained_on(config, recipe, graded):
    module = recipe("step_rm")
    held = config(hold_out_tasks=("mousepad/memo",))
    parts = module.split(graded, held)
    assert len(parts["train"]) == 0 and len(parts["tasks"]) == len(graded)
    assert len(module.split(graded, config(hold_out_apps=("mousepad",)))["apps"]) == len(graded)
    with pytest.raises(ConfigError, match="0 graded samples are left to train on"):
        module.main(held)
    with pytest.raises(ConfigError, match="no app 'mousepod'.*did you mean 'mousepad'"):
        module.split(graded, config(hold_out_apps=("mousepod",)))


def test_grades_that_do_not_differ_make_no_pairs(config, recipe):
    with pytest.raises(ConfigError, match="no two steps of a task have grades that differ by"):
        recipe("step_rm").main(config(loss="pairwise", margin=2.0))


def test_figures_of_what_is_held_out_are_in_the_log(
    config,
    recipe,
    graded,
    collect,
    made,
    tmp_path,
    monkeypatch,  # noqa: F811
):
    module = recipe("step_rm")
    whole = module.split

    def halves(samples, config):
        rows = whole(samples, config)["train"]
        return {"train": rows.select(range(6)), "tasks": rows.select(range(6, len(rows)))}

    monkeypatch.setattr(module, "split", halves)
    chosen = config(steps=2)
    module.main(chosen)
    found = [line for line in read_log(Path(chosen.out)) if "eval_tasks_pairs" in line]
    assert {line["step"] for line in found} == {0, 2}
    assert all(0.0 <= line["eval_tasks_pairs"] <= 1.0 for line in found)


def test_a_reward_reads_prompt_and_answer_as_training_does(base, graded):
    reward = StepReward.begin(base)
    samples = list(graded)[:2]
    batch = Collator(reward.processor, 4096)(samples)
    batch.pop("labels")
    expected = reward(**batch)["logits"].tolist()
    found = reward.rate([prompt_of(each) for each in samples], [s.completion for s in samples])
    assert found == pytest.approx(expected, abs=1e-5)
    other = reward.rate([prompt_of(samples[0])] * 2, [samples[0].completion, "another answer"])
    assert other[0] == pytest.approx(expected[0], abs=1e-4) and other[1] != other[0]


def test_it_ranks_the_answers_of_a_model(base, graded):
    reward = StepReward.begin(base)
    sample = next(iter(graded))
    answers = [sample.completion, "something else", "a third"]

    class Draws:
        name = "draws"

        def generate(self, prompts):
            return answers * (len(prompts) // 3)

    best = BestOf(Draws(), reward, 3).generate([prompt_of(sample)])
    rated = reward.rate([prompt_of(sample)] * 3, answers)
    assert best == [answers[int(np.argmax(rated))]]


def test_a_model_that_is_no_reward_model_is_refused(base):
    with pytest.raises(ConfigError, match=r"no step reward model: there is no reward_head"):
        StepReward.load(base)


def test_there_must_be_something_to_choose_among(base, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(base, folder)
    Acting("qwen3-vl", PromptStyle()).save(folder)
    with pytest.raises(ConfigError, match="at least 2 draws at a temperature above 0"):
        trained_agents(folder, reward=base, draws=4)
