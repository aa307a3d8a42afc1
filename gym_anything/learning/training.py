"""What the recipes of training/ share: the folder of a run, its logs, its refusals.

    run = Run.open(config, samples, model)   # makes or goes on with the folder `out`
    run.checkpoint                           # to resume from, None at the beginning
    with run.guarded(): trainer.train(...)   # running out of memory says what to change
    run.save(model, acting)                  # a model that anything of transformers loads

`out` then holds run.json (configuration, commit, hashes of data and model), log.jsonl, the events
of TensorBoard, the last checkpoints and `model/`.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import torch
from pydantic import ConfigDict
from transformers import TrainerCallback
from transformers.trainer_utils import get_last_checkpoint

from gym_anything.config import load_toml
from gym_anything.errors import ConfigError, GymAnythingError
from gym_anything.learning.acting import Acting
from gym_anything.learning.processor import copy_processor
from gym_anything.learning.samples import Samples
from gym_anything.store.provenance import commit

RUN, LOG, MODEL, CHECKPOINTS, BOARD = (
    "run.json",
    "log.jsonl",
    "model",
    "checkpoints",
    "tensorboard",
)
_FREE = (
    *("steps", "batch", "accumulate", "checkpointing", "cpu", "workers"),
    *("save_every", "keep_checkpoints", "log_every", "eval_every"),
)
"""What of [training] may change between a run and its going on: not what is learnt, but how long,
where and with how much memory. `batch * accumulate` must stay."""
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "alloc_cpu")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Training:
    """How a model is trained: the section [training] of every recipe.

    Attributes:
        epochs: passes over the samples.
        steps: of the optimizer at most; 0: as many as the epochs have.
        batch: samples at once on each device.
        accumulate: batches for one step of the optimizer.
        learning_rate: the greatest.
        schedule: of transformers: "cosine", "linear", "constant", ...
        warmup: share of the steps in which the rate rises; 0 to below 1.
        weight_decay: of AdamW.
        dtype: "float32" or "bfloat16".
        cpu: whether to leave a GPU alone.
        checkpointing: whether to compute activations twice, which saves memory.
        save_every: steps between checkpoints.
        keep_checkpoints: how many.
        log_every: steps between lines of the log.
        eval_every: steps between measurements on what is held out.
        workers: processes beside this one that prepare batches.
        seed: of the order of samples and of what is drawn.
    """

    epochs: float = 3.0
    steps: int = 0
    batch: int = 8
    accumulate: int = 1
    learning_rate: float = 1e-4
    schedule: str = "cosine"
    warmup: float = 0.03
    weight_decay: float = 0.0
    dtype: Literal["float32", "bfloat16"] = "float32"
    cpu: bool = False
    checkpointing: bool = False
    save_every: int = 200
    keep_checkpoints: int = 2
    log_every: int = 10
    eval_every: int = 200
    workers: int = 0
    seed: int = 0

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def __post_init__(self) -> None:
        counts = (self.batch, self.accumulate, self.save_every, self.log_every, self.eval_every)
        if min(counts) < 1 or self.epochs <= 0 or not 0 <= self.warmup < 1:
            raise ValueError(f"[training]: sizes must be positive, warmup below 1, got {self}")

    def arguments(self, run: Run, *, evaluates: bool) -> dict[str, Any]:
        """Arguments of transformers' TrainingArguments and their kind in TRL.

        Args:
            run: what for.
            evaluates: whether anything is held out.
        """
        return {
            "output_dir": str(run.folder / CHECKPOINTS),
            "num_train_epochs": self.epochs,
            "max_steps": self.steps or -1,
            "per_device_train_batch_size": self.batch,
            "per_device_eval_batch_size": self.batch,
            "gradient_accumulation_steps": self.accumulate,
            "learning_rate": self.learning_rate,
            "lr_scheduler_type": self.schedule,
            "warmup_steps": self.warmup,
            "weight_decay": self.weight_decay,
            "bf16": self.dtype == "bfloat16",
            "use_cpu": self.cpu,
            "gradient_checkpointing": self.checkpointing,
            "save_strategy": "steps",
            "save_steps": self.save_every,
            "save_total_limit": self.keep_checkpoints,
            "eval_strategy": "steps" if evaluates else "no",
            "eval_steps": self.eval_every,
            "logging_steps": self.log_every,
            "logging_first_step": True,
            "report_to": ["tensorboard"],
            "remove_unused_columns": False,  # the collators take whole rows
            "dataloader_num_workers": self.workers,
            "dataloader_pin_memory": not self.cpu and torch.cuda.is_available(),
            "seed": self.seed,
            "data_seed": self.seed,
            "disable_tqdm": not sys.stderr.isatty(),
        }


class RunConfig(Protocol):
    """What every recipe's configuration has."""

    @property
    def out(self) -> str:
        """Folder of the run."""
        ...

    @property
    def model(self) -> str:
        """Folder of the model to begin with."""
        ...

    @property
    def samples(self) -> str:
        """Folder of the samples."""
        ...

    @property
    def training(self) -> Training:
        """How."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a recipe.

    Attributes:
        folder: of it.
        base: folder of the model that it began with.
        checkpoint: the last checkpoint of an earlier, unfinished run; None if there is none.
    """

    folder: Path
    base: Path
    checkpoint: Path | None

    @staticmethod
    def open(recipe: str, config: RunConfig, samples: Samples) -> Run:
        """Begin a run, or go on with one.

        Args:
            recipe: its name.
            config: a dataclass.
            samples: that it learns from.

        Raises:
            ConfigError: the folder holds another run: of another model, other samples or another
                configuration; says which.
        """
        folder = Path(config.out)
        about = {
            "recipe": recipe,
            "config": json.loads(json.dumps(asdict(config))),  # type: ignore[call-overload]
            "data": samples.sha256,
            "model": hash_model(Path(config.model)),
        }
        known = folder / RUN
        if known.exists():
            _check_same(folder, json.loads(known.read_text(encoding="utf-8")), about)
        folder.mkdir(parents=True, exist_ok=True)
        made_of = {"commit": commit(), "torch": torch.__version__, "samples": dict(samples.about)}
        if _is_main():
            known.write_text(json.dumps(about | made_of, indent=2), encoding="utf-8")
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(folder / BOARD)
        there = folder / CHECKPOINTS
        find: Any = get_last_checkpoint
        last = find(str(there)) if there.is_dir() else None
        return Run(folder, Path(config.model), Path(last) if last else None)

    @property
    def callbacks(self) -> list[TrainerCallback]:
        """That write the log and complete each checkpoint."""
        return [JsonLog(self.folder / LOG), _WholeCheckpoints(self.base)]

    @contextmanager
    def guarded(self, advice: str) -> Iterator[None]:
        """Turn running out of memory into an error with a remedy.

        Args:
            advice: what to change.

        Raises:
            ConfigError: memory ran out.
        """
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise ConfigError(
                f"{self.folder}: out of memory; {advice}. Then run it again: it goes on from the "
                f"last checkpoint ({str(error).splitlines()[0]})"
            ) from error

    def save(self, model: Any, acting: Acting) -> Path:
        """Write the model, with the processor of the one that it began as, and how it is asked."""
        folder = self.folder / MODEL
        if _is_main():
            model.save_pretrained(folder)
            copy_processor(self.base, folder)
            acting.save(folder)
        return folder


def _check_same(folder: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    remedy = "choose another `out`, or delete that folder"
    if old["recipe"] != new["recipe"]:
        raise ConfigError(f"{folder}: holds a run of {old['recipe']}; {remedy}")
    if old["model"] != new["model"]:
        raise ConfigError(
            f"{folder}: its checkpoints are of another model ({old['config']['model']}, "
            f"{old['model'][:12]}; now {new['config']['model']}, {new['model'][:12]}); {remedy}"
        )
    if old["data"] != new["data"]:
        raise ConfigError(f"{folder}: its checkpoints have learnt from other samples; {remedy}")
    before, now = _fixed(old["config"]), _fixed(new["config"])
    changed = [
        f"{key}: {before.get(key)!r}, now {value!r}"
        for key, value in now.items()
        if before.get(key) != value
    ]
    if changed:
        raise ConfigError(f"{folder}: was begun with {'; '.join(changed)}; {remedy}")


def _fixed(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a configuration must stay as it is."""
    training = dict(config["training"])
    together = {"batch * accumulate": training["batch"] * training["accumulate"]}
    kept = {key: value for key, value in training.items() if key not in _FREE}
    rest = {key: value for key, value in config.items() if key not in ("training", "live")}
    return rest | kept | together


def hash_model(folder: Path) -> str:
    """SHA-256 over a model's configuration and weights.

    Raises:
        ConfigError: there are none.
    """
    files = sorted([*folder.glob("config.json"), *folder.glob("*.safetensors")])
    if len(files) < 2:
        raise ConfigError(f"{folder}: no model: config.json and *.safetensors are not both there")
    digest = sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there is no memory left."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)


class JsonLog(TrainerCallback):
    """Appends what a trainer logs to a file, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the trainer."""
        if state.is_world_process_zero:
            line = {"step": state.global_step} | {
                name: value if math.isfinite(value) else None  # JSON knows no NaN
                for name, value in kwargs["logs"].items()
            }
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


class _WholeCheckpoints(TrainerCallback):
    """Puts the base model's processor into each checkpoint, so that it loads as a model."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the trainer after it has written a checkpoint."""
        if state.is_world_process_zero:
            copy_processor(self._base, Path(args.output_dir) / f"checkpoint-{state.global_step}")


def read_log(folder: Path) -> list[dict[str, float]]:
    """What a run has logged, in order; None where a figure could not be had."""
    lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def enough(kind: str, found: int, least: int, samples: Samples) -> None:
    """Refuse to train on fewer samples than a configuration says.

    Raises:
        ConfigError: there are fewer.
    """
    if found < least:
        raise ConfigError(
            f"{samples.folder}: {found} {kind}, and the configuration asks for at least {least}; "
            "collect more episodes and make the samples again, or lower least_samples"
        )


def run_recipe(main: Callable[[T], object], kind: type[T], arguments: list[str]) -> None:
    """Run a recipe as a program: read its configuration, say errors in one line.

    Args:
        main: the recipe.
        kind: its configuration.
        arguments: one, the TOML.
    """
    try:
        if len(arguments) != 1:
            raise ConfigError(f"expected one argument, a TOML of configs/, got {arguments}")
        main(load_toml(Path(arguments[0]), kind))
    except (GymAnythingError, ValueError) as error:
        sys.exit(f"error: {error}")


def _is_main() -> bool:
    return int(os.environ.get("RANK", "0")) == 0
