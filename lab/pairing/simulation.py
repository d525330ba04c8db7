"""One board from its first vote to its last, and what is known of the order meanwhile."""

from dataclasses import dataclass

import numpy as np

from lab.pairing.rules import Board, Rule, at_random
from lab.pairing.scenes import OLD_VOTES, Scene, judged
from ratings.pairing import Pairs
from ratings.statistics.posterior import Floats, Posterior, posterior

FIRST = 100
"""Votes after which a newcomer's share of them is looked at."""

_NORMAL = 1.959964


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What one seed gave; after every k votes the k contestants are looked at and the next pairs planned.

    `taus` and `half_widths`, shape (checks,): Kendall's τ with the truth, and the mean half-width of the 95 %
    intervals of neighbours' differences, in logits; with a newcomer, of its own pairs and neighbours.
    After the last vote: `least_share`, the number of deals of the least often dealt contestant by the mean,
    and `covered`, the share of neighbours' intervals that hold the truth. `newcomers` is the newcomer's share
    of the first `FIRST` deals, None without one.
    """

    taus: Floats
    half_widths: Floats
    least_share: float
    covered: float
    newcomers: float | None


def run(scene: Scene, rule: Rule, seed: int) -> Run:
    """Return what choosing by `rule` gives; the same seed gives the same."""
    random = np.random.default_rng(seed)
    wins = _old_votes(scene, random)
    dealt = np.zeros((scene.size, scene.size))
    taus, widths, newcomers = list[float](), list[float](), list[bool]()
    belief = posterior(wins)
    for _ in range(0, scene.votes, scene.size):
        taus.append(_tau(scene, belief))
        widths.append(float(_half_widths(scene, belief).mean()))
        pairs = rule(Board(belief, wins + wins.T), scene.size, random)
        wins, dealt = wins + _votes(scene, pairs, random), dealt + _met(pairs, scene.size)
        newcomers += (pairs == scene.newcomer).any(axis=1).tolist()
        belief = posterior(wins)
    shown = dealt.sum(axis=0)
    return Run(
        np.array(taus),
        np.array(widths),
        float(shown.min() / shown.mean()),
        _covered(scene, belief),
        None if scene.newcomer is None else sum(newcomers[:FIRST]) / FIRST,
    )


def _old_votes(scene: Scene, random: np.random.Generator) -> Floats:
    """Return the wins, shape (k, k), of a board before the newcomer; none where there is no newcomer."""
    none = np.zeros((scene.size, scene.size))
    if scene.newcomer is None:
        return none
    old = np.delete(np.arange(scene.size), scene.newcomer)
    before = np.zeros((len(old), len(old)))
    board = Board(posterior(before), before)
    pairs = old[at_random(board, OLD_VOTES * len(old) // 2, random)]
    return _votes(scene, pairs, random)


def _votes(scene: Scene, pairs: Pairs, random: np.random.Generator) -> Floats:
    """Return the wins that people's votes on `pairs` make, shape (k, k)."""
    first, second = pairs.T
    said = judged(scene.strengths, pairs, random)
    wins = np.zeros((scene.size, scene.size))
    np.add.at(wins, (first, second), said)
    np.add.at(wins, (second, first), 1 - said)
    return wins


def _met(pairs: Pairs, size: int) -> Floats:
    counts = np.zeros((size, size))
    np.add.at(counts, tuple(pairs.T), 1)
    return counts + counts.T


def _tau(scene: Scene, belief: Posterior) -> float:
    """Return the share of pairs in the right order less that of pairs in the wrong one."""
    low, high = np.triu_indices(scene.size, 1)
    right = np.sign(belief.strengths[high] - belief.strengths[low])
    if scene.newcomer is not None:
        right = right[(low == scene.newcomer) | (high == scene.newcomer)]
    return float(right.mean())


def _neighbours(scene: Scene) -> Pairs:
    """Return who stands next to whom, the weaker first, shape (n, 2)."""
    if scene.newcomer is None:
        lower = np.arange(scene.size - 1)
    else:
        lower = np.array([scene.newcomer - 1, scene.newcomer])
    return np.stack([lower, lower + 1], axis=1)


def _half_widths(scene: Scene, belief: Posterior) -> Floats:
    low, high = _neighbours(scene).T
    return _NORMAL * np.sqrt(belief.variances()[low, high])


def _covered(scene: Scene, belief: Posterior) -> float:
    low, high = _neighbours(scene).T
    found = belief.strengths[high] - belief.strengths[low]
    truth = scene.strengths[high] - scene.strengths[low]
    return float((np.abs(found - truth) <= _half_widths(scene, belief)).mean())
