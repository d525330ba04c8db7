"""Everything that can go wrong in the `lab`, in one small tree.

    LabError               a sentence a person can act on
    ├── RecipeError        a recipe has unknown keys, or values out of their range
    ├── MaterialError      the folders hold nothing to learn from
    ├── CheckpointError    a checkpoint is broken, or belongs to another recipe or other photos
    ├── CannotKeepError    the disk is full, or the folder cannot be written
    ├── TrainingError      the device is missing or too small, or nothing could be learnt
    │   └── RanAwayError   the loss ran away, or a generator collapsed
    ├── ShipError          a training is not finished, not whole, or says too little of itself
    └── PublishError       weights cannot be published, or the Hub did not take them

Each message says what was expected, what was found, and what to do next.
"""


class LabError(Exception):
    """Base of all errors that `lab` raises for something a person can mend."""


class RecipeError(LabError):
    """A recipe cannot be read, has unknown keys, or values out of their range."""


class MaterialError(LabError):
    """The folders that were named hold nothing to learn from."""


class CheckpointError(LabError):
    """A checkpoint is broken, or belongs to another recipe or other photos."""


class CannotKeepError(LabError):
    """What was learnt could not be written."""


class TrainingError(LabError):
    """The device is missing or too small, or nothing could be learnt."""


class RanAwayError(TrainingError):
    """The loss ran away, or a generator collapsed: it is of no use to go on."""


class ShipError(LabError):
    """A training cannot come on board: it is not finished, not whole, or says too little of itself."""


class PublishError(LabError):
    """Weights cannot be published, or the Hub did not take them."""
