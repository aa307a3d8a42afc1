import pytest

from gym_anything import verify as verifying
from gym_anything.store import Store, Writer
from gym_anything.store.rescore import rescore
from gym_anything.verify import Verdict, verify


def test_without_a_change_every_score_stays_as_it_was(solved):
    store, trajectory = solved
    (result,) = rescore(store)  # in the process that judges
    assert result.score == trajectory.score and not result.changed


def test_after_a_verifier_has_changed_the_score_and_the_evidence_are_new(solved, monkeypatch):
    store, _ = solved

    def stricter(state, path: str, text: str):
        found = state.home.read_bytes(path).decode()
        assert state.initial[path].decode() in found
        return Verdict.part(0.25, f"now it must end with a full stop: {found!r}")

    known = verifying._function
    monkeypatch.setattr(
        verifying,
        "_function",
        lambda name: stricter if name == "text.contains" else known(name),
    )
    (result,) = rescore(store, verify)
    assert result.changed and result.score.value == 0.0 and not result.score.passed
    assert "full stop: 'Invoice 7 for Müller: paid'" in result.difference
    assert result.episode.score.passed


@pytest.mark.parametrize("damage", ["list", "file"])
def test_a_final_state_that_is_damaged_is_not_judged(solved, damage):
    store, _ = solved
    (episode,) = store.episodes()
    final = store.final(episode)
    name = episode.final if damage == "list" else final.entries[-1].blob
    (store.folder / "blobs" / name[:2] / name).unlink()
    (result,) = rescore(store)
    assert result.score is None and name in result.reason and not result.changed


def test_an_episode_without_its_final_state_is_not_judged(tmp_path, fake_env, made_up):
    fake_env.reset()
    with Writer(tmp_path) as writer:
        recorder = writer.recorder()
        recorder.begin(fake_env, made_up.first_screenshot)
        recorder.write(made_up)
    (result,) = rescore(Store(tmp_path))
    assert result.score is None and "not kept" in result.reason


def test_what_the_checks_need_now_and_nobody_kept_is_said(solved, monkeypatch):
    store, _ = solved
    monkeypatch.setattr("gym_anything.store.rescore.needs_of", lambda checks: {"clipboard"})
    (result,) = rescore(store)
    assert result.score is None and "clipboard" in result.reason
