import random

import pytest

from gym_anything.documents.text import read_text
from gym_anything.mutation import text

NOTES = (
    "Calls\n\n2025-01-03  Keller wants 12 pieces.\n2025-01-07  Łódź paid 4 €.\n2025-01-09  none\n"
)


def mutated(kind, data):
    return list(getattr(text, kind)(data, random.Random(3)))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_harmful_one_changes_the_lines_and_nothing_but_the_lines(encoding, newline):
    data = NOTES.replace("\n", newline).encode(encoding)
    before = read_text(data)
    found = mutated("harmful", data)
    assert len(found) >= 25 and len({each.name for each in found}) == len(found)
    for each in found:
        after = read_text(each.data)
        assert after.lines != before.lines, each.name
        if after.text:
            assert after.encoding == before.encoding, each.name
            assert after.newline in (before.newline, ""), each.name


def test_a_benign_one_has_the_same_lines_in_other_bytes():
    for start in (NOTES, NOTES.rstrip("\n")):
        found = mutated("benign", start.encode())
        assert found
        for each in found:
            assert each.data != start.encode()
            assert read_text(each.data).lines == read_text(start.encode()).lines


def test_an_empty_file_has_no_mutation():
    assert not mutated("harmful", b"") and not mutated("benign", b"")
    assert not mutated("harmful", b"\n\n")


def test_the_same_seed_gives_the_same_mutations():
    assert mutated("harmful", NOTES.encode()) == mutated("harmful", NOTES.encode())


def test_lines_that_differ_by_letter_case_only_are_not_swapped():
    assert not [each for each in mutated("harmful", b"Tea\ntea\nTEA\n") if "swapped" in each.name]
