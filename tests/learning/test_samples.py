import io
import json

import numpy as np
import pytest
from PIL import Image

from gym_anything.action.registry import action_format
from gym_anything.agent.vlm import VlmAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.learning.samples import NOT_PASSED, TABLE, Samples
from gym_anything.records import OnInvalid
from gym_anything.rollout import rollout
from gym_anything.store import Writer
from tests.learning.conftest import SCREEN, STYLE

WORDS = action_format("qwen3-vl")


def text(sample):
    return "".join(part.get("text", "") for message in sample.prompt for part in message["content"])


class Spy:
    """A model that says what it is told and keeps what it was asked."""

    name = "spy"

    def __init__(self, answers):
        self.answers = iter(answers)
        self.asked = []

    def generate(self, prompts):
        self.asked += prompts
        return [next(self.answers) for _ in prompts]


def test_a_sample_is_what_an_agent_would_be_asked_at_that_step(collect, made, memo):
    folder, _ = made(collect("solution"))
    samples = list(Samples(folder))
    spy = Spy([sample.completion for sample in samples])
    env = DesktopEnv("mousepad", task=memo, machine="fake", screen=SCREEN, warm=False)
    with env:
        found = rollout(env, lambda env: VlmAgent(spy, WORDS, STYLE))
    assert found.score.passed and len(spy.asked) == len(samples) == len(found.steps)
    for sample, prompt in zip(samples, spy.asked, strict=True):
        assert [message["role"] for message in sample.prompt] == [
            message.role.value for message in prompt.messages
        ]
        assert text(sample) == "".join(message.text for message in prompt.messages)
        pictures = [m.picture for m in prompt.messages if m.picture is not None]
        for data, picture in zip(sample.pictures, pictures, strict=True):
            assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), picture)


def test_older_steps_are_lines_and_the_last_are_shown(collect, made):
    folder, _ = made(collect("solution"))
    last = list(Samples(folder))[-1]
    assert len(last.pictures) == 2
    assert last.prompt[0]["content"][0]["text"].count("computer_use") == last.index - 1
    assert [m["role"] for m in last.prompt] == ["user", "assistant", "user"]


def test_an_error_of_the_teacher_is_context_and_not_in_the_loss(collect, made):
    store = collect("noisy-0.5", "noisy-0.5", "noisy-0.5")
    labels = {
        (episode.id, step.index): step.label
        for episode in store.episodes()
        for step in store.trajectory(episode, screenshots=False).steps
    }
    folder, about = made(store, passed_only=False, grades="labels")
    samples = list(Samples(folder))
    errors = [sample for sample in samples if labels[sample.episode, sample.index].is_error]
    assert errors and not any(sample.keep for sample in errors)
    assert {sample.grade for sample in errors} == {0.0}
    assert {s.grade for s in samples if s not in errors} == {1.0}
    assert all(s.keep or s in errors or s.why == NOT_PASSED for s in samples)
    assert (
        about.kept
        == sum(sample.keep for sample in samples)
        == about.rows - sum(about.dropped.values())
    )
    error = next(s for s in errors if s.index < 3)
    after = next(s for s in samples if s.episode == error.episode and s.index == error.index + 1)
    assert error.completion in text(after)


def test_verdicts_of_curation_drop_and_grade_single_steps(collect, made, tmp_path):
    store = collect("solution")
    episode = store.episodes()[0].id
    verdicts = tmp_path / "verdicts.jsonl"
    lines = [
        {"episode": episode, "index": 1, "keep": False, "why": "needless", "grade": 0.25},
        {"episode": "of another store", "index": 9, "keep": False},
    ]
    verdicts.write_text("\n".join(map(json.dumps, lines)))
    folder, about = made(store, curation=str(verdicts))
    samples = list(Samples(folder))
    assert [sample.keep for sample in samples] == [True, False, True, True]
    assert (samples[1].why, samples[1].grade) == ("needless", 0.25)
    assert about.dropped == {"needless": 1} and about.graded == 1
    assert samples[1].completion in text(samples[2])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: not JSON"),
        ('{"episode": "EPISODE", "index": "1"}', "line 1: episode and why are texts"),
        ('{"episode": "EPISODE", "index": 1, "kept": true}', "expected an object with"),
        ('{"episode": "EPISODE", "index": 1, "grade": NaN}', "grade must be a number"),
        ('{"episode": "EPISODE", "index": 77, "keep": false}', "has no step 77"),
        ('{"episode": "else", "index": 1, "keep": false}', "none of its verdicts"),
    ],
)
def test_a_wrong_verdict_is_named(collect, made, tmp_path, line, message):
    store = collect("solution")
    verdicts = tmp_path / "verdicts.jsonl"
    verdicts.write_text(line.replace("EPISODE", store.episodes()[0].id))
    with pytest.raises(ConfigError, match=message):
        made(store, curation=str(verdicts))


def test_what_a_model_wrote_is_kept_if_the_format_reads_it_so(tmp_path, memo, made):
    thought = (
        "I type the word.\n<tool_call>\n"
        '{"name": "computer_use", "arguments": {"action": "type", "text": "paid"}}\n</tool_call>\n'
        '<tool_call>\n{"name": "computer_use", "arguments": {"action": "key", "keys": '
        '["ctrl", "s"]}}\n</tool_call>'
    )
    ends = (
        '<tool_call>\n{"name": "computer_use", "arguments": '
        '{"action": "terminate", "status": "success"}}\n</tool_call>'
    )
    env = DesktopEnv("mousepad", task=memo, machine="fake", screen=SCREEN, warm=False)
    with env, Writer(tmp_path / "store") as writer:
        recorder = writer.recorder()
        spy = Spy(["no action at all", thought, ends])
        found = rollout(
            env,
            lambda env: VlmAgent(spy, WORDS, STYLE),
            recorder=recorder,
            on_invalid=OnInvalid.SKIP,
        )
        recorder.write(found, task=memo)
    assert found.score.passed

    class At:
        folder = tmp_path / "store"

    folder, about = made(At)
    samples = list(Samples(folder))
    assert [sample.completion for sample in samples] == [thought, ends]
    assert [sample.index for sample in samples] == [1, 3]
    assert about.left_out == {"what the model wrote was no action": 1}
    assert "no action at all" in text(samples[0])
    other, _ = made(At, format="ui-tars-1.5", out=str(tmp_path / "other"))
    assert next(iter(Samples(other))).completion == (
        "Action: type(content='paid')\nAction: hotkey(key='ctrl s')"
    )


def test_samples_that_are_too_few_changed_or_there_already_are_refused(collect, made, tmp_path):
    store = collect("solution")
    with pytest.raises(ConfigError, match=r"only 4 samples are kept of 4.*at least 5"):
        made(store, least=5)
    with pytest.raises(ConfigError, match="no episode is of these"):
        made(store, apps=("gimp",))
    with pytest.raises(ConfigError, match="no samples; make them with"):
        Samples(tmp_path)
    folder, _ = made(store)
    with pytest.raises(ConfigError, match="there are samples already"):
        made(store)
    with (folder / TABLE).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ConfigError, match="not the file that was made"):
        Samples(folder)


def test_datasets_reads_the_samples_as_conversations_with_pictures(collect, made, tmp_path):
    datasets = pytest.importorskip("datasets", reason="pip install 'gym-anything[data]'")
    folder, _ = made(collect("solution"))
    loaded = datasets.load_dataset(
        "parquet", data_files=str(folder / TABLE), split="train", cache_dir=str(tmp_path / "c")
    )
    assert loaded[0]["images"][0].size == SCREEN and loaded[0]["keep"] is True
