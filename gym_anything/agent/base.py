"""Agent: what chooses actions. One method, and a reset."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from gym_anything.records import Action, InvalidAction, Observation, Remark


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

    def act(self, observation: Observation) -> Action | InvalidAction:
        """Choose the next action.

        Args:
            observation: what is on screen.

        Returns:
            An action on screen, or what a model wrote instead of one.

        Raises:
            AgentError: it cannot; the rollout ends.
        """
        ...


@runtime_checkable
class Remarking(Protocol):
    """An agent that tells more about its actions; rollouts put that into their steps."""

    @property
    def remark(self) -> Remark:
        """About the action that `act` returned last."""
        ...
