"""The frozen records of marks: what is marked, how, and what is stored of it."""

import re
from dataclasses import dataclass
from datetime import datetime

from ratings.marks import mask
from ratings.marks.labels import Tool
from ratings.marks.mask import Plane
from ratings.records import Flag, Result

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo that is marked: `sha256` is that of the PNG that was shown, `name` its id in the gallery.

    `name` is None for a person's own photo; `consent` tells that the person gave it to be kept and published
    with the mask. `width` and `height` are in pixels.
    """

    sha256: str
    name: str | None
    width: int
    height: int
    consent: bool = False

    def __post_init__(self) -> None:
        assert _SHA256.fullmatch(self.sha256), f"not a SHA-256 in lower-case hex: {self.sha256!r}"
        assert self.width > 0, "a photo has a width"
        assert self.height > 0, "a photo has a height"


@dataclass(frozen=True, slots=True)
class Painted:
    """What a person marked: as what, with what, and where (the bytes of a PNG, see `ratings.marks.mask`)."""

    label: str
    tool: str
    mask: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One region, as stored; see `Painted` and `Photo`.

    `result` is what is marked, None where it is a photo; `stimulus_id` is this database's own number of it.
    `mask` is a greyscale PNG of 1 bit and `share` the part of the picture that is marked. A mark counts while
    it has no `flag` and was not taken back (`withdrawn_at`). Times are in UTC.
    """

    id: int
    uid: str
    stimulus_id: int | None
    result: Result | None
    image_sha256: str
    image_name: str | None
    width: int
    height: int
    consent: bool
    rater: str | None
    label: str
    tool: Tool
    mask: bytes
    mask_sha256: str
    share: float
    licence: str
    flag: Flag | None
    reason: str
    marked_at: datetime
    withdrawn_at: datetime | None

    @property
    def picture(self) -> tuple[int | None, str]:
        """Return what marks of the same picture share: of the same result, or of the same photo."""
        return self.stimulus_id, self.image_sha256

    def plane(self) -> Plane:
        """Return where it is, (height, width) bool."""
        return mask.decode(self.mask)
