"""Which results of a choice are not made yet: a study shows what is there when it is made, and never more."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from models import registry
from models.card import Task
from ratings.stimuli import Stimulus
from ui.dealing.backstage import GRID_SEEDS
from ui.dealing.staging import grid_name

NAMED = 5
"""So many missing results are named in a sentence; of more it says how many."""


@dataclass(frozen=True, slots=True)
class Holes:
    """Models × pictures: how many results there should be, and the (model, picture) that are not made."""

    wanted: int
    missing: tuple[tuple[str, str], ...]

    def by_picture(self) -> Counter[str]:
        """Return how many results are missing of each picture."""
        return Counter(picture for _, picture in self.missing)

    def sentence(self) -> str:
        """Say what is missing, and what to do."""
        named = [f"{model} on {picture}" for model, picture in self.missing[:NAMED]]
        more = len(self.missing) - len(named)
        told = ", ".join(named) + (f" and {more} more" if more else "")
        verb = "is" if len(self.missing) == 1 else "are"
        return (
            f"{len(self.missing)} of {self.wanted} results {verb} not made yet: {told}. Open the Arena once, "
            "or try again in a minute; or choose other models and pictures."
        )


def holes(task: str, models: Iterable[str], pictures: Collection[str], there: Iterable[Stimulus]) -> Holes:
    """Return what is missing among the stimuli `there` so that each of `models` is shown on `pictures`.

    A generator has pictures of its own alone. Raises UnknownModelError.
    """
    made = {(each.contestant.model, each.input_name) for each in there}
    wanted = [
        (model, picture)
        for model in sorted(models)
        for picture in sorted(pictures)
        if task != Task.GENERATE or picture in _grids(model)
    ]
    return Holes(len(wanted), tuple(each for each in wanted if each not in made))


def _grids(model: str) -> frozenset[str]:
    return frozenset(grid_name(registry.get(model), seed) for seed in GRID_SEEDS)
