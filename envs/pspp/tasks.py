"""Tasks of PSPP: data of surveys are corrected, described, sorted and summed up.

Each document is a .sav file alone in its folder. The sheets of PSPP are drawings without widgets,
so clicks into them are computed: all rows have one height, and the writer of the documents says how
wide the columns are.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.documents import names
from gym_anything.intents import Steps, goal, guard, menu, on, route
from gym_anything.task import (
    Answer,
    Await,
    Check,
    Click,
    Document,
    Intent,
    JsonValue,
    Press,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

Case: TypeAlias = list[JsonValue]
Point: TypeAlias = tuple[int, int]

_EDITOR = "Data Editor"
_DATA_VIEW, _VARIABLE_VIEW = on("Data View", "page tab"), on("Variable View", "page tab")
_SAVE, _SAVE_KEY = on("Save", window=_EDITOR), Press("ctrl+s")
_NUMBER_PX, _TEXT_PX = 99, 195  # widths of columns of the data view
_LABEL_X, _VALUES_X, _MISSING_X, _MEASURE_X = 420, 500, 620, 890  # columns of the variable view
_VALUES_BUTTON_X, _MISSING_BUTTON_X, _MEASURE_BUTTON_X = 563, 694, 932
_PLAIN: Mapping[str, JsonValue] = {"measure": "scale", "label": "", "missing": []}
_AREAS = ("city", "suburb", "village")
_TOPICS = (
    *("commuting", "reading", "housing", "sleep", "nutrition", "voting", "leisure", "training"),
    *("smoking", "internet", "museums", "gardens", "pets", "recycling", "hearing", "sports"),
)


# Documents ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Survey:
    """A data file and where its parts are on the screen.

    Attributes:
        path: relative to home.
        variables: content of the writer, in order.
        cases: values of each case.
    """

    path: str
    variables: tuple[dict[str, JsonValue], ...]
    cases: tuple[Case, ...]

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    def document(self) -> Document:
        """The document of the set-up."""
        content: JsonValue = {
            "variables": list[JsonValue](self.variables),
            "cases": [list[JsonValue](case) for case in self.cases],
        }
        return Document(self.path, "sav", content)

    def at(self, name: str) -> int:
        """Where a variable stands, from 0."""
        return [each["name"] for each in self.variables].index(name)

    def column(self, name: str) -> list[JsonValue]:
        """All values of a variable."""
        return [case[self.at(name)] for case in self.cases]

    def cell(self, name: str, case: int) -> Point:
        """Middle of a cell of the data view; cases count from 1."""
        widths = [_TEXT_PX if "width" in each else _NUMBER_PX for each in self.variables]
        at = self.at(name)
        return 68 + sum(widths[:at]) + widths[at] // 2, 171 + 34 * (case - 1)

    def field(self, name: str, x: int) -> Click:
        """A click into the row of a variable of the variable view."""
        return Click((x, 137 + 34 * self.at(name)))

    def has(self, check: str, **params: JsonValue) -> Check:
        """A goal about the file."""
        return goal(f"dataset.{check}", path=self.path, **params)

    def described(self, name: str, **changed: JsonValue) -> Check:
        """A goal: a variable is described as at the start but for what is given."""
        found = self.variables[self.at(name)]
        params: dict[str, JsonValue] = {
            "label": found.get("label", ""),
            "measure": found.get("measure", "scale"),
            "value_labels": found.get("values", {}),
            "missing": found.get("missing", []),
        }
        return self.has("dictionary", variable=name, **{**params, **changed})

    def kept(self, **params: JsonValue) -> Check:
        """A guard: all the rest is as at the start."""
        return guard("dataset.unchanged_except", path=self.path, **params)


def _survey(rng: random.Random, folder: str, labelled: bool = True) -> _Survey:
    """Answers of 10 to 14 participants: all fit on the screen."""
    topic, year, wave = rng.choice(_TOPICS), rng.randint(2012, 2026), rng.randint(1, 4)
    count = rng.randint(10, 14)
    areas: JsonValue = {str(at): area for at, area in enumerate(_AREAS, 1)} if labelled else {}
    variables: tuple[dict[str, JsonValue], ...] = (
        {"name": "id", "label": "Number"},
        {"name": "age", "label": "Age in years", "missing": [-9]},
        {"name": "area", "values": areas, "measure": "nominal"},
        *({"name": f"q{at}"} for at in (1, 2, 3)),
        {"name": "town", "width": 16},
    )
    numbers = sorted(rng.sample(range(101, 999), count))
    ages = rng.sample(range(18, 90), count)
    cases = [
        [
            *(number, age, rng.randint(1, 3)),
            *(rng.randint(1, 5) for _ in range(3)),
            rng.choice(names.CITIES)[0],
        ]
        for number, age in zip(numbers, ages, strict=True)
    ]
    path = f"Documents/{folder}/{topic}-{year}-wave{wave}.sav"
    return _Survey(path, variables, tuple(list[JsonValue](case) for case in cases))


# Steps and drafts ---------------------------------------------------------------------------------


def _take(label: str, window: str) -> Steps:
    """Move a variable into the list of a dialog with the button of the arrow, its first one."""
    arrow = Click(Target(role="push button", window=window))
    return on(label, "table cell", window=window), arrow


def _renamed(survey: _Survey) -> Steps:
    """Save under another name in the same folder."""
    chooser = Await(Target(role="file chooser", name="Save"))
    path = f"/home/user/{survey.path.rpartition('/')[0]}/copy.sav"
    agreed = (Press("enter"), Press("enter"))  # the first may only close the completions
    return Press("ctrl+shift+s"), chooser, Type(path), *agreed


def _draft(
    survey: _Survey,
    instruction: str,
    goals: Sequence[Check],
    kept: Check,
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving.

    Two more near misses do not save, or under another name.
    """
    folder = survey.path.rpartition("/")[0]
    alone = guard("files.only", path=folder, names=[survey.name])
    home = guard("files.only", path=".", names=["Documents"])
    misses = [route(name, *steps, _SAVE) for name, steps in wrong.items()]
    misses += [route("not saved", *does), route("under another name", *does, *_renamed(survey))]
    return Draft(
        instruction=f"{instruction} Then save the file.",
        documents=(survey.document(),),
        open=(survey.path,),
        checks=(*goals, kept, alone, home),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(route(name, *steps, _SAVE_KEY) for name, steps in ways.items()),
    )


# Templates ----------------------------------------------------------------------------------------


@template(skills=("canvas", "pixels", "form"), occupation="19-0000", split="test-app")
def correct_age(rng: random.Random) -> Draft:
    """A survey researcher corrects a mistyped age of a participant."""
    survey = _survey(rng, "fieldwork")
    case = rng.randint(2, len(survey.cases) - 1)
    right = survey.column("age")[case - 1]
    assert isinstance(right, int)
    survey.cases[case - 1][1] = right * 10 + rng.randint(0, 9)
    number = survey.column("id")[case - 1]

    def write(name: str, case: int, value: object = right) -> Steps:
        return Click(survey.cell(name, case)), Type(f"{value}\n")

    beside = (Click(survey.cell("id", case)), Press("right"), Type(f"{right}\n"))
    return _draft(
        survey,
        f"In {survey.name} the age of the participant with the number {number} (id) has been "
        f"mistyped. It should be {right}: correct it in the data.",
        goals=[survey.has("value", variable="age", case=case, equals=right)],
        kept=survey.kept(cells=[f"age {case}"]),
        does=(_DATA_VIEW, *write("age", case)),
        wrong={
            "the participant above": (_DATA_VIEW, *write("age", case - 1)),
            "the participant below": (_DATA_VIEW, *write("age", case + 1)),
            "in another column": (_DATA_VIEW, *write("area", case)),
            "mistyped again": (_DATA_VIEW, *write("age", case, right + 1)),
            "the next one as well": (_DATA_VIEW, *write("age", case), Type("50\n")),
        },
        ways={
            "from the number": (_DATA_VIEW, *beside),
            "wrong at first": (
                *(_DATA_VIEW, *write("age", case, 5), _VARIABLE_VIEW, _DATA_VIEW),
                *write("age", case),
            ),
        },
    )


_ITEMS = (
    *("Satisfied with the service", "Would recommend it", "Easy to find", "Fair price"),
    *("Friendly staff", "Short waiting time", "Clear information", "Clean rooms", "Felt safe"),
    *("Good opening hours", "Enough places to sit", "Quiet surroundings", "Well signposted"),
)


@template(skills=("canvas", "form"), occupation="19-0000", split="test-app")
def label_items(rng: random.Random) -> Draft:
    """A survey researcher writes what was asked beside the names of two items."""
    survey = _survey(rng, "questionnaire")
    first, second, other = rng.sample(("q1", "q2", "q3"), 3)
    one, two, _ = rng.sample(_ITEMS, 3)

    def label(name: str, text: str) -> Steps:
        return survey.field(name, _LABEL_X), Type(f"{text}\n")

    both = (*label(first, one), *label(second, two))
    return _draft(
        survey,
        f"Describe two variables of {survey.name}: give {first} the label “{one}” and {second} "
        f"the label “{two}”.",
        goals=[survey.described(first, label=one), survey.described(second, label=two)],
        kept=survey.kept(variables=[first, second]),
        does=both,
        wrong={
            "only the first": label(first, one),
            "the other way round": (*label(first, two), *label(second, one)),
            "another variable": (*label(first, one), *label(other, two)),
            "a third one as well": (*both, *label(other, two)),
            "in small letters": (*label(first, one.lower()), *label(second, two)),
        },
        ways={
            "the second one first": (*label(second, two), *label(first, one)),
            "wrong at first": (*label(first, two), *both),
        },
    )


@template(skills=("sort", "menu", "dialog"), occupation="15-0000", split="test-app")
def sort_by_age(rng: random.Random) -> Draft:
    """A statistician sorts the participants by their age."""
    survey = _survey(rng, "listings")
    order = rng.choice(("ascending", "descending"))
    back = "descending" if order == "ascending" else "ascending"
    words = "the youngest first" if order == "ascending" else "the oldest first"
    title = "Sort Cases"
    reset = on("Reset", window=title)  # the dialog keeps what was chosen in it

    def sort(label: str, way: str, *first: Click) -> Steps:
        chosen = (*menu("Data", "Sort Cases"), *first, *_take(label, title))
        return *chosen, on(way.title(), "radio button", window=title), on("OK", window=title)

    header = Target(role="push button", name="age", window=_EDITOR)
    by_header = (
        *(_DATA_VIEW, Click(header), Click(header, button="right")),
        on(f"Sort {order.title()}", "menu item"),
    )
    return _draft(
        survey,
        f"Sort the participants in {survey.name} by their age, {words}.",
        goals=[survey.has("sorted", by="age", order=order)],
        kept=survey.kept(any_order=True),
        does=sort("Age in years", order),
        wrong={
            "the other way round": sort("Age in years", back),
            "by number": sort("Number", order),
            "by an item": sort("q2", order),
            "cancelled": (*sort("Age in years", order)[:-1], on("Cancel", window=title)),
        },
        ways={
            "from the header": by_header,
            "sorted twice": (*sort("Age in years", back), *sort("Age in years", order, reset)),
        },
    )


@template(skills=("formula", "dialog", "arithmetic"), occupation="15-0000", split="test-app")
def compute_score(rng: random.Random) -> Draft:
    """A statistician computes the score of a scale from its items."""
    survey = _survey(rng, "scales")
    name = rng.choice(("score", "total", "points", "scale_sum"))
    double = rng.choice(("q1", "q2", "q3"))
    single, last = (each for each in ("q1", "q2", "q3") if each != double)
    title = "Compute Variable"

    def score(weight: int, *parts: str) -> list[JsonValue]:
        columns = [survey.column(part) for part in parts]
        return [
            sum(int(str(part)) * (weight if not at else 1) for at, part in enumerate(row))
            for row in zip(*columns, strict=True)
        ]

    def compute(expression: str, target: str = name) -> Steps:
        field = Click(Target(role="text", window=title, name="Target Variable:"))
        entry = on("Numeric Expressions:", "text", window=title)
        typed = (field, Type(target), entry, Type(expression))
        return *menu("Transform", "Compute"), *typed, on("OK", window=title)

    y = 137 + 34 * len(survey.variables)
    scale = (Click((_MEASURE_X, y)), Click((_MEASURE_BUTTON_X, y)), on("Scale", "menu item"))
    nominal = (*scale[:2], on("Nominal", "menu item"))
    right = f"{single} + {last} + 2 * {double}"
    return _draft(
        survey,
        f"Compute a new variable {name} in {survey.name}: the sum of q1, q2 and q3, in which "
        f"{double} counts twice. Its level of measurement is to be scale.",
        goals=[
            survey.has("column", variable=name, values=score(2, double, single, last)),
            survey.has("dictionary", variable=name, **_PLAIN),
        ],
        kept=survey.kept(added=[name]),
        does=(*compute(right), *scale),
        wrong={
            "all count once": (*compute("q1 + q2 + q3"), *scale),
            "one item left out": (*compute(f"{single} + 2 * {double}"), *scale),
            "another counts twice": (*compute(f"{double} + {last} + 2 * {single}"), *scale),
            "all count twice": (*compute("2 * (q1 + q2 + q3)"), *scale),
            "under another name for it": (*compute(right, f"{name}_2"), *scale),
            "over an item": compute(right, double),
            "nominal": (*compute(right), *nominal),
        },
        ways={
            "with a function": (*compute(f"sum(q1, q2, q3, {double})"), *scale),
            "in another order": (*compute(f"({double} * 2 + {last}) + {single}"), *scale),
        },
    )


@template(skills=("canvas", "dialog", "form"), occupation="13-0000", split="test-app")
def name_codes(rng: random.Random) -> Draft:
    """A market researcher says what the codes of a variable stand for."""
    survey = _survey(rng, "codebook", labelled=False)
    words = rng.sample(("city", "suburb", "village", "small town", "farm", "island"), 3)
    labels = {str(at): word for at, word in enumerate(words, 1)}
    title = "Value Labels"

    def name(labels: Mapping[str, str], variable: str = "area", end: str = "OK") -> Steps:
        opened = (survey.field(variable, _VALUES_X), survey.field(variable, _VALUES_BUTTON_X))
        value = Click(Target(role="text", window=title, nth=1))
        added = tuple(
            step
            for code, word in labels.items()
            for step in (value, Type(f"{code}\t{word}"), on("Add", window=title))
        )
        return *opened, *added, on(end, window=title)

    one, two, three = words
    listed = f"1 is “{one}”, 2 is “{two}” and 3 is “{three}”"
    most = dict(list(labels.items())[:2])
    return _draft(
        survey,
        f"In {survey.name} the codes of the variable area have no names. Define its value labels: "
        f"{listed}.",
        goals=[survey.described("area", value_labels=dict[str, JsonValue](labels))],
        kept=survey.kept(variables=["area"]),
        does=name(labels),
        wrong={
            "two only": name(most),
            "two swapped": name({"1": two, "2": one, "3": three}),
            "from zero": name({"0": one, "1": two, "2": three}),
            "of another variable": name(labels, "q1"),
            "cancelled": name(labels, end="Cancel"),
        },
        ways={
            "from the last": name(dict(reversed(labels.items()))),
            "in two turns": (*name(most), *name({"3": three})),
        },
    )


@template(skills=("canvas", "popup"), occupation="15-0000", split="test-app")
def set_measures(rng: random.Random) -> Draft:
    """A statistician states that the items of a scale are ordinal."""
    survey = _survey(rng, "dictionary")
    first, second = rng.sample(("q1", "q2", "q3"), 2)
    other = next(each for each in ("q1", "q2", "q3") if each not in (first, second))

    def measure(name: str, level: str = "Ordinal") -> Steps:
        opened = (survey.field(name, _MEASURE_X), survey.field(name, _MEASURE_BUTTON_X))
        return *opened, on(level, "menu item")

    both = (*measure(first), *measure(second))
    return _draft(
        survey,
        f"The variables {first} and {second} of {survey.name} are answers from “never” to "
        "“always”. Set their level of measurement to ordinal; the other variables keep theirs.",
        goals=[survey.described(each, measure="ordinal") for each in (first, second)],
        kept=survey.kept(variables=[first, second]),
        does=both,
        wrong={
            "only the first": measure(first),
            "another one as well": (*both, *measure(other)),
            "another one instead": (*measure(first), *measure(other)),
            "nominal": (*measure(first, "Nominal"), *measure(second, "Nominal")),
        },
        ways={
            "the second one first": (*measure(second), *measure(first)),
            "nominal at first": (*measure(first, "Nominal"), *both),
        },
    )


@template(skills=("rows", "canvas", "pixels"), occupation="19-0000", split="test-app")
def remove_participants(rng: random.Random) -> Draft:
    """A survey researcher deletes the answers of participants who withdrew."""
    survey = _survey(rng, "consent")
    one, two = sorted(rng.sample(range(2, len(survey.cases)), 2))
    numbers = survey.column("id")
    left: list[JsonValue] = [each for at, each in enumerate(numbers, 1) if at not in (one, two)]

    def clear(*cases: int) -> Steps:
        """By the menu of the case's number, in this order."""
        clicks = (
            (
                Click((35, survey.cell("id", case)[1])),
                Click((35, survey.cell("id", case)[1]), button="right"),
                on("Clear Cases", "menu item"),
            )
            for case in cases
        )
        return _DATA_VIEW, *(step for steps in clicks for step in steps)

    emptied = (
        (Click(survey.cell("age", case)), Press("delete"), Press("enter")) for case in (one, two)
    )
    by_menu = tuple(
        step
        for case in (two, one)
        for step in (
            *(Click((35, survey.cell("id", case)[1])), on("Edit", "menu", window=_EDITOR)),
            on("Clear Cases", "menu item"),
        )
    )
    return _draft(
        survey,
        f"The participants with the numbers {numbers[one - 1]} and {numbers[two - 1]} (id) have "
        f"withdrawn their consent. Delete their cases from {survey.name}.",
        goals=[survey.has("column", variable="id", values=left)],
        kept=survey.kept(gone=[one, two]),
        does=clear(two, one),
        wrong={
            "only one": clear(one),
            "the second one after the first has moved it": clear(one, two),
            "one too many": clear(two, one, 1),
            "another one": clear(two, one - 1),
            "only emptied": (_DATA_VIEW, *(step for steps in emptied for step in steps)),
        },
        ways={
            "from the top": clear(one, two - 1),
            "by the menu": (_DATA_VIEW, *by_menu),
        },
    )


@template(
    skills=("submenu", "dialog", "multi-window", "answer"),
    occupation="15-0000",
    split="test-app",
)
def spread_of_age(rng: random.Random) -> Draft:
    """A statistician reads a figure from the output that the program has made."""
    survey = _survey(rng, "reports")
    survey.cases[rng.randrange(len(survey.cases))][1] = -9
    ages = [float(str(age)) for age in survey.column("age") if age != -9]
    right = statistics.stdev(ages)

    def describe(label: str, title: str = "Descriptives") -> Steps:
        """Ask for the figures of a variable and bring the window with the output up."""
        asked = (*menu("Analyze", "Descriptive Statistics", title), *_take(label, title))
        shown = (on("Windows", "menu", window=_EDITOR), on("Output", "check menu item"))
        return *asked, on("OK", window=title), *shown

    def say(value: float, *steps: Intent) -> Steps:
        return *(steps or describe("Age in years")), Answer(f"{value:.2f}")

    folder = survey.path.rpartition("/")[0]
    everyone = [float(str(age)) for age in survey.column("age")]
    return Draft(
        instruction=(
            f"How much do the ages in {survey.name} vary? Let the program work out the standard "
            "deviation of the age (Analyze, Descriptive Statistics, Descriptives) and answer with "
            "it, to two decimals. The code -9 is no age and must not count. Change nothing."
        ),
        documents=(survey.document(),),
        open=(survey.path,),
        checks=(
            goal("answer.number", value=right, tolerance=0.0051),
            survey.kept(),
            guard("files.only", path=folder, names=[survey.name]),
            guard("files.only", path=".", names=["Documents"]),
        ),
        solution=say(right),
        near_misses=(
            route("the mean", *say(statistics.mean(ages))),
            route("the variance", *say(statistics.variance(ages))),
            route("of all of them, not of a sample", *say(statistics.pstdev(ages))),
            route("with the code as an age", *say(statistics.stdev(everyone))),
            route("nothing said", *describe("Age in years")),
        ),
        variations=(
            route("at once", Answer(f"{right:.2f}")),
            route("from the frequencies", *say(right, *describe("Age in years", "Frequencies"))),
        ),
    )
