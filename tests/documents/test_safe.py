import io
import struct
import warnings
import zipfile

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.safe import UnpackLimits, parse_xml, unpack

EVERYTHING = ("",)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def test_only_the_members_asked_for_are_unpacked():
    data = zipped([("a.xml", b"x"), ("picture.png", b"y")])
    assert dict(unpack(data, (".xml",))) == {"a.xml": b"x"}


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_refused_or_empty(data):
    try:
        assert not unpack(data, EVERYTHING)
    except DocumentError as error:
        assert "zip" in str(error)


def test_an_archive_cut_anywhere_is_refused():
    data = zipped([("a.xml", b"abc" * 50), ("b.xml", bytes(range(256)))])
    for size in range(len(data)):
        with pytest.raises(DocumentError):
            unpack(data[:size], EVERYTHING)


def test_a_zip_bomb_is_refused_by_its_ratio():
    with pytest.raises(DocumentError, match="times its size"):
        unpack(zipped([("content.xml", b"\0" * (20 << 20))]), EVERYTHING)


def test_a_zip_bomb_of_many_members_is_refused_by_its_total():
    member = bytes(range(256)) * 4096
    limits = UnpackLimits(total_bytes=3 << 20, ratio=10_000)
    with pytest.raises(DocumentError, match="unpacks to"):
        unpack(zipped([(f"{n}.xml", member) for n in range(4)]), EVERYTHING, limits)


def test_a_member_that_lies_about_its_size_is_refused():
    data = bytearray(zipped([("content.xml", b"\0" * (20 << 20))]))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 1000)
    with pytest.raises(DocumentError):
        unpack(bytes(data), EVERYTHING)


def test_an_archive_inside_an_archive_stays_packed():
    bomb = zipped([("inner", b"\0" * (20 << 20))])
    outer = zipped([("bomb.zip", bomb)], zipfile.ZIP_STORED)
    assert unpack(outer, EVERYTHING)["bomb.zip"] == bomb


def test_too_many_repeated_and_encrypted_members_are_refused():
    with pytest.raises(DocumentError, match="files in the container"):
        unpack(zipped([(str(n), b"") for n in range(11)]), EVERYTHING, UnpackLimits(members=10))
    with pytest.raises(DocumentError, match="same name"):
        unpack(zipped([("a", b"1"), ("a", b"2")]), EVERYTHING)
    data = bytearray(zipped([("a", b"1")]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DocumentError, match="encrypted"):
        unpack(bytes(data), EVERYTHING)


def test_a_method_that_needs_much_memory_is_refused():
    with pytest.raises(DocumentError, match="method"):
        unpack(zipped([("a", b"1" * 100)], zipfile.ZIP_LZMA), EVERYTHING)


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">%s]><l>&z;</l>""" % b"".join(
    b'<!ENTITY %c "%s">' % (ord("b") + n, b"&%c;" % (ord("a") + n) * 10) for n in range(25)
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        OUTSIDE,
        OUTSIDE.decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x[+ADwAIQ-ENTITY e ""]><x>&e;</x>',
        b"<x>" * 300 + b"</x>" * 300,
        b"<x>" * 100_000,
        b"<x>&undefined;</x>",
        b"<x",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_hostile_xml_is_refused(data):
    with pytest.raises(DocumentError):
        parse_xml(data, "content.xml")


def test_xml_of_too_many_elements_is_refused():
    with pytest.raises(DocumentError, match="too large"):
        parse_xml(b"<x>" + b"<y/>" * 100 + b"</x>", "a.xml", UnpackLimits(tags=100))


def test_plain_xml_is_parsed():
    root = parse_xml("<?xml version='1.0'?><x a='é'>ü<!-- no --></x>".encode(), "a.xml")
    assert (root.text, root.get("a"), len(root)) == ("ü", "é", 0)
