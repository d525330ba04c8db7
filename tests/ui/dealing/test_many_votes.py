"""Whoever votes without end is limited, flagged and stored; nobody else notices."""

import time

import pytest


@pytest.mark.parametrize("attempts", [320, pytest.param(10_000, marks=pytest.mark.soak)])
def test_votes_without_end_are_limited_flagged_and_stored_and_others_go_on(hall, refusal, attempts):
    eager, calm = hall.voter(), hall.voter()
    stored, refused = list[str](), 0
    began = time.monotonic()
    for number in range(attempts):
        dealt = eager.ask("deal", task="denoise")
        if dealt.status_code == 429:
            assert refusal(dealt) == (429, "too-many")
            refused += 1
        else:
            stored.append(dealt.json()["token"])
            assert eager.vote(stored[-1]).status_code == 200
        if number % (attempts // 5) == 0:
            assert calm.vote(calm.deal()).json()["revealed"]["counts"]
    minutes = 1 + (time.monotonic() - began) / 60
    kept = hall.votes(eager.rater)
    assert [token for token, *_ in kept] == stored
    assert len(stored) <= 300 * minutes
    assert len(stored) + refused == attempts
    flags = [flag for *_, flag in kept]
    assert flags[:41] == [None] * 40 + ["too-many"]
    assert flags.count(None) <= 40 * minutes
    assert set(flags) == {None, "too-many"}
    assert [flag for *_, flag in hall.votes(calm.rater)] == [None] * 5


def test_dealing_without_end_is_refused(hall, refusal):
    voter = hall.voter()
    statuses = [voter.ask("deal", task="denoise").status_code for _ in range(299)]
    assert set(statuses) == {200}
    token = voter.deal()
    assert refusal(voter.ask("deal", task="denoise")) == (429, "too-many")
    assert voter.vote(token).status_code == 200
