"""The networks that come with Patina, as cards. Nothing here imports torch.

`python -m lab ship` puts their weights, with a model card each, into `models/weights` and prints the SHA-256
and the size to write here. Of each task the first is what its tab begins with.
"""

from models.architectures.families import FAMILIES
from models.card import Card
from models.source import Bundled, Weights

LICENCE = "Apache-2.0"
"""That of all weights on board; what they learnt from has its own, which `trained_on` names."""


def on_board(
    id: str,  # noqa: A002 - as on the card
    *,
    family: str,
    title: str,
    summary: str,
    trained: str,
    sha256: str,
    bytes: int,  # noqa: A002 - as in Weights
    trained_on: str,
) -> Card:
    """Return the card of the weights in `models/weights/ID.safetensors`, networks of `family`.

    `trained` and the rest are as in `Family.card` and `Weights`.
    """
    return FAMILIES[family].card(
        id=id,
        task=FAMILIES[family].tasks[0],
        title=title,
        summary=summary,
        trained=trained,
        weights=Weights(
            source=Bundled(f"{id}.safetensors"),
            sha256=sha256,
            bytes=bytes,
            licence=LICENCE,
            trained_on=trained_on,
        ),
    )


CARDS: tuple[Card, ...] = ()
"""By task; of each, the one that serves most visitors best stands first."""
