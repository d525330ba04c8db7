"""What the studio hands to the page: images it made, sheets of them, walks; kept as JSON on the shelf."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from models.latents import Point


@dataclass(frozen=True, slots=True)
class Made:
    """An image as the page shows it. `file` is its name in its folder; `side` its pixels on each side."""

    token: str
    model: str
    seed: int
    nudges: tuple[float, ...]
    file: str
    side: int
    provenance: Mapping[str, Any]

    @property
    def point(self) -> Point:
        """Where the image lies among the others of its model."""
        return Point(self.seed, self.nudges)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Made":
        """Return what `as_json` gave."""
        fields: dict[str, Any] = {**kept, "nudges": tuple(kept["nudges"])}
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The images that one model made at once; `token` leads to them all, in one file to take home."""

    token: str
    model: str
    images: tuple[Made, ...]

    @property
    def seconds(self) -> float:
        """How long the images took together, without loading the network and without saving."""
        return sum(image.provenance["steps"]["method"] for image in self.images)


@dataclass(frozen=True, slots=True)
class Walk:
    """The way from one image to another: a strip of some of its frames, and files that show all."""

    token: str
    start: Made
    end: Made
    frames: int
    side: int
    shown: int
