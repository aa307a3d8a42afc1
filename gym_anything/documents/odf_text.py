"""Read the paragraphs of OpenDocument files: those of text documents, and those of shapes.

Source: OpenDocument 1.3 part 3, chapters 5 (paragraphs), 6 (spans, notes), 7 (fields), 16 (styles).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from gym_anything.documents.embedded import Embedded, embedded_in
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.odf import (
    OdfStyles,
    attribute,
    centimetres,
    merge,
    own_properties,
    points,
    prefixed,
    qualified,
)
from gym_anything.documents.rich_text import PLAIN_LOOK, Look, Paragraph, Run, joined

MAX_PARAGRAPHS = 20_000
MAX_SPACES = 1_000  # of one text:s; a forged one asks for millions
_ALIGN = {"start": "left", "left": "left", "end": "right", "right": "right"}
_FIELDS = {
    "text:page-number": "page-number",
    "text:page-count": "page-count",
    "text:date": "date",
    "text:time": "time",
    "text:title": "title",
    "text:subject": "subject",
    "text:file-name": "file-name",
    "text:author-name": "author-name",
    "text:chapter": "chapter",
    "text:sequence": "sequence",
}
OBJECT = "\ufffc"  # stands for a picture or another object in the text


@dataclass(frozen=True, slots=True)
class Note:
    """A comment or a footnote.

    Attributes:
        text: what it says; paragraphs are joined by line breaks.
        author: of a comment.
        anchor: the text that it is attached to, "" for a place only.
        place: text of the paragraph that it is in.
        kind: "comment", "footnote" or "endnote".
        resolved: whether a comment is marked as resolved.
    """

    text: str
    author: str = ""
    anchor: str = ""
    place: str = ""
    kind: str = "comment"
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A tracked change as the file lists it."""

    kind: str
    author: str
    text: str = ""


@dataclass(slots=True)
class TextReader:
    """Reads paragraphs and gathers what hangs on them.

    Attributes:
        styles: that the part sees.
        changes: tracked changes, by id.
        members: files of the container, by name, for its pictures.
        notes: found so far.
        open_change: id of the tracked insertion that is being read, "" for none.
    """

    styles: OdfStyles
    changes: Mapping[str, Change] = field(default_factory=dict)
    members: Mapping[str, bytes] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    open_change: str = ""
    left: int = MAX_PARAGRAPHS
    _anchors: dict[str, list[str]] = field(default_factory=dict)
    _named: list[tuple[int, str]] = field(default_factory=list)

    def paragraph(self, element: etree._Element, list_kind: str = "", depth: int = 0) -> Paragraph:
        """Read a text:p or text:h; `list_kind` and `depth` tell the list that it is in."""
        self.left -= 1
        if self.left < 0:
            raise DocumentError(f"more than {MAX_PARAGRAPHS} paragraphs")
        name = attribute(element, "text:style-name")
        look = self.styles.properties("paragraph", name)
        runs: list[Run] = []
        first = len(self.notes)
        self._walk(element, dict(look), "", runs)
        runs = _folded(runs)
        made = _laid_out(Paragraph(joined(runs), list_kind=list_kind, list_level=depth), look)
        made = replace(
            made,
            style=self.styles.shown_name("paragraph", name),
            level=_level(element) if prefixed(element.tag) == "text:h" else 0,
        )
        for index in range(first, len(self.notes)):
            if not self.notes[index].place:
                self.notes[index] = replace(self.notes[index], place=made.text)
        return made

    def close_anchors(self) -> None:
        """Put the texts that comments are attached to into them, once all has been read."""
        for index, name in self._named:
            text = "".join(self._anchors.get(name, []))
            self.notes[index] = replace(self.notes[index], anchor=text)

    def _walk(
        self, element: etree._Element, look: dict[str, str], link: str, runs: list[Run]
    ) -> None:
        self._add(element.text or "", look, link, runs)
        for child in element:
            self._child(child, look, link, runs)
            self._add(child.tail or "", look, link, runs)

    def _child(
        self, child: etree._Element, look: dict[str, str], link: str, runs: list[Run]
    ) -> None:
        name = prefixed(child.tag)
        match name:
            case "text:span":
                self._walk(child, self._span_look(child, look), link, runs)
            case "text:a":
                self._walk(child, look, attribute(child, "xlink:href"), runs)
            case "text:s":
                count = attribute(child, "text:c", "1")
                spaces = int(count) if re.fullmatch(r"\d{1,6}", count) else 1
                self._put("\x00" * min(spaces, MAX_SPACES), look, link, runs)
            case "text:tab":
                self._put("\t", look, link, runs)
            case "text:line-break":
                self._put("\n", look, link, runs)
            case "text:note":
                self._note(child)
            case "office:annotation":
                self._comment(child)
            case "office:annotation-end":
                self._anchors.setdefault(f"ended {attribute(child, 'office:name')}", [])
            case "text:change-start":
                self.open_change = attribute(child, "text:change-id")
            case "text:change-end":
                self.open_change = ""
            case "text:change":
                change = self.changes.get(attribute(child, "text:change-id"))
                if change is not None and change.kind == "deletion":
                    run = Run(change.text, look_of(look), change="deletion", author=change.author)
                    runs.append(run)
            case "draw:frame":
                self._put(OBJECT, look, link, runs, embedded_in(child, self.members))
            case "draw:custom-shape" | "draw:g":
                self._put(OBJECT, look, link, runs)
            case "text:ruby":
                self._walk(child[0], look, link, runs) if len(child) else None
            case _ if name in _FIELDS:
                shown = "".join(str(part) for part in child.itertext())
                runs.append(Run(shown, look_of(look), _FIELDS[name], link))
            case "text:meta" | "text:meta-field" | "text:bookmark-ref" | "text:placeholder":
                self._walk(child, look, link, runs)

    def _span_look(self, child: etree._Element, look: dict[str, str]) -> dict[str, str]:
        over: dict[str, str] = {}
        for element in reversed(self.styles.chain("text", attribute(child, "text:style-name"))):
            merge(over, own_properties(element))
        made = dict(look)
        merge(made, over)
        return made

    def _add(self, text: str, look: dict[str, str], link: str, runs: list[Run]) -> None:
        if text:
            self._put(re.sub(r"[ \t\r\n]+", " ", text), look, link, runs)

    def _put(
        self,
        text: str,
        look: dict[str, str],
        link: str,
        runs: list[Run],
        picture: Embedded | None = None,
    ) -> None:
        change = self.changes.get(self.open_change)
        kind, author = (change.kind, change.author) if change else ("", "")
        shown = look_of(look) if picture is None else PLAIN_LOOK
        runs.append(Run(text, shown, "", link, kind, author, picture))
        for name, parts in self._anchors.items():
            if not name.startswith("ended ") and f"ended {name}" not in self._anchors:
                parts.append(text.replace("\x00", " "))

    def _note(self, element: etree._Element) -> None:
        body = element.find(qualified("text:note-body"))
        kind = attribute(element, "text:note-class", "footnote")
        text = plain_text(body) if body is not None else ""
        self.notes.append(Note(text.strip(), kind=kind))

    def _comment(self, element: etree._Element) -> None:
        creator = element.find(qualified("dc:creator"))
        author = (creator.text or "") if creator is not None else ""
        name = attribute(element, "office:name")
        resolved = attribute(element, "loext:resolved") == "true"
        if name:
            self._anchors[name] = []
            self._named.append((len(self.notes), name))
        self.notes.append(Note(plain_text(element), author, resolved=resolved))


def plain_text(element: etree._Element) -> str:
    """Text of the paragraphs below an element, joined by line breaks, without any look."""
    parts = []
    for each in element.iter(qualified("text:p"), qualified("text:h")):
        reader = TextReader(OdfStyles())
        parts.append(reader.paragraph(each).text)
    return "\n".join(parts)


def _folded(runs: list[Run]) -> list[Run]:
    """Blank space as it is shown: none at the start, one for many over the bounds of runs."""
    found, blank = [], True
    for run in runs:
        if run.change == "deletion" or run.field:
            found.append(run)
            blank = False
            continue
        text = run.text[1:] if blank and run.text.startswith(" ") else run.text
        found.append(replace(run, text=text.replace("\x00", " ")))
        blank = text.endswith(" ") if text else blank
    return found


def _level(element: etree._Element) -> int:
    level = attribute(element, "text:outline-level", "1")
    return int(level) if re.fullmatch(r"\d{1,2}", level) else 1


def _laid_out(paragraph: Paragraph, look: Mapping[str, str]) -> Paragraph:
    def length(name: str) -> float:
        return round(centimetres(look.get(f"paragraph/{name}", "")) or 0.0, 2)

    align = look.get("paragraph/fo:text-align", "start")
    height = re.fullmatch(r"(\d{1,4})%", look.get("paragraph/fo:line-height", "100%"))
    breaks = look.get("paragraph/fo:break-before", "auto")
    return replace(
        paragraph,
        align=_ALIGN.get(align, align),
        breaks_before="" if breaks == "auto" else breaks,
        left_cm=0.0 if paragraph.list_kind else length("fo:margin-left"),
        first_cm=0.0 if paragraph.list_kind else length("fo:text-indent"),
        above_cm=length("fo:margin-top"),
        below_cm=length("fo:margin-bottom"),
        line_percent=int(height[1]) if height else 0,
    )


def look_of(properties: Mapping[str, str]) -> Look:
    """The look that properties of text give."""

    def found(name: str, default: str = "") -> str:
        return properties.get(f"text/{name}", default)

    colour = found("fo:color").lower()
    if colour == "#000000" or found("style:use-window-font-color") == "true":
        colour = ""
    behind = found("fo:background-color", "transparent").lower()
    position = found("style:text-position").partition(" ")[0]
    if re.fullmatch(r"-?\d{1,3}%", position):
        position = "" if position in ("0%", "-0%") else "sub" if position[0] == "-" else "super"
    return Look(
        bold=found("fo:font-weight") in ("bold", "600", "700", "800", "900"),
        italic=found("fo:font-style", "normal") != "normal",
        underline=found("style:text-underline-style", "none") != "none",
        strike=found("style:text-line-through-style", "none") != "none",
        size_pt=points(found("fo:font-size")) or 0.0,
        font=found("style:font-name") or found("fo:font-family").strip("'\""),
        colour=colour,
        highlight="" if behind == "transparent" else behind,
        position=position if position in ("super", "sub") else "",
    )
