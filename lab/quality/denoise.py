"""The trials of denoising: white noise of known strength, as the papers have it, and an unseen camera."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from lab.degradations.jpeg import recompress
from lab.quality.case import Case, Trial
from lab.quality.photos import Material, to_bytes
from lab.quality.unseen_camera import CAMERAS, photograph

LEVELS = (15, 25, 50)
"""Noise levels of the published tables, in units of 1/255."""


def _gaussian(material: Material, sigma: int) -> Iterator[Case]:
    """Yield photos with white noise, the same as `lab.training.gaussian_noise` examines with."""
    for number, photo in enumerate(material.photos):
        rng = np.random.default_rng((sigma, number))
        noise = rng.standard_normal(photo.pixels.shape, np.float32) * np.float32(sigma / 255)
        noisy = photo.pixels.astype(np.float32) / np.float32(255) + noise
        yield Case(photo.name, noisy, photo.pixels, {"noise_level": float(sigma)})


def _camera(material: Material, name: str) -> Iterator[Case]:
    for number, photo in enumerate(material.photos):
        noisy, reference = photograph(photo.pixels, CAMERAS[name], number)
        without_noise = to_bytes(recompress(reference / 255, CAMERAS[name].jpeg).astype(np.float32))
        yield Case(photo.name, noisy, reference, without_noise=without_noise)


TRIALS: tuple[Trial, ...] = (
    *(
        Trial(
            f"gaussian-{sigma}",
            f"White noise, σ = {sigma}",
            f"Gaussian noise of standard deviation {sigma}/255 on the 8-bit photo, neither clipped nor "
            "rounded, as the published figures have it; methods with a noise level are told it. Seeds: "
            "(σ, number of the photo).",
            partial(_gaussian, sigma=sigma),
        )
        for sigma in LEVELS
    ),
    *(
        Trial(
            f"camera-{name}",
            f"Simulated camera, {name}",
            f"A simulated camera with parameters and steps that no recipe trains on ({camera.electrons:g} "
            f"electrons at white, read noise {camera.read:g}, row noise {camera.rows:g}, demosaicing, "
            f"sharpening, JPEG {camera.jpeg}), stored in 8 bits; methods find the noise level themselves. "
            "Seeds: number of the photo.",
            partial(_camera, name=name),
        )
        for name, camera in CAMERAS.items()
    ),
)
