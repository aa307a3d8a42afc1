import json
import random
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from typer.testing import CliRunner

from gym_anything import content
from gym_anything.app import load_apps
from gym_anything.cli import cli
from gym_anything.config import load_toml
from gym_anything.curation.contamination import (
    ContaminationConfig,
    Rule,
    Rules,
    find_contaminated,
)
from gym_anything.curation.likeness import MinHash, containment, jaccard, ngrams, words
from gym_anything.curation.task_source import TaskSource, load_tasks
from gym_anything.errors import DataError
from gym_anything.task import Check, Document, Press, Split, Task, Type
from gym_anything.templates import templates_of


@cache
def real_tasks(held_out, seed):
    """One task of each level-1 template of the suite: the held-out ones, or the others."""
    return tuple(
        template.task(seed)
        for app in load_apps()
        for template in templates_of(app).values()
        if template.level == 1 and (template.split is not Split.TRAIN) == held_out
    )


def as_train(task, **changes):
    return replace(task, split=Split.TRAIN, template="planted", seed=task.seed + 1000, **changes)


def shuffled(task):
    """The same set-up and checks under an instruction whose words stand in another order."""
    said = re.findall(r"\S+", task.instruction)
    random.Random(task.instruction).shuffle(said)
    return as_train(task, instruction=f"A favour: {' '.join(said)}, please.")


def renumber(value):
    """The value with every digit changed, the same everywhere."""
    match value:
        case str():
            return re.sub("[0-9]", lambda digit: str((int(digit[0]) + 3) % 9 + 1), value)
        case bool():
            return value
        case int() | float():
            return type(value)(renumber(str(value))) if "e" not in str(value) else value
        case list() | tuple():
            return type(value)(map(renumber, value))
        case dict():
            return {key: renumber(part) for key, part in value.items()}
        case _:
            return value


def renumbered(task):
    return as_train(
        task,
        instruction=renumber(task.instruction),
        documents=tuple(
            replace(document, content=renumber(document.content)) for document in task.documents
        ),
        checks=tuple(
            replace(
                check,
                params={
                    key: value if key == "path" else renumber(value)
                    for key, value in check.params.items()
                },
            )
            for check in task.checks
        ),
        solution=tuple(
            Type(renumber(intent.type)) if isinstance(intent, Type) else intent
            for intent in task.solution
        ),
    )


PLANTS = {
    "duplicate": lambda task, other: as_train(task),
    "wrapped": lambda task, other: as_train(
        task,
        instruction=f"Good morning! Here is your next job. {task.instruction} That is all.",
    ),
    "paraphrase": lambda task, other: shuffled(task),
    "renumbered": lambda task, other: renumbered(task),
    "in other words and numbers": lambda task, other: shuffled(renumbered(task)),
    "another seed": lambda task, other: as_train(other),
}


@pytest.fixture(scope="module")
def planted():
    """What was planted, by kind; the honest neighbours; and what is held out: real templates."""
    held_out = real_tasks(True, 1)
    others = real_tasks(True, 7)
    plants = {
        kind: [plant(*pair) for pair in zip(held_out, others, strict=True)]
        for kind, plant in PLANTS.items()
    }
    return plants, [*real_tasks(False, 1), *real_tasks(False, 2)], held_out


def test_what_is_planted_is_found_and_honest_neighbours_are_left_alone(planted):
    plants, honest, held_out = planted
    assert len(held_out) >= 40 and len(honest) >= 150
    everything = [*honest, *(task for kind in plants.values() for task in kind)]
    found = find_contaminated(everything, held_out)
    removed = {task.content_hash() for task, _ in found.removed}
    recall = {
        kind: sum(task.content_hash() in removed for task in tasks) / len(tasks)
        for kind, tasks in plants.items()
    }
    wrong = [task for task in honest if task.content_hash() in removed]
    right = len(removed) - len({task.content_hash() for task in wrong})
    assert min(recall.values()) >= 0.95, recall
    assert right / len(removed) >= 0.9, [task.id for task in wrong]
    # Stricter, since more is planted than a real suite would have:
    assert len(wrong) / len(honest) <= 0.05, [task.id for task in wrong]


@pytest.mark.parametrize("kind", PLANTS)
def test_each_kind_of_plant_is_found_by_a_rule_that_does_not_trust_the_seed(planted, kind):
    plants, _, held_out = planted
    found = find_contaminated(plants[kind], held_out)
    rules = found.by_rule()
    expected = {
        "duplicate": {"words", "wording", "structure", "goals"},
        "wrapped": {"words", "structure", "goals"},
        "paraphrase": {"structure", "goals"},
        "renumbered": {"words", "wording", "structure"},
        "in other words and numbers": {"structure"},
        "another seed": {"wording", "structure"},
    }
    assert expected[kind] <= rules.keys()


def task(instruction, value="1", app="mousepad", **changes):
    path = f"Documents/{value}.txt"
    fields = {
        "documents": (Document(path, "text", value),),
        "checks": (Check("text.contains", {"path": path, "text": value}),),
        "solution": (Type(value), Press("ctrl+s")),
    }
    return Task(app=app, template="t", seed=1, instruction=instruction, **(fields | changes))


LONG = "Add the name of the new client at the end of the list of calls and save the file"


def test_the_words_of_the_held_out_task_count_not_those_around_them():
    rules = Rules(structure=1, jaccard=1, goals=False)
    other = {"solution": (Press("tab"),), "documents": ()}
    whole = task(f"Before you go: {LONG}, then go home and rest, it has been a long day", **other)
    found = find_contaminated([whole], [task(LONG)], rules)
    assert found.by_rule() == {"words": 1}
    # A long held-out task that has a short one to be learned from as a part is no copy of it.
    parts = " ".join(f"Part {n}: do something else with the file of number {n}." for n in range(9))
    longer = task(f"{LONG}. {parts}", **other)
    assert not find_contaminated([task(LONG)], [longer], rules).removed


def test_a_chain_that_is_held_out_may_have_parts_that_are_learned_from():
    rules = Rules(goals=False)
    part = task(f"{LONG} before the office closes", solution=(Press("tab"),), documents=())
    chain = task(
        f"{part.instruction}. The next file needs its second column sorted by date", "9", level=2
    )
    assert not find_contaminated([part], [chain], rules).removed
    alone = find_contaminated([part], [replace(chain, level=1)], rules)
    assert alone.by_rule() == {"words": 1, "wording": 1}
    assert find_contaminated([replace(chain, seed=4)], [chain], rules).by_rule()["words"] == 1


def test_numbers_are_taken_for_one_another_but_not_in_goals():
    assert words("Invoice 1,204.50 of 3 May") == ["invoice", "0", "of", "0", "may"]
    first, other = task("Write down what it was.", "17"), task("Quite another thing to do.", "18")
    only_goals = Rules(containment=1, jaccard=1, structure=1)
    assert not find_contaminated([first], [other], only_goals).by_rule().get("goals")
    same = replace(first, instruction="Quite another thing to do.", seed=5)
    assert find_contaminated([same], [first], only_goals).by_rule()["goals"] == 1


def test_an_embedding_model_finds_what_means_the_same():
    def embed(texts):
        return np.array([[1.0, 0.1] if "client" in text else [0.0, 2.0] for text in texts])

    tasks = [
        task("Enter our client.", "a", app="geany", solution=(Press("tab"),), documents=()),
        task("Make it bold.", "b", app="geany", solution=(Press("tab"),), documents=()),
    ]
    held_out = [task(LONG, "c")]
    assert not find_contaminated(tasks, held_out).removed
    found = find_contaminated(tasks, held_out, embed=embed)
    assert [removed for removed, _ in found.removed] == tasks[:1]
    assert [match.rule for match in found.removed[0][1]] == [Rule.MEANING]
    with pytest.raises(DataError, match=r"shape \(1, 2\) for 2 texts"):
        find_contaminated(tasks, held_out, embed=lambda texts: np.ones((1, 2)))
    with pytest.raises(DataError, match="expected one finite vector"):
        find_contaminated(tasks, held_out, embed=lambda texts: np.full((len(texts), 2), np.nan))


def test_minhash_estimates_the_likeness_of_sets():
    rng = random.Random(3)
    signer = MinHash()
    for shared in (0, 50, 150, 300):
        common = {rng.getrandbits(64) for _ in range(shared)}
        one = frozenset(common | {rng.getrandbits(64) for _ in range(300 - shared)})
        other = frozenset(common | {rng.getrandbits(64) for _ in range(300 - shared)})
        estimate = (signer.sign(one) == signer.sign(other)).mean()
        assert abs(estimate - jaccard(one, other)) < 0.13  # three standard errors of 128 places
    assert not (signer.sign(frozenset()) == signer.sign(frozenset({1}))).any()


def test_runs_of_words_and_their_shares():
    short = ngrams(words("one two"), 8)
    assert len(short) == 1 and ngrams([], 8) == frozenset()
    assert containment(ngrams("abcd", 2), ngrams("abxcd", 2)) == pytest.approx(2 / 3)
    assert jaccard(ngrams("abcd", 2), ngrams("abxcd", 2)) == pytest.approx(2 / 5)
    assert containment(frozenset(), short) == 0.0


def test_tasks_come_from_templates_and_files_each_content_once(tmp_path):
    path = tmp_path / "tasks.jsonl"
    one = task(LONG)
    path.write_text(f"{one.to_json()}\n\n{one.to_json()}\n", encoding="utf-8")
    assert load_tasks(TaskSource(files=(str(path),))) == [one]
    assert load_tasks(TaskSource(files=(str(path),), splits=(Split.TEST,))) == []
    made = load_tasks(TaskSource(apps=("galculator",), splits=(Split.TRAIN,), seeds=2))
    assert made and {found.split for found in made} == {Split.TRAIN}
    assert {found.seed for found in made} == {0, 1}


def test_a_line_that_is_no_task_and_a_side_without_tasks_are_errors_that_say_where(tmp_path):
    path = tmp_path / "tasks.jsonl"
    path.write_text(f'{task(LONG).to_json()}\n{{"app": 3}}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"tasks\.jsonl, line 2: .*mend or remove the line"):
        load_tasks(TaskSource(files=(str(path),)))
    with pytest.raises(DataError, match="cannot be read"):
        load_tasks(TaskSource(files=(str(tmp_path / "none.jsonl"),)))
    with pytest.raises(DataError, match="1 tasks and 0 held out: both sides need some"):
        find_contaminated([task(LONG)], [])


def test_the_command_writes_a_report_with_examples_that_curate_takes(tmp_path):
    held_out = templates_of("galculator")["unit-price"].task(1)
    path = tmp_path / "tasks.jsonl"
    path.write_text(as_train(held_out).to_json() + "\n", encoding="utf-8")
    config = tmp_path / "contamination.toml"
    config.write_text(
        f'out = "{tmp_path / "report.json"}"\n[tasks]\nfiles = ["{path}"]\n'
        '[held_out]\napps = ["galculator"]\nsplits = ["test", "validation"]\nfirst_seed = 1\n'
    )
    ended = CliRunner().invoke(cli, ["contamination", str(config), "--json"])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["removed"] == 1
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["removed"][0]["hash"] == as_train(held_out).content_hash()
    example = report["examples"]["goals"][0]
    assert example["task"]["instruction"] == example["held_out"]["instruction"]
    told = CliRunner().invoke(cli, ["contamination", str(config)]).stdout
    assert "1 of 1 tasks" in told and "galculator/unit-price" in told


def test_the_configuration_that_is_shipped_has_the_limits_that_are_the_default():
    path = content.find_file("configs", "contamination.toml")
    assert load_toml(path, ContaminationConfig).rules == Rules()
