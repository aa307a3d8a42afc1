"""Mutations of technical drawings (.dxf): entities moved, resized, recoloured, lost or doubled.

A drawing is edited as the pairs of a code and a value that it is, so that all the rest stays.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from gym_anything.mutation.base import Mutation

SUFFIXES = (".dxf",)
_ENTITIES = 14  # how many entities of a file each kind of change is tried on
_SHIFT = 0.02  # of the larger side of the drawing

Tag: TypeAlias = tuple[int, str]
Group: TypeAlias = list[Tag]


def harmful(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Change what is drawn, one entity or layer at a time.

    Args:
        data: the file, as text.
        rng: chooses entities.

    Returns:
        Dozens of mutations; only the cut ones for a file without entities.
    """
    yield Mutation("emptied", b"")
    yield Mutation("cut off at three quarters", data[: len(data) * 3 // 4])
    parts = _taken_apart(data)
    if parts is None:
        return
    head, entities, tail = parts
    shift = _SHIFT * _extent(entities)
    layers = sorted({value for entity in entities for code, value in entity if code == 8})
    for at in sorted(rng.sample(range(len(entities)), min(_ENTITIES, len(entities)))):
        entity = entities[at]
        name = f"{entity[0][1].lower()} {at + 1}"
        rest = [*entities[:at], *entities[at + 1 :]]
        yield Mutation(f"{name}: deleted", _joined(head, rest, tail))
        yield Mutation(f"{name}: twice", _joined(head, [*entities, _copied(entity)], tail))
        for words, changed in _entity_changes(entity, shift, layers):
            new = [*entities[:at], changed, *entities[at + 1 :]]
            yield Mutation(f"{name}: {words}", _joined(head, new, tail))
    for words, new_head in _layer_changes(head):
        yield Mutation(words, _joined(new_head, entities, tail))


def benign(data: bytes, rng: random.Random) -> Iterator[Mutation]:
    """Write the same drawing in other bytes.

    Args:
        data: the file, as text.
        rng: not used.

    Returns:
        Mutations in white space, order, comments, notation and header; none for no drawing.
    """
    parts = _taken_apart(data)
    if parts is None:
        return
    head, entities, tail = parts
    tags = [*head, *(tag for entity in entities for tag in entity), *tail]
    text = _written(tags)
    yield Mutation("lines ended for Windows", text.replace(b"\n", b"\r\n"))
    yield Mutation("codes without white space", "".join(f"{c}\n{v}\n" for c, v in tags).encode())
    yield Mutation("a comment", _written([(999, "written by another program"), *tags]))
    yield Mutation("numbers with more zeros", _written([_longer(tag) for tag in tags]))
    yield Mutation("entities in another order", _joined(head, entities[::-1], tail))


def _taken_apart(data: bytes) -> tuple[Group, list[Group], Group] | None:
    """Tags before the entities, entities, tags behind them; None if it is no drawing."""
    try:
        lines = data.decode().replace("\r\n", "\n").rstrip("\n").split("\n")
        pairs = zip(lines[::2], lines[1::2], strict=True)
        tags = [(int(code), value) for code, value in pairs]
    except ValueError:
        return None
    if (2, "ENTITIES") not in tags:
        return None
    start = tags.index((2, "ENTITIES")) + 1
    end = next((at for at in range(start, len(tags)) if tags[at] == (0, "ENDSEC")), None)
    if end is None:
        return None
    return tags[:start], _grouped(tags[start:end]), tags[end:]


def _grouped(tags: Sequence[Tag]) -> list[Group]:
    """Entities, each with those that belong to it, such as the vertices of a polyline."""
    groups: list[Group] = []
    for tag in tags:
        if tag[0] == 0 and tag[1] not in ("VERTEX", "SEQEND", "ATTRIB"):
            groups.append([])
        if groups:
            groups[-1].append(tag)
    return groups


def _written(tags: Sequence[Tag]) -> bytes:
    return "".join(f"{code:3d}\n{value}\n" for code, value in tags).encode()


def _joined(head: Group, entities: Sequence[Group], tail: Group) -> bytes:
    return _written([*head, *(tag for entity in entities for tag in entity), *tail])


def _copied(entity: Group) -> Group:
    """The entity once more, under another handle."""
    return [(code, f"F{value}" if code == 5 else value) for code, value in entity]


def _extent(entities: Sequence[Group]) -> float:
    found = [float(value) for entity in entities for code, value in entity if code in (10, 20)]
    return max(found, default=1.0) - min(found, default=0.0) or 1.0


def _entity_changes(
    entity: Group, shift: float, layers: Sequence[str]
) -> Iterator[tuple[str, Group]]:
    """Ways to spoil an entity, each with its name."""
    kind = entity[0][1]
    yield "moved to the right", [_moved(tag, range(10, 19), shift) for tag in entity]
    yield "moved up", [_moved(tag, range(20, 29), shift) for tag in entity]
    ends = {"LINE": (11,), "DIMENSION": (14, 24)}.get(kind)
    if ends:
        yield "one end moved", [_moved(tag, ends, shift) for tag in entity]
    if kind in ("CIRCLE", "ARC", "TEXT", "MTEXT"):
        yield "larger", [_scaled(tag, 40) for tag in entity]
    if kind == "ARC":
        yield "longer", [_moved(tag, (51,), 20.0) for tag in entity]
    if kind == "INSERT":
        yield "turned", _with(entity, 50, "33.0")
    if kind in ("TEXT", "MTEXT"):
        yield "other words", [(c, f"{v}x" if c == 1 else v) for c, v in entity]
    for layer in [each for each in layers if (8, each) not in entity][:1]:
        yield f"on the layer {layer}", [(c, layer if c == 8 else v) for c, v in entity]
    yield "another colour", _with(entity, 62, "30")


def _moved(tag: Tag, codes: Sequence[int], shift: float) -> Tag:
    code, value = tag
    return (code, repr(float(value) + shift)) if code in codes else tag


def _scaled(tag: Tag, code: int) -> Tag:
    return (code, repr(float(tag[1]) * 1.25)) if tag[0] == code else tag


def _with(entity: Group, code: int, value: str) -> Group:
    """The entity with a value of its own, behind its layer."""
    kept = [tag for tag in entity if tag[0] != code]
    at = next((at for at, tag in enumerate(kept) if tag[0] == 8), 0) + 1
    if code == 50:
        at = next((at for at, tag in enumerate(kept) if tag[0] == 20), at) + 1
    return [*kept[:at], (code, value), *kept[at:]]


def _layer_changes(head: Group) -> Iterator[tuple[str, Group]]:
    """Every layer recoloured, switched off or on, locked or unlocked."""
    starts = [at for at, tag in enumerate(head) if tag == (0, "LAYER")]
    for start in starts:
        end = next(at for at in range(start + 1, len(head)) if head[at][0] == 0)
        layer = head[start:end]
        name = next((value for code, value in layer if code == 2), "")
        if name.casefold() == "defpoints":
            continue  # applications make and drop it by themselves
        frozen = any(code == 70 and int(value) & 1 for code, value in layer)
        for words, code, change in (
            ("another colour", 62, lambda number: 30 if number > 0 else -30),
            ("switched", 62, lambda number: -number),
            ("lock changed", 70, lambda number: number ^ 4),
        ):
            if words == "switched" and frozen:
                continue  # hidden either way
            changed = [
                (c, str(change(int(value))) if c == code else value)
                for c, value in layer
                if not (code == 62 and words == "another colour" and c == 420)
            ]
            if changed != layer:
                yield f"layer {name}: {words}", [*head[:start], *changed, *head[end:]]


def _longer(tag: Tag) -> Tag:
    code, value = tag
    is_number = 10 <= code <= 59 and "." in value and "e" not in value.lower()
    return (code, f"{value}00") if is_number else tag
