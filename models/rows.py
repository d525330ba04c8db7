"""What a method hands back piece by piece, whichever way it cuts the photo up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.method import Pixels


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the region, from `top` down, that will not change any more.

    `pixels` is (rows, region's width, 3), float32 in [0, 1] or in the file's own dtype; there may be no rows
    yet. `share` of the work is done, in [0, 1].
    """

    top: int
    pixels: Pixels
    share: float


Show = Callable[[int, int, Mapping[str, Pixels]], None]
"""Takes the stages of a piece, with its top and left in the region."""
