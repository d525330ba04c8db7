"""Rust made ahead: sheets larger than a patch, of which every step cuts its own pieces.

To make rust costs more than to learn from it, and any piece of a sheet, mirrored or not and thinner or
thicker, is rust again.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from lab.degradations import drawing, rust
from lab.degradations.rust import Layer

_KEPT = 1024
"""Most sheets that a process keeps in memory; one of 288 pixels takes 1 MB."""


@lru_cache(maxsize=_KEPT)
def sheet(number: int, side: int) -> Layer:
    """Return sheet `number`, `side` pixels square, in half precision; its number is its seed."""
    settings = drawing.rust_settings(np.random.default_rng((number, side)))
    made = rust.layer((side, side), rust.DEGRADATION.settle(settings), number)
    return replace(
        made,
        thickness=made.thickness.astype(np.float16),
        streaks=made.streaks.astype(np.float16),
        pigment=made.pigment.astype(np.float16),
        shading=made.shading.astype(np.float16),
    )


def piece(whole: Layer, rng: np.random.Generator, side: int) -> Layer:
    """Return a random square of `whole`, float32: mirrored by chance, and 0.6 to 1.6 times as thick.

    The pigment is made up to 15 % lighter or darker in each channel, as no two rusts are alike.
    """
    top, left = rng.integers(len(whole.thickness) - side + 1, size=2)
    cut = np.s_[top : top + side, left : left + side]
    turn = np.s_[:, :: -1 if rng.random() < 0.5 else 1]
    thicker = np.float32(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
    tint = rng.uniform(0.85, 1.15, 3).astype(np.float32)
    return replace(
        whole,
        thickness=whole.thickness[cut][turn].astype(np.float32) * thicker,
        streaks=whole.streaks[cut][turn].astype(np.float32) * thicker,
        pigment=np.clip(whole.pigment[cut][turn].astype(np.float32) * tint, 0.004, 0.99),
        shading=whole.shading[cut][turn].astype(np.float32),
    )
