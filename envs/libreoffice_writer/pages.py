"""The documents of Writer's tasks, and moves and checks that many of them make."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gym_anything.documents import business
from gym_anything.intents import Steps, goal, guard, on
from gym_anything.task import (
    Await,
    Check,
    Click,
    Document,
    Drag,
    JsonValue,
    Press,
    Route,
    Target,
    Type,
)
from gym_anything.templates import Draft

Block: TypeAlias = dict[str, JsonValue]

LEFT, RIGHT = 0.09, 0.95  # of a paragraph's width, before its first and behind its last letter
_SAVE = on("Save")
_SAVE_AS: Steps = (
    Press("ctrl+shift+s"),
    Await(Target(role="file chooser", name="Save")),
    Type("copy\n"),
)

# The document -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """The document of a task.

    Attributes:
        path: relative to home.
        blocks: as the writer of documents takes them.
        page: as it takes the page.
    """

    path: str
    blocks: tuple[Block, ...]
    page: Mapping[str, JsonValue]

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    def document(self) -> Document:
        """The set-up document."""
        content: JsonValue = {"blocks": list(self.blocks), "page": dict(self.page)}
        return Document(self.path, "document", content)

    def place(self, text: str, at: tuple[float, float] = (0.12, 0.5)) -> Target:
        """A place in a paragraph: headings count apart, and a header is a paragraph too."""
        heading = str(self._block(text).get("style", "")).startswith("Heading")
        number = int("header" in self.page and not heading)
        for block in self.blocks:
            if block.get("text") == text:
                break
            style = str(block.get("style", ""))
            number += "text" in block and style.startswith("Heading") == heading
        return Target(role="heading" if heading else "paragraph", nth=number, at=at)

    def _block(self, text: str) -> Block:
        return next(block for block in self.blocks if block.get("text") == text)


def open_document(path: str) -> Steps:
    """Open another document of home.

    Args:
        path: relative to home.
    """
    name = path.rpartition("/")[2]
    chooser = Await(Target(role="file chooser", name="Open"))
    opened = Await(Target(role="frame", name=f"{name} - LibreOffice Writer"))
    return Press("ctrl+o"), chooser, Type(f"/home/user/{path}\n"), opened


def path(rng: random.Random, kind: str, *words: object) -> str:
    """A path in the folder of a kind, relative to home."""
    stem = "-".join(str(word).lower() for word in words)
    return f"Documents/{kind}/{stem}-{rng.randint(10, 99)}.odt"


def day(rng: random.Random) -> dt.date:
    """A working day."""
    return business.working_days(rng, 1, dt.date(2024, 1, 8), dt.date(2026, 6, 30))[0]


def written(day: dt.date) -> str:
    """A day as letters have it."""
    return f"{day:%-d %B %Y}"


ROOMS = ("stores", "archive", "workshop", "canteen", "front desk", "laboratory", "post room")
SUBJECTS = (
    *("deliveries", "invoices", "holiday cover", "the lifts", "parking", "key cards", "printers"),
    *("visitors", "first aid", "the heating", "waste paper", "the telephone list", "overtime"),
    *("travel costs", "the summer closure", "office plants", "the new scanner", "returns"),
)
_SENTENCES = (
    "All that has been said about {0} in the last two weeks is put together here.",
    "Questions about {0} go to {1} first, who passes them on where that is needed.",
    "As for {0}, {1} has asked the {2} for figures and expects them by the end of the month.",
    "The {2} keeps a list of {0}; whoever changes something there tells {1}.",
    "{1} reports that {0} took more time than planned, above all in the {2}.",
    "Nothing changes in {0} before {3}, and until then the {2} goes on as before.",
    "The costs of {0} came to {4} € and were shared between the {2} and the office.",
    "On {3} {1} spoke with the {2} about {0}; both sides are content with what was agreed.",
)


def prose(rng: random.Random, subject: str, count: int) -> str:
    """Some sentences about a subject."""
    chosen = rng.sample(_SENTENCES, count)
    return " ".join(
        each.format(
            subject,
            business.people(rng, 1)[0].name,
            rng.choice(ROOMS),
            written(day(rng)),
            f"{rng.randint(40, 980)}.{rng.choice((0, 50)):02d}",
        )
        for each in chosen
    )


# Steps, checks and drafts -------------------------------------------------------------------------


def into(text: Text, paragraph: str) -> Click:
    """Put the caret into a paragraph, by its text."""
    return Click(text.place(paragraph))


def line(text: Text, paragraph: str) -> Steps:
    """Select a paragraph of one line by keys."""
    return into(text, paragraph), Press("Home"), Press("shift+End")


def mark(text: Text, first: str, last: str) -> Steps:
    """Select from the start of a paragraph to the end of another with the pointer."""
    start, end = text.place(first, (LEFT, 0.35)), text.place(last, (RIGHT, 0.5))
    return (Drag(start, end),)


def check(name: str, text: Text, /, weight: float = 1.0, **params: JsonValue) -> Check:
    """A goal about the document."""
    return goal(f"document.{name}", weight, path=text.path, **params)


def draft(
    text: Text,
    instruction: str,
    goals: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
    **may_change: JsonValue,
) -> Draft:
    """A draft whose solution, near misses and variations are given up to the saving.

    Two more near misses do not save, or under another name. `may_change` is what the guard
    `document.unchanged_except` takes.
    """
    folder = text.path.rpartition("/")[0]
    alone = guard("files.only", path=folder, names=[text.name])
    tidy = guard("files.only", path="Documents", names=[folder.rpartition("/")[2]])
    kept = guard("document.unchanged_except", path=text.path, **may_change)
    misses = [Route(name, (*steps, _SAVE)) for name, steps in wrong.items()]
    misses += [Route("not saved", does), Route("under another name", (*does, *_SAVE_AS))]
    return Draft(
        instruction=f"{instruction} Then save the document.",
        documents=(text.document(),),
        open=(text.path,),
        checks=(*goals, kept, alone, tidy),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(Route(name, (*steps, Press("ctrl+s"))) for name, steps in ways.items()),
    )
