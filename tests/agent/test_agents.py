import numpy as np
import pytest

from gym_anything.agent.random_agent import RandomAgent
from gym_anything.agent.registry import find_agent
from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError, ConfigError
from gym_anything.records import Action, Node, Observation
from gym_anything.task import Answer, Await, Click, Drag, Press, Scroll, Target, Type
from gym_anything.testing import check_agent

SEEN = Observation(np.zeros((720, 1280, 3), np.uint8), "")


class Place:
    """A locator with one widget, which appears when it is asked for the third time."""

    def __init__(self, appears_after=0):
        self.asked = 0
        self._appears_after = appears_after

    def locate(self, target, *, greyed=False):
        self.asked += 1
        there = target.name == "Save" and self.asked > self._appears_after
        return (100, 50, 40, 20) if there else None

    def accessibility(self, text=False):
        return (Node("push button", "Save", frozenset(), -1, (100, 50, 40, 20)),)

    def await_change(self, timeout_sec):
        return False


def actions_of(*intents, place=None):
    agent = SolutionAgent(place or Place(), intents)
    agent.reset("")
    actions = [agent.act(SEEN)]
    while actions[-1] != Action.done():
        actions.append(agent.act(SEEN))
    return actions


def test_every_intent_becomes_its_action_and_done_ends_it():
    save = Target(role="push button", name="Save")
    assert actions_of(
        Click(save),
        Click(Target(name="Save", at=(0.0, 1.0)), button="right", count=2, keys="ctrl"),
        Drag(save, (5, 6)),
        Scroll(save, down=3),
        Press("ctrl+s"),
        Type("ß"),
        Answer("42"),
    ) == [
        Action.click(120, 60),
        Action.click(100, 69, "right", 2, "ctrl"),
        Action.drag(120, 60, 5, 6),
        Action.scroll_by(120, 60, down=3),
        Action.press("ctrl+s"),
        Action.type("ß"),
        Action.answer("42"),
        Action.done(),
    ]


def test_it_waits_for_a_target_without_spending_a_step():
    place = Place(appears_after=2)
    assert actions_of(Await(Target(name="Save")), place=place) == [Action.done()]
    assert place.asked == 3


def test_a_target_that_never_comes_is_named_with_what_is_near(monkeypatch):
    monkeypatch.setattr("gym_anything.agent.solution.TARGET_TIMEOUT_SEC", 0.05)
    with pytest.raises(AgentError, match=r"Svae.*near: \['Save'\]"):
        actions_of(Click(Target(role="push button", name="Svae")))


def test_the_agents_keep_the_contract():
    check_agent(RandomAgent(seed=1), steps=200)
    check_agent(SolutionAgent(Place(), (Press("ctrl+s"),)))


def test_the_random_agent_follows_its_seed():
    first, second = RandomAgent(3), RandomAgent(3)
    assert [first.act(SEEN) for _ in range(50)] == [second.act(SEEN) for _ in range(50)]


def test_a_noisy_teacher_is_named_with_its_rate(memo):
    with DesktopEnv("mousepad", task=memo, machine="fake") as env:
        env.reset(seed=1)
        assert find_agent("noisy-0.25")(env, 3).name == "noisy-0.25"
    with pytest.raises(ConfigError, match="did you mean 'noisy-0.1'"):
        find_agent("noisy-2")
