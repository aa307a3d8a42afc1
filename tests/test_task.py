import json

import jsonschema
import pytest

from gym_anything.errors import TaskError
from gym_anything.task import (
    Answer,
    Await,
    Check,
    Click,
    Document,
    Drag,
    GiveUp,
    Press,
    Route,
    Scroll,
    Split,
    Target,
    Task,
    Type,
    json_schema,
)

WHOLE = Task(
    app="mousepad",
    template="rename-client",
    seed=7,
    instruction="Rename the client.",
    documents=(Document("Documents/a.txt", "text", "Müller\n"),),
    open=("Documents/a.txt",),
    checks=(
        Check("text.equals", {"path": "Documents/a.txt", "text": "Maier\n"}, weight=2.0),
        Check("files.only", {"folder": "Documents", "names": ["a.txt"]}, guard=True),
    ),
    solution=(
        Await(Target(role="frame")),
        Click(Target(role="push button", name="Save", window="Save As", nth=1, at=(0.1, 0.9))),
        Click((3, 4), button="right", count=2, keys="ctrl"),
        Drag(Target(cell="B9"), (5, 6)),
        Scroll((1, 2), down=3),
        Press("ctrl+s", hold_sec=0.5),
        Type("ß\n"),
    ),
    near_misses=(Route("gives up", (GiveUp(True),)), Route("answers", (Answer("no"),))),
    variations=(Route("by keyboard", (Press("ctrl+r"),)),),
    level=2,
    split=Split.TEST,
    skills=("search",),
    occupation="43-0000",
    companions=("galculator",),
    max_steps=12,
)


def test_a_task_comes_back_from_json():
    assert Task.from_json(WHOLE.to_json()) == WHOLE


def test_a_task_fits_the_published_schema():
    jsonschema.validate(json.loads(WHOLE.to_json()), json_schema())


def test_the_hash_follows_the_content():
    other = Task.from_json(WHOLE.to_json().replace("Maier", "Meyer"))
    assert Task.from_json(WHOLE.to_json()).content_hash() == WHOLE.content_hash()
    assert other.content_hash() != WHOLE.content_hash()


def test_the_public_part_holds_nothing_privileged():
    public = WHOLE.public().to_json()
    assert "Maier" not in public and "ctrl+s" not in public and "Müller" in public


def changed(**changes):
    data = json.loads(WHOLE.to_json())
    data.update(changes)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Invalid JSON"),
        (changed(sead=1), "sead: unknown key"),
        (changed(level=9), "level"),
        (changed(seed="seven"), "seed"),
        (changed(solution=[{}]), "solution.0"),
        (changed(solution=[{"press": "ctrl+s", "click": [1, 2]}]), "solution.0"),
        (changed(solution=[{"run": "rm -rf /"}]), "solution.0"),
        (changed(checks=[]), "checks"),
        (changed(open=["Documents/b.txt"]), "open: 'Documents/b.txt'"),
        (
            changed(documents=[{"path": "../a", "kind": "text", "content": ""}], open=[]),
            "inside it",
        ),
        (changed(documents=[{"path": "/etc/passwd", "kind": "text", "content": ""}]), "inside it"),
        (changed(schema_version=2), "schema_version"),
    ],
)
def test_a_malformed_task_is_refused_with_its_file_and_key(text, says):
    with pytest.raises(TaskError) as caught:
        Task.from_json(text, source="tasks/one.json")
    assert says in str(caught.value)
