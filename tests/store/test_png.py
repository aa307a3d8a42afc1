import io

import numpy as np
import pytest
from PIL import Image

from gym_anything.store.png import FrameEncoder, decode


def pictures(rng, height, width):
    """Successive frames: flat, some rows changed, as before, noise, another size."""
    flat = np.full((height, width, 3), 200, np.uint8)
    marked = flat.copy()
    marked[height // 2, : width // 2] = (1, 2, 3)
    noise = rng.integers(0, 256, (height, width, 3), np.uint8)
    return [flat, marked, marked.copy(), flat.copy(), noise, noise[: height - 1]]


@pytest.mark.parametrize("size", [(2, 1), (24, 5), (25, 64), (97, 33)])
def test_another_decoder_reads_the_same_pixels(size):
    encoder = FrameEncoder()
    for frame in pictures(np.random.default_rng(0), *size):
        encoder.take(frame)
        png = encoder.png()
        with Image.open(io.BytesIO(png)) as picture:
            picture.load()  # checks every checksum
            assert np.array_equal(np.asarray(picture), frame)
        assert np.array_equal(decode(png), frame)


def test_a_digest_tells_frames_apart_and_knows_one_again():
    first, second = FrameEncoder(), FrameEncoder()
    frames = pictures(np.random.default_rng(0), 30, 20)
    digests = [first.take(frame) for frame in frames]
    assert digests[0] == digests[3] and digests[1] == digests[2]
    assert len(set(digests)) == 4
    assert [second.take(frame) for frame in reversed(frames)] == digests[::-1]


def test_a_picture_that_is_none_is_refused():
    with pytest.raises(ValueError, match="not a PNG"):
        decode(b"no picture")
