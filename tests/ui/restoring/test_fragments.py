"""HTML of the page: what comes from outside stays text, and every picture can be told without seeing it."""

from html.parser import HTMLParser
from math import inf

import pytest

from ui import gallery, words
from ui.keeping.served import Admitted, Quality, Served, Shown
from ui.restoring import fragments

EVIL = "<script>alert('\"&x')</script>"
WORDS = [pytest.param(words.load(language), id=language) for language in words.LANGUAGES]
PROVENANCE = {
    "settings": {"size": 3, EVIL: EVIL},
    "estimated": ["size"],
    "steps": {"load": 0.1, "method": 0.2},
    "seconds": 0.3,
    "notes": [EVIL],
    "window": None,
}
PHOTO = Admitted("photo-token", EVIL, "/x", "/y", ".png", 60, 80, EVIL, (EVIL,))


def served(**changed: object) -> Served:
    fields = {
        "token": EVIL,
        "photo": PHOTO,
        "model": "denoise-median",
        "file": f"{EVIL}.png",
        "before": "before.png",
        "after": "after.png",
        "height": 60,
        "width": 80,
        "stages": (Shown(EVIL, EVIL, 4.0, f"{EVIL}.jpg"),),
        "provenance": PROVENANCE,
        "quality": Quality(20.0, inf, 0.5, None),
    }
    return Served(**{**fields, **changed})  # type: ignore[arg-type]


class Seen(HTMLParser):
    """Collects the tags of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def pieces(said: words.Words) -> dict[str, str]:
    result = served()
    return {
        "viewer": fragments.viewer(result, said, EVIL),
        "facts": fragments.facts(result, said),
        "links": fragments.links(result, said),
        "photo_facts": fragments.photo_facts(PHOTO, said),
        "stages": fragments.stages(result, said),
        "comparison": fragments.comparison([result], said, EVIL),
    }


@pytest.mark.parametrize("said", WORDS)
def test_nothing_from_outside_becomes_a_tag_or_an_attribute(said):
    for name, html in pieces(said).items():
        seen = Seen(html)
        assert "script" not in {tag for tag, _ in seen.tags}, name
        assert not [attribute for _, found in seen.tags for attribute in found if "alert" in attribute], name


@pytest.mark.parametrize("said", WORDS)
def test_what_comes_from_outside_is_still_shown_as_it_is(said):
    assert EVIL in Seen(fragments.photo_facts(PHOTO, said)).text
    assert EVIL in Seen(fragments.facts(served(), said)).text
    assert EVIL in Seen(fragments.stages(served(), said)).text


@pytest.mark.parametrize("said", WORDS)
def test_every_picture_has_words_for_who_cannot_see_it(said):
    examples = fragments.examples(gallery.load().examples, said)
    for html in (*pieces(said).values(), examples):
        pictures = [found for tag, found in Seen(html).tags if tag == "img"]
        assert all((found.get("alt") or "").strip() for found in pictures)
    assert "<img" in examples


@pytest.mark.parametrize("said", WORDS)
def test_every_button_and_slider_has_a_name(said):
    for html in pieces(said).values():
        for tag, found in Seen(html).tags:
            if tag == "input":
                assert found.get("aria-label")
    for tag, found in Seen(pieces(said)["comparison"]).tags:
        if tag == "button":
            assert found.get("aria-label")


@pytest.mark.parametrize("said", WORDS)
def test_a_result_of_a_network_names_its_weights_and_what_they_ran_on(said):
    ran = {
        "weights_sha256": "89c70e80" + "0" * 56,
        "device": "cpu",
        "engine": "torch",
        "precision": "float32",
    }
    steps = {"load": 0.1, "network": 0.5, "method": 0.2}
    text = Seen(fragments.facts(served(provenance={**PROVENANCE, **ran, "steps": steps}), said)).text
    assert "89c70e80 · cpu · torch · float32" in text
    assert f"{said('run.network')} 0.50" in text
    assert said("facts.network") not in fragments.facts(served(), said)


def test_addresses_of_files_are_quoted():
    assert fragments.result_url("to/ken", "a b?#<>.png") == "patina/result/to/ken/a%20b%3F%23%3C%3E.png"


@pytest.mark.parametrize("said", WORDS)
def test_equal_pixels_are_infinitely_alike_and_a_small_picture_has_no_ssim(said):
    facts = fragments.facts(served(), said)
    assert "20.00 → <b>∞</b> dB" in facts
    assert "SSIM" not in facts
    assert "∞ dB" in fragments.comparison([served()], said)
    both = fragments.facts(served(quality=Quality(20.0, 25.0, 0.5, 0.75)), said)
    assert "SSIM 0.500 → <b>0.750</b>" in both


@pytest.mark.parametrize("said", WORDS)
def test_without_a_result_nothing_but_its_place_is_shown(said):
    assert said("viewer.empty") in fragments.viewer(None, said)
    assert fragments.facts(None, said) == fragments.links(None, said) == fragments.stages(None, said) == ""
    assert fragments.comparison((), said) == ""


@pytest.mark.parametrize("said", WORDS)
def test_a_light_preview_says_that_it_is_one(said):
    assert said("viewer.light_preview") not in fragments.viewer(served(), said)
    assert said("viewer.light_preview") in fragments.viewer(served(after="after.jpg"), said)
