"""How often the intervals hold the truth, over many simulated studies of one design."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.simulation.raters import Effects, Turnout, comparisons, opinions
from ratings.statistics.clusters import mean_opinion_beyond_images, strengths_beyond_images
from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion
from ratings.statistics.strengths import Reach, Strengths, strengths

Kind = Literal["grades", "votes"]


EFFECTS: dict[Kind, dict[str, Effects]] = {
    "grades": {
        "neither": Effects(0, 0),
        "raters": Effects(0.5, 0),
        "images": Effects(0, 0.5),
        "both": Effects(0.5, 0.5),
    },
    "votes": {
        "neither": Effects(0, 0),
        "raters": Effects(0.7, 0),
        "images": Effects(0, 0.7),
        "both": Effects(0.7, 0.7),
    },
}
"""What differs, by name → how far: half a grade, or log-strengths by 0.7 (odds of two to one)."""


@dataclass(frozen=True, slots=True)
class Design:
    """One kind of study: what people are asked, what makes them differ, and how many there are."""

    kind: Kind
    effects: str
    raters: int
    images: int
    turnout: Turnout = "even"


@dataclass(frozen=True, slots=True)
class Coverage:
    """In which share of the simulations of a design the 95 % interval held the truth it speaks of.

    `lowest` is the share for the worst of the contestants, `covered` the mean over all; `width` is the mean
    width in grades or natural log-strength; `ranked` the share of contestants whose true rank was in their
    rank range, None for grades.
    """

    design: Design
    reach: Reach
    simulations: int
    covered: float
    lowest: float
    width: float
    ranked: float | None


def coverage(design: Design, simulations: int, seed: int = 0) -> tuple[Coverage, Coverage]:
    """Return how the intervals for these images, and those beyond them, fare in `simulations` studies."""
    random = np.random.default_rng(np.random.SeedSequence(seed))
    study = _STUDY[design.kind]
    trials = [study(random, design) for _ in range(simulations)]
    here = _counted(design, "these images", [trial[0] for trial in trials])
    return here, _counted(design, "images like these", [trial[1] for trial in trials])


@dataclass(frozen=True, slots=True)
class _Trial:
    held: NDArray[np.bool_]
    width: NDArray[np.float64]
    ranked: float | None


def _graded(random: np.random.Generator, design: Design) -> tuple[_Trial, _Trial]:
    effects = EFFECTS["grades"][design.effects]
    grades, truth = opinions(random, effects, raters=design.raters, images=design.images)
    rater, image = np.indices(grades.shape)
    here = mean_opinion(grades.ravel(), rater.ravel())
    beyond = mean_opinion_beyond_images(grades.ravel(), rater.ravel(), image.ravel())
    return _opinion(here, truth.these_images), _opinion(beyond, truth.all_images)


def _voted(random: np.random.Generator, design: Design) -> tuple[_Trial, _Trial]:
    effects = EFFECTS["votes"][design.effects]
    given, truth = comparisons(
        random, effects, raters=design.raters, images=design.images, turnout=design.turnout
    )
    here = strengths(given, seed=int(random.integers(2**31)))
    return _strengths(here, truth.these_images), _strengths(strengths_beyond_images(given), truth.all_images)


_STUDY: dict[Kind, Callable[[np.random.Generator, Design], tuple[_Trial, _Trial]]] = {
    "grades": _graded,
    "votes": _voted,
}


def _opinion(found: MeanOpinion, truth: NDArray[np.float64]) -> _Trial:
    low = -np.inf if found.low is None else found.low
    high = np.inf if found.high is None else found.high
    return _Trial((low <= truth) & (truth <= high), np.array([high - low]), None)


def _strengths(found: Strengths, truth: NDArray[np.float64]) -> _Trial:
    rank = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
    ranked = float(np.mean((found.best_rank <= rank) & (rank <= found.worst_rank)))
    return _Trial((found.low <= truth) & (truth <= found.high), found.high - found.low, ranked)


def _counted(design: Design, reach: Reach, trials: list[_Trial]) -> Coverage:
    held = np.array([trial.held for trial in trials])
    ranks = [trial.ranked for trial in trials if trial.ranked is not None]
    return Coverage(
        design=design,
        reach=reach,
        simulations=len(trials),
        covered=float(held.mean()),
        lowest=float(held.mean(axis=0).min()),
        width=float(np.mean([trial.width for trial in trials])),
        ranked=float(np.mean(ranks)) if ranks else None,
    )


def designs() -> Iterator[Design]:
    """Yield every design that docs/judging-statistics.md shows."""
    yield from _crossed("grades", tuple(EFFECTS["grades"]), images=12)
    yield from _crossed("grades", tuple(EFFECTS["grades"]), images=40)
    yield from _crossed("grades", ("images", "both"), images=6)
    yield from _crossed("votes", tuple(EFFECTS["votes"]), images=12)
    yield from _crossed("votes", tuple(EFFECTS["votes"]), images=40)
    yield from _crossed("votes", ("images", "both"), images=6)
    yield from _crossed("votes", ("neither", "raters"), images=12, turnout="uneven")
    yield from _crossed("votes", ("neither", "raters"), images=12, turnout="newcomer")


def _crossed(
    kind: Kind, effects: tuple[str, ...], *, images: int, turnout: Turnout = "even"
) -> Iterator[Design]:
    for each in effects:
        for raters in (15, 30, 200):
            yield Design(kind, each, raters, images, turnout)
