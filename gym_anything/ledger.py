"""Ledger: every request to a language model, what it used and what it cost; and the cap on it.

Before llm in the flow. A ledger is a file of JSON lines that is only ever appended to, so several
processes may share one, and what a killed process spent still counts.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pydantic
from pydantic import ConfigDict, TypeAdapter

from gym_anything.config import load_toml
from gym_anything.errors import BudgetError, ConfigError, did_you_mean

_STRICT = ConfigDict(extra="forbid", frozen=True)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, or of many.

    Attributes:
        input_tokens: of the prompt, pictures included.
        cached_tokens: of them, those that the server had in its cache.
        output_tokens: of the reply, its hidden reasoning included.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens.

    Attributes:
        input: tokens of the prompt.
        output: tokens of the reply.
        cached_input: tokens of the prompt that were in the cache; None: as `input`.
        source: where and when it was read, in words.
    """

    input: float
    output: float
    cached_input: float | None = None
    source: str = ""

    __pydantic_config__ = _STRICT

    def usd(self, usage: Usage) -> float:
        """What a request costs in US dollars."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = usage.input_tokens - usage.cached_tokens
        parts = (
            fresh * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output
        )
        return parts / _MILLION


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The prices of models by name, as configs/llm_prices.toml has them."""

    models: Mapping[str, Price]

    __pydantic_config__ = _STRICT

    @staticmethod
    def load(path: Path) -> PriceTable:
        """Read a table.

        Raises:
            ConfigError: it cannot be read, or a key is unknown, missing or of a wrong type.
        """
        return load_toml(path, PriceTable)

    def price(self, model: str) -> Price:
        """The price of a model.

        Raises:
            ConfigError: it has none here.
        """
        if model not in self.models:
            raise ConfigError(did_you_mean("price of the model", model, self.models))
        return self.models[model]


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, a line of the ledger.

    Attributes:
        at: when it ended, ISO 8601 in UTC.
        model: which model.
        role: what it was asked as: "agent", "judge", ...
        episode: for which episode, "" for none.
        attempt: 1 for the first try.
        outcome: "ok", or the `reason` of the EndpointError.
        input_tokens: as `Usage`.
        cached_tokens: as `Usage`.
        output_tokens: as `Usage`.
        usd: what it cost in US dollars, None if the model's price is not known.
        seconds: wall time.
        estimated: whether the tokens are the most it can have used, since the server did not say.
    """

    at: str
    model: str
    role: str
    episode: str
    attempt: int
    outcome: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    usd: float | None
    seconds: float
    estimated: bool = False
    schema_version: Literal[1] = 1

    __pydantic_config__ = _STRICT

    def to_json(self) -> str:
        """As one line."""
        return _ENTRY.dump_json(self).decode()


_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


@dataclass(frozen=True, slots=True)
class Total:
    """What several requests used.

    Attributes:
        requests: how many, failed ones included.
        tokens: of all prompts and replies.
        usd: in US dollars, of the requests whose price is known.
        unpriced: how many used tokens whose price is not known: they are not free.
    """

    requests: int = 0
    tokens: int = 0
    usd: float = 0.0
    unpriced: int = 0

    @property
    def cost_usd(self) -> float | None:
        """What all of them cost in US dollars, None if that is not known."""
        return None if self.unpriced else self.usd

    def __add__(self, other: Total) -> Total:
        return Total(
            self.requests + other.requests,
            self.tokens + other.tokens,
            self.usd + other.usd,
            self.unpriced + other.unpriced,
        )

    def __str__(self) -> str:
        """Such as "3 requests, 330 tokens, $0.0012"."""
        said = f"{self.requests} requests, {self.tokens} tokens, ${self.usd:.4f}"
        return f"{said} and what {self.unpriced} of unknown price cost" if self.unpriced else said


@dataclass(frozen=True, slots=True)
class Budget:
    """A hard cap over all that a ledger holds; None: no cap.

    Attributes:
        usd: US dollars.
        tokens: tokens of prompts and replies.
    """

    usd: float | None = None
    tokens: int | None = None

    __pydantic_config__ = _STRICT

    @property
    def is_set(self) -> bool:
        """Whether there is a cap."""
        return self.usd is not None or self.tokens is not None

    def admits(self, total: Total) -> bool:
        """Whether so much may be spent."""
        too_dear = self.usd is not None and total.usd > self.usd
        return not too_dear and (self.tokens is None or total.tokens <= self.tokens)


def read_entries(data: bytes, source: str = "ledger") -> list[Entry]:
    """Read whole lines; what a process that was killed has not finished is left out.

    Raises:
        ConfigError: a line is JSON and no entry.
    """
    lines = data[: data.rfind(b"\n") + 1].splitlines()
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_ENTRY.validate_json(line))
        except pydantic.ValidationError as error:
            if error.errors(include_url=False)[0]["type"] == "json_invalid":
                continue
            raise ConfigError(f"{source}: line {number} is no entry of a ledger") from error
    return entries


@dataclass
class Ledger:
    """All requests so far. Safe to share between threads; the file also between processes.

    Attributes:
        path: the file; None: kept in memory only.
        budget: the cap over everything in it.
    """

    path: Path | None = None
    budget: Budget = Budget()
    _entries: list[Entry] = field(default_factory=list, repr=False)
    _read: int = field(default=0, repr=False)  # bytes of the file that are in `_entries`
    _reserved: Total = field(default=Total(), repr=False)  # of requests under way
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @contextmanager
    def reserve(self, most: Total) -> Iterator[None]:
        """Hold back what a request may cost while it is under way.

        Args:
            most: that it can use.

        Raises:
            BudgetError: the cap might be passed, or is one in money and nobody knows what was
                spent so far; nothing may be sent.
        """
        with self._lock:
            spent = self.total()
            if self.budget.usd is not None and spent.unpriced:
                raise BudgetError(
                    f"{self.path or 'the ledger'} holds {spent.unpriced} requests whose price was "
                    f"not known, so a cap of ${self.budget.usd:g} cannot be kept; begin another "
                    "ledger"
                )
            if not self.budget.admits(spent + self._reserved + most):
                raise BudgetError(
                    f"the budget is spent: ${spent.usd:.4f} and {spent.tokens} tokens so far, and "
                    f"the next request may use ${most.usd:.4f} and {most.tokens} tokens; the cap "
                    f"is {self.budget}"
                )
            self._reserved = self._reserved + most
        try:
            yield
        finally:
            with self._lock:
                back = Total(-most.requests, -most.tokens, -most.usd, -most.unpriced)
                self._reserved = self._reserved + back

    def add(self, entry: Entry) -> None:
        """Append an entry.

        Raises:
            OSError: the file cannot be written.
        """
        with self._lock:
            if self.path is None:
                self._entries.append(entry)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            line = entry.to_json().encode() + b"\n"
            with self.path.open("ab+") as file:
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":  # a process was killed while it wrote
                        line = b"\n" + line
                file.write(line)  # one write at the end of the file: lines never mix

    def entries(self) -> tuple[Entry, ...]:
        """All of them, those of other processes included.

        Raises:
            ConfigError: a line of the file is no entry.
        """
        with self._lock:
            if self.path is not None and self.path.exists():
                with self.path.open("rb") as file:
                    file.seek(self._read)
                    data = file.read()
                self._entries += read_entries(data, str(self.path))
                self._read += data.rfind(b"\n") + 1
            return tuple(self._entries)

    def total(self, *, role: str | None = None, episode: str | None = None) -> Total:
        """What was used, by a role or an episode if one is given."""
        chosen = (
            _total(entry)
            for entry in self.entries()
            if role in (None, entry.role) and episode in (None, entry.episode)
        )
        return sum(chosen, Total())

    def by_role(self) -> dict[str, Total]:
        """What was used by each role."""
        return {role: self.total(role=role) for role in sorted({e.role for e in self.entries()})}

    def by_episode(self) -> dict[str, Total]:
        """What was used by each episode."""
        names = sorted({entry.episode for entry in self.entries()})
        return {name: self.total(episode=name) for name in names}


def _total(entry: Entry) -> Total:
    tokens = entry.input_tokens + entry.output_tokens
    unpriced = int(entry.usd is None and tokens > 0)
    return Total(1, tokens, entry.usd or 0.0, unpriced)


def timestamp() -> str:
    """Now, as an entry has it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
