import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from gym_anything import content
from gym_anything.cli import cli
from gym_anything.curation.answers import AskConfig
from gym_anything.curation.curate import read_kept
from gym_anything.curation.paragraph import fault, read_paragraphs, write_paragraphs
from gym_anything.curation.phrases import doing, typing
from gym_anything.curation.reasoning import (
    EndpointReasoner,
    PrivilegedReasoner,
    ReasonConfig,
    intents_of,
    reason_store,
)
from gym_anything.endpoint import Endpoint
from gym_anything.errors import ConfigError, DataError
from gym_anything.records import Action, Label
from gym_anything.store import Store, Writer
from gym_anything.task import Click, Drag, Press, Target
from gym_anything.templates import templates_of
from tests.endpoints import says

CLICK = Action.click(412, 233)
FINE = "The memo is open and the cursor is at its end. I will type the word that is asked for."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{FINE}\nI go on.", "not one paragraph"),
        ("I click.", "2 words"),
        ("word " * 161, "161 words"),
        (FINE.replace("I will", "The agent will"), "first person"),
        (f"{FINE} That is at (412, 233).", "coordinates"),
        (f"{FINE} That is at [ 10 , 20 ].", "coordinates"),
        (f"{FINE} I click at x=412.", "coordinates"),
        (f"{FINE} It is 30 pixels to the left.", "coordinates"),
        (f"{FINE} I go to 412 and then 233.", "coordinates of the action"),
        (f"{FINE} I click where the ring is.", "'ring'"),
        (f"{FINE} The annotation shows it.", "'annotation'"),
        (f"{FINE} The label of this step is right.", "'label'"),
        (f"{FINE} I click on “(412, 233)”.", "coordinates"),
    ],
)
def test_a_paragraph_that_an_agent_could_not_have_thought_is_at_fault(text, says):
    assert says in fault(text, CLICK, "Add a word.")


def test_what_the_task_itself_says_may_be_said():
    assert fault(FINE, CLICK, "Add a word.") == ""
    ring = f"{FINE} I draw the ring around the hole."
    assert fault(ring, CLICK, "Draw a ring around the hole.") == ""
    typed = "The line begins at the corner, so I will type “(0, 12)” as its first point."
    assert fault(typed, Action.type("(0, 12)\n"), "Draw a line.") == ""
    assert "coordinates" in fault(typed, CLICK, "Draw a line.")
    assert fault(f"{FINE} There are 412 lines, not 233.", Action.type("a"), "Add a word.") == ""


def test_intents_are_said_as_a_person_says_them():
    assert doing(Click(Target("push button", "OK"))) == "click the button “OK”"
    assert doing(Click((3, 4), count=2)) == "double-click the right place"
    assert doing(Drag(Target(cell="B2"), Target(cell="B8"))) == (
        "drag from the cell B2 to the cell B8"
    )
    assert doing(Press("ctrl+page_up")) == "press Ctrl+Page up"
    assert typing("=SUM(B2:B8)\n") == "type “=SUM(B2:B8)” and press Enter"
    assert typing("\n") == "press Enter"
    assert doing(Click(Target("text", window="Mousepad", at=(0.1, 0.2)))) == (
        "click the right place in the text field"
    )


def test_every_kept_step_of_a_teacher_is_explained_and_no_error_is(noisy_store):
    found = reason_store(noisy_store, PrivilegedReasoner())
    explained = set(found.texts)
    for episode in noisy_store.episodes():
        task = noisy_store.task(episode)
        trajectory = noisy_store.trajectory(episode, screenshots=False)
        for step in trajectory.steps:
            error = step.label is not None and step.label.is_error
            assert ((episode.id, step.index) in explained) == (not error)
            if not error:
                text = found.texts[episode.id, step.index]
                assert fault(text, step.action, task.instruction) == ""
    assert read_paragraphs(noisy_store.folder, "privileged") == found.texts
    assert reason_store(noisy_store, PrivilegedReasoner()).kept == len(found.texts)


def test_the_intent_of_a_step_is_known_even_after_a_typo(memo, tmp_path, keep):
    moves = [
        (Action.press("ctrl+end"), {"label": Label.RIGHT}),
        (Action.type("pao"), {"label": Label.TYPO}),
        (Action.press("backspace"), {"label": Label.RECOVERY}),
        (Action.type("id"), {"label": Label.RIGHT}),
        (Action.press("ctrl+s"), {"label": Label.RIGHT}),
        (Action.done(), {"label": Label.RIGHT}),
    ]
    with Writer(tmp_path / "s") as writer:
        episode = keep(writer, memo, *moves)
    store = Store(tmp_path / "s")
    found = store.find(episode)
    first, text, save = memo.solution
    trajectory = store.trajectory(found, screenshots=False)
    assert intents_of(memo, trajectory) == [first, None, None, text, save, None]
    texts = reason_store(store, PrivilegedReasoner()).texts
    assert "“memo.txt” is open" in texts[episode, 0]
    assert "typed a wrong character" in texts[episode, 2] and "Backspace" in texts[episode, 2]
    assert "type “id”" in texts[episode, 3] and "press Ctrl+S" in texts[episode, 4]
    assert "the task is done" in texts[episode, 5]


def test_what_nobody_knows_the_reason_of_has_no_paragraph(memo, tmp_path, keep):
    with Writer(tmp_path / "s") as writer:
        keep(writer, memo, Action.click(3, 3), Action.type("paid"), passed=False, value=0.0)
    found = reason_store(Store(tmp_path / "s"), PrivilegedReasoner())
    assert found.texts == {} and found.missing == {"nothing privileged tells why it was done": 2}


@pytest.mark.parametrize("app", ["mousepad", "libreoffice_calc", "galculator", "gimp", "librecad"])
def test_the_solutions_of_real_templates_are_explained_without_fault(app, tmp_path, keep):
    from gym_anything.curation.route import shape_of

    with Writer(tmp_path / "s") as writer:
        for template in templates_of(app).values():
            if template.level == 1:
                task = template.task(1)
                moves = [move for intent in task.solution if (move := shape_of(intent))]
                ends = moves[-1].verb.value in ("answer", "give_up")
                keep(writer, task, *moves, *([] if ends else [Action.done()]), screens=False)
    found = reason_store(Store(tmp_path / "s"), PrivilegedReasoner())
    assert len(found.texts) > 20 and found.missing == {}


def written(text):
    return says(json.dumps({"reasoning": text}))


@pytest.fixture
def endpoint_store(tmp_path, memo, keep):
    with Writer(tmp_path / "s") as writer:
        keep(writer, memo, CLICK, Action.done())
    return Store(tmp_path / "s")


def test_a_model_writes_and_what_is_at_fault_goes_back_to_it(server, endpoint_store, tmp_path):
    pytest.importorskip("openai")
    server.begin(written(f"{FINE} It is at (412, 233)."), written(FINE), written("No."))
    ask = AskConfig(
        Endpoint("m", server.url, retries=0), ledger=str(tmp_path / "ledger.jsonl"), tries=2
    )
    reasoner = EndpointReasoner(ReasonConfig(ask))
    try:
        found = reason_store(endpoint_store, reasoner)
    finally:
        reasoner.close()
    assert list(found.texts.values()) == [FINE]
    assert found.missing == {"the answers were at fault": 1}
    again = server.requests[1]["messages"][-1]["content"]
    assert "it names coordinates: '(412, 233)'" in again
    assert "No coordinates" in server.requests[0]["messages"][0]["content"]


def test_only_the_steps_that_curate_keeps_are_explained(noisy_store, tmp_path):
    episode = noisy_store.episodes()[-1]
    path = tmp_path / "verdicts.jsonl"
    lines = [{"episode": episode.id, "index": n, "keep": n == 1} for n in range(3)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    arguments = ["reason", str(noisy_store.folder), "--verdicts", str(path), "--name", "two"]
    ended = CliRunner().invoke(cli, [*arguments, "--json"])
    assert json.loads(ended.stdout) == {"paragraphs": 1, "kept": 0, "missing": {}}
    assert set(read_paragraphs(noisy_store.folder, "two")) == {(episode.id, 1)}
    assert "1 paragraphs, 1 were there" in CliRunner().invoke(cli, arguments).stdout
    path.write_text('{"episode": "e", "index": 0, "keep": true}\n{"episode": "e"}\n')
    with pytest.raises(DataError, match=r"verdicts\.jsonl, line 2: no verdict"):
        read_kept(path)
    path.write_text('{"episode": "e", "index": 0, "keep": true}\n')
    with pytest.raises(DataError, match="none of the steps"):
        reason_store(noisy_store, PrivilegedReasoner(), read_kept(path))


def test_paragraphs_read_back_equal_and_bad_files_are_named(tmp_path):
    texts = {("e", 3): "I \ud800 see."}
    write_paragraphs(tmp_path, "mine", texts)
    assert read_paragraphs(tmp_path, "mine") == texts
    with pytest.raises(ConfigError, match=r"no reasoning 'mime'.*did you mean 'mine'"):
        read_paragraphs(tmp_path, "mime")
    with pytest.raises(ConfigError, match="must be letters"):
        write_paragraphs(tmp_path, "../mine", texts)
    path = tmp_path / "reasoning" / "mine.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(0, "schema_version", [[9]]), path)
    with pytest.raises(DataError, match=r"mine\.parquet: row 0: version 9"):
        read_paragraphs(tmp_path, "mine")
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(DataError, match="torn or damaged"):
        read_paragraphs(tmp_path, "mine")


def test_the_configuration_that_is_shipped_loads():
    assert ReasonConfig.load(Path(content.find_file("configs", "reason.toml"))).history == 20
