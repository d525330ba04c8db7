from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

import pytest
from sqlalchemy import func, select, update

from ratings.administration import flags
from ratings.administration.flags import (
    Kind,
    counts,
    exclude,
    exclude_answer,
    history,
    include,
    include_answer,
)
from ratings.arena.arena import Arena
from ratings.arena.tallied import tally
from ratings.errors import BadReasonError
from ratings.records import LICENCE, Flag
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.tables import judgements, marks, ratings, tallies, votes

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
TABLES = {Kind.RATING: ratings, Kind.VOTE: votes, Kind.JUDGEMENT: judgements, Kind.MARK: marks}


def rows(store, table, *columns):
    with store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(table.c.id))]


def states(store):
    """Flag, reason and rater of every answer, by kind."""
    return {
        kind: rows(store, table, table.c.uid, table.c.rater, table.c.flag, table.c.reason)
        for kind, table in TABLES.items()
    }


def tallied(store):
    names = ("task", "first_id", "second_id", "first_wins", "second_wins", "ties", "both_bad")
    found = rows(store, tallies, *(tallies.c[name] for name in names))
    return sorted(row for row in found if any(row[3:]))


def some_vote(store, *conditions):
    with store.database.reading() as connection:
        return connection.scalars(select(votes.c.uid).where(*conditions).limit(1)).one()


class TestAnyDatabase:
    def test_counts_are_those_of_the_tables(self, town):
        found = {(each.kind, each.flag): each.number for each in counts(town.store.database)}
        for kind, flag, condition in (
            (Kind.RATING, None, ratings.c.current),
            (Kind.VOTE, Flag.TOO_FAST, votes.c.withdrawn_at.is_(None)),
            (Kind.JUDGEMENT, None, judgements.c.id > 0),
            (Kind.MARK, None, marks.c.withdrawn_at.is_(None)),
        ):
            table = TABLES[kind]
            query = select(func.count()).where(table.c.flag.is_not_distinct_from(flag), condition)
            with town.store.database.reading() as connection:
                assert found[kind, flag] == connection.execute(query).scalar_one()
        assert (Kind.MARK, Flag.EXCLUDED) not in found

    def test_answers_that_stand_and_history_are_all_answers(self, town):
        database = town.store.database
        with database.writing() as connection:
            taken = votes.c.uid == some_vote(town.store, votes.c.withdrawn_at.is_(None))
            connection.execute(update(votes).where(taken).values(withdrawn_at="2026-11-28T10:00:00+00:00"))
        past = history(database)
        assert past[Kind.VOTE] >= 1
        for kind, table in TABLES.items():
            standing = sum(each.number for each in counts(database) if each.kind is kind)
            assert standing + past[kind] == len(rows(town.store, table, table.c.id))

    @pytest.mark.parametrize("taken_back", [False, True])
    def test_what_another_server_takes_while_a_rater_is_left_out_is_tallied_as_it_counts(
        self, town, votes_anew, another, any_url, monkeypatch, *, taken_back
    ):
        making = town.store.remember(another(model="newcomer"))
        shown = Shown(making=making, sha256="9" * 64, original_sha256=None, width=8, height=8)
        newcomer = Stimuli(town.store.database).add(shown)  # whose tally nobody is waiting for
        doing = list[Future[object]]()

        def tally_and_meanwhile(*given: object) -> None:
            tally(*given)
            doing.append(pool.submit(act))
            wait(doing, timeout=0.5)

        with Store.open(any_url) as elsewhere, ThreadPoolExecutor(1) as pool:
            arena = Arena(elsewhere.database)
            token = arena.deal(newcomer, town.gallery[0], C).token
            act = partial(arena.vote, token, C, "left", accepted_licence=LICENCE)
            if taken_back:
                act()
                act = partial(arena.withdraw, token, C)
            monkeypatch.setattr(flags, "tally", tally_and_meanwhile)
            exclude(town.store.database, C, "Clicked at random.")
            doing[0].result()
        assert tallied(town.store) == votes_anew(town.store)

    def test_excluded_rater_has_no_answer_that_counts(self, town):
        changed = exclude(town.store.database, A, " Clicked at random. ")
        assert min(changed.values()) > 0
        for kind, answers in states(town.store).items():
            mine = [(flag, reason) for _, rater, flag, reason in answers if rater == A]
            assert mine.count(("excluded", "Clicked at random.")) == changed[kind]
            assert all(flag is not None for flag, _ in mine)

    def test_other_raters_and_other_flags_stay(self, town):
        before = states(town.store)
        exclude(town.store.database, A, "Why")
        for kind, answers in states(town.store).items():
            for old, new in zip(before[kind], answers, strict=True):
                assert new == old or (old[1] == A and old[2] is None)

    def test_tallies_equal_a_recount_after_each_change(self, town, votes_anew):
        for change in (
            lambda: exclude(town.store.database, A, "Why"),
            lambda: exclude(town.store.database, A, "Twice"),
            lambda: exclude(town.store.database, B, "Why"),
            lambda: include(town.store.database, A),
            lambda: include(town.store.database, A),
        ):
            change()
            assert tallied(town.store) == votes_anew(town.store)

    def test_excluding_and_including_again_leaves_all_as_it_was(self, town):
        answers, tallies_before = states(town.store), tallied(town.store)
        exclude(town.store.database, A, "Why")
        assert tallied(town.store) != tallies_before
        include(town.store.database, A)
        assert states(town.store) == answers
        assert tallied(town.store) == tallies_before

    def test_what_changed_has_a_higher_revision_and_waits_to_be_published(self, town):
        with town.store.database.writing() as connection:
            connection.execute(ratings.update().values(published=True))
        before = rows(town.store, ratings, ratings.c.revision)
        exclude(town.store.database, A, "Why")
        after = rows(town.store, ratings, ratings.c.revision, ratings.c.published, ratings.c.flag)
        for (old,), (new, published, flag) in zip(before, after, strict=True):
            assert (new, published) == ((old + 1, False) if flag == "excluded" else (old, True))

    def test_one_answer_is_excluded_and_included(self, town, votes_anew):
        uid = some_vote(town.store, votes.c.flag.is_(None), votes.c.withdrawn_at.is_(None))
        before = states(town.store)
        assert exclude_answer(town.store.database, Kind.VOTE, uid, "A slip")
        assert not exclude_answer(town.store.database, Kind.VOTE, uid, "Again")
        assert tallied(town.store) == votes_anew(town.store)
        differing = [
            new
            for old, new in zip(before[Kind.VOTE], states(town.store)[Kind.VOTE], strict=True)
            if old != new
        ]
        assert [(row[0], *row[2:]) for row in differing] == [(uid, "excluded", "A slip")]
        assert include_answer(town.store.database, Kind.VOTE, uid)
        assert not include_answer(town.store.database, Kind.VOTE, uid)
        assert states(town.store) == before
        assert tallied(town.store) == votes_anew(town.store)

    def test_withdrawn_vote_never_comes_into_the_tallies(self, town, votes_anew):
        uid = some_vote(town.store, votes.c.flag.is_(None), votes.c.withdrawn_at.is_not(None))
        for change in (
            lambda: exclude_answer(town.store.database, Kind.VOTE, uid, "Why"),
            lambda: include_answer(town.store.database, Kind.VOTE, uid),
        ):
            assert change()
            assert tallied(town.store) == votes_anew(town.store)

    def test_answer_that_another_rule_flagged_is_not_included(self, town):
        uid = some_vote(town.store, votes.c.flag == Flag.TOO_FAST)
        assert not include_answer(town.store.database, Kind.VOTE, uid)

    def test_nobodys_answers_change_nothing(self, town):
        assert not any(exclude(town.store.database, "f" * 64, "Why").values())
        assert not exclude_answer(town.store.database, Kind.MARK, "0" * 32, "Why")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "two\nlines", "nul\0", "half \ud800"])
def test_reason_that_cannot_be_kept_changes_nothing(store, reason):
    with pytest.raises(BadReasonError):
        exclude(store.database, A, reason)
    with pytest.raises(BadReasonError):
        exclude_answer(store.database, Kind.VOTE, "0" * 32, reason)
