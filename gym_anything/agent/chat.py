"""ChatAgent: any model behind an OpenAI-compatible endpoint, by tool calls or by text.

make_agent = lambda env: ChatAgent(llm, action_format("qwen2.5-vl"), episode=env.task.id)
trajectory = rollout(env, make_agent, seed=7)
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from gym_anything.action.base import ActionFormat
from gym_anything.agent.conversation import Conversation
from gym_anything.agent.prompt import PromptStyle, to_chat
from gym_anything.endpoint import JsonObject, Reply, ToolCall
from gym_anything.llm import LLM
from gym_anything.records import Action, InvalidAction, Observation, Remark

DEFAULT_STYLE = PromptStyle()


class ChatAgent:
    """Shows a model the screen and does what it says.

    Args:
        llm: the client.
        words: the action format that the model speaks.
        style: how the episode is shown.
        episode: name of the episode in the ledger.
        role: of the requests in the ledger.
        max_output_tokens: of one reply.
        temperature: None leaves it to the server.
    """

    def __init__(
        self,
        llm: LLM,
        words: ActionFormat,
        style: PromptStyle = DEFAULT_STYLE,
        *,
        episode: str = "",
        role: str = "agent",
        max_output_tokens: int = 1024,
        temperature: float | None = None,
    ) -> None:
        self.name = llm.endpoint.model
        self._llm = llm
        self._talk = Conversation(words, style)
        self._episode = episode
        self._role = role
        self._max_output_tokens = max_output_tokens
        self._temperature = temperature

    @property
    def remark(self) -> Remark:
        """What the model wrote for the last action."""
        return self._talk.remark

    def reset(self, instruction: str) -> None:
        """Begin an episode."""
        self._talk.reset(instruction)

    def act(self, observation: Observation) -> Action | InvalidAction:
        """The next action of the model's last answer, or of the next.

        Returns:
            The action, or what the model wrote instead of one.

        Raises:
            EndpointError: the endpoint gave no usable answer, in all retries.
            BudgetError: the cap on tokens or money is reached.
        """
        left = self._talk.next_action()
        if left is not None:
            return left
        prompt = self._talk.prompt(observation)
        reply = self._llm.complete(
            to_chat(prompt.messages, self._talk.style),
            tools=[_wire_tool(tool) for tool in prompt.tools],
            role=self._role,
            episode=self._episode,
            max_output_tokens=self._max_output_tokens,
            temperature=self._temperature,
        )
        calls = tuple(_sendable(call) for call in reply.tool_calls)
        return self._talk.hear(observation, said_by(reply), reply.text, calls)


def said_by(reply: Reply) -> object:
    """What an action format is to read of a reply: its tool calls if it has any, else its text.

    Arguments that are no JSON are left as the text that they are; the format refuses them.
    """
    if not reply.tool_calls:
        return reply.text
    return [{"name": call.name, "arguments": _decoded(call)} for call in reply.tool_calls]


def _decoded(call: ToolCall) -> object:
    try:
        decoded: object = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return call.arguments
    return decoded


def _sendable(call: ToolCall) -> ToolCall:
    """A call as it may stand in the history: servers refuse arguments that are no JSON."""
    if isinstance(_decoded(call), Mapping):
        return call
    return ToolCall(call.id, call.name, json.dumps({"text": call.arguments}))


def _wire_tool(tool: JsonObject) -> JsonObject:
    """A tool in the envelope of chat completions."""
    return tool if "type" in tool else {"type": "function", "function": tool}
