"""LeRobot: the judged episodes of a store in the layout of a LeRobotDataset v3.0.

Its screens are video and therefore lossy; nothing else here is. A frame is the screen that an
action was done on. Steps have no clock of their own: the timestamps count them at `FPS`.
Source: the format's description in LeRobot's documentation, "LeRobotDataset v3.0".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gym_anything.errors import ConfigError
from gym_anything.records import Action, Button, Trajectory, Verb
from gym_anything.store.reader import Store
from gym_anything.store.rows import escape

FPS = 4
SCREEN = "observation.images.screen"
ACTION_NAMES = (
    *("verb", "x", "y", "end_x", "end_y", "button"),  # verb and button: their number in the enum
    *("count", "scroll_right", "scroll_down", "duration_sec"),
)
_DATA = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
_VIDEO = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
_CHUNK = 1000  # files in a folder
_QUALITY = ["-crf", "23", "-g", "2"]  # a key frame every other frame: it is read at random


@dataclass
class _Tables:
    """What is written at the end."""

    data: list[dict[str, Any]] = field(default_factory=list)
    episodes: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[str, int] = field(default_factory=dict)
    pixels: list[NDArray[np.float64]] = field(default_factory=list)  # (2, 3): mean, mean square


def write_lerobot(store: Store, folder: Path, *, passed_only: bool = False) -> int:
    """Write the episodes that were judged and whose screens were recorded.

    Args:
        store: where from.
        folder: where to; must not be there.
        passed_only: whether to leave out those that did not pass.

    Returns:
        How many episodes.

    Raises:
        ConfigError: imageio-ffmpeg is not installed, the folder is there, the screens have
            different sizes, or there is nothing to write.
    """
    if folder.exists():
        raise ConfigError(f"{folder} is there already; name a new folder")
    found = _Tables()
    size: tuple[int, int] | None = None
    for episode in store.episodes():
        if episode.score is None or (passed_only and not episode.passed):
            continue
        trajectory = store.trajectory(episode)
        screens = _screens(trajectory)
        if not screens:
            continue
        here = (screens[0].shape[1], screens[0].shape[0])
        if size is not None and here != size:
            raise ConfigError(f"episode {episode.id}: its screen is {here}, that of others {size}")
        size = here
        _add(found, trajectory, screens, folder)
    if size is None:
        raise ConfigError(f"{store.folder}: no judged episode with screens")
    _write_meta(found, size, folder)
    return len(found.episodes)


def _screens(trajectory: Trajectory) -> list[NDArray[np.uint8]]:
    """The screen before each action, [] if any is lacking."""
    before = [trajectory.first_screenshot, *(step.screenshot for step in trajectory.steps[:-1])]
    whole = [screen for screen in before if screen is not None]
    return whole if len(whole) == len(trajectory.steps) else []


def _add(
    found: _Tables, trajectory: Trajectory, screens: Sequence[NDArray[np.uint8]], folder: Path
) -> None:
    number, first, count = len(found.episodes), len(found.data), len(screens)
    chunk, file = divmod(number, _CHUNK)
    video = _VIDEO.format(video_key=SCREEN, chunk_index=chunk, file_index=file)
    _write_video(screens, folder / video)
    instruction = escape(trajectory.instruction)
    task = found.tasks.setdefault(instruction, len(found.tasks))
    for index, step in enumerate(trajectory.steps):
        found.data.append(
            {
                "action": _vector(step.action),
                "action.text": str(step.action),
                "timestamp": index / FPS,
                "frame_index": index,
                "episode_index": number,
                "index": first + index,
                "task_index": task,
                "next.reward": step.reward,
                "next.done": index == count - 1,
            }
        )
    for screen in screens:
        scaled = screen.reshape(-1, 3) / 255.0
        found.pixels.append(np.stack([scaled.mean(axis=0), (scaled**2).mean(axis=0)]))
    found.episodes.append(
        {
            "episode_index": number,
            "tasks": [instruction],
            "length": count,
            "data/chunk_index": 0,
            "data/file_index": 0,
            "dataset_from_index": first,
            "dataset_to_index": first + count,
            f"videos/{SCREEN}/chunk_index": chunk,
            f"videos/{SCREEN}/file_index": file,
            f"videos/{SCREEN}/from_timestamp": 0.0,
            f"videos/{SCREEN}/to_timestamp": count / FPS,
            "meta/episodes/chunk_index": 0,
            "meta/episodes/file_index": 0,
        }
    )


def _vector(action: Action) -> list[float]:
    verb, button = list(Verb).index(action.verb), list(Button).index(action.button)
    numbers = (verb, *action.point, *action.end, button, action.count, *action.scroll)
    return [float(number) for number in (*numbers, action.duration_sec)]


def _write_video(screens: Sequence[NDArray[np.uint8]], path: Path) -> None:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise ConfigError("needs ffmpeg: pip install 'gym-anything[record]'") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = screens[0].shape[:2]
    stream = imageio_ffmpeg.write_frames(
        str(path),
        (width, height),
        fps=FPS,
        macro_block_size=2,
        output_params=_QUALITY,
        ffmpeg_log_level="error",
    )
    stream.send(None)
    for screen in screens:
        stream.send(np.ascontiguousarray(screen))
    stream.close()


def _write_meta(found: _Tables, size: tuple[int, int], folder: Path) -> None:
    first = {"chunk_index": 0, "file_index": 0}
    _write_parquet(found.data, folder / _DATA.format(**first), _DATA_SCHEMA)
    _write_parquet(found.episodes, folder / "meta/episodes/chunk-000/file-000.parquet")
    tasks = [{"task_index": index, "task": task} for task, index in found.tasks.items()]
    _write_parquet(tasks, folder / "meta/tasks.parquet", _TASKS_SCHEMA)
    info = {
        "codebase_version": "v3.0",
        "robot_type": "desktop",
        "total_episodes": len(found.episodes),
        "total_frames": len(found.data),
        "total_tasks": len(found.tasks),
        "chunks_size": _CHUNK,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "fps": FPS,
        "splits": {"train": f"0:{len(found.episodes)}"},
        "data_path": _DATA,
        "video_path": _VIDEO,
        "features": _features(size),
    }
    for name, content in (("info", info), ("stats", _stats(found))):
        (folder / f"meta/{name}.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


_DATA_SCHEMA = pa.schema(
    [
        ("action", pa.list_(pa.float32(), len(ACTION_NAMES))),
        ("action.text", pa.string()),
        ("timestamp", pa.float32()),
        ("frame_index", pa.int64()),
        ("episode_index", pa.int64()),
        ("index", pa.int64()),
        ("task_index", pa.int64()),
        ("next.reward", pa.float32()),
        ("next.done", pa.bool_()),
    ]
)
_TASKS_SCHEMA = pa.schema(
    [("task_index", pa.int64()), ("task", pa.string())],
    metadata={  # the task is the index of the table for pandas, which reads it
        "pandas": json.dumps(
            {
                "index_columns": ["task"],
                "column_indexes": [],
                "columns": [
                    {
                        "name": name,
                        "field_name": name,
                        "pandas_type": kind,
                        "numpy_type": numpy,
                        "metadata": None,
                    }
                    for name, kind, numpy in (
                        ("task_index", "int64", "int64"),
                        ("task", "unicode", "object"),
                    )
                ],
                "creator": {"library": "pyarrow", "version": pa.__version__},
            }
        )
    },
)


def _write_parquet(rows: list[dict[str, Any]], path: Path, schema: pa.Schema = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


def _features(size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    video = {
        "video.height": height,
        "video.width": width,
        "video.codec": "h264",
        "video.pix_fmt": "yuv420p",
        "video.is_depth_map": False,
        "video.fps": FPS,
        "video.channels": 3,
        "has_audio": False,
    }
    axes = ["height", "width", "channels"]
    found: dict[str, Any] = {
        SCREEN: {"dtype": "video", "shape": [height, width, 3], "names": axes, "info": video},
        "action": _feature("float32", len(ACTION_NAMES), list(ACTION_NAMES)),
        "action.text": _feature("string"),
        "next.reward": _feature("float32"),
        "next.done": _feature("bool"),
        "timestamp": _feature("float32"),
    }
    indices = ("frame_index", "episode_index", "index", "task_index")
    return found | {name: _feature("int64") for name in indices}


def _feature(kind: str, length: int = 1, names: list[str] | None = None) -> dict[str, Any]:
    return {"dtype": kind, "shape": [length], "names": names}


def _stats(found: _Tables) -> dict[str, Any]:
    """Smallest, largest, mean and deviation of each number; of the screens, channel by channel."""
    count = len(found.data)
    stats: dict[str, Any] = {}
    for name in _DATA_SCHEMA.names:
        if name == "action.text":
            continue
        values = np.array([row[name] for row in found.data], dtype=np.float64).reshape(count, -1)
        stats[name] = {
            "min": values.min(axis=0).tolist(),
            "max": values.max(axis=0).tolist(),
            "mean": values.mean(axis=0).tolist(),
            "std": values.std(axis=0).tolist(),
            "count": [count],
        }
    mean, square = np.mean(found.pixels, axis=0)
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    stats[SCREEN] = {
        "min": [[[0.0]]] * 3,
        "max": [[[1.0]]] * 3,
        "mean": [[[float(value)]] for value in mean],
        "std": [[[float(value)]] for value in deviation],
        "count": [len(found.pixels)],
    }
    return stats
