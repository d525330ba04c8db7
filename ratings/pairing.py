"""Which pair of contestants to show next, and on which input: votes go where they tell most.

    votes → `plan` (every few votes) → `choose_pair` (at each vote) → `choose_input`

Contestants and inputs are numbers from 0 here. The method is Hybrid-MST (Li, Mantiuk, Wang, Ling and Le
Callet, NeurIPS 2018): the spanning tree of the pairs whose next vote is expected to tell most. Every
contestant is on a tree, so none is starved, and many people can vote on one plan without all getting one
pair. `docs/pairing.md` holds it against other methods.

Choosing by what earlier votes said leaves the likelihood of Bradley and Terry's model as it is (the design is
ignorable: it depends on nothing but votes that are in the likelihood), so as far as that model holds its
estimates need no correction; how often their intervals hold the truth is measured there, too. Raw shares of
wins do need one: who is dealt against equals wins half of the time, however strong, so the shares of two
contestants are not comparable and must not be ranked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.posterior import Floats, information_gains, posterior

Pair = tuple[int, int]
Pairs = NDArray[np.intp]

AT_RANDOM = 0.1
"""The share of deals that are drawn evenly from all allowed pairs: no pair's chance is below this share of
what it would be without any choosing."""

LARGEST_SHARE = 2 / 3
"""One contestant is in at most this share of the other deals as long as there are pairs without it. A
newcomer would be in all of them otherwise; among three, two thirds are everybody's even share."""

_LEAST_GAIN, _TIE_BREAK = 1e-12, 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the votes so far say about the next ones; `gains` as of `information_gains`, shape (k, k)."""

    gains: Floats


def plan(wins: ArrayLike) -> Plan:
    """Return the plan after `wins`, shape (k, k): how often i was preferred to j, ties half (`posterior`).

    Make it anew every k votes or so. It takes about a millisecond at k = 40, however many votes there are.
    """
    return Plan(information_gains(posterior(wins)))


def choose_pair(
    planned: Plan, allowed: Sequence[Pair], random: np.random.Generator, lately: Collection[Pair] = ()
) -> Pair | None:
    """Return the pair to show next as (left, right), sides at random; None if no pair is allowed.

    `allowed` are the pairs that can be dealt to this person now, each once, in either order. Those dealt to
    the same person `lately` are passed over while there are others; the rest have the `chances` they have.
    """
    fresh = _not_lately(allowed, lately)
    if not fresh:
        return None
    pairs = np.array(fresh, dtype=np.intp)
    first, second = pairs[random.choice(len(pairs), p=chances(planned, pairs, random))].tolist()
    return (first, second) if random.random() < 0.5 else (second, first)


def _not_lately(allowed: Sequence[Pair], lately: Collection[Pair]) -> Sequence[Pair]:
    shown = {*lately, *((second, first) for first, second in lately)}
    return [pair for pair in allowed if pair not in shown] or allowed


def chances(planned: Plan, pairs: Pairs, random: np.random.Generator) -> Floats:
    """Return with which probability each of `pairs`, shape (n, 2), n ≥ 1, is dealt, shape (n,).

    Equal gains, as before the first vote, are told apart by chance. Whatever the votes say, of n pairs among
    c contestants

    - each pair has at least `AT_RANDOM` / n;
    - each contestant has at least (1 - `AT_RANDOM`) · (1 - `LARGEST_SHARE`) / (c - 1), which makes, with what
      is drawn at random, a quarter of the mean where all pairs are there;
    - no contestant has more than `LARGEST_SHARE` if there are pairs without it, but for what is drawn at
      random.
    """
    assert np.all(pairs[:, 0] != pairs[:, 1]), "a contestant is not compared with itself"
    tree = _on_spanning_tree(planned.gains, pairs, random)
    edges = np.bincount(pairs[tree].ravel())
    busiest = int(edges.argmax())
    its_own = (pairs == busiest).any(axis=1)
    promising = tree / tree.sum()
    if edges[busiest] > LARGEST_SHARE * tree.sum() and not its_own.all():
        others = np.zeros(len(pairs))
        others[~its_own] = _on_spanning_tree(planned.gains, pairs[~its_own], random)
        its_own &= tree
        promising = LARGEST_SHARE * its_own / its_own.sum() + (1 - LARGEST_SHARE) * others / others.sum()
    return AT_RANDOM / len(pairs) + (1 - AT_RANDOM) * promising


def _on_spanning_tree(gains: Floats, pairs: Pairs, random: np.random.Generator) -> NDArray[np.bool_]:
    """Tell which `pairs` are on the tree (of each connected part) with the least sum of 1 / gain."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    low, high = np.sort(pairs, axis=1).T
    costs = np.zeros_like(gains)
    costs[low, high] = 1 / np.maximum(gains[low, high], _LEAST_GAIN)
    costs[low, high] *= 1 + _TIE_BREAK * random.random(len(pairs))
    return minimum_spanning_tree(csr_array(costs), overwrite=True).toarray()[low, high] > 0


def choose_input(
    votes: Sequence[int], judged: Collection[int], lately: Sequence[int], random: np.random.Generator
) -> int | None:
    """Return the input on which to show a pair; None if this person has judged the pair on all of them.

    `votes[i]` counts everybody's votes for the pair on input i, `judged` are the inputs on which this person
    has judged the pair: none of them is shown again. `lately` are the inputs this person has seen lately with
    any pair, the latest last: others come first, then the one not seen for longest. Of those, the inputs with
    the fewest votes; of those, one by chance.

    >>> choose_input([4, 0, 0, 1], judged={1}, lately=[2], random=np.random.default_rng(0))
    3
    """
    left = [each for each in range(len(votes)) if each not in judged]
    if not left:
        return None
    seen = {each: turn for turn, each in enumerate(lately)}
    longest_ago = min(seen.get(each, -1) for each in left)
    rested = [each for each in left if seen.get(each, -1) == longest_ago]
    fewest = min(votes[each] for each in rested)
    return int(random.choice([each for each in rested if votes[each] == fewest]))
