"""What can be dealt in the Arena, put into a database beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

from ratings.records import Contestant, Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store

TASK = "denoise"
WIDTH, HEIGHT = 512, 384


@dataclass(frozen=True, slots=True)
class Piece:
    """What a contestant made of an input; `shown` and `original` are the SHA-256 of the pictures."""

    by: Contestant
    of: str
    shown: str
    original: str | None = None


def fill(store: Store, models: int, inputs: int) -> list[Stimulus]:
    """Keep a stimulus of each of so many models on each input, model by model; there are no pictures."""
    return keep(
        store,
        [
            Piece(Contestant(TASK, f"{TASK}-{model}", 1, None), f"input {of}", hash_of(model, of))
            for model, of in product(range(models), range(inputs))
        ],
    )


def keep(store: Store, pieces: Sequence[Piece]) -> list[Stimulus]:
    """Remember how `pieces` were made, and keep them as stimuli."""
    stimuli = Stimuli(store.database)
    with store.remembering([_result(piece) for piece in pieces]) as tokens:
        pass
    return [
        stimuli.add(
            Shown(
                making=token,
                sha256=piece.shown,
                original_sha256=piece.original,
                width=WIDTH,
                height=HEIGHT,
            )
        )
        for piece, token in zip(pieces, tokens, strict=True)
    ]


def hash_of(*parts: object) -> str:
    """Return a SHA-256 that stands for `parts`."""
    return sha256(repr(parts).encode()).hexdigest()


def pseudonym(number: int) -> str:
    """Return what the database calls rater `number`: 64 hex digits."""
    return f"{number:064x}"


def _result(piece: Piece) -> Result:
    return Result(
        task=piece.by.task,
        model=piece.by.model,
        version=piece.by.version,
        weights_sha256=piece.by.weights_sha256,
        settings={},
        default_settings=True,
        input_sha256=hash_of(piece.by.task, piece.of),
        output_sha256=piece.shown,
        input_name=piece.of,
        app_version="0",
        device="cpu",
        seconds=1.0,
    )
