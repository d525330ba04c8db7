"""Pictures that stay decoded in memory while they are used: for single-pixel views and further runs."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from models import pixels
from models.pixels import Picture
from ui.errors import GoneError

DECODED_BYTES = 400_000_000
"""Pixels that stay decoded: ten photos of 12 MP."""


class DecodedPictures:
    """Pictures by their files; every thread may use it."""

    def __init__(self, max_megapixels: float) -> None:
        self.max_megapixels = max_megapixels
        self._held: OrderedDict[Path, Picture] = OrderedDict()
        self._lock = Lock()

    def get(self, path: Path) -> Picture:
        """Return the picture at `path`, from memory where it was used lately.

        Raises GoneError: there is no such file. BadPictureError, TooLargeError.
        """
        with self._lock:
            picture = self._held.get(path)
            if picture is not None:
                self._held.move_to_end(path)
                return picture
        if not path.exists():
            raise GoneError
        picture = pixels.open(path, max_megapixels=self.max_megapixels)
        self.put(path, picture)
        return picture

    def put(self, path: Path, picture: Picture) -> None:
        """Hold the picture of the file at `path`; when it is too much, what was used longest ago goes."""
        with self._lock:
            self._held[path] = picture
            held = sum(each.pixels.nbytes for each in self._held.values())
            while held > DECODED_BYTES:
                _, oldest = self._held.popitem(last=False)
                held -= oldest.pixels.nbytes
