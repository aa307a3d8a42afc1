"""What was changed in a text document: blocks of the start against those of the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeAlias

from gym_anything.documents.embedded import Embedded
from gym_anything.documents.odt import Page, TextDocument
from gym_anything.documents.rich_text import PLAIN_LOOK, Look, Paragraph, Run, Table, joined

ASPECTS = ("page", "header", "footer", "comments", "notes", "changes", "indexes")
MAY = (
    *("bold", "italic", "underline", "strike", "size_pt", "font", "colour", "highlight"),
    *("position", "style", "align", "list", "break", "indent", "spacing"),
)
Signature: TypeAlias = tuple[object, ...]
_LENGTH_CM = 0.03  # a length is written rounded, and converted by way of inches


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may change.

    Attributes:
        texts: paragraphs of the start that may be changed in any way, moved or gone.
        looks: paragraphs of the start whose looks may change.
        may: what of their looks: attributes of `Look`, "style", "align", "list", "break", "indent",
            "spacing"; empty for all.
        added: texts of paragraphs that may be new, dressed like one that may be gone.
        tables: names of tables whose words and size may change.
        aspects: of `ASPECTS`.
        pictures: those that may be gone, wherever they are.
    """

    texts: frozenset[str] = frozenset()
    looks: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    aspects: frozenset[str] = frozenset()
    pictures: frozenset[Embedded] = frozenset()


def run_signatures(runs: tuple[Run, ...]) -> tuple[Signature, ...]:
    """Runs in a form that compares: blank space has no look, a field no text."""
    found: list[Run] = []
    for run in runs:
        blank = not run.text.strip() and found and not run.field
        run = replace(run, look=found[-1].look) if blank else run
        found.append(replace(run, look=replace(run.look, size_pt=round(run.look.size_pt, 1))))
    return tuple(
        (
            *("" if run.field else run.text, run.look, run.field, run.link),
            *(run.change, run.author, run.picture),
        )
        for run in joined(found)
    )


def _rounded(length: float) -> int:
    return round(length / _LENGTH_CM / 2)


def paragraph_signature(paragraph: Paragraph, allowed: Allowed) -> Signature:
    """A paragraph as it must stay."""
    if allowed.pictures:
        kept = (run for run in paragraph.runs if run.picture not in allowed.pictures)
        paragraph = replace(paragraph, runs=tuple(kept))
    may = allowed.may if paragraph.text in allowed.looks else frozenset()
    if not may and paragraph.text in allowed.looks:
        return ("text", paragraph.text)
    plain = {name: getattr(PLAIN_LOOK, name) for name in may if hasattr(PLAIN_LOOK, name)}
    runs = tuple(replace(run, look=replace(run.look, **plain)) for run in paragraph.runs)
    return ("paragraph", run_signatures(runs), *_layout(paragraph, may))


def _layout(paragraph: Paragraph, may: frozenset[str] = frozenset()) -> Signature:
    """What a paragraph says of itself, but for what may change of it."""
    parts: dict[str, object] = {
        "style": (paragraph.style.casefold(), paragraph.level),
        "align": paragraph.align,
        "list": (paragraph.list_kind, paragraph.list_level),
        "break": paragraph.breaks_before,
        "indent": (_rounded(paragraph.left_cm), _rounded(paragraph.first_cm)),
        "spacing": (
            *(_rounded(paragraph.above_cm), _rounded(paragraph.below_cm)),
            paragraph.line_percent,
        ),
    }
    return tuple((name, part) for name, part in parts.items() if name not in may)


def _dress(paragraph: Paragraph) -> Signature:
    """All of a paragraph but its words: its layout, and the looks that are in it."""
    looks = frozenset(run.look for run in paragraph.runs if run.text.strip())
    return (looks, _layout(paragraph))


def _block_signature(block: Paragraph | Table, allowed: Allowed) -> Signature:
    if isinstance(block, Paragraph):
        return paragraph_signature(block, allowed)
    paragraphs = [each for row in block.rows for cell in row for each in cell]
    if block.name in allowed.tables:
        return ("table", block.name, frozenset(_dress(each) for each in paragraphs if each.text))
    cells = tuple(
        tuple(tuple(paragraph_signature(each, allowed) for each in cell) for cell in row)
        for row in block.rows
    )
    return ("table", block.name, cells, block.spans)


def _shown(block: Paragraph | Table) -> str:
    if isinstance(block, Table):
        return f"table {block.name}"
    return repr(block.text[:60])


def _without_end(blocks: tuple[Paragraph | Table, ...]) -> list[Paragraph | Table]:
    """Blocks without the empty paragraphs at the end."""
    found = list(blocks)
    while found and isinstance(found[-1], Paragraph) and not found[-1].text.strip():
        found.pop()
    return found


def differences(before: TextDocument, after: TextDocument, allowed: Allowed) -> list[str]:
    """What was changed beyond what may change, in words."""
    old, new = _without_end(before.blocks), _without_end(after.blocks)
    matcher = SequenceMatcher(
        None,
        [_block_signature(block, allowed) for block in old],
        [_block_signature(block, allowed) for block in new],
        autojunk=False,
    )
    faults = []
    dresses = {
        _dress(block) for block in old if isinstance(block, Paragraph) and _may_go(block, allowed)
    }
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone = old[first:last]
        faults += [
            f"{_shown(block)} is gone or changed" for block in gone if not _may_go(block, allowed)
        ]
        spare = 0 if allowed.added else sum(_may_go(block, allowed) for block in gone)
        strange = [block for block in new[start:end] if not _may_come(block, allowed, dresses)]
        faults += [f"{_shown(block)} is new" for block in strange[spare:]]
    return faults + _aspect_faults(before, after, allowed)


def _may_go(block: Paragraph | Table, allowed: Allowed) -> bool:
    return isinstance(block, Paragraph) and block.text in allowed.texts


def _may_come(block: Paragraph | Table, allowed: Allowed, dresses: set[Signature]) -> bool:
    if not isinstance(block, Paragraph) or block.text not in allowed.added:
        return False
    return not dresses or _dress(block) in dresses


def _aspect_faults(before: TextDocument, after: TextDocument, allowed: Allowed) -> list[str]:
    def notes(document: TextDocument, comments: bool) -> list[Signature]:
        return [
            (note.kind, note.text.strip(), note.author, note.anchor, note.resolved)
            for note in document.notes
            if (note.kind == "comment") == comments
        ]

    aspects: dict[str, tuple[object, object]] = {
        "page": (_page(before), _page(after)),
        "header": (_strip(before, "header"), _strip(after, "header")),
        "footer": (_strip(before, "footer"), _strip(after, "footer")),
        "comments": (notes(before, True), notes(after, True)),
        "notes": (notes(before, False), notes(after, False)),
        "changes": (_changes(before), _changes(after)),
        "indexes": (before.indexes, after.indexes),
    }
    return [
        f"the {name} of the document changed"
        for name, (old, new) in aspects.items()
        if name not in allowed.aspects and old != new
    ]


def _changes(document: TextDocument) -> Signature:
    ordered = tuple(sorted((each.kind, each.author, each.text) for each in document.changes))
    return (ordered, document.tracking)


def _page(document: TextDocument) -> Signature:
    if not document.pages:
        return ()
    page: Page = document.pages[0]
    size = tuple(round(length, 1) for length in (page.width_cm, page.height_cm))
    margins = tuple(round(length, 1) for length in page.margins_cm)
    return (size, page.landscape, margins, page.columns)


def _strip(document: TextDocument, name: str) -> Signature:
    if not document.pages:
        return ()
    strip = document.pages[0].header if name == "header" else document.pages[0].footer
    if strip is None or not any(each.runs for each in strip):
        return ()
    return tuple(paragraph_signature(each, Allowed()) for each in strip)


def look_faults(looks: list[Look], wanted: dict[str, object]) -> list[str]:
    """What of some characters is not as wished; `wanted` holds attributes of `Look`."""
    faults = []
    for name, value in wanted.items():
        found = {getattr(look, name) for look in looks}
        if name == "size_pt" and isinstance(value, int | float):
            wrong = [each for each in found if abs(float(each) - value) > 0.11]
        elif value == "any":
            wrong = [each for each in found if not each]
        else:
            wrong = [each for each in found if each != value]
        if wrong or not looks:
            faults.append(f"{name} is {', '.join(map(str, sorted(found, key=str))) or 'nowhere'}")
    return faults
