"""Compose: chain templates of one application into tasks of levels 2 to 6. After draft in the flow.

A chain of level k has k parts, each with documents of its own on the same desktop. It opens with
the first part's documents; the others have to be opened by whoever does the task. Its checks are
those of the parts that the final state still owes: a guard that something stays as it is, or that
nothing else is in a folder, gives way to what another part asks for.

A chain belongs to a split as a whole: chains of "train" have parts of "train" only, those of
another split have at least one part of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from gym_anything.draft import Draft, Template
from gym_anything.errors import TaskError
from gym_anything.intents import Steps
from gym_anything.task import Answer, Check, GiveUp, JsonValue, Route, Split
from gym_anything.verify import needs_of

LEVELS = range(2, 7)
_TRIES = 50  # to draw parts whose documents have different names
_COUNTS = ("", "", "Two", "Three", "Four", "Five", "Six")
_NEXT = (
    "When that is done, go on with {path}.",
    "The next file is {path}.",
    "Then open {path}.",
    "After that, turn to {path}.",
)
_LAST = ("Last of all, see to {path}.", "Finally, open {path}.", "That leaves {path}.")

Open = Callable[[str], Steps]


def chains(app: str, templates: Sequence[Template], open_document: Open) -> dict[str, Template]:
    """Templates of levels 2 to 6, by name.

    Args:
        app: folder name of the application.
        templates: its templates of level 1.
        open_document: intents that open another document of home.
    """
    parts = [template for template in templates if _can_be_chained(template)]
    found = {}
    for split in dict.fromkeys(part.split for part in parts):
        own = [part for part in parts if part.split is split]
        fill = [part for part in parts if part.split is Split.TRAIN] or own
        if len({part.id for part in (*own, *fill)}) < 2:
            continue
        for level in LEVELS:
            name = f"chain-{level}" if split is Split.TRAIN else f"chain-{level}-{split.value}"
            make = partial(_chain, own, fill, level, open_document)
            skills = ("chain", "multi-document")
            found[name] = Template(app, name, make, level, split, skills, own[0].occupation)
    return found


def _can_be_chained(template: Template) -> bool:
    """Whether a task leaves its result in documents, and needs no other application."""
    task = template.task(0)
    ends = task.solution and isinstance(task.solution[-1], Answer | GiveUp)
    return bool(task.open) and not (task.companions or ends or needs_of(task.checks))


def _chain(
    own: Sequence[Template],
    fill: Sequence[Template],
    level: int,
    open_document: Open,
    rng: random.Random,
) -> Draft:
    for _ in range(_TRIES):
        chosen = [rng.choice(own)]
        while len(chosen) < level:
            fresh = [part for part in fill if part not in chosen]
            chosen.append(rng.choice(fresh or fill))
        rng.shuffle(chosen)
        drafts = [part.make(random.Random(rng.random())) for part in chosen]
        paths = [document.path for draft in drafts for document in draft.documents]
        if len(set(paths)) == len(paths):
            return _merge(drafts, open_document, rng)
    raise TaskError(f"no {level} parts of {[part.id for part in fill]} with different documents")


def _merge(drafts: Sequence[Draft], open_document: Open, rng: random.Random) -> Draft:
    def way(*steps: Steps | None) -> Steps:
        """The parts one after the other, done as given; None leaves a part out."""
        done: list[Steps] = []
        for index, (draft, own) in enumerate(zip(drafts, steps, strict=True)):
            if own is not None:
                opened = () if index == 0 else open_document(draft.open[0])
                done.append((*opened, *own))
        return tuple(intent for part in done for intent in part)

    solutions: list[Steps | None] = [draft.solution for draft in drafts]

    def instead(index: int, steps: Steps | None) -> Steps:
        return way(*solutions[:index], steps, *solutions[index + 1 :])

    left_out = [
        Route(f"part {number} left out", instead(number - 1, None))
        for number in range(1, len(drafts) + 1)
    ]
    missed = [
        Route(f"part {number}: {draft.near_misses[0].name}", instead(number - 1, near))
        for number, draft in enumerate(drafts, start=1)
        if draft.near_misses and (near := draft.near_misses[0].steps)
    ]
    other_ways = [
        Route(f"part {number}: {draft.variations[0].name}", instead(number - 1, other))
        for number, draft in enumerate(drafts, start=1)
        if draft.variations and (other := draft.variations[0].steps)
    ]
    return Draft(
        instruction=_instruction(drafts, rng),
        documents=tuple(document for draft in drafts for document in draft.documents),
        open=drafts[0].open,
        checks=_owed(drafts),
        solution=way(*solutions),
        near_misses=(*left_out, *missed[-2:]),
        variations=tuple(other_ways[-2:]),
    )


def _instruction(drafts: Sequence[Draft], rng: random.Random) -> str:
    said = [f"{_COUNTS[len(drafts)]} pieces of work are waiting, each in a file of its own."]
    said.append(f"The first is open: {drafts[0].instruction}")
    for index, draft in enumerate(drafts[1:], start=1):
        turns = _LAST if index == len(drafts) - 1 else _NEXT
        said.append(f"{rng.choice(turns).format(path=draft.open[0])} {draft.instruction}")
    return " ".join(said)


def _owed(drafts: Sequence[Draft]) -> tuple[Check, ...]:
    """The checks of all parts that can hold together at the end."""
    touched = {
        str(check.params.get("path", ""))
        for draft in drafts
        for check in draft.checks
        if not check.guard
    }
    checks: list[Check] = []
    for draft in drafts:
        total = sum(check.weight for check in draft.checks if not check.guard)
        for check in draft.checks:
            if check.check == "files.unchanged" and check.params.get("path") in touched:
                continue
            if check.check == "files.only" and _widen(checks, check):
                continue
            checks.append(check if check.guard else replace(check, weight=check.weight / total))
    paths = [document.path for draft in drafts for document in draft.documents]
    return tuple(_with_documents(check, paths) for check in checks)


def _with_documents(check: Check, paths: Sequence[str]) -> Check:
    """A `files.only` that also knows the documents of the other parts."""
    if check.check != "files.only":
        return check
    folder = PurePosixPath(str(check.params["path"]))
    names = _names(check)
    for path in map(PurePosixPath, paths):
        if path.is_relative_to(folder) and path != folder:
            name = path.relative_to(folder).parts[0]
            names += [] if name in names else [name]
    return replace(check, params={**check.params, "names": names})


def _widen(checks: list[Check], only: Check) -> bool:
    """Add the names of a `files.only` to one of the same folder; False if there is none."""
    for index, check in enumerate(checks):
        if check.check == only.check and check.params.get("path") == only.params.get("path"):
            params = {**check.params, "names": _united(check, only, "names")}
            if optional := _united(check, only, "optional"):
                params["optional"] = optional
            checks[index] = replace(check, params=params, guard=check.guard and only.guard)
            return True
    return False


def _united(one: Check, other: Check, key: str) -> list[JsonValue]:
    names = _names(one, key)
    return names + [name for name in _names(other, key) if name not in names]


def _names(check: Check, key: str = "names") -> list[JsonValue]:
    names = check.params.get(key, [])
    assert isinstance(names, list)
    return list(names)
