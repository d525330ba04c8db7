"""A model id and a picture in, a restored picture out: load → preprocess → method → postprocess → save."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from models import pixels, registry
from models.card import AUTO, Card, Settings, Value
from models.clock import Clock
from models.errors import BadHintError, BadSettingError
from models.hint import Hint, read_hint
from models.method import Filter, Network, Output, Pixels, Survey, Tile, Window
from models.method import Generator as ImageGenerator
from models.order import Order
from models.photo import DecodedPhoto, from_float
from models.pixels import Picture
from models.progress import Progress, StopFlag, never, silent
from models.provenance import Provenance, Stage, written_down
from models.rack import Loaded
from models.rows import Rows, Show
from models.saving import save_result
from models.stages import StageSheet
from models.stripwise import run_in_strips
from models.tilewise import NetworkRun
from models.workshop import Workshop, own_workshop


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
        provenance = save_result(self.picture, self.provenance, path, quality=quality, keep_gps=keep_gps)
        return replace(self, provenance=provenance)


def restore(
    model: str,
    source: Path | str | Picture,
    settings: Settings | None = None,
    *,
    hint: Hint | Path | str | None = None,
    window: Window | None = None,
    stages: bool = False,
    max_megapixels: float = 100.0,
    progress: Progress = silent,
    stop: StopFlag = never,
    workshop: Workshop | None = None,
) -> Restored:
    """Restore the picture `source` (a file, or one already opened) with `model`: an `Order` in one call.

    `settings`, `window` and `stages` are those of `Order`. `hint` may be a file, too: a picture of the
    photo's size or shape, where white says "about here", black "none here", and all else nothing. The rest is
    as in `carry_out`.

    Raises what that raises; BadPictureError also for the hint's file.
    """
    painted = (
        hint if hint is None or isinstance(hint, Hint) else read_hint(hint, max_megapixels=max_megapixels)
    )
    return carry_out(
        Order(model=model, settings=settings or {}, hint=painted, window=window, stages=stages),
        source,
        max_megapixels=max_megapixels,
        progress=progress,
        stop=stop,
        workshop=workshop,
    )


def carry_out(
    order: Order,
    source: Path | str | Picture,
    *,
    max_megapixels: float = 100.0,
    progress: Progress = silent,
    stop: StopFlag = never,
    workshop: Workshop | None = None,
) -> Restored:
    """Do what `order` says to the picture `source`, a file or one already opened.

    Networks are loaded in `workshop` (default: one of this process, with default settings) and stay there for
    the next run.

    Raises UnknownModelError, BadSettingError, BadHintError, BadPictureError, NotReadyError, DeviceError,
    StoppedError; NoNumbersError: the network fails on this picture; TooLargeError above `max_megapixels` (10⁶
    pixels).
    """
    card, settled = check(order)
    workshop = workshop or own_workshop()
    clock = Clock(progress, stop)
    with clock.step("load"):
        picture = (
            source if isinstance(source, Picture) else pixels.open(source, max_megapixels=max_megapixels)
        )
    photo = DecodedPhoto(picture)
    _check_shape(order, photo)
    region = order.window or Window(0, 0, *photo.size)
    sheet = StageSheet(card, region) if order.stages else None
    with ExitStack() as held:
        loaded = _borrow(card, workshop, clock, held)
        with clock.step("preprocess"):
            exact = _without_auto(card, photo, settled)
            method = _prepare(card, photo, exact, loaded, order.hint)
        with clock.step("method"):
            restored = _run(method, photo, region, sheet, clock)
        computer = workshop.computer(loaded)
    with clock.step("postprocess"):
        result = replace(pixels.cropped(picture, region), pixels=restored)
        shown = sheet.finish(method.swatches) if sheet else ()
    workshop.speeds.note(card.id, computer.device, region.height * region.width, clock.seconds["method"])
    provenance = written_down(card, settled, exact, result, clock.seconds, computer, order)
    return Restored(result, shown, provenance)


def check(order: Order) -> tuple[Card, dict[str, Value]]:
    """Return the card of `order` and all its settings, before any picture is looked at.

    Raises UnknownModelError, BadSettingError; BadHintError: the model takes none.
    """
    card = registry.get(order.model)
    if isinstance(card.build, ImageGenerator):
        raise BadSettingError(f"'{card.id}' makes images and restores none; use `generate`.")
    if order.hint and not card.takes_hint:
        able = ", ".join(each.id for each in registry.cards() if each.takes_hint)
        others = f"or choose a model that takes one: {able}" if able else "no model here takes one"
        raise BadHintError(f"'{card.id}' takes no painted hint. Leave the hint out, {others}.")
    return card, card.settle(order.settings)


def _check_shape(order: Order, photo: DecodedPhoto) -> None:
    """Refuse what was painted over another photo. Raises BadHintError."""
    if order.hint and not order.hint.fits(photo.size):
        (height, width), (rows, columns) = photo.size, order.hint.marks.shape
        raise BadHintError(
            f"'{order.model}' expected a hint of the photo's size, {width} × {height} px, or of its shape at "
            f"another size; this one has {columns} × {rows} px. Paint over this photo itself."
        )


def _borrow(card: Card, workshop: Workshop, clock: Clock, held: ExitStack) -> Loaded | None:
    """Return the card's network, fetched and loaded if need be, until `held` closes; None if it has none."""
    if not isinstance(card.build, Network):
        return None
    with clock.step("network"):
        return held.enter_context(workshop.lend(card, clock.progress, clock.stop))


def _without_auto(card: Card, photo: DecodedPhoto, settled: Mapping[str, Value]) -> dict[str, Value]:
    """Return the settings with every "auto" replaced by what its control estimates from the photo."""
    exact = dict(settled)
    for control in card.controls:
        if exact[control.name] == AUTO:
            assert control.estimate is not None
            exact[control.name] = float(control.estimate(photo))
    return exact


@dataclass(frozen=True, slots=True)
class _Method:
    """How a region is restored, once all is known that the whole photo has to say."""

    rows: Callable[[Window, Show | None], Iterator[Rows]]
    swatches: Mapping[str, Pixels]


def _prepare(
    card: Card, photo: DecodedPhoto, settings: Mapping[str, Any], loaded: Loaded | None, hint: Hint | None
) -> _Method:
    build = card.build
    if isinstance(build, Network):
        assert loaded is not None
        conditions = [float(settings[name]) for name in build.conditions]
        run = NetworkRun(card.id, build, loaded, photo, conditions, tuple(card.stages or ()), hint)
        return _Method(run.rows, {})
    assert isinstance(build, Filter | Survey)
    run, swatches = _plain(build, photo, settings)
    margin = card.field_of_view(settings)
    return _Method(lambda region, show: run_in_strips(run, photo.size, margin, region, show), swatches)


def _plain(
    build: Filter | Survey, photo: DecodedPhoto, settings: Mapping[str, Any]
) -> tuple[Callable[[Window], Output], Mapping[str, Pixels]]:
    """Return how a plain method restores a window, and the stages that belong to the photo as a whole."""
    if isinstance(build, Filter):
        read = photo.read_native if build.native else photo.read
        return lambda window: Output(build.run(read(window), **settings)), {}
    seen = build.look(photo, **settings)

    def run(window: Window) -> Output:
        return build.run(Tile(photo.read(window), window, photo.size), seen, **settings)

    return run, build.swatches(seen) if build.swatches else {}


def _run(
    method: _Method, photo: DecodedPhoto, region: Window, sheet: StageSheet | None, clock: Clock
) -> Pixels:
    """Return the region's restored pixels, (h, w, 1 or 3) in the file's own dtype."""
    source = photo.picture.pixels
    restored = np.empty((region.height, region.width, source.shape[2]), source.dtype)
    clock.check()
    for rows in method.rows(region, sheet.show if sheet else None):
        done = restored[rows.top : rows.top + len(rows.pixels)]
        if len(done):
            done[:] = _in_depth(rows.pixels, source)
            if sheet:
                above = Window(region.top + rows.top, region.left, len(done), region.width)
                sheet.compare(rows.top, photo.read_native(above), done)
        clock.progress("method", rows.share)
        clock.check()
    return restored


def _in_depth(image: Pixels, source: Pixels) -> Pixels:
    """Return a restored piece in the dtype and channels of `source`; grey comes back from equal channels."""
    if source.shape[2] == 1:
        image = image[..., 1:2]
    return image if image.dtype == source.dtype != np.float32 else from_float(image, source.dtype)
