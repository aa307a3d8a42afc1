import numpy as np
import pytest

from gym_anything.action.registry import action_format
from gym_anything.agent.best_of import BestOf
from gym_anything.agent.prompt import Message, Prompt, Role
from gym_anything.agent.vlm import VlmAgent, act_together
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError
from gym_anything.records import Action, Observation
from gym_anything.rollout import rollout

WORDS = action_format("ui-tars-1.5")
TYPES = "Action: type(content='paid')"
SAVES = "Action: hotkey(key='ctrl s')"
ENDS = "Action: finished()"


class Draws:
    """A model that gives its lines in turn."""

    name = "draws"

    def __init__(self, *lines):
        self.lines, self.at, self.sizes = lines, 0, []

    def generate(self, prompts):
        self.sizes.append(len(prompts))
        self.at += len(prompts)
        return [self.lines[at % len(self.lines)] for at in range(self.at - len(prompts), self.at)]


class Likes:
    """A rater that likes what comes next in a plan, by the number of steps done."""

    name = "likes"

    def __init__(self, *plan):
        self.plan, self.asked = plan, []

    def rate(self, prompts, answers):
        self.asked.append(list(answers))
        steps = [
            prompt.messages[1].text.count("Action:")
            + sum(message.role == Role.ASSISTANT for message in prompt.messages)
            for prompt in prompts
        ]
        return [float(answer == self.plan[at]) for at, answer in zip(steps, answers, strict=True)]


def prompt():
    return Prompt((Message(Role.SYSTEM, ""), Message(Role.USER, "Task: a")))


def test_the_answer_that_the_rater_likes_best_is_done(memo):
    model = BestOf(Draws(ENDS, SAVES, "no action", TYPES), Likes(TYPES, SAVES, ENDS), 4)
    with DesktopEnv("mousepad", task=memo, machine="fake", screen=(320, 200)) as env:
        found = rollout(env, lambda env: VlmAgent(model, WORDS))
    assert found.score.passed and [step.action for step in found.steps] == [
        Action.type("paid"),
        Action.press("ctrl+s"),
        Action.done(),
    ]
    assert found.agent == "draws, best of 4 by likes"


def test_without_the_rater_the_same_draws_fail(memo):
    model = Draws(ENDS, SAVES, "no action", TYPES)
    with DesktopEnv("mousepad", task=memo, machine="fake", screen=(320, 200)) as env:
        assert not rollout(env, lambda env: VlmAgent(model, WORDS)).score.passed


def test_the_same_answer_is_rated_once_and_the_likeliest_of_equals_wins():
    rater = Likes(TYPES)
    model = BestOf(Draws(ENDS, SAVES, SAVES, ENDS, SAVES), rater, 5)
    assert model.generate([prompt()]) == [SAVES] and rater.asked == [[ENDS, SAVES]]
    assert BestOf(Draws(ENDS), rater, 3).generate([prompt()]) == [ENDS]
    assert len(rater.asked) == 1


def test_agents_that_step_together_draw_in_one_batch():
    draws = Draws(TYPES, ENDS)
    agents = [VlmAgent(BestOf(draws, Likes(TYPES), 2), WORDS)] * 1
    agents += [VlmAgent(BestOf(draws, Likes(TYPES), 2), WORDS)]
    for agent in agents:
        agent.reset("Do it.")
    seen = Observation(np.zeros((200, 320, 3), np.uint8), "Do it.")
    shared = BestOf(draws, Likes(TYPES), 2)
    assert act_together(shared, agents, [seen, seen]) == [Action.type("paid")] * 2
    assert draws.sizes == [4]


def test_a_rater_that_cannot_judge_ends_the_episode():
    class Broken:
        name = "broken"

        def rate(self, prompts, answers):
            raise AgentError("out of memory")

    with pytest.raises(AgentError, match="out of memory"):
        BestOf(Draws(TYPES, ENDS), Broken(), 2).generate([prompt()])
    with pytest.raises(ValueError, match="at least 1 answer"):
        BestOf(Draws(TYPES), Broken(), 0)
