"""Put the Arena together from what the server works with."""

from collections.abc import Callable

from ratings.arena.arena import Arena
from ratings.stimuli import Stimuli
from ui.arena.backstage import Backstage
from ui.arena.dealer import Dealer
from ui.arena.reveal import RunningScores
from ui.arena.routes import Ring
from ui.arena.staging import Stage
from ui.desk import Desk
from ui.gallery import Gallery
from ui.keeping.pictures import StimulusShelf


def open_ring(
    desk: Desk, gallery: Gallery, pictures: StimulusShelf, secret: bytes, tell: Callable[[str], object]
) -> Ring:
    """Return the Arena over the database and the models of `desk`; nothing is made yet."""
    database = desk.store.database
    arena, stimuli = Arena(database), Stimuli(database)
    stage = Stage(desk.store, stimuli, pictures, desk.workshop, desk.restore)
    dealer = Dealer(arena, stimuli)
    backstage = Backstage(stage, dealer, gallery, desk.busy, tell)
    return Ring(arena, dealer, RunningScores(arena), stage, backstage, secret)
