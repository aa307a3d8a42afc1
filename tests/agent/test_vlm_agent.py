import threading

import numpy as np
import pytest

from gym_anything.action.registry import action_format
from gym_anything.agent.vlm import BatchedModel, VlmAgent, act_together
from gym_anything.env import DesktopEnv
from gym_anything.errors import AgentError
from gym_anything.records import Action, InvalidAction, Observation
from gym_anything.rollout import rollout
from gym_anything.testing import check_agent

WORDS = action_format("ui-tars-1.5")
TYPES = "Action: type(content='paid')"
SAVES = "Action: hotkey(key='ctrl s')"
ENDS = "Action: finished()"


class Told:
    """A model that says, by the number of the turn, what it was told to; counts its batches."""

    name = "told"

    def __init__(self, *lines):
        self.lines = lines
        self.sizes = []

    def generate(self, prompts):
        self.sizes.append(len(prompts))
        turns = [
            sum(message.role == "assistant" for message in prompt.messages)
            + prompt.messages[1].text.count("Action:")
            for prompt in prompts
        ]
        return [self.lines[min(turn, len(self.lines) - 1)] for turn in turns]


class Broken:
    name = "broken"

    def generate(self, prompts):
        raise AgentError("out of memory")


def seen(width=320):
    return Observation(np.zeros((200, width, 3), np.uint8), "Do it.")


def test_agents_that_step_together_ask_in_one_batch():
    model = Told(f"{TYPES}\n\n{SAVES}", ENDS, "no action at all")
    agents = [VlmAgent(model, WORDS) for _ in range(3)]
    for agent in agents:
        agent.reset("Do it.")
    views = [seen(), seen(400), seen()]
    first = act_together(model, agents, views)
    assert first == [Action.type("paid")] * 3 and model.sizes == [3]
    assert act_together(model, agents, views) == [Action.press("ctrl+s")] * 3
    assert model.sizes == [3]
    assert act_together(model, agents[:2], views[:2])[0].reason
    assert model.sizes == [3, 2] and agents[0].remark.output == "no action at all"
    assert agents[2].remark.output == ""


def test_rollouts_in_threads_share_batches(memo):
    model = Told(TYPES, SAVES, ENDS)
    shared = BatchedModel(model, size=4, wait_sec=5.0)
    found = []

    def play():
        env = DesktopEnv("mousepad", task=memo, machine="fake", screen=(320, 200))
        try:
            found.append(rollout(env, lambda env: VlmAgent(shared, WORDS), seed=1))
        finally:
            env.close()

    threads = [threading.Thread(target=play) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.score.passed for each in found] == [True] * 4
    assert model.sizes == [4, 4, 4]


def test_a_batch_that_is_not_full_is_asked_after_the_wait():
    model = Told(ENDS)
    assert BatchedModel(model, size=4, wait_sec=0.01).generate([None] * 0) == []
    agent = VlmAgent(BatchedModel(model, size=4, wait_sec=0.01), WORDS)
    agent.reset("Do it.")
    assert agent.act(seen()) == Action.done() and model.sizes == [1]


def test_an_error_of_the_model_reaches_everybody_who_asked():
    agent = VlmAgent(BatchedModel(Broken(), size=1), WORDS)
    agent.reset("Do it.")
    with pytest.raises(AgentError, match="out of memory"):
        agent.act(seen())
    with pytest.raises(ValueError, match="at least 1 prompt"):
        BatchedModel(Broken(), size=0)


def test_a_model_agent_keeps_the_contract():
    check_agent(VlmAgent(Told("nothing"), WORDS))
    found = VlmAgent(Told("nothing"), WORDS)
    found.reset("")
    assert isinstance(found.act(seen()), InvalidAction)
