"""Published figures, read in the named works' own tables. Their photos are others than ours.

Each row is a method and its PSNR in dB, or PSNR / SSIM, by column.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quoted:
    """A published table: what it was measured on, its columns, and method → figures."""

    on: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


TABLES: Mapping[str, tuple[Quoted, ...]] = {
    "denoise": (
        Quoted(
            "CBSD68, colour, white noise: PSNR in dB",
            ("σ 15", "σ 25", "σ 50"),
            {
                "CBM3D": ("33.52", "30.71", "27.38"),
                "DnCNN": ("33.90", "31.24", "27.95"),
                "FFDNet": ("33.87", "31.21", "27.96"),
                "DRUNet": ("34.30", "31.69", "28.51"),
                "SCUNet": ("34.40", "31.79", "28.61"),
                "Restormer": ("34.35", "31.75", "28.56"),
            },
        ),
    ),
    "dehaze": (
        Quoted(
            "SOTS: PSNR in dB / SSIM; the networks are trained on the test's own kind of haze",
            ("indoor", "outdoor"),
            {
                "Dark channel prior": ("16.62 / .818", "19.13 / .815"),
                "AOD-Net": ("20.51 / .816", "24.14 / .920"),
                "GCANet": ("30.23 / .980", "–"),
                "gUNet-T": ("37.99 / .993", "34.52 / .983"),
                "DehazeFormer-B": ("37.84 / .994", "34.95 / .984"),
            },
        ),
    ),
    "derust": (),
}
"""For derusting there is no published task, data set or benchmark."""
