import random

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.source_code import meaning
from gym_anything.mutation.source_code import SUFFIXES, benign, harmful

FILES = {
    ".py": b"# kept\nLIMIT = 30\n\n\ndef load(name):\n    return name * LIMIT\n",
    ".json": b'{\n  "port": 80,\n  "hosts": ["atlas", "berta"]\n}\n',
    ".ini": b"# kept\n[web]\nport = 80\nhost = atlas\n",
    ".toml": b'[web]\nport = 80\nhost = "atlas"\n',
}


def said(data, path):
    try:
        return meaning(data, path)
    except DocumentError:
        return None


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_harm_changes_what_a_file_says_and_the_benign_does_not(suffix):
    data, path = FILES[suffix], f"a{suffix}"
    before = meaning(data, path)
    harm = list(harmful(data, random.Random(1)))
    kind = list(benign(data, random.Random(1)))
    assert len(harm) >= 6 and len(kind) >= 3
    assert all(said(mutation.data, path) != before for mutation in harm)
    assert all(said(mutation.data, path) == before for mutation in kind)
    assert len({mutation.data for mutation in (*harm, *kind)} | {data}) >= len(harm) + len(kind) - 1
