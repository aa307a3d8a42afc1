from dataclasses import replace

from gym_anything.prove import Claim, run_trial, trials_of
from gym_anything.task import Check, Press, Route, Target, Type


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
    from gym_anything.task import Click

    monkeypatch.setattr("gym_anything.agent.solution.TARGET_TIMEOUT_SEC", 0.05)
    lost = Route("lost", (Click(Target(name="Svae")),))
    trial = outcomes(replace(memo, near_misses=(lost,)))[Claim.NEAR_MISS, "lost"]
    assert not trial.held and trial.score is None and "Svae" in trial.reason
