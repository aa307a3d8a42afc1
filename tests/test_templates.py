import pytest

from gym_anything.errors import AppError, TaskError
from gym_anything.templates import find_template, select


def test_a_template_is_found_with_and_without_its_application():
    assert find_template("galculator/invoice-total") is find_template("invoice-total", "galculator")


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(TaskError, match="did you mean 'invoice-total'"):
        find_template("galculator/invoice-totl")
    with pytest.raises(AppError, match="did you mean 'galculator'"):
        find_template("galculater/invoice-total")
    with pytest.raises(TaskError, match="not of galculator"):
        find_template("mousepad/rename-client", "galculator")


def test_templates_are_selected_by_level_and_split():
    everything = select("galculator")
    train = select("galculator", 1, "train")
    assert 0 < len(train) < len(everything) == len(select("galculator", 1))
    with pytest.raises(TaskError, match="no level 3 in galculator; did you mean 1"):
        select("galculator", 3)
    with pytest.raises(TaskError, match="did you mean 'test'"):
        select("galculator", None, "tset")


def test_the_seed_decides_the_task():
    template = find_template("galculator/invoice-total")
    assert template.task(3) == template.task(3)
    assert template.task(3).instruction != template.task(4).instruction
