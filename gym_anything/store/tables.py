"""Tables: the Parquet files of a store, written beside and renamed: none is there in part."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq

from gym_anything.store.rows import Row

EPISODES, STEPS, FRAMES = "episodes", "steps", "frames"
SHARD = (FRAMES, STEPS, EPISODES)  # in the order of writing: an episode counts with the last
BATCH_BYTES = 8 << 20  # of pictures in memory before they go to the file


class TableWriter:
    """Writes one Parquet file; it gets its name with `close`.

    Args:
        folder: of the table.
        name: of the shard.
        schema: of the rows.
    """

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{name}.parquet"
        self._beside = folder / f".{os.getpid()}-{name}.tmp"
        self._schema = schema
        self._rows: list[Row] = []
        self._bytes = 0
        self._writer = pq.ParquetWriter(
            self._beside, schema, compression="zstd", write_page_checksum=True
        )

    def add(self, row: Row, size_bytes: int = 0) -> None:
        """Add a row; `size_bytes` is what it takes in memory, if that is much."""
        self._rows.append(row)
        self._bytes += size_bytes
        if self._bytes > BATCH_BYTES:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Add rows of the same schema as a group of their own."""
        self._writer.write_table(table)

    def _flush(self) -> None:
        if not self._rows:
            return
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._bytes = [], 0

    def close(self) -> None:
        """Finish the file and give it its name."""
        self._flush()
        self._writer.close()
        descriptor = os.open(self._beside, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._beside.replace(self._path)

    def discard(self) -> None:
        """Leave no file."""
        self._writer.close()
        self._beside.unlink(missing_ok=True)


def write_table(folder: Path, name: str, schema: pa.Schema, rows: Sequence[Row]) -> None:
    """Write a file of rows at once."""
    table = TableWriter(folder, name, schema)
    for row in rows:
        table.add(row)
    table.close()


def read_table(
    path: Path, episode: str | None = None, without: Mapping[str, object] = MappingProxyType({})
) -> list[Row]:
    """The rows of a file.

    Args:
        path: of the file.
        episode: id of the one whose rows are read, None for all.
        without: columns that are not read, with what stands in each row instead.

    Raises:
        ValueError: the file is torn or damaged.
    """
    try:
        filters = None if episode is None else [("episode", "=", episode)]
        names = None
        if without:
            names = [name for name in pq.read_schema(path).names if name not in without]
        table = pq.read_table(
            path,
            columns=names,
            filters=filters,
            partitioning=None,
            page_checksum_verification=True,
        )
        return [{**without, **row} for row in table.to_pylist()]
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{path}: torn or damaged: {error}") from error


def merge(folder: Path, names: Sequence[str], into: str, kinds: Sequence[str] = SHARD) -> None:
    """Join shards of a store to one; an episode is there before, meanwhile and afterwards.

    Args:
        folder: of the store.
        names: of the shards, which nobody else writes.
        into: name of the new one.
        kinds: the tables that they stand in, in the order of writing.
    """
    for table in kinds:
        paths = [folder / table / f"{name}.parquet" for name in names]
        joined = TableWriter(folder / table, into, pq.read_schema(paths[0]))
        for path in paths:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for group in range(file.num_row_groups):
                    joined.add_table(file.read_row_group(group))
        joined.close()
    for table in reversed(kinds):
        for name in names:
            (folder / table / f"{name}.parquet").unlink()


def is_whole(path: Path) -> bool:
    """Whether a file ends as a Parquet file does; warns if it does not."""
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        warnings.warn(f"{path}: skipped: torn or damaged: {error}", stacklevel=2)
        return False
    return True


def remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of writers that are no more."""
    for path in folder.glob("*/**/.*-*.tmp"):
        owner = path.name[1:].partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            path.unlink(missing_ok=True)
