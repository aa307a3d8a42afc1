"""Contract tests that users run on their own machines, applications, agents and tasks.

    from gym_anything.testing import check_machine
    check_machine(MyMachine(MachineSpec()))

Each function raises AssertionError with what was expected, or returns nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gym_anything.agent.base import Agent
from gym_anything.app import App
from gym_anything.errors import MachineError
from gym_anything.machine.base import Machine
from gym_anything.records import Action, InvalidAction, Observation
from gym_anything.task import Task
from gym_anything.templates import Template

_PATIENCE_SEC = 10.0
_DRAWS = (150, 40)  # of a template, and of a chain, which has the instances of its parts
_REPEATS = 2
# Of 1,000 instances, 150 draws repeat 11 in the mean (150 * 149 / 2 / 1,000), and at most 2 once in
# a thousand times; fewer instances, or some that come more often than others, repeat more.


def _await(what: str, happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SEC
    while not happened():
        assert time.monotonic() < deadline, f"within {_PATIENCE_SEC:g} s: {what}"
        time.sleep(0.005)


def check_machine(machine: Machine) -> None:
    """Check what `machine.base.Machine` promises, then close the machine."""
    home, run = machine.home, machine.run
    assert home.is_dir() and run.is_dir(), "home and run exist once it is made"
    assert machine.failure() is None, "a new machine is whole"
    well = machine.spawn(["true"])
    _await("`true` ends", lambda: machine.exit_code(well) is not None)
    assert machine.exit_code(well) == 0, "`true` ends with 0"
    ill = machine.spawn(["false"])
    _await("`false` ends", lambda: machine.exit_code(ill) is not None)
    assert machine.exit_code(ill) == 1, "`false` ends with 1"
    lasting = machine.spawn(["sleep", "1000"])
    assert machine.exit_code(lasting) is None, "a running program has no exit status"
    before = machine.cpu_time_ns()
    assert machine.cpu_time_ns() >= before >= 0, "CPU time never decreases"
    assert isinstance(machine.log(), str), "a log is text"
    machine.close()
    machine.close()
    assert not home.exists() and not run.exists(), "close removes both folders"
    assert machine.failure() is not None, "a closed machine says so"
    assert machine.exit_code(lasting) is not None, "close ends every program"
    try:
        machine.spawn(["true"])
    except MachineError:
        return
    raise AssertionError("spawn on a closed machine raises MachineError")


def check_app(app: App) -> None:
    """Check that an application's folder has the shape that every application's folder has."""
    assert app.folder.name == app.id, "the id is the folder's name"
    for name in ("app.toml", "tasks.py", "README.md"):
        assert (app.folder / name).is_file(), f"{app.folder}: {name} is missing"
    assert app.program.startswith("/"), f"{app.id}: program must be an absolute path"
    assert all(kind.startswith(".") for kind in app.file_kinds), f"{app.id}: file_kinds need a dot"


def check_template(template: Template) -> None:
    """Check, without running anything, that a template's tasks are whole and depend on the seed."""
    task = template.task(0)
    assert task == template.task(0), f"{template.id}: same seed, same task"
    assert Task.from_json(task.to_json()) == task, f"{template.id}: JSON round trip"
    assert task.content_hash() == Task.from_json(task.to_json()).content_hash()
    assert task.solution, f"{template.id}: a solution"
    assert len(task.near_misses) >= 3, f"{template.id}: at least three near misses"
    assert task.variations, f"{template.id}: another right way"
    names = [route.name for route in (*task.near_misses, *task.variations)]
    assert len(set(names)) == len(names), f"{template.id}: route names are unique"
    repeats = count_repeats(template, _DRAWS[template.level > 1])
    assert repeats <= _REPEATS, f"{template.id}: {repeats} repeats; too few distinct instances"
    assert template.skills and template.occupation, f"{template.id}: skills and occupation"


def count_repeats(template: Template, draws: int) -> int:
    """How many of the first tasks of a template are one that another seed has made.

    Two are the same if they have the same instruction, documents and checks.

    Args:
        template: which.
        draws: seeds tried, from 0 on.
    """
    tasks = (template.task(seed) for seed in range(draws))
    alike = (
        replace(task, seed=0, max_steps=1, solution=(), near_misses=(), variations=())
        for task in tasks
    )
    return draws - len({task.content_hash() for task in alike})


def check_agent(agent: Agent, steps: int = 3) -> None:
    """Check that an agent answers observations with actions, also of another screen size."""
    assert agent.name, "an agent has a name"
    for height, width in ((720, 1280), (600, 800)):
        agent.reset("Close the window.")
        blank = Observation(np.zeros((height, width, 3), np.uint8), "Close the window.")
        for _ in range(steps):
            action = agent.act(blank)
            kinds = (Action, InvalidAction)
            assert isinstance(action, kinds), f"act returns an Action, got {type(action).__name__}"
            if isinstance(action, InvalidAction):
                continue
            action.check_on_screen((width, height))
