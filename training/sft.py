"""Supervised fine-tuning: a vision-language model imitates the steps that were kept.

    gym-anything train sft configs/sft_tiny.toml
    accelerate launch training/sft.py configs/sft_tiny.toml      # on several devices

The loss is the mean negative log-likelihood of the tokens of what should have been written, given
the prompt and its pictures; prompts, pictures and dropped steps are not in it. All weights are
trained, or low-rank additions to some ([lora]), which are merged in at the end.

Left out: packing (samples with pictures are not packed), mixing with other instruction data, and
downloading anything. TRL's SFTTrainer does the steps; what a batch is, is learning/collate.py.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peft import LoraConfig
from pydantic import ConfigDict
from trl import SFTConfig, SFTTrainer

from gym_anything.errors import ConfigError
from gym_anything.learning.acting import Acting
from gym_anything.learning.collate import Collator, check_samples
from gym_anything.learning.dataset import RowCollator, dataset_of, sample_of
from gym_anything.learning.live import LiveConfig, live_callback
from gym_anything.learning.processor import load_processor
from gym_anything.learning.samples import Samples
from gym_anything.learning.training import Run, Training, enough, run_recipe
from gym_anything.learning.vlm import load_model

ADVICE = (
    "lower batch and raise accumulate, set checkpointing = true, train with [lora], or make the "
    "samples with smaller pictures"
)


@dataclass(frozen=True, slots=True)
class Lora:
    """Low-rank additions.

    Attributes:
        rank: of each.
        alpha: its scale is alpha / rank.
        dropout: of its input.
        targets: regular expression of the modules that get one.
    """

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    targets: str = r".*language_model.*\.(q|k|v|o|gate|up|down)_proj"

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class SftRun:
    """A run.

    Attributes:
        out: folder of the run; run again to go on.
        model: folder of the model to begin with.
        samples: folder of the samples.
        eval_samples: folder of samples whose loss is measured and never trained on; "" for none.
        least_samples: an error if fewer are kept.
        max_length: tokens of a sample at most; a longer one is an error, nothing is cut.
        lora: low-rank additions; all weights are trained without.
        training: how.
        live: what to play in real environments meanwhile.
    """

    out: str
    model: str
    samples: str
    eval_samples: str = ""
    least_samples: int = 100
    max_length: int = 4096
    lora: Lora | None = None
    training: Training = Training()
    live: LiveConfig = LiveConfig()

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


def main(config: SftRun) -> Path:
    """Train; returns the folder of the trained model."""
    samples = Samples(Path(config.samples))
    acting = Acting.of(samples)
    config.live.chosen()  # names what is not there before anything is trained
    processor = load_processor(Path(config.model))
    collator = Collator(processor, config.max_length)
    train = kept(samples, Path(config.out))
    enough("samples are kept", len(train), config.least_samples, samples)
    evaluated = None
    if config.eval_samples:
        evaluated = kept(Samples(Path(config.eval_samples)), Path(config.out))
    check_samples(map(sample_of, train), collator)
    run = Run.open("sft", config, samples)

    # All weights are trained in float32 (dtype is then what is computed in); frozen ones need less.
    model = load_model(Path(config.model), config.training.dtype if config.lora else "float32")
    low_rank = None
    if config.lora is not None:
        low_rank = LoraConfig(
            r=config.lora.rank,
            lora_alpha=config.lora.alpha,
            lora_dropout=config.lora.dropout,
            target_modules=config.lora.targets,
        )
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            **config.training.arguments(run, evaluates=evaluated is not None),
            max_length=None,  # the collator refuses what is too long
            prediction_loss_only=True,
        ),
        train_dataset=train,
        eval_dataset=evaluated,
        data_collator=RowCollator(collator),
        processing_class=processor,
        peft_config=low_rank,
        callbacks=run.callbacks,
    )
    if config.live.tasks:
        trainer.add_callback(live_callback(trainer, processor, acting, config.live))
    with run.guarded(ADVICE):
        trainer.train(resume_from_checkpoint=run.checkpoint and str(run.checkpoint))

    trained = trainer.accelerator.unwrap_model(trainer.model)
    if low_rank is not None:
        trained = trained.merge_and_unload()
    return run.save(trained, acting)


def kept(samples: Samples, folder: Path) -> Any:
    """The samples that are in the loss."""
    everything = dataset_of(samples, range(len(samples)), folder / "cache")
    rows = [number for number, keep in enumerate(everything["keep"]) if keep]
    if not rows:
        raise ConfigError(f"{samples.folder}: no sample is kept")
    return everything.select(rows)


CONFIG = SftRun

if __name__ == "__main__":
    run_recipe(main, CONFIG, sys.argv[1:])
