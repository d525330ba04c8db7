"""What the desk hands to the page: photos it took in, results it made; kept as JSON on the shelf."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


def short(name: str) -> str:
    """Return a photo's `name` cut so that a file's has room for more: file systems allow 255 bytes.

    >>> short("rust") + ".png"
    'rust.png'
    """
    return name.encode()[:150].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A photo that was checked and decoded. Paths are absolute; `name` is for people and downloads.

    `example` is its id in the gallery; `reference` the path of a clean picture of the same size, if known.
    """

    token: str
    name: str
    source: str
    preview: str
    suffix: str
    height: int
    width: int
    format: str
    notes: tuple[str, ...]
    example: str | None = None
    reference: str | None = None

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.height * self.width / 1e6

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Admitted":
        """Return what `dataclasses.asdict` gave, after its way through JSON."""
        fields: dict[str, Any] = {**kept, "notes": tuple(kept["notes"])}
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Quality:
    """Likeness to a clean reference before and after.

    PSNR in dB, infinite for equal pixels; SSIM in [−1, 1], None for pictures smaller than its window.
    """

    psnr_before: float
    psnr_after: float
    ssim_before: float | None
    ssim_after: float | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A stage of a run as a small file in its result's folder."""

    slug: str
    title: str
    gain: float
    file: str


@dataclass(frozen=True, slots=True)
class Served:
    """A result as the page shows it. `file`, `before`, `after` and stages are file names in its folder.

    `whole_seconds` is, for a region, about how long the whole photo would take. `blend_of` is, for a mix with
    the original, the result that was mixed.
    """

    token: str
    photo: Admitted
    model: str
    file: str
    before: str
    after: str
    height: int
    width: int
    stages: tuple[Shown, ...]
    provenance: Mapping[str, Any]
    quality: Quality | None
    whole_seconds: float | None = None
    blend_of: str | None = None

    @property
    def lossless_preview(self) -> bool:
        """Tell whether the shown images are the very pixels."""
        return self.after.endswith(".png")

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Served":
        """Return what `as_json` gave."""
        fields: dict[str, Any] = {
            **kept,
            "photo": Admitted.from_json(kept["photo"]),
            "quality": Quality(**kept["quality"]) if kept["quality"] else None,
            "stages": tuple(Shown(**stage) for stage in kept["stages"]),
        }
        return cls(**fields)
