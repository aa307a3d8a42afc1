"""Every configuration is read as what the command in its first line takes."""

from pathlib import Path

import pytest

from gym_anything.agent.chat_config import ChatConfig
from gym_anything.collect import CollectConfig
from gym_anything.config import load_toml
from gym_anything.content import find_file, load_module
from gym_anything.curation.contamination import ContaminationConfig
from gym_anything.curation.curate import CurateConfig
from gym_anything.curation.reasoning import ReasonConfig
from gym_anything.curation.step_judge import JudgeConfig
from gym_anything.learning.samples import SamplesConfig
from gym_anything.ledger import PriceTable
from gym_anything.templates import find_template

FOLDER = Path(__file__).resolve().parents[1] / "configs"
KINDS = {
    "collect": CollectConfig,
    "contamination": ContaminationConfig,
    "curate": CurateConfig,
    "grade": JudgeConfig,
    "reason": ReasonConfig,
    "run": ChatConfig,
    "samples": SamplesConfig,
}
CONFIGS = sorted(path.name for path in FOLDER.glob("*.toml"))


def words_of(name):
    first = (FOLDER / name).read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# gym-anything ").split()


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_is_what_its_command_takes(name):
    command, *arguments = words_of(name)
    path = FOLDER / name
    if name == "llm_prices.toml":
        assert PriceTable.load(path).models
    elif command == "train":
        for needed in ("trl", "stable_baselines3"):
            pytest.importorskip(needed, reason="pip install 'gym-anything[train,rl]'")
        module = load_module(find_file("training", f"{arguments[0]}.py"))
        config = load_toml(path, module.CONFIG)
        live = getattr(config, "live", None)
        assert all(find_template(task) for task in (live.tasks if live else ()))
    else:
        assert load_toml(path, KINDS[command])


def test_every_recipe_has_a_configuration():
    scripts = {path.stem for path in (FOLDER.parent / "training").glob("*.py")}
    assert scripts == {words_of(name)[1] for name in CONFIGS if words_of(name)[0] == "train"}
