import subprocess
import sys

import pytest

from models.architectures.cards import CARDS
from models.architectures.families import FAMILIES
from models.source import Hub


def test_the_catalogue_is_read_without_torch():
    code = "import sys, models.architectures.cards; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_ids_and_titles_are_distinct():
    assert len({card.id for card in CARDS}) == len({card.title for card in CARDS}) == len(CARDS)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_published_card_is_honest_and_whole(card):
    assert card.id.startswith(f"{card.task}-")
    assert any(card.build is family.network for family in FAMILIES.values())
    assert card.summary.count(".") == 1
    assert card.summary.endswith(".")
    assert card.explanation.count(". ") >= 2
    assert isinstance(card.weights.source, Hub)
    assert card.weights.trained_on.endswith(".")
    assert not card.weights.pinned
    assert card.weights.sha256 is None
