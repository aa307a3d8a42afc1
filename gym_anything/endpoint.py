"""Endpoint: an OpenAI-compatible server, what it replies, and all the ways in which it fails.

Before llm in the flow. An attempt ends, whatever the server does, within its time limit and its
limit in bytes: as the body of a completion or as `Failed`. The SDK `openai` is imported when a
client is made; it is in the extra `llm`.
"""

from __future__ import annotations

import email.utils
import functools
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeAlias

import pydantic
from pydantic import ConfigDict, Field, TypeAdapter

from gym_anything.errors import ConfigError
from gym_anything.ledger import Usage

if TYPE_CHECKING:
    import httpx2 as httpx
    import openai

JsonObject: TypeAlias = Mapping[str, object]
_RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_SPENT = "insufficient_quota"  # a 429 that no waiting helps
_TEXT = 500  # characters of a server's answer that an error keeps


class Clock(Protocol):
    """What tells the time and lets it pass."""

    def now(self) -> float:
        """Seconds since some moment."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server and a model on it.

    Attributes:
        model: its name there.
        base_url: up to and with the version: "http://127.0.0.1:8000/v1".
        api_key_env: environment variable that holds the key; "" for a server that wants none.
        timeout_sec: how long one attempt may take, the body included.
        deadline_sec: how long a completion may take, all attempts and waits included.
        retries: attempts after the first.
        backoff_sec: wait before the first retry; it doubles, and is cut by up to half at random.
        most_backoff_sec: the longest wait that it doubles to.
        most_reply_bytes: a longer reply is refused.
        limit_key: what the server calls the limit on output tokens; newer hosted models know only
            "max_completion_tokens".
    """

    model: str
    base_url: str = "http://127.0.0.1:8000/v1"
    api_key_env: str = ""
    timeout_sec: float = 120.0
    deadline_sec: float = 300.0
    retries: int = 5
    backoff_sec: float = 1.0
    most_backoff_sec: float = 30.0
    most_reply_bytes: int = 4 * 2**20
    limit_key: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def key(self) -> str:
        """The key.

        Raises:
            ConfigError: the variable is not set.
        """
        if not self.api_key_env:
            return "none"
        found = os.environ.get(self.api_key_env, "")
        if not found:
            raise ConfigError(f"the environment variable {self.api_key_env} holds no API key")
        return found


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool that a model wrote.

    Attributes:
        id: that the tool's answer refers to.
        name: of the tool.
        arguments: as the model wrote them; should be JSON.
    """

    id: str
    name: str
    arguments: str

    def wire(self) -> dict[str, object]:
        """As a message of the assistant holds it."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass(frozen=True, slots=True)
class Reply:
    """A completion.

    Attributes:
        text: may be empty.
        tool_calls: in order.
        usage: tokens; None if the server did not say.
        finish: why it ended: "stop", "length", "tool_calls", ...
        reasoning: what servers that part it from the text have sent of it.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    finish: str = ""
    reasoning: str = ""


class Failed(Exception):
    """One attempt gave no completion.

    Attributes:
        reason: one word or two: "unreachable", "timeout", "cut", "too long", "malformed",
            "status 503".
        text: the beginning of what the server sent.
        may_retry: whether another attempt may help.
        retry_after_sec: how long the server asks to wait.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        text: str = "",
        may_retry: bool = True,
        retry_after_sec: float = 0.0,
    ) -> None:
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason = reason
        self.text = text[:_TEXT]
        self.may_retry = may_retry
        self.retry_after_sec = retry_after_sec

    @property
    def may_be_billed(self) -> bool:
        """Whether the model may have worked all the same."""
        return not self.reason.startswith(("unreachable", "status"))


class Connection:
    """A client of an endpoint that makes single attempts.

    Args:
        endpoint: where.
        clock: what tells the time.

    Raises:
        ConfigError: the extra `llm` is not installed, or there is no key.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        try:
            import httpx2 as httpx
            import openai
        except ImportError as error:
            raise ConfigError(
                "a language model needs the extra llm: pip install 'gym-anything[llm]'"
            ) from error
        self._endpoint = endpoint
        self._clock = clock
        self._client = openai.OpenAI(
            api_key=endpoint.key(),
            base_url=endpoint.base_url,
            timeout=endpoint.timeout_sec,
            max_retries=0,
            http_client=httpx.Client(
                transport=_bounded_transport(endpoint, clock),
                headers={"Accept-Encoding": "identity"},  # so that bytes on the wire are the size
                trust_env=False,
            ),
        )

    def post(self, request: JsonObject) -> Reply:
        """Make one attempt.

        Args:
            request: body of a chat completion, without the model.

        Raises:
            Failed: no completion.
        """
        import httpx2 as httpx
        import openai

        body = {"model": self._endpoint.model, **request}
        try:
            answer = self._client.post("/chat/completions", cast_to=httpx.Response, body=body)
        except openai.APIStatusError as error:
            raise _refused(error) from error
        except (openai.APIConnectionError, httpx.HTTPError) as error:
            raise self._broken(error) from error
        return read_reply(answer.content)

    def close(self) -> None:
        """Close the connections; twice is harmless."""
        self._client.close()

    def _broken(self, error: Exception) -> Failed:
        """What a failure below HTTP means."""
        import httpx2 as httpx

        cause = error if isinstance(error, httpx.HTTPError) else error.__cause__
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol):
            return Failed("unreachable", str(cause))
        if isinstance(cause, httpx.TimeoutException):
            return Failed("timeout", f"no whole reply within {self._endpoint.timeout_sec:g} s")
        if isinstance(cause, _too_long()):
            return Failed("too long", str(cause))
        return Failed("cut", str(cause or error))


@functools.cache
def _too_long() -> type[httpx.HTTPError]:
    """The error of a reply that is longer than allowed; made late, since httpx is imported late."""
    import httpx2 as httpx

    class TooLong(httpx.TransportError):
        """A reply is longer than allowed."""

    return TooLong


def _bounded_transport(endpoint: Endpoint, clock: Clock) -> httpx.BaseTransport:
    """A transport whose replies end within the endpoint's time and bytes, errors' ones included."""
    import httpx2 as httpx

    class Bounded(httpx.SyncByteStream):
        """A body that is broken off at its limits."""

        def __init__(self, stream: httpx.SyncByteStream, deadline: float) -> None:
            self._stream = stream
            self._deadline = deadline

        def __iter__(self) -> Iterator[bytes]:
            left = endpoint.most_reply_bytes
            for chunk in self._stream:
                left -= len(chunk)
                if left < 0:
                    raise _too_long()(f"the reply is over {endpoint.most_reply_bytes} bytes")
                if clock.now() > self._deadline:
                    raise httpx.ReadTimeout("the reply goes on and on")
                yield chunk

        def close(self) -> None:
            self._stream.close()

    class Transport(httpx.HTTPTransport):
        """Hands out such bodies."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            deadline = clock.now() + endpoint.timeout_sec
            answer = super().handle_request(request)
            assert isinstance(answer.stream, httpx.SyncByteStream)
            answer.stream = Bounded(answer.stream, deadline)
            return answer

    return Transport()


def _refused(error: openai.APIStatusError) -> Failed:
    """What an HTTP status means."""
    answer, status = error.response, error.status_code
    text = answer.text
    return Failed(
        f"status {status}",
        _message(text),
        text=text,
        may_retry=status in _RETRIED_STATUS and error.code != _SPENT,
        retry_after_sec=_retry_after_sec(answer.headers.get("retry-after", "")),
    )


def _message(text: str) -> str:
    """The beginning of an error's text, on one line."""
    return " ".join(text.split())[:_TEXT]


def _retry_after_sec(header: str) -> float:
    """Seconds that a header Retry-After asks for: a number or a date; 0 if it is neither."""
    try:
        return max(0.0, min(float(header), 1e9))
    except ValueError:
        pass  # then it may be a date
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return 0.0


# What a completion must have; whatever else is in it is of no use here.


@dataclass(frozen=True)
class _Function:
    name: str
    arguments: str = ""


@dataclass(frozen=True)
class _Call:
    function: _Function
    id: str = ""


@dataclass(frozen=True)
class _Message:
    content: str | None = None
    tool_calls: list[_Call] | None = None
    reasoning_content: str | None = None


@dataclass(frozen=True)
class _Choice:
    message: _Message
    finish_reason: str | None = None


@dataclass(frozen=True)
class _Details:
    cached_tokens: int | None = None


@dataclass(frozen=True)
class _Usage:
    prompt_tokens: Annotated[int, Field(ge=0)]
    completion_tokens: Annotated[int, Field(ge=0)]
    prompt_tokens_details: _Details | None = None


@dataclass(frozen=True)
class _Completion:
    choices: Annotated[list[_Choice], Field(min_length=1)]
    usage: _Usage | None = None


_COMPLETION: TypeAdapter[_Completion] = TypeAdapter(_Completion)


def read_reply(body: bytes) -> Reply:
    """Read a completion.

    Raises:
        Failed: it is none.
    """
    try:
        found = _COMPLETION.validate_json(body)
    except pydantic.ValidationError as error:
        text = body[:_TEXT].decode(errors="replace")
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise Failed("malformed", f"no completion: {what}", text=text) from error
    choice, usage = found.choices[0], None
    if found.usage is not None:
        details = found.usage.prompt_tokens_details
        cached = min((details and details.cached_tokens) or 0, found.usage.prompt_tokens)
        usage = Usage(found.usage.prompt_tokens, max(cached, 0), found.usage.completion_tokens)
    return Reply(
        text=choice.message.content or "",
        tool_calls=tuple(
            ToolCall(call.id or f"call_{index}", call.function.name, call.function.arguments)
            for index, call in enumerate(choice.message.tool_calls or ())
        ),
        usage=usage,
        finish=choice.finish_reason or "",
        reasoning=choice.message.reasoning_content or "",
    )
