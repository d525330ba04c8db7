"""The networks that come with Patina: every card against its weights file and its model card."""

import json
import re

import pytest

from models import registry
from models.architectures import bundled, gans
from models.checkpoints import BUNDLED, Checkpoints, State

CARDS = (*bundled.CARDS, *gans.CARDS)
every_card = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
FOUR_MEGABYTES = 4_000_000


def beside(card, suffix: str):
    """The file of models/weights with the name of the card."""
    return BUNDLED / f"{card.id}{suffix}"


@every_card
def test_its_weights_are_here_and_are_those_the_card_names(card, tmp_path):
    checkpoints = Checkpoints(tmp_path)
    assert checkpoints.state(card.id, card.weights) == State.READY
    path = checkpoints.verify(card.id, card.weights)
    assert path == beside(card, ".safetensors")
    assert path.stat().st_size == card.weights.bytes < FOUR_MEGABYTES


@every_card
def test_its_model_card_says_all_one_must_know(card):
    text, report = (
        beside(card, ".md").read_text("utf-8"),
        json.loads(beside(card, ".json").read_text("utf-8")),
    )
    assert report["weights_sha256"] == card.weights.sha256
    assert report["command"].startswith("python -m lab train lab/recipes/")
    for said in (
        report["command"],
        card.weights.sha256,
        f"{card.weights.bytes:,} bytes",
        card.weights.licence,
    ):
        assert said in text
    assert all(f"`{figure}`" in text for figure in report["held_out"])
    failures = text.partition("## Where it fails\n\n")[2].partition("\n## ")[0]
    assert len(failures.split()) > 20
    assert not re.search(r"[\s`](/|[A-Z]:\\)\w", text), "places of one machine"


def test_nothing_in_the_folder_of_weights_is_without_a_card():
    names = {path.name for path in BUNDLED.glob("*")}
    assert names == {f"{card.id}{suffix}" for card in CARDS for suffix in (".safetensors", ".json", ".md")}


def test_what_runs_without_a_download_stands_before_what_does_not():
    """The first of a task is what its tab begins with."""
    by_task = {card.task: [each.id for each in registry.by_task(card.task)] for card in CARDS}
    for task, ids in by_task.items():
        own = [card.id for card in CARDS if card.task == task]
        assert ids[: len(own)] == own


def test_no_two_of_a_task_have_the_same_title_and_no_two_the_same_weights():
    assert len({(card.task, card.title) for card in CARDS}) == len(CARDS)
    assert len({card.weights.sha256 for card in CARDS}) == len(CARDS)
