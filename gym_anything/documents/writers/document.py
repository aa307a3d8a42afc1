"""Write an OpenDocument text (.odt), with the same bytes for the same content.

    {"blocks": [
        {"text": "Lease", "style": "Heading 1"},
        {"text": ["Rent is ", {"text": "900 €", "bold": true}], "align": "justify"},
        {"text": "Keys", "list": "bullet"},
        {"table": [["Month", "Paid"], ["May", "yes"]], "name": "Payments"}],
     "page": {"width": 21, "height": 29.7, "margin": 2, "header": "Draft", "footer": ["Page ",
        {"field": "page-number"}]}}

A run may also be {"comment": ..., "author": ...} (a comment at this place, or on "text"),
{"inserted": ..., "author": ...}, {"deleted": ..., "author": ...}, {"footnote": ...}, or outside of
headers and footers {"picture": ..., "width": 5}: a picture as the writer `picture` takes it, so
many centimetres wide, that stands in the line like a letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree
from pydantic import JsonValue

from gym_anything.documents.odt import MIME_TYPE
from gym_anything.documents.writers.document_styles import STYLES, document_styles
from gym_anything.documents.writers.odf import (
    LOOK_KEYS,
    Automatic,
    add,
    add_text,
    meta,
    package,
    root,
    take_look,
    take_runs,
)
from gym_anything.documents.writers.picture import render_picture
from gym_anything.documents.writers.shape import (
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)
from gym_anything.errors import TaskError

_DATE = "2025-01-06T09:00:00"
_BLOCK_KEYS = ("text", "style", "align", "list", "break", "indent", *LOOK_KEYS)
_TABLE_KEYS = ("table", "name", "widths", "header")
_ALIGN = {"left": "start", "right": "end", "center": "center", "justify": "justify"}
_PAGE_KEYS = ("width", "height", "margin", "header", "footer")
_GAP = "0.2cm"  # around a picture
_FIELDS = ("page-number", "page-count")


@dataclass(slots=True)
class _Body:
    """A body or a header while it is written."""

    automatic: Automatic
    changes: etree._Element | None = None
    comments: int = 0
    notes: int = 0
    tables: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    lists: dict[str, etree._Element] = field(default_factory=dict)


def write_document(content: JsonValue, path: str = "") -> bytes:
    """Write a text document.

    Args:
        content: see above.
        path: name of the file, which ends in .odt.

    Raises:
        TaskError: another shape or suffix; names the key.
    """
    if path and not path.lower().endswith(".odt"):
        raise TaskError(f"{path}: a document is written as .odt")
    fields = take_object(content, "document", ("blocks", "page"))
    tree = root("office:document-content")
    body = _Body(Automatic(add(tree, "office:automatic-styles")))
    text = add(add(tree, "office:body"), "office:text")
    blocks = take_list(fields.get("blocks"), "blocks")
    if any(_tracked(block) for block in blocks):
        body.changes = add(text, "text:tracked-changes", {"text:track-changes": "false"})
    _add_blocks(text, blocks, "blocks", body)
    styles = root("office:document-styles")
    document_styles(styles)
    _add_page(styles, fields.get("page", {}))
    parts = {"content.xml": tree, "styles.xml": styles, "meta.xml": meta()}
    return package(MIME_TYPE, parts, body.pictures)


def _tracked(block: JsonValue) -> bool:
    runs = block.get("text") if isinstance(block, dict) else None
    found = [run for run in runs if isinstance(run, dict)] if isinstance(runs, list) else []
    return any("inserted" in run or "deleted" in run for run in found)


def _add_blocks(parent: etree._Element, blocks: list[JsonValue], key: str, body: _Body) -> None:
    kind, holder = "", parent
    for at, block in enumerate(blocks):
        here = f"{key}[{at}]"
        if isinstance(block, dict) and "table" in block:
            kind = ""
            _add_table(parent, take_object(block, here, _TABLE_KEYS), here, body)
            continue
        fields: JsonValue = {"text": block} if isinstance(block, str) else block
        known = take_object(fields, here, _BLOCK_KEYS)
        wanted = (
            take_text(known["list"], f"{here}.list", ("bullet", "number"))
            if "list" in known
            else ""
        )
        if wanted != kind:
            kind = wanted
            name = {"text:style-name": "List_20_1" if kind == "bullet" else "Numbering_20_123"}
            holder = add(parent, "text:list", name) if kind else parent
        _add_paragraph(add(holder, "text:list-item") if kind else parent, known, here, body)


def _add_paragraph(
    parent: etree._Element, fields: dict[str, JsonValue], key: str, body: _Body
) -> None:
    shown = take_text(fields.get("style", "Text body"), f"{key}.style", tuple(STYLES))
    named = shown.replace(" ", "_20_")
    properties: dict[str, str] = {}
    if "align" in fields:
        properties["fo:text-align"] = _ALIGN[
            take_text(fields["align"], f"{key}.align", tuple(_ALIGN))
        ]
    if fields.get("break"):
        properties["fo:break-before"] = "page"
    if "indent" in fields:
        indent = take_number(fields["indent"], f"{key}.indent", 0, 15)
        properties["fo:margin-left"] = f"{indent:g}cm"
    look = take_look(fields, key)
    if properties or look:
        said = {"paragraph": properties, "text": look}
        named = body.automatic.style("paragraph", "P", said, parent_style_name=named)
    level = shown.removeprefix("Heading ")
    given: dict[str, object] = {"text:style-name": named}
    if level.isdigit():
        made = add(parent, "text:h", {**given, "text:outline-level": level})
    else:
        made = add(parent, "text:p", given)
    for at, run in enumerate(take_runs(fields.get("text", ""), f"{key}.text")):
        _add_run(made, run, f"{key}.text[{at}]", body)


def _add_run(parent: etree._Element, run: dict[str, JsonValue], key: str, body: _Body) -> None:
    for name in ("inserted", "deleted"):
        if name in run:
            _add_change(parent, name, run, key, body)
            return
    if "comment" in run:
        _add_comment(parent, run, key, body)
    elif "footnote" in run:
        body.notes += 1
        note = add(
            parent, "text:note", {"text:id": f"ftn{body.notes}", "text:note-class": "footnote"}
        )
        add(note, "text:note-citation").text = str(body.notes)
        inner = add(add(note, "text:note-body"), "text:p", {"text:style-name": "Footnote"})
        add_text(inner, take_text(run["footnote"], f"{key}.footnote"))
    elif "picture" in run:
        _add_picture(parent, run, key, body)
    elif "field" in run:
        name = take_text(run["field"], f"{key}.field", _FIELDS)
        add(parent, f"text:{name}").text = "1"
    else:
        look = take_look(run, key)
        holder = parent
        if "link" in run:
            href = take_text(run["link"], f"{key}.link")
            holder = add(parent, "text:a", {"xlink:type": "simple", "xlink:href": href})
        if look:
            name = body.automatic.style("text", "T", {"text": look})
            holder = add(holder, "text:span", {"text:style-name": name})
        add_text(holder, take_text(run.get("text", ""), f"{key}.text"))


def _add_comment(parent: etree._Element, run: dict[str, JsonValue], key: str, body: _Body) -> None:
    body.comments += 1
    name = {"office:name": f"__comment{body.comments}"}
    note = add(parent, "office:annotation", name)
    add(note, "dc:creator").text = take_text(run.get("author", "Author"), f"{key}.author")
    add(note, "dc:date").text = _DATE
    add_text(add(note, "text:p"), take_text(run["comment"], f"{key}.comment"))
    add_text(parent, take_text(run.get("text", ""), f"{key}.text"))
    add(parent, "office:annotation-end", name)


def _add_picture(parent: etree._Element, run: dict[str, JsonValue], key: str, body: _Body) -> None:
    """Add a frame with a picture; its name tells its number only."""
    number = len(body.pictures) + 1
    name = f"Pictures/{number}.png"
    wanted = take_number(run.get("width"), f"{key}.width", 0.5, 25)
    body.pictures[name], width, height = render_picture(run["picture"], wanted)
    stands = {"style:vertical-pos": "bottom", "style:vertical-rel": "baseline"}
    shown = {"graphic": stands | {"fo:margin-right": _GAP, "fo:margin-bottom": _GAP}}
    style = body.automatic.style("graphic", "fr", shown)
    size = {"svg:width": f"{width:g}cm", "svg:height": f"{height:g}cm"}
    place = {"draw:style-name": style, "draw:name": f"Image{number}", "draw:z-index": number - 1}
    frame = add(parent, "draw:frame", {**place, "text:anchor-type": "as-char", **size})
    link = {"xlink:type": "simple", "xlink:show": "embed", "xlink:actuate": "onLoad"}
    add(frame, "draw:image", {"xlink:href": name, **link})


def _add_change(
    parent: etree._Element, kind: str, run: dict[str, JsonValue], key: str, body: _Body
) -> None:
    if body.changes is None:
        raise wrong(key, "no tracked change here", kind)
    identity = f"ct{len(body.changes) + 1}"
    region = add(body.changes, "text:changed-region", {"text:id": identity})
    change = add(region, "text:insertion" if kind == "inserted" else "text:deletion")
    info = add(change, "office:change-info")
    add(info, "dc:creator").text = take_text(run.get("author", "Author"), f"{key}.author")
    add(info, "dc:date").text = _DATE
    text, mark = take_text(run[kind], f"{key}.{kind}"), {"text:change-id": identity}
    if kind == "inserted":
        add(parent, "text:change-start", mark)
        add_text(parent, text)
        add(parent, "text:change-end", mark)
    else:
        add_text(add(change, "text:p", {"text:style-name": "Text_20_body"}), text)
        add(parent, "text:change", mark)


def _add_table(parent: etree._Element, fields: dict[str, JsonValue], key: str, body: _Body) -> None:
    body.tables += 1
    rows = [
        take_list(row, f"{key}.table[{at}]")
        for at, row in enumerate(take_list(fields["table"], f"{key}.table"))
    ]
    columns = max((len(row) for row in rows), default=0)
    if not rows or any(len(row) != columns for row in rows):
        raise wrong(f"{key}.table", "rows of one length", len(rows))
    given = take_list(fields.get("widths", [17 / columns] * columns), f"{key}.widths")
    widths = [take_number(width, f"{key}.widths", 0.5, 25) for width in given]
    whole = {"style:width": f"{sum(widths):.3f}cm", "table:align": "left"}
    name = take_text(fields.get("name", f"Table{body.tables}"), f"{key}.name")
    style = body.automatic.style("table", "Ta", {"table": whole})
    table = add(parent, "table:table", {"table:name": name, "table:style-name": style})
    for width in widths:
        wide = {"table-column": {"style:column-width": f"{width:.3f}cm"}}
        column = body.automatic.style("table-column", "Co", wide)
        add(table, "table:table-column", {"table:style-name": column})
    border = {"table-cell": {"fo:border": "0.5pt solid #000000", "fo:padding": "0.097cm"}}
    cell_style = body.automatic.style("table-cell", "Ce", border)
    for top, row in enumerate(rows):
        line = add(table, "table:table-row")
        for left, cell in enumerate(row):
            made = add(line, "table:table-cell", {"table:style-name": cell_style})
            block = {
                "style": "Table Contents",
                **(cell if isinstance(cell, dict) else {"text": cell}),
            }
            where = f"{key}.table[{top}][{left}]"
            _add_paragraph(made, take_object(block, where, _BLOCK_KEYS), where, body)


def _add_page(styles: etree._Element, page: JsonValue) -> None:
    fields = take_object(page, "page", _PAGE_KEYS)
    width = take_number(fields.get("width", 21), "page.width", 5, 100)
    height = take_number(fields.get("height", 29.7), "page.height", 5, 100)
    margin = f"{take_number(fields.get('margin', 2), 'page.margin', 0, 10):g}cm"
    automatic = Automatic(add(styles, "office:automatic-styles"))
    layout = add(automatic.element, "style:page-layout", {"style:name": "pm1"})
    sides = {f"fo:margin-{side}": margin for side in ("top", "right", "bottom", "left")}
    across = "landscape" if width > height else "portrait"
    size = {"fo:page-width": f"{width:g}cm", "fo:page-height": f"{height:g}cm"}
    size |= {"style:print-orientation": across, "style:num-format": "1"}
    add(layout, "style:page-layout-properties", size | sides)
    strips = [name for name in ("header", "footer") if name in fields]
    for name in strips:
        gap = {
            "fo:min-height": "0cm",
            f"fo:margin-{'bottom' if name == 'header' else 'top'}": "0.5cm",
        }
        add(add(layout, f"style:{name}-style"), "style:header-footer-properties", gap)
    masters = add(styles, "office:master-styles")
    master = {"style:name": "Standard", "style:display-name": "Default Page Style"}
    made = add(masters, "style:master-page", {**master, "style:page-layout-name": "pm1"})
    for name in strips:
        strip = add(made, f"style:{name}")
        shown: dict[str, JsonValue] = {"text": fields[name], "style": name.capitalize()}
        inner = _Body(automatic)
        _add_paragraph(strip, shown, f"page.{name}", inner)
        if inner.pictures:
            raise TaskError(f"page.{name}: no picture here")
