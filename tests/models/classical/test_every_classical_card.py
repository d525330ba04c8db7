"""What every classical card must hold, whatever its method."""

import subprocess
import sys

import numpy as np
import pytest

from models import registry
from models.card import Task
from models.method import Filter

CARDS = tuple(card for card in registry.cards() if card.method == "classical")

every_card = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
SHAPES = ((1, 1), (1, 5000), (5000, 1), (3, 2), (2, 17), (40, 31))


def pictures(shape):
    rng = np.random.default_rng(7)
    rust = np.array([0.6, 0.3, 0.12], np.float32)
    return {
        "black": np.zeros((*shape, 3), np.float32),
        "white": np.ones((*shape, 3), np.float32),
        "rust": np.broadcast_to(rust, (*shape, 3)).copy(),
        "noise": rng.random((*shape, 3), np.float32),
    }


@every_card
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_shape_comes_back_finite_and_of_the_same_shape_and_depth(card, shape, run):
    for name, image in pictures(shape).items():
        before = image.copy()
        result, stages = run(card, image)
        assert result.shape == image.shape, name
        assert result.dtype == np.float32, name
        assert np.isfinite(result).all(), name
        assert np.array_equal(image, before), "the input was changed"
        for slug, stage in stages.items():
            assert stage.shape[:2] == shape, slug
            assert np.isfinite(stage).all(), slug


@every_card
def test_strips_give_the_same_as_the_whole(card, run, free_photo):
    image = np.ascontiguousarray(free_photo("coffee.png")[50:250, 100:280])
    noise = {"noise_level": 20} if any(c.name == "noise_level" for c in card.controls) else {}
    whole, whole_stages = run(card, image, **noise)
    strips, strip_stages = run(card, image, strip=37, **noise)
    assert np.abs(strips - whole).max() < 2e-5
    for slug, stage in whole_stages.items():
        assert np.abs(strip_stages[slug] - stage).max() < 2e-5


@every_card
def test_declared_stages_are_the_ones_that_come(card, run):
    image = pictures((30, 40))["noise"]
    _, stages = run(card, image)
    swatches = {}
    if not isinstance(card.build, Filter) and card.build.swatches:
        swatches = card.build.swatches(card.build.look(_photo(image), **card.defaults))
    assert [*stages, *swatches] == list(card.stages or {})
    for stage in (*stages.values(), *swatches.values()):
        assert stage.min() >= 0
        assert stage.max() <= 1


def _photo(image):
    from types import SimpleNamespace

    return SimpleNamespace(size=image.shape[:2], reduced=lambda _short_side: image)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16], ids=["8-bit", "16-bit"])
@pytest.mark.parametrize(
    "card", [card for card in CARDS if getattr(card.build, "native", False)], ids=lambda c: c.id
)
def test_native_filters_agree_with_float_up_to_rounding(card, dtype):
    full = np.iinfo(dtype).max
    image = np.random.default_rng(1).integers(0, full, (60, 70, 3), dtype=dtype, endpoint=True)
    result = card.build.run(image, **card.defaults)
    reference = card.build.run(image.astype(np.float32) / np.float32(full), **card.defaults)
    assert result.dtype == dtype
    assert np.abs(result / full - reference).max() * full <= 1.0


@every_card
def test_every_card_says_what_it_cannot_do(card):
    assert card.task in {Task.DENOISE, Task.DEHAZE, Task.DERUST}
    assert card.summary.endswith(".")
    assert card.formula
    words = ("cannot", "fails", "gone", "lost", "no notion", "keeps its noise", "plausible, not evidence")
    assert any(word in card.explanation for word in words)


def test_importing_the_classical_methods_loads_nothing_heavy():
    names = "bilateral, clahe, colour_attenuation, dark_channel, inpaint, median, nlm, unmixing, wavelet"
    code = f"import sys; from models.classical import {names}; print(*sys.modules)"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert not loaded & {"torch", "scipy", "skimage", "pandas", "gradio"}
