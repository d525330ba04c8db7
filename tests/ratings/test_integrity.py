import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ratings.integrity.report import check, repair
from ratings.records import Result
from ratings.sharing.importing import import_file
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
    assert {what: number for what, number in report.counts.items() if number} == {
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
        ("UPDATE ratings SET defects = 'halo warp'", "1 defect tags that this Patina does not know: warp."),
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


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of a thousand answers of all kinds."""
    file = tmp_path_factory.mktemp("filled") / "patina.db"
    with Store.open(f"sqlite:///{file}") as store:
        import_file(store.database, Path(__file__).with_name("thousand.jsonl"), pytest.fail)
    return file


def test_a_thousand_sound_answers_have_no_problems(filled: Path) -> None:
    with Store.open(f"sqlite:///{filled}") as store:
        report = check(store)
    assert report.problems == ()
    assert report.counts["votes"] == 400
    assert report.counts["judgements flagged pilot"] == 44


DAMAGES = [
    ("UPDATE stimuli SET contestant_id = 99", "stimuli without their contestant"),
    ("UPDATE stimuli SET making_id = 99999", "stimuli without their making"),
    ("UPDATE deals SET left_id = 99999", "deals without their left stimulus"),
    ("UPDATE deals SET right_id = 99999", "deals without their right stimulus"),
    ("UPDATE votes SET deal_id = 99999 + id", "votes without their deal"),
    ("UPDATE tallies SET first_id = -id", "tallies without their first contestant"),
    ("UPDATE sittings SET study_id = 99 + id", "sittings without their study"),
    ("UPDATE judgements SET sitting_id = 99 + id", "judgements without their sitting"),
    ("UPDATE judgements SET other_id = 99999", "judgements without their other stimulus"),
    ("UPDATE marks SET stimulus_id = 99999", "marks without their stimulus"),
    ("UPDATE contestants SET version = 7", "stimuli of another contestant than their result"),
    ("UPDATE stimuli SET input_sha256 = 'x'", "stimuli of another task or input than their result"),
    ("UPDATE stimuli SET width = 0", "stimuli without a size"),
    ("UPDATE deals SET task = 'x'", "deals of two pictures that cannot be compared"),
    ("DELETE FROM votes WHERE id = (SELECT min(id) FROM votes)", "answered deals without a vote"),
    ("UPDATE deals SET answered = 0", "votes on deals that nobody answered"),
    ("UPDATE deals SET rater = 'x'", "votes of another rater than their deal"),
    ("UPDATE votes SET task = 'x'", "votes of another task than their deal"),
    ("UPDATE votes SET choice = 'x'", "votes for no choice there is"),
    ("UPDATE tallies SET task = 'x' || id", "tallies of contestants of another task"),
    ("UPDATE tallies SET ties = ties + 1", "tallies that differ from the votes"),
    ("DELETE FROM tallies", "tallies that differ from the votes"),
    ("UPDATE votes SET flag = 'random' WHERE flag IS NULL", "tallies that differ from the votes"),
    ("UPDATE judgements SET rater = 'x'", "judgements of another rater than their sitting"),
    ("UPDATE judgements SET grade = NULL, choice = NULL", "judgements with both a grade and a choice"),
    ("UPDATE judgements SET grade = 3, choice = 'tie'", "judgements with both a grade and a choice"),
    ("UPDATE judgements SET grade = 9", "judgements with a grade outside 1 to 5"),
    ("UPDATE judgements SET trial = -trial - 1", "judgements of a trial before the first"),
    ("UPDATE sittings SET plan = '[1]'", "judgements outside of their sitting's plan"),
    ("UPDATE marks SET share = 2", "marks that cover nothing, or more than all"),
    ("UPDATE marks SET image_sha256 = 'x'", "marks on another picture than their stimulus"),
    ("UPDATE marks SET width = 1", "marks whose mask is no PNG of their picture's size"),
    ("UPDATE marks SET mask = x'00'", "marks whose mask is no PNG of their picture's size"),
    ("UPDATE marks SET mask_sha256 = 'x'", "marks whose mask is another than its hash says"),
    ("UPDATE votes SET flag = 'api', rater = 'x'", "votes by a rater that have the flag 'api'"),
    ("UPDATE marks SET rater = NULL", "marks without a rater that lack the flag 'api'"),
    ("UPDATE judgements SET flag = 'odd'", "judgements with a flag that this Patina does not know"),
    ("UPDATE votes SET revision = 0", "votes without a name, or with a revision below 1"),
    ("UPDATE marks SET uid = id", "marks without a name, or with a revision below 1"),
    (
        "INSERT INTO forgotten SELECT 1, rater, marked_at, 0 FROM marks LIMIT 1",
        "marks of raters who asked to be",
    ),
    (
        "INSERT INTO forgotten SELECT 1, owner, made_at, 0 FROM stimuli WHERE owner > '' LIMIT 1",
        "stimuli of raters",
    ),
    ("UPDATE votes SET voted_at = 'noon'", "votes with a time that is none"),
    ("UPDATE votes SET withdrawn_at = ''", "votes with a time that is none"),
    ("UPDATE results SET settings = '{'", "results whose settings cannot be read"),
    ("UPDATE votes SET viewing = '[]'", "votes whose viewing cannot be read"),
    ("UPDATE judgements SET viewing = ''", "judgements whose viewing cannot be read"),
    ("UPDATE sittings SET checks = 'no'", "sittings whose checks cannot be read"),
    ("UPDATE studies SET design = '3'", "studies whose design cannot be read"),
]


@pytest.mark.parametrize(("damage", "problem"), DAMAGES)
def test_each_kind_of_damage_is_found(filled: Path, tmp_path: Path, damage: str, problem: str) -> None:
    file = Path(shutil.copy(filled, tmp_path))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(damage)
        connection.commit()
    with Store.open(f"sqlite:///{file}") as store:
        assert any(problem in found for found in check(store).problems)


def test_wrong_tallies_can_be_counted_anew(filled: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(filled, tmp_path))
    with Store.open(f"sqlite:///{file}") as store:
        with store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE tallies SET first_wins = first_wins + 1")
        assert len(check(store).problems) == 1
        assert repair(store) > 0
        assert check(store).problems == ()


def test_a_sound_postgresql_has_no_problems(any_store: Store) -> None:
    import_file(any_store.database, Path(__file__).with_name("thousand.jsonl"), pytest.fail)
    assert check(any_store).problems == ()


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
