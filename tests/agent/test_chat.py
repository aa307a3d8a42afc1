import base64
import json

import cv2
import numpy as np
import pytest

from gym_anything.action.registry import action_format
from gym_anything.agent.chat import ChatAgent
from gym_anything.agent.chat_config import ChatConfig
from gym_anything.agent.prompt import PromptStyle
from gym_anything.content import find_file
from gym_anything.endpoint import Endpoint
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError
from gym_anything.ledger import Budget, Ledger
from gym_anything.llm import LLM
from gym_anything.records import Action, FailureKind, InvalidAction, Observation, OnInvalid, Stop
from gym_anything.rollout import rollout
from tests.endpoints import FakeClock, cut, raw, refuses, says

pytest.importorskip("openai")
TYPES = {"action": "type", "text": "paid"}
SAVES = {"action": "key", "keys": ["ctrl", "s"]}
ENDS = {"action": "terminate", "status": "success"}


def call(**arguments):
    return "computer_use", json.dumps(arguments)


def tool(arguments, text=""):
    return says(text, [call(**arguments)])


@pytest.fixture
def pad(memo):
    env = DesktopEnv("mousepad", task=memo, machine="fake", screen=(640, 400))
    yield env
    env.close()


@pytest.fixture
def play(server, pad):
    """Runs an episode in which the server says what is in the script."""
    made = []

    def run(*script, words="qwen2.5-vl", on_invalid=OnInvalid.SKIP, budget=None, **style):
        server.begin(*script)
        endpoint = Endpoint("m", server.url, retries=1, timeout_sec=20.0)
        made.append(LLM(endpoint, Ledger(budget=budget or Budget()), clock=FakeClock()))

        def agent(env):
            shown = PromptStyle(**style)
            return ChatAgent(made[-1], action_format(words), shown, episode="e1")

        run.ledger = made[-1].ledger
        return rollout(pad, agent, seed=1, on_invalid=on_invalid)

    yield run
    for llm in made:
        llm.close()


def test_a_model_solves_a_task_by_tool_calls(server, play):
    trajectory = play(tool(TYPES, "I add the word."), tool(SAVES), tool(ENDS))
    assert trajectory.score.passed and trajectory.stop is Stop.DONE
    assert [str(step.action) for step in trajectory.steps] == [
        "type('paid')",
        "press('ctrl+s')",
        "done()",
    ]
    assert trajectory.steps[0].output.startswith("I add the word.\n<tool_call>")
    assert trajectory.invalid == 0 and trajectory.agent == "m"
    assert play.ledger.by_episode()["e1"].requests == 3
    assert server.requests[0]["tools"][0]["function"]["name"] == "computer_use"


def test_a_model_solves_a_task_by_text(play):
    blocks = [
        f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': said})}\n</tool_call>"
        for said in (TYPES, SAVES, ENDS)
    ]
    assert play(*map(says, blocks)).score.passed
    lines = ("type(content='paid')", "hotkey(key='ctrl s')", "finished()")
    spoken = [says(f"Thought: go on.\nAction: {line}") for line in lines]
    assert play(*spoken, words="ui-tars-1.5").score.passed


def test_several_actions_of_one_reply_are_done_one_after_the_other(server, play):
    trajectory = play(says("all at once", [call(**TYPES), call(**SAVES), call(**ENDS)]))
    assert trajectory.score.passed and len(trajectory.steps) == 3 and len(server.requests) == 1
    assert [bool(step.output) for step in trajectory.steps] == [True, False, False]


@pytest.mark.parametrize(
    ("bad", "written"),
    [
        (says("I will now type the word."), "I will now"),
        (says(""), ""),
        (says("", [("open_browser", "{}")]), "open_browser"),
        (says("", [("computer_use", "{not json")]), "not json"),
        (says("", [("computer_use", '{"action": "left_click", "coordinate": [9999, 1]}')]), "9999"),
        (says("", [("computer_use", '{"action": "type", "text": 7}')]), "7"),
        (says("", [call(**TYPES), ("other", "{}")]), "other"),
    ],
)
def test_what_is_no_action_costs_a_step_and_the_model_may_try_again(server, play, bad, written):
    trajectory = play(bad, tool(TYPES), tool(SAVES), tool(ENDS))
    first = trajectory.steps[0]
    assert first.error and written in first.output and first.action == Action.wait()
    assert trajectory.invalid == 1 and trajectory.score.passed
    assert first.error in json.dumps(server.requests[1]["messages"], ensure_ascii=False)
    for request in server.requests:  # servers refuse a history whose arguments are no JSON
        for message in request["messages"]:
            for made in message.get("tool_calls") or ():
                json.loads(made["function"]["arguments"])


def test_what_is_no_action_may_end_the_episode_and_its_state_is_judged(play):
    trajectory = play(tool(TYPES), tool(SAVES), says("Done, I think."), on_invalid=OnInvalid.END)
    assert trajectory.invalid == 1 and len(trajectory.steps) == 3 and trajectory.score.passed


def test_an_answer_that_never_is_an_action_ends_at_the_last_step_with_the_score_of_the_state(play):
    trajectory = play(says("Hm."))
    assert trajectory.stop is Stop.MAX_STEPS and trajectory.invalid == 6
    assert trajectory.score is not None and trajectory.score.value == 0


@pytest.mark.parametrize("bad", [cut, raw(b"{}"), refuses(401), refuses(500), raw(b"")])
def test_an_endpoint_that_fails_is_a_failure_that_keeps_the_steps_and_no_score(play, bad):
    trajectory = play(tool(TYPES), bad)
    assert trajectory.failure.kind is FailureKind.ENDPOINT and trajectory.stop is Stop.FAILURE
    assert trajectory.score is None and len(trajectory.steps) == 1


def test_an_endpoint_that_recovers_costs_nothing(play):
    assert play(refuses(503), tool(TYPES), cut, tool(SAVES), tool(ENDS)).score.passed


def test_a_spent_budget_is_a_failure_that_keeps_the_steps_and_no_score(server, play):
    trajectory = play(tool(TYPES), tool(SAVES), tool(ENDS), budget=Budget(tokens=9_000))
    assert trajectory.failure.kind is FailureKind.BUDGET and trajectory.score is None
    assert len(trajectory.steps) == len(server.requests) > 0
    assert play.ledger.total().tokens <= 9_000


def test_the_last_screenshots_are_shown_and_older_steps_are_lines(server, play):
    waits = [tool({"action": "wait", "time": 0}, f"look {n}") for n in range(4)]
    play(*waits, tool(ENDS), screenshots=2, most_px=(320, 400))
    messages = server.requests[-1]["messages"]
    roles = [message["role"] for message in messages]
    assert roles == ["system", "user", "assistant", "tool", "user"]
    opening, picture = messages[1]["content"]
    assert "Task: Add the word" in opening["text"]
    assert opening["text"].count("wait") == 3 and "3. " in opening["text"]
    assert messages[2]["content"] == "look 3"
    assert messages[3]["tool_call_id"] == messages[2]["tool_calls"][0]["id"]
    data = base64.b64decode(picture["image_url"]["url"].removeprefix("data:image/png;base64,"))
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == (200, 320, 3)


def test_coordinates_are_those_of_the_picture_that_was_sent(play):
    click = {"action": "left_click", "coordinate": [28, 14]}
    trajectory = play(tool(click), tool(ENDS), most_px=(320, 200), picture="jpeg")
    (x, y), frame = trajectory.steps[0].action.point, (308, 196)
    assert (x, y) == (round(28 * 640 / frame[0]), round(14 * 400 / frame[1]))


def test_an_agent_that_writes_no_action_keeps_the_contract(server):
    server.begin(says("no"))
    llm = LLM(Endpoint("m", server.url), clock=FakeClock())
    agent = ChatAgent(llm, action_format("qwen3-vl"))
    agent.reset("Close the window.")
    found = agent.act(Observation(np.zeros((90, 160, 3), np.uint8), "Close the window."))
    assert isinstance(found, InvalidAction) and found.text == "no" and agent.remark.output == "no"
    llm.close()


def test_the_config_of_the_repository_loads_and_a_wrong_one_says_what(tmp_path, server, pad):
    path = find_file("configs", "chat.toml")
    config = ChatConfig.load(path)
    assert config.budget.usd == 5.0 and config.format == "qwen2.5-vl"
    wrong = tmp_path / "chat.toml"
    wrong.write_text(path.read_text().replace("retries", "retrys"))
    with pytest.raises(ConfigError, match="endpoint.retrys: unknown key"):
        ChatConfig.load(wrong)
    wrong.write_text(path.read_text().replace('"qwen2.5-vl"', '"qwen25"'))
    with pytest.raises(ConfigError, match="action format 'qwen25'"):
        ChatConfig.load(wrong)
