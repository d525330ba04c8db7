import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ratings.integrity import check
from ratings.records import Result
from ratings.store import Store

CC_BY = "CC-BY-4.0"


@pytest.fixture
def kept(any_store: Store, result: Result) -> Store:
    token = any_store.remember(result)
    any_store.rate(token, "ann", 1, accepted_licence=CC_BY)
    any_store.rate(token, "ann", 4, ["halo"], accepted_licence=CC_BY)
    any_store.rate(token, None, 3, accepted_licence=CC_BY)
    return any_store


def test_sound_database_has_no_problems_and_is_counted(kept: Store) -> None:
    report = check(kept)
    assert report.problems == ()
    assert report.counts == {
        "results": 1,
        "makings": 1,
        "ratings": 3,
        "ratings current": 2,
        "ratings superseded": 1,
        "ratings without a flag": 2,
        "ratings flagged api": 1,
    }


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE ratings SET making_id = 99 WHERE id = 1", "1 ratings without their making."),
        ("UPDATE ratings SET result_id = 99 WHERE id = 3", "1 ratings without their result."),
        ("UPDATE makings SET result_id = 99", "1 makings without their result."),
        ("UPDATE ratings SET result_id = 99 WHERE id = 1", "1 ratings whose making is of another result."),
        ("UPDATE ratings SET grade = 9", "3 grades outside 1 to 5."),
        ("UPDATE ratings SET grade = 0 WHERE id = 1", "1 grades outside 1 to 5."),
        ("UPDATE ratings SET current = 1", "1 persons with two current ratings of one result."),
        ("UPDATE ratings SET flag = NULL", "1 ratings without a rater that lack the flag 'api'."),
        ("UPDATE ratings SET flag = 'api'", "2 ratings by a rater that have the flag 'api'."),
        ("UPDATE ratings SET defects = 'halo warp'", "Defect tags that this Patina does not know: warp."),
    ],
)
def test_contradiction_is_found(url: str, result: Result, damage: str, problem: str) -> None:
    with Store.open(url) as store:
        token = store.remember(result)
        for rater, grade in (("ann", 1), ("ann", 4), (None, 3)):
            store.rate(token, rater, grade, accepted_licence=CC_BY)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("DROP INDEX one_current_rating_a_person")
        connection.execute(damage)
        connection.commit()
    with Store.open(url) as store:
        assert problem in check(store).problems


def test_damaged_index_is_found(url: str, result: Result) -> None:
    with Store.open(url) as store:
        store.rate(store.remember(result), "ann", 1, accepted_licence=CC_BY)
    file = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as connection:
        [size] = connection.execute("PRAGMA page_size").fetchone()
        [page] = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_ratings_making_id'"
        ).fetchone()
    with file.open("r+b") as stream:
        stream.seek((page - 1) * size + 3)
        stream.write(b"\0\0")  # the page's number of cells: the index forgets its one row
    with Store.open(url) as store:
        assert "SQLite finds: row 1 missing from index ix_ratings_making_id" in check(store).problems
