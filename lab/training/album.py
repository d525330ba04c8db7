"""Folders of photos → photos in memory, decoded once; some are held out and never learnt from.

`held_out/*.txt` lists file names of the project's own material. Photos from elsewhere have a tenth of them
held out, chosen by their names alone, so that a photo stays on its side when others come or go.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from lab.errors import MaterialError
from lab.training import idx, marked
from lab.training.depth_files import is_map
from models import pixels
from models.errors import BadPictureError
from models.method import Pixels, Plane

HELD_OUT = Path(__file__).parent / "held_out"


@dataclass(frozen=True, slots=True)
class Photo:
    """A clean photo: its file, and its pixels (height, width, 3) uint8 RGB.

    A picture that is see-through in places is a cut-out, not a photo: it has `opacity`, (h, w) uint8.
    """

    path: Path
    pixels: Pixels
    opacity: Plane | None = None


@dataclass(frozen=True, slots=True)
class Album:
    """Photos to learn from, and photos to be examined on; both in the order of their paths."""

    learning: tuple[Photo, ...]
    held_out: tuple[Photo, ...]

    def fingerprint(self) -> str:
        """Return a hash that changes when other photos are learnt from: by name, size and pixels."""
        found = hashlib.blake2b(digest_size=32)
        for photo in self.learning:
            found.update(f"{photo.path.name} {photo.pixels.shape}\n".encode())
            found.update(np.ascontiguousarray(photo.pixels).data)
        return found.hexdigest()


def read(folders: Sequence[Path], *, least_side: int, cutouts: bool, tell: Callable[[str], None]) -> Album:
    """Return the photos below `folders`, and the cut-outs if `cutouts` are asked for.

    Broken photos, and those with a side below `least_side` pixels, are left out; each is named to `tell`.
    Cut-outs may be smaller.

    Raises MaterialError: a folder is missing or holds no photos, or none is left to learn from.
    """
    paths = [path for folder in folders for path in _pictures(folder)]
    found = [photo for path in paths for photo in _photos(path, least_side, tell)]
    photos = [photo for photo in found if cutouts or photo.opacity is None]
    if len(photos) < len(found):
        count = len(found) - len(photos)
        tell(f"Left out {count} pictures that are see-through: only rust is learnt from them.")
    held = held_out_of([photo.path for photo in photos])
    learning = tuple(photo for photo in photos if photo.path not in held)
    if all(photo.opacity is not None for photo in learning):
        raise MaterialError(
            f"No photo is left to learn from: {len(paths)} found, {len(photos)} of them whole and at least "
            f"{least_side} pixels on each side, {len(held)} of these held out. Add photos, or choose a "
            "recipe with a smaller 'patch'."
        )
    return Album(learning, tuple(photo for photo in photos if photo.path in held))


def held_out_of(paths: Sequence[Path]) -> frozenset[Path]:
    """Return those of `paths` that are not learnt from: listed, of a test part, or else about a tenth."""
    listed = listed_names()
    held = frozenset(path for path in paths if path.name in listed or idx.is_of_test_part(path))
    return held or frozenset(path for path in paths if _chosen(path.name))


def listed_names() -> frozenset[str]:
    """Return the file names in `held_out/*.txt`."""
    lists = (file.read_text(encoding="utf-8").split("\n") for file in HELD_OUT.glob("*.txt"))
    return frozenset(name for names in lists for name in names if name)


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise MaterialError(f"There is no folder '{folder}'. Check the path given with --data.")
    readable = pixels.READABLE
    found = (path for path in folder.rglob("*") if path.suffix.lower() in readable or idx.is_idx(path.name))
    paths = {path for path in found if not is_map(path.name)}
    if not paths:
        raise MaterialError(
            f"The folder '{folder}' holds no photos ({', '.join(sorted(readable))}, or many in one file "
            f"'…{idx.ENDING}', gzipped or not). Give a folder of clean photos with --data."
        )
    return sorted(path for path in paths if not (path.suffix == ".gz" and path.with_suffix("") in paths))


def _photos(path: Path, least_side: int, tell: Callable[[str], None]) -> list[Photo]:
    """Return the photo in the file `path`, or all that a file of many images holds."""
    if marked.is_marked(path.name):
        return [Photo(path, cutout[..., :3], cutout[..., 3]) for cutout in marked.cutouts(path)]
    if not idx.is_idx(path.name):
        photo = _photo(path, least_side, tell)
        return [photo] if photo else []
    many = idx.images(path)
    if min(many.shape[1:]) < least_side:
        height, width = many.shape[1:]
        tell(
            f"Left out '{path}': its images are {width}×{height}, and must have {least_side} pixels on each "
            "side."
        )
        return []
    part = path.name.partition("-")[0]
    shape = (*many.shape[1:], 3)
    return [
        Photo(path / f"{part}-{number:05}", np.broadcast_to(image[..., None], shape))
        for number, image in enumerate(many)
    ]


def squared(album: Album, side: int) -> Album:
    """Return `album` with the middle square of each photo, reduced or enlarged to `side` pixels."""
    learning, held_out = (
        tuple(replace(photo, pixels=_square(photo.pixels, side)) for photo in part)
        for part in (album.learning, album.held_out)
    )
    return Album(learning, held_out)


def _square(image: Pixels, side: int) -> Pixels:
    height, width = image.shape[:2]
    if height == width == side:
        return image
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    square = np.ascontiguousarray(image[top : top + short, left : left + short])
    way = cv2.INTER_AREA if short > side else cv2.INTER_CUBIC
    return cv2.resize(square, (side, side), interpolation=way)


def _photo(path: Path, least_side: int, tell: Callable[[str], None]) -> Photo | None:
    try:
        picture = pixels.open(path)
    except BadPictureError as error:
        tell(f"Left out '{path}': {error}")
        return None
    height, width = picture.pixels.shape[:2]
    image = np.ascontiguousarray(np.broadcast_to(_to_bytes(picture.pixels), (height, width, 3)))
    if picture.alpha is not None and not picture.alpha.any():
        tell(f"Left out '{path}': it is wholly transparent.")
        return None
    opacity = None if picture.alpha is None else _to_bytes(picture.alpha)
    if opacity is not None and opacity.min() < 255:
        return Photo(path, image, opacity)
    if min(height, width) < least_side:
        tell(f"Left out '{path}': it is {width}×{height}, and must have {least_side} pixels on each side.")
        return None
    return Photo(path, image)


def _to_bytes(image: Pixels) -> Pixels:
    """Return `image`, uint8, uint16 or float32 in [0, 1], as uint8."""
    if image.dtype == np.uint8:
        return image
    full = 65535 if image.dtype == np.uint16 else 1
    return np.rint(np.clip(image.astype(np.float32) / full, 0, 1) * 255).astype(np.uint8)


def _chosen(name: str) -> bool:
    """Return true for about one name in ten."""
    return hashlib.sha256(name.encode()).digest()[0] % 10 == 0
