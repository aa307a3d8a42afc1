"""StepReward: how good is this action in this state? A vision-language backbone with one number.

    reward = StepReward.load(Path("runs/step_rm/model"))
    reward.rate(prompts, answers)     # one number an answer, the higher the better

It reads what the agent was shown and what it wants to write, as the agent's own model reads it, and
judges from the last token's state. Trained by `training/step_rm.py`, it ranks actions before they
are done (`agent.best_of`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from gym_anything.agent.prompt import Prompt, to_template
from gym_anything.errors import AgentError, ConfigError
from gym_anything.learning.collate import Collator, Rendered
from gym_anything.learning.processor import copy_processor, load_processor, render_answer
from gym_anything.learning.vlm import check_is_model, load_model

HEAD, ABOUT = "reward_head.safetensors", "step_reward.json"
LOSSES = ("regression", "pairwise")


class StepReward(torch.nn.Module):
    """The model.

    Args:
        backbone: of transformers, without its language head.
        processor: of it; only `rate` needs one.
        name: in the records.
    """

    accepts_loss_kwargs = False  # tells transformers' Trainer that losses are means over a batch

    def __init__(self, backbone: Any, processor: Any = None, name: str = "step reward") -> None:
        super().__init__()
        self.name = name
        self.backbone = backbone
        self.processor = processor
        width = backbone.config.get_text_config().hidden_size
        self.head = torch.nn.Linear(width, 1)
        torch.nn.init.zeros_(self.head.bias)
        torch.nn.init.normal_(self.head.weight, std=width**-0.5)

    @staticmethod
    def begin(folder: Path, dtype: str = "float32") -> StepReward:
        """An untrained one on the backbone of a vision-language model.

        Args:
            folder: of the vision-language model.
            dtype: of the weights.

        Raises:
            ConfigError: there is none.
        """
        model = load_model(folder, dtype)
        backbone = model.base_model
        return StepReward(backbone, load_processor(folder)).to(backbone.dtype)

    @staticmethod
    def load(folder: Path, *, device: str = "cpu", dtype: str = "auto") -> StepReward:
        """A trained one.

        Raises:
            ConfigError: there is none.
        """
        check_is_model(folder)
        if not (folder / HEAD).is_file():
            raise ConfigError(
                f"{folder}: no step reward model: there is no {HEAD}; train one with "
                "gym-anything train step_rm CONFIG"
            )
        backbone: Any = AutoModel.from_pretrained(folder, local_files_only=True, dtype=dtype)
        reward = StepReward(backbone, load_processor(folder), folder.parent.name or folder.name)
        reward.head.load_state_dict(load_file(folder / HEAD))
        return reward.to(device=device, dtype=backbone.dtype).eval()

    def save(self, folder: Path, base: Path) -> None:
        """Write it.

        Args:
            folder: where.
            base: folder of the vision-language model that it began as.
        """
        self.backbone.save_pretrained(folder)
        save_file(
            {name: value.contiguous() for name, value in self.head.state_dict().items()},
            folder / HEAD,
        )
        (folder / ABOUT).write_text(json.dumps({"schema_version": 1}), encoding="utf-8")
        copy_processor(base, folder)

    def forward(
        self,
        grades: torch.Tensor | None = None,
        pairs: torch.Tensor | None = None,
        **inputs: Any,
    ) -> dict[str, torch.Tensor]:
        """Rewards, and the loss if there are grades.

        Args:
            grades: (B,) float, of the samples.
            pairs: (P, 2) int64, numbers of samples of which the first is the better; without, the
                loss is that of regression.
            inputs: as a Collator makes them; their labels are not used.

        Returns:
            "logits" (B,) float32, and "loss".
        """
        inputs.pop("labels", None)
        mask = inputs["attention_mask"]
        states = self.backbone(**inputs).last_hidden_state  # (B, T, width)
        last = mask.shape[1] - 1 - mask.flip(1).argmax(dim=1)  # of the tokens that are there
        rows = torch.arange(len(last), device=last.device)
        rewards = self.head(states[rows, last]).squeeze(-1).float()
        found = {"logits": rewards}
        if pairs is not None:
            better, worse = rewards[pairs[:, 0]], rewards[pairs[:, 1]]
            found["loss"] = -torch.nn.functional.logsigmoid(better - worse).mean()
        elif grades is not None:
            found["loss"] = torch.nn.functional.mse_loss(rewards, grades.float())
        return found

    def gradient_checkpointing_enable(self, **options: Any) -> None:
        """Called by the trainer where activations are to be computed twice."""
        self.backbone.gradient_checkpointing_enable(**options)

    def rate(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> list[float]:
        """How good each answer to its prompt is, the higher the better.

        Args:
            prompts: one for each answer.
            answers: what is to be judged.

        Raises:
            AgentError: it does not fit the model or the memory.
        """
        rendered = [
            self._rendered(prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)
        ]
        try:
            with torch.inference_mode(), _evaluating(self):
                batch = Collator(self.processor, self._longest).batch(rendered)
                device = self.head.weight.device
                found = self(**{name: value.to(device) for name, value in batch.items()})
        except (RuntimeError, ValueError) as error:
            raise AgentError(f"{self.name}: cannot judge: {error}") from error
        rewards: list[float] = found["logits"].tolist()
        return rewards

    def _rendered(self, prompt: Prompt, answer: str) -> Rendered:
        messages, pictures = to_template(prompt.messages)
        before, after = render_answer(self.processor, messages, prompt.tools, answer)
        return Rendered("an answer", before, after, tuple(map(Image.fromarray, pictures)))

    @property
    def _longest(self) -> int:
        return int(self.backbone.config.get_text_config().max_position_embeddings)


@contextmanager
def _evaluating(module: torch.nn.Module) -> Iterator[None]:
    was = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(was)
