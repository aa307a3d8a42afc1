import pytest

from gym_anything import profiles
from gym_anything.app import App, Launch, Occupation, Ready, load_app
from gym_anything.errors import MachineError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(profiles.CACHE_VARIABLE, str(tmp_path / "cache"))


def app_with(tmp_path, monkeypatch, *commands, timeout_sec=10.0):
    folder = tmp_path / "app"
    (folder / "files" / "home").mkdir(parents=True)
    (folder / "files" / "home" / "settings").write_text("shipped")
    (folder / "app.toml").write_text("")
    monkeypatch.setattr(App, "folder", property(lambda self: folder))
    return App(
        env="Pad",
        title="Pad",
        packages=("pad",),
        program="/usr/bin/true",
        toolkit="none",
        levels=(1,),
        launch=Launch(command=("true",), profile=commands),
        ready=Ready(title="x", timeout_sec=timeout_sec),
        occupations=(Occupation("43-0000", 1.0, ""),),
        id="pad",
    )


def test_an_application_without_a_profile_has_its_shipped_home(tmp_path, monkeypatch):
    app = app_with(tmp_path, monkeypatch)
    assert profiles.home_templates(app) == (app.folder / "files" / "home",)


def test_a_profile_is_made_once_in_a_machine_over_the_shipped_home(tmp_path, monkeypatch):
    app = app_with(tmp_path, monkeypatch, ("sh", "-c", "cp ~/settings ~/made; date +%N >> ~/made"))
    made, shipped = profiles.home_templates(app)
    text = (made / "made").read_text()
    assert text.startswith("shipped") and shipped == app.folder / "files" / "home"
    assert (profiles.home_templates(app)[0] / "made").read_text() == text
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_changed_application_gets_a_new_profile(tmp_path, monkeypatch):
    app = app_with(tmp_path, monkeypatch, ("true",))
    first = profiles.home_templates(app)[0]
    (app.folder / "app.toml").write_text("# changed")
    assert profiles.home_templates(app)[0] != first


def test_a_profile_command_that_does_not_end_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    app = app_with(tmp_path, monkeypatch, ("sleep", "100"), timeout_sec=0.2)
    with pytest.raises(MachineError, match="sleep 100 did not end within"):
        profiles.home_templates(app)
    assert list((tmp_path / "cache" / "profiles").iterdir()) == []


def test_calc_has_a_profile():
    assert load_app("libreoffice_calc").launch.profile
