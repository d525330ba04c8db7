"""The next pair and its input: never what is not allowed, nobody starved, nothing out of reach."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import binomtest

from ratings.pairing import AT_RANDOM, LARGEST_SHARE, choose_input, choose_pair, plan


def all_pairs(size):
    return list(combinations(range(size), 2))


def board(size, votes, newcomers=0, seed=0):
    """Wins after `votes` votes on every pair of evenly spread contestants; the last ones have none."""
    strengths = np.linspace(-2, 2, size)
    chances = 1 / (1 + np.exp(strengths - strengths[:, None]))
    wins = np.triu(np.random.default_rng(seed).binomial(votes, chances).astype(float), 1)
    wins += np.tril(votes - wins.T, -1)
    if newcomers:
        wins[-newcomers:] = wins[:, -newcomers:] = 0
    return wins


def dealt(wins, allowed, times, seed=0):
    """Return pair (lower number first) → how often it was dealt from one plan."""
    planned, random = plan(wins), np.random.default_rng(seed)
    return Counter(tuple(sorted(choose_pair(planned, allowed, random))) for _ in range(times))


@some.composite
def situations(draw):
    """Votes of 2 to 7 contestants, many of whom never met, and pairs that can be dealt."""
    size = draw(some.integers(2, 7))
    cells = some.lists(some.sampled_from([0, 0, 0, 0.5, 1, 7, 200]), min_size=size, max_size=size)
    wins = draw(some.lists(cells, min_size=size, max_size=size))
    pairs = some.sampled_from(all_pairs(size)).flatmap(lambda pair: some.permutations(pair).map(tuple))
    return wins, draw(some.lists(pairs, min_size=1, unique_by=lambda pair: tuple(sorted(pair))))


@given(situations(), some.integers(0, 1000))
def test_only_an_allowed_pair_is_dealt(situation, seed):
    wins, allowed = situation
    left, right = choose_pair(plan(wins), allowed, np.random.default_rng(seed))
    assert (left, right) in allowed or (right, left) in allowed


@given(situations(), some.integers(0, 1000))
def test_what_a_person_was_dealt_lately_waits_for_the_others(situation, seed):
    wins, allowed = situation
    *lately, last = allowed
    pair = choose_pair(plan(wins), allowed, np.random.default_rng(seed), [pair[::-1] for pair in lately])
    assert sorted(pair) == sorted(last)


def test_the_only_pair_is_dealt_again():
    assert choose_pair(plan(np.zeros((2, 2))), [(1, 0)], np.random.default_rng(0), [(0, 1)]) in {
        (0, 1),
        (1, 0),
    }


def test_without_an_allowed_pair_there_is_none():
    assert choose_pair(plan(np.zeros((3, 3))), [], np.random.default_rng(0)) is None
    assert choose_pair(plan(np.zeros((1, 1))), [], np.random.default_rng(0)) is None


def test_a_contestant_never_meets_itself():
    with pytest.raises(AssertionError, match="not compared with itself"):
        choose_pair(plan(np.zeros((2, 2))), [(1, 1)], np.random.default_rng(0))


@pytest.mark.parametrize(
    "wins", [board(8, 0), board(8, 50), board(8, 50, newcomers=1)], ids=["empty", "old", "joined"]
)
def test_every_pair_keeps_its_chance(wins):
    pairs, times = all_pairs(8), 3000
    counts = dealt(wins, pairs, times)
    for pair in pairs:
        floor = AT_RANDOM / len(pairs)
        assert binomtest(counts[pair], times, floor, alternative="less").pvalue > 1e-4, pair


@pytest.mark.parametrize("newcomers", [0, 1, 2])
def test_a_plan_starves_nobody(newcomers):
    size, times = 8, 1500
    counts = dealt(board(size, 300, newcomers), all_pairs(size), times)
    floor = (1 - AT_RANDOM) * (1 - LARGEST_SHARE) / (size - 1) + AT_RANDOM * 2 / size
    for each in range(size):
        shown = sum(count for pair, count in counts.items() if each in pair)
        assert binomtest(shown, times, floor, alternative="less").pvalue > 1e-6, each


def test_after_many_votes_all_have_been_shown_at_least_half_as_often_as_the_mean():
    size, random, strengths = 12, np.random.default_rng(3), np.linspace(-3, 3, 12)
    wins = np.zeros((size, size))
    for vote in range(2000):
        planned = plan(wins) if vote % size == 0 else planned  # noqa: F821 - made at the first vote
        left, right = choose_pair(planned, all_pairs(size), random)
        left_won = random.random() < 1 / (1 + np.exp(strengths[right] - strengths[left]))
        wins[(left, right) if left_won else (right, left)] += 1
    shown = (wins + wins.T).sum(axis=0)
    assert shown.min() >= shown.mean() / 2


def test_a_newcomer_is_dealt_soon_but_not_exclusively():
    size, times = 10, 2000
    counts = dealt(board(size, 400, newcomers=1), all_pairs(size), times)
    share = sum(count for pair, count in counts.items() if size - 1 in pair) / times
    assert 3 * 2 / size * 0.9 < share < LARGEST_SHARE + 0.03


def test_a_newcomer_is_the_rule_no_more_once_it_has_its_votes():
    counts = dealt(board(10, 400), all_pairs(10), 1000)
    share = sum(count for pair, count in counts.items() if 9 in pair) / 1000
    assert share < 0.3


def test_sides_are_even():
    planned, random = plan(board(6, 40)), np.random.default_rng(1)
    pairs = [choose_pair(planned, all_pairs(6), random) for _ in range(2000)]
    assert binomtest(sum(left < right for left, right in pairs), len(pairs)).pvalue > 0.001


def test_before_the_first_vote_nobody_is_preferred():
    shown = Counter()
    for pair, count in dealt(board(10, 0), all_pairs(10), 2500).items():
        shown.update(dict.fromkeys(pair, count))
    assert max(shown.values()) < 1.25 * min(shown.values())


def test_close_pairs_are_dealt_more_often_than_foregone_ones():
    counts = dealt(board(8, 60), all_pairs(8), 1000)
    close = sum(counts[pair] for pair in all_pairs(8) if pair[1] - pair[0] <= 2)
    foregone = sum(counts[pair] for pair in all_pairs(8) if pair[1] - pair[0] >= 5)
    assert close > 5 * foregone


def test_parts_that_cannot_meet_are_both_dealt():
    counts = dealt(board(6, 30), [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5)], 1000)
    assert all(counts[pair] > 50 for pair in [(3, 4), (4, 5)])


@given(
    votes=some.lists(some.integers(0, 5), min_size=1, max_size=8),
    judged=some.sets(some.integers(0, 7)),
    lately=some.lists(some.integers(0, 7), max_size=12),
    seed=some.integers(0, 99),
)
def test_the_input_was_not_judged_is_the_most_rested_and_of_those_has_the_fewest_votes(
    votes, judged, lately, seed
):
    chosen = choose_input(votes, judged, lately, np.random.default_rng(seed))
    left = set(range(len(votes))) - judged
    if not left:
        assert chosen is None
        return
    assert chosen in left
    unseen = left - set(lately)
    if unseen:
        assert chosen in unseen
        assert votes[chosen] == min(votes[each] for each in unseen)
    else:
        latest = max(turn for turn, each in enumerate(lately) if each == chosen)
        assert all(each in lately[latest:] for each in left)


def test_inputs_of_a_pair_are_balanced_over_many_people():
    votes, random = [0] * 7, np.random.default_rng(0)
    for _ in range(100):
        judged = set()
        for _ in range(3):
            chosen = choose_input(votes, judged, [], random)
            judged.add(chosen)
            votes[chosen] += 1
    assert sum(votes) == 300
    assert max(votes) - min(votes) <= 1


def test_equal_inputs_are_told_apart_by_chance():
    random = np.random.default_rng(0)
    counts = Counter(choose_input([2, 1, 1], set(), [], random) for _ in range(1000))
    assert set(counts) == {1, 2}
    assert 400 < counts[1] < 600
