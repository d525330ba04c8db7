"""The studio: where images are made, walked between, and kept. No Gradio in it; page and API both call it.

Each image is remembered by the ratings store and kept on the shelf under the token it gave.
"""

import io
import secrets
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import generator, pixels
from models.card import Settings
from models.generator import Generated
from models.progress import Progress, StopFlag, never, silent
from models.provenance import as_text
from models.workshop import Workshop
from ratings.store import Store
from ui.errors import MismatchError
from ui.made import Made, Sheet, Walk
from ui.recording import made_of
from ui.shelf import Shelf

WALK_FRAMES = 60

SHOWN_FRAMES = 9
"""Frames of a walk that its strip shows, the first and the last among them."""

ENLARGED_SIDE = 512
"""Small images are enlarged by the whole number that brings them to about so many pixels a side."""

WALK_SIDE = 256
"""The same, for walks; large images are reduced to it."""

LARGE = "large.png"
WALK_FILES = ("walk.webp", "walk.gif", "strip.png")


class Studio:
    """Makes images and walks with generators, and keeps them for looking, downloading and rating."""

    def __init__(self, shelf: Shelf, store: Store, workshop: Workshop) -> None:
        self.shelf = shelf
        self.store = store
        self.workshop = workshop

    def make(
        self,
        model: str,
        *,
        seed: int,
        count: int,
        settings: Settings,
        nudges: Sequence[float] = (),
        progress: Progress = silent,
        stop: StopFlag = never,
    ) -> Sheet:
        """Make `count` images from `seed` on, and keep them.

        Raises ModelsError, StoreError, StorageError.
        """
        images = generator.generate(
            model,
            seed=seed,
            count=count,
            settings=settings,
            nudges=nudges,
            progress=progress,
            stop=stop,
            workshop=self.workshop,
        )
        made = tuple(self._keep(image) for image in images)
        token = secrets.token_urlsafe(16)
        with self.shelf.filling(token):
            self.shelf.write(token, "sheet", {"model": model, "images": [image.token for image in made]})
        return Sheet(token, model, made)

    def nudged(self, token: str, nudges: Sequence[float], progress: Progress = silent) -> Made:
        """Make the image `token` anew, moved by `nudges` from where its seed lies; raises GoneError too."""
        first = self.made(token)
        sheet = self.make(
            first.model,
            seed=first.seed,
            count=1,
            settings=self._settings(first),
            nudges=nudges,
            progress=progress,
        )
        return sheet.images[0]

    def walk(self, start: str, end: str, *, progress: Progress = silent, stop: StopFlag = never) -> Walk:
        """Make the way from one kept image to another of the same model, with the first one's settings.

        Raises GoneError; MismatchError: two models; ModelsError, StorageError.
        """
        one, other = self.made(start), self.made(end)
        if one.model != other.model:
            raise MismatchError(
                "A walk leads from one image to another of the same generator: choose both from one sheet."
            )
        if self._settings(one) != self._settings(other):
            raise MismatchError(
                "Both ends of a walk must have been made with the same truncation and class: choose both "
                "from one sheet, or make one of them anew."
            )
        frames = generator.walk(
            one.model,
            [one.point, other.point],
            frames=WALK_FRAMES,
            settings=self._settings(one),
            progress=progress,
            stop=stop,
            workshop=self.workshop,
        )
        images = [pixels.sized(image, WALK_SIDE) for image in frames]
        token = secrets.token_urlsafe(16)
        with self.shelf.filling(token) as folder:
            _write_walk(images, folder)
            walk = Walk(token, one, other, len(images), one.side, SHOWN_FRAMES)
            self.shelf.write(token, "walk", asdict(walk))
        return walk

    def made(self, token: str) -> Made:
        """Return a kept image; raises GoneError."""
        return Made.from_json(self.shelf.read(token, "made"))

    def file(self, made: Made) -> Path:
        """Return the PNG of an image; raises GoneError."""
        return self.shelf.find(made.token) / made.file

    def walk_file(self, token: str, name: str) -> Path:
        """Return a file of a kept walk, `name` one of `WALK_FILES`; raises GoneError."""
        self.shelf.read(token, "walk")
        path = self.shelf.find(token) / name
        if not path.exists():  # a GIF takes several times as long as all else
            pixels.save_loop(pixels.frames_there(path.with_suffix(".webp")), path)
        return path

    def enlarged(self, made: Made) -> Path:
        """Return the image as a PNG of about `ENLARGED_SIDE` pixels a side; raises GoneError."""
        path = self.file(made).with_name(LARGE)
        if not path.exists():
            large = pixels.larger(pixels.open(self.file(made)).pixels, ENLARGED_SIDE)
            picture = pixels.from_array(large)
            pixels.save(picture, path, source=pixels.Source.WHOLLY_MODEL, text=as_text(made.provenance))
        return path

    def archive(self, token: str) -> bytes:
        """Return a zip of a sheet's images; raises GoneError."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:  # PNG is packed already
            for image in self.shelf.read(token, "sheet")["images"]:
                made = self.made(image)
                archive.write(self.file(made), made.file)
        return packed.getvalue()

    def _settings(self, made: Made) -> Settings:
        """Return the settings an image was made with, without what belongs to it alone."""
        own = {control for control in made.provenance["settings"] if not control.startswith("nudge-")}
        return {name: made.provenance["settings"][name] for name in own - {"seed"}}

    def _keep(self, image: Generated) -> Made:
        """Keep an image under its token: all of it, or nothing."""
        name = f"{image.provenance.model}-{image.seed}.png"
        with self.shelf.filling(f"making-{secrets.token_urlsafe(8)}") as making:
            provenance = image.save(making / name).provenance
            token = self.store.remember(made_of(image.point, provenance))
            made = Made(
                token=token,
                model=provenance.model,
                seed=image.seed,
                nudges=image.point.nudges,
                file=name,
                side=provenance.height,
                provenance={**provenance.as_json(), "result_token": token},
            )
            self.shelf.write(making.name, "made", made.as_json())
            self.shelf.rename(making, token)
        return made


def _write_walk(images: Sequence[NDArray[np.uint8]], folder: Path) -> None:
    """Write the way there and back as an animation, and some frames side by side."""
    pixels.save_loop(images, folder / "walk.webp")
    chosen = [images[round(place)] for place in np.linspace(0, len(images) - 1, SHOWN_FRAMES)]
    pixels.save(pixels.from_array(np.concatenate(chosen, axis=1)), folder / "strip.png")
