import io
import json

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from gym_anything.errors import ConfigError
from gym_anything.records import StepGrade
from gym_anything.store import Store, Writer
from gym_anything.store.export import conversations, graded_steps, write_animations, write_rows
from gym_anything.store.lerobot import ACTION_NAMES, SCREEN, write_lerobot


@pytest.fixture
def mixed(tmp_path, fake_env, made_up, solve):
    """A store with an episode that passed and one that did not."""
    with Writer(tmp_path / "mixed") as writer:
        solve(fake_env, writer)
        writer.write(made_up, fake_env)
    return Store(tmp_path / "mixed")


def test_a_conversation_is_the_screen_and_the_instruction_and_then_the_action(solved):
    store, trajectory = solved
    rows = list(conversations(store))
    assert [row["completion"][0]["content"][0]["text"] for row in rows] == [
        str(step.action) for step in trajectory.steps
    ]
    seen = [trajectory.first_screenshot, *(step.screenshot for step in trajectory.steps)]
    for row, screen in zip(rows, seen, strict=False):
        (message,) = row["prompt"]
        assert [part["type"] for part in message["content"]] == ["image", "text"]
        assert trajectory.instruction in message["content"][1]["text"]
        (image,) = row["images"]
        with Image.open(io.BytesIO(image["bytes"])) as picture:
            assert np.array_equal(np.asarray(picture), screen)
    text = rows[2]["prompt"][0]["content"][1]["text"]
    assert "press('ctrl+end')\ntype('paid')" in text and "press('ctrl+s')" not in text


def test_only_episodes_that_passed_are_imitated_unless_all_are_asked_for(mixed):
    assert len(list(conversations(mixed))) == 4
    assert len(list(conversations(mixed, passed_only=False))) == 7


def test_a_step_has_no_grade_until_somebody_gave_it_one(mixed):
    first, second = mixed.episodes()

    def rows(**which):
        return {(row["episode"], row["index"]): row for row in graded_steps(mixed, **which)}

    found = rows()
    assert [found[first.id, index]["grade"] for index in range(4)] == [None] * 4
    assert found[second.id, 2]["grade"] == 7.5 and found[second.id, 2]["label"] == "typo"
    mixed.add_grades(first, {1: StepGrade(2.0, "not needed", "judge")})
    graded = rows()[first.id, 1]
    assert (graded["grade"], graded["grade_reason"], graded["grade_source"]) == (
        *(2.0, "not needed", "judge"),
    )
    only = rows(source="judge")
    assert {key for key, row in only.items() if row["grade"] is not None} == {(first.id, 1)}
    assert only[first.id, 3]["score"] == only[first.id, 3]["final_score"] == 1.0


@pytest.mark.parametrize("graded", [False, True])
def test_datasets_reads_the_rows_with_their_pictures(mixed, tmp_path, graded):
    datasets = pytest.importorskip("datasets", reason="pip install 'gym-anything[data]'")
    path = tmp_path / "rows.parquet"
    rows = graded_steps(mixed) if graded else conversations(mixed)
    count = write_rows(rows, path, graded=graded)
    loaded = datasets.load_dataset(
        "parquet", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert len(loaded) == count == (7 if graded else 4)
    assert loaded[0]["images"][0].size == (1280, 720)
    assert loaded[0]["prompt"][0]["role"] == "user"
    assert ("grade" in loaded.column_names) == graded
    if graded:
        assert loaded[-1]["grade"] == 7.5 and loaded[-1]["grade_source"]


def frames_of(video):
    """Its frames as (H, W, 3) RGB."""
    film, frames = cv2.VideoCapture(str(video)), []
    while (read := film.read())[0]:
        frames.append(read[1][:, :, ::-1])
    film.release()
    return frames


def test_lerobot_has_the_layout_and_the_frames_that_its_tables_name(solved, tmp_path):
    store, trajectory = solved
    folder = tmp_path / "lerobot"
    assert write_lerobot(store, folder) == 1
    info = json.loads((folder / "meta/info.json").read_text())
    assert (info["codebase_version"], info["total_frames"], info["total_episodes"]) == (
        "v3.0",
        4,
        1,
    )
    place = {"chunk_index": 0, "file_index": 0}
    data = pq.read_table(folder / info["data_path"].format(**place)).to_pylist()
    assert [row["frame_index"] for row in data] == [0, 1, 2, 3]
    assert data[1]["action.text"] == "type('paid')" and len(data[1]["action"]) == len(ACTION_NAMES)
    assert [row["next.done"] for row in data] == [False, False, False, True]
    assert set(data[0]) | {SCREEN} == set(info["features"])
    (episode,) = pq.read_table(folder / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    assert (episode["dataset_from_index"], episode["dataset_to_index"]) == (0, 4)
    (task,) = pq.read_table(folder / "meta/tasks.parquet").to_pylist()
    assert task == {"task_index": 0, "task": trajectory.instruction}
    video = folder / info["video_path"].format(video_key=SCREEN, **place)
    pictures = frames_of(video)
    assert len(pictures) == 4 and pictures[0].shape == (720, 1280, 3)
    lost = np.abs(pictures[0].astype(int) - trajectory.first_screenshot)
    assert lost.mean() < 5.0  # lossy, but the same picture
    with pytest.raises(ConfigError, match="is there already"):
        write_lerobot(store, folder)


def test_lerobot_refuses_screens_of_two_sizes(mixed, tmp_path):
    with pytest.raises(ConfigError, match=r"its screen is \(64, 48\)"):
        write_lerobot(mixed, tmp_path / "lerobot")


def test_an_animation_of_each_episode(mixed, tmp_path):
    written = write_animations(mixed, tmp_path / "pictures")
    assert [path.stem for path in written] == [episode.id for episode in mixed.episodes()]
    with Image.open(written[0]) as picture:
        assert picture.format == "WEBP" and picture.n_frames > 1
