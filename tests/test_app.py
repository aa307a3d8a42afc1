import pytest

from gym_anything import app as app_module
from gym_anything import content
from gym_anything.app import Ready, app_by_env, load_app, load_apps
from gym_anything.errors import AppError
from gym_anything.testing import check_app

GOOD = """
env = "Pad"
title = "Pad"
packages = ["pad"]
program = "/usr/bin/no-such-pad"
toolkit = "gtk3"
levels = [1]
[launch]
command = ["pad"]
[ready]
title = "Pad$"
[[occupations]]
group = "43-0000"
weight = 1.0
reason = "Clerks."
"""


@pytest.fixture
def write_app(tmp_path, monkeypatch):
    def write(text):
        folder = tmp_path / "envs" / "pad"
        folder.mkdir(parents=True)
        (folder / "app.toml").write_text(text)
        monkeypatch.setattr(content, "app_folders", lambda: {"pad": folder})
        monkeypatch.setattr(app_module, "load_app", app_module.load_app.__wrapped__)
        return app_module.load_app("pad")

    return write


@pytest.mark.parametrize("app_id", sorted(content.app_folders()))
def test_every_folder_has_the_shape(app_id):
    check_app(load_app(app_id))


def test_an_app_that_is_not_installed_names_the_command_that_installs_it(write_app):
    app = write_app(GOOD)
    assert not app.installed
    with pytest.raises(AppError, match="gym-anything install pad"):
        app.require_installed()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('env = "Pad"', 'env = "pad"'), "env"),
        (("levels = [1]", ""), "levels"),
        (("levels = [1]", "levels = [1]\ncolour = 1"), "colour: unknown key"),
        (('command = ["pad"]', 'command = "pad"'), "launch.command"),
        (("weight = 1.0", "weight = 0.5"), "sum to 1"),
        (('group = "43-0000"', 'group = "clerks"'), "occupations.0.group"),
        (('title = "Pad$"', 'title = "("'), "ready.title: not a regular expression"),
        (("[launch]", "[launch"), "not TOML"),
    ],
)
def test_a_malformed_app_toml_is_named_with_its_key(write_app, change, says):
    with pytest.raises(AppError) as caught:
        write_app(GOOD.replace(*change))
    assert "app.toml" in str(caught.value) and says in str(caught.value)


def test_unknown_applications_are_answered_with_the_nearest():
    with pytest.raises(AppError, match="did you mean 'galculator'"):
        load_app("galculater")
    with pytest.raises(AppError, match="did you mean 'LibreOfficeCalc'"):
        app_by_env("LibreofficeCalc")


def test_documents_are_appended_to_the_command():
    app = load_apps()["mousepad"]
    assert app.command(["/home/user/a.txt"])[-1] == "/home/user/a.txt"
    assert app.command([]) == app.launch.command


def test_the_title_of_a_document_is_matched_literally():
    ready = Ready(title="x", document_title="^{stem}|{name}$")
    assert ready.pattern("Documents/a+b.c.txt").search("a+b.c")
    assert not ready.pattern("Documents/a+b.txt").search("aab")
    assert ready.pattern(None).search("x")
