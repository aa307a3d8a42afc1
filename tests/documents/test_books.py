import random
from dataclasses import replace

import pytest

from gym_anything.documents.books import books, unused_costs
from gym_anything.documents.ledger import read_book
from gym_anything.documents.writers.accounts import write_accounts

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_books_agree_with_themselves(seed):
    found = books(random.Random(seed), 14)
    names = [each["name"] for each in found.accounts]
    assert found.bank in names and len(set(names)) == len(names)
    assert len({each["code"] for each in found.accounts}) == len(names)
    days = [posting.day for posting in found.postings]
    assert days == sorted(set(days)) and len(days) == 15
    assert len({posting.text for posting in found.postings}) == 15
    spent = [each for each in found.postings if each.other(found.bank).startswith("Expenses:")]
    assert len(spent) >= 7
    for posting in found.postings:
        assert sum(cents for _, cents in posting.lines) == 0
        assert posting.cents(found.bank) and {name for name, _ in posting.lines} <= set(names)


def test_the_same_seed_gives_the_same_books_and_another_others():
    assert books(random.Random(1), 9) == books(random.Random(1), 9)
    assert books(random.Random(1), 9) != books(random.Random(2), 9)


def test_the_marks_of_postings_are_written():
    found = books(random.Random(4), 8)
    bank, marks = found.bank, ({}, {"marked": (found.bank,)}, {"reconciled": (found.bank,)})
    changed = [replace(each, **marks[at % 3]) for at, each in enumerate(found.postings)]
    found = found.with_postings(changed)
    read = {each.id: each for each in read_book(write_accounts(found.content())).transactions}
    for at, posting in enumerate(found.postings):
        states = {split.account: split.state for split in read[found.id(posting)].splits}
        assert states[bank] == posting.state(bank) == "ncy"[at % 3]
        assert states[posting.other(bank)] == "n"


def test_what_is_written_is_read_with_the_ids_that_the_books_say():
    found = books(random.Random(5), 10)
    book = read_book(write_accounts(found.content()))
    by_id = {each.id: each for each in book.transactions}
    for posting in found.postings:
        assert by_id[found.id(posting)].text == posting.text
    assert book.accounts["Expenses"].placeholder
    assert not set(unused_costs(random.Random(1), found, 2)) & {
        name.rpartition(":")[2] for name in found.below("Expenses")
    }
