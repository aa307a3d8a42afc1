import json

import pytest
from typer.testing import CliRunner

from gym_anything import cli, doctor, install
from gym_anything.app import load_app
from gym_anything.cli import main
from gym_anything.errors import ConfigError, MachineError


def run(*arguments, code=0):
    result = CliRunner().invoke(cli.cli, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_list_names_every_application_with_its_tasks():
    data = json.loads(run("list", "--json").stdout)
    assert {app["app"] for app in data["apps"]} >= {"galculator", "mousepad", "libreoffice_calc"}
    assert all(app["tasks"] for app in data["apps"])
    assert "galculator/invoice-total" in "".join(run("list").stdout.split())


def test_doctor_is_content_here_and_prints_one_object():
    data = json.loads(run("doctor", "--json").stdout)
    assert data["well"] is True and {f["what"] for f in data["findings"]} >= {"a machine"}


def test_doctor_names_the_command_that_mends_it(monkeypatch):
    monkeypatch.setattr(doctor, "missing", lambda packages: ["bubblewrap"])
    monkeypatch.setattr("gym_anything.app.App.installed", property(lambda self: False))
    data = json.loads(run("doctor", "--json", code=1).stdout)
    mends = {finding["what"]: finding["mend"] for finding in data["findings"]}
    assert mends["system packages"].endswith("--no-install-recommends bubblewrap")
    assert mends["galculator"] == "gym-anything install galculator"


def test_doctor_explains_a_machine_that_does_not_start(monkeypatch):
    def refuse(spec):
        raise MachineError("the X server did not start", log="last words")

    monkeypatch.setattr(doctor, "LocalMachine", refuse)
    assert "last words" in run("doctor", code=1).stdout


def test_run_prints_exactly_one_object_and_records_a_page(tmp_path):
    folder = str(tmp_path / "page")
    result = run(
        *("run", "gym_anything/Galculator-v0", "--task", "copy-balance", "--seed", "4"),
        *("--record", folder, "--json"),
    )
    data = json.loads(result.stdout)
    assert data["passed"] is True and data["steps"] == len(data["actions"]) == 4
    page = (tmp_path / "page" / "index.html").read_text()
    assert "galculator/copy-balance" in page and list((tmp_path / "page").glob("*.webp"))


def test_the_random_agent_runs_and_says_what_it_is_worth():
    data = json.loads(run("run", "Galculator-v0", "--agent", "random", "--json").stdout)
    assert data["passed"] is False and data["agent"] == "random"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "Galculater-v0"), "did you mean 'gym_anything/Galculator-v0'"),
        (("run", "Galculator-v0", "--agent", "radnom"), "did you mean 'random'"),
        (("run", "Galculator-v0", "--task", "unit-prize"), "did you mean 'unit-price'"),
        (("prove", "galculater"), "did you mean 'galculator'"),
        (("prove", "--claim", "near miss"), "did you mean 'near-miss'"),
        (("install", "galculater"), "did you mean 'galculator'"),
        (("install",), "--all"),
    ],
)
def test_wrong_names_end_with_one_line_and_status_1(arguments, says, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["gym-anything", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    printed = capsys.readouterr()
    assert says in printed.err and "Traceback" not in printed.err and printed.out == ""


def test_prove_prints_a_table_and_one_object():
    options = ("prove", "--task", "galculator/unit-price", "--workers", "2")
    assert "galculator/unit-price" in run(*options).stdout
    data = json.loads(run(*options, "--json").stdout)
    assert data["proved"] is True and {trial["claim"] for trial in data["trials"]} == {
        *("solution", "untouched", "near miss", "variation", "random")
    }


def test_prove_tries_only_the_claims_that_it_is_asked_for():
    options = ("prove", "--task", "galculator/unit-price", "--claim", "near-miss", "--json")
    data = json.loads(run(*options).stdout)
    assert {trial["claim"] for trial in data["trials"]} == {"near miss"}


def test_prove_exits_with_1_on_a_violation(monkeypatch):
    monkeypatch.setattr("gym_anything.prove.trials._violation", lambda *given: "made up")
    result = run("prove", "--task", "galculator/unit-price", "--workers", "1", code=1)
    assert "0/1" in result.stdout and "made up" in result.stderr


def test_the_schema_is_printed():
    assert json.loads(run("schema").stdout)["title"] == "Task"


def test_packages_that_are_there_are_not_installed_again():
    packages = install.packages_of([load_app("galculator")])
    assert "galculator" in packages and "bubblewrap" in packages
    assert install.missing(packages) == []
    assert install.missing(["no-such-package-at-all"]) == ["no-such-package-at-all"]
    assert "everything is installed" in run("install", "galculator").output


def test_without_root_and_sudo_the_command_is_told(monkeypatch):
    monkeypatch.setattr(install.os, "getuid", lambda: 1000)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="as root run: .*apt-get install .*galculator"):
        install.install(["galculator"])


def test_a_host_without_dpkg_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="Debian or Ubuntu.*bubblewrap"):
        install.missing(install.CORE_PACKAGES)
