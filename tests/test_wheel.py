"""The wheel, installed outside the checkout, and content from another distribution."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from gym_anything import content
from gym_anything.viewer import page

ROOT = Path(__file__).resolve().parents[1]
HIDDEN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in HIDDEN}

WHERE = """
import importlib.util, json
import gymnasium as gym
import gym_anything
from gym_anything import content
from gym_anything.app import load_apps
print(json.dumps({
    "package": gym_anything.__file__,
    "apps": {app_id: str(path) for app_id, path in content.app_folders().items()},
    "verifiers": sorted(content.verifier_files()),
    "loaded": sorted(load_apps()),
    "ids": sorted(name for name in gym.registry if name.startswith("gym_anything/")),
    "importable": [name for name in content.FOLDERS if importlib.util.find_spec(name)],
}))
"""

EPISODE = """
import json
import gymnasium as gym
from gym_anything.agent.solution import SolutionAgent
from gym_anything.rollout import rollout
env = gym.make("gym_anything/Galculator-v0", task="invoice-total")
try:
    found = rollout(
        env, lambda live: SolutionAgent(live.session.desktop, live.task.solution), seed=3
    )
finally:
    env.close()
print(json.dumps([found.failure and found.failure.message, found.score and found.score.passed]))
"""

OTHER_APP = """
schema_version = 1
env = "Other"
title = "Other"
packages = ["other"]
program = "/usr/bin/other"
toolkit = "gtk3"
levels = [1]
[launch]
command = ["other"]
[ready]
title = "Other"
[[occupations]]
group = "43-0000"
weight = 1.0
reason = "Clerks use it."
"""


def run(*command, cwd, **variables):
    """Standard output of a command that must succeed; its other output is shown if it fails."""
    ended = subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT | variables, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder))
    run(*build, str(ROOT), cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Python of a new environment with the wheel, and with this one's other packages."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder.parent)
    python = folder / "bin" / "python"
    install = ("install", "--quiet", "--no-index", "--no-deps", str(wheel))
    run(sys.executable, "-m", "pip", "--python", str(python), *install, cwd=folder.parent)
    (packages,) = folder.glob("lib/python*/site-packages")
    paths = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "dependencies.pth").write_text("\n".join(paths) + "\n")
    return python


def test_the_wheel_holds_the_library_and_the_instances_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"gym_anything"}
    inside = {name.split("/")[2] for name in names if name.startswith("gym_anything/_content/")}
    assert inside == set(content.FOLDERS)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_installed_it_finds_its_content_in_itself(installed, tmp_path):
    found = json.loads(run(str(installed), "-c", WHERE, cwd=tmp_path))
    home = Path(found["package"]).parent
    assert home.is_relative_to(installed.parents[1]) and not home.is_relative_to(ROOT)
    assert found["apps"] == {
        app_id: str(home / "_content" / "envs" / app_id) for app_id in content.app_folders()
    }
    assert found["loaded"] == sorted(content.app_folders())
    assert found["verifiers"] == sorted(content.verifier_files())
    assert "gym_anything/Galculator-v0" in found["ids"]


def test_installed_it_adds_no_other_importable_name(installed, tmp_path):
    assert json.loads(run(str(installed), "-c", WHERE, cwd=tmp_path))["importable"] == []


def test_installed_its_command_lists_the_same_applications(installed, tmp_path):
    command = installed.parent / "gym-anything"
    listed = json.loads(run(str(command), "list", "--json", cwd=tmp_path))
    assert {row["app"] for row in listed["apps"]} == set(content.app_folders())


def test_installed_it_writes_the_page_that_shows_episodes(installed, tmp_path):
    (tmp_path / "run").mkdir()
    command = installed.parent / "gym-anything"
    run(str(command), "view", "run", "--export", "page", cwd=tmp_path)
    written = {path.name: path.read_text() for path in tmp_path.glob("page/static/*")}
    assert written == {name: page.part(name) for name in page.PARTS if name != page.PAGE}
    assert (tmp_path / "page" / page.PAGE).read_text() == page.part(page.PAGE, source="files")


def test_installed_it_runs_a_real_application_and_judges_it(installed, tmp_path):
    assert json.loads(run(str(installed), "-c", EPISODE, cwd=tmp_path)) == [None, True]


@pytest.fixture
def other_distribution(tmp_path):
    """A folder to import from: a package with an application, and its metadata."""
    site = tmp_path / "site"
    app = site / "other_apps" / "envs" / "other"
    metadata = site / "other_apps-1.0.dist-info"
    app.mkdir(parents=True)
    metadata.mkdir()
    (site / "other_apps" / "__init__.py").touch()
    (app / "app.toml").write_text(OTHER_APP)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other-apps\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        f"[{content.ENTRY_POINT_GROUP}]\nother = other_apps\n"
    )
    return site


def test_another_distribution_brings_applications_by_an_entry_point(other_distribution, tmp_path):
    path = os.pathsep.join([str(other_distribution), str(ROOT)])
    found = json.loads(run(sys.executable, "-c", WHERE, cwd=tmp_path, PYTHONPATH=path))
    assert found["apps"].pop("other") == str(other_distribution / "other_apps" / "envs" / "other")
    assert sorted(found["apps"]) == sorted(content.app_folders())
    assert {"gym_anything/Other-v0", "gym_anything/Other-L1-v0"} <= set(found["ids"])


def test_an_entry_point_that_names_no_package_says_which(other_distribution, tmp_path):
    points = other_distribution / "other_apps-1.0.dist-info" / "entry_points.txt"
    points.write_text(f"[{content.ENTRY_POINT_GROUP}]\nother = nowhere_at_all\n")
    path = os.pathsep.join([str(other_distribution), str(ROOT)])
    with pytest.raises(AssertionError, match=r"ConfigError.*nowhere_at_all"):
        run(sys.executable, "-c", WHERE, cwd=tmp_path, PYTHONPATH=path)
