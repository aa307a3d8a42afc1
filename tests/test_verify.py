import pytest

from gym_anything import content, verify
from gym_anything.documents.home import Home
from gym_anything.errors import TaskError, VerifierError
from gym_anything.task import Check, Task
from gym_anything.verify import FinalState, Verdict

VERIFIERS = """
from gym_anything.verify import FinalState, Verdict, needs

def is_there(state: FinalState, path: str, tolerance: float = 0.0) -> Verdict:
    return Verdict.yes("there") if state.home.exists(path) else Verdict.no("not there")

def half(state: FinalState) -> Verdict:
    return Verdict.part(0.5, "half of it")

def breaks(state: FinalState) -> Verdict:
    return 1 / 0

@needs("clipboard")
def copied(state: FinalState, text: str) -> Verdict:
    return Verdict.yes("copied") if state.clipboard == text else Verdict.no(state.clipboard)

def _private(state: FinalState) -> Verdict:
    return Verdict.yes("")
"""


@pytest.fixture(autouse=True)
def verifiers(tmp_path, monkeypatch):
    path = tmp_path / "sample.py"
    path.write_text(VERIFIERS)
    monkeypatch.setattr(content, "verifier_files", lambda: {"sample": path})
    for cached in (verify._function, verify._functions_of, verify._parameters):
        cached.cache_clear()
    yield
    for cached in (verify._function, verify._functions_of, verify._parameters):
        cached.cache_clear()


@pytest.fixture
def state(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "a.txt").write_text("x")
    return FinalState(home=Home(home), initial={}, clipboard="42")


def task(*checks):
    return Task(app="a", template="t", seed=0, instruction="", checks=checks, solution=())


THERE = Check("sample.is_there", {"path": "a.txt"})
ABSENT = Check("sample.is_there", {"path": "b.txt"})
HALF = Check("sample.half", {})


def test_the_score_is_the_weighted_mean_of_the_goals(state):
    heavy = Check("sample.is_there", {"path": "a.txt"}, weight=3.0)
    score = verify.verify(task(heavy, ABSENT), state)
    assert (score.value, score.passed) == (0.75, False)
    assert [check.evidence for check in score.checks] == ["there", "not there"]


def test_a_part_counts_as_a_part_and_does_not_pass(state):
    score = verify.verify(task(THERE, HALF), state)
    assert (score.value, score.passed) == (0.75, False)


def test_all_goals_and_guards_make_one_and_a_pass(state):
    guard = Check("sample.is_there", {"path": "a.txt"}, guard=True)
    score = verify.verify(task(THERE, guard), state)
    assert (score.value, score.passed) == (1.0, True)


def test_a_failed_guard_makes_it_zero(state):
    guard = Check("sample.is_there", {"path": "b.txt"}, guard=True)
    assert verify.verify(task(THERE, guard), state).value == 0.0


def test_a_verifier_that_breaks_is_an_error_and_never_a_score(state):
    with pytest.raises(VerifierError, match="sample.breaks.*ZeroDivisionError"):
        verify.verify(task(THERE, Check("sample.breaks", {})), state)


def test_what_checks_need_of_the_desktop_is_known_beforehand(state):
    copied = Check("sample.copied", {"text": "42"})
    assert verify.needs_of([THERE]) == frozenset()
    assert verify.needs_of([THERE, copied]) == {"clipboard"}
    assert verify.verify(task(copied), state).passed


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (Check("sampel.half", {}), "did you mean 'sample'"),
        (Check("sample.is_ther", {}), "did you mean 'sample.is_there'"),
        (Check("sample._private", {}), "no verifier"),
        (Check("sample.is_there", {}), "path: Field required"),
        (Check("sample.is_there", {"paht": "a"}), "did you mean 'path'"),
        (Check("sample.is_there", {"path": "a", "tolerance": "wide"}), "tolerance"),
        (Check("sample.is_there", {"path": "../a"}), "inside it"),
        (Check("sample.is_there", {"path": "/etc/passwd"}), "inside it"),
    ],
)
def test_a_wrong_check_is_refused_with_the_key_and_the_nearest_name(check, says):
    with pytest.raises(TaskError) as caught:
        verify.validate(task(check))
    assert says in str(caught.value) and "checks.0" in str(caught.value)


def test_goals_without_weight_are_refused(state):
    with pytest.raises(TaskError, match="weights"):
        verify.verify(task(Check("sample.half", {}, weight=0.0)), state)


def test_a_verdict_outside_0_to_1_is_an_error():
    with pytest.raises(VerifierError, match="0 to 1"):
        Verdict.part(1.5, "")


def test_an_unknown_need_is_refused():
    with pytest.raises(VerifierError, match="did you mean 'clipboard'"):
        verify.needs("clipbord")
