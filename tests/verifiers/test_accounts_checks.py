import copy
import gzip
import random

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.ledger import MAX_BOOK_BYTES, read_book
from gym_anything.documents.writers.accounts import transaction_id, write_accounts
from gym_anything.errors import TaskError
from gym_anything.mutation import accounts as mutator

BOOK = {
    "accounts": [
        {"name": "Assets", "type": "ASSET", "placeholder": True},
        {"name": "Assets:Bank", "type": "BANK", "code": "1800", "description": "Giro"},
        {"name": "Costs", "type": "EXPENSE"},
    ],
    "transactions": [
        {
            "day": f"2026-03-{day:02d}",
            "text": text,
            "number": str(day),
            "splits": [
                {"account": "Costs", "cents": cents, "memo": "pens"},
                {"account": "Assets:Bank", "cents": -cents, "state": "c"},
            ],
        }
        for day, text, cents in ((4, "Paper & Söhne", 1250), (5, "Stamps", 480))
    ],
}
DATA = write_accounts(BOOK)
PATH = "a.gnucash"


@pytest.fixture
def score(judge):
    def ask(check, data=DATA, **params):
        params["path"] = PATH
        return judge(f"accounts.{check}", params, {PATH: data}, {PATH: DATA}).value

    return ask


def test_what_is_written_is_read_packed_or_not():
    for data in (DATA, gzip.compress(DATA)):
        book = read_book(data)
        assert list(book.accounts) == ["Assets", "Assets:Bank", "Costs"]
        assert book.accounts["Assets"].placeholder
        assert float(book.balance("Assets", with_children=True)) == -17.3
        first = book.transactions[0]
        assert (first.day, first.text, first.number) == ("2026-03-04", "Paper & Söhne", "4")
        assert [(each.account, each.state) for each in first.splits][0] == ("Assets:Bank", "c")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"<gnc-v2/>",
        DATA[: len(DATA) // 2],
        gzip.compress(DATA)[:200],
        gzip.compress(b" " * (MAX_BOOK_BYTES + 1)),
        DATA.replace(b"1250/100", b"1e999999999"),
        DATA.replace(b"1250/100", b"1/0"),
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + DATA.partition(b"?>")[2],
    ],
)
def test_what_is_no_book_is_refused_and_fails_every_check(score, data):
    with pytest.raises(DocumentError):
        read_book(data)
    assert score("balance", data, account="Costs", cents=1730) == 0.0
    assert score("unchanged_except", data) == 0.0


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        ("account", {"name": "Assets:Bank", "type": "BANK", "code": "1800"}, {"code": "1801"}),
        ("account", {"name": "Assets", "placeholder": True}, {"placeholder": False}),
        ("account", {"name": "Costs"}, {"name": "Assets:Costs"}),
        ("balance", {"account": "Costs", "cents": 1730}, {"cents": 1731}),
        ("balance", {"account": "Assets", "cents": -1730, "with_children": True}, {"cents": 0}),
        ("transaction", {"day": "2026-03-05", "text": "stamps"}, {"day": "2026-03-06"}),
        ("transaction", {"day": "2026-03-05", "number": "5"}, {"count": 2}),
        ("transaction", {"day": "2026-03-05"}, {"unmarked": True}),
    ],
)
def test_the_right_book_holds_and_nearly_right_does_not(score, check, right, wrong):
    if check == "transaction":
        right = {"splits": {"Costs": 480, "Assets:Bank": -480}, **right}
    assert score(check, **right) == 1.0
    assert score(check, **{**right, **wrong}) == 0.0


def test_marks_of_a_statement_are_judged_by_transaction(score):
    params = {"account": "Assets:Bank", "ids": [transaction_id(0)]}
    assert score("reconciled", states=["c", "y"], **params) == 1.0
    assert score("reconciled", states=["y"], **params) == 0.0
    with pytest.raises(TaskError):
        score("reconciled", account="Costs", ids=[], states=["y"])


def test_only_what_is_named_may_be_others(score):
    changed = copy.deepcopy(BOOK)
    changed["transactions"][1]["text"] = "Parcels"
    data = write_accounts(changed)
    assert score("unchanged_except") == 1.0
    assert score("unchanged_except", data) == 0.0
    assert score("unchanged_except", data, ids=[transaction_id(0)]) == 0.0
    assert score("unchanged_except", data, ids=[transaction_id(1)]) == 1.0


def test_a_renamed_account_is_the_same_one_with_its_payments(score):
    changed = copy.deepcopy(BOOK)
    data = DATA.replace(b"<act:name>Costs", b"<act:name>Office")
    assert score("unchanged_except", data) == 0.0
    assert score("unchanged_except", data, renamed={"Costs": "Office"}) == 1.0
    assert score("account", data, name="Office", id_of="Costs") == 1.0
    changed["accounts"].append({"name": "Office", "type": "EXPENSE"})
    other = write_accounts(changed)  # a new account, the old one is there still
    assert score("account", other, name="Office", id_of="Costs") == 0.0
    assert score("unchanged_except", other, renamed={"Costs": "Office"}) == 0.0


def test_a_replaced_transaction_may_be_another_or_a_new_one_but_not_both(score):
    first, second = (transaction_id(at).encode() for at in (0, 1))
    other = DATA.replace(second, b"f" * 32)  # deleted, and entered anew
    assert score("unchanged_except", other, ids=[second.decode()]) == 0.0
    assert score("unchanged_except", other, replaced=[second.decode()]) == 1.0
    assert score("unchanged_except", other, replaced=[first.decode()]) == 0.0
    third = copy.deepcopy(BOOK)
    third["transactions"].append(third["transactions"][1])
    data = write_accounts(third)
    assert score("unchanged_except", data, replaced=[second.decode()]) == 0.0


def test_a_book_that_does_not_balance_fails(score):
    data = DATA.replace(b">480/100<", b">490/100<")
    assert score("balance", data, account="Assets:Bank", cents=-1730) == 0.0


def test_every_harmful_mutation_is_seen_and_no_benign_one(score):
    harmful = list(mutator.harmful(DATA, random.Random(1)))
    assert len(harmful) > 15
    assert [each.name for each in harmful if score("unchanged_except", each.data)] == []
    benign = list(mutator.benign(DATA, random.Random(1)))
    assert [each.name for each in benign if not score("unchanged_except", each.data)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "euro"},
        {"accounts": [{"name": "Assets:Bank", "type": "BANK"}]},
        {"transactions": [{**BOOK["transactions"][0], "day": "2026-13-01"}]},
        {
            "transactions": [
                {**BOOK["transactions"][0], "splits": [{"account": "Costs", "cents": 1}]}
            ]
        },
    ],
)
def test_the_writer_refuses_what_makes_no_book(change):
    with pytest.raises(TaskError):
        write_accounts({**BOOK, **change})
