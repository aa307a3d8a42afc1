"""Verifiers of pictures: .png, .jpg and other raster files; the layers of GIMP's .xcf.

Common parameters: `path` is the file, relative to home; `document` is the set-up picture that is
compared with, `path` itself unless given. Places are in pixels from the top left; a `box` is left,
top, width, height. A `tolerance` is of a channel, 0 to 255. What is written with loss, with another
palette or with an opaque alpha channel is the same picture. A file that is missing, broken or too
large fails every check here.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from gym_anything.documents.errors import fails_closed
from gym_anything.documents.picture import (
    Picture,
    Pixels,
    block_fault,
    box_mask,
    connected,
    grown,
    pixel_fault,
    read_picture,
)
from gym_anything.documents.xcf import Layer, LayeredPicture, read_xcf
from gym_anything.errors import TaskError
from gym_anything.verify import FinalState, Verdict

_GREY_SPREAD = 6  # channels of a grey pixel lie this close, whatever a lossy format adds


@fails_closed(Verdict.no)
def size(state: FinalState, path: str, width: int, height: int, tolerance: int = 0) -> Verdict:
    """Whether a picture has this size.

    Args:
        state: the final state.
        path: the file.
        width: in pixels.
        height: in pixels.
        tolerance: pixels that either may be off.
    """
    found = _read(state, path)
    near = abs(found.width - width) <= tolerance and abs(found.height - height) <= tolerance
    return _verdict(near, f"it is {found.width}x{found.height}")


@fails_closed(Verdict.no)
def encoded(
    state: FinalState,
    path: str,
    format: Literal["", "PNG", "JPEG", "WEBP", "GIF", "BMP"] = "",
    colours: Literal["", "grey", "colour"] = "",
    transparent: bool | None = None,
    max_bytes: int = 0,
) -> Verdict:
    """Whether a picture is stored so.

    Args:
        state: the final state.
        path: the file.
        format: by its content, whatever its name says; "" for any.
        colours: "grey" accepts what shows only greys, however it is stored; "" for any.
        transparent: whether some pixel lets through what is behind it; null for either.
        max_bytes: size of the file that it may have at most; 0 for any.
    """
    found = _read(state, path)
    grey, clear = _is_grey(found.pixels), found.transparent
    count = len(state.home.read_bytes(path))
    right = not format or found.format == format
    right = right and (not colours or grey == (colours == "grey"))
    right = right and (transparent is None or clear == transparent)
    right = right and (not max_bytes or count <= max_bytes)
    seen = f"{found.format}, {'greys' if grey else 'colours'}, {count} bytes"
    return _verdict(right, seen + (", transparent in places" if clear else ", opaque"))


@fails_closed(Verdict.no)
def cropped(
    state: FinalState,
    path: str,
    box: tuple[int, int, int, int],
    document: str = "",
    edge: int = 3,
    tolerance: float = 12,
) -> Verdict:
    """Whether a picture is this part of the set-up picture, unscaled.

    Args:
        state: the final state.
        path: the file.
        box: the part.
        document: the set-up picture.
        edge: pixels that each edge of the part may be off.
        tolerance: of the means of small blocks.
    """
    start, found = _initial(state, document or path).pixels, _read(state, path)
    x, y, width, height = box
    spare = (found.width - width, found.height - height)
    if max(map(abs, spare)) > 2 * edge:
        return Verdict.no(f"it is {found.width}x{found.height}, not about {width}x{height}")
    best = f"no part near {box} has its size"
    for left in range(max(x - edge, 0), x + edge + 1):
        for top in range(max(y - edge, 0), y + edge + 1):
            right, bottom = left + found.width, top + found.height
            if max(abs(right - x - width), abs(bottom - y - height)) > edge:
                continue
            part = start[top:bottom, left:right]
            fault = block_fault(found.pixels, part, tolerance)
            if not fault:
                return Verdict.yes(f"the part {(left, top, found.width, found.height)}")
            best = fault if part.shape == found.pixels.shape else best
    return Verdict.no(f"it is not the part {box}: {best}")


@fails_closed(Verdict.no)
def turned(
    state: FinalState,
    path: str,
    quarters: int = 0,
    mirrored: bool = False,
    document: str = "",
    tolerance: float = 12,
) -> Verdict:
    """Whether a picture is the set-up picture turned or mirrored, and nothing else.

    Args:
        state: the final state.
        path: the file.
        quarters: quarter turns clockwise, 0 to 3.
        mirrored: whether left and right are then swapped.
        document: the set-up picture.
        tolerance: of the means of small blocks.
    """
    wanted = np.rot90(_initial(state, document or path).pixels, -quarters)
    wanted = wanted[:, ::-1] if mirrored else wanted
    fault = block_fault(_read(state, path).pixels, wanted, tolerance)
    return _verdict(not fault, fault or f"turned by {90 * quarters} degrees clockwise")


@fails_closed(Verdict.no)
def scaled(
    state: FinalState,
    path: str,
    width: int,
    height: int,
    document: str = "",
    tolerance: float = 14,
    slack: int = 1,
    grey: bool = False,
) -> Verdict:
    """Whether a picture is the whole set-up picture at another size.

    Args:
        state: the final state.
        path: the file.
        width: in pixels.
        height: in pixels.
        document: the set-up picture.
        tolerance: of the means of small blocks.
        slack: pixels that the size may be off.
        grey: whether the colours were to become greys; their lightness may differ by the formula.
    """
    found = _read(state, path)
    if abs(found.width - width) > slack or abs(found.height - height) > slack:
        return Verdict.no(f"it is {found.width}x{found.height}, not {width}x{height}")
    start = _initial(state, document or path).pixels
    if grey:
        if not _is_grey(found.pixels):
            return Verdict.no("it has colours")
        start = _greyed(start)
    whole = (found.width, found.height)
    way = cv2.INTER_AREA if found.width < start.shape[1] else cv2.INTER_CUBIC
    wanted = np.asarray(cv2.resize(start, whole, interpolation=way), np.uint8)
    fault = block_fault(found.pixels, wanted, tolerance)
    return _verdict(not fault, fault or f"the whole picture at {whole[0]}x{whole[1]}")


@fails_closed(Verdict.no)
def covered(
    state: FinalState,
    path: str,
    box: tuple[int, int, int, int],
    colour: str = "",
    tolerance: int = 12,
) -> Verdict:
    """Whether everything in a box is hidden under one opaque colour.

    Args:
        state: the final state.
        path: the file.
        box: what must be hidden.
        colour: which, such as "#000000"; "" for any.
        tolerance: how far a pixel may be from it.
    """
    found = _read(state, path).pixels
    inside = found[box_mask(found, box)].astype(np.int16)
    if len(inside) < box[2] * box[3]:
        return Verdict.no("the picture does not reach over all of it")
    wanted = _rgb(colour) if colour else np.median(inside[:, :3], axis=0)
    apart = np.abs(inside[:, :3] - wanted).max(axis=1)
    bare = int(((apart > tolerance) | (inside[:, 3] < 255 - tolerance)).sum())
    shown = "#" + "".join(f"{int(each):02x}" for each in wanted)
    return _verdict(bare == 0, f"{bare} of {len(inside)} pixels are not {shown}")


@fails_closed(Verdict.no)
def filled(
    state: FinalState,
    path: str,
    at: tuple[int, int],
    colour: str,
    document: str = "",
    tolerance: int = 8,
) -> Verdict:
    """Whether the area of one colour that holds a point has another colour now, all of it.

    Its outermost pixel does not count: there tools blend.

    Args:
        state: the final state.
        path: the file.
        at: the point.
        colour: wanted, such as "#3366cc".
        document: the set-up picture, whose area it is.
        tolerance: how far a pixel may be from it.
    """
    start, found = _initial(state, document or path).pixels, _read(state, path).pixels
    if found.shape != start.shape:
        return Verdict.no(f"it is {found.shape[1]}x{found.shape[0]} now")
    inside = found[grown(connected(start, at), -1)].astype(np.int16)
    apart = np.abs(inside[:, :3] - _rgb(colour)).max(axis=1)
    off = int(((apart > tolerance) | (inside[:, 3] < 255 - tolerance)).sum())
    return _verdict(off == 0, f"{off} of {len(inside)} pixels of the area are not {colour}")


@fails_closed(Verdict.no)
def cut_out(
    state: FinalState,
    path: str,
    at: list[tuple[int, int]],
    document: str = "",
    edge: int = 2,
    tolerance: int = 16,
) -> Verdict:
    """Whether the areas of one colour that hold these points are transparent, and nothing else is.

    Around their edges tools blend, so pixels there do not count; the rest is as it was.

    Args:
        state: the final state.
        path: the file.
        at: points of the areas.
        document: the set-up picture.
        edge: pixels to either side of the edges that do not count.
        tolerance: of the areas' colour and of what stays.
    """
    start, found = _initial(state, document or path).pixels, _read(state, path).pixels
    if found.shape != start.shape:
        return Verdict.no(f"it is {found.shape[1]}x{found.shape[0]} now")
    gone = np.logical_or.reduce([connected(start, point, tolerance) for point in at])
    left = found[..., 3] > 16
    remains = int((left & grown(gone, -edge)).sum())
    if remains:
        return Verdict.no(f"{remains} pixels of the background are still there")
    fault = pixel_fault(found, start, ~grown(gone, edge), tolerance)
    return _verdict(not fault, fault or "the background is transparent, the rest as it was")


@fails_closed(Verdict.no)
def unchanged_except(
    state: FinalState,
    path: str,
    boxes: list[tuple[int, int, int, int]] = [],  # noqa: B006
    areas: list[tuple[int, int]] = [],  # noqa: B006
    document: str = "",
    tolerance: int = 10,
) -> Verdict:
    """Whether a picture is pixel by pixel the set-up picture outside of places: meant as a guard.

    Args:
        state: the final state.
        path: the file.
        boxes: that may differ.
        areas: points whose areas of one colour may differ, with two pixels around them.
        document: the set-up picture.
        tolerance: how far a pixel may be off.
    """
    start, found = _initial(state, document or path).pixels, _read(state, path).pixels
    free = np.zeros(start.shape[:2], np.bool_)
    for box in boxes:
        free |= box_mask(start, box)
    for point in areas:
        free |= grown(connected(start, point), 2)
    fault = pixel_fault(found, start, ~free, tolerance)
    return _verdict(not fault, fault or "the rest is as it was")


@fails_closed(Verdict.no)
def layer_order(state: FinalState, path: str, names: list[str]) -> Verdict:
    """Whether an .xcf has exactly these layers, from top to bottom.

    Args:
        state: the final state.
        path: the file.
        names: of the layers; space around them does not count.
    """
    found = [layer.name.strip() for layer in _layered(state, path).layers]
    return _verdict(found == names, f"from the top: {', '.join(found)}")


@fails_closed(Verdict.no)
def layer(
    state: FinalState,
    path: str,
    name: str,
    visible: bool | None = None,
    opacity: float | None = None,
    mode: str = "",
    within: tuple[int, int, int, int] | None = None,
    tolerance: float = 0.02,
) -> Verdict:
    """Whether a layer of an .xcf looks so.

    Args:
        state: the final state.
        path: the file.
        name: of the layer; there must be one of it.
        visible: whether it is shown, null for either.
        opacity: 0 to 1, null for any.
        mode: such as "multiply", "" for any.
        within: box of the picture that all its visible pixels must lie in, null for any.
        tolerance: how far the opacity may be off.
    """
    found = _named(_layered(state, path), name)
    if found is None:
        return Verdict.no(f"there is not one layer called {name!r}")
    shown = f"{found.opacity:.2f} opaque, {found.mode}, {'shown' if found.visible else 'hidden'}"
    right = visible is None or found.visible == visible
    right = right and (opacity is None or abs(found.opacity - opacity) <= tolerance)
    right = right and (not mode or found.mode == mode)
    if within is not None:
        left, top, wide, high = _inked(found)
        shown += f", at {(left, top)}, {wide}x{high}"
        x, y, width, height = within
        right = right and wide > 0 and x <= left and y <= top
        right = right and left + wide <= x + width and top + high <= y + height
    return _verdict(right, f"{name!r} is {shown}")


@fails_closed(Verdict.no)
def layers_unchanged_except(
    state: FinalState,
    path: str,
    free: dict[str, list[Literal["visible", "opacity", "mode", "place", "name", "gone"]]] = {},  # noqa: B006
    any_order: bool = False,
    renamed: dict[str, str] = {},  # noqa: B006
) -> Verdict:
    """Whether layers and their pixels are those of the set-up .xcf: meant as a guard.

    Args:
        state: the final state.
        path: the file.
        free: what may differ, by name of the layer; a layer that is "gone" need not be there.
        any_order: whether layers may lie in another order.
        renamed: new names that layers may have, by the old.
    """
    start = read_xcf(_bytes(state, path))
    found = _layered(state, path)
    if (found.width, found.height, found.base) != (start.width, start.height, start.base):
        return Verdict.no(f"the picture is {found.width}x{found.height}, {found.base}")
    old = {new: name for name, new in renamed.items()}
    names = [old.get(layer.name.strip(), layer.name.strip()) for layer in found.layers]
    wanted = [layer.name for layer in start.layers]
    may_go = {name for name, what in free.items() if "gone" in what}
    if sorted(set(names) | may_go) != sorted(set(wanted) | may_go) or len(set(names)) < len(names):
        return Verdict.no(f"the layers are {', '.join(names)}")
    if not any_order and names != [name for name in wanted if name in names]:
        return Verdict.no(f"the layers lie in another order: {', '.join(names)}")
    before = {layer.name: layer for layer in start.layers}
    for name, layer in zip(names, found.layers, strict=True):
        fault = _layer_fault(before[name], layer, free.get(name, []))
        if fault:
            return Verdict.no(f"{name!r}: {fault}")
    return Verdict.yes("the other layers are as they were")


def _layer_fault(before: Layer, after: Layer, free: list[str]) -> str:
    if "visible" not in free and before.visible != after.visible:
        return "it is shown now" if after.visible else "it is hidden now"
    if "opacity" not in free and abs(before.opacity - after.opacity) > 0.01:
        return f"its opacity is {after.opacity:.2f}"
    if "mode" not in free and before.mode != after.mode:
        return f"its mode is {after.mode}"
    if "place" not in free and (before.x, before.y) != (after.x, after.y):
        return f"it was moved to {(after.x, after.y)}"
    if before.group != after.group or before.masked != after.masked:
        return "it has a mask or is a group"
    return pixel_fault(after.pixels, before.pixels, np.ones(before.pixels.shape[:2], bool), 2)


def _inked(layer: Layer) -> tuple[int, int, int, int]:
    """The box of a layer's visible pixels, in the picture."""
    rows, columns = np.nonzero(layer.pixels[..., 3] > 16)
    if not len(rows):
        return layer.x, layer.y, 0, 0
    left, top = int(columns.min()), int(rows.min())
    wide, high = int(columns.max()) - left + 1, int(rows.max()) - top + 1
    return layer.x + left, layer.y + top, wide, high


def _named(picture: LayeredPicture, name: str) -> Layer | None:
    found = [layer for layer in picture.layers if layer.name.strip() == name]
    return found[0] if len(found) == 1 else None


def _is_grey(pixels: Pixels) -> bool:
    colours = pixels[..., :3].astype(np.int16)[pixels[..., 3] > 16]
    return (
        not len(colours) or int((colours.max(axis=1) - colours.min(axis=1)).max()) <= _GREY_SPREAD
    )


def _greyed(pixels: Pixels) -> Pixels:
    """As grey as GIMP's luminance makes it: weighted in linear light."""
    linear = (pixels[..., :3].astype(np.float64) / 255) ** 2.2
    light = (linear @ np.array([0.2225, 0.7169, 0.0606])) ** (1 / 2.2)
    grey = np.repeat(np.clip(light * 255, 0, 255)[..., None], 3, axis=2)
    return np.concatenate([grey, pixels[..., 3:]], axis=2).astype(np.uint8)


def _rgb(colour: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    plain = colour.removeprefix("#")
    try:
        return np.array(list(bytes.fromhex(plain)[:3]), np.int16)
    except ValueError as error:
        raise TaskError(f"colour: {colour!r} is not like #3366cc") from error


def _read(state: FinalState, path: str) -> Picture:
    return read_picture(state.home.read_bytes(path))


def _layered(state: FinalState, path: str) -> LayeredPicture:
    return read_xcf(state.home.read_bytes(path))


def _initial(state: FinalState, document: str) -> Picture:
    return read_picture(_bytes(state, document))


def _bytes(state: FinalState, document: str) -> bytes:
    if document not in state.initial:
        raise TaskError(f"document: {document!r} is not among the task's documents")
    return state.initial[document]


def _verdict(holds: bool, evidence: str) -> Verdict:
    return Verdict.yes(evidence) if holds else Verdict.no(evidence)
