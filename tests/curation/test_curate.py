import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from gym_anything import content
from gym_anything.cli import cli
from gym_anything.config import load_toml
from gym_anything.curation.balance import BalanceConfig, Groups, surplus
from gym_anything.curation.curate import CurateConfig, Reason, curate
from gym_anything.curation.grade import grade_store
from gym_anything.curation.privileged import PrivilegedGrader
from gym_anything.curation.progress import ProgressConfig, deficits
from gym_anything.curation.redundancy import Redundancy, RedundancyConfig
from gym_anything.curation.view import StepView
from gym_anything.errors import ConfigError, DataError
from gym_anything.records import Action, Label, StepGrade
from gym_anything.store import Store, Writer
from gym_anything.task import Split

END, TYPE, SAVE = Action.press("ctrl+end"), Action.type("paid"), Action.press("ctrl+s")
SOLUTION = (END, TYPE, SAVE, Action.done())
OFF = {
    "progress": ProgressConfig(window=0),
    "redundancy": RedundancyConfig(most=0),
    "balance": BalanceConfig(axes=()),
}


def reasons(curated, episode):
    return [verdict.reason for verdict in curated.verdicts if verdict.key[0] == episode]


@pytest.fixture
def config(tmp_path):
    """config(**options): of the store in tmp_path/s, with every filter off that is not given."""
    return lambda **options: CurateConfig(
        **{"out": str(tmp_path / "out"), "stores": (str(tmp_path / "s"),), "grades": ""}
        | OFF
        | options
    )


def test_episodes_that_broke_failed_or_are_held_out_are_out_as_a_whole(
    tmp_path, memo, keep, config
):
    with Writer(tmp_path / "s") as writer:
        passed = keep(writer, memo, *SOLUTION)
        failed = keep(writer, memo, *SOLUTION, passed=False, value=0.5)
        broke = keep(writer, memo, END, value=None)
        held_out = keep(writer, replace(memo, split=Split.TEST), *SOLUTION)
    found = curate(config())
    assert reasons(found, passed) == [None] * 4
    assert reasons(found, failed) == [Reason.FAILED] * 4
    assert reasons(found, broke) == [Reason.BROKE]
    assert reasons(found, held_out) == [Reason.SPLIT] * 4
    assert reasons(curate(config(passed_only=False)), failed) == [None] * 4
    assert found.reasons() == {
        "episode: the infrastructure broke": 1,
        "episode: the task was not done": 4,
        "episode: of another split": 4,
    }


def test_steps_graded_above_the_threshold_are_kept_and_the_others_stay_in_the_context(
    tmp_path, memo, keep, config
):
    with Writer(tmp_path / "s") as writer:
        unread = (Action.wait(), {"error": "not JSON"})
        episode = keep(writer, memo, *SOLUTION, unread)
    store = Store(tmp_path / "s")
    grades = {0: 5.0, 1: 5.5, 2: 1.0, 4: 9.0}
    given = {index: StepGrade(value, "so", "judge") for index, value in grades.items()}
    store.add_grades(store.find(episode), given)
    found = curate(config(grades="judge"))
    assert reasons(found, episode) == [
        *(Reason.GRADE, None, Reason.GRADE, Reason.UNGRADED, Reason.NO_ACTION),
    ]
    assert found.kept == {(episode, 1)}
    kept = curate(config(grades="judge", ungraded="keep", above=0.5)).kept
    assert kept == {(episode, index) for index in range(4)}
    found.write(config(grades="judge"))
    lines = (tmp_path / "out" / "verdicts.jsonl").read_text().splitlines()
    assert json.loads(lines[2]) == {
        **{"episode": episode, "index": 2, "keep": False, "grade": 0.1},
        "why": "step: its grade is too low (1, so)",
    }
    assert [json.loads(line)["keep"] for line in lines] == [False, True, False, False, False]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["steps"], summary["kept"]) == (5, 1)
    assert summary["config"]["grades"] == "judge" and len(summary["sha256"]) == 64


def test_a_stretch_without_progress_is_dropped_where_the_route_is_known(
    tmp_path, memo, keep, config
):
    wait = Action.wait()
    with Writer(tmp_path / "s") as writer:
        solved = keep(writer, memo, *SOLUTION)
        idle = keep(writer, memo, END, wait, wait, wait, wait, wait, TYPE, SAVE, Action.done())
        other = replace(memo, instruction="Another task, nobody has solved it.")
        unknown = keep(writer, other, wait, wait, wait, wait, wait)
    found = curate(config(progress=ProgressConfig(window=3, most_deficit=0.8)))
    assert reasons(found, solved) == [None] * 4
    slow = [index for index, why in enumerate(reasons(found, idle)) if why is Reason.SLOW]
    assert slow and set(slow) <= {1, 2, 3, 4, 5}
    assert reasons(found, unknown) == [None] * 5


def test_a_predictor_of_progress_may_be_given_and_must_fit(tmp_path, memo, keep, config):
    with Writer(tmp_path / "s") as writer:
        episode = keep(writer, memo, *SOLUTION)
    limits = ProgressConfig(window=2, most_deficit=0.6)
    late = curate(config(progress=limits), progress=lambda episode, trajectory: [0, 0, 0, 1, 2])
    assert reasons(late, episode) == [Reason.SLOW, Reason.SLOW, None, None]
    with pytest.raises(DataError, match="2 figures of progress for 4 steps"):
        curate(config(progress=limits), progress=lambda episode, trajectory: [0, 1])


def test_the_deficit_of_a_step_is_the_mean_over_its_windows():
    assert deficits([0, 1, 2, 3, 4], 2).tolist() == [0, 0, 0, 0]
    assert deficits([0, 0, 0, 1, 2], 2).tolist() == [1.0, 0.75, 0.25, 0.0]
    assert deficits([0, 0], 4).tolist() == [1.0]


def view(screen, action=SAVE, index=0):
    return StepView("e", index, "", (), action, (screen,))


def test_near_identical_steps_are_kept_only_so_often(screen):
    filtered = Redundancy(RedundancyConfig(most=2))
    seen = [view(screen(1)), view(screen(1)), view(screen(1)), view(screen(2)), view(screen(1))]
    assert [filtered.is_redundant(one) for one in seen] == [False, False, True, False, True]
    assert not filtered.is_redundant(StepView("e", 0, "", (), SAVE))


def test_another_action_or_place_or_what_is_at_the_place_is_another_step(screen):
    filtered = Redundancy(RedundancyConfig(most=1, radius_px=4))
    assert not filtered.is_redundant(view(screen(1), Action.click(20, 20)))
    assert filtered.is_redundant(view(screen(1), Action.click(22, 20)))
    assert not filtered.is_redundant(view(screen(1), Action.click(40, 20)))
    assert not filtered.is_redundant(view(screen(1), Action.right_click(20, 20)))
    assert not filtered.is_redundant(view(screen(1), Action.type("a")))
    assert not filtered.is_redundant(view(screen(1), Action.type("b")))
    # One button of a large screen has another word on it: the whole is as before, the place not.
    wide = np.full((720, 1280, 3), 240, np.uint8)
    other = wide.copy()
    other[300:312, 400:440] = 30
    assert not filtered.is_redundant(view(wide, Action.click(420, 306)))
    assert not filtered.is_redundant(view(other, Action.click(420, 306)))


def test_redundant_steps_are_dropped_across_episodes(tmp_path, memo, keep, config):
    with Writer(tmp_path / "s") as writer:
        first = keep(writer, memo, *SOLUTION)
        second = keep(writer, memo, *SOLUTION)
    found = curate(config(redundancy=RedundancyConfig(most=1)))
    assert reasons(found, first) == [None] * 4
    assert reasons(found, second) == [Reason.REDUNDANT] * 4


def made_steps(**counts):
    """Steps of applications; `a_menu=3` are three of application "a" with the skill "menu"."""
    return [
        ((f"{name}{number}", 0), Groups(name.partition("_")[0], 1, (name.partition("_")[2],)))
        for name, count in counts.items()
        for number in range(count)
    ]


def test_no_group_has_more_than_its_share_and_the_seed_repeats_the_draw():
    steps = made_steps(a_menu=100, b_menu=10, c_menu=12)
    dropped = surplus(steps, BalanceConfig(axes=("app",), most=2.0))
    assert len(dropped) == 100 - 24 and {key[0][0] for key in dropped} == {"a"}
    assert dropped == surplus(steps, BalanceConfig(axes=("app",), most=2.0))
    assert dropped.keys() != surplus(steps, BalanceConfig(axes=("app",), seed=1)).keys()
    assert surplus(steps, BalanceConfig(axes=("level",))) == {}
    assert surplus(steps, BalanceConfig(axes=())) == {}


def test_a_step_stays_while_one_of_its_skills_is_not_full():
    steps = made_steps(a_menu=50, a_drag=5)
    both = [((f"x{number}", 0), Groups("a", 1, ("menu", "drag"))) for number in range(3)]
    dropped = surplus(steps + both, BalanceConfig(axes=("skill",), most=1.5))
    assert all(key[0].startswith("a_menu") for key in dropped) and dropped


def test_balance_comes_last_and_is_a_reason_of_its_own(tmp_path, memo, keep, config):
    with Writer(tmp_path / "s") as writer:
        for seed in range(8):
            keep(writer, replace(memo, seed=seed), *SOLUTION)
        keep(writer, replace(memo, app="geany"), *SOLUTION)
    found = curate(config(balance=BalanceConfig(axes=("app",), most=1.0)))
    assert found.shares()["app"] == {"geany": 4, "mousepad": 18}
    assert found.reasons() == {"balance: its application has enough": 14}


def test_tasks_that_a_contamination_report_removes_are_out(tmp_path, memo, keep, config):
    with Writer(tmp_path / "s") as writer:
        first = keep(writer, memo, *SOLUTION)
        second = keep(writer, replace(memo, seed=2), *SOLUTION)
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"removed": [{"hash": memo.content_hash()}]}))
    found = curate(config(contamination=str(report)))
    assert reasons(found, first) == [Reason.CONTAMINATED] * 4
    assert reasons(found, second) == [None] * 4
    report.write_text("[]")
    with pytest.raises(ConfigError, match="no report of contamination"):
        curate(config(contamination=str(report)))


def test_too_few_steps_an_empty_store_and_missing_grades_say_what_to_do(
    tmp_path, memo, keep, config
):
    with Writer(tmp_path / "s") as writer:
        keep(writer, memo, *SOLUTION, passed=False, value=0.0)
    says = r"0 of 4 steps are left, at least 1 .*\(4 episode: the task was not done\); collect more"
    with pytest.raises(DataError, match=says):
        curate(config())
    with pytest.raises(ConfigError, match=r"no grades 'judge'.*gym-anything grade"):
        curate(config(grades="judge"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no episodes"):
        curate(config(stores=(str(tmp_path / "empty"),)))


def test_the_command_curates_what_the_command_before_has_graded(noisy_store, tmp_path):
    grade_store(noisy_store, PrivilegedGrader(noisy_store, noisy_store.episodes()))
    path = tmp_path / "curate.toml"
    path.write_text(
        f'out = "{tmp_path / "out"}"\nstores = ["{noisy_store.folder}"]\n'
        "[redundancy]\nmost = 0\n[progress]\nwindow = 0\n"
    )
    ended = CliRunner().invoke(cli, ["curate", str(path), "--json"])
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout)
    assert said["steps"] == said["kept"] + sum(said["reasons"].values()) and said["kept"]
    labels = {
        (episode.id, step.index): step.label
        for episode in noisy_store.episodes()
        for step in noisy_store.trajectory(episode, screenshots=False).steps
    }
    for line in map(json.loads, (tmp_path / "out" / "verdicts.jsonl").read_text().splitlines()):
        label = labels[line["episode"], line["index"]]
        if line["keep"] and label not in (None, Label.PREMATURE_DONE):
            assert not label.is_error
    assert "steps kept" in CliRunner().invoke(cli, ["curate", str(path)]).stdout


def test_the_configuration_that_is_shipped_is_the_default(tmp_path):
    shipped = load_toml(content.find_file("configs", "curate.toml"), CurateConfig)
    assert shipped == CurateConfig(out="runs/curated", stores=("runs/mousepad",))
