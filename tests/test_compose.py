"""Chains: parts of one application on one desktop, with the checks that the end still owes."""

import pytest

from gym_anything import content
from gym_anything.compose import LEVELS, _widen, chains
from gym_anything.draft import Draft, Template
from gym_anything.errors import TaskError
from gym_anything.intents import goal, guard, route
from gym_anything.task import Answer, Document, Press, Split, Type
from gym_anything.templates import select, templates_of

CHAINS = [
    template
    for app_id in content.app_folders()
    for template in templates_of(app_id).values()
    if template.level > 1
]


def part(name, *, split="train", folder="Documents", answers=False, extra=()):
    """A template that types its name into a file of its own."""
    path = f"{folder}/{name}.txt"

    def make(rng):
        return Draft(
            instruction=f"Write {name} into {path}.",
            documents=(Document(path, "text", ""),),
            open=(path,),
            checks=(
                goal("text.equals", 3.0, path=path, text=name),
                guard("files.only", path=folder, names=[f"{name}.txt"]),
                *extra,
            ),
            solution=(Answer(name),) if answers else (Type(name), Press("ctrl+s")),
            near_misses=(route("not saved", Type(name)),),
            variations=(route("by the menu", Type(name), Press("f10")),),
        )

    return Template("mousepad", name, make, 1, Split(split), ("x",), "43-0000")


def open_document(path):
    return (Type(f"open {path}"),)


def chained(*parts, name="chain-2"):
    return chains("mousepad", parts, open_document)[name].task(0)


def test_a_chain_opens_its_first_part_and_goes_through_the_others():
    task = chained(part("one"), part("two"))
    first, second = (document.path for document in task.documents)
    assert task.open == (first,) and task.level == 2
    typed = [intent.type for intent in task.solution if isinstance(intent, Type)]
    assert typed[1] == f"open {second}" and {typed[0], typed[2]} == {"one", "two"}
    assert f"into {first}." in task.instruction and f"into {second}." in task.instruction


def test_its_goals_weigh_the_same_and_its_folder_may_hold_the_documents_of_all_parts():
    task = chained(part("one"), part("two"), part("deep", folder="Documents/deep"), name="chain-3")
    assert [check.weight for check in task.checks if not check.guard] == [1.0, 1.0, 1.0]
    (top,) = (c for c in task.checks if c.params["path"] == "Documents")
    assert sorted(top.params["names"]) == ["deep", "one.txt", "two.txt"]


def test_a_file_that_another_part_changes_need_not_stay_as_it_is():
    keeps = guard("files.unchanged", path="Documents/two.txt")
    task = chained(part("one", extra=(keeps,)), part("two"))
    assert keeps not in task.checks
    other = guard("files.unchanged", path="Documents/one.txt")
    assert other in chained(part("solo", extra=(other,)), part("two")).checks


def test_leaving_out_a_part_or_missing_one_narrowly_are_near_misses():
    task = chained(part("one"), part("two"))
    names = [near.name for near in task.near_misses]
    assert names[:2] == ["part 1 left out", "part 2 left out"]
    assert "part 1: not saved" in names and len({near.steps for near in task.near_misses}) == 4
    assert len(task.variations) == 2


def test_a_chain_of_a_split_has_a_part_of_it_and_one_of_train_has_no_other():
    parts = [part("a"), part("b"), part("c", split="test"), part("d", split="validation")]
    found = chains("mousepad", parts, open_document)
    assert {template.split for template in found.values()} == set(Split) - {Split.TEST_APP}
    for seed in range(10):
        paths = {document.path for document in found["chain-2-test"].task(seed).documents}
        assert "Documents/c.txt" in paths and "Documents/d.txt" not in paths
        paths = {document.path for document in found["chain-2"].task(seed).documents}
        assert paths == {"Documents/a.txt", "Documents/b.txt"}


def test_parts_that_answer_are_not_chained():
    assert not chains("mousepad", [part("a"), part("b", answers=True)], open_document)


def test_parts_that_cannot_be_told_apart_are_refused():
    with pytest.raises(TaskError, match="different documents"):
        chained(part("a"), part("b"), name="chain-3")


@pytest.mark.parametrize("template", CHAINS, ids=lambda template: template.id)
def test_every_chain_can_be_made_of_any_seed(template):
    for seed in range(10):
        task = template.task(seed)
        assert task.level == template.level and task.level in LEVELS
        assert len(task.near_misses) >= 4 and len(task.variations) >= 1


def test_levels_beyond_the_first_can_be_chosen():
    assert {template.name for template in select("mousepad", 3, "train")} == {"chain-3"}


def test_what_may_be_there_beside_the_documents_of_either_part_stays_allowed():
    only = [
        guard("files.only", path="Documents/x", names=[name], optional=[f"{name}~"])
        for name in ("a.dxf", "b.dxf")
    ]
    checks = [only[0]]
    assert _widen(checks, only[1])
    assert checks[0].params["names"] == ["a.dxf", "b.dxf"]
    assert checks[0].params["optional"] == ["a.dxf~", "b.dxf~"]
