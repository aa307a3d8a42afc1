import json
import sys

import pytest

from gym_anything import cli, learning_commands
from tests.learning.conftest import collect, made, samples_config  # noqa: F401


@pytest.fixture
def say(monkeypatch, capsys):
    """say("samples", ...): runs the command; returns (status, what it printed)."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gym-anything", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out + printed.err

    return run


def test_samples_are_made_by_a_configuration(say, collect, tmp_path):  # noqa: F811
    store = collect("solution", "noisy-0.5")
    config = tmp_path / "samples.toml"
    config.write_text(
        f'out = "{tmp_path / "out"}"\nstores = ["{store.folder}"]\nformat = "qwen3-vl"\n'
        "splits = []\npassed_only = false\n"
    )
    status, printed = say("samples", "make", config, "--json")
    found = json.loads(printed)
    assert status == 0 and found["kept"] == found["rows"] - sum(found["dropped"].values()) > 0
    config.write_text(config.read_text() + "sead = 1\n")
    status, printed = say("samples", "make", config)
    assert status == 1 and "sead: unknown key" in printed


def test_what_curation_keeps_is_what_is_learnt(say, collect, tmp_path):  # noqa: F811
    store = collect("solution", "noisy-0.5", "noisy-1")
    assert say("grade", store.folder)[0] == 0
    config = tmp_path / "curate.toml"
    config.write_text(
        f'out = "{tmp_path / "curated"}"\nstores = ["{store.folder}"]\ngrades = "privileged"\n'
        "splits = []\nprogress = {window = 0}\nredundancy = {most = 0}\n"
    )
    assert say("curate", config)[0] == 0
    verdicts = tmp_path / "curated" / "verdicts.jsonl"
    config.write_text(
        f'out = "{tmp_path / "out"}"\nstores = ["{store.folder}"]\nformat = "qwen3-vl"\n'
        f'splits = []\npassed_only = false\ncuration = "{verdicts}"\n'
    )
    status, printed = say("samples", "make", config, "--json")
    found = json.loads(printed)
    kept = [json.loads(line)["keep"] for line in verdicts.read_text().splitlines()]
    assert status == 0 and found["rows"] == len(kept) and found["kept"] == sum(kept)
    assert 0 < found["kept"] < found["rows"]


def test_what_is_in_the_loss_is_shown(say, collect, made):  # noqa: F811
    folder, about = made(collect("noisy-1"), passed_only=False, grades="labels")
    status, printed = say("samples", "show", folder, "--most", 100)
    assert status == 0
    assert printed.count("not in the loss") == about.rows - about.kept > 0
    assert printed.count("<picture 320x192>") >= about.rows
    assert "an error of the teacher" in printed and "(grade 0)" in printed
    status, printed = say("samples", "show", folder, "--row", 999)
    assert status == 1 and "no row 999; there are rows 0 to" in printed


def test_the_tokens_shown_are_those_that_are_trained_on(say, collect, made, tmp_path):  # noqa: F811
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from gym_anything.learning.samples import Samples
    from tests.learning.tiny_models import qwen3

    qwen3(tmp_path / "model")
    folder, _ = made(collect("solution"))
    sample = next(iter(Samples(folder)))
    status, printed = say("samples", "show", folder, "--model", tmp_path / "model", "--row", 0)
    joined = "".join(printed.split())
    assert status == 0 and "<|image_pad|>*" in printed
    assert "".join(f"{sample.completion}<|im_end|>".split()) in joined


def test_a_recipe_is_run_by_its_name(say, collect, made, tmp_path):  # noqa: F811
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    folder, _ = made(collect("solution"))
    config = tmp_path / "tiny.toml"
    config.write_text(f'out = "{tmp_path / "model"}"\nsamples = ["{folder}"]\n')
    status, printed = say("train", "tiny_vlm", config)
    assert status == 0 and "million weights, 220 tokens a picture" in printed
    assert (tmp_path / "model" / "config.json").is_file()
    status, printed = say("train", "tiny_vlm", config)
    assert status == 1 and "there is a model already" in printed
    status, printed = say("train", "tiny_vml", config)
    assert status == 1 and "did you mean 'tiny_vlm'" in printed


def test_what_is_not_installed_is_named_with_the_command_that_mends_it(say, tmp_path, monkeypatch):
    def lacking(path):
        raise ModuleNotFoundError("No module named 'peft'", name="peft")

    monkeypatch.setattr(learning_commands, "load_module", lacking)
    status, printed = say("train", "sft", tmp_path / "sft.toml")
    assert status == 1 and "needs peft: pip install 'gym-anything[train]'" in printed
