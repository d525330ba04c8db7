"""How many votes or raters a question takes, to be said before people are asked."""

from math import ceil, sqrt

CONFIDENCE_SCORE = 1.959964
"""The standard normal's 97.5 % quantile: 95 % between minus and plus it."""
POWER_SCORE = 0.841621
"""The standard normal's 80 % quantile."""


def votes_to_separate(share: float) -> int:
    """Return how many votes on a pair tell `share` from one half, two-sided at 5 %, with a power of 80 %.

    `share` in (0, 1), not 0.5, is the winner's or the loser's share of votes, ties as halves:

        N = ((1.96 · √(1/4) + 0.84 · √(share · (1 - share))) / (share - 1/2))²

    (normal approximation to the binomial test of one proportion; Fleiss, Levin and Paik, Statistical Methods
    for Rates and Proportions). One vote a rater is assumed: a rater's second vote on the pair tells less.

    >>> votes_to_separate(0.75), votes_to_separate(0.6), votes_to_separate(0.55)
    (29, 194, 783)
    """
    assert 0 < share < 1, "a share of votes lies in (0, 1)"
    assert share != 0.5, "no number of votes separates equals"
    spread = CONFIDENCE_SCORE / 2 + POWER_SCORE * sqrt(share * (1 - share))
    return max(1, ceil((spread / (share - 0.5)) ** 2))


def votes_still_needed(wins: float, losses: float) -> int | None:
    """Return how many more votes on two neighbours would separate them, were their present share the true
    one.

    `wins` and `losses` ≥ 0, ties as a half each. None where the share is one half, or there are no votes yet:
    nothing can be said. 0 does not mean that they are separated: the interval of their difference says that.

    >>> votes_still_needed(30, 20), votes_still_needed(5, 5)
    (144, None)
    """
    assert min(wins, losses) >= 0, "wins and losses are counts"
    votes = wins + losses
    if wins == losses:
        return None
    if min(wins, losses) == 0:
        return max(0, _SWEEP - int(votes))
    return max(0, votes_to_separate(wins / votes) - int(votes))


_SWEEP = 6
"""So many votes, all for one, have a probability below 5 % between equals: 2 · (1/2)⁶ = 3.1 %."""


def raters_for_half_width(half_width: float, deviation: float) -> int:
    """Return N = (1.96 · SD / h)², rounded up: the raters it takes for a mean opinion known to ±
    `half_width`.

    `half_width` > 0 and the standard deviation `deviation` ≥ 0 of the grades of one stimulus are in grades.
    Two raters are the least that give an interval; below some 15, Student's t asks for a few more than this
    says.

    >>> raters_for_half_width(0.25, 0.8)
    40
    """
    assert half_width > 0, "no number of raters makes an interval of no width"
    assert deviation >= 0, "a standard deviation is not negative"
    return max(2, ceil((CONFIDENCE_SCORE * deviation / half_width) ** 2))
