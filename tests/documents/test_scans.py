import io
import random

from PIL import Image, ImageChops

from gym_anything.documents.scans import delivery_note, meter
from gym_anything.documents.writers.picture import write_picture


def drawn(content):
    return Image.open(io.BytesIO(write_picture(content, "a.png"))).convert("RGB")


def reading(whole, litres=385):
    return drawn(meter(random.Random(1), "402213", whole, litres))


def test_a_meter_shows_its_reading_and_nothing_else_differs():
    assert not ImageChops.difference(reading(4711), reading(4711)).getbbox()
    whole = ImageChops.difference(reading(4711), reading(4811)).getbbox()
    litres = ImageChops.difference(reading(4711), reading(4711, 386)).getbbox()
    assert whole and litres and whole[2] < litres[0], "black digits are left of the red ones"
    assert max(whole[2] - whole[0], whole[3] - whole[1]) < 40, "one wheel"


def test_a_delivery_note_is_as_long_as_its_lines_and_shows_each_quantity():
    lines = [("LED Strip Plus", 25), ("Stapler Slim", 89)]
    note, longer, other = (
        drawn(delivery_note(random.Random(1), "Nimbus Kft.", 66479, each))
        for each in (lines, [*lines, ("Desk Lamp", 6)], [lines[0], ("Stapler Slim", 98)])
    )
    assert longer.height > note.height
    box = ImageChops.difference(note, other).getbbox()
    assert box and box[0] > note.width / 2 and box[3] - box[1] < 27
