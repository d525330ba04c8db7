"""How far an image is from its reference: PSNR, SSIM, GMSD and the colour difference ΔE00.

All take two images of the same size, (height, width), (height, width, 1) or (height, width, 3) RGB in sRGB
values: uint8, uint16, or float in [0, 1]. Nothing here needs torch, and the import is light: the page uses
it.
"""

from dataclasses import dataclass
from math import inf, log10, radians

import cv2
import numpy as np

from models.method import Pixels

SSIM_WINDOW = 11
"""Side of the window that SSIM looks through, in pixels: smaller images have none."""

_SIGMA = 1.5
_C1, _C2 = 0.01**2, 0.03**2

_PREWITT = np.array([[1, 0, -1]] * 3, np.float32) / 3
_GRADIENT_FLOOR = 170 / 255**2  # T of the paper: fainter gradients count little


@dataclass(frozen=True, slots=True)
class ColourDifference:
    """ΔE00 over an image: 1 is about the least that an eye sees side by side.

    `mean` over all pixels; `p95`: 95 % of the pixels differ by less.
    """

    mean: float
    p95: float


def psnr(reference: Pixels, image: Pixels) -> float:
    """Return the peak signal-to-noise ratio in dB, 10·log₁₀(1/MSE) on [0, 1]; infinite for equal images.

    Raises ValueError: different sizes, or not an image (see the top of this file).

    >>> black, grey = np.zeros((8, 8, 3), np.uint8), np.full((8, 8, 3), 51, np.uint8)
    >>> round(psnr(black, grey), 2)
    13.98
    """
    first, second = _pair(reference, image)
    error = first.astype(np.float64) - second
    mean_square = float(np.mean(error * error))
    return inf if mean_square == 0 else 10 * log10(1 / mean_square)


def ssim(reference: Pixels, image: Pixels) -> float:
    """Return the mean structural similarity, at most 1; colour is the mean of the channels.

    Gaussian window of 11 × 11 pixels, σ 1.5, K₁ .01, K₂ .03, the outermost 5 pixels left out (Wang et al.
    2004, doi:10.1109/TIP.2003.819861); the same number as scikit-image's with `gaussian_weights=True`,
    `use_sample_covariance=False`.

    Raises ValueError: different sizes, smaller than 11 pixels on a side, or not an image.
    """
    edge = SSIM_WINDOW // 2
    return float(ssim_map(reference, image)[edge:-edge, edge:-edge].mean(dtype=np.float64))


def ssim_map(reference: Pixels, image: Pixels) -> Pixels:
    """Return the structural similarity around each pixel, (height, width) or (height, width, 3) float32.

    As `ssim`, which is its mean without the outermost 5 pixels: those see mirrored surroundings.
    """
    first, second = _pair(reference, image)
    height, width = first.shape[:2]
    if min(height, width) < SSIM_WINDOW:
        raise ValueError(
            f"SSIM needs at least {SSIM_WINDOW} pixels on each side; found {width}×{height}. "
            "Compare a larger part."
        )
    mean_1, mean_2 = _blur(first), _blur(second)
    variance_1 = _blur(first * first) - mean_1 * mean_1
    variance_2 = _blur(second * second) - mean_2 * mean_2
    covariance = _blur(first * second) - mean_1 * mean_2
    luminance = (2 * mean_1 * mean_2 + _C1) / (mean_1 * mean_1 + mean_2 * mean_2 + _C1)
    structure = (2 * covariance + _C2) / (variance_1 + variance_2 + _C2)
    return luminance * structure


def gmsd(reference: Pixels, image: Pixels) -> float:
    """Return the gradient magnitude similarity deviation: 0 for equal images, and the less the better.

    How unevenly edges have suffered, which follows people's judgement more closely than SSIM does, and needs
    no trained network (Xue et al. 2014, doi:10.1109/TIP.2013.2293423). Of luma, at half the size.

    Raises ValueError: different sizes, less than 4 pixels on a side, or not an image.
    """
    first, second = map(_luma, _pair(reference, image))
    if min(first.shape) < 4:
        raise ValueError("GMSD needs at least 4 pixels on each side. Compare a larger part.")
    steep_1, steep_2 = map(_steepness, (first, second))
    alike = (2 * np.sqrt(steep_1 * steep_2) + _GRADIENT_FLOOR) / (steep_1 + steep_2 + _GRADIENT_FLOOR)
    return float(alike.std(dtype=np.float64))


def _luma(image: Pixels) -> Pixels:
    """Return the BT.601 luma (height, width) of an image, with even sides."""
    height, width = (side - side % 2 for side in image.shape[:2])
    even = image[:height, :width].reshape(height, width, -1)
    return even @ np.array([0.299, 0.587, 0.114], np.float32) if even.shape[2] == 3 else even[..., 0]


def _steepness(luma: Pixels) -> Pixels:
    """Return the squared gradient magnitude of `luma` at half its size."""
    half = luma.reshape(luma.shape[0] // 2, 2, luma.shape[1] // 2, 2).mean((1, 3))
    across, down = (
        cv2.filter2D(half, -1, kernel, borderType=cv2.BORDER_CONSTANT) for kernel in (_PREWITT, _PREWITT.T)
    )
    return across * across + down * down


def delta_e(reference: Pixels, image: Pixels) -> ColourDifference:
    """Return the CIEDE2000 colour difference of two sRGB images, under D65.

    The formula is Sharma, Wu and Dalal's (2005, doi:10.1002/col.20070). Grey images count as R = G = B.

    Raises ValueError: different sizes, or not an image.

    >>> red, same = np.full((4, 4, 3), (200, 0, 0), np.uint8), np.full((4, 4, 3), (200, 0, 0), np.uint8)
    >>> delta_e(red, same)
    ColourDifference(mean=0.0, p95=0.0)
    """
    difference = delta_e_map(reference, image)
    return ColourDifference(float(difference.mean(dtype=np.float64)), float(np.percentile(difference, 95)))


def delta_e_map(reference: Pixels, image: Pixels) -> Pixels:
    """Return ΔE00 at each pixel, (height, width) float32; see `delta_e`."""
    first, second = _pair(reference, image)
    return ciede2000(_lab(first), _lab(second))


def ciede2000(lab_1: Pixels, lab_2: Pixels) -> Pixels:
    """Return ΔE00, shape (…), of two CIELAB arrays (…, 3), L* in [0, 100]; float32 in, float32 out."""
    l_1, a_1, b_1 = (lab_1[..., i] for i in range(3))
    l_2, a_2, b_2 = (lab_2[..., i] for i in range(3))
    chroma_7 = (0.5 * (np.hypot(a_1, b_1) + np.hypot(a_2, b_2))) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(chroma_7 / (chroma_7 + 25.0**7))
    c_1, c_2 = np.hypot(stretch * a_1, b_1), np.hypot(stretch * a_2, b_2)
    h_1, h_2 = np.arctan2(b_1, stretch * a_1), np.arctan2(b_2, stretch * a_2)
    turn, hue = _hues(h_1, h_2, c_1 * c_2 == 0)
    light, chroma = 0.5 * (l_1 + l_2) - 50, 0.5 * (c_1 + c_2)
    hue_weight = (
        1
        - 0.17 * np.cos(hue - radians(30))
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + radians(6))
        - 0.20 * np.cos(4 * hue - radians(63))
    )
    part_l = (l_2 - l_1) / (1 + 0.015 * light**2 / np.sqrt(20 + light**2))
    part_c = (c_2 - c_1) / (1 + 0.045 * chroma)
    part_h = 2 * np.sqrt(c_1 * c_2) * np.sin(0.5 * turn) / (1 + 0.015 * chroma * hue_weight)
    power = chroma**7
    bend = radians(60) * np.exp(-(((np.rad2deg(hue) - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(power / (power + 25.0**7)) * np.sin(bend)
    square = part_l**2 + part_c**2 + part_h**2 + rotation * part_c * part_h
    return np.sqrt(np.maximum(square, 0))


def _hues(h_1: Pixels, h_2: Pixels, grey: Pixels) -> tuple[Pixels, Pixels]:
    """Return the turn from the first hue to the second, in (−π, π], and the mean hue in [0, 2π).

    Where one of the colours is grey, hue has no meaning: the turn is 0 and the mean is the sum.
    """
    h_1, h_2 = np.where(h_1 < 0, h_1 + 2 * np.pi, h_1), np.where(h_2 < 0, h_2 + 2 * np.pi, h_2)
    turn, total = h_2 - h_1, h_1 + h_2
    far = np.abs(turn) > np.pi
    around = np.where(total < 2 * np.pi, total + 2 * np.pi, total - 2 * np.pi)
    mean = 0.5 * np.where(far, around, total)
    turn = turn - 2 * np.pi * np.sign(turn) * far
    return np.where(grey, 0, turn), np.where(grey, total, mean)


def _pair(reference: Pixels, image: Pixels) -> tuple[Pixels, Pixels]:
    """Return both as float32 in [0, 1], checked."""
    if reference.shape != image.shape:
        raise ValueError(
            f"The images must have the same size and channels; found {reference.shape} and {image.shape}. "
            "Resize one, or compare with the right reference."
        )
    return _to_unit(reference), _to_unit(image)


def _to_unit(image: Pixels) -> Pixels:
    colour = image.ndim == 3 and image.shape[2] in {1, 3}
    if not (image.ndim == 2 or colour) or image.size == 0:
        raise ValueError(
            f"Expected an image (height, width) with 1 or 3 channels; found shape {image.shape}."
        )
    if image.dtype == np.uint8:
        return image.astype(np.float32) / np.float32(255)
    if image.dtype == np.uint16:
        return image.astype(np.float32) / np.float32(65535)
    if np.issubdtype(image.dtype, np.floating):
        return image.astype(np.float32)
    raise ValueError(f"Expected uint8, uint16 or float in [0, 1]; found {image.dtype}. Convert it first.")


def _blur(image: Pixels) -> Pixels:
    return cv2.GaussianBlur(image, (SSIM_WINDOW, SSIM_WINDOW), _SIGMA).reshape(image.shape)


def _lab(unit: Pixels) -> Pixels:
    """Return CIELAB (…, 3) float32 of sRGB in [0, 1], white D65."""
    colour = unit if unit.ndim == 3 else unit[..., None]
    rgb = np.ascontiguousarray(np.broadcast_to(colour, (*colour.shape[:2], 3)))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, cv2.pow((np.maximum(rgb, 0) + 0.055) / 1.055, 2.4))
    xyz = cv2.transform(linear, _XYZ_OVER_WHITE)
    bent = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = (bent[..., i] for i in range(3))
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_XYZ_OVER_WHITE = _XYZ / np.array([[0.95047], [1.0], [1.08883]])
