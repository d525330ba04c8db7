"""The list of models as HTML: each state is told with what to do, and only what is allowed can be pressed."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from models import registry
from models.card import Card, Paper
from models.checkpoints import State
from models.method import Network
from models.source import Bundled, Hub, OnDisk, Weights
from ui import words
from ui.choosing.model_list import fetching_html, model_list
from ui.keeping.readiness import Standing

EVIL = "<script>alert('\"&x')</script>"
WORDS = [pytest.param(words.load(language), id=language) for language in words.LANGUAGES]
ENGLISH = words.load("en")
HUB = Hub("me/mine", "mine.safetensors", "ab" * 20)
WEIGHTS = Weights(source=HUB, sha256="cd" * 32, bytes=11_900_000, licence="MIT", trained_on="Rain.")


def network(weights: Weights = WEIGHTS, **changed: object) -> Card:
    card = replace(
        registry.get("denoise-median"),
        id="denoise-mine",
        title="Mine",
        build=Network(module="x:load", field_of_view=3),
        weights=weights,
    )
    return replace(card, **changed)  # type: ignore[arg-type]


def shown(
    *standings: Standing, said: words.Words = ENGLISH, may_free: bool = False, busy: bool = False
) -> str:
    return model_list(standings, said, total=9, may_free=may_free, busy=busy)


class Seen(HTMLParser):
    """Collects the tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


@pytest.mark.parametrize("said", WORDS)
def test_nothing_of_a_card_becomes_a_tag_or_an_attribute(said):
    paper = Paper(EVIL, EVIL, 2020, f'https://x.org/"{EVIL}')
    weights = replace(WEIGHTS, source=Hub(EVIL, EVIL, EVIL), licence=EVIL, trained_on=EVIL)
    card = network(weights, id=EVIL, title=EVIL, licence=EVIL, paper=paper)
    for state in State:
        seen = Seen(shown(Standing(card, state), said=said, may_free=True))
        assert not seen.all("script")
        assert not [name for _, found in seen.tags for name in found if "alert" in name]
        assert EVIL in seen.text
    assert not Seen(fetching_html(card, "fetch", 0.5, said)).all("script")


@pytest.mark.parametrize("said", WORDS)
@pytest.mark.parametrize("state", State)
def test_every_state_is_a_word_and_an_explanation(state, said):
    text = Seen(shown(Standing(network(), state), said=said)).text
    assert said(f"states.{state}") in text
    assert said(f"state-means.{state}") in text


def test_what_is_not_pinned_names_the_command_that_pins_it():
    text = Seen(shown(Standing(network(), State.NOT_PINNED))).text
    assert "python -m models pin denoise-mine" in text


def test_a_download_tells_its_size_if_that_is_known():
    assert "To download, 12 MB" in shown(Standing(network(), State.TO_DOWNLOAD, size=11_900_000))
    text = shown(Standing(network(), State.TO_DOWNLOAD))
    assert "To download<" in text
    assert "not known yet" in text


@pytest.mark.parametrize("state", State)
def test_only_what_can_be_fetched_has_a_button_that_fetches(state):
    buttons = Seen(shown(Standing(network(), state))).all("button")
    fetchable = state in (State.TO_DOWNLOAD, State.NEEDS_TOKEN)
    assert [button["data-choice"] for button in buttons] == (["fetch denoise-mine"] if fetchable else [])
    assert all("Mine" in (button["aria-label"] or "") for button in buttons)


def test_weights_are_removed_only_where_one_may_and_only_those_of_the_hub():
    ready = Standing(network(), State.READY)
    assert not Seen(shown(ready)).all("button")
    [button] = Seen(shown(ready, may_free=True)).all("button")
    assert button["data-choice"] == "free denoise-mine"
    for source in (Bundled("mine.safetensors"), OnDisk(Path("/home/me/secret/mine.safetensors"))):
        html = shown(Standing(network(replace(WEIGHTS, source=source)), State.READY), may_free=True)
        assert not Seen(html).all("button")
        assert "mine.safetensors" in html
        assert "secret" not in html


def test_while_something_is_fetched_no_button_can_be_pressed():
    standings = [Standing(network(), state) for state in State]
    buttons = Seen(shown(*standings, may_free=True, busy=True)).all("button")
    assert len(buttons) == 3
    assert all("disabled" in button for button in buttons)


def test_a_loaded_network_tells_its_memory_and_a_measured_one_its_speed():
    text = Seen(shown(Standing(network(), State.READY, memory=131_000_000, speed=1.26))).text
    assert "131 MB" in text
    assert "1.3 s per megapixel" in text
    assert "in memory" in text
    text = Seen(shown(Standing(network(), State.READY))).text
    assert "not loaded" in text
    assert "not yet measured" in text


def test_the_revision_and_both_licences_are_named():
    text = Seen(shown(Standing(network(), State.READY))).text
    assert "mine.safetensors @ abababab" in text
    assert "Licence of the codeApache-2.0" in text
    assert "Licence of the weightsMIT" in text
    assert "Rain." in text


def test_of_many_authors_three_are_named_and_the_paper_in_full_is_at_hand():
    paper = Paper("On Rain", "Ash, Birch, Cedar, Elm", 2020, "https://example.org/rain")
    seen = Seen(shown(Standing(network(paper=paper), State.READY)))
    assert "Ash, Birch, Cedar et al., 2020" in seen.text
    assert "On Rain" in [link.get("title") for link in seen.all("a")]


def test_every_link_opens_a_page_of_its_own_that_cannot_reach_back():
    standings = [Standing(card, State.READY) for card in (*registry.cards(), network())]
    links = Seen(shown(*standings)).all("a")
    assert len(links) > 10
    assert all(link["target"] == "_blank" and link["rel"] == "noopener" for link in links)


def test_models_stand_under_their_tasks_in_the_order_of_the_registry():
    standings = [Standing(card, State.READY) for card in registry.cards()]
    seen = Seen(shown(*standings))
    listed = [found["data-model"] for found in seen.all("li")]
    assert sorted(listed) == sorted(card.id for card in registry.cards())
    assert [each for each in listed if each.startswith("dehaze-")] == [
        card.id for card in registry.by_task("dehaze")
    ]


def test_an_empty_list_says_how_to_see_more():
    assert "Choose All" in Seen(shown()).text


def test_progress_is_a_share_of_the_step_that_is_named():
    html = fetching_html(network(), "fetch", 0.374, ENGLISH)
    assert "Mine: downloading the weights · 37%" in Seen(html).text
    [bar] = Seen(html).all("progress")
    assert (bar["max"], bar["value"]) == ("1", "0.374")
