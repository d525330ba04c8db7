from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from ratings.administration.forgetting import forget
from ratings.boards.keeping import board
from ratings.errors import (
    BadRatingError,
    BadStudyError,
    ForgottenError,
    FullError,
    NotNowError,
    StudyError,
    UnknownStudyError,
)
from ratings.filters import Filters
from ratings.judging import Viewing
from ratings.records import Flag
from ratings.rows import ago
from ratings.stimuli import Stimuli
from ratings.store import Store
from ratings.studies import sittings as sittings_module
from ratings.studies.design import Check, Design, State, read_design
from ratings.studies.records import Sitting, Study
from ratings.studies.results import results
from ratings.studies.sittings import Sittings, participant_hash
from ratings.studies.studies import Studies
from ratings.tables import judgements
from ratings.tables import sittings as table

CC_BY = "CC-BY-4.0"
ALICE, BOB = "a" * 64, "b" * 64
Open = Callable[..., Study]


def answer(sittings: Sittings, study: Study, given: object, rater: str = ALICE, **more: object) -> Sitting:
    due = sittings.now(study.token, rater).trial
    told = {"viewing": Viewing(), "response_ms": 2000, **more}
    return sittings.answer(study.token, rater, due.index if due else 0, given, **told)


def take_part(
    sittings: Sittings, study: Study, rater: str = ALICE, given: Callable[[Sitting], object] = lambda _now: 4
) -> Sitting:
    sittings.begin(study.token, rater)
    now = sittings.consent(study.token, rater, accepted_licence=CC_BY)
    while now.trial:
        now = answer(sittings, study, given(now), rater)
    return now


class TestAnyDatabase:
    def test_person_is_led_from_consent_to_the_end(self, sittings: Sittings, opened: Open) -> None:
        study = opened()
        first = sittings.begin(study.token, ALICE)
        assert (first.state, first.trials, first.pilot) == ("consent", 4, False)
        assert sittings.consent(study.token, ALICE, accepted_licence=CC_BY).state == "running"
        seen: list[int] = []
        for _ in range(4):
            now = sittings.now(study.token, ALICE)
            assert now.trial
            seen.append(now.trial.stimulus)
            answer(sittings, study, 3)
        assert len(set(seen)) == 4
        assert sittings.now(study.token, ALICE).state == "finished"

    def test_nobody_sees_the_same_picture_twice_in_a_row(
        self, sittings: Sittings, opened: Open, any_store: Store
    ) -> None:
        study = opened()
        known = Stimuli(any_store.database).get(sorted(study.design.stimuli))
        for rater in (f"{number:064x}" for number in range(8)):
            seen: list[str | None] = []

            def look(now: Sitting, seen: list[str | None] = seen) -> int:
                assert now.trial
                seen.append(known[now.trial.stimulus].input_name)
                return 3

            take_part(sittings, study, rater, look)
            assert seen in (["a", "b"] * 2, ["b", "a"] * 2)

    def test_browser_that_was_closed_goes_on_where_it_was(self, sittings: Sittings, opened: Open) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        before = answer(sittings, study, 3)
        assert sittings.begin(study.token, ALICE) == before

    def test_answer_counts_once_whatever_is_sent_again(self, sittings: Sittings, opened: Open) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        answer(sittings, study, 3)
        for trial in (0, 2, "1", None, -1, True):
            with pytest.raises(NotNowError):
                sittings.answer(study.token, ALICE, trial, 3, viewing=Viewing(), response_ms=900)

    def test_two_tabs_at_once_give_one_answer(
        self, sittings: Sittings, opened: Open, any_store: Store
    ) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)

        def attempt(grade: int) -> bool:
            try:
                sittings.answer(study.token, ALICE, 0, grade, viewing=Viewing(), response_ms=900)
            except StudyError:
                return False
            return True

        with ThreadPoolExecutor(5) as pool:
            assert sum(pool.map(attempt, (1, 2, 3, 4, 5))) == 1
        with any_store.database.reading() as connection:
            assert len(connection.execute(select(judgements)).all()) == 1

    def test_nothing_is_answered_before_consent(self, sittings: Sittings, opened: Open) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        with pytest.raises(NotNowError):
            answer(sittings, study, 3)
        with pytest.raises(BadRatingError):
            sittings.consent(study.token, ALICE, accepted_licence="")

    @pytest.mark.parametrize("given", [0, 6, True, "4", None, 3.5, "left"])
    def test_only_grades_are_taken_for_grades(self, sittings: Sittings, opened: Open, given: object) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        with pytest.raises(BadRatingError):
            answer(sittings, study, given)

    @pytest.mark.parametrize("token", ["made up", "nul\0", "ümläut", 7, None])
    def test_unknown_study_is_refused(self, sittings: Sittings, token: object) -> None:
        with pytest.raises(UnknownStudyError):
            sittings.begin(token, ALICE)

    def test_another_persons_sitting_cannot_be_answered(self, sittings: Sittings, opened: Open) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        with pytest.raises(UnknownStudyError):
            sittings.answer(study.token, BOB, 0, 3, viewing=Viewing(), response_ms=900)

    def test_failed_check_refuses_and_may_be_tried_again(self, sittings: Sittings, opened: Open) -> None:
        study = opened(checks=["zoom", "colour-plate"])
        sittings.begin(study.token, ALICE)
        assert sittings.consent(study.token, ALICE, accepted_licence=CC_BY).state == "checks"
        failed = {Check.ZOOM: True, Check.COLOUR: False}
        refused = sittings.check(study.token, ALICE, failed, Viewing())
        assert (refused.state, refused.failed) == ("refused", ("colour-plate",))
        passed = dict.fromkeys(failed, True)
        assert sittings.check(study.token, ALICE, passed, Viewing()).state == "running"

    def test_quota_is_kept_even_when_many_come_at_once(self, sittings: Sittings, opened: Open) -> None:
        study = opened(quota=3)

        def attempt(number: int) -> bool:
            try:
                sittings.begin(study.token, f"{number:064x}")
            except FullError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(12))) == 3

    def test_place_of_who_went_away_is_free_again(
        self, sittings: Sittings, opened: Open, any_store: Store
    ) -> None:
        study = opened(quota=1)
        sittings.begin(study.token, ALICE)
        with pytest.raises(FullError):
            sittings.begin(study.token, BOB)
        with any_store.database.writing() as connection:
            connection.execute(table.update().values(session_began_at=ago(timedelta(hours=3))))
        sittings.begin(study.token, BOB)
        assert sittings.begin(study.token, ALICE).state == "consent"

    def test_session_ends_in_a_break_during_which_nothing_is_answered(
        self, sittings: Sittings, opened: Open, any_store: Store
    ) -> None:
        study = opened(minutes=10, break_minutes=5)
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        with any_store.database.writing() as connection:
            connection.execute(table.update().values(session_began_at=ago(timedelta(minutes=11))))
        assert answer(sittings, study, 3).rests_until
        with pytest.raises(NotNowError):
            answer(sittings, study, 3)
        with any_store.database.writing() as connection:
            connection.execute(table.update().values(rests_until=ago(timedelta(seconds=1))))
        assert answer(sittings, study, 3).rests_until is None

    def test_quick_answers_and_pilots_are_stored_and_do_not_count(
        self, sittings: Sittings, studies: Studies, opened: Open
    ) -> None:
        study = opened(State.PILOT)
        take_part(sittings, study)
        assert studies.progress(study.uid).answers == {"pilot": 4}
        other = opened()
        sittings.begin(other.token, ALICE)
        sittings.consent(other.token, ALICE, accepted_licence=CC_BY)
        answer(sittings, other, 3, response_ms=sittings_module.FASTEST_MS - 1)
        answer(sittings, other, 3)
        assert studies.progress(other.uid).answers == {"": 1, "too-fast": 1}

    def test_who_misses_a_trap_is_flagged_with_all_answers(
        self, sittings: Sittings, studies: Studies, opened: Open, items: list[int]
    ) -> None:
        study = opened(traps=[{"stimulus": items[0], "expected": 1}])
        take_part(sittings, study)
        take_part(sittings, study, BOB, lambda now: 1 if now.trial and now.trial.kind == "trap" else 4)
        assert studies.progress(study.uid).answers == {"trap-missed": 5, "": 5}
        flagged, honest = studies.participants(study.uid)
        assert (flagged.flag, honest.flag) == (Flag.TRAP_MISSED, None)
        assert flagged.reason == "1 of 1 trap items missed."

    def test_who_misses_a_trap_and_goes_away_is_flagged_and_so_is_what_follows(
        self, sittings: Sittings, studies: Studies, opened: Open, items: list[int]
    ) -> None:
        study = opened(
            traps=[{"stimulus": items[0], "expected": 1}], items=[{"stimulus": each} for each in items] * 3
        )
        sittings.begin(study.token, ALICE)
        now = sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        while now.trial and now.trial.kind != "trap":
            now = answer(sittings, study, 4)
        assert now.trial
        before = now.trial.index
        answer(sittings, study, 4)
        assert studies.progress(study.uid).answers == {"trap-missed": before + 1}
        if answer(sittings, study, 4).trial:
            assert studies.progress(study.uid).answers == {"trap-missed": before + 2}

    def test_gold_is_judged_by_all_that_is_planned(
        self, sittings: Sittings, studies: Studies, opened: Open, items: list[int]
    ) -> None:
        study = opened(gold=[{"stimulus": items[0], "expected": 5}] * 3)
        missed = iter([2, 5, 5])
        take_part(
            sittings, study, ALICE, lambda now: next(missed) if now.trial and now.trial.kind == "gold" else 4
        )
        assert studies.progress(study.uid).answers == {"": 7}

    def test_time_away_is_a_break(self, sittings: Sittings, opened: Open, any_store: Store) -> None:
        study = opened(minutes=20, break_minutes=5)
        sittings.begin(study.token, ALICE)
        sittings.consent(study.token, ALICE, accepted_licence=CC_BY)
        answer(sittings, study, 3)
        for minutes, rests in ((4, True), (6, False)):
            with any_store.database.writing() as connection:
                connection.execute(
                    table.update().values(session_began_at=ago(timedelta(minutes=30)), rests_until=None)
                )
                connection.execute(judgements.update().values(judged_at=ago(timedelta(minutes=minutes))))
            sittings.begin(study.token, ALICE)
            assert bool(answer(sittings, study, 3).rests_until) is rests

    def test_gold_is_met_within_one_grade(
        self, sittings: Sittings, studies: Studies, opened: Open, items: list[int]
    ) -> None:
        study = opened(gold=[{"stimulus": items[0], "expected": 5}])
        take_part(sittings, study, ALICE, lambda _now: 4)
        take_part(sittings, study, BOB, lambda _now: 3)
        assert studies.progress(study.uid).answers == {"": 5, "gold-missed": 5}

    def test_study_opens_once_and_closes_to_newcomers(
        self, sittings: Sittings, studies: Studies, opened: Open
    ) -> None:
        study = opened()
        sittings.begin(study.token, ALICE)
        with pytest.raises(BadStudyError):
            studies.change(study.uid, State.PILOT)
        studies.change(study.uid, State.CLOSED)
        with pytest.raises(UnknownStudyError):
            sittings.begin(study.token, BOB)
        assert take_part(sittings, study).state == "finished"

    def test_who_was_forgotten_takes_no_part(
        self, sittings: Sittings, opened: Open, any_store: Store
    ) -> None:
        study = opened()
        take_part(sittings, study)
        forget(any_store.database, ALICE)
        with pytest.raises(ForgottenError):
            sittings.begin(study.token, ALICE)

    def test_row_of_who_was_forgotten_goes_to_the_next(
        self, sittings: Sittings, opened: Open, any_store: Store
    ) -> None:
        study, people = opened(), [f"{number:064x}" for number in range(5)]
        for rater in people[:3]:
            sittings.begin(study.token, rater)
        forget(any_store.database, people[1])
        for rater in people[3:]:
            sittings.begin(study.token, rater)
        with any_store.database.reading() as connection:
            rows = {each.rater: each.row for each in connection.execute(select(table))}
        assert rows == {people[0]: 0, people[2]: 2, people[3]: 1, people[4]: 3}

    def test_participant_in_a_second_browser_is_stored_and_does_not_count(
        self, sittings: Sittings, studies: Studies, opened: Open
    ) -> None:
        study = opened()
        known, other = (participant_hash(b"key", study.uid, name) for name in ("P1", "P2"))
        for rater, participant in (("c" * 64, other), (ALICE, known), (BOB, known)):
            sittings.begin(study.token, rater, participant)
            sittings.consent(study.token, rater, accepted_licence=CC_BY)
        for rater in ("c" * 64, BOB, ALICE):
            take_part(sittings, study, rater)
        assert studies.progress(study.uid).answers == {"": 8, "repeated": 4}
        third, later, first = studies.participants(study.uid)
        assert (third.flag, first.flag, later.flag) == (None, None, Flag.REPEATED)
        assert later.reason == sittings_module.REPEATED

    def test_opening_the_link_in_a_second_browser_alone_costs_nobody_an_answer(
        self, sittings: Sittings, studies: Studies, opened: Open
    ) -> None:
        study = opened()
        known = participant_hash(b"key", study.uid, "P1")
        for rater in (ALICE, BOB):
            sittings.begin(study.token, rater, known)
        take_part(sittings, study, BOB)
        assert studies.progress(study.uid).answers == {"": 4}

    def test_mean_opinions_are_those_of_the_answers(
        self, sittings: Sittings, opened: Open, any_store: Store, stimulus
    ) -> None:
        study = opened()
        good = {stimulus("first", picture).id for picture in "ab"}
        for number in range(6):
            rater = f"{number:064x}"
            take_part(
                sittings,
                study,
                rater,
                lambda now, number=number: (
                    (5 if now.trial and now.trial.stimulus in good else 2) - (number % 2)
                ),
            )
        found = results(any_store.database, study)
        told = [(row.contestant.model, row.opinion) for row in found.rows]
        assert [(model, of.score, of.n, of.people) for model, of in told] == [
            ("first", 4.5, 12, 6),
            ("second", 1.5, 12, 6),
        ]
        assert found.rows[0].opinion.low
        assert found.rows[0].opinion.low < 4.5
        assert len(found.items) == 4
        assert len(found.people) == 6

    def test_pairs_become_strengths(
        self, sittings: Sittings, opened: Open, any_store: Store, stimulus
    ) -> None:
        pairs = [
            {"stimulus": stimulus("first", picture).id, "other": stimulus("second", picture).id}
            for picture in "ab"
        ]
        study = opened(method="pairs", items=pairs)
        best = {each["stimulus"] for each in pairs}
        for number in range(8):
            take_part(
                sittings,
                study,
                f"{number:064x}",
                lambda now, number=number: (
                    "tie" if number == 0 else "left" if now.trial and now.trial.stimulus in best else "right"
                ),
            )
        found = board(any_store.database, "denoise", filters=Filters(study=study.uid))
        assert [each.contestant.model for each in found.standings] == ["first", "second"]
        assert (found.votes, found.raters, found.standings[0].ties) == (16, 8, 2)
        assert board(any_store.database, "denoise").votes == 0, "the Arena's votes are others"

    def test_hidden_reference_is_what_grades_count_against(
        self, sittings: Sittings, opened: Open, any_store: Store, stimulus
    ) -> None:
        shown = {model: stimulus(model).id for model in ("first", "reference")}
        study = opened(method="acr-hr", items=[{"stimulus": each} for each in shown.values()])
        for number in range(4):
            take_part(
                sittings,
                study,
                f"{number:064x}",
                lambda now: 3 if now.trial and now.trial.stimulus == shown["first"] else 4,
            )
        (row,) = results(any_store.database, study).rows
        assert (row.contestant.model, row.opinion.score) == ("first", 4.0)

    def test_study_shows_only_what_is_there(self, studies: Studies, design: Callable[..., Design]) -> None:
        with pytest.raises(BadStudyError, match="no stimuli of 'denoise' here: 999"):
            studies.make("Noise", "denoise", design(items=[{"stimulus": 999}]))
        with pytest.raises(BadStudyError, match="title"):
            studies.make(" ", "denoise", design())


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []},
        {"method": "best"},
        {"return_url": "javascript:alert(1)"},
        {"return_url": "http://example.org"},
        {"method": "pairs"},
        {"quota": 0},
        {"gold": [{"stimulus": 1}]},
        {"gold": [{"stimulus": 1, "expected": 9}]},
        {"unknown": 1},
    ],
)
def test_design_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadStudyError):
        read_design({"method": "acr", "items": [{"stimulus": 1}], **wrong})


def test_outside_participant_cannot_be_read_from_the_hash() -> None:
    first = participant_hash(b"key", "study", "P1")
    assert first == participant_hash(b"key", "study", "P1") != participant_hash(b"other", "study", "P1")
    assert "P1" not in first
