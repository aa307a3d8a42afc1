"""Plausible pictures for tasks that only looking can do: drawn motifs, with previews.

Like `business`: every function takes a `random.Random`; same seed, same pictures.
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import quote

from PIL import Image, ImageDraw, PngImagePlugin
from pydantic import JsonValue

from gym_anything.task import Document

_PICTURE_PX, _THUMBNAIL_PX = (384, 288), (128, 96)
_SKY = ((150, 195, 235), (205, 225, 240), (240, 205, 170), (120, 150, 190))
_GROUND = ((90, 140, 70), (200, 180, 120), (60, 110, 150), (140, 120, 100))
_PAINT = ((190, 40, 40), (40, 70, 160), (230, 170, 30), (110, 50, 120), (240, 240, 235))
_Point: TypeAlias = tuple[float, float]

# What a picture can show: outlines in a square of 1, each with the place of its paint.
MOTIFS: dict[str, tuple[tuple[int, tuple[_Point, ...]], ...]] = {
    "sailing boat": (
        (0, ((0.1, 0.75), (0.9, 0.75), (0.75, 0.95), (0.25, 0.95))),
        (1, ((0.5, 0.05), (0.5, 0.7), (0.95, 0.7))),
        (1, ((0.46, 0.2), (0.46, 0.7), (0.15, 0.7))),
    ),
    "house": (
        (0, ((0.2, 0.45), (0.8, 0.45), (0.8, 0.95), (0.2, 0.95))),
        (1, ((0.1, 0.45), (0.5, 0.1), (0.9, 0.45))),
        (1, ((0.43, 0.65), (0.57, 0.65), (0.57, 0.95), (0.43, 0.95))),
    ),
    "fir tree": (
        (0, ((0.45, 0.75), (0.55, 0.75), (0.55, 0.95), (0.45, 0.95))),
        (1, ((0.5, 0.05), (0.75, 0.42), (0.25, 0.42))),
        (1, ((0.5, 0.3), (0.88, 0.78), (0.12, 0.78))),
    ),
    "bridge": (
        (0, ((0.0, 0.5), (1.0, 0.5), (1.0, 0.6), (0.0, 0.6))),
        (1, ((0.15, 0.2), (0.22, 0.2), (0.22, 0.95), (0.15, 0.95))),
        (1, ((0.78, 0.2), (0.85, 0.2), (0.85, 0.95), (0.78, 0.95))),
        (1, ((0.0, 0.5), (0.18, 0.2), (0.5, 0.45), (0.82, 0.2), (1.0, 0.5))),
    ),
}


def picture(rng: random.Random, motif: str) -> Image.Image:
    """A plain landscape with one motif, of other colours and at another place each time."""
    width, height = _PICTURE_PX
    image = Image.new("RGB", _PICTURE_PX, rng.choice(_SKY))
    draw = ImageDraw.Draw(image)
    horizon = height * rng.uniform(0.55, 0.75)
    draw.rectangle((0, horizon, width, height), fill=rng.choice(_GROUND))
    paints = rng.sample(_PAINT, 2)
    size = height * rng.uniform(0.7, 0.9)
    left, top = rng.uniform(0, width - size), (height - size) * rng.uniform(0.4, 1.0)
    for paint, outline in MOTIFS[motif]:
        points = [(left + size * x, top + size * y) for x, y in outline]
        draw.polygon(points, fill=paints[paint], outline=(40, 40, 40))
    return image


def scene(rng: random.Random, motif: str) -> JsonValue:
    """A picture as `picture` makes them, with grain, as the writer `picture` takes it."""
    width, height = _PICTURE_PX
    paints = [_hex(colour) for colour in rng.sample(_PAINT, 2)]
    sky, ground = (_hex(rng.choice(colours)) for colours in (_SKY, _GROUND))
    horizon = round(height * rng.uniform(0.55, 0.75))
    size = height * rng.uniform(0.7, 0.9)
    left, top = rng.uniform(0, width - size), (height - size) * rng.uniform(0.4, 1.0)
    draw: list[JsonValue] = [["box", [0, horizon, width, height - horizon], ground]]
    for paint, outline in MOTIFS[motif]:
        points: JsonValue = [[round(left + size * x), round(top + size * y)] for x, y in outline]
        draw.append(["polygon", points, paints[paint]])
    draw.append(["grain", [0, 0, width, height], rng.randint(4, 16), rng.randint(0, 1_000_000)])
    return {"size": [width, height], "background": sky, "draw": draw}


def _hex(colour: tuple[int, int, int]) -> str:
    return f"#{bytes(colour).hex()}"


def _as_document(path: str, image: Image.Image, **words: str) -> Document:
    info = PngImagePlugin.PngInfo()
    for key, word in words.items():
        info.add_text(key.replace("_", "::"), word)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return Document(path, "file", base64.b64encode(buffer.getvalue()).decode())


def pictures(rng: random.Random, motifs: Mapping[str, str]) -> tuple[Document, ...]:
    """Pictures with their previews, which no program makes here.

    Args:
        rng: source of chance.
        motifs: what each shows, by path.
    """
    made: list[Document] = []
    for path, motif in motifs.items():
        image = picture(rng, motif)
        made.append(_as_document(path, image, Comment=str(rng.random())))
        uri = f"file:///home/user/{quote(path)}"
        name = hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()
        small = image.resize(_THUMBNAIL_PX)
        preview = f".cache/thumbnails/normal/{name}.png"
        made.append(_as_document(preview, small, Thumb_URI=uri, Thumb_MTime="0"))
    return tuple(made)


TRIPS = ("Ålesund", "Málaga", "Győr", "Plzeň", "Coimbra", "Cork", "İzmir", "Łódź", "Bologna")


def album(rng: random.Random, folder: str, count: int) -> tuple[dict[str, str], str, str]:
    """Motifs of pictures by path, and two motifs: one of two or three pictures, one of others."""
    wanted, other = rng.sample(list(MOTIFS), 2)
    rest = [motif for motif in MOTIFS if motif != wanted]
    many = rng.randint(2, 3)
    motifs = [wanted] * many + [other] + [rng.choice(rest) for _ in range(count - many - 1)]
    rng.shuffle(motifs)
    first = rng.randint(1000, 8000)
    numbers = sorted(rng.sample(range(first, first + 60), count))
    paths = [f"{folder}/IMG_{number}.png" for number in numbers]
    return dict(zip(paths, motifs, strict=True)), wanted, other
