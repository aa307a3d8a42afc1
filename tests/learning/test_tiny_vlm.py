import importlib.util

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from transformers import AutoModelForImageTextToText, AutoProcessor

from gym_anything.action.registry import action_format
from gym_anything.agent.prompt import Message, Prompt, PromptStyle, Role
from gym_anything.agent.vlm import VlmAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.learning.processor import load_processor
from gym_anything.learning.tiny_vlm import TinyConfig, make_tiny, train_tokenizer
from gym_anything.learning.vlm import LocalModel, Sampling
from gym_anything.rollout import rollout

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CALL = (
    '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", '
    '"coordinate": [644, 364]}}\n</tool_call>'
)
CORPUS = ["Add the word ‘paid’ at the end of the memo and save it.", CALL] * 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "model"
    weights = make_tiny(path, CORPUS, TinyConfig())
    assert 2e6 < weights < 15e6
    return path


def test_it_loads_as_any_model_of_transformers(folder):
    model = AutoModelForImageTextToText.from_pretrained(folder, local_files_only=True)
    assert type(model).__name__ == "Qwen3VLForConditionalGeneration"
    if importlib.util.find_spec("torchvision") is not None:  # transformers has no videos without
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
        assert type(processor).__name__ == "Qwen3VLProcessor"
    assert load_processor(folder).__class__.__name__ == "Qwen3VLProcessor"


def test_a_screen_becomes_as_many_tokens_as_the_configuration_says(folder):
    model = LocalModel.load(folder)
    screen = np.zeros((720, 1280, 3), np.uint8)
    inputs = model.inputs([Prompt((Message(Role.USER, "Hi", screen),))])
    image = model.processor.image_token_id
    assert (inputs["input_ids"] == image).sum() == TinyConfig().picture_tokens == 220


def test_any_text_comes_back_and_digits_and_blanks_are_single_tokens():
    words = train_tokenizer(CORPUS, 400)
    for text in (CALL, "ß漢\n\t é  x", "never seen 1234"):
        assert words.decode(words(text)["input_ids"]) == text
    assert "left_click" in words.tokenize(CALL)
    assert words.tokenize("(644, 9)")[1:4] == ["6", "4", "4"]
    assert words.tokenize("‘paid’")[1:-1] == words.tokenize(" paid")[1:]
    with pytest.raises(ConfigError, match="nothing to train a tokenizer on"):
        train_tokenizer(["", " "], 400)


def test_the_same_seed_makes_the_same_weights(folder, tmp_path):
    make_tiny(tmp_path / "again", CORPUS, TinyConfig())
    first, again = (
        LocalModel.load(path).model.state_dict() for path in (folder, tmp_path / "again")
    )
    assert all(torch.equal(value, again[name]) for name, value in first.items())
    with pytest.raises(ConfigError, match="there is a model already"):
        make_tiny(tmp_path / "again", CORPUS, TinyConfig())


def test_it_acts_through_the_agent_for_local_models(folder, memo):
    model = LocalModel.load(folder, sampling=Sampling(max_new_tokens=4))
    style = PromptStyle(screenshots=1, system="", teach=False)
    with DesktopEnv("mousepad", task=memo, machine="fake", screen=(320, 192)) as env:
        found = rollout(env, lambda env: VlmAgent(model, action_format("qwen3-vl"), style))
    assert found.invalid == len(found.steps) == 6 and all(step.output for step in found.steps)


@pytest.mark.parametrize("wrong", [{"width": 100}, {"vision_heads": 3}, {"vision_layers": 1}])
def test_sizes_that_no_model_has_are_refused(wrong):
    with pytest.raises(ValueError, match="vision|heads"):
        TinyConfig(**wrong)
