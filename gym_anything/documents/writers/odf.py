"""Write the XML of OpenDocument texts and presentations: elements, text with looks, styles.

Used by the writers `document` and `presentation`.

Source: OpenDocument 1.3 part 3, chapters 3 (packages), 6 (text) and 16 (styles).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree
from pydantic import JsonValue

from gym_anything.documents.odf import NAMESPACES, qualified
from gym_anything.documents.writers.container import pack
from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)
from gym_anything.errors import TaskError

LOOK_KEYS = ("bold", "italic", "underline", "strike", "size", "colour", "highlight")
_VERSION = "1.3"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_FLAGS = {
    "bold": {"fo:font-weight": "bold"},
    "italic": {"fo:font-style": "italic"},
    "underline": {"style:text-underline-style": "solid", "style:text-underline-width": "auto"},
    "strike": {"style:text-line-through-style": "solid"},
}


def root(name: str) -> etree._Element:
    """A root element of a prefixed name."""
    made = etree.Element(qualified(name), nsmap=NAMESPACES)
    made.set(qualified("office:version"), _VERSION)
    return made


def add(
    parent: etree._Element, name: str, attributes: Mapping[str, object] | None = None
) -> etree._Element:
    """Append a child of a prefixed name."""
    made = etree.SubElement(parent, qualified(name))
    for key, value in (attributes or {}).items():
        made.set(qualified(key), str(value))
    return made


def add_text(parent: etree._Element, text: str) -> None:
    """Append characters; tabs, breaks and further spaces are elements, as XML would fold them.

    Raises:
        TaskError: a control character, which XML has not.
    """
    if _CONTROL.search(text):
        raise TaskError(f"text: a control character in {text[:60]!r}")
    for part in re.split(r"(\t|\n|^ +| +$|(?<= ) +)", text):
        if part == "\t":
            add(parent, "text:tab")
        elif part == "\n":
            add(parent, "text:line-break")
        elif part and not part.strip(" "):
            add(parent, "text:s", {"text:c": len(part)})
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + part
        else:
            parent.text = (parent.text or "") + part


@dataclass(slots=True)
class Automatic:
    """Automatic styles made so far, each once.

    Attributes:
        element: office:automatic-styles.
        names: names by family and what the style says.
    """

    element: etree._Element
    names: dict[tuple[object, ...], str] = field(default_factory=dict)

    def style(
        self,
        family: str,
        prefix: str,
        properties: Mapping[str, Mapping[str, str]],
        **attributes: str,
    ) -> str:
        """Name of a style.

        Args:
            family: of the style, such as "paragraph".
            prefix: of its name.
            properties: attributes by kind: {"text": {"fo:font-weight": "bold"}}.
            **attributes: of the style, "_" for "-": parent_style_name.
        """
        said = {kind: tuple(sorted(each.items())) for kind, each in properties.items() if each}
        key = (family, tuple(sorted(said.items())), tuple(sorted(attributes.items())))
        if key not in self.names:
            name = f"{prefix}{sum(known[0] == family for known in self.names) + 1}"
            self.names[key] = name
            given = {f"style:{each.replace('_', '-')}": text for each, text in attributes.items()}
            made = {"style:name": name, "style:family": family, **given}
            style = add(self.element, "style:style", made)
            for kind, pairs in said.items():
                add(style, f"style:{kind}-properties", dict(pairs))
        return self.names[key]


def take_look(fields: Mapping[str, JsonValue], key: str) -> dict[str, str]:
    """Attributes of text that `LOOK_KEYS` of an object ask for. Raises TaskError."""
    found: dict[str, str] = {}
    for name, attributes in _FLAGS.items():
        if take_flag(fields.get(name, False), f"{key}.{name}"):
            found |= attributes
    if "size" in fields:
        found["fo:font-size"] = f"{take_number(fields['size'], f'{key}.size', 4, 200):g}pt"
    for name, attribute in (("colour", "fo:color"), ("highlight", "fo:background-color")):
        if name in fields:
            colour = take_text(fields[name], f"{key}.{name}")
            if not _COLOUR.fullmatch(colour):
                raise wrong(f"{key}.{name}", "a colour such as #c00000", colour)
            found[attribute] = colour
    return found


def take_runs(value: JsonValue, key: str) -> list[dict[str, JsonValue]]:
    """Runs of a paragraph: a text alone is one run. Raises TaskError."""
    runs = take_list(value, key) if not isinstance(value, str) else [value]
    return [
        {"text": run} if isinstance(run, str) else take_object(run, f"{key}[{at}]", _RUN_KEYS)
        for at, run in enumerate(runs)
    ]


_RUN_KEYS = (
    *("text", *LOOK_KEYS, "field", "link", "comment", "author", "inserted", "deleted"),
    *("footnote", "picture", "width"),
)


def package(
    mime_type: str,
    members: Mapping[str, etree._Element],
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Pack XML files and .png pictures, by their names, as an OpenDocument file."""
    manifest = root("manifest:manifest")
    del manifest.attrib[qualified("office:version")]
    manifest.set(qualified("manifest:version"), _VERSION)
    entries: Iterable[tuple[str, str]] = (
        ("/", mime_type),
        *((each, "text/xml") for each in members),
        *((each, "image/png") for each in pictures),
    )
    for path, kind in entries:
        entry = {"manifest:full-path": path, "manifest:media-type": kind}
        add(manifest, "manifest:file-entry", entry)
    files = {name: serialised(element) for name, element in members.items()}
    files["META-INF/manifest.xml"] = serialised(manifest)
    return pack({"mimetype": mime_type.encode(), **files, **pictures})


def meta() -> etree._Element:
    """The root of meta.xml."""
    made = root("office:document-meta")
    add(add(made, "office:meta"), "meta:generator").text = "gym-anything"
    return made


def serialised(element: etree._Element) -> bytes:
    """UTF-8 with a declaration."""
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8"))
