"""LLM: one client for every OpenAI-compatible endpoint, that retries, keeps deadlines and counts.

llm = LLM(Endpoint(model="qwen3-vl", base_url="http://127.0.0.1:8000/v1"), Ledger(path))
reply = llm.complete([{"role": "user", "content": "Hello"}])

Whatever a server does ends as a `Reply` or as an `EndpointError`: one that cannot be reached,
refuses, is busy, breaks off, never ends, or sends what is no completion. Every attempt becomes an
entry of the ledger and a line of the log "gym_anything.llm". Needs the extra `llm`.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gym_anything.endpoint import (
    Clock,
    Connection,
    Endpoint,
    Failed,
    JsonObject,
    Reply,
    SystemClock,
)
from gym_anything.errors import ConfigError, EndpointError
from gym_anything.ledger import Entry, Ledger, Price, Total, Usage, timestamp

_LOG = logging.getLogger("gym_anything.llm")
_IMAGE_TOKENS = 3_000  # more than common models take for a picture of 1280x720
_CHARACTERS_PER_TOKEN = 2  # fewer than in common texts, so that an estimate is too high


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What an attempt is for, as the ledger has it."""

    role: str
    episode: str
    attempt: int


class LLM:
    """A client of one endpoint. Safe to share between threads; `close()` twice is harmless.

    Args:
        endpoint: where and how.
        ledger: where every attempt is written, with the cap.
        price: of the model; None: not known, which a cap in money does not allow.
        clock: what tells the time.
        seed: of the random part of the waits.

    Raises:
        ConfigError: the extra `llm` is not installed, there is no key, or there is a cap in money
            and no price.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        ledger: Ledger | None = None,
        *,
        price: Price | None = None,
        clock: Clock | None = None,
        seed: int = 0,
    ) -> None:
        self.endpoint = endpoint
        self.ledger = ledger or Ledger()
        if self.ledger.budget.usd is not None and price is None:
            raise ConfigError(f"a cap in money needs the price of {endpoint.model}")
        self._price = price
        self._clock = clock or SystemClock()
        self._rng = random.Random(seed)
        self._lock = threading.Lock()
        self._connection = Connection(endpoint, self._clock)

    def complete(
        self,
        messages: Sequence[JsonObject],
        *,
        tools: Sequence[JsonObject] = (),
        role: str = "agent",
        episode: str = "",
        max_output_tokens: int = 1024,
        temperature: float | None = None,
    ) -> Reply:
        """Ask for a completion.

        Args:
            messages: as the chat completions interface has them.
            tools: likewise.
            role: what for, for the ledger.
            episode: of which episode, for the ledger.
            max_output_tokens: of the reply.
            temperature: None leaves it to the server.

        Raises:
            EndpointError: no usable answer in all retries, within the deadline.
            BudgetError: the cap might be passed; nothing was sent.
        """
        request: dict[str, object] = {
            "messages": list(messages),
            self.endpoint.limit_key: max_output_tokens,
        }
        request |= {"tools": list(tools)} if tools else {}
        request |= {} if temperature is None else {"temperature": temperature}
        characters, images = _size(request)
        inputs = characters // _CHARACTERS_PER_TOKEN + images * _IMAGE_TOKENS
        most = Usage(inputs, 0, max_output_tokens)  # the most that it can use, estimated from above
        deadline = self._clock.now() + self.endpoint.deadline_sec
        attempt = 1
        while True:
            try:
                with self.ledger.reserve(self._total(most)):
                    return self._attempt(request, most, _Purpose(role, episode, attempt))
            except Failed as failed:
                wait_sec = self._wait_sec(failed, attempt, deadline)
                if wait_sec is None:
                    raise EndpointError(
                        f"{self.endpoint.base_url}: no answer of {self.endpoint.model} after "
                        f"{attempt} attempts: {failed}",
                        reason=failed.reason,
                        text=failed.text,
                    ) from failed
            self._clock.sleep(wait_sec)
            attempt += 1

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    # Parts ---------------------------------------------------------------------------------------

    def _attempt(self, request: Mapping[str, object], most: Usage, purpose: _Purpose) -> Reply:
        started = self._clock.now()
        outcome, usage, estimated = "ok", Usage(), False
        try:
            reply = self._connection.post(request)
            estimated = reply.usage is None
            usage = reply.usage or most
            return reply
        except Failed as failed:
            outcome = failed.reason
            estimated = failed.may_be_billed
            usage = most if estimated else Usage()
            raise
        finally:
            entry = Entry(
                at=timestamp(),
                model=self.endpoint.model,
                role=purpose.role,
                episode=purpose.episode,
                attempt=purpose.attempt,
                outcome=outcome,
                input_tokens=usage.input_tokens,
                cached_tokens=usage.cached_tokens,
                output_tokens=usage.output_tokens,
                usd=None if self._price is None else self._price.usd(usage),
                seconds=round(self._clock.now() - started, 3),
                estimated=estimated,
            )
            self.ledger.add(entry)
            _LOG.info("%s", entry.to_json())

    def _total(self, usage: Usage) -> Total:
        return Total(1, usage.tokens, 0.0 if self._price is None else self._price.usd(usage))

    def _wait_sec(self, failed: Failed, attempt: int, deadline: float) -> float | None:
        """How long to wait before the next attempt, None if there is none."""
        if not failed.may_retry or attempt > self.endpoint.retries:
            return None
        wait_sec = min(
            self.endpoint.backoff_sec * 2 ** (attempt - 1), self.endpoint.most_backoff_sec
        )
        with self._lock:
            wait_sec *= self._rng.uniform(0.5, 1.0)
        wait_sec = max(wait_sec, failed.retry_after_sec)
        return wait_sec if self._clock.now() + wait_sec < deadline else None


def _size(value: object) -> tuple[int, int]:
    """Characters of all texts, and number of pictures, in a part of a request."""
    if isinstance(value, str):
        return (0, 1) if value.startswith("data:image/") else (len(value), 0)
    parts: list[object] = []
    if isinstance(value, Mapping):
        parts = [*value, *value.values()]
    elif isinstance(value, list | tuple):
        parts = list(value)
    sizes = [_size(part) for part in parts]
    return sum(size[0] for size in sizes), sum(size[1] for size in sizes)
