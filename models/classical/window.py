"""What the filters over a square window share: how far it reaches, and the control of its size."""

from models.card import Control


def reach(*, size: int) -> int:
    """Return how many pixels a window of side `size` (odd) reaches out on each side."""
    return size // 2


def window_size(default: int, meaning: str) -> Control:
    """Return the control of a window's side, an odd number of pixels; `meaning` is its help."""
    return Control(
        name="size",
        label="Window size",
        kind="integer",
        default=default,
        minimum=3,
        maximum=51,
        step=2,
        unit="px",
        help=meaning,
    )
