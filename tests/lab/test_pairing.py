"""The simulation behind docs/pairing.md: its people, its rules, its counting, and the page it makes."""

from dataclasses import replace

import numpy as np
import pytest

from lab.pairing.page import PAGE, REMARKS, keep, kept, page
from lab.pairing.report import Effort, effort, first_reached, rows
from lab.pairing.rules import RULES, Board, fewest_votes, information, interval_reduction
from lab.pairing.scenes import SCENES, TIES, Scene, clustered, even, joined, judged
from lab.pairing.simulation import run
from ratings.statistics.posterior import posterior


def board(wins):
    wins = np.array(wins, dtype=np.float64)
    return Board(posterior(wins), wins + wins.T)


def test_the_page_is_what_the_kept_figures_say():
    assert page(kept(), REMARKS.read_text(encoding="utf-8")) == PAGE.read_text(encoding="utf-8"), (
        "docs/pairing.md is stale: run `python -m lab.pairing`."
    )


def test_every_scene_has_been_measured_with_every_rule_and_a_hundred_seeds():
    report = kept()
    measured = [(row.scene, row.size, row.watched, row.rule) for row in report.rows]
    assert measured == [(scene.name, scene.size, scene.votes, rule) for scene in SCENES for rule in RULES]
    assert report.seeds >= 100


def test_without_figures_the_page_says_so():
    assert "Not measured yet." in page(None, "")


def test_a_report_is_read_back_as_it_was_kept(tmp_path):
    report = kept()
    keep(report, tmp_path / "pairing.json")
    assert kept(tmp_path / "pairing.json") == report


def test_a_goal_that_was_not_reached_is_said():
    report = kept()
    never = Effort(None, None, None, None)
    unreached = tuple(replace(row, order=never, width=never) for row in report.rows)
    assert f"| > {report.rows[0].watched} |" in page(replace(report, rows=unreached), "")


@pytest.mark.parametrize("difference", [0.0, 0.7, -2.0])
def test_people_prefer_as_the_model_says_and_tie_more_between_equals(difference):
    strengths, votes = np.array([difference, 0.0]), 20_000
    said = judged(strengths, np.tile([0, 1], (votes, 1)), np.random.default_rng(0))
    chance = 1 / (1 + np.exp(-difference))
    assert said.mean() == pytest.approx(chance, abs=0.01)
    assert (said == 0.5).mean() == pytest.approx(4 * TIES * chance * (1 - chance), abs=0.01)


def test_clusters_are_near_ties_in_the_order_of_strength():
    gaps = np.diff(clustered(12, 100).strengths)
    assert gaps == pytest.approx([0.1, 0.1, 0.1, 0.3] * 2 + [0.1, 0.1, 0.1])


@pytest.mark.parametrize("rule", RULES)
def test_rules_deal_as_many_pairs_as_are_asked_for_and_nobody_against_itself(rule):
    pairs = RULES[rule](board(np.zeros((5, 5))), 40, np.random.default_rng(0))
    assert pairs.shape == (40, 2)
    assert np.all(pairs[:, 0] != pairs[:, 1])
    assert set(pairs.ravel().tolist()) == {0, 1, 2, 3, 4}


def test_fewest_votes_fills_up():
    pairs = fewest_votes(board([[0, 2, 1], [2, 0, 0], [1, 0, 0]]), 6, np.random.default_rng(0))
    assert sorted(pairs.tolist()) == [[0, 2], [0, 2], [1, 2], [1, 2], [1, 2], [1, 2]]


@pytest.mark.parametrize("rule", [interval_reduction, information])
def test_active_rules_deal_rarely_met_pairs_more_often(rule):
    pairs = rule(board([[0, 50, 5], [50, 0, 5], [5, 5, 0]]), 1000, np.random.default_rng(0))
    often = (pairs == [0, 1]).all(axis=1).mean()
    assert 0.01 < often < 0.25


def test_the_same_seed_gives_the_same_run_and_another_another():
    scene = even(4, 2.0, 40)
    first, again, other = (run(scene, RULES["hybrid-mst"], seed) for seed in (1, 1, 2))
    assert first.taus.tolist() == again.taus.tolist()
    assert first.taus.tolist() != other.taus.tolist()


def test_a_run_narrows_intervals_and_finds_the_order():
    made = run(even(4, 6.0, 2000), RULES["random"], 0)
    assert made.taus[0] == 0
    assert made.taus[-1] == 1
    assert made.half_widths[-1] < made.half_widths[1] / 5
    assert 0.9 < made.least_share <= 1
    assert made.newcomers is None


def test_a_newcomer_is_asked_for_alone():
    made = run(joined(8, 3.0, 160), RULES["hybrid-mst"], 0)
    assert abs(made.taus[0]) < 1
    assert 0.25 < made.newcomers < 0.8


def test_a_board_that_is_known_from_the_start_takes_no_votes():
    votes = np.array([0.0, 10.0])
    assert first_reached(votes, np.array([0.5, 1.0])) == 0
    assert np.isnan(first_reached(votes, np.array([-2.0, -1.0])))


def test_half_the_votes_are_a_ratio_of_one_half():
    votes, noise = np.arange(0, 100, 10.0), np.random.default_rng(0).normal(0, 3, (50, 1))
    slow, fast = votes - 60 + noise, 2 * votes - 60 + noise
    found = effort(votes, fast, slow)
    assert found.votes == pytest.approx(30, abs=1)
    assert found.low < found.ratio < found.high
    assert found.ratio == pytest.approx(0.5, abs=0.01)


def test_a_rule_that_never_arrives_has_no_ratio():
    votes = np.arange(0, 100, 10.0)
    arriving, never = np.tile(votes - 50, (5, 1)), np.tile(votes - 500, (5, 1))
    assert effort(votes, never, arriving) == Effort(None, None, None, None)
    assert effort(votes, arriving, never) == Effort(50.0, None, None, None)


def test_random_against_itself_saves_nothing_whatever_the_workers():
    scene = Scene("even", np.array([-2.0, 0.0, 2.0]), 60)
    one, two = rows(scene, 3, 1), rows(scene, 3, 2)
    assert one == two
    assert one[0].rule == "random"
    assert one[0].order.ratio == 1
