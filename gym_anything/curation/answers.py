"""Answers: a model asked for one JSON object, and what it sends held to its form.

Fails closed: what is not of the form is asked for again, with what is wrong; then it is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

import pydantic
from pydantic import ConfigDict, Field, TypeAdapter

from gym_anything.agent.chat_config import connect
from gym_anything.agent.prompt import PromptStyle, data_url
from gym_anything.config import describe_invalid
from gym_anything.curation.view import Picture
from gym_anything.endpoint import Endpoint, JsonObject
from gym_anything.ledger import Budget, Ledger
from gym_anything.llm import LLM

T = TypeVar("T")
_STYLE = PromptStyle()
_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AskConfig:
    """A model that answers questions about steps.

    Attributes:
        endpoint: where it is.
        budget: the cap over all that the ledger holds.
        ledger: file of the ledger.
        prices: a table of prices: a name in configs/, or a path.
        price_of: which price of the table is the model's; "" for that of its own name.
        tries: how often one thing is asked; after the first with what was wrong.
        max_output_tokens: of one reply.
        temperature: None leaves it to the server.
        workers: requests at once.
        most_failures: requests without any answer in a row that end the run.
    """

    endpoint: Endpoint
    budget: Budget = Budget()
    ledger: str = "runs/ledger.jsonl"
    prices: str = "llm_prices.toml"
    price_of: str = ""
    tries: Annotated[int, Field(ge=1)] = 2
    max_output_tokens: Annotated[int, Field(ge=1)] = 512
    temperature: float | None = 0.0
    workers: Annotated[int, Field(ge=1)] = 4
    most_failures: Annotated[int, Field(ge=1)] = 3

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)


class NoAnswer(Exception):
    """A model gave nothing of the form that it was asked for, however often it was asked."""


@cache
def prompt_text(name: str) -> str:
    """A prompt of the folder `prompts/`, by its name without the ending."""
    return (Path(__file__).parent / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()


def read_answer(text: str, form: TypeAdapter[T]) -> T:
    """Read a JSON object, alone or in a code fence.

    Raises:
        ValueError: it is none, or not of the form; says what is wrong.
    """
    fenced = _FENCED.match(text.strip())
    try:
        return form.validate_json(fenced[1] if fenced else text)
    except pydantic.ValidationError as error:
        raise ValueError(describe_invalid("answer", error)) from error


class Asker:
    """A client that asks for answers of a form. `close()` twice is harmless.

    Args:
        config: the model, its budget, how often to ask.
        llm: the client; made from the configuration if not given.

    Raises:
        ConfigError: as `connect`.
    """

    def __init__(self, config: AskConfig, llm: LLM | None = None) -> None:
        self.config = config
        self.llm = llm or connect(
            config.endpoint,
            Ledger(Path(config.ledger), config.budget),
            config.prices,
            config.price_of,
        )

    def ask(
        self,
        messages: Sequence[JsonObject],
        read: Callable[[str], T],
        *,
        role: str,
        episode: str = "",
    ) -> T:
        """Ask until the answer can be read.

        Args:
            messages: system and user.
            read: the answer of a text; raises ValueError if it is none.
            role: of the requests in the ledger.
            episode: of the requests in the ledger.

        Raises:
            NoAnswer: none of the answers could be read; says what was wrong with the last.
            EndpointError, BudgetError: as `LLM.complete`.
        """
        talk = list(messages)
        for _ in range(self.config.tries):
            reply = self.llm.complete(
                talk,
                role=role,
                episode=episode,
                max_output_tokens=self.config.max_output_tokens,
                temperature=self.config.temperature,
            )
            try:
                return read(reply.text)
            except ValueError as error:
                wrong = str(error)
            said = reply.text if reply.text.strip() else "(nothing)"
            talk.append({"role": "assistant", "content": said})
            talk.append({"role": "user", "content": f"That cannot be used: {wrong}. Answer again."})
        raise NoAnswer(wrong)

    def close(self) -> None:
        """Close the connections."""
        self.llm.close()


def text_part(text: str) -> JsonObject:
    """Words in a message; lone surrogates, which no server takes, become question marks."""
    return {"type": "text", "text": text.encode("utf-8", "replace").decode()}


def picture_part(picture: Picture, style: PromptStyle = _STYLE) -> JsonObject:
    """A picture in a message, (H, W, 3) uint8 RGB."""
    url = data_url(style.shrink(picture), style)
    return {"type": "image_url", "image_url": {"url": url}}
