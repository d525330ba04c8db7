"""Ways to choose pairs that are held against each other; `hybrid-mst` is the one in `ratings.pairing`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ratings.pairing import AT_RANDOM, Pairs, Plan, chances
from ratings.statistics.posterior import Floats, Posterior, information_gains


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """What the votes so far say of k contestants, and `counts`, shape (k, k), how often each pair has met."""

    belief: Posterior
    counts: Floats

    @property
    def pairs(self) -> Pairs:
        """All pairs, shape (k (k - 1) / 2, 2)."""
        return np.stack(np.triu_indices(len(self.counts), 1), axis=1)


Rule = Callable[[Board, int, np.random.Generator], Pairs]
"""Board, n, chance → the next n pairs, shape (n, 2)."""


def at_random(board: Board, votes: int, random: np.random.Generator) -> Pairs:
    """Return pairs drawn evenly from all."""
    pairs = board.pairs
    return pairs[random.integers(len(pairs), size=votes)]


def fewest_votes(board: Board, votes: int, random: np.random.Generator) -> Pairs:
    """Return the pairs that have met least often, each in its turn; equal ones by chance."""
    pairs = board.pairs
    met = board.counts[pairs[:, 0], pairs[:, 1]] + random.random(len(pairs))
    chosen = list[int]()
    for _ in range(votes):
        chosen.append(int(met.argmin()))
        met[chosen[-1]] += 1
    return pairs[chosen]


def interval_reduction(board: Board, votes: int, random: np.random.Generator) -> Pairs:
    """Return pairs drawn by how much one more vote narrows the interval of the pair's own chance to win.

    P(a) ∝ √(Σ_aa / n_a) - √(Σ_aa / (n_a + 1)): Chiang and others, Chatbot Arena, ICML 2024. Σ_aa is here the
    variance p (1 - p) of a vote, from the model, and each n_a is one larger than it is: never 0.
    """
    strengths, (low, high) = board.belief.strengths, board.pairs.T
    wins = 1 / (1 + np.exp(strengths[high] - strengths[low]))
    met = board.counts[low, high] + 1
    narrower = np.sqrt(wins * (1 - wins)) * (1 / np.sqrt(met) - 1 / np.sqrt(met + 1))
    return _drawn(narrower, board, votes, random)


def information(board: Board, votes: int, random: np.random.Generator) -> Pairs:
    """Return pairs drawn in proportion to what a vote on them is expected to tell."""
    low, high = board.pairs.T
    return _drawn(information_gains(board.belief)[low, high], board, votes, random)


def hybrid_mst(board: Board, votes: int, random: np.random.Generator) -> Pairs:
    """Return pairs as `ratings.pairing` chooses them, from one plan."""
    shares = chances(Plan(information_gains(board.belief)), board.pairs, random)
    return board.pairs[random.choice(len(shares), size=votes, p=shares)]


RULES: Mapping[str, Rule] = {
    "random": at_random,
    "fewest votes": fewest_votes,
    "interval reduction": interval_reduction,
    "information": information,
    "hybrid-mst": hybrid_mst,
}


def _drawn(weights: Floats, board: Board, votes: int, random: np.random.Generator) -> Pairs:
    """Return pairs drawn by `weights`, a share of them evenly, as `ratings.pairing` has it too."""
    shares = AT_RANDOM / len(weights) + (1 - AT_RANDOM) * weights / weights.sum()
    return board.pairs[random.choice(len(shares), size=votes, p=shares)]
