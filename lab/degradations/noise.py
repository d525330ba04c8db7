"""Noise: white Gaussian, as the benchmarks have it, and shot and read noise, as cameras have it.

y = x + n. Camera noise is added in linear light, before the tone curve, then Gaussian noise to the file's
own values, then JPEG; each part can be left out.
"""

import cv2
import numpy as np

from lab.degradations.degradation import Degradation
from lab.degradations.finish import JPEG, finish
from lab.degradations.unit import to_unit
from models.card import Control, Settings, Task
from models.classical.light import to_encoded, to_linear
from models.method import Pixels

WHITE_BALANCE = (2.0, 1.0, 1.6)
"""Gains of R, G, B after the sensor, chosen as plain daylight values: they make red and blue noisier."""

_GREEN = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
_RED_OR_BLUE = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4


def add_camera_noise(
    unit: Pixels, rng: np.random.Generator, *, gain: float, read: float, demosaic: bool
) -> Pixels:
    """Return sRGB `unit` with the noise of a sensor: variance `gain`·x + (`read`/255)² in linear light x.

    The signal-dependent Gaussian is the usual stand-in for photon counts (Foi et al. 2008,
    doi:10.1109/TIP.2008.2001399). At white the standard deviation in linear light is √`gain`. Sensor values
    x are divided by the white balance gains before and multiplied by them after. With `demosaic` the noise
    of each channel is kept at its places in an RGGB mosaic and interpolated bilinearly, which gives the
    blotches of real photos; the photo itself is not blurred. Grey photos have neither.
    """
    linear = to_linear(unit)
    colour = unit.shape[2] == 3
    balance = np.array(WHITE_BALANCE if colour else (1.0,))
    deviation = balance * np.sqrt(gain * linear / balance + (read / 255) ** 2)
    noise = deviation * rng.standard_normal(unit.shape)
    return to_encoded(linear + (_demosaic(noise) if demosaic and colour else noise))


def _demosaic(noise: Pixels) -> Pixels:
    """Return `noise` (h, w, 3) sampled by an RGGB mosaic and interpolated bilinearly."""
    rows, columns = np.indices(noise.shape[:2]) % 2
    sites = (
        ((rows == 0) & (columns == 0), _RED_OR_BLUE),
        (rows != columns, _GREEN),
        ((rows == 1) & (columns == 1), _RED_OR_BLUE),
    )
    channels = [
        cv2.filter2D(noise[..., i] * site, cv2.CV_64F, kernel, borderType=cv2.BORDER_REFLECT_101)
        for i, (site, kernel) in enumerate(sites)
    ]
    return np.stack(channels, axis=-1)


def degrade(image: Pixels, settings: Settings, seed: int) -> Pixels:
    """Return a noisy `image`, same shape and dtype, clipped to its range; see `CONTROLS` for `settings`."""
    rng = np.random.default_rng(seed)
    noisy = to_unit(image)
    if settings["gain"] or settings["read"]:
        noisy = add_camera_noise(
            noisy,
            rng,
            gain=float(settings["gain"]),
            read=float(settings["read"]),
            demosaic=bool(settings["demosaic"]),
        )
    return finish(noisy, image, rng, noise=float(settings["sigma"]), jpeg=int(settings["jpeg"]))


CONTROLS = (
    Control(
        name="sigma",
        label="Gaussian noise",
        kind="number",
        default=25.0,
        maximum=100,
        unit="levels of 255",
        help="Standard deviation of white Gaussian noise on the file's own values.",
    ),
    Control(
        name="gain",
        label="Shot noise",
        kind="number",
        default=0.0,
        maximum=0.2,
        step=0.001,
        help="Variance per unit of linear light: 0.002 is faint, 0.02 strong, 0.1 all but hides the photo.",
    ),
    Control(
        name="read",
        label="Read noise",
        kind="number",
        default=0.0,
        maximum=20,
        step=0.1,
        unit="levels of 255 in linear light",
        help="Noise of the electronics, alike in shadows and lights.",
    ),
    Control(
        name="demosaic",
        label="Colour mosaic",
        kind="flag",
        default=True,
        help="Shot and read noise blotch as they do behind a colour mosaic.",
    ),
    JPEG,
)

DEGRADATION = Degradation(Task.DENOISE, CONTROLS, degrade)
