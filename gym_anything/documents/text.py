"""Read plain text: encoding, newlines and final newline are found, not assumed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Text:
    r"""A text file by meaning.

    Attributes:
        text: the characters, every newline as "\n", no byte order mark.
        encoding: "utf-8", "utf-8-sig" (with a byte order mark), "utf-16-le", "utf-16-be", or
            "latin-1", the last resort that reads any bytes at all. Pure ASCII is "utf-8".
        newline: "\n", "\r\n", "\r", "mixed", or "" where there is none.
    """

    text: str
    encoding: str
    newline: str

    @property
    def final_newline(self) -> bool:
        """Whether the last line is ended."""
        return self.text.endswith("\n")

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; an ended last line is not followed by an empty one."""
        body = self.text.removesuffix("\n")
        return tuple(body.split("\n")) if self.text else ()


def read_text(data: bytes) -> Text:
    """Decode a text file. Never fails: bytes that are no Unicode are read as Latin-1."""
    raw, encoding = _decode(data)
    return Text(raw.replace("\r\n", "\n").replace("\r", "\n"), encoding, _newline(raw))


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            codec = "utf-8" if encoding == "utf-8-sig" else encoding
            try:
                return data[len(mark) :].decode(codec), encoding
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _newline(raw: str) -> str:
    pairs = raw.count("\r\n")
    counts = {"\r\n": pairs, "\n": raw.count("\n") - pairs, "\r": raw.count("\r") - pairs}
    kinds = [kind for kind, count in counts.items() if count]
    return "mixed" if len(kinds) > 1 else (kinds[0] if kinds else "")
