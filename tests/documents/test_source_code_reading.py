import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.source_code import (
    bracket_fault,
    indentation,
    meaning,
    read_python,
    read_values,
    same_scalar,
)


def test_values_have_the_names_on_the_way_to_them():
    assert read_values(b'{"a": [1, {"b": null}], "c": {}}', "x.json") == {
        ("a", "0"): 1,
        ("a", "1", "b"): None,
        ("c",): None,
    }
    assert read_values(b"[a]\nB = c=d\nflag\n[e]\n", "x.ini") == {
        ("a", "B"): "c=d",
        ("a", "flag"): None,
        ("e",): None,
    }
    assert read_values(b'[a.b]\nc = "d"\n', "x.toml") == {("a", "b", "c"): "d"}


def test_elements_of_one_name_are_counted_and_text_behind_them_is_kept():
    assert read_values(b'<a>t<b c="1"/>u<b>v</b></a>', "x.xml") == {
        ("a",): "t",
        ("a", "b", "@c"): "1",
        ("a", "b", "#behind"): "u",
        ("a", "b[2]"): "v",
    }


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b'{"a": 1, "a": 2}', "x.json"),
        (b"{'a': 1}", "x.json"),
        (b"[a]\n[a]\n", "x.ini"),
        (b"a = 1\na = 2\n", "x.toml"),
        (b"<a><b></a>", "x.xml"),
        (b"anything", "x.txt"),
    ],
)
def test_what_is_not_well_formed_is_refused(data, path):
    with pytest.raises(DocumentError, match="x\\."):
        read_values(data, path)


def test_statements_have_the_names_of_what_they_are_in():
    units = read_python(b"import os\n\nclass A:\n    x = 1\n    def f(self): pass\n\nA()\n").units
    assert [(unit.name, unit.kind) for unit in units] == [
        ("import", "import"),
        ("A", "class"),
        ("A.x", "variable"),
        ("A.f", "function"),
        ("", "statement"),
    ]


def test_a_class_is_told_from_its_members():
    before, after = (
        read_python(f"class A{base}:\n    x = {value}\n".encode()).units
        for base, value in (("", 1), ("(B)", 1))
    )
    assert before[0] != after[0] and before[1] == after[1]


def test_imports_are_found_wherever_they_are():
    found = read_python(b"import a.b\nfrom .c import d as e\ndef f():\n    import g\n").imports
    assert sorted(found) == [".c.d", "a.b", "g"]


def test_comments_in_strings_are_none():
    assert read_python(b"a = '# no'  # yes\n# also\n").comments == ("# yes", "# also")


def test_white_space_and_the_order_of_keys_do_not_count_but_the_order_of_lists_does():
    assert meaning(b'{"a": 1, "b": [1, 2]}', "x.json") == meaning(b'{"b":[1,2],"a":1.0}', "x.json")
    assert meaning(b'{"b": [1, 2]}', "x.json") != meaning(b'{"b": [2, 1]}', "x.json")
    assert meaning(b"if a:\n  b\n", "x.py") == meaning(b"if (a):\n\tb # c\n", "x.py")
    assert meaning(b"if a:\n  b\nc\n", "x.py") != meaning(b"if a:\n  b\n  c\n", "x.py")


def test_numbers_truth_and_text_are_different_things():
    assert same_scalar(1, 1.0) and same_scalar("a ", "a")
    assert not same_scalar(1, True) and not same_scalar(1, "1") and not same_scalar(None, "None")


def test_indentation_is_told_by_what_it_is_made_of():
    assert indentation("a\n    b\n        c\n") == (frozenset({"spaces"}), 4)
    assert indentation("a\n\tb\n \tc\n") == (frozenset({"tabs", "mixed"}), 0)
    assert indentation("a\n   \nb\n") == (frozenset(), 0)


def test_brackets_in_quotes_do_not_count():
    assert not bracket_fault('f("(", \'[\', "\\"{")')
    assert "line 2" in bracket_fault("f(\n]")
    assert "not closed" in bracket_fault("f(")
