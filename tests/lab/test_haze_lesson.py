"""The lesson of haze: examples follow the law, depth lies beside its photo, stages count in the loss."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from lab.errors import MaterialError, RecipeError
from lab.training import album, depth_files
from lab.training.album import Photo
from lab.training.haze import Haze
from lab.training.haze_scenes import Air
from lab.training.lesson import Question
from models.architectures.dehaze_recurrent import DehazeRecurrent
from models.architectures.dehaze_unet import DehazeUNet
from models.architectures.koschmieder import clear

PLAIN = {"worn_share": 0.0, "clear_share": 0.0, "dim_share": 0.0}


def a_photo(seed: int = 0, path: Path = Path("photo.png")) -> Photo:
    noise = np.random.default_rng(seed).random((10, 14, 3), np.float32)
    image = cv2.resize(noise, (140, 100), interpolation=cv2.INTER_LINEAR)
    return Photo(path, np.rint(image * 255).astype(np.uint8))


def drawn(lesson: Haze, seed: int = 0, batch: int = 6):
    return lesson.draw([a_photo(n) for n in range(3)], np.random.default_rng(seed), batch, 32)


def test_hazy_pieces_are_the_clear_ones_behind_their_haze():
    batch = drawn(Haze(**PLAIN))
    t, airlight = batch["transmission"], batch["airlight"]
    law = batch["clear"] / 255 * t + airlight * (1 - t)
    assert np.abs(batch["hazy"] / 255 - law).max() < 1.1 / 255
    assert 0 < t.min() < t.max() <= 1


def test_the_same_seed_draws_the_same_batch_and_another_seed_another():
    one, same, other = (drawn(Haze(), seed) for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["hazy"], other["hazy"])


def test_clear_photos_come_as_they_are():
    batch = drawn(Haze(worn_share=0.0, clear_share=1.0))
    assert np.array_equal(batch["hazy"], batch["clear"])
    assert (batch["transmission"] == 1).all()


def test_noise_and_jpeg_are_in_the_hazy_photo_alone():
    batch = drawn(Haze(**PLAIN | {"worn_share": 1.0}))
    t = batch["transmission"]
    law = batch["clear"] / 255 * t + batch["airlight"] * (1 - t)
    assert np.abs(batch["hazy"] / 255 - law).mean() > 1 / 255


def test_the_airlight_told_is_that_of_thick_haze():
    air = Air(np.full((4, 4), 0.02, np.float32), np.array([0.9, 0.8, 0.7], np.float32))
    assert np.abs(air.told(a_photo().pixels / np.float32(255)) - air.airlight).max() < 0.02


@pytest.fixture
def room(tmp_path: Path) -> Photo:
    """A photo whose left half is a metre away, its right half two; the rows above 20 unknown."""
    photo = a_photo(path=tmp_path / "room.color.png")
    distance = np.repeat(np.where(np.arange(140) < 70, 1000, 2000)[None], 100, axis=0).astype(np.uint16)
    distance[:10], distance[10:20] = 0, 65535
    cv2.imwrite(str(photo.path), photo.pixels)
    cv2.imwrite(str(tmp_path / "room.depth.png"), distance)
    return photo


def test_measured_depth_is_read_with_its_holes_filled(room: Photo):
    inverse = depth_files.inverse_depth(room.path)
    assert inverse.shape == (100, 140)
    assert (inverse[:, :70] == 1).all()
    assert (inverse[:, 70:] == 0).all()


def test_a_room_with_measured_depth_has_haze_by_that_depth(room: Photo):
    lesson = Haze(**PLAIN, indoor_share=1.0, indoor_beta=(1.0, 1.0))
    near, far = [], []
    for seed in range(8):
        t = lesson.draw([room], np.random.default_rng(seed), 1, 76)["transmission"][0, 0]
        left, right = t[:, :4].mean(), t[:, -4:].mean()
        near.append(max(left, right)), far.append(min(left, right))
    assert np.mean(near) > np.mean(far) + 0.15


def test_recoloured_photos_have_other_colours_behind_a_haze_of_the_same_law():
    as_they_are, recoloured = (drawn(Haze(**PLAIN, recoloured_share=share)) for share in (0.0, 1.0))
    assert np.abs(as_they_are["clear"].mean((2, 3)) - recoloured["clear"].mean((2, 3))).max() > 10
    t, airlight = recoloured["transmission"], recoloured["airlight"]
    law = recoloured["clear"] / 255 * t + airlight * (1 - t)
    assert np.abs(recoloured["hazy"] / 255 - law).max() < 1.1 / 255


def test_depth_maps_are_not_taken_for_photos(room: Photo):
    found = album.read([room.path.parent], least_side=32, cutouts=False, tell=print)
    assert [photo.path.name for photo in found.learning] == ["room.color.png"]


def test_a_broken_depth_map_is_named(room: Photo):
    room.path.with_name("room.depth.png").write_bytes(b"no map")
    broken = room.path.parent / "." / "other.color.png"
    broken.with_name("other.depth.png").write_bytes(b"no map")
    with pytest.raises(MaterialError, match=r"other\.depth\.png' cannot be read"):
        depth_files.inverse_depth(broken)


def test_a_share_or_range_that_cannot_be_is_named():
    with pytest.raises(RecipeError, match=r"'beta' of the lesson .* found \(2, 1\)"):
        Haze(beta=(2, 1))
    with pytest.raises(RecipeError, match="'worn_share' of the lesson must be from 0 to 1; found 2"):
        Haze(worn_share=2)


def posed(lesson: Haze) -> Question:
    batch = {name: torch.from_numpy(array.copy()) for name, array in drawn(lesson).items()}
    return lesson.pose(batch, torch.Generator())


def test_the_true_maps_give_no_loss_and_a_wrong_one_of_any_gives_some():
    lesson = Haze(**PLAIN)
    target = posed(lesson).target.clone()
    target[:, 3] = target[:, 3].clamp(min=0.1)
    question = Question((), target)
    truth = target.split((3, 1, 3), dim=1)
    assert lesson.loss(truth, question, "l1") == 0
    for number in range(3):
        wrong = [part + 0.1 * (place == number) for place, part in enumerate(truth)]
        assert lesson.loss(tuple(wrong), question, "l1") > 0.001
    assert lesson.loss((*truth, truth[0] + 0.1, truth[0]), question, "l1") > 0.001


def test_the_law_with_the_true_maps_gives_the_clear_photo_back():
    lesson = Haze(**PLAIN, indoor_beta=(0.2, 0.4), beta=(0.2, 0.4))
    question = posed(lesson)
    photo, t, airlight = question.target.split((3, 1, 3), dim=1)
    assert (clear(question.inputs[0], t, airlight) - photo).abs().max() < 1.1 / 255 / t.min()


NETWORKS = [DehazeUNet(widths=(4, 6, 8), blocks=(1, 1, 1)), DehazeRecurrent(width=4, steps=3)]


@torch.no_grad()
@pytest.mark.parametrize("network", NETWORKS, ids=["unet", "recurrent"])
def test_an_examination_is_the_same_each_time_and_marks_three_places(network):
    photos = [a_photo(1), a_photo(2)]
    marks = [Haze().examine(network, photos, torch.device("cpu")) for _ in range(2)]
    assert marks[0] == marks[1]
    assert set(marks[0].figures) == {"psnr_indoor", "psnr_outdoor", "psnr_clear"}


@torch.no_grad()
@pytest.mark.parametrize("network", NETWORKS, ids=["unet", "recurrent"])
def test_stages_are_maps_of_the_photos_size_within_their_range(network):
    image = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    restored, t, airlight, *steps = network(image, *torch.full((3, 2, 1, 1, 1), 0.9))
    assert restored.shape == airlight.shape == image.shape
    assert t.shape == (2, 1, 64, 96)
    assert 0.1 <= t.min() <= t.max() <= 1
    assert torch.allclose(airlight, torch.tensor(0.9), atol=0.3)
    assert len(steps) in {0, 3}
    assert not steps or torch.equal(steps[-1], restored)


@torch.no_grad()
@pytest.mark.parametrize("network", NETWORKS, ids=["unet", "recurrent"])
def test_an_untrained_network_leaves_a_photo_nearly_as_it_is(network):
    image = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert (network(image, *torch.full((3, 1, 1, 1, 1), 0.9))[0] - image).abs().max() < 0.05
