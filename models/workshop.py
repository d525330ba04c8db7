"""Where networks are kept at hand: verified checkpoints, loaded engines, and how fast each model was here."""

from collections.abc import Generator as Yielding
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models import latents
from models.aside import prepare_aside
from models.card import Card
from models.checkpoints import Checkpoints
from models.errors import OutOfMemoryError
from models.method import Generator, Network
from models.progress import Progress, StopFlag, never, silent
from models.provenance import Computer
from models.rack import Loaded, Rack
from models.runtime.engine import Engine
from models.settings import Settings
from models.speeds import Speeds

if TYPE_CHECKING:
    from models.runtime.choice import Choice

_MIB = 2**20


class Workshop:
    """One installation's networks. Making one touches no disk and imports no torch; any thread may use it."""

    def __init__(
        self, settings: Settings | None = None, speeds: Speeds | None = None, *, aside: bool = False
    ) -> None:
        """Take `settings` as they are; with `aside`, networks are prepared for a CPU in other processes.

        Those read the environment: it must say what `settings` say.
        """
        self._aside = aside
        self.settings = settings or Settings()
        self.folder = self.settings.data_dir / "models"
        self.checkpoints = Checkpoints(self.folder, endpoint=self.settings.hub_endpoint)
        self.speeds = speeds or Speeds(self.folder / "speeds.json")
        self.rack = Rack(self._budget)
        self._directions: dict[str | None, NDArray[np.float32]] = {}
        self._lock = Lock()

    @cached_property
    def device(self) -> str:
        """The device networks run on: "cpu", "cuda:0", …; chosen when it is first asked for.

        Raises DeviceError: the one that was asked for is not there.
        """
        from models.runtime import device

        return device.choose(self.settings.device)

    @contextmanager
    def lend(self, card: Card, progress: Progress = silent, stop: StopFlag = never) -> Yielding[Loaded]:
        """Lend the network of `card`, fetched, verified and loaded if it is not yet.

        Raises NotReadyError, DeviceError, StoppedError.
        """
        with ExitStack() as held:
            lent = self.rack.use(self.key(card), lambda: self._load(card, progress, stop), stop)
            try:
                loaded = held.enter_context(lent)
            except MemoryError as error:
                raise OutOfMemoryError(
                    f"'{card.id}' was not loaded: there is no memory left for it on the device "
                    f"'{self.device}'. Close other programs, choose a smaller model, or run it on another "
                    "device (PATINA_DEVICE)."
                ) from error
            yield loaded

    def prepared(self, card: Card) -> "Choice | None":
        """Return which engine was chosen for the network of `card` on this CPU, None while none was.

        Its weights need not be here; torch is not imported.
        """
        from models.runtime import loading

        assert isinstance(card.build, Network | Generator)
        if card.weights is None or card.weights.sha256 is None:
            return None
        return loading.prepared(card.build, card.weights.sha256, self._engines)

    def prepare(self, card: Card, progress: Progress = silent, stop: StopFlag = never) -> "Choice | None":
        """Do all that the first run of a network waits for, and give it back; return as `prepared` does.

        It is None where nothing can be kept, or on a GPU.

        Raises NotReadyError, DeviceError, StoppedError.
        """
        with self.lend(card, progress, stop):
            pass
        self.rack.release(self.key(card))
        return self.prepared(card)

    def directions(self, card: Card) -> NDArray[np.float32]:
        """Return the directions that images of the generator `card` vary most along, (k, latent).

        Its weights must have been fetched. Raises WrongWeightsError: there is no such first layer in them.
        """
        assert isinstance(card.build, Generator)
        assert card.weights is not None
        with self._lock:
            if card.weights.sha256 not in self._directions:
                from models.runtime.first_layer import first_layer

                path = self.checkpoints.fetch(card.id, card.weights)
                found = latents.directions(first_layer(card.id, card.build, path))
                self._directions[card.weights.sha256] = found
            return self._directions[card.weights.sha256]

    def key(self, card: Card) -> str:
        """Return under what the network of `card` stands on the rack: new weights are another network."""
        return f"{card.id} {card.weights.sha256 if card.weights else None}"

    def computer(self, loaded: Loaded | None) -> Computer:
        """Return what `loaded` runs on; None is a method without a network."""
        if loaded is None:
            return Computer("cpu")
        from models.runtime import device

        engine = loaded.engine
        return Computer(device.describe(engine.device), engine.name, engine.precision)

    def _load(self, card: Card, progress: Progress, stop: StopFlag) -> Engine:
        assert isinstance(card.build, Network | Generator)
        assert card.weights is not None
        path = self.checkpoints.fetch(card.id, card.weights, progress, stop)
        assert card.weights.sha256 is not None, "weights without a hash are not fetched"
        if self._aside and self.device == "cpu" and not self.prepared(card):
            progress("load network", 0.0)
            with suppress(OSError):  # no process can be started: it is prepared in this one
                prepare_aside([card.id], stop=stop)
        from models.runtime.loading import load

        return load(
            card.id,
            card.build,
            path,
            card.weights.sha256,
            device=self.device,
            cache=self._engines,
            progress=progress,
            stop=stop,
        )

    @property
    def _engines(self) -> Path:
        return self.folder / "engines"

    def _budget(self) -> int:
        from models.runtime import device

        asked = self.settings.memory_mib
        return asked * _MIB if asked is not None else device.device_memory(self.device) // 2


@cache
def own_workshop() -> Workshop:
    """Return the workshop of this process that has default settings, for callers that bring none.

    It leaves no file of speeds in the folder its caller happens to stand in.
    """
    return Workshop(speeds=Speeds())
