"""What may stand in a file that somebody hands in: broken lines, older rows, rows of the forgotten."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, insert, select

from ratings.arena import tally
from ratings.boards import of_study
from ratings.errors import BadRowError, UnreadableError
from ratings.records import LICENCE, Result
from ratings.sharing.checking import check_row
from ratings.sharing.columns import BY_NAME, NAMES, Kind
from ratings.sharing.export import export
from ratings.sharing.importing import AT_ONCE, Taken, import_file
from ratings.sharing.json_lines import LONGEST_LINE
from ratings.sharing.rows import TABLES
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.studies.design import Method, State
from ratings.studies.studies import Studies
from ratings.tables import forgotten, ratings, stimuli

Row = dict[str, Any]
Rows = list[Row]
Write = Callable[..., Path]


def of_kind(answers: Rows, kind: Kind, **having: object) -> Row:
    return next(
        row
        for row in answers
        if row["kind"] == kind and all(row[name] == value for name, value in having.items())
    )


def taken(store: Store, file: Path) -> tuple[Taken, list[str]]:
    told: list[str] = []
    return import_file(store.database, file, told.append), told


def exported(store: Store, tmp_path: Path) -> Rows:
    export(store, tmp_path / "exported.jsonl")
    return [json.loads(line) for line in (tmp_path / "exported.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        (Kind.RATING, {"grade": 6}, "grade must be a whole number from 1 to 5; found 6"),
        (Kind.RATING, {"grade": True}, "grade must be a whole number from 1 to 5; found True"),
        (Kind.RATING, {"grade": None}, "grade must be a whole number from 1 to 5; found nothing"),
        (Kind.RATING, {"grade": "4"}, "grade must be a whole number from 1 to 5; found '4'"),
        (Kind.RATING, {"kind": "opinion"}, "kind must be one of rating, vote, judgement, mark"),
        (Kind.RATING, {"uid": "X"}, "uid must be 32 lower-case hex digits; found 'X'"),
        (Kind.RATING, {"revision": 0}, "revision must be a whole number from 1"),
        (Kind.RATING, {"revision": 2**31}, "revision must be a whole number from 1 to 2,147,483,647"),
        (Kind.RATING, {"defects": ["other", "halo"]}, "in this order; found"),
        (Kind.RATING, {"defects": "halo"}, "defects must be a list"),
        (Kind.RATING, {"comment": "a\0b"}, "comment must be text; found 'a\\x00b'"),
        (Kind.RATING, {"comment": "\ud800"}, "comment must be text; found '\\ud800'"),
        (Kind.RATING, {"licence": "MIT"}, "licence must be one of CC-BY-4.0; found 'MIT'"),
        (Kind.RATING, {"answered_at": "yesterday"}, "answered_at must be a time"),
        (Kind.RATING, {"answered_at": "2026-01-01T00:00:00"}, "with its offset from UTC"),
        (Kind.RATING, {"answered_at": "0001-01-01T00:00:00+14:00"}, "answered_at must be a time"),
        (Kind.RATING, {"flag": "weird"}, "flag must be one of api"),
        (Kind.RATING, {"flag": "api"}, "must have a rater, or the flag 'api'"),
        (Kind.RATING, {"rater": None}, "must have a rater, or the flag 'api'"),
        (Kind.RATING, {"choice": "left"}, "choice must be none in a rating; found 'left'"),
        (Kind.RATING, {"stimulus_settings": "[]"}, "stimulus_settings must be a JSON object as text"),
        (Kind.RATING, {"stimulus_settings": '{"a": NaN}'}, "stimulus_settings must be a JSON object"),
        (Kind.RATING, {"stimulus_settings": "[" * 100_000}, "stimulus_settings must be a JSON object"),
        (Kind.RATING, {"stimulus_seconds": -1}, "stimulus_seconds must be a finite number of at least 0"),
        (Kind.RATING, {"stimulus_seconds": float("nan")}, "must be a finite number of at least 0"),
        (Kind.RATING, {"stimulus_input_sha256": "A" * 64}, "must be 64 lower-case hex digits"),
        (Kind.RATING, {"hacked": 1}, "the columns must be those of docs/ratings-data.md; found 'hacked'"),
        (Kind.VOTE, {"choice": "both"}, "choice must be one of left, right, tie, both-bad"),
        (Kind.VOTE, {"other_model": None}, "other_model must be text; found nothing"),
        (Kind.VOTE, {"other_shown_sha256": None}, "other_shown_sha256 must be 64"),
        (Kind.JUDGEMENT, {"grade": None, "choice": None}, "must have a choice of pairs, else a grade"),
        (Kind.JUDGEMENT, {"grade": 3, "choice": "tie"}, "must have a choice of pairs, else a grade"),
        (Kind.JUDGEMENT, {"study_method": "pairs"}, "must have a choice of pairs, else a grade"),
        (Kind.JUDGEMENT, {"study_method": "dcr"}, "must have an other picture for pairs and DCR alone"),
        (Kind.JUDGEMENT, {"trial_kind": "test"}, "trial_kind must be one of training, rating, gold, trap"),
        (Kind.JUDGEMENT, {"study_uid": None}, "study_uid must be 32"),
        (Kind.MARK, {"mask": "%%%"}, "mask must be bytes in base64"),
        (Kind.MARK, {"mask": b64encode(b"GIF89a").decode()}, "mask_sha256 must be that of mask"),
        (Kind.MARK, {"image_width": 47}, "mask must be a PNG of 47 ×"),
        (Kind.MARK, {"share": 0.5}, "share must be that of mask, 0."),
        (Kind.MARK, {"stimulus_model": "m"}, "must be there, since stimulus_model is; found nothing"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(answers: Rows, fault, kind: Kind, changed: Row, said: str) -> None:
    more = {Kind.MARK: {"task": None}, Kind.JUDGEMENT: {"study_method": "acr"}}.get(kind, {})
    row = of_kind(answers, kind, flag=None, **more)
    assert fault(row) == ""
    assert said in fault(row | changed)


def test_a_mark_on_a_result_must_be_of_its_picture(answers: Rows, fault) -> None:
    row = of_kind(answers, Kind.MARK, task="denoise")
    assert fault(row) == ""
    assert "must have its task and image" in fault(row | {"image_sha256": "0" * 64})
    assert "must have its task and image" in fault(row | {"task": None})


ANYTHING = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(), some.text(), some.lists(some.text()),
    some.dictionaries(some.text(), some.integers(), max_size=2),
)  # fmt: skip


@given(name=some.sampled_from(NAMES), value=ANYTHING, place=some.integers(0, 999))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_any_value_in_any_column_is_taken_or_refused_with_its_name(
    thousand_rows: Rows, name: str, value: object, place: int
) -> None:
    row = thousand_rows[place]
    try:
        checked = check_row(row | {name: value})
    except BadRowError:
        return
    json.dumps(dict(checked), allow_nan=False).encode()


@pytest.fixture(scope="module")
def thousand_rows(thousand: Path) -> Rows:
    return [json.loads(line) for line in thousand.read_bytes().splitlines()]


def test_broken_lines_are_named_and_the_rest_is_done(
    any_store: Store, thousand: Path, answers: Rows, tmp_path: Path
) -> None:
    lines = thousand.read_bytes().splitlines(keepends=True)
    lines[2] = b"{broken\n"
    lines[4] = b"\n"
    lines[6] = b"[1, 2]\n"
    lines[8] = b'{"kind": "\xff"}\n'
    lines[10] = json.dumps(answers[10] | {"revision": -1}).encode() + b"\n"
    lines[12] = b"x" * (LONGEST_LINE + 5) + b"\n"
    lines[14] = b"[" * 50_000 + b"\n"
    lines[-1] = lines[-1][:100]
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b"".join(lines))
    counted, told = taken(any_store, file)
    assert counted == Taken(added=992, broken=7)
    assert [sentence.partition(":")[0] for sentence in told] == [
        f"Line {number}" for number in ("3", "7", "9", "11", "13", "15", "1,000")
    ]
    assert told[0].startswith("Line 3: a line must be a JSON object in UTF-8; found none at column 2")
    assert told[1] == "Line 7: a line must be a JSON object; found a list."
    assert told[2] == "Line 9: a line must be a JSON object in UTF-8; found bytes that are no UTF-8."
    assert taken(any_store, file) == (Taken(known=992, broken=7), told)
    assert taken(any_store, thousand) == (Taken(added=8, known=992), [])


def test_broken_csv_lines_are_named_by_where_they_begin(store: Store, thousand: Path, tmp_path: Path) -> None:
    import_file(store.database, thousand, pytest.fail)
    export(store, tmp_path / "out.csv")
    header, *rest = (tmp_path / "out.csv").read_bytes().split(b"\r\n")
    broken = [header, b"rating,1,2", b'rating,"a"b', rest[0].replace(b"2026", b"the year 26"), *rest[1:]]
    broken[-3] = b"\xff" + broken[-3]
    (tmp_path / "broken.csv").write_bytes(b"\r\n".join(broken))
    with Store.open(f"sqlite:///{tmp_path}/second.db") as second:
        counted, told = taken(second, tmp_path / "broken.csv")
    assert told[0] == f"Line 2: a line must have {len(NAMES)} cells; found 3."
    assert told[1].startswith("Line 3: a line must be CSV as RFC 4180 has it")
    assert told[2].startswith("Line 4: answered_at must be a time")
    assert "found '\\udcff" in told[3]
    assert (counted.added, counted.broken) == (998, 4)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"id,task,model\n1,denoise,x\n", "its first line must name columns"),
        ("a.csv", b"", "its first line must name columns"),
        ("a.csv", b'kind,"uid\n', "its first line must name columns|no CSV file"),
        ("a.parquet", b"PAR1 but not really", "is no whole Parquet file"),
        ("a.parquet", b"", "is no whole Parquet file"),
        ("a.xlsx", b"", r"An import ends in \.csv, \.jsonl, \.parquet"),
    ],
)
def test_a_file_that_holds_no_rows_is_one_sentence(
    store: Store, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableError, match=said):
        import_file(store.database, tmp_path / name, pytest.fail)


def test_a_file_that_is_not_there_is_one_sentence(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read: No such file"):
        import_file(store.database, tmp_path / "gone.jsonl", pytest.fail)


def test_parquet_of_other_columns_names_each_row(store: Store, tmp_path: Path) -> None:
    import pyarrow as pa

    pa.parquet.write_table(pa.table({"x": [1, 2]}), tmp_path / "other.parquet")
    counted, told = taken(store, tmp_path / "other.parquet")
    assert counted == Taken(broken=2)
    assert told[0].startswith("Line 1: the columns must be those of docs/ratings-data.md; found 'x'")


def test_a_higher_revision_replaces_and_a_lower_one_is_ignored(
    any_store: Store, answers: Rows, written: Write, tmp_path: Path
) -> None:
    file = written(answers)
    import_file(any_store.database, file, pytest.fail)
    changed = [
        of_kind(answers, Kind.RATING, current=True, flag=None) | {"flag": "excluded", "reason": "坏"},
        of_kind(answers, Kind.VOTE, flag=None, withdrawn_at=None)
        | {"withdrawn_at": "2026-03-01T00:00:00.000000+00:00"},
        of_kind(answers, Kind.JUDGEMENT, flag=None) | {"flag": "trap-missed", "reason": "Missed it."},
        of_kind(answers, Kind.MARK, flag=None, withdrawn_at=None)
        | {"withdrawn_at": "2026-03-01T00:00:00.000000+00:00"},
    ]
    newer = [row | {"revision": row["revision"] + 3} for row in changed]
    assert taken(any_store, written(newer, "newer.jsonl")) == (Taken(replaced=4), [])
    assert taken(any_store, file) == (Taken(known=1000), [])
    here = {row["uid"]: row for row in exported(any_store, tmp_path)}
    assert [here[row["uid"]] for row in newer] == newer
    assert_tallies_are_right(any_store)


def test_a_vote_that_is_changed_changes_its_tally(any_store: Store, answers: Rows, written: Write) -> None:
    import_file(any_store.database, written(answers), pytest.fail)
    vote = of_kind(answers, Kind.VOTE, flag=None, withdrawn_at=None, choice="left")
    for revision, change in ((9, {"choice": "both-bad"}), (10, {"flag": "random"}), (11, {"flag": None})):
        vote |= change | {"revision": revision}
        assert taken(any_store, written([vote], "one.jsonl"))[0] == Taken(replaced=1)
        assert_tallies_are_right(any_store)


def assert_tallies_are_right(store: Store) -> None:
    tasks = ("denoise", "dehaze", "generate")

    def counts():
        with store.database.reading() as connection:
            return {frozenset(tally.read(connection, task)) for task in tasks}

    before = counts()
    with store.database.writing() as connection:
        tally.recount(connection)
    assert counts() == before


def test_two_current_ratings_of_one_person_leave_the_later(
    any_store: Store, answers: Rows, written: Write, tmp_path: Path
) -> None:
    first = of_kind(answers, Kind.RATING, current=True, flag=None)
    second = first | {"uid": "0" * 31 + "1", "answered_at": "2027-01-01T00:00:00.000000+00:00", "grade": 1}
    for number, order in enumerate(([first, second], [second, first])):
        import_file(any_store.database, written(order, f"{number}.jsonl"), pytest.fail)
        current = {row["uid"]: row["current"] for row in exported(any_store, tmp_path)}
        assert current == {first["uid"]: False, second["uid"]: True}
        with any_store.database.writing() as connection:
            connection.execute(ratings.delete())


def test_rows_of_the_forgotten_stay_away(
    any_store: Store, answers: Rows, thousand: Path, tmp_path: Path
) -> None:
    rater = of_kind(answers, Kind.VOTE, flag=None)["rater"]
    theirs = sum(row["rater"] == rater for row in answers)
    with any_store.database.writing() as connection:
        connection.execute(insert(forgotten).values(rater=rater, forgotten_at="2026-01-01"))
    assert theirs > 20
    assert taken(any_store, thousand) == (Taken(added=1000 - theirs, forgotten=theirs), [])
    assert rater not in {row["rater"] for row in exported(any_store, tmp_path)}


def test_a_second_sitting_and_a_second_answer_are_contradictions(
    any_store: Store, answers: Rows, written: Write
) -> None:
    first = of_kind(answers, Kind.JUDGEMENT, trial=1)
    again = first | {"uid": "0" * 32}
    other = again | {"sitting_uid": "1" * 32, "trial": 9}
    counted, told = taken(any_store, written([first, again, other]))
    assert counted == Taken(added=1, broken=2)
    assert told == [
        "Line 2: a trial must have one answer; found another to trial 1.",
        "Line 3: a person must have one sitting in a study; found another sitting_uid.",
    ]


def test_what_is_imported_is_dealt_to_nobody_until_its_picture_is_made_again(
    any_store: Store, answers: Rows, written: Write
) -> None:
    vote = of_kind(answers, Kind.VOTE, task="denoise", flag=None)
    import_file(any_store.database, written([vote]), pytest.fail)
    known = Stimuli(any_store.database)
    assert known.of_task("denoise") == ()
    made = Result(
        task="denoise",
        **{
            name: vote[f"stimulus_{name}"]
            for name in (
                *("model", "version", "weights_sha256", "default_settings", "input_sha256", "output_sha256"),
                *("input_name", "app_version", "device", "seconds"),
            )
        },
        settings=json.loads(vote["stimulus_settings"]),
    )
    again = known.add(
        Shown(
            making=any_store.remember(made),
            sha256=vote["stimulus_shown_sha256"],
            original_sha256=vote["stimulus_original_sha256"],
            width=640,
            height=427,
        )
    )
    assert [stimulus.id for stimulus in known.of_task("denoise")] == [again.id]
    with any_store.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(stimuli)) == 2


def test_an_imported_study_is_closed_and_its_results_can_be_counted(any_store: Store, thousand: Path) -> None:
    import_file(any_store.database, thousand, pytest.fail)
    found = {study.design.method: study for study in Studies(any_store.database).all()}
    assert set(found) == set(Method)
    assert {study.state for study in found.values()} == {State.CLOSED}
    assert all(of_study.rows(any_store.database, study) for study in found.values())


def test_answers_given_here_stay_beside_those_of_a_file(
    any_store: Store, result: Result, thousand: Path, tmp_path: Path
) -> None:
    mine = any_store.rate(any_store.remember(result), "ann", 4, accepted_licence=LICENCE)
    import_file(any_store.database, thousand, pytest.fail)
    assert len(exported(any_store, tmp_path)) == 1001
    assert mine.uid in {row["uid"] for row in exported(any_store, tmp_path)}


def test_only_what_came_from_the_dataset_counts_as_published(any_store: Store, thousand: Path) -> None:
    def waiting() -> int:
        with any_store.database.reading() as connection:
            return sum(
                connection.scalar(select(func.count()).select_from(table).where(~table.c.published))
                for table in TABLES.values()
            )

    import_file(any_store.database, thousand, pytest.fail)
    assert waiting() == 1000
    import_file(any_store.database, thousand, pytest.fail, published=True)
    assert waiting() == 0


IMPORT = """
import sys
from pathlib import Path
from ratings.sharing.importing import import_file
from ratings.store import Store
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    import_file(store.database, Path(sys.argv[2]), print)
"""


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_a_killed_import_is_repeated_without_loss_or_doubling(
    url: str, thousand: Path, tmp_path: Path, environment: dict[str, str], kills: int
) -> None:
    chance = random.Random(kills)
    seen = [0]
    Store.open(url).close()
    for _ in range(kills):
        program = subprocess.Popen(
            [sys.executable, "-c", IMPORT, url, str(thousand)], env=environment, stdout=subprocess.PIPE
        )
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(chance.uniform(0, 0.6))
        os.kill(program.pid, signal.SIGKILL)
        program.communicate()
        with Store.open(url) as store, store.database.reading() as connection:
            kept = [connection.scalar(select(func.count()).select_from(table)) for table in TABLES.values()]
        seen.append(sum(kept))
        assert seen[-1] % AT_ONCE == 0
        assert seen[-1] >= seen[-2]
    with Store.open(url) as store:
        counted, told = taken(store, thousand)
        assert (counted.added, counted.known, told) == (1000 - seen[-1], seen[-1], [])
        export(store, tmp_path / "out.jsonl")
        assert_tallies_are_right(store)
    assert (tmp_path / "out.jsonl").read_bytes() == thousand.read_bytes()


def test_every_column_is_tried_by_the_thousand(answers: Rows) -> None:
    assert {name for row in answers for name, value in row.items() if value is not None} == set(BY_NAME)
