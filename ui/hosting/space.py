"""Networks on a ZeroGPU Space, where a GPU is lent for one call at a time.

ZeroGPU runs a function marked with `spaces.GPU` in a forked process that sees the GPU; the rest of the app
never does. What goes in and comes out is pickled, and neither progress nor a stop can cross: a run there
shows no share and, once begun, cannot be stopped. Each call says beforehand how many seconds it wants: fewer
mean a shorter queue, too few that it is broken off. Everywhere else nothing here does anything, and the
package `spaces` is not imported.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from models import pixels, registry, runner
from models.card import Card
from models.errors import ModelsError, StoppedError
from models.method import Network
from models.order import Order
from models.pixels import Picture
from models.progress import Progress, StopFlag, never, silent
from models.runner import Restored
from models.settings import Settings as ModelSettings
from models.speeds import Speeds
from models.workshop import Workshop
from ui.errors import ServingError

DEVICE = "zerogpu"
"""Under this name the speed on a lent GPU is remembered."""

START = 8.0
"""Seconds that are always asked for: forking, moving the network, choosing kernels."""

SAFETY = 2.0
"""So many times its usual duration may the computing take."""

UNKNOWN_SPEED = 4.0
"""Seconds per megapixel (10⁶ pixels) that are taken for a model that has not run here yet."""

LONGEST = 120
"""Seconds that are asked for at most: a visitor has a few minutes a day."""

Result = TypeVar("Result")
Compute = Callable[[int, Callable[..., Any]], Any]
"""Seconds, and what to run with a workshop → its result, or the ModelsError it raised."""


class Restore(Protocol):
    """`models.runner.carry_out`, with its workshop settled."""

    def __call__(
        self,
        order: Order,
        source: Path | str | Picture,
        *,
        max_megapixels: float = 100.0,
        progress: Progress = silent,
        stop: StopFlag = never,
    ) -> Restored:
        """Do as `models.runner.carry_out` says."""
        ...


def is_on(environment: Mapping[str, str]) -> bool:
    """Tell whether this is a ZeroGPU Space, as the package `spaces` reads it.

    >>> is_on({"SPACES_ZERO_GPU": "true"}), is_on({})
    (True, False)
    """
    return environment.get("SPACES_ZERO_GPU", "").lower() in {"1", "t", "true"}


def fitting(settings: ModelSettings, environment: Mapping[str, str]) -> ModelSettings:
    """Return `settings` as they suit this place.

    On ZeroGPU "auto" is CUDA, though no GPU is to be seen, and no process prepares anything beside the page.
    """
    if not is_on(environment):
        return settings
    device = "cuda" if settings.device == "auto" else settings.device
    return replace(settings, device=device, prepare=False)


def lend_gpu(workshop: Workshop, environment: Mapping[str, str]) -> Restore:
    """Return how images are restored here, with the networks of `workshop`.

    On a ZeroGPU Space a GPU is borrowed for each run of a network, unless PATINA_DEVICE is "cpu". Call it
    before the page is launched and before anything imports torch.

    Raises ServingError: this is a ZeroGPU Space, and the package `spaces` is not installed.
    """
    restore = partial(runner.carry_out, workshop=workshop)
    if not is_on(environment) or workshop.settings.device == "cpu":
        return restore
    return _Borrower(workshop, _on_gpu(workshop), restore).restore


def own_processor(workshop: Workshop, environment: Mapping[str, str]) -> Workshop:
    """Return what images are generated with: on a ZeroGPU Space its processor, elsewhere `workshop` itself.

    Generators are small: borrowing a GPU would take longer than they do.
    """
    if not is_on(environment):
        return workshop
    return Workshop(replace(workshop.settings, device="cpu"))


def preload(workshop: Workshop, tell: Callable[[str], object]) -> None:
    """Fetch and load the networks that PATINA_PRELOAD names; one that cannot be is told and left.

    On ZeroGPU what is loaded before the page is launched comes onto a lent GPU in one piece, fast.

    Raises UnknownModelError: no model has that name.
    """
    for card in [registry.get(model) for model in workshop.settings.preload]:
        if card.weights is None:
            continue
        try:
            with workshop.lend(card):
                tell(f"{card.id}: loaded.")
        except ModelsError as error:
            tell(f"{card.id} was not preloaded. {error}")


def seconds_for(model: str, size: int, speeds: Speeds) -> int:
    """Return for how many seconds to borrow a GPU to compute `size` pixels.

    >>> seconds_for("denoise-new", 1_000_000, Speeds(Path("nothing-measured.json")))
    16
    """
    speed = speeds.seconds_per_megapixel(model, DEVICE) or UNKNOWN_SPEED
    return min(LONGEST, ceil(START + SAFETY * speed * size / 1e6))


@dataclass(frozen=True, slots=True)
class _Borrower:
    """Runs networks on a borrowed GPU, and everything else here."""

    workshop: Workshop
    compute: Compute
    here: Restore

    def restore(
        self,
        order: Order,
        source: Path | str | Picture,
        *,
        max_megapixels: float = 100.0,
        progress: Progress = silent,
        stop: StopFlag = never,
    ) -> Restored:
        """Do as `Restore` says; on a GPU, progress and stop end at its door."""
        card, _ = runner.check(order)
        picture = (
            source if isinstance(source, Picture) else pixels.open(source, max_megapixels=max_megapixels)
        )
        if not isinstance(card.build, Network):
            return self.here(order, picture, progress=progress, stop=stop)
        height, width = (order.window.height, order.window.width) if order.window else picture.size
        run = partial(runner.carry_out, order, picture)
        restored = self._borrow(card, height * width, run, progress, stop)
        self._learn(card, height * width, restored.provenance.steps["method"])
        return restored

    def _borrow(
        self, card: Card, size: int, run: Callable[..., Result], progress: Progress, stop: StopFlag
    ) -> Result:
        """Fetch the weights here, where that costs nobody's quota; then borrow a GPU for `run`.

        Raises what `run` raises, StoppedError.
        """
        assert card.weights is not None
        self.workshop.checkpoints.fetch(card.id, card.weights, progress, stop)
        if stop():
            raise StoppedError("Stopped, as you asked. Nothing of this run was kept.")
        progress("method", 0.0)
        result = self.compute(seconds_for(card.id, size, self.workshop.speeds), run)
        if isinstance(result, ModelsError):
            raise result
        progress("method", 1.0)
        return cast("Result", result)

    def _learn(self, card: Card, size: int, seconds: float) -> None:
        """Remember a run's speed: the forked process can remember nothing."""
        self.workshop.speeds.note(card.id, DEVICE, size, seconds)


def _on_gpu(workshop: Workshop) -> Compute:
    """Return the one function that ZeroGPU runs in a forked process.

    Errors come back as values: of an error raised there only its class's name would arrive.
    """
    try:
        spaces = import_module("spaces")
    except ImportError as error:
        raise ServingError(
            "This is a ZeroGPU Space (SPACES_ZERO_GPU), but the Python package `spaces` is not there. Add it "
            "to requirements.txt, or choose other hardware for the Space."
        ) from error

    def compute(_seconds: int, run: Callable[..., Result]) -> Result | ModelsError:
        try:
            return run(workshop=_forked(workshop))
        except ModelsError as error:
            return error

    return spaces.GPU(compute, duration=_duration)


def _duration(seconds: int, _run: Callable[..., Any]) -> int:
    return seconds


def _forked(workshop: Workshop) -> Workshop:
    """Return a workshop with the same loaded networks, but none of the locks held while forking."""
    own = Workshop(workshop.settings)
    own.rack = workshop.rack.forked()
    return own
