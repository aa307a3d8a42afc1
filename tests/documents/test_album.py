import base64
import io
import random

from PIL import Image, ImageChops

from gym_anything.documents.album import MOTIFS, album, picture, pictures, scene
from gym_anything.documents.writers.picture import write_picture


def test_a_motif_looks_different_each_time_and_the_same_for_the_same_seed():
    first, again, other = (picture(random.Random(seed), "house") for seed in (1, 1, 2))
    assert not ImageChops.difference(first, again).getbbox()
    assert ImageChops.difference(first, other).getbbox()


def test_a_scene_can_be_drawn_by_the_writer_of_pictures():
    first, again, other = (
        write_picture(scene(random.Random(s), "house"), "a.png") for s in (1, 1, 2)
    )
    assert first == again != other
    assert Image.open(io.BytesIO(first)).size == (384, 288)


def test_an_album_has_two_or_three_pictures_of_the_motif_and_one_of_another():
    for seed in range(30):
        motifs, wanted, other = album(random.Random(seed), "Documents/a", 7)
        shown = list(motifs.values())
        assert len(motifs) == 7 and shown.count(wanted) in (2, 3) and other in shown
        assert wanted != other and {wanted, other} <= set(MOTIFS)


def test_each_picture_comes_with_the_preview_that_a_file_manager_looks_for():
    made = pictures(random.Random(1), {"Documents/Győr/a b.png": "house"})
    sizes = {}
    for document in made:
        image = Image.open(io.BytesIO(base64.b64decode(document.content)))
        sizes[document.path] = image.size
    assert sizes.pop("Documents/Győr/a b.png") == (384, 288)
    [(path, size)] = sizes.items()
    # md5 of file:///home/user/Documents/Gy%C5%91r/a%20b.png
    assert path.startswith(".cache/thumbnails/normal/") and size == (128, 96)
    assert len(path.rpartition("/")[2]) == 36


def test_no_two_pictures_have_the_same_bytes():
    motifs, _, _ = album(random.Random(3), "Documents/a", 7)
    made = pictures(random.Random(3), motifs)
    assert len({document.content for document in made}) == len(made)
