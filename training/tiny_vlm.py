"""Make a tiny vision-language model, untrained, to begin with where there is no GPU.

    gym-anything train tiny_vlm configs/tiny_vlm.toml

Its tokenizer is trained on what samples ask and answer. Architecture: learning/tiny_vlm.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict

from gym_anything.learning.samples import Sample, Samples
from gym_anything.learning.tiny_vlm import TinyConfig, make_tiny
from gym_anything.learning.training import run_recipe


@dataclass(frozen=True, slots=True)
class TinyRun:
    """A model to make.

    Attributes:
        out: folder of the model.
        samples: folders of samples whose words the tokenizer learns.
        size: how large.
    """

    out: str
    samples: tuple[str, ...]
    size: TinyConfig = TinyConfig()

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


def main(config: TinyRun) -> Path:
    """Make it; returns its folder."""
    folder = Path(config.out)
    corpus = (
        text
        for samples in config.samples
        for sample in Samples(Path(samples))
        for text in texts(sample)
    )
    weights = make_tiny(folder, corpus, config.size)
    print(f"{weights / 1e6:.1f} million weights, {config.size.picture_tokens} tokens a picture")
    return folder


def texts(sample: Sample) -> Iterator[str]:
    """What a sample asks and answers."""
    for message in sample.prompt:
        yield from (part["text"] for part in message["content"] if part["type"] == "text")
    yield sample.completion


CONFIG = TinyRun

if __name__ == "__main__":
    run_recipe(main, CONFIG, sys.argv[1:])
