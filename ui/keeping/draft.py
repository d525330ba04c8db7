"""A result as files: the full-quality one, previews of before and after, its stages; not yet remembered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from models import pixels
from models.method import Window
from models.pixels import Picture
from models.provenance import Provenance
from models.runner import Restored
from ui.keeping.decoded import DecodedPictures
from ui.keeping.likeness import likeness
from ui.keeping.region import seen_in, whole_seconds
from ui.keeping.served import Admitted, Quality, Served, Shown, short
from ui.keeping.shelf import keep_file


@dataclass(frozen=True, slots=True)
class Draft:
    """A result of `photo` that is written, and has no token yet; see `Served`."""

    photo: Admitted
    provenance: Provenance
    file: str
    before: str
    after: str
    stages: tuple[Shown, ...]
    quality: Quality | None

    def served(self, token: str, blend_of: str | None) -> Served:
        """Return the result under the `token` that it was remembered by."""
        return Served(
            token=token,
            photo=self.photo,
            model=self.provenance.model,
            file=self.file,
            before=self.before,
            after=self.after,
            height=self.provenance.height,
            width=self.provenance.width,
            stages=self.stages,
            provenance={**self.provenance.as_json(), "result_token": token},
            quality=self.quality,
            whole_seconds=whole_seconds(self.photo, self.provenance),
            blend_of=blend_of,
        )


def draft(photo: Admitted, restored: Restored, folder: Path, decoded: DecodedPictures) -> Draft:
    """Save, preview and measure what was made of `photo`; the full file is written beside its previews.

    Raises StorageError, GoneError: the photo is no longer there.
    """
    region = restored.provenance.window
    name = f"{short(photo.name)}-{restored.provenance.model}{photo.suffix}"
    with ThreadPoolExecutor(1) as beside:
        saving = beside.submit(restored.save, folder / name)
        before = _before_preview(photo, region, folder, decoded)
        after = pixels.save_preview(restored.picture, folder / "after").name
        stages = _show_stages(restored, folder)
        provenance = saving.result().provenance
    quality = _quality(photo, region, restored.picture, decoded)
    return Draft(photo, provenance, name, before, after, stages, quality)


def _before_preview(photo: Admitted, region: Window | None, folder: Path, decoded: DecodedPictures) -> str:
    """Put the picture to compare with into `folder`: the photo's own preview, or its region's."""
    if region is None:
        return keep_file(Path(photo.preview), folder, "before").name
    piece = seen_in(region, decoded.get(Path(photo.source)))
    return pixels.save_preview(piece, folder / "before").name


def _quality(
    photo: Admitted, region: Window | None, after: Picture, decoded: DecodedPictures
) -> Quality | None:
    if not photo.reference:
        return None
    clean, before = (
        seen_in(region, decoded.get(Path(path))).pixels for path in (photo.reference, photo.source)
    )
    return likeness(clean, before, after.pixels)


def _show_stages(restored: Restored, folder: Path) -> tuple[Shown, ...]:
    shown: list[Shown] = []
    for number, stage in enumerate(restored.stages, start=1):
        name = f"stage-{number}-{stage.slug}.jpg"
        stage.save(folder / name)
        shown.append(Shown(stage.slug, stage.title, stage.gain, name))
    return tuple(shown)
