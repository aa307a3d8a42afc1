"""The common styles of the text documents that the writer makes: those of LibreOffice Writer."""

from __future__ import annotations

from lxml import etree

from gym_anything.documents.writers.odf import add

_SERIF = {"style:font-name": "Liberation Serif"}
_SANS = {"style:font-name": "Liberation Sans"}
_HEADING = {**_SANS, "fo:font-weight": "bold"}
STYLES: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "Standard": ("", {}, {}),
    "Text body": (
        "Standard",
        {"fo:margin-top": "0cm", "fo:margin-bottom": "0.25cm", "fo:line-height": "115%"},
        {},
    ),
    "Heading": (
        "Standard",
        {"fo:margin-top": "0.42cm", "fo:margin-bottom": "0.21cm", "fo:keep-with-next": "always"},
        {**_SANS, "fo:font-size": "14pt"},
    ),
    "Heading 1": ("Heading", {}, {**_HEADING, "fo:font-size": "18pt"}),
    "Heading 2": ("Heading", {}, {**_HEADING, "fo:font-size": "16pt"}),
    "Heading 3": ("Heading", {}, {**_HEADING, "fo:font-size": "14pt"}),
    "Title": ("Heading", {"fo:text-align": "center"}, {**_HEADING, "fo:font-size": "28pt"}),
    "Subtitle": ("Heading", {"fo:text-align": "center"}, {"fo:font-size": "18pt"}),
    "Quotations": ("Standard", {"fo:margin-left": "1cm", "fo:margin-right": "1cm"}, {}),
    "Header": ("Standard", {}, {}),
    "Footer": ("Standard", {}, {}),
    "Footnote": ("Standard", {}, {"fo:font-size": "10pt"}),
    "Table Contents": ("Standard", {}, {}),
}
"""Parent, properties of the paragraph and of its text, by the name that a user sees."""


def document_styles(root: etree._Element) -> None:
    """Add fonts, common styles and list styles to the root of styles.xml."""
    faces = add(root, "office:font-face-decls")
    for font, generic in (("Liberation Serif", "roman"), ("Liberation Sans", "swiss")):
        family = {"svg:font-family": f"'{font}'", "style:font-family-generic": generic}
        add(
            faces, "style:font-face", {"style:name": font, **family, "style:font-pitch": "variable"}
        )
    holder = add(root, "office:styles")
    plain = add(holder, "style:default-style", {"style:family": "paragraph"})
    add(plain, "style:paragraph-properties", {"style:tab-stop-distance": "1.25cm"})
    text = {**_SERIF, "fo:font-size": "12pt", "fo:language": "en", "fo:country": "US"}
    add(plain, "style:text-properties", text)
    for shown, (parent, paragraph, look) in STYLES.items():
        style = {"style:name": shown.replace(" ", "_20_"), "style:family": "paragraph"}
        if shown != "Standard":
            style |= {"style:display-name": shown}
            style["style:parent-style-name"] = parent.replace(" ", "_20_")
        if shown.startswith("Heading "):
            style["style:default-outline-level"] = shown.removeprefix("Heading ")
            style["style:next-style-name"] = "Text_20_body"
        made = add(holder, "style:style", style)
        for kind, properties in (("paragraph", paragraph), ("text", look)):
            if properties:
                add(made, f"style:{kind}-properties", properties)
    _add_lists(holder)


def _add_lists(holder: etree._Element) -> None:
    for shown, tag in (("List 1", "bullet"), ("Numbering 123", "number")):
        style = {"style:name": shown.replace(" ", "_20_"), "style:display-name": shown}
        made = add(holder, "text:list-style", style)
        for level in range(1, 11):
            said = {"text:level": level}
            if tag == "bullet":
                item = add(made, "text:list-level-style-bullet", {**said, "text:bullet-char": "•"})
            else:
                number = {"style:num-format": "1", "style:num-suffix": "."}
                item = add(made, "text:list-level-style-number", {**said, **number})
            mode = {"text:list-level-position-and-space-mode": "label-alignment"}
            properties = add(item, "style:list-level-properties", mode)
            label = {
                "text:label-followed-by": "listtab",
                "fo:text-indent": "-0.63cm",
                "fo:margin-left": f"{0.63 * (level + 1):.2f}cm",
            }
            add(properties, "style:list-level-label-alignment", label)
