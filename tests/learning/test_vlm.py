import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from gym_anything.action.registry import action_format
from gym_anything.agent.prompt import Message, Prompt, Role
from gym_anything.agent.vlm import VlmAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.learning.vlm import LocalModel, Sampling
from gym_anything.rollout import rollout
from tests.learning.tiny_models import FAMILIES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SHORT = Sampling(max_new_tokens=6)


@pytest.fixture(scope="module", params=list(FAMILIES))
def folder(request, tmp_path_factory):
    """A saved model of each family."""
    path = tmp_path_factory.mktemp(request.param)
    FAMILIES[request.param](path)
    return path


@pytest.fixture(scope="module")
def model(folder):
    return LocalModel.load(folder, sampling=SHORT)


def prompt(text, *shades, tools=()):
    pictures = [
        Message(Role.USER, text, np.full((48, 64 + 16 * at, 3), shade, np.uint8))
        for at, shade in enumerate(shades)
    ]
    return Prompt((Message(Role.SYSTEM, "You see a screen."), *pictures), tools)


PROMPTS = [prompt("Hi", 10), prompt("Rather longer than the first", 200, 90), prompt("x", 250)]


def test_a_batch_answers_as_each_prompt_would_alone(model):
    together = model.generate(PROMPTS)
    assert together == [model.generate([each])[0] for each in PROMPTS]
    assert len(set(together)) > 1


def test_the_picture_and_the_words_both_reach_the_model(model):
    inputs = model.inputs(PROMPTS[:1])
    text = model.processor.tokenizer.decode(inputs["input_ids"][0])
    assert "You see a screen." in text and "Hi" in text
    other = model.inputs([prompt("Hi", 90)])
    assert (inputs["input_ids"] == other["input_ids"]).all()
    assert not (inputs["pixel_values"] == other["pixel_values"]).all()


def test_a_tool_is_described_whether_or_not_the_template_knows_tools(model):
    tool = {"name": "computer_use", "description": "clicks", "parameters": {"type": "object"}}
    assert model.text(prompt("Hi", 1, tools=(tool,))).count('"computer_use"') == 1


def test_draws_follow_the_seed(folder):
    hot = dataclasses.replace(SHORT, temperature=3.0, seed=5)
    first, second, third = (
        LocalModel.load(folder, sampling=how).generate(PROMPTS)
        for how in (hot, hot, dataclasses.replace(hot, seed=6))
    )
    assert first == second != third


def test_an_untrained_model_plays_an_episode_of_invalid_actions(model, memo):
    env = DesktopEnv("mousepad", task=memo, machine="fake", screen=(320, 200))
    try:
        found = rollout(env, lambda env: VlmAgent(model, action_format("qwen2.5-vl")), seed=1)
    finally:
        env.close()
    assert found.invalid == len(found.steps) == 6 and found.score.value == 0
    assert all(step.error for step in found.steps)


def test_a_folder_without_a_model_says_so(tmp_path):
    with pytest.raises(ConfigError, match="no model: there is no config.json"):
        LocalModel.load(Path("/nowhere"))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match="no vision-language model"):
        LocalModel.load(tmp_path)


def test_weights_of_another_model_are_refused(tmp_path):
    FAMILIES["qwen3-vl"](tmp_path)
    path = tmp_path / "config.json"
    config = json.loads(path.read_text())
    config["text_config"]["num_hidden_layers"] = 1
    path.write_text(json.dumps(config))
    with pytest.raises(ConfigError, match="its weights are not those of the model"):
        LocalModel.load(tmp_path)


def test_the_pixels_of_the_processor_are_those_that_a_format_is_told(tmp_path):
    FAMILIES["qwen2.5-vl"](tmp_path)
    assert LocalModel.load(tmp_path).pixels == (56 * 56, 112 * 112)
