"""Make what the Arena shows: results of models as plain PNGs, each remembered with how it was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from models import generator, pixels
from models.card import Card
from models.method import Window
from models.order import Order
from models.pixels import Picture
from models.progress import Progress, StopFlag, never, silent
from models.provenance import Provenance
from models.workshop import Workshop
from ratings.records import Contestant, Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ui.gallery import Example
from ui.hosting.space import Restore
from ui.keeping.likeness import likeness
from ui.keeping.pictures import StimulusShelf
from ui.keeping.recording import recorded, region_told

GRID = 3
"""A generator is judged by so many rows and columns of its images."""

GRID_SIDE = 192
"""Small images are enlarged, by a whole number, to about so many pixels a side."""

GRID_GAP = 4
LARGEST_SIDE = 1600
"""Of an own photo that is larger, the middle is compared: a pixel stays a pixel."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose own photo a stimulus was made of, and whether it may be kept."""

    rater: str
    consent: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """Where stimuli are made."""

    store: Store
    stimuli: Stimuli
    pictures: StimulusShelf
    workshop: Workshop
    restore: Restore

    def restored(
        self,
        card: Card,
        photo: Path,
        *,
        example: Example | None = None,
        owned: Owned | None = None,
        max_megapixels: float = 100.0,
        progress: Progress = silent,
        stop: StopFlag = never,
    ) -> Stimulus:
        """Restore `photo` by `card` at its defaults, and keep the result as a stimulus.

        Raises ModelsError, StoreError, StorageError.
        """
        picture = pixels.open(photo, max_megapixels=max_megapixels)
        window = middle(*picture.size)
        made = self.restore(Order(model=card.id, window=window), picture, progress=progress, stop=stop)
        original = pixels.cropped(picture, window) if window else picture
        pngs = plain_png(made.picture), plain_png(original)
        shown, from_what = map(self.pictures.put, pngs)
        height, width = made.picture.size
        quality = None
        if example:
            clean = pixels.open(example.reference).pixels
            quality = likeness(clean, original.pixels, made.picture.pixels)
        result = _restored_result(made.provenance, shown, example)
        stimulus = self.stimuli.add(
            Shown(
                making=self.store.remember(result),
                sha256=shown,
                original_sha256=from_what,
                width=width,
                height=height,
                psnr=quality.psnr_after if quality else None,
                ssim=quality.ssim_after if quality else None,
                owner=owned.rater if owned else None,
                consent=owned.consent if owned else False,
            )
        )
        for png in pngs:  # an own photo may have expired just before it was added again
            self.pictures.put(png)
        return stimulus

    def grid(self, card: Card, first_seed: int) -> Stimulus:
        """Make a grid of images by `card` from `first_seed` on, and keep it as a stimulus.

        Raises ModelsError, StoreError, StorageError.
        """
        images = list(generator.generate(card.id, seed=first_seed, count=GRID**2, workshop=self.workshop))
        picture = pixels.from_array(tiled([each.picture.pixels for each in images]))
        shown = self.pictures.put(plain_png(picture))
        height, width = picture.size
        result = _grid_result(card, first_seed, images[0].provenance, shown)
        made = Shown(
            making=self.store.remember(result), sha256=shown, original_sha256=None, width=width, height=height
        )
        return self.stimuli.add(made)


def contestant_of(card: Card) -> Contestant:
    """Return what a result of `card` at its defaults counts for."""
    weights = card.weights.sha256 if card.weights else None
    return Contestant(str(card.task), card.id, card.version, weights)


def grid_name(card: Card, first_seed: int) -> str:
    """Return what a grid was made from, in words: generators that learnt from the same share it."""
    learnt_from = card.weights.trained_on.partition(":")[0] if card.weights else card.id
    return f"{learnt_from}, seeds {first_seed} to {first_seed + GRID**2 - 1}"


def middle(height: int, width: int) -> Window | None:
    """Return the middle of a photo of so many pixels, None if it can be compared whole.

    >>> middle(600, 2000)
    Window(top=0, left=200, height=600, width=1600)
    """
    if max(height, width) <= LARGEST_SIDE:
        return None
    shown_height, shown_width = min(height, LARGEST_SIDE), min(width, LARGEST_SIDE)
    return Window((height - shown_height) // 2, (width - shown_width) // 2, shown_height, shown_width)


def plain_png(picture: Picture) -> bytes:
    """Return `picture` as a lossless sRGB PNG that holds pixels and nothing else."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "plain.png"
        pixels.crop_preview(picture, Window(0, 0, *picture.size), file)
        return file.read_bytes()


def tiled(images: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return `images`, each (h, w, 1 or 3), as one square grid with mid-grey between: (H, W, 3)."""
    enlarged = [pixels.sized(np.broadcast_to(each, (*each.shape[:2], 3)), GRID_SIDE) for each in images]
    height, width = enlarged[0].shape[:2]
    grid = np.full(
        (GRID * height + (GRID - 1) * GRID_GAP, GRID * width + (GRID - 1) * GRID_GAP, 3), 128, np.uint8
    )
    for number, image in enumerate(enlarged):
        top, left = (number // GRID) * (height + GRID_GAP), (number % GRID) * (width + GRID_GAP)
        grid[top : top + height, left : left + width] = image
    return grid


def _restored_result(provenance: Provenance, shown: str, example: Example | None) -> Result:
    return recorded(
        provenance,
        told=region_told(provenance),
        input_sha256=provenance.input_sha256,
        output_sha256=shown,
        input_name=example.id if example else None,
    )


def _grid_result(card: Card, first_seed: int, provenance: Provenance, shown: str) -> Result:
    name = grid_name(card, first_seed)
    return recorded(
        provenance,
        told={"seed": first_seed, "count": GRID**2},
        input_sha256=sha256(name.encode()).hexdigest(),
        output_sha256=shown,
        input_name=name,
    )
