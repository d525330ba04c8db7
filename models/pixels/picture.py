"""A photo in memory, with all that must return to its file."""

from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from models.method import Window
from models.pixels.depth import to_depth


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as its file holds it: in the file's own encoding, upright.

    `pixels` is (height, width, 1) grey or (height, width, 3) RGB; uint8 and uint16 at full range, or float32
    in [0, 1]. `alpha` is (height, width) of the same dtype, 0 transparent. `format` is the file's own:
    "JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIF" or "AVIF". `icc` is its colour profile, unchanged.
    `exif` is a TIFF-structured block without the "Exif" prefix, orientation reset, thumbnail removed. `notes`
    are sentences for the person. `sha256` is of the file's bytes.
    """

    pixels: NDArray[Any]
    alpha: NDArray[Any] | None
    format: str
    icc: bytes | None
    exif: bytes | None
    notes: tuple[str, ...]
    sha256: str

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


def with_pixels(picture: Picture, pixels: NDArray[Any]) -> Picture:
    """Return `picture` with other `pixels` of the same height and width; alpha and metadata stay.

    `pixels` is (height, width, 1 or 3) uint8, uint16 or float32; alpha takes its depth.
    """
    assert pixels.ndim == 3
    assert pixels.shape[:2] == picture.size
    alpha = None if picture.alpha is None else to_depth(picture.alpha, pixels.dtype)
    return replace(picture, pixels=pixels, alpha=alpha)


def cropped(picture: Picture, window: Window) -> Picture:
    """Return the piece of `picture` in `window`, with its metadata; what lies outside is left out.

    `window` lies in the picture, at least in part.
    """
    rows = slice(max(window.top, 0), window.top + window.height)
    columns = slice(max(window.left, 0), window.left + window.width)
    alpha = None if picture.alpha is None else picture.alpha[rows, columns]
    pixels = picture.pixels[rows, columns]
    assert pixels.size, "the window lies in the picture"
    return replace(picture, pixels=pixels, alpha=alpha)


def suffix_for(picture: Picture) -> str:
    """Return the suffix the page saves `picture` as: its own format's, ".png" for those we only read."""
    own = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tiff", "BMP": ".bmp"}
    return own.get(picture.format, ".png")


def from_array(pixels: NDArray[Any]) -> Picture:
    """Return a picture without metadata; `pixels` is (height, width, 1 or 3) uint8, uint16 or float32."""
    assert pixels.ndim == 3
    return Picture(pixels, None, "PNG", None, None, (), "")
