"""What a region may be marked as: defects of results by what their model does, and rust on photos."""

from collections.abc import Mapping
from enum import StrEnum

from ratings.records import Defect


class Tool(StrEnum):
    """What a region was marked with: `BOX` if it is made of rectangles alone."""

    BRUSH = "brush"
    BOX = "box"


RUST = "rust"
"""The one label of photos: here is rust. On results there is `missed-rust`."""

_ANYWHERE = (
    Defect.OVER_SMOOTHING,
    Defect.HALO,
    Defect.COLOUR_SHIFT,
    Defect.INVENTED_DETAIL,
    Defect.TILE_SEAM,
)

_OF_TASK: Mapping[str, tuple[Defect, ...]] = {
    "denoise": (Defect.RESIDUAL_NOISE, *_ANYWHERE),
    "dehaze": (Defect.RESIDUAL_HAZE, Defect.RESIDUAL_NOISE, *_ANYWHERE),
    "derust": (Defect.MISSED_RUST, Defect.RESIDUAL_NOISE, *_ANYWHERE),
    "generate": (Defect.BROKEN_SHAPE, Defect.RESIDUAL_NOISE, Defect.OVER_SMOOTHING, Defect.COLOUR_SHIFT),
}

TASKS = tuple(_OF_TASK)
"""The tasks whose results have labels of their own: all that Patina has."""

LABELS = (*(str(defect) for defect in Defect if defect is not Defect.OTHER), RUST)
"""Every label there is; the order is that of the categories in an export."""


def labels_for(task: str | None) -> tuple[str, ...]:
    """Return the labels for a result of `task`, or for a photo if it is None.

    >>> labels_for("denoise")[:2], labels_for(None)
    (('residual-noise', 'over-smoothing'), ('rust',))
    """
    return (RUST,) if task is None else tuple(map(str, _OF_TASK.get(task, _ANYWHERE)))
