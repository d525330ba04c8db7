"""One person's way through a study: begun once, resumed any time, each trial answered once.

consent → checks → running → finished; or refused, where a check failed. The server knows which trial is due,
and takes an answer to no other: two tabs, a replayed request or a reload change nothing.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from ratings.answer import check_licence, check_rater
from ratings.arena.arena import check_choice
from ratings.database import Database
from ratings.errors import BadRatingError, FullError, NotNowError, UnknownStudyError
from ratings.judging import Viewing
from ratings.records import LICENCE, Flag
from ratings.rows import ago, new_uid, now
from ratings.studies.design import Check, Design, Kind, Method, State
from ratings.studies.order import Trial, plan
from ratings.studies.records import Sitting, Study
from ratings.studies.studies import to_study
from ratings.studies.trust import distrust
from ratings.tables import judgements, sittings, stimuli, studies
from ratings.tombstones import require_not_forgotten

FASTEST_MS = 300
"""Milliseconds from the picture's appearing; a quicker answer was not looked at: reacting alone takes 250."""

STALLS_AFTER = timedelta(hours=2)
"""Who has not answered for so long leaves the place to others, and may still come back."""

REPEATED = "The same outside participant had answered in another browser before."

CONSENT, CHECKS, RUNNING, FINISHED, REFUSED = "consent", "checks", "running", "finished", "refused"


def participant_hash(secret: bytes, study_uid: str, participant: str) -> str:
    """Return the keyed hash (64 hex digits) by which an outside participant id is kept.

    Whoever knows an id and has the server's secret can find its sitting; nobody reads the id from the hash.
    """
    told = f"participant:{study_uid}:{participant}".encode(errors="surrogatepass")  # a link may hold anything
    return hmac.digest(secret, told, "sha256").hex()


class Sittings:
    """Lets people take part; every thread may use it. Methods raise StoreError as `Store`'s do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, token: str, rater: str, participant: str | None = None) -> Sitting:
        """Begin, or go on with, the study of that link. `participant` is a `participant_hash`.

        Raises UnknownStudyError: no such study, or it is not open to new people. FullError. BadRatingError:
        no pseudonym.
        """
        if check_rater(rater) is None:
            raise BadRatingError("Taking part needs the browser's own token: allow the page to keep data.")
        with self._database.writing() as connection:
            require_not_forgotten(connection, rater)
            study = _study_row(connection, token)
            own = _own(connection, study.id, rater)
            if own is None:
                _enter(connection, study, rater, participant)
            else:
                _resume(connection, own, to_study(study).design)
            return _sitting(connection, study, rater)

    def study(self, token: object) -> Study:
        """Return the study of that link; raises UnknownStudyError."""
        with self._database.reading() as connection:
            return to_study(_study_row(connection, token, lock=False))

    def now(self, token: str, rater: str) -> Sitting:
        """Return how the sitting of `rater` stands; raises UnknownStudyError if there is none."""
        with self._database.reading() as connection:
            return _sitting(connection, _study_row(connection, token, lock=False), rater)

    def consent(self, token: str, rater: str, *, accepted_licence: object) -> Sitting:
        """Note that `rater` agrees to take part, under that licence. Raises as `now`, BadRatingError."""
        check_licence(accepted_licence)
        with self._database.writing() as connection:
            study = _study_row(connection, token)
            sitting = _needed(connection, study.id, rater)
            if sitting.state == CONSENT:
                design = to_study(study).design
                _set(
                    connection, sitting.id, state=CHECKS if design.checks else RUNNING, session_began_at=now()
                )
            return _sitting(connection, study, rater)

    def check(self, token: str, rater: str, passed: Mapping[Check, bool], told: Viewing) -> Sitting:
        """Note how the viewing checks went; who fails one is refused, and may try again.

        Raises as `now`.
        """
        with self._database.writing() as connection:
            study = _study_row(connection, token)
            sitting = _needed(connection, study.id, rater)
            if sitting.state in {CHECKS, REFUSED}:
                wanted = to_study(study).design.checks
                good = all(passed.get(check, False) for check in wanted)
                results = {
                    "passed": {str(each): bool(ok) for each, ok in passed.items()},
                    "viewing": told.as_text(),
                }
                state = RUNNING if good else REFUSED
                _set(
                    connection,
                    sitting.id,
                    state=state,
                    checks=json.dumps(results, sort_keys=True),
                    session_began_at=now(),
                )
            return _sitting(connection, study, rater)

    def answer(
        self,
        token: str,
        rater: str,
        trial: object,
        answer: object,
        *,
        viewing: Viewing,
        response_ms: int | None,
    ) -> Sitting:
        """Keep the answer to the trial that is due, and return how the sitting stands then.

        `answer` is a grade from 1 to 5, or a choice for pairs. What nobody can have looked at is stored with
        a flag.

        Raises NotNowError: another trial is due, or none. BadRatingError: no such answer. As `now`.
        """
        with self._database.writing() as connection:
            require_not_forgotten(connection, rater)
            study_row = _study_row(connection, token)
            sitting = _sitting(connection, study_row, rater)
            due = sitting.trial
            another = isinstance(trial, bool) or due is None or trial != due.index
            if due is None or another or sitting.rests_until or sitting.state != RUNNING:
                raise NotNowError
            row = _needed(connection, study_row.id, rater)
            given = _checked(sitting.study.design.method, answer)
            if due.index == 0 and not row.pilot and _answered_elsewhere(connection, row):
                _set(connection, row.id, flag=Flag.REPEATED, reason=REPEATED)
                row = _needed(connection, study_row.id, rater)
            flag, reason = _suspicion(sitting, row, response_ms)
            connection.execute(
                insert(judgements).values(
                    sitting_id=row.id,
                    trial=due.index,
                    kind=due.kind,
                    stimulus_id=due.stimulus,
                    other_id=due.other,
                    rater=rater,
                    **given,
                    response_ms=response_ms,
                    viewing=viewing.as_text(),
                    judged_at=now(),
                    uid=new_uid(),
                    licence=LICENCE,
                    flag=flag,
                    reason=reason,
                )
            )
            if row.flag or due.kind in {Kind.GOLD, Kind.TRAP}:
                distrust(connection, row.id)
            if due.index + 1 == sitting.trials:
                _set(connection, row.id, state=FINISHED, finished_at=now())
            else:
                _rest_if_due(connection, row, sitting)
            return _sitting(connection, study_row, rater)


_Row = Row[*tuple[Any, ...]]


def _study_row(connection: Connection, token: object, *, lock: bool = True) -> _Row:
    """Return the study of a link; locked where several servers write (PostgreSQL)."""
    if not isinstance(token, str) or len(token) > 64 or not token.isascii() or "\0" in token:
        raise UnknownStudyError
    query = select(studies).where(studies.c.token == token)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownStudyError
    return row


def _own(connection: Connection, study: int, rater: str) -> _Row | None:
    query = select(sittings).where(sittings.c.study_id == study, sittings.c.rater == rater)
    return connection.execute(query).one_or_none()


def _needed(connection: Connection, study: int, rater: str) -> _Row:
    found = _own(connection, study, rater)
    if found is None:
        raise UnknownStudyError
    return found


def _enter(connection: Connection, study: _Row, rater: str, participant: str | None) -> None:
    if study.state not in {State.OPEN, State.PILOT}:
        raise UnknownStudyError
    design, pilot = to_study(study).design, study.state == State.PILOT
    same = (sittings.c.study_id == study.id, sittings.c.pilot == pilot)
    active = sittings.c.state.in_([FINISHED]) | (
        (sittings.c.state != REFUSED) & (sittings.c.session_began_at > ago(STALLS_AFTER))
    )
    taken = connection.execute(select(func.count()).where(*same, active)).scalar_one()
    if not pilot and taken >= design.quota:
        raise FullError
    row = _unused_row(connection.scalars(select(sittings.c.row).where(*same)))
    trials = plan(design, row, _inputs(connection, design))
    connection.execute(
        insert(sittings).values(
            uid=new_uid(),
            study_id=study.id,
            rater=rater,
            participant=participant,
            row=row,
            plan=json.dumps([trial.model_dump(mode="json") for trial in trials]),
            state=CONSENT,
            pilot=pilot,
            checks="{}",
            reason="",
            started_at=now(),
            session_began_at=now(),
        )
    )


def _unused_row(taken: Iterable[int]) -> int:
    """Return the smallest row that nobody has: who was forgotten leaves one for the next."""
    used = set(taken)
    return next(row for row in count() if row not in used)


def _resume(connection: Connection, sitting: _Row, design: Design) -> None:
    """Begin a new session for somebody who was away for as long as a break: that was one."""
    answered = select(func.max(judgements.c.judged_at)).where(judgements.c.sitting_id == sitting.id)
    last_seen = max(connection.scalar(answered) or "", sitting.session_began_at)
    if sitting.state == RUNNING and last_seen < ago(timedelta(minutes=design.break_minutes)):
        _set(connection, sitting.id, session_began_at=now())


def _inputs(connection: Connection, design: Design) -> dict[int, str]:
    """Return the hash of the input of each stimulus that is shown."""
    shown = select(stimuli.c.id, stimuli.c.input_sha256).where(stimuli.c.id.in_(sorted(design.stimuli)))
    return {row.id: row.input_sha256 for row in connection.execute(shown)}


def _sitting(connection: Connection, study: _Row, rater: str) -> Sitting:
    row = _needed(connection, study.id, rater)
    trials = [Trial.model_validate(each) for each in json.loads(row.plan)]
    answered = select(func.count()).where(judgements.c.sitting_id == row.id)
    due = connection.execute(answered).scalar_one()
    rests = datetime.fromisoformat(row.rests_until) if row.rests_until else None
    return Sitting(
        uid=row.uid,
        study=to_study(study),
        rater=rater,
        state=row.state,
        trials=len(trials),
        trial=trials[due] if due < len(trials) else None,
        upcoming=trials[due + 1] if due + 1 < len(trials) else None,
        rests_until=rests if rests and rests > datetime.now(UTC) else None,
        pilot=row.pilot,
        failed=_failed(row, to_study(study).design),
    )


def _failed(row: _Row, design: Design) -> tuple[str, ...]:
    """Return the checks that a refused sitting did not pass, by name."""
    if row.state != REFUSED:
        return ()
    passed = json.loads(row.checks)["passed"]
    return tuple(sorted(str(each) for each in design.checks if not passed.get(str(each), False)))


def _checked(method: Method, answer: object) -> dict[str, Any]:
    if method is Method.PAIRS:
        return {"choice": check_choice(answer)}
    if isinstance(answer, bool) or not isinstance(answer, int) or not 1 <= answer <= 5:
        raise BadRatingError(f"A grade is a whole number from 1 to 5; got {ascii(answer)[:60]}.")
    return {"grade": answer}


def _answered_elsewhere(connection: Connection, sitting: _Row) -> bool:
    """Tell whether the same outside participant has answered in another sitting of the study."""
    if sitting.participant is None:
        return False
    others = (
        select(judgements.c.id)
        .join(sittings, sittings.c.id == judgements.c.sitting_id)
        .where(
            sittings.c.study_id == sitting.study_id,
            sittings.c.participant == sitting.participant,
            sittings.c.id != sitting.id,
            ~sittings.c.pilot,
        )
    )
    return connection.execute(others.limit(1)).first() is not None


def _suspicion(sitting: Sitting, row: _Row, response_ms: int | None) -> tuple[Flag | None, str]:
    if sitting.pilot:
        return Flag.PILOT, "Given while the study was tried out."
    if row.flag == Flag.REPEATED:
        return Flag.REPEATED, REPEATED
    if response_ms is not None and response_ms < FASTEST_MS:
        return Flag.TOO_FAST, f"Answered after {response_ms} ms; nobody looks at a picture in that time."
    return None, ""


def _rest_if_due(connection: Connection, row: _Row, sitting: Sitting) -> None:
    """Begin a break when the session has lasted its time; the next session begins when the break ends."""
    design = sitting.study.design
    if row.session_began_at > ago(timedelta(minutes=design.minutes)):
        return
    ends = ago(-timedelta(minutes=design.break_minutes))
    _set(connection, row.id, rests_until=ends, session_began_at=ends)


def _set(connection: Connection, sitting: int, **values: object) -> None:
    connection.execute(update(sittings).where(sittings.c.id == sitting).values(**values))
