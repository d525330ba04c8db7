"""The studio: where images are made, walked between, and kept. No Gradio in it; page and API both call it.

Each image is remembered by the ratings store and kept on the shelf under the token it gave.
"""

import os
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import generator, pixels, registry
from models.card import Settings
from models.errors import BadSettingError
from models.generator import Generated
from models.latents import Point
from models.method import Generator
from models.progress import Progress, StopFlag, never, silent
from models.provenance import Provenance, as_text
from models.workshop import Workshop
from ratings.store import Store
from ui.errors import MismatchError
from ui.keeping.made import Made, Sheet, Walk
from ui.keeping.recording import made_of
from ui.keeping.shelf import Shelf

WALK_FRAMES = 60

SHOWN_FRAMES = 9
"""Frames of a walk that its strip shows, the first and the last among them."""

ENLARGED_SIDE = 512
"""Small images are enlarged by the whole number that brings them to about so many pixels a side."""

WALK_SIDE = 256
"""The same, for walks; large images are reduced to it."""

SMALL_SIDE = 256
"""Images of more pixels a side are reduced where many stand side by side."""

MOST_PIXELS = 64 * 1024**2
"""Of all images that are made at once: 64 of 1024 × 1024."""

LARGE, SMALL, ARCHIVE = "large.png", "small.webp", "images.zip"
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
        """Make `count` images from `seed` on, and keep them: all, or none.

        Raises ModelsError: BadSettingError also where their pixels were too many; StoreError, StorageError.
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
        _check_pixels(model, count)
        return self._keep(model, images)

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
            picture = pixels.from_array(pixels.larger(pixels.open(self.file(made)).pixels, ENLARGED_SIDE))
            height, width = picture.size
            told = {**made.provenance, "height": height, "width": width, "enlarged": height // made.side}
            pixels.save(picture, path, source=pixels.Source.WHOLLY_MODEL, text=as_text(told))
        return path

    def small(self, made: Made) -> Path:
        """Return the image as it stands among others: no larger than it is drawn there; raises GoneError."""
        if made.side <= SMALL_SIDE:
            return self.file(made)
        path = self.file(made).with_name(SMALL)
        if not path.exists():
            reduced = pixels.sized(pixels.open(self.file(made)).pixels, SMALL_SIDE)
            pixels.save(pixels.from_array(reduced), path, source=pixels.Source.WHOLLY_MODEL)
        return path

    def archive(self, token: str) -> Path:
        """Return a zip of a sheet's images, which stays for a while; raises GoneError."""
        images = self.shelf.read(token, "sheet")["images"]
        path = self.shelf.find(token) / ARCHIVE
        os.utime(path.parent)
        if not path.exists():
            with self.shelf.filling(f"making-{secrets.token_urlsafe(8)}") as making:
                with zipfile.ZipFile(making / ARCHIVE, "w") as archive:  # PNG is packed already
                    for made in map(self.made, images):
                        archive.write(self.file(made), made.file)
                (making / ARCHIVE).replace(path)
                making.rmdir()
        return path

    def _settings(self, made: Made) -> Settings:
        """Return the settings an image was made with, without what belongs to it alone."""
        own = {control for control in made.provenance["settings"] if not control.startswith("nudge-")}
        return {name: made.provenance["settings"][name] for name in own - {"seed"}}

    def _keep(self, model: str, images: Iterable[Generated]) -> Sheet:
        """Keep images as they come, each under a token of its own, and their sheet: all, or nothing."""
        with ExitStack() as undo:

            def new() -> Path:
                return undo.enter_context(self.shelf.filling(f"making-{secrets.token_urlsafe(8)}"))

            drafts = [_draft(image, new()) for image in images]
            sheet = Sheet(secrets.token_urlsafe(16), model, ())
            undo.enter_context(self.shelf.filling(sheet.token))
            with self.store.remembering([made_of(each.point, each.provenance) for each in drafts]) as tokens:
                made = tuple(draft.made(token) for draft, token in zip(drafts, tokens, strict=True))
                self.shelf.write(sheet.token, "sheet", {"model": model, "images": tokens})
                for draft, image in zip(drafts, made, strict=True):
                    self.shelf.write(draft.folder.name, "made", image.as_json())
                    undo.enter_context(self.shelf.renaming(draft.folder, image.token))
        return replace(sheet, images=made)


@dataclass(frozen=True, slots=True)
class _Draft:
    """An image that is written, and has no token yet."""

    folder: Path
    point: Point
    provenance: Provenance

    @property
    def file(self) -> str:
        return f"{self.provenance.model}-{self.point.seed}.png"

    def made(self, token: str) -> Made:
        return Made(
            token=token,
            model=self.provenance.model,
            seed=self.point.seed,
            nudges=self.point.nudges,
            file=self.file,
            side=self.provenance.height,
            provenance={**self.provenance.as_json(), "result_token": token},
        )


def _draft(image: Generated, folder: Path) -> _Draft:
    draft = _Draft(folder, image.point, image.provenance)
    return replace(draft, provenance=image.save(folder / draft.file).provenance)


def _check_pixels(model: str, count: int) -> None:
    """Raise BadSettingError if `count` images of `model` are more than a visitor may have at once."""
    build = registry.get(model).build
    assert isinstance(build, Generator)
    if count * build.side**2 > MOST_PIXELS:
        raise BadSettingError(
            f"'{model}' makes images of {build.side} × {build.side} pixels: ask for at most "
            f"{MOST_PIXELS // build.side**2} at once; got {count}."
        )


def _write_walk(images: Sequence[NDArray[np.uint8]], folder: Path) -> None:
    """Write the way there and back as an animation, and some frames side by side."""
    pixels.save_loop(images, folder / "walk.webp")
    chosen = [images[round(place)] for place in np.linspace(0, len(images) - 1, SHOWN_FRAMES)]
    pixels.save(pixels.from_array(np.concatenate(chosen, axis=1)), folder / "strip.png")
