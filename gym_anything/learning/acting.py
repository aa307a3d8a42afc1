"""Acting: how a trained model is to be used, kept beside its weights.

A model is asked at act time exactly as it was taught: in the same action format, shown the episode
in the same style. `acting.json` in its folder says both.

    make = trained_agents(Path("runs/sft/model"))
    trajectory = rollout(env, lambda env: make(), seed=7)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pydantic
from pydantic import TypeAdapter

from gym_anything.action.registry import action_format
from gym_anything.agent.best_of import BestOf
from gym_anything.agent.prompt import PromptStyle
from gym_anything.agent.vlm import TextModel, VlmAgent
from gym_anything.config import describe_invalid
from gym_anything.errors import ConfigError
from gym_anything.learning.samples import Samples
from gym_anything.learning.step_reward import StepReward
from gym_anything.learning.vlm import GREEDY, LocalModel, Sampling

ACTING = "acting.json"


@dataclass(frozen=True, slots=True)
class Acting:
    """How a model is asked.

    Attributes:
        format: name of the action format.
        style: how the episode is shown.
    """

    format: str
    style: PromptStyle

    @staticmethod
    def of(samples: Samples) -> Acting:
        """How samples ask."""
        return _read(samples.about["config"], str(samples.folder))

    @staticmethod
    def load(folder: Path) -> Acting:
        """Of a trained model.

        Raises:
            ConfigError: its folder does not say.
        """
        try:
            found = json.loads((folder / ACTING).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{folder / ACTING}: cannot be read; it says in which format and style the model "
                f"was trained, as training writes it ({error})"
            ) from error
        return _read(found, str(folder / ACTING))

    def save(self, folder: Path) -> None:
        """Write it into a model's folder."""
        text = json.dumps({"format": self.format, "style": asdict(self.style)}, indent=2)
        (folder / ACTING).write_text(text + "\n", encoding="utf-8")

    def agent(self, model: TextModel) -> VlmAgent:
        """An agent that asks a model so."""
        return VlmAgent(model, action_format(self.format), self.style)


def trained_agents(
    folder: Path,
    *,
    device: str = "cpu",
    sampling: Sampling = GREEDY,
    reward: Path | None = None,
    draws: int = 1,
) -> Callable[[], VlmAgent]:
    """Agents that share a trained model.

    Args:
        folder: of the model.
        device: "cpu", "cuda", ...
        sampling: how text is drawn; with `draws` above 1 its temperature must not be 0.
        reward: folder of a step reward model that chooses among draws.
        draws: answers drawn at each step.

    Raises:
        ConfigError: a folder does not hold what it should, or there is nothing to choose among.
    """
    acting = Acting.load(folder)
    model: TextModel = LocalModel.load(folder, device=device, sampling=sampling)
    if reward is not None:
        if draws < 2 or sampling.temperature <= 0:
            raise ConfigError(
                f"to choose by {reward} at least 2 draws at a temperature above 0 are needed, got "
                f"{draws} at {sampling.temperature:g}"
            )
        model = BestOf(model, StepReward.load(reward, device=device), draws)
    return lambda: acting.agent(model)


def _read(found: Mapping[str, Any], source: str) -> Acting:
    try:
        style = TypeAdapter(PromptStyle).validate_python(found["style"])
        return Acting(action_format(found["format"]).name, style)
    except KeyError as error:
        raise ConfigError(f"{source}: {error} is missing") from error
    except pydantic.ValidationError as error:
        raise ConfigError(describe_invalid(source, error)) from error
