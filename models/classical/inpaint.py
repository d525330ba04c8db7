"""Derusting by inpainting: the rust is cut out and the hole is filled from its surroundings."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import Card, Control, Paper, Task
from models.classical.enlarging import enlarged
from models.classical.rust_mask import SENSITIVITY, rust_mask
from models.method import Output, Photo, Pixels, Plane, Survey, Tile

_SHORT_SIDE = 600
_SURE = 0.3  # mask value from which a pixel is cut out
_RADIUS = 3  # how far the fill looks for known pixels, on the reduced photo
_METHODS = {"Telea": cv2.INPAINT_TELEA, "Navier–Stokes": cv2.INPAINT_NS}


@dataclass(frozen=True, slots=True)
class Patch:
    """The mask (h, w), 0 where nothing changes, and the filled photo (h, w, 3), at the reduced size."""

    mask: Plane
    fill: Pixels


def look(photo: Photo, *, sensitivity: float, grow: int, method: str) -> Patch:
    """Find the rust on the reduced photo, widen it by `grow` thousandths of its short side, and fill it."""
    image = photo.reduced(_SHORT_SIDE)
    reach = round(grow * min(image.shape[:2]) / 1000)
    mask = widened((rust_mask(image, sensitivity) > _SURE).astype(np.uint8), reach)
    if mask.all():  # nothing is left to fill from
        mask = np.zeros_like(mask)
    soft = cv2.blur(mask.astype(np.float32), (3, 3), borderType=cv2.BORDER_REFLECT)
    return Patch(soft, fill(image, widened(mask, 1), method))


def widened(mask: NDArray[Any], reach: int) -> NDArray[Any]:
    """Return the 0/1 `mask` (h, w) uint8 grown by `reach` pixels on all sides."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(mask, disc)


def fill(image: Pixels, hole: NDArray[Any], method: str) -> Pixels:
    """Return `image` (h, w, 3) float32 with the pixels where `hole` is 1 filled from around it.

    `method` is "Telea" or "Navier–Stokes". Channel by channel in 16 bits, since OpenCV takes three channels
    in 8 bits only.
    """
    deep = np.rint(np.clip(image, 0, 1) * 65535).astype(np.uint16)
    channels = [cv2.inpaint(channel, hole, _RADIUS, _METHODS[method]) for channel in cv2.split(deep)]
    filled = cv2.merge(channels).reshape(image.shape).astype(np.float32) / 65535
    return np.where(hole[..., np.newaxis] > 0, filled, image)


def run(tile: Tile, seen: Patch, *, sensitivity: float, grow: int, method: str) -> Output:
    """Put the fill into `tile` where the mask is; pixels outside it come back exactly as they are."""
    del sensitivity, grow, method  # they went into what was seen
    mask = enlarged(seen.mask, tile.window, tile.photo_size)
    filling = enlarged(seen.fill, tile.window, tile.photo_size)
    share = mask[..., np.newaxis]
    image = np.where(share > 0, tile.image + share * (filling - tile.image), tile.image)
    return Output(image, {"rust-mask": mask})


CARD = Card(
    id="derust-inpaint",
    task=Task.DERUST,
    title="Mask and inpainting",
    summary="Cuts the rust out and fills the hole from its surroundings.",
    explanation=(
        "A rule on colour marks the rust; the marked area is widened a little, removed, and filled from its "
        "border inwards with the colours found there. It is good for specks and narrow streaks on calm "
        "surfaces. The fill is made on a reduced copy, so it has no fine texture, and nothing of the surface "
        "is used even where it shines through: what is put there is plausible, not evidence. Wood, "
        "terracotta, leather, ginger fur and autumn leaves have the colour of rust and are wiped away too."
    ),
    formula=r"\hat{x}(p) = \frac{\sum_{q} w(p,q)\,[\,x(q) + \nabla x(q) \cdot (p - q)\,]}{\sum_{q} w(p,q)},"
    r"\quad q \in B_\varepsilon(p) \setminus M",
    paper=Paper(
        title="An Image Inpainting Technique Based on the Fast Marching Method",
        authors="Telea",
        year=2004,
        link="https://doi.org/10.1080/10867651.2004.10487596",
    ),
    build=Survey(look, run, field_of_view=0),
    controls=(
        SENSITIVITY,
        Control(
            name="grow",
            label="Grow the mask",
            kind="integer",
            default=4,
            minimum=0,
            maximum=30,
            unit="‰ of the short side",
            help="How far the mask is widened, so that no rusty rim is left to fill from.",
        ),
        Control(
            name="method",
            label="Filling",
            kind="choice",
            default="Telea",
            choices=tuple(_METHODS),
            help="Telea marches in from the border; Navier–Stokes continues lines of equal brightness.",
        ),
    ),
    stages={"rust-mask": "Rust mask"},
)
