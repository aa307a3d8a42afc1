"""Verifiers of text documents (.odt).

Common parameters: `path` is the document, relative to home. A paragraph is found by its whole text,
blank space at its ends left out; what tracked changes delete does not count as text. A document
that is missing, broken or of another kind fails every check here.
"""

from __future__ import annotations

from typing import Literal

from gym_anything.documents.document_compare import ASPECTS, MAY, Allowed, differences, look_faults
from gym_anything.documents.embedded import Embedded
from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.documents.expect import listed as in_words
from gym_anything.documents.lines import replaced_text
from gym_anything.documents.odt import Page, TextDocument, read_odt
from gym_anything.documents.rich_text import Look, Paragraph, Table, looks_outside, looks_within
from gym_anything.errors import TaskError, VerifierError, did_you_mean
from gym_anything.verify import FinalState, Verdict

_CM_TOLERANCE = 0.06


@fails_closed(Verdict.no)
def paragraphs(state: FinalState, path: str, texts: list[str]) -> Verdict:
    """Whether the paragraphs outside of tables that are not empty are exactly these, in order.

    Args:
        state: the final state.
        path: the document.
        texts: whole texts of the paragraphs.
    """
    found = [each.text.strip() for each in _read(state, path).paragraphs if each.text.strip()]
    wanted = [text.strip() for text in texts]
    for number, (one, other) in enumerate(zip(found, wanted, strict=False), start=1):
        if one != other:
            return Verdict.no(f"paragraph {number} is {one[:80]!r}, not {other[:80]!r}")
    same = len(found) == len(wanted)
    return _verdict(same, f"{len(found)} paragraphs of {len(wanted)}")


@fails_closed(Verdict.no)
def contains(state: FinalState, path: str, text: str, count: int | None = None) -> Verdict:
    """Whether a text stands in the document, tables included.

    Args:
        state: the final state.
        path: the document.
        text: what stands within a paragraph, case and all.
        count: how often; null for at least once.
    """
    if not text:
        raise TaskError("text: must not be empty")
    found = "\n".join(_all_texts(_read(state, path))).count(text)
    right = found > 0 if count is None else found == count
    return _verdict(right, f"{text!r} is there {found} times")


@fails_closed(Verdict.no)
def replaced(
    state: FinalState, path: str, old: str, new: str, whole_words: bool = False
) -> Verdict:
    """Whether every paragraph and cell reads as at the start, with one text put for another.

    Args:
        state: the final state.
        path: the document.
        old: what stood there; the set-up document must have it.
        new: what stands there now.
        whole_words: whether `old` within a longer word stays.
    """
    before = "\n".join(_all_texts(_initial(state, path)))
    wanted = replaced_text(before, old, new, whole_words=whole_words, ignore_case=False)
    if wanted == before:
        raise TaskError(f"old: {old!r} is not in the set-up document")
    found = _all_texts(_read(state, path))
    for one, other in zip(found, wanted.split("\n"), strict=False):
        if one != other:
            return Verdict.no(f"a paragraph is {one[:120]!r}, not {other[:120]!r}")
    same = len(found) == wanted.count("\n") + 1
    return _verdict(same, f"{old!r} is now {new!r} everywhere" if same else "other paragraphs")


@fails_closed(Verdict.no)
def paragraph_style(state: FinalState, path: str, text: str, style: str) -> Verdict:
    """Whether a paragraph has a paragraph style.

    A style of the same look does not do, nor does the look without the style. Case of its name does
    not count.

    Args:
        state: the final state.
        path: the document.
        text: of the paragraph; each one of that text must have the style.
        style: name of the style as the user sees it, such as "Heading 1".
    """
    found = {each.style for each in _named(_read(state, path), text)}
    right = {name.casefold() for name in found} == {style.casefold()}
    return _verdict(right, f"{text[:60]!r} has the style {', '.join(sorted(found)) or 'none'}")


@fails_closed(Verdict.no)
def look(
    state: FinalState,
    path: str,
    text: str,
    within: str = "",
    only: bool = False,
    bold: bool | None = None,
    italic: bool | None = None,
    underline: bool | None = None,
    strike: bool | None = None,
    size_pt: float | None = None,
    font: str | None = None,
    colour: str | None = None,
    highlight: str | None = None,
) -> Verdict:
    """Whether characters look so, whether by a style or by hand; what is null is not looked at.

    Args:
        state: the final state.
        path: the document.
        text: whole text of their paragraph, outside of tables or in a cell.
        within: the characters, "" for the whole paragraph; blank space does not count.
        only: whether no other character of the paragraph may look so.
        bold: whether heavy.
        italic: whether slanted.
        underline: whether underlined.
        strike: whether struck through.
        size_pt: size in points, to a tenth.
        font: name of the font.
        colour: "#rrggbb", "" for automatic or black, "any" for any other.
        highlight: colour behind, "" for none, "any" for any.
    """
    given = {"bold": bold, "italic": italic, "underline": underline, "strike": strike}
    wanted: dict[str, object] = {
        **given,
        "size_pt": size_pt,
        "font": font,
        "colour": colour,
        "highlight": highlight,
    }
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if not wanted:
        raise TaskError("document.look: at least one thing to look at is needed")
    for paragraph in _named(_read(state, path), text):
        inside = looks_within(paragraph, within or paragraph.text)
        faults = ["is not there"] if inside is None else look_faults(inside, wanted)
        if faults:
            return Verdict.no(f"{(within or text)[:60]!r}: {in_words(faults)}")
        if only and any(not look_faults([each], wanted) for each in _rest(paragraph, within)):
            return Verdict.no(f"more than {within[:60]!r} looks so")
    return Verdict.yes(f"{(within or text)[:60]!r} looks so")


@fails_closed(Verdict.no)
def layout(
    state: FinalState,
    path: str,
    text: str,
    align: Literal["", "left", "right", "center", "justify"] = "",
    line_percent: int | None = None,
    left_cm: float | None = None,
    first_cm: float | None = None,
    breaks_before: bool | None = None,
) -> Verdict:
    """Whether a paragraph is laid out so; what is null or "" is not looked at.

    Args:
        state: the final state.
        path: the document.
        text: whole text of the paragraph.
        align: its alignment.
        line_percent: distance of its lines, 100 for single.
        left_cm: its indent in centimetres, to half a millimetre.
        first_cm: further indent of its first line.
        breaks_before: whether it starts a page.
    """
    for found in _named(_read(state, path), text):
        faults = [f"aligned {found.align}"] if align and found.align != align else []
        if line_percent is not None and found.line_percent != line_percent:
            faults.append(f"lines at {found.line_percent}%")
        for name, length, wanted in (
            ("left", found.left_cm, left_cm),
            ("first line", found.first_cm, first_cm),
        ):
            if wanted is not None and abs(length - wanted) > _CM_TOLERANCE:
                faults.append(f"{name} indent {length:g} cm")
        if breaks_before is not None and breaks_before != (found.breaks_before == "page"):
            faults.append(f"break before: {found.breaks_before or 'none'}")
        if faults:
            return Verdict.no(f"{text[:60]!r}: {in_words(faults)}")
    return Verdict.yes(f"{text[:60]!r} is laid out so")


@fails_closed(Verdict.no)
def listed(
    state: FinalState,
    path: str,
    texts: list[str],
    kind: Literal["bullet", "number"],
    level: int = 1,
) -> Verdict:
    """Whether exactly these paragraphs, one after the other, are items of a list.

    Args:
        state: the final state.
        path: the document.
        texts: whole texts of the paragraphs, in order.
        kind: with bullets or numbers.
        level: from 1.
    """
    found = _read(state, path).paragraphs
    items = [
        each.text.strip() for each in found if (each.list_kind, each.list_level) == (kind, level)
    ]
    right = items == [text.strip() for text in texts]
    return _verdict(
        right, f"items of {kind} lists: {in_words([each[:40] for each in items]) or 'none'}"
    )


@fails_closed(Verdict.no)
def table(state: FinalState, path: str, rows: list[list[str]], name: str = "") -> Verdict:
    """Whether a table has exactly these texts; blank space at the ends of a cell does not count.

    Args:
        state: the final state.
        path: the document.
        rows: texts of the cells, row by row.
        name: of the table, "" for the first.
    """
    tables = [each for each in _read(state, path).tables if name in ("", each.name)]
    if not tables:
        return Verdict.no(f"there is no table {name}")
    found = [[cell.strip() for cell in row] for row in tables[0].texts]
    for number, (one, other) in enumerate(zip(found, rows, strict=False), start=1):
        if one != [cell.strip() for cell in other]:
            return Verdict.no(f"row {number} is {one!r}, not {other!r}"[:300])
    return _verdict(len(found) == len(rows), f"{len(found)} rows of {len(rows)}")


@fails_closed(Verdict.no)
def page(
    state: FinalState,
    path: str,
    width_cm: float | None = None,
    height_cm: float | None = None,
    margins_cm: list[float] = [],  # noqa: B006
    columns: int | None = None,
    tolerance_cm: float = _CM_TOLERANCE,
) -> Verdict:
    """Whether the page style of the first page is so; what is null or empty is not looked at.

    Args:
        state: the final state.
        path: the document.
        width_cm: of the paper; larger than the height for landscape.
        height_cm: of the paper.
        margins_cm: top, right, bottom and left.
        columns: of text.
        tolerance_cm: how far a length may be off.
    """
    found = _page(_read(state, path))
    sizes = [(found.width_cm, width_cm), (found.height_cm, height_cm)]
    if margins_cm and len(margins_cm) != 4:
        raise TaskError("margins_cm: expected top, right, bottom and left")
    sizes += list(zip(found.margins_cm, margins_cm, strict=True)) if margins_cm else []
    right = all(wanted is None or abs(size - wanted) <= tolerance_cm for size, wanted in sizes)
    right = right and columns in (None, found.columns)
    shown = f"{found.width_cm:g} by {found.height_cm:g} cm, margins {found.margins_cm}"
    return _verdict(right, f"{shown}, {found.columns} columns")


@fails_closed(Verdict.no)
def strip(
    state: FinalState,
    path: str,
    where: Literal["header", "footer"],
    text: str | None = None,
    field: str = "",
    align: str = "",
) -> Verdict:
    """Whether the header or footer of the first page is there and so.

    Args:
        state: the final state.
        path: the document.
        where: which of both.
        text: what it reads, fields left out, blank space at the ends not counted; null for any.
        field: kind of a field that it must have, such as "page-number".
        align: alignment of the paragraph with that field, or of each with text; "" for any.
    """
    found = _page(_read(state, path))
    parts = found.header if where == "header" else found.footer
    if parts is None:
        return Verdict.no(f"there is no {where}")
    runs = [run for part in parts for run in part.runs]
    shown = "".join(run.text for run in runs if not run.field).strip()
    fields = [run.field for run in runs if run.field]
    right = (text is None or shown == text.strip()) and (not field or fields.count(field) == 1)
    if align:
        asked = [part for part in parts if part.text.strip()]
        if field:
            asked = [part for part in parts if any(run.field == field for run in part.runs)]
        right = right and all(part.align == align for part in asked)
    aligned = ", ".join(sorted({part.align for part in parts}))
    return _verdict(right, f"{where}: {shown!r}, fields {fields}, aligned {aligned}")


@fails_closed(Verdict.no)
def tracked(state: FinalState, path: str, left: int = 0, recording: bool | None = None) -> Verdict:
    """Whether so many tracked changes are still open.

    Args:
        state: the final state.
        path: the document.
        left: how many.
        recording: whether further changes will be tracked, null for either.
    """
    found = _read(state, path)
    right = len(found.changes) == left and recording in (None, found.tracking)
    return _verdict(right, f"{len(found.changes)} open changes, recording: {found.tracking}")


@fails_closed(Verdict.no)
def notes(
    state: FinalState,
    path: str,
    texts: list[str],
    kind: Literal["comment", "footnote", "endnote"] = "comment",
    place: str = "",
) -> Verdict:
    """Whether the comments or notes are exactly these, in order.

    Args:
        state: the final state.
        path: the document.
        texts: what they say, blank space at the ends not counted.
        kind: which.
        place: whole text of the paragraph they must all be in, "" for any; only those there count.
    """
    found = [each for each in _read(state, path).notes if each.kind == kind]
    if place:
        found = [each for each in found if each.place.strip() == place.strip()]
    said = [each.text.strip() for each in found]
    right = said == [text.strip() for text in texts]
    return _verdict(right, f"{kind}s: {in_words([each[:60] for each in said]) or 'none'}")


@fails_closed(Verdict.no)
def pictures_gone(state: FinalState, path: str, numbers: list[int]) -> Verdict:
    """Whether some pictures of the set-up document are gone and all its others are there, in order.

    Tables, headers and footers are not looked at.

    Args:
        state: the final state.
        path: the document.
        numbers: of the pictures that must be gone, from 1 in the order of the set-up document.
    """
    before = _pictures(_initial(state, path))
    if not all(1 <= number <= len(before) for number in numbers):
        raise TaskError(f"numbers: the set-up document has {len(before)} pictures")
    wanted = [each for number, each in enumerate(before, start=1) if number not in numbers]
    found = _pictures(_read(state, path))
    places = [before.index(each) + 1 if each in before else 0 for each in found]
    shown = in_words([f"number {place}" if place else "another" for place in places])
    return _verdict(found == wanted, f"pictures of the start that are there: {shown or 'none'}")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    texts: list[str] = [],  # noqa: B006
    looks: list[str] = [],  # noqa: B006
    may: list[str] = [],  # noqa: B006
    added: list[str] = [],  # noqa: B006
    tables: list[str] = [],  # noqa: B006
    aspects: list[str] = [],  # noqa: B006
    pictures: list[int] = [],  # noqa: B006
) -> Verdict:
    """Whether all the rest is as in the set-up document: meant as a guard.

    Looks at texts, their order and looks, styles, lists, tables, pictures and their sizes, page,
    header, footer, comments, notes and tracked changes. Empty paragraphs at the end do not count.

    Args:
        state: the final state.
        path: the document.
        texts: paragraphs of the start that may be changed in any way, moved or gone.
        looks: paragraphs of the start whose looks, style and list may change, nothing else.
        may: what of these: "bold", "italic", "underline", "strike", "size_pt", "font", "colour",
            "highlight", "position", "style", "align", "list", "break", "indent", "spacing"; empty
            for all of it.
        added: texts of paragraphs that may be new; where others may go, they must look like them.
        tables: names of tables whose words and size may change.
        aspects: "page", "header", "footer", "comments", "notes", "changes", "indexes".
        pictures: numbers of pictures that may be gone, as in `pictures_gone`.
    """
    unknown = set(aspects) - set(ASPECTS)
    if unknown:
        raise TaskError(did_you_mean("aspect", sorted(unknown)[0], ASPECTS))
    for name in may:
        if name not in MAY:
            raise TaskError(did_you_mean("part of a look", name, MAY))
    before = _initial(state, path)
    there = _pictures(before)
    if not all(1 <= number <= len(there) for number in pictures):
        raise TaskError(f"pictures: the set-up document has {len(there)}")
    allowed = Allowed(
        *(frozenset(texts), frozenset(looks), frozenset(may), frozenset(added)),
        *(frozenset(tables), frozenset(aspects)),
        frozenset(there[number - 1] for number in pictures),
    )
    changes = differences(before, _read(state, path), allowed)
    if changes:
        return Verdict.no(f"{len(changes)} unwanted changes: {in_words(changes)}")
    return Verdict.yes("nothing else was changed")


def _read(state: FinalState, path: str) -> TextDocument:
    return read_odt(state.home.read_bytes(path))


def _initial(state: FinalState, path: str) -> TextDocument:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    try:
        return read_odt(state.initial[path])
    except DocumentError as error:
        raise VerifierError(f"the set-up document cannot be read: {error}") from error


def _page(document: TextDocument) -> Page:
    if not document.pages:
        raise DocumentError("the document has no page style")
    return document.pages[0]


def _every_paragraph(document: TextDocument) -> list[Paragraph]:
    found: list[Paragraph] = []
    for block in document.blocks:
        if isinstance(block, Table):
            found += [each for row in block.rows for cell in row for each in cell]
        else:
            found.append(block)
    return found


def _all_texts(document: TextDocument) -> list[str]:
    """Texts of paragraphs and cells, without the empty paragraphs at the end."""
    texts = [each.text for each in _every_paragraph(document)]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def _named(document: TextDocument, text: str) -> list[Paragraph]:
    """Paragraphs of a text. Raises DocumentError if there is none."""
    found = [each for each in _every_paragraph(document) if each.text.strip() == text.strip()]
    if not found:
        raise DocumentError(f"there is no paragraph {text[:80]!r}")
    return found


def _pictures(document: TextDocument) -> list[Embedded]:
    runs = (run for each in document.paragraphs for run in each.runs if run.change != "deletion")
    return [run.picture for run in runs if run.picture is not None]


def _rest(paragraph: Paragraph, within: str) -> list[Look]:
    return looks_outside(paragraph, within) if within else []


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
