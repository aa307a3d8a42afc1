"""Verifiers of technical drawings: .dxf, read by geometry.

Common parameters: `path` is the file, relative to home. A wish says what a shape should be, as an
object with "kind" and any of the keys of `drawing_compare.Wish`: "layer", "colour", "points",
"center", "radius", "numbers", "text", "variant", "measure", "ends", "within", "tolerance". Lengths
are in drawing units, colours numbers of AutoCAD's index. A file that is missing or cannot be read
fails every check here.
"""

from __future__ import annotations

import dataclasses
from typing import TypeAlias

from pydantic import JsonValue

from gym_anything.documents.drawing import Drawing, read_drawing
from gym_anything.documents.drawing_compare import Allowed, Wish, describe, differences, fitting
from gym_anything.documents.errors import DocumentError, fails_closed
from gym_anything.errors import TaskError, VerifierError, did_you_mean
from gym_anything.verify import FinalState, Verdict

WishData: TypeAlias = dict[str, JsonValue]


@fails_closed(Verdict.no)
def has(state: FinalState, path: str, wish: WishData, count: int | None = None) -> Verdict:
    """Whether the drawing has a shape as wished.

    Accepts a line drawn from either end, a side of a polyline for the kind "segment", and a colour
    by layer or of its own. Refuses a shape that only nearly fits.

    Args:
        state: the final state.
        path: the drawing.
        wish: what the shape should be.
        count: how many there are exactly, null for at least one; 0 for none.
    """
    drawing = _read(state, path)
    wanted = _wish(wish)
    found = fitting(drawing, wanted)
    right = len(found) >= 1 if count is None else len(found) == count
    if found:
        listed = "; ".join(map(describe, found[:3]))
        return Verdict(float(right), f"{len(found)} such: {listed}")
    alike = [shape for shape in drawing.shapes if shape.kind == wanted.kind]
    near = "; ".join(map(describe, alike[-4:])) or "none at all"
    return Verdict(float(right), f"none such; of the kind {wanted.kind} are the last: {near}")


@fails_closed(Verdict.no)
def layer(
    state: FinalState,
    path: str,
    name: str,
    exists: bool = True,
    colour: int | None = None,
    hidden: bool | None = None,
    locked: bool | None = None,
) -> Verdict:
    """Whether a layer is as it should be; null is not looked at.

    Args:
        state: the final state.
        path: the drawing.
        name: of the layer, in any case.
        exists: whether there should be one at all; if not, nothing else is asked.
        colour: number of its colour.
        hidden: whether it is off or frozen.
        locked: whether what is on it can be changed.
    """
    drawing = _read(state, path)
    found = drawing.layers.get(name.casefold())
    if found is None:
        names = ", ".join(each.name for each in drawing.layers.values())
        return Verdict(float(not exists), f"no layer {name}; there is {names}")
    evidence = (
        f"layer {found.name}: colour {found.colour}, {'hidden' if found.hidden else 'shown'}, "
        f"{'locked' if found.locked else 'not locked'}"
    )
    wanted = {"colour": colour, "hidden": hidden, "locked": locked}
    right = exists and all(
        value is None or getattr(found, key) == value for key, value in wanted.items()
    )
    return Verdict(float(right), evidence)


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    removed: list[WishData] = [],  # noqa: B006
    added: list[WishData] = [],  # noqa: B006
    layers: list[str] = [],  # noqa: B006
    blocks: bool = False,
) -> Verdict:
    """Whether all the rest is as in the set-up document: meant as a guard.

    Looks at geometry, layer, colour, line type, text, layers and blocks. Accepts another order of
    entities, lines from the other end, and the layer of dimension points. A shape that was moved or
    changed counts as removed and added.

    Args:
        state: the final state.
        path: the drawing.
        removed: wishes that shapes of the start fit which may be gone or changed.
        added: wishes that new or changed shapes fit.
        layers: names of layers that may be new, gone or changed.
        blocks: whether blocks may be new.
    """
    allowed = Allowed(
        removed=tuple(map(_wish, removed)),
        added=tuple(map(_wish, added)),
        layers=tuple(layers),
        blocks=blocks,
    )
    changes = differences(_initial(state, path), _read(state, path), allowed)
    if changes:
        shown = "; ".join(changes[:5])
        return Verdict.no(f"{len(changes)} unwanted changes: {shown}")
    return Verdict.yes("nothing else was changed")


_LISTS = ("center", "numbers", "within")
_FIELDS = {field.name for field in dataclasses.fields(Wish)}


def _wish(data: WishData) -> Wish:
    """A wish out of a task's data. Raises TaskError."""
    for key in data:
        if key not in _FIELDS:
            raise TaskError(f"wish: {did_you_mean('key', key, _FIELDS)}")
    if not isinstance(data.get("kind"), str):
        raise TaskError("wish: kind: text is needed")
    values = dict(data)
    try:
        for key in _LISTS:
            if values.get(key) is not None:
                values[key] = tuple(map(float, values[key]))  # type: ignore[assignment,arg-type]
        for key in ("points", "ends"):
            if values.get(key) is not None:
                pairs = [(float(x), float(y)) for x, y in values[key]]  # type: ignore
                values[key] = tuple(pairs)  # type: ignore[assignment]
    except (TypeError, ValueError) as error:
        raise TaskError(f"wish: points are pairs of numbers: {error}") from error
    return Wish(**values)  # type: ignore[arg-type]


def _read(state: FinalState, path: str) -> Drawing:
    return read_drawing(state.home.read_bytes(path), path)


def _initial(state: FinalState, path: str) -> Drawing:
    if path not in state.initial:
        raise TaskError(f"path: {path!r} is not among the task's documents")
    try:
        return read_drawing(state.initial[path], path)
    except DocumentError as error:
        raise VerifierError(f"the set-up document cannot be read: {error}") from error
