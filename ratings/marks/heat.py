"""Where people see problems: marks → for each picture and each model, the share of people who marked a pixel.

Who marked anything on a picture is taken to have looked for everything that is wrong there; who found
nothing wrong leaves no mark, and cannot be counted. Only marks that count should be handed in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ratings.marks.mask import Plane
from ratings.marks.records import Mark
from ratings.records import Contestant

Share = NDArray[np.float32]
"""The share of people who marked each pixel, (height, width) in [0, 1]."""

FRAME = (90, 120)
"""Rows and columns of a model's map: pictures of all sizes are stretched to it before they are averaged."""


@dataclass(frozen=True, slots=True)
class Heat:
    """Marks of one picture added up; see `Mark` for how the picture is told.

    `raters` are those who marked anything on it, `marking` those of them whose marks are in `share`.
    """

    stimulus_id: int | None
    contestant: Contestant | None
    image_sha256: str
    image_name: str | None
    share: Share
    raters: int
    marking: int


@dataclass(frozen=True, slots=True)
class ModelHeat:
    """The mean of `pictures` that a contestant made, each stretched to `FRAME`.

    It tells of places in the frame, such as its edge, not of what is shown there. `raters` is the fewest that
    one of the pictures has.
    """

    contestant: Contestant
    share: Share
    pictures: int
    raters: int


def heat_maps(
    marks: Iterable[Mark], label: str | None = None, *, most_raters: int | None = None
) -> Iterator[Heat]:
    """Yield a map of each picture on which there are `marks`, of those with `label`, or of all.

    `marks` of a picture stand together, and in it those of a rater, as `Marks.counted` yields them without a
    label; so that one picture is in memory at a time. No more than the first `most_raters` of a picture are
    looked at: pseudonyms are random, so that in their order these are a random sample.
    """
    for _, of_picture in groupby(marks, lambda mark: mark.picture):
        of_raters = (list(of_rater) for _, of_rater in groupby(of_picture, lambda mark: mark.rater))
        yield _heat(list(islice(of_raters, most_raters)), label)


def agreed(heat: Heat) -> Plane:
    """Return where more than half of those who marked a picture have marked, (height, width) bool."""
    return heat.share > 0.5


def by_model(maps: Iterable[Heat]) -> tuple[ModelHeat, ...]:
    """Return the mean of the `maps` of each contestant's pictures."""
    groups: dict[Contestant, list[Heat]] = {}
    for heat in maps:
        if heat.contestant is not None:
            groups.setdefault(heat.contestant, []).append(heat)
    return tuple(_mean(contestant, group) for contestant, group in groups.items())


def resized(share: Share, shape: tuple[int, int]) -> Share:
    """Return `share` in another `shape` (height, width): each of its pixels is the mean of its area.

    >>> resized(np.eye(2, dtype=np.float32), (1, 2)).tolist()
    [[0.5, 0.5]]
    """
    height, width = shape
    return np.asarray(Image.fromarray(share).resize((width, height), Image.Resampling.BOX))


def _heat(of_raters: Sequence[Sequence[Mark]], label: str | None) -> Heat:
    first = of_raters[0][0]
    share, marking = np.zeros((first.height, first.width), np.float32), 0
    for of_rater in of_raters:
        planes = [mark.plane() for mark in of_rater if label in (None, mark.label)]
        if planes:
            share += np.logical_or.reduce(planes)
            marking += 1
    return Heat(
        stimulus_id=first.stimulus_id,
        contestant=None if first.result is None else first.result.contestant,
        image_sha256=first.image_sha256,
        image_name=first.image_name,
        share=share / np.float32(len(of_raters)),
        raters=len(of_raters),
        marking=marking,
    )


def _mean(contestant: Contestant, maps: Sequence[Heat]) -> ModelHeat:
    share: Share = np.stack([resized(heat.share, FRAME) for heat in maps]).mean(axis=0)
    return ModelHeat(contestant, share, len(maps), min(heat.raters for heat in maps))
