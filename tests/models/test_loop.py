"""Walks as animations: what is written comes back, and what cannot be written is told."""

import numpy as np
import pytest
from PIL import Image

from models import pixels
from models.errors import CannotSaveError


@pytest.fixture
def frames():
    return list(np.random.default_rng(1).integers(0, 256, (5, 24, 24, 3), dtype=np.uint8))


def test_a_webp_loop_goes_there_and_back_without_loss(frames, tmp_path):
    path = tmp_path / "walk.webp"
    pixels.save_loop(frames, path)
    with Image.open(path) as loop:
        assert loop.n_frames == 8
        assert loop.info["loop"] == 0
    for written, read in zip(frames, pixels.frames_there(path), strict=True):
        np.testing.assert_array_equal(written, read)


def test_grey_frames_become_a_gif(frames, tmp_path):
    pixels.save_loop([frame[..., :1] for frame in frames], tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as loop:
        assert (loop.size, loop.n_frames, loop.info["loop"]) == ((24, 24), 8, 0)


@pytest.mark.parametrize("name", ["walk.mp4", "walk", "walk.png"])
def test_another_kind_of_file_is_refused_in_a_sentence(frames, tmp_path, name):
    with pytest.raises(CannotSaveError, match=r"ending in \.webp or \.gif"):
        pixels.save_loop(frames, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_told(frames, tmp_path):
    with pytest.raises(CannotSaveError, match="missing"):
        pixels.save_loop(frames, tmp_path / "missing" / "walk.webp")
