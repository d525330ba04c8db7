"""Folders of images → what generators are measured against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lab.errors import MaterialError
from lab.measuring.features import Eye, Features
from lab.measuring.images import Images, stacked
from lab.measuring.neighbours import MOST, Found, asked, found
from lab.training import album
from lab.training.album import Album

SEED = 2014
"""Draws which real images are compared; the same for every generator."""

LEAST_IMAGE = 8
"""As in a training: images may be enlarged, but not from next to nothing."""

LEAST_COUNT = 20
"""Fewer images say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """Real images: all that trainings learn from, with their features, and some of those they hold out.

    `nearest` says what is nearest to the held-out ones, at most 1,000 of them, among those learnt from.
    `reference` and `others` are features of as many images each, drawn by chance, none in both: what made
    images are compared with, and what they are compared beside. Of the others, `others_held_out` are held
    out; where those are too few, the rest are learnt from, but not in the reference.
    """

    learning: Images
    learning_features: Features
    held_out: int
    nearest: Found
    reference: Features
    others: Features
    others_held_out: int


def evenly(count: int, most: int) -> NDArray[np.intp]:
    """Return the places of at most `most` of `count` things, evenly spread.

    >>> evenly(9, 5).tolist()
    [0, 2, 4, 6, 8]
    """
    return np.linspace(0, count - 1, min(most, count)).round().astype(np.intp)


def read(folders: Sequence[Path], tell: Callable[[str], None]) -> Album:
    """Return the images below `folders`, read as a training reads them; raises MaterialError."""
    return album.read(folders, least_side=LEAST_IMAGE, cutouts=False, tell=tell)


def prepared(
    photos: Album, *, side: int, channels: int, count: int, eye: Eye, tell: Callable[[str], None]
) -> Real:
    """Return the images of `photos` as squares of `side` pixels, with `channels`, and what is seen in them.

    `count` images are compared, or fewer where there are not twice as many.

    Raises MaterialError: too few images, or none that is held out.
    """
    squares = album.squared(photos, side)
    total = len(squares.learning) + len(squares.held_out)
    if not squares.held_out or total < 2 * LEAST_COUNT:
        raise MaterialError(
            f"Expected {2 * LEAST_COUNT} images or more, some of them held out; found {total}, of which "
            f"{len(squares.held_out)} are held out. Give the folders that were learnt from with --data."
        )
    learning, held_out = (stacked(part, channels) for part in (squares.learning, squares.held_out))
    seen, seen_held_out = (eye.recall(images, tell) for images in (learning, held_out))
    count = min(count, total // 2, len(learning))
    chance = np.random.default_rng(SEED)
    mixed, mixed_held_out = (chance.permutation(len(part)) for part in (learning, held_out))
    rest = mixed[count : count + max(0, count - len(held_out))]
    others = np.concatenate([seen_held_out[mixed_held_out[:count]], seen[rest]])
    some = evenly(len(held_out), MOST)
    new = asked(held_out[some], seen_held_out[some], eye)
    return Real(
        learning=learning,
        learning_features=seen,
        held_out=len(held_out),
        nearest=found(new, learning, seen),
        reference=seen[mixed[:count]],
        others=others[chance.permutation(len(others))],
        others_held_out=min(count, len(held_out)),
    )
