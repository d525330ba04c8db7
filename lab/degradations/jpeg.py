"""JPEG recompression: what a camera or a website did to the photo before it reached us."""

from io import BytesIO

import numpy as np
from PIL import Image

from models.method import Pixels


def recompress(unit: Pixels, quality: int) -> Pixels:
    """Return `unit` after a trip through a JPEG file of `quality` 1 to 100; 0 leaves it as it is.

    `unit` is (height, width, 1 or 3) float in [0, 1]; the result is float64 at the file's 256 levels. Colour
    is stored at half resolution (4:2:0), as most cameras and websites do.
    """
    if quality == 0:
        return unit
    levels = np.rint(np.clip(unit, 0, 1) * 255).astype(np.uint8)
    file = BytesIO()
    grey = levels.shape[2] == 1
    picture = Image.fromarray(levels[..., 0] if grey else levels)
    if grey:
        picture.save(file, "JPEG", quality=quality)
    else:
        picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    with Image.open(file) as reread:
        return np.asarray(reread, np.float64).reshape(levels.shape) / 255
