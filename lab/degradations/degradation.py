"""What a degradation is to the command line and to a training recipe: a table of settings and a function."""

from collections.abc import Callable
from dataclasses import dataclass

from models.card import Control, Settings, Task, Value, settle
from models.method import Pixels


@dataclass(frozen=True, slots=True)
class Degradation:
    """A way to damage a clean photo.

    `apply(image, settings, seed)` takes uint8, uint16 or float32 RGB or grey of shape (height, width, 1 or 3)
    and a value for every control (see `settle`), and returns an image of the same shape and dtype.
    """

    task: Task
    controls: tuple[Control, ...]
    apply: Callable[[Pixels, Settings, int], Pixels]

    def settle(self, settings: Settings) -> dict[str, Value]:
        """Return a value for every control: those given, checked, and defaults for the rest.

        Raises BadSettingError: an unknown name (near ones are suggested), or a value its control refuses.
        """
        return settle(self.controls, settings, f"The degradation for {self.task}")

    def degrade(self, image: Pixels, settings: Settings, seed: int) -> Pixels:
        """Check `settings`, fill in the defaults, and return the degraded image.

        Raises BadSettingError: see `settle`. ValueError: an image of another shape or dtype.
        """
        return self.apply(image, self.settle(settings), seed)
