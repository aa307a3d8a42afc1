import io
import random
import struct

import numpy as np
import pytest
from PIL import Image

from gym_anything.documents import picture
from gym_anything.documents.drawings import MOTIFS, photo, receipt
from gym_anything.documents.errors import DocumentError
from gym_anything.documents.picture import block_fault, connected, read_picture
from gym_anything.documents.writers import write
from gym_anything.documents.writers.xcf import XcfLayer, write_xcf_bytes
from gym_anything.documents.xcf import read_xcf
from gym_anything.errors import TaskError

RED = [["box", [10, 10, 30, 20], "#ff0000"]]
PLAIN = {"size": [100, 70], "background": "#ffffff", "draw": RED, "dpi": 300}


def noise(seed, width, height):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)


def test_what_is_drawn_is_read_back():
    found = read_picture(write("picture", PLAIN, "a.png"))
    assert (found.format, found.mode, found.width, found.height) == ("PNG", "RGB", 100, 70)
    assert found.dpi == pytest.approx(300, abs=0.1)
    assert tuple(found.pixels[15, 15]) == (255, 0, 0, 255)
    assert tuple(found.pixels[40, 15]) == (255, 255, 255, 255)
    assert not found.transparent
    assert read_picture(write("picture", {"size": [9, 9]}, "a.png")).transparent


def test_the_same_content_gives_the_same_bytes():
    content = {**PLAIN, "draw": [["grain", [0, 0, 100, 70], 9, 3]]}
    for path in ("a.png", "a.jpg"):
        assert write("picture", content, path) == write("picture", content, path)


def test_a_jpeg_a_turn_and_greys_are_written():
    found = read_picture(write("picture", {**PLAIN, "turn": 1, "grey": True}, "a.jpg"))
    assert (found.format, found.mode, found.width, found.height) == ("JPEG", "L", 70, 100)


def test_sixteen_bits_of_grey_are_read_as_eight():
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), 0x8040, np.uint16)).save(buffer, "PNG")
    assert tuple(read_picture(buffer.getvalue()).pixels[0, 0]) == (128, 128, 128, 255)


@pytest.mark.parametrize(
    ("content", "path", "says"),
    [
        ({**PLAIN, "siz": 1}, "a.png", "size"),
        ({**PLAIN, "size": [0, 9]}, "a.png", "size"),
        ({**PLAIN, "draw": [["bok", 1]]}, "a.png", r"draw\[0\]"),
        ({**PLAIN, "background": "nocolour"}, "a.png", "background"),
        ({**PLAIN, "draw": [["text", [0, 0], "Zoë", 12, "#000000"]]}, "a.png", "ASCII"),
        (PLAIN, "a.gif", "a.gif"),
        (PLAIN, "a.xcf", "layers"),
    ],
)
def test_content_that_is_none_is_named(content, path, says):
    with pytest.raises(TaskError, match=says):
        write("picture", content, path)


def test_a_picture_beyond_the_bound_is_not_decoded(monkeypatch):
    data = write("picture", PLAIN, "a.png")
    monkeypatch.setattr(picture, "MAX_PIXELS", 6_999)
    with pytest.raises(DocumentError, match="more than 6999"):
        read_picture(data)


def test_differences_are_found_by_blocks_and_told_with_their_place():
    start = read_picture(write("picture", PLAIN, "a.png")).pixels
    other = start.copy()
    other[48:60, 72:84] = (0, 0, 0, 255)
    assert block_fault(start, start, 4) == ""
    assert "(72, " in block_fault(other, start, 4)
    assert "not 100x70" in block_fault(start[:50], start, 4)


def test_an_area_ends_where_its_colour_does():
    pixels = read_picture(write("picture", PLAIN, "a.png")).pixels
    assert int(connected(pixels, (15, 15)).sum()) == 30 * 20


@pytest.mark.parametrize("packed", [True, False])
def test_layers_are_read_as_they_were_written(packed):
    layers = [
        XcfLayer("Überschrift", (-5, 7), True, 0.4, noise(1, 130, 70), mode=3),
        XcfLayer("Grund", (0, 0), False, 1.0, noise(2, 200, 100)),
    ]
    found = read_xcf(write_xcf_bytes((200, 100), layers, 150, packed, "by hand"))
    assert (found.width, found.height, found.base, found.dpi) == (200, 100, "colour", 150)
    first, second = found.layers
    assert (first.name, first.x, first.y, first.visible) == ("Überschrift", -5, 7, True)
    assert first.opacity == pytest.approx(0.4) and first.mode == "multiply"
    assert (second.visible, second.mode, second.size) == (False, "normal", (200, 100))
    assert np.array_equal(first.pixels, layers[0].pixels)
    assert np.array_equal(second.pixels, layers[1].pixels)


def xcf_of_run_lengths(plane):
    """A picture of one grey layer of 4 x 1 pixels whose tile is these bytes; 64-bit pointers."""
    head = b"gimp xcf v011\0" + struct.pack(">IIII", 4, 1, 1, 150)
    head += struct.pack(">II", 17, 1) + b"\1" + struct.pack(">II", 0, 0)
    at = len(head) + 24
    layer = struct.pack(">IIII", 4, 1, 2, 2) + b"L\0" + struct.pack(">II", 0, 0)
    hierarchy = at + len(layer) + 16
    layer += struct.pack(">QQ", hierarchy, 0)
    layer += struct.pack(">IIIQQ", 4, 1, 1, hierarchy + 28, 0)
    layer += struct.pack(">IIQQ", 4, 1, hierarchy + 28 + 24, 0) + plane
    return head + struct.pack(">QQQ", at, 0, 0) + layer


@pytest.mark.parametrize(
    ("plane", "greys"),
    [
        (b"\x03\x09", [9, 9, 9, 9]),
        (b"\xfc\x01\x02\x03\x04", [1, 2, 3, 4]),
        (b"\x01\x07\xfe\x01\x02", [7, 7, 1, 2]),
        (b"\x7f\x00\x04\x08", [8, 8, 8, 8]),
        (b"\x80\x00\x04\x04\x03\x02\x01", [4, 3, 2, 1]),
    ],
)
def test_tiles_of_run_lengths_are_unrolled(plane, greys):
    layer = read_xcf(xcf_of_run_lengths(plane)).layers[0]
    assert list(layer.pixels[0, :, 0]) == greys and layer.pixels[0, 0, 3] == 255


@pytest.mark.parametrize("plane", [b"", b"\x03", b"\xfc\x01", b"\x7f\x00\x00\x00"])
def test_a_tile_that_ends_too_soon_is_refused(plane):
    with pytest.raises(DocumentError):
        read_xcf(xcf_of_run_lengths(plane))


def test_an_xcf_cut_off_or_flipped_anywhere_is_read_or_refused_but_never_crashes():
    layers = [XcfLayer("A", (0, 0), True, 1.0, noise(3, 70, 20))]
    data = write_xcf_bytes((70, 20), layers)
    for end in range(0, len(data), 37):
        with pytest.raises(DocumentError):
            read_xcf(data[:end])
    for at in range(0, 220):
        forged = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        try:
            read_xcf(forged)
        except DocumentError as error:
            assert str(error)


def test_a_layer_of_absurd_size_is_refused_before_it_is_unpacked():
    data = bytearray(write_xcf_bytes((9, 9), [XcfLayer("A", (0, 0), True, 1.0, noise(4, 9, 9))]))
    place = data.index(struct.pack(">IIII", 9, 9, 1, 2))
    struct.pack_into(">II", data, place, 60_000, 60_000)
    with pytest.raises(DocumentError, match="out of bounds"):
        read_xcf(bytes(data))


def test_drawings_stay_in_their_box_and_totals_agree():
    box = (30, 20, 160, 140)
    for motif in MOTIFS:
        content = {
            "size": [220, 180],
            "background": "#ffffff",
            "draw": photo(random.Random(5), motif, box),
        }
        pixels = read_picture(write("picture", content, "a.png")).pixels.copy()
        pixels[20:160, 30:190] = 255
        assert (pixels == 255).all(), motif
    heading = [("Date", "2025-03-04"), ("Customer", "Anna Keller")]
    paper = receipt(
        random.Random(5), "SHOP", heading, [("Pen", 150), ("Ink", 1275)], ("Signed", "A")
    )
    texts = [step[2] for step in paper.steps if step[0] == "text"]
    assert "14.25" in texts and "Anna Keller" in texts
    assert set(paper.values) == {"Date", "Customer", "Signed"}
