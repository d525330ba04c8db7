"""What the buttons of the Generate tab do, without a browser."""

from types import SimpleNamespace

import pytest

from models.errors import BadSettingError, StoppedError
from ui import words
from ui.errors import NothingChosenError
from ui.generating.actions import NEW_SEEDS, GenerateActions

MODEL, OTHER = "generate-fashion-gan", "generate-fashion-dcgan"
PAGE = SimpleNamespace(session_hash="page")


@pytest.fixture
def actions(studio):
    return GenerateActions(studio, words.load("en"))


def make(actions, **asked):
    said = {"models": [MODEL], "seed": "3", "count": 2, "truncation": 1.0, **asked}
    return list(actions.make(PAGE, lambda *_, **__: None, **said))


def clicked(token):
    return SimpleNamespace(choice=token)


def tokens(shown):
    """The tokens of the images in a tab's HTML."""
    return [piece.partition('"')[0] for piece in shown.split('data-choice="')[1:]]


def test_previous_leads_back_through_every_seed_that_was_there(actions):
    seed, earlier = actions.same_seed("1", [])
    seed, earlier = actions.new_seed(seed, earlier)
    assert 0 <= int(seed) < NEW_SEEDS
    seed, earlier = actions.same_seed("77", earlier)
    second = earlier[1]
    back = []
    for _ in range(2):
        seed, earlier = actions.previous_seed(seed, earlier)
        back.append(seed)
    assert back == [second, "1"]
    with pytest.raises(NothingChosenError):
        actions.previous_seed(seed, earlier)


def test_a_seed_that_was_only_typed_is_an_earlier_one_after_new(actions):
    seed, earlier = actions.new_seed("5", [])
    assert actions.previous_seed(seed, earlier) == ("5", ["5"])


def test_after_typing_over_it_the_last_seed_is_the_previous_one(actions):
    _, earlier = actions.same_seed("5", [])
    assert actions.previous_seed("nonsense", earlier) == ("5", ["5"])
    assert actions.new_seed("nonsense", earlier)[1][0] == "5"


def test_each_generator_makes_its_sheet_from_the_same_seeds(actions):
    first, second = make(actions, models=[MODEL, OTHER])
    assert len(tokens(first[0])) == 2
    made = [actions.studio.made(token) for token in tokens(second[0])]
    assert [(image.model, image.seed) for image in made] == [(MODEL, 3), (MODEL, 4), (OTHER, 3), (OTHER, 4)]
    assert second[1] == "", "nothing is chosen yet"


def test_without_a_generator_it_says_what_to_do(actions):
    with pytest.raises(NothingChosenError, match="generator"):
        make(actions, models=[])


@pytest.mark.parametrize("asked", [{"seed": "-1"}, {"seed": ""}, {"count": 0}, {"truncation": 2}])
def test_what_cannot_be_made_is_refused_before_anything_runs(actions, asked):
    with pytest.raises(BadSettingError):
        make(actions, **asked)


def test_stop_reaches_sheets_and_walks_apart(actions):
    (shown,) = make(actions)
    one, other = tokens(shown[0])
    with actions.walking.running("page") as walk_stopped:
        making = actions.make(PAGE, lambda *_, **__: None, [MODEL, OTHER], "3", 2)
        next(making)
        actions.stop(PAGE)
        with pytest.raises(StoppedError):
            next(making)
        assert not walk_stopped()
    assert "walk.webp" in actions.walk(PAGE, lambda *_, **__: None, one, other)


def test_a_walk_can_be_stopped(actions):
    (shown,) = make(actions)
    one, other = tokens(shown[0])

    def told(*_said, **_how):
        actions.stop_walk(PAGE)

    with pytest.raises(StoppedError):
        actions.walk(PAGE, told, one, other)


def test_a_chosen_image_is_nudged_and_becomes_an_end_of_a_walk(actions):
    (shown,) = make(actions)
    one, other = tokens(shown[0])
    token, _, html, nudging, *nudges = actions.choose(clicked(one))
    assert (token, nudging["visible"], nudges) == (one, True, [0.0] * 4)
    assert ">3<" in html
    moved, html = actions.nudge(token, 1.5, 0.0, 0.0, 0.0)
    assert "+1.5" in html
    start, _ = actions.begin_here(moved, "")
    end, ends = actions.end_here(other, start)
    assert (start, end) == (moved, other)
    assert moved in ends
    assert other in ends


def test_choosing_nothing_is_told(actions):
    for ask in (
        lambda: actions.nudge("", 1.0),
        lambda: actions.begin_here("", ""),
        lambda: actions.walk(PAGE, lambda *_, **__: None, "", ""),
    ):
        with pytest.raises(NothingChosenError):
            ask()
