"""Put the Mark tab's parts together."""

from ratings.marks.heats import Heats
from ratings.marks.marks import Marks
from ui.house import House
from ui.marking.easel import Easel
from ui.marking.subjects import Subjects


def open_easel(house: House) -> Easel:
    """Return what the Mark tab of `house` works with."""
    stage, desk = house.ring.stage, house.desk
    subjects = Subjects(stage.stimuli, stage.pictures, desk, house.gallery, house.secret)
    backstage = house.ring.backstage

    def prepare() -> tuple[int, int]:
        backstage.begin()
        return backstage.made, backstage.wanted

    database = desk.store.database
    return Easel(subjects, Marks(database), Heats(database), prepare)
