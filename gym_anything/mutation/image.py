"""Mutations of pictures (.png, .jpg) and of layered pictures (.xcf). See `mutation.base`."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gym_anything.documents.picture import Pixels, block_means, read_picture
from gym_anything.documents.writers.xcf import XcfLayer, write_xcf_bytes
from gym_anything.documents.xcf import LayeredPicture, read_xcf
from gym_anything.mutation.base import Mutation

SUFFIXES = (".png", ".jpg", ".xcf")

_PATCHES = 16
_PATCH_PX = 28
_SHIFT_PX = 12
_VISIBLE = 30.0  # difference of a small block's mean that nobody overlooks
_NORMAL, _MULTIPLY = 0, 3


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Change what a picture shows: turned, cut, moved, patched, recoloured, layers disarranged."""
    if data.startswith(b"gimp xcf "):
        yield from _harmful_layers(read_xcf(data), rng)
    else:
        picture = read_picture(data)
        for name, pixels in _harmful_pixels(picture.pixels, rng):
            if picture.format == "JPEG":  # it has no alpha
                pixels[..., 3] = 255
            if _differs(picture.pixels, pixels):
                yield Mutation(name, _encode(pixels, picture.format))
    yield Mutation("the end cut off", data[: len(data) // 2])
    yield Mutation("empty", b"")


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Write the same picture in other bytes."""
    if data.startswith(b"gimp xcf "):
        picture = read_xcf(data)
        yield Mutation("written anew, packed", _write(picture, _layers(picture)))
        yield Mutation("written anew, unpacked", _write(picture, _layers(picture), packed=False))
        comment = f"checked {rng.randint(1, 99)}"
        yield Mutation("with a comment", _write(picture, _layers(picture), comment=comment))
        return
    found = read_picture(data)
    if found.format == "JPEG":
        yield Mutation("at quality 97", _encode(found.pixels, "JPEG", quality=97))
        yield Mutation("progressive", _encode(found.pixels, "JPEG", progressive=True))
        yield Mutation("with a comment", _encode(found.pixels, "JPEG", comment=b"checked"))
        return
    note = PngInfo()
    note.add_text("Comment", f"checked {rng.randint(1, 99)}")
    yield Mutation("with a comment", _encode(found.pixels, "PNG", pnginfo=note))
    yield Mutation("packed less", _encode(found.pixels, "PNG", compress_level=1))
    yield Mutation("packed best", _encode(found.pixels, "PNG", optimize=True))
    yield Mutation("with an alpha channel", _encode(found.pixels, "PNG", alpha=True))


def _harmful_pixels(start: Pixels, rng: random.Random) -> Iterator[tuple[str, Pixels]]:
    for quarters in (1, 2, 3):
        yield f"turned by {90 * quarters} degrees", np.rot90(start, quarters).copy()
    yield "mirrored", start[:, ::-1].copy()
    yield "upside down", start[::-1].copy()
    for name, cut in (
        ("left", start[:, _SHIFT_PX:]),
        ("right", start[:, :-_SHIFT_PX]),
        ("top", start[_SHIFT_PX:]),
        ("bottom", start[:-_SHIFT_PX]),
    ):
        if cut.size:
            yield f"{_SHIFT_PX} pixels cut off at the {name}", cut.copy()
    for axis, name in ((0, "down"), (1, "to the right")):
        yield f"shifted by {_SHIFT_PX} pixels {name}", np.roll(start, _SHIFT_PX, axis)
    for share in (0.8, 1.25):
        yield f"scaled to {share:g}", _resized(start, share, share)
        yield f"squeezed to {share:g}", _resized(start, share, 1.0)
    yield from _recoloured(start)
    for _ in range(_PATCHES):
        yield _patched(start, rng)


def _recoloured(start: Pixels) -> Iterator[tuple[str, Pixels]]:
    def with_colours(colours: NDArray[np.integer]) -> Pixels:
        kept = np.clip(colours, 0, 255).astype(np.uint8)
        return np.concatenate([kept, start[..., 3:]], axis=2)

    colours = start[..., :3].astype(np.int16)
    yield "inverted", with_colours(255 - colours)
    yield "darkened", with_colours(colours // 2)
    yield "lightened", with_colours(colours + 70)
    yield "red and blue swapped", with_colours(colours[..., ::-1])
    yield "all of one colour", with_colours(np.full_like(colours, 127))
    half = start.copy()
    half[..., 3] //= 2
    yield "half transparent", half


def _patched(start: Pixels, rng: random.Random) -> tuple[str, Pixels]:
    """A square painted over in a colour that stands out."""
    height, width = start.shape[:2]
    x, y = rng.randrange(max(width - _PATCH_PX, 1)), rng.randrange(max(height - _PATCH_PX, 1))
    pixels = start.copy()
    part = pixels[y : y + _PATCH_PX, x : x + _PATCH_PX]
    dark = part[..., :3].mean() < 128 and part[..., 3].mean() > 128
    part[...] = (240, 240, 60, 255) if dark else (40, 10, 90, 255)
    return f"a patch painted at ({x}, {y})", pixels


def _resized(pixels: Pixels, across: float, down: float) -> Pixels:
    size = (max(round(pixels.shape[1] * across), 1), max(round(pixels.shape[0] * down), 1))
    return np.array(Image.fromarray(pixels).resize(size))


def _differs(before: Pixels, after: Pixels) -> bool:
    if before.shape != after.shape:
        return True
    return float(np.abs(block_means(before) - block_means(after)).max()) > _VISIBLE


def _encode(pixels: Pixels, kind: str, alpha: bool = False, **options: object) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    opaque = bool((pixels[..., 3] == 255).all())
    if kind == "JPEG":
        options = {"quality": 95, **options}
        image = image.convert("RGB")
    elif opaque and not alpha:
        image = image.convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _layers(picture: LayeredPicture) -> list[XcfLayer]:
    return [
        XcfLayer(
            name=layer.name,
            at=(layer.x, layer.y),
            visible=layer.visible,
            opacity=layer.opacity,
            pixels=layer.pixels,
            mode=_MULTIPLY if layer.mode == "multiply" else _NORMAL,
        )
        for layer in picture.layers
    ]


def _write(
    picture: LayeredPicture, layers: Sequence[XcfLayer], packed: bool = True, comment: str = ""
) -> bytes:
    size = (picture.width, picture.height)
    return write_xcf_bytes(size, layers, picture.dpi or 72, packed, comment)


def _harmful_layers(picture: LayeredPicture, rng: random.Random) -> Iterator[Mutation]:
    layers = _layers(picture)
    for at, layer in enumerate(layers):
        name = f"layer {layer.name!r}"
        x, y = layer.at
        for what, other in (
            ("hidden or shown", replace(layer, visible=not layer.visible)),
            ("half as opaque", replace(layer, opacity=layer.opacity / 2)),
            ("multiplied or not", replace(layer, mode=_MULTIPLY - layer.mode)),
            ("moved far to the right", replace(layer, at=(x + picture.width, y))),
            ("moved far up", replace(layer, at=(x, y - picture.height))),
            ("renamed", replace(layer, name=f"{layer.name} 2")),
            ("emptied", replace(layer, pixels=np.zeros_like(layer.pixels))),
            ("patched", replace(layer, pixels=_patched(layer.pixels, rng)[1])),
            ("mirrored", replace(layer, pixels=layer.pixels[:, ::-1])),
            ("cut", replace(layer, pixels=layer.pixels[: max(len(layer.pixels) // 2, 1)])),
        ):
            if what != "mirrored" or _differs(layer.pixels, other.pixels):
                changed = [*layers[:at], other, *layers[at + 1 :]]
                yield Mutation(f"{name} {what}", _write(picture, changed))
        yield Mutation(f"{name} deleted", _write(picture, [*layers[:at], *layers[at + 1 :]]))
        twice = [*layers[:at], layer, *layers[at:]]
        yield Mutation(f"{name} twice", _write(picture, twice))
    for at in range(len(layers) - 1):
        swapped = [*layers[:at], layers[at + 1], layers[at], *layers[at + 2 :]]
        yield Mutation(f"layers {at + 1} and {at + 2} swapped", _write(picture, swapped))
    wider = replace(picture, width=picture.width + 40)
    yield Mutation("a wider picture", _write(wider, layers))
