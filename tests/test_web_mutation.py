import random

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.tables import read_tables
from gym_anything.documents.trade import trade
from gym_anything.documents.writers import write
from gym_anything.mutation.web import benign, harmful

DATA = write("sqlite", trade(random.Random(3)).content())


def read(data):
    try:
        return read_tables(data)
    except DocumentError:
        return None


def test_harm_is_done_in_dozens_of_ways_and_each_is_seen():
    mutations = list(harmful(DATA, random.Random(1)))
    assert len(mutations) >= 60
    assert len({mutation.name for mutation in mutations}) == len(mutations)
    assert all(read(mutation.data) != read(DATA) for mutation in mutations)


def test_what_is_benign_says_the_same_in_other_bytes():
    mutations = list(benign(DATA, random.Random(1)))
    assert len(mutations) >= 3
    assert all(mutation.data != DATA for mutation in mutations)
    assert all(read(mutation.data) == read(DATA) for mutation in mutations)


def test_the_same_generator_gives_the_same_mutations():
    assert list(harmful(DATA, random.Random(2))) == list(harmful(DATA, random.Random(2)))
