"""ChatConfig: what configs/chat.toml says, and the agents that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict

from gym_anything import content
from gym_anything.action.registry import action_format
from gym_anything.agent.chat import ChatAgent
from gym_anything.agent.prompt import PromptStyle
from gym_anything.config import load_toml
from gym_anything.endpoint import Endpoint
from gym_anything.env import DesktopEnv
from gym_anything.ledger import Budget, Ledger, Price, PriceTable
from gym_anything.llm import LLM
from gym_anything.records import OnInvalid


@dataclass(frozen=True, slots=True)
class ChatConfig:
    """A chat agent, whole.

    Attributes:
        endpoint: where its model is.
        format: name of the action format that it speaks.
        style: how episodes are shown.
        budget: the cap over all that the ledger holds.
        ledger: file of the ledger.
        prices: a table of prices: a name in configs/, or a path.
        price_of: which price of the table is the model's; "" for that of its own name.
        max_output_tokens: of one reply.
        temperature: None leaves it to the server.
        on_invalid: what an output that is no action does.
    """

    endpoint: Endpoint
    format: str
    style: PromptStyle = field(default_factory=PromptStyle)
    budget: Budget = Budget()
    ledger: str = "runs/ledger.jsonl"
    prices: str = "llm_prices.toml"
    price_of: str = ""
    max_output_tokens: int = 1024
    temperature: float | None = None
    on_invalid: OnInvalid = OnInvalid.SKIP

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    @staticmethod
    def load(path: Path) -> ChatConfig:
        """Read a configuration.

        Raises:
            ConfigError: it cannot be read, a key is unknown or wrong, or there is no such format.
        """
        config = load_toml(path, ChatConfig)
        action_format(config.format)
        return config

    @staticmethod
    def find(name: str) -> ChatConfig:
        """Read a configuration by its path, or by its name in configs/. Raises as `load`."""
        path = Path(name)
        return ChatConfig.load(path if path.is_file() else content.find_file("configs", name))

    def connect(self, ledger: Ledger | None = None) -> LLM:
        """A client; close it.

        Args:
            ledger: of this path and cap, where clients share one; None opens it.

        Raises:
            ConfigError: the extra `llm` or the key is missing, or a cap in money has no price.
        """
        ledger = ledger or Ledger(Path(self.ledger), self.budget)
        return connect(self.endpoint, ledger, self.prices, self.price_of)

    def agent(self, llm: LLM, env: DesktopEnv, episode: str = "") -> ChatAgent:
        """The agent of an episode.

        Args:
            llm: what `connect` returned.
            env: it plays in.
            episode: its name in the ledger; "" for that of its task and seed.
        """
        return ChatAgent(
            llm,
            action_format(self.format),
            self.style,
            episode=episode or f"{env.task.id}:{env.task.seed}",
            max_output_tokens=self.max_output_tokens,
            temperature=self.temperature,
        )


def connect(endpoint: Endpoint, ledger: Ledger, prices: str, price_of: str = "") -> LLM:
    """A client that knows its model's price; close it.

    Args:
        endpoint: where and how.
        ledger: where every request is written, with the cap.
        prices: a table of prices: a name in configs/, or a path.
        price_of: which price of the table is the model's; "" for that of its own name.

    Raises:
        ConfigError: the extra `llm` or the key is missing, or a cap in money has no price.
    """
    name = price_of or endpoint.model
    path = Path(prices)
    if not path.is_file():
        path = content.find_file("configs", prices)
    table = PriceTable.load(path)
    price: Price | None = None  # then the ledger counts tokens only
    if ledger.budget.usd is not None or name in table.models:
        price = table.price(name)
    return LLM(endpoint, ledger, price=price)
