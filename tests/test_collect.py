import dataclasses
import json
from pathlib import Path

import pytest

from gym_anything.agent.registry import register_agent
from gym_anything.cli import main
from gym_anything.collect import CollectConfig, collect, jobs_of
from gym_anything.config import load_toml
from gym_anything.content import roots
from gym_anything.errors import AgentError, ConfigError
from gym_anything.machine.fake import FakeMachine
from gym_anything.records import Action, Failure, FailureKind
from gym_anything.store import Store


class Lost:
    """Does one thing and then does not know on."""

    name = "lost"

    def reset(self, instruction):
        self._acted = False

    def act(self, observation):
        if self._acted:
            raise AgentError("lost: nothing comes to mind")
        self._acted = True
        return Action.wait()


class Idle(Lost):
    """Ends at once."""

    name = "idle"

    def act(self, observation):
        return Action.done()


def make_lost(env, seed):
    return Lost()


def make_idle(env, seed):
    return Idle()


@pytest.fixture
def config(tmp_path):
    register_agent("lost", make_lost)
    register_agent("idle", make_idle)
    return CollectConfig(
        out=str(tmp_path / "store"),
        tasks=("mousepad/rename-client", "galculator/invoice-total"),
        seeds=3,
        agents=("idle", "random"),
        workers=3,
        machine="fake",
        max_steps=3,
    )


def test_every_task_seed_and_agent_is_collected_once(config):
    told = []
    found = collect(config, told.append)
    episodes = Store(Path(config.out)).episodes()
    assert (found.total, found.done, found.kept) == (12, 12, 0)
    assert {episode.key for episode in episodes} == {job.key for job in jobs_of(config)}
    assert len(episodes) == 12 and found.failed + found.passed == 12
    assert [progress.done for progress in told] == list(range(13))
    assert json.loads(episodes[0].config)["seeds"] == 3
    assert {episode.env_id for episode in episodes} == {
        "gym_anything/Galculator-v0",
        "gym_anything/Mousepad-v0",
    }


def test_a_collection_goes_on_where_it_stopped(config):
    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.done == 5:
            raise Stopped

    with pytest.raises(Stopped):
        collect(config, stop)
    before = {episode.id for episode in Store(Path(config.out)).episodes()}
    assert 5 <= len(before) <= 7  # those in progress were finished
    found = collect(config)
    after = {episode.id for episode in Store(Path(config.out)).episodes()}
    assert found.kept == len(before) and before < after and len(after) == 12
    assert collect(config).kept == 12


def test_what_goes_wrong_with_one_episode_ends_that_one_only(config):
    found = collect(dataclasses.replace(config, agents=("lost", "idle")))
    assert (found.errors, found.failed, found.broken) == (6, 6, 0)
    lines = (Path(config.out) / "errors.jsonl").read_text().splitlines()
    assert {json.loads(line)["agent"] for line in lines} == {"lost"} and len(lines) == 6
    assert "nothing comes to mind" in json.loads(lines[0])["message"]


def test_a_broken_machine_is_kept_as_a_failure_and_tried_again(config, monkeypatch):
    failure = Failure(FailureKind.APP, "it ended", "last words")
    with monkeypatch.context() as broken:
        broken.setattr(FakeMachine, "failure", lambda self: failure)
        found = collect(config)
    assert found.broken == 12
    episodes = Store(Path(config.out)).episodes()
    assert {episode.failure for episode in episodes} == {failure}
    assert {episode.agent for episode in episodes} == {"idle", "random"}
    again = collect(config)
    assert (again.kept, again.broken) == (0, 0) and again.done == 12


def test_an_unknown_name_is_refused_with_the_nearest(config, tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'solution'"):
        collect(dataclasses.replace(config, agents=("solutoin",)))
    toml = tmp_path / "wrong.toml"
    toml.write_text('out = "x"\nseed = 3\n')
    with pytest.raises(ConfigError, match="seed: unknown key"):
        load_toml(toml, CollectConfig)


def test_every_configuration_in_the_repository_loads():
    for path in sorted((roots()[0] / "configs").glob("collect*.toml")):
        assert jobs_of(load_toml(path, CollectConfig))


def test_the_commands_collect_rescore_replay_and_export(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.toml").write_text(
        'out = "store"\ntasks = ["mousepad/rename-client"]\nmachine = "fake"\n'
        'agents = ["random"]\nmax_steps = 2\n'
    )
    said = {}
    for command in (
        ["collect", "c.toml", "--json"],
        ["rescore", "store", "--json"],
        ["replay", "store", "0", "--json"],
    ):
        monkeypatch.setattr("sys.argv", ["gym-anything", *command])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0, command
        said[command[0]] = json.loads(capsys.readouterr().out)
    assert said["collect"]["failed"] == said["collect"]["total"] == 1
    assert said["rescore"]["judged"] == 1 and said["rescore"]["changed"] == 0
    assert said["replay"]["difference"] is None and said["replay"]["steps"] == 2
    monkeypatch.setattr("sys.argv", ["gym-anything", "export", "store", "rows.parquet", "--all"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0 and "2 steps in" in capsys.readouterr().out
