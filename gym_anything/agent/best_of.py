"""BestOf: a model's several answers, of which the one that a step reward model likes best is taken.

    model = LocalModel.load(folder, sampling=Sampling(temperature=1.0))
    agent = VlmAgent(BestOf(model, StepReward.load(reward_folder), 4), action_format("qwen3-vl"))

Nothing here imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gym_anything.agent.prompt import Prompt
from gym_anything.agent.vlm import TextModel


class Rater(Protocol):
    """Says how good answers are, such as `learning.step_reward.StepReward`."""

    @property
    def name(self) -> str:
        """Name in the records."""
        ...

    def rate(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> list[float]:
        """How good each answer to its prompt is, the higher the better.

        Raises:
            AgentError: it cannot say.
        """
        ...


class BestOf:
    """A model (`agent.vlm.TextModel`) that draws several answers and gives the best.

    Args:
        model: that draws; it must not always give the same.
        rater: that chooses. Of equals the one that was drawn most often wins, then the first.
        count: answers to draw for each prompt.
    """

    def __init__(self, model: TextModel, rater: Rater, count: int) -> None:
        if count < 1:
            raise ValueError(f"at least 1 answer must be drawn, got {count}")
        self.name = f"{model.name}, best of {count} by {rater.name}"
        self._model, self._rater, self._count = model, rater, count

    def generate(self, prompts: Sequence[Prompt]) -> list[str]:
        """Answer prompts, each alone; in their order.

        Raises:
            AgentError: the model cannot answer, or the rater not choose.
        """
        drawn = self._model.generate([prompt for prompt in prompts for _ in range(self._count)])
        chosen = []
        for number, prompt in enumerate(prompts):
            answers = drawn[number * self._count : (number + 1) * self._count]
            different = list(dict.fromkeys(answers))
            if len(different) == 1:  # nothing to choose
                chosen.append(different[0])
                continue
            rated = self._rater.rate([prompt] * len(different), different)
            best = max(
                range(len(different)), key=lambda at: (rated[at], answers.count(different[at]))
            )
            chosen.append(different[best])
        return chosen
