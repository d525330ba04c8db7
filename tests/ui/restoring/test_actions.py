import pytest

from ui import gallery, words
from ui.restoring.actions import Actions


@pytest.fixture
def actions(desk):
    return Actions(desk, gallery.load(), words.load("en"), ())


def test_taking_away_the_shown_picture_empties_the_place(actions, photo_file):
    token, shown, _ = actions.take(str(photo_file), "")
    assert actions.take(shown, token)[:2] == ("", None)


def test_another_photo_replaces_the_one_that_is_shown(actions, photo_file, noisy):
    token, _, _ = actions.take(str(photo_file), "")
    replaced, _, _ = actions.take(str(noisy), token)
    assert replaced not in ("", token)


def test_a_page_left_open_until_its_photo_was_swept_away_takes_a_new_one(actions, photo_file):
    token, _, _ = actions.take(str(photo_file), "long-gone-token")
    assert token
