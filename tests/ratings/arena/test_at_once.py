"""Votes given, taken back, left out and counted anew at the same time: none is lost or counted twice."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Event

import pytest
from sqlalchemy import select

from ratings.administration import flags
from ratings.administration.flags import Kind
from ratings.administration.forgetting import forget, kept
from ratings.arena import tallied, tally
from ratings.arena.arena import Arena
from ratings.errors import ForgottenError
from ratings.records import LICENCE, Flag
from ratings.stimuli import Stimulus
from ratings.store import Store
from ratings.tables import deals, votes

ALICE = "a" * 64
PROCESSES, THREADS, PAIRS = 3, 6, 12

VOTE = f"""
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from ratings.arena.arena import Arena
from ratings.stimuli import Stimuli
from ratings.store import Store
url, run = sys.argv[1:]
store = Store.open(url)
arena, shown = Arena(store.database), Stimuli(store.database).of_task("denoise")
def vote(thread):
    rater = f"{{run}}{{thread}}".ljust(64, "0")
    for number in range({PAIRS}):
        left, right = shown[number % 3], shown[(number + 1 + number % 2) % 3]
        token = arena.deal(left, right, rater).token
        choice = ("left", "right", "tie", "both-bad")[number % 4]
        arena.vote(token, rater, choice, accepted_licence="{LICENCE}", response_ms=2000)
        if number % 3 == 0:
            arena.withdraw(token, rater)
            token += " withdrawn"
        os.write(1, (token + "\\n").encode())  # a line in one piece, whoever else writes
with ThreadPoolExecutor({THREADS}) as pool:
    list(pool.map(vote, range({THREADS})))
"""


def tallies(store: Store) -> set[tally.Tally]:
    return set(Arena(store.database).tallies("denoise"))


def counted_anew(store: Store) -> set[tally.Tally]:
    with store.database.writing() as connection:
        tally.recount(connection)
    return tallies(store)


def test_processes_that_vote_while_raters_are_left_out_keep_every_vote_and_count_it_once(
    any_url: str, any_store: Store, shown: dict[str, Stimulus], environment: dict[str, str]
) -> None:
    command = [sys.executable, "-c", VOTE, any_url]
    servers = [
        subprocess.Popen([*command, str(run)], env=environment, stdout=subprocess.PIPE, text=True)
        for run in range(PROCESSES)
    ]
    while any(server.poll() is None for server in servers):
        for thread in range(THREADS):
            flags.exclude(any_store.database, f"0{thread}".ljust(64, "0"), "To and fro.")
            flags.include(any_store.database, f"0{thread}".ljust(64, "0"))
        counted_anew(any_store)
    told = Counter(line for server in servers for line in server.communicate()[0].splitlines())
    assert [server.returncode for server in servers] == [0] * PROCESSES
    assert len(told) == told.total() == PROCESSES * THREADS * PAIRS
    with any_store.database.reading() as connection:
        query = select(deals.c.token, votes.c.withdrawn_at).join_from(votes, deals)
        stored = Counter(
            f"{token} withdrawn" if withdrawn else token for token, withdrawn in connection.execute(query)
        )
    assert stored == told
    counted = tallies(any_store)
    assert sum(each.votes for each in counted) == PROCESSES * THREADS * PAIRS * 2 // 3
    assert counted == counted_anew(any_store)


def test_vote_that_is_taken_back_while_it_is_left_out_leaves_its_tally_once(
    any_url: str, any_store: Store, arena: Arena, shown: dict[str, Stimulus]
) -> None:
    token = vote(arena, shown, ALICE)
    with Store.open(any_url) as other, ThreadPoolExecutor(1) as pool:
        with other.database.writing() as connection:
            flags._turn(connection, Kind.VOTE, votes.c.rater == ALICE, Flag.EXCLUDED, "Why")
            taking_back = pool.submit(arena.withdraw, token, ALICE)
            assert waits(taking_back)
        taking_back.result()
    assert tallies(any_store) == counted_anew(any_store) == set()


def test_vote_that_is_given_while_its_rater_is_left_out_is_counted_or_left_out(
    any_store: Store, arena: Arena, shown: dict[str, Stimulus], monkeypatch: pytest.MonkeyPatch
) -> None:
    voting: list[Future[str]] = []
    vote(arena, shown, ALICE)
    with ThreadPoolExecutor(1) as pool:

        def tally_and_vote(*counted: object) -> None:
            tallied.tally(*counted)
            voting.append(pool.submit(vote, arena, shown, ALICE, "denoise-nlm"))
            assert waits(voting[0])

        monkeypatch.setattr(flags, "tally", tally_and_vote)
        flags.exclude(any_store.database, ALICE, "Why")
        voting[0].result()
    assert tallies(any_store) == counted_anew(any_store)


def test_rater_who_votes_meanwhile_is_forgotten_or_refused(
    any_url: str, any_store: Store, arena: Arena, shown: dict[str, Stimulus]
) -> None:
    some_are_stored = Event()

    def vote_until_refused() -> None:
        with suppress(ForgottenError):
            for number in count():
                vote(arena, shown, ALICE)
                if number == 4:
                    some_are_stored.set()

    with Store.open(any_url) as other, ThreadPoolExecutor(1) as pool:
        voting = pool.submit(vote_until_refused)
        assert some_are_stored.wait(60)
        assert forget(other.database, ALICE).counts["votes"] >= 5
        voting.result()
    assert not any(kept(any_store.database, ALICE).values())
    assert tallies(any_store) == counted_anew(any_store) == set()


@pytest.mark.postgres
@pytest.mark.parametrize("any_url", ["postgres"], indirect=True)
def test_nobody_waits_for_other_voters_on_postgresql(
    any_store: Store, arena: Arena, shown: dict[str, Stimulus]
) -> None:
    with any_store.database.writing(), any_store.database.writing_a_little(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(vote, arena, shown, ALICE).result(timeout=8)


def vote(arena: Arena, shown: dict[str, Stimulus], rater: str, against: str = "denoise-mean") -> str:
    """Deal a pair and vote on it; return its token."""
    token = arena.deal(shown["denoise-median"], shown[against], rater).token
    arena.vote(token, rater, "left", accepted_licence=LICENCE)
    return token


def waits(future: Future[object]) -> bool:
    """Tell whether what was begun is not done after a while."""
    try:
        future.result(timeout=0.5)
    except TimeoutError:
        return True
    return False
