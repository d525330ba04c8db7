"""The Chinese words of the models: a card is translated wholly or not at all, and no word is left over.

A new model need not wait for its Chinese: until someone writes it, the page shows the card's English.
"""

import re
from collections.abc import Mapping, Sequence

import pytest

from models import registry
from models.card import Card, Control
from models.provenance import stage_titles
from ui import words

CHINESE = words.load("zh")
CARDS = [card for card in registry.cards() if card.id in CHINESE.catalogue["cards"]]
OF_A_CARD = {"title", "summary", "explanation"}


def keys(cards: Sequence[Card]) -> Mapping[str, set[str]]:
    """Section → keys under which `cards` are looked up."""
    controls = [control for card in cards for control in card.controls]
    return {
        "cards": {card.id for card in cards},
        "controls": {control.label for control in controls},
        "units": {control.unit for control in controls if is_worded(control.unit)},
        "helps": {control.help for control in controls if control.help},
        "stages": {slug for card in cards for slug in stage_titles(card)},
        "choices": {choice for control in controls for choice in control.choices},
        "trained_on": {card.weights.trained_on for card in cards if card.weights},
    }


def is_worded(unit: str) -> bool:
    """Tell whether a unit has letters; signs such as "×" and "/255" are the same in every language."""
    return re.search("[A-Za-z]", unit) is not None


def is_chinese(text: str) -> bool:
    return re.search("[一-鿿]", text) is not None


SECTIONS = tuple(keys(CARDS))


def test_the_cards_that_patina_began_with_are_translated():
    assert len(CARDS) >= 17


@pytest.mark.parametrize("section", SECTIONS)
def test_a_translated_card_is_translated_wholly(section: str):
    missing = keys(CARDS)[section] - CHINESE.catalogue[section].keys()
    assert not missing, f"zh.toml lacks in [{section}]: {sorted(missing)}"


@pytest.mark.parametrize("section", SECTIONS)
def test_no_translation_is_stale(section: str):
    stale = CHINESE.catalogue[section].keys() - keys(registry.cards())[section]
    assert not stale, f"zh.toml has in [{section}] what no card has any more: {sorted(stale)}"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_card_speaks_chinese(card: Card):
    own = CHINESE.catalogue["cards"].get(card.id, {})
    assert own.keys() == OF_A_CARD, f"zh.toml [cards.{card.id}] has {sorted(own)}, not {sorted(OF_A_CARD)}"
    for text in (CHINESE.title(card), CHINESE.summary(card), CHINESE.explanation(card)):
        assert is_chinese(text)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_control_and_stage_is_shown_in_chinese(card: Card):
    for control in card.controls:
        assert all(is_chinese(text) for text in shown(control)), control.name
    for slug, title in stage_titles(card).items():
        assert is_chinese(CHINESE.stage(slug, title)), slug


def shown(control: Control) -> list[str]:
    """What a person reads of a control's label, unit and help."""
    unit = CHINESE.catalogue["units"].get(control.unit, control.unit)
    return [
        CHINESE.label(control),
        *([unit] if is_worded(unit) else []),
        *filter(None, [CHINESE.help(control)]),
    ]
