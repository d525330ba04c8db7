"""The inner images of a run, gathered strip by strip at a size for people to look at."""

from collections.abc import Mapping

import numpy as np

from models.card import Card
from models.method import Pixels, Window
from models.photo import from_float, full_range
from models.provenance import Stage, stage_titles

LONG_SIDE = 1600
"""Stages of larger photos keep every n-th pixel, so that noise still looks like noise."""

LARGEST_GAIN = 8.0
"""A difference is enlarged at most so many times: beyond that one would see only rounding."""

_SAMPLED_SIDE = 400
"""The gain of a difference is found on about so many pixels a side: sorting them all would take longer than
a median filter of the whole photo."""


class StageSheet:
    """Collects stages of a run over `region`; `finish` gives them in the card's order."""

    def __init__(self, card: Card, region: Window) -> None:
        self.card = card
        self.reduction = max(1, -(-max(region.height, region.width) // LONG_SIDE))
        self._size = (-(-region.height // self.reduction), -(-region.width // self.reduction))
        self._stages: dict[str, Pixels] = {}
        self._removed = np.zeros((*self._size, 3), np.float32)

    def show(self, top: int, left: int, stages: Mapping[str, Pixels]) -> None:
        """Take the stages of the piece that begins at row `top` and column `left` of the region."""
        for slug, image in stages.items():
            small = self._thinned(image, top, left)
            if slug not in self._stages:
                self._stages[slug] = np.zeros((*self._size, *small.shape[2:]), np.uint8)
            place = self._place(small, top, left)
            self._stages[slug][place] = from_float(small, np.dtype(np.uint8))

    def compare(self, top: int, before: Pixels, after: Pixels) -> None:
        """Take the rows from `top` of the region, before and after, in the file's own dtype."""
        before, after = self._thinned(before, top), self._thinned(after, top)
        rows = self._removed[self._place(before, top)]
        np.subtract(before, after, out=rows, dtype=np.float32)
        rows *= np.float32(1 / full_range(before.dtype))

    def _thinned(self, image: Pixels, top: int, left: int = 0) -> Pixels:
        """Return every n-th row and column of a piece, counted from the region's corner."""
        step = self.reduction
        return image[-top % step :: step, -left % step :: step]

    def _place(self, small: Pixels, top: int, left: int = 0) -> tuple[slice, slice]:
        """Return where the thinned piece that begins at `top` and `left` belongs."""
        first, first_column = -(-top // self.reduction), -(-left // self.reduction)
        return slice(first, first + small.shape[0]), slice(first_column, first_column + small.shape[1])

    def finish(self, swatches: Mapping[str, Pixels]) -> tuple[Stage, ...]:
        """Return every stage the card names that the run has shown, and last what was taken away."""
        titles = stage_titles(self.card)
        images = {
            **self._stages,
            **{slug: from_float(image, np.dtype(np.uint8)) for slug, image in swatches.items()},
        }
        named = tuple(Stage(slug, titles[slug], images[slug]) for slug in titles if slug in images)
        return (*named, self._what_was_removed(titles["removed"]))

    def _what_was_removed(self, title: str) -> Stage:
        """Show input minus result around mid grey, enlarged until its strongest 0.5 % reach the ends."""
        step = 1 + max(self._size) // _SAMPLED_SIDE
        strongest = float(np.quantile(np.abs(self._removed[::step, ::step]), 0.995))
        gain = float(np.clip(np.floor(0.5 / max(strongest, 1e-6)), 1.0, LARGEST_GAIN))
        image = from_float(0.5 + gain * self._removed, np.dtype(np.uint8))
        return Stage("removed", title, image, gain)
