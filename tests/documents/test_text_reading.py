import random

import pytest

from gym_anything.documents.text import read_text


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"plain", "plain", "utf-8"),
        ("Zoë".encode(), "Zoë", "utf-8"),
        ("Zoë".encode("utf-8-sig"), "Zoë", "utf-8-sig"),
        ("Zoë".encode("utf-16"), "Zoë", "utf-16-le"),
        ("\ufeffZoë".encode("utf-16-be"), "Zoë", "utf-16-be"),
        ("Zoë".encode("latin-1"), "Zoë", "latin-1"),
        (b"", "", "utf-8"),
        (b"\xff\xfe\x00", "ÿþ\0", "latin-1"),
    ],
)
def test_the_encoding_is_found(data, text, encoding):
    read = read_text(data)
    assert (read.text, read.encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("data", "newline", "final", "lines"),
    [
        (b"a\nb\n", "\n", True, ("a", "b")),
        (b"a\r\nb", "\r\n", False, ("a", "b")),
        (b"a\rb\r", "\r", True, ("a", "b")),
        (b"a\r\nb\n", "mixed", True, ("a", "b")),
        (b"a", "", False, ("a",)),
        (b"", "", False, ()),
        (b"\n", "\n", True, ("",)),
        (b"a\n\n", "\n", True, ("a", "")),
    ],
)
def test_newlines_are_found(data, newline, final, lines):
    read = read_text(data)
    assert (read.newline, read.final_newline, read.lines) == (newline, final, lines)


def test_any_bytes_at_all_are_read():
    rng = random.Random(0)
    for _ in range(300):
        read_text(rng.randbytes(rng.randrange(12)))
