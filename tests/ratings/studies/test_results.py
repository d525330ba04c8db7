"""What came of a study is looked at by itself, filtered, and told on every face alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ratings.arena.arena import Arena
from ratings.boards import of_study
from ratings.boards.evidence import evidence
from ratings.boards.keeping import board
from ratings.errors import NoSuchStudyError
from ratings.filters import Filters
from ratings.judging import Viewing
from ratings.records import Flag
from ratings.stimuli import Stimulus
from ratings.store import Store
from ratings.studies import telling
from ratings.studies.design import State
from ratings.studies.records import Study
from ratings.studies.results import ENOUGH_PEOPLE, results
from ratings.studies.sittings import Sittings
from ratings.studies.studies import BEGUN, Studies

CC_BY = "CC-BY-4.0"
Answers = Callable[[int, int], object]
"""Person from 0, stimulus → the answer."""

TODAY = datetime.now(UTC).date()
NOBODY = [
    Filters(since=TODAY + timedelta(days=1)),
    Filters(until=TODAY - timedelta(days=1)),
    Filters(input_name="c"),
    Filters(models=frozenset({"nobody"})),
]


@pytest.fixture
def answered(opened: Callable[..., Study], sittings: Sittings) -> Callable[..., Study]:
    """A study that `people` took part in; those in `hasty` answer the first trial too fast to count."""

    def make(give: Answers, people: int = 4, hasty: frozenset[int] = frozenset(), **design: object) -> Study:
        study = opened(**design)
        for person in range(people):
            rater = f"{person:064x}"
            sittings.begin(study.token, rater)
            now = sittings.consent(study.token, rater, accepted_licence=CC_BY)
            while (due := now.trial) is not None:
                quick = person in hasty and due.index == 0
                answer = give(person, due.stimulus)
                now = sittings.answer(
                    study.token,
                    rater,
                    due.index,
                    answer,
                    viewing=Viewing(),
                    response_ms=10 if quick else 2000,
                )
        return study

    return make


@pytest.fixture
def pairs(stimulus: Callable[..., Stimulus]) -> list[dict[str, int]]:
    """Two models on two pictures, side by side."""
    return [
        {"stimulus": stimulus("first", picture).id, "other": stimulus("second", picture).id}
        for picture in "ab"
    ]


class TestAnyDatabase:
    def test_study_of_pairs_has_a_board_of_its_own(
        self, any_store: Store, answered, pairs: list[dict[str, int]], stimulus
    ) -> None:
        best = {each["stimulus"] for each in pairs}
        study = answered(
            lambda _, shown: "left" if shown in best else "right",
            hasty=frozenset({0}),
            method="pairs",
            items=pairs,
        )
        deal = Arena(any_store.database).deal(stimulus("first"), stimulus("second"), "9" * 64)
        Arena(any_store.database).vote(deal.token, "9" * 64, "right", accepted_licence=CC_BY)
        found = board(any_store.database, "denoise", filters=Filters(study=study.uid))
        assert [(each.contestant.model, each.wins, each.losses) for each in found.standings] == [
            ("first", 7, 0),
            ("second", 0, 7),
        ]
        assert (found.flags, found.withdrawn, found.raters) == ({Flag.TOO_FAST: 1}, 0, 4)
        assert found.votes_by_day == {TODAY.isoformat(): 7}
        arena = board(any_store.database, "denoise")
        assert (arena.votes, arena.flags) == (1, {})
        picture = Filters(study=study.uid, input_name="a")
        assert board(any_store.database, "denoise", filters=picture).votes in (3, 4)

    def test_evidence_is_of_the_study_alone(
        self, any_store: Store, answered, pairs: list[dict[str, int]], stimulus
    ) -> None:
        study = answered(lambda person, _: "tie" if person else "both-bad", method="pairs", items=pairs)
        mine = stimulus("first").contestant_id
        found = evidence(any_store.database, mine, Filters(study=study.uid))
        assert found is not None
        (opponent,) = found.opponents
        assert opponent.id == stimulus("second").contestant_id
        assert (opponent.votes, opponent.ties, opponent.both_bad, opponent.share) == (8, 6, 2, 0.5)
        assert [(each.votes, each.share) for each in found.results] == [(4, 0.5), (4, 0.5)]
        of_arena = evidence(any_store.database, mine)
        assert of_arena is not None
        assert (of_arena.opponents, of_arena.results) == ((), ())

    def test_board_and_evidence_agree_on_what_passes(
        self, any_store: Store, answered, pairs: list[dict[str, int]], stimulus
    ) -> None:
        study = answered(lambda *_: "left", method="pairs", items=pairs)
        mine = stimulus("second").contestant_id
        for filters in (Filters(input_name="a"), *NOBODY):
            looked = Filters(
                study=study.uid,
                since=filters.since,
                until=filters.until,
                input_name=filters.input_name,
                models=filters.models,
            )
            found = evidence(any_store.database, mine, looked)
            assert found is not None
            votes = board(any_store.database, "denoise", filters=looked).votes
            assert (
                sum(each.votes for each in found.opponents) == votes == (4 if looked.input_name == "a" else 0)
            )

    def test_only_chosen_grades_are_looked_at(self, any_store: Store, answered, stimulus) -> None:
        first = {stimulus("first", picture).id for picture in "ab"}
        study = answered(lambda _, shown: 5 if shown in first else 2, hasty=frozenset({1}))
        everything = results(any_store.database, study)
        assert (everything.answers, everything.flags) == (15, {Flag.TOO_FAST: 1})
        assert everything.answers_by_day == {TODAY.isoformat(): 15}
        of_picture = results(any_store.database, study, Filters(input_name="a", since=TODAY, until=TODAY))
        assert {each.stimulus.input_name for each in of_picture.items} == {"a"}
        of_model = results(any_store.database, study, Filters(models=frozenset({"first"})))
        assert [row.contestant.model for row in of_model.rows] == ["first"]
        assert [results(any_store.database, study, filters).rows for filters in NOBODY] == [()] * 4

    def test_ranks_wait_for_enough_people(self, any_store: Store, answered, stimulus) -> None:
        first = {stimulus("first", picture).id for picture in "ab"}

        def give(person: int, shown: int) -> int:
            return (4 + person % 2) if shown in first else (1 + (person + shown) % 3)

        few = results(any_store.database, answered(give, people=ENOUGH_PEOPLE - 1))
        assert {telling.rank(row) for row in few.rows} == {"–"}
        enough = results(any_store.database, answered(give, people=ENOUGH_PEOPLE))
        assert [(row.contestant.model, telling.rank(row)) for row in enough.rows] == [
            ("first", "1"),
            ("second", "2"),
        ]

    def test_model_that_follows_one_person_alone_is_not_shown(
        self, any_store: Store, answered, stimulus
    ) -> None:
        grades = {stimulus(model, picture).id: [] for picture in "ab" for model in ("first", "second")}
        told = dict(zip(grades, ([4, 5, 4, 5], [1, 2, 2, 1], [3, 4, 3, 3], [2, 2, 1, 3]), strict=True))
        found = results(any_store.database, answered(lambda person, shown: told[shown][person]))
        assert {each.quality for each in found.items} == {None}
        assert {row.quality for row in found.rows} == {None}
        assert all(row.screened is not None for row in found.rows)

    def test_every_method_is_told_in_rows_and_lines(
        self, any_store: Store, answered, pairs: list[dict[str, int]]
    ) -> None:
        graded = answered(lambda person, _: 3 + person % 2)
        row = of_study.rows(any_store.database, graded)[0]
        told = ("kind", "study", "method", "model", "score", "n", "people", "ranked")
        assert [row[name] for name in told] == ["Study", graded.uid, "acr", "first", 3.5, 8, 4, False]
        assert row["screened"]["score"] == 3.5
        assert "BT.500 3.50" in list(of_study.lines(any_store.database, graded))[1]
        compared = answered(lambda *_: "tie", method="pairs", items=pairs)
        row = of_study.rows(any_store.database, compared)[0]
        assert (row["kind"], row["study"], row["method"], row["ties"]) == ("Study", compared.uid, "pairs", 8)
        head = next(iter(of_study.lines(any_store.database, compared)))
        assert head.startswith(f"Study {compared.uid[:8]}, Noise: pairs (Bradley-Terry score")

    def test_results_of_an_open_study_are_the_administrators_alone(
        self, studies: Studies, opened: Callable[..., Study]
    ) -> None:
        study = opened()
        assert studies.public("denoise") == ()
        with pytest.raises(NoSuchStudyError, match=r"one closed study of 'denoise'.*There is none"):
            studies.named("denoise", study.uid)
        assert studies.named("denoise", study.uid, states=BEGUN) == study
        studies.change(study.uid, State.CLOSED)
        assert [each.uid for each in studies.public("denoise")] == [study.uid]
        studies.change(study.uid, State.OPEN)
        assert studies.public("denoise") == ()

    def test_study_is_found_by_how_its_uid_begins_once_it_is_closed(
        self, studies: Studies, opened: Callable[..., Study]
    ) -> None:
        study, tried = opened(State.CLOSED), opened(State.PILOT)
        assert [each.uid for each in studies.public("denoise")] == [study.uid]
        assert studies.named("denoise", study.uid[:8]) == studies.named("denoise", study.uid)
        for task, name in (
            ("dehaze", study.uid),
            ("denoise", tried.uid),
            ("denoise", ""),
            ("denoise", study.token),
            ("denoise", None),
            ("denoise", ["a"]),
        ):
            with pytest.raises(NoSuchStudyError):
                studies.named(task, name)
        with pytest.raises(NoSuchStudyError, match=rf"got 'zz'. There are: {study.uid[:8]} \(Noise\)"):
            studies.named("denoise", "zz")
