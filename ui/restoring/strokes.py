"""A hint as people see it: two colours painted over a photo, and what they say. No Gradio in it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from models import pixels
from models.errors import BadHintError
from models.hint import HERE, NONE, UNSAID, Hint
from models.method import Pixels
from models.photo import to_float
from ui.keeping.served import Admitted, Served

RUST, CLEAN = "#ff6a00", "#0a84ff"
"""Orange says that here is rust, blue that here is none."""

OPACITY = 0.55
"""How much a stroke covers: the photo shows through, and of two strokes the later one still prevails."""

PAINTED = 0.25
"""Where a layer has less alpha than this nothing was painted: strokes have soft edges."""

CANVAS_SIDE = 1024
"""Long side of what is painted on, in pixels: enough for a finger, and light to send with each run."""

MOST_MEGAPIXELS = 4.0
MASK_STAGE = "rust-mask"


def canvas(photo: Admitted) -> Path:
    """Return the picture that is painted over: the photo's preview, upright, made smaller once.

    Raises CannotSaveError.
    """
    preview = Path(photo.preview)
    file = preview.with_name("canvas.jpg")
    if not file.exists():
        shown = pixels.open(preview).pixels
        pixels.save(pixels.from_array(_reduced(shown)), file, quality=90)
    return file


def hint(layers: Sequence[Path]) -> Hint | None:
    """Return what the painted `layers` say, later ones over earlier ones; None if nothing is painted.

    Raises BadPictureError; BadHintError: layers of several sizes.
    """
    marks = [_marks(layer) for layer in layers]
    if len({each.shape for each in marks}) > 1:
        raise BadHintError("Expected painted layers of one size. Empty the painting and paint once more.")
    together = next(iter(marks), np.zeros((1, 1), np.int8))
    for each in marks[1:]:
        together = np.where(each == UNSAID, together, each)
    return Hint(together) if together.any() else None


def found(served: Served, folder: Path) -> Path | None:
    """Return a layer for the canvas of a result's photo: orange where the run found rust.

    `folder` is the result's; of a region only its place is painted. None if the method shows no mask.

    Raises CannotSaveError.
    """
    stage = next((each for each in served.stages if each.slug == MASK_STAGE), None)
    if stage is None:
        return None
    height, width = pixels.open(canvas(served.photo)).size
    mask = pixels.open(folder / stage.file).pixels[..., 0]
    alpha = np.zeros((height, width), np.uint8)
    place = _place(served, height, width)
    part = alpha[place]
    part[cv2.resize(mask, part.shape[::-1], interpolation=cv2.INTER_AREA) >= 128] = round(255 * OPACITY)
    colour = np.array([int(RUST[first : first + 2], 16) for first in (1, 3, 5)], np.uint8)
    layer = pixels.from_array(np.broadcast_to(colour, (height, width, 3)).copy())
    file = folder / "found.png"
    pixels.save(replace(layer, alpha=alpha), file)
    return file


def _marks(layer: Path) -> Pixels:
    """Return what one layer says, (h, w) int8: a stroke is orange, with more red than blue, or blue."""
    picture = pixels.open(layer, max_megapixels=MOST_MEGAPIXELS)
    red, blue = picture.pixels[..., 0], picture.pixels[..., -1]
    said = np.where(red > blue, HERE, NONE).astype(np.int8)
    if picture.alpha is not None:
        said[to_float(picture.alpha) < PAINTED] = UNSAID
    return said


def _place(served: Served, height: int, width: int) -> tuple[slice, slice]:
    """Return where on a canvas of `height` × `width` a result lies: everywhere, or at its region."""
    window = served.provenance["window"]
    if window is None:
        return slice(0, height), slice(0, width)
    down, across = height / served.photo.height, width / served.photo.width
    top, left = int(window["top"] * down), int(window["left"] * across)
    bottom = max(top + 1, round((window["top"] + window["height"]) * down))
    right = max(left + 1, round((window["left"] + window["width"]) * across))
    return slice(top, bottom), slice(left, right)


def _reduced(image: Pixels) -> Pixels:
    """Return (h, w, c) with a long side of at most `CANVAS_SIDE`, by area averaging."""
    height, width = image.shape[:2]
    scale = min(1.0, CANVAS_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
