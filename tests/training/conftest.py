import os

import pytest

pytest.importorskip("torch")
pytest.importorskip("trl", reason="pip install 'gym-anything[train]'")

import torch

from gym_anything.content import find_file, load_module
from tests.learning.conftest import collect, made, samples_config  # noqa: F401
from tests.learning.tiny_models import qwen3

SHORT = {
    "batch": 4,
    "steps": 6,
    "epochs": 100.0,
    "learning_rate": 1e-2,
    "schedule": "constant",
    "warmup": 0.0,
    "save_every": 2,
    "log_every": 1,
    "eval_every": 2,
    "cpu": True,
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """One thread, no GPU, nothing left in the environment."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", os.environ.get("TENSORBOARD_LOGGING_DIR", ""))
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """A model of a few thousand weights."""
    folder = tmp_path_factory.mktemp("base")
    qwen3(folder)
    return folder


@pytest.fixture
def recipe():
    """recipe("sft"): the script as a module."""
    return lambda name: load_module(find_file("training", f"{name}.py"))
