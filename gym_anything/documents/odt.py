"""Read OpenDocument text documents (.odt).

Source: OpenDocument 1.3 part 3, chapters 4 (structure), 5 (lists, tracked changes), 9 (tables).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.odf import (
    OdfPackage,
    OdfStyles,
    attribute,
    centimetres,
    open_package,
    prefixed,
    qualified,
)
from gym_anything.documents.odf_text import Change, Note, TextReader, plain_text
from gym_anything.documents.rich_text import Paragraph, Table

MIME_TYPE = "application/vnd.oasis.opendocument.text"
MAX_CELLS = 20_000
_MAX_DEPTH = 32  # of lists and sections in each other
_CONTAINERS = ("text:section", "text:index-body", "text:index-title")


@dataclass(frozen=True, slots=True)
class Page:
    """A page style in use.

    Attributes:
        name: as the user sees it.
        width_cm: of the paper.
        height_cm: of the paper.
        landscape: whether it is printed across.
        margins_cm: top, right, bottom, left.
        columns: of text.
        header: its paragraphs, None if there is none.
        footer: its paragraphs, None if there is none.
    """

    name: str
    width_cm: float = 0.0
    height_cm: float = 0.0
    landscape: bool = False
    margins_cm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    columns: int = 1
    header: tuple[Paragraph, ...] | None = None
    footer: tuple[Paragraph, ...] | None = None


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A text document.

    Attributes:
        blocks: paragraphs and tables of the body, in order.
        pages: page styles, the one of the first page first.
        notes: comments and footnotes, in order.
        changes: tracked changes that are still open.
        tracking: whether further changes will be tracked.
        indexes: kinds of the indexes, such as "table-of-content".
    """

    blocks: tuple[Paragraph | Table, ...]
    pages: tuple[Page, ...]
    notes: tuple[Note, ...] = ()
    changes: tuple[Change, ...] = ()
    tracking: bool = False
    indexes: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> list[Paragraph]:
        """Paragraphs outside of tables."""
        return [block for block in self.blocks if isinstance(block, Paragraph)]

    @property
    def tables(self) -> list[Table]:
        """Tables, in order."""
        return [block for block in self.blocks if isinstance(block, Table)]


def read_odt(data: bytes) -> TextDocument:
    """Read an .odt file.

    Raises:
        DocumentError: not an OpenDocument text, broken, hostile, or beyond a limit.
    """
    package = open_package(data, MIME_TYPE)
    body = package.content.find(f"{qualified('office:body')}/{qualified('office:text')}")
    if body is None:
        raise DocumentError("an OpenDocument text without a body")
    tracked = body.find(qualified("text:tracked-changes"))
    changes = _changes(tracked) if tracked is not None else {}
    reader = TextReader(package.body, changes, package.members)
    blocks = _Blocks(reader, package.body)
    blocks.read(body, "", 0)
    reader.close_anchors()
    tracking = tracked is not None and attribute(tracked, "text:track-changes", "true") == "true"
    return TextDocument(
        blocks=tuple(blocks.found),
        pages=_pages(package, _first_page(package, body)),
        notes=tuple(reader.notes),
        changes=tuple(changes.values()),
        tracking=tracking,
        indexes=tuple(blocks.indexes),
    )


class _Blocks:
    """Gathers the blocks of a body, a cell, a header or a footer."""

    def __init__(self, reader: TextReader, styles: OdfStyles) -> None:
        self.found: list[Paragraph | Table] = []
        self.indexes: list[str] = []
        self._reader = reader
        self._styles = styles
        self._cells = MAX_CELLS

    def read(self, element: etree._Element, list_style: str, depth: int, level: int = 0) -> None:
        """Take in the children of an element; `level` counts the lists that it is in."""
        if depth > _MAX_DEPTH:
            raise DocumentError(f"lists or sections deeper than {_MAX_DEPTH}")
        for child in element:
            name = prefixed(child.tag)
            if name in ("text:p", "text:h"):
                kind = self._kind(list_style, level) if level else ""
                self.found.append(self._reader.paragraph(child, kind, level))
            elif name == "text:list":
                style = attribute(child, "text:style-name") or list_style
                self.read(child, style, depth + 1, level + 1)
            elif name in ("text:list-item", "text:list-header"):
                self._item(child, list_style, depth, level)
            elif name == "table:table":
                self.found.append(self._table(child, depth))
            elif name in _CONTAINERS:
                self.read(child, list_style, depth + 1, level)
            elif name in ("text:change-start", "text:change-end"):
                start = name.endswith("start")
                self._reader.open_change = attribute(child, "text:change-id") if start else ""
            elif name.startswith("text:") and name.endswith(("-index", "table-of-content")):
                self.indexes.append(name.removeprefix("text:"))
                self.read(child, list_style, depth + 1, level)

    def _item(self, item: etree._Element, list_style: str, depth: int, level: int) -> None:
        """Read an item: only its first paragraph has the bullet or number."""
        before = len(self.found)
        self.read(item, list_style, depth + 1, level)
        named = prefixed(item.tag) == "text:list-item"
        for index in range(before, len(self.found)):
            block = self.found[index]
            if isinstance(block, Paragraph) and block.list_level == level:
                if not named:
                    self.found[index] = replace(block, list_kind="", list_level=0)
                named = False

    def _kind(self, list_style: str, level: int) -> str:
        style = self._styles.lists.get(list_style)
        for element in style if style is not None else ():
            if attribute(element, "text:level") == str(level):
                if prefixed(element.tag) == "text:list-level-style-number":
                    return "number" if attribute(element, "style:num-format") else ""
                return "bullet"
        return "bullet"

    def _table(self, table: etree._Element, depth: int) -> Table:
        rows: list[tuple[tuple[Paragraph, ...], ...]] = []
        spans: set[tuple[int, int, int, int]] = set()
        for row in table.iter(qualified("table:table-row")):
            if _table_of(row) is not table:
                continue
            for _ in range(_repeated(row, "table:number-rows-repeated")):
                rows.append(self._row(row, len(rows), spans, depth))
        return Table(attribute(table, "table:name"), tuple(rows), frozenset(spans))

    def _row(
        self,
        row: etree._Element,
        number: int,
        spans: set[tuple[int, int, int, int]],
        depth: int,
    ) -> tuple[tuple[Paragraph, ...], ...]:
        cells: list[tuple[Paragraph, ...]] = []
        for cell in row.iterchildren(qualified("table:table-cell")):
            high, wide = (
                _repeated(cell, f"table:number-{what}-spanned") for what in ("rows", "columns")
            )
            if (high, wide) != (1, 1):
                spans.add((number, len(cells), high, wide))
            for _ in range(_repeated(cell, "table:number-columns-repeated")):
                self._cells -= 1
                if self._cells < 0:
                    raise DocumentError(f"more than {MAX_CELLS} cells")
                inner = _Blocks(self._reader, self._styles)
                inner.read(cell, "", depth + 1)
                cells.append(tuple(each for each in inner.found if isinstance(each, Paragraph)))
        return tuple(cells)


def _table_of(row: etree._Element) -> etree._Element | None:
    return next(row.iterancestors(qualified("table:table")), None)


def _repeated(element: etree._Element, name: str) -> int:
    count = attribute(element, name, "1")
    return max(1, int(count)) if re.fullmatch(r"\d{1,4}", count) else 1


def _changes(tracked: etree._Element) -> dict[str, Change]:
    found = {}
    for region in tracked.iterchildren(qualified("text:changed-region")):
        for change in region:
            kind = prefixed(change.tag).removeprefix("text:")
            creator = next(change.iter(qualified("dc:creator")), None)
            author = (creator.text or "") if creator is not None else ""
            text = plain_text(change) if kind == "deletion" else ""
            found[attribute(region, "text:id")] = Change(kind, author, text)
    return found


def _first_page(package: OdfPackage, body: etree._Element) -> str:
    """Name of the master page of the first page."""
    for element in body.iter(qualified("text:p"), qualified("text:h"), qualified("table:table")):
        family = "table" if prefixed(element.tag) == "table:table" else "paragraph"
        prefix = "table" if family == "table" else "text"
        for style in package.body.chain(family, attribute(element, f"{prefix}:style-name")):
            name = attribute(style, "style:master-page-name")
            if name:
                return name
        break
    return "Standard"


def _pages(package: OdfPackage, first: str) -> tuple[Page, ...]:
    if package.styles is None:
        return ()
    layouts = {
        attribute(each, "style:name"): each
        for each in package.styles.iter(qualified("style:page-layout"))
    }
    found: list[tuple[bool, Page]] = []
    for master in package.styles.iter(qualified("style:master-page")):
        name = attribute(master, "style:name")
        shown = attribute(master, "style:display-name", name)
        layout = layouts.get(attribute(master, "style:page-layout-name"))
        page = Page(shown) if layout is None else _measured(shown, layout)
        page = replace(
            page,
            header=_strip(package, master, "style:header"),
            footer=_strip(package, master, "style:footer"),
        )
        found.append((name != first, page))
    return tuple(page for _, page in sorted(found, key=lambda each: each[0]))


def _measured(name: str, layout: etree._Element) -> Page:
    properties = layout.find(qualified("style:page-layout-properties"))
    if properties is None:
        return Page(name)

    def length(key: str) -> float:
        return round(centimetres(attribute(properties, key)) or 0.0, 3)

    all_round = length("fo:margin")
    top, right, bottom, left = (
        length(f"fo:margin-{side}") or all_round for side in ("top", "right", "bottom", "left")
    )
    columns = properties.find(qualified("style:columns"))
    count = attribute(columns, "fo:column-count", "1") if columns is not None else "1"
    return Page(
        name,
        width_cm=length("fo:page-width"),
        height_cm=length("fo:page-height"),
        landscape=attribute(properties, "style:print-orientation") == "landscape",
        margins_cm=(top, right, bottom, left),
        columns=max(1, int(count)) if re.fullmatch(r"\d{1,2}", count) else 1,
    )


def _strip(package: OdfPackage, master: etree._Element, name: str) -> tuple[Paragraph, ...] | None:
    element = master.find(qualified(name))
    if element is None or attribute(element, "style:display", "true") == "false":
        return None
    blocks = _Blocks(TextReader(package.pages, members=package.members), package.pages)
    blocks.read(element, "", 0)
    return tuple(each for each in blocks.found if isinstance(each, Paragraph))
