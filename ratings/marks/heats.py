"""Maps that are kept in memory until somebody marks the picture again: looking decodes no mask twice."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from ratings.database import Database
from ratings.marks.complaints import complaints
from ratings.marks.heat import Heat, ModelHeat, by_model, heat_maps, resized
from ratings.marks.labels import LABELS
from ratings.marks.marks import Marks, State

FEWEST_RATERS = 3
"""A map of fewer people is shown to nobody: it would be somebody's drawing, not what people see."""

MOST_RATERS = 100
"""Of more people on one picture, as many are drawn at random: a share is then known to ± 10 %."""

MOST_RESULTS = 12
"""Of a contestant with more results that people marked, those of most people are averaged."""

LONGEST_SIDE = 640
"""In pixels, of maps that are kept."""

KEPT = 128
"""Maps in memory: 1.2 MB each at most."""


class Heats:
    """Maps of results by what their marks are; every thread may use it, and one map is made at a time.

    Methods raise StoreError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = Marks(database)
        self._kept: OrderedDict[tuple[int, str | None], tuple[State, Heat]] = OrderedDict()
        self._turn = Lock()

    def of_result(self, stimulus_id: int, label: str | None) -> Heat | None:
        """Return the map of a result, of marks with `label` or of all.

        None where fewer than `FEWEST_RATERS` people marked it, and for what is no label.
        """
        if label not in (None, *LABELS):
            return None
        state = self._marks.state(stimulus_id)
        if state.raters < FEWEST_RATERS:
            return None
        key = stimulus_id, label
        with self._turn:
            known = self._kept.get(key)
            heat = known[1] if known and known[0] == state else self._make(stimulus_id, label)
            if heat is not None:
                self._kept[key] = state, heat
                self._kept.move_to_end(key)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return heat

    def of_model(self, contestant: int, label: str | None) -> ModelHeat | None:
        """Return the mean of the maps of a contestant's results, by this database's id.

        None where none has a map.
        """
        marked = complaints(self._database, contestant).results[:MOST_RESULTS]
        maps = (self.of_result(each.stimulus.id, label) for each in marked)
        return next(iter(by_model(heat for heat in maps if heat is not None)), None)

    def _make(self, stimulus_id: int, label: str | None) -> Heat | None:
        marks = self._marks.counted(stimulus_id=stimulus_id)
        heat = next(heat_maps(marks, label, most_raters=MOST_RATERS), None)
        return None if heat is None else reduced(heat)


def reduced(heat: Heat) -> Heat:
    """Return `heat` with a long side of at most `LONGEST_SIDE`."""
    height, width = heat.share.shape
    scale = LONGEST_SIDE / max(height, width)
    if scale >= 1:
        return heat
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    return replace(heat, share=resized(heat.share, shape))
