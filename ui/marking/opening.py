"""Put the Mark tab's parts together."""

from ratings.marks.marks import Marks
from ratings.stimuli import Stimuli
from ui.house import House
from ui.marking.easel import Easel
from ui.marking.subjects import Subjects


def open_easel(house: House) -> Easel:
    """Return what the Mark tab of `house` works with."""
    database, desk = house.desk.store.database, house.desk
    subjects = Subjects(
        Stimuli(database),
        house.ring.pictures,
        desk.shelf,
        house.gallery,
        house.secret,
        desk.max_megapixels,
    )
    return Easel(subjects, Marks(database))
