import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from gym_anything.cli import cli
from gym_anything.curation.grade import grade_store, labels_of, privileged_grades
from gym_anything.curation.grades import is_good, read_grades, require_grades
from gym_anything.curation.privileged import LABEL_VALUES, PrivilegedGrader
from gym_anything.curation.route import carries_out, moves_left
from gym_anything.curation.step_model import ModelGrader, load_scorer, register_scorer
from gym_anything.curation.view import episodes_of, view_steps
from gym_anything.errors import ConfigError, DataError
from gym_anything.records import Action, Label, StepGrade
from gym_anything.store import Store, Writer

END, TYPE, SAVE = Action.press("ctrl+end"), Action.type("paid"), Action.press("ctrl+s")
SOLUTION = (END, TYPE, SAVE, Action.done())


def values(store, episode, grades):
    """Grades of an episode by step, None where there is none."""
    return [
        grades[episode, index].value if (episode, index) in grades else None
        for index in range(store.find(episode).steps)
    ]


def test_a_grade_is_good_above_the_middle():
    assert is_good(StepGrade(5.1)) and not is_good(StepGrade(5.0))


def test_the_labels_of_a_noisy_teacher_are_the_truth(noisy_store):
    grades = privileged_grades(noisy_store)
    labels = labels_of(noisy_store)
    assert len({labels[key] for key in labels}) >= 4
    for key, label in labels.items():
        episode = noisy_store.find(key[0])
        is_end = key[1] == episode.steps - 1 and episode.stop.value == "done"
        if label is Label.PREMATURE_DONE:
            # It may come when all is done but for the ‘done’; then it is a right end.
            assert is_good(grades[key]) == episode.passed
        elif not is_end:
            assert grades[key].value == LABEL_VALUES[label]
            assert is_good(grades[key]) != label.is_error


def test_the_end_of_an_episode_is_graded_by_its_score(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        right = keep(writer, memo, *SOLUTION)
        labelled = (Action.done(), {"label": Label.RIGHT})
        wrong = keep(writer, memo, END, labelled, value=0.5, passed=False)
    store = Store(tmp_path / "s")
    grades = privileged_grades(store)
    assert grades[right, 3].value == 10.0
    assert not is_good(grades[wrong, 1]) and "0.50" in grades[wrong, 1].reason


def test_steps_of_others_are_graded_by_the_score_and_by_what_is_left(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        solved = keep(writer, memo, *SOLUTION)
        scored = [(TYPE, {"score": 0.5}), (Action.wait(), {"score": 0.5})]
        scored += [(Action.press("ctrl+z"), {"score": 0.0})]
        rising = keep(writer, memo, *scored, value=0.0, passed=False)
        moves = (END, Action.press("tab"), TYPE, Action.done())
        lost = keep(writer, memo, *moves, value=0.0, passed=False)
        other_way = keep(writer, memo, Action.click(5, 5), TYPE, SAVE, Action.done())
        unread = (Action.wait(), {"error": "not JSON"})
        broken = keep(writer, memo, unread, value=None, passed=False)
        unreadable = keep(writer, memo, unread, Action.done(), value=0.0, passed=False)
    store = Store(tmp_path / "s")
    found = grade_store(store, PrivilegedGrader(store, store.episodes()))
    grades = found.grades
    assert values(store, solved, grades) == [8.0, 8.0, 8.0, 10.0]
    assert values(store, rising, grades)[0] == 9.0 and values(store, rising, grades)[2] == 1.0
    assert values(store, lost, grades) == [8.0, 4.0, 8.0, 0.0]
    # Another way that passed is not known to be wrong anywhere.
    assert values(store, other_way, grades) == [None, 8.0, 8.0, 10.0]
    assert values(store, broken, grades) == [None]
    assert values(store, unreadable, grades) == [1.0, 0.0]
    assert found.missing == {
        "nothing privileged tells whether it was right": 1,
        "the infrastructure broke": 1,
    }


def test_only_a_solution_move_by_move_is_a_route(memo):
    assert carries_out(memo, SOLUTION)
    assert not carries_out(memo, SOLUTION[:-1])
    assert not carries_out(memo, (END, TYPE, Action.wait(), SAVE, Action.done()))


def test_what_is_left_of_a_route_falls_only_with_its_next_moves():
    route = (Action.click(100, 100), Action.type("ab\n"), Action.press("ctrl+s"))
    assert moves_left(route, ()) == [5]
    actions = (Action.click(104, 96), Action.type("a"), Action.type("b"), Action.press("enter"))
    assert moves_left(route, actions) == [5, 4, 3, 2, 1]
    assert moves_left(route, (Action.click(200, 100), Action.right_click(100, 100))) == [5, 5, 5]
    # The click is passed over, the text is not.
    assert moves_left(route, (Action.type("ab"), Action.press("ctrl+s"))) == [5, 2, 2 - 2]
    assert moves_left(route, (Action.press("ctrl+s"),)) == [5, 5]


def test_grades_are_kept_in_the_store_by_name(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        keep(writer, memo, *SOLUTION)
    store = Store(tmp_path / "s")
    episodes = store.episodes()
    found = grade_store(store, PrivilegedGrader(store, episodes), name="truth")
    assert require_grades(store, episodes, "truth") == found.grades and len(found.grades) == 4
    with pytest.raises(ConfigError, match=r"no grades 'tuth' in .*mean 'truth'.*anything grade"):
        require_grades(store, episodes, "tuth")


def test_a_step_is_seen_with_its_screens_and_without_what_is_privileged(
    tmp_path, memo, keep, screen
):
    with Writer(tmp_path / "s") as writer:
        episode = keep(writer, memo, *SOLUTION)
    store = Store(tmp_path / "s")
    seen = list(view_steps(store, store.find(episode), screens=2))
    assert [len(view.screens) for view in seen] == [1, 2, 2, 2]
    assert (seen[2].screens[1] == screen(2)).all() and (seen[2].after == screen(3)).all()
    assert seen[2].history == (END, TYPE) and seen[2].action == SAVE
    assert seen[2].instruction == memo.instruction


def test_a_screen_that_does_not_decode_is_named_with_file_episode_and_step(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        episode = keep(writer, memo, *SOLUTION)
    (path,) = (tmp_path / "s" / "frames").glob("*.parquet")
    rows = pq.read_table(path).to_pylist()
    broken = [row | {"image": {"bytes": b"no picture", "path": None}} for row in rows]
    pq.write_table(pa.Table.from_pylist(broken, pq.read_schema(path)), path)
    store = Store(tmp_path / "s")
    says = rf"frames/.*parquet: episode {episode}, frame 0 \(step 0\): not a PNG .*collect it again"
    with pytest.raises(DataError, match=says):
        list(view_steps(store, store.find(episode)))


def test_an_empty_store_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match=r"no episodes; collect some: gym-anything collect"):
        episodes_of(Store(tmp_path))


class Scorer:
    """A step reward model that likes saving."""

    name = "savings"

    def __init__(self, bad=None):
        self.bad = bad
        self.seen = []

    def __call__(self, views):
        self.seen += [view.key for view in views]
        if self.bad is not None:
            return self.bad
        return [9.0 if view.action == SAVE else 2.0 for view in views]


def test_a_step_reward_model_grades_in_batches_what_has_no_grade_yet(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        episode = keep(writer, memo, *SOLUTION)
    store, scorer = Store(tmp_path / "s"), Scorer()
    store.add_grades(store.find(episode), {0: StepGrade(1.0, "", "model")})
    found = grade_store(store, ModelGrader(scorer, batch=2))
    assert values(store, episode, found.grades) == [1.0, 2.0, 9.0, 2.0] and found.kept == 1
    assert scorer.seen == [(episode, 1), (episode, 2), (episode, 3)]
    assert read_grades(store, store.episodes(), "model") == found.grades
    assert found.grades[episode, 2] == StepGrade(9.0, "by savings", "model")


@pytest.mark.parametrize(
    ("bad", "says"),
    [([1.0], "1 grades of 4 steps"), ([float("nan")] * 4, "nan for step 0"), ([11] * 4, "11.0")],
)
def test_what_is_no_grade_is_never_taken_for_one(tmp_path, memo, keep, bad, says):
    with Writer(tmp_path / "s") as writer:
        keep(writer, memo, *SOLUTION)
    store = Store(tmp_path / "s")
    with pytest.raises(DataError, match=says):
        grade_store(store, ModelGrader(Scorer(bad)))
    assert read_grades(store, store.episodes(), "model") == {}


def test_step_reward_models_are_found_by_kind(tmp_path, monkeypatch):
    monkeypatch.setattr("gym_anything.curation.step_model._SCORERS", {})
    register_scorer("savings", lambda folder: Scorer())
    assert load_scorer(f"savings={tmp_path}").name == "savings"
    with pytest.raises(ConfigError, match="did you mean 'savings'"):
        load_scorer(f"saving={tmp_path}")
    with pytest.raises(ConfigError, match="KIND=FOLDER"):
        load_scorer("savings")
    with pytest.raises(ConfigError, match="no such folder"):
        load_scorer(f"savings={tmp_path / 'none'}")
    with pytest.raises(ValueError, match="already"):
        register_scorer("savings", lambda folder: Scorer())


def test_the_command_grades_and_compares(noisy_store):
    folder = str(noisy_store.folder)
    arguments = ["grade", folder, "--against", "privileged", "--json"]
    ended = CliRunner().invoke(cli, arguments)
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout)
    assert said["graded"] > said["good"] > 0
    found = said["agreement"]
    assert (found["precision"], found["recall"], found["auc"]) == (1.0, 1.0, 1.0)
    told = CliRunner().invoke(cli, arguments[:-1]).stdout
    assert "recovery" in told and "Spearman 1.000" in " ".join(told.split())
    again = json.loads(CliRunner().invoke(cli, ["grade", folder, "--json"]).stdout)
    assert again["kept"] == said["graded"]
    ended = CliRunner().invoke(cli, ["grade", folder, "--source", "judge"])
    assert "--judge" in str(ended.exception)
    ended = CliRunner().invoke(cli, ["grade", folder, "--source", "jugde"])
    assert "did you mean 'judge'" in str(ended.exception)
