import random

import pytest
from sqlalchemy import insert, update

from ratings.administration.flags import exclude
from ratings.administration.suspicious import suspects
from ratings.arena.arena import Arena
from ratings.judging import Choice
from ratings.records import LICENCE
from ratings.rows import new_uid, now
from ratings.stimuli import Shown, Stimuli
from ratings.tables import judgements, sittings, studies, votes

HONEST = tuple(f"{number:064x}" for number in range(6))
LEFTIST, STRAIGHT = "e" * 64, "f" * 64
BEST_FIRST = ("denoise-median", "denoise-mean", "denoise-nlm")


@pytest.fixture
def picture(any_store, another):
    """Make a stimulus of a model's; `number` tells it from the others."""

    def make(model, number):
        digest = f"{number:064x}"
        making = any_store.remember(another(model=model, output_sha256=digest))
        shown = Shown(making=making, sha256=digest, original_sha256=None, width=9, height=7)
        return Stimuli(any_store.database).add(shown)

    return make


@pytest.fixture
def ladder(picture):
    """Stimuli of three contestants, the best first."""
    return [picture(model, number) for number, model in enumerate(BEST_FIRST)]


def vote(store, ladder, rater, choose, times):
    arena, chance = Arena(store.database), random.Random(rater)
    for _ in range(times):
        left, right = chance.sample(range(len(ladder)), 2)
        deal = arena.deal(ladder[left], ladder[right], rater)
        arena.vote(deal.token, rater, choose(left, right), accepted_licence=LICENCE)


def better(left, right):
    return Choice.LEFT if left < right else Choice.RIGHT


def sit(store, ladder, title, grades):
    """Let each rater of `grades` sit for a study in which `ladder` is shown again and again."""
    with store.database.writing() as connection:
        row = {"token": new_uid(), "task": "denoise", "method": "acr", "state": "open", "design": "{}"}
        study = insert(studies).values(title=title, uid=new_uid(), made_at=now(), changed_at=now(), **row)
        made = connection.execute(study.returning(studies.c.id)).scalar_one()
        for rater, given in grades.items():
            row = {"row": 0, "plan": "[]", "state": "open", "pilot": False, "checks": "{}", "reason": ""}
            sitting = insert(sittings).values(
                study_id=made, rater=rater, uid=new_uid(), started_at=now(), session_began_at=now(), **row
            )
            sat = connection.execute(sitting.returning(sittings.c.id)).scalar_one()
            for trial, (stimulus, grade) in enumerate(zip(ladder, given, strict=True)):
                row = {"kind": "item", "viewing": "{}", "licence": LICENCE, "grade": grade, "trial": trial}
                judgement = insert(judgements).values(
                    sitting_id=sat,
                    stimulus_id=stimulus.id,
                    rater=rater,
                    uid=new_uid(),
                    judged_at=now(),
                    **row,
                )
                connection.execute(judgement)


class TestAnyDatabase:
    def test_nobody_is_suspected_where_nobody_answered(self, any_store):
        assert suspects(any_store.database) == ()

    def test_who_always_clicks_left_is_found_with_the_figure(self, any_store, ladder):
        for rater in HONEST:
            vote(any_store, ladder, rater, better, 12)
        vote(any_store, ladder, LEFTIST, lambda *_: Choice.LEFT, 15)
        [found] = [each for each in suspects(any_store.database) if each.reason == "one side"]
        assert (found.rater, found.where, found.figure, found.answers) == (LEFTIST, "denoise", 1.0, 15)

    def test_who_was_left_out_is_suspected_no_more(self, any_store, ladder):
        for rater in HONEST:
            vote(any_store, ladder, rater, better, 12)
        vote(any_store, ladder, LEFTIST, lambda *_: Choice.LEFT, 15)
        exclude(any_store.database, LEFTIST, "Always left")
        assert LEFTIST not in {each.rater for each in suspects(any_store.database)}

    def test_groups_that_were_never_compared_are_looked_at_apart(self, any_store, ladder, picture):
        apart = [picture(f"denoise-{name}", 10 + number) for number, name in enumerate("xy")]
        vote(any_store, ladder, HONEST[0], better, 12)
        vote(any_store, apart, LEFTIST, lambda *_: Choice.LEFT, 15)
        found = {(each.rater, each.reason) for each in suspects(any_store.database)}
        assert (LEFTIST, "one side") in found

    def test_withdrawn_and_flagged_votes_are_not_looked_at(self, any_store, ladder):
        vote(any_store, ladder, LEFTIST, lambda *_: Choice.LEFT, 15)
        assert suspects(any_store.database)
        with any_store.database.writing() as connection:
            connection.execute(update(votes).values(withdrawn_at=now()))
        assert suspects(any_store.database) == ()

    def test_who_gives_one_grade_in_a_study_is_found(self, any_store, picture):
        shown = [picture("denoise-median", number) for number in range(100, 115)]
        grades = {rater: [1 + place % 5 for place in range(15)] for rater in HONEST}
        sit(any_store, shown, "Noise & haze", {**grades, STRAIGHT: [3] * 15})
        found = [each for each in suspects(any_store.database) if each.reason == "one grade"]
        assert [(each.rater, each.where, each.answers) for each in found] == [(STRAIGHT, "Noise & haze", 15)]
