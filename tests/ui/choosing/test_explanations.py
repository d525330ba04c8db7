"""How methods work: every card's explanation says where it comes from."""

import pytest

from models import registry
from ui import words
from ui.choosing.explanations import explanation

WORDS = [pytest.param(words.load(language), id=language) for language in words.LANGUAGES]


@pytest.mark.parametrize("said", WORDS)
@pytest.mark.parametrize("card", registry.cards(), ids=lambda card: card.id)
def test_every_cards_explanation_names_its_licence_and_source(card, said):
    text = explanation(card, said)
    assert card.licence in text
    assert card.paper is None or card.paper.link in text
