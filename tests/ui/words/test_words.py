"""The catalogues: nothing missing in a language, nothing that no card has any more."""

import re
import string

import pytest

from models import registry
from models.provenance import stage_titles
from ui import words

OF_CARDS = {"cards", "controls", "helps", "stages", "choices", "units", "trained_on"}
"""Sections with the models' own words, which a language may leave in English."""

LANGUAGES = [words.load(language) for language in words.LANGUAGES]
OTHERS = [pytest.param(each, id=each.language) for each in LANGUAGES[1:]]
CONTROLS = [control for card in registry.cards() for control in card.controls]


def flat(catalogue: words.Words) -> dict[str, str]:
    return {
        f"{section}.{name}": text
        for section, texts in catalogue.catalogue.items()
        if section not in OF_CARDS
        for name, text in texts.items()
    }


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


ENGLISH = flat(LANGUAGES[0])


@pytest.mark.parametrize("other", OTHERS)
def test_both_languages_have_the_same_keys(other):
    assert flat(other).keys() == ENGLISH.keys()


@pytest.mark.parametrize("other", OTHERS)
def test_a_translation_has_the_placeholders_of_the_english(other):
    translated = flat(other)
    differing = {key for key, text in ENGLISH.items() if placeholders(text) != placeholders(translated[key])}
    assert not differing


@pytest.mark.parametrize("language", [pytest.param(each, id=each.language) for each in LANGUAGES])
def test_every_word_is_text_with_something_in_it(language):
    may_be_empty = {"page.other_language_path"}
    assert {key for key, text in flat(language).items() if not text.strip()} <= may_be_empty


@pytest.mark.parametrize("other", OTHERS)
def test_every_translated_card_and_part_of_it_exists(other):
    for model, texts in other.catalogue.get("cards", {}).items():
        assert registry.get(model).id == model
        assert texts.keys() <= {"title", "summary", "explanation"}
        assert all(text.strip() for text in texts.values())


@pytest.mark.parametrize("language", [pytest.param(each, id=each.language) for each in LANGUAGES])
def test_every_translated_part_of_a_card_exists_in_some_card(language):
    known = {
        "controls": {control.label for control in CONTROLS},
        "helps": {control.help for control in CONTROLS},
        "stages": {slug for card in registry.cards() for slug in stage_titles(card)},
        "units": {control.unit for control in CONTROLS},
        "choices": {choice for control in CONTROLS for choice in control.choices},
        "trained_on": {card.weights.trained_on for card in registry.cards() if card.weights},
    }
    stale = {
        f"{section}.{name}"
        for section, names in known.items()
        for name in language.catalogue.get(section, {})
        if name not in names
    }
    assert not stale


def test_a_text_is_filled_and_an_unknown_key_is_our_own_mistake():
    assert LANGUAGES[0]("batch.done", done=2, total=3) == "2 of 3 photos restored."
    with pytest.raises(KeyError):
        LANGUAGES[0]("batch.nonsense")


@pytest.mark.parametrize(("number", "told"), [(0, "0 votes"), (1, "1 vote"), (1234, "1,234 votes")])
def test_one_thing_is_told_in_the_singular(number, told):
    assert LANGUAGES[0].counted("vote", number) == told


@pytest.mark.parametrize("language", [pytest.param(each, id=each.language) for each in LANGUAGES])
def test_every_thing_that_is_counted_has_both_forms(language):
    things = {name.rsplit("_", 1)[0] for name in language.catalogue["counted"]}
    for thing in things:
        assert all("{number}" in text for text in language.forms(thing).values())
    assert len(language.catalogue["counted"]) == 2 * len(things)


def test_what_a_language_does_not_translate_is_shown_as_the_card_says_it():
    empty = words.Words("xx", {})
    card = registry.get("denoise-median")
    assert (empty.title(card), empty.summary(card)) == (card.title, card.summary)
    assert empty.label(card.controls[0]) == f"{card.controls[0].label} ({card.controls[0].unit})"
    assert empty.stage("removed", "What was taken away") == "What was taken away"


def test_the_chinese_page_is_in_chinese():
    chinese = flat(LANGUAGES[1])
    bare = {key: re.sub(r"{\w+}", "", text) for key, text in chinese.items()}
    same = {key for key, text in chinese.items() if text == ENGLISH[key] and re.search("[a-z]{3}", bare[key])}
    assert same <= {"page.title"}
