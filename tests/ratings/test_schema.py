import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import ratings
from ratings.errors import StoreError
from ratings.records import Result
from ratings.store import Store
from ratings.tables import SCHEMA, VERSION_TABLE, metadata


def change(url: str, *statements: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def set_version(url: str, version: str) -> None:
    change(url, f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")  # noqa: S608 — our own text


def open_files() -> int:
    """Count this process's open files, where the system tells."""
    return len(list(Path("/dev/fd").iterdir()))


def test_newest_migration_is_the_schema_the_program_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(ratings.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


def test_migrated_database_has_exactly_the_declared_tables(any_store: Store) -> None:
    with any_store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_database_can_be_made_from_any_folder(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Store.open(url) as store:
        assert store.count() == 0


def test_url_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Store.open("sqlite:///data/patina.db").close()
    assert (tmp_path / "data" / "patina.db").is_file()


def test_one_person_cannot_have_two_current_ratings_even_by_hand(url: str, result: Result) -> None:
    with Store.open(url) as store:
        token = store.remember(result)
        store.rate(token, "rater", 3, accepted_licence="CC-BY-4.0")
        store.rate(token, "rater", 4, accepted_licence="CC-BY-4.0")
    with pytest.raises(sqlite3.IntegrityError):
        change(url, "UPDATE ratings SET current = 1")


def test_newer_schema_is_refused_and_left_alone(url: str) -> None:
    Store.open(url).close()
    set_version(url, "9999")
    with pytest.raises(StoreError, match=rf"newer Patina: its schema is 9999, this one knows up to {SCHEMA}"):
        Store.open(url)
    set_version(url, SCHEMA)
    Store.open(url).close()


def test_half_migrated_database_without_a_version_is_refused(url: str) -> None:
    Store.open(url).close()
    change(url, f"DROP TABLE {VERSION_TABLE}")
    with pytest.raises(StoreError, match=r"half migrated: it has no schema version, but has contestants, d"):
        Store.open(url)


def test_half_migrated_database_without_a_table_is_refused(url: str) -> None:
    Store.open(url).close()
    change(url, "DROP TABLE ratings")
    with pytest.raises(StoreError, match=r"half migrated: it has schema 0004, but lacks ratings"):
        Store.open(url)


def test_empty_file_and_other_peoples_tables_are_no_hindrance(url: str) -> None:
    change(url, "CREATE TABLE theirs (id INTEGER)", "CREATE TABLE alembic_version (version_num TEXT)")
    Store.open(url).close()
    change(url, "INSERT INTO theirs VALUES (1)")


def test_no_file_stays_open_after_a_refusal(url: str) -> None:
    Store.open(url).close()
    set_version(url, "9999")
    before = open_files()
    with pytest.raises(StoreError):
        Store.open(url)
    assert open_files() == before


OLD_ROWS = (
    "INSERT INTO results VALUES (1, 'key', 'denoise', 'median', 1, NULL, '{}', 'HASH', 'HASH')",
    "INSERT INTO makings VALUES (1, 'token', 1, TRUE, 'harbour', '0.1.0', 'cpu', 0.5, '2026-01-01')",
    "INSERT INTO ratings VALUES (1, 1, 1, 'a', 4, 'halo', 'Sharp.', 'CC-BY-4.0', NULL, TRUE, '2026-01-02')",
    "INSERT INTO ratings VALUES (2, 1, 1, 'b', 2, '', '', 'CC-BY-4.0', NULL, TRUE, '2026-01-03')",
)


def test_first_schema_is_brought_up_to_date_with_all_its_ratings(any_new_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(ratings.__file__).parent / "migrations"))
    engine = create_engine(any_new_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in OLD_ROWS:
            connection.exec_driver_sql(row.replace("HASH", "1" * 64))
    engine.dispose()
    with Store.open(any_new_url) as store:
        kept = list(store.ratings())
    assert [(each.grade, each.comment, each.rater) for each in kept] == [
        (4, "Sharp.", "a"),
        (2, "", "b"),
    ]
    assert len({each.uid for each in kept if len(each.uid) == 32}) == 2
