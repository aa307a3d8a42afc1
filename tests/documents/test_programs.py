import json
import random

import pytest

from gym_anything.documents import programs
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.source_code import read_python, read_values


def test_the_same_seed_gives_the_same_text():
    made = [programs.report_module(random.Random(5), "order", "load") for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize("seed", range(20))
def test_code_is_python_and_defines_what_it_says(seed):
    rng = random.Random(seed)
    names = {unit.name for unit in units(programs.report_module(rng, "order", "load"))}
    assert {"load_orders", "count_orders", "LIMIT"} <= names
    classes, lines = programs.source_classes(rng, "order", "load", 20)
    assert {f"{name}.load_orders" for name in classes} <= {unit.name for unit in units(lines)}
    lines, first, last = programs.misplaced_loop(rng, "order")
    assert units(lines) != read_python(programs.indented(lines, first, last).encode()).units


def units(lines):
    return read_python("\n".join(lines).encode()).units


@pytest.mark.parametrize("seed", range(20))
def test_broken_settings_are_whole_again_with_the_line_that_is_missing(seed):
    whole, lines, broken, gone, sign = programs.broken_settings(random.Random(seed), "shop")
    with pytest.raises(DocumentError):
        read_values("\n".join(lines).encode(), "a.json")
    lines.insert(gone - 1, sign)
    assert json.loads("\n".join(lines)) == json.loads(whole) and broken in whole


@pytest.mark.parametrize("seed", range(20))
def test_just_two_sections_have_the_same_line(seed):
    lines, sections, option, text = programs.option_twice(random.Random(seed), "atlas3")
    values = read_values("\n".join(lines).encode(), "a.ini")
    assert lines.count(text) == 2
    assert {f"{option} = {values[section, option]}" for section in sections} == {text}


def test_rules_and_files_of_hosts_can_be_read():
    names, lines = programs.route_rules(random.Random(1), "shop")
    found = read_values("\n".join(lines).encode(), "a.toml")
    assert list(dict.fromkeys(key[0] for key in found)) == names
    files = programs.host_files(random.Random(1), "shop", "a.example", "b.example", "c.example")
    assert all("a.example" in text and "b.example" in text for text in files.values())
    assert read_values(files["shop.ini"].encode(), "shop.ini")["mirror", "host"] == "b.example"
