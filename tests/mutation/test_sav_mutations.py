import random

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.sav import read_sav
from gym_anything.documents.writers import write
from gym_anything.mutation.sav import benign, harmful

CONTENT = {
    "variables": [
        {"name": "id"},
        {"name": "age", "label": "Age", "missing": [-9]},
        {"name": "sex", "values": {"1": "female", "2": "male"}, "measure": "nominal"},
        {"name": "city", "width": 12},
    ],
    "cases": [[n, 30 + n, 1 + n % 2, "Köln" if n % 3 else ""] for n in range(9)],
}
DATA = write("sav", CONTENT, "a.sav")
HARMFUL = list(harmful(DATA, random.Random(1)))
BENIGN = list(benign(DATA, random.Random(1)))


@pytest.mark.parametrize("mutation", HARMFUL, ids=lambda mutation: mutation.name)
def test_damage_is_seen(mutation):
    try:
        assert read_sav(mutation.data) != read_sav(DATA)
    except DocumentError:
        return


@pytest.mark.parametrize("mutation", BENIGN, ids=lambda mutation: mutation.name)
def test_other_bytes_of_the_same_data_are_no_change(mutation):
    assert read_sav(mutation.data) == read_sav(DATA)


def test_there_are_dozens_of_harmful_ones_with_names_of_their_own():
    names = [mutation.name for mutation in HARMFUL]
    assert len(names) >= 24 and len(set(names)) == len(names) and len(BENIGN) >= 3
