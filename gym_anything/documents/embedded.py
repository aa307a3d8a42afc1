"""Pictures in OpenDocument files: which file is shown, and how large.

Source: OpenDocument 1.3 part 3, chapter 10.4 (frames).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from lxml import etree

from gym_anything.documents.odf import attribute, centimetres, qualified


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture in a document.

    Attributes:
        digest: SHA-256 of its file in hexadecimal, "" if the container has no such file.
        width_cm: as shown, to a millimetre.
        height_cm: as shown, to a millimetre.
    """

    digest: str
    width_cm: float
    height_cm: float


def embedded_in(frame: etree._Element, members: Mapping[str, bytes]) -> Embedded | None:
    """The picture in a draw:frame, None if it holds something else, such as a chart.

    Args:
        frame: the frame.
        members: files of the container, by name; pictures among them.
    """
    image = frame.find(qualified("draw:image"))
    if image is None or frame.find(qualified("draw:object")) is not None:
        return None
    data = members.get(attribute(image, "xlink:href").removeprefix("./"))
    width, height = (
        round(centimetres(attribute(frame, f"svg:{side}")) or 0.0, 1)
        for side in ("width", "height")
    )
    return Embedded("" if data is None else sha256(data).hexdigest(), width, height)
