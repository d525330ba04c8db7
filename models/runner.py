"""A model id and a picture in, a restored picture out: load → preprocess → method → postprocess → save."""

import hashlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from models import pixels, registry
from models.card import AUTO, Card, Settings, Value
from models.errors import StoppedError
from models.method import Filter, Output, Pixels, Survey, Tile, Window
from models.photo import DecodedPhoto, from_float
from models.pixels import Picture
from models.provenance import APP_VERSION, Provenance, Stage, library_versions
from models.stages import StageSheet
from models.strips import strips

Progress = Callable[[str, float], None]
"""Called with the step's name and the share of it that is done, in [0, 1]."""

StopFlag = Callable[[], bool]
"""Asked between strips; true ends the run with StoppedError."""


def silent(_step: str, _share: float) -> None:
    """Report progress to nobody."""


def never() -> bool:
    """Never ask for a stop."""
    return False


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished run: the picture in the file's own depth, its stages, and how it came about."""

    picture: Picture
    stages: tuple[Stage, ...]
    provenance: Provenance

    def save(self, path: Path, *, quality: int = 95, keep_gps: bool = False) -> "Restored":
        """Write the picture in full quality to `path` (format by suffix); return this run with its hash.

        Raises CannotSaveError: unknown suffix, no permission, no space.
        """
        began = perf_counter()
        made_by_model = self.provenance.method == "network"
        pixels.save(self.picture, path, quality=quality, keep_gps=keep_gps, made_by_model=made_by_model)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        steps = {**self.provenance.steps, "save": perf_counter() - began}
        return replace(self, provenance=replace(self.provenance, output_sha256=sha256, steps=steps))


@dataclass(slots=True)
class _Clock:
    """Seconds by step, and the progress reports that go with them."""

    progress: Progress
    stop: StopFlag
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        self.check()
        self.progress(name, 0.0)
        began = perf_counter()
        yield
        self.seconds[name] = perf_counter() - began
        self.progress(name, 1.0)

    def check(self) -> None:
        if self.stop():
            raise StoppedError("Stopped, as you asked. Nothing of this run was kept.")


def restore(
    model: str,
    source: Path | str | Picture,
    settings: Settings | None = None,
    *,
    window: Window | None = None,
    stages: bool = False,
    max_megapixels: float = 100.0,
    progress: Progress = silent,
    stop: StopFlag = never,
) -> Restored:
    """Restore the picture `source` (a file, or one already opened) with `model`.

    `settings` maps control names to values; the rest are the card's defaults. With `window` only that region,
    which lies inside the picture, is restored and returned, after the method has looked at the whole photo.
    `stages` asks for the inner images.

    Raises UnknownModelError, BadSettingError, BadPictureError, StoppedError; TooLargeError above
    `max_megapixels` (10⁶ pixels).
    """
    card = registry.get(model)
    settled = card.settle(settings or {})
    clock = _Clock(progress, stop)
    with clock.step("load"):
        picture = (
            source if isinstance(source, Picture) else pixels.open(source, max_megapixels=max_megapixels)
        )
    photo = DecodedPhoto(picture)
    with clock.step("preprocess"):
        exact = _without_auto(card, photo, settled)
        piece = _prepare(card, photo, exact)
    region = window or Window(0, 0, *photo.size)
    sheet = StageSheet(card, region) if stages else None
    with clock.step("method"):
        restored = _run(card, photo, exact, piece, region, sheet, clock)
    with clock.step("postprocess"):
        result = _dress(picture, restored, region)
        shown = sheet.finish(piece.swatches) if sheet else ()
    provenance = _provenance(card, settled, exact, result, window, clock.seconds)
    return Restored(result, shown, provenance)


def _without_auto(card: Card, photo: DecodedPhoto, settled: Mapping[str, Value]) -> dict[str, Value]:
    """Return the settings with every "auto" replaced by what its control estimates from the photo."""
    exact = dict(settled)
    for control in card.controls:
        if exact[control.name] == AUTO:
            assert control.estimate is not None
            exact[control.name] = float(control.estimate(photo))
    return exact


def _provenance(
    card: Card,
    settled: Mapping[str, Value],
    exact: Mapping[str, Value],
    result: Picture,
    window: Window | None,
    steps: Mapping[str, float],
) -> Provenance:
    """Write down a run that gave `result`: `settled` as it was asked for, `exact` as it was done."""
    height, width = result.size
    return Provenance(
        model=card.id,
        task=str(card.task),
        method=card.method,
        method_version=card.version,
        weights_sha256=None,
        settings=exact,
        estimated=tuple(name for name, value in settled.items() if value == AUTO),
        default_settings=settled == card.defaults,
        input_sha256=result.sha256,
        output_sha256=None,
        height=height,
        width=width,
        window=window,
        app_version=APP_VERSION,
        libraries=library_versions(),
        device="cpu",
        steps=steps,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=result.notes,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """How one strip is restored, once all is known that the whole photo has to say."""

    run: Callable[[Window], Output]
    swatches: Mapping[str, Pixels]


def _prepare(card: Card, photo: DecodedPhoto, settings: Mapping[str, Any]) -> _Piece:
    build = card.build
    if isinstance(build, Survey):
        return _prepare_survey(build, photo, settings)
    assert isinstance(build, Filter)
    return _prepare_filter(build, photo, settings)


def _prepare_filter(build: Filter, photo: DecodedPhoto, settings: Mapping[str, Any]) -> _Piece:
    read = photo.read_native if build.native else photo.read
    return _Piece(lambda window: Output(build.run(read(window), **settings)), {})


def _prepare_survey(build: Survey, photo: DecodedPhoto, settings: Mapping[str, Any]) -> _Piece:
    seen = build.look(photo, **settings)

    def run(window: Window) -> Output:
        return build.run(Tile(photo.read(window), window, photo.size), seen, **settings)

    return _Piece(run, build.swatches(seen) if build.swatches else {})


def _run(
    card: Card,
    photo: DecodedPhoto,
    settings: Mapping[str, Any],
    piece: _Piece,
    region: Window,
    sheet: StageSheet | None,
    clock: _Clock,
) -> Pixels:
    """Return the region's restored pixels, (h, w, 1 or 3) in the file's own dtype."""
    source = photo.picture.pixels
    restored = np.empty((region.height, region.width, source.shape[2]), source.dtype)
    margin = card.field_of_view(settings)
    align = sheet.reduction if sheet else 1
    for strip in strips(photo.size, margin, align, region):
        clock.check()
        output = piece.run(strip.window)
        left = region.left - strip.window.left
        columns = slice(left, left + region.width)
        inner = output.image[strip.inner, columns]
        rows = slice(strip.top - region.top, strip.bottom - region.top)
        restored[rows] = _in_depth(inner, source)
        if sheet:
            before = photo.read_native(Window(strip.top, region.left, strip.bottom - strip.top, region.width))
            stages = {slug: image[strip.inner, columns] for slug, image in output.stages.items()}
            sheet.add(strip.top - region.top, stages, before, restored[rows])
        clock.progress("method", (strip.bottom - region.top) / region.height)
    return restored


def _in_depth(image: Pixels, source: Pixels) -> Pixels:
    """Return a restored piece in the dtype and channels of `source`; grey comes back from equal channels."""
    if source.shape[2] == 1:
        image = image[..., 1:2]
    return image if image.dtype == source.dtype != np.float32 else from_float(image, source.dtype)


def _dress(picture: Picture, restored: Pixels, region: Window) -> Picture:
    """Return the `region` of `picture` with new pixels."""
    return replace(pixels.cropped(picture, region), pixels=restored)
