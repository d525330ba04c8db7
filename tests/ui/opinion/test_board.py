from html.parser import HTMLParser

import pytest

from ratings.leaderboard import Row
from ratings.records import Contestant
from ratings.statistics.mean_opinion import mean_opinion
from ui import words
from ui.opinion.board import board

WORDS = [pytest.param(words.load(language), id=language) for language in words.LANGUAGES]
EVIL = "<script>alert(1)</script>"


def row(model: str, grades: list[int]) -> Row:
    opinion = mean_opinion(grades, [f"rater-{number}" for number in range(len(grades))])
    return Row(Contestant("denoise", model, 2, None), opinion)


@pytest.mark.parametrize("said", WORDS)
def test_an_empty_board_says_so(said):
    assert said("leaderboard.empty") in board((), said)


@pytest.mark.parametrize("said", WORDS)
def test_a_board_shows_title_mean_interval_and_count(said):
    html = board([row("denoise-median", [3, 4, 5])], said)
    assert "denoise-median · v2" in html
    assert "<b>4.00</b>" in html
    assert "<td>3</td>" in html
    assert " – " in html


def test_a_single_grade_is_shown_without_an_interval():
    said = words.load("en")
    html = board([row("denoise-median", [3])], said)
    assert said("leaderboard.no_interval") in html


def test_a_model_that_is_no_longer_here_keeps_its_id_as_text():
    html = board([row(EVIL, [3])], words.load("en"))
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attrs: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(html)
    assert "script" not in tags
    assert "&lt;script&gt;" in html


def test_dots_and_bars_stay_on_the_scale():
    html = board([row("denoise-median", [1, 1, 5]), row("denoise-mean", [5])], words.load("en"))
    places = [float(each.split("%")[0]) for each in html.split("left:")[1:]]
    assert all(0 <= place <= 100 for place in places)
    assert 100.0 in places
