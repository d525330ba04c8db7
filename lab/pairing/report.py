"""How many votes each rule takes, from many runs: what `lab/results/pairing.json` keeps."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from lab.benchmarks.conditions import Conditions
from lab.pairing.rules import RULES
from lab.pairing.scenes import Scene
from lab.pairing.simulation import Run, run
from ratings.statistics.posterior import Floats

TAU, HALF_WIDTH = 0.9, 0.5
RESAMPLES = 1000
_REACHED_IN = 0.975


@dataclass(frozen=True, slots=True)
class Effort:
    """Votes until the mean over the seeds reaches a goal; None: not within the votes of the scene.

    `ratio` is that by the votes that choosing at random takes, with the 95 % interval from `low` to `high` by
    resampling seeds. They are None where either does not reach the goal, or not in 97.5 % of the resamples.
    """

    votes: float | None
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in one scene: votes until τ ≥ `TAU` and until half-widths ≤ `HALF_WIDTH`, and at what price.

    `least_share` is that of the seed in which it is least; `covered` and `newcomers` are means.
    """

    scene: str
    size: int
    watched: int
    rule: str
    order: Effort
    width: Effort
    least_share: float
    covered: float
    newcomers: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All rows, from `seeds` runs each, and where they were made."""

    seeds: int
    rows: tuple[Row, ...]
    conditions: Conditions


def rows(scene: Scene, seeds: int, workers: int) -> list[Row]:
    """Return a row a rule; the same whatever the number of `workers`, processes that run at once."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        runs = {
            name: list(pool.map(partial(run, scene, rule), range(seeds), chunksize=5))
            for name, rule in RULES.items()
        }
    return [_row(scene, name, made, runs["random"]) for name, made in runs.items()]


def _row(scene: Scene, rule: str, runs: Sequence[Run], plain: Sequence[Run]) -> Row:
    votes = scene.size * np.arange(len(runs[0].taus), dtype=np.float64)
    newcomers = [each.newcomers for each in runs if each.newcomers is not None]
    return Row(
        scene=scene.name,
        size=scene.size,
        watched=scene.votes,
        rule=rule,
        order=effort(votes, _taus(runs) - TAU, _taus(plain) - TAU),
        width=effort(votes, HALF_WIDTH - _widths(runs), HALF_WIDTH - _widths(plain)),
        least_share=min(each.least_share for each in runs),
        covered=float(np.mean([each.covered for each in runs])),
        newcomers=float(np.mean(newcomers)) if newcomers else None,
    )


def _taus(runs: Sequence[Run]) -> Floats:
    return np.array([each.taus for each in runs])


def _widths(runs: Sequence[Run]) -> Floats:
    return np.array([each.half_widths for each in runs])


def effort(votes: Floats, found: Floats, plain: Floats) -> Effort:
    """Return the votes until the mean of `found` reaches 0, beside those until that of `plain` does.

    `votes`, shape (checks,); `found` and `plain`, shape (seeds, checks), of the same seeds.
    """
    assert np.all(plain[:, 0] < 0), "the goal is not reached without a vote"
    needed, usual = first_reached(votes, found.mean(axis=0)), first_reached(votes, plain.mean(axis=0))
    seeds = len(found)
    drawn = np.random.default_rng(0).multinomial(seeds, np.full(seeds, 1 / seeds), RESAMPLES) / seeds
    ratios = [
        first_reached(votes, mine) / first_reached(votes, theirs)
        for mine, theirs in zip(drawn @ found, drawn @ plain, strict=True)
    ]
    reached = np.array(ratios)[np.isfinite(ratios)]
    if not np.isfinite(needed / usual) or len(reached) < _REACHED_IN * RESAMPLES:
        return Effort(_or_none(needed), None, None, None)
    low, high = np.quantile(reached, [0.025, 0.975]).tolist()
    return Effort(needed, needed / usual, low, high)


def first_reached(votes: Floats, curve: Floats) -> float:
    """Return where `curve` first reaches 0, by straight lines between checks; NaN if it does not.

    >>> first_reached(np.array([0.0, 10.0, 20.0]), np.array([-3.0, -1.0, 1.0]))
    15.0
    """
    above = np.flatnonzero(curve >= 0)
    if not len(above):
        return float("nan")
    after = int(above[0])
    if after == 0:
        return float(votes[0])
    before = after - 1
    share = -curve[before] / (curve[after] - curve[before])
    return float(votes[before] + share * (votes[after] - votes[before]))


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None
