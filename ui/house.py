"""What every tab and endpoint works with."""

from dataclasses import dataclass

from ui.desk import Desk
from ui.gallery import Gallery
from ui.stopping import StopFlags


@dataclass(frozen=True, slots=True)
class House:
    """What every tab works with."""

    desk: Desk
    gallery: Gallery
    flags: StopFlags
    secret: bytes
