"""What every degradation ends with: white noise, JPEG, and rounding to the photo's own depth."""

import numpy as np

from lab.degradations.jpeg import recompress
from lab.degradations.unit import to_dtype
from models.card import Control
from models.method import Pixels

NOISE = Control(
    name="noise",
    label="Noise",
    kind="number",
    default=0.0,
    maximum=50,
    unit="levels of 255",
    help="Standard deviation of Gaussian noise put on afterwards.",
)

JPEG = Control(
    name="jpeg",
    label="JPEG quality",
    kind="integer",
    default=0,
    maximum=100,
    help="Recompress at this quality afterwards; 0 leaves it out.",
)


def finish(unit: Pixels, like: Pixels, rng: np.random.Generator, *, noise: float, jpeg: int) -> Pixels:
    """Return `unit` with white Gaussian `noise`, recompressed at quality `jpeg`, in the dtype of `like`.

    `unit` is (height, width, 1 or 3) float, about [0, 1]; `like` uint8, uint16 or float32. `noise` is a
    standard deviation in units of 1/255, 0 for none; `jpeg` 1 to 100, 0 for none.
    """
    noisy = unit + rng.standard_normal(unit.shape) * (noise / 255)
    return to_dtype(recompress(noisy, jpeg), like)
