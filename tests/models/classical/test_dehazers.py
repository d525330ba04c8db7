"""Dark channel, colour attenuation, guided filter and CLAHE on haze of which the truth is known."""

import numpy as np
import pytest
from scipy import ndimage

from models.classical import clahe, colour_attenuation, dark_channel, guided_filter, haze
from models.classical.enlarging import enlarged
from models.method import Window

AIRLIGHT = np.array([0.85, 0.87, 0.9], np.float32)


def hazy_scene(clean):
    """Return a hazy version and its transmission, which falls towards the top as on a plain."""
    ramp = np.linspace(0.3, 0.9, clean.shape[0], dtype=np.float32)[:, np.newaxis]
    transmission = np.broadcast_to(ramp, clean.shape[:2])
    return clean * transmission[..., np.newaxis] + AIRLIGHT * (
        1 - transmission[..., np.newaxis]
    ), transmission


def colourful_scene():
    """Return small blocks of strong colours and shadows: what the dark channel prior assumes."""
    blocks = np.random.default_rng(3).random((60, 80, 3), np.float32)
    blocks[np.arange(60)[:, np.newaxis], np.arange(80), np.arange(80) % 3] *= 0.1
    return np.kron(blocks, np.ones((5, 5, 1), np.float32))


def test_dark_channel_takes_haze_off_and_finds_its_thickness_and_colour(run, photo, psnr):
    clean = colourful_scene()
    hazy, transmission = hazy_scene(clean)
    restored, stages = run(dark_channel.CARD, hazy, strength=1)
    assert psnr(restored, clean) > psnr(hazy, clean) + 6
    assert np.abs(stages["transmission"] - transmission).mean() < 0.1
    seen = dark_channel.look(photo(hazy), strength=1, minimum_transmission=0.1)
    assert np.abs(seen.airlight - AIRLIGHT).max() < 0.2  # at the top of the scene the veil is not yet full


@pytest.mark.parametrize("name", ["coffee.png", "astronaut.png", "motorcycle_left.png"])
def test_dark_channel_beats_doing_nothing_on_photos(name, run, free_photo, psnr):
    clean = free_photo(name)
    hazy, transmission = hazy_scene(clean)
    restored, stages = run(dark_channel.CARD, hazy)
    assert psnr(restored, clean) > psnr(hazy, clean) + 1
    assert np.abs(stages["transmission"] - transmission).mean() < np.abs(1 - transmission).mean()


def test_dark_channel_equals_a_minimum_over_patch_and_channels(free_photo):
    image = np.ascontiguousarray(free_photo("coffee.png")[:90, :120])
    size = 3  # the least patch, at a short side of 90
    expected = ndimage.minimum_filter(image.min(axis=2), size, mode="nearest")
    assert np.array_equal(dark_channel.dark_channel(image), expected)


def test_no_strength_changes_nothing(run, free_photo):
    image = free_photo("coffee.png")
    assert np.abs(run(dark_channel.CARD, image, strength=0)[0] - image).max() < 1e-6
    assert np.abs(run(colour_attenuation.CARD, image, density=0)[0] - image).max() < 1e-6
    assert np.abs(run(clahe.CARD, image, clip_limit=1)[0] - image).max() < 1e-4


def test_colour_attenuation_sees_haze_as_depth(free_photo):
    clean = free_photo("coffee.png")
    hazy, _ = hazy_scene(clean)
    assert colour_attenuation.depth(hazy).mean() > colour_attenuation.depth(clean).mean() + 0.2
    assert colour_attenuation.depth(hazy)[:100].mean() > colour_attenuation.depth(hazy)[-100:].mean()


def test_colour_attenuation_beats_doing_nothing(run, free_photo, psnr):
    clean = free_photo("coffee.png")
    hazy, _ = hazy_scene(clean)
    assert psnr(run(colour_attenuation.CARD, hazy)[0], clean) > psnr(hazy, clean) + 1


@pytest.mark.parametrize("name", [dark_channel.CARD.id, colour_attenuation.CARD.id])
def test_a_black_photo_stays_black(name, run):
    card = {card.id: card for card in (dark_channel.CARD, colour_attenuation.CARD)}[name]
    black = np.zeros((50, 60, 3), np.float32)
    assert np.array_equal(run(card, black)[0], black)


def test_clearing_inverts_koschmieders_law(free_photo):
    clean = np.ascontiguousarray(free_photo("chelsea.png"))
    hazy, transmission = hazy_scene(clean)
    assert np.abs(haze.clear(hazy, transmission, AIRLIGHT) - clean).max() < 1e-5


def test_the_map_of_a_large_photo_fits_that_of_a_reduced_one(run, free_photo):
    small = free_photo("coffee.png")
    large = np.repeat(np.repeat(small, 3, axis=0), 3, axis=1)
    _, small_stages = run(dark_channel.CARD, small)
    _, large_stages = run(dark_channel.CARD, large)
    reduced = large_stages["transmission"][1::3, 1::3]
    assert np.abs(reduced - small_stages["transmission"]).mean() < 0.03


def test_guided_filter_equals_its_formula_with_scipys_means(free_photo):
    image = np.ascontiguousarray(free_photo("coffee.png")[:80, :90])
    target = np.random.default_rng(0).random((80, 90)).astype(np.float32)

    def mean(plane):
        return ndimage.uniform_filter(np.asarray(plane, np.float64), 9, mode="reflect")

    grey = image.astype(np.float64) @ [0.299, 0.587, 0.114]
    slope = (mean(grey * target) - mean(grey) * mean(target)) / (mean(grey * grey) - mean(grey) ** 2 + 1e-3)
    expected = mean(slope) * grey + mean(mean(target) - slope * mean(grey))
    guided = guided_filter.fit(target, image, radius=4, epsilon=1e-3)
    assert np.abs(guided.on(image, Window(0, 0, 80, 90), (80, 90)) - expected).max() < 1e-4


def test_enlarging_in_windows_equals_enlarging_the_whole():
    small = np.random.default_rng(0).random((7, 5, 3)).astype(np.float32)
    whole = enlarged(small, Window(0, 0, 61, 47), (61, 47))
    part = enlarged(small, Window(13, 9, 20, 30), (61, 47))
    assert np.array_equal(part, whole[13:33, 9:39])


def test_enlarging_equals_scipys_bilinear_zoom():
    small = np.random.default_rng(0).random((7, 5)).astype(np.float32)
    expected = ndimage.zoom(small, 4, order=1, grid_mode=True, mode="nearest")
    assert np.abs(enlarged(small, Window(0, 0, 28, 20), (28, 20)) - expected).max() < 1e-6


@pytest.mark.parametrize("limit", [1.0, 2.5, 6.0])
def test_clahe_curves_rise_from_black_to_white_and_never_steeper_than_the_limit(limit, free_photo):
    lightness = free_photo("rocket.jpg")[..., 1]
    curve = clahe.tone_curve(lightness, limit)
    steepness = np.diff(curve) * 256
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1)
    assert steepness.min() > 0
    assert steepness.max() < limit * 1.001


def test_clahe_raises_the_contrast_of_a_hazy_photo(run, free_photo):
    hazy = free_photo("coffee.png") * 0.3 + np.float32(0.6)
    assert run(clahe.CARD, hazy)[0].std() > 1.3 * hazy.std()


def test_clahe_keeps_sixteen_bit_steps(run):
    ramp = np.linspace(0.40, 0.41, 400, dtype=np.float32)
    image = np.broadcast_to(ramp[:, np.newaxis, np.newaxis], (400, 40, 3)).copy()
    result, _ = run(clahe.CARD, image)
    assert len(np.unique(np.round(result[:, 20, 0] * 65535))) > 250  # 8 bits would leave four
