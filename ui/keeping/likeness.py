"""How near a result and its original are to a clean picture of the same scene."""

import numpy as np

from lab import metrics
from models.method import Pixels
from models.photo import from_float, to_float
from ui.keeping.served import Quality


def likeness(clean: Pixels, before: Pixels, after: Pixels) -> Quality:
    """Measure `before` and `after` against `clean`: (h, w, 1 or 3) each, of any depth, compared at 8 bits."""
    reference, old, new = (_eight_bit(image) for image in (clean, before, after))
    return Quality(
        metrics.psnr(reference, old),
        metrics.psnr(reference, new),
        _ssim(reference, old),
        _ssim(reference, new),
    )


def _eight_bit(image: Pixels) -> Pixels:
    """Return (h, w, 3) uint8: a grey photo may have a reference in colour."""
    colour = np.broadcast_to(image, (*image.shape[:2], 3))
    return from_float(to_float(colour), np.dtype(np.uint8))


def _ssim(reference: Pixels, image: Pixels) -> float | None:
    return metrics.ssim(reference, image) if min(reference.shape[:2]) >= metrics.SSIM_WINDOW else None
