import pytest

from gym_anything.agent.noisy import WEIGHTS, NoisyAgent
from gym_anything.env import DesktopEnv
from gym_anything.records import Action, Label, Observation
from gym_anything.rollout import rollout
from gym_anything.task import Press, Type
from gym_anything.templates import find_template
from gym_anything.testing import check_agent

RECOVERABLE = tuple(kind for kind in WEIGHTS if kind is not Label.PREMATURE_DONE)


class Nothing:
    """A locator of an empty desktop."""

    def locate(self, target, *, greyed=False):
        return None

    def accessibility(self, text=False):
        return ()

    def await_change(self, timeout_sec):
        return False


def play(*intents, rate, seed=1, kinds=tuple(WEIGHTS)):
    """Actions with their labels, up to the one that ends the episode."""
    agent = NoisyAgent(Nothing(), intents, rate, seed, kinds)
    agent.reset("")
    played = []
    while not played or played[-1][0] != Action.done():
        action = agent.act(Observation(None, ""))
        played.append((action, agent.remark.label))
    return played


def test_at_rate_0_it_is_the_solution_and_every_step_is_right():
    played = play(Type("ab"), Press("ctrl+s"), rate=0.0)
    assert played == [
        (Action.type("ab"), Label.RIGHT),
        (Action.press("ctrl+s"), Label.RIGHT),
        (Action.done(), Label.RIGHT),
    ]


def test_a_typo_is_the_neighbour_of_a_key_and_is_deleted():
    (wrong, typo), (back, recovery), (rest, right), _ = play(
        Type("Ab3\n"), rate=1.0, kinds=(Label.TYPO,), seed=4
    )
    assert (typo, recovery, right) == (Label.TYPO, Label.RECOVERY, Label.RIGHT)
    assert back == Action.press("backspace")
    kept = wrong.text[:-1]
    assert kept + rest.text == "Ab3\n" and wrong.text[-1] != rest.text[0]
    assert wrong.text[-1] in "SsQqWwZzVvGgHhNn24" and wrong.text[-1].isalnum()


def test_a_repeated_text_is_deleted_and_a_repeated_key_is_taken_back():
    played = play(Type("ab"), Press("right"), Press("tab"), rate=1.0, kinds=(Label.REPEATED,))
    assert [(str(action), label.value) for action, label in played] == [
        ("type('ab')", "right"),
        ("type('ab')", "repeated"),
        *[("press('backspace')", "recovery")] * 2,
        ("press('right')", "right"),
        ("press('right')", "repeated"),
        ("press('left')", "recovery"),
        ("press('tab')", "right"),
        ("done()", "right"),
    ]


def test_a_premature_end_is_an_error_from_which_nothing_recovers():
    assert play(Press("tab"), rate=1.0, kinds=(Label.PREMATURE_DONE,)) == [
        (Action.done(), Label.PREMATURE_DONE)
    ]


def test_where_no_chosen_kind_fits_no_error_is_made():
    played = play(Press("tab"), rate=1.0, kinds=(Label.TYPO, Label.NEIGHBOUR_CELL))
    assert [label for _, label in played] == [Label.RIGHT, Label.RIGHT]


def test_the_rate_is_that_of_errors_before_right_actions_and_the_seed_repeats_them():
    intents = [Press("tab")] * 400
    played = play(*intents, rate=0.25, kinds=(Label.DETOUR,))
    errors = sum(label.is_error for _, label in played)
    assert 70 <= errors <= 130 and len(played) == 401 + errors
    assert played == play(*intents, rate=0.25, kinds=(Label.DETOUR,))
    assert played != play(*intents, rate=0.25, kinds=(Label.DETOUR,), seed=2)


def test_what_is_no_rate_or_no_error_is_refused():
    with pytest.raises(ValueError, match=r"rate must be 0 to 1, got 1\.5"):
        NoisyAgent(Nothing(), (), 1.5, 1)
    with pytest.raises(ValueError, match="'right' is no kind of error"):
        NoisyAgent(Nothing(), (), 0.5, 1, (Label.RIGHT,))


def test_the_noisy_agent_keeps_the_contract():
    check_agent(NoisyAgent(Nothing(), (Press("tab"), Press("tab")), 1.0, 1, RECOVERABLE))


def test_errors_on_the_fake_desktop_are_recovered_from_and_labelled_on_the_steps(memo):
    env = DesktopEnv("mousepad", task=memo, machine="fake", max_steps=50)
    try:
        for seed in range(8):
            found = rollout(
                env,
                lambda env, seed=seed: NoisyAgent(
                    env.session.desktop, memo.solution, 0.7, seed, RECOVERABLE
                ),
            )
            assert found.score.passed, [(str(s.action), s.label) for s in found.steps]
            assert all(step.label is not None for step in found.steps)
    finally:
        env.close()


@pytest.mark.parametrize(
    ("template", "kinds", "rate"),
    [
        ("galculator/invoice-total", (Label.WRONG_TARGET, Label.REPEATED), 0.6),
        ("galculator/net-price", (Label.TYPO, Label.DETOUR), 1.0),
        ("mousepad/rename-client", RECOVERABLE, 0.6),
        ("libreoffice_calc/total-column", RECOVERABLE, 1.0),
    ],
)
def test_errors_in_real_applications_are_recovered_from(template, kinds, rate):
    task = find_template(template).task(3)
    env = DesktopEnv(task.app, task=task, max_steps=200)
    try:
        found = rollout(
            env, lambda env: NoisyAgent(env.session.desktop, task.solution, rate, 5, kinds)
        )
    finally:
        env.close()
    labels = [step.label for step in found.steps]
    assert found.score.passed and any(label.is_error for label in labels)
