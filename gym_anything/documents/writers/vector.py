"""Writer of SVG drawings as Inkscape saves them: layers of simple shapes, at a zoom of the view."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pydantic import JsonValue

from gym_anything.documents.writers.shape import (
    take_flag,
    take_list,
    take_number,
    take_object,
    take_text,
    wrong,
)

_SVG = "http://www.w3.org/2000/svg"
_INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
_SODIPODI = "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
_NAMES: Any = {None: _SVG, "inkscape": _INKSCAPE, "sodipodi": _SODIPODI, "svg": _SVG}
_VERSION = "1.2.2 (b0a8486541, 2022-12-01)"  # without it older ways of measuring are assumed
_LOOK = ("fill", "stroke", "stroke_width", "dash", "opacity")
_COMMON = ("kind", "id", "label", *_LOOK)
_KEYS = {
    "rect": ("x", "y", "width", "height", "radius"),
    "ellipse": ("x", "y", "width", "height"),
    "path": ("d",),
    "text": ("x", "y", "text", "size", "bold", "anchor"),
    "group": ("shapes",),
}
_FAR = 100_000.0


def write_vector(content: JsonValue, path: str = "") -> bytes:
    """Write a drawing.

    Args:
        content: {"width", "height": of the page in px, "zoom": of the view, which shows the middle
            of the page, "layers": [{"label", "shapes"}]}. A shape has "kind", "id", "label",
            "fill", "stroke", "stroke_width", "dash", "opacity" and, by its kind: rect and ellipse
            "x", "y", "width", "height" of their box (a rect also "radius"); path "d"; text "x",
            "y" of its baseline, "text", "size", "bold", "anchor"; group "shapes". Later ones lie
            above.
        path: gives the name that the file says it has.

    Raises:
        TaskError: another shape; names the key.
    """
    parts = take_object(content, "vector", ("width", "height", "zoom", "layers"))
    width, height = (take_number(parts.get(key), key, 1, _FAR) for key in ("width", "height"))
    root = etree.Element(f"{{{_SVG}}}svg", nsmap=_NAMES)
    view = f"0 0 {width:g} {height:g}"
    _set(root, width=f"{width:g}", height=f"{height:g}", viewBox=view, version="1.1", id="drawing")
    root.set(f"{{{_INKSCAPE}}}version", _VERSION)
    root.set(f"{{{_SODIPODI}}}docname", path.rpartition("/")[2])
    zoom = take_number(parts.get("zoom", 1), "zoom", 0.05, 20)
    _add_view(root, zoom, width / 2, height / 2)
    for at, item in enumerate(take_list(parts.get("layers"), "layers")):
        layer = take_object(item, f"layers[{at}]", ("label", "shapes"))
        group = etree.SubElement(root, f"{{{_SVG}}}g", id=f"layer{at + 1}")
        group.set(f"{{{_INKSCAPE}}}groupmode", "layer")
        group.set(f"{{{_INKSCAPE}}}label", take_text(layer.get("label"), f"layers[{at}].label"))
        _add_shapes(group, layer.get("shapes"), f"layers[{at}].shapes")
    etree.indent(root)
    for text in root.iter(f"{{{_SVG}}}text"):  # where white space between tags would be shown
        text.text = None
        for span in text:
            span.tail = None
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _set(element: etree._Element, **attributes: str) -> None:
    for key, value in attributes.items():
        element.set(key, value)


def _add_view(root: etree._Element, zoom: float, x: float, y: float) -> None:
    view = etree.SubElement(root, f"{{{_SODIPODI}}}namedview", id="view")
    _set(view, pagecolor="#ffffff", bordercolor="#666666", showgrid="false")
    for key, value in (("zoom", f"{zoom:g}"), ("cx", f"{x:g}"), ("cy", f"{y:g}")):
        view.set(f"{{{_INKSCAPE}}}{key}", value)
    view.set(f"{{{_INKSCAPE}}}document-units", "px")
    view.set(f"{{{_INKSCAPE}}}current-layer", "layer1")


def _add_shapes(parent: etree._Element, shapes: JsonValue, key: str) -> None:
    for at, item in enumerate(take_list(shapes, key)):
        where = f"{key}[{at}]"
        kind = take_text(item.get("kind") if isinstance(item, dict) else None, f"{where}.kind")
        if kind not in _KEYS:
            raise wrong(f"{where}.kind", " or ".join(_KEYS), kind)
        _add_shape(parent, kind, take_object(item, where, (*_COMMON, *_KEYS[kind])), where)


def _add_shape(parent: etree._Element, kind: str, parts: dict[str, JsonValue], key: str) -> None:
    tag = "g" if kind == "group" else kind
    element = etree.SubElement(
        parent, f"{{{_SVG}}}{tag}", id=take_text(parts.get("id"), f"{key}.id")
    )
    if "label" in parts:
        element.set(f"{{{_INKSCAPE}}}label", take_text(parts["label"], f"{key}.label"))
    style = _style(parts, key)
    if kind == "group":
        _add_shapes(element, parts.get("shapes"), f"{key}.shapes")
    elif kind == "path":
        element.set("d", take_text(parts.get("d"), f"{key}.d"))
    elif kind == "text":
        style |= _fill_text(element, parts, key)
    else:
        _fill_box(element, kind, parts, key)
    if style:
        element.set("style", ";".join(f"{name}:{value}" for name, value in style.items()))


def _style(parts: dict[str, JsonValue], key: str) -> dict[str, str]:
    style: dict[str, str] = {
        name: take_text(parts[name], f"{key}.{name}")
        for name in ("fill", "stroke")
        if name in parts
    }
    for name, low, high in (("stroke_width", 0.0, 1_000.0), ("opacity", 0.0, 1.0)):
        if name in parts:
            value = take_number(parts[name], f"{key}.{name}", low, high)
            style[name.replace("_", "-")] = f"{value:g}"
    if "dash" in parts:
        style["stroke-dasharray"] = take_text(parts["dash"], f"{key}.dash")
    return style


def _fill_box(element: etree._Element, kind: str, parts: dict[str, JsonValue], key: str) -> None:
    x, y, width, height = (
        take_number(parts.get(name), f"{key}.{name}", -_FAR, _FAR)
        for name in ("x", "y", "width", "height")
    )
    if kind == "rect":
        values = {"x": x, "y": y, "width": width, "height": height}
        if "radius" in parts:
            values["rx"] = values["ry"] = take_number(parts["radius"], f"{key}.radius", 0, _FAR)
    else:
        values = {"cx": x + width / 2, "cy": y + height / 2, "rx": width / 2, "ry": height / 2}
    _set(element, **{name: f"{value:.10g}" for name, value in values.items()})


def _fill_text(element: etree._Element, parts: dict[str, JsonValue], key: str) -> dict[str, str]:
    """Put lines into a text; returns the style of its font."""
    x, y = (take_number(parts.get(name), f"{key}.{name}", -_FAR, _FAR) for name in ("x", "y"))
    size = take_number(parts.get("size", 16), f"{key}.size", 1, 1_000)
    anchor = take_text(parts.get("anchor", "start"), f"{key}.anchor", ("start", "middle", "end"))
    _set(element, x=f"{x:g}", y=f"{y:g}")
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    lines = take_text(parts.get("text"), f"{key}.text").split("\n")
    for at, line in enumerate(lines):
        span: Any = etree.SubElement(element, f"{{{_SVG}}}tspan", id=f"{element.get('id')}-{at}")
        _set(span, x=f"{x:g}", y=f"{y + 1.25 * size * at:g}")
        span.set(f"{{{_SODIPODI}}}role", "line")
        span.text = line
    bold = take_flag(parts.get("bold", False), f"{key}.bold")
    return {
        "font-size": f"{size:g}px",
        "font-family": "'DejaVu Sans'",
        "font-weight": "bold" if bold else "normal",
        "line-height": "1.25",
        "text-anchor": anchor,
    }
