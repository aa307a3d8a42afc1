"""Agents by name, for the command line and configurations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gym_anything.agent.base import Agent
from gym_anything.agent.random_agent import RandomAgent
from gym_anything.agent.solution import SolutionAgent
from gym_anything.env import DesktopEnv
from gym_anything.errors import ConfigError, did_you_mean

MakeAgent: TypeAlias = Callable[[DesktopEnv, int], Agent]
"""(env with the episode's desktop, seed) -> agent; only privileged ones look at the env."""


def _solution(env: DesktopEnv, seed: int) -> Agent:
    return SolutionAgent(env.session.desktop, env.task.solution)


def _random(env: DesktopEnv, seed: int) -> Agent:
    return RandomAgent(seed)


_AGENTS: dict[str, MakeAgent] = {"solution": _solution, "random": _random}


def register_agent(name: str, make: MakeAgent) -> None:
    """Give an agent a name.

    Raises:
        ValueError: another agent has it.
    """
    if _AGENTS.setdefault(name, make) is not make:
        raise ValueError(f"there is an agent {name!r} already")


def agent_names() -> tuple[str, ...]:
    """The names that there are."""
    return tuple(_AGENTS)


def find_agent(name: str) -> MakeAgent:
    """The agent of a name.

    Raises:
        ConfigError: there is none; names the nearest.
    """
    if name not in _AGENTS:
        raise ConfigError(did_you_mean("agent", name, _AGENTS))
    return _AGENTS[name]
