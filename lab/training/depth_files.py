"""Depth that was measured together with a photo, in a file beside it.

NAME.color.jpg      NAME.depth.png, 16 bit, millimetres; 0 and 65535 mean unknown (7-Scenes)
NAME_left.png       NAME_gt.png, the disparity of a stereo pair, 0 unknown (Middlebury)
NAME_view1.png, 5   NAME_disp1.png, 5, likewise
NAME_im2.png, 6     NAME_disp2.png, 6, likewise
"""

import re
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np

from lab.degradations import depth
from lab.errors import MaterialError
from models.method import Pixels

_BESIDE = (
    (re.compile(r"\.color\.(jpg|png)$"), ".depth.png"),
    (re.compile(r"_left\.png$"), "_gt.png"),
    (re.compile(r"_view([15])\.png$"), r"_disp\1.png"),
    (re.compile(r"_im([26])\.png$"), r"_disp\1.png"),
)
_MAP = re.compile(r"(\.depth|_gt|[._]mask|\.rust|_disp\d)\.png$")
_KEPT = 160
"""Maps are kept in memory with this short side: haze needs no finer ones."""


def is_map(name: str) -> bool:
    """Tell whether the file `name` holds depth or a mask, and is no photo.

    >>> is_map("frame-000000.depth.png"), is_map("frame-000000.color.jpg")
    (True, False)
    """
    return _MAP.search(name) is not None


def beside(photo: Path) -> Path | None:
    """Return where the depth of `photo` is, going by its name; None if no such file could be.

    >>> beside(Path("Reindeer_view5.png")).name
    'Reindeer_disp5.png'
    """
    for pattern, replacement in _BESIDE:
        name, found = pattern.subn(replacement, photo.name)
        if found:
            return photo.with_name(name)
    return None


@cache  # asked of all photos for every batch
def has_depth(photo: Path) -> bool:
    """Tell whether the depth of `photo` was measured and is there."""
    file = beside(photo)
    return file is not None and file.is_file()


@lru_cache(maxsize=512)
def inverse_depth(photo: Path) -> Pixels:
    """Return the inverse depth of a photo that `has_depth`, (height, width) float32 in [0, 1], 1 nearest.

    Its sides are in the photo's proportion, the short one at most 160 px.

    Raises MaterialError: the file is broken, or holds no map.
    """
    file = beside(photo)
    assert file is not None, "asked for photos that have depth"
    # None where the file cannot be read, which OpenCV's types do not say.
    values: Pixels | None = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if values is None or values.ndim != 2:
        raise MaterialError(
            f"The depth map '{file}' cannot be read: expected a grey PNG, 16 bit for millimetres, 8 bit for "
            "disparity. Mend it, or remove it together with its photo."
        )
    known = (values > 0) & (values < 65535)
    metric = values.dtype == np.uint16
    nearness = 1 / np.maximum(values, 1) if metric else values.astype(np.float64)
    inverse = depth.measured(nearness, known).astype(np.float32)
    scale = min(1.0, _KEPT / min(inverse.shape))
    size = (round(inverse.shape[1] * scale), round(inverse.shape[0] * scale))
    return cv2.resize(inverse, size, interpolation=cv2.INTER_AREA)
