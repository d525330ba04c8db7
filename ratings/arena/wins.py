"""Tallies → the table of wins that the statistics work with."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ratings.arena.tally import Tally


def pair_wins(tallies: Sequence[Tally], contestants: Sequence[int]) -> NDArray[np.float64]:
    """Return how often row was preferred to column, shape (k, k), ties half; in the order of `contestants`.

    Tallies of others are left out.
    """
    place = {contestant: number for number, contestant in enumerate(contestants)}
    wins = np.zeros((len(place), len(place)))
    for each in tallies:
        if each.first in place and each.second in place:
            first, second, half = place[each.first], place[each.second], (each.ties + each.both_bad) / 2
            wins[first, second] += each.first_wins + half
            wins[second, first] += each.second_wins + half
    return wins
