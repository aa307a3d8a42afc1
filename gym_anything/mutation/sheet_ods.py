"""Edit an OpenDocument spreadsheet for a mutation; used by spreadsheet.py."""

from __future__ import annotations

import copy
import re

from lxml import etree

from gym_anything.documents.address import cell_name
from gym_anything.documents.ods_styles import attribute, children, qualified
from gym_anything.mutation.sheet_parts import Draft, other_text, shorter, take_away


class OdsDraft(Draft):
    """An OpenDocument spreadsheet taken apart."""

    def _tables(self) -> list[etree._Element]:
        return list(self.root("content.xml").iter(qualified("table:table")))

    def cells(self) -> list[tuple[str, etree._Element]]:
        """See Draft; a repeated cell stands once."""
        found = []
        for table in self._tables():
            row = 1
            for element in table.iter(qualified("table:table-row")):
                column = 1
                for cell in element:
                    if _has_content(cell):
                        place = f"{attribute(table, 'table:name')}!{cell_name(row, column)}"
                        found.append((place, cell))
                    column += int(attribute(cell, "table:number-columns-repeated", "1"))
                row += int(attribute(element, "table:number-rows-repeated", "1"))
        return found

    def rows(self) -> list[etree._Element]:
        """See Draft."""
        rows = [row for table in self._tables() for row in table.iter(qualified("table:table-row"))]
        return [row for row in rows if any(_has_content(cell) for cell in row)]

    def formula(self, cell: etree._Element) -> str:
        """See Draft."""
        return attribute(cell, "table:formula")

    def shown(self, cell: etree._Element) -> str:
        """See Draft."""
        return " ".join((*_value_attributes(cell).values(), *map(str, cell.itertext())))

    def alter_value(self, cell: etree._Element, small: bool) -> bool:
        """See Draft."""
        kind = attribute(cell, "office:value-type")
        if kind == "string":
            return self._put_text(cell, other_text("".join(map(str, cell.itertext())), small))
        if kind == "boolean":
            was = attribute(cell, "office:boolean-value")
            cell.set(qualified("office:boolean-value"), "false" if was == "true" else "true")
            return True
        if kind == "date":
            was = attribute(cell, "office:date-value")
            year = int(was[:4]) + 1 if was[:4].isdigit() else 0
            now = (
                f"{year}{was[4:]}"
                if not small
                else f"{was[:5]}{'11' if was[5:7] != '11' else '10'}-15"
            )
            cell.set(qualified("office:date-value"), now)
            return bool(year)
        return self._put_number(cell, small)

    def _put_text(self, cell: etree._Element, text: str) -> bool:
        take_away(cell, qualified("office:string-value"))
        for each in list(cell):
            cell.remove(each)
        etree.SubElement(cell, qualified("text:p")).text = text
        return True

    def _put_number(self, cell: etree._Element, small: bool) -> bool:
        was = attribute(cell, "office:value")
        if not was:
            return False
        now = float(was) + 1 if small else float(was) * 10 + 7
        cell.set(qualified("office:value"), repr(now))
        for paragraph in children(cell, "text:p")[:1]:
            for each in list(paragraph):
                paragraph.remove(each)
            paragraph.text = repr(now)
        return True

    def empty(self, cell: etree._Element) -> bool:
        """See Draft."""
        self.drop_formula(cell)
        for name in _value_attributes(cell):
            del cell.attrib[name]
        for each in list(cell):
            cell.remove(each)
        return True

    def drop_formula(self, cell: etree._Element) -> bool:
        """See Draft."""
        return take_away(cell, qualified("table:formula"))

    def alter_formula(self, cell: etree._Element) -> bool:
        """See Draft."""
        cell.set(qualified("table:formula"), shorter(self.formula(cell)))
        return self.alter_value(cell, small=False)

    def alter_look(self, cell: etree._Element, what: str) -> bool:
        """See Draft; the cell gets a style of its own."""
        root = self.root("content.xml")
        automatic = root.find(qualified("office:automatic-styles"))
        if automatic is None:
            return False
        name = attribute(cell, "table:style-name")
        old = next((s for s in automatic if name and attribute(s, "style:name") == name), None)
        if old is None:
            old = etree.Element(qualified("style:style"))
            old.set(qualified("style:family"), "table-cell")
            old.set(qualified("style:parent-style-name"), name or "Default")
        new = copy.deepcopy(old)
        new.set(qualified("style:name"), "mutated")
        if what == "format":
            if attribute(cell, "office:value-type") not in ("float", "currency", "percentage"):
                return False
            if not take_away(new, qualified("style:data-style-name")):
                return False
        elif what == "bold":
            text = _properties(new, "style:text-properties")
            bold = attribute(text, "fo:font-weight") == "bold"
            text.set(qualified("fo:font-weight"), "normal" if bold else "bold")
        else:
            _properties(new, "style:table-cell-properties").set(
                qualified("fo:background-color"), "#123456"
            )
        automatic.append(new)
        cell.set(qualified("table:style-name"), "mutated")
        return True

    def swap(self, first: etree._Element, second: etree._Element) -> None:
        """See Draft."""
        contents = [(_value_attributes(cell), list(cell)) for cell in (first, second)]
        for cell in (first, second):
            self.empty(cell)
        for cell, (values, parts) in zip((second, first), contents, strict=True):
            for key, value in values.items():
                cell.set(key, value)
            cell.extend(parts)

    def delete_row(self, row: etree._Element) -> None:
        """See Draft; what stood below moves up."""
        parent = row.getparent()
        assert parent is not None
        parent.remove(row)

    def rename_sheet(self) -> None:
        """See Draft."""
        self._tables()[0].set(qualified("table:name"), "Mutated")

    def merged(self) -> list[etree._Element]:
        """See Draft."""
        names = ("table:number-columns-spanned", "table:number-rows-spanned")
        cells = self.root("content.xml").iter(qualified("table:table-cell"))
        return [cell for cell in cells if any(attribute(cell, name, "1") != "1" for name in names)]

    def unmerge(self) -> None:
        """See Draft."""
        for cell in self.merged():
            for name in ("table:number-columns-spanned", "table:number-rows-spanned"):
                take_away(cell, qualified(name))
        for cell in list(self.root("content.xml").iter(qualified("table:covered-table-cell"))):
            cell.tag = qualified("table:table-cell")

    def hidden_rows(self) -> list[etree._Element]:
        """See Draft."""
        return [
            row for row in self.rows() if attribute(row, "table:visibility", "visible") != "visible"
        ]

    def show_rows(self) -> None:
        """See Draft."""
        for row in self.hidden_rows():
            del row.attrib[qualified("table:visibility")]

    def chart_parts(self) -> list[str]:
        """See Draft."""
        return [
            name
            for name, data in self.members.items()
            if name.endswith("/content.xml") and b"chart:chart " in data
        ]

    def alter_chart_kind(self) -> None:
        """See Draft."""
        for name in self.chart_parts():
            for element in self.root(name).iter(qualified("chart:chart")):
                line = attribute(element, "chart:class") == "chart:line"
                element.set(qualified("chart:class"), "chart:bar" if line else "chart:line")

    def alter_chart_range(self) -> None:
        """See Draft."""
        for name in self.chart_parts():
            for element in self.root(name).iter(qualified("chart:series")):
                key = qualified("chart:values-cell-range-address")
                element.set(key, shorter(str(element.get(key, ""))))

    def pictures(self) -> list[etree._Element]:
        """See Draft."""
        frames = self.root("content.xml").iter(qualified("draw:frame"))
        return [each for each in frames if each.find(qualified("draw:object")) is None]

    def lengthen_numbers(self) -> None:
        """See Draft."""
        for element in self.root("content.xml").iter(qualified("table:table-cell")):
            value = attribute(element, "office:value")
            if re.fullmatch(r"-?\d+\.\d+", value):
                element.set(qualified("office:value"), f"{value}00")
            elif re.fullmatch(r"-?\d+", value):
                element.set(qualified("office:value"), f"{value}.000")

    def change_metadata(self) -> None:
        """See Draft."""
        self.members["meta.xml"] = (
            b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
            b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:meta/>'
            b"</office:document-meta>"
        )

    def loosen(self) -> None:
        """See Draft."""
        for row in self.root("content.xml").iter(qualified("table:table-row")):
            row.tail = "\n    "
            row.append(etree.Comment("row"))


def _has_content(cell: etree._Element) -> bool:
    return (
        cell.tag == qualified("table:table-cell")
        and bool(_value_attributes(cell))
        or (
            cell.tag == qualified("table:table-cell")
            and any("".join(map(str, p.itertext())) for p in children(cell, "text:p"))
        )
    )


def _value_attributes(cell: etree._Element) -> dict[str, str]:
    office = qualified("office:value")[: -len("value")]
    return {
        str(key): str(value) for key, value in cell.attrib.items() if str(key).startswith(office)
    }


def _properties(style: etree._Element, name: str) -> etree._Element:
    found = style.find(qualified(name))
    return found if found is not None else etree.SubElement(style, qualified(name))
