import json
from dataclasses import replace

import pytest

from gym_anything.errors import ConfigError
from gym_anything.prove import Claim, Plan, count_trials, prove, run_trial, summarize, trials_of
from gym_anything.prove import campaign as campaign_module
from gym_anything.task import Answer, Check, Click, Document, GiveUp, Press, Route, Target, Type
from gym_anything.templates import find_template


def outcomes(task):
    """Whether each claim of a task holds on the fake machine."""
    return {
        (claim, name): run_trial(task, claim, name, intents, machine="fake")
        for claim, name, intents in trials_of(task)
    }


def test_a_sound_task_holds_in_every_claim(memo):
    found = outcomes(memo)
    assert len(found) == 4 and all(trial.held for trial in found.values())
    assert found[Claim.SOLUTION, ""].score == 1.0 and found[Claim.UNTOUCHED, ""].score == 0.0


def test_a_solution_that_does_not_solve_is_found_with_the_unmet_check(memo):
    broken = replace(memo, solution=(Press("ctrl+s"),))
    trial = outcomes(broken)[Claim.SOLUTION, ""]
    assert not trial.held and "text.contains" in trial.reason


def test_a_reward_for_doing_nothing_is_found(memo):
    given_away = Check("text.contains", {"path": "Documents/memo.txt", "text": "Invoice"})
    trial = outcomes(replace(memo, checks=(*memo.checks, given_away)))[Claim.UNTOUCHED, ""]
    assert not trial.held and trial.reason == "scores 0.5, not 0"


def test_a_near_miss_that_passes_is_found(memo):
    hit = Route("not so near", memo.solution)
    trial = outcomes(replace(memo, near_misses=(hit,)))[Claim.NEAR_MISS, "not so near"]
    assert not trial.held and trial.reason == "passes"


def test_a_variation_that_fails_is_found(memo):
    wrong = Route("another word", (Type("unpaid"), Press("ctrl+s")))
    trial = outcomes(replace(memo, variations=(wrong,)))[Claim.VARIATION, "another word"]
    assert not trial.held and trial.score == 0.0


def test_a_target_that_is_not_there_is_a_violation_also_of_a_near_miss(memo, monkeypatch):
    monkeypatch.setattr("gym_anything.agent.solution.TARGET_TIMEOUT_SEC", 0.05)
    lost = Route("lost", (Click(Target(name="Svae")),))
    trial = outcomes(replace(memo, near_misses=(lost,)))[Claim.NEAR_MISS, "lost"]
    assert not trial.held and trial.score is None and "Svae" in trial.reason


def solved(task, mutations=200):
    return run_trial(task, Claim.SOLUTION, "", task.solution, machine="fake", mutations=mutations)


def test_a_check_that_overlooks_a_change_of_the_solved_file_is_found(memo):
    trial = solved(memo)
    assert not trial.held and trial.score == 1.0
    assert "Documents/memo.txt" in trial.reason and trial.mutated.accepted


def test_a_task_whose_checks_see_every_change_holds(memo):
    whole = Check(
        "text.equals", {"path": "Documents/memo.txt", "text": "Invoice 7 for Müller: paid"}
    )
    trial = solved(replace(memo, checks=(whole, *memo.checks)))
    assert trial.held, trial.reason
    assert trial.mutated.harmful > 10 and trial.mutated.benign >= 1


def test_a_file_that_may_be_there_or_not_is_not_changed(memo):
    folder = {"path": "Documents", "names": ["memo.txt"]}
    whole = Check(
        "text.equals", {"path": "Documents/memo.txt", "text": "Invoice 7 for Müller: paid"}
    )
    backup = Document("Documents/memo.txt~", "text", "Invoice 7")
    with_backup = replace(memo, documents=(*memo.documents, backup))
    for optional, held in ((["memo.txt~"], True), ([], False)):
        only = Check("files.only", {**folder, "optional": optional}, guard=True)
        trial = solved(replace(with_backup, checks=(whole, only)))
        assert trial.held == held, trial.reason


def test_a_check_that_refuses_what_means_the_same_is_found(memo):
    path = {"path": "Documents/memo.txt"}
    ends = {"is_one_of": ["utf-8"], "final_newline": False}
    picky = Check("text.encoding", path | ends, guard=True)
    trial = solved(replace(memo, checks=(picky, *memo.checks)))
    assert not trial.held and trial.mutated.refused


def test_a_task_that_an_empty_answer_or_giving_up_passes_is_found(memo):
    untouched = Claim.UNTOUCHED
    kept = Check("files.unchanged", {"path": "Documents/memo.txt"}, guard=True)
    task = replace(memo, checks=(Check("answer.gave_up", {}), kept), solution=(Press("ctrl+s"),))
    trial = run_trial(task, untouched, "", (), machine="fake")
    assert not trial.held and trial.reason == "give_up earns something at once"
    cannot = replace(task, solution=(GiveUp(True),))
    assert run_trial(cannot, untouched, "", (), machine="fake").held
    assert run_trial(cannot, Claim.SOLUTION, "", cannot.solution, machine="fake", mutations=9).held


def test_an_answer_is_changed_as_well(memo):
    lax = replace(
        memo,
        checks=(
            Check("answer.equals", {"text": "Müller 17"}),
            Check("files.unchanged", {"path": "Documents/memo.txt"}, guard=True),
        ),
        solution=(Answer("Müller 17"),),
    )
    trial = solved(lax)
    assert trial.held, trial.reason
    assert trial.mutated.harmful > 5


def test_a_random_agent_that_passes_is_found(memo):
    given_away = replace(
        memo, checks=(Check("text.contains", {"path": "Documents/memo.txt", "text": "I"}),)
    )
    trial = run_trial(given_away, Claim.RANDOM, "", (), machine="fake")
    assert not trial.held and trial.steps == 30


TEMPLATE = find_template("galculator/unit-price")
FAKE = Plan(machine="fake")


def test_a_campaign_goes_on_where_it_stopped(tmp_path, monkeypatch):
    plan = replace(FAKE, record=tmp_path / "record", solutions=2)
    ran = []

    def execute(job, plan):
        if len(ran) == 3:
            raise KeyboardInterrupt
        ran.append(job.key)
        return replace(original(job, plan), held=True)

    original = campaign_module.execute
    monkeypatch.setattr(campaign_module, "execute", execute)
    with pytest.raises(KeyboardInterrupt):
        prove([TEMPLATE], [0], plan=plan)
    first = list(ran)
    ran.clear()
    monkeypatch.setattr(
        campaign_module,
        "execute",
        lambda job, plan: ran.append(job.key) or replace(original(job, plan), held=True),
    )
    trials = prove([TEMPLATE], [0], plan=plan)
    assert len(trials) == count_trials([TEMPLATE], [0], plan) == len(first) + len(ran)
    assert not set(first) & set(ran)
    assert [trial.attempt for trial in trials if trial.claim is Claim.SOLUTION] == [0, 1]


def test_a_campaign_tries_only_the_claims_it_is_asked_for():
    plan = replace(FAKE, random=True, solutions=3, claims=frozenset({Claim.SOLUTION}))
    claims = [job.claim for job in campaign_module.jobs_of([TEMPLATE], [0, 1], plan)]
    assert claims == [Claim.SOLUTION] * 6
    both = replace(plan, claims=frozenset({Claim.RANDOM, Claim.UNTOUCHED}))
    claims = [job.claim for job in campaign_module.jobs_of([TEMPLATE], [0], both)]
    assert claims == [Claim.UNTOUCHED, Claim.RANDOM]


def test_what_did_not_hold_or_is_of_another_task_is_tried_anew(tmp_path):
    plan = replace(FAKE, record=tmp_path / "record")
    trials = prove([TEMPLATE], [0], plan=plan)
    kept = []
    again = prove([TEMPLATE], [0], kept.append, plan)
    assert len(again) == len(trials)
    plan.record.write_text(plan.record.read_text().replace('"content":"', '"content":"0'))
    held = sum(trial.held for trial in trials)
    assert held and len(plan.record.read_text().splitlines()) == 2 * len(trials) - held


def test_a_record_that_is_none_is_refused_with_its_line(tmp_path):
    (tmp_path / "record").write_text("no trial\n")
    with pytest.raises(ConfigError, match="line 1"):
        prove([TEMPLATE], [0], plan=replace(FAKE, record=tmp_path / "record"))


def test_processes_show_the_same_as_one(memo):
    def shown(trials):
        return [(trial.claim, trial.name, trial.held, trial.score) for trial in trials]

    alone = prove([TEMPLATE], [0, 1], plan=FAKE)
    assert shown(prove([TEMPLATE], [0, 1], plan=replace(FAKE, workers=3))) == shown(alone)


def test_a_proof_counts_false_acceptances_and_refusals(memo):
    passing = run_trial(memo, Claim.NEAR_MISS, "hit", memo.solution, machine="fake")
    failing = run_trial(memo, Claim.VARIATION, "wrong", (), machine="fake")
    good = run_trial(memo, Claim.SOLUTION, "", memo.solution, machine="fake")
    proof = summarize([passing, failing, good])
    assert (proof.total.false_acceptances, proof.total.false_refusals) == (1, 1)
    assert (proof.total.solved, proof.total.near_misses) == (1, 1)
    assert not proof.holds and len(proof.violations) == 2
    assert summarize([good]).holds
    assert json.loads(proof.to_json())["rows"][0]["task"] == memo.id
