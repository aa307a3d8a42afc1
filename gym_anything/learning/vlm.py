"""LocalModel: a vision-language model of transformers, loaded from a folder of this machine.

Qwen2.5-VL, Qwen3-VL, SmolVLM and other models whose processor has a chat template with pictures.
Nothing is downloaded: a folder that lacks a file is an error. Needs the extra `vlm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForImageTextToText

from gym_anything.agent.prompt import Prompt, to_template
from gym_anything.errors import AgentError, ConfigError
from gym_anything.learning.processor import load_processor, render


@dataclass(frozen=True, slots=True)
class Sampling:
    """How text is drawn.

    Attributes:
        max_new_tokens: of one answer.
        temperature: 0 takes the likeliest token each time.
        top_p: share of probability that is drawn from.
        seed: of the draws; the same seed and batch give the same text.
    """

    max_new_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


GREEDY = Sampling()


class LocalModel:
    """A model and its processor.

    Args:
        model: of transformers.
        processor: of transformers, with a tokenizer, an image processor and a chat template.
        name: name in the records.
        sampling: how text is drawn.
        batch: prompts that are answered at once at most.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        name: str,
        sampling: Sampling = GREEDY,
        batch: int = 8,
    ) -> None:
        self.name = name
        self.model = model
        self.processor = processor
        self.sampling = sampling
        self._batch = batch
        self._generator_seed = sampling.seed

    @staticmethod
    def load(
        folder: Path,
        *,
        device: str = "cpu",
        dtype: str = "auto",
        sampling: Sampling = GREEDY,
        batch: int = 8,
    ) -> LocalModel:
        """Load a model.

        Args:
            folder: with config, weights, tokenizer, processor and chat template.
            device: "cpu", "cuda", ...
            dtype: of the weights: "auto" as saved, "float32", "bfloat16", ...
            sampling: how text is drawn.
            batch: prompts that are answered at once at most.

        Raises:
            ConfigError: there is no such folder, or it holds no vision-language model.
        """
        check_is_model(folder)
        processor = load_processor(folder)
        model = load_model(folder, dtype)
        return LocalModel(model.to(device).eval(), processor, folder.name, sampling, batch)

    @property
    def pixels(self) -> tuple[int, int] | None:
        """Least and greatest area to which its processor resizes a picture, None if it has none.

        The formats of Qwen2.5-VL and UI-TARS measure coordinates against the picture so resized.
        """
        images = self.processor.image_processor
        size = getattr(images, "size", None) or {}
        least = getattr(images, "min_pixels", None) or _member(size, "shortest_edge")
        most = getattr(images, "max_pixels", None) or _member(size, "longest_edge")
        return (least, most) if least and most and most > 10_000 else None

    def generate(self, prompts: Sequence[Prompt]) -> list[str]:
        """Answer prompts, each alone; in their order.

        Raises:
            AgentError: a prompt does not fit the model or the memory.
        """
        answers: list[str] = []
        for start in range(0, len(prompts), self._batch):
            try:
                answers += self._generate(prompts[start : start + self._batch])
            except (RuntimeError, ValueError) as error:  # shapes, memory, pictures of odd sizes
                raise AgentError(f"{self.name}: cannot answer: {error}") from error
        return answers

    def inputs(self, prompts: Sequence[Prompt]) -> Any:
        """What the model takes: token ids (B, T), padded on the left, and pixels."""
        texts, pictures = [], []
        for prompt in prompts:
            texts.append(self.text(prompt))
            pictures.append(to_template(prompt.messages)[1])
        return self.processor(
            text=texts,
            images=pictures,
            padding=True,
            padding_side="left",  # so that each answer begins where its prompt ends
            add_special_tokens=False,  # the chat template has written them
            return_tensors="pt",
        )

    def text(self, prompt: Prompt) -> str:
        """A prompt as the chat template renders it, ready for the answer."""
        return render(self.processor, prompt)

    def _generate(self, prompts: Sequence[Prompt]) -> list[str]:
        inputs = self.inputs(prompts).to(self.model.device)
        how = self.sampling
        draws = how.temperature > 0
        options: dict[str, Any] = {"temperature": how.temperature, "top_p": how.top_p}
        with torch.inference_mode(), torch.random.fork_rng(enabled=draws):
            if draws:
                torch.manual_seed(self._generator_seed)
                self._generator_seed += 1
            output = self.model.generate(
                **inputs,
                max_new_tokens=how.max_new_tokens,
                do_sample=draws,
                pad_token_id=self.processor.tokenizer.pad_token_id,
                **(options if draws else {}),
            )
        written = output[:, inputs["input_ids"].shape[1] :]  # (B, new tokens)
        answers: list[str] = self.processor.batch_decode(written, skip_special_tokens=True)
        return answers


def check_is_model(folder: Path) -> None:
    """Raises ConfigError if there is no model in a folder."""
    if not (folder / "config.json").is_file():
        raise ConfigError(f"{folder}: no model: there is no config.json")


def load_model(folder: Path, dtype: str = "auto") -> Any:
    """The weights in a folder.

    Args:
        folder: of the model.
        dtype: "auto" as saved, "float32", "bfloat16", ...

    Raises:
        ConfigError: there is no vision-language model, or the weights are of another.
    """
    check_is_model(folder)
    load: Any = AutoModelForImageTextToText.from_pretrained  # not annotated for its info
    try:
        model, found = load(folder, local_files_only=True, dtype=dtype, output_loading_info=True)
    except (OSError, ValueError, KeyError, ImportError, AttributeError, RuntimeError) as error:
        raise ConfigError(f"{folder}: no vision-language model: {error}") from error
    strange = [*found["missing_keys"], *found["unexpected_keys"], *found["mismatched_keys"]]
    if strange:
        raise ConfigError(
            f"{folder}: its weights are not those of the model that its config.json describes "
            f"({len(strange)} missing, too many or of another shape, such as {strange[0]}); copy "
            "the whole folder again, or name another"
        )
    return model


def _member(size: Any, name: str) -> int | None:
    found = size.get(name) if hasattr(size, "get") else getattr(size, name, None)
    return int(found) if found else None
