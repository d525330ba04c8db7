"""Colour profiles: whether one can be used, and the few conversions to sRGB.

Methods see a file's own values, and its profile goes back unchanged. Only what they cannot see (CMYK, CIELAB)
and what a page shows is converted, by Little CMS.
"""

import io
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_HEADER = 128
"""Bytes of a profile's header; "acsp" stands at 36, the colour space at 16 (ICC.1:2010, 7.2)."""


def is_usable(icc: bytes) -> bool:
    """Tell whether `icc` is a profile that can be read."""
    if len(icc) < _HEADER or icc[36:40] != b"acsp":
        return False
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except (OSError, ImageCms.PyCMSError):
        return False
    return True


def fits(icc: bytes, channels: int) -> bool:
    """Tell whether a picture of 1 or 3 `channels` may carry `icc`; a grey one may carry an RGB profile."""
    return icc[16:20] == b"RGB " or (channels == 1 and icc[16:20] == b"GRAY")


def to_srgb(pixels: NDArray[Any], icc: bytes | None) -> NDArray[Any]:
    """Return uint8 `pixels` (h, w, 1 or 3) in sRGB, as they are if they have no profile that can be used."""
    if icc is None or not is_usable(icc) or not fits(icc, pixels.shape[2]):
        return pixels
    mode = "L" if icc[16:20] == b"GRAY" else "RGB"
    if mode == "RGB" and pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    try:
        return _applied(_transform(icc, mode), pixels, mode)
    except ImageCms.PyCMSError:
        return pixels


def from_cmyk(inks: NDArray[Any], icc: bytes | None) -> tuple[NDArray[Any], str]:
    """Return uint8 CMYK (h, w, 4; 255 is full ink) as sRGB, and a note that says how."""
    if icc is not None and is_usable(icc) and icc[16:20] == b"CMYK":
        try:
            return _applied(_transform(icc, "CMYK"), inks, "CMYK"), (
                "It was in CMYK and became sRGB by its own colour profile."
            )
        except ImageCms.PyCMSError:
            pass  # converted plainly below, and said so
    return np.asarray(Image.fromarray(inks, "CMYK").convert("RGB")), (
        "It was in CMYK without a colour profile that can be used; its colours as sRGB are approximate."
    )


def from_lab(lab: NDArray[Any]) -> NDArray[Any]:
    """Return CIELAB (h, w, 3) as sRGB; uint8 as TIFF holds it: L* × 2.55, and signed a*, b*."""
    image = Image.frombytes("LAB", (lab.shape[1], lab.shape[0]), lab.tobytes(), "raw", "LAB")
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), _srgb(), "LAB", "RGB")
    return np.asarray(ImageCms.applyTransform(image, transform))


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _transform(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        _srgb(),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _applied(transform: ImageCms.ImageCmsTransform, pixels: NDArray[Any], mode: str) -> NDArray[Any]:
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if mode == "L" else pixels), mode)
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None  # only in-place conversion returns nothing
    return np.asarray(converted)
