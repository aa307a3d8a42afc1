import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.learning.acting import Acting, trained_agents
from gym_anything.learning.live import LiveConfig
from gym_anything.learning.training import JsonLog, Training, hash_model, is_out_of_memory, read_log
from gym_anything.learning.vlm import LocalModel
from gym_anything.rollout import rollout
from tests.learning.conftest import SCREEN
from tests.learning.tiny_models import qwen25
from tests.training.conftest import SHORT

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning"),
]


@pytest.fixture
def config(collect, made, base, tmp_path, recipe):  # noqa: F811
    """config(...): a short run on the memo task's solution."""
    folder, _ = made(collect("solution"))

    def make(**options):
        defaults = {
            "out": str(tmp_path / "run"),
            "model": str(base),
            "samples": str(folder),
            "least_samples": 4,
        }
        how = {name: options.pop(name) for name in list(options) if name in Training.__slots__}
        training = Training(**SHORT | how)
        return recipe("sft").SftRun(**defaults | options, training=training)

    return make


def losses(folder):
    return {line["step"]: line["loss"] for line in read_log(Path(folder)) if "loss" in line}


def weights(folder):
    return LocalModel.load(Path(folder)).model.state_dict()


def test_it_learns_a_task_by_heart_and_does_it(config, recipe, memo):
    chosen = config(steps=150, save_every=1000, log_every=10)
    folder = recipe("sft").main(chosen)
    found = losses(chosen.out)
    assert found[1] > 4 and found[150] < 0.05
    make = trained_agents(folder)
    with DesktopEnv("mousepad", task=memo, machine="fake", screen=SCREEN, warm=False) as env:
        trajectory = rollout(env, lambda env: make())
    assert trajectory.score.passed and trajectory.invalid == 0


def test_a_run_that_was_broken_off_goes_on_as_if_it_had_not_been(
    config, recipe, tmp_path, monkeypatch
):
    main = recipe("sft").main
    whole = config()
    main(whole)
    broken = config(out=str(tmp_path / "broken"))

    def stop(self, args, state, control, **kwargs):
        if state.global_step == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(JsonLog, "on_step_end", stop)
        main(broken)
    assert not (Path(broken.out) / "model").exists()
    main(broken)
    assert losses(broken.out) == pytest.approx(losses(whole.out))
    first, second = (weights(Path(each.out) / "model") for each in (whole, broken))
    assert all(value.equal(second[name]) for name, value in first.items())


def test_a_run_keeps_what_it_was_made_of_and_each_checkpoint_is_a_model(config, recipe):
    chosen = config(steps=2)
    folder = recipe("sft").main(chosen)
    run = json.loads((Path(chosen.out) / "run.json").read_text())
    assert run["config"] == json.loads(json.dumps(dataclasses.asdict(chosen)))
    assert len(run["data"]) == len(run["model"]) == 64 and "commit" in run
    assert list((Path(chosen.out) / "tensorboard").glob("events*"))
    checkpoint = Path(chosen.out) / "checkpoints" / "checkpoint-2"
    assert all(value.equal(weights(folder)[name]) for name, value in weights(checkpoint).items())


def test_low_rank_additions_change_only_what_they_are_for_and_are_merged(config, recipe, base):
    module = recipe("sft")
    folder = module.main(config(steps=2, lora=module.Lora(rank=4, targets=r".*\.v_proj")))
    before = weights(base)
    changed = {name for name, value in weights(folder).items() if not value.equal(before[name])}
    assert changed and all(".v_proj." in name for name in changed)


def test_live_figures_stand_beside_the_loss(config, recipe):
    live = LiveConfig(
        ("mousepad/rename-client",), every=2, max_steps=2, machine="fake", max_new_tokens=4
    )
    chosen = config(steps=3, live=live)
    recipe("sft").main(chosen)
    found = [line for line in read_log(Path(chosen.out)) if "live_success" in line]
    assert [line["step"] for line in found] == [2, 3]
    assert all(line["live_episodes"] == 1 and line["live_broken"] == 0 for line in found)


def test_what_is_measured_is_not_trained_on(config, recipe, collect, made, tmp_path):  # noqa: F811
    other, _ = made(collect("solution", name="other"), out=str(tmp_path / "eval"))
    chosen = config(steps=2, eval_samples=str(other), eval_every=1)
    recipe("sft").main(chosen)
    assert [line["step"] for line in read_log(Path(chosen.out)) if "eval_loss" in line] == [1, 2]


def test_too_few_samples_and_another_run_in_the_folder_are_refused(config, recipe, tmp_path):
    main = recipe("sft").main
    with pytest.raises(ConfigError, match="4 samples are kept, and the configuration asks for at"):
        main(config(least_samples=5))
    with pytest.raises(ConfigError, match=r"more than max_length = 20"):
        main(config(max_length=20))
    shutil.rmtree(tmp_path / "run")
    main(config(steps=2))
    with pytest.raises(ConfigError, match="was begun with learning_rate: 0.01, now 0.1"):
        main(config(learning_rate=0.1))
    qwen25(tmp_path / "other")
    with pytest.raises(ConfigError, match="checkpoints are of another model"):
        main(config(model=str(tmp_path / "other")))
    with pytest.raises(ConfigError, match="no vision-language model"):
        main(config(model=str(tmp_path)))
    with pytest.raises(ConfigError, match="config.json and \\*.safetensors are not both there"):
        hash_model(tmp_path)


def test_running_out_of_memory_says_what_to_change(config, recipe, monkeypatch):
    import torch

    module = recipe("sft")

    def hungry(self, *args, **kwargs):
        return torch.empty(1 << 50)

    monkeypatch.setattr(module.SFTTrainer, "training_step", hungry)
    with pytest.raises(ConfigError, match=r"out of memory; lower batch and raise accumulate"):
        module.main(config())
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


def test_the_agent_of_a_model_that_does_not_say_how_it_is_asked_is_refused(base):
    with pytest.raises(ConfigError, match=r"acting\.json: cannot be read"):
        Acting.load(base)
