"""What all checkpoints of one architecture share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from models.card import Card, Control, Paper, Task
from models.method import Generator, Network
from models.source import Weights

REACH = 64
"""The field of view of deep networks: not as far as any pixel can reach, but as far as pixels matter.

Measured with random weights at the published depths, one pixel changed by a quarter of the range: the
largest change more than 64 pixels away was below 1/5000 of the largest nearby (GCANet, which normalises over
the whole picture: 1/200). Training may make networks look further.
"""

TILE_BYTES = 2_000_000_000
"""About how much memory a tile may take. Measured on a CPU with torch, 384 × 384 px, random weights of the
published sizes: DRUNet 2.2, MixDehazeNet-t 1.9, NAFNet of width 64 4.9, SCUNet 6.0, SwinIR of width 180
10.7 kB a pixel; `tile_pixels` of each family follows from that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One architecture: how its networks are built and run, and what a card says of each of them.

    `tasks` are those it was made for. `controls`, `stages`, `formula`, `explanation` and `paper` are as on a
    card. `licence` is that of the code; a checkpoint has its own.
    """

    network: Network | Generator
    tasks: tuple[Task, ...]
    formula: str
    explanation: str
    paper: Paper
    licence: str
    controls: tuple[Control, ...] = ()
    stages: Mapping[str, str] | None = None

    def card(self, *, id: str, task: Task, title: str, summary: str, trained: str, weights: Weights) -> Card:  # noqa: A002 - as on the card
        """Return the card of one checkpoint; `trained` says in a few sentences what sets it apart.

        The family's explanation stands before `trained`.
        """
        return Card(
            id=id,
            task=task,
            title=title,
            summary=summary,
            explanation=f"{self.explanation} {trained}",
            build=self.network,
            formula=self.formula,
            paper=self.paper,
            licence=self.licence,
            controls=self.controls,
            stages=self.stages,
            weights=weights,
        )

    def sized(self, *, latent: int, side: int, channels: Literal[1, 3]) -> "Family":
        """Return the family of generators of that many random numbers, of images of that size."""
        assert isinstance(self.network, Generator)
        return replace(self, network=replace(self.network, latent=latent, side=side, channels=channels))
