"""Parts of an .ods or .xlsx file while a mutation edits them; used by spreadsheet.py."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping

from lxml import etree

from gym_anything.documents.safe import parse_xml
from gym_anything.documents.writers.container import pack

_LAST_ROW = re.compile(r"(\d+)(?=\D*$)")


def take_away(element: etree._Element, name: str) -> bool:
    """Remove an attribute. False if it is not there."""
    if element.get(name) is None:
        return False
    del element.attrib[name]
    return True


def shorter(formula: str) -> str:
    """A formula whose last number is one less: a row left out, another constant."""
    return _LAST_ROW.sub(lambda match: str(max(int(match[1]) - 1, 0)), formula, count=1)


def other_text(text: str, small: bool) -> str:
    """A text without its last visible character, or another text altogether."""
    stripped = text.strip()
    if small and len(stripped) > 1:
        return stripped[:-1]
    return "Something else" if stripped != "Something else" else "Another thing"


class Draft(ABC):
    """A file taken apart.

    Args:
        members: of the container, by name.
    """

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self.members = dict(members)
        self._roots: dict[str, etree._Element] = {}

    def root(self, name: str) -> etree._Element:
        """A member as XML; what is done to it goes into `data`."""
        if name not in self._roots:
            self._roots[name] = parse_xml(self.members[name], name)
        return self._roots[name]

    def data(self) -> bytes:
        """The file with all that was done to it."""
        for name, root in self._roots.items():
            self.members[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return pack(self.members)

    def rewrite(self) -> None:
        """Read and write each part of the XML."""
        for name in self.members:
            if name.endswith(".xml"):
                self.root(name)

    @abstractmethod
    def cells(self) -> list[tuple[str, etree._Element]]:
        """Cells with content and where they stand, such as "Sheet1!B7"."""

    @abstractmethod
    def rows(self) -> list[etree._Element]:
        """Rows with content."""

    @abstractmethod
    def formula(self, cell: etree._Element) -> str:
        """Its formula as the file has it, "" if it has none."""

    @abstractmethod
    def shown(self, cell: etree._Element) -> str:
        """Its content as a text that differs where the content does."""

    @abstractmethod
    def alter_value(self, cell: etree._Element, small: bool) -> bool:
        """Put a near or a far value into it. False if it cannot be done."""

    @abstractmethod
    def empty(self, cell: etree._Element) -> bool:
        """Take its content away, not its look."""

    @abstractmethod
    def drop_formula(self, cell: etree._Element) -> bool:
        """Leave the result of its formula only."""

    @abstractmethod
    def alter_formula(self, cell: etree._Element) -> bool:
        """Put another formula with another result into it. False if it cannot be done."""

    @abstractmethod
    def alter_look(self, cell: etree._Element, what: str) -> bool:
        """Change "bold", "background" or "format" of it alone. False if there is nothing to."""

    @abstractmethod
    def swap(self, first: etree._Element, second: etree._Element) -> None:
        """Exchange the content of two cells."""

    @abstractmethod
    def delete_row(self, row: etree._Element) -> None:
        """Delete a row, or all that it holds."""

    @abstractmethod
    def rename_sheet(self) -> None:
        """Give the first sheet another name."""

    @abstractmethod
    def merged(self) -> list[etree._Element]:
        """Elements that say which cells are merged."""

    @abstractmethod
    def unmerge(self) -> None:
        """Undo that."""

    @abstractmethod
    def hidden_rows(self) -> list[etree._Element]:
        """Rows with content that are not shown."""

    @abstractmethod
    def show_rows(self) -> None:
        """Show them."""

    @abstractmethod
    def chart_parts(self) -> list[str]:
        """Names of the members that hold charts."""

    @abstractmethod
    def alter_chart_kind(self) -> None:
        """Make each chart one of lines, or of columns if it is."""

    @abstractmethod
    def alter_chart_range(self) -> None:
        """Leave out the last row of each series."""

    def pictures(self) -> list[etree._Element]:
        """Frames of pictures; only .ods files are read with theirs."""
        return []

    @abstractmethod
    def lengthen_numbers(self) -> None:
        """Write each number with more digits than it needs."""

    @abstractmethod
    def change_metadata(self) -> None:
        """Change who wrote the file, and when."""

    @abstractmethod
    def loosen(self) -> None:
        """Put white space and comments where they mean nothing."""
