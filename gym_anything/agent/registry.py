"""Agents by name, for the command line and configurations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from gym_anything.agent.base import Agent
from gym_anything.agent.noisy import NoisyAgent
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


def _noisy(rate: float, name: str) -> MakeAgent:
    def make(env: DesktopEnv, seed: int) -> Agent:
        return NoisyAgent(env.session.desktop, env.task.solution, rate, seed, name=name)

    return make


_AGENTS: dict[str, MakeAgent] = {"solution": _solution, "random": _random}
_NOISY = re.compile(r"noisy-(0\.\d+|1)")  # with its rate of errors: "noisy-0.3"


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
    """The agent of a name; "noisy-0.3" is the teacher that errs with a probability of 0.3.

    Raises:
        ConfigError: there is none; names the nearest.
    """
    if noisy := _NOISY.fullmatch(name):
        return _noisy(float(noisy[1]), name)
    if name not in _AGENTS:
        raise ConfigError(did_you_mean("agent", name, (*_AGENTS, "noisy-0.1")))
    return _AGENTS[name]
