"""A database in which several people did everything that can be done."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import pytest
from sqlalchemy import Connection, insert, select

from ratings.arena.tallied import tally
from ratings.judging import Choice
from ratings.records import LICENCE, Flag, Result
from ratings.rows import new_uid, now
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.tables import deals, judgements, marks, sittings, stimuli, studies, votes

PEOPLE = tuple(letter * 64 for letter in "abcd")
MODELS = ("denoise-median", "denoise-bilateral", "denoise-wavelet")
_NUMBERS = count(1)


def digest() -> str:
    """A hash that no other picture of these tests has."""
    return f"{next(_NUMBERS):064x}"


@dataclass(frozen=True, slots=True)
class Town:
    """The store, the gallery's stimuli, and each person's own."""

    store: Store
    gallery: tuple[Stimulus, ...]
    own: dict[str, tuple[Stimulus, Stimulus]]


@pytest.fixture
def town(any_store: Store, result: Result) -> Town:
    chance = random.Random(7)
    gallery = tuple(_stimulus(any_store, replace(result, model=model)) for model in MODELS)
    own = {person: _own_pair(any_store, result, person) for person in PEOPLE}
    for person in PEOPLE:
        _rate(any_store, result, person)
        with any_store.database.writing() as connection:
            _vote_often(connection, person, gallery, chance)
            _vote(connection, person, own[person], Choice.LEFT, None)
            _sit(connection, person, gallery)
            _mark(connection, person, gallery[0], own[person][0])
    with any_store.database.writing() as connection:
        tally(connection, votes.c.flag.is_(None), 1)
    return Town(any_store, gallery, own)


@pytest.fixture
def votes_anew() -> Callable[[Store], list[tuple[object, ...]]]:
    """Count the tallies from the votes, one by one, the slow and obvious way."""

    def recount(store: Store) -> list[tuple[object, ...]]:
        with store.database.reading() as connection:
            return _recount(connection)

    return recount


def _recount(connection: Connection) -> list[tuple[object, ...]]:
    query = select(votes.c.choice, deals.c.left_id, deals.c.right_id, deals.c.task).where(
        votes.c.deal_id == deals.c.id, votes.c.flag.is_(None), votes.c.withdrawn_at.is_(None)
    )
    contestant = dict(connection.execute(select(stimuli.c.id, stimuli.c.contestant_id)).all())
    found: dict[tuple[str, int, int], list[int]] = {}
    for choice, left_id, right_id, task in connection.execute(query):
        left, right = contestant[left_id], contestant[right_id]
        row = found.setdefault((task, min(left, right), max(left, right)), [0, 0, 0, 0])
        place = {"left": 0, "right": 1, "tie": 2, "both-bad": 3}[choice]
        row[1 - place if left > right and place < 2 else place] += 1
    return sorted((*key, *numbers) for key, numbers in found.items())


def _stimulus(store: Store, made: Result, owner: str | None = None) -> Stimulus:
    shown = Shown(
        making=store.remember(made),
        sha256=digest(),
        original_sha256=digest(),
        width=9,
        height=7,
        owner=owner,
        consent=owner is not None,
    )
    return Stimuli(store.database).add(shown)


def _own_pair(store: Store, result: Result, person: str) -> tuple[Stimulus, Stimulus]:
    photo = replace(result, input_name=None, input_sha256=digest())
    first, second = (replace(photo, model=model, output_sha256=digest()) for model in MODELS[:2])
    return _stimulus(store, first, person), _stimulus(store, second, person)


def _rate(store: Store, result: Result, person: str) -> None:
    photo = replace(result, input_name=None, input_sha256=digest(), output_sha256=digest())
    for made in (result, photo, photo):
        store.rate(store.remember(made), person, 4, ["halo"], f"said by {person}", accepted_licence=LICENCE)


def _vote_often(
    connection: Connection, person: str, gallery: tuple[Stimulus, ...], chance: random.Random
) -> None:
    for _ in range(12):
        left, right = chance.sample(gallery, 2)
        flag = chance.choice([None, None, None, Flag.TOO_FAST])
        withdrawn = chance.choice([None, None, now()])
        _vote(connection, person, (left, right), chance.choice(list(Choice)), flag, withdrawn)
    _deal(connection, person, gallery[0], gallery[1])


def _vote(
    connection: Connection,
    person: str,
    pair: tuple[Stimulus, Stimulus],
    choice: Choice,
    flag: Flag | None,
    withdrawn: str | None = None,
) -> None:
    row = {
        "deal_id": _deal(connection, person, *pair),
        "task": "denoise",
        "rater": person,
        "choice": choice,
        "viewing": "{}",
        "voted_at": now(),
        "withdrawn_at": withdrawn,
        "flag": flag,
    }
    connection.execute(insert(votes).values(**row, **_publishable()))


def _deal(connection: Connection, person: str, left: Stimulus, right: Stimulus) -> int:
    row = insert(deals).values(
        token=new_uid(),
        task="denoise",
        left_id=left.id,
        right_id=right.id,
        rater=person,
        dealt_at=now(),
        answered=False,
    )
    return connection.execute(row.returning(deals.c.id)).scalar_one()


def _sit(connection: Connection, person: str, gallery: tuple[Stimulus, ...]) -> None:
    study = insert(studies).values(
        uid=new_uid(),
        token=new_uid(),
        title="Noise",
        task="denoise",
        method="acr",
        state="open",
        design="{}",
        made_at=now(),
        changed_at=now(),
    )
    sitting = insert(sittings).values(
        uid=new_uid(),
        study_id=connection.execute(study.returning(studies.c.id)).scalar_one(),
        rater=person,
        participant=digest(),
        row=0,
        plan="[]",
        state="open",
        pilot=False,
        checks="{}",
        reason="",
        started_at=now(),
        session_began_at=now(),
    )
    sat = connection.execute(sitting.returning(sittings.c.id)).scalar_one()
    for trial, each in enumerate(gallery):
        row = {
            "sitting_id": sat,
            "trial": trial,
            "kind": "item",
            "stimulus_id": each.id,
            "rater": person,
            "grade": 3,
            "viewing": "{}",
            "judged_at": now(),
        }
        connection.execute(insert(judgements).values(**row, **_publishable()))


def _mark(connection: Connection, person: str, shown: Stimulus, own: Stimulus) -> None:
    for stimulus_id, sha256, name in (
        (shown.id, shown.shown_sha256, "harbour"),
        (own.id, own.shown_sha256, None),
        (None, digest(), None),
    ):
        row = {
            "stimulus_id": stimulus_id,
            "image_sha256": sha256,
            "image_name": name,
            "width": 9,
            "height": 7,
            "rater": person,
            "label": "halo",
            "tool": "brush",
            "consent": name is None,
            "mask": b"mask",
            "mask_sha256": digest(),
            "share": 0.5,
            "marked_at": now(),
        }
        connection.execute(insert(marks).values(**row, **_publishable()))


def _publishable() -> dict[str, object]:
    return {"uid": new_uid(), "licence": LICENCE, "published": True}
