import struct
from pathlib import Path

import numpy as np
import pytest

from gym_anything.desktop.desktop import BACKGROUND, Desktop
from gym_anything.desktop.framebuffer import Framebuffer
from gym_anything.errors import MachineError
from gym_anything.records import Action

WIDTH, HEIGHT, COLORS = 5, 3, 7


def xwd(**changes: int) -> bytes:
    """An XWD file of 5x3 pixels with padded lines, in which pixel (x, y) is (x, y, 200)."""
    fields = {
        "header_size": 160, "file_version": 7, "pixmap_format": 2, "pixmap_depth": 24,
        "width": WIDTH, "height": HEIGHT, "xoffset": 0, "byte_order": 0, "bitmap_unit": 32,
        "bitmap_bit_order": 0, "bitmap_pad": 32, "bits_per_pixel": 32, "bytes_per_line": 32,
        "visual_class": 4, "red_mask": 0xFF0000, "green_mask": 0xFF00, "blue_mask": 0xFF,
        "bits_per_rgb": 8, "colormap_entries": 256, "ncolors": COLORS, "window_width": WIDTH,
        "window_height": HEIGHT, "window_x": 0, "window_y": 0, "window_bdrwidth": 0,
    } | changes  # fmt: skip
    header = struct.pack(">25I", *fields.values()).ljust(160, b"w")
    lines = np.zeros((HEIGHT, 8, 4), np.uint8)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            lines[y, x] = (200, y, x, 99)  # blue, green, red, unused
    return header + b"c" * 12 * COLORS + lines.tobytes()


def write(folder: Path, data: bytes) -> Path:
    path = folder / "screen"
    path.write_bytes(data)
    return path


def test_pixels_are_rgb_beyond_header_colormap_and_padding(tmp_path: Path) -> None:
    with Framebuffer(write(tmp_path, xwd())) as framebuffer:
        pixels = framebuffer.read()
        assert framebuffer.size == (WIDTH, HEIGHT)
    assert pixels.shape == (HEIGHT, WIDTH, 3) and pixels.dtype == np.uint8
    assert pixels[2, 4].tolist() == [4, 2, 200]
    assert pixels[0, 1].tolist() == [1, 0, 200]


def test_the_given_array_is_filled_and_returned(tmp_path: Path) -> None:
    out = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    with Framebuffer(write(tmp_path, xwd())) as framebuffer:
        assert framebuffer.read(out) is out
        assert out[1, 3].tolist() == [3, 1, 200]
        for wrong in (out[:2], out.astype(np.int16), out[:, ::-1]):
            with pytest.raises(ValueError, match="out must be"):
                framebuffer.read(wrong)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("byte_order", 1), ("bits_per_pixel", 16), ("pixmap_depth", 16), ("file_version", 6),
        ("red_mask", 0xFF), ("bytes_per_line", 16), ("width", 0), ("height", 1 << 30),
        ("header_size", 50), ("ncolors", 1 << 20), ("height", HEIGHT + 1),
    ],
)  # fmt: skip
def test_a_malformed_header_is_a_machine_error(tmp_path: Path, field: str, value: int) -> None:
    with pytest.raises(MachineError, match="malformed framebuffer") as caught:
        Framebuffer(write(tmp_path, xwd(**{field: value})))
    assert caught.value.kind == "display"


@pytest.mark.parametrize("data", [b"", b"short"])
def test_a_file_too_short_for_a_header_is_a_machine_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(MachineError):
        Framebuffer(write(tmp_path, data))


def test_a_missing_file_is_a_machine_error(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no framebuffer"):
        Framebuffer(tmp_path / "nothing")


def test_closing_twice_is_harmless_and_reading_after_is_an_error(tmp_path: Path) -> None:
    framebuffer = Framebuffer(write(tmp_path, xwd()))
    framebuffer.close()
    framebuffer.close()
    with pytest.raises(MachineError, match="closed"):
        framebuffer.read()


def test_a_real_screen_shows_the_background_and_the_pointer(desktop: Desktop) -> None:
    desktop.step(Action.move(600, 300))
    pixels = desktop.screenshot()
    assert pixels.shape == (720, 1280, 3)
    assert tuple(pixels[10, 10]) == (BACKGROUND >> 16, BACKGROUND >> 8 & 255, BACKGROUND & 255)
    beside, background = pixels[290:330, 590:630], pixels[10, 10]
    assert (beside != background).any()
    assert desktop.screenshot(pixels) is pixels
