"""Put the participant's page together from what the server works with."""

from ratings.studies.sittings import Sittings
from ui.house import House
from ui.studies.participation import Participation


def open_participation(house: House) -> Participation:
    """Return what lets people take part, over the database of `house`."""
    stage = house.ring.stage
    return Participation(Sittings(house.desk.store.database), stage.stimuli, stage.pictures, house.secret)
