import json
import logging
import pickle
import re
import threading
from email.utils import formatdate

import pytest

from gym_anything.content import find_file
from gym_anything.endpoint import Endpoint
from gym_anything.errors import AgentError, BudgetError, ConfigError, EndpointError
from gym_anything.ledger import Budget, Ledger, Price, PriceTable, Total, Usage, read_entries
from gym_anything.llm import LLM
from tests.endpoints import FakeClock, cut, endless, raw, refuses, says, unused_port

pytest.importorskip("openai")
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def connect(server):
    """Makes clients of the server; `connect.clock` is the clock of the last."""
    made = []

    def make(*script, ledger=None, price=None, tick=0.0, **options):
        server.begin(*script)
        options = {"base_url": server.url, "retries": 3, "timeout_sec": 20.0} | options
        make.clock = FakeClock(tick)
        llm = LLM(Endpoint("m", **options), ledger, price=price, clock=make.clock, seed=1)
        made.append(llm)
        return llm

    yield make
    for llm in made:
        llm.close()
        llm.close()


def outcomes(llm):
    return [entry.outcome for entry in llm.ledger.entries()]


def test_a_completion_comes_with_its_tool_calls_reasoning_and_usage(server, connect):
    usage = {
        **{"prompt_tokens": 9, "completion_tokens": 4},
        "prompt_tokens_details": {"cached_tokens": 5},
    }
    llm = connect(
        says("Hi", [("computer_use", '{"action": "wait"}')], usage, reasoning_content="Hm")
    )
    reply = llm.complete(HELLO, tools=[{"type": "function"}], temperature=0.5, max_output_tokens=7)
    assert (reply.text, reply.reasoning, reply.finish) == ("Hi", "Hm", "stop")
    assert (reply.tool_calls[0].name, reply.tool_calls[0].id) == ("computer_use", "c0")
    assert reply.usage == Usage(9, 5, 4)
    sent = server.requests[0]
    assert sent["messages"] == HELLO and sent["model"] == "m" and sent["max_tokens"] == 7
    assert sent["temperature"] == 0.5 and sent["tools"] == [{"type": "function"}]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (cut, "cut"),
        (raw(b""), "malformed"),
        (raw(b"{"), "malformed"),
        (raw(b"[1, 2]"), "malformed"),
        (raw(b"<html>busy</html>"), "malformed"),
        (raw(b'{"choices": []}'), "malformed"),
        (raw(b'{"choices": [{"message": {"content": 7}}]}'), "malformed"),
        (raw(b'{"error": "overloaded"}'), "malformed"),
        (refuses(500), "status 500"),
        (refuses(503, b"\xff\x00 not even text"), "status 503"),
        (refuses(429), "status 429"),
        (refuses(408, b""), "status 408"),
    ],
)
def test_what_may_pass_is_tried_again_and_every_attempt_is_in_the_ledger(connect, bad, reason):
    llm = connect(bad, bad, says("at last"))
    assert llm.complete(HELLO).text == "at last"
    assert outcomes(llm) == [reason, reason, "ok"]
    first, second = connect.clock.slept
    assert 0.5 <= first <= 1.0 <= second <= 2.0


@pytest.mark.parametrize(
    ("bad", "reason", "attempts"),
    [
        (refuses(401), "status 401", 1),
        (refuses(403), "status 403", 1),
        (refuses(404, b"no such model"), "status 404", 1),
        (refuses(400), "status 400", 1),
        (refuses(429, b'{"error": {"code": "insufficient_quota"}}'), "status 429", 1),
        (refuses(301, Location="http://127.0.0.1:1/"), "status 301", 1),
        (refuses(502), "status 502", 4),
        (cut, "cut", 4),
        (raw(b"{}"), "malformed", 4),
    ],
)
def test_what_stays_wrong_is_an_error_that_says_what(server, connect, bad, reason, attempts):
    llm = connect(bad)
    with pytest.raises(EndpointError, match=f"after {attempts} attempts.*{reason}") as caught:
        llm.complete(HELLO)
    assert caught.value.reason == reason and isinstance(caught.value, AgentError)
    assert len(server.requests) == attempts == len(outcomes(llm))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.reason, again.text) == (str(caught.value), reason, caught.value.text)


def test_an_endpoint_that_is_not_there_is_an_error_after_the_retries():
    clock = FakeClock()
    llm = LLM(Endpoint("m", f"http://127.0.0.1:{unused_port()}/v1", retries=2), clock=clock)
    with pytest.raises(EndpointError, match="refused"):
        llm.complete(HELLO)
    assert outcomes(llm) == ["unreachable"] * 3 and len(clock.slept) == 2
    llm.close()


def test_an_endless_reply_is_broken_off_at_the_limit_in_bytes(connect):
    llm = connect(endless, retries=0, most_reply_bytes=50_000)
    with pytest.raises(EndpointError, match="over 50000 bytes"):
        llm.complete(HELLO)


def test_an_endless_reply_is_broken_off_at_the_limit_in_time(connect):
    llm = connect(endless, retries=0, tick=2.0)
    with pytest.raises(EndpointError, match="timeout: no whole reply within 20 s"):
        llm.complete(HELLO)


def test_a_server_that_says_nothing_is_a_timeout(server, connect):
    llm = connect(server.silence, retries=1, timeout_sec=0.1)
    with pytest.raises(EndpointError, match="timeout"):
        llm.complete(HELLO)
    assert outcomes(llm) == ["timeout", "timeout"]


def test_an_error_with_an_endless_body_is_broken_off_too(connect):
    def endless_error(handler):
        handler.send_response(500)
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(b"x" * 100)

    llm = connect(endless_error, retries=0, most_reply_bytes=50_000)
    with pytest.raises(EndpointError, match="too long"):
        llm.complete(HELLO)


def test_the_server_is_waited_for_as_long_as_it_asks(connect):
    llm = connect(refuses(429, Retry_After="7"), says("ok"))
    llm.complete(HELLO)
    assert connect.clock.slept == [7.0]
    later = formatdate(4_000_000_000, usegmt=True)
    llm = connect(refuses(429, Retry_After=later), says("ok"), deadline_sec=1e10)
    llm.complete(HELLO)
    assert connect.clock.slept[0] > 1e8
    llm = connect(refuses(429, Retry_After="soon"), says("ok"))
    llm.complete(HELLO)
    assert connect.clock.slept[0] <= 1.0


def test_no_wait_goes_beyond_the_deadline(connect):
    llm = connect(refuses(429, Retry_After="61"), deadline_sec=60.0)
    with pytest.raises(EndpointError, match="after 1 attempts"):
        llm.complete(HELLO)
    assert connect.clock.slept == []


def test_the_key_comes_from_the_environment_and_shows_nowhere(connect, monkeypatch, caplog):
    monkeypatch.setenv("MY_KEY", "sk-secret")
    caplog.set_level(logging.INFO, "gym_anything.llm")
    llm = connect(says("ok"), api_key_env="MY_KEY")
    llm.complete(HELLO, role="judge", episode="e1")
    line = json.loads(caplog.records[-1].message)
    assert (line["role"], line["episode"], line["input_tokens"]) == ("judge", "e1", 100)
    assert "sk-secret" not in caplog.text + repr(llm.endpoint)
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(ConfigError, match="MY_KEY holds no API key"):
        connect(api_key_env="MY_KEY")


def test_the_ledger_adds_up_by_role_and_by_episode(connect, tmp_path):
    ledger = Ledger(tmp_path / "runs" / "ledger.jsonl")
    llm = connect(says("ok"), ledger=ledger, price=Price(input=2.0, output=10.0))
    for role, episode in (("agent", "a"), ("agent", "b"), ("judge", "b")):
        llm.complete(HELLO, role=role, episode=episode)
    assert ledger.by_role()["agent"] == Total(2, 220, pytest.approx(0.0006))
    assert ledger.by_episode()["b"].requests == 2
    again = Ledger(ledger.path)
    assert again.entries() == ledger.entries() and again.total().usd == pytest.approx(0.0009)


def test_the_cap_is_never_passed_and_ends_the_run_before_anything_is_sent(server, connect):
    ledger = Ledger(budget=Budget(usd=0.01))
    llm = connect(says("ok"), ledger=ledger, price=Price(input=2.0, output=10.0))
    with pytest.raises(BudgetError, match=r"the budget is spent: \$0.00"):
        for _ in range(100):
            llm.complete(HELLO, max_output_tokens=500)
    spent = ledger.total()
    assert 0 < spent.usd <= 0.01 and spent.requests == len(server.requests) < 100
    with pytest.raises(BudgetError):
        llm.complete(HELLO, max_output_tokens=500)
    assert len(server.requests) == spent.requests


def test_a_picture_counts_towards_the_cap_before_it_is_sent(server, connect):
    llm = connect(says("ok"), ledger=Ledger(budget=Budget(tokens=3_000)))
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    with pytest.raises(BudgetError):
        llm.complete([{"role": "user", "content": [image]}], max_output_tokens=10)
    assert server.requests == []
    llm.complete(HELLO, max_output_tokens=10)


def test_what_a_server_does_not_account_for_counts_as_the_most_it_can_be(connect):
    llm = connect(says("ok", usage=None), cut, refuses(500), says("ok"))
    llm.complete(HELLO, max_output_tokens=1000)
    llm.complete(HELLO, max_output_tokens=1000)
    silent, broken, refused, told = llm.ledger.entries()
    assert silent.estimated and silent.output_tokens == 1000
    assert broken.estimated and broken.output_tokens == 1000
    assert (refused.estimated, refused.output_tokens) == (False, 0)
    assert (told.estimated, told.input_tokens, told.output_tokens) == (False, 100, 10)


def test_threads_that_share_a_ledger_do_not_pass_its_cap_together(connect):
    ledger = Ledger(budget=Budget(tokens=5_000))
    llm = connect(says("ok"), ledger=ledger)
    refused = []

    def ask():
        try:
            for _ in range(20):
                llm.complete(HELLO, max_output_tokens=500)
        except BudgetError as error:
            refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4 and ledger.total().tokens <= 5_000


def test_another_process_s_entries_count_and_a_torn_line_does_no_harm(connect, tmp_path):
    path = tmp_path / "ledger.jsonl"
    mine, other = Ledger(path), Ledger(path)
    llm = connect(says("ok"), ledger=other)
    llm.complete(HELLO)
    assert mine.total().requests == 1
    with path.open("ab") as file:
        file.write(b'{"at": "2026')  # killed while it wrote
    assert mine.total().requests == 1
    assert len(read_entries(path.read_bytes())) == 1


def test_a_line_that_is_no_entry_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"spent": 1}\n')
    with pytest.raises(ConfigError, match="line 1 is no entry"):
        Ledger(path).total()


def test_a_cap_in_money_needs_a_price(connect):
    with pytest.raises(ConfigError, match="a cap in money needs the price of m"):
        connect(ledger=Ledger(budget=Budget(usd=1.0)))


def test_what_an_unknown_price_cost_is_not_taken_for_nothing(server, connect):
    ledger = Ledger()
    llm = connect(says("ok"), refuses(500), says("ok"), ledger=ledger)
    llm.complete(HELLO)
    llm.complete(HELLO)
    total = ledger.total()
    assert (total.requests, total.unpriced) == (3, 2)  # what was refused used nothing
    assert total.cost_usd is None and "what 2 of unknown price cost" in str(total)
    assert Total(1, 5, 0.25).cost_usd == 0.25
    ledger.budget = Budget(usd=1.0)
    sent = len(server.requests)
    with pytest.raises(BudgetError, match="2 requests whose price was not known"):
        connect(says("ok"), ledger=ledger, price=Price(1.0, 1.0)).complete(HELLO)
    assert len(server.requests) == 0 < sent


def test_the_price_table_of_the_repository_loads_and_names_what_is_near():
    table = PriceTable.load(find_file("configs", "llm_prices.toml"))
    assert all(0 <= price.input <= price.output for price in table.models.values())
    for name, price in table.models.items():  # whence and when, or it is not to be relied on
        assert re.search(r"20\d\d-\d\d-\d\d", price.source) or name == "local", name
    with pytest.raises(ConfigError, match="did you mean 'gpt-4.1-mini'"):
        table.price("gpt-41-mini")
    assert Price(2.0, 8.0, 0.5).usd(Usage(1_000_000, 400_000, 500_000)) == pytest.approx(5.4)
