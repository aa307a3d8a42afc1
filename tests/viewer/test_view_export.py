import json
import re

import pytest
from typer.testing import CliRunner

from gym_anything.cli import cli
from gym_anything.errors import ConfigError
from gym_anything.store.png import decode
from gym_anything.viewer import page
from gym_anything.viewer.export import export
from gym_anything.viewer.shelf import Shelf
from tests import made


def received(path):
    """(name, value) that a file of data hands to the page."""
    found = re.fullmatch(r'receive\("([^"]+)", (.*)\);\n', path.read_text(encoding="ascii"), re.S)
    return found[1], json.loads(found[2])


def test_the_files_hold_the_page_the_data_and_the_screens_and_nothing_else(store_folder, tmp_path):
    to = tmp_path / "page"
    ended = CliRunner().invoke(cli, ["view", str(store_folder), "--export", str(to)])
    assert ended.exit_code == 0 and "4 episodes" in ended.output
    name, listed = received(to / "data" / "episodes.js")
    assert name == "episodes" and len(listed["episodes"]) == 4
    keys = {found["key"] for found in listed["episodes"]}
    assert {path.stem for path in (to / "data").iterdir()} == keys | {"episodes"}
    assert {path.name for path in (to / "frames").iterdir()} == keys
    assert {path.name for path in (to / "static").iterdir()} == set(page.PARTS) - {page.PAGE}
    key = next(found["key"] for found in listed["episodes"] if found["agent"] == "noisy")
    name, told = received(to / "data" / f"{key}.js")
    assert name == key
    shown = [*(step["frame"] for step in told["steps"]), told["last_frame"]]
    for number, frame in enumerate(shown):
        picture = decode((to / "frames" / key / f"{frame}.png").read_bytes())
        assert (picture == made.frame(number)).all()


def test_nothing_is_written_over(store_folder, tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="not empty"):
        export(Shelf([store_folder]), tmp_path / "page", "run")
    assert [path.name for path in (tmp_path / "page").iterdir()] == ["mine.txt"]


def test_the_name_of_an_episode_in_a_store_names_no_file(tmp_path, store_folder):
    from crowd import many, renamed

    folder = renamed(many(store_folder, tmp_path / "one", 1), "../../../evil")
    export(Shelf([folder]), tmp_path / "out" / "page", "run")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["page"]
    (_, listed) = received(tmp_path / "out" / "page" / "data" / "episodes.js")
    assert re.fullmatch("[0-9a-f]+", listed["episodes"][0]["key"])


def test_the_page_makes_no_markup_of_texts_and_asks_nobody_else():
    for name in page.SCRIPTS:
        text = page.part(name)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
        ), name
    for name in page.PARTS:
        found = re.findall(r"https?://[^\s\"']+", page.part(name))
        assert set(found) <= {"http://www.w3.org/2000/svg"}, name
