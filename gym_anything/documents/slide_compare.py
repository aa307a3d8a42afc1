"""What was changed in a presentation: slides of the start against those of the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from gym_anything.documents.document_compare import run_signatures
from gym_anything.documents.odp import Presentation, Shape, Slide

ASPECTS = ("hidden", "transitions", "notes", "layouts", "backgrounds", "masters", "animations")
PLACE_CM = 0.06  # places are written in whole hundredths of a millimetre, or rounded from pixels


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may change.

    Attributes:
        slides: numbers of slides of the start, from 1, that may be changed in any way or gone.
        shapes: (slide, shape) of the start, from 1, that may be changed or gone.
        added: how many slides may be new.
        order: whether slides may stand in another order.
        aspects: of `ASPECTS`.
    """

    slides: frozenset[int] = field(default_factory=frozenset)
    shapes: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    added: int = 0
    order: bool = False
    aspects: frozenset[str] = field(default_factory=frozenset)


def same_place(one: Shape, other: Shape, tolerance_cm: float = PLACE_CM) -> bool:
    """Whether two shapes have the same box."""
    pairs = (
        (one.x_cm, other.x_cm),
        (one.y_cm, other.y_cm),
        (one.width_cm, other.width_cm),
        (one.height_cm, other.height_cm),
    )
    return all(abs(first - second) <= tolerance_cm for first, second in pairs)


def text_signature(shape: Shape) -> tuple[object, ...]:
    """The text of a shape with its looks; empty paragraphs at the end do not count."""
    found = [
        (run_signatures(each.runs), each.align, each.list_kind, each.list_level)
        for each in shape.paragraphs
    ]
    while found and not found[-1][0]:
        found.pop()
    return tuple(found)


def same_shape(one: Shape, other: Shape) -> bool:
    """Whether nothing of a shape changed."""
    plain = ("kind", "name", "turned", "fill", "line")
    if any(getattr(one, name) != getattr(other, name) for name in plain):
        return False
    return same_place(one, other) and text_signature(one) == text_signature(other)


def slide_faults(old: Slide, new: Slide, shapes: frozenset[int], allowed: Allowed) -> list[str]:
    """What of a slide changed beyond what may; `shapes` are numbers of shapes that may change."""
    aspects = {
        "hidden": (old.hidden, new.hidden),
        "transitions": (old.transition, new.transition),
        "notes": (old.notes, new.notes),
        "layouts": (old.layout, new.layout),
        "backgrounds": (old.background, new.background),
        "masters": (old.master, new.master),
        "animations": (old.animated, new.animated),
    }
    faults = [
        f"{name} changed"
        for name, (before, after) in aspects.items()
        if name not in allowed.aspects and before != after
    ]
    kept = [shape for number, shape in enumerate(old.shapes, start=1) if number not in shapes]
    left = list(new.shapes)
    for shape in kept:
        at = next((at for at, other in enumerate(left) if same_shape(shape, other)), None)
        if at is None:
            faults.append(f"{_shown(shape)} is gone or changed")
        else:
            left.pop(at)
    if len(left) > len(shapes):
        faults.append(f"{_shown(left[-1])} is new or changed")
    if not faults and not _in_order(kept, new.shapes):
        faults.append("shapes lie one over the other in another order")
    return faults


def _in_order(kept: list[Shape], found: tuple[Shape, ...]) -> bool:
    left = iter(found)
    return all(any(same_shape(shape, other) for other in left) for shape in kept)


def _shown(shape: Shape) -> str:
    return f"{shape.kind} {shape.text[:40]!r} at {shape.x_cm:g}, {shape.y_cm:g} cm"


def differences(before: Presentation, after: Presentation, allowed: Allowed) -> list[str]:
    """What was changed beyond what may change, in words."""
    faults, free, last = [], list(range(len(after.slides))), -1
    for number, old in enumerate(before.slides, start=1):
        if number in allowed.slides:
            continue
        shapes = frozenset(shape for slide, shape in allowed.shapes if slide == number)
        at = next(
            (
                at
                for at in free
                if (allowed.order or at > last)
                and not slide_faults(old, after.slides[at], shapes, allowed)
            ),
            None,
        )
        if at is None:
            faults.append(_lost(number, old, after, shapes, allowed))
        else:
            free.remove(at)
            last = at
    spare = len(allowed.slides) + allowed.added
    if len(free) > spare and not faults:
        faults.append(f"{len(free) - spare} slides are new")
    if before.size_cm != after.size_cm:
        faults.append(f"slides measure {after.size_cm} cm, not {before.size_cm}")
    return faults


def _lost(
    number: int, old: Slide, after: Presentation, shapes: frozenset[int], allowed: Allowed
) -> str:
    named = f"slide {number} ({old.title[:40]!r})"
    near = [each for each in after.slides if each.title == old.title]
    if not near:
        return f"{named} is gone"
    changed = slide_faults(old, near[0], shapes, allowed)
    return f"{named}: {'; '.join(changed[:3]) or 'is out of order'}"
