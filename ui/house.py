"""What every tab and endpoint works with."""

from dataclasses import dataclass

from ui.dealing.ring import Ring
from ui.gallery import Gallery
from ui.keeping.desk import Desk
from ui.keeping.office import Office
from ui.keeping.studio import Studio


@dataclass(frozen=True, slots=True)
class House:
    """What every tab works with.

    `own` tells that the server listens to its own machine alone, so that whoever comes may tidy it.
    """

    desk: Desk
    studio: Studio
    gallery: Gallery
    secret: bytes
    ring: Ring
    office: Office
    own: bool = False
