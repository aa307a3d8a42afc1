"""The step reward model: how good is this action in this state?

    gym-anything train step_rm configs/step_rm_tiny.toml

A number is read from the last token of prompt and action (learning/step_reward.py). It is taught
by regression, the squared distance to the grade, or by pairs, -log sigmoid(better - worse) of two
steps of the same task whose grades differ (Bradley and Terry, 1952). What it is worth shows on
tasks and applications that are held out whole: the share of pairs that it orders rightly.

Left out: grading itself (curation does that), and a language head: the backbone alone is saved.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from pydantic import ConfigDict
from transformers import Trainer, TrainingArguments

from gym_anything.errors import ConfigError, did_you_mean
from gym_anything.learning.acting import Acting
from gym_anything.learning.collate import Collator, check_samples
from gym_anything.learning.dataset import dataset_of, sample_of
from gym_anything.learning.processor import load_processor
from gym_anything.learning.ranking import pairs_of, rank_figures
from gym_anything.learning.samples import Samples
from gym_anything.learning.step_reward import StepReward
from gym_anything.learning.training import MODEL, Run, Training, enough, run_recipe

ADVICE = (
    "lower batch and raise accumulate, set checkpointing = true, or make the samples with smaller "
    "pictures"
)


@dataclass(frozen=True, slots=True)
class StepRewardRun:
    """A run.

    Attributes:
        out: folder of the run; run again to go on.
        model: folder of the vision-language model whose backbone to begin with.
        samples: folder of the samples; those with a grade are used, in the loss of imitation or
            not.
        loss: "regression" or "pairwise".
        margin: pairwise: least difference of two grades.
        pairs_per_sample: pairwise: worse steps that each step is compared with.
        hold_out_tasks: templates, such as "mousepad/rename-client", that are never trained on.
        hold_out_apps: applications that are never trained on.
        least_samples: an error if fewer graded samples are left to train on.
        max_length: tokens of a sample at most; a longer one is an error, nothing is cut.
        training: how; a batch is of samples, or of pairs.
    """

    out: str
    model: str
    samples: str
    loss: Literal["regression", "pairwise"] = "regression"
    margin: float = 0.2
    pairs_per_sample: int = 4
    hold_out_tasks: tuple[str, ...] = ()
    hold_out_apps: tuple[str, ...] = ()
    least_samples: int = 100
    max_length: int = 4096
    training: Training = Training()

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


class Pairs(torch.utils.data.Dataset):
    """Two rows an item, the better first."""

    def __init__(self, rows: Any, pairs: Sequence[tuple[int, int]]) -> None:
        self.rows, self.pairs = rows, pairs

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, number: int) -> list[Any]:
        return [self.rows[row] for row in self.pairs[number]]


class GradedCollator:
    """Rows, or pairs of them, as a batch with "grades" (B,) and for pairs "pairs" (P, 2)."""

    def __init__(self, collator: Collator) -> None:
        self.collator = collator

    def __call__(self, items: Sequence[Any]) -> dict[str, torch.Tensor]:
        """The batch."""
        paired = isinstance(items[0], list)
        rows = [row for pair in items for row in pair] if paired else items
        batch = self.collator([sample_of(row) for row in rows])
        del batch["labels"]
        batch["grades"] = torch.tensor([row["grade"] for row in rows])
        if paired:
            batch["pairs"] = torch.arange(len(rows)).reshape(-1, 2)
        return batch


def main(config: StepRewardRun) -> Path:
    """Train; returns the folder of the trained model."""
    samples = Samples(Path(config.samples))
    collator = Collator(load_processor(Path(config.model)), config.max_length)
    parts = split(samples, config)
    train = parts.pop("train")
    enough("graded samples are left to train on", len(train), config.least_samples, samples)
    learnt: Any = train
    if config.loss == "pairwise":
        learnt = pairs(train, config)
    for part in (train, *parts.values()):
        check_samples(map(sample_of, part), collator)
    run = Run.open("step_rm", config, samples)

    torch.manual_seed(config.training.seed)  # of the head
    reward = StepReward.begin(Path(config.model))
    trainer = Trainer(
        model=reward,
        args=TrainingArguments(
            **config.training.arguments(run, evaluates=bool(parts)),
            eval_on_start=bool(parts) and run.checkpoint is None,
            label_names=["grades"],
        ),
        train_dataset=learnt,
        eval_dataset=parts or None,
        data_collator=GradedCollator(collator),
        compute_metrics=lambda found: rank_figures(found.predictions, found.label_ids),
        callbacks=run.callbacks,
    )
    with run.guarded(ADVICE):
        trainer.train(resume_from_checkpoint=run.checkpoint and str(run.checkpoint))
        if parts:
            trainer.evaluate()

    folder = run.folder / MODEL
    if trainer.is_world_process_zero():
        trainer.accelerator.unwrap_model(trainer.model).save(folder, run.base)
        Acting.of(samples).save(folder)
    return folder


def split(samples: Samples, config: StepRewardRun) -> dict[str, Any]:
    """The graded samples: "train", and "tasks" and "apps" where something is held out.

    Raises:
        ConfigError: what is to be held out is in no sample.
    """
    everything = dataset_of(samples, range(len(samples)), Path(config.out) / "cache")
    columns = {name: everything[name] for name in ("grade", "task", "app")}
    for kind, wanted in (("task", config.hold_out_tasks), ("app", config.hold_out_apps)):
        for name in wanted:
            if name not in columns[kind]:
                known = set(columns[kind])
                raise ConfigError(did_you_mean(kind, name, known, f" in {samples.folder}"))
    found: dict[str, list[int]] = {"train": [], "tasks": [], "apps": []}
    for row, (grade, task, app) in enumerate(zip(*columns.values(), strict=True)):
        if grade is not None:
            held = "apps" if app in config.hold_out_apps else "tasks"
            held = held if app in config.hold_out_apps or task in config.hold_out_tasks else "train"
            found[held].append(row)
    return {
        name: everything.select(rows) for name, rows in found.items() if rows or name == "train"
    }


def pairs(train: Any, config: StepRewardRun) -> Pairs:
    """The pairs to learn from.

    Raises:
        ConfigError: there are none.
    """
    found = pairs_of(
        list(train["grade"]),
        list(train["task"]),
        margin=config.margin,
        per_sample=config.pairs_per_sample,
        seed=config.training.seed,
    )
    if not found:
        spread = np.ptp(list(train["grade"]))
        raise ConfigError(
            f"{config.samples}: no two steps of a task have grades that differ by margin = "
            f"{config.margin} (all grades lie within {spread:g}); lower it, or grade more steps"
        )
    return Pairs(train, found)


CONFIG = StepRewardRun

if __name__ == "__main__":
    run_recipe(main, CONFIG, sys.argv[1:])
