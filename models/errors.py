"""Everything that can go wrong in `models`, in one small tree.

    ModelsError                a sentence a person can act on
    ├── UnknownModelError      no card has that id; near names are suggested
    ├── BadSettingError        a control's value has the wrong name, type or range
    ├── BadHintError           the model takes no painted hint, or the hint is not this photo's
    ├── BadPictureError        the file is not a picture Patina can read
    │   └── TooLargeError      it is one, but above the limit of megapixels
    ├── CannotSaveError        the result could not be written
    ├── NotReadyError          the model cannot run here yet
    │   ├── NotPinnedError     its revision or hash is not known
    │   ├── FetchError         its weights could not be downloaded or kept
    │   └── WrongWeightsError  its file is not the one the card names, or no weights of its architecture
    ├── DeviceError            the device that was asked for is not there, or was lost
    │   └── OutOfMemoryError   even the smallest tile does not fit
    ├── NoNumbersError         the network gives values that are no numbers for this photo
    └── StoppedError           the person asked for a stop

Each message says what was expected, what was found, and what to do next.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class ModelsError(Exception):
    """Base of all errors that `models` raises for something a person can mend."""


class UnknownModelError(ModelsError):
    """No card has the id that was asked for."""

    def __init__(self, model: str, known: Iterable[str]) -> None:
        near = get_close_matches(model, list(known), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`python -m models list` shows all."
        super().__init__(f"There is no model '{model}': {hint}")


class BadSettingError(ModelsError):
    """A setting has an unknown name, the wrong type, or a value out of its range."""


class BadHintError(ModelsError):
    """The model takes no painted hint, or what was painted has another shape than the photo."""


class BadPictureError(ModelsError):
    """The file cannot be read as a picture."""


class TooLargeError(BadPictureError):
    """The picture has more megapixels than this server accepts."""


class CannotSaveError(ModelsError):
    """The result could not be written where it was asked for."""


class NotReadyError(ModelsError):
    """The model cannot run here yet."""


class NotPinnedError(NotReadyError):
    """Nobody has said yet which revision and hash the model's weights have."""


class FetchError(NotReadyError):
    """The model's weights could not be downloaded, or not be kept."""


class WrongWeightsError(NotReadyError):
    """The file is not the one the card names, or it holds no weights of the card's architecture."""


class DeviceError(ModelsError):
    """The device that was asked for is not there, or was lost in the middle of a run."""


class OutOfMemoryError(DeviceError):
    """Even the smallest tile does not fit into the device's memory."""


class NoNumbersError(ModelsError):
    """The network gave values that are no numbers; another photo, or the next run, may well succeed."""


class StoppedError(ModelsError):
    """The run was stopped on request; nothing of it is kept."""
