"""What can be marked, found by keys that tell no model: results, photos of the gallery, own photos."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import cv2
import numpy as np

from models import pixels
from models.card import Task
from models.pixels import Picture
from ratings.marks.labels import labels_for
from ratings.stimuli import Shown, Stimuli, Stimulus
from ui.dealing.staging import plain_png
from ui.errors import GoneError
from ui.gallery import Gallery
from ui.keeping.desk import Desk
from ui.keeping.pictures import StimulusShelf
from ui.keeping.recording import result_again
from ui.keeping.served import Served

LARGEST_SIDE = 2048
"""Larger photos are marked reduced to this long side, in pixels: a phone's canvas holds no more."""

OWN = "own.png"
_KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture to be marked, as it is shown.

    `stimulus` is the result it is, None for a photo. `name` is the gallery's id of what it shows or was made
    from. `original` is what a result was made from. `own` tells that it is a photo that only its owner sees.
    """

    key: str
    sha256: str
    width: int
    height: int
    file: Path
    name: str | None = None
    original: Path | None = None
    stimulus: Stimulus | None = None
    own: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what can be marked on it."""
        return labels_for(self.stimulus.task if self.stimulus else None)


class Subjects:
    """Finds what can be marked; every thread may use it.

    Own photos lie on the shelf of `desk` for a day, and among `pictures` only once they were given.
    """

    def __init__(
        self, stimuli: Stimuli, pictures: StimulusShelf, desk: Desk, gallery: Gallery, secret: bytes
    ) -> None:
        self.stimuli = stimuli
        self.pictures = pictures
        self.gallery = gallery
        self._desk = desk
        self._shelf = desk.shelf
        self._secret = secret
        self._photos: dict[str, Subject] = {}
        self._lock = Lock()

    def find(self, key: str, rater: str | None) -> Subject:
        """Return what `key` stands for, when `rater` asks.

        Raises GoneError: nothing, or nothing that is still kept.
        """
        kind, _, rest = key.partition(".")
        if kind == "photo":
            return self.photo(rest)
        if kind == "own":
            return self._own(rest)
        if kind == "made":
            return self._made(rest, rater)
        task, _, _ = rest.partition(".")
        found = (each for each in self.stimuli.of_task(task) if hmac.compare_digest(self.key(each), key))
        stimulus = next(found, None) if kind == "result" and key.isascii() else None
        if stimulus is None:
            raise GoneError
        return self.result(stimulus)

    def result(self, stimulus: Stimulus) -> Subject:
        """Return a result of a model; raises GoneError."""
        original = stimulus.original_sha256
        return Subject(
            key=self.key(stimulus),
            sha256=stimulus.shown_sha256,
            width=stimulus.width,
            height=stimulus.height,
            file=self.pictures.file(stimulus.shown_sha256),
            name=stimulus.input_name,
            original=self.pictures.file(original) if original else None,
            stimulus=stimulus,
        )

    def key(self, stimulus: Stimulus) -> str:
        """Return the key of a result: its number would tell when it was made, and so by which model."""
        digest = hmac.digest(self._secret, f"marking:{stimulus.id}".encode(), "sha256").hex()
        return f"result.{stimulus.task}.{digest[:_KEY_LENGTH]}"

    def photo(self, example: str) -> Subject:
        """Return a rusty photo of the gallery.

        Raises GoneError: there is none of that id. StorageError.
        """
        known = next((each for each in self.gallery.by_task(Task.DERUST) if each.id == example), None)
        if known is None:
            raise GoneError
        with self._lock:
            kept = self._photos.get(example)
            if kept is None or not kept.file.is_file():
                kept = self._keep_photo(example, known.file)
                self._photos[example] = kept
            return kept

    def admit(self, content: bytes) -> Subject:
        """Take in an own photo: keep its pixels for a day, and nothing else of the file.

        Raises BadPictureError, TooLargeError, StorageError.
        """
        with TemporaryDirectory() as folder:
            file = Path(folder) / "photo"
            file.write_bytes(content)
            picture = fitting(pixels.open(file, max_megapixels=self._desk.max_megapixels))
        png, token = plain_png(picture), secrets.token_urlsafe(16)
        height, width = picture.size
        with self._shelf.filling(token) as kept:
            (kept / OWN).write_bytes(png)
            told: dict[str, Any] = {
                "sha256": hashlib.sha256(png).hexdigest(),
                "width": width,
                "height": height,
            }
            self._shelf.write(token, "own", told)
        return self._own(token)

    def _own(self, token: str) -> Subject:
        told = self._shelf.read(token, "own")
        return Subject(key=f"own.{token}", file=self._shelf.find(token) / OWN, own=True, **told)

    def _made(self, token: str, rater: str | None) -> Subject:
        """Return a result of a restore tab. It belongs to `rater` alone, and is dealt to nobody."""
        served = self._desk.served(token)
        if rater is None:
            raise GoneError
        folder, name = self._shelf.find(token), f"marking-{rater}"
        if not (folder / f"{name}.json").is_file():
            self._shelf.write(token, name, {"stimulus": self._show(served, folder / OWN, rater).id})
        stimulus = self.stimuli.get([self._shelf.read(token, name)["stimulus"]]).popitem()[1]
        before = folder / served.before
        return Subject(
            key=f"made.{token}",
            sha256=stimulus.shown_sha256,
            width=stimulus.width,
            height=stimulus.height,
            file=folder / OWN,
            name=stimulus.input_name,
            original=before if before.suffix == ".png" else None,
            stimulus=stimulus,
        )

    def _show(self, served: Served, file: Path, rater: str) -> Stimulus:
        """Keep the picture of a result as it is shown to be marked, and remember it as a stimulus.

        It is remembered anew: the Arena goes by what was shown with its model's name, and this was.
        """
        picture = fitting(pixels.open(self._desk.file(served), max_megapixels=self._desk.max_megapixels))
        png, (height, width) = plain_png(picture), picture.size
        file.write_bytes(png)
        making, sha256 = self._desk.store.remember(result_again(served)), hashlib.sha256(png).hexdigest()
        return self.stimuli.add(
            Shown(
                making=making,
                sha256=sha256,
                original_sha256=None,
                width=width,
                height=height,
                owner=rater,
                dealt=False,
            )
        )

    def _keep_photo(self, example: str, file: Path) -> Subject:
        picture = fitting(pixels.open(file))
        sha256, (height, width) = self.pictures.put(plain_png(picture)), picture.size
        return Subject(
            key=f"photo.{example}",
            sha256=sha256,
            width=width,
            height=height,
            file=self.pictures.file(sha256),
            name=example,
        )


def fitting(picture: Picture) -> Picture:
    """Return `picture` without alpha, with a long side of at most `LARGEST_SIDE`, by area averaging."""
    height, width = picture.size
    scale = LARGEST_SIDE / max(height, width)
    if scale >= 1:
        return replace(picture, alpha=None)
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    reduced = cv2.resize(picture.pixels, (across, down), interpolation=cv2.INTER_AREA)
    return replace(picture, pixels=np.asarray(reduced).reshape(down, across, -1), alpha=None)
