import dataclasses
import json
from pathlib import Path

import pytest

from gym_anything.cli import main
from gym_anything.collect import CollectConfig, collect, jobs_of
from gym_anything.errors import ConfigError
from gym_anything.ledger import Ledger
from gym_anything.records import FailureKind, Stop
from gym_anything.store import Store
from tests.endpoints import refuses, says

pytest.importorskip("openai")
LARGE = {"prompt_tokens": 4000, "completion_tokens": 10}
CHAT = """
format = "qwen2.5-vl"
ledger = "{folder}/ledger.jsonl"
prices = "{folder}/prices.toml"
max_output_tokens = 64
on_invalid = "{on_invalid}"
endpoint = {{ model = "m", base_url = "{url}", retries = 0, timeout_sec = 20.0 }}
budget = {{ {budget} }}
"""
PRICES = '[models."m"]\ninput = 2.0\noutput = 10.0\n'


def does(usage=None, **arguments):
    call = "computer_use", json.dumps(arguments)
    return says("", [call], **({"usage": usage} if usage else {}))


WAITS, ENDS = {"action": "wait", "time": 0}, {"action": "terminate", "status": "success"}


@pytest.fixture
def chat(tmp_path, server):
    """Writes the model's configuration; the server is what it talks to."""
    (tmp_path / "prices.toml").write_text(PRICES)

    def write(budget="tokens = 1_000_000", on_invalid="skip", name="chat.toml"):
        text = CHAT.format(folder=tmp_path, url=server.url, budget=budget, on_invalid=on_invalid)
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


@pytest.fixture
def config(tmp_path, chat):
    return CollectConfig(
        out=str(tmp_path / "store"),
        tasks=("mousepad/rename-client",),
        seeds=3,
        agents=(),
        chats={"talker": chat()},
        workers=1,
        machine="fake",
        max_steps=4,
    )


def waits_then_ends(server, usage=None):
    """In each episode: the first answer waits, the second ends."""

    def answer(handler):
        wanted = WAITS if len(server.requests) % 2 else ENDS
        does(usage, **wanted)(handler)

    server.begin(answer)


def stored(config):
    store = Store(Path(config.out))
    return [(episode, store.trajectory(episode)) for episode in store.episodes()]


def test_a_chat_model_s_episodes_are_kept_with_what_each_of_them_cost(config, server, tmp_path):
    waits_then_ends(server)
    found = collect(dataclasses.replace(config, agents=("random",), workers=2))
    assert (found.done, found.errors, found.broken, found.stopped) == (6, 0, 0, "")
    talked = [pair for pair in stored(config) if pair[0].agent == "talker"]
    ledger = Ledger(tmp_path / "ledger.jsonl")
    assert set(ledger.by_episode()) == {episode.id for episode, _ in talked}
    assert len(talked) == 3 and str(found.spent) == str(ledger.total())
    for episode, trajectory in talked:
        spent = ledger.total(episode=episode.id)
        assert spent.requests == len(trajectory.steps) and trajectory.steps[0].output
        assert episode.cost_usd == spent.usd == pytest.approx(0.0003 * spent.requests)
        assert trajectory.info == {
            "llm_requests": str(spent.requests),
            "llm_tokens": str(110 * spent.requests),
        }
        assert json.loads(episode.config)["chats"]["talker"]["endpoint"]["model"] == "m"
    assert {e.cost_usd for e, _ in stored(config) if e.agent == "random"} == {0.0}
    assert collect(config).kept == 3


def test_the_cap_ends_the_run_and_a_higher_one_goes_on(config, chat, server, tmp_path):
    waits_then_ends(server, LARGE)
    chat("tokens = 14_000")  # three requests of 4010, and no room for what a fourth may use
    found = collect(config)
    assert (found.failed, found.broken, found.errors, found.total) == (1, 1, 0, 3)
    assert "the budget is spent" in found.stopped and len(server.requests) == 3
    (_, whole), (cut, part) = stored(config)
    assert whole.stop is Stop.DONE and whole.score is not None
    assert part.failure.kind is FailureKind.BUDGET and part.score is None
    assert len(part.steps) == 1 and cut.cost_usd == pytest.approx(0.0081)

    again = collect(config)  # nothing is sent, and nothing is kept of an episode without a step
    assert (again.kept, again.done) == (1, 1) and again.stopped
    assert len(server.requests) == 3 and len(stored(config)) == 2

    waits_then_ends(server, LARGE)
    chat("tokens = 100_000")
    more = collect(dataclasses.replace(config, retry_broken=False))
    assert (more.kept, more.failed, more.broken, more.stopped) == (1, 2, 0, "")
    kept = [episode for episode, _ in stored(config) if episode.failure is None]
    assert {episode.key for episode in kept} == {job.key for job in jobs_of(config)}
    assert len(kept) == 3 and Ledger(tmp_path / "ledger.jsonl").total().requests == 7


def test_workers_that_share_a_cap_end_together(config, chat, server, tmp_path):
    server.begin(does(LARGE, **WAITS))
    chat("tokens = 30_000")
    found = collect(dataclasses.replace(config, seeds=6, workers=3))
    assert found.stopped and found.done < 6
    assert Ledger(tmp_path / "ledger.jsonl").total().tokens <= 30_000
    for _, trajectory in stored(config):
        assert trajectory.failure is None or trajectory.failure.kind is FailureKind.BUDGET


def test_a_model_without_a_price_is_not_taken_for_free(config, server, tmp_path):
    (tmp_path / "prices.toml").write_text(PRICES.replace('"m"', '"other"'))
    server.begin(does(**ENDS))
    found = collect(dataclasses.replace(config, seeds=1))
    ((episode, _),) = stored(config)
    assert episode.cost_usd is None and found.spent.unpriced == 1
    assert "of unknown price" in str(found.spent)


def test_an_endpoint_that_fails_breaks_its_episodes_only_and_they_are_tried_again(config, server):
    server.begin(refuses(500))
    found = collect(config)
    assert (found.broken, found.stopped) == (3, "")
    assert {t.failure.kind for _, t in stored(config)} == {FailureKind.ENDPOINT}
    server.begin(does(**ENDS))
    assert collect(config).failed == 3


def test_what_is_no_action_is_handled_as_the_model_s_configuration_says(config, chat, server):
    server.begin(says("I would rather not."))
    chat(on_invalid="end")
    collect(dataclasses.replace(config, seeds=1))
    ((_, trajectory),) = stored(config)
    assert len(trajectory.steps) == trajectory.invalid == 1 and trajectory.score is not None


def test_names_that_clash_and_caps_that_contradict_each_other_are_refused(config, chat):
    one = dataclasses.replace(config, chats={"random": chat()})
    with pytest.raises(ConfigError, match="'random' is the name of another agent"):
        collect(one)
    two = {"a": chat(), "b": chat("tokens = 7", name="second.toml")}
    with pytest.raises(ConfigError, match="one cap or two ledgers"):
        collect(dataclasses.replace(config, chats=two))
    with pytest.raises(ConfigError, match="did you mean 'chat.toml'"):
        collect(dataclasses.replace(config, chats={"a": "chta.toml"}))
    assert not Path(config.out).exists()


def test_the_command_says_what_was_spent_and_why_it_ended(
    config, chat, server, tmp_path, monkeypatch, capsys
):
    waits_then_ends(server, LARGE)
    toml = tmp_path / "c.toml"
    toml.write_text(
        f'out = "{config.out}"\ntasks = ["mousepad/rename-client"]\nmachine = "fake"\n'
        f'seeds = 2\nworkers = 1\nagents = []\n[chats]\ntalker = "{chat("tokens = 14_000")}"\n'
    )
    monkeypatch.setattr("sys.argv", ["gym-anything", "collect", str(toml)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "models: 3 requests, 12030 tokens, $0.0243" in said.out
    assert "ended early, 1 episodes to go" in said.err and "the budget is spent" in said.err
