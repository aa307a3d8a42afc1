"""Text with its looks: the characters and paragraphs of text documents and presentations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gym_anything.documents.embedded import Embedded


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look.

    Attributes:
        bold: whether heavy.
        italic: whether slanted.
        underline: whether underlined.
        strike: whether struck through.
        size_pt: size in points, 0 if nothing says.
        font: name of the font, "" if nothing says.
        colour: "#rrggbb", "" for the automatic one and black.
        highlight: colour behind the characters, "" for none.
        position: "super", "sub" or "".
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    size_pt: float = 0.0
    font: str = ""
    colour: str = ""
    highlight: str = ""
    position: str = ""


PLAIN_LOOK = Look()


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look.

    Attributes:
        text: the characters; line breaks and tabs are characters too.
        look: how they look.
        field: kind of a field that shows them, such as "page-number"; "" for plain text.
        link: what a click leads to, "" for nothing.
        change: "insertion" or "deletion" while tracked, else "".
        author: of the tracked change.
        picture: that stands here, None for characters and other objects.
    """

    text: str
    look: Look = PLAIN_LOOK
    field: str = ""
    link: str = ""
    change: str = ""
    author: str = ""
    picture: Embedded | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or heading.

    Attributes:
        runs: its characters, those of tracked deletions included.
        style: name of its paragraph style as the user sees it.
        level: of a heading, from 1; 0 for text.
        align: "left", "right", "center" or "justify".
        list_kind: "bullet", "number" or "".
        list_level: from 1 in a list, else 0.
        breaks_before: "page", "column" or "".
        left_cm: indent on the left, outside of lists.
        first_cm: further indent of the first line.
        above_cm: space above.
        below_cm: space below.
        line_percent: distance of the lines, 100 for single; 0 if it is a length.
    """

    runs: tuple[Run, ...] = ()
    style: str = ""
    level: int = 0
    align: str = "left"
    list_kind: str = ""
    list_level: int = 0
    breaks_before: str = ""
    left_cm: float = 0.0
    first_cm: float = 0.0
    above_cm: float = 0.0
    below_cm: float = 0.0
    line_percent: int = 100

    @property
    def text(self) -> str:
        """What is read, with tracked insertions and without tracked deletions."""
        return "".join(run.text for run in self.runs if run.change != "deletion")


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: as the application calls it.
        rows: paragraphs of the cells; covered cells of merged ones are left out.
        spans: (row, column, rows, columns) of merged cells, from 0.
    """

    name: str
    rows: tuple[tuple[tuple[Paragraph, ...], ...], ...]
    spans: frozenset[tuple[int, int, int, int]] = field(default_factory=frozenset)

    @property
    def texts(self) -> list[list[str]]:
        """Texts of the cells; paragraphs are joined by line breaks."""
        return [["\n".join(each.text for each in cell) for cell in row] for row in self.rows]


def joined(runs: list[Run]) -> tuple[Run, ...]:
    """Runs with those of the same look put together and empty ones left out."""
    found: list[Run] = []
    for run in runs:
        if not run.text and not run.field:
            continue
        if found and not run.field and replace(found[-1], text="") == replace(run, text=""):
            found[-1] = replace(run, text=found[-1].text + run.text)
        else:
            found.append(run)
    return tuple(found)


def looks_within(paragraph: Paragraph, phrase: str) -> list[Look] | None:
    """Looks of the characters of a phrase, blank space left out; None if it is not there."""
    start = paragraph.text.find(phrase)
    if start < 0:
        return None
    end, at, found = start + len(phrase), 0, []
    for run in paragraph.runs:
        if run.change == "deletion":
            continue
        part = run.text[max(start - at, 0) : max(end - at, 0)]
        if part.strip():
            found.append(run.look)
        at += len(run.text)
    return found


def looks_outside(paragraph: Paragraph, phrase: str) -> list[Look]:
    """Looks of the characters around the first occurrence of a phrase, blank space left out."""
    start = paragraph.text.find(phrase)
    if start < 0:
        return [run.look for run in paragraph.runs]
    end, at, found = start + len(phrase), 0, []
    for run in paragraph.runs:
        if run.change == "deletion":
            continue
        outside = run.text[: max(start - at, 0)] + run.text[max(end - at, 0) :]
        if outside.strip():
            found.append(run.look)
        at += len(run.text)
    return found
