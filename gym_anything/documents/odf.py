"""What OpenDocument files of every kind share: names, packages, styles along their parents.

Source: OpenDocument 1.3 part 3, chapters 3 (packages) and 16 (styles).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.safe import parse_xml, unpack

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = {
    **{name: f"{_URN}{name}:1.0" for name in ("office", "text", "style", "table", "meta")},
    **{name: f"{_URN}{name}:1.0" for name in ("manifest", "presentation", "config", "number")},
    "fo": f"{_URN}xsl-fo-compatible:1.0",
    "svg": f"{_URN}svg-compatible:1.0",
    "draw": f"{_URN}drawing:1.0",
    "anim": f"{_URN}animation:1.0",
    "smil": f"{_URN}smil-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
PICTURE_SUFFIXES = (".png", ".jpg")
_MAX_PARENTS = 16  # styles inherit in a chain; a forged one may be a ring
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_LENGTH = re.compile(r"(-?\d{0,9}(?:\.\d{1,12})?)(cm|mm|in|pt|pc|px)")


def qualified(name: str) -> str:
    """Clark notation of a prefixed name: "text:p" is "{urn:...}p"."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def prefixed(tag: object) -> str:
    """The prefixed name of a tag or attribute in Clark notation; "" for another namespace."""
    uri, brace, local = str(tag)[1:].partition("}")
    return f"{_PREFIXES[uri]}:{local}" if brace and uri in _PREFIXES else ""


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """Attribute of a prefixed name as text."""
    return str(element.get(qualified(name), default))


def centimetres(text: str) -> float | None:
    """A length such as "2.54cm" or "1in" in centimetres, None if it is none."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or found[1] in ("", "-"):
        return None
    return float(found[1]) * _CM[found[2]]


def points(text: str) -> float | None:
    """A length in points, None if it is none."""
    found = centimetres(text)
    return None if found is None else round(found / _CM["pt"], 2)


def family_of(element: etree._Element) -> tuple[str, str]:
    """Family and name of a style."""
    return attribute(element, "style:family"), attribute(element, "style:name")


@dataclass(slots=True)
class OdfStyles:
    """The styles that a part of a document sees, by family and name.

    Attributes:
        named: common styles, which have a name that a user sees.
        automatic: styles of single places.
        defaults: what holds where no style says anything, by family.
        lists: list styles, by name.
    """

    named: dict[tuple[str, str], etree._Element] = field(default_factory=dict)
    automatic: dict[tuple[str, str], etree._Element] = field(default_factory=dict)
    defaults: dict[str, etree._Element] = field(default_factory=dict)
    lists: dict[str, etree._Element] = field(default_factory=dict)
    _resolved: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def add_named(self, root: etree._Element) -> None:
        """Take in the common styles of styles.xml."""
        for holder in root.findall(qualified("office:styles")):
            for element in holder.iterchildren(qualified("style:style")):
                self.named[family_of(element)] = element
            for element in holder.iterchildren(qualified("style:default-style")):
                self.defaults[attribute(element, "style:family")] = element
            self._add_lists(holder)

    def add_automatic(self, root: etree._Element) -> None:
        """Take in the automatic styles of one file."""
        for holder in root.findall(qualified("office:automatic-styles")):
            for element in holder.iterchildren(qualified("style:style")):
                self.automatic[family_of(element)] = element
            self._add_lists(holder)

    def _add_lists(self, holder: etree._Element) -> None:
        for element in holder.iterchildren(qualified("text:list-style")):
            self.lists[attribute(element, "style:name")] = element

    def chain(self, family: str, name: str) -> list[etree._Element]:
        """A style and those that it inherits from, itself first."""
        found: list[etree._Element] = []
        while name and len(found) < _MAX_PARENTS:
            element = self.automatic.get((family, name)) if not found else None
            element = self.named.get((family, name)) if element is None else element
            if element is None:
                break
            found.append(element)
            name = attribute(element, "style:parent-style-name")
        return found

    def properties(self, family: str, name: str) -> Mapping[str, str]:
        """All that a style says, such as {"text/fo:font-weight": "bold"}, defaults included."""
        key = (family, name)
        if key not in self._resolved:
            made: dict[str, str] = {}
            if family in self.defaults:
                merge(made, own_properties(self.defaults[family]))
            for element in reversed(self.chain(family, name)):
                merge(made, own_properties(element))
            self._resolved[key] = made
        return self._resolved[key]

    def shown_name(self, family: str, name: str) -> str:
        """Name, as a user sees it, of the common style that a style is or rests on."""
        for element in self.chain(family, name):
            if self.named.get(family_of(element)) is element:
                plain = attribute(element, "style:name")
                return attribute(element, "style:display-name", plain)
        return ""


def own_properties(style: etree._Element) -> dict[str, str]:
    """What a style itself says, by kind of property."""
    found = {}
    for properties in style:
        kind = prefixed(properties.tag).removeprefix("style:").removesuffix("-properties")
        for key, value in properties.attrib.items():
            name = prefixed(key)
            if name:
                found[f"{kind}/{name}"] = str(value)
    return found


def merge(into: dict[str, str], over: Mapping[str, str]) -> None:
    """Put properties over others; a size in percent is one of the size below."""
    for key, value in over.items():
        if key == "text/fo:font-size" and value.endswith("%"):
            below = points(into.get(key, "12pt")) or 12.0
            share = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)%", value)
            value = f"{below * float(share[1]) / 100:g}pt" if share else f"{below:g}pt"
        into[key] = value


@dataclass(frozen=True, slots=True)
class OdfPackage:
    """The XML of an OpenDocument file.

    Attributes:
        members: unpacked XML members and pictures, by name.
        content: root of content.xml.
        styles: root of styles.xml, None if there is none.
        body: styles that the body sees.
        pages: styles that headers, footers and master pages see.
    """

    members: Mapping[str, bytes]
    content: etree._Element
    styles: etree._Element | None
    body: OdfStyles
    pages: OdfStyles


def open_package(data: bytes, mime_type: str) -> OdfPackage:
    """Unpack an OpenDocument file of one type.

    Raises:
        DocumentError: not such a file, broken, hostile, or beyond a limit.
    """
    members = unpack(data, (".xml", "mimetype", *PICTURE_SUFFIXES))
    if members.get("mimetype", b"").strip() != mime_type.encode():
        raise DocumentError(f"not a file of the type {mime_type}")
    if "content.xml" not in members:
        raise DocumentError("an OpenDocument file without content.xml")
    content = parse_xml(members["content.xml"], "content.xml")
    _name_fonts(content)
    body, pages = OdfStyles(), OdfStyles()
    styles = None
    if "styles.xml" in members:
        styles = parse_xml(members["styles.xml"], "styles.xml")
        _name_fonts(styles)
        body.add_named(styles)
        pages.add_named(styles)
        pages.add_automatic(styles)
    body.add_automatic(content)
    return OdfPackage(members, content, styles, body, pages)


def _name_fonts(root: etree._Element) -> None:
    """Put the family in place of the name that one file has for a font."""
    key = qualified("style:font-name")
    families = {
        attribute(face, "style:name"): attribute(face, "svg:font-family").strip("'\"")
        for face in root.iter(qualified("style:font-face"))
    }
    for properties in root.iter(qualified("style:text-properties")):
        name = str(properties.get(key, ""))
        if families.get(name):
            properties.set(key, families[name])
