"""Pairs and votes by the API, as scripts ask: stored, and not counted."""

import json
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from models import registry

SIDES = ("left", "right", "original")


@pytest.fixture(scope="module")
def client(hall, tmp_path_factory) -> Client:
    return Client(hall.url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


def next_pair(client: Client, task: str = "denoise") -> dict[str, object]:
    return client.predict(task=task, api_name="/next_pair")


def test_a_pair_and_a_vote_on_it(client, hall):
    pair = next_pair(client)
    assert set(pair) == {"token", "left", "right", "original"}
    told = client.predict(pair["token"], "tie", api_name="/vote")
    assert told["left"]["model"] != told["right"]["model"]
    assert (pair["token"], "tie", "api") in hall.votes()


def test_a_pair_names_no_model(client):
    said = json.dumps(next_pair(client))
    assert not [card.id for card in registry.cards() if card.id in said]


def test_generated_images_have_no_original(client):
    assert next_pair(client, "generate")["original"] is None


def test_a_token_is_good_for_one_vote(client):
    token = next_pair(client)["token"]
    client.predict(token, "left", api_name="/vote")
    with pytest.raises(AppError, match="answered already"):
        client.predict(token, "right", api_name="/vote")


def test_nobody_votes_for_a_browser(client, hall):
    voter = hall.voter()
    token = voter.deal()
    with pytest.raises(AppError, match="not known here"):
        client.predict(token, "left", api_name="/vote")
    assert voter.vote(token).status_code == 200


@pytest.mark.parametrize("choice", ["", "LEFT", "x" * 100_000, None, 5])
def test_another_choice_is_refused(client, choice):
    with pytest.raises(AppError, match="A choice is one of left, right, tie, both-bad"):
        client.predict(next_pair(client)["token"], choice, api_name="/vote")


def test_an_unknown_task_is_refused(client):
    with pytest.raises(AppError, match="Expected a task"):
        next_pair(client, "deblur")


def test_the_files_of_a_pair_can_be_had(client):
    pair = next_pair(client)
    for side in SIDES:
        assert Path(pair[side]).read_bytes().startswith(b"\x89PNG")
