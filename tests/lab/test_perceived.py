"""The feature distance: nothing for equal photos, more for more damage, and the same whatever came before."""

import cv2
import numpy as np
import pytest
from skimage import data

from lab.quality import perceived
from lab.quality.case import Case
from lab.quality.contestants import Answer
from lab.quality.figures import WHOLE, figures

PHOTO = np.ascontiguousarray(data.astronaut()[:160, 180:340])


def test_equal_photos_have_none() -> None:
    assert perceived.feature_distance(PHOTO, PHOTO) == 0


@pytest.mark.parametrize("damage", ["blur", "noise"])
def test_more_damage_is_further_away(damage: str) -> None:
    noise = np.random.default_rng(0).standard_normal(PHOTO.shape)
    distances = [
        perceived.feature_distance(
            PHOTO,
            cv2.GaussianBlur(PHOTO, (0, 0), strength)
            if damage == "blur"
            else np.clip(PHOTO + 10 * strength * noise, 0, 255).astype(np.uint8),
        )
        for strength in (0.5, 1.0, 2.0, 4.0)
    ]
    assert distances == sorted(distances)
    assert 0 < distances[0] < 0.5 * distances[-1] < 2


def test_a_shift_of_brightness_counts_less_than_a_blur_of_the_same_psnr() -> None:
    blurred = cv2.GaussianBlur(PHOTO, (0, 0), 2.0)
    error = np.sqrt(np.mean((blurred.astype(float) - PHOTO) ** 2))
    brighter = np.clip(PHOTO.astype(int) + round(error), 0, 255).astype(np.uint8)
    assert perceived.feature_distance(PHOTO, brighter) < 0.5 * perceived.feature_distance(PHOTO, blurred)


def test_figures_have_it_where_the_network_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("photo", cv2.GaussianBlur(PHOTO, (0, 0), 2.0), PHOTO)
    assert figures(case, Answer(case.damaged))[WHOLE]["features"] > 0
    monkeypatch.setattr(perceived, "_PACKAGES", ("not_installed_here",))
    assert "features" not in figures(case, Answer(case.damaged))[WHOLE]
