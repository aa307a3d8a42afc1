import random

import pytest

from gym_anything.documents.compare import Allowed, differences
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.gnumeric import read_gnumeric
from gym_anything.documents.writers import write
from gym_anything.mutation.gnumeric import benign, harmful

ROWS = [["Item", "Price"], ["Tea", 2.5], ["Rye", 4], ["Open", True], ["Sum", {"formula": "=B2+B3"}]]
DATA = write(
    "spreadsheet", {"sheets": [{"rows": ROWS}, {"name": "B", "rows": [[1]]}]}, "a.gnumeric"
)
HARMFUL = list(harmful(DATA, random.Random(1)))
BENIGN = list(benign(DATA, random.Random(1)))


def changes(data):
    return differences(read_gnumeric(DATA), read_gnumeric(data), Allowed())


@pytest.mark.parametrize("mutation", HARMFUL, ids=lambda mutation: mutation.name)
def test_damage_is_seen(mutation):
    try:
        assert changes(mutation.data)
    except DocumentError:
        return


@pytest.mark.parametrize("mutation", BENIGN, ids=lambda mutation: mutation.name)
def test_other_bytes_of_the_same_workbook_are_no_change(mutation):
    assert mutation.data != DATA and not changes(mutation.data)


def test_there_are_dozens_of_harmful_ones_with_names_of_their_own():
    names = [mutation.name for mutation in HARMFUL]
    assert len(names) >= 24 and len(set(names)) == len(names)
    assert len(BENIGN) >= 3
    assert list(harmful(DATA, random.Random(1))) == HARMFUL
