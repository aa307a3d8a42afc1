"""What holds for the repository as a whole: its flow, its names, its folders."""

import ast
import graphlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gym_anything import content
from gym_anything.app import load_app

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gym_anything"
INSTANCES = content.FOLDERS
FLOW = (  # a module imports only from its own line's folder and from lines above
    "errors",
    "closing",
    "verbs",
    "records",
    "config",
    "content",
    "app",
    "install",
    "machine",
    "profiles",
    "task",
    "documents",
    "mutation",
    "desktop",
    "verify",
    "judge",
    "intents",
    "draft",
    "compose",
    "templates",
    "session",
    "pool",
    "supply",
    "action",
    "env",
    "vector",
    "registration",
    "__init__",
    "wrappers",
    "ledger",
    "endpoint",
    "llm",
    "agent",
    "rollout",
    "prove",
    "report",
    "store",
    "collect",
    "curation",
    "learning",
    "viewer",
    "speed",
    "premature",
    "throughput",
    "doctor",
    "testing",
    "console",
    "learning_commands",
    "speed_command",
    "store_commands",
    "curation_commands",
    "view_command",
    "cli",
    "__main__",
)


def python_files(*folders):
    """Code of this project; envs/<app>/files holds what lies in a home, other programs included."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "files" not in path.relative_to(ROOT).parts)


def name_of(path):
    """Dotted name within the package: "machine.local", "machine" for its __init__, "__init__"."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in python_files("gym_anything")}


def imports_of(tree):
    """Every module that a file imports, "from a import b" as both "a" and "a.b", with its node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            assert node.module is not None
            yield node.module, node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def own_imports(path):
    """The modules of this package that a file imports, the most exact name of each."""
    tree = parsed(path)
    names = {name for name, _ in imports_of(tree)}
    own = {name.removeprefix("gym_anything.") for name in names if name != "gym_anything"}
    found = {name for name in own if name in MODULES and f"gym_anything.{name}" in names}
    packages = {name for name in found if any(other.startswith(f"{name}.") for other in found)}
    return found - packages


def place_of(module):
    return FLOW.index(module.partition(".")[0])


def test_the_flow_names_every_module_and_nothing_else():
    assert {name.partition(".")[0] for name in MODULES} | {"__main__"} == set(FLOW)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_stands_before_it_in_the_flow(module):
    later = [other for other in own_imports(MODULES[module]) if place_of(other) > place_of(module)]
    assert not later


def test_no_two_modules_import_each_other_however_far_the_way():
    graph = {name: own_imports(path) - {name} for name, path in MODULES.items()}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError
    assert set(order) == set(MODULES)


def test_torch_is_imported_in_learning_only():
    users = {
        path
        for path in python_files("gym_anything", "envs", "verifiers", "benchmarks")
        for name, _ in imports_of(parsed(path))
        if name.partition(".")[0] in ("torch", "torchvision", "transformers")
    }
    assert all(path.is_relative_to(PACKAGE / "learning") for path in users)


def test_nothing_imports_an_instance_folder_by_name():
    for path in python_files("gym_anything", "tests", *INSTANCES):
        roots = {name.partition(".")[0] for name, _ in imports_of(parsed(path))}
        assert not roots & set(INSTANCES), path


def test_the_instance_folders_are_no_packages():
    assert not [path for path in python_files(*INSTANCES) if path.name == "__init__.py"]


def test_no_file_or_folder_of_code_is_named_like_a_standard_module():
    for path in python_files("gym_anything", "tests", *INSTANCES):
        names = {path.stem, path.parent.name} - {"__init__", "__main__"}
        assert not names & sys.stdlib_module_names, path


def test_importing_the_package_starts_nothing_and_loads_nothing_heavy():
    program = """
import json, sys, threading
from pathlib import Path
import gym_anything
heavy = ("torch", "cv2", "PIL", "lxml", "openpyxl", "odf", "xcffib", "jeepney", "rich", "typer")
started = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
print(json.dumps([
    threading.active_count(), "".join(started), [name for name in heavy if name in sys.modules],
]))
"""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout) == [1, "", []]
    assert ended.stderr == ""


def toml_files():
    skipped = {".venv", "build", "dist", "runs", "node_modules"}
    return [
        path
        for path in sorted(ROOT.rglob("*.toml"))
        if not skipped & set(path.relative_to(ROOT).parts)
    ]


@pytest.mark.parametrize("path", toml_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_toml_file_loads(path):
    assert tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", sorted((ROOT / "envs").glob("*/")), ids=lambda path: path.name)
def test_every_folder_in_envs_is_an_application_that_loads(folder):
    assert load_app(folder.name).folder == folder


def test_the_first_line_of_every_config_is_the_command_that_uses_it():
    for path in sorted((ROOT / "configs").glob("*.toml")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# gym-anything ") and path.name in first, path


@pytest.mark.parametrize("folder", [*INSTANCES, "tests"])
def test_every_folder_says_what_lives_there(folder):
    readme = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {folder}\n") and len(readme.split()) > 20


def test_every_dependency_is_pinned_in_the_constraints():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    wanted = {_distribution(line) for line in (*project["dependencies"], *extras)}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_distribution(line) for line in lines if "==" in line}
    assert wanted <= pinned


def _distribution(requirement):
    """Name of a requirement as PEP 503 normalises it."""
    name = requirement.partition("#")[0]
    for mark in "=<>~![; ":
        name = name.partition(mark)[0]
    return name.strip().lower().replace("_", "-").replace(".", "-")


def test_the_continuous_integration_script_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("command", [["doctor", "--json"], ["install", "--help"], ["list"]])
def test_the_commands_that_mend_a_bare_host_need_none_of_its_libraries(command):
    program = """
import sys
for name in ("xcffib", "pyautogui"):  # they load libxcb or need a display when imported
    sys.modules[name] = None
from gym_anything.cli import main
sys.argv = ["gym-anything", *sys.argv[1:]]
main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, *command],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout, ended.stderr  # doctor may end with 1: something may be missing
