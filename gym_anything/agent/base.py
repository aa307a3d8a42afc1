"""Agent: what chooses actions. One method, and a reset."""

from __future__ import annotations

from typing import Protocol

from gym_anything.records import Action, Observation


class Agent(Protocol):
    """Chooses one action at a time.

    Example:
        class Sleepy:
            name = "sleepy"

            def reset(self, instruction: str) -> None:
                pass

            def act(self, observation: Observation) -> Action:
                return Action.done()
    """

    name: str

    def reset(self, instruction: str) -> None:
        """Begin an episode.

        Args:
            instruction: the task in words.
        """
        ...

    def act(self, observation: Observation) -> Action:
        """Choose the next action.

        Args:
            observation: what is on screen.

        Raises:
            AgentError: it cannot; the rollout ends.
        """
        ...
