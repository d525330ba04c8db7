"""What a study shows beside results of models: clean references, and plates that say what to answer."""

import hashlib
from dataclasses import dataclass
from random import Random

from models import pixels
from models.provenance import APP_VERSION
from ratings.judging import Choice
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.studies.answers import REFERENCE, TRAP
from ratings.studies.design import Item, Method
from ui.dealing.staging import plain_png
from ui.gallery import Example
from ui.keeping.pictures import StimulusShelf
from ui.studies.plates import plate_that_says

GRADE_NAMES = {5: "EXCELLENT", 4: "GOOD", 3: "FAIR", 2: "POOR", 1: "BAD"}


@dataclass(frozen=True, slots=True)
class Prop:
    """Makes such stimuli; the Arena never deals them."""

    store: Store
    stimuli: Stimuli
    pictures: StimulusShelf

    def reference(self, task: str, example: Example) -> Stimulus:
        """Return the clean reference of an example as a stimulus of the same input as its results.

        Raises BadPictureError, StoreError, StorageError.
        """
        picture = pixels.open(example.reference)
        damaged = pixels.open(example.file).sha256
        height, width = picture.size
        return self._add(task, REFERENCE, plain_png(picture), (height, width), damaged, example.id)

    def trap(self, task: str, method: Method, size: tuple[int, int], seed: int) -> Item:
        """Return a trap item: its pictures of that (height, width) say themselves what to answer."""
        random = Random(seed)
        if method is Method.PAIRS:
            right = self._plate(task, "Choose this side\n\n← or →", size, f"chosen {seed}")
            wrong = self._plate(task, "Do not choose\nthis side", size, f"other {seed}")
            return Item(stimulus=right.id, other=wrong.id, expected=Choice.LEFT)
        grade = random.randint(1, 5)
        scale = GRADE_NAMES[grade] if method is not Method.DCR else f"grade {grade}"
        plate = self._plate(
            task, f"This is a check.\nPlease answer {grade}\n({scale})", size, f"grade {grade}"
        )
        return Item(stimulus=plate.id, other=plate.id if method is Method.DCR else None, expected=grade)

    def _plate(self, task: str, text: str, size: tuple[int, int], name: str) -> Stimulus:
        height, width = size
        content = plate_that_says(text, width, height)
        told = hashlib.sha256(name.encode()).hexdigest()
        return self._add(task, TRAP, content, size, told, f"plate: {name}")

    def _add(
        self, task: str, model: str, png: bytes, size: tuple[int, int], input_sha256: str, name: str
    ) -> Stimulus:
        sha256 = self.pictures.put(png)
        making = self.store.remember(
            Result(
                task=task,
                model=model,
                version=1,
                weights_sha256=None,
                settings={},
                default_settings=True,
                input_sha256=input_sha256,
                output_sha256=sha256,
                input_name=name,
                app_version=APP_VERSION,
                device="cpu",
                seconds=0.0,
            )
        )
        height, width = size
        return self.stimuli.add(
            Shown(making=making, sha256=sha256, original_sha256=None, width=width, height=height, dealt=False)
        )
