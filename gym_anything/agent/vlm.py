"""VlmAgent: a vision-language model in this process, such as learning.vlm.LocalModel.

model = LocalModel.load(Path("models/qwen2.5-vl-3b"))
trajectory = rollout(env, lambda env: VlmAgent(model, action_format("qwen2.5-vl")))

One model serves many environments: give the agents of several threads a `BatchedModel` around it,
or step a vector env with `act_together`. Nothing here imports torch.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from gym_anything.action.base import ActionFormat
from gym_anything.agent.conversation import Conversation
from gym_anything.agent.prompt import Prompt, PromptStyle
from gym_anything.records import Action, InvalidAction, Observation, Remark

DEFAULT_STYLE = PromptStyle(screenshots=1)


class TextModel(Protocol):
    """A model that answers prompts with text."""

    @property
    def name(self) -> str:
        """Name in the records."""
        ...

    def generate(self, prompts: Sequence[Prompt]) -> list[str]:
        """Answer prompts, each alone; in their order.

        Raises:
            AgentError: it cannot.
        """
        ...


class VlmAgent:
    """Shows a model the screen and does what it says.

    Args:
        model: the model.
        words: the action format that it speaks.
        style: how the episode is shown.
    """

    def __init__(
        self, model: TextModel, words: ActionFormat, style: PromptStyle = DEFAULT_STYLE
    ) -> None:
        self.name = model.name
        self._model = model
        self.talk = Conversation(words, style)

    @property
    def remark(self) -> Remark:
        """What the model wrote for the last action."""
        return self.talk.remark

    def reset(self, instruction: str) -> None:
        """Begin an episode."""
        self.talk.reset(instruction)

    def act(self, observation: Observation) -> Action | InvalidAction:
        """The next action of the model's last answer, or of the next.

        Raises:
            AgentError: the model cannot answer.
        """
        return act_together(self._model, [self], [observation])[0]


def act_together(
    model: TextModel, agents: Sequence[VlmAgent], observations: Sequence[Observation]
) -> list[Action | InvalidAction]:
    """The next actions of several agents, with one batch for all that must ask.

    Args:
        model: that they share.
        agents: one for each environment.
        observations: likewise.

    Raises:
        AgentError: the model cannot answer.
    """
    chosen: list[Action | InvalidAction | None] = [agent.talk.next_action() for agent in agents]
    asking = [index for index, action in enumerate(chosen) if action is None]
    prompts = [agents[index].talk.prompt(observations[index]) for index in asking]
    answers = model.generate(prompts) if prompts else []
    for index, answer in zip(asking, answers, strict=True):
        chosen[index] = agents[index].talk.hear(observations[index], answer, answer)
    return [action for action in chosen if action is not None]


class BatchedModel:
    """Joins what several threads ask at the same time into one batch of a model.

    Args:
        model: which is only ever asked by one thread at a time.
        size: prompts in a batch at most; a full one does not wait.
        wait_sec: how long the first waits for others.
    """

    def __init__(self, model: TextModel, size: int, wait_sec: float = 0.05) -> None:
        if size < 1:
            raise ValueError(f"a batch has at least 1 prompt, got {size}")
        self.name = model.name
        self._model = model
        self._size = size
        self._wait_sec = wait_sec
        self._waiting: list[_Request] = []
        self._busy = False
        self._changed = threading.Condition()

    def generate(self, prompts: Sequence[Prompt]) -> list[str]:
        """Answer prompts, together with those of other threads.

        Raises:
            AgentError: the model cannot answer.
        """
        requests = [_Request(prompt) for prompt in prompts]
        with self._changed:
            self._waiting += requests
            self._changed.notify_all()
        while not all(request.done for request in requests):
            batch = self._take()
            if batch:
                self._answer(batch)
        for request in requests:
            if request.error is not None:
                raise request.error
        return [request.answer for request in requests]

    def _take(self) -> list[_Request]:
        """The next batch if this thread is to ask it, else () once something has changed."""
        with self._changed:
            if self._busy or not self._waiting:
                self._changed.wait(self._wait_sec)
                return []
            self._busy = True
            self._changed.wait_for(lambda: len(self._waiting) >= self._size, self._wait_sec)
            batch, self._waiting = self._waiting[: self._size], self._waiting[self._size :]
            return batch

    def _answer(self, batch: Sequence[_Request]) -> None:
        try:
            answers = self._model.generate([request.prompt for request in batch])
            for request, answer in zip(batch, answers, strict=True):
                request.answer = answer
        except Exception as error:  # belongs to all who asked, each in a thread of its own
            for request in batch:
                request.error = error
        finally:
            with self._changed:
                for request in batch:
                    request.done = True
                self._busy = False
                self._changed.notify_all()


class _Request:
    """A prompt that waits for its answer."""

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.answer = ""
        self.error: Exception | None = None
        self.done = False
