"""Datasets: samples as the trainers of transformers and TRL take them, mapped from disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import datasets
import torch

from gym_anything.learning.samples import Sample, Samples, read_sample

NUMBER = "row"  # column with the number of the row in the samples' file


def dataset_of(samples: Samples, rows: Sequence[int], cache: Path) -> Any:
    """Rows of samples as a `datasets.Dataset`, mapped from disk, pictures not decoded.

    Args:
        samples: which.
        rows: their numbers, in the order wanted.
        cache: folder for what `datasets` keeps.
    """
    found: Any = datasets.load_dataset(
        "parquet", data_files=str(samples.path), split="train", cache_dir=str(cache)
    )
    bytes_only = datasets.List(datasets.Image(decode=False))
    found = found.cast_column("images", bytes_only).add_column(NUMBER, list(range(len(found))))
    return found.select(list(rows))


def sample_of(row: Any) -> Sample:
    """The sample of a row of `dataset_of`."""
    return read_sample(row, row[NUMBER])


class RowCollator:
    """A collator of rows of `dataset_of`.

    Args:
        collate: of samples.
    """

    def __init__(self, collate: Callable[[Sequence[Sample]], dict[str, torch.Tensor]]) -> None:
        self._collate = collate

    def __call__(self, rows: Sequence[Any]) -> dict[str, torch.Tensor]:
        """The batch."""
        return self._collate([sample_of(row) for row in rows])
