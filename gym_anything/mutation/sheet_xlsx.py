"""Edit an Office Open XML spreadsheet for a mutation; used by spreadsheet.py."""

from __future__ import annotations

import copy
import re

from lxml import etree

from gym_anything.documents.xlsx_styles import child, local_name, members_of
from gym_anything.mutation.sheet_parts import Draft, other_text, shorter, take_away

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class XlsxDraft(Draft):
    """An Office Open XML spreadsheet taken apart."""

    def _sheets(self) -> list[tuple[str, etree._Element]]:
        names = [name for name in self.members if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        return [(name, self.root(name)) for name in sorted(names)]

    def cells(self) -> list[tuple[str, etree._Element]]:
        """See Draft."""
        return [
            (f"{name[14:-4]}!{cell.get('r')}", cell)
            for name, root in self._sheets()
            for cell in root.iter(f"{{{_MAIN}}}c")
            if child(cell, "v") is not None or child(cell, "is") is not None
        ]

    def rows(self) -> list[etree._Element]:
        """See Draft."""
        rows = [row for _, root in self._sheets() for row in root.iter(f"{{{_MAIN}}}row")]
        return [row for row in rows if row.find(f".//{{{_MAIN}}}v") is not None]

    def formula(self, cell: etree._Element) -> str:
        """See Draft."""
        found = child(cell, "f")
        return "" if found is None else found.text or "shared"

    def shown(self, cell: etree._Element) -> str:
        """See Draft; texts that are shared have the same number."""
        return f"{cell.get('t', 'n')} {''.join(map(str, cell.itertext()))}"

    def alter_value(self, cell: etree._Element, small: bool) -> bool:
        """See Draft."""
        kind, value = cell.get("t", "n"), child(cell, "v")
        if kind in ("s", "inlineStr", "str"):
            return self._put_text(cell, other_text(self._text(cell), small))
        if value is None or not value.text or kind == "e":
            return False
        if kind == "b":
            value.text = "0" if value.text == "1" else "1"
        else:
            was = float(value.text)
            value.text = repr(was + 1 if small else was * 10 + 7)
        return True

    def _text(self, cell: etree._Element) -> str:
        value = child(cell, "v")
        if cell.get("t") == "s" and value is not None:
            items = [item for item in self._shared() if local_name(item) == "si"]
            return "".join(
                str(text.text or "") for text in items[int(value.text or 0)].iter(f"{{{_MAIN}}}t")
            )
        return "".join(map(str, cell.itertext()))

    def _shared(self) -> etree._Element:
        return self.root("xl/sharedStrings.xml")

    def _put_text(self, cell: etree._Element, text: str) -> bool:
        for name in ("v", "is"):
            found = child(cell, name)
            if found is not None:
                cell.remove(found)
        if child(cell, "f") is not None:
            cell.set("t", "str")
            etree.SubElement(cell, f"{{{_MAIN}}}v").text = text
        else:
            cell.set("t", "inlineStr")
            holder = etree.SubElement(cell, f"{{{_MAIN}}}is")
            etree.SubElement(holder, f"{{{_MAIN}}}t").text = text
        return True

    def empty(self, cell: etree._Element) -> bool:
        """See Draft."""
        for each in list(cell):
            cell.remove(each)
        take_away(cell, "t")
        return True

    def drop_formula(self, cell: etree._Element) -> bool:
        """See Draft."""
        found = child(cell, "f")
        if found is None or found.get("t") == "shared":
            return False
        cell.remove(found)
        return True

    def alter_formula(self, cell: etree._Element) -> bool:
        """See Draft."""
        found = child(cell, "f")
        if found is None or not found.text:
            return False
        found.text = shorter(found.text)
        self.alter_value(cell, small=False)  # a file may have no results
        return True

    def alter_look(self, cell: etree._Element, what: str) -> bool:
        """See Draft; the cell gets a style of its own."""
        styles = self.root("xl/styles.xml")
        formats = child(styles, "cellXfs")
        if formats is None or len(formats) <= int(cell.get("s", "0")):
            return False
        new = copy.deepcopy(formats[int(cell.get("s", "0"))])
        if what == "format":
            if cell.get("t", "n") != "n":
                return False
            new.set("numFmtId", "9" if new.get("numFmtId") != "9" else "2")  # 0%, 0.00
            new.set("applyNumberFormat", "1")
        elif what == "bold":
            self._toggle_bold(styles, new)
        else:
            self._paint(styles, new)
        formats.append(new)
        cell.set("s", str(len(formats) - 1))
        return True

    def _toggle_bold(self, styles: etree._Element, look: etree._Element) -> None:
        fonts = child(styles, "fonts")
        assert fonts is not None
        font = copy.deepcopy(fonts[int(look.get("fontId", "0"))])
        bold = child(font, "b")
        heavy = bold is not None and bold.get("val", "1") not in ("0", "false")
        if bold is not None:
            font.remove(bold)
        if not heavy:
            font.insert(0, etree.Element(f"{{{_MAIN}}}b"))
        fonts.append(font)
        look.set("fontId", str(len(fonts) - 1))
        look.set("applyFont", "1")

    def _paint(self, styles: etree._Element, look: etree._Element) -> None:
        fills = child(styles, "fills")
        assert fills is not None
        fill = etree.SubElement(fills, f"{{{_MAIN}}}fill")
        pattern = etree.SubElement(fill, f"{{{_MAIN}}}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{{{_MAIN}}}fgColor", rgb="FF123456")
        look.set("fillId", str(len(fills) - 1))
        look.set("applyFill", "1")

    def swap(self, first: etree._Element, second: etree._Element) -> None:
        """See Draft."""
        contents = [(cell.get("t"), list(cell)) for cell in (first, second)]
        for cell, (kind, parts) in zip((second, first), contents, strict=True):
            self.empty(cell)
            if kind is not None:
                cell.set("t", kind)
            cell.extend(parts)

    def delete_row(self, row: etree._Element) -> None:
        """See Draft; what stood below stays where it is."""
        for each in list(row):
            row.remove(each)

    def rename_sheet(self) -> None:
        """See Draft."""
        members_of(self.root("xl/workbook.xml"), "sheets", "sheet")[0].set("name", "Mutated")

    def merged(self) -> list[etree._Element]:
        """See Draft."""
        return [each for _, root in self._sheets() for each in root.iter(f"{{{_MAIN}}}mergeCells")]

    def unmerge(self) -> None:
        """See Draft."""
        for element in self.merged():
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    def hidden_rows(self) -> list[etree._Element]:
        """See Draft."""
        return [row for row in self.rows() if row.get("hidden") in ("1", "true")]

    def show_rows(self) -> None:
        """See Draft."""
        for row in self.hidden_rows():
            del row.attrib["hidden"]

    def chart_parts(self) -> list[str]:
        """See Draft."""
        return [name for name in self.members if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]

    def alter_chart_kind(self) -> None:
        """See Draft."""
        for name in self.chart_parts():
            for element in self.root(name).iter("{*}plotArea"):
                for plot in element:
                    if local_name(plot).endswith("Chart"):
                        space = str(plot.tag).partition("}")[0]
                        line = local_name(plot) == "lineChart"
                        plot.tag = f"{space}}}{'areaChart' if line else 'lineChart'}"

    def alter_chart_range(self) -> None:
        """See Draft."""
        for name in self.chart_parts():
            for element in self.root(name).iter("{*}val"):
                for formula in element.iter("{*}f"):
                    formula.text = shorter(formula.text or "")

    def lengthen_numbers(self) -> None:
        """See Draft."""
        for _, cell in self.cells():
            value = child(cell, "v")
            if value is not None and value.text and cell.get("t", "n") == "n":
                if re.fullmatch(r"-?\d+\.\d+", value.text):
                    value.text += "00"
                elif re.fullmatch(r"-?\d+", value.text):
                    value.text += ".000"

    def change_metadata(self) -> None:
        """See Draft."""
        self.members["docProps/core.xml"] = (
            b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp="http://schemas.'
            b'openxmlformats.org/package/2006/metadata/core-properties"/>'
        )

    def loosen(self) -> None:
        """See Draft."""
        for _, root in self._sheets():
            for row in root.iter(f"{{{_MAIN}}}row"):
                row.tail = "\n    "
                row.append(etree.Comment("row"))
