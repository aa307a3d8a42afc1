from collections import Counter

import pytest

from gym_anything import content
from gym_anything.documents.home import Home
from gym_anything.errors import AppError, TaskError
from gym_anything.task import Answer, Click, Drag, GiveUp, Target
from gym_anything.templates import find_template, select, templates_of
from gym_anything.verify import FinalState, bind


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


SUITE = [template for app_id in content.app_folders() for template in templates_of(app_id).values()]
LEVEL_1 = [template for template in SUITE if template.level == 1]
SHARE = 0.01  # of the suite: an agent that ends all episodes alike earns less
SEEDS = range(30)  # of each template that is judged by how the episode ends


@pytest.fixture(scope="module")
def first_tasks():
    return [template.task(0) for template in SUITE]


@pytest.fixture(scope="module")
def judged_by_the_end(first_tasks):
    """Goals of the tasks that only an answer or giving up counts in, by template and seed.

    Of all the others the untouched start scores 0, which `gym-anything prove` executes.
    """
    return [
        [goals_of(template.task(seed)) for seed in SEEDS]
        for template, task in zip(SUITE, first_tasks, strict=True)
        if all(goal.check.startswith("answer.") for goal in goals_of(task))
    ]


def goals_of(task):
    return [check for check in task.checks if not check.guard]


def share_of_suite(judged, state):
    """What an agent earns that ends every episode at once in one way; templates count the same."""
    passed = [
        all(bind(goal)(state).value >= 1.0 for goal in goals)
        for template in judged
        for goals in template
    ]
    return sum(passed) / len(SEEDS) / len(SUITE)


def test_always_giving_up_earns_less_than_a_hundredth_of_the_suite(tmp_path, judged_by_the_end):
    state = FinalState(Home(tmp_path), {}, gave_up=True)
    assert 0 < share_of_suite(judged_by_the_end, state) < SHARE


def test_always_the_same_answer_earns_less_than_a_hundredth_of_the_suite(
    tmp_path, first_tasks, judged_by_the_end
):
    answers = {"0", "1", "2", "10", "yes", "no", "none", ""}
    for template, task in zip(SUITE, first_tasks, strict=True):
        if isinstance(task.solution[-1], Answer):
            answers |= {template.task(seed).solution[-1].answer for seed in SEEDS}
    shares = {
        answer: share_of_suite(judged_by_the_end, FinalState(Home(tmp_path), {}, answer=answer))
        for answer in answers
    }
    best = max(shares, key=shares.__getitem__)
    assert 0 < shares[best] < SHARE, f"{best!r} earns {shares[best]:.2%}"


def test_there_are_a_few_tasks_to_answer_and_a_few_that_cannot_be_done(first_tasks):
    ends = Counter(type(task.solution[-1]) for task in first_tasks)
    assert 3 <= ends[Answer] <= 12 and 1 <= ends[GiveUp] <= 3


INFEASIBLE = [template for template in LEVEL_1 if "infeasible" in template.skills]


@pytest.mark.parametrize("template", INFEASIBLE, ids=lambda template: template.id)
def test_what_cannot_be_done_is_judged_by_giving_up_with_everything_left_as_it_was(template):
    task = template.task(0)
    assert [goal.check for goal in goals_of(task)] == ["answer.gave_up"]
    kept = {check.params["path"] for check in task.checks if check.check == "files.unchanged"}
    assert kept == {document.path for document in task.documents}
    ends = [type(route.steps[-1]) for route in task.near_misses]
    assert Answer in ends, "an answer is no way out"
    assert GiveUp in ends, "nor is giving up after something was changed"
    assert sum(end not in (Answer, GiveUp) for end in ends) >= 3, "nor is saying that it is done"


def test_what_is_tagged_answer_or_infeasible_ends_so_and_nothing_else_does(first_tasks):
    for task in first_tasks:
        assert isinstance(task.solution[-1], Answer) == ("answer" in task.skills), task.id
        assert isinstance(task.solution[-1], GiveUp) == ("infeasible" in task.skills), task.id


# Skills -------------------------------------------------------------------------------------------

LOOKED_AT = (  # of the others, DB Browser has one; the rest show only text, which the tree has, too
    *("chromium", "gimp", "gnucash", "gnumeric", "inkscape", "librecad", "libreoffice_calc"),
    *("libreoffice_impress", "libreoffice_writer", "pspp", "thunar", "xournalpp"),
)
WIDGETS = {"push button", "toggle button", "menu", "menu item", "check menu item"}
WIDGETS |= {"radio menu item", "radio button", "check box", "page tab", "combo box"}
WIDGETS |= {"text", "entry", "spin button", "label", "list item", "table cell"}


def points(intent):
    """Whether a step drags, or hits a place that is no widget that keys reach as well."""
    if isinstance(intent, Click) and isinstance(intent.click, Target):
        target = intent.click
        return bool(target.cell) or target.at != (0.5, 0.5) or target.role not in WIDGETS
    return isinstance(intent, Click | Drag)


def test_a_third_of_the_templates_have_no_proved_way_without_pointing():
    tagged = [each for each in LEVEL_1 if {"canvas", "drag"} & set(each.skills)]
    assert 3 * len(tagged) >= len(LEVEL_1)
    for template in tagged:
        task = template.task(0)
        for name, steps in (("solution", task.solution), *map(as_pair, task.variations)):
            assert any(map(points, steps)), f"{template.id}: {name} points at nothing"


def as_pair(route):
    return route.name, route.steps


@pytest.mark.parametrize("app_id", LOOKED_AT)
def test_an_application_that_shows_more_than_text_has_two_tasks_that_need_its_pixels(app_id):
    tagged = [each.id for each in LEVEL_1 if each.app == app_id and "pixels" in each.skills]
    assert len(tagged) >= 2, tagged
