"""Folders → what a benchmark works on: clean photos, scenes with depth, cut-outs of rust, or pairs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from lab.degradations.cutouts import Cutout
from lab.errors import MaterialError
from lab.training import depth_files
from lab.training.album import held_out_of
from models import pixels
from models.errors import BadPictureError
from models.method import Pixels, Plane
from models.pixels import Picture

_Item = TypeVar("_Item")

LEAST_SIDE = 32
"""Smaller photos are left out: a stratum of them would be a handful of pixels."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean photo (height, width, 3) uint8.

    `depth` is inverse depth in [0, 1], 1 nearest, where a depth file lies beside the photo.
    """

    name: str
    pixels: Pixels
    depth: Plane | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A damaged photo and its clean one, both (height, width, 3) uint8."""

    name: str
    damaged: Pixels
    clean: Pixels


@dataclass(frozen=True, slots=True)
class Material:
    """What the folders hold, in the order of their paths; `left_out` are sentences about the rest.

    `spare` are photos beyond the limit, of which only the do-no-harm set is taken.
    """

    photos: tuple[Clean, ...] = ()
    cutouts: tuple[Cutout, ...] = ()
    pairs: tuple[Pair, ...] = ()
    left_out: tuple[str, ...] = ()
    spare: tuple[Clean, ...] = ()


def read(
    folders: Sequence[Path],
    *,
    held_out: bool,
    only: frozenset[str] | None = None,
    limit: int | None,
    tell: Callable[[str], None],
) -> Material:
    """Return the photos below `folders`; pictures with transparent parts are cut-outs.

    Files that hold depth or a disparity are no photos (see `lab.training.depth_files`). With
    `held_out` only what `lab.training` does not learn from, by the same rule; with `only` the files of these
    names. `limit` takes so many photos
    of each folder at most, spread evenly. Broken and too small pictures are left out, each named to `tell`.

    Raises MaterialError: a folder is missing or holds no photos, or none is left.
    """
    paths = [path for folder in folders for path in photo_paths(folder)]
    if held_out:
        kept = held_out_of(paths)
        paths = [path for path in paths if path in kept]
        if not paths:
            raise MaterialError(
                "None of the photos is held out from training. Give folders of lab/training/held_out, larger "
                "ones, or leave out --held-out."
            )
    if only is not None:
        paths = [path for path in paths if path.name in only]
        if not paths:
            raise MaterialError(
                f"None of the {len(only)} files on the list lies in the folders given with --data."
            )
    reader = _Reader(tell)
    found = {path: reader.read(path) for path in paths}
    whole = {path: item for path, item in found.items() if isinstance(item, Clean)}
    chosen = {path for folder in folders for path in _spread(_below(folder, whole), limit)}
    photos = tuple(photo for path, photo in whole.items() if path in chosen)
    if not photos:
        raise MaterialError(
            f"No photo is left to measure on: {len(paths)} found, none of them whole, without transparent "
            f"parts and at least {LEAST_SIDE} pixels on each side. Give a folder of clean photos with --data."
        )
    cutouts = tuple(item for item in found.values() if isinstance(item, np.ndarray))
    spare = tuple(photo for path, photo in whole.items() if path not in chosen)
    return Material(photos, cutouts, (), tuple(reader.left_out), spare)


def read_pairs(damaged: Path, clean: Path, *, limit: int | None, tell: Callable[[str], None]) -> Material:
    """Return the photos below `damaged`, each with its clean one below `clean`.

    "cat.jpg" belongs to "cat.png", and so do "cat_1.jpg" and "cat_0.8_0.2.jpg": the name is the same up to
    an underscore. Damaged photos without a clean one, or of another size, are left out and named to `tell`.

    Raises MaterialError: a folder is missing or holds no photos, or no pair is left.
    """
    answers = {path.stem: path for path in photo_paths(clean)}
    reader = _Reader(tell)
    pairs: list[Pair] = []
    for path in _spread(photo_paths(damaged), limit):
        answer = _partner(path.stem, answers)
        if answer is None:
            reader.leave_out(path, f"there is no clean photo of that name in '{clean.name}'.")
            continue
        first, second = reader.read(path), reader.read(answer)
        if not isinstance(first, Clean) or not isinstance(second, Clean):
            continue
        if first.pixels.shape != second.pixels.shape:
            sizes = (f"{w}×{h}" for h, w in (each.pixels.shape[:2] for each in (first, second)))
            reader.leave_out(path, "it is {}, its clean photo {}.".format(*sizes))
            continue
        pairs.append(Pair(path.name, first.pixels, second.pixels))
    if not pairs:
        raise MaterialError(
            f"No pair is left to measure on: the photos of '{damaged}' and '{clean}' must have the same "
            "names (up to an underscore) and sizes."
        )
    return Material(pairs=tuple(pairs), left_out=tuple(reader.left_out))


def photo_paths(folder: Path) -> list[Path]:
    """Return the pictures below `folder`, in order, without depth files.

    Raises MaterialError: the folder is missing, or holds no pictures.
    """
    if not folder.is_dir():
        raise MaterialError(f"There is no folder '{folder}'. Check the path.")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in pixels.READABLE)
    paths = [path for path in paths if not depth_files.is_map(path.name)]
    if not paths:
        raise MaterialError(
            f"The folder '{folder}' holds no photos ({', '.join(sorted(pixels.READABLE))}). "
            "Give a folder of photos."
        )
    return paths


class _Reader:
    """Reads pictures one by one, and remembers which it left out and why."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.left_out: list[str] = []
        self._tell = tell

    def read(self, path: Path) -> Clean | Cutout | None:
        """Return a photo, a cut-out (an array of four channels), or None where it is left out."""
        try:
            picture = pixels.open(path)
        except BadPictureError as error:
            self.leave_out(path, str(error))
            return None
        height, width = picture.size
        if min(height, width) < LEAST_SIDE:
            self.leave_out(path, f"it is {width}×{height}; at least {LEAST_SIDE} pixels a side are needed.")
            return None
        image = to_bytes(picture.pixels)
        if picture.alpha is not None and (picture.alpha == 0).any():
            return np.dstack([image, to_bytes(picture.alpha[..., None])[..., 0]])
        return Clean(path.name, image, self._depth(path, picture))

    def leave_out(self, path: Path, why: str) -> None:
        sentence = f"{path.name}: {why}"
        self.left_out.append(sentence)
        self._tell(f"Left out {sentence}")

    def _depth(self, path: Path, picture: Picture) -> Plane | None:
        if not depth_files.has_depth(path):
            return None
        try:
            inverse = depth_files.inverse_depth(path)
        except MaterialError as error:
            self.leave_out(path, f"its depth is not used. {error}")
            return None
        size = picture.size[::-1]
        return np.clip(cv2.resize(inverse, size, interpolation=cv2.INTER_CUBIC), 0, 1)


def to_bytes(image: Pixels) -> Pixels:
    """Return `image` (h, w, 1 or 3), uint8, uint16 or float32 in [0, 1], as (h, w, 3) uint8."""
    if image.dtype != np.uint8:
        full = 65535 if image.dtype == np.uint16 else 1
        image = np.rint(np.clip(image.astype(np.float32) / full, 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3)))


def _partner(stem: str, answers: dict[str, Path]) -> Path | None:
    while stem not in answers:
        stem, underscore, _ = stem.rpartition("_")
        if not underscore:
            return None
    return answers[stem]


def _below(folder: Path, paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.is_relative_to(folder)]


def _spread(items: Sequence[_Item], limit: int | None) -> list[_Item]:
    """Return at most `limit` of `items`, evenly spread."""
    if limit is None or len(items) <= limit:
        return list(items)
    return [items[number * len(items) // limit] for number in range(limit)]
