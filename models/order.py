"""What is asked for, in one piece that every room passes on as it is.

How it is run (who hears of its progress, what may stop it, which networks are at hand) is not part of it.
"""

from dataclasses import dataclass, field

from models.card import Settings, Value
from models.hint import Hint
from models.method import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Restore a picture with `model`; the same order may go to many pictures.

    `settings` maps control names to values; the rest are the card's defaults. With `window` only that region,
    which lies inside the picture, is restored and returned, after the method has looked at the whole photo.
    `stages` asks for the inner images. `hint` is what a person painted over the picture, for the models whose
    card `takes_hint`.
    """

    model: str
    settings: Settings = field(default_factory=dict[str, Value])
    hint: Hint | None = None
    window: Window | None = None
    stages: bool = False
