"""LocalModel: a vision-language model of transformers, loaded from a folder of this machine.

Qwen2.5-VL, Qwen3-VL, SmolVLM and other models whose processor has a chat template with pictures.
Nothing is downloaded: a folder that lacks a file is an error. Needs the extra `vlm`.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoModelForImageTextToText, AutoProcessor

from gym_anything.agent.prompt import Prompt, to_template
from gym_anything.errors import AgentError, ConfigError


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
        tokenizer = processor.tokenizer
        tokenizer.padding_side = "left"  # so that each answer begins where its prompt ends
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token

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
        if not (folder / "config.json").is_file():
            raise ConfigError(f"{folder}: no model: there is no config.json")
        try:
            processor = _load_processor(folder)
            model: Any = AutoModelForImageTextToText.from_pretrained(
                folder, local_files_only=True, dtype=dtype
            )
        except (OSError, ValueError, KeyError, ImportError, AttributeError) as error:
            raise ConfigError(f"{folder}: no vision-language model: {error}") from error
        if not hasattr(processor, "tokenizer") or processor.chat_template is None:
            raise ConfigError(f"{folder}: its processor has no tokenizer or no chat template")
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
        return self.processor(text=texts, images=pictures, padding=True, return_tensors="pt")

    def text(self, prompt: Prompt) -> str:
        """A prompt as the chat template renders it, ready for the answer."""
        messages, _ = to_template(prompt.messages)
        tools = [_wrapped(tool) for tool in prompt.tools]
        rendered = self._render(messages, tools)
        if tools and not all(name in rendered for name in _names(tools)):
            described = "\n".join(json.dumps(tool) for tool in tools)  # the template knows no tools
            note = {"type": "text", "text": f"\n\nTools:\n{described}"}
            first = dict(messages[0])
            first["content"] = [*first["content"], note]  # type: ignore[misc]
            rendered = self._render([first, *messages[1:]], [])
        return rendered

    def _render(self, messages: Sequence[Any], tools: Sequence[Any]) -> str:
        # The tokenizer's method: SmolVLM's processor has one that asks for its part for videos.
        text: str = self.processor.tokenizer.apply_chat_template(
            list(messages),
            chat_template=self.processor.chat_template,
            tools=list(tools) or None,
            add_generation_prompt=True,
            tokenize=False,
        )
        return text

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


def _load_processor(folder: Path) -> Any:
    """The processor in a folder; without its part for videos where torchvision is not there."""
    if importlib.util.find_spec("torchvision") is not None:
        load: Any = AutoProcessor.from_pretrained  # not annotated in transformers
        return load(folder, local_files_only=True)
    kind = _processor_class(folder)
    saved = _saved_options(folder, kind)

    class WithoutVideos(kind):  # type: ignore[misc, valid-type]
        """Takes pictures and words only: transformers makes the parts that `__init__` names."""

        def __init__(
            self,
            image_processor: Any = None,
            tokenizer: Any = None,
            chat_template: str | None = None,
            **options: Any,
        ) -> None:
            options = saved | options
            options.pop("video_processor", None)
            super().__init__(
                image_processor=image_processor,
                tokenizer=tokenizer,
                video_processor=None,
                chat_template=chat_template,
                **options,
            )

    return WithoutVideos.from_pretrained(folder, local_files_only=True)


def _saved_options(folder: Path, kind: Any) -> dict[str, Any]:
    """What a folder says of a processor beside its parts, such as SmolVLM's `image_seq_len`."""
    path = folder / "processor_config.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    parts = {"self", "image_processor", "tokenizer", "video_processor", "chat_template"}
    taken = inspect.signature(kind.__init__).parameters.keys() - parts
    return {name: value for name, value in found.items() if name in taken}


def _processor_class(folder: Path) -> Any:
    """Class of the processor that a folder names, in one of the files that do."""
    for name in ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json"):
        path = folder / name
        named = json.loads(path.read_text()).get("processor_class") if path.is_file() else None
        if named is not None:
            return getattr(transformers, named)
    raise ValueError("no file there names a processor_class")


def _member(size: Any, name: str) -> int | None:
    found = size.get(name) if hasattr(size, "get") else getattr(size, name, None)
    return int(found) if found else None


def _wrapped(tool: Any) -> dict[str, Any]:
    return dict(tool) if "type" in tool else {"type": "function", "function": dict(tool)}


def _names(tools: Sequence[Any]) -> Iterator[str]:
    for tool in tools:
        yield str(tool.get("function", {}).get("name", tool["type"]))
