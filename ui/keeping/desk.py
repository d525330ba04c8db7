"""The desk: where photos, models and ratings meet. No Gradio in it; the page and the API both call it.

A photo is admitted once (checked, decoded, its preview made); then any number of runs, regions and blends use
it. Each result is remembered by the ratings store and kept on the shelf under the token it gave.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np

from models import pixels, runner
from models.method import Pixels, Window
from models.order import Order
from models.photo import DecodedPhoto, from_float, to_float
from models.pixels import Picture
from models.progress import Progress, StopFlag, never, silent
from models.runner import Restored
from models.workshop import Workshop
from ratings.store import Store
from ui.errors import MismatchError
from ui.gallery import Example
from ui.hosting.space import Restore
from ui.keeping.decoded import DecodedPictures
from ui.keeping.draft import draft
from ui.keeping.recording import blended, result_of
from ui.keeping.region import seen_in
from ui.keeping.served import Admitted, Served
from ui.keeping.shelf import Shelf, keep_file

THUMBNAIL_SIDE = 160
"""Short side of an example's picture in the strip, in pixels: sharp at 72 px on a phone."""


class Desk:
    """Prepares photos, runs models on them, and keeps results for looking, downloading and rating."""

    def __init__(
        self,
        shelf: Shelf,
        store: Store,
        workshop: Workshop,
        restore: Restore | None = None,
        *,
        max_megapixels: float = 100.0,
    ) -> None:
        self.shelf = shelf
        self.store = store
        self.workshop = workshop
        self.restore = restore or partial(runner.carry_out, workshop=workshop)
        self.max_megapixels = max_megapixels
        self._decoded = DecodedPictures(max_megapixels)
        self._lock = Lock()
        self._running = 0

    def busy(self) -> bool:
        """Tell whether a run is on, so that what can wait does."""
        return self._running > 0

    @contextmanager
    def _noted(self) -> Generator[None]:
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def admit_example(self, example: Example) -> Admitted:
        """Admit a photo of the gallery, whose clean reference is known."""
        return self.admit(example.file, example=example)

    def admit(self, path: Path, *, name: str | None = None, example: Example | None = None) -> Admitted:
        """Check and decode the photo at `path`, keep it, and make its preview once.

        Raises BadPictureError, TooLargeError, StorageError.
        """
        picture = pixels.open(path, max_megapixels=self.max_megapixels)
        token = secrets.token_urlsafe(16)
        with self.shelf.filling(token) as folder:
            source = keep_file(path, folder, "source")
            admitted = Admitted(
                token=token,
                name=name or path.stem,
                source=str(source),
                preview=str(pixels.save_preview(picture, folder / "preview")),
                suffix=pixels.suffix_for(picture),
                height=picture.size[0],
                width=picture.size[1],
                format=picture.format,
                notes=picture.notes,
                example=example.id if example else None,
                reference=str(example.reference) if example else None,
            )
            self.shelf.write(token, "photo", asdict(admitted))
        self._decoded.put(source, picture)
        return admitted

    def photo(self, token: str) -> Admitted:
        """Return an admitted photo.

        Raises GoneError.
        """
        return Admitted.from_json(self.shelf.read(token, "photo"))

    def with_reference(self, photo: Admitted, reference: Path | None) -> Admitted:
        """Return `photo` measured against the clean picture at `reference`, or against its own if None.

        Raises BadPictureError; MismatchError: another size.
        """
        if reference is None:
            return photo
        clean = pixels.open(reference, max_megapixels=self.max_megapixels)
        if clean.size != (photo.height, photo.width):
            height, width = clean.size
            raise MismatchError(
                f"The clean reference must have the photo's size, {photo.width} × {photo.height} px; "
                f"it has {width} × {height}.",
            )
        kept = keep_file(reference, self.shelf.find(photo.token), f"reference-{clean.sha256[:16]}")
        return replace(photo, reference=str(kept))

    def run(
        self,
        photo: Admitted,
        order: Order,
        *,
        progress: Progress = silent,
        stop: StopFlag = never,
    ) -> Served:
        """Do what `order` says to `photo`, with the method's stages, and keep the result.

        Raises ModelsError, StoreError, StorageError.
        """
        picture = self._decoded.get(Path(photo.source))
        with self._noted():
            restored = self.restore(replace(order, stages=True), picture, progress=progress, stop=stop)
        progress("save", 0.0)
        return self._serve(photo, restored)

    def blend(self, token: str, amount: float) -> Served:
        """Mix the result `token` with its original: 0 is the original, 1 the result. No model is run.

        Raises GoneError, StorageError.
        """
        mixed = self.served(token)
        served = self.served(mixed.blend_of) if mixed.blend_of else mixed
        before, after = self._before(served), self._decoded.get(self.file(served))
        pixels_mixed = _mix(before.pixels, after.pixels, amount)
        restored = Restored(replace(before, pixels=pixels_mixed), (), blended(served.provenance, amount))
        return self._serve(served.photo, restored, blend_of=served)

    def served(self, token: str) -> Served:
        """Return a kept result.

        Raises GoneError.
        """
        return Served.from_json(self.shelf.read(token, "result"))

    def thumbnail(self, example: Example) -> Path:
        """Return a small JPEG of an example, made the first time it is asked for."""
        file = self.shelf.new("thumbnails") / f"{example.id}.jpg"
        if not file.exists():
            photo = DecodedPhoto(pixels.open(example.file))
            small = from_float(photo.reduced(THUMBNAIL_SIDE), np.dtype(np.uint8))
            pixels.save(pixels.from_array(small), file, quality=88)
        return file

    def file(self, served: Served) -> Path:
        """Return the full-quality file of a result.

        Raises GoneError.
        """
        return self.shelf.find(served.token) / served.file

    def crop(self, token: str, side: str, window: Window) -> Picture:
        """Return a region of a result's full-quality "before" or "after", never larger than the picture.

        `window` lies in the picture, at least in part. Raises GoneError.
        """
        served = self.served(token)
        picture = self._decoded.get(self.file(served)) if side == "after" else self._before(served)
        return pixels.cropped(picture, window)

    def preview_size(self, photo: Admitted) -> tuple[int, int]:
        """Return the height and width of a photo's preview, in pixels."""
        return pixels.open(photo.preview).size

    def _before(self, served: Served) -> Picture:
        """Return what a result was made from: the photo, or its region."""
        region = served.provenance["window"]
        return seen_in(Window(**region) if region else None, self._decoded.get(Path(served.photo.source)))

    def _serve(self, photo: Admitted, restored: Restored, blend_of: Served | None = None) -> Served:
        """Keep a result under its token: all of it, or nothing."""
        with self.shelf.filling(f"making-{secrets.token_urlsafe(8)}") as making:
            written = draft(photo, restored, making, self._decoded)
            token = self.store.remember(result_of(photo, written.provenance))
            served = written.served(token, blend_of.token if blend_of else None)
            self.shelf.write(making.name, "result", served.as_json())
            folder = self.shelf.rename(making, served.token)
        self._decoded.put(folder / served.file, restored.picture)
        return served


def _mix(before: Pixels, after: Pixels, amount: float) -> Pixels:
    mixed = to_float(before) * np.float32(1 - amount) + to_float(after) * np.float32(amount)
    return from_float(mixed, before.dtype)
