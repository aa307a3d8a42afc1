import pytest

from gym_anything import content
from gym_anything.errors import AppError, ConfigError


def test_the_folders_of_the_checkout_are_found():
    assert {"galculator", "mousepad", "libreoffice_calc"} <= set(content.app_folders())
    assert {"spreadsheet", "text", "files"} <= set(content.verifier_files())
    assert content.find_file("benchmarks", "README.md").is_file()


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(AppError, match="did you mean 'mousepad'"):
        content.app_folder("mousepda")
    with pytest.raises(ConfigError, match="did you mean 'README.md'"):
        content.find_file("benchmarks", "REDME.md")


def test_a_file_is_run_once_and_cannot_be_imported_by_name(tmp_path):
    path = tmp_path / "tasks.py"
    path.write_text("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\n")
    module = content.load_module(path)
    assert content.load_module(path) is module and module.A(1).x == 1
    assert not module.__name__.startswith("tasks")


def test_a_file_that_breaks_leaves_no_module_behind(tmp_path):
    import sys

    path = tmp_path / "broken.py"
    path.write_text("1 / 0")
    before = set(sys.modules)
    with pytest.raises(ZeroDivisionError):
        content.load_module(path)
    assert not any("broken" in name for name in set(sys.modules) - before)
