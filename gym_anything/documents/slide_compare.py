"""What was changed in a presentation: slides of the start against those of the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from gym_anything.documents.document_compare import run_signatures
from gym_anything.documents.odp import Presentation, Shape, Slide

ASPECTS = {
    "hidden": "hidden",
    "transitions": "transition",
    "notes": "notes",
    "layouts": "layout",
    "backgrounds": "background",
    "masters": "master",
    "animations": "animated",
}
"""Attributes of a slide by the names that a check has for them."""

PLACE_CM = 0.06  # places are written in whole hundredths of a millimetre, or rounded from pixels


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may change. Shapes are pairs (slide, shape) of the start, from 1.

    Attributes:
        moved: shapes that may have another place and size, and nothing else.
        words: shapes that may say something else, in the looks that they have.
        filled: shapes that may have another fill.
        gone: shapes that may be gone, not replaced.
        gone_slides: numbers of slides that may be gone.
        added: how many slides may be new, with titles and points like those of the others.
        order: whether slides may stand in another order.
        aspects: of `ASPECTS`.
    """

    moved: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    words: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    filled: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    gone: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    gone_slides: frozenset[int] = field(default_factory=frozenset)
    added: int = 0
    order: bool = False
    aspects: frozenset[str] = field(default_factory=frozenset)

    def of_shape(self, at: tuple[int, int]) -> frozenset[str]:
        """What may change of a shape: "moved", "words", "filled", "gone"."""
        names = ("moved", "words", "filled", "gone")
        return frozenset(name for name in names if at in getattr(self, name))


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


def _dress(shape: Shape) -> frozenset[object]:
    """The looks and layouts that are in a shape, without its words."""
    return frozenset(
        (run.look, each.align, each.list_kind, each.list_level)
        for each in shape.paragraphs
        for run in each.runs
        if run.text.strip()
    )


def same_shape(one: Shape, other: Shape, may: frozenset[str] = frozenset()) -> bool:
    """Whether nothing of a shape changed but what may: "moved", "words", "filled"."""
    plain = ["kind", "name", "turned", "line"] + ["fill"] * ("filled" not in may)
    if any(getattr(one, name) != getattr(other, name) for name in plain):
        return False
    if "moved" not in may and not same_place(one, other):
        return False
    if "words" in may:
        return _dress(other) <= _dress(one)
    return text_signature(one) == text_signature(other)


def slide_faults(number: int, old: Slide, new: Slide, allowed: Allowed) -> list[str]:
    """What of a slide changed beyond what may; `number` is its own at the start."""
    faults = [
        f"{name} changed"
        for name, attribute in ASPECTS.items()
        if name not in allowed.aspects and getattr(old, attribute) != getattr(new, attribute)
    ]
    left, order = list(range(len(new.shapes))), []
    for at, shape in enumerate(old.shapes, start=1):
        may = allowed.of_shape((number, at))
        found = next((each for each in left if same_shape(shape, new.shapes[each], may)), None)
        if found is not None:
            left.remove(found)
            order.append(found)
        elif "gone" not in may:
            faults.append(f"{_shown(shape)} is gone or changed")
    faults += [f"{_shown(new.shapes[at])} is new or changed" for at in left]
    if not faults and order != sorted(order):
        faults.append("shapes lie one over the other in another order")
    return faults


def _strange(new: Slide, before: Presentation) -> list[str]:
    """What of a new slide is unlike all slides of the start."""
    known = [shape for slide in before.slides for shape in slide.shapes]
    faults = [
        f"on the new slide, {_shown(shape)} is not like the others"
        for shape in new.shapes
        if shape.text.strip()
        and not any(same_shape(each, shape, frozenset({"words"})) for each in known)
    ]
    faults += [
        f"on the new slide, {_shown(shape)} has no text"
        for shape in new.shapes
        if not shape.text.strip() and shape.kind not in ("title", "outline", "subtitle")
    ]
    return faults + ["the new slide is hidden"] * new.hidden


def _shown(shape: Shape) -> str:
    return f"{shape.kind} {shape.text[:40]!r} at {shape.x_cm:g}, {shape.y_cm:g} cm"


def differences(before: Presentation, after: Presentation, allowed: Allowed) -> list[str]:
    """What was changed beyond what may change, in words."""
    faults, free, last = [], list(range(len(after.slides))), -1
    for number, old in enumerate(before.slides, start=1):
        for at in free:
            if (allowed.order or at > last) and not slide_faults(
                number, old, after.slides[at], allowed
            ):
                free.remove(at)
                last = at
                break
        else:
            if number not in allowed.gone_slides:
                faults.append(_lost(number, old, after, allowed))
    if len(free) > allowed.added and not faults:
        faults.append(f"{len(free) - allowed.added} slides are new")
    faults += [fault for at in free for fault in _strange(after.slides[at], before)]
    if before.size_cm != after.size_cm:
        faults.append(f"slides measure {after.size_cm} cm, not {before.size_cm}")
    return faults


def _lost(number: int, old: Slide, after: Presentation, allowed: Allowed) -> str:
    named = f"slide {number} ({old.title[:40]!r})"
    near = [each for each in after.slides if each.title == old.title]
    if not near:
        return f"{named} is gone"
    changed = slide_faults(number, old, near[0], allowed)
    return f"{named}: {'; '.join(changed[:3]) or 'is out of order'}"
