"""KTO: a model learns from good and from bad steps, without pairs of them.

    gym-anything train kto configs/kto_tiny.toml
    accelerate launch training/kto.py configs/kto_tiny.toml      # on several devices

Steps that are graded `good` or better are to become likelier than the model that it began as would
have them, steps graded `bad` or worse less likely; the loss is that of Ethayarajh et al. (2024).
Both kinds count the same in all: the rarer is weighted up. Begin with a model that sft has trained.

Left out: steps between `bad` and `good` (their number is said), and other losses of that family.
TRL's KTOTrainer does the steps. Batches are in a fixed order, as its KL term needs: each prompt is
also given the answer of its neighbour in the batch.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ConfigDict
from trl import KTOConfig, KTOTrainer
from trl.trainer.kto_trainer import DataCollatorForVisionUnpairedPreference

from gym_anything.errors import ConfigError
from gym_anything.learning.acting import Acting
from gym_anything.learning.collate import Collator, check_samples, render_sample
from gym_anything.learning.dataset import dataset_of, sample_of
from gym_anything.learning.live import LiveConfig, live_callback
from gym_anything.learning.processor import load_processor
from gym_anything.learning.samples import Samples
from gym_anything.learning.training import Run, Training, enough, run_recipe
from gym_anything.learning.vlm import load_model

ADVICE = (
    "lower batch and raise accumulate (two models are in memory), set checkpointing = true, or "
    "make the samples with smaller pictures"
)


@dataclass(frozen=True, slots=True)
class KtoRun:
    """A run.

    Attributes:
        out: folder of the run; run again to go on.
        model: folder of the model to begin with, and to stay near to.
        samples: folder of the samples; those with a grade are used, in the loss of imitation or
            not.
        good: least grade of a good step.
        bad: greatest grade of a bad step.
        beta: how near to the first model: the greater, the nearer.
        least_samples: an error if there are fewer good, or fewer bad steps.
        max_length: tokens of a sample at most; a longer one is an error, nothing is cut.
        training: how; a batch is of at least 2.
        live: what to play in real environments meanwhile.
    """

    out: str
    model: str
    samples: str
    good: float = 0.75
    bad: float = 0.25
    beta: float = 0.1
    least_samples: int = 50
    max_length: int = 4096
    training: Training = Training(learning_rate=1e-5)
    live: LiveConfig = LiveConfig()

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def __post_init__(self) -> None:
        if self.bad >= self.good or self.training.batch < 2:
            raise ValueError(f"bad must be below good and batch at least 2, got {self}")


class LabelledCollator:
    """Rows with a label, as TRL's collator makes batches of them; nothing is cut."""

    def __init__(self, processor: Any) -> None:
        self.processor = processor
        self.batch = DataCollatorForVisionUnpairedPreference(processor=processor, max_length=None)

    def __call__(self, rows: Sequence[Any]) -> dict[str, Any]:
        """The batch."""
        rendered = [render_sample(self.processor, sample_of(row)) for row in rows]
        return self.batch(
            [
                {
                    "prompt": each.prompt,
                    "completion": each.completion,
                    "images": list(each.pictures),
                    "label": row["label"],
                }
                for each, row in zip(rendered, rows, strict=True)
            ]
        )


def main(config: KtoRun) -> Path:
    """Train; returns the folder of the trained model."""
    samples = Samples(Path(config.samples))
    acting = Acting.of(samples)
    config.live.chosen()  # names what is not there before anything is trained
    processor = load_processor(Path(config.model))
    train = labelled(samples, config)
    check_samples(map(sample_of, train), Collator(processor, config.max_length))
    run = Run.open("kto", config, samples)

    good = sum(train["label"])
    bad = len(train) - good
    trainer = KTOTrainer(
        model=load_model(Path(config.model), "float32"),
        ref_model=load_model(Path(config.model), config.training.dtype),
        args=KTOConfig(
            **config.training.arguments(run, evaluates=False),
            beta=config.beta,
            desirable_weight=max(1.0, bad / good),
            undesirable_weight=max(1.0, good / bad),
            max_length=None,
        ),
        train_dataset=train,
        data_collator=LabelledCollator(processor),
        processing_class=processor,
        callbacks=run.callbacks,
    )
    if config.live.tasks:
        trainer.add_callback(live_callback(trainer, processor, acting, config.live))
    with run.guarded(ADVICE):
        trainer.train(resume_from_checkpoint=run.checkpoint and str(run.checkpoint))
    return run.save(trainer.accelerator.unwrap_model(trainer.model), acting)


def labelled(samples: Samples, config: KtoRun) -> Any:
    """The good and the bad steps, mixed, with "label".

    Raises:
        ConfigError: there are too few.
    """
    everything = dataset_of(samples, range(len(samples)), Path(config.out) / "cache")
    grades = np.array([np.nan if grade is None else grade for grade in everything["grade"]])
    good, bad = grades >= config.good, grades <= config.bad
    for kind, marks in (("good", good), ("bad", bad)):
        enough(f"{kind} steps are there", int(marks.sum()), config.least_samples, samples)
    between = int((np.isfinite(grades) & ~good & ~bad).sum())
    print(f"{good.sum()} good and {bad.sum()} bad steps; {between} are between and left out")
    rows = np.random.default_rng(config.training.seed).permutation(np.flatnonzero(good | bad))
    if not len(rows):
        raise ConfigError(f"{samples.folder}: no step has a grade; set grades or curation")
    return everything.select(rows).add_column("label", good[rows].tolist())


CONFIG = KtoRun

if __name__ == "__main__":
    run_recipe(main, CONFIG, sys.argv[1:])
