"""Collate: samples as the tensors that a model learns from.

The prompt is tokenized with its pictures as it is when the model acts, the completion by itself
after it, and only the completion is in the loss. Nothing is ever cut: a sample that is too long is
an error that names it, since a cut would tear the tokens of a picture or drop the action.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from gym_anything.errors import ConfigError
from gym_anything.learning.processor import render_answer
from gym_anything.learning.samples import Sample

NOT_IN_LOSS = -100
_PER_TOKEN = ("mm_token_type_ids", "token_type_ids")  # that some processors make beside the ids


@dataclass(frozen=True, slots=True)
class Rendered:
    """A sample as text and pictures.

    Attributes:
        name: of the sample, for messages.
        prompt: as the chat template renders it.
        completion: what follows, up to and with the mark of the turn's end.
        pictures: in the order of their places.
    """

    name: str
    prompt: str
    completion: str
    pictures: tuple[Image.Image, ...]


def render_sample(processor: Any, sample: Sample) -> Rendered:
    """A sample as text and pictures.

    Raises:
        ConfigError: a picture does not decode, or they are not as many as their places.
    """
    places = sum(
        part["type"] == "image" for message in sample.prompt for part in message["content"]
    )
    if places != len(sample.pictures):
        raise ConfigError(
            f"{sample.name}: {len(sample.pictures)} pictures for {places} places in the prompt; "
            "make the samples again"
        )
    prompt, completion = render_answer(processor, sample.prompt, sample.tools, sample.completion)
    pictures = tuple(
        _decoded(data, f"{sample.name}, picture {number}")
        for number, data in enumerate(sample.pictures, 1)
    )
    return Rendered(sample.name, prompt, completion, pictures)


def _decoded(data: bytes, name: str) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            decoded: Image.Image = picture.convert("RGB")
            return decoded
    except (OSError, ValueError, SyntaxError) as error:  # SyntaxError is PIL's for a torn PNG
        raise ConfigError(
            f"{name}: does not decode ({len(data)} bytes): {error}; make the samples again, or "
            "drop that step"
        ) from error


class Collator:
    """Makes a batch of samples.

    Args:
        processor: of the model.
        max_length: tokens of a sample at most, its pictures' included.

    Raises:
        ConfigError: on use: as `render_sample`; or a sample is too long.
    """

    def __init__(self, processor: Any, max_length: int) -> None:
        self.processor = processor
        self.max_length = max_length

    def __call__(self, samples: Sequence[Sample]) -> dict[str, torch.Tensor]:
        """The batch.

        Returns:
            "input_ids", "attention_mask" and "labels", each (B, T) int64, padded on the right,
            labels -100 where nothing is in the loss; and what the processor makes of the pictures.
        """
        return self.batch([render_sample(self.processor, sample) for sample in samples])

    def batch(self, rendered: Sequence[Rendered]) -> dict[str, torch.Tensor]:
        """As a call, of samples that are rendered already."""
        inputs = self.processor(
            text=[each.prompt for each in rendered],
            images=[list(each.pictures) for each in rendered],
            padding=True,
            padding_side="left",
            add_special_tokens=False,  # the chat template has written them
            return_tensors="pt",
        )
        answers = [self._ids(each.completion) for each in rendered]
        rows: dict[str, list[torch.Tensor]] = {}
        for number, answer in enumerate(answers):
            there = inputs["attention_mask"][number].bool()
            prompt = inputs["input_ids"][number][there]
            self._check_length(rendered[number], len(prompt), len(answer))
            silent = torch.full_like(prompt, NOT_IN_LOSS)
            rows.setdefault("input_ids", []).append(torch.cat([prompt, answer]))
            rows.setdefault("labels", []).append(torch.cat([silent, answer]))
            for name in _PER_TOKEN:
                if name in inputs:
                    kinds = inputs[name][number][there]
                    rows.setdefault(name, []).append(
                        torch.cat([kinds, torch.zeros_like(answer, dtype=kinds.dtype)])
                    )
        batch = {name: value for name, value in inputs.items() if name not in rows}
        lengths = torch.tensor([len(row) for row in rows["input_ids"]])
        batch["attention_mask"] = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
        fills = {"input_ids": self.processor.tokenizer.pad_token_id, "labels": NOT_IN_LOSS}
        for name, values in rows.items():
            batch[name] = torch.nn.utils.rnn.pad_sequence(
                values, batch_first=True, padding_value=fills.get(name, 0)
            )
        return batch

    def _ids(self, text: str) -> torch.Tensor:
        ids = self.processor.tokenizer(text, add_special_tokens=False)["input_ids"]
        return torch.tensor(ids, dtype=torch.long)

    def _check_length(self, sample: Rendered, prompt: int, answer: int) -> None:
        if prompt + answer > self.max_length:
            raise ConfigError(
                f"{sample.name}: {prompt} tokens of prompt and pictures and {answer} of answer are "
                f"more than max_length = {self.max_length}; nothing is cut: raise max_length, or "
                "make the samples with fewer screenshots, smaller most_px or teach = false"
            )


def check_samples(samples: Iterable[Sample], collator: Collator) -> int:
    """Go through all samples before any is trained on.

    Returns:
        Tokens of the longest.

    Raises:
        ConfigError: as `Collator`.
    """
    return max(collator([sample])["input_ids"].shape[1] for sample in samples)
