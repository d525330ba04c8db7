"""The next pair and its input: never what is not allowed, nobody starved, nothing out of reach."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import binomtest

from ratings.pairing import AT_RANDOM, LARGEST_SHARE, chances, choose_input, choose_pair, plan


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


@settings(deadline=None)
@given(situations(), some.integers(0, 1000))
def test_only_an_allowed_pair_is_dealt(situation, seed):
    wins, allowed = situation
    left, right = choose_pair(plan(wins), allowed, np.random.default_rng(seed))
    assert (left, right) in allowed or (right, left) in allowed


@settings(deadline=None)
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


def shares(wins, allowed):
    """Return contestant → the chance that the next pair has it."""
    found = chances(plan(wins), np.array(allowed), np.random.default_rng(0))
    having = {each: [each in pair for pair in allowed] for pair in allowed for each in pair}
    return {each: float(found[own].sum()) for each, own in having.items()}


@settings(deadline=None)
@given(situations())
def test_every_allowed_pair_keeps_its_chance(situation):
    wins, allowed = situation
    found = chances(plan(wins), np.array(allowed), np.random.default_rng(0))
    assert found.sum() == pytest.approx(1)
    assert found.min() >= AT_RANDOM / len(allowed) * (1 - 1e-9)


@settings(deadline=None)
@given(situations())
def test_every_contestant_keeps_its_chance(situation):
    found = shares(*situation)
    assert min(found.values()) > (1 - AT_RANDOM) * (1 - LARGEST_SHARE) / (len(found) - 1)


@settings(deadline=None)
@given(situations())
def test_no_contestant_takes_all(situation):
    wins, allowed = situation
    for each, share in shares(wins, allowed).items():
        if not all(each in pair for pair in allowed):
            assert share < LARGEST_SHARE + AT_RANDOM


@pytest.mark.parametrize("newcomers", [0, 1, 2])
def test_where_all_pairs_are_allowed_nobody_has_less_than_a_quarter_of_the_mean(newcomers):
    for size in (3, 8, 20):
        found = shares(board(size, 300, newcomers), all_pairs(size))
        assert min(found.values()) >= 0.25 * 2 / size


def test_pairs_are_dealt_by_their_chances():
    wins, pairs, times = board(6, 50, newcomers=1), all_pairs(6), 3000
    counts, found = dealt(wins, pairs, times), chances(plan(wins), np.array(pairs), np.random.default_rng(0))
    for pair, chance in zip(pairs, found, strict=True):
        assert binomtest(counts[pair], times, chance).pvalue > 1e-4, pair


def test_after_many_votes_all_have_been_shown_at_least_half_as_often_as_the_mean():
    size, random, strengths = 12, np.random.default_rng(3), np.linspace(-3, 3, 12)
    wins = np.zeros((size, size))
    for vote in range(2000):
        if vote % size == 0:
            planned = plan(wins)
        left, right = choose_pair(planned, all_pairs(size), random)
        left_won = random.random() < 1 / (1 + np.exp(strengths[right] - strengths[left]))
        wins[(left, right) if left_won else (right, left)] += 1
    shown = (wins + wins.T).sum(axis=0)
    assert shown.min() >= shown.mean() / 2


def test_a_newcomer_is_dealt_soon_but_not_exclusively():
    share = shares(board(10, 400, newcomers=1), all_pairs(10))[9]
    assert 0.5 < share < LARGEST_SHARE


def test_a_newcomer_is_the_rule_no_more_once_it_has_its_votes():
    assert shares(board(10, 400), all_pairs(10))[9] < 0.25


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
    pairs = np.array(all_pairs(8))
    found = chances(plan(board(8, 60)), pairs, np.random.default_rng(0))
    apart = pairs[:, 1] - pairs[:, 0]
    assert found[apart <= 2].sum() > 5 * found[apart >= 5].sum()


def test_parts_that_cannot_meet_are_both_dealt():
    pairs = np.array([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5)])
    found = chances(plan(board(6, 30)), pairs, np.random.default_rng(0))
    assert found[3:] == pytest.approx([AT_RANDOM / 5 + (1 - AT_RANDOM) / 4] * 2)


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
