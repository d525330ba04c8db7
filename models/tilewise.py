"""A network over a photo, tile by tile: read, run, blend, hand over the rows that are finished."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import NoNumbersError, OutOfMemoryError
from models.hint import Hint
from models.method import Network, Photo, Pixels, Plane, Window
from models.rack import Loaded
from models.rows import Rows, Show
from models.runtime.tiling import Demand, Plan, plan_tiles

Outputs = tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class NetworkRun:
    """One network on one photo. `conditions` are its controls' values, `stages` the slugs of its stages.

    `hint` is what a person painted over the photo, for a network that takes it.
    """

    model: str
    network: Network
    loaded: Loaded
    photo: Photo
    conditions: Sequence[float]
    stages: Sequence[str] = ()
    hint: Hint | None = None

    def rows(self, region: Window, show: Show | None) -> Iterator[Rows]:
        """Yield the rows of `region` as they are finished; between tiles nothing but the share may be new.

        When memory runs short, first fewer tiles are run at once, then tiles are halved; the rows still
        missing are done anew.

        Raises OutOfMemoryError: even the smallest tiles do not fit; DeviceError, NoNumbersError.
        """
        demand, batch = self._demand(), self.loaded.batch or self.loaded.engine.batch
        top, bottom = region.top, region.top + region.height
        while top < bottom:
            rest = replace(region, top=top, height=bottom - top)
            plan = plan_tiles(self.photo.size, rest, demand)
            try:
                for rows in _Pass(self, plan, batch, region, show).rows():
                    top = region.top + rows.top + len(rows.pixels)
                    yield rows
            except MemoryError:
                if batch == 1:
                    demand = self._halved(demand, plan)
                batch = self.loaded.batch = max(1, batch // 2)

    def tile(self, window: Window) -> NDArray[Any]:
        """Return the planes of a tile, (3 or, with the hint, 4, height, width) float32.

        Where it reaches out of the photo, both are mirrored.
        """
        height, width = self.photo.size
        rows, columns = min(window.height, height - window.top), min(window.width, width - window.left)
        inside = replace(window, height=rows, width=columns)
        planes = self.photo.read(inside)
        if self.network.hint:
            planes = np.dstack((planes, self._marks(inside)))
        below, beside = window.height - rows, window.width - columns
        if below or beside:
            planes = cv2.copyMakeBorder(planes, 0, below, 0, beside, cv2.BORDER_REFLECT_101)
        return planes.transpose(2, 0, 1)

    def _marks(self, window: Window) -> Plane:
        """Return what a person painted in `window`, (h, w) float32; nothing if there is no hint."""
        if self.hint is None:
            return np.zeros((window.height, window.width), np.float32)
        return self.hint.read(window, self.photo.size)

    def _demand(self) -> Demand:
        network = self.network
        pixels = self.loaded.tile_pixels or network.tile_pixels
        return Demand(network.field_of_view, network.multiple_of, network.least_side, pixels)

    def _halved(self, demand: Demand, plan: Plan) -> Demand:
        """Return a demand for tiles of half the size, and remember that larger ones do not fit.

        Raises OutOfMemoryError: there are no smaller ones.
        """
        smaller = max(plan.tile_pixels // 2, demand.floor**2)
        if smaller >= plan.tile_pixels:
            raise OutOfMemoryError(self._too_little(plan))
        self.loaded.tile_pixels = smaller
        return replace(demand, pixels=smaller)

    def _too_little(self, plan: Plan) -> str:
        device = self.loaded.engine.device
        return (
            f"'{self.model}' does not fit into the memory of the device '{device}', even in tiles of "
            f"{plan.across.length} × {plan.down.length} px. Close other programs, choose a smaller model, "
            "or run it on another device (PATINA_DEVICE)."
        )


@dataclass(frozen=True, slots=True)
class _Pass:
    """One attempt at the rows of `region` that `plan` covers, `batch` tiles at a time."""

    run: NetworkRun
    plan: Plan
    batch: int
    region: Window
    show: Show | None

    def rows(self) -> Iterator[Rows]:
        """Yield finished rows, counted from the top of the region."""
        down, top = self.plan.down, self.region.top
        carried = np.zeros((0, self.region.width, 3), np.float32)
        for row in range(len(down.starts)):
            first, last = down.share(row)
            band = np.zeros((last - first, self.region.width, 3), np.float32)
            band[: len(carried)] = carried
            for columns in self._batches():
                self._add(band, row, columns)
                yield Rows(first - top, band[:0], self._share(row, columns[-1] + 1))
            final = last if row + 1 == len(down.starts) else down.share(row + 1)[0]
            carried = band[final - first :]
            yield Rows(first - top, band[: final - first], self._share(row, len(self.plan.across.starts)))

    def _share(self, row: int, columns: int) -> float:
        """Return how much of the region is done when so many `columns` of a `row` of tiles are."""
        across, (first, last) = self.plan.across, self.plan.down.core(row)
        rows = first - self.region.top + (last - first) * columns / len(across.starts)
        return rows / self.region.height

    def _batches(self) -> Iterator[range]:
        """Yield the columns of a row, as many as are run at once."""
        columns = len(self.plan.across.starts)
        for first in range(0, columns, self.batch):
            yield range(first, min(first + self.batch, columns))

    def _add(self, band: Pixels, row: int, columns: range) -> None:
        """Run the tiles at `row` and `columns`, and add their share to the `band`."""
        outputs = self._outputs(row, columns)
        for number, column in enumerate(columns):
            self._blend(band, row, column, outputs[0][number])
            if self.show and self.run.stages:
                self._show(self.show, row, column, [output[number] for output in outputs[1:]])

    def _outputs(self, row: int, columns: range) -> Outputs:
        """Return what the network makes of the tiles, each (n, channels, height, width).

        Raises MemoryError, DeviceError; NoNumbersError: the network gives values that are no numbers.
        """
        engine = self.run.loaded.engine
        images = np.stack([self.run.tile(self.plan.window(row, column)) for column in columns])
        with self.run.loaded.turn:
            outputs = engine.run(images, self.run.conditions)
        if not np.isfinite(outputs[0].sum(dtype=np.float64)):
            raise NoNumbersError(_no_numbers(self.run.model, engine.device))
        return outputs

    def _blend(self, band: Pixels, row: int, column: int, output: NDArray[Any]) -> None:
        down, across = self.plan.down, self.plan.across
        (top, bottom), (left, right) = down.share(row), across.share(column)
        inner = _inner(output, self.plan.window(row, column), top, bottom, left, right)
        place = band[:, left - self.region.left : right - self.region.left]
        if self.plan.count == 1:
            place[:] = inner
            return
        weights = down.weights(row)[:, None, None] * across.weights(column)[None, :, None]
        place += inner * weights

    def _show(self, show: Show, row: int, column: int, outputs: Sequence[NDArray[Any]]) -> None:
        """Hand over the stages of a tile's core: they are not blended."""
        (top, bottom), (left, right) = self.plan.down.core(row), self.plan.across.core(column)
        window = self.plan.window(row, column)
        images = [_inner(output, window, top, bottom, left, right) for output in outputs]
        planes = (image[..., 0] if image.shape[2] == 1 else image for image in images)
        named = dict(zip(self.run.stages, planes, strict=True))
        show(top - self.region.top, left - self.region.left, named)


def _no_numbers(model: str, device: str) -> str:
    """Say that `model` failed on `device`, and what to do."""
    elsewhere = "" if device == "cpu" else "run it on the CPU (PATINA_DEVICE=cpu), "
    return (
        f"'{model}' gave values that are no numbers for this photo, in float32 on '{device}'. Choose other "
        f"settings or another model, {elsewhere}or report the photo."
    )


def _inner(
    output: NDArray[Any], window: Window, top: int, bottom: int, left: int, right: int
) -> NDArray[Any]:
    """Return the part of a tile's (channels, h, w) that lies between the photo's rows and columns."""
    inner = output[:, top - window.top : bottom - window.top, left - window.left : right - window.left]
    return inner.transpose(1, 2, 0)
