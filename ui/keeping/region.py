"""A region of a photo: where the first try lies, what is seen in it, what it tells of the whole photo."""

import numpy as np

from models import pixels
from models.method import Window
from models.pixels import Picture
from models.provenance import Provenance
from ui.keeping.served import Admitted

REGION_SIDE = 512
"""Side of the region that is tried first, in pixels."""


def region_around(photo: Admitted, across: float, down: float) -> Window:
    """Return the region to try first, centred where `across` and `down` (0 to 1) point, inside the photo."""
    height, width = min(REGION_SIDE, photo.height), min(REGION_SIDE, photo.width)
    top = round(np.clip(down * photo.height - height / 2, 0, photo.height - height))
    left = round(np.clip(across * photo.width - width / 2, 0, photo.width - width))
    return Window(top, left, height, width)


def seen_in(region: Window | None, whole: Picture) -> Picture:
    """Return the part of a picture that lies in `region`; the picture itself where there is none."""
    return pixels.cropped(whole, region) if region else whole


def whole_seconds(photo: Admitted, provenance: Provenance) -> float | None:
    """Estimate the whole photo's time from a region's: the method's share grows with the pixels.

    None if the whole photo was run.
    """
    if provenance.window is None:
        return None
    growth = photo.height * photo.width / (provenance.height * provenance.width)
    return provenance.steps["preprocess"] + provenance.steps["method"] * growth
