"""What holds for every degradation, and for the settings drawn for training."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lab.degradations import DEGRADATIONS, drawing
from lab.degradations.degradation import Degradation
from models.card import Task, Value
from models.errors import BadSettingError


def scene(height: int = 96, width: int = 128, channels: int = 3) -> NDArray[np.uint8]:
    """A smooth, colourful picture with an edge."""
    rows, columns = np.indices((height, width))
    ramp = np.stack([rows * 2, columns, 255 - rows - columns], axis=-1)[..., :channels]
    ramp[:, width // 2 :] //= 2
    return np.clip(ramp, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("degradation", DEGRADATIONS.values(), ids=lambda one: one.task)
def test_the_same_seed_gives_the_same_image_and_another_seed_another(degradation: Degradation) -> None:
    clean = scene()
    first, again, other = (degradation.degrade(clean, {}, seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("degradation", DEGRADATIONS.values(), ids=lambda one: one.task)
def test_the_input_is_not_changed(degradation: Degradation) -> None:
    clean = scene()
    degradation.degrade(clean, {}, 0)
    assert np.array_equal(clean, scene())


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("degradation", DEGRADATIONS.values(), ids=lambda one: one.task)
def test_shape_dtype_and_range_are_kept(degradation: Degradation, channels: int, dtype: str) -> None:
    levels = {"uint8": 1, "uint16": 257, "float32": 1 / 255}[dtype]
    clean = (scene(channels=channels) * np.float64(levels)).astype(dtype)
    degraded = degradation.degrade(clean, {}, 0)
    assert (degraded.shape, degraded.dtype) == (clean.shape, clean.dtype)
    assert degraded.min() >= 0
    assert degraded.max() <= 255 * levels


@pytest.mark.parametrize("degradation", DEGRADATIONS.values(), ids=lambda one: one.task)
def test_the_three_depths_of_a_picture_get_the_same_damage(degradation: Degradation) -> None:
    clean = scene()
    light = degradation.degrade(clean, {}, 5)
    deep = degradation.degrade(clean.astype(np.uint16) * 257, {}, 5)
    real = degradation.degrade((clean / 255).astype(np.float32), {}, 5)
    assert np.abs(deep / 257 - light).max() <= 0.51
    assert np.abs(real * 255 - light).max() <= 0.51


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (7, 5)])
@pytest.mark.parametrize("degradation", DEGRADATIONS.values(), ids=lambda one: one.task)
def test_the_smallest_pictures_are_no_trouble(degradation: Degradation, size: tuple[int, int]) -> None:
    clean = np.full((*size, 3), 200, np.uint8)
    assert degradation.degrade(clean, {}, 0).shape == clean.shape


@pytest.mark.parametrize("degradation", DEGRADATIONS.values(), ids=lambda one: one.task)
def test_every_control_works_at_both_ends_of_its_range_and_refuses_more(degradation: Degradation) -> None:
    for control in degradation.controls:
        if control.kind in {"number", "integer"}:
            for value in (control.minimum, control.maximum):
                degraded = degradation.degrade(scene(48, 40), {control.name: value}, 1)
                assert degraded.shape == (48, 40, 3)
            with pytest.raises(BadSettingError, match=f"'{control.name}' must be"):
                degradation.settle({control.name: control.maximum + 1})


def test_an_unknown_setting_is_refused_with_the_near_name() -> None:
    with pytest.raises(BadSettingError, match="did you mean 'sigma'"):
        DEGRADATIONS[Task.DENOISE].settle({"sigme": 3})


def test_an_image_of_another_shape_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"found shape \(8, 8\), uint8"):
        DEGRADATIONS[Task.DENOISE].degrade(np.zeros((8, 8), np.uint8), {}, 0)


@pytest.mark.parametrize("quality", [40, 95])
def test_jpeg_quality_says_how_much_is_lost(quality: int) -> None:
    settings: dict[str, Value] = {"sigma": 0.0, "jpeg": quality}
    recompressed = DEGRADATIONS[Task.DENOISE].degrade(scene(), settings, 0)
    error = np.abs(recompressed.astype(int) - scene()).mean()
    assert (0 < error < 3) if quality == 95 else (1 < error < 12)


def test_drawn_settings_are_always_within_the_controls_ranges() -> None:
    rng = np.random.default_rng(0)
    drawn = [DEGRADATIONS[Task.DERUST].settle(drawing.rust_settings(rng)) for _ in range(200)]
    assert len({str(settings) for settings in drawn}) > 150
