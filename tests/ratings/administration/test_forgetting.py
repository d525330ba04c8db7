import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from sqlalchemy import LargeBinary, String, func, select

from ratings.administration import forgetting
from ratings.administration.forgetting import find_rater, forget, kept
from ratings.arena.arena import Arena
from ratings.errors import ForgottenError, StoreError, UnknownRaterError
from ratings.integrity.report import check
from ratings.marks import mask
from ratings.marks.marks import Marks
from ratings.marks.records import Painted, Photo
from ratings.raters import new_token, rater_id
from ratings.records import LICENCE, Flag, Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.tables import forgotten, makings, metadata, ratings, results, stimuli, tallies, votes
from ratings.tombstones import is_forgotten, require_not_forgotten

A, B, *OTHERS = (letter * 64 for letter in "abcd")


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, by the table's name."""
    with store.database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in metadata.sorted_tables
        }


def texts(store: Store) -> dict[str, str]:
    """All that stands in any text or binary column, by table and column."""
    found = dict[str, str]()
    with store.database.reading() as connection:
        for table in metadata.sorted_tables:
            for column in table.c:
                if isinstance(column.type, String | LargeBinary):
                    found[f"{table.name}.{column.name}"] = repr(connection.scalars(select(column)).all())
    return found


def tallied(store: Store) -> list[tuple[object, ...]]:
    names = ("task", "first_id", "second_id", "first_wins", "second_wins", "ties", "both_bad")
    with store.database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(*(tallies.c[name] for name in names)))]
    return sorted(row for row in rows if any(row[3:]))


class TestAnyDatabase:
    def test_town_has_something_of_everyone_in_every_table(self, town):
        assert all(min(kept(town.store.database, person).values()) > 0 for person in (A, B, *OTHERS))
        named = {place for place, text in texts(town.store).items() if A in text}
        assert {place.split(".")[0] for place in named} == {*kept(town.store.database, A)}

    def test_nothing_of_the_rater_is_left_in_any_column(self, town):
        forget(town.store.database, A)
        assert {place for place, text in texts(town.store).items() if A in text} == {"forgotten.rater"}
        assert not any(kept(town.store.database, A).values())

    def test_hashes_of_own_photos_go_too(self, town):
        hashes = {
            value
            for each in town.own[A]
            for value in (each.input_sha256, each.shown_sha256, each.original_sha256)
        }
        assert any(value in text for value in hashes for text in texts(town.store).values())
        forget(town.store.database, A)
        assert not any(value in text for value in hashes for text in texts(town.store).values())

    def test_tallies_equal_a_recount(self, town, votes_anew):
        assert tallied(town.store) == votes_anew(town.store)
        forget(town.store.database, A)
        forget(town.store.database, B)
        assert tallied(town.store) == votes_anew(town.store)
        assert tallied(town.store)

    def test_others_keep_every_row(self, town):
        before = {person: kept(town.store.database, person) for person in (B, *OTHERS)}
        forget(town.store.database, A)
        assert {person: kept(town.store.database, person) for person in (B, *OTHERS)} == before

    def test_database_stays_as_sound_as_it_was(self, town):
        def problems() -> set[str]:
            """What is wrong, without how often: the town's rows were written by hand."""
            return {problem.partition(" ")[2] for problem in check(town.store).problems}

        before = problems()
        forget(town.store.database, A)
        assert problems() <= before

    def test_what_was_deleted_is_told(self, town):
        expected = kept(town.store.database, A)
        told = forget(town.store.database, A)
        assert told.counts == expected
        own = {value for each in town.own[A] for value in (each.shown_sha256, each.original_sha256)}
        assert own < {*told.pictures}
        assert len(told.pictures) == len(own) + 1  # and the photo that was painted on
        assert not {each.shown_sha256 for each in town.gallery} & {*told.pictures}

    def test_twice_is_harmless(self, town):
        forget(town.store.database, A)
        after = everything(town.store)
        told = forget(town.store.database, A)
        assert everything(town.store) == after
        assert not any(told.counts.values())
        assert told.pictures == ()

    def test_who_never_answered_can_be_forgotten(self, any_store):
        assert not any(forget(any_store.database, A).counts.values())
        assert is_forgotten(any_store.database, A)
        assert not is_forgotten(any_store.database, B)

    def test_later_answers_are_refused(self, any_store: Store, result: Result):
        forget(any_store.database, A)
        token = any_store.remember(result)
        with pytest.raises(ForgottenError):
            any_store.rate(token, A, 4, accepted_licence=LICENCE)
        assert any_store.count() == 0
        any_store.rate(token, B, 4, accepted_licence=LICENCE)
        any_store.rate(token, None, 4, accepted_licence=LICENCE)
        assert any_store.count() == 2

    def test_pairs_and_own_photos_are_refused(self, town, result):
        arena = Arena(town.store.database)
        dealt = arena.deal(*town.gallery[:2], A)
        forget(town.store.database, A)
        making = town.store.remember(replace(result, input_name=None))
        own = Shown(making=making, sha256="1" * 64, original_sha256=None, width=9, height=7, owner=A)
        photo = Photo(sha256="1" * 64, name=None, width=8, height=8, consent=True)
        painted = Painted("rust", "brush", mask.encode(np.eye(8, dtype=np.bool_)))
        marks = Marks(town.store.database)
        for answer in (
            lambda: marks.on_photo(photo, painted, A, accepted_licence=LICENCE),
            lambda: arena.deal(*town.gallery[:2], A),
            lambda: arena.vote(dealt.token, A, "left", accepted_licence=LICENCE),
            lambda: Stimuli(town.store.database).add(own),
        ):
            with pytest.raises(ForgottenError):
                answer()
        assert not any(kept(town.store.database, A).values())

    def test_a_picture_that_somebody_else_has_too_stays(self, town):
        mine, theirs = town.own[A][0], town.own[B][0]
        with town.store.database.writing() as connection:
            same = stimuli.update().where(stimuli.c.id == theirs.id)
            connection.execute(same.values(shown_sha256=mine.shown_sha256))
        assert mine.shown_sha256 not in forget(town.store.database, A).pictures

    def test_a_result_that_somebody_else_rated_stays(self, any_store: Store, result: Result):
        token = any_store.remember(replace(result, input_name=None))
        for person in (A, B):
            any_store.rate(token, person, 4, accepted_licence=LICENCE)
        forget(any_store.database, A)
        assert [rating.rater for rating in any_store.ratings()] == [B]

    def test_gallery_results_stay_to_be_rated(self, any_store: Store, result: Result):
        token = any_store.remember(result)
        any_store.rate(token, A, 4, accepted_licence=LICENCE)
        forget(any_store.database, A)
        any_store.rate(token, B, 4, accepted_licence=LICENCE)

    def test_all_or_nothing(self, town, monkeypatch):
        before = everything(town.store)

        def break_down(*_: object) -> None:
            raise StoreError("The disk is full.")

        monkeypatch.setattr(forgetting, "_delete_unneeded", break_down)
        with pytest.raises(StoreError):
            forget(town.store.database, A)
        assert everything(town.store) == before

    def test_an_answer_at_the_same_time_on_another_server_is_forgotten_or_refused(
        self, any_url: str, another: Callable[..., Result]
    ):
        with Store.open(any_url) as one, Store.open(any_url) as other:
            tokens = [one.remember(another(output_sha256=f"{number:064x}")) for number in range(40)]
            some_are_stored = threading.Event()

            def answer_until_refused() -> None:
                with suppress(ForgottenError):
                    for number, token in enumerate(cycle(tokens)):
                        one.rate(token, A, 4, accepted_licence=LICENCE)
                        if number == 4:
                            some_are_stored.set()

            thread = threading.Thread(target=answer_until_refused)
            thread.start()
            some_are_stored.wait()
            told = forget(other.database, A)
            thread.join()
            assert told.counts["ratings"] >= 5
            assert one.count() == 0

    def test_deleted_votes_of_a_flagged_rater_change_no_tally(self, town):
        with town.store.database.writing() as connection:
            flagged = votes.update().where(votes.c.rater == A, votes.c.flag.is_(None))
            connection.execute(tallies.delete())
            connection.execute(flagged.values(flag=Flag.RANDOM))
        before = tallied(town.store)
        forget(town.store.database, A)
        assert tallied(town.store) == before == []

    def test_require_not_forgotten_lets_strangers_pass(self, any_store: Store):
        forget(any_store.database, A)
        with any_store.database.writing() as connection:
            require_not_forgotten(connection, None)
            require_not_forgotten(connection, B)
            with pytest.raises(ForgottenError):
                require_not_forgotten(connection, A)

    def test_tombstone_waits_to_be_published(self, any_store: Store):
        forget(any_store.database, A)
        with any_store.database.reading() as connection:
            assert connection.scalars(select(forgotten.c.published)).all() == [False]

    def test_traces_of_own_results_are_deleted_with_what_was_said_of_them(self, town):
        def number(table) -> int:
            with town.store.database.reading() as connection:
                return connection.execute(select(func.count()).select_from(table)).scalar_one()

        before = number(makings), number(results), number(ratings)
        forget(town.store.database, A)
        gone = [was - number(table) for was, table in zip(before, (makings, results, ratings), strict=True)]
        assert gone == [4, 3, 3]  # own stimuli 2, own photo rated under 2 tokens; one result for those two


def test_rater_is_named_by_pseudonym_or_by_token():
    token = new_token(b"key")
    pseudonym = rater_id(b"key", token)
    assert find_rater(b"key", f" {token}\n") == pseudonym
    assert find_rater(b"key", f"{pseudonym} ") == pseudonym


@pytest.mark.parametrize("named", ["", "x", "A" * 64, "a" * 63, "é" * 64])
def test_anything_else_names_nobody(named):
    with pytest.raises(UnknownRaterError):
        find_rater(b"key", named)


def test_another_servers_token_names_nobody():
    with pytest.raises(UnknownRaterError):
        find_rater(b"key", new_token(b"another key"))
